#!/bin/sh
# load.sh - many starts, one after the other and 200 side by side, of each shape, by sbx-run and by libsbx: each ends with its own
# code, and nothing is left: no process, cgroup, mount, descriptor, mapping, memory. `make check` takes a few; LONG=1 100,000 of
# the cheap shapes and 10,000 of the others (figures in docs/benchmarks.md).
. "$(dirname "$0")/lib-loader.sh"
SBXC=${SBXC:-$B/sbxc}
MANY=${MANY:-400} FEWER=${FEWER:-50} WIDE=${WIDE:-200} ROUNDS=1
[ -z "${LONG:-}" ] || { MANY=100000 FEWER=10000 ROUNDS=10; }
${CC:-cc} -std=gnu11 -D_GNU_SOURCE -O1 -I"$ROOT/runtime" -o "$TMP/load" "$HERE/load.c" "$B/libsbx.a" -lpthread 2>"$TMP/err" ||
	{ fail "the program builds" "$(cat "$TMP/err")"; finish; }
OWN=
own_cgroup && OWN=yes
cgroups() { [ -z "$OWN" ] || find "$CG" -mindepth 1 -type d | wc -l; }
dying() { [ -z "$OWN" ] || sed -n 's/^nr_dying_descendants //p' "$CG/cgroup.stat"; }
host() { printf '%s processes, %s cgroups, %s mounts\n' "$(pgrep -f "$PROBE" | wc -l)" "$(cgroups)" "$(wc -l </proc/self/mountinfo)"; }

load() { # NAME N WIDTH HOW COMMAND...
	name=$1 n=$2 width=$3 how=$4
	shift 4
	before=$(host)
	run nice "$TMP/load" "$how" "$n" "$width" "$@"
	for _ in 1 2 3 4 5 6 7 8 9 10; do # the last ones' process 1 and network may still be going
		[ "$(host)" = "$before" ] && break
		sleep 0.1
	done
	case $OUT in
	"$n of $n in "*"descriptors, 0 mappings, "*"children 0") ;;
	*) fail "$name" "$RC" "$OUT" "$(printf '%s\n' "$ERR" | sort | uniq -c | sort -rn | head -5)"; return ;;
	esac
	kib=$(printf '%s\n' "$OUT" | sed -n 's/.* mappings, \(-*[0-9]*\) KiB.*/\1/p')
	case $OUT in *": 0 descriptors"*) ;; *) fail "$name: descriptors" "$OUT"; return ;; esac
	# the heap of 100,000 launches may settle, not grow
	[ "$kib" -lt 512 ] && [ "$(host)" = "$before" ] && pass "$name, $width at a time: $OUT" ||
		fail "$name: something is left" "$OUT" "before: $before" "after: $(host)"
}
shapes() { # NAME N PLAN
	load "$1, sbx-run" "$2" 1 spawn "$SBX_RUN" "$3" "$PROBE" exit 7
	load "$1, libsbx" "$2" 1 launch "$3" - "$PROBE" exit 7
	load "$1, sbx-run" $((WIDE * ROUNDS)) "$WIDE" spawn "$SBX_RUN" "$3" "$PROBE" exit 7
	load "$1, libsbx" $((WIDE * ROUNDS)) "$WIDE" launch "$3" - "$PROBE" exit 7
}

load "control: without the loader" "$MANY" 1 spawn "$PROBE" exit 7
reset
plan "$TMP/here"
shapes "in place" "$MANY" "$TMP/here"
if unshare -U true 2>/dev/null; then
	printf 'sbx 1\npolicy t {\n    targets linux\n    allow read exec "%s"\n}\n' "$PROBE_DIR" >"$TMP/all.sbx"
	"$SBXC" -q "$TMP/all.sbx" -o "$TMP/all" 2>"$TMP/err" || fail "the policy compiles" "$(cat "$TMP/err")"
	shapes "all views" "$FEWER" "$TMP/all"
	# without a pid namespace the child shares the caller's memory while it makes the tree
	sed 's/^    allow/    isolate user, mount\n    prefer signal.scope on linux because "needs Linux 6.12"\n    allow/' "$TMP/all.sbx" >"$TMP/tree.sbx"
	"$SBXC" -q "$TMP/tree.sbx" -o "$TMP/tree" 2>"$TMP/err" || fail "the policy compiles" "$(cat "$TMP/err")"
	load "a tree alone, libsbx" "$WIDE" 1 launch "$TMP/tree" - "$PROBE" exit 7
else
	skip "all views" "this host makes no user namespaces"
fi
if [ -n "$OWN" ]; then
	CGROUP='cgroup.max.descendants 0
'
	MORE_LIMIT='wall 100000 t.sbx:9
'
	plan "$TMP/job"
	shapes "in a cgroup" "$FEWER" "$TMP/job"
	sleep 1
	n=$(dying)
	[ "${n:-0}" -lt 100 ] && pass "the kernel still holds $n removed cgroups" || fail "removed cgroups that the kernel holds" "$n"
else
	skip "in a cgroup" "this user cannot make a cgroup here"
fi
finish
