sbxc explain examples/code-eval.sbx
echo -- a plan, without its policy
sbxc -q examples/static-web.sbx -o "$tmp/plan"
sbxc explain "$tmp/plan"
echo -- lines
sbxc explain --lines examples/static-web.sbx | head -n 5
echo -- a base, a proxy, what is taken out
cat >"$tmp/base.sbx" <<'POLICY'
sbx 1
policy base {
    targets macos
    entry "/usr/bin/true"
    isolate none
    prefer proc.no_exec, ns.isolate, fs.write.deny-path on macos because "a test"
    final deny write "/srv/keep" because "nobody writes there"
}
POLICY
cat >"$tmp/p.sbx" <<'POLICY'
sbx 1
import "base.sbx"
proxy egress = tcp "127.0.0.1:3128"
param dir: path = "/data" at load about "input"
policy p version "3" extends base {
    targets macos
    about "shows all sections"
    allow read "${HOME}" except {
        "${HOME}/.ssh"
        "${HOME}/.aws"
    } because "it is a tool for the home"
    allow read "${HOME}/.ssh/known_hosts" because "hosts"
    allow read write "/srv", "${dir}"
    allow connect tcp "api.example.org:443" via egress
    allow mach "com.x" because "y"
    never allow exec "/bin" because "no shells"
}
POLICY
sbxc explain "$tmp/p.sbx" --std std
echo -- codes, and wrong use
sbxc explain E0301 | head -n 1
sbxc explain e0301x
sbxc explain E0300
sbxc explain
sbxc explain --lines --seccomp examples/static-web.sbx
