#!/bin/sh
# run.sh [-n] - for who has a Mac: builds the loader, tries what plans for macOS forbid and allow, each attempt once without
# the sandbox and once with it, and prints a report. -n: says what it would do, and does nothing.
#
#   on Linux:   make macos-tests, then copy the checkout with build/macos-tests to the Mac
#   on the Mac: tests/macos/run.sh | tee report.txt
#
# PASS, FAIL and SKIP as in every test here: FAIL also when the attempt without the sandbox did not work, since then the
# denial proves nothing. Please send the report, whatever it says. For /bin/sh of macOS (bash 3.2) and the tools it ships:
# tests/macos.sh looks for words of others.
set -u
cd "$(dirname "$0")/../.." || exit 2
cat <<'END'
This script
  * builds build/sbx-run and build/libsbx.* of this checkout with the compiler of the system (make), and takes the right to
    write from others in build/macos-tests
  * makes one folder in /tmp, works in it alone, and removes it at the end
  * listens on two ports of 127.0.0.1 while it runs, and connects to them
  * without the sandbox: reads /etc/hosts, lists your home directory and the services of your session (launchctl print), and
    starts tools of /bin and /usr/bin; under it the same is tried again
It needs no rights of yours but these, changes no setting, and sends nothing anywhere.

END
[ "${1-}" = -n ] && exit 0
[ "$(uname -s)" = Darwin ] || { echo "this is for macOS; on Linux: make macos-tests"; exit 2; }
plans=$PWD/build/macos-tests run=$PWD/build/sbx-run
[ -d "$plans/probe" ] || { echo "no build/macos-tests/probe: run make macos-tests on Linux and copy it here"; exit 2; }
chmod -R go-w "$plans"
make -s >build/macos-build.log 2>&1 || { cat build/macos-build.log; echo "FAIL build"; exit 1; }
echo "macOS $(sw_vers -productVersion) ($(sw_vers -buildVersion)) on $(uname -m), $(cc --version | head -1)"
"$run" --version
[ -s build/macos-build.log ] && { echo "the build said:"; cat build/macos-build.log; }

passed=0 failed=0 skipped=0
tell() { # VERDICT NAME [WHY]
	echo "$1 $2${3:+: $3}"
	case $1 in PASS) passed=$((passed + 1)) ;; FAIL) failed=$((failed + 1)) ;; SKIP) skipped=$((skipped + 1)) ;; esac
}

# A folder that is named through a link of the root, as users do: the loader has to find its real path.
base=$(mktemp -d /tmp/sbx-macos-XXXXXX) || exit 2
work=$base/work out_file=$base/out
mkdir "$work"
listeners=
clean() {
	for pid in $listeners; do kill "$pid" 2>/dev/null; done
	chmod -R u+w "$base"
	rm -rf "$base"
}
trap clean EXIT
trap 'exit 130' HUP INT TERM
port=$((20000 + $$ % 20000)) other=$((port + 1))
listen() { # PORT: until it is killed, with what it started
	trap 'kill $! 2>/dev/null; exit 0' TERM
	while :; do
		nc -l 127.0.0.1 "$1" </dev/null >/dev/null 2>&1 &
		wait $! || sleep 1
	done
}
for p in "$port" "$other"; do
	listen "$p" &
	listeners="$listeners $!"
done

