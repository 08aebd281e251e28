#!/bin/sh
# dry-run.sh - `--dry-run` says every step that a start would take, and takes none. Each step beside a policy without its line.
. "$(dirname "$0")/lib-loader.sh"
SBXC=${SBXC:-$B/sbxc}
mkdir -p "$TMP/d/hidden" "$TMP/d/job" "$TMP/store"
echo input >"$TMP/file"
policy() { # NAME, the lines on stdin
	{
		printf 'sbx 1\nparam d: path at load\nparam room: size = 1MiB at load\npolicy t {\n    targets linux\n    allow read exec "%s"\n%s\n' "$PROBE_DIR" "$OLDER"
		cat
		printf '}\n'
	} >"$TMP/$1.sbx"
	"$SBXC" -q --std "$ROOT/policies/std" "$TMP/$1.sbx" -o "$TMP/$1" 2>"$TMP/err" || { fail "$1 compiles" "$(cat "$TMP/err")"; finish; }
}
policy plain <<'P'
    isolate none
P
policy whole <<P
    allow read write "\${d}/job/made" make-dir
    allow read write "\${d}" except "\${d}/hidden"
    allow read write "\${d}/job" discard
    deny read write matching "*.key" under "\${d}"
    prefer fs.glob.live on linux because "the keys that are there"
    mount "$TMP/store" at "/srv/data" read
    scratch "/scratch" size room
    directory "/srv/data"
    hostname "box"
    user 1234
    stdin null
    terminal new
    set env A = "b"
    default limits none
    limit open-files 77
    limit wall 5s
    limit output room
    observe denied
P
steps() { # NAME OPTION...
	name=$1
	shift
	run "$SBX_RUN" --dry-run --set "d=$TMP/d" --set room=2MiB "$@" "$TMP/$name" -- "$PROBE" print ran
}
ORDER="report to $TMP/r
end everything after 5000 ms
end everything after 2097152 bytes of output
new terminal
answer refused system calls
give up the groups of the caller
stdin from /dev/null
namespaces user pid mount net ipc uts cgroup
maps of one user, 1234 inside, and one group, 1234; no setgroups
loopback up
host name box
tree of its own, of what the rules name
mount $TMP/store at /srv/data, read only
scratch /scratch, 2097152 bytes
discard $TMP/d/job
copy of $TMP/file, 6 bytes, as f in the scratch folder of 
cover 
leave the tree of the host
directory /srv/data
process 1, which reaps"
LAST="environment of 1 variables
session
signals and umask
descriptors
limits
nofile 77
capabilities
no_new_privs
landlock
seccomp
exec $PROBE"
in_order() { # LINES: each is the beginning of a line of OUT, one behind the other
	printf '%s\n' "$OUT" | sed -n 's/^would do    //p; s/^            //p' >"$TMP/said"
	printf '%s\n' "$1" | awk -v said="$TMP/said" '{ want = $0; found = 0; while (!found && (getline line <said) > 0) found = index(line, want) == 1; if (!found) { print "not there, or not in this place: " want; exit 1 } }'
}
if unshare -U true 2>/dev/null; then
	steps whole --report "$TMP/r" --file "f=$TMP/file"
	wrong=$(in_order "$ORDER
$LAST") && pass "every step, in the order of a start" || fail "every step" "$wrong" "$OUT" "$ERR"
	case $OUT in *"shape       supervised: "*) pass "a start with a supervisor" ;; *) fail "the shape" "$OUT" ;; esac
	[ ! -e "$TMP/d/job/made" ] && [ ! -e "$TMP/r" ] && pass "nothing is made, no report is written" || fail "nothing is made" "$(ls -lR "$TMP/d" "$TMP/r")"
else
	skip "every step" "this host makes no user namespaces"
fi
steps plain
wrong=$(in_order "$(printf '%s\n' "$LAST" | sed 's/of 1 var/of 0 var/; /nofile 77/d')") && pass "control: a plan without these lines: the steps that every start has" || fail "control: a plain plan" "$wrong" "$OUT" "$ERR"
printf '%s\n' "$ORDER" >"$TMP/order"
extra=$(grep -F -f "$TMP/order" "$TMP/said")
[ -z "$extra" ] && pass "control: and none of the others" || fail "control: others" "$extra"
case $OUT in *"shape       in place"*) pass "control: in place" ;; *) fail "control: in place" "$OUT" ;; esac
if strace -o /dev/null true 2>/dev/null; then
	acts="clone clone3 fork vfork unshare mount move_mount fsopen mkdirat mknodat setsid capset execve landlock_restrict_self"
	made() { # PLAN OPTION...: which of these calls it makes
		strace -f -qq -o "$TMP/calls" "$SBX_RUN" "$@" -- "$PROBE" print ran >/dev/null 2>&1
		for call in $acts; do grep -q "[0-9 ]*$call(" "$TMP/calls" && printf '%s ' $call; done
	}
	dry=$(made --dry-run --set "d=$TMP/d" "$TMP/whole") wet=$(made --set "d=$TMP/d" "$TMP/plain")
	[ "$dry" = "execve " ] && pass "no call that changes anything" || fail "no call that changes anything" "$dry"
	case $wet in *"setsid "*"execve landlock_restrict_self"*) pass "control: a start makes them" ;; *) fail "control: a start makes them" "$wet" ;; esac
else
	skip "no call that changes anything" "strace cannot trace here"
fi
finish
