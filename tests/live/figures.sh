#!/bin/bash
# figures.sh - figures that do not depend on the machine's speed, held below what they are today with a little room: the
# size of the loader, the system calls of one launch, the length of the examples' filters.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 2
: "${B:=build}"
case $B in /*) ;; *) B=$PWD/$B ;; esac
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
status=0

at_most() { # TITLE FIGURE LIMIT
	if [[ -n $2 && $2 -le $3 ]]; then
		printf 'PASS figures %s: %s (limit %s)\n' "$1" "$2" "$3"
	else
		printf 'FAIL figures %s: %s, over %s\n' "$1" "${2:-none}" "$3"
		status=1
	fi
}

at_most "bytes of sbx-run" "$(stat -c %s "$B/sbx-run")" 122880

for policy in build-step code-eval ripgrep static-web; do
	"$B/sbxc" --std policies/std -q "policies/examples/$policy.sbx" -o "$tmp/$policy" || exit 2
	for arch in x86_64 aarch64; do
		at_most "instructions of $policy, $arch" $(($(stat -c %s "$tmp/$policy/seccomp-$arch.bpf") / 8)) 180
	done
done

cat >"$tmp/nop.sbx" <<'P'
sbx 1
policy nop {
    targets linux
    entry "/bin/true"
    isolate none
    use std/base-system
    prefer signal.scope on linux because "only a figure"
}
P
"$B/sbxc" --std policies/std -q "$tmp/nop.sbx" -o "$tmp/nop" || exit 2
if ! "$B/sbx-run" "$tmp/nop" -- /bin/true 2>"$tmp/why"; then
	printf 'SKIP figures system calls of a launch: %s\n' "$(head -1 "$tmp/why")"
elif ! strace -o "$tmp/calls" "$B/sbx-run" "$tmp/nop" -- /bin/true 2>/dev/null || ! grep -q execveat "$tmp/calls"; then
	printf 'SKIP figures system calls of a launch: strace cannot trace here\n'
else
	# Up to the one that becomes the program.
	at_most "system calls of a launch" "$(sed '/execveat/q' "$tmp/calls" | wc -l)" 175
fi
exit $status
