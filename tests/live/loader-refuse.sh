#!/bin/sh
# loader-refuse.sh - every refusal of the loader is provoked: one message, the right code, nothing started.
. "$(dirname "$0")/lib-loader.sh"
P=$TMP/plan
sbx() { run "$SBX_RUN" "$@"; }

# E0600: the command line
sbx
refused "no arguments" 125 E0600 "PLAN is missing"
sbx "$P"
refused "no program" 125 E0600 "PROGRAM is missing"
sbx "$P" --dry-run true
refused "an option behind the plan" 125 E0600 "stand before PLAN"
sbx "$P" -- --dry-run true
refused "control: behind -- it is a program, and the plan is looked for" 125 E0602 "$P"
sbx --sett x=1 "$P" true
refused "an unknown option" 125 E0600 "--sett"
sbx --set =1 "$P" true
refused "--set without a name" 125 E0600 "NAME=VALUE"
sbx --digest md5:1 "$P" true
refused "a digest of another kind" 125 E0600 "md5:1"
run "$SBX_RUN" --help
[ "$RC" = 0 ] && [ "$(printf '%s\n' "$OUT" | wc -l)" -le 24 ] && pass "--help fits a screen" || fail "--help fits a screen"
run "$SBX_RUN" --version
has "--version" "sbx-run [0-9]*"

# E0601: guarantees
reset
guarantee() { MORE_GUARANTEE="guarantee $1 t.sbx:21
"; plan "$P"; sbx "$P" "$PROBE" print ran; }
guarantee "res.memory required cgroup:memory"
refused "required cgroup" 125 E0601 "prefer res.memory on linux"
case $ERR in *"required   t.sbx:21"*"missing    cgroup:memory: "*) pass "the line and the mechanism are named" ;; *) fail "the line and the mechanism are named" "$ERR" ;; esac
guarantee "res.wall required supervisor+cgroup:teleport"
refused "required controller, second of two" 125 E0601 "missing    cgroup:teleport"
reset
CGROUP="pids.max 64
"
plan "$P"
sbx "$P" "$PROBE" print ran
case $ERR in
*E0601*) refused "a setting without its controller" 125 E0601 "missing    cgroup" ;;
*) skip "a setting without its controller" "this host gives this user the pids controller" ;;
esac
reset
guarantee "net.disable required landlock:999"
refused "a Landlock of the future" 125 E0601 "Landlock ABI 999 is needed"
guarantee "net.disable required magic"
refused "an unknown mechanism" 125 E0601 "missing    magic"
guarantee "net.disable required launch+rlimit+seccomp+landlock:1"
gives "control: mechanisms that are there" "ran
ok"
guarantee "kernel.isolation preferred none"
case "$RC $OUT $ERR" in "0 ran"*"note: kernel.isolation"*) pass "preferred and impossible: a note" ;; *) fail "preferred and impossible: a note" "$OUT" "$ERR" ;; esac
reset
MORE_ASSERT="cover hide t.sbx:4 /etc
"
plan "$P"
sbx "$P" "$PROBE" print ran
refused "a cover without a mount namespace" 125 E0608 "isolate mount"

# E0601: hosts that lack something, imitated
reset
plan "$P"
run "$FILTER" run landlock=ENOSYS -- "$SBX_RUN" "$P" "$PROBE" print ran
refused "a kernel without Landlock" 125 E0601 "likely     a seccomp filter is on this process already"
run "$FILTER" run landlock=EOPNOTSUPP -- "$SBX_RUN" "$P" "$PROBE" print ran
refused "Landlock off at boot" 125 E0601 "lsm= boot parameter"
run "$FILTER" run seccomp=ENOSYS -- "$SBX_RUN" "$P" "$PROBE" print ran
refused "a kernel without seccomp" 125 E0601 "no seccomp(2)"
run "$FILTER" run getppid=EPERM -- "$SBX_RUN" "$P" "$PROBE" print ran
gives "control: a filter that refuses nothing needed" "ran
ok"
run "$FILTER" run close_range=ENOSYS -- "$SBX_RUN" "$P" "$PROBE" fds 7</dev/null
gives "without close_range descriptors are closed one by one" "fds 0 1 2
ok"
MORE_GUARANTEE="guarantee fs.read.scope preferred landlock:1 t.sbx:2
"
plan "$P"
run "$FILTER" run landlock=ENOSYS -- "$SBX_RUN" "$P" "$PROBE" print ran
case "$RC $OUT $ERR" in "0 ran"*"note: fs.read.scope"*) pass "Landlock preferred and missing: a note" ;; *) fail "Landlock preferred and missing: a note" "$OUT" "$ERR" ;; esac

