#!/bin/sh
# view-places.sh - what the program sees of the file tree: root private and host, mount, scratch, discard, directory, covers.
# Each line of a policy flips a result that the same command shows without it.
. "$(dirname "$0")/lib-view.sh"

policy tree <<'P'
    allow read "${d}/given"
    allow read write "${d}/kept"
P
policy host <<'P'
    root host
    allow read "${d}/given"
P
policy mount <<'P'
    mount "${d}/a store" at "/srv/data" read
    mount "${d}/out" at "/srv/out" read write
    directory "/srv/data"
P
policy scratch <<'P'
    scratch "/scratch" size 1MiB
P
policy discard <<'P'
    allow read write "${d}/job" discard
    allow read write "${d}/job/kept"
P
policy layer <<'P'
    allow read write "${d}/job" discard
    discard size 64KiB
P
policy covers <<'P'
    allow read write exec "${d}/tree" except { "${d}/tree/secret", "${d}/tree/secret.txt" }
    allow read "${d}/tree/secret/open"
    deny write "${d}/tree/hooks"
    deny exec "${d}/tree/data"
P
policy tree-all <<'P'
    allow read write "${d}/tree"
P
policy pins <<'P'
    allow read write "${d}/tree"
    deny write "${d}/tree/deep/inner/hooks"
    deny read write "${d}/tree/far/off/shut"
P
policy pins-host <<'P'
    root host
    allow read write "${d}/tree"
    deny write "${d}/tree/deep/inner/hooks"
    deny read write "${d}/tree/far/off/shut"
P
policy pins-link <<'P'
    allow read write "${d}/tree"
    deny write "${d}/tree/way/inner/hooks"
P
policy pins-way <<'P'
    allow read write "${d}/way"
    deny write "${d}/way/inner/hooks"
P
policy other-name <<'P'
    allow read write "${d}/tree"
    deny write "${d}/way/inner/hooks"
    deny write "${d}/way/inner/nothing"
P
policy missing <<'P'
    allow read write "${d}/tree"
    deny read write "${d}/tree/nothing"
P
policy missing-read <<'P'
    allow read "${d}/tree"
    deny read "${d}/tree/nothing"
P
policy never <<'P'
    allow read "${d}/alias"
    never allow read "${CWD}/given" because "what the caller stands in"
P
policy never-home <<'P'
    allow read "${d}/given"
    never allow read "${HOME}/none" because "what he has at home"
P
policy never-mount <<'P'
    mount "${d}/alias" at "/srv/data" read
    never allow read "${CWD}/given" because "what the caller stands in"
    never allow write "${d}/given"
P
policy nowhere <<'P'
    allow read write "${d}/tree"
    mount "${d}/out" at "${d}/tree/new/place" read
P
policy nested <<'P'
    allow read write "${d}/tree" except "${d}/tree/secret"
    allow read "${d}/link" if-exists
P

populate() {
	fresh
	as sh -c "cd '$D' && umask 022 && mkdir -p given kept 'a store' out job/kept tree/secret tree/hooks tree/data &&
		echo one >given/f && echo two >other && echo data >'a store/f' && echo old >job/f &&
		echo open >tree/secret/open && echo shut >tree/secret/shut && echo shut >tree/secret.txt && echo h >tree/hooks/h &&
		ln -s given alias && cp '$TMP/tools/busybox' tree/data/busybox && cp '$TMP/tools/busybox' tree/busybox"
}

for WHO in $USERS; do
	populate
	outside "ls '$D/other' && test -e /etc/passwd && echo seen"
	has "$WHO: control: without the sandbox other places are seen" "*seen"
	inside tree "cat '$D/given/f'; ls -d '$D/other'; ls /; for f in /etc/passwd /home /root '$D/other'; do test -e \$f && echo \$f; done; true"
	gives "$WHO: root private shows what is named and nothing else" "one"
	inside host "cat '$D/given/f'; test -e '$D/other' && echo seen; cat '$D/other'"
	gives "$WHO: root host: the rest is seen, and not read" "one
seen"
	inside tree "echo x >'$D/kept/new'; chmod 600 '$D/given' || echo ro; chmod 700 '$D/kept' 2>/dev/null; cat '$D/kept/new'"
	has "$WHO: read only unless written, metadata too" "ro
