#!/bin/sh
# proxy.sh - a policy with a proxy, by the kernel: the proxy's endpoint is reached and nothing else is. Each refusal beside the
# same attempt without the sandbox. Only loopback, and sockets in a scratch directory.
. "$(dirname "$0")/lib-loader.sh"
SBXC=${SBXC:-$B/sbxc}
command -v python3 >/dev/null || { skip proxy "no python3 to listen"; finish; }

cat >"$TMP/listen.py" <<'P'
import os, socket, sys
keep = []
ports = []
for i in range(2):
    s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(8); keep.append(s); ports.append(s.getsockname()[1])
for name in sys.argv[1:]:
    s = socket.socket(socket.AF_UNIX); s.bind(name); os.chmod(name, 0o777); s.listen(8); keep.append(s)
print(*ports, flush=True)
sys.stdin.read()
P
mkfifo "$TMP/hold"
python3 "$TMP/listen.py" "$TMP/proxy.sock" "$TMP/other.sock" <"$TMP/hold" >"$TMP/ports" &
exec 3>"$TMP/hold"
while [ ! -s "$TMP/ports" ]; do sleep 0.05; done
read -r PORT OTHER <"$TMP/ports"

compile() { # ENDPOINT PREFER
	cat >"$TMP/p.sbx" <<P
sbx 1
proxy out = $1
policy p {
    targets linux
    entry "$PROBE"
    isolate none
    allow connect tcp "host.example:443" via out
    $2
    test "t" {
        expect allow connect tcp "host.example:443"
        expect deny connect tcp "other.example:443"
    }
}
P
	rm -rf "$TMP/plan"
	"$SBXC" -q "$TMP/p.sbx" -o "$TMP/plan" 2>"$TMP/err" || { fail "$1: the policy compiles" "$(cat "$TMP/err")"; finish; }
}

run "$PROBE" connect-unix "$TMP/proxy.sock" , connect-unix "$TMP/other.sock" , connect "$PORT" , connect "$OTHER" , udp 9
gives "without the sandbox everything answers" "ok
ok
ok
ok
ok"

compile "unix \"$TMP/proxy.sock\"" 'prefer unix.path on linux because "this kernel may be older than Landlock ABI 9"
    prefer unix.abstract, signal.scope on linux because "the same for ABI 6"'
run "$SBX_RUN" "$TMP/plan" -- "$PROBE" connect-unix "$TMP/proxy.sock" , connect "$PORT" , connect "$OTHER" , udp 9 , socket 10 1
gives "a Unix proxy: its socket, and no address of the network" "ok
EPERM
EPERM
EPERM
EPERM"
abi() { "$SBX_RUN" --dry-run "$TMP/plan" -- "$PROBE" 2>/dev/null | sed -n 's/.*ABI \([0-9]*\).*/\1/p' | head -1; }
ABI=$(abi)
if [ "${ABI:-0}" -ge 9 ]; then
	run "$SBX_RUN" "$TMP/plan" -- "$PROBE" connect-unix "$TMP/other.sock"
	gives "another Unix socket is not reached" "EACCES"
else
	skip "another Unix socket is not reached" "Landlock of this kernel has ABI ${ABI:-none}, and that needs 9"
	compile "unix \"$TMP/proxy.sock\"" 'prefer unix.abstract, signal.scope on linux because "ABI 6"'
	run "$SBX_RUN" "$TMP/plan" -- "$PROBE" connect-unix "$TMP/proxy.sock"
	refused "below ABI 9 nothing starts unless unix.path is preferred" 125 E0601 unix.path
fi

compile "tcp \"127.0.0.1:$PORT\"" 'prefer net.connect.port, net.connect.host on linux because "ABI 4"
    prefer unix.abstract, signal.scope on linux because "ABI 6"'
run "$SBX_RUN" "$TMP/plan" -- "$PROBE" connect "$PORT"
gives "a TCP proxy: its port" "ok"
if [ "${ABI:-0}" -ge 4 ]; then
	run "$SBX_RUN" "$TMP/plan" -- "$PROBE" connect "$OTHER" , connect-unix "$TMP/other.sock" , udp 9
	gives "a TCP proxy: no other port, no other kind" "EACCES
EPERM
EPERM"
else
	skip "a TCP proxy: no other port" "Landlock of this kernel has ABI ${ABI:-none}, and that needs 4"
fi
exec 3>&-
wait
finish
