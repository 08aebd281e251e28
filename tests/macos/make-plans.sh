#!/bin/sh
# make-plans.sh SBXC DIR - the plans that run.sh uses: those of policies/ here, and those of the shipped
# examples for macOS. Made on Linux; copy the folder to the Mac, into build/ of the same checkout.
set -eu
sbxc=$1 out=$2
here=$(dirname "$0") top=$(dirname "$0")/../..
mkdir -p "$out"
for policy in "$here"/policies/*.sbx; do
	name=$(basename "$policy" .sbx)
	"$sbxc" --std "$top/policies/std" "$policy" -o "$out/$name" >/dev/null && echo "$out/$name"
done
for policy in "$top"/policies/examples/*.sbx; do
	grep -q 'targets.*macos' "$policy" || continue
	name=$(basename "$policy" .sbx)
	"$sbxc" --std "$top/policies/std" "$policy" -o "$out/$name" >/dev/null && echo "$out/$name"
done
