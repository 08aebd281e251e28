#!/bin/bash
# payload.sh DIR - what a guest gets at /t: the static loader, the probes, a plan for each policy of tests/vm/policies and
# the guest scripts.
set -eu
here=$(dirname "$(readlink -f "$0")")
top=$(readlink -f "$here/../..")
dir=$1
case ${B:=build} in /*) ;; *) B=$top/$B ;; esac
mkdir -p "$dir/plans"
cp "$B/sbx-run" "$here"/lib.sh "$here"/guest-*.sh "$dir/"
for source in "$top"/tests/live/probe.c "$top"/tests/live/filter.c "$here"/*.c; do
	[[ -e $source ]] || continue
	"${MUSL_CC:-musl-gcc}" -O1 -static -o "$dir/$(basename "$source" .c)" "$source"
done
"${CC:-cc}" -std=gnu11 -D_GNU_SOURCE -O1 -static -I"$top/runtime" -o "$dir/jobs" "$top/tests/live/libsbx/jobs.c" "$B/libsbx.a" -lpthread
for policy in "$here"/policies/*.sbx; do
	[[ -e $policy ]] || continue
	"$B/sbxc" -q --std "$top/policies/std" "$policy" -o "$dir/plans/$(basename "$policy" .sbx)"
done
