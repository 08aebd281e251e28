#!/bin/bash
# payload.sh DIR [MACHINE] - what a guest gets at /t: the static loader, the probes, a plan for each policy of tests/vm/policies, the
# attacks with their plans and predictions, and the guest scripts. FULL=1: the attacks under all plans; SHORT=1: by one user only.
# For another MACHINE its compiler is cross.sh's.
set -eu
here=$(dirname "$(readlink -f "$0")")
top=$(readlink -f "$here/../..")
dir=$1 machine=${2:-}
case ${B:=build} in /*) ;; *) B=$top/$B ;; esac
mkdir -p "$dir/plans"
loader=$B/sbx-run
if [[ -n $machine ]]; then
	tools=$("$here/cross.sh" "$machine")
	MUSL_CC=$tools/musl-gcc CC=$tools/gcc loader=$B/$machine/sbx-run
	make -s -C "$top" B="${B#"$top"/}/$machine" MUSL_CC="$MUSL_CC" OBJCOPY="$tools/objcopy" "${B#"$top"/}/$machine/sbx-run"
fi
cp "$loader" "$here"/lib.sh "$here"/guest-*.sh "$dir/"
cp "$here/init.sh" "$dir/init"
for source in "$top"/tests/live/probe.c "$top"/tests/live/filter.c "$here"/*.c; do
	[[ -e $source ]] || continue
	"${MUSL_CC:-musl-gcc}" -O1 -static -o "$dir/$(basename "$source" .c)" "$source"
done
[[ -n $machine ]] || "${CC:-cc}" -std=gnu11 -D_GNU_SOURCE -O1 -static -I"$top/runtime" -o "$dir/jobs" "$top/tests/live/libsbx/jobs.c" "$B/libsbx.a" -lpthread
# A profile of AppArmor; where it cannot be had the guest says so.
[[ -n $machine ]] || "$here/armor.sh" "$dir/armor.bin" || rm -f "$dir/armor.bin"
# A policy without an `abi` line is for these two.
case $machine in "" | aarch64) ABI= ;; *) ABI=$machine ;; esac
export ABI
for policy in "$here"/policies/*.sbx; do
	plan=$dir/plans/$(basename "$policy" .sbx)
	sed "s/^    targets .*/&${ABI:+\n    abi $ABI}/" "$policy" >"$plan.sbx"
	"$B/sbxc" -q --std "$top/policies/std" "$plan.sbx" -o "$plan"
done

# The attacks; /t/escape-kit/host, what is predicted for one kernel, comes later.
escape=$top/tests/escape
ESCAPE_CC=${CC:-cc} "$escape/build.sh" "$dir/escape"
make -s -C "$top" B="${B#"$top"/}" "${B#"$top"/}/tests/escape/ask"
kit=$dir/escape-kit
GUARANTEES=1 "$escape/prepare.sh" "$kit" /w/w 38471 /t/escape /root $([[ -n ${FULL:-} ]] || echo minimal work ports private)
(cd "$kit/plans" && ls -d */ | tr -d /) >"$kit/names"
if [[ -n ${SHORT:-} ]]; then echo user; else echo root user; fi >"$kit/users"
cp "$escape"/{attempt.sh,attacks.tsv,plans.tsv} "$kit/"
"$escape/differential.py" "$dir/differential" "${SEED:-1}" "${POLICIES:-$([[ -n ${FULL:-} ]] && echo 20 || echo 8)}" ${machine:+"$machine"}
