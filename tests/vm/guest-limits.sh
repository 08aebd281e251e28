# guest-limits.sh - each limit of the whole job changes what can be seen, with figures: memory, swap, processes, processor, its weight,
# disks, time, also when the clock is set; the end of a job on kernels without cgroup.kill, and behind a filter without clone3.
. /t/lib.sh
CG=/sys/fs/cgroup
PLAN=/t/plans/figures
job() { # SETTINGS COMMAND...: rc, out, err and the report
	settings=
	for s in $1; do settings="$settings --set $s"; done
	shift
	rm -f /tmp/report
	# shellcheck disable=SC2086
	/t/sbx-run --report /tmp/report $settings $PLAN -- "$@" >/tmp/out 2>/tmp/err
	rc=$? out=$(cat /tmp/out) err=$(grep -v "sbx-run: note: .* preferred" /tmp/err)
}
told() { sed -n "s/.*\"$1\":\"*\([a-z0-9.-]*\).*/\1/p" /tmp/report; } # a value of the report
ms() { awk '{ printf "%d", $1 * 1000 }' /proc/uptime; }
left() { find $CG -name 'sbx-*' | wc -l; }
named() { for p in /proc/[0-9]*; do [ "$(cat "$p/comm" 2>/dev/null)" != "$1" ] || echo "${p#/proc/}"; done | wc -l; }
between() { # NAME VALUE LOW HIGH UNIT
	if [ "${2:-x}" -ge "$3" ] 2>/dev/null && [ "$2" -le "$4" ]; then pass "$1: $2 $5"; else fail "$1" "$2 $5, wanted $3 to $4; $rc $out $err"; fi
}

job "" /bin/true
if [ "$rc" != 0 ]; then
	fail "the plan starts" "$rc $err"
	finish
fi

# ---- memory: what fits and what does not, by the same program
hog() { job "$1" /bin/sh -c 'dd if=/dev/zero of=/dev/null bs=40M count=1 2>/dev/null; echo lived'; }
hog memory=64MiB
is "memory: 40 MB live in 64 MiB" "$rc $out $(told oom_kills)" "0 lived 0"
[ ! -e $CG/user/memory.peak ] || between "memory: its peak" "$(told memory_peak_bytes)" 40000000 67108864 bytes
hog memory=24MiB
is "memory: and are killed in 24 MiB" "$rc $out $(told limit)" "137  memory"
between "memory: kills" "$(told oom_kills)" 1 9 processes
[ ! -e $CG/user/memory.peak ] || between "memory: the peak stays below" "$(told memory_peak_bytes)" 20000000 25165824 bytes

# ---- processes
forks() { job "$1" /bin/sh -c 'for i in 1 2 3 4 5 6 7 8 9 10 11 12; do sleep 2 & done; wait'; }
forks pids=50
is "pids: 12 children of a shell fit in 50" "$(told pids_refused) $err" "0 "
forks pids=8
between "pids: refused in 8" "$(told pids_refused)" 1 99 forks
[ ! -e $CG/user/pids.peak ] || is "pids: never more" "$(told pids_peak)" 8
is "pids: nothing left" "$(left) $(named sleep)" "0 0"

# ---- live usage of the whole job
/t/sbx-run --watch $PLAN -- /bin/sh -c 'sleep 6 & sleep 6 & sleep 6 & wait' 2>/tmp/err
line=$(grep ' s, job: ' /tmp/err | tail -n 1)
between "watch: processes of the job" "$(sed -n 's/.* s, job: .* processes \([0-9]*\)$/\1/p' /tmp/err | sort -n | tail -n 1)" 4 6 processes
case $line in *" cpu "*" s memory "*" MiB processes "*) pass "watch: and what they use: ${line#sbx-run: note: }" ;; *) fail "watch" "$(cat /tmp/err)" ;; esac
/t/sbx-run $PLAN -- /bin/sleep 2 2>/tmp/err
is "watch: control: nothing is said without the option" "$(grep -c ' s, job: ' /tmp/err)" 0

# ---- processor: what a loop gets in two seconds, alone and of one beside it
share() { echo $((($(told cpu_user_us) + $(told cpu_system_us)) / ($(told wall_us) / 100))); }
spin() { job "$1" /bin/sh -c 'while :; do :; done & sleep 2; kill $!'; }
spin cpu=100%
between "cpu: without a limit worth the name" "$(share)" 40 105 percent
spin cpu=20%
between "cpu: 20%" "$(share)" 12 25 percent
weighted() { # the second starts a little later, and runs alone at the end
	for w in 20 200; do
		/t/sbx-run --report /tmp/weight-$w --set weight=$1 --set time=6s $PLAN -- /bin/sh -c 'while :; do :; done' 2>/dev/null &
		shift
	done
	wait
	for w in 20 200; do cp /tmp/weight-$w /tmp/report; eval "w$w=$(share)"; done
}
if [ "$(grep -c ^processor /proc/cpuinfo)" = 1 ]; then
	weighted 100 100
	between "cpu-weight: control: equal weights, the first gets" "$((w20 * 100 / (w20 + w200)))" 40 60 "percent of both"
	weighted 20 200
	between "cpu-weight: 20 beside 200 gets" "$((w20 * 100 / (w20 + w200)))" 4 30 "percent of both"
fi

