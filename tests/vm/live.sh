#!/bin/bash
# live.sh [KERNEL...] - runs the scripts of tests/live on each kernel (5.10, 6.1, 6.12 and 7.3 where none is named), in a guest with
# Debian's userland (userland.sh), as root and as a user, on the tree that was built here. SCRIPTS="abis.sh compose.sh": these alone.
# What was found stays in $B/vm/live.
set -u
here=$(dirname "$(readlink -f "$0")")
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
named=$#
. "$here/guests.sh"
top=$(readlink -f "$here/../..")
[[ $named -gt 0 ]] || set -- 5.10 6.1 6.12 7.3

payload=$work/payload
mkdir -p "$payload/tools" "$payload/src/build" && cp "$here/live-init.sh" "$payload/init" || exit 2
for tool in probe filter; do
	"${MUSL_CC:-musl-gcc}" -O1 -static -o "$payload/tools/$tool" "$top/tests/live/$tool.c" || exit 2
done
# The sources, and what the build made of them with its dates, so that `make install` finds nothing to do.
tar -C "$top" --exclude=./.git --exclude='./build*' -cf - . | tar -xf - -C "$payload/src" || exit 2
tar -C "$B" --exclude=./vm --exclude=./tests --exclude='./fuzz*' --exclude=./san --exclude=./clang -cf - . | tar -xf - -C "$payload/src/build" || exit 2
for script in "$top"/tests/live/*.sh; do
	case ${script##*/} in
	lib-*) ;;
	*) [[ -n ${SCRIPTS:-} && " $SCRIPTS " != *" ${script##*/} "* ]] || echo "${script##*/}" ;;
	esac
done >"$payload/scripts"

export MEMORY=3072 LIMIT=${LIMIT:-7200}
for id in "$@"; do
	get_kernel "$id" "$payload" || continue
	userland=$("$here/userland.sh" 2>"$work/log") || { cannot "$id" "$(tail -n 1 "$work/log")"; continue; }
	guest "$id" "$payload" "$B/vm/live" "$userland"
done
end
