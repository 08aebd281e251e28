#!/bin/bash
# boot.sh KERNEL-IMAGE PAYLOAD-DIR - boots the kernel under QEMU (software emulation, no devices but a serial console) with an
# initramfs of busybox, init.sh and the payload (at /t), and copies the console to stdout. Needs SBX_VM_TOOLS, the cache
# that fetch.sh fills. Code 0 when the guest reached its end, whatever its tests said; 1 otherwise. MEMORY (512) MiB, CPUS
# (1), LIMIT (1500) seconds.
set -u
here=$(dirname "$(readlink -f "$0")")
kernel=$1 payload=$2 tools=$SBX_VM_TOOLS
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
busybox=$tools/busybox-static/bin/busybox

mkdir -p "$work/root/bin" "$work/root/t" || exit 1
cp "$busybox" "$work/root/bin/busybox"
ln -s busybox "$work/root/bin/sh"
cp "$here/init.sh" "$work/root/init"
chmod 755 "$work/root/init"
cp -r "$payload/." "$work/root/t/"
# The module of the RAM disk, from beside the kernel, for limits on disks.
mkdir "$work/root/t/modules"
find "${kernel%%/boot/*}" "${kernel%/*}" -name 'brd.ko*' -exec cp {} "$work/root/t/modules/" \; -quit 2>/dev/null
[[ ! -e $work/root/t/modules/brd.ko.xz ]] || xz -d "$work/root/t/modules/brd.ko.xz"
(cd "$work/root" && find . | "$busybox" cpio -o -H newc 2>/dev/null) | gzip -1 >"$work/initramfs" || exit 1

LD_LIBRARY_PATH=$tools/lib timeout -k 5 "${LIMIT:-1500}" "$tools/qemu-system-x86/usr/bin/qemu-system-x86_64" \
	-L "$tools/qemu-system-data/usr/share/qemu" -L "$tools/seabios/usr/share/seabios" \
	-machine pc,accel=tcg -cpu max -m "${MEMORY:-512}" -smp "${CPUS:-1}" -nodefaults -no-user-config -display none \
	-serial stdio -monitor none -no-reboot -kernel "$kernel" -initrd "$work/initramfs" \
	-append "console=ttyS0 panic=-1 quiet rdinit=/init" </dev/null 2>"$work/err" | tr -d '\r' | tee "$work/console"
grep -q '^@@END' "$work/console" || {
	cat "$work/err" >&2
	exit 1
}
