#!/bin/sh
# libsbx-jobs.sh - supervised launches through libsbx: what the status and the report say (the same as sbx-run), all views, threads,
# many at once, a caller that is killed.
. "$(dirname "$0")/lib-loader.sh"
SBXC=${SBXC:-$B/sbxc}
FOR=97$(($$ % 1000))
${CC:-cc} -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -O1 -I"$ROOT/runtime" -o "$TMP/jobs" "$HERE/libsbx/jobs.c" "$B/libsbx.a" -lpthread 2>"$TMP/err" ||
	{ fail "the program builds" "$(cat "$TMP/err")"; finish; }
policy() { # NAME LINES
	{
		printf 'sbx 1\npolicy jobs version "2.0.1" {\n    targets linux\n    allow read exec "%s"\n    allow read "/proc" if-exists\n    allow read write "/dev/null"\n' "$PROBE_DIR"
		printf '    allow read exec "/usr", "/bin", "/lib", "/lib64" if-exists\n    prefer signal.scope on linux because "since Linux 6.12"\n%s}\n' "$2"
	} >"$TMP/$1.sbx"
	"$SBXC" -q --std "$ROOT/policies/std" "$TMP/$1.sbx" -o "$TMP/$1" 2>"$TMP/err" || { fail "$1 compiles" "$(cat "$TMP/err")"; finish; }
}
one() { run "$TMP/jobs" one "$@"; }
# The report of the library and that of sbx-run, without what differs from run to run.
same_report() { # NAME PLAN COMMAND...
	name=$1 p=$2
	shift 2
	command -v python3 >/dev/null || { skip "$name: the report is that of sbx-run" "no python3"; return; }
	printf '%s\n' "$OUT" | tail -n 1 >"$TMP/library.json"
	"$SBX_RUN" --report "$TMP/run.json" "$p" -- "$@" >/dev/null 2>&1 </dev/null
	python3 - "$TMP/library.json" "$TMP/run.json" >"$TMP/diff" 2>&1 <<'PY'
import json, sys
a, b = (json.load(open(f)) for f in sys.argv[1:])
for r in a, b:
    for k, v in r["usage"].items():
        if isinstance(v, int): r["usage"][k] = "number"
for k in sorted(set(a) | set(b)):
    if a.get(k) != b.get(k): print(k, a.get(k), "is not", b.get(k))
PY
	[ ! -s "$TMP/diff" ] && pass "$name: the report is that of sbx-run" || fail "$name: the report is that of sbx-run" "$(cat "$TMP/diff")"
}

policy here "    isolate none
"
one "$TMP/here" - "$PROBE" exit 3
has "in place: status" "*exited 1 code 3 signal 0 limit none wall 1 cpu-of waited memory-of process peak 1*sizes 1*"
same_report "in place" "$TMP/here" "$PROBE" exit 3
one "$TMP/here" - "$PROBE" die 11
has "in place: a signal" "*exited 0 code 0 signal 11 limit none*\"outcome\":\"signaled\"*"
one "$TMP/here" - "$PROBE" sleep 1
has "a process that runs has no report" "*running -1 1*"

if own_cgroup; then
	policy wall "    isolate none
    limit wall 300ms
"
	one "$TMP/wall" - "$PROBE" exit 3
	has "in a cgroup: status" "*exited 1 code 3 signal 0 limit none wall 1*sizes 1*"
	same_report "in a cgroup" "$TMP/wall" "$PROBE" exit 3
	one "$TMP/wall" - "$PROBE" sleep 20000
	has "limit wall: 124, and which limit" "*exited 1 code 124 signal 0 limit wall*\"outcome\":\"limit\",\"limit\":\"wall\"*"
	same_report "limit wall" "$TMP/wall" "$PROBE" sleep 20000
	policy aged "    isolate none
    limit wall 500ms
"
	run "$TMP/jobs" aged "$TMP/aged" - "$PROBE"
	gives "limit wall: what stands ready in a pool uses none of it" "ready 2 code 3 limit none within 1 code 124 limit wall within 1"
	policy output "    isolate none
    limit output 1KiB
"
	run "$TMP/jobs" one "$TMP/output" - /bin/sh -c 'while :; do echo 0123456789; done'
	has "limit output: 124, and which limit" "*exited 1 code 124 signal 0 limit output*"
	policy cpu "    isolate none
    limit cpu-time 1s
"
	one "$TMP/cpu" - /bin/sh -c 'while :; do :; done'
	has "limit cpu-time: which limit" "*exited 0 code 0 signal 9 limit cpu-time*"

	# A caller that crashes: the program goes on under its limits, and nothing is left after.
	policy left "    isolate none
    limit wall 3s
"
	run "$TMP/jobs" leave "$TMP/left" - /bin/sh -c "sleep ${FOR}1 & sleep ${FOR}2"
	up() { pgrep -f "^sleep $FOR" | wc -l; }
	for _ in $(seq 50); do [ "$(up)" = 2 ] && break; sleep 0.05; done
	[ "$(up)" = 2 ] && [ "$RC" = 137 ] && pass "the caller is killed: the program goes on" || fail "the caller is killed" "$RC" "$(pgrep -af "^sleep $FOR")"
	for _ in $(seq 160); do [ "$(up)" = 0 ] && [ -z "$(find "$CG" -mindepth 1 -type d)" ] && break; sleep 0.05; done
	[ "$(up)" = 0 ] && [ -z "$(find "$CG" -mindepth 1 -type d)" ] && pass "  and its limit on time ends it, with its cgroup" ||
		fail "  its limits" "$(pgrep -af "^sleep $FOR")" "$(find "$CG" -mindepth 1 -type d)"
	for how in threads many; do
		run "$TMP/jobs" $how "$TMP/left" - "$PROBE"
		has "in cgroups, $how" "wrong 0 descriptors 0 children 0"
		[ -z "$(find "$CG" -mindepth 1 -type d)" ] && pass "in cgroups, $how: none is left" || fail "in cgroups, $how: left" "$(find "$CG" -mindepth 1 -type d | head -5)"
	done
else
	skip "launches in a cgroup" "this user cannot make a cgroup here"
fi

if unshare -U true 2>/dev/null; then
	policy all ""
	grep -q '^isolate user pid mount' "$TMP/all/launch.conf" || fail "control: the plan makes all views" "$(cat "$TMP/all/launch.conf")"
	one "$TMP/all" - "$PROBE" exit 5
	has "all views: status" "*exited 1 code 5 signal 0 limit none*"
	same_report "all views" "$TMP/all" "$PROBE" exit 5
	policy aged-all "    limit wall 500ms
"
	run "$TMP/jobs" aged "$TMP/aged-all" - "$PROBE"
	gives "all views: what stands ready in a pool uses none of limit wall" "ready 2 code 3 limit none within 1 code 124 limit wall within 1"
	mounts=$(wc -l </proc/self/mountinfo)
	for how in threads many; do
		run "$TMP/jobs" $how "$TMP/all" - "$PROBE"
		has "all views, $how" "wrong 0 descriptors 0 children 0"
	done
	[ "$(wc -l </proc/self/mountinfo)" = "$mounts" ] && pass "all views: no mount is left here" || fail "all views: mounts"
else
	skip "launches with all views" "this host makes no user namespaces"
fi
[ -z "$(pgrep -f "^$PROBE")" ] && pass "no process is left" || fail "processes left" "$(pgrep -af "^$PROBE" | head -5)"
finish
