#!/bin/sh
# macos.sh - the loader for macOS, checked without a Mac: every source that goes into it, with warnings as errors, against
# the few declarations in macos/shim; for Intel and Apple processors with clang, which knows these targets, else with the
# compiler that is there. The check must be able to fail. Whether it works is for tests/macos/run.sh on a Mac.
set -u
cd "$(dirname "$0")/.." || exit 2
status=0
warn='-std=gnu11 -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wcast-qual
-Wwrite-strings -Wswitch-enum -Wvla -Wundef -Werror'
sources=$(make -s --no-print-directory print-macos) || exit 2

# check TARGET SOURCE: TARGET "" is the compiler's own
check() {
	if [ "$1" ]; then
		clang -target "$1" -nostdlibinc -ffreestanding -isystem tests/macos/shim $warn \
		    -fsyntax-only "$2"
	else
		${CC:-cc} -nostdinc -ffreestanding -isystem tests/macos/shim -isystem "$(${CC:-cc} -print-file-name=include)" \
		    $warn -D__APPLE__ -U__linux__ -fsyntax-only "$2"
	fi
}

targets=
for t in x86_64-apple-macos13 arm64-apple-macos13; do
	command -v clang >/dev/null && targets="$targets $t"
done
for t in ${targets:-own}; do
	[ "$t" = own ] && t=
	for file in $sources; do
		if check "$t" "$file"; then
			echo "PASS macos $file ${t:-with the compiler that is here}"
		else
			echo "FAIL macos $file ${t:-with the compiler that is here}"
			status=1
		fi
	done
	bad=$(mktemp /tmp/sbx-XXXXXX.c) || exit 2
	printf '#include <unistd.h>\nint f(void);\nint f(void) { return getsid(); }\n' >"$bad"
	if check "$t" "$bad" 2>/dev/null; then
		echo "FAIL macos self-test: a call without its argument was not noticed"
		status=1
	else
		echo "PASS macos self-test"
	fi
	rm -f "$bad"
done
exit $status
