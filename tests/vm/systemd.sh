#!/bin/bash
# systemd.sh [KERNEL...] - delegation by a real service manager, on each kernel (6.12 where none is named): systemd-guest.sh in a guest
# with Debian's userland and systemd as its first process. What was found stays in $B/vm/systemd.
set -u
. "$(dirname "$(readlink -f "$0")")/guests.sh"
[[ $named -gt 0 ]] || set -- 6.12

payload=$work/payload
mkdir -p "$payload/plans" && cp "$here/systemd-init.sh" "$payload/init" && cp "$B/sbx-run" "$here"/{new-root,lib,systemd-guest}.sh "$payload/" || exit 2
for policy in "$here"/systemd/*.sbx; do
	"$B/sbxc" -q --std "$top/policies/std" "$policy" -o "$payload/plans/$(basename "$policy" .sbx)" 2>"$work/log" || { cat "$work/log"; exit 2; }
done
chmod -R a+rX "$payload"
export MEMORY=2048
for id in "$@"; do
	get_kernel "$id" "$payload" || continue
	get_userland "$id" || continue
	guest "$id" "$payload" "$B/vm/systemd" "$userland"
done
end
