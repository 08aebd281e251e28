#!/bin/sh
# supervise-many.sh - many starts at once, in place and supervised: none fails, none leaves a process, a zombie or a cgroup.
. "$(dirname "$0")/lib-loader.sh"
P=$TMP/plan
reset
plan "$P"
N=${MANY:-1000}
many() { # NAME COMMAND...: N of them at once, each must end with 7
	name=$1
	shift
	: >"$TMP/codes"
	i=0
	while [ $i -lt "$N" ]; do
		("$@" >/dev/null 2>>"$TMP/errors"; echo $? >>"$TMP/codes") &
		i=$((i + 1))
	done
	wait
	n=$(grep -c '^7$' "$TMP/codes")
	[ "$n" = "$N" ] && pass "$name: $N at once" || fail "$name: $n of $N" "$(sort "$TMP/codes" | uniq -c)" "$(sort "$TMP/errors" | uniq -c | sort -rn | head -5)"
}
: >"$TMP/errors"
many "control: without the loader" "$PROBE" exit 7
many "in place" "$SBX_RUN" "$P" "$PROBE" exit 7
if own_cgroup; then
	CGROUP='cgroup.max.descendants 0
'
	MORE_LIMIT='wall 100000 t.sbx:9
'
	plan "$P"
	many "supervised, each in a cgroup" "$SBX_RUN" "$P" "$PROBE" exit 7
	[ -z "$(find "$CG" -mindepth 1 -type d)" ] && pass "no cgroup is left" || fail "cgroups left" "$(find "$CG" -mindepth 1 -type d | wc -l)"
else
	skip "supervised, each in a cgroup" "this user cannot make a cgroup here"
fi
[ -z "$(pgrep -f "$PROBE")" ] && pass "no process is left" || fail "processes left" "$(pgrep -af "$PROBE" | head -5)"
finish
