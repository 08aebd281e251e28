#!/bin/sh
# supervise-report.sh - --report and --status-fd: one JSON object for every way a start can end, read by python3, whole or not
# there at all.
. "$(dirname "$0")/lib-loader.sh"
command -v python3 >/dev/null || { skip "reports" "no python3"; finish; }
P=$TMP/plan
J=$TMP/report.json
CHECK=$TMP/check.py
cat >"$CHECK" <<'PY'
# What docs/schema/report.json says of every report, and what goes with what; then prints the values of the dotted paths
# that are asked for.
import json, os, sys
sys.path.insert(0, os.environ["TESTS"])
from json_schema import faults, load
def refuse(pairs):
    keys = [k for k, _ in pairs]
    assert len(keys) == len(set(keys)), "a key twice"
    return dict(pairs)
text = open(sys.argv[1], "rb").read()
assert text.endswith(b"}\n") and text.count(b"\n") == 1, "one line"
r = json.loads(text, object_pairs_hook=refuse)
schema = load("report")
assert not faults(schema, r), faults(schema, r)
for key in schema["properties"]:
    assert faults(schema, {k: v for k, v in r.items() if k != key}), "self-test: without " + key
assert faults(schema, dict(r, sbx_report=2)) and faults(schema, dict(r, more=1)), "self-test"
assert (r["outcome"] == "refused") == (r["error"] is not None) == (r["usage"] is None)
assert (r["outcome"] == "unsafe") == (r["unsafe"] is not None)
assert (r["outcome"] == "limit") == (r["limit"] is not None)
for path in sys.argv[2:]:
    v = r
    for k in path.split("."):
        v = v[int(k)] if k.isdigit() else v[k]
    print(v)
PY
export TESTS="$HERE/.." PYTHONDONTWRITEBYTECODE=1
says() { # NAME WANTED PATH...: the report is valid, and these are its values, each with a blank after it
	name=$1 wanted=$2
	shift 2
	got=$(python3 "$CHECK" "$J" "$@" 2>&1 | tr '\n' ' ')
	[ "$got" = "$wanted" ] && pass "$name" || fail "$name" "got: $got" "wanted: $wanted" "$(cat "$J" 2>/dev/null)" "$ERR"
	rm -f "$J"
}
reset
MORE_GUARANTEE='guarantee fs.read.scope required landlock:1 my\x20dir/t.sbx:2
guarantee net.udp preferred landlock:900 t.sbx:3
'
plan "$P"
DIGEST=sha256:$(sha256sum "$P/SHA256SUMS" | cut -d' ' -f1)

run "$SBX_RUN" --report "$J" "$P" "$PROBE" exit 7
[ "$RC" = 7 ] && pass "the program's exit code is kept" || fail "exit code" "$RC" "$ERR"
says "exit code, policy, digest" "exited 7 None test 1.0 $ID $DIGEST " outcome exit signal policy.name policy.version policy.id policy.digest
run "$SBX_RUN" --report "$J" "$P" "$PROBE" exit 0
says "what was enforced by what, and what was not" "fs.read.scope landlock:1 my dir/t.sbx:2 net.udp " \
	enforced.0.guarantee enforced.0.by enforced.0.at not_enforced.0.guarantee
run sh -c '"$@"; exit $?' sh "$SBX_RUN" --report "$J" "$P" "$PROBE" die 9
[ "$RC" = 137 ] && pass "dies of the signal" || fail "dies of the signal" "$RC"
says "a signal" "signaled None 9 " outcome exit signal
run "$SBX_RUN" --report "$J" "$P" /nowhere/prog
[ "$RC" = 127 ] && pass "exit 127 with a report" || fail "exit 127 with a report" "$RC"
says "a program that is not there" "refused E0620 127 test " outcome error.code error.exit policy.name
run "$SBX_RUN" --report "$J" "$TMP/no-plan" "$PROBE"
says "no plan" "refused E0602 125 None " outcome error.code error.exit policy
printf 'junk' >"$TMP/bin/junk"; chmod +x "$TMP/bin/junk"
run "$SBX_RUN" --report "$J" "$P" "$TMP/bin/junk"
refused "a failure in the child" 126 E0621 ENOEXEC
says "is in the report" "refused E0621 126 " outcome error.code error.exit
"$SBX_RUN" --status-fd 7 "$P" "$PROBE" exit 5 7>"$J" 2>/dev/null
says "--status-fd" "exited 5 " outcome exit
"$SBX_RUN" --status-fd 7 "$P" "$PROBE" fds 7>"$J" >"$TMP/out" 2>/dev/null
case $(cat "$TMP/out") in *7*) fail "the program does not get the descriptor" "$(cat "$TMP/out")" ;; *) pass "the program does not get the descriptor" ;; esac
rm -f "$J"

# Never half a file: what stood there stays until the new one is whole, and a kill leaves it.
echo old >"$J"
"$SBX_RUN" --report "$J" "$P" "$PROBE" sleep 30 &
within 20 pgrep -f "^$PROBE sleep 30" >/dev/null || fail "control: the program runs"
[ "$(cat "$J")" = old ] && pass "the old report stays while the program runs" || fail "the old report stays" "$(cat "$J")"
kill -9 $!
wait $! 2>/dev/null
[ "$(cat "$J")" = old ] && [ "$(ls -A "$TMP" | grep -c sbx-report)" = 0 ] && pass "and after a kill, with no litter" || fail "after a kill" "$(ls -A "$TMP")"
rm "$J"
mkdir "$TMP/closed"; chmod 555 "$TMP/closed"
if [ "$(id -u)" = 0 ]; then
	run setpriv --reuid 1500 --regid 1500 --clear-groups "$SBX_RUN" --report "$TMP/closed/r" "$P" "$PROBE" print ran
