#!/bin/bash
# hosts.sh OUT HOST - what `sbxc check --for HOST` says of the plans in OUT: lines `plan refused|without guarantee` with tabs.
set -u
here=$(dirname "$(readlink -f "$0")")
top=$(readlink -f "$here/../..")
case ${B:=build} in /*) ;; *) B=$top/$B ;; esac
for plan in "$1"/plans/*/; do
	name=$(basename "$plan")
	sets=$(awk -F'\t' -v plan="$name" '$1 == plan && $3 ~ /=/ { sub(/%e/, "/t/escape", $3); print $3 }' "$here/plans.tsv")
	"$B/sbxc" check --std "$top/policies/std" --for "$2" ${sets:+--set "$sets"} "$1/plans/$name.sbx" 2>/dev/null |
		awk -v name="$name" -v OFS='\t' '/^  refused / { print name, "refused", $2 } /^  runs without / { print name, "without", $3 }'
done
