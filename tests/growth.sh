#!/bin/bash
# growth.sh - what `sbxc check` executes grows with the rules of a policy as n log n, for every kind of rule that
# tests/bench/policy.py knows, and what `sbxc diff` does of two policies (diff:KIND) and of two profiles of macOS, `explain` of one: instructions are counted
# (valgrind), so the answer is the same on every machine.
#
# Of four times the rules, less what a policy of one costs: 4.0 is a line, 16 a loop over all rules for each of them. What is
# bounded (a plan holds 512 names of variables and 256 places with a view of their own, a condition 1024 parts) may cost more
# each, if it is little at the bound. Tests that give values of their own are asked about every rule that stands on them: the
# cost of such a pair is what is bounded.
#
# With arguments only these kinds.
set -u
top=$(unset CDPATH; cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
: "${B:=build}"
[[ $B = /* ]] || B=$top/$B
n=${N:-100} most=6.0
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT

command -v valgrind >/dev/null || { echo 'SKIP growth: valgrind is not installed'; exit 0; }

count() { # OUTPUT COMMAND...
	local out=$1
	shift
	valgrind --tool=cachegrind --cache-sim=no --cachegrind-out-file=/dev/null "$B/sbxc" "$@" >"$out.out" 2>"$out.count" ||
	    { echo refused; return; }
	sed -n 's/^==[0-9]*== I *refs: *//p' "$out.count" | tr -d ,
}

pair() { # FILE: two of them, a tenth of whose lines differ
	sed -e 's,\([/k][0-9]*\)0",\10_",' -e 's,"h\([0-9]*\)0\.,"h\10_.,' "$1" >"new.$1"
}

measure() { # KIND RULES
	mkdir -p "$tmp/$1-$2" && cd "$tmp/$1-$2" || return
	case $1 in
	diff:*)
		python3 "$top/tests/bench/policy.py" "${1#diff:}" "$2" . >policy.sbx
		pair policy.sbx
		count policy.sbx diff --std "$top/policies/std" policy.sbx new.policy.sbx
		;;
	explain:*)
		python3 "$top/tests/bench/policy.py" "${1#explain:}" "$2" . >policy.sbx
		count policy.sbx explain --std "$top/policies/std" policy.sbx
		;;
	diffprofile)
		{ echo '(version 1)(deny default)'; seq -f '(allow file-read-data (subpath "/srv/%.0f"))' "$2"; } >policy.sb
		pair policy.sb
		count policy.sbx diff policy.sb new.policy.sb
		;;
	*)
		python3 "$top/tests/bench/policy.py" "$1" "$2" . >policy.sbx
		count policy.sbx check -q --std "$top/policies/std" policy.sbx
		;;
	esac >"$tmp/$1-$2.n"
}
export -f measure count pair
export tmp top B

# Beside a policy of one rule of the kind, which opens what the kind needs.
{ python3 "$top/tests/bench/policy.py"; printf '%s 100000\n' diff:{path,hole,pattern,sockets,proxy,tests} explain:{deny,use} diffprofile; } | while read -r kind limit; do
	[[ $# -eq 0 || " $* " = *" $kind "* ]] || continue
	few=1 more=$((4 * n))
	((limit < more)) && more=$limit
	printf '%s %s\n' "$kind" "$few" "$kind" $((more / 4)) "$kind" "$more"
done >"$tmp/list"
xargs -P "$(nproc)" -L 1 bash -c 'measure "$0" "$1"' <"$tmp/list"

allowed() { # KIND ONE MANY RULES
	case $1 in
	env | conds | mount | scratch) (($3 < 2 * $2)) ;;
	given) ((($3 - $2) / ($4 * $4) < 4000)) ;;
	*) false ;;
	esac
}

# The check of the check: a quadratic thing is seen.
verdict() { # NONE ONE FOUR [MOST]
	awk -v a="$1" -v b="$2" -v c="$3" -v most="${4:-$most}" 'BEGIN { r = (c - a) / (b - a); printf "%.2f\n", r; exit !(b > a && r < most && r > 1.2) }'
}
verdict 1000 1100 2600 >/dev/null && echo 'FAIL growth: 16 times for 4 times the rules would pass'
verdict 1000 1100 1450 >/dev/null || echo 'FAIL growth: 4.5 times for 4 times the rules would not pass'

# A comparison for each pair of rules is little beside what each rule costs: 4.5 shows one for the places and ports of macOS.
bound() { # KIND
	case $1 in
	macpath | macport | macdeny | machole) echo 4.3 ;;
	diff:* | explain:*) echo 5.0 ;;
	call | calls) echo 6.5 ;; # a filter has room for about a thousand: 6.0 and 5.6 when it was measured last
	*) echo "$most" ;;
	esac
}
verdict 1000 1100 1450 4.3 >/dev/null && echo 'FAIL growth: 4.5 times where at most 4.3 is asked for would pass'

while read -r kind few && read -r _ one && read -r _ four; do
	a=$(cat "$tmp/$kind-$few.n") b=$(cat "$tmp/$kind-$one.n") c=$(cat "$tmp/$kind-$four.n")
	if [[ $a$b$c = *[!0-9]* || -z $a || -z $b || -z $c ]]; then
		echo "FAIL growth $kind: a policy of the kind is refused: $(head -n 2 "$tmp/$kind-$four/policy.sbx.out" "$tmp/$kind-$four/policy.sbx.count" | tr '\n' ' ')"
	elif ratio=$(verdict "$a" "$b" "$c" "$(bound "$kind")") || allowed "$kind" "$a" "$c" "$four"; then
		echo "PASS growth $kind: $ratio from $one to $four ($(((c - a) / four)) instructions a rule)"
	else
		echo "FAIL growth $kind: $ratio from $one to $four ($(((c - a) / four)) instructions a rule), at most $(bound "$kind")"
	fi
done <"$tmp/list"

# The same kind of lines for macOS costs at most twice what it costs for Linux, the proofs of both with it.
for pair in path:macpath deny:macdeny port:macport sockets:macunix; do
	[[ $# -eq 0 ]] || break
	linux=$(cat "$tmp/${pair%:*}-$((4 * n)).n") macos=$(cat "$tmp/${pair#*:}-$((4 * n)).n")
	if [[ $linux$macos != *[!0-9]* && $macos -lt $((2 * linux)) ]]; then
		echo "PASS growth ${pair#*:} beside ${pair%:*}: $((100 * macos / linux)) % of the instructions"
	else
		echo "FAIL growth ${pair#*:}: $macos instructions, ${pair%:*} takes $linux"
	fi
done
exit 0
