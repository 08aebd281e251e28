#!/bin/sh
# run.sh - every stage of `make check`. A stage prints lines `PASS name`, `FAIL name: why`, `SKIP name: reason`;
# this script shows what failed and what was skipped, and counts. It passes when nothing failed and something ran.
# With an argument, runs only the stages named.
set -u
cd "$(dirname "$0")/.." || exit 2
: "${B:=build}"
log=$(mktemp) || exit 2
trap 'rm -f "$log" "$log.stage"' EXIT
stages=${*:-layers hardening macos macos-words docs completions capabilities consts unit seeds golden errors codes commands pages trials options sbpl diff report formats check alloc plan proof growth live escape vm}
for stage in $stages; do
	printf '== %s\n' "$stage"
	case $stage in
	unit) make --no-print-directory WERROR=1 B="$B" check-unit ;;
	seeds) make --no-print-directory WERROR=1 B="$B" check-seeds ;;
	live) for t in tests/live/*.sh; do
		case $t in */lib-*) continue ;; esac
		B=$B "$t"
	      done ;;
	vm) B=$B tests/vm/run.sh ;;
	*) B=$B "tests/$stage.sh" ;;
	esac >"$log.stage" 2>&1
	code=$?
	grep -E '^(PASS|FAIL|SKIP) ' "$log.stage" >>"$log"
	grep -E '^(FAIL|SKIP) ' "$log.stage"
	p=$(grep -c '^PASS ' "$log.stage")
	f=$(grep -c '^FAIL ' "$log.stage")
	s=$(grep -c '^SKIP ' "$log.stage")
	if [ "$code" -ne 0 ] && [ "$f" -eq 0 ]; then
		printf 'FAIL stage %s ended with code %s\n' "$stage" "$code" | tee -a "$log"
		tail -n 40 "$log.stage"
	elif [ "$f" -ne 0 ]; then
		grep -v '^PASS ' "$log.stage" | tail -n 60
	fi
	printf '   %s passed, %s failed, %s skipped\n' "$p" "$f" "$s"
done
p=$(grep -c '^PASS ' "$log")
f=$(grep -c '^FAIL ' "$log")
s=$(grep -c '^SKIP ' "$log")
printf '%s passed, %s failed, %s skipped\n' "$p" "$f" "$s"
[ "$f" -eq 0 ] && [ "$p" -gt 0 ]
