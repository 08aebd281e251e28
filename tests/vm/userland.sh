#!/bin/bash
# userland.sh - a Debian for guests that run what a busybox cannot: of this machine's own release, so that what was built here runs
# there, from its packages (apt.sh), unpacked without root and without their scripts. Prints the archive (cpio) that boot.sh puts
# before the payload.
set -u
here=$(dirname "$(readlink -f "$0")")
. "$here/apt.sh"

# What tests/live calls, what it compiles with, the programs that policies/examples confine, and a service manager.
packages=(base-files bash coreutils dash debianutils diffutils findutils grep gzip hostname sed tar util-linux procps mawk perl-base
	libc-bin login passwd mount strace gcc libc6-dev linux-libc-dev musl-tools binutils make pkg-config python3 libyaml-0-2
	busybox git ripgrep libcap2-bin systemd systemd-sysv dbus dbus-user-session libpam-systemd libpam-runtime libpam-modules)
suite=$(. /etc/os-release && [[ ${ID:-} = debian ]] && echo "${VERSION_CODENAME:-}")
root=$cache/userland.new archive=$cache/userland.cpio

# What the packages' scripts would have made.
configure() { # ROOT
	ln -sf gcc "$1/usr/bin/cc"
	ln -sf mawk "$1/usr/bin/awk"
	: >"$1/etc/machine-id"
	printf 'root:x:0:0:root:/root:/bin/bash\nmessagebus:x:101:101::/:/usr/sbin/nologin\nuser:x:1000:1000:user:/home/user:/bin/bash\n' >"$1/etc/passwd"
	printf 'root:x:0:\ntty:x:5:\nmessagebus:x:101:\nuser:x:1000:\n' >"$1/etc/group"
	printf 'root:*:19000::::::\nuser:*:19000::::::\n' >"$1/etc/shadow"
	mkdir -p "$1"/{usr/local/bin,home/user,root,proc,sys,dev,run,tmp,var/tmp}
	printf 'account required pam_permit.so\n' >"$1/etc/pam.d/common-account"
	printf 'password required pam_deny.so\n' >"$1/etc/pam.d/common-password"
	printf 'auth required pam_permit.so\n' >"$1/etc/pam.d/common-auth"
	printf 'session required pam_permit.so\nsession optional pam_systemd.so\n' | tee "$1/etc/pam.d/common-session" >"$1/etc/pam.d/common-session-noninteractive"
}

# What no test opens, and is half of it.
prune() { # ROOT
	rm -rf "$1"/usr/share/{doc,man,locale,info,lintian,perl,i18n,gcc,zoneinfo,bash-completion,zsh,python3/runtime.d}
	rm -rf "$1"/usr/lib/{udev/hwdb.d,x86_64-linux-gnu/perl,gcc/x86_64-linux-gnu/*/lto1} "$1"/usr/lib/gcc/x86_64-linux-gnu/*/*san*
	rm -rf "$1"/usr/lib/x86_64-linux-gnu/{gconv,*san.so*,libperl.so*} "$1"/usr/share/git-core/templates/hooks
}

# The packages with all they need, into apt's cache; prints the files.
get() {
	local words=(apt-get -q -y --no-install-recommends install "${packages[@]}") log
	log=$(state_of "$suite")/log
	private_apt "$suite" "${words[@]}" --download-only >"$log" 2>&1 || die "cannot get the userland of $suite: $(tail -n 1 "$log")"
	# what is there already has no line of --print-uris any more
	private_apt "$suite" "${words[@]}" --print-uris -o Dir::Cache::archives=/nonexistent 2>"$log" | awk '$1 ~ /^.http/ { print $2 }'
}

build() {
	local deb archives
	suite_update "$suite"
	archives=$(state_of "$suite")/cache/archives
	get >"$archive.list" && [[ -s $archive.list ]] || exit 1
	rm -rf "$root" && mkdir -p "$root"/usr/{bin,sbin,lib,lib64} && ln -s usr/{bin,sbin,lib,lib64} "$root/" || die "cannot write $root"
	while read -r deb; do
		dpkg-deb --fsys-tarfile "$archives/$deb" | tar -x --keep-directory-symlink --no-same-owner -C "$root" || die "cannot unpack $deb"
	done <"$archive.list"
	prune "$root"
	configure "$root"
	(cd "$root" && find . | LC_ALL=C sort | "$cache/busybox-static/bin/busybox" cpio -o -H newc -R 0:0 2>/dev/null) >"$archive.new" ||
		die "cannot write $archive"
	rm -rf "$root" && mv "$archive.new" "$archive" && made_of >"$archive.made-of"
}

# Anew when the release or this file is another.
made_of() { printf '%s\n' "$suite" && cat "$0"; }

[[ -n $suite ]] || die "this machine is no release of Debian"
can_fetch
[[ -e $archive ]] && made_of | cmp -s - "$archive.made-of" || build
printf '%s\n' "$archive"
