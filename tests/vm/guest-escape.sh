# guest-escape.sh - the attacks of tests/escape under every plan of the payload, as root and as a user, in a cgroup that is
# delegated to them: what `sbxc check --for` and `sbxc why` said on the host must be what this kernel does.
. /t/lib.sh
mkdir -p /srv/private /opt/tools/private /run/user/0/egress /run/user/1000/egress /root/.ssh /root/.cache /home/user/.ssh /home/user/.cache
touch /srv/a.txt /run/srv.sock /run/user/0/egress/egress.sock /run/user/1000/egress/egress.sock
chown -R 1000:1000 /run/user/1000 /home/user /srv /opt/tools
[ ! -e /proc/sys/kernel/yama/ptrace_scope ] || echo 0 >/proc/sys/kernel/yama/ptrace_scope
[ ! -e /proc/sys/kernel/io_uring_disabled ] || echo 0 >/proc/sys/kernel/io_uring_disabled
echo 3 >/proc/sys/net/ipv4/tcp_fastopen
echo 0 2147483647 >/proc/sys/net/ipv4/ping_group_range
echo 0 >/proc/sys/kernel/dmesg_restrict
[ ! -e /proc/sys/dev/tty/legacy_tiocsti ] || echo 1 >/proc/sys/dev/tty/legacy_tiocsti
[ ! -e /proc/sys/kernel/perf_event_paranoid ] || echo 1 >/proc/sys/kernel/perf_event_paranoid
[ ! -e /proc/sys/kernel/unprivileged_bpf_disabled ] || echo 0 >/proc/sys/kernel/unprivileged_bpf_disabled 2>/dev/null
mkdir -p /w && chmod 1777 /w
plans=$(cat /t/escape-kit/names)
# Attacks by calls of i386 and x32 exist on x86_64 alone.
/t/escape list >/tmp/attacks
for name in $(grep -v '^#' /t/escape-kit/attacks.tsv | cut -f1 | grep -vxFf /tmp/attacks); do
	skip "escape $name" "no attack of this machine"
	for table in attacks expect; do
		awk -F'\t' -v name="$name" '$1 != name && $2 != name' /t/escape-kit/$table.tsv >/tmp/table && cp /tmp/table /t/escape-kit/$table.tsv
	done
done

# In a leaf of what is delegated, as service managers put their processes.
mkdir /sys/fs/cgroup/user/leaf
chown -R 1000:1000 /sys/fs/cgroup/user/leaf
# What only root can try has its control by root, who tries it bare where no plan is his.
grep -q root /t/escape-kit/users || sh /t/escape-kit/attempt.sh /t/escape-kit /w/w 38471 /t/escape /t/sbx-run root /t/escape-kit/host || failed=1
for who in $(cat /t/escape-kit/users); do
	[ $who = root ] || echo $$ >/sys/fs/cgroup/user/leaf/cgroup.procs
	as=$(if [ $who = user ]; then echo 'su -s /bin/sh user -c'; else echo 'sh -c'; fi)
	$as "exec sh /t/escape-kit/attempt.sh /t/escape-kit /w/w 38471 /t/escape /t/sbx-run $who /t/escape-kit/host $(echo $plans)" || failed=1
done
echo $$ >/sys/fs/cgroup/cgroup.procs
rmdir /sys/fs/cgroup/user/leaf
finish
