#!/bin/sh
# broken-hosts.sh - hosts and callers that lack what one takes for granted: /proc, /dev, descriptors, processes, stdin, stdout and
# stderr, room on the disk, a directory that can be written, a plan that stays the same. Either the whole sandbox stands or nothing ran,
# with the message that says what is missing. Mounts are made in namespaces of the test's own.
. "$(dirname "$0")/lib-loader.sh"
SBXC=${SBXC:-$B/sbxc}
P=$TMP/plan
NR=$(printf '#include <sys/syscall.h>\nN=SYS_getppid\n' | ${CC:-cc} -E -P - | sed -n 's/^N=//p')
rules() { # LINES [CGROUP]: the program reads its directory and no more
	reset
	RULES="getppid=EPERM"
	MORE_LIMIT=$1
	CGROUP=${2:-}
	MORE_SESSION='session new
'
	plan "$P"
}
printf secret >"$TMP/secret"
WHOLE="EACCES
EPERM
in"
whole() { # NAME: the last run had the whole sandbox
	gives "$1" "$WHOLE"
}
program() { run "$@" "$PROBE" read "$TMP/secret" , syscall "$NR" , print in; OUT=$(printf '%s\n' "$OUT" | grep -v '^ok$'); }
one_message() { [ "$(printf '%s\n' "$ERR" | grep -c 'error\[')" = 1 ]; }

rules ""
run "$PROBE" read "$TMP/secret" , syscall "$NR" , print in
case $OUT in *EACCES* | *EPERM*) fail "control: without the loader nothing is refused" "$OUT" ;; *) pass "control: without the loader nothing is refused" ;; esac
program "$SBX_RUN" "$P"
whole "control: a host that lacks nothing"

# ---- a filter around that says yes in the kernel's place: what was not done is not believed
number() { printf '#include <sys/syscall.h>\nN=SYS_%s\n' "$1" | ${CC:-cc} -E -P - | sed -n 's/^N=//p'; }
rules "rlimit nofile 64
"
program "$SBX_RUN" "$P"
whole "control: nobody answers in its place"
incapable() { [ "$(grep -Ec '^Cap(Inh|Prm|Eff):[[:space:]]*0+$' /proc/self/status)" = 3 ]; }
for call in setsid:session prlimit64:limits capset:capabilities; do
	program "$FILTER" run "$(number "${call%:*}")=0" -- "$SBX_RUN" "$P"
	if [ "$call" = capset:capabilities ] && incapable; then
		whole "capset that only says that it worked: this caller has nothing to give up"
	else
		refused "${call%:*} that only says that it worked" 125 E0626 "step       ${call#*:}"
	fi
done
rules ""

# ---- no /proc, no /dev: a mount namespace where something empty lies over them
if unshare -rm true 2>/dev/null; then
	OVER='mount -t tmpfs -o size=64k none "$1" && shift && exec "$@"'
	without() { # DIRECTORY PLAN...
		where=$1
		shift
		program unshare -rm sh -c "$OVER" sh "$where" "$SBX_RUN" "$@"
	}
	without /proc "$P"
	whole "no /proc, in place"
	rules "output 1000 t.sbx:9
"
	without /proc "$P"
	whole "no /proc, supervised"
	without /dev "$P"
	whole "no /dev, supervised"
	rules "stdin null
"
	without /dev "$P"
	refused "no /dev, and stdin is to be /dev/null" 125 E0626 "/dev/null: no such file or directory (ENOENT)"
	rules "terminal new
"
	without /dev "$P"
	refused "no /dev, and a terminal is to be made" 125 E0626 "a new terminal: no such file or directory (ENOENT)"
	rules ""
	run unshare -rm sh -c 'mount -t tmpfs none /dev && exec "$@" <&-' sh "$SBX_RUN" "$P" "$PROBE" print ran
	refused "no /dev, and stdin is closed" 125 E0626 "open /dev/null: no such file or directory (ENOENT)"
	printf 'sbx 1\npolicy t {\n    targets linux\n    allow read exec "%s"\n}\n' "$PROBE_DIR" >"$TMP/all.sbx"
	"$SBXC" -q "$TMP/all.sbx" -o "$TMP/all" 2>"$TMP/err" || fail "the policy compiles" "$(cat "$TMP/err")"
	run "$SBX_RUN" "$TMP/all" "$PROBE" print in
	gives "control: private views" "in
