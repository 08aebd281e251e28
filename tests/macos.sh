#!/bin/sh
# macos.sh - the loader for macOS, checked without a Mac: every source that goes into it, with warnings as errors, against
# the few declarations in macos/shim; for Intel and Apple processors with clang, which knows these targets, else with the
# compiler that is there. Then that each of the two products, sbx-run and libsbx, has every function that it calls, from a
# source of its own or from macOS. The checks must be able to fail. Whether it works is for tests/macos/run.sh on a Mac.
set -u
cd "$(dirname "$0")/.." || exit 2
status=0
warn='-std=gnu11 -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wcast-qual
-Wwrite-strings -Wswitch-enum -Wvla -Wundef -Werror'
sources=$(make -s --no-print-directory print-macos) || exit 2
tmp=$(mktemp -d /tmp/sbx-XXXXXX) || exit 2
trap 'rm -rf "$tmp"' EXIT

# own OPTION... SOURCE: by the compiler that is here, as if for macOS
own() {
	${CC:-cc} -nostdinc -ffreestanding -isystem tests/macos/shim -isystem "$(${CC:-cc} -print-file-name=include)" \
	    -D__APPLE__ -U__linux__ -fno-stack-protector "$@"
}

# check TARGET SOURCE: TARGET "" is the compiler's own
check() {
	if [ "$1" ]; then
		clang -target "$1" -nostdlibinc -ffreestanding -isystem tests/macos/shim $warn -fsyntax-only "$2"
	else
		own $warn -fsyntax-only "$2"
	fi
}

verdict() { # WHY NAME: passed when there is no WHY
	if [ "$1" ]; then
		echo "FAIL macos $2: $1"
		status=1
	else
		echo "PASS macos $2"
	fi
}

targets=
for t in x86_64-apple-macos13 arm64-apple-macos13; do
	command -v clang >/dev/null && targets="$targets $t"
done
for t in ${targets:-own}; do
	[ "$t" = own ] && t=
	for file in $sources tests/macos/program.c; do
		why=
		check "$t" "$file" || why="it does not compile"
		verdict "$why" "$file ${t:-with the compiler that is here}"
	done
	printf '#include <unistd.h>\nint f(void);\nint f(void) { return getsid(); }\n' >"$tmp/bad.c"
	why=
	check "$t" "$tmp/bad.c" 2>/dev/null && why="a call without its argument was not noticed"
	verdict "$why" "self-test ${t:-with the compiler that is here}"
done

# What macOS gives, by the shim: each name before a parenthesis; and what a compiler calls of its own.
sed -n 's/^.*[ *]\([a-z_][a-z0-9_]*\)(.*/\1/p' tests/macos/shim/darwin.h | sort -u >"$tmp/given"
printf '%s\n' environ memcpy memmove memset memcmp signal >>"$tmp/given"

# lacks OBJECT...: the names that are called and nobody defines
lacks() {
	nm "$@" | awk '$1 == "U" { asked[$2] } NF == 3 && $2 ~ /[A-Z]/ { has[$3] }
	END { for (n in asked) if (!(n in has)) print n }' | sort | grep -vxF -f "$tmp/given"
}

for product in run lib; do
	objects=
	for file in $(make -s --no-print-directory print-macos-$product); do
		object=$tmp/$(echo "$file" | tr / _).o
		[ -f "$object" ] || own -std=gnu11 -O1 -c -o "$object" "$file" || status=1
		objects="$objects $object"
	done
	verdict "$(lacks $objects | tr '\n' ' ')" "$product: every function it calls"
	without=$(echo "$objects" | tr ' ' '\n' | grep -v runtime_text)
	why=
	[ "$(lacks $without)" ] || why="a missing source was not noticed"
	verdict "$why" "$product: self-test of that"
done

# What run.sh may not use: words of bash after 3.2, of GNU tools, of Linux.
foreign='sed -i|readlink -f|realpath |date [^|]*%N|mktemp [^|]*(-p|--)|stat -c|grep -P|cp -a|timeout |/proc/|declare -A|mapfile|\$\{[a-z_]+(,,|\^\^)'
for shell in sh bash\ --posix busybox\ sh; do
	command -v "${shell%% *}" >/dev/null || continue
	verdict "$($shell -n tests/macos/run.sh 2>&1)" "run.sh is read by $shell"
done
verdict "$(grep -nE "$foreign" tests/macos/run.sh)" "run.sh uses what macOS has"
printf 'sed -i s/a/b/ file\nx=${y,,}\n' >"$tmp/bad.sh"
why=
[ "$(grep -cE "$foreign" "$tmp/bad.sh")" -eq 2 ] || why="a foreign word was not noticed"
verdict "$why" "self-test of that"

# The build there: what make would run, and that it names each source once.
MAKEFLAGS= make -n --no-print-directory SYSTEM=Darwin B="$tmp/build" all >"$tmp/make" 2>&1 || cat "$tmp/make"
why=
for file in $sources; do
	[ "$(grep -c "^cc .* -c .* $file\$" "$tmp/make")" -eq 1 ] || why="$why $file"
done
verdict "$why" "make there compiles every source"
why=$(grep -nE -- '--gc-sections|-static|musl|objcopy|-Wl,-z|-soname' "$tmp/make")
[ "$(grep -c -- '-dead_strip' "$tmp/make")" -eq 2 ] || why="$why no -dead_strip"
verdict "$why" "and links as its linker does"

tests/macos/sim.sh || status=1
exit $status
