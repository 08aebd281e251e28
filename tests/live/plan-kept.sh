#!/bin/bash
# plan-kept.sh - a plan that lies where it lets its program write: the program would write the plan of its next start, sums and all.
. "$(dirname "$0")/lib-view.sh"

policy host <<'P'
    isolate none
    allow read write "${d}"
P
policy modify <<'P'
    isolate none
    allow modify "${d}"
P
policy read <<'P'
    isolate none
    allow read "${d}"
    allow read write "${d}/sub"
P
policy view <<'P'
    root private
    allow read write "${d}"
P
policy covered <<'P'
    root private
    allow read write "${d}"
    deny write "${d}/plan"
P
policy again <<'P'
    root private
    allow read "${d}"
    allow write "${d}" except "${d}/plan"
    allow write "${d}/plan/sub"
P
policy thrown <<'P'
    root private
    allow read "${d}"
    allow write "${d}" discard
P

at() { # NAME [PLAN]: started from there
	run as "$SBX_RUN" ${DIGEST:+--digest "$DIGEST"} --set "d=${PLACE:-$D}" "${2:-$D/plan}" -- "$TMP/tools/busybox" sh -c 'echo ran'
}
put() { # NAME [FOLDER]: the plan as the user has it
	rm -rf "${2:-$D/plan}"
	as cp -r "$TMP/plan-$1" "${2:-$D/plan}"
}

for WHO in $USERS; do
	fresh
	for shape in host modify view; do
		put "$shape"
		at
		refused "$WHO: $shape: a plan that its program may write" 125 E0603 "$D/plan"
		DIGEST=sha256:$(sha256sum "$D/plan/SHA256SUMS" | cut -d' ' -f1) at
		gives "$WHO: $shape: with its digest it is started" "ran"
		run as "$SBX_RUN" --set "d=$D" "$TMP/plan-$shape" -- "$TMP/tools/busybox" sh -c 'echo ran'
		gives "$WHO: $shape: control: from elsewhere it is started" "ran"
	done

	# What it is about: the program does it, and the next start runs by what it wrote.
	put host "$D/plan"
	cp -r "$TMP/plan-host" "$TMP/wide-$WHO"
	run as "$SBX_RUN" --set "d=$D" "$TMP/plan-host" -- "$TMP/tools/busybox" sh -c "echo >>'$D/plan/launch.conf' && echo written"
	gives "$WHO: control: the program can write there" "written"

	as ln -s "$D" "$TMP/d-$WHO/link"
	put host
	at - "$D/link/plan"
	refused "$WHO: found by a link" 125 E0603 "at         $D/plan"
	PLACE=$D/link at
	refused "$WHO: the place is named by a link" 125 E0603 "$D/plan"
	as mkdir -p "$D/sub"
	put host "$D/sub/plan"
	at - "$D/sub/plan"
	refused "$WHO: a plan deeper in it" 125 E0603 "$D/sub/plan"
	run as sh -c "cd '$D' && exec '$SBX_RUN' --set 'd=$D' plan -- '$TMP/tools/busybox' true"
	refused "$WHO: named by a relative path" 125 E0603 "$D/plan"
	put read
	at
	gives "$WHO: control: a folder that may be read, beside one that may be written" "ran"
	put covered
	at
	gives "$WHO: a denied plan is started" "ran"
	run as "$SBX_RUN" --set "d=$D" "$D/plan" -- "$TMP/tools/busybox" sh -c "echo >>'$D/plan/launch.conf'"
	case $ERR in *"Read-only file system"*) pass "$WHO: and cannot be written" ;; *) fail "$WHO: and cannot be written" "$RC" "$ERR" ;; esac
	as mkdir -p "$D/plan/sub"
	put again "$D/plan2" && as rm -rf "$D/plan/sub/plan" && as cp -r "$D/plan2" "$D/plan/sub/plan"
	at - "$D/plan/sub/plan"
	refused "$WHO: what is allowed again below a denied place" 125 E0603 "$D/plan/sub/plan"
	put thrown
	at
	if mounts_overlay; then
		gives "$WHO: what is thrown away at the end harms no plan" "ran"
	else
		skip "$WHO: what is thrown away at the end harms no plan" "this kernel mounts no overlay here"
	fi
done

# Of root, in folders of root: the permissions of the host keep it, whatever the policy says.
if [ "$(id -u)" = 0 ] && [ "$USERS" != self ]; then
	WHO=other
	mkdir -p "$TMP/roots/in"
	cp -r "$TMP/plan-host" "$TMP/roots/in/plan"
	PLACE=$TMP/roots at - "$TMP/roots/in/plan"
	gives "another user's plan, in folders of another's" "ran"
	chown 4321 "$TMP/roots/in"
	PLACE=$TMP/roots at - "$TMP/roots/in/plan"
	refused "the folder above it is the user's own" 125 E0603 "$TMP/roots/in/plan"
else
	skip "another user's plan" "needs root and setpriv"
fi
finish