else
	run "$SBX_RUN" --report "$TMP/closed/r" "$P" "$PROBE" print ran
fi
refused "a report that cannot be written" 125 E0641 "permission denied"
# What is no file stays what it is: as root a report would take the place of a device.
mkdir "$TMP/folder" && mkfifo "$TMP/pipe" && ln -s /proc/self/fd/1 "$TMP/link" && echo old >"$TMP/old"
for kind in folder pipe link; do
	before=$(ls -ld "$TMP/$kind")
	run "$SBX_RUN" --report "$TMP/$kind" "$P" "$PROBE" print ran
	refused "a $kind where the report goes" 125 E0641 "no regular file"
	[ "$(ls -ld "$TMP/$kind")" = "$before" ] && pass "the $kind is as it was" || fail "the $kind is as it was" "$(ls -ld "$TMP/$kind")"
done
run "$SBX_RUN" --report "$TMP/old" "$P" "$PROBE" print ran
[ "$RC:$OUT" = "0:ran
ok" ] && pass "control: a file that is there" || fail "control: a file that is there" "$RC" "$OUT" "$ERR"
grep -q '"outcome"' "$TMP/old" && pass "its place is taken" || fail "its place is taken" "$(cat "$TMP/old")"
run "$SBX_RUN" --status-fd 99 "$P" "$PROBE" print ran
refused "a descriptor that is not there" 125 E0641 "EBADF"

# What was used: processor time of one that has work and of one that has none, memory of one that takes some.
reset
RULES=
MORE_PATH="${HOST_TOOLS}path error follow read_file t.sbx:4 /dev/zero
"
plan "$P"
used() { # KEY COMMAND...
	key=$1
	shift
	"$SBX_RUN" --report "$J" "$P" /bin/sh -c "$@" >"$TMP/out" 2>&1
	USED=$(python3 "$CHECK" "$J" "usage.$key" 2>&1)
	rm -f "$J"
}
work='i=0; while [ $i -lt 300000 ]; do i=$((i + 1)); done'
used cpu_user_us "$work" && busy=$USED
used cpu_user_us "sleep 0.3" && idle=$USED
[ "$busy" -gt $((idle * 3)) ] && [ "$busy" -gt 20000 ] && pass "usage: processor time of one that works, and of one that sleeps" || fail "usage: processor time" "$busy $idle"
used wall_us "sleep 0.3" && slept=$USED
[ "$slept" -ge 300000 ] && pass "usage: the time it took" || fail "usage: wall" "$slept"
used memory_peak_bytes 'dd if=/dev/zero of=/dev/null bs=32M count=1 2>/dev/null' && large=$USED
used memory_peak_bytes ':' && small=$USED
[ "$large" -gt 33000000 ] && [ "$small" -lt 16000000 ] && pass "usage: the most memory of a process" || fail "usage: memory" "$large $small"
MORE_LIMIT="rlimit fsize 4096
rlimit cpu 1
"
MORE_PATH="${MORE_PATH}path error follow write_file,read_file,make_reg,truncate t.sbx:4 $TMP/bin
"
plan "$P"
run sh -c '"$@"; exit $?' sh "$SBX_RUN" --report "$J" "$P" /bin/sh -c "exec dd if=/dev/zero of=$TMP/bin/big bs=8192 count=1"
says "a file that grows too large ended it" "limit file-size 25 " outcome limit signal
run sh -c '"$@"; exit $?' sh "$SBX_RUN" --report "$J" "$P" /bin/sh -c 'while :; do :; done'
says "processor time ended it" "limit cpu-time " outcome limit
run "$SBX_RUN" --report "$J" "$P" /bin/sh -c "exec dd if=/dev/zero of=$TMP/bin/small bs=4096 count=1"
says "control: what fits ends by itself" "exited None 0 " outcome limit exit
reset
MORE_GUARANTEE='guarantee fs.read.scope required landlock:1 my\x20dir/t.sbx:2
'
plan "$P"

# --watch
run "$SBX_RUN" --watch "$P" "$PROBE" sleep 3
case $ERR in *" s, program: cpu 0."*" memory "*" MiB"*" s, program: cpu 0."*) pass "--watch: a line a second" ;; *) fail "--watch" "$ERR" ;; esac
run "$SBX_RUN" "$P" "$PROBE" sleep 2
case $ERR in *" s, program:"*) fail "control: no line without it" "$ERR" ;; *) pass "control: no line without it" ;; esac

# limits
if own_cgroup; then
	CGROUP='cgroup.max.descendants 0
'
	MORE_LIMIT='wall 200 t.sbx:9
output 10 t.sbx:10
'
	plan "$P"
	run "$SBX_RUN" --report "$J" "$P" "$PROBE" sleep 20
	says "limit wall" "limit wall None None " outcome limit exit signal
	run "$SBX_RUN" --report "$J" "$P" "$PROBE" print more than ten bytes of output
	says "limit output" "limit output " outcome limit
	run "$SBX_RUN" --report "$J" "$P" "$PROBE" exit 0
	says "the cgroup counts the whole job" "exited job " outcome usage.cpu_of
else
	skip "limits in the report" "this user cannot make a cgroup here"
fi
finish
