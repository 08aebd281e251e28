#!/bin/sh
# make-plans.sh SBXC DIR - the plans that run.sh uses: the probe's, one that ends by `limit wall`, and those of the shipped
# examples for macOS. Made on Linux; copy the folder to the Mac, into build/ of the same checkout.
set -eu
sbxc=$1 out=$2
here=$(dirname "$0") top=$(dirname "$0")/../..
mkdir -p "$out"
"$sbxc" --std "$top/policies/std" "$here/policies/probe.sbx" -o "$out/probe" >/dev/null
printf 'sbx 1\npolicy wall {\n    targets macos\n    use std/base-system\n    allow read exec "/bin", "/usr/bin" because "sleep"\n    limit wall 1s\n    prefer res.wall on macos because "a test"\n}\n' >"$out/wall.sbx"
"$sbxc" --std "$top/policies/std" "$out/wall.sbx" -o "$out/wall" >/dev/null
for policy in "$top"/policies/examples/*.sbx; do
	grep -q 'targets.*macos' "$policy" || continue
	name=$(basename "$policy" .sbx)
	"$sbxc" --std "$top/policies/std" "$policy" -o "$out/$name" >/dev/null && echo "$out/$name"
done
