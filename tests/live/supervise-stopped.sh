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
	MORE_PATH="path error follow execute,read_file,read_dir t.sbx:2 /usr
path skip follow execute,read_file,read_dir t.sbx:3 /lib
path skip follow execute,read_file,read_dir t.sbx:3 /lib64
path skip follow execute,read_file,read_dir t.sbx:3 /bin
path error follow write_file,read_file t.sbx:4 /dev/null
"
	plan "$P"
}
within() { # SECONDS COMMAND...: until it is true
	polls=$(($1 * 20))
	shift
	while ! "$@"; do
		[ "$polls" -gt 0 ] || return 1
		polls=$((polls - 1))
		sleep 0.05
	done
}
sleepers() { pgrep -f "^sleep ${FOR}[12]" | wc -l; }
up() { [ "$(sleepers)" = 2 ]; }
none() { [ "$(sleepers)" = 0 ]; }
state() { sed -n 's/^State:[[:space:]]*\(.\).*/\1/p' "/proc/$1/status"; }

# A program and one in a session of its own, under a supervisor that is stopped when both run.
begin_stopped() { # NAME OPTION...
	name=$1
	shift
	"$SBX_RUN" "$@" "$P" -- /bin/sh -c "setsid sleep ${FOR}1 & exec sleep ${FOR}2" >/dev/null 2>"$TMP/err" </dev/null &
	LOADER=$!
	within 20 up || { fail "$name: the program runs" "$(cat "$TMP/err")"; kill -9 "$LOADER"; return 1; }
	kill -STOP "$LOADER"
	within 5 eval '[ "$(state "$LOADER")" = T ]' || fail "$name: the supervisor is stopped" "$(state "$LOADER")"
}

overdue() { # NAME CGROUP ISOLATE
	stoppable "wall 1500 t.sbx:9
" "$2" "$3"
	begin_stopped "$1" --report "$TMP/report" || return
	within 20 none && [ "$(state "$LOADER")" = T ] && pass "$1: the job ends at its time while the supervisor is stopped" ||
		fail "$1: the job ends at its time" "$(state "$LOADER")" "$(pgrep -af "^sleep $FOR")"
	kill -CONT "$LOADER"
	wait "$LOADER"
	code=$?
	[ "$code" = 124 ] && grep -q 'ended by `limit wall`' "$TMP/err" && pass "$1:   the supervisor says so when it goes on" ||
		fail "$1:   the supervisor says so" "$code" "$(cat "$TMP/err")"
	grep -q '"limit":"wall"' "$TMP/report" && pass "$1:   and the report too" || fail "$1:   the report" "$(cat "$TMP/report")"

	stoppable "wall 600000 t.sbx:9
" "$2" "$3"
	begin_stopped "$1" || return
	sleep 2
	up && pass "control: $1: before its time it goes on" || fail "control: $1: before its time" "$(pgrep -af "^sleep $FOR")"
	kill -CONT "$LOADER"
	kill "$LOADER"
	within 20 none && pass "$1:   a signal reaches the program when the supervisor goes on" || fail "$1: signal" "$(pgrep -af "^sleep $FOR")"
	wait "$LOADER"
	pkill -9 -f "^sleep ${FOR}[12]"
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
