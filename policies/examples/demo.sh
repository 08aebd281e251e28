#!/bin/sh
# demo.sh - the shortest tour: compiles code-eval.sbx, runs a script that only computes, then one
# that tries to get out, with the same script outside the sandbox as the control. Ends with 0 only
# if all of it went as it should; leaves nothing behind. B names the build directory.
set -u

here=$(unset CDPATH; cd -- "$(dirname -- "$0")" && pwd)
top=$(unset CDPATH; cd -- "$here/../.." && pwd)
build=${B:-build}
case $build in /*) ;; *) build=$top/$build ;; esac
python=/usr/bin/python3

bold="" red="" green="" dim="" plain=""
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then
	esc=$(printf '\033')
	bold="${esc}[1m" red="${esc}[31m" green="${esc}[32m" dim="${esc}[2m" plain="${esc}[0m"
fi

tmp=
listener=
cleanup() {
	[ -n "$listener" ] && kill "$listener" 2>/dev/null
	[ -n "$tmp" ] && rm -rf -- "$tmp"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

die() {
	printf '%s\n' "${red}demo: $*${plain}" >&2
	exit 1
}

wrong=0
check() { # check CONDITION-RESULT SENTENCE
	[ "$1" -eq 0 ] && return
	printf '%s\n' "   ${red}wrong: $2${plain}"
	wrong=1
}

step() {
	printf '\n%s\n' "${bold}$*${plain}"
}

# Without the random name of the temporary directory.
indent() {
	sed -e "s|$tmp/||g" -e 's/^/   | /'
}

# The words after "NAME: " of one attempt.
outcome() {
	sed -n "s|^$2: ||p" "$1"
}

run_confined() {
	"$build/sbx-run" --set "workdir=$tmp/job" "$tmp/plan" -- "$python" -I - "$@"
}

[ -x "$build/sbxc" ] && [ -x "$build/sbx-run" ] || die "nothing is built in $build: run make"
[ -x "$python" ] || die "$python is not there: install python3"
tmp=$(mktemp -d) || die "no temporary directory"
mkdir "$tmp/job" "$tmp/host" && chmod 700 "$tmp/job" || die "cannot write to $tmp"

step "1. Compile the policy"
printf '   %s\n' "sbxc policies/examples/code-eval.sbx -o plan"
(cd "$top" && "$build/sbxc" policies/examples/code-eval.sbx -o "$tmp/plan") >"$tmp/sbxc.log" 2>&1
status=$?
indent <"$tmp/sbxc.log"
[ "$status" -eq 0 ] || die "the policy does not compile"
printf '   plan: %s\n' "$(ls "$tmp/plan" | tr '\n' ' ')"

step "2. Run a script that computes"
printf '   %s\n' "sbx-run --set workdir=work plan/ -- $python -I - < compute.py"
run_confined <"$here/code-eval/compute.py" >"$tmp/compute.out" 2>"$tmp/compute.err"
status=$?
indent <"$tmp/compute.out"
indent <"$tmp/compute.err"
check "$status" "it ended with $status"
# The last ten of the first 1000 decimals of pi, as printed in any table of them.
grep -q '"last": "2164201989"' "$tmp/job/result.json" 2>/dev/null
check $? "the result in the work directory is missing or is not pi"
[ "$wrong" -eq 0 ] && printf '   job/result.json: %s\n' "$(cut -c1-64 "$tmp/job/result.json")..."

step "3. Run a script that tries to get out, without the sandbox and with it"
"$python" -I "$here/code-eval/listener.py" "$tmp/host" &
listener=$!
tries=0
while [ ! -s "$tmp/host/port" ] && [ $tries -lt 100 ]; do
	sleep 0.05
	tries=$((tries + 1))
done
[ -s "$tmp/host/port" ] || die "the listener on 127.0.0.1 did not start"
port=$(cat "$tmp/host/port")

"$python" -I - "$port" <"$here/code-eval/escape.py" >"$tmp/free.out" 2>&1
free=$?
run_confined "$port" <"$here/code-eval/escape.py" >"$tmp/confined.out" 2>"$tmp/confined.err"
confined=$?

printf '   %s%-22s %-32s %s%s\n' "$dim" attempt "without the sandbox" "under the plan" "$plain"
for name in "read /etc/passwd" "connect to 127.0.0.1" "start /bin/sh"; do
	printf '   %-22s %-32s %s\n' "$name" "$(outcome "$tmp/free.out" "$name")" \
		"${green}$(outcome "$tmp/confined.out" "$name")${plain}"
	outcome "$tmp/confined.out" "$name" | grep -q '^refused, '
	check $? "\"$name\" was not refused under the plan"
done
visitors=$(grep -c tcp "$tmp/host/seen")
[ "$visitors" -eq 1 ] && printf '   the listener had one visitor: the one without the sandbox\n'

[ "$free" -eq 0 ]
check $? "an attempt failed even without the sandbox, so its refusal would prove nothing"
[ "$free" -eq 0 ] || indent <"$tmp/free.out"
[ "$confined" -eq 1 ]
check $? "the confined script ended with $confined instead of 1"
[ "$confined" -eq 1 ] || cat "$tmp/confined.out" "$tmp/confined.err" | indent
[ "$visitors" -eq 1 ]
check $? "the listener had $visitors visitors instead of one"

if [ "$wrong" -eq 0 ]; then
	printf '\n%s\n' "${green}All as it should be.${plain}"
fi
exit $wrong
