#!/bin/sh
# supervise-faults.sh - the supervised start under fault: every system call of the set-up, in parent and child, fails once, and
# each process is killed once at each call. Then either nothing ran, or the program ran with the very sandbox it has
# without the fault; no process is left, and the next start leaves no cgroup.
. "$(dirname "$0")/lib-loader.sh"
command -v strace >/dev/null && strace -f -o /dev/null true 2>/dev/null || { skip "faults of the supervised start" "strace cannot trace here"; finish; }
P=$TMP/plan
reset
RULES="getppid=EPERM"
MORE_LIMIT="rlimit nofile 64
wall 20000 t.sbx:8
output 100000 t.sbx:9
"
MORE_SESSION="session new
"
CGROUP=
if own_cgroup; then
	CGROUP="cgroup.max.descendants 0
"
else
	MORE_LIMIT="rlimit nofile 64
output 100000 t.sbx:9
"
fi
plan "$P"
NR=$(printf '#include <sys/syscall.h>\nN=SYS_getppid\n' | ${CC:-cc} -E -P - | sed -n 's/^N=//p')
SECRET=$TMP/secret
printf secret >"$SECRET"
# The last of these lines is how a survivor is known.
MARK=sbxfault$$
set -- "$PROBE" state , caps , fds , rlimits , read "$SECRET" , syscall "$NR" , print "$MARK"

run strace -f -o "$TMP/trace" "$SBX_RUN" --report "$TMP/r.json" "$P" -- "$@"
WANTED=$OUT
case $WANTED in *"nnp 1 seccomp 2"*"$MARK"*) ;; *) fail "the start without fault" "$OUT" "$ERR"; finish ;; esac
# Calls of the parent since it began to supervise (what came before is as in place: loader-faults.sh), and of the child up
# to its exec, with their number in their process: strace counts for each. Not those where the program's own call would
# have the number, and not what cannot fail on any kernel.
awk '{ pid = $1; sub(/^[0-9]+ +/, "") }
	/^signalfd4\(/ { parent = pid }
	!match($0, /^[a-z_0-9]+\(/) { next }
	{ c = substr($0, 1, RLENGTH - 1); k = ++n[pid, c] }
	parent && pid != parent && gone[pid] { own[c] = k; next }
	parent && pid != parent { child[c] = k; pair[c, k] = 1 }
	parent && pid == parent { pair[c, k] = 1 }
	parent && pid != parent && /execve(at)?\(/ { gone[pid] = 1 }
	END { for (p in pair) { split(p, a, SUBSEP); if (a[2] <= child[a[1]] || a[2] > own[a[1]]) print a[1], a[2] } }' "$TMP/trace" |
	grep -v -e '^exit' -e '^write ' -e '^rt_sigreturn' -e '^wait4' -e '^umask' -e '^get[pug]*id ' -e '^restart' | sort >"$TMP/all"
# FAULTS=all: each of them; else every third, so that a run of all tests stays short.
awk -v step="$([ "${FAULTS:-}" = all ] && echo 1 || echo 3)" 'NR % step == 0' "$TMP/all" >"$TMP/calls"

left() { [ -z "$CGROUP" ] || find "$CG" -mindepth 1 -type d; }
alive() { pgrep -f "$MARK" | grep -v "^$$\$" | head -3; }
gone() { # all processes of a start end within a second
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		[ -z "$(alive)" ] && return 0
		sleep 0.05
	done
	return 1
}

campaign() { # NAME INJECTION MAY-EXIT
	name=$1 injection=$2
	total=0 closed=0 same=0 bad=
	while read -r call k; do
		total=$((total + 1))
		run timeout -s KILL 15 strace -f -o /dev/null -e "inject=$call:$injection:when=$k" "$SBX_RUN" --report "$TMP/r.json" "$P" -- "$PROBE" \
			state , caps , fds , rlimits , read "$SECRET" , syscall "$NR" , print "$MARK"
		gone || { bad="$bad $call#$k(left alive)"; pkill -9 -f "$PROBE.*$MARK"; continue; }
		case $injection in error=*)
			# what takes the cgroup away may be what fails
			case $call in unlinkat | openat | close | flock | poll | newfstatat | fstat) ;; *)
				[ -z "$(left)" ] || bad="$bad $call#$k(cgroup left)" ;;
			esac ;;
		esac
		case $RC in 125 | 126 | 127)
			n=$(printf '%s\n' "$ERR" | grep -c 'sbx-run: error')
			[ -z "$OUT" ] && [ "$n" = 1 ] && closed=$((closed + 1)) && continue
			[ -z "$OUT" ] && [ "$n" = 0 ] && case $call in execve*) true ;; *) false ;; esac && closed=$((closed + 1)) && continue ;;
		137 | 141) # the supervisor or the program was killed: it ran not at all, or with the same sandbox
			case $injection in signal=*)
				case $WANTED in "$OUT"*) closed=$((closed + 1)) && continue ;; esac ;;
			esac ;;
		esac
		case $ERR in *"output of the program was lost"*) # the same sandbox, and said
			case $WANTED in "$OUT"*) closed=$((closed + 1)) && continue ;; esac ;;
		esac
		[ "$OUT" = "$WANTED" ] && same=$((same + 1)) && continue
		bad="$bad $call#$k($RC)"
		printf '%s\n' "$WANTED" | diff - "$TMP/out" >>"$TMP/diff"
		echo "$ERR" >>"$TMP/diff"
	done <"$TMP/calls"
	[ -z "$bad" ] && [ $closed -gt 20 ] && pass "$name: $total of $(wc -l <"$TMP/all") faults, $closed refused or ended, $same without effect" ||
		fail "$name: of $total faults, $closed refused or ended, $same without effect, different:" "$bad" "$(tail -40 "$TMP/diff")"
	run "$SBX_RUN" --report "$TMP/r.json" "$P" -- "$PROBE" exit 0
	[ -z "$(left)" ] && pass "$name: the next start leaves no cgroup" || fail "$name: cgroups left" "$(left)" "$ERR"
}
: >"$TMP/diff"
for e in ${FAULT_ERRNOS:-EPERM}; do campaign "$e" "error=$e"; done
campaign "killed" "signal=KILL"
finish