fresh() { # the files as every attempt finds them
	chmod -R u+w "$work" 2>/dev/null
	rm -rf "${work:?}"/*
	mkdir -p "$work/open/sub" "$work/carved/closed/reopened" "$work/listed" "$work/away"
	for f in open/file open/secret open/sub/key.pem open/sub/note carved/file carved/closed/file \
	    carved/closed/reopened/file listed/file away/file; do echo "text of $f" >"$work/$f"; done
}

inside() { # COMMAND...: under the plan of the probe
	SBX_PROBE_SEEN=yes HIDDEN=yes "$run" --set work="$work" --set port="$port" "$plans/probe" -- "$@"
}

# attempt WANT NAME SCRIPT: the script runs in `work`; WANT allow or deny is what the sandbox should say
attempt() {
	fresh
	if ! (cd "$work" && /bin/sh -c "$3") >"$out_file" 2>&1; then
		tell FAIL "$2" "without the sandbox: $(tail -1 "$out_file")"
		return
	fi
	fresh
	(cd "$work" && inside /bin/sh -c "$3") >"$out_file" 2>&1
	code=$?
	case $1:$code in
	allow:0) tell PASS "$2" ;;
	deny:0) tell FAIL "$2" "it worked in the sandbox too" ;;
	deny:125 | deny:126 | deny:127 | *:134 | *:137) tell FAIL "$2" "code $code, so nothing was tried: $(tail -2 "$out_file" | tr '\n' ' ')" ;;
	deny:*) tell PASS "$2" ;;
	allow:*) tell FAIL "$2" "code $code: $(tail -2 "$out_file" | tr '\n' ' ')" ;;
	esac
	rm -f "$out_file"
}

echo "== starting"
attempt allow "a program starts" '/usr/bin/true'
attempt allow "a shell starts programs" 'test "$(/bin/echo hi | /bin/cat)" = hi'
attempt allow "the clock and the locale" 'date >/dev/null'

echo "== reading"
attempt deny "a file outside" 'cat /private/etc/hosts'
attempt deny "the same through the link /etc" 'cat /etc/hosts'
attempt deny "the home directory" 'ls "$(eval echo "~$(id -un)")"'
attempt allow "an allowed file" 'cat listed/file'
attempt allow "the names in an allowed folder" 'ls listed'
attempt deny "a folder that no line names" 'ls away'
attempt deny "a denied file" 'cat open/secret'
attempt deny "what an except leaves out" 'cat carved/closed/file'
attempt allow "what is allowed again inside of it" 'cat carved/closed/reopened/file'
attempt deny "what a pattern denies" 'cat open/sub/key.pem'
attempt allow "what it does not fit" 'cat open/sub/note'

echo "== writing"
attempt allow "an allowed file" 'echo x >open/new && rm open/new'
attempt deny "a file that may be read only" 'echo x >listed/file'
attempt deny "a new file there" 'echo x >listed/new'
attempt allow "modes, times and attributes" 'chmod 600 open/file && touch open/file'
attempt deny "set-user-id" 'chmod 4700 open/file'

echo "== names that must not change"
attempt deny "moving a denied file away" 'mv open/secret open/public && cat open/public'
attempt deny "moving what a pattern denies to another name" 'mv open/sub/key.pem open/sub/key && cat open/sub/key'
attempt deny "moving the folder above an except" 'mv carved open/moved && cat open/moved/closed/file'
attempt deny "moving the writable folder itself" 'mv open open2 && cat open2/secret'
attempt deny "a second name for a denied file" 'ln open/secret open/link && cat open/link'
attempt deny "a clone of it" 'cp -c open/secret open/clone && cat open/clone'
attempt allow "a second name for an allowed file" 'ln open/file open/link && cat open/link'
attempt deny "making the folder above a closed place" 'mkdir -p open/project'
attempt deny "bringing a folder with the closed place into its name" \
    'mkdir -p open/p2/hooks && echo x >open/p2/hooks/run && mv open/p2 open/project && cat open/project/hooks/run'
attempt allow "other folders can be made and moved" 'mkdir -p open/a/b && mv open/a open/c && rmdir open/c/b open/c'

echo "== network"
attempt allow "the allowed port of this machine" "nc -z -w 2 localhost $port"
attempt deny "another port" "nc -z -w 2 localhost $other"

echo "== processes"
attempt deny "a signal to a process outside" "kill -0 $$"
attempt allow "a signal to a child" 'sleep 5 & kill $!'
attempt deny "services of the session" 'launchctl print "gui/$(id -u)" >/dev/null'

echo "== what the loader does"
fresh
out=$(cd "$work" && inside /bin/sh -c 'echo "${SBX_PROBE_SEEN-no} ${HIDDEN-no} $(ulimit -n) $(ulimit -c)"' 2>&1)
[ "$out" = "yes no 64 0" ] && tell PASS "environment and limits" || tell FAIL "environment and limits" "$out"
out=$(cd "$work" && inside /bin/sh -c 'read line <&7 && echo "$line"' 7<"$work/away/file" 2>&1)
case $out in *"text of"*) tell FAIL "open descriptors stay outside" "$out" ;; *) tell PASS "open descriptors stay outside" ;; esac
out=$(/bin/sh -c 'read line <&7 && echo "$line"' 7<"$work/away/file" 2>&1)
case $out in *"text of"*) tell PASS "control of that" ;; *) tell FAIL "control of that" "$out" ;; esac
fresh
out=$(cd "$work" && echo "text on stdin" | "$run" --set work="$work" "$plans/around" -- /bin/sh -c 'ls; cat' 2>&1)
[ "$out" = file ] && tell PASS "directory and stdin" || tell FAIL "directory and stdin" "$out"
out=$(cd "$work" && echo "text on stdin" | inside /bin/sh -c 'cat' 2>&1)
[ "$out" = "text on stdin" ] && tell PASS "control of that" || tell FAIL "control of that" "$out"
began=$(date +%s)
"$run" "$plans/wall" -- /bin/sleep 20 2>/dev/null
code=$?
[ "$code" = 124 ] && [ $(($(date +%s) - began)) -lt 10 ] && tell PASS "limit wall" || tell FAIL "limit wall" "code $code"
"$run" "$plans/wall" -- /bin/sh -c 'exit 7'
code=$?
[ "$code" = 7 ] && tell PASS "the program's own exit code" || tell FAIL "the program's own exit code" "$code"
"$run" --report "$work/report" "$plans/wall" -- /bin/sh -c 'exit 7'
case $(cat "$work/report") in
*'"outcome":"exited","limit":null,"exit":7,"signal":null'*'"memory_of":"process"'*) tell PASS "a report" ;;
*) tell FAIL "a report" "$(cat "$work/report")" ;;
esac
peak=$(sed -n 's/.*"memory_peak_bytes":\([0-9]*\).*/\1/p' "$work/report")
[ "${peak:-0}" -gt 100000 ] && [ "$peak" -lt 1000000000 ] && tell PASS "memory in it" || tell FAIL "memory in it" "$peak bytes for a shell"
"$run" --status-fd 3 "$plans/wall" -- /bin/sleep 20 3>"$work/report" 2>/dev/null
case $(cat "$work/report") in
*'"outcome":"limit","limit":"wall"'*) tell PASS "a report of the limit" ;;
*) tell FAIL "a report of the limit" "$(cat "$work/report")" ;;
esac
"$run" --status-fd 3 "$plans/probe" -- /usr/bin/true 3>"$work/report" 2>/dev/null
case $(cat "$work/report") in
*'"outcome":"refused"'*'"code":"E0613"'*) tell PASS "a report of a refusal" ;;
*) tell FAIL "a report of a refusal" "$(cat "$work/report")" ;;
esac
"$run" --watch --set work="$work" --set port="$port" "$plans/probe" -- /bin/sleep 3 2>"$out_file"
grep -q 'program: cpu [0-9.]* s memory [0-9.]* MiB' "$out_file" && tell PASS "--watch" || tell FAIL "--watch" "$(cat "$out_file")"
"$run" --set work="$work/none" --set port="$port" "$plans/probe" -- /usr/bin/true >"$out_file" 2>&1
code=$?
[ "$code" = 125 ] && tell PASS "a folder that cannot be made is a refusal" || tell FAIL "a folder that cannot be made is a refusal" "code $code"
sandbox-exec -p '(version 1)(allow default)' "$run" "$plans/wall" -- /usr/bin/true >"$out_file" 2>&1
code=$?
grep -q 'a sandbox already' "$out_file" && [ "$code" = 125 ] && tell PASS "inside another sandbox it refuses" ||
	tell FAIL "inside another sandbox it refuses" "code $code: $(cat "$out_file")"

