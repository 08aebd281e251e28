cat >"$tmp/base.sbx" <<'POLICY'
sbx 1
policy corp/base {
    targets linux, macos
    entry "/usr/bin/true"
    isolate none
    allow read write "${HOME}/x" make-dir because "work"
    allow read "/opt"
    final deny write "/srv/keep"
    never allow write "/etc" because "settings"
    limit pids 64
    prefer proc.no_exec on macos because "it starts itself"
}
POLICY
cat >"$tmp/p.sbx" <<'POLICY'
sbx 1
import "base.sbx"
proxy egress = tcp "127.0.0.1:3128"
param dir: path at load about "where \"it\" works"
param size: size = 64MiB
let sub = "in put"
profile local/extra(name: string) {
    allow env "${name}_*"
    on linux { allow read "/proc/cpuinfo" if-exists }
}
policy p version "2" extends corp/base {
    about "One of everything: \\ \" \${x}"
    targets linux, macos
    drop allow read "/opt"
    use local/extra(name: "LC")
    allow read "${dir}/${sub}", "/srv" because "input"
    allow connect tcp "api.example.org:443" via egress
    set env HOME = "${dir}"
    limit file-size size
    limit pids 32
    on linux {
        deny syscall socket where domain in (AF_INET, AF_INET6) with kill
        default syscall with errno ENOSYS
    }
    on arch aarch64 {
        deny syscall ptrace
    }
    on macos {
        allow mach "com.x"
        limit open-files 100
    }
    require fs.write.scope
    prefer net.connect.port on linux because "see \"above\""
    test "a test" {
        given dir = "/d"
        expect allow read write "${HOME}/x"
        expect deny syscall ptrace
    }
}
POLICY
sbxc normalize "$tmp/p.sbx" --set size=1GiB
echo --
sbxc normalize "$tmp/p.sbx" --origins | head -n 24
# it compiles to the same
sbxc normalize examples/code-eval.sbx >"$tmp/code-eval.sbx"
sbxc -q "$tmp/code-eval.sbx" -o "$tmp/a" 2>/dev/null
sbxc -q examples/code-eval.sbx -o "$tmp/b"
for file in seccomp-x86_64.bpf seccomp-aarch64.bpf; do cmp "$tmp/a/$file" "$tmp/b/$file" && echo "$file: the same bytes"; done
sbxc normalize
sbxc normalize "$tmp/missing.sbx"
