#!/bin/sh
# supervise-terminal.sh - `terminal none`, `inherit` and `new`, `stdin null`, seen from a terminal that python3 makes.
. "$(dirname "$0")/lib-loader.sh"
command -v python3 >/dev/null || { skip "terminals" "no python3"; finish; }
make_plan() { # DIR LINES: with the tools that the programs of this test need
	reset
	MORE_LIMIT=$2
	MORE_SESSION='session new
'

	RULES=
	MORE_PATH="${HOST_TOOLS}path error follow write_file,read_file t.sbx:4 /dev/tty
path error follow read_file t.sbx:4 /proc
"
	plan "$1"
}
make_plan "$TMP/none" ""
make_plan "$TMP/inherit" "terminal inherit
"
make_plan "$TMP/new" "terminal new
"
make_plan "$TMP/null" "stdin null
"
make_plan "$TMP/shut" "stdin null
terminal new
"
cat >"$TMP/run-on-tty.py" <<'PY'
# Runs argv on a fresh terminal of 33 x 77 as a shell would run a job, does what the steps say, prints what came out.
# Steps: type=TEXT, wait=TEXT (until it appears), size=ROWSxCOLS, close (the terminal is gone, and that is the end); at the end: the
# exit status and whether the terminal has its modes back.
import fcntl, os, pty, re, select, signal, struct, sys, termios, time
steps, argv = sys.argv[1].split(";") if sys.argv[1] else [], sys.argv[2:]
pid, fd = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 33, 77, 0, 0))
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    before = termios.tcgetattr(0) # not later: the child changes them at once
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        os.tcsetpgrp(0, os.getpid())
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
        os.execv(argv[0], argv)
    try: os.setpgid(child, child)
    except OSError: pass
    while True:
        _, st = os.waitpid(child, os.WUNTRACED)
        if not os.WIFSTOPPED(st): break
        os.tcsetpgrp(0, os.getpgrp())
        print("STOPPED", "modes", "same" if termios.tcgetattr(0) == before else "CHANGED", flush=True)
        time.sleep(0.2)
        os.tcsetpgrp(0, child)
        os.kill(-child, signal.SIGCONT)
    os.tcsetpgrp(0, os.getpgrp())
    print("END", st, "modes", "same" if termios.tcgetattr(0) == before else "CHANGED", flush=True)
    os._exit(0)
out = b""
def pump(until=None, limit=8):
    global out
    end = time.time() + limit
    while time.time() < end:
        if until is not None and re.search(until, out): return True
        r, _, _ = select.select([fd], [], [], 0.05)
        if not r: continue
        try: data = os.read(fd, 65536)
        except OSError: return until is not None and bool(re.search(until, out))
        if not data: return False
        out += data
    return False
for s in steps:
    k, _, v = s.partition("=")
    if k == "wait" and not pump(v.encode()): print("NEVER SAW", v)
    if k == "type": os.write(fd, v.encode().decode("unicode_escape").encode("latin-1"))
    if k == "size":
        r, c = map(int, v.split("x"))
        fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", r, c, 0, 0))
    if k == "close":
        os.close(fd)
        sys.stdout.write(out.decode(errors="replace").replace("\r", ""))
        os.waitpid(pid, 0)
        sys.exit(0)
pump(rb"END \d+ modes \w+")
sys.stdout.write(out.decode(errors="replace").replace("\r", ""))
os.kill(pid, signal.SIGKILL)
PY
tty_run() { # PLAN STEPS PROGRAM...
	p=$1 steps=$2
	shift 2
	run timeout 40 python3 "$TMP/run-on-tty.py" "$steps" "$SBX_RUN" "$TMP/$p" "$@"
}

