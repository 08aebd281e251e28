# lib-loader.sh - for tests/live/loader-*.sh: hand-made plans, one check a line (PASS, FAIL, SKIP), a scratch directory that goes.
#
# SBX_RUN names the loader; PROBE and FILTER the helpers, which are compiled here when they are not given.
set -u
export LC_ALL=C
HERE=${TESTS_LIVE:-$(cd "$(dirname "$0")" && pwd)}
ROOT=$(cd "$HERE/../.." && pwd)
case ${B:=build} in /*) ;; *) B=$ROOT/$B ;; esac
SBX_RUN=${SBX_RUN:-$B/sbx-run}
TMP=$(mktemp -d /tmp/sbx-loader.XXXXXX) || exit 1
chmod 755 "$TMP"
mkdir "$TMP/bin"
trap 'chmod -R u+w "$TMP" 2>/dev/null; rm -rf "$TMP"' EXIT
FAILED=0
ID=0123456789abcdef0123456789abcdef
ARCH=$(uname -m)

pass() { printf 'PASS %s\n' "$1"; }
fail() { printf 'FAIL %s\n' "$1"; shift; for l; do printf '%s\n' "$l" | sed 's/^/     | /'; done; FAILED=1; }
skip() { printf 'SKIP %s: %s\n' "$1" "$2"; }
finish() { exit "$FAILED"; }

tool() { # NAME: compiles tests/live/NAME.c statically, prints its path
	for cc in musl-gcc "${CC:-cc}" gcc clang; do
		command -v "$cc" >/dev/null && "$cc" -O1 -static -o "$TMP/bin/$1" "$HERE/$1.c" && break
	done
	printf '%s/bin/%s' "$TMP" "$1"
}
if [ -n "${PROBE:-}" ]; then cp "$PROBE" "$TMP/bin/probe" && PROBE=$TMP/bin/probe; else PROBE=$(tool probe); fi
FILTER=${FILTER:-$(tool filter)}
[ -x "$SBX_RUN" ] || { fail "no loader at SBX_RUN"; finish; }
# A copy that other users can reach, wherever the checkout lies.
cp "$SBX_RUN" "$TMP/sbx-run" && chmod 755 "$TMP/sbx-run" && SBX_RUN=$TMP/sbx-run
PROBE_DIR=$(dirname "$PROBE")

# For policies that have no view of processes of their own, so that they start on older kernels too.
OLDER='    prefer signal.scope on linux because "needs Linux 6.12"'

# The lines of the next plan, without head and `end`. reset gives a plan that lets the probe run and read its directory.
reset() {
	MORE_PARAM= MORE_GUARANTEE= MORE_ENTRY= MORE_ENV= MORE_LIMIT= MORE_SESSION=
	ISOLATE=none
	ARCHES=$ARCH
	HANDLE="execute write_file read_file read_dir remove_dir remove_file make_char make_dir make_reg make_sock make_fifo make_block make_sym refer truncate"
	MORE_HANDLE= MORE_PATH= MORE_PORT= MORE_ASSERT=
	CGROUP= RULES= CALLS=
}
# For MORE_PATH: sh and the tools of this host, and /dev/null.
HOST_TOOLS='path error follow execute,read_file,read_dir t.sbx:2 /usr
path skip follow execute,read_file,read_dir t.sbx:3 /lib
path skip follow execute,read_file,read_dir t.sbx:3 /lib64
path skip follow execute,read_file,read_dir t.sbx:3 /bin
path error follow write_file,read_file t.sbx:4 /dev/null
'
# A cgroup of the test's own, where jobs can be made, at the root or beside the one this is in; false where the user may not.
own_cgroup() {
	for CG in /sys/fs/cgroup /sys/fs/cgroup/unified; do
		[ -e "$CG/cgroup.procs" ] || continue
		BEFORE=$CG$(sed -n 's/^0:://p' /proc/self/cgroup)
		CG=$CG/sbx-test-$$
		mkdir "$CG" 2>/dev/null || {
			CG=$(dirname "$BEFORE")/sbx-test-$$
			mkdir "$CG" 2>/dev/null || return 1
		}
		trap 'echo $$ >"$BEFORE/cgroup.procs"; rmdir "$CG" 2>/dev/null || echo "FAIL the test left processes in its cgroup"
			chmod -R u+w "$TMP" 2>/dev/null; rm -rf "$TMP"' EXIT
		echo $$ >"$CG/cgroup.procs" && return 0
	done
	return 1
}
# Asked of the kernel, not of the loader: a guest has no overlayfs where Debian's archive has no modules any more.
mounts_overlay() {
	unshare -rm sh -c 'mount -t tmpfs none "$1" && cd "$1" && mkdir low up work && mount -t overlay -o lowerdir=low,upperdir=up,workdir=work none low' \
		sh "$TMP/bin" 2>/dev/null
}
nl() { printf '%s\n' "$1"; }
within() { # SECONDS COMMAND...: until it is true
	polls=$(($1 * 20))
	shift
	while ! "$@"; do
		[ "$polls" -gt 0 ] || return 1
		polls=$((polls - 1))
		sleep 0.05
	done
}

plan() { # DIR
	mkdir -p "$1" && chmod 755 "$1" && rm -f "$1"/*
	{
		printf 'sbx-launch 1 %s\npolicy test 1.0\ntarget linux\narch %s\nisolate %s\n' \
			"$ID" "$ARCHES" "$ISOLATE"
		printf '%s%s%s%s%s%send\n' "$MORE_PARAM" "$MORE_GUARANTEE" "$MORE_ENTRY" "$MORE_ENV" \
			"$MORE_LIMIT" "$MORE_SESSION"
	} >"$1/launch.conf"
	{
		printf 'sbx-landlock 1 %s\nhandle-fs %s\n%s' "$ID" "$HANDLE" "$MORE_HANDLE"
		[ -n "$MORE_ENTRY" ] || printf 'path error follow execute,read_file,read_dir t.sbx:1 %s\n' "$PROBE_DIR"
		printf '%s%s%send\n' "$MORE_PATH" "$MORE_PORT" "$MORE_ASSERT"
	} >"$1/landlock.conf"
	[ -z "$CGROUP" ] || printf 'sbx-cgroup 1 %s\n%send\n' "$ID" "$CGROUP" >"$1/cgroup.conf"
	# shellcheck disable=SC2086
	for a in $ARCHES; do "$FILTER" write "$1/seccomp-$a.bpf" $RULES; done
	case $MORE_LIMIT in *observe*) printf 'sbx-calls 1 %s\n%send\n' "$ID" "$CALLS" >"$1/seccomp-$ARCH.calls" ;; esac
	seal "$1"
}
seal() { # DIR: writes SHA256SUMS of what is there
	chmod go-w "$1"/* 2>/dev/null
	(cd "$1" && rm -f SHA256SUMS && sha256sum -- * >"$TMP/sums" && mv "$TMP/sums" SHA256SUMS)
	chmod 644 "$1/SHA256SUMS"
}

run() { # runs the command; OUT, ERR, RC
	"$@" >"$TMP/out" 2>"$TMP/err" </dev/null
	RC=$?
	OUT=$(cat "$TMP/out") ERR=$(cat "$TMP/err")
}

refused() { # NAME CODE NUMBER WORDS: the last run ended so, one message, nothing ran
	case $ERR in
	*"error[$3]"*"$4"*"nothing was started (exit $2)"*) ;;
	*) fail "$1" "exit $RC" "$ERR" "$OUT"; return ;;
	esac
	if [ "$RC" = "$2" ] && [ -z "$OUT" ]; then pass "$1 ($3)"; else fail "$1" "exit $RC" "$ERR" "$OUT"; fi
}

gives() { # NAME OUTPUT: the last run printed exactly this
	if [ "$OUT" = "$2" ]; then pass "$1"; else fail "$1" "exit $RC" "wanted: $2" "got: $OUT" "$ERR"; fi
}
has() { # NAME PATTERN: the output matches the shell pattern
	# shellcheck disable=SC2254
	case $OUT in
	$2) pass "$1" ;;
	*) fail "$1" "exit $RC" "wanted: $2" "got: $OUT" "$ERR" ;;
	esac
}

# Without Landlock nothing starts, and that is said. A script has no more to look at then.
if [ "$("$PROBE" landlock | head -n 1)" = 0 ]; then
	script=$(basename "$0" .sh)
	reset
	plan "$TMP/without"
	run "$SBX_RUN" "$TMP/without" "$PROBE" print ran
	refused "$script: nothing starts without Landlock" 125 E0601 "this kernel has no Landlock"
	skip "$script" "this kernel has no Landlock"
	finish
fi
