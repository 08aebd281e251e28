#!/bin/bash
# pages.sh - the whole policies of the page that shows the language (tests/pages): what `sbxc check` says of each is NAME.check, each
# compiles into a plan that verifies, and none of its expectations would pass if it said the opposite. A line that is not the
# page's has a comment that says why. BLESS=1 writes the present output.
set -u
cd "$(dirname "$0")/pages" || exit 2
: "${B:=build}"
case $B in /*) ;; *) B=../../$B ;; esac
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
status=0

verdict() { # NAME WHY: an empty WHY is a pass
	if [[ -z $2 ]]; then
		echo "PASS pages $1"
	else
		echo "FAIL pages $1: $2"
		status=1
	fi
}

sbxc() {
	local command=$1
	shift
	"$B/sbxc" "$command" --std ../../policies/std "$@"
}

# opposite N FILE: the same file, and its Nth expectation says the opposite
opposite() {
	awk -v n="$1" '/^ *expect / && ++k == n {
		if (!sub(/expect allow/, "expect deny") && !sub(/expect deny/, "expect allow") && !sub(/expect enforced/, "expect caveat"))
			sub(/expect caveat/, "expect enforced")
	} { print }' "$2"
}

for policy in *.sbx; do
	name=${policy%.sbx}
	sbxc check "$policy" >"$tmp/got" 2>&1
	code=$?
	sed -i -E 's/[0-9]+ enforced/N enforced/g' "$tmp/got" # more with every word for a guarantee
	[[ -n ${BLESS:-} ]] && ! cmp -s "$tmp/got" "$name.check" && cp "$tmp/got" "$name.check" && echo "blessed $name.check"
	verdict "$name passes its check" "$([[ $code -eq 0 ]] || echo "exit $code")"
	diff -u "$name.check" "$tmp/got"
	verdict "$name: what the check says" "$(cmp -s "$tmp/got" "$name.check" || echo "it changed (make bless takes it)")"
	grep -q '^policy ' "$policy" || continue
	rm -rf "$tmp/plan"
	why=$(sbxc compile "$policy" -o "$tmp/plan" 2>&1 >/dev/null | grep -m1 '^error') && verdict "$name compiles" "$why"
	verdict "$name: its plan verifies" "$("$B/sbxc" verify "$tmp/plan" 2>&1 >/dev/null)"
	n=$(grep -c '^ *expect ' "$policy")
	for ((i = 1; i <= n; i++)); do
		opposite "$i" "$policy" >"$name-$i.tmp"
		sbxc check "$name-$i.tmp" >/dev/null 2>"$tmp/err"
		code=$?
		rm "$name-$i.tmp"
		verdict "$name: expectation $i, turned round, fails" "$([[ $code -eq 3 ]] || echo "exit $code")"
	done
done
exit $status
