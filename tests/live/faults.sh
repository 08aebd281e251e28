#!/bin/sh
# faults.sh - every system call of every shape of a start fails once, in each process that takes part, with several errnos, and
# each process is killed once at each call (inject.c): either nothing ran, or the program ran with the very sandbox it has
# without the fault. Or the whole is sent SIGTERM, SIGINT or SIGHUP there: it ends by that signal, also when the step never ends.
# No process, cgroup, mount or file is left, no run hangs.
#
# `make check` takes a sample; LONG=1 all of them, with more errnos. FAULT_SHAPES names some of the shapes, FAULT_STEP the
# sample (every Nth call).
. "$(dirname "$0")/lib-loader.sh"
SBXC=${SBXC:-$B/sbxc}
ERRNOS=EPERM STEP=${FAULT_STEP:-3}
[ -z "${LONG:-}" ] || { ERRNOS=EPERM,ENOMEM,EMFILE,EIO STEP=${FAULT_STEP:-1}; }
ERRNOS=${FAULT_ERRNOS:-$ERRNOS}
printf '#include <sys/syscall.h>\n' | ${CC:-cc} -E -dM - |
	sed -n 's/^#define __NR_\([a-z0-9_]*\) \([0-9]*\)$/{\2, "\1"},/p' >"$TMP/syscalls.inc"
${CC:-cc} -O1 -D_GNU_SOURCE -I"$TMP" -o "$TMP/inject" "$HERE/inject.c" 2>"$TMP/err" ||
	{ skip "faults" "the injector does not know this machine"; finish; }
"$TMP/inject" -t control -k "$PROBE" print x >"$TMP/out" 2>&1 || { skip "faults" "$(tail -n 1 "$TMP/out")"; finish; }

NR=$(printf '#include <sys/syscall.h>\nN=SYS_getppid\n' | ${CC:-cc} -E -P - | sed -n 's/^N=//p')
printf secret >"$TMP/secret"
mkdir "$TMP/open" "$TMP/reports"
ln -s open "$TMP/link"
: >"$TMP/reports/r.json"
OWN=
own_cgroup && OWN="-w $CG"
RUN=$SBX_RUN

# What the program tells of its sandbox; compared word for word.
ASK="state , caps , fds , rlimits , env , read $TMP/secret , write $TMP/open/x , listen 20778 , signal $$ , syscall $NR"

shape() { # NAME COMMAND...: all campaigns of one shape
	case ${FAULT_SHAPES:-$1} in *"$1"*) ;; *) return ;; esac
	name=$1
	shift
	# shellcheck disable=SC2086
	"$TMP/inject" -t "$name" -e "$ERRNOS" -k $SIGNALS -n "$STEP" -o "$TMP/told" $OWN -w "$TMP/reports" $MARKED "$@" >"$TMP/lines" 2>&1 || FAILED=1
	cat "$TMP/lines"
	grep -Eq '^(PASS|FAIL)' "$TMP/lines" || fail "$name: the injector ran" "$(cat "$TMP/lines")"
	grep -q "nnp 1 seccomp 2" "$TMP/told" && pass "$name: control: without fault the program runs in its sandbox" ||
		fail "$name: control" "$(cat "$TMP/told")"
}
rules() { # of the plans by hand
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
$1"
	MORE_ENV='env-allow HOME
env-set A b
'
	MORE_SESSION="session new
"
}
LIMITED="cgroup.max.descendants 0
"

rules ""
plan "$TMP/here"
rules "output 100000 t.sbx:9
"
plan "$TMP/beside"
rules "terminal new
"
plan "$TMP/terminal"
rules "observe denied
"
plan "$TMP/observe"
rules "wall 20000 t.sbx:8
"
CGROUP=$LIMITED
plan "$TMP/job"
LAYER=discard
mounts_overlay || { LAYER= && skip "a layer in isolate all" "this kernel mounts no overlay here"; }
cat >"$TMP/all.sbx" <<P
sbx 1
param d: path at load
policy faults {
    targets linux
    allow read exec "$PROBE_DIR"
    allow read "/proc" if-exists
    allow read write "\${d}" except "\${d}/hidden"
    allow read write "\${d}/job" $LAYER
    mount "$TMP/store" at "/srv/data" read
    scratch "/scratch" size 1MiB
    deny read write matching "*.key" under "\${d}"
    prefer fs.glob.live on linux because "the keys that are there"
    directory "/srv/data"
    limit output 100KiB
}
P
mkdir -p "$TMP/d/hidden" "$TMP/d/job" "$TMP/store" && echo x >"$TMP/d/hidden/x" && echo y >"$TMP/store/y"
mkdir "$TMP/d/sub" && echo k >"$TMP/d/sub/a.key" && echo k >"$TMP/d/sub/b" && echo input >"$TMP/input"
"$SBXC" -q --std "$ROOT/policies/std" "$TMP/all.sbx" -o "$TMP/all" 2>"$TMP/err" || { fail "the policy compiles" "$(cat "$TMP/err")"; finish; }
# Links that the program could have made, a folder that each start makes, patterns, folders that stay in their place, masks.
tree() { # NAME LINES
	cat >"$TMP/$1.sbx" <<P
sbx 1
param d: path at load
policy faults {
    targets linux
    allow read exec "$PROBE_DIR"
    allow read "/proc" if-exists
    allow read write "\${d}/job"
    allow read "\${d}/job/way/f"
    allow read write "\${d}/job/made" make-dir
    allow read matching "*.txt" under "\${d}/texts"
    prefer fs.glob.live, fs.write.scope on linux because "what is there"
$2
}
P
	"$SBXC" -q --std "$ROOT/policies/std" "$TMP/$1.sbx" -o "$TMP/$1" 2>"$TMP/err" || { fail "$1 compiles" "$(cat "$TMP/err")"; finish; }
}
tree links "    isolate none
$OLDER"
tree pins '    deny write "${d}/job/deep/inner"
    deny read write "${d}/job/far/off/shut"
    user 1000
    hostname "box"'
