#!/bin/sh
# isolate-views.sh - the namespaces of `isolate`, each with a result that it flips, hostname, user, and hosts that have none.
. "$(dirname "$0")/lib-view.sh"

policy all <<'P'
    root host
    allow read "/proc", "/sys/class/net"
    hostname "box"
    user 1000
P
policy none <<'P'
    isolate none
    allow read "/proc", "/sys/class/net"
P
policy private <<'P'
    allow read "/proc"
P
policy net <<P
    root host
    allow read exec "$PROBE_DIR"
    allow connect tcp "*:9"
    prefer net.connect.port on linux because "needs Linux 6.7"
    isolate all
P
# No guarantee that an older kernel lacks: its loader has nothing to write before the maps.
policy maps <<'P'
    isolate user
    allow read "/proc"
    allow signal
P
policy preferred <<'P'
    allow read "/proc"
    prefer ns.isolate, fs.hide on linux because "a host may have none"
P
for kind in user pid mount net ipc uts cgroup; do
	ns=$kind
	[ "$kind" = mount ] && ns=mnt
	policy "one-$kind" <<P
    isolate $kind
    root host
    allow read "/proc"
P
done 2>/dev/null
# root host is said where mount is among them only
for kind in user pid net ipc uts cgroup; do
	policy "one-$kind" <<P
    isolate $kind
    allow read "/proc"
P
done

# Its bounding set is not emptied there: no_new_privs has to hold alone.
cp "$PROBE" "$TMP/tools/capable" && setcap cap_net_raw+ep "$TMP/tools/capable" 2>/dev/null && CAPABLE=yes || CAPABLE=
for WHO in $USERS; do
	fresh
	for kind in user pid mount net ipc uts cgroup; do
		ns=$kind
		[ "$kind" = mount ] && ns=mnt
		mine=$(as readlink "/proc/self/ns/$ns")
		inside none "readlink /proc/self/ns/$ns"
		gives "$WHO: control: without isolate $kind it is the caller's" "$mine"
		inside "one-$kind" "readlink /proc/self/ns/$ns"
		if [ "$RC" = 0 ] && [ -n "$OUT" ] && [ "$OUT" != "$mine" ]; then
			pass "$WHO: isolate $kind"
		else
			fail "$WHO: isolate $kind" "exit $RC" "$OUT" "$ERR"
		fi
	done
	inside all 'hostname; id -u; id -g; echo $$; set -- /proc/[0-9]*; echo $#'
	gives "$WHO: host name, user, numbers of processes" "box
1000
1000
2
2"
	cd "$TMP" || exit
	inside all pwd
	gives "$WHO: control: without \`directory\` it starts where the caller is" "$TMP"
	cd "$ROOT" || exit
	[ "$(hostname)" != box ] && pass "$WHO: the host keeps its name" || fail "$WHO: the host keeps its name"
	inside none 'hostname'
	gives "$WHO: control: without it the host's name" "$(hostname)"
	inside all 'cat /proc/self/uid_map /proc/self/setgroups; grep CapPrm /proc/self/status; grep CapEff /proc/self/status; grep NoNewPrivs /proc/self/status'
	has "$WHO: one number is mapped, groups and capabilities are gone" "*1000*1
deny
CapPrm:	0000000000000000
CapEff:	0000000000000000
NoNewPrivs:	1"
	run as cat /proc/self/uid_map /proc/self/setgroups
	mine=$OUT
	inside none 'cat /proc/self/uid_map /proc/self/setgroups'
	gives "$WHO: control: without isolate both are the caller's" "$mine"
	if [ -n "$CAPABLE" ]; then
		outside 'capable caps'
		has "$WHO: control: a file with capabilities gives them outside" "caps eff *[2367abef]??? prm *"
		for p in one-user all; do
			inside "$p" 'capable caps'
			has "$WHO: and none in a user namespace ($p)" "caps eff 000000000 prm 000000000 inh 000000000 *"
		done
	else
		skip "$WHO: a file with capabilities" "setcap, or root, or a file system that keeps them is missing"
	fi
	inside all 'cat /proc/net/dev | grep -c :; grep " lo" /proc/net/dev >/dev/null || grep lo: /proc/net/dev >/dev/null && echo lo'
	gives "$WHO: the private network holds the loopback alone" "1
lo"
	# read by another way than without namespaces
	left='trap "" INT USR1 PIPE; umask 0; exec "$@"' shows='^(SigBlk|SigIgn|Umask)'
	run as sh -c "$left" sh "$TMP/tools/busybox" grep -E "$shows" /proc/self/status
	has "$WHO: control: ignored signals and umask 0 pass without the loader" "Umask:	0000*SigIgn:	*[1-9a-f]*"
	for p in private all one-user; do
		run as env --default-signal=HUP sh -c "$left" sh "$SBX_RUN" --set "d=$D" "$TMP/plan-$p" -- "$TMP/tools/busybox" grep -E "$shows" /proc/self/status
		gives "$WHO: nothing of them is left in namespaces ($p)" "Umask:	0022
