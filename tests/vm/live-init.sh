#!/bin/bash
# live-init.sh - process 1 of a guest with Debian's userland: what a system mounts, then the scripts of tests/live that
# /t/scripts names, as root/SCRIPT or user/SCRIPT (uid 1000, in a leaf of the cgroup /sys/fs/cgroup/user, which is theirs). Of what is
# done often a sample is: a process costs ten times as much here.
[[ $$ -eq 1 ]] || exit 1
export PATH=/usr/sbin:/usr/bin HOME=/root LC_ALL=C
. /t/new-root.sh
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
echo '+cpu +memory +pids +io' >$cg/user/cgroup.subtree_control
chown 1000:1000 $cg/user{,/session}{,/cgroup.procs,/cgroup.threads,/cgroup.subtree_control}
as_root() { echo $BASHPID >$cg/root/cgroup.procs && exec "$@"; }
as_user() {
	echo $BASHPID >$cg/user/session/cgroup.procs &&
		HOME=/home/user USER=user exec setpriv --reuid 1000 --regid 1000 --clear-groups "$@"
}

echo "@@BEGIN $(uname -r)"
cd /t/src || exit
limit=$(</t/script-limit)
export B=build FAULT_STEP=53 CUT_STEP=41 RACES=40 MANY=40 FEWER=10 WIDE=40 PROBE=/t/tools/probe FILTER=/t/tools/filter
while IFS=/ read -r who script; do
	echo "@@SCRIPT $who/$script"
	SECONDS=0
	(as_"$who" timeout -k 5 "$limit" "tests/live/$script" </dev/null 2>&1)
	code=$?
	echo "@@DONE $who/$script $code $SECONDS $limit"
	[[ $SECONDS -lt $limit ]] || kill -9 -1 # what it has started would disturb the next
done </t/scripts
echo @@END
busybox poweroff -f
