# what an update brings is said; --locked refuses it until it was looked at
cp -r std $tmp/std
cat >$tmp/base.sbx <<'P'
sbx 1
policy corp/base {
    targets linux
    isolate none
    use std/tty
    allow read "/srv/base"
    limit memory 512MiB
    never allow write "/usr"
    require ipc.restrict
    on linux {
        allow syscall ptrace because "debuggers"
    }
    prefer res.memory because "old hosts"
}
P
cat >$tmp/tool.sbx <<'P'
sbx 1
import "base.sbx"
policy tool extends corp/base {
    targets linux
    entry "/bin/true"
    allow read "/srv/tool"
}
P
printf 'sbx 1\npolicy alone {\n    targets linux\n    entry "/bin/true"\n    isolate none\n}\n' >$tmp/alone.sbx
sbxc check --std $tmp/std --locked -q $tmp/tool.sbx
sbxc lock --std $tmp/std $tmp/tool.sbx $tmp/alone.sbx
cat $tmp/sbx.lock | sed 's/^file [0-9a-f]*/file SHA256/'
sbxc check --std $tmp/std --locked -q $tmp/tool.sbx $tmp/alone.sbx
sbxc lock --std $tmp/std $tmp/tool.sbx
sed 's/512MiB/2GiB/; s|"/srv/base"|"/srv"|; /ptrace/d; s/never/# &/' $tmp/base.sbx >$tmp/new && mv $tmp/new $tmp/base.sbx
sbxc check --std $tmp/std --locked --format gcc $tmp/tool.sbx | sed 's/[0-9a-f]\{12\}\.\.\./SHA.../g'
sbxc lock --std $tmp/std $tmp/tool.sbx
sbxc check --std $tmp/std --locked -q $tmp/tool.sbx
# a policy that is gone leaves the lock with the next one that is written
rm $tmp/alone.sbx
sbxc lock --std $tmp/std -q $tmp/tool.sbx
grep policy $tmp/sbx.lock
# torn, of another version, out of order, with a line nobody knows: never taken for an empty one
torn() { "$@" <$tmp/sbx.lock >$tmp/new; cp $tmp/sbx.lock $tmp/kept; mv $tmp/new $tmp/sbx.lock; sbxc check --std $tmp/std --locked --format gcc -q $tmp/tool.sbx; sbxc lock --std $tmp/std $tmp/tool.sbx; mv $tmp/kept $tmp/sbx.lock; }
torn head -n 5
torn sed '1s/1/2/'
torn sed '3s/^file/fill/'
torn sed '3s/^file ./file x/'
torn sed '/^policy/d'
torn sed '4{h;d;};5G'
torn sed '$a\more'
torn tr '\n' '\r'
sbxc check --std $tmp/std --locked -q $tmp/tool.sbx
# wrong use
sbxc lock
sbxc lock --locked $tmp/tool.sbx
sbxc lock $tmp/missing.sbx
