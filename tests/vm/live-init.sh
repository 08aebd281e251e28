#!/bin/bash
# live-init.sh - process 1 of a guest with Debian's userland: what a system mounts, then each script of tests/live as root and
# as `user` (uid 1000, in a leaf of the cgroup /sys/fs/cgroup/user, which is theirs). /t/scripts names them. Of what is
# done often a sample is: a process costs ten times as much here.
[[ $$ -eq 1 ]] || exit 1
export PATH=/usr/sbin:/usr/bin HOME=/root LC_ALL=C
# The first root cannot be changed for another, which private views do; one that is mounted over it can.
if [[ ! -e /run/moved ]]; then
	mount -t tmpfs run /run && touch /run/moved
	mount --rbind / /home && cd /home && mount --move . / && exec chroot . /init
fi
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/pts /dev/shm
mount -t devpts -o mode=620,ptmxmode=666 pts /dev/pts
mount -t tmpfs -o mode=1777 shm /dev/shm
mount -t tmpfs -o mode=1777 tmp /tmp
mount -t cgroup2 -o nsdelegate cgroup /sys/fs/cgroup
ln -sfn /proc/self/fd /dev/fd
chown 1000:1000 /home/user
for module in $(cat /t/modules.list); do
	busybox insmod "/t/$module.ko" || echo "no module $module"
done
busybox ip link set lo up
hostname guest
[[ ! -e /proc/sys/kernel/unprivileged_userns_clone ]] || echo 1 >/proc/sys/kernel/unprivileged_userns_clone
dmesg -n 1

cg=/sys/fs/cgroup
echo '+cpu +memory +pids +io' >$cg/cgroup.subtree_control
mkdir -p $cg/root $cg/user/session
chown 1000:1000 $cg/user{,/session}{,/cgroup.procs,/cgroup.threads,/cgroup.subtree_control}
as_root() { echo $BASHPID >$cg/root/cgroup.procs && exec "$@"; }
as_user() {
	echo $BASHPID >$cg/user/session/cgroup.procs &&
		HOME=/home/user USER=user exec setpriv --reuid 1000 --regid 1000 --clear-groups "$@"
}

echo "@@BEGIN $(uname -r)"
worst=0
cd /t/src || exit
export B=build FAULT_STEP=31 MANY=100 FEWER=20 PROBE=/t/tools/probe FILTER=/t/tools/filter
for who in root user; do
	while read -r script; do
		echo "@@SCRIPT $who/$script"
		SECONDS=0
		(as_"$who" timeout -k 5 900 "tests/live/$script" </dev/null 2>&1)
		code=$?
		echo "@@DONE $who/$script $code $SECONDS"
		[[ $code -eq 0 ]] || worst=$code
	done </t/scripts
done
echo "@@END $worst"
busybox poweroff -f
