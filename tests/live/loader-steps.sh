#!/bin/sh
# loader-steps.sh - each step of the loader flips something the program can see; beside each stands the same probe without it.
. "$(dirname "$0")/lib-loader.sh"
P=$TMP/plan
SECRET=$TMP/secret OPEN=$TMP/open
mkdir "$OPEN" "$TMP/deep"
printf secret >"$SECRET"
printf open >"$OPEN/file"

# Landlock: a path
reset
MORE_PATH=$(printf 'path error follow read_file,read_dir t.sbx:2 %s\npath error follow write_file,read_file,read_dir,make_reg,truncate t.sbx:3 %s\n' "$OPEN" "$TMP/deep")"
"
plan "$P"
run "$PROBE" read "$SECRET" , list / , write "$OPEN/new"
gives "control: without the loader all of it works" "ok
ok
ok"
rm -f "$OPEN/new"
run "$SBX_RUN" "$P" -- "$PROBE" read "$OPEN/file" , list "$OPEN" , read "$SECRET" , list / , write "$OPEN/file" , write "$TMP/deep/x" , exec /bin/true
gives "landlock: only what is named" "ok
ok
EACCES
EACCES
EACCES
ok
EACCES"
run "$SBX_RUN" "$P" "$PROBE" read "$OPEN/file"
gives "-- may be left out" ok

# Landlock: ports and scopes
if "$SBX_RUN" --dry-run "$P" "$PROBE" | grep -q 'ABI [1-3],'; then
	skip "landlock: ports" "needs ABI 4"
else
	PORT=20777
	"$PROBE" listen $PORT >/dev/null || PORT=20778
	reset
	MORE_HANDLE="handle-net bind_tcp connect_tcp
scope abstract_unix_socket signal
"
	MORE_PARAM="param port port default $PORT
"
	# shellcheck disable=SC2016
	MORE_PORT='port bind_tcp ${port} t.sbx:4
'
	plan "$P"
	run "$PROBE" listen $PORT , listen 20779 , signal $$
	gives "control: both ports, the signal" "ok
ok
ok"
	run "$SBX_RUN" "$P" -- "$PROBE" listen $PORT , listen 20779 , connect $PORT , signal $$
	gives "landlock: one port, no signal" "ok
EACCES
EACCES
EPERM"
	run "$SBX_RUN" --set port=20779 "$P" -- "$PROBE" listen $PORT , listen 20779
	gives "--set moves the port" "EACCES
ok"
fi

# seccomp
reset
RULES="getppid=EPERM"
plan "$P"
NR=$(printf '#include <sys/syscall.h>\nN=SYS_getppid\n' | ${CC:-cc} -E -P - | sed -n 's/^N=//p')
run "$PROBE" syscall "$NR"
gives "control: the call" ok
run "$SBX_RUN" "$P" -- "$PROBE" syscall "$NR"
gives "seccomp: the call is refused" EPERM

# rlimits
reset
MORE_LIMIT="rlimit nofile 17
rlimit core 0
rlimit fsize 4096
"
plan "$P"
run "$PROBE" rlimits
case $OUT in *"nofile 17 17"*) fail "control: another limit" ;; *) pass "control: another limit" ;; esac
run "$SBX_RUN" "$P" -- "$PROBE" rlimits
has "rlimits: soft and hard" "*rlimit nofile 17 17
rlimit core 0 0
rlimit fsize 4096 4096*"
MORE_LIMIT="rlimit nofile 100000000
"
plan "$P"
run "$SBX_RUN" "$P" -- "$PROBE" rlimits
has "rlimits: a cap never raises" "*rlimit nofile $(ulimit -Hn) $(ulimit -Hn)
*"

# preferred guarantee: note and fallback
reset
MORE_GUARANTEE="guarantee res.memory preferred cgroup:memory t.sbx:9
"
MORE_LIMIT="rlimit-fallback as 1073741824 res.memory
"
plan "$P"
run "$SBX_RUN" "$P" -- "$PROBE" rlimits
has "preferred: the fallback limit holds" "*rlimit as 1073741824 1073741824*"
case $ERR in
*"note: res.memory is preferred and not kept: "*"t.sbx:9"*) pass "preferred: the note names line and reason" ;;
*) fail "preferred: the note names line and reason" "$ERR" ;;
esac
MORE_GUARANTEE="guarantee res.memory preferred rlimit t.sbx:9
"
plan "$P"
run "$SBX_RUN" "$P" -- "$PROBE" rlimits
has "preferred and kept: no fallback" "*rlimit as -1 -1*"

