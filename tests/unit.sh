#!/bin/sh
# unit.sh BINARY... - runs criterion test programs and turns their TAP lines into PASS, FAIL and SKIP lines.
set -u
export LSAN_OPTIONS="suppressions=$(dirname "$0")/lsan.supp:print_suppressions=0"
status=0
for bin in "$@"; do
	name=$(basename "$bin")
	out=$(timeout 900 "$bin" --tap --jobs 2 2>&1)
	code=$?
	printf '%s\n' "$out" | sed -n \
	    -e "s/^ok - .*# SKIP \(.*\)/SKIP $name: \1/p;t" \
	    -e "s/^ok - \([^ ]*\).*/PASS $name \1/p;t" \
	    -e "s/^not ok - \(.*\)/FAIL $name \1/p"
	if ! printf '%s\n' "$out" | grep -q '^ok - '; then
		printf 'FAIL %s: it ran no test (exit %s)\n' "$name" "$code"
		status=1
	elif [ "$code" -ne 0 ]; then
		printf '%s\n' "$out" | grep -v '^ok - '
		printf '%s\n' "$out" | grep -q '^not ok - ' || printf 'FAIL %s: exit %s\n' "$name" "$code"
		status=1
	fi
done
exit $status
