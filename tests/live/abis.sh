#!/bin/sh
# abis.sh - the `abi` line, by the kernel: calls of i386 (int $0x80, which any process can make) and of x32 are let in
# only when the policy names them, and then its rules hold for them, in the numbers and widths of those ABIs.
. "$(dirname "$0")/lib-loader.sh"
SBXC=${SBXC:-$B/sbxc}
[ "$ARCH" = x86_64 ] || { skip abis "the companions tried here are those of x86_64"; finish; }
CALL=$(tool call)

compile() { # NAME; stdin: lines of the policy; makes $TMP/plan
	{
		printf 'sbx 1\npolicy c {\n    targets linux\n    entry "%s"\n    isolate none\n%s\n' "$CALL" "$OLDER"
		cat
		printf '}\n'
	} >"$TMP/c.sbx"
	rm -rf "$TMP/plan"
	"$SBXC" -q "$TMP/c.sbx" -o "$TMP/plan" 2>"$TMP/err" || { fail "$1: the policy compiles" "$(cat "$TMP/err")"; return 1; }
}
calls() { run "$SBX_RUN" "$TMP/plan" -- "$CALL" "$@"; }
bare() { "$CALL" "$@" 2>/dev/null; }

# getpid, umask, lseek on no descriptor, chown32 of no path: 39, 95, 8 on x86_64; i386 numbers are others
[ "$(bare i386:20)" = ok ] || { skip abis "this kernel has no 32-bit calls"; finish; }
x32=$(bare 0x40000027) # getpid; most kernels have no x32, and say ENOSYS

compile "by default" </dev/null
calls 39 i386:20 i386:60,0 0x40000027 0xffffffff
gives "abis: without the line companions end the process" "ok
signal 31
signal 31
signal 31
errno 38"

compile "i386" <<'P'
    abi x86_64, i386
    deny syscall umask where mask > 0x1ff with errno E2BIG
    deny syscall lseek where whence == SEEK_END with errno EBADMSG
    on arch i386 {
        deny syscall getuid32 with errno ESRCH
    }
P
calls 39 i386:20 0x40000027
gives "abis: i386 is let in, x32 is not" "ok
ok
signal 31"
calls i386:60,0x1ff i386:60,0x200 i386:60,0x5a5a0000000001ff i386:60,0x5a5a000000000200 95,0x200 60000
gives "abis: a rule holds on both, and reads 32 bits on i386" "ok
errno 7
ok
errno 7
errno 7
errno 38"
calls 8,99,0,0 8,99,0,2 i386:19,99,0,0 i386:19,99,0,2 i386:19,99,0,0x100000002
gives "abis: the number of each" "errno 9
errno 74
errno 9
errno 74
errno 74"
calls i386:199 102 i386:24
gives "abis: on arch i386" "errno 3
ok
ok"
# getpid by the number of x86_64 is mkdir on i386; calls of other numbers are what i386 has there
calls i386:102,1,0 i386:117,0,0 i386:212,0,0,0 i386:11,0,0,0 i386:3000
gives "abis: multiplexers, metadata, programs, no call" "errno 38
errno 38
errno 1
errno 1
errno 38"
[ "$(bare i386:102,99,0)" != "errno 38" ] && pass "abis: control: socketcall is there without the plan" ||
	fail "abis: control: socketcall is there without the plan" "$(bare i386:102,99,0)"

# A whole program of the 32-bit ABI: started by the loader's 64-bit call, then it makes its own.
cat >"$TMP/hello.s" <<'S'
	.globl _start
_start:	mov $4, %eax
	mov $1, %ebx
	mov $text, %ecx
	mov $6, %edx
	int $0x80
	mov $13, %eax		# time
	xor %ebx, %ebx
	int $0x80
	mov $1, %eax
	mov $7, %ebx
	int $0x80
text:	.ascii "i386.\n"
S
if as --32 -o "$TMP/hello.o" "$TMP/hello.s" 2>"$TMP/err" && ld -m elf_i386 -o "$TMP/bin/hello" "$TMP/hello.o" 2>"$TMP/err"; then
	CALL=$TMP/bin/hello
	compile "a program" </dev/null
	run "$SBX_RUN" "$TMP/plan" -- "$CALL"
	[ "$RC" = $((128 + 31)) ] && pass "abis: a 32-bit program is ended by default" ||
		fail "abis: a 32-bit program is ended by default" "exit $RC" "$OUT" "$ERR"
	printf '    abi x86_64, i386\n' | compile "a program"
	run "$SBX_RUN" "$TMP/plan" -- "$CALL"
	[ "$RC $OUT" = "7 i386." ] && pass "abis: and runs where the policy is for i386" ||
		fail "abis: and runs where the policy is for i386" "exit $RC" "$OUT" "$ERR"
	CALL=$(tool call)
else
	skip "abis: a 32-bit program" "as and ld make none here"
fi

# A question to the plan alone asks about all that it lets in, and about nothing else.
compile "the manifest" <<'P'
    abi x86_64, i386
P
out=$("$SBXC" why "$TMP/plan" syscall mmap2 2>&1)
case $out in
"ALLOW  syscall mmap2 on i386"*) pass "abis: the plan knows its ABIs" ;;
*) fail "abis: the plan knows its ABIs" "$out" ;;
esac

compile "x32" <<'P'
    abi x86_64, x32
    deny syscall umask where mask > 0x1ff with errno E2BIG
P
calls 39 0x40000027 0x4000005f,0x200 i386:20 95,0x200
gives "abis: x32 is let in, i386 is not" "ok
$x32
errno 7
signal 31
errno 7"
finish
