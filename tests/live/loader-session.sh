#!/bin/sh
# loader-session.sh - the new session, also when the caller made the loader a process-group leader: exit codes, signals, stops.
. "$(dirname "$0")/lib-loader.sh"
P=$TMP/plan
reset
MORE_SESSION="session new
"
plan "$P"
reset
plan "$TMP/without"
run "$SBX_RUN" "$TMP/without" "$PROBE" state
has "control: no session line, no new session" "*leader 0*"
run "$SBX_RUN" "$P" "$PROBE" state
has "a session of its own" "*leader 1*"
run setsid --wait "$SBX_RUN" "$P" "$PROBE" state
has "also as a group leader" "*leader 1*"
for c in 0 3 255; do
	run setsid --wait "$SBX_RUN" "$P" "$PROBE" exit $c
	[ "$RC" = $c ] && pass "as a leader: exit code $c" || fail "as a leader: exit code $c" "$RC"
done
for s in 2 9 15; do
	run setsid --wait sh -c '"$@"; exit $?' sh setsid --wait "$SBX_RUN" "$P" "$PROBE" die $s
	[ "$RC" = $((128 + s)) ] && pass "as a leader: dies of signal $s as the program did" || fail "as a leader: signal $s" "$RC" "$ERR"
done
run sh -c 'trap "" CHLD; exec "$@"' sh setsid --wait "$SBX_RUN" "$P" "$PROBE" exit 4
[ "$RC" = 4 ] || [ "$RC" = 0 ] && pass "an ignored SIGCHLD loses nothing here" || fail "ignored SIGCHLD" "$RC" "$ERR"

children() { # PID: its children
	cat "/proc/$1/task/$1/children" 2>/dev/null
}
begin() { # starts a sleeper under a loader that is a group leader: LOADER, CHILD
	setsid env "${HANGUP:---default-signal=HUP}" "$SBX_RUN" "$P" "$PROBE" sleep 60 &
	LOADER=$!
	CHILD=
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		CHILD=$(children $LOADER | tr -d ' ')
		[ -n "$CHILD" ] && [ "$(readlink "/proc/$CHILD/exe")" = "$PROBE" ] && break
		sleep 0.05
	done
}
gone() { # PID: has ended within two seconds
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		[ -d "/proc/$1" ] || return 0
		[ "$(state "$1")" = Z ] && return 0 # ended; who reaps an orphan, and when, is not the loader's
		sleep 0.1
	done
	return 1
}
state() { sed -n 's/^State:[[:space:]]*\(.\).*/\1/p' "/proc/$1/status" 2>/dev/null; }
for s in TERM INT HUP KILL; do
	begin
	if [ -z "$CHILD" ]; then fail "no child to signal"; continue; fi
	kill -$s $LOADER
	gone "$CHILD" && pass "SIG$s to the loader ends the program" || fail "SIG$s to the loader ends the program"
	kill -9 "$CHILD" 2>/dev/null
	wait $LOADER 2>/dev/null
done
begin
states() { [ "$(state "$CHILD")$(state $LOADER)" = "$1" ]; }
kill -TSTP $LOADER
within 20 states TT && pass "a terminal stop stops both" || fail "a terminal stop stops both" "$(state "$CHILD")$(state $LOADER)"
kill -CONT $LOADER
within 20 states SS && pass "and both go on" || fail "and both go on" "$(state "$CHILD")$(state $LOADER)"
kill -TERM $LOADER
wait $LOADER 2>/dev/null

# nohup: a hang-up that the caller ignores reaches neither the loader nor the program; the control is above: one it does not ignore.
ended() { gone "$LOADER" && gone "$CHILD"; }
nohup_job() { # NAME: a job that a hang-up does not end, and SIGTERM does
	HANGUP=--ignore-signal=HUP
	begin
	HANGUP=
	kill -HUP "$LOADER" "$CHILD"
	kill -USR1 "$LOADER" # behind it: when this one has ended the program, the other has not
	wait "$LOADER" 2>/dev/null
	code=$?
	[ "$code" = $((128 + 10)) ] && ended && pass "$1: a hang-up that the caller ignores ends nothing" || fail "$1: nohup" "$code"
	kill -9 "$CHILD" 2>/dev/null
}
nohup_job "as a leader"
run env --ignore-signal=HUP "$SBX_RUN" "$TMP/without" "$PROBE" state
has "in place: it stays ignored" "*ignored 1 *"
run env --default-signal=HUP "$SBX_RUN" "$TMP/without" "$PROBE" state
has "control: nothing else is" "*ignored 0 *"
if unshare -U true 2>/dev/null; then
	ISOLATE="user pid"
	MORE_SESSION='session new
'
	plan "$P"
	HANGUP=--ignore-signal=HUP
	begin
	INIT=$CHILD
	within 20 eval 'CHILD=$(children $INIT | tr -d " "); [ -n "$CHILD" ] && [ "$(readlink "/proc/$CHILD/exe")" = "$PROBE" ]'
	kill -HUP "$LOADER"
	kill -USR1 "$LOADER"
	wait "$LOADER" 2>/dev/null
	code=$?
	[ "$code" = $((128 + 10)) ] && pass "in a pid namespace: nor there" || fail "in a pid namespace: nohup" "$code"
else
	skip "nohup in a pid namespace" "this host makes no user namespaces"
fi
finish
