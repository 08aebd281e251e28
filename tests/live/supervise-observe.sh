#!/bin/sh
# supervise-observe.sh - `observe denied`: refused system calls are said and answered with the errno they have anyway; a filter
# that notifies by itself is answered with EPERM. Nothing is let through. `observe all`: the others are said as well, and go on.
. "$(dirname "$0")/lib-loader.sh"
command -v python3 >/dev/null || { skip "observed calls" "no python3"; finish; }
nr() { printf '#include <sys/syscall.h>\nN=SYS_%s\n' "$1" | ${CC:-cc} -E -P - | sed -n 's/^N=//p'; }
GETPPID=$(nr getppid) SOCKET=$(nr socket) GETSID=$(nr getsid) YIELD=$(nr sched_yield)
rules() { # LINES
	reset
	RULES="getppid=EPERM socket=EACCES"
	MORE_SESSION='session new
'
	MORE_LIMIT=$1
	plan "$TMP/plan"
}
program() { pgrep -f "^$PROBE sleep 60" >/dev/null; }
no_program() { ! program; }
no_survivor() { # NAME
	"$SBX_RUN" "$TMP/plan" "$PROBE" sleep 60 2>/dev/null &
	within 20 program || { fail "$1: the program runs"; return; }
	kill -9 $!
	wait $! 2>/dev/null
	within 20 no_program && pass "$1" || fail "$1" "$(pgrep -af "$PROBE")"
}
rules ""
run "$SBX_RUN" "$TMP/plan" "$PROBE" syscall "$GETPPID" , syscall "$SOCKET"
WANTED=$OUT
case $WANTED in *EPERM*EACCES*) pass "control: refused, with two errnos" ;; *) fail "control" "$OUT" "$ERR" ;; esac
case $ERR in *refused*) fail "control: nobody says so" "$ERR" ;; *) pass "control: nobody says so" ;; esac
rules "observe denied
"
run "$SBX_RUN" "$TMP/plan" "$PROBE" syscall "$GETPPID" , syscall "$SOCKET"
gives "observe denied: the same errnos" "$WANTED"
case $ERR in
*"refused: system call $GETPPID; "*EPERM*"process "*"refused: system call $SOCKET; "*EACCES*) pass "observe denied: both are said" ;;
*) fail "observe denied: both are said" "$ERR" ;;
esac
run "$SBX_RUN" "$TMP/plan" "$PROBE" syscall "$GETSID"
case $ERR in *refused*) fail "an allowed call is not said" "$ERR" ;; *) pass "an allowed call is not said" ;; esac
run "$SBX_RUN" "$TMP/plan" "$PROBE" syscall "$GETPPID" , syscall "$GETPPID" , syscall "$GETPPID"
[ "$(printf '%s\n' "$ERR" | grep -c "system call $GETPPID;")" = 1 ] && pass "each call once" || fail "each call once" "$ERR"
run "$SBX_RUN" "$TMP/plan" "$PROBE" exit 9
[ "$RC" = 9 ] && pass "the exit code is kept" || fail "the exit code is kept" "$RC" "$ERR"
for c in 1 2 3 4 5 6 7 8 9 10; do
	"$SBX_RUN" "$TMP/plan" "$PROBE" syscall "$GETPPID" >"$TMP/o$c" 2>/dev/null &
done
wait
[ "$(cat "$TMP"/o? "$TMP"/o10 | grep -c EPERM)" = 10 ] && pass "ten at once" || fail "ten at once" "$(cat "$TMP"/o?)"