ok"
	run unshare -rm sh -c "$OVER" sh /proc "$SBX_RUN" "$TMP/all" "$PROBE" print ran
	refused "no /proc, and private views are to be made" 125 E0627 "/proc is not the proc file system"
	if own_cgroup; then
		rules "wall 20000 t.sbx:9
" "cgroup.max.descendants 0
"
		program "$SBX_RUN" "$P"
		whole "control: a cgroup"
		without /sys "$P"
		[ "$RC" = 125 ] && one_message && [ -z "$OUT" ] && pass "no /sys, and a cgroup is to be made: refused" || fail "no /sys, a cgroup" "$RC" "$OUT" "$ERR"
	fi
else
	skip "no /proc, no /dev" "this user cannot mount in a namespace"
fi

# ---- descriptors: as few as can be, for each shape
descriptors() { # NAME PLAN
	good=0 refusals=0 wrong=
	for n in 0 3 4 5 6 7 8 9 10 11 12 13 14 16 18 20 24 28 32 40 64; do
		run timeout 20 sh -c 'ulimit -n "$1" || exit 99; shift; exec "$@"' sh "$n" "$SBX_RUN" "$2" "$PROBE" print in
		case $RC in
		0) [ "$OUT" = "in
ok" ] && good=$((good + 1)) || wrong="$wrong $n" ;;
		125) one_message && [ -z "$OUT" ] && refusals=$((refusals + 1)) || wrong="$wrong $n" ;;
		*) wrong="$wrong $n($RC)" ;;
		esac
	done
	[ -z "$wrong" ] && [ $good -gt 0 ] && [ $refusals -gt 0 ] && pass "$1: 0 to 64 descriptors: $refusals refused, $good whole" ||
		fail "$1: few descriptors" "$refusals refused, $good whole, wrong:$wrong" "$ERR"
}
rules ""
descriptors "in place" "$P"
run sh -c 'ulimit -n 3; exec "$@"' sh "$SBX_RUN" "$P" "$PROBE" print ran
refused "three descriptors" 125 E0602 "too many open files (EMFILE)"
rules "output 1000 t.sbx:9
"
descriptors "supervised" "$P"
rules "observe denied
"
descriptors "observed" "$P"
[ ! -e "$TMP/all" ] || descriptors "private views" "$TMP/all"

# ---- processes
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null && command -v prlimit >/dev/null; then
	other() { # LIMIT COMMAND...: as a user who has no process yet
		limit=$1
		shift
		run setpriv --reuid 4399 --regid 4399 --clear-groups prlimit --nproc="$limit:$limit" "$@"
	}
	chmod -R a+rX "$TMP"
	rules ""
	other 1 "$SBX_RUN" "$P" "$PROBE" print in
	gives "one process, in place" "in
ok"
	rules "output 1000 t.sbx:9
"
	other 64 "$SBX_RUN" "$P" "$PROBE" print in
	gives "control: 64 processes, supervised" "in
ok"
	other 1 "$SBX_RUN" "$P" "$PROBE" print ran
	refused "one process, supervised" 125 E0626 "fork: resource limit reached (EAGAIN)"
	if unshare -Um true 2>/dev/null; then
		other 1 "$SBX_RUN" "$TMP/all" "$PROBE" print ran
		refused "one process, private views" 125 E0627 "raise the limit (ulimit -u)"
	else
		skip "one process, private views" "this host makes no user namespaces"
	fi
	# nobody: the number that others' files have in a user namespace
	nobody() { program setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all --bounding-set=-all "$@"; }
	rules ""
	nobody "$SBX_RUN" "$P"
	whole "nobody (65534), without a capability to gain"
	if [ -e "$TMP/all" ]; then
		nobody "$SBX_RUN" "$TMP/all"
		has "nobody (65534), private views: other places are not there" "ENOENT*in"
	fi
else
	skip "a user with one process, nobody" "not root here"
fi