SigBlk:	0000000000000000
SigIgn:	0000000000000000"
	done
	# nobody listens there: refused by the host that was reached, and not unreachable
	run as "$SBX_RUN" --set "d=$D" "$TMP/plan-net" -- "$PROBE" connect 9
	gives "$WHO: its loopback is up" "ECONNREFUSED"
	run as unshare -Un "$PROBE" connect 9
	gives "$WHO: control: that of a new network is not" "ENETUNREACH"
	inside all 'o=$( (sleep 5 >/dev/null & echo $!) ); grep PPid /proc/$o/status; kill -9 $o
		n=0; while [ -e /proc/$o ] && [ $n -lt 100 ]; do n=$((n + 1)); sleep 0.1; done; [ -e /proc/$o ] && grep State /proc/$o/status || echo reaped'
	gives "$WHO: process 1 takes orphans, and asks for their end" "PPid:	1
reaped"
	victim=$(as sh -c 'sleep 60 >/dev/null 2>&1 & echo $!')
	outside "kill -0 $victim && echo found"
	gives "$WHO: control: without the sandbox the process is reached" "found"
	inside all "kill -0 $victim && echo found; kill -9 -1; echo alone"
	gives "$WHO: processes of the host are out of reach" "alone"
	kill -0 "$victim" 2>/dev/null && pass "$WHO: a process of the host lives on" || fail "$WHO: a process of the host lives on"
	kill "$victim" 2>/dev/null
	inside private 'ls / >/dev/null 2>&1; cut -d" " -f5 /proc/self/mountinfo | grep -c "^/$"; ls /proc/1/root/etc 2>/dev/null | wc -l; cd /; cd ..; ls etc 2>/dev/null | wc -l'
	gives "$WHO: no way up from the private root" "1
0
0"
done

# Until a reader of what the program writes sees the end; then the sleeper of the program goes on, or is gone.
FOR=95$(($$ % 1000))
end_seen() { # SHELL TEXT, which calls the tools as "$0"
	{ "$SBX_RUN" --set "d=$TMP" "$TMP/plan-private" -- "$TMP/tools/busybox" sh -c "$1" "$TMP/tools/busybox" </dev/null & } 2>&1 | timeout 60 cat >"$TMP/seen"
}
sleeper() { pgrep -f "busybox sleep $FOR\$" >/dev/null; }
end_seen 'echo on; "$0" sleep 1'
[ "$(cat "$TMP/seen")" = on ] && ! pgrep -f "$TMP/tools/busybox sleep 1\$" >/dev/null && pass "control: a program that keeps its output open holds the pipe" ||
	fail "control: output kept open" "$(cat "$TMP/seen")"
end_seen 'echo on; exec >&- 2>&-; exec "$0" sleep '"$FOR"
[ "$(cat "$TMP/seen")" = on ] && within 20 sleeper && pass "one that closes it has closed it, though the loader stays" ||
	fail "output that is closed" "$(cat "$TMP/seen")"
pkill -f "busybox sleep $FOR\$"

# Process 1 shares the memory of the loader, unless the kernel wants none shared; flags of clone(): all but cgroup, CLONE_VM, SIGCHLD.
shared=0x7c020111
number() { printf '#include <sys/syscall.h>\nN=SYS_%s\n' "$1" | ${CC:-cc} -E -P - | sed -n 's/^N=//p'; }
NR=$(number clone)
run "$FILTER" run "$NR@$shared=EPERM" -- "$SBX_RUN" --set "d=$TMP" "$TMP/plan-private" -- "$TMP/tools/busybox" echo ran
if [ "$RC" = 0 ]; then
	skip "memory that must not be shared" "this loader never shares it"
else
	refused "control: it is asked for" 125 E0627 "clone: not permitted"
	run "$FILTER" run "$NR@$shared=22" -- "$SBX_RUN" --set "d=$TMP" "$TMP/plan-private" -- "$TMP/tools/busybox" echo ran
	gives "memory that must not be shared is copied (clone: EINVAL)" "ran"
	run "$FILTER" run "$NR@$shared=22" "$(number setsid)=EPERM" -- "$SBX_RUN" --set "d=$TMP" "$TMP/plan-private" -- "$TMP/tools/busybox" echo ran
	refused "and what fails there is told" 125 E0626 "setsid: not permitted"
fi