# ---- disks: a RAM disk, read and written directly
if [ -e /t/modules/brd.ko ] && insmod /t/modules/brd.ko rd_nr=1 rd_size=65536 2>/tmp/err && [ -b /dev/ram0 ]; then
	moved() { # SETTING MIB DD-WORDS...: KiB a second, the start counted
		setting=$1 mib=$2
		shift 2
		t=$(ms)
		job "$setting" dd "$@" bs=64k count=$((mib * 16))
		t=$(($(ms) - t))
		speed=$((rc == 0 ? mib * 1024 * 1000 / (t > 0 ? t : 1) : 0))
	}
	moved rate=1GiB 40 if=/dev/ram0 of=/dev/null iflag=direct
	between "io-read: without a limit worth the name" "$speed" 2500 99999999 KiB/s
	moved rate=1MiB 4 if=/dev/ram0 of=/dev/null iflag=direct
	between "io-read: 1 MiB/s" "$speed" 700 1300 KiB/s
	moved rate=1GiB 40 if=/dev/zero of=/dev/ram0 oflag=direct conv=notrunc
	between "io-write: without a limit worth the name" "$speed" 2500 99999999 KiB/s
	moved rate=1MiB 4 if=/dev/zero of=/dev/ram0 oflag=direct conv=notrunc
	between "io-write: 1 MiB/s" "$speed" 700 1300 KiB/s

	# swapped to it
	if mkswap /dev/ram0 >/dev/null 2>&1 && swapon /dev/ram0 2>/dev/null; then
		hog "memory=24MiB swap=60MiB"
		is "swap: 40 MB live in 24 MiB and 60 MiB of swap" "$rc $out" "0 lived"
		hog "memory=24MiB swap=1MiB"
		is "swap: and are killed with 1 MiB of it" "$rc $out $(told limit)" "137  memory"
		swapoff /dev/ram0
	else
		skip "swap" "this kernel swaps to no RAM disk"
	fi
else
	skip "io-read, io-write, swap" "no RAM disk: $([ -e /t/modules/brd.ko ] && cat /tmp/err || echo "the module is not in this kernel's package")"
fi

# ---- time, and a clock that is set. Not before; and how long after is the machine's business, but never the 30 s of the program.
timed() { # SETTING COMMAND...
	t=$(ms)
	job "$@"
	t=$(($(ms) - t))
}
timed time=2s sleep 30
is "wall: 124" "$rc $(told limit)" "124 wall"
between "wall: 2 s" "$t" 1950 20000 ms
now=$(date +%s)
(sleep 1; date -s "@$((now + 86400))" >/dev/null) &
timed time=3s sleep 30
wait
between "wall: 3 s, and the clock is set a day forward" "$t" 2950 20000 ms
now=$(date +%s)
(sleep 1; date -s "@$((now - 172800))" >/dev/null) &
timed time=3s sleep 30
wait
between "wall: 3 s, and the clock is set two days back" "$t" 2950 20000 ms

# ---- output
flood() { job "$1" /bin/sh -c 'head -c 200000 /dev/zero; echo; echo lived >&2'; }
flood bytes=1MiB
is "output: control: 200 KB in 1 MiB" "$rc $err" "0 lived"
flood bytes=100KiB
is "output: ended, and not a byte more than 100 KiB" "$rc $(wc -c </tmp/out) $(told limit)" "124 102400 output"

# ---- the end of a job that forks while it is ended
cat >/t/forking.sh <<'E2'
trap '' TERM INT HUP
for i in 1 2 3; do
	while :; do sleep 77 & sleep 0.02; done &
done
wait
E2
job time=2s /bin/sh /t/forking.sh
how=$([ -e $CG/user/cgroup.kill ] && echo cgroup.kill || echo "freeze and kill")
is "a job that forks is ended by $how: nothing is left" "$rc $(left) $(named sleep)" "124 0 0"
# Killed itself, its guard does the same.
/t/sbx-run $PLAN -- /bin/sh -c '(setsid sleep 78 &); sleep 79' &
sleep 1
is "control: two run" "$(named sleep)" 2
kill -9 $!
n=0
while [ "$(left) $(named sleep)" != "0 0" ] && [ $n -lt 50 ]; do n=$((n + 1)); sleep 0.1; done
is "a killed supervisor leaves nothing, by $how" "$(left) $(named sleep)" "0 0"

# ---- behind a filter that does not know clone3: the program is moved into its cgroup before its first instruction
inside() { sed -n 's/^0:://p'; }
job "" /bin/cat /proc/self/cgroup
case $(echo "$out" | inside) in */sbx-job-*) pass "control: born in its cgroup" ;; *) fail "control: born in its cgroup" "$out" ;; esac
/t/filter run clone3=ENOSYS -- /t/sbx-run $PLAN -- /bin/cat /proc/self/cgroup >/tmp/out 2>/tmp/err
case $(inside </tmp/out) in */sbx-job-*) pass "without clone3: moved into its cgroup" ;; *) fail "without clone3" "$(cat /tmp/out /tmp/err)" ;; esac
is "without clone3: nothing left" "$(left)" 0

# ---- the library says the same
if [ -x /t/jobs ]; then
	/t/jobs one $PLAN memory=24MiB /bin/sh -c 'dd if=/dev/zero of=/dev/null bs=40M count=1 2>/dev/null; echo lived' >/tmp/out 2>/tmp/err
	case $(cat /tmp/out) in
	*"exited 0 code 0 signal 9 limit memory"*"cpu-of job memory-of "*'"limit":"memory"'*) pass "libsbx: limit memory is what ended it" ;;
	*) fail "libsbx: limit memory" "$(cat /tmp/out /tmp/err)" ;;
	esac
fi
finish
