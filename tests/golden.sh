#!/bin/sh
# golden.sh - tests/golden/NAME.sbx with NAME.EXT beside it: EXT says which phase or artifact is compared.
# BLESS=1 writes the present output instead (an empty NAME.EXT asks for a new one).
set -u
cd "$(dirname "$0")/golden" || exit 2
: "${B:=build}"
case $B in /*) ;; *) B=../../$B ;; esac
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
status=0

# produce EXT POLICY: the present output of that phase on stdout
produce() {
	args=$(cat "${2%.sbx}.args" 2>/dev/null)
	case $1 in
	ast | ir) "$B/sbxc" --std ../../policies/std --emit="$1" $args "$2" 2>&1 ;;
	launch | launch-macos | landlock | cgroup | yaml | egress | sb | txt)
		rm -rf "$tmp/plan"
		"$B/sbxc" --std ../../policies/std $args "$2" -o "$tmp/plan" >/dev/null 2>"$tmp/err" || { cat "$tmp/err"; return; }
		case $1 in
		# Plan ids and hashes change with every byte of any artifact: tests/plan.sh checks those.
		launch | launch-macos | landlock | cgroup) sed -e '1s/[0-9a-f]\{32\}$/ID/' "$tmp/plan/$1.conf" ;;
		yaml) sed -e '/^sbxc:/d' -e '/^id:/d' -e '/^outputs:/,$d' "$tmp/plan/plan.yaml" ;;
		egress) sed -e "s/^id: .*/id: ID/" "$tmp/plan/egress.yaml" ;;
		sb) sed -e 's/[0-9a-f]\{32\}/ID/' "$tmp/plan/seatbelt.sb" ;;
		txt) cat "$tmp/plan/seccomp-x86_64.txt" ;;
		esac
		;;
	*) echo "golden.sh: no phase for .$1" ;;
	esac
}

for want in *.ast *.ir *.launch *.launch-macos *.landlock *.cgroup *.yaml *.egress *.sb *.txt; do
	[ -e "$want" ] || continue
	policy=${want%.*}.sbx
	produce "${want##*.}" "$policy" >"$tmp/got" 2>&1
	if [ -n "${BLESS:-}" ]; then
		cmp -s "$tmp/got" "$want" || { cp "$tmp/got" "$want"; echo "blessed $want"; }
	elif cmp -s "$tmp/got" "$want"; then
		echo "PASS golden $want"
	else
		diff -u "$want" "$tmp/got" | head -20
		echo "FAIL golden $want: the output changed (make bless takes it)"
		status=1
	fi
done
exit $status
