#!/bin/sh
# loader-faults.sh - every system call of the set-up fails once, with several errnos: either nothing runs, or the program runs
# with exactly the sandbox it has without the fault. Never less, never a hang, never another exit code.
. "$(dirname "$0")/lib-loader.sh"
command -v strace >/dev/null || { skip "fault injection" "no strace"; finish; }
P=$TMP/plan
printf secret >"$TMP/secret"
mkdir "$TMP/open"
ln -s open "$TMP/link"
reset
RULES="getppid=EPERM"
MORE_HANDLE="handle-net bind_tcp connect_tcp
scope abstract_unix_socket signal
"
MORE_PATH="path error follow write_file,read_file t.sbx:2 $TMP/link
path skip follow read_file t.sbx:3 $TMP/nowhere
"
MORE_PORT='port bind_tcp 20777 t.sbx:4
'
MORE_ASSERT="assert execute t.sbx:5 $TMP/link/private
"
MORE_LIMIT="rlimit nofile 64
rlimit core 0
"
MORE_ENV='env-allow HOME
env-set A b
'
MORE_SESSION="session new
"
plan "$P"
ask() { printf '%s\n' state , caps , fds , rlimits , env , read "$TMP/secret" , write "$TMP/open/x" , listen 20778 , signal $$ , exec /bin/true , syscall "$NR"; }
NR=$(printf '#include <sys/syscall.h>\nN=SYS_getppid\n' | ${CC:-cc} -E -P - | sed -n 's/^N=//p')
# shellcheck disable=SC2046
set -- $(ask)
if ! strace -f -o "$TMP/trace" -e inject=getppid:error=EPERM:when=99 true 2>/dev/null; then
	skip "fault injection" "strace cannot trace here"
	finish
fi

# FAULT_ERRNOS: EPERM unless more are wanted ("EPERM ENOMEM EMFILE ENOSYS": four times the time).
# umask and getuid cannot fail on any kernel, so their failures are not imitated.
campaign() { # NAME CALLS LEADER PROBE-ARGS...: each occurrence of the loader's calls that match, each errno
	name=$1 calls=$2 first=1 lead=
	[ "$3" = leader ] && lead="$FILTER lead" first=2
	shift 3
	# shellcheck disable=SC2086
	run strace -f -o "$TMP/trace" $lead "$SBX_RUN" "$P" -- "$PROBE" "$@"
	wanted=$OUT
	case $wanted in *"nnp 1 seccomp 2"*) ;; *) fail "$name: the run without fault" "$OUT" "$ERR"; return ;; esac
	awk -v first="$first" '{ sub(/^[0-9]+ +/, "") } /^execve\(/ { if (++seen > first) exit; next }
		match($0, /^[a-z_0-9]+\(/) { c = substr($0, 1, RLENGTH - 1); n[c]++; if (seen < first) skip[c]++ }
		END { for (c in n) for (k = skip[c] + 1; k <= n[c]; k++) print c, k }' "$TMP/trace" |
		grep -v -e '^exit' -e '^write ' -e '^arch_prctl' -e '^set_tid_address' -e '^umask' -e '^getuid' |
		grep -E "$calls" | sort >"$TMP/calls"
	total=0 closed=0 same=0 bad=
	: >"$TMP/diff"
	while read -r call k; do
		for e in ${FAULT_ERRNOS:-EPERM}; do
			total=$((total + 1))
			# shellcheck disable=SC2086
			run timeout -s KILL 15 strace -f -o /dev/null -e "inject=$call:error=$e:when=$k" \
				$lead "$SBX_RUN" "$P" -- "$PROBE" "$@"
			case $RC in 125 | 126 | 127)
				[ -z "$OUT" ] && closed=$((closed + 1)) && continue ;;
			esac
			[ "$OUT" = "$wanted" ] && same=$((same + 1)) && continue
			bad="$bad $call#$k=$e($RC)"
			printf '%s\n' "$wanted" | diff - "$TMP/out" >>"$TMP/diff"
		done
	done <"$TMP/calls"
	[ -z "$bad" ] && [ $closed -gt 5 ] && pass "$name: $total faults, $closed refused, $same without effect" ||
		fail "$name: of $total faults, $closed refused, $same without effect, different:" "$bad" "$(cat "$TMP/diff")"
}
campaign "in place" . alone "$@"
# strace counts anew in the child, so calls that the probe makes as well (rt_sigprocmask, prctl) would fail in the probe
campaign "as a group leader, with a child" '^(fork|vfork|clone|setsid|getppid|getpgrp|getpgid|getpid|dup2|close_range|seccomp|capset|landlock_restrict_self) ' leader "$@"

run strace -o /dev/null -e inject=landlock_restrict_self:error=E2BIG "$SBX_RUN" "$P" -- "$PROBE" print ran
refused "a step that fails names itself" 125 E0626 "step       landlock"
finish
