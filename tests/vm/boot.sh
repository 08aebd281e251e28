#!/bin/bash
# boot.sh KERNEL-IMAGE PAYLOAD-DIR [USERLAND] - boots the kernel under QEMU (software emulation, no devices but a serial console) with an
# initramfs of busybox or the archive USERLAND, the payload at /t, whose init is the first process, and copies the console to stdout.
# Needs SBX_VM_TOOLS, the cache that fetch.sh fills. Code 0 when the guest reached its end, whatever its tests said; 1
# otherwise. Mitigations for processors that are not there would take a fifth of the time; a busy host makes the timer look broken. MEMORY (512) MiB, CPUS (1), LIMIT (1500) seconds.
set -u
here=$(dirname "$(readlink -f "$0")")
kernel=$1 payload=$2 userland=${3:-} tools=$SBX_VM_TOOLS
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
busybox=$tools/busybox-static/bin/busybox
: "${MACHINE:=amd64}"
suffix=$([[ $MACHINE = amd64 ]] || printf -- "-%s" "$MACHINE")
IFS=$'\t' read -r _ _ package program emulates console _ < <(grep "^$MACHINE	" "$here/machines.tsv")

mkdir -p "$work/root/t" || exit 1
if [[ -z $userland ]]; then
	mkdir "$work/root/bin"
	cp "$tools/busybox-static${suffix}/bin/busybox" "$work/root/bin/busybox"
	ln -s busybox "$work/root/bin/sh"
fi
cp -a "$payload/." "$work/root/t/"
mv "$work/root/t/init" "$work/root/init" && chmod 755 "$work/root/init" || exit 1
# The module of the RAM disk, from beside the kernel or from its package of modules, for limits on disks.
mkdir "$work/root/t/modules"
of=${kernel#"$tools"/kernel-}
find "${kernel%%/boot/*}" "${kernel%/*}" "$tools/modules-${of%%/*}" -name 'brd.ko*' -exec cp {} "$work/root/t/modules/" \; -quit 2>/dev/null
[[ ! -e $work/root/t/modules/brd.ko.xz ]] || xz -d "$work/root/t/modules/brd.ko.xz"
{
	[[ -z $userland ]] || cat "$userland"
	(cd "$work/root" && find . | "$busybox" cpio -o -H newc -R 0:0 2>/dev/null)
} >"$work/initramfs" || exit 1

# shellcheck disable=SC2086
LD_LIBRARY_PATH=$tools/lib timeout -k 5 "${LIMIT:-1500}" "$tools/$package/usr/bin/$program" \
	-L "$tools/qemu-system-data/usr/share/qemu" -L "$tools/seabios/usr/share/seabios" \
	-L "$tools/$package/usr/share/qemu" $emulates -accel tcg -m "${MEMORY:-512}" -smp "${CPUS:-1}" -nodefaults -no-user-config -display none \
	-serial stdio -monitor none -no-reboot -kernel "$kernel" -initrd "$work/initramfs" \
	-append "console=$console panic=-1 quiet mitigations=off no_timer_check rdinit=/init" </dev/null 2>"$work/err" | sed -u 's|\r||g' | tee "$work/console"
grep -q '^@@END' "$work/console" || {
	cat "$work/err" >&2
	exit 1
}