# E0602, E0603: the files
reset
sbx "$TMP/nothing" true
refused "no plan" 125 E0602 "no such file"
plan "$P"; rm "$P/launch.conf"
sbx "$P" "$PROBE" print ran
refused "a file is missing" 125 E0602 launch.conf
plan "$P"; rm "$P/launch.conf"; mkfifo "$P/launch.conf"
run timeout 5 "$SBX_RUN" "$P" "$PROBE" print ran
refused "a fifo as a file" 125 E0602 "not a regular file"
plan "$P"; mv "$P/launch.conf" "$TMP/moved"; ln -s "$TMP/moved" "$P/launch.conf"
sbx "$P" "$PROBE" print ran
refused "a link as a file" 125 E0602 "launch.conf"
plan "$P"; truncate -s 10G "$P/launch.conf"
sbx "$P" "$PROBE" print ran
refused "a file of 10 GB" 125 E0602 "too large"
plan "$P"; mv "$P/landlock.conf" "$TMP/moved"; seal "$P"
sbx "$P" "$PROBE" print ran
refused "a plan without landlock.conf" 125 E0602 "does not list"
for f in launch.conf SHA256SUMS; do
	plan "$P"; chmod o+w "$P/$f"
	sbx "$P" "$PROBE" print ran
	refused "others may write $f" 125 E0603 "chmod go-w"
done
plan "$P"; chmod g+w "$P"
sbx "$P" "$PROBE" print ran
refused "the group may write the directory" 125 E0603 "chmod go-w"
chmod 755 "$P"
if [ "$(id -u)" = 0 ]; then
	plan "$P"; chown 1 "$P/launch.conf"
	sbx "$P" "$PROBE" print ran
	refused "another owner" 125 E0603 "belongs to another user"
	chown 0 "$P/launch.conf"
	ln -s "$P" "$TMP/plan-link"
	run setpriv --reuid=1 --regid=1 --clear-groups "$SBX_RUN" "$TMP/plan-link" "$PROBE" print ran
	gives "control: root's plan, through a link, for another user" "ran
ok"
	cp "$SBX_RUN" "$TMP/bin/setuid" && chmod 4755 "$TMP/bin/setuid"
	run setpriv --reuid=1 --regid=1 --clear-groups "$TMP/bin/setuid" "$P" "$PROBE" print ran
	refused "a setuid loader" 125 E0624 "chmod u-s"
	rm "$TMP/bin/setuid"
else
	skip "owner and setuid" "needs root"
fi

# E0604, E0605: hashes
plan "$P"
sbx --digest sha256:$(printf x | sha256sum | cut -d' ' -f1) "$P" "$PROBE" print ran
refused "another digest" 125 E0604 "found      sha256:"
for f in launch.conf landlock.conf "seccomp-$ARCH.bpf"; do
	plan "$P"; printf x >>"$P/$f"
	sbx "$P" "$PROBE" print ran
	refused "$f is not what was written" 125 E0605 "$f"
done
printf 'junk\n' >"$P/SHA256SUMS"
sbx "$P" "$PROBE" print ran
refused "SHA256SUMS is junk" 125 E0606 "SHA256SUMS"

# every file cut at every third length (LONG=1: at every one, CUT_STEP=N: at every Nth), with its hash and with a right one
reset
CGROUP="memory.max 268435456
"
MORE_GUARANTEE="guarantee res.memory preferred cgroup:memory t.sbx:2
"
plan "$P"
sbx "$P" "$PROBE" print ran
gives "control: the whole plan" "ran
ok"
CUT=${CUT_STEP:-${LONG:+1}} CUT=${CUT:-3}
for f in launch.conf landlock.conf cgroup.conf "seccomp-$ARCH.bpf" SHA256SUMS; do
	bad=0 n=0 size=$(stat -c %s "$P/$f")
	cp -p "$P/$f" "$TMP/whole"
	while [ "$n" -lt "$size" ]; do
		head -c "$n" "$TMP/whole" >"$P/$f"
		run "$SBX_RUN" "$P" "$PROBE" print ran
		[ "$RC" = 125 ] && [ -z "$OUT" ] || bad=$((bad + 1))
		if [ "$f" != SHA256SUMS ]; then
			cp "$P/SHA256SUMS" "$TMP/sums-whole"
			seal "$P"
			run "$SBX_RUN" "$P" "$PROBE" print ran
			[ "$RC" = 125 ] && [ -z "$OUT" ] || bad=$((bad + 1))
			cp "$TMP/sums-whole" "$P/SHA256SUMS"
		fi
		n=$((n + CUT))
	done
	cp -p "$TMP/whole" "$P/$f"
	[ $bad = 0 ] && pass "$f of $size bytes, cut" || fail "$f cut: $bad times not refused"