mkdir -p "$TMP/t/job/inside" "$TMP/t/job/deep/inner" "$TMP/t/job/far/off" "$TMP/t/texts" && ln -s inside "$TMP/t/job/way"
for f in job/inside/f job/deep/inner/f job/far/off/shut texts/a.txt texts/b; do echo x >"$TMP/t/$f"; done
WAY="state , caps , fds , rlimits , env , read $TMP/t/job/way/f , read $TMP/t/texts/a.txt , read $TMP/t/texts/b , list $TMP/t/job/made , write $TMP/t/job/deep/inner/f , write $TMP/t/job/deep/f , read $TMP/t/job/far/off/shut , listen 20778 , read /etc/passwd"

INSIDE="state , caps , fds , rlimits , env , read $TMP/d/hidden/x , read $TMP/d/sub/a.key , read $TMP/d/sub/b , read /scratch/input , read y , write /scratch/new , write $TMP/d/job/new , listen 20778 , read /etc/passwd"

# shellcheck disable=SC2086
{
	MARKED= SIGNALS=-s
	shape "in place" "$RUN" "$TMP/here" -- "$PROBE" $ASK
	shape "supervised, reported" "$RUN" --report "$TMP/reports/r.json" "$TMP/beside" -- "$PROBE" $ASK
	MARKED="-x 2"
	shape "as a group leader" "$FILTER" lead "$RUN" "$TMP/here" -- "$PROBE" $ASK
	MARKED=
	ALL=$ERRNOS ERRNOS=${ERRNOS%,EIO} # how a terminal says that it is closed
	shape "terminal new" "$RUN" "$TMP/terminal" -- "$PROBE" $ASK
	ERRNOS=$ALL
	shape "observe denied" "$RUN" "$TMP/observe" -- "$PROBE" $ASK
	if [ -n "$OWN" ]; then
		shape "isolate none, cgroup" "$RUN" "$TMP/job" -- "$PROBE" $ASK
	else
		skip "isolate none, cgroup" "this user cannot make a cgroup here"
	fi
	if unshare -U true 2>/dev/null; then
		shape "isolate all" "$RUN" --set "d=$TMP/d" --file "input=$TMP/input" "$TMP/all" -- "$PROBE" $INSIDE
	else
		skip "isolate all" "this host makes no user namespaces"
	fi
	MARKED="-x 2"
	shape "links and make-dir" "$FILTER" fresh "$TMP/t/job/made" "$RUN" --set "d=$TMP/t" "$TMP/links" -- "$PROBE" $WAY
	if unshare -U true 2>/dev/null; then
		shape "pins and masks" "$FILTER" fresh "$TMP/t/job/made" "$RUN" --set "d=$TMP/t" "$TMP/pins" -- "$PROBE" $WAY
	else
		skip "pins and masks" "this host makes no user namespaces"
	fi
	MARKED=
	${CC:-cc} -std=gnu11 -D_GNU_SOURCE -O1 -static -I"$ROOT/runtime" -o "$TMP/faulted" "$HERE/libsbx/faulted.c" "$B/libsbx.a" 2>"$TMP/err" ||
		fail "the program of the library builds" "$(cat "$TMP/err")"
	MARKED=-m SIGNALS= # process 0 is the caller
	shape "libsbx in place" "$TMP/faulted" launch "$TMP/here" - "$PROBE" $ASK
	shape "libsbx pool" "$TMP/faulted" pool "$TMP/here" - "$PROBE" $ASK
	if unshare -U true 2>/dev/null; then
		shape "libsbx isolate all" "$TMP/faulted" launch "$TMP/all" "d=$TMP/d" "$PROBE" $INSIDE
	else
		skip "libsbx isolate all" "this host makes no user namespaces"
	fi
}
if strace -o /dev/null true 2>/dev/null; then
	run strace -o /dev/null -e inject=landlock_restrict_self:error=E2BIG "$SBX_RUN" "$TMP/here" -- "$PROBE" print ran
	refused "a step that fails names itself" 125 E0626 "step       landlock"
else
	skip "a step that fails names itself" "strace cannot trace here"
fi
finish