# Hosts that make no namespaces: one inside which the limit on them is none.
if unshare -Ur sh -c 'echo 0 >/proc/sys/user/max_user_namespaces' 2>/dev/null; then
	D=$TMP
	limited() { unshare -Ur sh -c 'echo 0 >/proc/sys/user/max_user_namespaces; exec "$@"' sh "$@"; }
	run limited "$SBX_RUN" --set "d=$D" "$TMP/plan-private" -- "$TMP/tools/busybox" echo ran
	refused "a host without user namespaces" 125 E0627 "user.max_user_namespaces is 0"
	case $ERR in *"fix        sysctl user.max_user_namespaces=15000"*) pass "with the fix" ;; *) fail "the fix" "$ERR" ;; esac
	run limited "$SBX_RUN" --set "d=$D" "$TMP/plan-preferred" -- "$TMP/tools/busybox" echo ran
	gives "a policy that only prefers them runs without" "ran"
	case $ERR in *"ns.isolate is preferred and not kept"*) pass "and is told so" ;; *) fail "and is told so" "$ERR" ;; esac
	run "$SBX_RUN" --set "d=$D" "$TMP/plan-preferred" -- "$TMP/tools/busybox" readlink /proc/self/ns/net
	[ "$OUT" != "$(readlink /proc/self/ns/net)" ] && [ "$RC" = 0 ] && pass "control: where they are made they are used" || fail "control: where they are made they are used" "$OUT" "$ERR"
	# below a changed root the kernel makes no user namespaces, for nobody
	jail=$TMP/jail
	mkdir -p "$jail/proc" "$jail/bin" "$jail/dev"
	cp "$SBX_RUN" "$TMP/tools/busybox" "$jail/bin/" && cp -r "$TMP/plan-private" "$jail/plan"
	chrooted() { run unshare -Urm sh -c 'mount --rbind /proc "$1/proc" && mount --rbind /dev "$1/dev" && shift && exec "$@"' sh "$jail" "$@"; }
	chrooted chroot "$jail" /bin/sbx-run --set d=/ /plan -- /bin/busybox echo ran
	refused "a chroot" 125 E0627 "this is a chroot, where the kernel makes no user namespaces"
	chrooted env "$SBX_RUN" --set "d=$D" "$TMP/plan-private" -- "$TMP/tools/busybox" echo ran
	gives "control: the same without the changed root" "ran"
	# F7: something else in the place of /proc
	run unshare -Urm sh -c 'mount -t tmpfs none /proc && mkdir /proc/self && : >/proc/self/uid_map && exec "$@"' sh "$SBX_RUN" --set "d=$D" "$TMP/plan-private" -- "$TMP/tools/busybox" echo ran
	refused "a /proc that is none" 125 E0627 "/proc is not the proc file system"
	# AppArmor of Ubuntu's kernels, by a stand-in of its setting: there clone() fails, or the maps cannot be written, with EACCES.
	armored() { # SETTING COMMAND...
		value=$1
		shift
		run unshare -Urm sh -c 'mount -t tmpfs none /proc/sys/kernel && echo "$1" >"/proc/sys/kernel/$2" && shift 2 && exec "$@"' sh \
			"$value" "$SETTING" "$@"
	}
	# all the views are made by clone(), a user namespace alone by unshare(), which can be tried where something lies in /proc
	start() { # PLAN SETTING COMMAND...
		named=$1
		shift
		armored "$@" "$SBX_RUN" --set "d=$D" "$TMP/plan-$named" -- "$TMP/tools/busybox" echo ran
	}
	SETTING=apparmor_restrict_unprivileged_userns
	start one-user 1
	gives "control: where the call is not refused the setting is not asked" "ran"
	start private 1 "$FILTER" run "$NR=EACCES" clone3=EACCES --
	refused "AppArmor refuses clone" 125 E0627 "AppArmor restricts user namespaces (kernel.apparmor_restrict_unprivileged_userns is 1)"
	case $ERR in *"fix        an AppArmor profile for sbx-run with \`userns,\`, or sysctl kernel.apparmor_restrict_unprivileged_userns=0"*) pass "with the fix" ;; *) fail "the fix" "$ERR" ;; esac
	start private 0 "$FILTER" run "$NR=EACCES" clone3=EACCES --
	case $RC$ERR in 125*AppArmor*) fail "control: a setting that is 0 is not the cause" "$ERR" ;; 125*E0627*) pass "control: a setting that is 0 is not the cause" ;; *) fail "control: setting 0" "$RC" "$ERR" ;; esac
	if strace -o /dev/null true 2>/dev/null; then
		start maps 1 strace -f -qq -o "$TMP/calls" -e trace=write -e inject=write:error=EPERM:when=1
		case $RC$ERR in 125*"the maps of user and group"*"AppArmor restricts user namespaces"*) pass "AppArmor refuses the maps (E0627)" ;; *) fail "AppArmor refuses the maps" "$RC" "$ERR" ;; esac
	else
		skip "AppArmor refuses the maps" "strace cannot trace here"
	fi
	SETTING=unprivileged_userns_clone # of Debian's kernels
	start private 0 "$FILTER" run "$NR=1" clone3=1 --
	refused "the setting of Debian's kernels" 125 E0627 "kernel.unprivileged_userns_clone is 0"
	case $ERR in *"fix        sysctl kernel.unprivileged_userns_clone=1"*) pass "with the fix" ;; *) fail "the fix" "$ERR" ;; esac
	start private 1 "$FILTER" run "$NR=1" clone3=1 --
	case $RC$ERR in 125*userns_clone*) fail "control: a setting that is 1 is not the cause" "$ERR" ;; 125*E0627*) pass "control: a setting that is 1 is not the cause" ;; *) fail "control: setting 1" "$RC" "$ERR" ;; esac
else
	skip "hosts without namespaces" "the limit on them cannot be set in a user namespace here"
fi
finish
