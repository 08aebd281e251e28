#!/bin/sh
# supervise-limits.sh - the limits that the supervisor keeps: time and output, and that nothing of the tree survives them.
. "$(dirname "$0")/lib-loader.sh"
P=$TMP/plan

# A plan with these lines of launch.conf that also lets sh and the tools of these tests run.
limited() { # LINES
	reset
	MORE_LIMIT=$1
	RULES=
	MORE_PATH="${HOST_TOOLS}path error follow read_file t.sbx:4 /dev/zero
"
	CGROUP="cgroup.max.descendants 0
"
	plan "$P"
}
now() { date +%s%N; }
survivors() { pgrep -f "sleep 987[0-9]" | wc -l; }

own_cgroup || { skip "limits of the supervisor" "this user cannot make a cgroup here"; finish; }
limited ""
run "$SBX_RUN" "$P" sh -c 'sleep 0.4; echo end'
gives "control: without a limit the program ends by itself" end

MORE_PATH="${MORE_PATH}path error follow read_file t.sbx:4 /proc
"
plan "$P"
run "$SBX_RUN" "$P" cat /proc/self/cgroup
has "the program is born in its cgroup" "*/sbx-job-*"
run "$FILTER" run clone3=ENOSYS -- "$SBX_RUN" "$P" cat /proc/self/cgroup
has "  or moved there before its first instruction, where clone3 is refused" "*/sbx-job-*"

limited "wall 300 t.sbx:9
"
run "$SBX_RUN" "$P" sh -c 'echo early; exit 7'
[ "$RC" = 7 ] && pass "limit wall: a program that is quick enough gives its own code" || fail "quick enough" "$RC" "$ERR"
t=$(now)
run "$SBX_RUN" "$P" sh -c 'trap "" TERM INT HUP; (sleep 9871 & sleep 9872 &) ; setsid sleep 9873 & sleep 9874'
t=$((($(now) - t) / 1000000))
[ "$RC" = 124 ] && pass "limit wall: exit 124" || fail "limit wall: exit 124" "$RC" "$ERR"
[ $t -ge 295 ] && [ $t -lt 5000 ] && pass "limit wall: at its time ($t ms for 300)" || fail "limit wall: at its time" "$t ms"
[ "$(survivors)" = 0 ] && pass "limit wall: nothing of the tree survives" || fail "limit wall: survivors" "$(pgrep -af 'sleep 987')"
case $ERR in *"ended by \`limit wall\`"*) pass "limit wall: says so" ;; *) fail "limit wall: says so" "$ERR" ;; esac
run "$SBX_RUN" "$P" sh -c '(sleep 9875 >/dev/null 2>&1 &) ; kill -STOP $$; echo on'
[ "$RC" = 124 ] && [ "$(survivors)" = 0 ] && pass "limit wall: a program that stops itself does not stop the clock" ||
	fail "limit wall: stopped program" "$RC" "$(survivors)"

limited "wall 300 t.sbx:9
output 1000 t.sbx:9
"
run "$SBX_RUN" --dry-run "$P" "$PROBE"
has "--dry-run: the shape and what stands around the steps" "*shape       supervised: *would do    cgroup, 1 settings*after 300 ms*after 1000 bytes*would do    session*"
limited "output 1000 t.sbx:9
"
run "$SBX_RUN" "$P" sh -c 'head -c 600 /dev/zero; head -c 400 /dev/zero >&2; exit 3'
[ "$RC" = 3 ] && [ "$(wc -c <"$TMP/out")" = 600 ] && [ "$(wc -c <"$TMP/err")" = 400 ] &&
	pass "limit output: exactly the limit passes, both streams counted" || fail "limit output: at the limit" "$RC" "$ERR"
run "$SBX_RUN" "$P" sh -c '(sleep 9876 &); head -c 5000 /dev/zero; sleep 9877'
[ "$RC" = 124 ] && pass "limit output: exit 124" || fail "limit output: exit 124" "$RC" "$ERR"
[ "$(wc -c <"$TMP/out")" = 1000 ] && pass "limit output: not a byte more" || fail "limit output: bytes" "$(wc -c <"$TMP/out")"
[ "$(survivors)" = 0 ] && pass "limit output: nothing of the tree survives" || fail "limit output: survivors" "$(pgrep -af 'sleep 987')"
case $ERR in *"ended by \`limit output\`"*) pass "limit output: says so" ;; *) fail "limit output: says so" "$ERR" ;; esac

limited "output 100000000 t.sbx:9
"
t=$(now)
run "$SBX_RUN" "$P" sh -c 'sleep 9878 & echo done'
t=$((($(now) - t) / 1000000))
gives "a pipe that a grandchild holds open does not keep the loader" done
[ $t -lt 10000 ] && [ "$(survivors)" = 0 ] && pass "and what is left of the job has ended ($t ms)" || fail "left of the job" "$t ms" "$(survivors)"
n=$("$SBX_RUN" "$P" head -c 50000000 /dev/zero 2>/dev/null | wc -c)
[ "$n" = 50000000 ] && pass "50 MB come through whole" || fail "50 MB come through whole" "$n"
run sh -c '"$@" 2>&1' sh "$SBX_RUN" "$P" sh -c 'for i in 1 2 3 4 5 6 7 8 9; do echo o$i; echo e$i >&2; done'
gives "where stdout and stderr are one file, their order stays" "$(for i in 1 2 3 4 5 6 7 8 9; do echo o$i; echo e$i; done)"
timeout 10 "$SBX_RUN" "$P" sh -c 'while :; do echo y; done' 2>/dev/null | head -n 1 >"$TMP/out"
[ "$(cat "$TMP/out")" = y ] && pass "a reader that goes away ends the program" || fail "a reader that goes away"
if strace -o /dev/null true 2>/dev/null; then
	run strace -f -o /dev/null -e inject=mkdirat:error=EACCES "$SBX_RUN" "$P" "$PROBE" print ran
	refused "a cgroup that cannot be made" 125 E0640 "mkdir of the cgroup: permission denied"
	# A write that the kernel takes and that does nothing: what is read back is not what the plan says.
	run strace -f -y -qq -o "$TMP/calls" -e trace=write "$SBX_RUN" "$P" "$PROBE" print in
	at=$(grep 'write(' "$TMP/calls" | grep -n 'cgroup.max.descendants' | cut -d: -f1)
	if [ "$(echo "$at" | wc -w)" = 1 ]; then
		run strace -f -qq -o /dev/null -e trace=write -e "inject=write:retval=1:when=$at" "$SBX_RUN" "$P" "$PROBE" print ran
		refused "a limit that is not what was written" 125 E0640 "cgroup.max.descendants"
		[ -z "$(find "$CG" -mindepth 1 -type d)" ] && pass "  and its cgroup is removed" || fail "  its cgroup" "$(find "$CG" -mindepth 1 -type d)"
	elif [ "$(id -u)" != 0 ] && ! grep -q 'write([0-9]*<' "$TMP/calls"; then
		skip "a limit that is not what was written" "strace shows this user no names"
	else
		fail "control: one write of the limit" "$(cat "$TMP/calls")"
	fi
else
	skip "a cgroup that cannot be made" "strace cannot trace here"
fi
finish
