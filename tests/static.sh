#!/bin/bash
# static.sh - `make check-static`: cppcheck, gcc -fanalyzer and clang-tidy over all sources. A finding is a failure unless
# tests/static.allow names it, with the reason; a line there that names nothing any more is a failure too, and so is a source that
# a tool cannot read. A tool that is not installed is a SKIP. The first time takes half an hour of one core, so it is no part of
# `make check`; what gcc and clang-tidy said of a source is kept in build/analyzed until the source, a header that it includes, the
# options or the tool change.
set -u
cd "$(dirname "$0")/.." || exit 2
: "${B:=build}"
kept=$B/analyzed
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
status=0
sources=$(ls compiler/*.c grammar/*.c backends/*.c backends/*/*.c runtime/*.c runtime/macos/*.c probe/*.c)
flags="-std=gnu11 -D_GNU_SOURCE -DSBX_VERSION=\"x\" -I. -I$B/gen -Igrammar -fno-strict-aliasing"

# options TOOL SOURCE: what it is compiled with. The sources for macOS meet the few declarations of tests/macos/shim (macos.sh).
options() {
	case $1:$2 in
	gcc:runtime/macos/*) echo "$flags -nostdinc -isystem tests/macos/shim -isystem $(gcc -print-file-name=include) -ffreestanding -D__APPLE__ -U__linux__" ;;
	clang-tidy:runtime/macos/*) echo "$flags -target x86_64-apple-macos13 -nostdlibinc -isystem tests/macos/shim -ffreestanding" ;;
	*:runtime/static_*) echo "$flags -DSBX_OWN_START" ;;
	*) echo "$flags" ;;
	esac
}

# What each leaves out: gcc 12 its rule of uninitialized values (it loses structs that a called function fills), cppcheck NULL as the
# last of a list (POSIX has it a pointer), clang-tidy what .clang-tidy says.
run_cppcheck() {
	# shellcheck disable=SC2086
	cppcheck --enable=warning,performance,portability --std=c11 --inline-suppr -I. -I"$B/gen" -D_GNU_SOURCE -DSBX_VERSION='"x"' \
	    --suppress=missingIncludeSystem --suppress=varFuncNullUB --template='{file}:{line}: {id}: {message}' --quiet $sources 2>&1 |
	    grep -E '^[a-z]+/[^ ]*:[0-9]+: '
}

one_gcc() { # SOURCE
	# shellcheck disable=SC2046
	gcc $(options gcc "$1") -O2 -fanalyzer -Wno-analyzer-use-of-uninitialized-value -fdiagnostics-plain-output -c -o /dev/null "$1" 2>&1 ||
	    echo "$1:1:1: warning: the compiler fails [-Wstatic-unread]"
}

one_clang_tidy() {
	# shellcheck disable=SC2046
	clang-tidy --quiet "$1" -- $(options clang-tidy "$1") 2>/dev/null | sed "s|^$PWD/||"
	[[ ${PIPESTATUS[0]} -eq 0 ]] || echo "$1:1:1: warning: clang-tidy fails [static-unread]"
}

# What decides the answer: the source and all it includes, options, the tool.
fingerprint() { # TOOL SOURCE
	# shellcheck disable=SC2046
	{
		echo "$1 $(options "$1" "$2")" && "$1" --version && cat .clang-tidy
		gcc $(options gcc "$2") -MM -MT x "$2" | tr -d '\\\n' | sed 's/^x: *//' | xargs cat
	} | sha256sum | cut -c1-64
}

run_each() { # TOOL
	local f name said
	mkdir -p "$kept/$1"
	for f in $sources; do
		name=$kept/$1/${f//\//_}
		said=$name-$(fingerprint "$1" "$f")
		if [[ ! -f $said ]]; then
			echo "     $1 $f" >&2
			rm -f "$name"-*
			"one_${1//-/_}" "$f" >"$said.new" && mv "$said.new" "$said"
		fi
		cat "$said"
	done
}

judge() { # TOOL: its findings on stdin, less what static.allow lets through
	local tool=$1 line file rule found=0 allowed
	while IFS= read -r line; do
		file=${line%%:*}
		rule=$(cut -d: -f3 <<<"$line" | tr -d ' ')
		allowed=$(grep -cE "^$tool	$file	$rule	" tests/static.allow)
		if [[ $allowed -gt 0 ]]; then
			echo "$tool	$file	$rule" >>"$tmp/used"
			continue
		fi
		echo "     | $line"
		found=$((found + 1))
	done
	if [[ $found -eq 0 ]]; then
		echo "PASS static $tool: $(wc -w <<<"$sources") sources"
	else
		echo "FAIL static $tool: $found findings"
		status=1
	fi
	while IFS='	' read -r t file rule _; do
		[[ $t == "$tool" ]] || continue
		grep -qxF "$t	$file	$rule" "$tmp/used" && continue
		echo "FAIL static $tool: static.allow lets $rule in $file through, which is found no more"
		status=1
	done <tests/static.allow
}

: >"$tmp/used"
for tool in cppcheck gcc clang-tidy; do
	if ! command -v "$tool" >/dev/null; then
		echo "SKIP static $tool: it is not installed"
		continue
	fi
	case $tool in
	cppcheck) run_cppcheck ;;
	gcc) run_each gcc | sed -n 's/^\([a-z][^ ]*:[0-9]*\):[0-9]*: warning: \(.*\) \[\(CWE[^]]*\] \[\)*-W\(.*\)\]$/\1: \4: \2/p' ;;
	clang-tidy) run_each clang-tidy | sed -n "s/^\([a-z][^ ]*:[0-9]*\):[0-9]*: warning: \(.*\) \[\(.*\)\]$/\1: \3: \2/p" ;;
	esac >"$tmp/found"
	judge "$tool" < <(sort -u "$tmp/found")
done
exit $status
