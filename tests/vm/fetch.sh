#!/bin/bash
# fetch.sh ID... - gets the kernels named (kernels.tsv), QEMU 10 and a static busybox from Debian's packages into the cache (apt.sh).
# Prints `qemu DIR`, `busybox FILE`, `kernel ID FILE` and `module ID NAME FILE`. Code 1 when something cannot be had.
set -u
here=$(dirname "$(readlink -f "$0")")
. "$here/apt.sh"

# Newer kernels have their modules in a package of their own. What a system loads by itself when it is asked for: here the
# guest is given it, what a module needs before it. Without them it does without, and says so.
wanted_modules=(overlay vsock af_alg libcrc32c udp_tunnel ip6_udp_tunnel sctp ib_core smc)
fetch_modules() { # ID SUITE
	local package name file dir=$cache/kernel-$1
	package=$(<"$dir/package")
	if [[ $package = linux-binary-* ]]; then
		dir=$cache/modules-$1
		[[ ! -e $dir.none ]] || return 0
		(suite_update "$2" && unpack "$2" "${package/binary/modules}" "$dir") ||
			{ touch "$dir.none" && return 0; } # the archive drops those of older kernels first
	fi
	for name in "${wanted_modules[@]}"; do
		file=$(find "$dir" -name "$name.ko*" -type f | head -n 1)
		[[ -z $file ]] || printf 'module %s %s %s\n' "$1" "$name" "$file"
	done
}

# What emulates another machine, what starts it, and what a guest of it begins with.
fetch_machine() {
	local qemu suite
	read -r qemu suite < <(awk -F'\t' -v debian="$ARCH" '$1 == debian { print $3, $7 }' "$here/machines.tsv")
	(
		ARCH=amd64
		unpack bookworm-backports "$qemu" "$cache/$qemu"
		[[ $qemu = *riscv ]] || exit 0
		unpack bookworm-backports opensbi "$cache/opensbi"
		ln -sf "$cache/opensbi/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_dynamic.bin" "$cache/$qemu/usr/share/qemu/opensbi-riscv64-generic-fw_dynamic.bin"
	) || exit 1
	suite_update "$suite"
	unpack "$suite" busybox-static "$cache/busybox-static-$ARCH"
	[[ -e $cache/busybox-static-$ARCH/bin ]] || ln -s usr/bin "$cache/busybox-static-$ARCH/bin"
}

fetch_kernel() {
	local id=$1 suite pattern package image ARCH
	read -r suite pattern ARCH < <(awk -F'\t' -v id="$id" '$1 == id { print $2, $3, $5 ? $5 : "amd64" }' "$here/kernels.tsv")
	[[ -n ${suite:-} ]] || die "kernels.tsv has no kernel $id"
	if [[ ! -d $cache/kernel-$id ]]; then
		suite_update "$suite"
		package=$(newest "$suite" "$pattern")
		[[ -n $package ]] || die "$suite has no package $pattern"
		unpack "$suite" "$package" "$cache/kernel-$id"
		printf '%s\n' "$package" >"$cache/kernel-$id/package"
	fi
	image=$(find "$cache/kernel-$id" \( -name 'vmlinuz*' -o -path '*/boot/vmlinux*' \) -type f | head -n 1)
	[[ -n $image ]] || die "no kernel image in $cache/kernel-$id"
	printf 'kernel %s %s\n' "$id" "$image"
	[[ $ARCH = amd64 ]] || fetch_machine
	fetch_modules "$id" "$suite"
}

# Libraries that QEMU asks for and a bare machine lacks; what it misses all the same is said by name.
libraries=(libcapstone4 libpmem1 libndctl6 libdaxctl1 libfdt1 librdmacm1 libibverbs1 libnl-3-200 libnl-route-3-200
	libslirp0 libvdeplug2 libfuse3-3 libaio1 liburing2 libpixman-1-0 libglib2.0-0 libpng16-16 libjpeg62-turbo libnuma1
	libseccomp2 libsasl2-2 libgnutls30 libnettle8 libhogweed6 libp11-kit0 libidn2-0 libunistring2 libtasn1-6 libffi8
	libpcre2-8-0 libkmod2 libzstd1 libbpf1 libelf1)

fetch_tools() {
	local missing
	if [[ ! -e $cache/tools ]]; then
		suite_update bookworm-backports
		suite_update bookworm
		for package in qemu-system-x86 qemu-system-data qemu-system-common; do
			unpack bookworm-backports "$package" "$cache/$package"
		done
		for package in seabios busybox-static "${libraries[@]}"; do
			unpack bookworm "$package" "$cache/$package"
		done
		rm -rf "$cache/lib" && mkdir "$cache/lib"
		for package in "${libraries[@]}"; do
			cp -a "$cache/$package"/usr/lib/x86_64-linux-gnu/*.so* "$cache/lib/" 2>/dev/null
			cp -a "$cache/$package"/lib/x86_64-linux-gnu/*.so* "$cache/lib/" 2>/dev/null
		done
		missing=$(LD_LIBRARY_PATH=$cache/lib ldd "$cache/qemu-system-x86/usr/bin/qemu-system-x86_64" | grep 'not found')
		[[ -z $missing ]] || die "QEMU lacks libraries: $missing"
		touch "$cache/tools"
	fi
	printf 'qemu %s\nbusybox %s\n' "$cache" "$cache/busybox-static/bin/busybox"
}

can_fetch
fetch_tools
for id in "$@"; do
	fetch_kernel "$id"
done
