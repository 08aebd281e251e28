#!/bin/sh
# view-attacks.sh - somebody who may change the folders that a policy names, while sandboxes start in them: the program never
# sees more than its policy, and nothing is made on the host. F4 to F6 and F44 to F46 of the attack classes.
. "$(dirname "$0")/lib-view.sh"

policy swap <<'P'
    allow read "${d}/share"
    deny read "${d}/share/secret"
P
policy mounts <<'P'
    scratch "${d}/share/point" size 1MiB
    allow read "${d}/share"
P
policy seen <<'P'
    allow read "/proc"
P
policy into <<'P'
    mount "${d}/out" at "/there/x" read write
    allow read "${d}/share"
P
policy flags <<'P'
    allow read write exec "${d}/share"
P

state() { (cd "$D" && find . -exec ls -ldi {} + | sort -k10) | sha256sum; }

for WHO in $USERS; do
	fresh
	as mkdir -p "$D/share/secret" "$D/elsewhere/secret" "$D/share/point" "$D/out"
	as sh -c "echo hidden >'$D/share/secret/f'; echo host >'$D/elsewhere/f'"
	outside "cat '$D/share/secret/f'"
	gives "$WHO: control: outside the secret is read" "hidden"

	# The denied place changes between a folder and a link, as fast as it goes, while the loader looks.
	as sh -c "while [ ! -e '$D/stop' ]; do mv '$D/share/secret' '$D/share/other'; ln -s ../elsewhere '$D/share/secret'; rm '$D/share/secret'
		mv '$D/share/other' '$D/share/secret'; done" 2>/dev/null &
	racer=$!
	leaks=0 starts=0 i=0
	while [ $i -lt "${RACES:-150}" ]; do
		inside swap "cat '$D/share/secret/f' '$D/share/other/f' 2>/dev/null"
		[ "$RC" = 125 ] || starts=$((starts + 1))
		case $OUT in *host*) leaks=$((leaks + 1)) ;; esac
		i=$((i + 1))
	done
	as touch "$D/stop"
	wait "$racer" 2>/dev/null
	[ "$leaks" = 0 ] && pass "$WHO: a swapped place never leads out ($starts of $i started)" || fail "$WHO: a swapped place leads out" "$leaks times"
	rm -rf "$D/share/other" "$D/share/secret"
	as mkdir -p "$D/share/secret"

	# The mount point is a link to a folder of the host.
	rmdir "$D/share/point"
	as ln -s "$D/elsewhere" "$D/share/point"
	before=$(state)
	inside mounts "echo x >'$D/elsewhere/new'; echo x >'$D/share/point/new'"
	[ "$before" = "$(state)" ] && pass "$WHO: a mount point that is a link makes nothing behind it" || fail "$WHO: a mount point that is a link" "exit $RC" "$ERR"
	refused "$WHO: and is refused" 125 E0628 "$D/share/point"
	rm "$D/share/point"

	# Litter: the tree of the host is the same, inode by inode, also when a start is killed on the way.
	before=$(state)
	inside into "echo ran"
	gives "$WHO: control: mount points are made in the new tree" "ran"
	i=0
	while [ $i -lt 40 ]; do
		as "$SBX_RUN" --set "d=$D" "$TMP/plan-into" -- "$TMP/tools/sleep" 0.05 >/dev/null 2>&1 &
		kill -9 $! 2>/dev/null
		wait $! 2>/dev/null
		i=$((i + 1))
	done
	[ "$before" = "$(state)" ] && [ ! -e /there ] && pass "$WHO: nothing is left, killed starts included" || fail "$WHO: something is left"

	# Mounts of the test's own namespace never see those of a sandbox.
	mounts=$(wc -l </proc/self/mountinfo)
	inside into "true"
	[ "$mounts" = "$(wc -l </proc/self/mountinfo)" ] && pass "$WHO: no mount comes back to the host" || fail "$WHO: no mount comes back to the host"

	# A folder on a mount whose flags are locked: they stay, and ours are added.
	[ "$WHO" = self ] && run unshare -Urm sh -c "mount -t tmpfs -o nosuid,nodev,noexec none '$D/share' && cp '$TMP/tools/busybox' '$D/share/b' && exec \"\$@\"" sh \
		"$SBX_RUN" --set "d=$D" "$TMP/plan-flags" -- "$TMP/tools/busybox" sh -c "echo w >'$D/share/w' && cat '$D/share/w'; '$D/share/b' echo started"
	[ "$WHO" = self ] && gives "$WHO: locked mount flags stay: no program of it is started" "w"

	# F5: a filter around the loader answers that there is no openat2.
	run as strace -f -qq -o /dev/null -e trace=openat2 -e inject=openat2:error=ENOSYS "$SBX_RUN" --set "d=$D" "$TMP/plan-into" -- "$TMP/tools/busybox" echo ran
	refused "$WHO: no openat2, no start" 125 E0617 "no openat2"

	# open_tree_attr() is of Linux 6.15, and unknown to many a filter: the mounts are the same without it.
	tree() { # RULE...: the mounts of the tree, with their flags, behind a filter
		run as "$FILTER" run "$@" -- "$SBX_RUN" --set "d=$D" "$TMP/plan-seen" -- "$TMP/tools/busybox" sh -c \
			'cut -d" " -f5,6 </proc/self/mountinfo'
	}
	inside seen 'cut -d" " -f5,6 </proc/self/mountinfo'
	mounts=$OUT
	case $OUT in *"$TMP/tools ro,nosuid,nodev"*) pass "$WHO: control: what is only read is mounted so" ;; *) fail "$WHO: control: mounts" "$OUT" ;; esac
	tree 467=38 # ENOSYS
	gives "$WHO: without open_tree_attr the mounts are the same" "$mounts"
	tree 467=1 # EPERM
	gives "$WHO: with it refused too" "$mounts"
	tree 467=38 442=1 # and mount_setattr
	refused "$WHO: without attributes nothing is started" 125 E0628 "failed"

	# A folder as stdin, stdout or stderr: what is opened by it has the mounts of the host, where nothing is covered.
	for fd in 0 1 2; do
		as sh -c "exec \"\$@\" $fd<'$D/share'" sh "$SBX_RUN" --set "d=$D" "$TMP/plan-swap" -- "$TMP/tools/busybox" true >"$TMP/stdio" 2>&1
		RC=$?
		[ "$RC" = 125 ] && pass "$WHO: a folder as descriptor $fd is refused" || fail "$WHO: a folder as descriptor $fd is refused" "$RC" "$(cat "$TMP/stdio")"
	done
	inside swap "echo ran"
	gives "$WHO: control: with files it is started" "ran"
done
finish
