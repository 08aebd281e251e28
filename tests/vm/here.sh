#!/bin/bash
# here.sh PAYLOAD - guest-differential.sh on this very kernel, where a policy takes a second and not a minute: in mount, pid and network
# namespaces of its own, over a root of busybox and the payload. Nothing of the machine but its kernel is in there. Takes root.
set -u
payload=$1 busybox=$SBX_VM_TOOLS/busybox-static/bin/busybox
root=$(mktemp -d) || exit 2
trap 'rmdir "$root"' EXIT
export payload busybox root
unshare -m -p -f -n --propagation private bash -c '
	mount -t tmpfs -o mode=755 root "$root" && cd "$root" || exit
	mkdir -p bin proc dev tmp run root home/user usr etc var t w old && cp "$busybox" bin/busybox && cp -a "$payload/." t/ || exit
	mknod -m 666 dev/null c 1 3 && mknod -m 666 dev/zero c 1 5 && mount -t proc proc proc || exit
	printf "root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/home/user:/bin/sh\n" >etc/passwd
	printf "root:x:0:\nuser:x:1000:\n" >etc/group
	chown 1000:1000 home/user && chmod 1777 tmp && pivot_root . old || exit
	export PATH=/bin:/t LC_ALL=C
	exec /bin/busybox sh -c "
		/bin/busybox --install -s /bin && umount -l /old && ip link set lo up || exit
		echo \"@@BEGIN \$(uname -r)\"
		echo @@SCRIPT guest-differential.sh
		sh /t/guest-differential.sh 2>&1
		echo \"@@DONE guest-differential.sh \$?\"
		echo @@END"'
