#!/bin/bash
# run.sh [KERNEL...] - runs every guest script on each kernel (ids of kernels.tsv) and prints PASS, FAIL and SKIP lines that
# begin with the kernel. What cannot be fetched (no network, no Debian) is a SKIP with its reason, unless the kernels
# were named: then it is a failure. One more try for a guest that never came up; the retries are counted.
#
# `here` is no guest: the random policies on the kernel of this machine (here.sh).
# FULL=1: the attacks under all plans, and 20 random policies instead of 8 (POLICIES=N; SEED). SCRIPTS="guest-a.sh guest-b.sh": these alone.
#
# What was found stays in $B/vm, for assurance.py: for each kernel KERNEL.lines, KERNEL.host (the predictions) and KERNEL.run
# (version, ABI, date, seconds, the last change of sbx), and expect.tsv for all of them.
set -u
. "$(dirname "$(readlink -f "$0")")/guests.sh"
results=$B/vm
mkdir -p "$results"
[[ $named -gt 0 ]] || set -- 6.1 6.12

# Makes, once for each machine, what its guests get. Sets payload.
prepare() { # KERNEL
	local machine
	machine=$(awk -F'\t' -v id="$1" 'FNR == NR { name[$1] = $2; next } $1 == id && $5 { print name[$5] }' "$here"/{machines,kernels}.tsv)
	payload=$work/payload$machine
	[[ ! -d $payload ]] || return 0
	SHORT=$([[ $named -gt 0 ]] || echo 1) "$here/payload.sh" "$payload" $machine >"$work/log" 2>&1 || {
		printf 'FAIL vm payload: %s\n' "$(tail -n 1 "$work/log")"
		exit 1
	}
	# The figures of the limits take a minute: where kernels are named, or LONG=1.
	[[ $named -gt 0 || -n ${LONG:-} ]] || rm "$payload/guest-limits.sh"
	for script in "$payload"/guest-*.sh; do
		[[ -z ${SCRIPTS:-} || " $SCRIPTS " = *" ${script##*/} "* ]] || rm "$script"
	done
	cp "$payload/escape-kit"/{expect.tsv,guarantees} "$results/"
}

# The random policies on this kernel; what they are compared with is said of it as of any other.
try_here() {
	local start=$SECONDS host
	[[ $(id -u) -eq 0 ]] || { cannot here "namespaces of its own take root" && return; }
	"$here/fetch.sh" >"$work/fetched" 2>"$work/log" || { cannot here "$(tail -n 1 "$work/log")" && return; }
	SBX_VM_TOOLS=$(sed -n 's/^qemu //p' "$work/fetched")
	abi=$("$payload/abi")
	printf '%s\n' "$abi" >"$payload/landlock-abi"
	host=kernel=$(uname -r | cut -d. -f1-2),landlock=${abi/#0/none},cgroup=none
	grep -qw overlay /proc/filesystems || host+=,overlay=no
	"$here/../escape/hosts.sh" "$payload/differential" "$host" >"$payload/differential/host"
	"$here/here.sh" "$payload" 2>&1 | tee "$results/here.console" | lines here
	grep -q '^@@END' "$results/here.console" || { echo "FAIL vm here: not done to its end" && status=1; }
	keep here "$results" $((SECONDS - start))
	cp "$payload/differential/host" "$results/here.host"
}

for id in "$@"; do
	prepare "$id"
	[[ $id != here ]] || { try_here; continue; }
	get_kernel "$id" "$payload" || continue
	# Where the archive has no modules any more there is no overlayfs, and that is predicted too.
	host=kernel=${id##*-},landlock=${abi/#0/none},cgroup=cpu+memory+pids+io
	[[ -e $payload/overlay.ko ]] || host+=,overlay=no
	for part in escape-kit differential; do
		"$here/../escape/hosts.sh" "$payload/$part" "$host" >"$payload/$part/host"
	done
	guest "$id" "$payload" "$results"
	cp "$payload/escape-kit/host" "$results/$id.host"
done
end
