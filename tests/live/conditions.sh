#!/bin/sh
# conditions.sh - conditions and actions of system call lines, by the kernel: each denial beside the same call allowed,
# and the upper half of a register does not matter where the kernel does not read it.
. "$(dirname "$0")/lib-loader.sh"
SBXC=${SBXC:-$B/sbxc}
[ "$ARCH" = x86_64 ] || { skip conditions "the numbers below are those of x86_64"; finish; }
CALL=$(tool call)

compile() { # stdin: lines of the policy; makes $TMP/plan
	{
		printf 'sbx 1\npolicy c {\n    targets linux\n    entry "%s"\n    isolate none\n%s\n' "$CALL" "$OLDER"
		cat
		printf '}\n'
	} >"$TMP/c.sbx"
	rm -rf "$TMP/plan"
	"$SBXC" -q "$TMP/c.sbx" -o "$TMP/plan" 2>"$TMP/err" || { fail "$1: the policy compiles" "$(cat "$TMP/err")"; return 1; }
}
calls() { run "$SBX_RUN" "$TMP/plan" -- "$CALL" "$@"; }

compile conditions <<'P'
    deny syscall lseek where whence == SEEK_END with errno EBADMSG
    deny syscall kill where pid < 0 and sig == 0 with errno ESRCH
    deny syscall kill where sig in (SIGUSR1, SIGUSR2) with errno EXDEV
    deny syscall madvise where behavior != MADV_NORMAL and behavior != MADV_DONTNEED with errno ENOTTY
    deny syscall mmap, mprotect, pkey_mprotect where prot has PROT_WRITE|PROT_EXEC with errno EACCES
    deny syscall umask where mask > 0x1ff with errno E2BIG
    deny syscall fchmod where mode >= 18 with errno EDOM
    deny syscall getpgid where not (pid == 0) with kill
    deny syscall getsid where pid == 1 with kill-thread
    deny syscall sysinfo with trap
    allow syscall getcpu with log because "seen in the audit log"
P
calls 8,99,0,0 8,99,0,2 8,99,0,0x100000002
gives "conditions: equal, low word only" "errno 9
errno 74
errno 74"
calls 62,0,0 62,0xffffffff,0 62,0xffffffffffffffff,0 62,0x1ffffffff,0
gives "conditions: negative however it is passed" "ok
errno 3
errno 3
errno 3"
calls 62,0,0 62,0,10 62,0,12 62,0,0x50000000c
gives "conditions: one of a list" "ok
errno 18
errno 18
errno 18"
calls 28,0,0,0 28,0,0,4 28,0,0,1 28,0,0,0x900000001
gives "conditions: neither" "ok
ok
errno 25
errno 25"
calls 9,0,4096,3,0x22,0xffffffff,0 9,0,4096,5,0x22,0xffffffff,0 9,0,4096,7,0x22,0xffffffff,0 10,0,0,3 10,0,0,7
gives "conditions: all of the bits" "ok
ok
errno 13
ok
errno 13"
calls 95,0777 95,01777
gives "conditions: order" "ok
errno 7"
calls 91,99,17 91,99,18 91,99,0xffff 91,99,0x5a5a0011 91,99,0x5a5a0012
gives "conditions: order of 16 bits" "errno 1
errno 33
errno 33
errno 1
errno 33"
calls 121,0 121,1 124,0 124,1 99,0 309,0,0,0
gives "actions: kill, kill-thread, trap, log" "ok
signal 31
ok
signal 31
signal 31
ok"

# No tracer is there: the kernel answers. And a plan that hands calls over does not start without a supervisor for it.
compile trace <<'P'
    deny syscall umask where mask == 0x1ff with trace
P
calls 95,0777 95,0776
gives "actions: trace without a tracer" "errno 38
ok"
grep -q '^notify ' "$TMP/plan/launch.conf" && fail "actions: trace asks for no supervisor"

compile exact <<'P'
    syscalls exact
    default syscall with kill
    unknown syscall with errno EUCLEAN
    on arch x86_64 {
        allow syscall read, write, writev, exit_group, fork, clone, wait4, set_tid_address, mmap, brk, arch_prctl because "probe"
        allow syscall rt_sigprocmask, gettid, rt_sigaction, rt_sigreturn, setrlimit, prlimit64 because "its C library"
        allow syscall set_robust_list, rseq, munmap, mprotect, newfstatat, readlink, getrandom because "another one"
        allow syscall ioctl where request == TIOCGWINSZ because "buffers of stdout"
    }
    deny syscall getppid with errno EIO
P
calls 39 110 4000 1,99,0,0
gives "exact: nothing but what is written" "signal 31
errno 5
errno 117
errno 9"
finish
