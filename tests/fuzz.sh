#!/bin/bash
# fuzz.sh SECONDS BINARY... - runs each libFuzzer target for that long, beginning with its seeds in tests/fuzz/seeds/NAME
# and what earlier runs found (kept beside the binary). A crash fails, and its input is named and kept.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 2
[[ $# -ge 2 && $1 =~ ^[1-9][0-9]*$ ]] || { echo "usage: tests/fuzz.sh SECONDS BINARY..." >&2; exit 2; }
seconds=$1
shift
status=0
export ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1 UBSAN_OPTIONS=print_stacktrace=1

# The largest input worth trying: a .conf line may have 16 KiB; a plan has several files.
max_len() { case $1 in plan) echo 65536 ;; *) echo 16384 ;; esac; }

fuzz() { # BINARY
	local bin=$1 name seeds corpus crashes log dict=()
	name=$(basename "$bin")
	seeds=tests/fuzz/seeds/$name corpus=$(dirname "$bin")/corpus/$name crashes=$(dirname "$bin")/crashes
	log=$(dirname "$bin")/$name.log
	mkdir -p "$corpus" "$crashes"
	if [[ ! -d $seeds || -z $(ls -A "$seeds") ]]; then
		printf 'FAIL fuzz %s: no seeds in %s\n' "$name" "$seeds"
		status=1
		return
	fi
	case $name in
	parse | compile) dict=(-dict=tests/fuzz/sbx.dict) ;;
	sbpl | sbpl_inject) dict=(-dict=tests/fuzz/sbpl.dict) ;;
	esac
	"$bin" -max_total_time="$seconds" -max_len="$(max_len "$name")" -timeout=10 -rss_limit_mb=2048 -close_fd_mask=1 \
	    -print_final_stats=1 -artifact_prefix="$crashes/$name-" "${dict[@]}" "$corpus" "$seeds" >"$log" 2>&1 </dev/null
	local code=$? runs
	runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
	if [[ $code -ne 0 ]]; then
		tail -n 40 "$log"
		printf 'FAIL fuzz %s: exit %s; input: %s\n' "$name" "$code" \
		    "$(sed -n 's/.*Test unit written to //p' "$log" | tail -n 1)"
		status=1
	elif [[ -z $runs || $runs -lt 100 ]]; then
		printf 'FAIL fuzz %s: only %s runs\n' "$name" "${runs:-no}"
		status=1
	else
		printf 'PASS fuzz %s: %s runs, %s s\n' "$name" "$runs" "$seconds"
	fi
}

for bin; do fuzz "$bin"; done
exit $status
