#!/bin/sh
# stale-files.sh - files that vanish under the loader, as those of a network do (ESTALE): each call that opens, looks at or reads one
# answers so in turn, for the plan, the program and the places of its rules. Nothing runs then, and the message says why; what the
# loader can do without leaves the whole sandbox.
. "$(dirname "$0")/lib-loader.sh"
strace -o /dev/null true 2>/dev/null || { skip "files that vanish" "strace cannot trace here"; finish; }
P=$TMP/plan
reset
mkdir "$TMP/open" && printf open >"$TMP/open/file" && printf secret >"$TMP/secret"
MORE_PATH="path error follow read_file t.sbx:2 $TMP/open
"
plan "$P"
WHOLE="ok
EACCES
in
ok"
once() { # STRACE-WORDS...
	run strace -f -o "$TMP/calls" "$@" "$SBX_RUN" "$P" "$PROBE" read "$TMP/open/file" , read "$TMP/secret" , print in
}
once -e trace=none
gives "control: nothing vanishes" "$WHOLE"
refusals=0 without=0
for call in openat fstat newfstatat read pread64; do
	n=0
	while [ $n -lt 40 ]; do
		n=$((n + 1))
		once -e trace=$call -e inject=$call:error=ESTALE:when=$n
		grep -q INJECTED "$TMP/calls" || break
		case $RC$OUT$ERR in
		0errno-116*) break ;; # the program's own
		12[56]*"error["*"stale file handle (ESTALE)"*"nothing was started"*) refusals=$((refusals + 1)) ;;
		*ESTALE*) fail "$call $n: one message, or the whole" "$RC" "$OUT" "$ERR" ;;
		*) [ "$OUT" = "$WHOLE" ] && without=$((without + 1)) || fail "$call $n: refused, or the whole" "$RC" "$OUT" "$ERR" "$(grep INJECTED "$TMP/calls")" ;;
		esac
	done
done
[ $refusals -ge 12 ] && pass "files that vanish: $refusals calls refused, $without that the loader does without" ||
	fail "files that vanish" "$refusals refused, $without without"
finish
