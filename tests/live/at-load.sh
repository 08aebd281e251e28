#!/bin/sh
# at-load.sh - numbers of a policy that are given when the program starts: limits, the size of a scratch folder, the user. Each
# value is seen to count, by two values that give two results; a value out of range starts nothing.
. "$(dirname "$0")/lib-loader.sh"
SBXC=${SBXC:-$B/sbxc}

compile() { # lines of the policy on stdin; the params stand before
	{
		printf 'sbx 1\nparam files: count = 64 at load\nparam time: duration = 20s at load\n'
		printf 'param room: size = 1MiB at load\nparam who: count = 1000 at load\n'
		printf 'policy s {\n    targets linux\n    allow read exec "/usr"\n'
		printf '    allow read exec "/bin", "/lib", "/lib64" if-exists\n    allow read write "/dev/null"\n    allow read "/dev/zero"\n'
		printf '    set env PATH = "/usr/bin:/bin"\n'
		cat
		printf '}\n'
	} >"$TMP/s.sbx"
	rm -rf "$TMP/plan"
	"$SBXC" -q "$TMP/s.sbx" -o "$TMP/plan" 2>"$TMP/err" || { fail "the policy compiles" "$(cat "$TMP/err")"; finish; }
}

compile <<'EOF'
    isolate none
    prefer signal.scope, res.wall on linux because "x"
    limit open-files files
    limit open-files 200
    limit cpu-time time
    limit wall 60s
EOF
run sh -c 'ulimit -n; ulimit -t'
[ "$(printf '%s\n' "$OUT" | head -n 1)" != 64 ] && pass "control: without the sandbox there are other limits" || fail "control: limits" "$OUT"
run "$SBX_RUN" "$TMP/plan" -- sh -c 'ulimit -n; ulimit -t'
gives "limits have the defaults of their params" "64
20"
run "$SBX_RUN" --set files=99 --set time=2500ms "$TMP/plan" -- sh -c 'ulimit -n; ulimit -t'
gives "and the values of the start: a started second counts whole" "99
3"
run "$SBX_RUN" --set files=200 "$TMP/plan" -- sh -c 'ulimit -n'
gives "a second line bounds the param: its number is still taken" 200
run "$SBX_RUN" --set files=201 "$TMP/plan" -- sh -c 'echo ran'
refused "one more than that line says" 125 E0612 "the policy takes 3 to 200"
case $ERR in *"required   s.sbx:16"*) pass "and the line is named" ;; *) fail "the line is named" "$ERR" ;; esac
run "$SBX_RUN" --set files=2 "$TMP/plan" -- sh -c 'echo ran'
refused "less than the limit can be" 125 E0612 "the policy takes 3 to 200"
run "$SBX_RUN" --set time=0s "$TMP/plan" -- sh -c 'echo ran'
refused "no time at all" 125 E0612 "the policy takes 1ms to"
run "$SBX_RUN" --set time=20 "$TMP/plan" -- sh -c 'echo ran'
refused "a time without a unit" 125 E0612 "a duration is a number with ms, s, min or h"

compile <<'EOF'
    isolate pid
    prefer signal.scope, ns.isolate on linux because "x"
    limit wall time
    limit output room
EOF
if unshare -Upf true 2>/dev/null; then # a root that may make pid namespaces alone is not asked: the plan makes both
	run "$SBX_RUN" --set time=5s "$TMP/plan" -- sh -c 'sleep 0.5; echo end'
	gives "limit wall: with time enough the program ends by itself" end
	run "$SBX_RUN" --set time=200ms "$TMP/plan" -- sh -c 'sleep 30'
	[ "$RC" = 124 ] && pass "limit wall: with less it is ended" || fail "limit wall" "$RC" "$ERR"
	run "$SBX_RUN" --set room=10B "$TMP/plan" -- sh -c 'echo 123456789abcdef'
	[ "$RC" = 124 ] && [ "$OUT" = 123456789a ] && pass "limit output: ends where the value says" || fail "limit output" "$RC" "$OUT" "$ERR"
	run "$SBX_RUN" --set room=16B "$TMP/plan" -- sh -c 'echo 123456789abcdef'
	gives "limit output: a larger one lets all of it out" 123456789abcdef
else
	skip "limits of the whole job at load" "this host makes no user namespaces"
fi

unshare -Um true 2>/dev/null || { skip "scratch and user at load" "this host makes no user namespaces"; finish; }
compile <<'EOF'
    scratch "/tmp" size room
    user who
EOF
fill='head -c 300000 /dev/zero >/tmp/x 2>/dev/null && echo fits || echo full; id -u'
run "$SBX_RUN" "$TMP/plan" -- sh -c "$fill"
gives "scratch: 300000 bytes fit into the default" "fits
1000"
run "$SBX_RUN" --set room=64KiB --set who=7 "$TMP/plan" -- sh -c "$fill"
gives "scratch: not into 64KiB; and the user is the one of the start" "full
7"
run "$SBX_RUN" --set room=4095B "$TMP/plan" -- sh -c 'echo ran'
refused "a scratch folder that is too small" 125 E0612 "the policy takes 4096B to"
run "$SBX_RUN" --set who=4294967295 "$TMP/plan" -- sh -c 'echo ran'
refused "a user that nobody can be" 125 E0612 "the policy takes 0 to 4294967294"

# limits of the cgroup: the kernel's own files show what was written
own_cgroup || { skip "limits of the cgroup at load" "this user cannot make a cgroup here"; finish; }
grep -q pids "$CG/cgroup.controllers" 2>/dev/null || { skip "limits of the cgroup at load" "no controller is delegated here"; finish; }
compile <<'EOF'
    limit pids files
EOF
spawn='i=0; while [ $i -lt 20 ]; do sleep 1 & i=$((i+1)); done 2>/dev/null; echo all'
run "$SBX_RUN" --set files=40 "$TMP/plan" -- sh -c "$spawn"
gives "limit pids: room for twenty" all
run "$SBX_RUN" --set files=10 "$TMP/plan" -- sh -c "$spawn"
[ "$OUT" != all ] && pass "limit pids: not with ten" || fail "limit pids" "$OUT" "$ERR"
finish
