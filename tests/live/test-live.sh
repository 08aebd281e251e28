#!/bin/bash
# test-live.sh - `sbxc test --live`: expectations hold under the real loader; with a loader that confines nothing each denial
# fails; with one that refuses nothing is tried, and that is no success. The host is as it was.
set -u
top=$(unset CDPATH; cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
build=${B:-build}
[[ $build = /* ]] || build=$top/$build
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
failed=0
pass() { printf 'PASS test-live: %s\n' "$1"; }
fail() { printf 'FAIL test-live: %s: %s\n' "$1" "$2"; failed=1; }

cat >"$tmp/p.sbx" <<'POLICY'
sbx 1
param dir: path at load
policy p {
    targets linux
    isolate none
    use std/shell-tools
    allow read write "${dir}" make-dir
    allow connect tcp "*:45871"
    allow env TERM
    prefer signal.scope, unix.abstract, unix.path, net.udp, net.connect.port, net.listen.port on linux because "old kernels"
    test "all kinds" {
        given dir = "/data"
        expect allow read write "/data/sub/file"
        expect allow exec "/bin/sh"
        expect allow connect tcp "127.0.0.1:45871"
        expect allow env TERM
        expect allow syscall socket where domain == AF_INET and type == SOCK_STREAM and protocol == 0
        expect deny read "/etc/passwd"
        expect deny exec "/data/sub/program"
        expect deny listen tcp "*:45872"
        expect deny env SECRET
        expect deny syscall ptrace, keyctl
        expect deny syscall socket where domain == AF_NETLINK
        expect deny write "/etc/passwd"
    }
}
POLICY
before=$(ls -A /tmp | grep -c '^sbx-test-')
"$build/sbxc" test --live -v "$tmp/p.sbx" >"$tmp/out" 2>"$tmp/err"
code=$?
if grep -q 'nothing could be tried live' "$tmp/err" && grep -q 'error\[E0601\]' "$tmp/out"; then
	echo "SKIP test-live: this host cannot keep the policy: $(grep -m1 -o 'error\[E0601\].*' "$tmp/out")"
	exit 0
fi
if [[ $code -eq 0 ]] && grep -q '; live: [0-9]* tried, 0 failed' "$tmp/out"; then
	pass "all that is tried holds"
else
	fail "all that is tried holds" "exit $code $(grep -v 'live ok\|    ok' "$tmp/out" "$tmp/err" | tail -n 8 | tr '\n' ' ')"
fi
for want in 'read *allow read write "/data/sub/file"' 'modify *allow' 'create *allow' 'delete *allow' 'exec *allow exec "/bin/sh"' \
    'connect tcp *allow' 'env *allow env TERM' 'read *deny read "/etc/passwd"' 'exec *deny exec "/data' \
    'env *deny' 'syscall *deny syscall ptrace' 'syscall *deny syscall keyctl' 'syscall *deny syscall socket'; do
	if grep -q "live ok  *$want" "$tmp/out"; then
		pass "tried: $want"
	else
		fail "tried: $want" "$(grep "live.*$want" "$tmp/out")"
	fi
done
if grep -q 'live not tried  *modify *deny write "/etc/passwd"' "$tmp/out"; then
	pass "a file of the host is not tried to be written"
else
	fail "a file of the host is not tried to be written" "$(grep 'etc/passwd' "$tmp/out")"
fi
[[ $(ls -A /tmp | grep -c '^sbx-test-') -eq $before ]] && pass "leaves nothing behind" || fail "leaves nothing behind" "$(ls -d /tmp/sbx-test-*)"

# The same with a loader that confines nothing: every denial must be seen to fail.
mkdir "$tmp/bin"
cp "$build/sbxc" "$build/sbx-probe" "$tmp/bin/"
printf '#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done\nshift\nexec "$@"\n' >"$tmp/bin/sbx-run"
chmod 755 "$tmp/bin/sbx-run"
"$tmp/bin/sbxc" test --std "$top/policies/std" --live -v "$tmp/p.sbx" >"$tmp/out" 2>&1
code=$?
[[ $code -eq 3 ]] && pass "exit 3 when a denial does not hold" || fail "exit 3 when a denial does not hold" "exit $code"
for want in 'read *deny read "/etc/passwd"' 'exec *deny exec' 'env *deny' 'syscall *deny syscall ptrace'; do
	grep -q "live FAIL  *$want" "$tmp/out" && pass "seen to fail: $want" || fail "seen to fail: $want" "$(grep "$want" "$tmp/out")"
done

# A policy that denies where the probe lies: nothing was tried, and the line that is in the way is named.
printf 'sbx 1\npolicy p {\n    targets linux\n    entry "/bin/true"\n    deny read "%s"\n    test "t" {\n        expect deny read "/x"\n    }\n}\n' \
    "$(realpath "$tmp")" >"$tmp/denied.sbx"
"$tmp/bin/sbxc" test --std "$top/policies/std" --live --junit "$tmp/out.xml" "$tmp/denied.sbx" >"$tmp/out" 2>&1
code=$?
[[ $code -eq 2 ]] && grep -q 'denied.sbx:5:5: error: this denies the program that the policy starts' "$tmp/out" && pass "what is in the way is named" ||
	fail "what is in the way is named" "exit $code $(tail -n 2 "$tmp/out")"
grep -q 'skipped="1"' "$tmp/out.xml" && pass "and is skipped in JUnit" || fail "and is skipped in JUnit" "$(cat "$tmp/out.xml")"

# A loader that refuses: nothing was tried, and nobody may take that for success.
printf '#!/bin/sh\necho "sbx-run: error[E0601]: no" >&2\nexit 125\n' >"$tmp/bin/sbx-run"
"$tmp/bin/sbxc" test --std "$top/policies/std" --live "$tmp/p.sbx" >"$tmp/out" 2>&1
code=$?
[[ $code -eq 2 ]] && grep -q 'nothing could be tried' "$tmp/out" && pass "nothing tried is no success" ||
	fail "nothing tried is no success" "exit $code $(tail -n 2 "$tmp/out")"

# An interrupt in the middle of an attempt: what it was waiting for ends, the folder in /tmp goes, and it ends by the signal.
printf '#!/bin/sh\nwhile [ "${1#--}" != "$1" ]; do shift 2; done\necho "$$ $1" >"%s/at"\nexec sleep 300\n' "$tmp" >"$tmp/bin/sbx-run"
"$tmp/bin/sbxc" test --std "$top/policies/std" --live "$tmp/p.sbx" >"$tmp/out" 2>&1 &
main=$!
for ((i = 0; i < 400; i++)); do # until the loader stands
	[[ -s $tmp/at ]] && break
	sleep 0.05
done
read -r loader plan <"$tmp/at"
[[ -d $plan ]] && kill -0 "$loader" && pass "control: a plan in /tmp, and a loader" || fail "control: a plan in /tmp, and a loader" "$loader $plan"
kill -TERM $main
wait $main
code=$?
[[ $code -eq 143 ]] && pass "an interrupt ends it by the signal" || fail "an interrupt ends it by the signal" "exit $code"
[[ -n $plan && ! -e $(dirname "$plan") ]] && pass "and leaves no folder" || fail "and leaves no folder" "$plan"
kill -0 "$loader" 2>/dev/null && fail "and no process" "$loader" || pass "and no process"
exit $failed
