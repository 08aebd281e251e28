#!/bin/sh
# run.sh - the figures of docs/seccomp-figures.md: builds figures.c against the compiler and runs it. B is the build
# folder; SBX_MOBY_JSON names Docker's default profile, which is not part of this repository.
set -eu
cd "$(dirname "$0")/../../.."
: "${B:=build}" "${CC:=gcc}" "${SBX_MOBY_JSON:=../shared/data/moby-default.json}"
here=tests/bench/seccomp
out=$B/bench/seccomp
mkdir -p "$out"
make --no-print-directory B="$B" "$B/libcompiler.a" >/dev/null
for program in figures bound; do
	$CC -std=gnu11 -D_GNU_SOURCE -O2 -g -Wall -Wextra -I. -o "$out/$program" $here/$program.c $here/policy.c \
	    "$B/libcompiler.a" $(pkg-config --libs yaml-0.1 libseccomp) -lm
done
set -- "strict40=$here/strict40.rules" "args=$here/args.rules"
if [ -r "$SBX_MOBY_JSON" ]; then
	python3 $here/moby.py "$SBX_MOBY_JSON" >"$out/moby.rules"
	python3 $here/moby.py "$SBX_MOBY_JSON" --policy >"$out/moby.sbx"
	set -- "moby=$out/moby.rules" "$@"
else
	echo "SKIP moby: Docker's profile is not there ($SBX_MOBY_JSON); name it with SBX_MOBY_JSON"
fi
"$out/figures" $here/python.profile $here/build.profile "$@"
[ -r "$SBX_MOBY_JSON" ] || exit 0
for recording in python build; do
	printf '\nbound for moby, %s: ' $recording
	"$out/bound" "$out/moby.rules" $here/$recording.profile 8
done

# The same for x86_64, i386 and x32 in one filter: a policy, compiled and proved as any other.
make --no-print-directory B="$B" all >/dev/null
printf '\n| policy | filter | instructions | proved |\n|---|---|---|---|\n'
for mode in size even cached; do
	rm -rf "$out/moby"
	"$B/sbxc" -q -O $mode "$out/moby.sbx" -o "$out/moby" 2>"$out/moby.err" || { cat "$out/moby.err" >&2; exit 1; }
	printf '| moby, x86_64 + i386 + x32 | sbx %s | %s | %s |\n' $mode $(($(wc -c <"$out/moby/seccomp-x86_64.bpf") / 8)) \
		"$(sed -n 's/^instructions [0-9]* //p' "$out/moby/seccomp-x86_64.proof")"
done
