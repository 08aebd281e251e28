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
for program in figures abis; do
	$CC -std=gnu11 -D_GNU_SOURCE -O2 -g -Wall -Wextra -I. -o "$out/$program" $here/$program.c $here/policy.c \
	    "$B/libcompiler.a" $(pkg-config --libs yaml-0.1 libseccomp) -lm
done
set -- "strict40=$here/strict40.rules" "args=$here/args.rules"
abis=
if [ -r "$SBX_MOBY_JSON" ]; then
	python3 $here/moby.py "$SBX_MOBY_JSON" >"$out/moby.rules"
	set -- "moby=$out/moby.rules" "$@"
	headers=$(dirname "$(echo '#include <asm/unistd.h>' | $CC -M -E - | tr ' ' '\n' | grep '/asm/unistd.h$')")
	if [ -r "$headers/unistd_x32.h" ]; then
		python3 $here/moby.py "$SBX_MOBY_JSON" "$headers" >"$out/abis.rules"
		abis=$out/abis.rules
	else
		echo "SKIP moby for three ABIs: this machine's headers do not have their numbers"
	fi
else
	echo "SKIP moby: Docker's profile is not there ($SBX_MOBY_JSON); name it with SBX_MOBY_JSON"
fi
"$out/figures" $here/python.profile $here/build.profile "$@"
[ -z "$abis" ] || "$out/abis" "$abis"
