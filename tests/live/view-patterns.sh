#!/bin/sh
# view-patterns.sh - `deny ... matching` under what is allowed: what fits when the program starts is covered, in a private tree, in
# that of the host and below a layer; what does not fit is not, nor what is made later; who renames it meanwhile wins nothing.
. "$(dirname "$0")/lib-view.sh"

denied() { # NAME FIRST-LINE...
	name=$1
	shift
	{
		printf '%s\n' "$@"
		cat <<'P'
    deny read write exec matching "*.pem" under "${d}/tree"
    deny write matching "*.lock" under "${d}/tree"
    deny exec matching "run-*" under "${d}/tree"
    prefer fs.glob.live on linux because "the names are there before"
P
	} | policy "$name"
}
denied private '    allow read write exec "${d}/tree"'
denied host '    root host' '    allow read write exec "${d}/tree"'
denied layer '    allow read write exec "${d}/tree" discard'
policy bare <<'P'
    allow read write exec "${d}/tree"
P
denied again '    allow read write exec "${d}/tree"' '    allow read "${d}/tree/sub/dir.pem/open" if-exists'
policy narrow <<'P'
    allow read write "${d}/tree"
    deny read matching "*.pem" under "${d}/tree"
    prefer fs.glob.live on linux because "hidden whole"
P
policy given <<'P'
    allow read matching "*.txt" under "${d}/tree"
    deny read matching "not*" under "${d}/tree"
    prefer fs.glob.live on linux because "the names are there before"
P
policy mounted <<'P'
    mount "${d}/tree" at "/data" read
    deny read write exec matching "*.pem" under "/data"
    prefer fs.glob.live on linux because "x"
P

populate() {
	fresh
	as sh -c "umask 022; cd '$D' && mkdir -p tree/sub/dir.pem tree/run-bin && cd tree && echo secret >a.pem && echo secret >sub/b.pem &&
		echo secret >sub/dir.pem/c && echo open >a.txt && echo locked >x.lock && cp '$PROBE' run-it &&
		cp '$PROBE' run-bin/probe && cp '$PROBE' start && echo aim >aim && ln -s aim link.pem && ln -s a.pem plain"
}
TRY='cd "$1"/tree; for f in a.pem sub/b.pem sub/dir.pem/c link.pem plain; do cat $f && echo "$f read"; done
	ls sub/dir.pem >/dev/null && echo listed; echo x >>a.pem && echo written; mv a.pem b && echo moved; rm sub/b.pem && echo removed; chmod 644 a.pem && echo changed
	cat x.lock; echo x >>x.lock && echo written; chmod 600 x.lock && echo changed; rm x.lock && echo removed
	./run-it fds >/dev/null && echo started; ./run-bin/probe fds >/dev/null && echo started; ./start fds >/dev/null && echo start; echo x >>run-it && echo grown
	cat a.txt'
try() { inside "$1" "set -- '$D'; $TRY"; }

cp "$PROBE" "$TMP/tools/probe" && chmod 755 "$TMP/tools/probe" && PROBE=$TMP/tools/probe
for WHO in $USERS; do
	populate
	outside "set -- '$D'; $TRY"
	has "$WHO: control: without the sandbox all of it works" "secret
a.pem read
secret
sub/b.pem read
secret
sub/dir.pem/c read
aim
link.pem read
secret
plain read
listed
written
moved
removed
locked
written
changed
removed
started
started
start
grown
open"
	populate
	try bare
	has "$WHO: control: nor does a plan without patterns stop it" "secret
a.pem read*started
started
start*"
	for plan in private host layer; do
		populate
		try "$plan"
		case $plan$(mounts_overlay || echo -none)$ERR in layer-none*E0628*)
			skip "$WHO: $plan" "this kernel mounts no overlay here"
			continue ;;
		esac
		gives "$WHO: $plan: what fits is hidden, read only, not started; the rest is not" "locked
start
grown
open"
		inside "$plan" "cd '$D'/tree; echo late >late.pem && cat late.pem; ls"
		has "$WHO: $plan: what is made later is open, and names are seen: the guarantee is partial" "late