rules "observe all
"
run "$SBX_RUN" "$TMP/plan" "$PROBE" syscall "$GETPPID" , syscall "$SOCKET" , syscall "$YIELD"
gives "observe all: the same errnos, and what is allowed goes on" "$WANTED
ok"
case $ERR in
*"refused: system call $GETPPID; "*"refused: system call $SOCKET; "*"note: used: system call $YIELD; process "*) pass "observe all: all are said" ;;
*) fail "observe all: all are said" "$ERR" ;;
esac
case $ERR in *"note: used: system call $GETPPID;"*) fail "observe all: what is refused is not used" "$ERR" ;; *) pass "observe all: what is refused is not used" ;; esac
[ "$(printf '%s\n' "$ERR" | sort | uniq -d)" = "" ] && pass "observe all: each call once" || fail "observe all: each call once" "$ERR"
run "$SBX_RUN" "$TMP/plan" "$PROBE" exit 9
[ "$RC" = 9 ] && pass "observe all: the exit code is kept" || fail "observe all: the exit code is kept" "$RC" "$ERR"
run "$SBX_RUN" "$TMP/plan" /nonexistent/program
[ "$RC" = 127 ] && pass "observe all: what does not start says so" || fail "observe all: what does not start says so" "$RC" "$ERR"
for c in 1 2 3 4 5 6 7 8 9 10; do
	"$SBX_RUN" "$TMP/plan" "$PROBE" syscall "$GETPPID" , syscall "$YIELD" >"$TMP/o$c" 2>/dev/null &
done
wait
[ "$(cat "$TMP"/o? "$TMP"/o10 | grep -c 'EPERM\|ok')" = 20 ] && pass "observe all: ten at once" || fail "observe all: ten at once" "$(cat "$TMP"/o?)"
no_survivor "observe all: no survivor of a killed supervisor"
rules "observe denied
"

# The names of calls and the lines of the policy, from a compiled plan; and a plan whose names are missing, torn or another's.
cat >"$TMP/named.sbx" <<P
sbx 1
policy named {
    targets linux
    isolate none
    allow read exec "$PROBE_DIR"
    observe all
    deny syscall getppid
$OLDER
}
P
if "$B/sbxc" -q --std "$ROOT/policies/std" "$TMP/named.sbx" -o "$TMP/named" 2>"$TMP/err"; then
	IOCTL=$(nr ioctl) ACCT=$(nr acct)
	run "$SBX_RUN" "$TMP/named" "$PROBE" syscall "$GETPPID" , syscall "$IOCTL" , syscall "$ACCT" , syscall "$YIELD"
	said() { # NAME WORDS
		case $ERR in *"$2"*) pass "$1" ;; *) fail "$1" "wanted: $2" "$ERR" ;; esac
	}
	said "a denied call has its name and its line" "note: refused: system call getppid ($GETPPID), denied by named.sbx:7; not permitted (EPERM), process "
	said "one that is allowed otherwise" "note: refused: system call ioctl ($IOCTL), only with other arguments allowed by base: harmless request; "
	said "one that no line allows" "note: refused: system call acct ($ACCT), no line allows it; "
	said "one that the base lets through" "note: used: system call sched_yield ($YIELD), allowed by base: "
	said "one that a line lets through" "), allowed by named.sbx:5; process "
	# shellcheck disable=SC2046
	run "$SBX_RUN" "$TMP/named" "$PROBE" $(seq -f 'syscall %.0f ,' 5000 5519) print end
	[ "$(printf '%s\n' "$ERR" | grep -c 'system call ')" = 512 ] && pass "512 different calls are said" || fail "512 different calls are said" "$RC" "$(printf '%s\n' "$ERR" | tail -n 3)"
	[ "$(printf '%s\n' "$ERR" | grep -c '512 different calls: no others are said')" = 1 ] && pass "and that there are others, once" || fail "others" "$(printf '%s\n' "$ERR" | tail -n 3)"
	said "one that no Linux has" "note: refused: system call 5007; the system call does not exist here (ENOSYS), "
	broken() { # NAME NUMBER WORDS
		seal "$TMP/named"
		run "$SBX_RUN" "$TMP/named" "$PROBE" print ran
		refused "$1" 125 "$2" "$3"
	}
	cp "$TMP/named/seccomp-$ARCH.calls" "$TMP/calls"
	sed '1s/[0-9a-f]*$/'$ID/ "$TMP/calls" >"$TMP/named/seccomp-$ARCH.calls"
	broken "the names of another plan" E0608 "seccomp-$ARCH.calls:1"
	sed '3s/ .*/ 1 x y/' "$TMP/calls" >"$TMP/named/seccomp-$ARCH.calls"
	broken "names that are torn" E0606 "seccomp-$ARCH.calls:3"
	rm "$TMP/named/seccomp-$ARCH.calls"
	broken "no names" E0602 "seccomp-$ARCH.calls"
