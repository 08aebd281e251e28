#!/bin/sh
# links.sh - symbolic links in folders that the program may write: at the next start no line of the policy follows one out of them. With
# Landlock alone and in trees of the program's own. Each refusal beside the same start with a link that stays inside, and with a
# folder in its place.
. "$(dirname "$0")/lib-view.sh"

lines='allow read write "${d}/job"
    allow read exec "${d}/job/bin"
    allow read "${d}/job/data" if-exists
    allow read write "${d}/job/new/made" make-dir
    allow read "${d}/out/given"
    prefer fs.write.scope, signal.scope on linux because "the kernel may be old"'
for tree in none host private; do
	case $tree in
	none) view='isolate none' ;;
	*) view="isolate user, mount
    root $tree" ;;
	esac
	printf '    %s\n' "$view" "$lines" | policy "$tree"
	printf '    %s\n' "$view" "$lines" 'allow read matching "*.txt" under "${d}/job/texts"' 'prefer fs.glob.live on linux because "files of the start"' | policy "$tree-texts"
done
policy deep <<'P'
    isolate none
    allow read write "${d}/job"
    allow read "${d}/job/data/deep" if-exists
    prefer fs.write.scope, signal.scope on linux because "the kernel may be old"
P
policy mount <<'P'
    allow read write "${d}/job"
    mount "${d}/job/data" at "/data" read
P

for WHO in $USERS; do
	for tree in none host private; do
		fresh
		as sh -c "cd '$D' && mkdir -p job/bin job/new job/inside out/given && echo secret >out/secret && echo given >out/given/f && echo in >job/inside/f"
		inside $tree "cd '$D/job' && rm -r bin && ln -s ../out bin && cat '$D/out/secret'"
		gives "$WHO, $tree: the first start makes a link, which gives it nothing" ""
		inside $tree "cat '$D/out/secret'"
		refused "$WHO, $tree: the next start does not follow it" 125 E0646 "$D/job/bin"
		as sh -c "cd '$D/job' && rm bin && ln -s inside bin"
		inside $tree "cat '$D/job/bin/f'"
		gives "$WHO, $tree: control: a link that stays inside is followed" "in"
		as sh -c "cd '$D/job' && ln -s ../out/given data"
		inside $tree "cat '$D/job/data/f'"
		gives "$WHO, $tree: control: so is one to what another line gives" "given"
		as sh -c "cd '$D/job' && rm data && ln -s ../out/nothing data"
		inside $tree "echo ran"
		refused "$WHO, $tree: one that leads to nothing, yet" 125 E0646 "$D/job/data"
		as sh -c "cd '$D/job' && rm data && ln -s inside/way data && ln -s ../../out inside/way"
		inside $tree "echo ran"
		refused "$WHO, $tree: two links, of which the second leads out" 125 E0646 "$D/out"
		as sh -c "cd '$D/job' && rm data && rm -rf new && ln -s ../out new"
		inside $tree "echo ran"
		refused "$WHO, $tree: make-dir makes nothing outside" 125 E0646 "$D/job/new"
		[ ! -e "$D/out/made" ] && pass "$WHO, $tree: nothing is made there" || fail "$WHO, $tree: nothing is made there"
		as sh -c "cd '$D/job' && rm new && mkdir new texts && echo text >texts/a.txt && echo out >../out/b.txt"
		inside $tree-texts "cat '$D/job/texts/a.txt'"
		gives "$WHO, $tree: control: a pattern in a folder" "text"
		as sh -c "cd '$D/job' && rm -r texts && ln -s ../out texts"
		inside $tree-texts "cat '$D/out/b.txt'"
		refused "$WHO, $tree: a pattern in what a link leads to" 125 E0646 "$D/job/texts"
	done
	as sh -c "cd '$D/job' && rm texts && mkdir data && echo own >data/f"
	inside mount "cat /data/f"
	gives "$WHO: control: a mount of a folder" "own"
	as sh -c "cd '$D/job' && rm -r data && ln -s ../out data"
	inside mount "cat /data/secret"
	refused "$WHO: a mount of what a link leads to" 125 E0646 "$D/job/data"

	# A kernel, or a filter around the loader, that has no openat2: the same answers, with Landlock alone.
	if strace -o /dev/null true 2>/dev/null; then
		old() { run as strace -f -qq -o /dev/null -e trace=openat2 -e inject=openat2:error="$1" "$SBX_RUN" --set "d=$D" "$TMP/plan-none" -- "$TMP/tools/busybox" cat "$D/job/bin/f"; }
		as sh -c "cd '$D/job' && rm -rf data bin && ln -s inside bin"
		for error in ENOSYS EPERM; do
			old $error
			gives "$WHO: openat2 answers $error: a link that stays inside" "in"
		done
		as sh -c "cd '$D/job' && rm bin && ln -s ../out bin"
		for error in ENOSYS EPERM; do
			old $error
			refused "$WHO: openat2 answers $error: one that leads out" 125 E0646 "$D/job/bin"
		done
	else
		skip "$WHO: openat2 is not there" "strace cannot trace here"
	fi

	# There the walk goes part by part: a folder of the way that becomes a link while it is looked at is not passed through.
	if strace -o /dev/null true 2>/dev/null; then
		as sh -c "cd '$D/job' && rm -rf data bin && mkdir -p bin inside/deep ../out/deep && echo in >inside/deep/f && echo secret >../out/deep/f
			mkdir data && mv inside/deep data/deep && cd .. && while [ ! -e stop ]; do
				mv job/data job/aside && ln -s ../out job/data; rm -f job/data; mv job/aside job/data 2>/dev/null; done" 2>/dev/null &
		racer=$!
		bad= in=0 i=0
		while [ $i -lt 20 ]; do
			run as strace -f -qq -o /dev/null -e trace=openat2,readlink -e inject=openat2:error=ENOSYS -e inject=readlink:delay_exit=3ms \
				"$SBX_RUN" --set "d=$D" "$TMP/plan-deep" -- "$TMP/tools/busybox" cat "$D/out/deep/f" "$D/job/data/deep/f"
			case $OUT in *secret*) bad="$bad $i" ;; *in*) in=$((in + 1)) ;; esac
			i=$((i + 1))
		done
		as touch "$D/stop"
		wait "$racer"
		rm -f "$D/stop"
		[ -z "$bad" ] && pass "$WHO: without openat2, a folder of the way that flips to a link while 20 starts look at it gives nothing outside ($in started)" ||
			fail "$WHO: without openat2: a folder of the way that flips" "$bad"
	fi

	# While a link flips between inside and outside, a start gives what is inside or refuses.
	as sh -c "cd '$D/job' && rm -rf data bin && mkdir bin && ln -s inside l1 && ln -s ../out l2 && mv l1 data"
	as sh -c "cd '$D/job' && ln -s inside data.in; while [ ! -e ../stop ]; do mv l2 data 2>/dev/null && ln -s ../out l2; ln -s inside l3 && mv l3 data; done" 2>/dev/null &
	racer=$!
	bad= i=0
	while [ $i -lt 30 ]; do
		for tree in none private; do
			inside $tree "cat '$D/out/secret' '$D/job/data/secret'"
			case $OUT in *secret*) bad="$bad $tree" ;; esac
		done
		i=$((i + 1))
	done
	as touch "$D/stop"
	wait "$racer"
	[ -z "$bad" ] && pass "$WHO: a link that flips while 60 starts look at it gives nothing outside" || fail "$WHO: a link that flips" "$bad"
done
finish