x"
	[ -e "$D/kept/new" ] && pass "$WHO: what is written in a kept place stays" || fail "$WHO: what is written in a kept place stays"

	# What is denied is named by the caller's working directory and home, of which the new tree knows nothing.
	from() { cd "$1" && inside "${2:-never}" "echo ran" && cd "$ROOT" || exit; }
	from "$D"
	refused "$WHO: never: a place below the caller's working directory" 125 E0619 "$D/given"
	from /
	gives "$WHO: never: control: from another folder it starts" "ran"
	from "$D" never-mount
	refused "$WHO: never: a mount of that place, by a link, under another name" 125 E0619 "$D/given"
	from / never-mount
	gives "$WHO: never: control: the mount of another place" "ran"
	if grep -q "^[^:]*:[^:]*:$(as id -u):" /etc/passwd; then
		inside never-home "echo ran"
		gives "$WHO: never: a place in the caller's home" "ran"
	else
		skip "$WHO: never: a place in the caller's home" "the user has no passwd entry"
	fi

	if [ "$WHO" = self ] && [ "$(id -u)" = 0 ] && mknod "$D/kept/device" c 1 5 2>/dev/null; then
		outside "dd if='$D/kept/device' bs=1 count=2 2>/dev/null | wc -c"
		gives "control: without the sandbox a device in a kept place is one" 2
		inside tree "cat '$D/kept/new'; dd if='$D/kept/device' bs=1 count=2 2>/dev/null | wc -c"
		gives "nodev: in the tree it is none, whoever made it" "x
0"
		rm "$D/kept/device"
	else
		skip "$WHO: nodev" "devices are made by root"
	fi
	inside mount 'pwd; cat f; cat /srv/data/f; echo x >/srv/data/g; echo y >/srv/out/g && cat /srv/out/g'
	gives "$WHO: mount, its access, and directory" "/srv/data
data
data
y"
	[ -e "$D/out/g" ] && [ ! -e "$D/a store/g" ] && pass "$WHO: the mounts are the host's folders" || fail "$WHO: the mounts are the host's folders"

	inside scratch 'echo x >/scratch/f && cat /scratch/f; busy=/scratch/big; dd if=/dev/zero of=$busy bs=65536 count=64 2>/dev/null || echo full; rm $busy; i=0; while [ $i -lt 3000 ]; do true >/scratch/n$i || break; i=$((i+1)); done 2>/dev/null; [ $i -lt 3000 ] && echo no more names'
	has "$WHO: scratch holds its size and no more" "x
full
no more names"
	[ ! -e /scratch ] && pass "$WHO: nothing of it is on the host" || fail "$WHO: nothing of it is on the host"

	if [ "$WHO" = other ]; then cp -r "$TMP/plan-discard" "$TMP/plan-discard-other"; fi
	inside discard "echo new >'$D/job/new' && echo changed >'$D/job/f' && cat '$D/job/f' '$D/job/new'; rm '$D/job/f'; ls '$D/job'; echo k >'$D/job/kept/k'"
	case $(mounts_overlay || echo none)$ERR in
	none*E0628*"modprobe overlay"*) skip "$WHO: discard" "this kernel mounts no overlay here" ;;
	*)
		gives "$WHO: discard: the program sees its writes" "changed
new
kept
new"
		[ "$(cat "$D/job/f")" = old ] && [ ! -e "$D/job/new" ] && pass "$WHO: discard: the host does not" || fail "$WHO: discard: the host does not" "$(ls -l "$D/job")"
		fill="cd '$D/job'; dd if=/dev/zero of=big bs=4096 count=32 2>/dev/null || echo full; rm -f big; echo y >f && cat f"
		inside layer "$fill"
		gives "$WHO: discard size: no more is held" "full
y"
		inside discard "$fill"
		gives "$WHO: control: without it there is room" "y"
		[ -e "$D/job/kept/k" ] && pass "$WHO: a kept place inside stays" || fail "$WHO: a kept place inside stays"
		;;
	esac

	outside "cat '$D/tree/secret/shut' '$D/tree/secret.txt'; echo z >'$D/tree/hooks/z' && echo written; '$D/tree/data/busybox' echo started"
	gives "$WHO: control: without covers all of it works" "shut
shut
written
started"
	rm -f "$D/tree/hooks/z"
	inside covers "cat '$D/tree/secret/open'; cat '$D/tree/secret/shut'; ls '$D/tree/secret'; : >'$D/tree/secret/new'; cat '$D/tree/secret.txt'; echo x >'$D/tree/secret/open'; rm -r '$D/tree/secret'; mv '$D/tree/secret' '$D/tree/s2'; true"
	gives "$WHO: an excepted place is hidden, what is allowed below is shown" "open"
	inside covers "cat '$D/tree/hooks/h'; echo z >'$D/tree/hooks/z' && echo written; rm '$D/tree/hooks/h' && echo removed; chmod 777 '$D/tree/hooks/h' && echo changed; mv '$D/tree/hooks' '$D/tree/hk' && echo moved; true"
	gives "$WHO: deny write: read only" "h"
	inside covers "'$D/tree/busybox' echo started; '$D/tree/data/busybox' echo started; echo w >'$D/tree/data/w' && cat '$D/tree/data/w'"
	gives "$WHO: deny exec: not started, all the rest" "started
