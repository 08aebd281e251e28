# apt.sh - for the scripts beside it that get Debian's packages, without root and without touching the machine's own apt: its own lists,
# its own status file, the machine's own mirror and Debian's keyring. What is got stays in $cache: $SBX_VM_CACHE or
# ~/.cache/sbx-vm, outside the tree, kept between runs. ARCH (amd64) is the machine that packages are for.
cache=${SBX_VM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/sbx-vm}
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
ARCH=${ARCH:-amd64}

die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
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

# Where apt keeps what it knows of a suite.
state_of() {
	printf '%s/apt/%s%s' "$cache" "$1" "$([[ $ARCH = amd64 ]] || printf -- "-%s" "$ARCH")"
}

# apt with nothing of the machine's but its mirror; $1 is the suite.
private_apt() {
	local state
	state=$(state_of "$1")
	shift
	"$@" -o Dir::State="$state" -o Dir::State::status="$state/status" -o Dir::Cache="$state/cache" \
		-o Dir::Etc::sourcelist="$state/sources.list" -o Dir::Etc::sourceparts=/dev/null \
		-o Dir::Etc::preferencesparts=/dev/null -o APT::Architecture="$ARCH" -o APT::Architectures::="$ARCH" \
		-o APT::Sandbox::User= -o Acquire::Languages=none -o Debug::NoLocking=1 -o Acquire::Retries=2
}

suite_update() {
	local suite=$1 state
	state=$(state_of "$1")
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

# Packages can be had, and nobody else fetches at the same time.
can_fetch() {
	mkdir -p "$cache" || die "cannot write $cache"
	command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || die "no apt on this machine"
	[[ -e $keyring ]] || die "no Debian keyring"
	[[ -n $(mirror) ]] || die "apt's sources name no Debian mirror"
	exec 9>"$cache/.lock" && flock 9
}
