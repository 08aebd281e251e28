#!/bin/sh
# libsbx-abuse.sh - a plan that is removed, exchanged or opened 10,000 times while the library holds it, and a caller that forks in one
# thread and launches in others. Symbol versions.
. "$(dirname "$0")/lib-loader.sh"
SBXC=${SBXC:-$B/sbxc}
${CC:-cc} -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -O1 -I"$ROOT/runtime" -o "$TMP/abuse" "$HERE/libsbx/abuse.c" "$B/libsbx.a" -lpthread 2>"$TMP/err" ||
	{ fail "the program builds" "$(cat "$TMP/err")"; finish; }
for version in 1.0.0 2.0.0; do
	printf 'sbx 1\npolicy p version "%s" {\n    targets linux\n    isolate none\n    allow read exec "%s"\n%s\n}\n' "$version" "$PROBE_DIR" "$OLDER" >"$TMP/$version.sbx"
	"$SBXC" -q "$TMP/$version.sbx" -o "$TMP/plan-$version" 2>"$TMP/err" || { fail "$version compiles" "$(cat "$TMP/err")"; finish; }
done
ONE=$TMP/plan-1.0.0 TWO=$TMP/plan-2.0.0
cp -r "$ONE" "$TMP/gone"
run "$TMP/abuse" gone "$TMP/gone" "$PROBE"
[ ! -e "$TMP/gone" ] && gives "a plan that was removed is held: its programs start" "code 7" || fail "the plan is removed" "$ERR"
run "$TMP/abuse" gone "$TMP/gone" "$PROBE"
[ "$RC" = 1 ] && [ -z "$OUT" ] && pass "control: then it cannot be opened" || fail "control: a plan that is not there" "$RC" "$OUT"
run "$TMP/abuse" changed "$ONE" "$TWO" "$PROBE"
gives "a plan that was exchanged is the one that was opened" "version 1.0.0 code 7"
run "$TMP/abuse" changed "$ONE" "$TWO" "$PROBE"
gives "control: opened again it is the other" "version 2.0.0 code 7"
run "$TMP/abuse" opens "$ONE"
gives "10,000 times opened and closed: nothing is left" "descriptors 0 maps 0 grown 0"
run "$TMP/abuse" exchanged "$ONE" "$TWO"
gives "opened while it is exchanged: one of the two, or refused" "wrong 0 both 1"
run "$TMP/abuse" forks "$ONE" "$PROBE"
gives "forks of one thread, launches of others and of the forked" "wrong 0 of the forked 0 some 1 children 0"

versions=$(nm -D --defined-only --with-symbol-versions "$B/libsbx.so" | awk '$2 == "T" { print $3 }')
mapped=$(sed -n '/^SBX_0\.1 {/,/^};/p' "$ROOT/runtime/libsbx.map" | tr -s ';, \t' '\n' | grep '^sbx_' | sort)
[ "$(printf '%s\n' "$versions" | sed -n 's/@@SBX_0\.1$//p' | sort)" = "$mapped" ] && [ -n "$mapped" ] && ! printf '%s\n' "$versions" | grep -vq '@@' &&
	pass "libsbx.so: each symbol has its version" || fail "libsbx.so: versions" "$versions"
finish
