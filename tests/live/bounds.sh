#!/bin/sh
# bounds.sh - what a command, a plan and its reader may hold (docs/sbx.5, HOW MUCH THERE MAY BE), each at the bound and one beyond:
# options, files of the plan, sbx.lock, plan.yaml, inputs. The language's own bounds are in tests/unit/limits.c.
. "$(dirname "$0")/lib-loader.sh"
SBXC=${SBXC:-$B/sbxc}
P=$TMP/plan

options() { # OPTION FROM N: OPTION NAME=1 for each
	i=0
	while [ "$i" -lt "$3" ]; do
		printf '%s %s%d=1 ' "$1" "$2" "$i"
		i=$((i + 1))
	done
}
good() { # NAME: the last run ended well
	if [ "$RC" = 0 ]; then pass "$1"; else fail "$1" "exit $RC" "$ERR"; fi
}
usage() { # NAME WORDS: refused as a wrong command
	case $RC-$ERR in
	2-*"$2"*) pass "$1" ;;
	*) fail "$1" "exit $RC" "$ERR" ;;
	esac
}

# ---- options of sbxc ----
{
	printf 'sbx 1\n'
	i=0
	while [ "$i" -lt 65 ]; do
		printf 'param p%d: string\n' "$i"
		i=$((i + 1))
	done
	printf 'policy t {\n    targets linux\n    entry "/bin/true"\n    isolate none\n    allow read "/srv"\n}\n'
} >"$TMP/sets.sbx"
grep -v p64 "$TMP/sets.sbx" >"$TMP/sets64.sbx"
# shellcheck disable=SC2046
run "$SBXC" check -q $(options --set p 64) "$TMP/sets64.sbx"
good "sbxc --set 64 times"
# shellcheck disable=SC2046
run "$SBXC" check -q $(options --set p 65) "$TMP/sets.sbx"
usage "sbxc --set 65 times" "too many --set"

{
	printf 'sbx 1\n'
	i=0
	while [ "$i" -lt 64 ]; do
		printf 'param p%d: string at load\n' "$i"
		i=$((i + 1))
	done
	printf 'policy t {\n    targets linux\n    entry "%s"\n    isolate none\n    allow read "%s"\n%s\n' "$PROBE" "$PROBE_DIR" "$OLDER"
	i=0
	while [ "$i" -lt 64 ]; do
		printf '    set env V%d = "${p%d}"\n' "$i" "$i"
		i=$((i + 1))
	done
	printf '}\n'
} >"$TMP/load.sbx"
# shellcheck disable=SC2046
run "$SBXC" why $(options --given p 64) "$TMP/load.sbx" read /srv/x
case $OUT in
"DENY   read /srv/x"*) pass "sbxc why --given 64 times" ;;
*) fail "sbxc why --given 64 times" "exit $RC" "$OUT" "$ERR" ;;
esac
# shellcheck disable=SC2046
run "$SBXC" why $(options --given p 65) "$TMP/load.sbx" read /srv/x
usage "sbxc why --given 65 times" "too many --given"

printf '(version 1)\n(deny default)\n' >"$TMP/t.sb"
# shellcheck disable=SC2046
run "$SBXC" why --profile "$TMP/t.sb" $(options -D p 64) read /srv/x
case $OUT in
"DENY "*) pass "sbxc why -D 64 times" ;;
*) fail "sbxc why -D 64 times" "exit $RC" "$OUT" "$ERR" ;;
esac
# shellcheck disable=SC2046
run "$SBXC" why --profile "$TMP/t.sb" $(options -D p 65) read /srv/x
usage "sbxc why -D 65 times" "too many -D"

