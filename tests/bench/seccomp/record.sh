#!/bin/sh
# record.sh FILE COMMAND... - counts the system calls of a command and its children with strace, and writes them as a
# recording for `sbxc -O profile`: lines COUNT ARCH SYSCALL, most frequent first.
set -eu
out=$1
shift
tmp=$(mktemp)
trap 'rm -f "$tmp"' EXIT
strace -f -c -S calls -U calls,name -o "$tmp" -- "$@" >/dev/null
{
	echo "# Calls of: $*"
	awk -v arch="$(uname -m)" '$1 ~ /^[0-9]+$/ && $2 != "total" { print $1, arch, $2 }' "$tmp" | sort -k1,1nr -k3,3
} >"$out"
