# what no line may allow has no line that grants it; a program behind a proxy, and one beside the entry
A='examples/agent-tool.sbx --given HOME=/home/ann --given project=/srv/app'
sbxc why $A write /home/ann/.ssh/authorized_keys
sbxc why $A read /home/ann/.aws/credentials
sbxc why $A connect tcp 169.254.169.254:80
sbxc why $A connect tcp github.com:443
sbxc why $A connect tcp github.com:22
cat >$tmp/p.sbx <<P
sbx 1
policy p {
    targets linux
    entry "/usr/bin/make"
    use std/base-system
    allow read exec "/usr/bin/gcc"
    deny syscall ioctl where cmd == TIOCSTI with kill
    never allow syscall ptrace because "it reads what others hold"
    never allow syscall @mount
}
P
sbxc why $tmp/p.sbx exec /opt/tool
sbxc why $tmp/p.sbx syscall ptrace
sbxc why $tmp/p.sbx syscall pivot_root
sbxc why $tmp/p.sbx syscall 'ioctl where cmd == TIOCSTI'
sbxc why $tmp/p.sbx syscall kexec_load
# every line that is proposed is one that compiles
grant() {
	sed "5a\\    $(sbxc why $tmp/p.sbx "$@" | sed -n 's/.*if it is meant: `\(.*\)` (this.*/\1/p')" $tmp/p.sbx >$tmp/granted.sbx
	sed -n 6p $tmp/granted.sbx
	sbxc why --exit-code $tmp/granted.sbx "$@"
}
grant exec /opt/tool
grant read write /opt/out
grant syscall kexec_load
