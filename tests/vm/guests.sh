# guests.sh - for run.sh, live.sh and systemd.sh: kernels are got and guests booted, and what these said on the console is told in
# lines that begin with the kernel. $here, $work and $named are the caller's.
status=0 retries=0
case ${B:=build} in /*) ;; *) B=$(readlink -f "$here/../..")/$B ;; esac
export SBX_VM_TOOLS MACHINE

cannot() { # KERNEL REASON: a kernel that was named must be there
	if [[ $named -gt 0 ]]; then
		printf 'FAIL vm %s: %s\n' "$1" "$2"
		status=1
	else
		printf 'SKIP vm %s: %s\n' "$1" "$2"
	fi
}

# Fetches the kernel and gives PAYLOAD its modules and what ABI of Landlock it must have. Sets image, abi and MACHINE.
get_kernel() { # KERNEL PAYLOAD
	local module file
	if ! "$here/fetch.sh" "$1" >"$work/fetched" 2>"$work/log"; then
		cannot "$1" "$(tail -n 1 "$work/log")"
		return 1
	fi
	SBX_VM_TOOLS=$(sed -n 's/^qemu //p' "$work/fetched")
	image=$(sed -n "s/^kernel $1 //p" "$work/fetched")
	read -r abi MACHINE < <(awk -F'\t' -v id="$1" '$1 == id { print $4, $5 ? $5 : "amd64" }' "$here/kernels.tsv")
	printf '%s\n' "$abi" >"$2/landlock-abi"
	rm -f "$2"/*.ko
	: >"$2/modules.list"
	while read -r _ _ module file; do
		case $file in
		*.xz) xz -dc "$file" ;;
		*.zst) zstd -dcq "$file" ;;
		*) cat "$file" ;;
		esac >"$2/$module.ko"
		printf '%s\n' "$module" >>"$2/modules.list"
	done < <(grep "^module $1 " "$work/fetched")
}

# The lines of one console, with the kernel's name; what a script said before it broke is shown.
lines() { # KERNEL CONSOLE
	awk -v kernel="$1" '
	/^@@SCRIPT / { script = $2; label = script ~ /\// ? script " " : "" }
	/^(PASS|FAIL|SKIP) / { word = $1; sub(/^[A-Z]+ /, ""); print word, "vm", kernel, label $0; n[script]++; if (word == "FAIL") bad[script] = 1; next }
	/^@@DONE / {
		if ($3 != 0 && !($2 in bad)) print "FAIL vm", kernel, $2 " ended with code " $3
		else if (!n[$2]) print "FAIL vm", kernel, $2 " checked nothing"
		next
	}
	!/^@@/ && !/reboot: Power down/ { print "     | " $0 }' "$2"
}

# Boots, once more where the guest never came up; prints the lines and leaves them in RESULTS/KERNEL.lines, and the version, ABI, date
# and seconds in RESULTS/KERNEL.run.
guest() { # KERNEL PAYLOAD RESULTS [USERLAND]
	local id=$1 start=$SECONDS
	mkdir -p "$3"
	"$here/boot.sh" "$image" "$2" ${4:+"$4"} >"$work/console" 2>"$work/log"
	if ! grep -q '^@@BEGIN' "$work/console"; then
		retries=$((retries + 1))
		"$here/boot.sh" "$image" "$2" ${4:+"$4"} >"$work/console" 2>"$work/log"
	fi
	cp "$work/console" "$3/$id.console"
	lines "$id" "$work/console" | tee "$work/lines"
	if ! grep -q '^@@END' "$work/console"; then
		printf 'FAIL vm %s: the guest did not reach its end: %s\n' "$id" "$(tail -n 1 "$work/log")"
		status=1
	fi
	! grep -q '^FAIL' "$work/lines" || status=1
	sed "s/^\([A-Z]* \)vm $id /\1/" "$work/lines" >"$3/$id.lines"
	printf '%s\t%s\t%s\t%s\n' "$(sed -n 's/^@@BEGIN //p' "$work/console")" "$abi" "$(date +%F)" $((SECONDS - start)) >"$3/$id.run"
}

end() {
	[[ $retries -eq 0 ]] || printf '     | %s guests were started twice\n' "$retries"
	exit "$status"
}