# environment
reset
MORE_PARAM='param text string default a b
'
# shellcheck disable=SC2016
MORE_ENV='env-allow HOME
env-allow LD_NAMED
env-allow LC_*
env-allow L*
env-deny LC_DENIED
env-deny LEFT_*
env-set FIXED ${text}/${UID}
env-set LC_SET mine
'
plan "$P"
home=$(getent passwd "$(id -u)" | cut -d: -f6)
run env -i HOME=/wrong LC_A=1 LC_SET=theirs LD_=0 LD_PRELOAD=/x LD_NAMED=2 LEFT=3 LC_DENIED=7 LEFT_A=8 SECRET=4 GLIBC_TUNABLES=5 FIXED=6 "$SBX_RUN" "$P" -- "$PROBE" env
gives "environment: named, by prefix, set, HOME from passwd, no LD_ by prefix" "env FIXED=a b/$(id -u)
env LC_SET=mine${home:+
env HOME=$home}
env LC_A=1
env LD_NAMED=2
env LEFT=3
ok"

# descriptors
reset
plan "$P"
exec 5</ 9</etc/passwd
run "$PROBE" fds
has "control: descriptors pass without the loader" "fds 0 1 2 *5*9*"
run "$SBX_RUN" "$P" -- "$PROBE" fds
gives "descriptors: 0 1 2 only" "fds 0 1 2
ok"
exec 5<&- 9<&-
"$SBX_RUN" "$P" -- "$PROBE" fds , print here 0<&- 2>&- >"$TMP/o"
OUT=$(cat "$TMP/o")
gives "closed stdin and stderr become /dev/null" "fds 0 1 2
ok
here
ok"
"$SBX_RUN" "$P" -- "$PROBE" fds 0<&- 1>&- 2>&-
[ $? = 0 ] && pass "all of stdio closed" || fail "all of stdio closed"

# signals, umask, no_new_privs, capabilities
reset
plan "$P"
run sh -c 'trap "" INT USR1 PIPE; umask 0; exec "$@"' sh "$PROBE" state
has "control: ignored signals and umask 0 pass without the loader" "state nnp 0 seccomp 0 *ignored [1-9]* umask 000*"
run env --default-signal=HUP sh -c 'trap "" INT USR1 PIPE; umask 0; exec "$@"' sh "$SBX_RUN" "$P" -- "$PROBE" state
has "state: nnp, filter, signals, umask" "state nnp 1 seccomp 2 blocked 0 ignored 0 umask 022 *dumpable 1*"
for mask in 077:077 027:027 002:022 722:722; do
	run sh -c "umask ${mask%:*}; exec \"\$@\"" sh "$SBX_RUN" "$P" -- "$PROBE" state
	has "umask ${mask%:*} becomes ${mask#*:}" "*umask ${mask#*:}*"
done
# Every signal there is, ignored and blocked. SIGHUP stays, as nohup wants it. Root's start looks at them, a user's sets them all.
printf '#!/bin/sh\nexec "%s" "%s" -- "%s" state\n' "$SBX_RUN" "$P" "$PROBE" >"$TMP/start"
printf '#!/bin/sh\nexec "%s" state\n' "$PROBE" >"$TMP/bare"
chmod 755 "$TMP/start" "$TMP/bare"
run "$PROBE" deaf , become "$TMP/bare"
has "control: all signals ignored and blocked pass without the loader" "*blocked 62 ignored 6[0-2] *"
run "$PROBE" deaf , become "$TMP/start"
has "all signals ignored and blocked: SIGHUP is left" "*blocked 0 ignored 1 *"
if [ "$(id -u)" = 0 ]; then
	run setpriv --reuid=1 --regid=1 --clear-groups "$PROBE" deaf , become "$TMP/start"
	has "the same for a user" "*blocked 0 ignored 1 *"
	run setpriv --reuid=1 --regid=1 --clear-groups --inh-caps=+net_raw "$PROBE" caps
	has "control: a user's inheritable capability passes without the loader" "*inh 000002000*"
	run setpriv --reuid=1 --regid=1 --clear-groups --inh-caps=+net_raw "$SBX_RUN" "$P" -- "$PROBE" caps
	has "a user's inheritable capability goes" "caps eff 000000000 prm 000000000 inh 000000000 *"