w"
	# A folder above a denied place keeps its name: who could move it would make another one at the path, or another path for the place.
	as sh -c "cd '$D/tree' && mkdir -p deep/inner/hooks far/off near && echo shut >far/off/shut && ln -s deep way && ln -s tree/deep ../way"
	for tree in pins pins-host; do
		inside $tree "cd '$D/tree'; for f in deep deep/inner far/off far; do mv \$f \$f.moved && echo \$f moved; done
			mkdir -p deep/inner/hooks; echo x >deep/inner/hooks/new; cat far/off/shut; mv near moved && mv moved near && echo near
			echo x >deep/inner/new && mv deep/inner/new deep/inner/newer && echo new"
		gives "$WHO: $tree: folders above denied places stay, others move" "near
new"
		case $(grep -c "Device or resource busy" "$TMP/err") in
		4) pass "$WHO: $tree: they are busy" ;;
		*) fail "$WHO: $tree: they are busy" "$ERR" ;;
		esac
		as rm -f "$D/tree/deep/inner/newer"
	done
	inside tree-all "cd '$D/tree'; mv far moved && mkdir -p far/off && : >far/off/shut"
	inside pins "cat '$D/tree/moved/off/shut'"
	gives "$WHO: control: what another policy moved is open at its new name" "shut"
	inside pins-link "echo ran"
	refused "$WHO: a link to a denied place that the program could replace" 125 E0645 "$D/tree/way"
	inside pins-way "echo x >'$D/way/inner/new' && echo made; echo x >'$D/way/inner/hooks/new' || echo kept"
	gives "$WHO: control: one that it cannot" "made
kept"
	inside other-name "echo ran"
	refused "$WHO: a denied place by a name that the new tree does not show" 125 E0619 "$D/tree/deep/inner/hooks"
	as mv "$D/tree/deep/inner/hooks" "$D/hooks"
	inside other-name "echo ran"
	refused "$WHO: the same where it is not there yet" 125 E0619 "$D/tree/deep/inner/hooks"
	as rm "$D/way"
	inside other-name "echo ran"
	gives "$WHO: control: without the link it starts" "ran"

	inside missing "echo ran"
	refused "$WHO: a denied place that could be made" 125 E0629 "$D/tree/nothing"
	inside missing-read "echo ran"
	gives "$WHO: control: where nothing can be made it needs no cover" "ran"
	inside nowhere "echo ran"
	refused "$WHO: a mount point in a folder of the host" 125 E0628 "$D/tree/new/place"
	[ ! -e "$D/tree/new" ] && pass "$WHO: nothing is made there" || fail "$WHO: nothing is made there"
	as ln -s "$D/tree/secret" "$D/link"
	inside nested "echo ran"
	refused "$WHO: a link that leads into an excepted place" 125 E0630 "$D/tree/secret"
	rm "$D/link"
	inside nested "echo ran"
	gives "$WHO: control: without the link it starts" "ran"
done

# A kernel without overlayfs, as far as the loader can see: the fsopen of it fails in the process that asks.
if strace -o /dev/null true 2>/dev/null; then
	WHO=self
	populate
	run strace -f -qq -o "$TMP/calls" -e trace=fsopen "$SBX_RUN" --set "d=$D" "$TMP/plan-discard" -- "$TMP/tools/busybox" echo ran
	# strace counts the calls of each process, and shows calls that it does not know whatever it is to trace
	at=$(awk '!/fsopen\(/ { next } { n[/^[0-9]/ ? $1 : 0]++ } /"overlay"/ { print n[/^[0-9]/ ? $1 : 0]; exit }' "$TMP/calls")
	if [ "$OUT" = ran ] && [ -n "$at" ]; then
		run strace -f -qq -o /dev/null -e trace=fsopen -e inject="fsopen:error=ENODEV:when=$at" "$SBX_RUN" --set "d=$D" "$TMP/plan-discard" -- "$TMP/tools/busybox" echo ran
		refused "discard without overlayfs" 125 E0628 "fix        modprobe overlay"
	else
		skip "discard without overlayfs" "this kernel mounts no overlay here, or strace shows this user no names"
	fi
else
	skip "discard without overlayfs" "strace cannot trace here"
fi
finish