done
sbx "$P" "$PROBE" print ran
gives "control: whole again" "ran
ok"

# E0606 to E0610: forms, versions, mixtures, machines, filters
reset
spoil() { plan "$P"; sed -i "$2" "$P/$1"; seal "$P"; sbx "$P" "$PROBE" print ran; }
spoil launch.conf 's/^target/tarjet/'
refused "an unknown directive" 125 E0606 "launch.conf:3"
spoil launch.conf 's/^arch/session new\narch/'
refused "directives out of order" 125 E0606 "launch.conf"
spoil landlock.conf 's/^sbx-landlock 1/sbx-landlock 2/'
refused "a newer version" 125 E0607 "landlock.conf:1"
spoil landlock.conf "s/$ID/ffffffffffffffffffffffffffffffff/"
refused "a file of another plan" 125 E0608 "landlock.conf"
spoil launch.conf "s|^end|entry t.sbx:1 /bin/true\nend|"
spoil landlock.conf "s|^path.*|entry execute,read_file t.sbx:1 /bin/true|"
refused "entries that differ" 125 E0608 "another entry"
OTHER=aarch64; [ "$ARCH" = aarch64 ] && OTHER=x86_64
ARCHES=$OTHER
plan "$P"; sbx "$P" "$PROBE" print ran
refused "a plan for another machine" 125 E0609 "$ARCH"
reset
plan "$P"; rm "$P/seccomp-$ARCH.bpf"; seal "$P"; sbx "$P" "$PROBE" print ran
refused "no filter for this machine" 125 E0609 "$ARCH"
plan "$P"; printf '\377\377\377\377\377\377\377\377' >"$P/seccomp-$ARCH.bpf"; seal "$P"; sbx "$P" "$PROBE" print ran
refused "no filter at all" 125 E0610 "instruction 0"
CGROUP="memory.max lots
"
plan "$P"; sbx "$P" "$PROBE" print ran
refused "a bad cgroup setting" 125 E0606 "cgroup.conf:2"

# E0611 to E0615: values
reset
MORE_PARAM="param many count default 1
param where path required
"
# shellcheck disable=SC2016
MORE_PATH='path error follow read_file t.sbx:6 ${where}
'
plan "$P"
sbx --set when=1 "$P" "$PROBE" print ran
refused "an unknown parameter" 125 E0611 "known      many where"
sbx "$P" "$PROBE" print ran
refused "a parameter without a value" 125 E0613 "where (path)"
for v in relative /a/../b /a/./b //a /a/ ''; do
	sbx --set where="$v" "$P" "$PROBE" print ran
	refused "not a path: '$v'" 125 E0612 "where="
done
sbx --set where=/tmp --set many=-1 "$P" "$PROBE" print ran
refused "not a count" 125 E0612 "many=-1"
sbx --set where=/tmp --set where=/tmp "$P" "$PROBE" print ran
refused "a parameter twice" 125 E0612 "second time"
sbx --set where="$(printf '/%04095d' 1)" "$P" "$PROBE" print ran
refused "a value that is too long" 125 E0612 "where="
sbx --set where=/tmp "$P" "$PROBE" print ran
gives "control: a value that fits" "ran
ok"
reset
MORE_PARAM="param part string required
"
# shellcheck disable=SC2016
MORE_PATH='path error follow read_file t.sbx:6 /tmp/${part}
'
plan "$P"
for v in a/b .. ''; do
	sbx --set part="$v" "$P" "$PROBE" print ran
	refused "a string in a path: '$v'" 125 E0615 "t.sbx:6"
done
reset
# shellcheck disable=SC2016
MORE_PATH='path error follow read_file t.sbx:6 ${HOME}
'
plan "$P"
if [ "$(id -u)" = 0 ]; then
	run setpriv --reuid=54321 --regid=1 --clear-groups env HOME=/tmp "$SBX_RUN" "$P" "$PROBE" print ran
	refused "HOME of a user without passwd entry" 125 E0614 "54321"
else
	skip "HOME of a user without passwd entry" "needs root"
fi

