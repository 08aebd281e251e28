# guests.sh - for run.sh, live.sh and systemd.sh: kernels are got and guests booted, and what these said on the console is told in
# lines that begin with the kernel. named: how many kernels the caller was given.
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")") named=$# status=0 retries=0
top=$(readlink -f "$here/../..")
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
case ${B:=build} in /*) ;; *) B=$top/$B ;; esac
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

# Debian for a guest. Sets userland.
get_userland() { # KERNEL
	userland=$("$here/userland.sh" 2>"$work/log") || { cannot "$1" "$(tail -n 1 "$work/log")"; return 1; }
}

# Of a console on stdin the lines with the kernel's name, as they come; what a script said before it broke is shown.
lines() { # KERNEL
	local line script=- label= what code seconds limit
	local -A said=() bad=()
	while IFS= read -r line; do
		case $line in
		"PASS "* | "FAIL "* | "SKIP "*)
			printf '%s vm %s %s\n' "${line%% *}" "$1" "$label${line#* }"
			said[$script]=1
			[[ $line != FAIL* ]] || bad[$script]=1
			;;
		"@@SCRIPT "*)
			script=${line#* } label=
			[[ $script != */* ]] || label="$script "
			;;
		"@@DONE "*)
			read -r _ what code seconds limit <<<"$line"
			if [[ -n $limit && $seconds -ge $limit ]]; then
				printf 'FAIL vm %s %s was not done after %s s\n' "$1" "$what" "$limit"
			elif [[ $code != 0 && -z ${bad[$what]:-} ]]; then
				printf 'FAIL vm %s %s ended with code %s\n' "$1" "$what" "$code"
			elif [[ -z ${said[$what]:-} ]]; then
				printf 'FAIL vm %s %s checked nothing\n' "$1" "$what"
			fi
			;;
		"@@LOST "*) printf 'FAIL vm %s %s ended its guest, or took all of its time\n' "$1" "${line#* }" ;;
		"@@"* | *"reboot: Power down"*) ;;
		*) [[ $script = - ]] || printf '     | %s\n' "$line" ;;
		esac
	done
}

# Boots, once more where the guest never came up; prints the lines as they come. $work/console is what it said.
boot() { # KERNEL PAYLOAD [USERLAND]
	local try
	for try in 1 2; do
		"$here/boot.sh" "$image" "$2" ${3:+"$3"} 2>"$work/log" | tee "$work/console" | lines "$1"
		! grep -q '^@@BEGIN' "$work/console" || return 0
		[[ $try -eq 2 ]] || retries=$((retries + 1))
	done
}

# Leaves in RESULTS/KERNEL.lines and KERNEL.run (version, ABI, date, seconds, the last change of sbx) what RESULTS/KERNEL.console says.
keep() { # KERNEL RESULTS SECONDS
	lines "$1" <"$2/$1.console" | sed "s/^\([A-Z]* \)vm $1 /\1/" >"$2/$1.lines"
	! grep -q '^FAIL' "$2/$1.lines" || status=1
	printf '%s\t%s\t%s\t%s\t%s\n' "$(sed -n 's/^@@BEGIN //p' "$2/$1.console" | head -n 1)" "$abi" "$(date +%F)" "$3" \
		"$(git -C "$top" log -1 --format=%h -- compiler backends grammar runtime policies 2>/dev/null)" >"$2/$1.run"
}

# One guest, from its start to its end.
guest() { # KERNEL PAYLOAD RESULTS [USERLAND]
	local start=$SECONDS
	mkdir -p "$3"
	boot "$1" "$2" ${4:+"$4"}
	cp "$work/console" "$3/$1.console"
	if ! grep -q '^@@END' "$work/console"; then
		printf 'FAIL vm %s: the guest did not reach its end: %s\n' "$1" "$(tail -qn 1 "$work/log" "$work/console" | tr '\n' ' ')"
		status=1
	fi
	keep "$1" "$3" $((SECONDS - start))
}

end() {
	[[ $retries -eq 0 ]] || printf '     | %s guests were started twice\n' "$retries"
	exit "$status"
}
