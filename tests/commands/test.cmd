sbxc test -v --coverage --mutate examples/static-web.sbx
echo -- a tree with its libraries
mkdir "$tmp/tree" "$tmp/tree/deeper"
cp examples/static-web.sbx "$tmp/tree/deeper/"
cp std/tty.sbx "$tmp/tree/"
sbxc test "$tmp/tree"
cat >"$tmp/p.sbx" <<'POLICY'
sbx 1
param dir: path at load
profile local/more {
    allow read "/opt"
    allow env TERM
}
policy p {
    targets linux
    entry "/usr/bin/true"
    isolate none
    use local/more
    allow read "${dir}" because "input"
    allow read "/srv/a", "/srv/b"
    allow read {
        "/x"
        "/y"
    }
    set env A = "b"
    deny syscall ptrace with kill
    limit open-files 64
    limit stack 8MiB
    require net.disable
    prefer signal.scope on linux because "new"
}
POLICY
cat >"$tmp/p_test.sbx" <<'POLICY'
sbx 1
import "p.sbx"
test "what it may" {
    given dir = "/data"
    expect allow read "/data/x", "/opt/x", "/x/1"
    expect deny write "/data/x"
    expect deny syscall ptrace
    expect enforced res.files
}
POLICY
echo -- tests apart from their policy
sbxc test -v --coverage --mutate "$tmp/p_test.sbx"
sbxc test --json --mutate --coverage "$tmp/p_test.sbx" | tail -n 52
echo -- a test that fails
sed 's/deny write/allow write/' "$tmp/p_test.sbx" >"$tmp/q_test.sbx"
sbxc test -v "$tmp/q_test.sbx"
sbxc test -q "$tmp/p_test.sbx" "$tmp/missing.sbx"
sbxc test
