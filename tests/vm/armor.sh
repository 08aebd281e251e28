#!/bin/bash
# armor.sh OUT - the AppArmor profile `sbx-refused` in the kernel's form: programs below /t/armored may do everything but make user
# namespaces. The parser is that of Debian 13, the first with rules about them; it and its libraries come as packages (apt.sh) and are
# unpacked without root.
set -u
here=$(dirname "$(readlink -f "$0")")
. "$here/apt.sh"
suite=trixie dir=$cache/armor

can_fetch
if [[ ! -e $dir/apparmor ]]; then
	suite_update "$suite"
	for package in libc6 libgcc-s1 libstdc++6 apparmor; do # the last one says that all are there
		unpack "$suite" "$package" "$dir/$package"
	done
fi
libraries=$(printf '%s:' "$dir"/*/usr/lib/x86_64-linux-gnu)
profiles=$dir/apparmor/etc/apparmor.d
"$dir/libc6/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2" --library-path "$libraries" "$dir/apparmor/usr/sbin/apparmor_parser" \
	--config-file /dev/null --base "$profiles" --kernel-features "$profiles/abi/4.0" --skip-kernel-load --skip-cache --ofile "$1" <<'P'
abi <abi/4.0>,
profile sbx-refused /t/armored/* flags=(attach_disconnected) {
	allow capability,
	allow file,
	allow mount,
	allow network,
	allow pivot_root,
	allow ptrace,
	allow signal,
	allow umount,
	allow unix,
	deny userns,
}
P