echo "== a program that makes no process and no code"
fresh
cc -o "$base/program" tests/macos/program.c
alone() { "$run" --set work="$work" "$plans/alone" -- "$@"; }
lone() { # WHAT TEXT: program.c does it by itself, and not under the plan
	cp "$base/program" "$work/program"
	if ! "$work/program" "$1"; then
		tell FAIL "$2" "it does not work without the sandbox"
	elif alone "$work/program" "$1" >"$out_file" 2>&1; then
		tell FAIL "$2" "it worked in the sandbox too"
	elif [ $? -ge 124 ]; then
		tell FAIL "$2" "nothing was tried: $(tail -2 "$out_file" | tr '\n' ' ')"
	else
		tell PASS "$2"
	fi
}
lone fork "fork()"
lone spawn "posix_spawn()"
lone jit "memory for code that is made at run time"
cp "$base/program" "$work/program"
if "$work/program" wx; then bare=given; else bare=refused; fi
if alone "$work/program" wx; then under=given; else under=refused; fi
echo "NOTE memory that is written and run at once: $bare, and $under under the plan; nothing is promised of it"
alone /usr/bin/true && tell PASS "control of that" || tell FAIL "control of that" "/usr/bin/true does not start"
alone /bin/sleep 20 2>/dev/null
code=$?
[ "$code" = 124 ] && tell PASS "its time" || tell FAIL "its time" "code $code"
rm -f "$base/program"