else
	fail "the policy compiles" "$(cat "$TMP/err")"
fi

# Each call of the listener's way to its supervisor takes long, one at a time, in whatever process makes it: the program gets the same
# answers, and one that ends before the listener has come is not said to be ended for that.
slow() { # NAME SECONDS CALL...
	what=$1 seconds=$2
	shift 2
	for call; do
		run strace -f -qq -o "$TMP/trace" -e trace="$call" -e "inject=$call:delay_enter=${seconds}s" "$SBX_RUN" "$TMP/plan" "$PROBE" syscall "$GETPPID" , syscall "$SOCKET"
		if [ "$OUT" != "$WANTED" ] || [ "$(printf '%s\n' "$ERR" | grep -c 'refused: ')" != 2 ] || ! grep -q DELAYED "$TMP/trace"; then
			fail "$what: $call takes $seconds s: the same answers" "$RC" "$OUT" "$ERR" "$(cat "$TMP/trace")"
			continue
		fi
		run strace -f -qq -o "$TMP/trace" -e trace="$call" -e "inject=$call:delay_enter=${seconds}s" "$SBX_RUN" "$TMP/plan" "$PROBE" exit 9
		# strace says it when a process that it holds back is killed
		ERR=$(printf '%s' "$ERR" | grep -v '^strace: ')
		[ "$RC$ERR" = 9 ] && pass "$what: $call takes $seconds s: nothing is lost" || fail "$what: $call takes $seconds s: a program that ends at once" "$RC" "$ERR" "$(cat "$TMP/trace")"
	done
}
HANDOVER="clone seccomp sendmsg recvmsg execve"
if strace -f -o /dev/null true 2>/dev/null; then
	slow "observe denied" 0.1 $HANDOVER
	# longer than the ten seconds that it once waited at most
	[ -z "${LONG:-}" ] || slow "observe denied" 11 seccomp execve
	if unshare -U true 2>/dev/null; then
		ISOLATE="user pid"
		plan "$TMP/plan"
		slow "observe denied, in a pid namespace" 0.1 $HANDOVER
	else
		skip "a slow handover in a pid namespace" "this host makes no user namespaces"
	fi
else
	skip "a slow handover" "strace cannot trace here"
fi
rules "observe denied
"

# The same bytes with SECCOMP_RET_USER_NOTIF in the place of the errnos: a filter that asks its supervisor.
python3 - "$TMP/plan/seccomp-$ARCH.bpf" <<'PY'
import struct, sys
data = open(sys.argv[1], "rb").read()
out = b""
for i in range(0, len(data), 8):
    code, jt, jf, k = struct.unpack_from("=HBBI", data, i)
    if code == 6 and k & 0x7fff0000 == 0x00050000:
        k = 0x7fc00000
    out += struct.pack("=HBBI", code, jt, jf, k)
open(sys.argv[1], "wb").write(out)
PY
sed -i '/^observe/d' "$TMP/plan/launch.conf"
seal "$TMP/plan"
run "$SBX_RUN" "$TMP/plan" "$PROBE" syscall "$GETPPID" , syscall "$SOCKET"
gives "a filter that notifies: EPERM" "$(printf '%s' "$WANTED" | sed 's/EACCES/EPERM/')"
# The supervisor is killed: the program goes with it, and no call waits for ever.
no_survivor "no survivor of a killed supervisor"
finish
