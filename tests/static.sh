#!/bin/bash
# static.sh - `make check-static`: cppcheck, gcc -fanalyzer and clang-tidy over all sources. A finding is a failure unless
# tests/static.allow names it, with the reason; a line there that names nothing any more is a failure too.
# A tool that is not installed is a SKIP. Takes minutes, so it is no part of `make check`.
set -u
cd "$(dirname "$0")/.." || exit 2
: "${B:=build}"
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
status=0
sources=$(ls compiler/*.c grammar/*.c backends/*.c backends/*/*.c runtime/*.c probe/*.c)
flags="-std=gnu11 -D_GNU_SOURCE -DSBX_VERSION=\"x\" -I. -I$B/gen -Igrammar -fno-strict-aliasing"

# What each leaves out: gcc 12 its rule of uninitialized values (it loses structs that a called function fills), cppcheck NULL as the
# last of a list (POSIX has it a pointer), clang-tidy what .clang-tidy says.
run_cppcheck() {
	# shellcheck disable=SC2086
	cppcheck --enable=warning,performance,portability --std=c11 --inline-suppr -I. -I"$B/gen" -D_GNU_SOURCE -DSBX_VERSION='"x"' \
	    --suppress=missingIncludeSystem --suppress=varFuncNullUB --template='{file}:{line}: {id}: {message}' --quiet $sources 2>&1 |
	    grep -E '^[a-z]+/[^ ]*:[0-9]+: '
}

run_analyzer() {
	for f in $sources; do
		# shellcheck disable=SC2086
		gcc $flags -O2 -fanalyzer -Wno-analyzer-use-of-uninitialized-value -fdiagnostics-plain-output -c -o /dev/null "$f" 2>&1 |
		    sed -n 's/^\([a-z][^ ]*\):[0-9]*: warning: \(.*\) \[\(CWE[^]]*\] \[\)*-W\(.*\)\]$/\1: \4: \2/p'
	done
}

run_tidy() {
	for f in $sources; do
		# shellcheck disable=SC2086
		clang-tidy --quiet "$f" -- $flags 2>/dev/null
	done | sed -n "s|^$PWD/||; s/^\([a-z][^ ]*\):[0-9]*: warning: \(.*\) \[\(.*\)\]$/\1: \3: \2/p"
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
	gcc) run_analyzer ;;
	clang-tidy) run_tidy ;;
	esac >"$tmp/found"
	judge "$tool" < <(sort -u "$tmp/found")
done
exit $status
