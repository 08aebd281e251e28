#!/bin/sh
# limits.sh - the limits of one process, from the line of the policy to what the program is told at the limit, each beside the same
# without the line. (Of the whole job: supervise-limits.sh, and tests/vm for what needs a controller.)
. "$(dirname "$0")/lib-loader.sh"
SBXC=${SBXC:-$B/sbxc}
mkdir "$TMP/p" "$TMP/w"
${CC:-cc} -O0 -static -Wall -Wextra -Werror -o "$TMP/p/limits" "$HERE/limits.c" 2>"$TMP/err" || { fail "the program builds" "$(cat "$TMP/err")"; finish; }

compile() { # LINE
	{
		printf 'sbx 1\npolicy l {\n    targets linux\n    isolate none\n    entry "%s/p/limits"\n' "$TMP"
		printf '    allow read write "/dev/null"\n    allow read write create "%s/w"\n    allow syscall mlock because "one of the limits"\n' "$TMP"
		printf '    default limits none\n    limit open-files 1000\n    %s\n%s\n}\n' "$1" "$OLDER"
	} >"$TMP/l.sbx"
	rm -rf "$TMP/plan"
	"$SBXC" -q "$TMP/l.sbx" -o "$TMP/plan" 2>"$TMP/err" || { fail "$1: the policy compiles" "$(cat "$TMP/err")"; finish; }
	chmod -R a+rX "$TMP/plan" "$TMP/p"
}
at_limit() { # LINE WANTED WHAT...: at the limit, and without the line
	line=$1 wanted=$2
	shift 2
	compile ""
	run $AS "$SBX_RUN" "$TMP/plan" -- "$TMP/p/limits" "$@"
	gives "control: $*, without \`$line\`" ok
	compile "$line"
	run $AS "$SBX_RUN" "$TMP/plan" -- "$TMP/p/limits" "$@"
	gives "$line: $*" "$wanted"
}

AS=
at_limit "limit open-files 20" EMFILE open 30
at_limit "limit file-size 4KiB" EFBIG write "$TMP/w/f" 8192
[ "$(stat -c %s "$TMP/w/f")" = 4096 ] && pass "limit file-size: what fits is written" || fail "limit file-size" "$(stat -c %s "$TMP/w/f")"
at_limit "limit stack 256KiB" SEGV stack 2000000
at_limit "limit address-space 64MiB" ENOMEM map 100000000
at_limit "limit locked-memory 8KiB" ENOMEM lock 32768
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	AS="setpriv --reuid 4397 --regid 4397 --clear-groups" # root is not counted
	at_limit "limit processes 8" EAGAIN fork 20
else
	skip "limit processes" "not root here, and others may have processes of this user"
fi
finish
