#!/bin/bash
# payload.sh DIR - what a guest gets at /t: the static loader, the probes, a plan for each policy of tests/vm/policies, the
# attacks with their plans and predictions, and the guest scripts. FULL=1: the attacks under all plans; SHORT=1: by one user only.
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

# The attacks; /t/escape-kit/host, what is predicted for one kernel, comes later.
escape=$top/tests/escape
"$escape/build.sh" "$dir/escape"
make -s -C "$top" B="${B#"$top"/}" "${B#"$top"/}/tests/escape/ask"
kit=$dir/escape-kit
GUARANTEES=1 "$escape/prepare.sh" "$kit" /w/w 38471 /t/escape /root $([[ -n ${FULL:-} ]] || echo minimal work ports private) 2>/dev/null
(cd "$kit/plans" && ls -d */ | tr -d /) >"$kit/names"
if [[ -n ${SHORT:-} ]]; then echo user; else echo root user; fi >"$kit/users"
cp "$escape"/{attempt.sh,attacks.tsv,plans.tsv} "$kit/"
"$escape/differential.py" "$dir/differential" "${SEED:-1}" "$([[ -n ${FULL:-} ]] && echo 20 || echo 8)"
