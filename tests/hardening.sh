#!/bin/sh
# hardening.sh - the programs and libraries as they were linked: no memory that is both written and run, no stack that runs; what is
# dynamic lies anywhere, has its relocations read-only before it begins, checked copies and stack canaries; the loader is static,
# asks for no interpreter, and has canaries too. Each look is shown to fail on a program that was linked without.
set -u
cd "$(dirname "$0")/.." || exit 2
: "${B:=build}"
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
status=0
command -v readelf >/dev/null || { echo "SKIP hardening: no readelf"; exit 0; }
if grep -q __asan_init "$B/sbxc"; then echo "SKIP hardening: the sanitizers link otherwise"; exit 0; fi

segments() { readelf -lW "$1"; }
no_written_code() { ! segments "$1" | grep -q 'LOAD.* RWE '; }
no_running_stack() { segments "$1" | grep -q 'GNU_STACK.* RW  '; }
anywhere() { readelf -hW "$1" | grep -q 'Type:.*DYN'; }
bound_before() { segments "$1" | grep -q GNU_RELRO && readelf -dW "$1" | grep -qE 'BIND_NOW|Flags:.* NOW'; }
checked() { readelf --dyn-syms -W "$1" | grep -q '_chk@'; }
guarded() { readelf --dyn-syms -W "$1" | grep -q '__stack_chk_fail@'; }
static() { ! segments "$1" | grep -qE 'INTERP|DYNAMIC'; }
guarded_static() { objdump -d --no-show-raw-insn "$1" | grep -q '<__stack_chk_guard>'; }
# Of libc's functions too: nothing sets that register (runtime/static_start.c).
no_thread_register() { ! objdump -d --no-show-raw-insn "$1" | grep -qE '%fs:|%gs:'; }

look() { # FILE WHAT...
	file=$1
	shift
	for what; do
		if "$what" "$file"; then
			echo "PASS hardening ${file##*/}: $what"
		else
			echo "FAIL hardening ${file##*/}: $what"
			status=1
		fi
	done
}
look "$B/sbxc" no_written_code no_running_stack anywhere bound_before checked guarded
look "$B/libsbx.so" no_written_code no_running_stack anywhere bound_before checked guarded
look "$B/sbx-run" no_written_code no_running_stack static
look "$B/sbx-probe" no_written_code no_running_stack static
# The loader has no sections that could be disassembled: that is done with the whole of it, which differs only in where these are.
same_code() { [ -s "$B/static/sbx-run.elf" ] && cmp -l "$1" "$B/static/sbx-run.elf" 2>/dev/null | awk '$1 <= 40 || $1 > 64 || $1 > 48 && $1 < 59 { exit 1 }'; }
look "$B/sbx-run" same_code
case $(uname -m) in x86_64) look "$B/static/sbx-run.elf" guarded_static no_thread_register ;; esac
cp "$B/sbx-run" "$tmp/changed" && printf x | dd of="$tmp/changed" bs=1 seek=2000 conv=notrunc 2>/dev/null
! same_code "$tmp/changed" && echo "PASS hardening: other code is found by same_code" ||
	{ echo "FAIL hardening: same_code finds nothing"; status=1; }

# The looks themselves.
printf '#include <string.h>\nint main(int argc, char **argv) { char b[64]; strcpy(b, argv[0]); return b[argc]; }\n' >"$tmp/c.c"
printf 'int data = 1;\nvoid _start(void) { data++; }\n' >"$tmp/d.c"
soft="-w -U_FORTIFY_SOURCE -fno-stack-protector -fno-pie -no-pie -Wl,-z,norelro,-z,lazy"
# shellcheck disable=SC2086
{
	${CC:-gcc} $soft -z execstack -o "$tmp/soft" "$tmp/c.c" && ${CC:-gcc} $soft -static -nostdlib -Wl,-N -o "$tmp/written" "$tmp/d.c"
} 2>"$tmp/log" || cat "$tmp/log"
for what in no_written_code no_running_stack anywhere bound_before checked guarded static; do
	on=$tmp/soft
	[ "$what" != no_written_code ] || on=$tmp/written
	[ -e "$on" ] && ! "$what" "$on" && echo "PASS hardening: a program without is found by $what" ||
		{ echo "FAIL hardening: $what finds nothing"; status=1; }
done
case $(uname -m) in
x86_64)
	${CC:-gcc} -w -fstack-protector-all -o "$tmp/thread" "$tmp/c.c" 2>"$tmp/log" || cat "$tmp/log"
	for what in guarded_static no_thread_register; do
		[ -e "$tmp/thread" ] && ! "$what" "$tmp/thread" && echo "PASS hardening: a program with canaries by the thread's register is found by $what" ||
			{ echo "FAIL hardening: $what finds nothing"; status=1; }
	done
	;;
esac
exit $status