# which terminal it is: the device numbers of the controlling terminal (field 7 of stat)
WHICH='tty_nr=$(cut -d" " -f7 /proc/self/stat); [ $tty_nr = 0 ] && echo no-terminal || echo terminal; (exec 3</dev/tty) 2>/dev/null && echo opens || echo shut'
tty_run none "" /bin/sh -c "$WHICH"
has "terminal none: no controlling terminal" "*no-terminal*shut*END 0 *"
tty_run inherit "" /bin/sh -c "$WHICH"
has "terminal inherit: the caller's" "terminal*opens*END 0 *"
tty_run new "" /bin/sh -c "$WHICH"
has "terminal new: one of its own" "terminal*opens*END 0 modes same*"
tty_run new "" /bin/sh -c 'tty -s && echo is-a-tty; stty size'
has "terminal new: a terminal of the same size" "*is-a-tty*33 77*"
tty_run new "wait=ready;size=20x40;wait=got" /bin/sh -c 'trap "stty size; echo got; exit 0" WINCH; echo ready; while :; do sleep 0.1; done'
has "terminal new: a change of size goes through" "*20 40*END 0*"
tty_run new 'wait=ready;type=hello\n' /bin/sh -c 'echo ready; read a; echo "<$a>"'
has "terminal new: what is typed arrives, echoed once by the inner terminal" "ready
hello
<hello>
END 0 modes same*"
tty_run new 'wait=ready;type=\x03' /bin/sh -c 'trap "echo interrupted; exit 5" INT; echo ready; while :; do sleep 0.1; done'
has "terminal new: control-C is the program's" "*interrupted*END 1280 modes same*"
tty_run new 'wait=ready;type=\x04' /bin/sh -c 'echo ready; cat; echo end-of-file'
has "terminal new: control-D ends its input" "*end-of-file*END 0*"
tty_run inherit 'wait=ready;type=\x03' /bin/sh -c 'trap "echo interrupted; exit 5" INT; echo ready; while :; do sleep 0.1; done'
has "terminal inherit: control-C arrives" "*interrupted*END 1280*"
tty_run none 'wait=ready;type=\x03' /bin/sh -c 'trap "echo interrupted; exit 5" INT; echo ready; while :; do sleep 0.1; done'
has "terminal none: control-C arrives" "*interrupted*END 1280*"
# not a shell, which is in vfork() most of its time and then cannot stop
tty_run none 'wait=ready;type=\x1a;wait=STOPPED;wait=on' "$PROBE" print ready , sleep 1 , print on
has "terminal none: control-Z stops the job, and it goes on" "*ready*STOPPED modes same*on*END 0*"
tty_run new 'wait=ready;wait=STOPPED;wait=on' /bin/sh -c 'echo ready; kill -STOP $$; echo on'
has "terminal new: stopped, the caller has its terminal back; then it goes on" "*ready*STOPPED modes same*on*END 0 modes same*"
tty_run new "wait=ready;type=x" "$PROBE" die 9
has "terminal new: killed, the modes are back" "*END 9 modes same*"
# Interactive, as a person would: a shell with jobs of its own in the new terminal.
tty_run new 'wait=in[$] ;type=(echo g$((1+1))o && exec sleep 971)\n;wait=g2o;type=\x1a;wait=[Ss]topped;type=kill %1 && fg\n;wait=in[$] ;type=echo a$((1+1))b\n;wait=a2b;type=exit 3\n' \
	/bin/bash --norc --noprofile -c 'PS1="in$ " exec /bin/bash --norc --noprofile -i'
has "terminal new: job control of a shell inside" "*topped*a2b*END 768 modes same*"
# The terminal is gone, as when its window is closed or the connection ends.
FOR=94$(($$ % 1000))
sleeper() { pgrep -f "^$PROBE print ready , sleep $FOR" >/dev/null; }
no_sleeper() { ! sleeper; }
for p in none inherit new; do
	tty_run $p 'wait=ready;close' "$PROBE" print ready , sleep $FOR
	case $OUT in *ready*) ;; *) fail "control: terminal $p: the program runs" "$OUT" "$ERR" ;; esac
	within 20 no_sleeper && pass "terminal $p: the terminal is closed: nothing is left of the program" || fail "terminal $p: closed" "$(pgrep -af "$FOR")"
