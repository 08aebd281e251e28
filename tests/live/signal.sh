#!/bin/sh
# signal.sh - `allow signal` and its absence, by the kernel: the same process outside is signalled without the sandbox, under a
# policy that says so, and not under one that does not.
. "$(dirname "$0")/lib-loader.sh"
SBXC=${SBXC:-$B/sbxc}
sleep 600 &
OUTSIDE=$!

compile() { # LINE
	printf 'sbx 1\npolicy s {\n    targets linux\n    entry "%s"\n    isolate none\n    %s\n}\n' "$PROBE" "$1" >"$TMP/s.sbx"
	rm -rf "$TMP/plan"
	"$SBXC" -q "$TMP/s.sbx" -o "$TMP/plan" 2>"$TMP/err" || { fail "$1: the policy compiles" "$(cat "$TMP/err")"; finish; }
}

run "$PROBE" signal "$OUTSIDE"
gives "without the sandbox the process is reached" "ok"
compile "allow signal"
run "$SBX_RUN" "$TMP/plan" -- "$PROBE" signal "$OUTSIDE"
gives "allow signal: the process is reached" "ok"
for line in "" "allow signal
    deny signal"; do
	compile "$line"
	run "$SBX_RUN" "$TMP/plan" -- "$PROBE" signal "$OUTSIDE" , fork
	case $RC$ERR in
	125*landlock:6*) skip "${line:-no line}" "Landlock of this kernel is older than ABI 6"; continue ;;
	esac
	gives "$(printf %s "${line:-no line}" | tr -s '\n ' '  '): it is not" "EPERM
ok"
done
kill "$OUTSIDE"
finish
