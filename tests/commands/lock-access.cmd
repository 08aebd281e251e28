# `lock` says what an update means, by meaning and not by text
cat >$tmp/tool.sbx <<'P'
sbx 1
import "base.sbx"
proxy out = unix "/run/out.sock"
policy tool extends corp/base {
    targets linux, macos
    entry "/bin/true"
    isolate none
    allow read "/srv/tool"
    allow connect tcp "example.org:443" via out
    prefer proc.no_exec, res.pids, unix.path because "x"
}
P
base() { # LINES
	{ printf 'sbx 1\nparam n: count = 8 at load\npolicy corp/base {\n    targets linux, macos\n'; cat; printf '}\n'; } >$tmp/base.sbx
	sbxc lock -q $tmp/tool.sbx 2>&1 | grep -A2 error
}
base <<'P'
    allow read "/srv/tool/a", "/srv/tool/b"
    limit pids n
    limit pids 50
    on macos {
        allow mach "com.apple.x" because "x"
    }
P
echo -- nothing changed
sbxc lock $tmp/tool.sbx
echo -- the same access in other words
sed -i 's|, "/srv/tool/b"||' $tmp/base.sbx
sbxc lock $tmp/tool.sbx
echo -- a looser limit, one system more, a place more
sed -i 's/pids 50/pids 60/; s|"/srv/tool/a"|"/srv/other on linux"|; s/on macos {/on linux { \n allow env LANG\n }\n on macos {\n allow env LC_ALL/' $tmp/base.sbx
sbxc lock $tmp/tool.sbx
echo -- a lock of other words: their text
sed -i 's/^line allow env LANG/line allow enu LANG/' $tmp/sbx.lock
sed -i 's/pids 60/pids 61/' $tmp/base.sbx
sbxc lock $tmp/tool.sbx
