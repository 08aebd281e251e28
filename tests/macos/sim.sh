#!/bin/sh
# sim.sh - the loader and the library of macOS, built for Linux against sim/, which answers for what macOS would: that
# processes, clocks, signals and reports go as meant. A profile confines nothing here.
set -u
cd "$(dirname "$0")/../.." || exit 2
: "${B:=build}"
status=0
tmp=$(mktemp -d /tmp/sbx-XXXXXX) || exit 2
tmp=$(cd "$tmp" && pwd -P)
trap 'rm -rf "$tmp"' EXIT
mkdir -p "$tmp/job/listed"
echo text >"$tmp/job/listed/file"
export SIM_TMPDIR="$tmp"

build() { # NAME SOURCE...
	name=$1
	shift
	${CC:-cc} -std=gnu11 -D_GNU_SOURCE -O1 -w -include tests/macos/sim/sim.h -Itests/macos/sim -rdynamic -o "$tmp/$name" "$@" \
	    tests/macos/sim/sim.c -ldl
}
tell() { # WHY NAME: passed when there is no WHY
	[ "$1" ] && status=1
	echo "$([ "$1" ] && echo FAIL || echo PASS) macos loader: $2${1:+: $1}"
}
check() { # GOOD NAME WHY: GOOD is 0
	if [ "$1" -eq 0 ]; then tell "" "$2"; else tell "${3:-no}" "$2"; fi
}

build sbx-run $(make -s --no-print-directory print-macos-run) || { echo "FAIL macos loader: build"; exit 1; }
build library $(make -s --no-print-directory print-macos-lib) tests/macos/sim/library.c || { echo "FAIL macos library: build"; exit 1; }
for policy in around wall; do
	"$B/sbxc" --std policies/std "tests/macos/policies/$policy.sbx" -o "$tmp/$policy" >/dev/null || exit 2
done
run=$tmp/sbx-run
report=$tmp/report

cd "$tmp" || exit 2
: >"$report"
out=$(echo "text on stdin" | HIDDEN=1 TERM=x "$run" --set work="$tmp/job" around -- /bin/sh -c \
    'ls; cat; pwd; echo "$HIDDEN$(ulimit -n) $(ulimit -c)"; grep NoNewPrivs /proc/self/status | tr -d "\t"' 2>&1)
[ "$out" = "$(printf 'file\n%s/job/listed\n1024 0\nNoNewPrivs:1' "$tmp")" ]
check $? "directory, stdin, environment, limits and profile, in place" "$out"
out=$("$run" --set work="$tmp/job" around -- /bin/sh -c '[ -e /proc/self/fd/7 ] || echo closed' 7<"$report")
[ "$out" = closed ]
check $? "open descriptors stay outside" "$out"
out=$("$run" --set work="$tmp/job" --status-fd 7 around -- /bin/sh -c 'ls /proc/self/fd | tr "\n" " "' 7>"$report")
case $out in "0 1 2 3 ") true ;; *) false ;; esac
check $? "that of the report too" "$out"

for shape in "" "--report $report"; do
	name="${shape:+ under a supervisor}"
	"$run" $shape --set work="$tmp/job" around -- /bin/sh -c 'exit 7'
	code=$?
	[ "$code" -eq 7 ]
	check $? "the program's own exit code$name" "code $code"
	printf '#!/no/such/interpreter\n' >"$tmp/job/script"
	chmod 755 "$tmp/job/script"
	"$run" $shape --set work="$tmp/job" around -- "$tmp/job/script" 2>"$tmp/err"
	code=$?
	[ "$code" -eq 127 ] && grep -q 'error\[E0620\]' "$tmp/err" && [ "$(grep -c '^sbx-run' "$tmp/err")" -eq 1 ]
	check $? "a program that cannot be executed is said once$name" "code $code: $(cat "$tmp/err")"