# ---- closed stdin, stdout, stderr, alone and together: the program has /dev/null there, not a file of the loader
for lines in "" "output 1000 t.sbx:9
"; do
	rules "$lines"
	for closed in "<&-" ">&-" "2>&-" "<&- >&-" "<&- 2>&-" ">&- 2>&-" "<&- >&- 2>&-"; do
		eval '"$SBX_RUN" "$P" "$PROBE" fds </dev/null 2>"$TMP/err" >"$TMP/out" '"$closed"
		RC=$?
		OUT=$(cat "$TMP/out")
		case " $closed" in *" >&-"*) want= ;; *) want="fds 0 1 2
ok" ;; esac
		[ "$RC:$OUT" = "0:$want" ] && pass "closed $closed${lines:+, supervised}" ||
			fail "closed $closed${lines:+, supervised}" "$RC" "$OUT" "$(cat "$TMP/err")"
	done
done

# A canary needs no AT_RANDOM; nothing here needs AT_PAGESZ, or to be told which instructions a process may use (AT_HWCAP2).
AUXV=$(tool auxv)
for type in 26 25 6; do
	run "$AUXV" $type "$SBX_RUN" "$P" "$PROBE" print ran
	case $RC in
	0) has "a kernel that does not give value $type" "ran*" ;;
	99) skip "a kernel that does not give value $type" "it cannot be hidden here" ;;
	*) fail "a kernel that does not give value $type" "$RC" "$OUT" "$ERR" ;;
	esac
done

for option in --help --version; do
	run sh -c '"$@" >&-' sh "$SBX_RUN" $option
	refused "$option with a closed stdout" 125 E0626 "write to stdout: bad descriptor (EBADF)"
done

# ---- no room, nothing to be written to
rules ""
run "$SBX_RUN" --report "$TMP/r.json" "$P" "$PROBE" exit 7
[ "$RC" = 7 ] && grep -q '"exit":7' "$TMP/r.json" && pass "control: a report" || fail "control: a report" "$RC" "$ERR"
if unshare -rm true 2>/dev/null; then
	mkdir -p "$TMP/home"
	run unshare -rm sh -c 'mount -t tmpfs -o size=4k none "$1" && dd if=/dev/zero of="$1/fill" bs=4k count=4 2>/dev/null
		d=$1; shift; "$@"; code=$?; ls -A "$d"; exit $code' sh "$TMP/home" "$SBX_RUN" --report "$TMP/home/r.json" "$P" "$PROBE" exit 7
	case $RC:$OUT:$ERR in 7:fill:*"report could not be written"*) pass "a full disk: the report is said to be missing, the program's code stays, no file is left" ;; *) fail "a full disk" "$RC" "$OUT" "$ERR" ;; esac
	run unshare -rm sh -c 'mount -t tmpfs -o ro,size=4k none "$1" && shift && exec "$@"' sh "$TMP/home" "$SBX_RUN" --report "$TMP/home/r.json" "$P" "$PROBE" print ran
	refused "a read-only home" 125 E0641 "read-only"
	run unshare -rm sh -c 'mount -t tmpfs -o ro,size=4k none "$1" && shift && exec "$@"' sh "$TMP/home" env HOME="$TMP/home" "$SBX_RUN" "$P" "$PROBE" print in
	gives "a read-only home without a report is none of its business" "in
ok"
fi
if [ -w /dev/full ]; then
	rules "output 1000 t.sbx:9
"
	"$SBX_RUN" "$P" "$PROBE" print lost >/dev/full 2>"$TMP/err"
	grep -q "output of the program was lost" "$TMP/err" && pass "a full disk under stdout: the loss is said" || fail "a full disk under stdout" "$(cat "$TMP/err")"
	"$SBX_RUN" "$P" "$PROBE" print lost 2>"$TMP/err" | true
	! grep -q "lost" "$TMP/err" && pass "control: a reader that goes away is no loss" || fail "a reader that goes away" "$(cat "$TMP/err")"
	"$SBX_RUN" --status-fd 3 "$P" "$PROBE" exit 7 3>/dev/full 2>"$TMP/err"
	[ $? = 7 ] && grep -q "report could not be written to --status-fd" "$TMP/err" && pass "a full disk under --status-fd" || fail "a full disk under --status-fd" "$(cat "$TMP/err")"
fi

