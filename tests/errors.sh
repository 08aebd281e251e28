#!/bin/sh
# errors.sh - tests/errors/CODE-what.sbx with its .err: all that `sbxc check` says on stderr, and its exit code.
# NAME.args holds further options. Every row of diag.def must have a file that provokes it; those that no policy can
# provoke are named below with the unit test that does. BLESS=1 writes the present output instead.
set -u
cd "$(dirname "$0")/errors" || exit 2
: "${B:=build}"
case $B in /*) ;; *) B=../../$B ;; esac
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
status=0
elsewhere="E0901:tests/unit/validate.c E0704:tests/commands/lock.out E0710:tests/commands/why-given.out E0711:tests/commands/why-profile.out E0720:tests/check.sh E0721:tests/check.sh"

for policy in *.sbx; do
	case $policy in lib-*) continue ;; esac
	want=${policy%.sbx}.err
	code=${policy%%-*}
	args=$(cat "${policy%.sbx}.args" 2>/dev/null)
	"$B/sbxc" check --std ../../policies/std $args "$policy" >/dev/null 2>"$tmp/got"
	echo "exit $?" >>"$tmp/got"
	if [ -n "${BLESS:-}" ]; then
		cmp -s "$tmp/got" "$want" || { cp "$tmp/got" "$want"; echo "blessed $want"; }
	elif ! grep -q "\[$code" "$tmp/got"; then
		cat "$tmp/got"
		echo "FAIL errors $policy: it does not provoke $code"
		status=1
	elif cmp -s "$tmp/got" "$want"; then
		echo "PASS errors $policy"
	else
		diff -u "$want" "$tmp/got" | head -30
		echo "FAIL errors $policy: the message changed (make bless takes it)"
		status=1
	fi
done

# Every error says how to go on. A test that fails does not know whether it or the policy is wrong.
for want in *.err; do
	if lost=$(awk -v RS= '/^error\[/ && !/= help: / && !/^error\[E050[24]\]/ {print; found = 1} END {exit !found}' "$want"); then
		echo "FAIL errors $want: no help with: $lost"
		status=1
	fi
done
echo "PASS errors every error says how to go on, or is named above"

# First lines are in words of the policy: small first letters but of names, no full stop, no words of compilers.
first() { sed -nE 's/^(error|warning|note)\[[^]]*\]: //p' "$@" | sort -u; }
wrong() { grep -E '^[A-Z]|\.$|[Ii]llegal|[Ii]nvalid|[Ss]yntax|\btoken\b|\bAST\b|\bIR\b|sock_filter|EINVAL' | grep -vE '^(Linux|Landlock|macOS) '; }
if first ./*.err | wrong; then
	echo "FAIL errors first lines in words of compilers, or not as the others"
	status=1
elif ! echo 'error[E0100]: invalid token' | first | wrong >/dev/null; then
	echo "FAIL errors self-test: an invalid token was not noticed"
	status=1
else
	echo "PASS errors first lines speak of the policy"
fi

for code in $(sed -n 's/^DIAG([A-Z_0-9]*, "\([A-Z0-9]*\)".*/\1/p' ../../compiler/diag.def); do
	if ls "$code"-*.sbx >/dev/null 2>&1; then
		echo "PASS errors $code has a policy that provokes it"
	elif file=$(echo "$elsewhere" | tr ' ' '\n' | sed -n "s/^$code://p") && [ -n "$file" ] &&
	    grep -q "$code" "../../$file"; then
		echo "PASS errors $code has a unit test that provokes it"
	else
		echo "FAIL errors $code: no policy in tests/errors provokes it"
		status=1
	fi
done
exit $status
