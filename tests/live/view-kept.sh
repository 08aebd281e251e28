#!/bin/bash
# view-kept.sh - somebody outside replaces, moves, removes or makes a denied place while the program runs: an editor that saves by
# rename, git with its lock files. The cover is gone then, so the run is ended. Beside each: the same change of the file next to it,
# which takes nothing away, and the run goes on.
. "$(dirname "$0")/lib-view.sh"

policy write <<'P'
    allow read write "${d}/w"
    deny read write "${d}/w/key"
    deny write "${d}/w/.git/hooks"
    limit wall 60s
P
policy read <<'P'
    root private
    allow read "${d}/w"
    deny read "${d}/w/key", "${d}/w/none"
P
policy match <<'P'
    allow read write "${d}/w"
    deny write matching "*.lock" under "${d}/w"
    prefer fs.glob.live on linux because "what is made later is not hidden"
P
policy none <<'P'
    allow read write "${d}/w"
    isolate mount, user, pid
P

# The program says that it runs, waits for the file that the change leaves behind last, and says what it can see then.
waits='echo up >&2; while [ ! -e w/done ]; do sleep 0.05; done; sleep "$WAITS"; cat w/key 2>&1; echo through'

began() { grep -q up "$TMP/kept-err" 2>/dev/null; }
changed() { # PLAN CHANGE: what is done outside while the program runs; OUT, ERR, RC
	rm -rf "$D/w" "$TMP/kept-err"
	as mkdir -p "$D/w/.git/hooks"
	as sh -c "cd '$D/w'; echo old >key; echo old >other; echo old >a.lock"
	as "$SBX_RUN" --report "$D/report" --set "d=$D" "$TMP/plan-$1" -- "$TMP/tools/busybox" sh -c "cd '$D'; WAITS=$WAITS; $waits" >"$TMP/kept-out" 2>"$TMP/kept-err" </dev/null &
	started=$!
	within 20 began || fail "$WHO: $1: the program runs" "$(cat "$TMP/kept-err")"
	as sh -c "cd '$D/w'; $2; touch done"
	wait "$started"
	RC=$? OUT=$(cat "$TMP/kept-out") ERR=$(cat "$TMP/kept-err")
}
ended() { # NAME PLACE CHANGE PLAN
	WAITS=30 changed "$4" "$3"
	case $RC:$OUT:$ERR in
	137::*"ended, because $D/w/$2 was made, replaced, moved or removed from outside"*) pass "$WHO: $1: the run is ended, with the place" ;;
	*) fail "$WHO: $1: the run is ended, with the place" "exit $RC" "$OUT" "$ERR" ;;
	esac
	case $(cat "$D/report") in
	*'"outcome":"unsafe"'*'"signal":9,"unsafe":"'*"/$2 was made, "*) pass "$WHO: $1: the report says so" ;;
	*) fail "$WHO: $1: the report says so" "$(cat "$D/report")" ;;
	esac
}
goes_on() { # NAME CHANGE PLAN
	WAITS=1.5 changed "$3" "$2" # longer than the supervisor waits between two looks
	case $RC:$OUT in
	0:*through) pass "$WHO: control: $1: the run goes on" ;;
	*) fail "$WHO: control: $1: the run goes on" "exit $RC" "$OUT" "$ERR" ;;
	esac
}

for WHO in $USERS; do
	fresh
	ended "a denied file is replaced by rename" key 'echo new >k; mv k key' write
	goes_on "the file beside it is replaced" 'echo new >k; mv k other' write
	ended "a denied file is renamed, and made anew" key 'mv key k; echo new >key' write
	ended "a denied file is removed" key 'rm key' read
	goes_on "the file beside it is removed" 'rm other' read
	goes_on "a denied file is written in place" 'echo new >key' write
	ended "the folder above a denied one is moved" .git 'mv .git git; mkdir -p .git/hooks' write
	ended "a denied place that was not there is made" none 'echo new >none' read
	goes_on "another one is made" 'echo new >nobody' read
	ended "a match of a denied pattern is replaced" a.lock 'echo new >k; mv k a.lock' match

	# Nothing to keep: no watch, and the same change ends nothing.
	WAITS=0 changed none 'echo new >k; mv k key'
	gives "$WHO: control: without a denied place the new file is read, and the run goes on" "new
through"
done

# Who starts it in place otherwise says why there is a second process.
run "$SBX_RUN" --dry-run --set "d=$D" "$TMP/plan-read" -- "$TMP/tools/busybox" true
has "--dry-run says that somebody watches" "*supervised: places that are closed only while they stay where they are*"
finish