# ---- stopped and continued
stopped() { # WALL STOP-FOR: code and milliseconds of `sleep 30` whose supervisor is stopped meanwhile (so 25 s is not its own end)
	t=$(date +%s%N)
	"$SBX_RUN" "$1" "$PROBE" sleep 30 2>"$TMP/err" </dev/null &
	pid=$!
	while [ -z "$(pgrep -P "$pid" -f "^$PROBE sleep")" ] && kill -0 $pid; do sleep 0.02; done
	kill -STOP $pid
	sleep "$2"
	kill -CONT $pid
	wait $pid
	RC=$?
	MS=$((($(date +%s%N) - t) / 1000000))
}
if [ -n "${CG:-}" ] && [ -d "${CG:-/nowhere}" ]; then
	rules "wall 700 t.sbx:9
" "cgroup.max.descendants 0
"
	stopped "$P" 0.1
	[ $RC = 124 ] && [ $MS -ge 690 ] && [ $MS -lt 25000 ] && pass "stopped and continued within the limit: it ends at its time ($MS ms for 700)" || fail "stopped within the limit" "$RC $MS"
	stopped "$P" 1.2
	[ $RC = 124 ] && [ $MS -ge 1200 ] && [ $MS -lt 25000 ] && pass "stopped beyond the limit: that is said when it goes on ($MS ms)" || fail "stopped beyond the limit" "$RC $MS"
	[ -z "$(pgrep -f "^$PROBE sleep")" ] && pass "nothing is left of them" || fail "left" "$(pgrep -af "^$PROBE")"
else
	skip "stopped with a limit on time" "this user cannot make a cgroup here"
fi

# ---- a plan that is swapped while it is read, and many readers at once
variant() { # NAME ERRNO
	reset
	RULES="getppid=$2"
	MORE_ENV="env-set V $1
"
	plan "$TMP/v-$1"
}
variant a EPERM
variant b EACCES
cp -r "$TMP/v-a" "$TMP/swapped"
cp -r "$TMP/v-b" "$TMP/waiting"
(
	trap 'exit 0' TERM
	while :; do mv "$TMP/swapped" "$TMP/third" && mv "$TMP/waiting" "$TMP/swapped" && mv "$TMP/third" "$TMP/waiting"; done
) &
SWAPPER=$!
a=0 b=0 refusals=0 wrong=
for _ in $(seq 1 "${SWAPS:-150}"); do
	run "$SBX_RUN" "$TMP/swapped" "$PROBE" env , syscall "$NR"
	case $RC:$OUT in
	*"env V=a"*EPERM*) a=$((a + 1)) ;;
	*"env V=b"*EACCES*) b=$((b + 1)) ;;
	125:) one_message && refusals=$((refusals + 1)) || wrong="$wrong $ERR" ;;
	*) wrong="$wrong $RC:$OUT" ;;
	esac
done
kill $SWAPPER
wait $SWAPPER 2>/dev/null
[ -z "$wrong" ] && [ $a -gt 0 ] && [ $b -gt 0 ] && pass "a plan swapped while it is read: $a times the one, $b times the other, $refusals refused, never a mixture" ||
	fail "a plan swapped while it is read" "$a $b $refusals" "$wrong"
# Two files of it swapped in place, one after the other.
cp -r "$TMP/v-a" "$TMP/torn" && cp "$TMP/v-b/launch.conf" "$TMP/torn/"
run "$SBX_RUN" "$TMP/torn" "$PROBE" print ran
refused "half of another plan" 125 E0605 "launch.conf"
rules ""
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
	"$SBX_RUN" --report "$TMP/together.json" "$P" "$PROBE" exit "$i" 2>>"$TMP/together" &
done
wait
n=$(grep -c '"sbx_report":1' "$TMP/together.json")
[ "$n" = 1 ] && [ "$(wc -l <"$TMP/together.json")" = 1 ] && [ ! -s "$TMP/together" ] && pass "16 starts at once with one report file: it is one of theirs, whole" ||
	fail "one report file" "$(cat "$TMP/together.json" "$TMP/together")"
[ -z "$(find "$TMP" -name '.sbx-report-*')" ] && pass "  and no other file is left" || fail "files left" "$(find "$TMP" -name '.sbx-report-*')"
finish
