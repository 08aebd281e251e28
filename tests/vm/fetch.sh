#!/bin/bash
# fetch.sh ID... - gets the kernels named (kernels.tsv), QEMU 10 and a static busybox from Debian's packages into the cache,
# without root and without touching the machine's own apt: its own lists, its own status file, the machine's own mirror and
# Debian's keyring. Prints `qemu DIR`, `busybox FILE`, `kernel ID FILE` and `module ID NAME FILE`. Code 1 when something
# cannot be had.
#
# The cache is $SBX_VM_CACHE, or ~/.cache/sbx-vm: outside the tree, kept between runs.
set -u
here=$(dirname "$(readlink -f "$0")")
cache=${SBX_VM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/sbx-vm}
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

die() {
	printf 'fetch.sh: %s\n' "$*" >&2
	exit 1
}

# The mirror that this machine installs Debian from.
mirror() {
	{
		cat /etc/apt/sources.list.d/*.sources 2>/dev/null |
			awk '/^URIs:/ { for (i = 2; i <= NF; i++) print $i }'
		cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
			awk '$1 == "deb" { for (i = 2; i <= NF; i++) if ($i ~ /:\/\//) { print $i; break } }'
	} | grep -E '/debian/?$' | head -n 1
}

# apt with nothing of the machine's but its mirror; $1 is the suite.
private_apt() {
	local suite=$1 state=$cache/apt/$1
	shift
	"$@" -o Dir::State="$state" -o Dir::State::status="$state/status" -o Dir::Cache="$state/cache" \
		-o Dir::Etc::sourcelist="$state/sources.list" -o Dir::Etc::sourceparts=/dev/null \
		-o Dir::Etc::preferencesparts=/dev/null -o APT::Architecture=amd64 -o APT::Architectures::=amd64 \
		-o APT::Sandbox::User= -o Acquire::Languages=none -o Debug::NoLocking=1 -o Acquire::Retries=2
}

suite_update() {
	local suite=$1 state=$cache/apt/$1
	[[ -e $state/updated ]] && return
	mkdir -p "$state/lists/partial" "$state/cache/archives/partial" || die "cannot write $state"
	: >"$state/status"
	printf 'deb [signed-by=%s] %s %s main\n' "$keyring" "$(mirror)" "$suite" >"$state/sources.list"
	private_apt "$suite" apt-get -q update >"$state/log" 2>&1 && grep -q "^Get\|^Hit" "$state/log" ||
		die "no package lists of $suite: $(tail -n 1 "$state/log")"
	touch "$state/updated"
}

# unpack SUITE PACKAGE DIR: the newest package into a folder that is there whole or not at all.
unpack() {
	local suite=$1 package=$2 dir=$3 deb
	[[ -d $dir ]] && return
	rm -rf "$dir.new" && mkdir -p "$dir.new" || die "cannot write $dir"
	(cd "$dir.new" && private_apt "$suite" apt-get -q download "$package" >log 2>&1) ||
		die "cannot get $package of $suite: $(tail -n 1 "$dir.new/log")"
	for deb in "$dir.new"/*.deb; do
		dpkg-deb -x "$deb" "$dir.new" || die "cannot unpack $deb"
	done
	rm -f "$dir.new"/*.deb && mv "$dir.new" "$dir"
}

# The newest package of the suite whose name matches.
newest() {
	private_apt "$1" apt-cache search --names-only "^$2\$" | awk '{ print $1 }' | sort -V | tail -n 1
}

# Newer kernels have their modules in a package of their own. What a system loads by itself when it is asked for: here the
# guest is given it. Without them it does without, and says so.
wanted_modules=(overlay vsock af_alg)
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

fetch_kernel() {
	local id=$1 suite pattern package image
	read -r suite pattern < <(awk -F'\t' -v id="$id" '$1 == id { print $2, $3 }' "$here/kernels.tsv")
	[[ -n ${suite:-} ]] || die "kernels.tsv has no kernel $id"
	if [[ ! -d $cache/kernel-$id ]]; then
		suite_update "$suite"
		package=$(newest "$suite" "$pattern")
		[[ -n $package ]] || die "$suite has no package $pattern"
		unpack "$suite" "$package" "$cache/kernel-$id"
		printf '%s\n' "$package" >"$cache/kernel-$id/package"
	fi
	image=$(find "$cache/kernel-$id" -name 'vmlinuz*' -type f | head -n 1)
	[[ -n $image ]] || die "no kernel image in $cache/kernel-$id"
	printf 'kernel %s %s\n' "$id" "$image"
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

mkdir -p "$cache" || die "cannot write $cache"
command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || die "no apt on this machine"
[[ -e $keyring ]] || die "no Debian keyring"
[[ -n $(mirror) ]] || die "apt's sources name no Debian mirror"
exec 9>"$cache/.lock" && flock 9
fetch_tools
for id in "$@"; do
	fetch_kernel "$id"
done