# E0616 to E0619: paths
reset
mkdir -p "$TMP/tree/in/private" "$TMP/closed/in"
printf x >"$TMP/tree/in/file"
ln -s tree "$TMP/tree-link"
path() { MORE_PATH="path $1
"; plan "$P"; sbx "$P" "$PROBE" print ran; }
path "error follow read_file t.sbx:6 $TMP/no/where"
refused "a missing path" 125 E0616 "t.sbx:6"
path "make follow read_file t.sbx:6 $TMP/no/where"
refused "make-dir without a parent" 125 E0617 "t.sbx:6"
path "error nofollow read_file t.sbx:6 $TMP/tree-link"
refused "a link that may not be one" 125 E0618 "t.sbx:6"
path "error follow read_file t.sbx:6 $TMP/tree-link"
gives "control: a link that may be followed" "ran
ok"
if [ "$(id -u)" = 0 ]; then
	MORE_PATH="path error follow read_file t.sbx:6 $TMP/closed/in
"
	plan "$P"; chmod 700 "$TMP/closed"
	run setpriv --reuid=1 --regid=1 --clear-groups "$SBX_RUN" "$P" "$PROBE" print ran
	refused "an unreadable path" 125 E0617 "t.sbx:6"
	MORE_PATH="path skip follow read_file t.sbx:6 $TMP/closed/in
"
	plan "$P"
	run setpriv --reuid=1 --regid=1 --clear-groups "$SBX_RUN" "$P" "$PROBE" print ran , read "$TMP/closed/in"
	gives "if-exists passes over what this user cannot reach" "ran
ok
EACCES"
else
	skip "an unreadable path" "needs root"
fi
assert() { # NAME GRANT ASSERT: refused
	MORE_PATH="path error follow $2
" MORE_ASSERT="assert $3
"; plan "$P"; sbx "$P" "$PROBE" print ran
}
assert "" "read_file t.sbx:6 $TMP/tree-link" "read_file t.sbx:9 $TMP/tree/in/private"
refused "a link puts a grant above a denied place" 125 E0619 "t.sbx:9"
assert "" "read_file t.sbx:6 $TMP/tree-link/in/file" "read_file t.sbx:9 $TMP/tree"
refused "... or below it, a file" 125 E0619 "t.sbx:6"
assert "" "read_file t.sbx:6 $TMP/tree-link/in/private" "read_file t.sbx:9 $TMP/tree"
refused "... or below it, a directory" 125 E0619 "t.sbx:6"
assert "" "read_file t.sbx:6 $TMP/tree-link/in" "read_file t.sbx:9 $TMP/tree/in/not-yet/there"
refused "... or above a place that is not there yet" 125 E0619 "t.sbx:9"
assert "" "read_file t.sbx:6 $TMP/tree/in" "read_file t.sbx:9 $TMP/tree-link/in/private"
refused "... or the denied place is named by a link" 125 E0619 "t.sbx:9"
assert "" "write_file t.sbx:6 $TMP/tree-link" "read_file t.sbx:9 $TMP/tree/in/private"
gives "control: another right" "ran
ok"
assert "" "read_file t.sbx:6 $TMP/tree/in/file" "read_file t.sbx:9 $TMP/tree/in/private"
gives "control: a neighbour" "ran
ok"

# E0620, E0621, E0623, E0625: programs
reset
plan "$P"
sbx "$P" sbx-no-such-program
refused "a name that is nowhere" 127 E0620 "PATH of the environment"
sbx "$P" "$TMP/nothing"
refused "a path that is nowhere" 127 E0620 "no such file"
sbx "$P" "$TMP"
refused "a directory as program" 126 E0621 "not a regular file"
printf 'junk' >"$TMP/bin/junk"
sbx "$P" "$TMP/bin/junk"
refused "a file without x" 126 E0621 "may execute"
chmod +x "$TMP/bin/junk"
sbx "$P" "$TMP/bin/junk"
refused "a file that is no program" 126 E0621 "ENOEXEC"
printf '#!%s print\n' "$PROBE" >"$TMP/bin/script"
chmod +x "$TMP/bin/script"
sbx "$P" "$TMP/bin/script"
gives "control: a script whose interpreter may run" "$TMP/bin/script
ok"
MORE_ENTRY="entry t.sbx:3 $TMP/bin/script
exec-fd 1023
"
MORE_LIMIT="rlimit nofile 1000
"
plan "$P"; sbx "$P" script
refused "a script by descriptor" 125 E0623 "#!"
MORE_ENTRY="entry t.sbx:3 $PROBE
exec-fd 1048576
"
plan "$P"
sbx "$P" probe print ran
refused "a descriptor no limit allows" 125 E0625 "1048577"

# some are provoked in loader-steps.sh and faults.sh; every number must stand in a check of one of these
for n in $(sed -n 's/^ERR([A-Z_]*, "\(E06..\)".*/\1/p' "$ROOT/runtime/errors.def"); do
	grep -q "^[^#]*refused .*$n" "$HERE"/*.sh || fail "no test provokes $n"
done
finish
