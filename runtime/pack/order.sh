#!/usr/bin/env bash
# order.sh - writes runtime/pack/order.ld: the functions of the loader that a start in place runs, in the order in which it
# first comes to them, as the linker is told to lay them. For x86-64; by root also what a start without privileges runs.
#
#     B=build runtime/pack/order.sh      (make order)
#
# A function that is missing there costs a page or two at each start, nothing else; tests/live/figures.sh counts the pages.
set -euo pipefail
cd "$(dirname -- "${BASH_SOURCE[0]}")/../.."
: "${B:=build}"
list=runtime/pack/order.ld
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
chmod 755 "$tmp"

cat >"$tmp/places.sbx" <<'P'
sbx 1
policy places {
    targets linux
    isolate none
    use std/base-system
    allow read exec "/usr/bin/true", "/lib64/ld-linux-x86-64.so.2" because "a program that everybody has"
    limit open-files 256
}
P
cat >"$tmp/knobs.sbx" <<'P'
sbx 1
param place: path at load about "any place"
policy knobs {
    targets linux
    isolate none
    terminal inherit
    stdin null
    allow read "${place}", "/usr/lib", "/lib" because "a place of its own"
    allow read exec "/usr/bin/true", "/lib64/ld-linux-x86-64.so.2" because "a program that everybody has"
    set env PLACE = "${place}"
}
P
cat >"$tmp/entry.sbx" <<'P'
sbx 1
policy entry {
    targets linux
    isolate none
    use std/base-system
    entry "/usr/bin/true"
}
P
"${CC:-gcc}" -O2 -o "$tmp/steps" tests/live/steps.c
cp "$B/sbx-run" "$tmp/sbx-run"

as_user() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }
reached() { # POLICY [OPTION...]: the addresses, in order
	"$B/sbxc" --std policies/std -q "$tmp/$1.sbx" -o "$tmp/$1"
	chmod -R a+rX "$tmp/$1"
	local words=(env -i "$tmp/steps" -a "$tmp/sbx-run" "${@:2}" "$tmp/$1" -- /usr/bin/true)
	"${words[@]}" | sed 1d
	[[ $(id -u) -ne 0 ]] || as_user "${words[@]}" | sed 1d
}
{ reached places && reached knobs --set place=/usr/share && reached entry; } >"$tmp/addresses"

nm -n "$B/static/sbx-run.elf" | python3 -c '
import bisect, re, sys
symbols = [line.split() for line in sys.stdin]
symbols = [(int(where, 16), name) for where, kind, name in symbols if kind in "tTwW"]
starts = [where for where, _ in symbols]
names = []
for line in open(sys.argv[1]):
    name = symbols[bisect.bisect(starts, int(line, 16)) - 1][1].split(".")[0]
    if name not in names and re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", name):
        names.append(name)
print("/* Written by runtime/pack/order.sh. */\n*(.text.begin .text.startup .text.startup.*)\n*static_calls.o(.text)")
for name in names:
    print(f"*(.text.{name} .text.{name}.*)")' "$tmp/addresses" >"$tmp/order.ld"
mv "$tmp/order.ld" "$list"
