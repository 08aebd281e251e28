#!/bin/sh
# unit-build.sh - every unit test compiles and links, warnings as errors; none is run. For a quick look before a change is shared
# (`tests/run.sh unit-build`): `make check` builds and runs them in the stage `unit`.
set -u
cd "$(dirname "$0")/.." || exit 2
: "${B:=build}"
log=$(mktemp) || exit 2
trap 'rm -f "$log"' EXIT
bins=$(for t in tests/unit/*.c; do printf '%s/tests/unit/%s ' "$B" "$(basename "$t" .c)"; done)
# shellcheck disable=SC2086
if make --no-print-directory -k -j2 WERROR=1 B="$B" $bins >"$log" 2>&1; then
	echo "PASS all unit tests are built"
else
	cat "$log"
	sed -n 's/^make: \*\*\* \[[^]]*: \([^]]*\)\] Error.*/FAIL \1 is not built/p' "$log"
	exit 1
fi
