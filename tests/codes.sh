#!/bin/sh
# codes.sh - the pages of docs/codes: every code has one; what `-- bad` shows provokes the code and what `-- good` shows
# does not, and is no error. `-- bad COMMAND` says with which command, instead of `sbxc check p.sbx`; `-- file NAME` is a
# file beside it; `shown` is not run (the loader's, which tests/live provokes; those that take a git repository, which
# tests/check.sh does). Then checks itself on a wrong page.
set -u
cd "$(dirname "$0")/.." || exit 2
: "${B:=build}"
case $B in /*) ;; *) B=$(pwd)/$B ;; esac
std=$(pwd)/policies/std
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
status=0

# section PAGE NAME: the lines of `-- NAME ...`; heading PAGE NAME: what follows the name
section() { awk -v name="$2" '/^-- /{on = $2 == name || $2 " " $3 == name; next} on' "$1"; }
heading() { sed -n "s/^-- $2 *//p" "$1" | head -n 1; }
# An empty line before the next heading belongs to the page, not to the example.
example() { section "$1" "$2" | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}'; }

# run PAGE NAME: tries the example; output in $tmp/out, exit code in $code
run() {
	rm -rf "$tmp/job" && mkdir "$tmp/job"
	for file in $(sed -n 's/^-- file *//p' "$1"); do
		example "$1" "file $file" >"$tmp/job/$file"
	done
	example "$1" "$2" >"$tmp/job/p.sbx"
	command=$(heading "$1" "$2")
	(cd "$tmp/job" && PATH=$B:$PATH sh -c "${command:-sbxc check p.sbx} --std '$std'" >"$tmp/out" 2>&1)
	code=$?
}

# check PAGE: prints what is wrong, nothing when it is right
check() {
	name=$(basename "$1" .txt)
	# The two examples are there; a defect of sbxc has none.
	if [ "$name" != E0901 ] && { ! grep -q '^-- bad' "$1" || ! grep -q '^-- good' "$1"; }; then
		echo "an example is missing"
		return
	fi
	awk '/^-- / { exit } length($0) > 100 { print "line " FNR " is longer than 100" }' "$1"
	for which in bad good; do
		grep -q "^-- $which" "$1" || continue
		[ "$(heading "$1" $which)" = shown ] && continue
		run "$1" "$which"
		if grep -q "[[]$name[] ]" "$tmp/out"; then seen=bad; else seen=good; fi
		if [ $which != $seen ]; then
			echo "the $which example is $seen: $(head -n 6 "$tmp/out" | tr '\n' ' ')"
		elif [ $which = good ] && [ "$code" -ne 0 ]; then
			echo "the good example ends with $code: $(head -n 6 "$tmp/out" | tr '\n' ' ')"
		fi
	done
}

for page in docs/codes/*.txt; do
	wrong=$(check "$page")
	if [ -z "$wrong" ]; then
		echo "PASS codes $(basename "$page" .txt)"
	else
		echo "FAIL codes $page: $wrong"
		status=1
	fi
done

for code in $(sed -n 's/^\(DIAG\|ERR\)([A-Z_0-9]*, "\([A-Z0-9]*\)".*/\2/p' compiler/diag.def runtime/errors.def); do
	if [ ! -s "docs/codes/$code.txt" ]; then
		echo "FAIL codes $code has no page docs/codes/$code.txt"
		status=1
	elif ! "$B/sbxc" --explain "$code" | grep -q "^$code "; then
		echo "FAIL codes sbxc --explain $code does not print it"
		status=1
	else
		echo "PASS codes $code is explained"
	fi
done

# The checks must be able to fail.
mkdir "$tmp/self"
sed 's/^-- bad/-- x/; s/^-- good/-- bad/; s/^-- x/-- good/' docs/codes/E0306.txt >"$tmp/self/E0306.txt"
sed '/^-- good/,$d' docs/codes/E0306.txt >"$tmp/self/E0307.txt"
for case in E0306 E0307; do
	if [ -n "$(check "$tmp/self/$case.txt")" ]; then
		echo "PASS codes self-test $case"
	else
		echo "FAIL codes self-test: a wrong page was not noticed"
		status=1
	fi
done
exit $status
