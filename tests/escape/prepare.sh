#!/bin/bash
# prepare.sh OUT DIR PORT ESCAPE HOME [PLAN...] - compiles the plans of plans.tsv into OUT/plans and writes OUT/expect.tsv, for the
# attacking program at ESCAPE in a world at DIR and PORT. These need not exist yet, nor on this machine.
# With GUARANTEES=1 also a plan for each guarantee; ABI=riscv64: for that machine.
set -eu
here=$(dirname "$(readlink -f "$0")")
top=$(readlink -f "$here/../..")
case ${B:=build} in /*) ;; *) B=$top/$B ;; esac
out=$1 dir=$2 port=$3 escape=$4 home=$5
shift 5
mkdir -p "$out/plans"
cp "$top/policies/examples/corp-base.sbx" "$out/plans/" # agent-tool imports it
while IFS=$'\t' read -r name policy sets _; do
	[[ $name != \#* ]] && { [[ $# -eq 0 ]] || [[ " $* " = *" $name "* ]]; } || continue
	options=()
	case $sets in
	entry)
		sed "s|^\( *entry \)\".*\"|\1\"$escape\"|" "$top/$policy" >"$out/plans/$name.sbx"
		grep -q "entry \"$escape\"" "$out/plans/$name.sbx"
		;;
	*)
		cp "$top/$policy" "$out/plans/$name.sbx"
		[[ $sets = - ]] || options=(--set "${sets//%e/$escape}")
		;;
	esac
	[[ -z ${ABI:-} ]] || sed -i "s/^    targets .*/&\n    abi $ABI/" "$out/plans/$name.sbx"
	"$B/sbxc" -q --std "$top/policies/std" "$out/plans/$name.sbx" "${options[@]}" -o "$out/plans/$name"
done <"$here/plans.tsv"
[[ -z ${GUARANTEES:-} ]] || B=$B "$here/guarantees.py" "$out/plans" "$escape" >"$out/guarantees"
B=$B "$here/predict.py" "$out/plans" "$dir" "$port" "$escape" "$home" >"$out/expect.tsv"
