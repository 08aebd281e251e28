#!/bin/bash
# options.sh - what every command of sbxc does alike: the shared options, each with both outcomes, and the exit codes. What a command
# has of its own is tested in check.sh, diff.sh, report.sh and commands/.
set -u
cd "$(dirname "$0")/.." || exit 2
: "${B:=build}"
case $B in /*) ;; *) B=$PWD/$B ;; esac
here=$PWD std=$PWD/policies/std
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" || exit 2
status=0

cat >p.sbx <<'END'
sbx 1
import "lib.sbx"
param where: path = "/srv/a"
policy p version "1.0.0" {
    targets linux
    entry "/bin/true"
    isolate none
    use more
    allow read "${where}"
    test "t" {
        expect allow read "/srv/a"
        expect deny read "/srv/c"
    }
}
END
printf 'sbx 1\nprofile more {\n    allow read "/srv/b"\n}\n' >lib.sbx
sed 's/^    allow read/    alow read/' p.sbx >bad.sbx
sed 's/expect allow/expect deny/' p.sbx >failing.sbx

# The words after the options; P stands for the policy.
declare -A words=([compile]="P -o plan" [check]=P [lock]=P [why]="P read /srv/a" [test]=P [normalize]=P [explain]=P [caps]=P [diff]="P P"
	[report]="P -o page.html")

expect() { # NAME CODE PATTERN COMMAND POLICY OPTION...: PATTERN is looked for in both outputs
	local name="$4: $1" want=$2 pattern=$3 command=$4 policy=$5 why= code
	shift 5
	# shellcheck disable=SC2086
	"$B/sbxc" "$command" --std "$std" "$@" ${words[$command]//P/$policy} >out 2>err
	code=$?
	[[ $code -eq $want ]] || why="exit $code, not $want"
	cat out err page.html 2>/dev/null | grep -qE -- "$pattern" || why="${why:+$why; }no line matches $pattern"
	[[ $want -eq 0 || $want -eq 3 || ! -e plan ]] || why="${why:+$why; }a plan was written"
	if [[ -n $why ]]; then
		echo "FAIL options $name: $why"
		sed 's/^/    /' out err | head
		status=1
	else
		echo "PASS options $name"
	fi
	rm -rf plan page.html
}

for c in compile check lock why test normalize explain caps diff report; do
	runs_tests=0
	case $c in compile | check | test | explain | report) runs_tests=3 ;; esac
	rm -f sbx.lock
	expect "control" 0 '' $c p.sbx
	rm -f sbx.lock
	expect "a test that fails" $runs_tests "$([[ $runs_tests -eq 3 ]] && echo E0502)" $c failing.sbx
	rm -f sbx.lock
	expect "a policy that is refused" 1 'error\[E0100\]' $c bad.sbx
	expect "a file that is not there" 2 'cannot read none.sbx' $c none.sbx
	expect "an option that is none" 2 'unknown option: --nonsense' $c p.sbx --nonsense
	expect "--set of a param" $runs_tests '' $c p.sbx --set where=/srv/c
	rm -f sbx.lock
	expect "--set of no param" 1 'E0701' $c p.sbx --set wheer=/srv/c
	expect "--set without a value" 2 '--set takes NAME=VALUE|NAME=VALUE' $c p.sbx --set where
	expect "--format that is none" 2 '--format takes text, gcc, json' $c p.sbx --format xml
	expect "--format gcc" 1 '^bad.sbx:9:5: error: unknown word .alow. \[E0100\]$' $c bad.sbx --format gcc
	expect "--format json" 1 '^\{"code":"E0100",' $c bad.sbx --format json
	"$B/sbxc" $c --help >out 2>err && [[ -s out && ! -s err ]] && echo "PASS options $c: --help" ||
		{ echo "FAIL options $c: --help: nothing on stdout, or a complaint"; status=1; }
	[[ $c == lock ]] && continue
	expect "--locked without a lock" 1 'E0703' $c p.sbx --locked
	"$B/sbxc" lock --std "$std" -q p.sbx
	expect "--locked with one" 0 '' $c p.sbx --locked
	sed -i 's,/srv/b,/srv/e,' lib.sbx
	expect "--locked, and an import changed" 1 'E0702' $c p.sbx --locked
	sed -i 's,/srv/e,/srv/b,' lib.sbx
done
expect "the value of --set holds" 0 'allow read "/srv/c"' normalize p.sbx --set where=/srv/c
expect "control: without it" 0 'allow read "/srv/a"' normalize p.sbx

# The codes that one command alone has.
sed 's,"/srv/b","/srv",' lib.sbx >wide-lib.sbx
sed 's/lib.sbx/wide-lib.sbx/; /expect deny/d' p.sbx >wide.sbx
words[diff]="p.sbx P"
expect "--fail-on, and nothing grew" 0 'no change' diff p.sbx --fail-on widen
expect "--fail-on, and access grew" 4 'ACCESS GROWS' diff wide.sbx --fail-on widen
expect "control: without --fail-on" 0 'ACCESS GROWS' diff wide.sbx
words[why]="P read /srv/none"
expect "--exit-code, denied" 1 '^DENY' why p.sbx --exit-code
words[why]="P read /srv/a"
expect "--exit-code, allowed" 0 '^ALLOW' why p.sbx --exit-code

# ---- whatever is printed is printed whole, or the exit code says so ----

"$B/sbxc" -q --std "$std" p.sbx -o plan || { echo "FAIL options a plan: it is not made"; status=1; }
prints=0
prints() { # COMMAND... that prints something when all is well
	local full closed
	"$B/sbxc" "$@" >out 2>err && [[ -s out ]] || { echo "FAIL options control: $* prints"; sed 's/^/    /' err; status=1; }
	"$B/sbxc" "$@" >/dev/full 2>err
	full=$?
	"$B/sbxc" "$@" >&- 2>>err
	closed=$?
	prints=$((prints + 1))
	if [[ $full -eq 2 && $closed -eq 2 && $(grep -c 'cannot write the result' err) -eq 2 ]]; then
		echo "PASS options $1: a full and a closed standard output"
	else
		echo "FAIL options $*: exit $full on a full standard output, $closed on a closed one"
		sed 's/^/    /' err
		status=1
	fi
}
cp p.sbx laid-out.sbx && "$B/sbxc" fmt -q laid-out.sbx
for c in "check p.sbx" "check --lints" "check --format sarif p.sbx" "lock p.sbx" "verify plan" "why p.sbx read /x" "why --json plan read /x" \
    "test p.sbx" "test --json --coverage p.sbx" "normalize p.sbx" "fmt --stdout p.sbx" "new" "new cli" "explain p.sbx" "explain --json plan" \
    "explain --seccomp p.sbx" "explain --lines p.sbx" "explain E0301" "caps" "caps --md" "caps --json p.sbx" "caps --portable" "diff p.sbx p.sbx" \
    "diff --json p.sbx wide.sbx" "report p.sbx -o -" "fix --edition 1 p.sbx" "--emit=ir p.sbx" "--emit landlock p.sbx" "--explain E0301" \
    "--help" "check --help" "--version" "p.sbx -o plan"; do
	[[ $c != verify* && $c != new* && $c != fix* && $c != fmt* && $c != explain\ E* && $c != caps && $c != caps\ --md && $c != *--help && $c != --explain* && $c != --version &&
	    $c != *--lints && $c != *--portable ]] && c+=" --std $std"
	# shellcheck disable=SC2086
	prints $c
done
[[ $prints -ge 33 ]] || { echo "FAIL options: only $prints commands print"; status=1; }

# ---- --help fits a screen ----

for c in "" $(sed -n 's/^COMMAND(\([a-z]*\),.*/\1/p' "$here/compiler/commands.def"); do
	# shellcheck disable=SC2086
	size=$("$B/sbxc" $c --help | awk '{ if (length > wide) wide = length } END { print NR, wide }')
	read -r lines columns <<<"$size"
	if [[ $lines -ge 4 && $lines -le 24 && $columns -le 80 ]]; then
		echo "PASS options ${c:-sbxc} --help fits a screen"
	else
		echo "FAIL options ${c:-sbxc} --help: $lines lines, $columns columns"
		status=1
	fi
done
exit $status