*late.pem*"
		case $ERR in *"fs.glob.live is preferred and not kept"*) pass "$WHO: $plan: and the start says so" ;; *) fail "$WHO: $plan: and the start says so" "$ERR" ;; esac
	done
	[ "$(cat "$D/tree/a.pem")" = secret ] && [ ! -e "$D/tree/late.pem" ] && pass "$WHO: the files of the host are as they were" || fail "$WHO: the files of the host" "$(ls -l "$D/tree")"

	inside narrow "cd '$D'/tree; cat a.pem; echo x >a.pem && echo written; echo y >a.txt && cat a.txt"
	gives "$WHO: a deny of reading hides what fits whole" "y"

	inside again "echo ran"
	gives "$WHO: control: a place that is not there is not in the way" "ran"
	as sh -c "echo o >'$D/tree/sub/dir.pem/open'"
	inside again "echo ran"
	refused "$WHO: a place that is allowed below what fits" 125 E0630 "$D/tree/sub/dir.pem"
	as sh -c "cd '$D/tree/sub' && echo deep >c.txt && echo no >not.txt && mkdir d.txt && echo in >d.txt/x && for i in $(seq 200 | tr '\n' ' '); do : >\$i.txt; done"
	outside "cd '$D/tree'; cat a.txt sub/c.txt sub/d.txt/x sub/not.txt; ls sub | wc -l; test -e a.pem && echo seen"
	gives "$WHO: control: without the sandbox all of it is read" "y
deep
in
no
205
seen"
	run as sh -c 'ulimit -n 100; exec "$@"' sh "$SBX_RUN" --set "d=$D" "$TMP/plan-given" -- "$TMP/tools/busybox" sh -c \
		"cd '$D/tree'; cat a.txt sub/c.txt sub/d.txt/x; cat sub/not.txt; test -e a.pem && echo seen; test -e sub/200.txt && echo shown; echo x >>a.txt"
	gives "$WHO: what an allowed pattern fits is all that a private tree shows, however many there are" "y
deep
in
shown"

	inside mounted "echo ran"
	refused "$WHO: a pattern in what is mounted elsewhere" 125 E0628 /data

	# a name that always fits, and is another one all the time
	populate
	as "$TMP/tools/probe" swap "$D/tree/a.pem" "$D/tree/b.pem" "$D/stop" >/dev/null &
	racer=$!
	leaks=0 starts=0 i=0
	while [ $i -lt 40 ]; do
		for plan in private host; do
			inside "$plan" "cd '$D/tree'; cat a.pem b.pem a.pem b.pem 2>/dev/null"
			[ "$RC" = 125 ] || starts=$((starts + 1))
			case $OUT in *secret*) leaks=$((leaks + 1)) ;; esac
		done
		i=$((i + 1))
	done
	as touch "$D/stop"
	wait "$racer"
	[ "$leaks" = 0 ] && [ "$starts" -gt 20 ] && pass "$WHO: a file that is renamed meanwhile stays hidden ($starts of 80 started)" || fail "$WHO: a file that is renamed meanwhile" "$leaks leaks, $starts starts"

	# swapped for a link out of the tree
	populate
	as sh -c "echo out >'$D/outside'; cd '$D/tree' && mkdir t && while [ ! -e '$D/stop' ]; do mv t u.pem; ln -s ../outside t; rm t; mv u.pem t; done" 2>/dev/null &
	racer=$!
	i=0 bad=
	while [ $i -lt 30 ]; do
		inside private "cat '$D/tree/t' '$D/tree/u.pem' 2>/dev/null; cat '$D/tree/a.pem' 2>/dev/null"
		case $OUT in *out* | *secret*) bad="$bad $OUT" ;; esac
		i=$((i + 1))
	done
	as touch "$D/stop"
	wait "$racer" 2>/dev/null
	[ -z "$bad" ] && [ "$(cat "$D/outside")" = out ] && pass "$WHO: a link in its place leads nowhere" || fail "$WHO: a link in its place" "$bad"

	[ "$WHO" = self ] || continue
	populate
	as sh -c "mkdir '$D/tree/many' && cd '$D/tree/many' && seq -f '%g.pem' 1 4097 | xargs touch"
	inside host "echo ran"
	refused "$WHO: more than can be covered" 125 E0660 4096
done

if [ "$USERS" = "self other" ]; then
	WHO=other
	populate
	mkdir -m 711 "$D/tree/passed"
	echo secret >"$D/tree/passed/known.pem"
	inside private "cat '$D/tree/passed/known.pem'"
	refused "a folder that may be passed and not listed" 125 E0617 "$D/tree/passed"
	inside bare "cat '$D/tree/passed/known.pem'"
	gives "control: what is in it can be read by its name" secret
	chmod 700 "$D/tree/passed"
	inside private "cat '$D/tree/passed/known.pem'; echo ran"
	gives "control: one that may not be passed hides nothing" ran
fi
finish
