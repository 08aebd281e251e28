#!/bin/sh
# threads.sh - libsbx under ThreadSanitizer (make check-san): one plan used by several threads, plans opened while they are
# exchanged. There its children get a copy of the caller's memory (lib_start.c): to the sanitizer one that shares it is a thread that
# never began. Launches with a supervisor are left out: it lives on in a copy, in which the sanitizer takes its descriptors for those
# of the caller's threads, and reports races between two processes: signalfd() of the copy and pipe2() of a thread that it has not. With such
# reports suppressed the copy may wait for ever in __tsan::ReportRace for the sanitizer's ThreadRegistry, which a thread held when the copy was
# made. tests/live/libsbx-jobs.sh has these launches, without it.
# A fork of the caller's beside them is left out too: in some runs the fork waits for ever in calloc() for the lock of the
# sanitizer's own allocator (SizeClassAllocator64::GetFromAllocator), which a thread held when it was made. Both were looked at with gdb, in gcc
# 12's sanitizer; no lock of the library's was in either, as it has none. tests/live/libsbx-abuse.sh has the forks.
TESTS_LIVE=$(cd "$(dirname "$0")/live" && pwd)
. "$TESTS_LIVE/lib-loader.sh"
export TSAN_OPTIONS="exitcode=66 halt_on_error=1 die_after_fork=0"
flags="-std=gnu11 -D_GNU_SOURCE -O1 -g -fsanitize=thread"
cat >"$TMP/race.c" <<'C'
#include <pthread.h>
static int n;
static void *count(void *p)
{
	for (int i = 0; i < 100000; i++)
		n++;
	return p;
}
int main(void)
{
	pthread_t t;
	pthread_create(&t, 0, count, 0);
	count(0);
	return pthread_join(t, 0);
}
C
# shellcheck disable=SC2086
${CC:-cc} $flags -o "$TMP/race" "$TMP/race.c" -lpthread 2>"$TMP/err" || { skip "threads" "no ThreadSanitizer"; finish; }
run "$TMP/race"
case $RC:$ERR in
66:*"data race"*) pass "control: a race is seen" ;;
*FATAL*) skip "threads" "$(printf '%s\n' "$ERR" | grep FATAL | head -n 1)"; finish ;;
*) fail "control: a race is seen" "$RC" "$ERR" ;;
esac
# shellcheck disable=SC2086
${CC:-cc} $flags -I"$ROOT/runtime" -o "$TMP/abuse" "$HERE/libsbx/abuse.c" "$B/tsan/libsbx.a" -lpthread 2>"$TMP/err" ||
	{ fail "the program builds" "$(cat "$TMP/err")"; finish; }
plan_of() { # NAME VERSION
	printf 'sbx 1\npolicy p version "%s" {\n    targets linux\n    isolate none\n    allow read exec "%s"\n}\n' "$2" "$PROBE_DIR" >"$TMP/$1.sbx"
	"$B/sbxc" -q "$TMP/$1.sbx" -o "$TMP/$1" 2>"$TMP/err" || fail "$1 compiles" "$(cat "$TMP/err")"
}
plan_of one 1.0.0
plan_of two 2.0.0
quiet() { # NAME WORDS: the last run gave them, and the sanitizer said nothing
	case $RC:$OUT in
	0:*"$2"*) case $ERR in *ThreadSanitizer*) ;; *) pass "$1"; return ;; esac ;;
	esac
	fail "$1" "$RC" "$OUT" "$ERR"
}
run "$TMP/abuse" launches "$TMP/one" "$PROBE"
quiet "one plan, launches of five threads" "wrong 0 children 0"
run "$TMP/abuse" exchanged "$TMP/one" "$TMP/two"
quiet "plans opened by four threads while they are exchanged" "wrong 0 both 1"
finish
