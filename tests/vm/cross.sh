#!/bin/bash
# cross.sh MACHINE - a compiler of static programs for another machine (machines.tsv), from Debian's packages (apt.sh), unpacked without root:
# prints a folder with `gcc`, `musl-gcc` and `objcopy`, which stand for what has these names here.
set -u
here=$(dirname "$(readlink -f "$0")")
. "$here/apt.sh"
machine=$1
read -r debian musl_suite < <(awk -F'\t' -v machine="$machine" '$2 == machine { print $1, $7 }' "$here/machines.tsv")
[[ -n ${debian:-} ]] || die "no compiler for $machine"
suite=bookworm triple=$machine-linux-gnu dir=$cache/cross-$machine

wrap() { # NAME WORDS...: a program in $dir/bin
	local name=$1
	shift
	printf '#!/bin/sh\nexec env %s "$@"\n' "$*" >"$dir/bin/$name" && chmod 755 "$dir/bin/$name"
}

can_fetch
if [[ ! -e $dir/bin/musl-gcc ]]; then
	rm -rf "$dir" && mkdir -p "$dir/bin" || die "cannot write $dir"
	suite_update "$suite"
	for package in "gcc-12-$triple" "cpp-12-$triple" "binutils-$triple" "libgcc-12-dev-$debian-cross" \
		"linux-libc-dev-$debian-cross" "libc6-$debian-cross" "libc6-dev-$debian-cross"; do
		unpack "$suite" "$package" "$dir/$package"
		cp -a "$dir/$package/usr" "$dir/" && rm -rf "${dir:?}/$package" || die "cannot write $dir"
	done
	(
		ARCH=$debian
		suite_update "$musl_suite"
		unpack "$musl_suite" musl-dev "$dir/musl-dev"
	) || exit 1
	musl=$dir/musl-dev/usr
	begins=$musl/lib/$machine-linux-musl/crt1.o
	[[ ! -e $here/start/$machine.c ]] || begins=$dir/start.o
	sed "s|/usr/include/|$musl/include/|g; s|/usr/lib/|$musl/lib/|g; s|%{!shared: [^}]*Scrt1.o}|$begins|; s|:[^ ]*/Scrt1.o}|:$begins}|; s|crtbeginS.o%s|crtbeginT.o%s|; s|crtendS.o%s|crtend.o%s|" \
		"$musl/lib/$machine-linux-musl/musl-gcc.specs" >"$dir/specs" || exit 1
	libraries=$(printf '%s:' "$dir"/usr/lib/*-linux-gnu)
	wrap objcopy "LD_LIBRARY_PATH=$libraries" "$dir/usr/bin/$triple-objcopy"
	wrap gcc "LD_LIBRARY_PATH=$libraries" "$dir/usr/bin/$triple-gcc-12"
	[[ ! -e $here/start/$machine.c ]] || "$dir/bin/gcc" -O1 -fno-pie -ffreestanding -c -o "$dir/start.o" "$here/start/$machine.c" || exit 1
	wrap musl-gcc "LD_LIBRARY_PATH=$libraries" "$dir/usr/bin/$triple-gcc-12" -specs "$dir/specs" -idirafter "$dir/usr/$triple/include"
fi
printf '%s\n' "$dir/bin"
