#!/bin/sh
# killed.sh - what is left when one of the processes of a start is killed with SIGKILL while the program runs: with a cgroup or a pid
# namespace nothing, and quickly; without both, what the program has started in the background, as sbx-run(1) says. (Kills
# during the set-up: faults.sh.)
. "$(dirname "$0")/lib-loader.sh"
P=$TMP/plan
FOR=98$(($$ % 1000)) # seconds that name the sleepers of this test
plan_of() { # LINES CGROUP
	reset
	MORE_LIMIT=$1
	CGROUP=$2
	RULES=
	MORE_SESSION='session new
'
	MORE_PATH=$HOST_TOOLS
	plan "$P"
}
# A program with a child in its session, one in a session of its own, and one that no parent knows any more.
PROGRAM="(setsid sleep ${FOR}1 & sleep ${FOR}2 &) & sleep ${FOR}3 & exec sleep ${FOR}4"
sleepers() { pgrep -f "^sleep ${FOR}[1-4]" | wc -l; }
all_up() {
	for _ in $(seq 60); do
		[ "$(sleepers)" = 4 ] && return 0
		sleep 0.1
	done
	fail "$1: the program and its children run" "$(pgrep -af "^sleep ${FOR}")" "$(cat "$TMP/err")"
	return 1
}
none() { [ "$(sleepers)" = 0 ]; }
gone() { case $(sed -n "s/^State:[[:space:]]*//p" "/proc/$1/status" 2>/dev/null) in "" | Z*) ;; *) false ;; esac; } # or nobody has asked for its status
no_cgroup() { [ -z "$(find "$CG" -mindepth 1 -type d)" ]; }
# Children of $1 that are still sbx-run: process 1 or the guard, in the order of their start.
helpers() { pgrep -P "$1" -f sbx-run; }
begin() {
	"$SBX_RUN" "$@" "$P" -- /bin/sh -c "$PROGRAM" >/dev/null 2>"$TMP/err" </dev/null &
	LOADER=$!
}
end_all() { pkill -9 -f "^sleep ${FOR}[1-4]"; wait 2>/dev/null; }

if own_cgroup; then
	plan_of "" "cgroup.max.descendants 0
"
	begin
	if all_up "in a cgroup"; then
		GUARD=$(helpers "$LOADER" | head -n 1)
		kill -9 "$LOADER"
		within 20 none && pass "in a cgroup: nothing survives the supervisor" || fail "in a cgroup: survivors" "$(pgrep -af "^sleep $FOR")"
		within 20 no_cgroup && pass "in a cgroup: and its cgroup is gone, without another start" || fail "in a cgroup: cgroups left" "$(find "$CG" -mindepth 1 -type d)"
		within 20 gone "$GUARD" && pass "in a cgroup: nor does the guard stay" || fail "in a cgroup: the guard stays" "$(ps -o pid,ppid,stat,wchan,comm -p "$GUARD")"
	fi
	end_all
	begin
	if all_up "the guard"; then
		kill -9 "$(helpers "$LOADER" | head -n 1)"
		wait "$LOADER"
		code=$?
		within 20 none && [ $code = 137 ] && pass "the guard is killed: the job ends ($code)" || fail "the guard is killed" "$code" "$(pgrep -af "^sleep $FOR")"
		grep -q "its guard was killed" "$TMP/err" && pass "the guard is killed: that is said" || fail "the guard is killed: said" "$(cat "$TMP/err")"
		no_cgroup && pass "the guard is killed: no cgroup is left" || fail "the guard is killed: cgroups left"
	fi
	end_all
	# as one does with a job of a shell: the whole process group
	setsid sh -c 'echo $$ >"$1"; shift; exec "$@"' sh "$TMP/leader" "$SBX_RUN" "$P" -- /bin/sh -c "$PROGRAM" >/dev/null 2>"$TMP/err" </dev/null &
	if all_up "the process group"; then
		kill -9 "-$(cat "$TMP/leader")"
		within 20 none && within 20 no_cgroup && pass "the process group of the loader is killed: nothing survives" ||
			fail "the process group of the loader is killed" "$(pgrep -af "^sleep $FOR")"
	fi
	end_all
	begin
	if all_up "the program"; then
		kill -9 "$(pgrep -f "^sleep ${FOR}4")"
		wait "$LOADER"
		code=$?
		[ $code = 137 ] && none && no_cgroup && pass "the program is killed: what it started ends with it (137)" ||
			fail "the program is killed" "$code" "$(pgrep -af "^sleep $FOR")"
	fi
	end_all
else
	skip "killed in a cgroup" "this user cannot make a cgroup here"
fi

plan_of "output 100000 t.sbx:9
" ""
begin
if all_up "without both"; then
	kill -9 "$LOADER"
	within 20 eval '[ -z "$(pgrep -f "^sleep ${FOR}4")" ]' && pass "without a cgroup and a pid namespace: the program ends with its supervisor" ||
		fail "without both: the program"
	sleep 0.2
	[ "$(sleepers)" = 3 ] && pass "control: what it started in the background goes on, as sbx-run(1) says" || fail "control: background" "$(sleepers)"
	tr '\n' ' ' <"$ROOT/docs/sbx-run.1" | grep -q "Without a cgroup and without a pid namespace" && pass "sbx-run(1) says so" || fail "sbx-run(1) says so"
fi
end_all

if [ -n "${BEFORE:-}" ] && [ -d "$CG" ] && unshare -U true 2>/dev/null; then
	# process 1 ends all the others: no guard
	ISOLATE="user pid" MORE_LIMIT= CGROUP="cgroup.max.descendants 0
"
	plan "$P"
	begin
	if all_up "pid namespace and cgroup"; then
		[ "$(helpers "$LOADER" | wc -l)" = 1 ] && pass "in a pid namespace there is no guard" || fail "a guard in a pid namespace" "$(pgrep -aP "$LOADER")"
		kill -9 "$LOADER"
		within 20 none && pass "in a pid namespace and a cgroup: nothing survives the supervisor" || fail "pid namespace and cgroup" "$(pgrep -af "^sleep $FOR")"
		no_cgroup && fail "control: an empty cgroup stays" || pass "control: an empty cgroup stays, as sbx-run(1) says"
		run "$SBX_RUN" "$P" -- /bin/sh -c :
		no_cgroup && pass "  and the next start removes it" || fail "the next start removes it" "$ERR"
	fi
	end_all
fi
if unshare -U true 2>/dev/null; then
	ISOLATED=$TMP/all.sbx
	{
		printf 'sbx 1\npolicy t {\n    targets linux\n    use std/base-system\n    isolate user pid mount ipc uts\n'
		printf '    allow read exec "/usr", "/bin", "/lib", "/lib64" if-exists\n    allow read write "/dev/null"\n}\n'
	} >"$ISOLATED"
	if "$B/sbxc" -q --std "$ROOT/policies/std" "$ISOLATED" -o "$P-all" 2>"$TMP/err"; then
		P=$P-all
		for victim in supervisor "process 1"; do
			begin
			if all_up "pid namespace, $victim"; then
				[ "$victim" = supervisor ] && kill -9 "$LOADER" || kill -9 "$(helpers "$LOADER" | head -n 1)"
				within 20 none && pass "in a pid namespace: nothing survives the $victim" || fail "pid namespace, $victim" "$(pgrep -af "^sleep $FOR")"
			fi
			end_all
		done
	else
		fail "the policy compiles" "$(cat "$TMP/err")"
	fi
else
	skip "killed in a pid namespace" "this host makes no user namespaces"
fi
finish
