#!/bin/sh
# exposure.sh - what the loader itself exposes of the kernel: every system call that its processes make, seen by strace, in five
# shapes of a start up to the program and (where a process stays) to its end. The table docs/exposure.md lists them with what each is
# for; a call that it does not list fails here, and one that nothing makes. BLESS=1 writes it, all but the reasons of new calls.
. "$(dirname "$0")/lib-loader.sh"
TABLE=$ROOT/docs/exposure.md
SBXC=${SBXC:-$B/sbxc}
SHAPES="place wait views cgroup report"
[ "$(uname -m)" = x86_64 ] || { skip "exposure" "the table has the calls of x86_64"; finish; }
strace -o /dev/null true 2>/dev/null || { skip "exposure" "strace cannot trace here"; finish; }
own_cgroup || { skip "exposure" "this user cannot make a cgroup here"; finish; }
unshare -Um true 2>/dev/null || { skip "exposure" "this host makes no user namespaces"; finish; }
mkdir "$TMP/job" "$TMP/job/hidden" "$TMP/seen" && echo x >"$TMP/input"

policy() { # SHAPE, lines on stdin
	{
		printf 'sbx 1\nparam d: path at load\npolicy exposure {\n    targets linux\n    allow read exec "%s"\n    allow read write "${d}"\n' "$PROBE_DIR"
		cat
		printf '}\n'
	} >"$TMP/$1.sbx"
	"$SBXC" -q --std "$ROOT/policies/std" "$TMP/$1.sbx" -o "$TMP/$1" 2>"$TMP/err" || fail "$1: the policy compiles" "$(cat "$TMP/err")"
}
policy place <<P
    isolate none
    limit open-files 64
    allow connect tcp "*:443" because "a port"
    prefer net.connect.port on linux because "needs Linux 6.7"
$OLDER
P
policy wait <<P
    isolate none
    limit wall 30s
    limit output 1MiB
    terminal new
$OLDER
P
policy views <<P
    deny read write "\${d}/hidden"
    scratch "/scratch" size 1MiB
    allow read "/proc" if-exists
P
policy report <<P
    isolate none
    observe denied
$OLDER
P
# No controller is needed for this one.
reset
CGROUP="cgroup.max.descendants 0
" MORE_PARAM="param d path required
"
plan "$TMP/cgroup"

# The calls of each process, but those of the program: from execve of the loader, which the shell makes, to the next, that of the
# probe, whose name strace does not show to a user who may not read the loader's memory.
calls() {
	awk '
	FNR == 1 { ended = 0 }
	ended || /^restart_syscall/ || /^execve\(.*sbx-run"/ || !/^[a-z0-9_]+\(/ { next }
	{ name = $0; sub(/\(.*/, "", name); print name == "syscall_0x1d3" ? "open_tree_attr" : name } # strace of Debian 12 does not know it
	/^execve(at)?\(/ && / = 0$/ { ended = 1 }' "$@" | sort -u
}
look() { # SHAPE
	more= does=
	case $1 in
	report) more="--report $TMP/report.json" does=", syscall 101" ;; # ptrace: it is reported, so the program waits for the supervisor
	views) more="--file input=$TMP/input" ;;
	esac
	rm -f "$TMP"/calls.*
	# shellcheck disable=SC2086
	run strace -f -ff -o "$TMP/calls" "$SBX_RUN" $more --set "d=$TMP/job" "$TMP/$1" -- "$PROBE" print ran $does
	calls "$TMP"/calls.* >>"$TMP/seen/$1"
	sort -u -o "$TMP/seen/$1" "$TMP/seen/$1"
	sort -u "$TMP"/seen/* >"$TMP/now"
}
for shape in $SHAPES; do
	look "$shape"
	case $OUT in ran*) pass "$shape: control: the program runs under strace" ;; *) fail "$shape: control" "$RC" "$OUT" "$ERR" ;; esac
done
# Some calls are a matter of moments (a program that ends before its supervisor has looked): a few more starts see them.
rows() { sed -n 's/^| `\([a-z0-9_]*\)`.*/\1/p' "$1"; }
# Calls of kernels before this one, or that root has no need of: their rows say so, and stay.
elsewhere() { sed -n '/before Linux\|other users than root/s/^| `\([a-z0-9_]*\)`.*/\1/p' "$TABLE"; }
rows "$TABLE" | sort >"$TMP/listed"
for again in 1 2 3 4 5 6; do
	[ -z "${BLESS:-}" ] && [ -z "$(elsewhere | sort -u - "$TMP/now" | comm -13 - "$TMP/listed")" ] && break
	for shape in $SHAPES; do look "$shape"; done
done

# What each is for, by hand; the rest of the table is what was seen.
what() { awk -v name="$1" -F' *[|] *' '$2 == "`" name "`" { print $(NF - 1) }' "$TABLE"; }
{
	sed '/^| call/,$d' "$TABLE"
	printf '| call |'
	for shape in $SHAPES; do printf ' %s |' "$shape"; done
	printf ' for |\n|---|---|---|---|---|---|---|\n'
	for name in $(elsewhere | sort -u - "$TMP"/seen/*); do
		printf '| `%s` |' "$name"
		for shape in $SHAPES; do grep -qx "$name" "$TMP/seen/$shape" && printf ' x |' || printf ' |'; done
		printf ' %s |\n' "$(what "$name")"
	done
} >"$TMP/table"
[ -z "${BLESS:-}" ] || cp "$TMP/table" "$TABLE"

rows "$TABLE" | sort >"$TMP/listed"
new=$(comm -23 "$TMP/now" "$TMP/listed")
[ -z "$new" ] && pass "no call that the table does not list ($(wc -l <"$TMP/now") seen)" ||
	fail "calls that docs/exposure.md does not list (BLESS=1 tests/live/exposure.sh adds them)" "$new"
# Another kernel or user makes fewer. Which shape makes a call is not compared: for a few it is a matter of moments.
if [ "$(uname -r | cut -d. -f1-2) $(id -u)" = "6.18 0" ]; then
	unseen=$(elsewhere | sort -u - "$TMP/now" | comm -13 - "$TMP/listed")
	[ -z "$unseen" ] && pass "every call of the table was seen" ||
		fail "calls that nothing makes any more (BLESS=1 tests/live/exposure.sh)" "$unseen"
else
	pass "the table was made on another kernel or by another user: $(comm -13 "$TMP/now" "$TMP/listed" | wc -l) calls of it not seen here"
fi
grep '^| `' "$TABLE" | grep -q ' |  |$' && fail "calls without a reason" "$(grep ' |  |$' "$TABLE")" || pass "each call has its reason"

# The test can fail: a table without a row is found.
grep -v '^| `execve`' "$TABLE" | sed -n 's/^| `\([a-z0-9_]*\)`.*/\1/p' | sort >"$TMP/less"
[ "$(comm -23 "$TMP/now" "$TMP/less")" = execve ] && pass "control: a call that is not listed is found" || fail "control: a row less"
finish