done
# Keystrokes for who reads the terminal next. Bare it is what the kernel says to this user; under a plan the filter answers first.
for t in inherit new; do
	printf 'sbx 1\npolicy t {\n    targets linux\n    isolate none\n    terminal %s\n    allow read exec "%s"\n    allow read write "/dev/tty"\n%s\n}\n' \
		$t "$PROBE_DIR" "$OLDER" >"$TMP/keys.sbx"
	"$B/sbxc" -q --std "$ROOT/policies/std" "$TMP/keys.sbx" -o "$TMP/keys-$t" 2>"$TMP/err" || fail "the policy compiles" "$(cat "$TMP/err")"
	tty_run keys-$t "" "$PROBE" ioctl-tiocsti , ioctl 0 0x541c , ioctl 0 0x5413 , print on
	has "terminal $t: TIOCSTI and TIOCLINUX are refused; the size may be asked for" "*EPERM
EPERM
ok
on*"
done
run timeout 40 python3 "$TMP/run-on-tty.py" "" "$PROBE" ioctl 0 0x541c
has "control: without the sandbox the kernel answers TIOCLINUX itself" "ENOTTY*"
run timeout 40 python3 "$TMP/run-on-tty.py" "" "$PROBE" ioctl-tiocsti
case $OUT in "ok"* | *"#"*"ok"* | EIO*) pass "control: and TIOCSTI" ;; *) fail "control: TIOCSTI" "$OUT" "$ERR" ;; esac
# A shipped example, used from a terminal: python's prompt knows its size, ^C comes back to the prompt, ^Z and fg, ^D. What is interrupted
# is a program, as python forgets for a while what comes between its prompt and its read.
if ! /usr/bin/python3 -c 'import sys; sys.exit(sys.version_info >= (3, 13))' 2>/dev/null; then
	skip "code-eval from a terminal" "no /usr/bin/python3, or one whose prompt draws on the screen"
elif "$B/sbxc" -q --std "$ROOT/policies/std" "$ROOT/policies/examples/code-eval.sbx" -o "$TMP/eval" 2>"$TMP/err"; then
	example() { # STEPS
		rm -rf "$TMP/job"
		run timeout 40 python3 "$TMP/run-on-tty.py" "$1" "$SBX_RUN" --set "workdir=$TMP/job" "$TMP/eval" -- /usr/bin/python3 -I -i -q -X "terminal$$"
	}
	example 'wait=>>> ;type=import os, time\n;type=print(os.get_terminal_size())\n;wait=lines=33\)\s+>>> ;type=print("be" + "gin", flush=True) or [time.sleep(0.1) for i in range(300)]\n;wait=begin;type=\x03;wait=KeyboardInterrupt;type=print(7*7)\n;wait=49;type=\x04'
	has "code-eval: size, control-C, control-D at python's prompt" "*columns=77, lines=33*KeyboardInterrupt*49*END 0 modes same*"
	example 'wait=>>> ;type=import time\n;type=print("be" + "gin", flush=True) or time.sleep(1) or print("wo" + "ken")\n;wait=begin;type=\x1a;wait=STOPPED;wait=woken;type=\x04'
	has "code-eval: control-Z, and on" "*begin*STOPPED*woken*END 0*"
	example 'wait=>>> ;type=print("be" + "gin")\n;wait=begin;close'
	none() { ! pgrep -f "^/usr/bin/python3 -I -i -q -X terminal$$" >/dev/null; }
	within 20 none && pass "code-eval: the terminal is closed: nothing is left" || fail "code-eval: closed" "$(pgrep -af "terminal$$")"
else
	fail "code-eval compiles" "$(cat "$TMP/err")"
fi
printf 'line 1\nline 2\n' >"$TMP/in"
OUT=$(timeout 20 "$SBX_RUN" "$TMP/new" /bin/sh -c 'cat; echo end' <"$TMP/in" 2>&1 | tr -d '\r') ERR= RC=
has "terminal new: from a file, to its end" "*line 1*line 2*end*"
[ "$(echo from | "$SBX_RUN" "$TMP/null" cat 2>&1)" = "" ] && [ "$(echo from | "$SBX_RUN" "$TMP/none" cat 2>&1)" = from ] &&
	pass "stdin null: nothing to read (control: the caller's)" || fail "stdin null"
tty_run shut "" /bin/sh -c 'cat; echo end; tty -s <&1 && echo out-is-a-tty'
has "stdin null on a new terminal" "end*out-is-a-tty*END 0*"
finish