done
grep -q '"outcome":"refused".*"code":"E0620"' "$report"
check $? "and in the report" "$(cat "$report")"
"$run" --report "$report" around -- /bin/true 2>/dev/null
grep -q '"outcome":"refused".*"code":"E0613"' "$report"
check $? "a refusal before anything starts is in the report" "$(cat "$report")"
"$run" --report "$report" --set work="$tmp/job" around -- /bin/sh -c 'kill -USR2 $$' 2>/dev/null
code=$?
grep -q '"outcome":"signaled".*"exit":null,"signal":12' "$report" && [ "$code" -eq $((128 + 12)) ]
check $? "a signal, in the report and as the loader's own end" "code $code: $(cat "$report")"
mv "$tmp/job/listed" "$tmp/job/away"
"$run" --set work="$tmp/job" around -- /bin/true 2>"$tmp/err"
code=$?
[ "$code" -eq 125 ] && grep -q 'around.sbx:13' "$tmp/err"
check $? "a place that is missing is a refusal" "code $code: $(cat "$tmp/err")"
mv "$tmp/job/away" "$tmp/job/listed"

# The session ends with the time: the pid of what the program started is gone.
"$run" --report "$report" wall -- /bin/sh -c "sleep 60 & echo \$! >$tmp/pid; wait" 2>"$tmp/err"
code=$?
[ "$code" -eq 124 ] && grep -q 'ended by `limit wall`' "$tmp/err" && grep -q '"outcome":"limit","limit":"wall"' "$report"
check $? "limit wall, and its report" "code $code: $(cat "$tmp/err" "$report")"
n=0
while kill -0 "$(cat "$tmp/pid")" 2>/dev/null && [ "$(cut -d' ' -f3 "/proc/$(cat "$tmp/pid")/stat" 2>/dev/null)" != Z ] && [ $n -lt 100 ]; do
	n=$((n + 1))
	sleep 0.1
done
[ $n -lt 100 ]
check $? "what the program had started is gone" "it lives"

# A signal to the loader reaches the program; both end by it.
"$run" --report "$report" --set work="$tmp/job" around -- /bin/sh -c "echo \$\$ >$tmp/pid2; exec sleep 60" &
loader=$!
n=0
while [ ! -s "$tmp/pid2" ] && [ $n -lt 100 ]; do
	n=$((n + 1))
	sleep 0.1
done
kill -TERM $loader
wait $loader
code=$?
grep -q '"signal":15' "$report" && [ "$code" -eq 143 ]
check $? "a signal to the loader is passed on" "code $code: $(cat "$report")"

# As nohup starts it: a hang-up ends neither, the next signal does.
rm -f "$tmp/pid2"
env --ignore-signal=HUP "$run" --report "$report" --set work="$tmp/job" around -- /bin/sh -c "echo \$\$ >$tmp/pid2; exec sleep 60" &
loader=$!
n=0
while [ ! -s "$tmp/pid2" ] && [ $n -lt 100 ]; do
	n=$((n + 1))
	sleep 0.1
done
kill -HUP $loader "$(cat "$tmp/pid2")"
kill -USR1 $loader
wait $loader
code=$?
grep -q '"signal":10' "$report" && [ "$code" -eq 138 ]
check $? "a hang-up that the caller ignores ends nothing" "code $code: $(cat "$report")"

"$run" --watch --set work="$tmp/job" around -- /bin/sleep 2.5 2>"$tmp/err"
grep -q 'program: cpu 2.0 s memory 3.0 MiB' "$tmp/err"
check $? "--watch" "$(cat "$tmp/err")"
"$run" --dry-run --set work="$tmp/job" around -- /bin/sh >"$tmp/out" 2>&1
[ "$(tr '\n' '|' <"$tmp/out")" = "shape       in place|value       work = $tmp/job|would do    directory|would do    empty stdin|would do    session|would do    limits|would do    seatbelt|would do    exec $(realpath /bin/sh)|" ]
check $? "--dry-run" "$(cat "$tmp/out")"
"$run" --set work="$tmp/job" around -- "$run" --set work="$tmp/job" "$tmp/around" -- /bin/true 2>"$tmp/err"
code=$?
[ "$code" -eq 125 ] && grep -q 'a sandbox already' "$tmp/err"
check $? "inside another sandbox it refuses" "code $code: $(cat "$tmp/err")"

"$tmp/library" "$tmp/around" "$tmp/wall" "$tmp/job" || status=1
exit $status
