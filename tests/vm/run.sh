#!/bin/bash
# run.sh [KERNEL...] - runs every guest script on each kernel (ids of kernels.tsv) and prints PASS, FAIL and SKIP lines that
# begin with the kernel. What cannot be fetched (no network, no Debian) is a SKIP with its reason, unless the kernels
# were named: then it is a failure. One more try for a guest that never came up; the retries are counted.
#
# FULL=1: the attacks under all plans, and more random policies. SCRIPTS="guest-a.sh guest-b.sh": these alone.
#
# What was found stays in $B/vm, for docs/assurance.sh: for each kernel KERNEL.lines, KERNEL.host (the predictions) and KERNEL.run
# (version, date, seconds), and expect.tsv for all of them.
set -u
here=$(dirname "$(readlink -f "$0")")
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
status=0 retries=0
named=$#
case ${B:=build} in /*) ;; *) B=$here/../../$B ;; esac
results=$B/vm
mkdir -p "$results"
[[ $named -gt 0 ]] || set -- 6.1 6.12

cannot() { # KERNEL REASON
	if [[ $named -gt 0 ]]; then
		printf 'FAIL vm %s: %s\n' "$1" "$2"
		status=1
	else
		printf 'SKIP vm %s: %s\n' "$1" "$2"
	fi
}

# The lines of one console, with the kernel's name; what a script said before it broke is shown.
report() { # KERNEL CONSOLE
	awk -v kernel="$1" '
	/^@@SCRIPT / { script = $2 }
	/^(PASS|FAIL|SKIP) / { word = $1; sub(/^[A-Z]+ /, ""); print word, "vm", kernel, $0; n[script]++; if (word == "FAIL") bad[script] = 1; next }
	/^@@DONE / {
		if ($3 != 0 && !($2 in bad)) print "FAIL vm", kernel, $2 " ended with code " $3
		else if (!n[$2]) print "FAIL vm", kernel, $2 " checked nothing"
		next
	}
	!/^@@/ && !/reboot: Power down/ { print "     | " $0 }' "$2"
}

SHORT=$([[ $named -gt 0 ]] || echo 1) "$here/payload.sh" "$work/payload" >"$work/log" 2>&1 || {
	printf 'FAIL vm payload: %s\n' "$(tail -n 1 "$work/log")"
	exit 1
}
# The figures of the limits take a minute: where kernels are named, or LONG=1.
[[ $named -gt 0 || -n ${LONG:-} ]] || rm "$work/payload/guest-limits.sh"
for script in "$work/payload"/guest-*.sh; do
	[[ -z ${SCRIPTS:-} || " $SCRIPTS " = *" ${script##*/} "* ]] || rm "$script"
done
cp "$work/payload/escape-kit/expect.tsv" "$results/"
for id in "$@"; do
	if ! "$here/fetch.sh" "$id" >"$work/fetched" 2>"$work/log"; then
		cannot "$id" "$(tail -n 1 "$work/log")"
		continue
	fi
	export SBX_VM_TOOLS
	SBX_VM_TOOLS=$(sed -n 's/^qemu //p' "$work/fetched")
	image=$(sed -n "s/^kernel $id //p" "$work/fetched")
	awk -F'\t' -v id="$id" '$1 == id { print $4 }' "$here/kernels.tsv" >"$work/payload/landlock-abi"
	rm -f "$work/payload"/*.ko
	while read -r _ _ module file; do
		case $file in
		*.xz) xz -dc "$file" ;;
		*.zst) zstd -dcq "$file" ;;
		*) cat "$file" ;;
		esac >"$work/payload/$module.ko"
	done < <(grep "^module $id " "$work/fetched")
	abi=$(<"$work/payload/landlock-abi")
	for part in escape-kit differential; do
		"$here/../escape/hosts.sh" "$work/payload/$part" "kernel=$id,landlock=${abi/#0/none},cgroup=cpu+memory+pids+io" \
			>"$work/payload/$part/host"
	done
	start=$SECONDS
	"$here/boot.sh" "$image" "$work/payload" >"$work/console" 2>"$work/log"
	if ! grep -q '^@@BEGIN' "$work/console"; then
		retries=$((retries + 1))
		"$here/boot.sh" "$image" "$work/payload" >"$work/console" 2>"$work/log"
	fi
	report "$id" "$work/console" | tee "$work/lines"
	if ! grep -q '^@@END' "$work/console"; then
		printf 'FAIL vm %s: the guest did not reach its end: %s\n' "$id" "$(tail -n 1 "$work/log")"
		status=1
	fi
	! grep -q '^FAIL' "$work/lines" || status=1
	sed "s/^\([A-Z]* \)vm $id /\1/" "$work/lines" >"$results/$id.lines"
	cp "$work/payload/escape-kit/host" "$results/$id.host"
	printf '%s\t%s\t%s\t%s\n' "$(sed -n 's/^@@BEGIN //p' "$work/console")" "$abi" "$(date +%F)" $((SECONDS - start)) >"$results/$id.run"
done
[[ $retries -eq 0 ]] || printf '     | %s guests were started twice\n' "$retries"
exit $status
