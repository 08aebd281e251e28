#!/bin/bash
# alloc.sh - each allocation of each command of sbxc fails once (tests/alloc/nth.c, loaded before the C library). Then the command
# says so and ends with 2, or did all the same what it does with memory: the same bytes, the same code, never half of them, and never
# a signal. A plan is whole or absent. Without LONG=1 a sample of the numbers after the first sixty.
set -u
cd "$(dirname "$0")/.." || exit 2
: "${B:=build}"
case $B in /*) ;; *) B=$PWD/$B ;; esac
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
status=0
so=$tmp/nth.so
if ! ${CC:-gcc} -std=gnu11 -Wall -Wextra -Werror -O1 -shared -fPIC -o "$so" tests/alloc/nth.c 2>"$tmp/cc"; then
	echo "FAIL alloc: $(head -n 1 "$tmp/cc")"
	exit 1
fi
if grep -q __asan_init "$B/sbxc"; then
	echo "SKIP alloc: the sanitizers have an allocator of their own"
	exit 0
fi
policy=policies/examples/code-eval.sbx
old=tests/diff/agent-old.sbx
new=tests/diff/agent-new.sbx
mkdir "$tmp/tree" && cp policies/examples/build-step.sbx policies/examples/web-fetch.sbx "$tmp/tree/"

# once NTH: the command with that allocation failing; fills OUT, ERR, RC
once() {
	rm -rf "$tmp/plan"
	SBX_NTH=$1 SBX_COUNT=$tmp/count LD_PRELOAD=$so "$B/sbxc" "${args[@]}" >"$tmp/out" 2>"$tmp/err"
	RC=$?
}

# like_reference: what came out is what comes out with memory
like_reference() {
	cmp -s "$tmp/out" "$tmp/ref.out" && cmp -s "$tmp/err" "$tmp/ref.err" && [[ $RC -eq $ref_code ]] &&
		{ [[ ! -e $tmp/ref.plan ]] || diff -rq "$tmp/ref.plan" "$tmp/plan" >/dev/null; }
}

# whole_or_absent: a plan that is there is the plan
whole_or_absent() {
	[[ ! -e $tmp/plan ]] || diff -rq "$tmp/ref.plan" "$tmp/plan" >/dev/null
}

each() { # NAME ARGS...
	local name=$1 n count failed=0 step why=''
	shift
	args=("$@")
	once 0
	ref_code=$RC
	rm -rf "$tmp/ref.plan"
	[[ ! -e $tmp/plan ]] || cp -r "$tmp/plan" "$tmp/ref.plan"
	cp "$tmp/out" "$tmp/ref.out"
	cp "$tmp/err" "$tmp/ref.err"
	count=$(cat "$tmp/count")
	[[ $name != check-tree && $name != check-json ]] || count=2000 # the workers count on from where they began
	for ((n = 1; n <= count; n += step)); do
		step=1
		[[ -n ${LONG:-} || $n -lt 60 ]] || step=$((n / 12))
		once "$n"
		if [[ $RC -eq 2 ]] && grep -qi 'memory' "$tmp/err" "$tmp/out"; then
			failed=$((failed + 1))
			whole_or_absent || why="allocation $n of $count: half a plan is left"
		elif ! like_reference; then
			why="allocation $n of $count: exit $RC, $(head -c 150 "$tmp/err" | tr '\n' ' ')"
		fi
		[[ -z $why ]] || break
		leftover=$(find "$tmp" -maxdepth 1 -name '.sbx*' | head -n 1)
		[[ -z $leftover ]] || { why="allocation $n of $count: $leftover is left"; break; }
	done
	[[ -n $why || $failed -gt 0 ]] || why="no allocation that failed was noticed"
	if [[ -z $why ]]; then
		echo "PASS alloc $name: $failed of $count allocations failed, each with a message"
	else
		echo "FAIL alloc $name: $why"
		status=1
	fi
}

each compile --std policies/std "$policy" -o "$tmp/plan"
each emit --std policies/std --emit=ir "$policy"
each check-one check --std policies/std "$policy"
each check-tree check -j 2 --std policies/std "$tmp/tree"
each check-json check -j 2 --format json --std policies/std "$tmp/tree"
each explain explain --std policies/std "$policy"
each why why --std policies/std "$policy" read /etc/passwd
each normalize normalize --std policies/std "$policy"
each fmt fmt --check "$policy"
each diff diff --std policies/std "$old" "$new"
each diff-json diff --json --std policies/std "$old" "$new"
each report report --std policies/std "$policy" -o -
each test test --std policies/std "$policy"
each caps caps --std policies/std "$policy"
each refused --std policies/std tests/errors/E0100-ten-mistakes.sbx -o "$tmp/plan"
each refused-json --format json --std policies/std tests/errors/E0100-ten-mistakes.sbx -o "$tmp/plan"
each verify verify "$tmp/ref.plan"
exit $status
