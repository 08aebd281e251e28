#!/bin/bash
# seeds.sh BINARY... - each fuzz target over its seeds in tests/fuzz/seeds/NAME, among them every input that a fuzzer once found
# something with. `make fuzz` looks for more.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 2
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
status=0

# The test itself: a target that aborts and one that hangs are failures.
try() { timeout -s KILL 60 "$@" </dev/null >"$tmp/log" 2>&1; }
printf '%s\n' '#include <stddef.h>' '#include <stdint.h>' '#include <stdlib.h>' \
    'int LLVMFuzzerTestOneInput(const uint8_t *d, size_t n) { if (n && d[0] == 88) abort(); return 0; }' >"$tmp/bad.c"
printf X >"$tmp/x" && printf Y >"$tmp/y"
if ${CC:-gcc} -o "$tmp/bad" "$tmp/bad.c" tests/fuzz/replay.c 2>"$tmp/log" && try "$tmp/bad" "$tmp/y" && ! try "$tmp/bad" "$tmp/y" "$tmp/x"; then
	echo "PASS seeds: a target that aborts is seen"
else
	cat "$tmp/log"
	echo "FAIL seeds: a target that aborts is not seen"
	status=1
fi

for bin; do
	name=$(basename "$bin")
	seeds=(tests/fuzz/seeds/"$name"/*)
	if [[ ! -e ${seeds[0]} ]]; then
		echo "FAIL seeds $name: there are none in tests/fuzz/seeds/$name"
		status=1
	elif try "$bin" "${seeds[@]}"; then
		echo "PASS seeds $name: ${#seeds[@]}"
	else
		for seed in "${seeds[@]}"; do try "$bin" "$seed" || break; done
		tail -n 20 "$tmp/log"
		echo "FAIL seeds $name: $seed"
		status=1
	fi
done
exit $status