fi
run "$SBX_RUN" "$P" -- "$PROBE" caps
if [ "$(id -u)" = 0 ]; then
	gives "capabilities: none, for good" "caps eff 000000000 prm 000000000 inh 000000000 bounding 0 ambient 0 securebits 239
ok"
	run "$PROBE" caps
	case $OUT in *"prm 000000000"*) fail "control: root has capabilities" "$OUT" ;; *) pass "control: root has capabilities" ;; esac
	run setpriv --reuid=1 --regid=1 --clear-groups "$SBX_RUN" "$P" -- "$PROBE" caps , read "$OPEN/file"
	has "works without privilege" "caps eff 000000000 prm 000000000 inh 000000000 *
EACCES"
else
	has "capabilities: none" "caps eff 000000000 prm 000000000 inh 000000000 *"
fi

# entry and exec-fd
N=1023
reset
RULES="execve=EPERM execveat:$N=EPERM"
MORE_ENTRY="entry t.sbx:3 $PROBE
exec-fd $N
"
MORE_LIMIT="rlimit nofile 1000
"
MORE_PATH=
plan "$P"
sed -i "s|^end|entry execute,read_file t.sbx:3 $PROBE\npath error follow execute,read_file t.sbx:5 /\nend|" "$P/landlock.conf"
seal "$P"
run "$PROBE" exec /bin/true
gives "control: the probe starts /bin/true" ok
run "$SBX_RUN" "$P" -- probe exec /bin/true , execveat /bin/true , fds
gives "exec-fd: the entry starts, nothing after it" "EPERM
EPERM
fds 0 1 2
ok"
run "$SBX_RUN" "$P" -- "$PROBE" print path
gives "the entry by its path" "path
ok"
ln -s "$PROBE" "$TMP/link"
run "$SBX_RUN" "$P" -- "$TMP/link" print link
gives "the entry by a link to it" "link
ok"
run "$SBX_RUN" "$P" -- /bin/true
refused "another program" 125 E0622 "sbx-run ... -- $PROBE"
run "$SBX_RUN" "$P" -- nothing
refused "another name" 125 E0622 "found      nothing"

# an entry with an ELF interpreter: the rule covers it too
cat >"$TMP/dyn.c" <<'C'
int main(void) { return 7; }
C
if ${CC:-cc} -o "$TMP/deep/dyn" "$TMP/dyn.c" 2>/dev/null; then
	reset
	MORE_ENTRY="entry t.sbx:3 $TMP/deep/dyn
"
	plan "$P"
	sed -i "s|^end|entry execute,read_file t.sbx:3 $TMP/deep/dyn\npath skip follow read_file,read_dir t.sbx:5 /etc\npath skip follow read_file,read_dir t.sbx:5 /lib\npath skip follow read_file,read_dir t.sbx:5 /usr/lib\npath skip follow read_file,read_dir t.sbx:5 /lib64\nend|" "$P/landlock.conf"
	seal "$P"
	run "$SBX_RUN" "$P" -- dyn
	[ "$RC" = 7 ] && pass "the ELF interpreter of the entry gets its rights" || fail "the ELF interpreter of the entry gets its rights" "exit $RC" "$ERR"
	sed -i '/^entry/d' "$P/landlock.conf"
	sed -i '/^entry/d' "$P/launch.conf"
	seal "$P"
	run "$SBX_RUN" "$P" -- "$TMP/deep/dyn"
	refused "control: without the entry line the kernel refuses" 126 E0621 "likely     the policy has no"
else
	skip "ELF interpreter of the entry" "no compiler"
