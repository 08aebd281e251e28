#!/bin/bash
# live.sh [KERNEL...] - runs the scripts of tests/live on each kernel (5.10, 6.1, 6.12 and 7.3 where none is named), in guests with
# Debian's userland (userland.sh), on the tree that was built here: one guest as root, one as a user. A script that ends its guest is a
# failure, and another guest goes on behind it.
#
# SCRIPTS="abis.sh compose.sh": these alone; WHO=user: as one of them alone. RESUME=1: only what has not passed yet with the same programs.
# SCRIPT_LIMIT=900, LIMIT=7200: seconds for a script and a guest. What was found stays in $B/vm/live.
set -u
. "$(dirname "$(readlink -f "$0")")/guests.sh"
[[ $named -gt 0 ]] || set -- 5.10 6.1 6.12 7.3
payload=$work/payload results=$B/vm/live
mkdir -p "$results"

make_payload() {
	local tool
	mkdir -p "$payload/tools" "$payload/src/build" && cp "$here/new-root.sh" "$payload/" && cp "$here/live-init.sh" "$payload/init" || return
	for tool in probe filter; do
		"${MUSL_CC:-musl-gcc}" -O1 -static -o "$payload/tools/$tool" "$top/tests/live/$tool.c" || return
	done
	# The sources, and what the build made of them with its dates, so that `make install` finds nothing to do.
	tar -C "$top" --exclude=./.git --exclude='./build*' -cf - . | tar -xf - -C "$payload/src" || return
	tar -C "$B" --exclude=./vm --exclude=./tests --exclude='./fuzz*' --exclude=./san --exclude=./clang -cf - . | tar -xf - -C "$payload/src/build" || return
	printf '%s\n' "${SCRIPT_LIMIT:-900}" >"$payload/script-limit"
	programs=$(cat "$B"/{sbxc,sbx-run,libsbx.a} | sha256sum)
}

# Of a console the scripts that passed.
passed() {
	awk '/^@@BEGIN / { print }
		/^@@SCRIPT / { text = "" }
		{ text = text $0 "\n" }
		/^@@DONE / && $3 == 0 && $4 < $5 { printf "%s", text }' "$1"
}

# What is to be run as WHO, a script a line, without what the console says the end of.
wanted() { # KERNEL WHO
	local script
	for script in "$top"/tests/live/*.sh; do
		script=${script##*/}
		[[ $script != lib-* && (-z ${SCRIPTS:-} || " $SCRIPTS " = *" $script "*) ]] || continue
		grep -q "^@@\(DONE\|LOST\) $2/$script\b" "$results/$1.console" || printf '%s/%s\n' "$2" "$script"
	done
}

# Guests until each script has ended, or has ended a guest.
live() { # KERNEL USERLAND
	local who last
	: >"$work/before"
	[[ -z ${RESUME:-} ]] || ! cmp -s <(printf '%s\n' "$programs") "$results/$1.programs" || passed "$results/$1.console" >"$work/before"
	cp "$work/before" "$results/$1.console" && printf '%s\n' "$programs" >"$results/$1.programs"
	for who in ${WHO:-root user}; do
		while wanted "$1" "$who" >"$payload/scripts" && [[ -s $payload/scripts ]]; do
			boot "$1" "$payload" "$2"
			cat "$work/console" >>"$results/$1.console"
			last=$(sed -n 's/^@@SCRIPT //p' "$work/console" | tail -n 1)
			[[ -n $last ]] || { printf 'FAIL vm %s: no guest came up: %s\n' "$1" "$(tail -n 1 "$work/log")" && status=1 && break; }
			grep -q '^@@END' "$work/console" || printf '\n@@LOST %s\n' "$last" | tee -a "$results/$1.console" | lines "$1"
		done
	done
	keep "$1" "$results" "$(awk '/^@@DONE / { n += $4 } END { print n + 0 }' "$results/$1.console")"
}

make_payload || exit 2
export MEMORY=3072 LIMIT=${LIMIT:-7200}
for id in "$@"; do
	get_kernel "$id" "$payload" || continue
	get_userland "$id" || continue
	live "$id" "$userland"
done
end
