#!/bin/sh
# commands.sh - what the commands of sbxc print. tests/commands/NAME.cmd holds lines of shell that call `sbxc`, in the
# folder of the shipped policies; NAME.out all they print on stdout and stderr, with `exit N` after each call that does
# not end with 0. $tmp is an empty directory. BLESS=1 writes the present output instead.
set -u
cd "$(dirname "$0")/../policies" || exit 2
: "${B:=build}"
case $B in /*) ;; *) B=../$B ;; esac
cases=../tests/commands
here=$(pwd)
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
status=0

sbxc() {
	"$here/$B/sbxc" "$@"
	code=$?
	[ "$code" -eq 0 ] || echo "exit $code"
}
case $B in /*) sbxc() { "$B/sbxc" "$@"; code=$?; [ "$code" -eq 0 ] || echo "exit $code"; } ;; esac

for cmd in "$cases"/*.cmd; do
	want=${cmd%.cmd}.out
	mkdir "$tmp/work" || exit 2
	# a place in the temporary directory is printed as $tmp
	(tmp=$tmp/work; . "$cmd") </dev/null 2>&1 | sed "s|$tmp/work|\$tmp|g" >"$tmp/got"
	rm -rf "$tmp/work"
	if [ -n "${BLESS:-}" ]; then
		cmp -s "$tmp/got" "$want" || { cp "$tmp/got" "$want"; echo "blessed $want"; }
	elif cmp -s "$tmp/got" "$want"; then
		echo "PASS commands $(basename "$cmd" .cmd)"
	else
		diff -u "$want" "$tmp/got" | head -40
		echo "FAIL commands $(basename "$cmd" .cmd): the output changed (make bless takes it)"
		status=1
	fi
done

# The comparison must be able to fail.
if [ -z "${BLESS:-}" ]; then
	sbxc why --given HOME=/home/user examples/code-eval.sbx read /etc/passwd >"$tmp/got" 2>&1
	if grep -q ALLOW "$tmp/got" || ! grep -q DENY "$tmp/got"; then
		echo "FAIL commands self-test: a denied file was not said to be denied"
		status=1
	else
		echo "PASS commands self-test"
	fi
fi
exit $status