echo "== without the loader"
real=$(cd "$work" && pwd -P)
if sandbox-exec -D work="$real" -D port="$port" -f "$plans/probe/seatbelt.sb" /usr/bin/true 2>"$out_file"; then
	tell PASS "sandbox-exec takes the profile"
else
	tell FAIL "sandbox-exec takes the profile" "$(cat "$out_file")"
fi

echo "== the shipped examples"
example() { # NAME WANT TEXT COMMAND...
	name=$1 want=$2 text=$3
	shift 3
	if "$@" >"$out_file" 2>&1; then got=allow; else got=deny; fi
	[ "$got" = "$want" ] && tell PASS "$name: $text" || tell FAIL "$name: $text" "$(tail -2 "$out_file" | tr '\n' ' ')"
}
fresh
if [ -x /usr/bin/python3 ] && /usr/bin/python3 -c 'open("/etc/hosts").read()' 2>/dev/null; then
	py() { "$run" --set workdir="$work/py" "$plans/code-eval" -- /usr/bin/python3 -c "$1"; }
	example code-eval allow "computes and writes its folder" py 'import os; open(os.environ["HOME"] + "/out", "w").write(str(6 * 7))'
	example code-eval deny "reads /etc/hosts" py 'open("/etc/hosts").read()'
	example code-eval deny "connects" py "import socket; socket.create_connection(('127.0.0.1', $port), 2)"
else
	tell SKIP "code-eval" "no working /usr/bin/python3 (it may only start the one of Xcode, which the policy would have to name)"
fi
if [ -x /usr/bin/rg ]; then
	example ripgrep allow "searches its folder" sh -c "cd '$work/listed' && '$run' '$plans/ripgrep' -- rg text"
	example ripgrep deny "searches elsewhere" sh -c "cd '$work/listed' && '$run' '$plans/ripgrep' -- rg text '$work/away'"
else
	tell SKIP "ripgrep" "no /usr/bin/rg: compile the policy with --set rg=PATH"
fi
agent() { "$run" --set project="$work/open" "$plans/agent-tool" -- /bin/sh -c "$1"; }
if agent 'exit 0' >"$out_file" 2>&1; then
	example agent-tool allow "works in its project" agent "echo x >'$work/open/new' && cat '$work/open/new'"
	example agent-tool deny "reads a key of the project" agent "cat '$work/open/sub/key.pem'"
	example agent-tool deny "writes outside" agent "echo x >'$work/away/new'"
else
	tell FAIL "agent-tool" "it does not start: $(tail -2 "$out_file" | tr '\n' ' ')"
fi
rm -f "$out_file"

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