fi

# paths: make, skip, nofollow, links
reset
MORE_PATH="path make follow write_file,read_file,make_reg t.sbx:6 $TMP/made
path skip follow read_file t.sbx:7 $TMP/nowhere/at all
path error nofollow read_file,read_dir t.sbx:8 $OPEN
"
plan "$P"
run "$SBX_RUN" --dry-run "$P" -- "$PROBE"
[ ! -e "$TMP/made" ] && pass "--dry-run makes nothing" || fail "--dry-run makes nothing"
has "--dry-run lists the steps" "*would do    landlock*would do    seccomp*would do    exec $PROBE"
run sh -c 'exec "$@" >/dev/full' sh "$SBX_RUN" --dry-run "$P" -- "$PROBE"
[ "$RC" = 125 ] && pass "--dry-run that cannot be printed is no success" || fail "--dry-run to a full device" "$RC"
run "$SBX_RUN" "$P" -- "$PROBE" write "$TMP/made/x"
gives "make-dir and if-exists" ok
[ "$(stat -c %a "$TMP/made")" = 700 ] && pass "make-dir is 0700" || fail "make-dir is 0700"
ODD="$TMP/o d'\"d
\$x\\y"
mkdir "$ODD"
printf odd >"$ODD/f"
reset
MORE_PATH="path error follow read_file t.sbx:6 $(printf %s "$ODD" | sed 's/\\/\\\\/g; s/\$/\\$/g' | awk 'NR>1{printf "\\x0a"}{printf "%s",$0}')
"
plan "$P"
run "$SBX_RUN" "$P" -- "$PROBE" read "$ODD/f" , read "$SECRET"
gives "a path with blanks, quotes, newline, dollar, backslash" "ok
EACCES"
reset
MORE_PATH="path error follow read_file,read_dir t.sbx:6 /
"
plan "$P"
run "$SBX_RUN" "$P" -- "$PROBE" read "$SECRET" , write "$SECRET"
gives "/ as a path" "ok
EACCES"

# params and built-ins in paths
reset
MORE_PARAM="param name string default file
param where path required
"
# shellcheck disable=SC2016
MORE_PATH='path error follow read_file t.sbx:6 ${where}/${name}
path error follow read_file t.sbx:7 ${CWD}/secret
'
plan "$P"
(cd "$TMP" && run "$SBX_RUN" --set "where=$OPEN" "$P" -- "$PROBE" read "$OPEN/file" , read "$SECRET" , read "$TMP/deep/x" &&
	gives "params and CWD in paths" "ok
ok
EACCES"; exit "$FAILED") || FAILED=1

# the digest
D=$(sha256sum "$P/SHA256SUMS" | cut -d' ' -f1)
(cd "$TMP" && run "$SBX_RUN" --digest "sha256:$D" --set "where=$OPEN" "$P" -- "$PROBE" print yes &&
	gives "--digest of this very plan" "yes
ok"; exit "$FAILED") || FAILED=1

# in place: no second process; with a supervisor the program is its child
reset
plan "$P"
becomes() { [ "$(readlink "/proc/$1/exe")" = "$PROBE" ]; }
"$SBX_RUN" "$P" -- "$PROBE" sleep 60 &
within 20 becomes $! && pass "in place: the loader becomes the program" || fail "in place" "$(readlink "/proc/$!/exe")"
kill -9 $!
wait $! 2>/dev/null
MORE_LIMIT="output 1000 t.sbx:9
"
plan "$P"
"$SBX_RUN" "$P" -- "$PROBE" sleep 60 &
child() { [ -n "$(pgrep -P "$1" -f "^$PROBE sleep 60")" ]; }
within 20 child $! && ! becomes $! && pass "control: with a limit on output it stays, and the program is its child" || fail "control: supervised"
kill $!
wait $! 2>/dev/null

# exit codes
reset
reset
plan "$P"
for c in 0 1 77 255; do
	run "$SBX_RUN" "$P" -- "$PROBE" exit $c
	[ "$RC" = $c ] && pass "exit code $c is the program's" || fail "exit code $c is the program's" "$RC"
done
finish