# ---- options of sbx-run ----
run "$SBXC" -q "$TMP/load.sbx" -o "$P"
good "a plan of 64 params"
# shellcheck disable=SC2046
run "$SBX_RUN" $(options --set p 64) "$P" -- "$PROBE" print ran
gives "sbx-run --set 64 times" "ran
ok"
# shellcheck disable=SC2046
run "$SBX_RUN" $(options --set p 65) "$P" -- "$PROBE" print ran
refused "sbx-run --set 65 times" 125 E0600 "too many --set"
# shellcheck disable=SC2046
run "$SBX_RUN" $(options --file f 16) "$P" -- "$PROBE" print ran
case $ERR in
*"too many"* | '') fail "sbx-run --file 16 times is read" "$ERR" ;;
*) pass "sbx-run --file 16 times is read, and refused for what it says" ;;
esac
# shellcheck disable=SC2046
run "$SBX_RUN" $(options --file f 17) "$P" -- "$PROBE" print ran
refused "sbx-run --file 17 times" 125 E0600 "too many --file"

# ---- the files of a plan ----
reset
plan "$P"
run "$SBX_RUN" "$P" "$PROBE" print ran
gives "control: the plan as it was made" "ran
ok"
# SHA256SUMS: lines of files that are not there, until it has as many bytes as it may
hash=$(printf x | sha256sum | cut -d' ' -f1)
pad() { # BYTES
	plan "$P"
	left=$(($1 - $(wc -c <"$P/SHA256SUMS"))) k=1000
	while [ "$left" -gt 300 ]; do
		printf '%s  y%d.conf\n' "$hash" "$k"
		left=$((left - 77)) k=$((k + 1))
	done >"$TMP/more"
	printf '%s  z%0*d\n' "$hash" $((left - 68)) 0 >>"$TMP/more"
	cat "$TMP/more" >>"$P/SHA256SUMS"
}
pad 65536
[ "$(wc -c <"$P/SHA256SUMS")" = 65536 ] || fail "SHA256SUMS of 65536 bytes is made" "$(wc -c <"$P/SHA256SUMS")"
run "$SBX_RUN" "$P" "$PROBE" print ran
gives "SHA256SUMS of 65536 bytes" "ran
ok"
pad 65537
[ "$(wc -c <"$P/SHA256SUMS")" = 65537 ] || fail "SHA256SUMS of 65537 bytes is made" "$(wc -c <"$P/SHA256SUMS")"
run "$SBX_RUN" "$P" "$PROBE" print ran
refused "SHA256SUMS of 65537 bytes" 125 E0602 "SHA256SUMS"
case $ERR in *"the file is too large"*) pass "and that it is too large is said" ;; *) fail "that it is too large is said" "$ERR" ;; esac

for f in landlock.conf launch.conf; do
	plan "$P"; truncate -s 33554432 "$P/$f"; seal "$P"
	run "$SBX_RUN" "$P" "$PROBE" print ran
	refused "$f of 33554432 bytes is read, and refused for what it says" 125 E0606 "$f"
	plan "$P"; truncate -s 33554433 "$P/$f"; seal "$P"
	run "$SBX_RUN" "$P" "$PROBE" print ran
	refused "$f of 33554433 bytes" 125 E0602 "too large"
done
rm -rf "$P"

# ---- sbx.lock ----
printf 'sbx 1\npolicy t {\n    targets linux\n    entry "/bin/true"\n    isolate none\n    allow read "/srv"\n}\n' >"$TMP/l.sbx"
lock() { # BYTES of its longest line
	printf 'sbx-lock 1\npolicy %0*d\npolicy l.sbx\nend\n' $(($1 - 7)) 0 >"$TMP/sbx.lock"
}
lock 16384
run "$SBXC" check -q --locked "$TMP/l.sbx"
good "a line of sbx.lock of 16384 bytes"
lock 16385
run "$SBXC" check -q --locked "$TMP/l.sbx"
case $RC-$ERR in
1-*"2: the line is too long"*) pass "a line of sbx.lock of 16385 bytes" ;;
*) fail "a line of sbx.lock of 16385 bytes" "exit $RC" "$ERR" ;;
esac
finish
