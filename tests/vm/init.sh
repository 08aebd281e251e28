#!/bin/busybox sh
# init.sh - process 1 of a guest: mounts what a system mounts, then runs the guest scripts of the payload, as root; they
# change to `user` (uid 1000, cgroup /sys/fs/cgroup/user delegated to it) where they want. The host reads the console.
[ $$ = 1 ] || exit 1
export PATH=/bin:/t HOME=/root LC_ALL=C
/bin/busybox mkdir -p /proc /sys /dev /tmp /run /root /home/user /usr /etc /var
/bin/busybox --install -s /bin
# The first root cannot be changed for another, which private views do: everything moves to one that can.
if [ ! -e /moved ]; then
	mount -t tmpfs -o mode=755 root /usr
	cp -a /bin /t /init /usr/
	touch /usr/moved
	exec switch_root /usr /init
fi
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/pts /dev/shm
mount -t devpts pts /dev/pts
mount -t tmpfs -o mode=1777 tmp /tmp
mount -t tmpfs run /run
mount -t cgroup2 -o nsdelegate cgroup /sys/fs/cgroup
ln -sfn /proc/self/fd /dev/fd
ln -sfn bin /sbin
printf 'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/home/user:/bin/sh\n' >/etc/passwd
printf 'root:x:0:\nuser:x:1000:\n' >/etc/group
chown -R 0:0 /bin /etc /t /root 2>/dev/null
chown 1000:1000 /home/user
chmod 755 / /t
for module in $(cat /t/modules.list); do
	insmod "/t/$module.ko" || echo "no module $module"
done
ip link set lo up
hostname guest
# Kernels before 5.10.x of other distributions ask for this; where it is missing nothing is in the way.
[ ! -e /proc/sys/kernel/unprivileged_userns_clone ] || echo 1 >/proc/sys/kernel/unprivileged_userns_clone
dmesg -n 1

echo '+cpu +memory +pids +io' >/sys/fs/cgroup/cgroup.subtree_control
mkdir /sys/fs/cgroup/user
for f in . cgroup.procs cgroup.threads cgroup.subtree_control; do
	chown 1000:1000 "/sys/fs/cgroup/user/$f"
done

echo "@@BEGIN $(uname -r)"
worst=0
for script in /t/guest-*.sh; do
	echo "@@SCRIPT ${script##*/}"
	timeout 1800 sh "$script" </dev/null 2>&1
	code=$?
	echo "@@DONE ${script##*/} $code"
	[ "$code" -eq 0 ] || worst=$code
done
echo "@@END $worst"
poweroff -f
