#!/bin/sh
# supervise-stopped.sh - a supervisor that is stopped: a second one, process 1 or the guard, ends the job at its time; nothing is
# lost when the supervisor goes on.
. "$(dirname "$0")/lib-loader.sh"
P=$TMP/plan
FOR=96$(($$ % 1000)) # seconds that name the sleepers of this test

stoppable() { # LINES CGROUP ISOLATE
	reset
	MORE_LIMIT=$1 CGROUP=$2 ISOLATE=$3
	RULES=
	MORE_PATH=$HOST_TOOLS
	plan "$P"
}
# The sleepers of a job: 1 of the one that ends at its time, 2 of the control, which has time enough.
sleepers() { pgrep -f "^sleep ${FOR}$1[12]" | wc -l; }
up() { [ "$(sleepers "$1")" = 2 ]; }
none() { [ "$(sleepers "$1")" = 0 ]; }
stopped() { [ "$(sed -n 's/^State:[[:space:]]*\(.\).*/\1/p' "/proc/$1/status")" = T ]; }

# A program and one in a session of its own, under a supervisor that is stopped when both run.
begin_stopped() { # NAME JOB OPTION...
	name=$1 job=$2
	shift 2
	"$SBX_RUN" "$@" "$P" -- /bin/sh -c "setsid sleep ${FOR}${job}1 & exec sleep ${FOR}${job}2" >/dev/null 2>"$TMP/err" </dev/null &
	LOADER=$!
	within 20 up "$job" || { fail "$name: the program runs" "$(cat "$TMP/err")"; kill -9 "$LOADER"; return 1; }
	kill -STOP "$LOADER"
	within 5 stopped "$LOADER" || fail "$name: the supervisor is stopped"
}

overdue() { # NAME CGROUP ISOLATE
	stoppable "wall 600000 t.sbx:9
" "$2" "$3"
	begin_stopped "$1" 2 || return
	control=$LOADER
	stoppable "wall 2500 t.sbx:9
" "$2" "$3"
	begin_stopped "$1" 1 --report "$TMP/report" || return
	within 20 none 1 && stopped "$LOADER" && pass "$1: the job ends at its time while the supervisor is stopped" ||
		fail "$1: the job ends at its time" "$(pgrep -af "^sleep $FOR")"
	up 2 && stopped "$control" && pass "control: $1: one with more time goes on" || fail "control: $1" "$(pgrep -af "^sleep $FOR")"
	kill -CONT "$LOADER"
	wait "$LOADER"
	code=$?
	[ "$code" = 124 ] && grep -q 'ended by `limit wall`' "$TMP/err" && pass "$1:   the supervisor says so when it goes on" ||
		fail "$1:   the supervisor says so" "$code" "$(cat "$TMP/err")"
	grep -q '"limit":"wall"' "$TMP/report" && pass "$1:   and the report too" || fail "$1:   the report" "$(cat "$TMP/report")"
	kill "$control"
	kill -CONT "$control"
	within 20 none 2 && pass "$1:   a signal reaches the program when its supervisor goes on" || fail "$1: signal" "$(pgrep -af "^sleep $FOR")"
	wait "$control"
	pkill -9 -f "^sleep ${FOR}[12][12]"
}

if own_cgroup; then
	overdue "in a cgroup" "cgroup.max.descendants 0
" none
	[ -z "$(find "$CG" -mindepth 1 -type d)" ] && pass "no cgroup is left" || fail "cgroups left" "$(find "$CG" -mindepth 1 -type d)"
else
	skip "in a cgroup" "this user cannot make one here"
fi
if unshare -U true 2>/dev/null; then
	overdue "in a pid namespace" "" "user pid"
else
	skip "in a pid namespace" "this host makes no user namespaces"
fi
finish
