#!/bin/sh
# view-files.sh - `--file`: copies of files of the host in a scratch folder, of the loader and of the library. What cannot be given is
# refused before anything starts.
. "$(dirname "$0")/lib-view.sh"

policy one <<'P'
    scratch "/in" size 64KiB
P
policy two <<'P'
    scratch "/in" size 64KiB
    scratch "/more in" size 64KiB
P
policy none <<'P'
    allow read "${d}/given"
P
policy value <<'P'
    allow read "${d}/given"
    scratch "${d}/job" size 64KiB
P
{
	printf 'sbx 1\npolicy lib {\n    targets linux\n    %s\n    allow read exec "%s/tools"\n    scratch "/in" size 64KiB\n    prefer signal.scope on linux because "x"\n}\n' "$LIBS" "$TMP"
} >"$TMP/lib.sbx"
"$SBXC" --std "$STD" -q "$TMP/lib.sbx" -o "$TMP/plan-lib" 2>"$TMP/err" || { fail "lib compiles" "$(cat "$TMP/err")"; finish; }
with() { # PLAN COMMAND OPTION...
	with_plan=$1 with_command=$2
	shift 2
	run as "$SBX_RUN" --set "d=$D" "$@" "$TMP/plan-$with_plan" -- "$TMP/tools/busybox" sh -c "$with_command"
}
no() { # TITLE WORDS PLAN OPTION...
	title=$1 words=$2 no_plan=$3
	shift 3
	with "$no_plan" 'echo ran' "$@"
	refused "$WHO: $title" 125 E0631 "$words"
}

[ -n "${PROBE:-}" ] && cp "$PROBE" "$TMP/tools/probe" && chmod 755 "$TMP/tools/probe" && PROBE=$TMP/tools/probe
for WHO in $USERS; do
	fresh
	as sh -c "cd '$D' && mkdir given job && echo one >a && echo two >'b c' && mkfifo pipe && : >empty && ln -s a link && dd if=/dev/zero of=big bs=1024 count=65 2>/dev/null && dd if=/dev/zero of=half bs=1024 count=33 2>/dev/null && truncate -s 1T sparse"
	with one 'cd /in && ls && cat x && echo more >>x && rm y && echo new >z && cat x z' --file "x=$D/a" --file "y=$D/b c"
	gives "$WHO: the files are there, and are the program's own" "x
y
one
one
more
new"
	[ "$(cat "$D/a")" = one ] && [ -e "$D/b c" ] && [ ! -e "$D/z" ] && pass "$WHO: those of the host are as they were" || fail "$WHO: those of the host" "$(ls -l "$D")"
	with one 'ls -A /in | wc -l; test -e '"'$D/a'"' && echo seen'
	gives "$WHO: control: without the option nothing is there" "0"
	with two 'cat "/more in/x y" /in/x' --file "/more in/x y=$D/link" --file "/in/x=$D/b c"
	gives "$WHO: a whole path names the folder; a link is followed as the caller would" "one
two"
	with value "cat '$D/job/x'; ls '$D/job'" --file "x=$D/a"
	gives "$WHO: a folder whose place is a param" "one
x"
	[ -z "$(ls "$D/job")" ] && pass "$WHO: nothing is written on the host" || fail "$WHO: nothing is written on the host"
	with one 'cat /in/x; ls /in' --file "x=$D/empty"
	gives "$WHO: an empty file" "x"
	with one 'cat "/in/=a"' --file "=a=$D/a"
	case $ERR in *E0600*) pass "$WHO: an empty name is no option" ;; *) fail "$WHO: an empty name is no option" "$ERR" ;; esac

	no "a file that is not there" "it cannot be read" one --file "x=$D/nowhere"
	no "a folder" "no regular file" one --file "x=$D/given"
	no "a fifo, without waiting for a writer" "no regular file" one --file "x=$D/pipe"
	no "a device" "no regular file" one --file "x=/dev/zero"
	no "more than the folder holds" "larger than what is left" one --file "x=$D/big"
	no "more than it says" "larger than what is left" one --file "x=$D/sparse"
	no "more than it holds together" "larger than what is left" one --file "x=$D/half" --file "y=$D/half"
	with two 'ls /in "/more in"' --file "/in/x=$D/half" --file "/more in/y=$D/half"
	has "$WHO: control: each folder has its own room" "*x*y"
	no "one name twice" "two files have this name" one --file "x=$D/a" --file "/in/x=$D/b c"
	no "a way up" "no scratch folder" one --file "../x=$D/a"
	no "a name that is none" "no name" one --file "..=$D/a"
	no "another one" "no name" one --file "/in/.=$D/a"
	no "a folder below" "no scratch folder" one --file "/in/sub/x=$D/a"
	no "a control character" "no name" one --file "$(printf 'x\ty')=$D/a"
	no "a name of 256 bytes" "no name" one --file "$(printf '%0256d' 0)=$D/a"
	no "a folder that is none of the policy's" "no scratch folder" one --file "/tmp/x=$D/a"
	no "a policy without scratch folders" "the policy has no scratch folder" none --file "x=$D/a"
	no "a policy with two" "whole path" two --file "x=$D/a"

	run as "$SBX_RUN" --set "d=$D" --dry-run --file "x=$D/a" "$TMP/plan-one" -- "$TMP/tools/busybox" true
	has "$WHO: the dry run says it" "*would do    copy of $D/a, 4 bytes, as x in the scratch folder of one.sbx:*"
	with none 'ls -d /in; true'
	set --
	for i in $(seq 17); do set -- "$@" --file "n$i=$D/empty"; done
	with one 'echo ran' "$@"
	case $ERR in *E0600*"too many"*) pass "$WHO: at most 16" ;; *) fail "$WHO: at most 16" "$ERR" ;; esac
	shift 2
	with one 'ls /in | wc -l' "$@"
	gives "$WHO: control: 16 are given" 16

	# The file is one of two, whichever was opened, and nothing else, while somebody swaps the name for a link to a secret.
	as sh -c "echo secret >'$D/secret'; chmod 600 '$D/secret'; cp '$D/a' '$D/n1'"
	as "$PROBE" swap "$D/n1" "$D/n2" "$D/stop" >/dev/null &
	racer=$!
	bad= i=0
	while [ $i -lt 25 ]; do
		with one 'cat /in/x' --file "x=$D/n1"
		case $RC$OUT in 0one | 125) ;; *) bad="$bad $RC$OUT" ;; esac
		i=$((i + 1))
	done
	as touch "$D/stop"
	wait "$racer"
	[ -z "$bad" ] && pass "$WHO: a name that comes and goes: the file whole, or a refusal" || fail "$WHO: a name that comes and goes" "$bad"
done
echo secret >"$TMP/root-only" && chmod 600 "$TMP/root-only"
if [ "$USERS" = "self other" ]; then
	WHO=other
	no "what the caller may not read" "it cannot be read" one --file "x=$TMP/root-only"
	WHO=self
	with one 'cat /in/x' --file "x=$TMP/root-only"
	gives "control: who may read it may give it" secret
fi

WHO=self
if ${CC:-cc} -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -I"$ROOT/runtime" ${SAN:-} -o "$TMP/files" "$HERE/libsbx/files.c" "$B/libsbx.a" 2>"$TMP/err"; then
	for how in "" pool; do
		# shellcheck disable=SC2086
		run env "PATH=$PATH" "$TMP/files" "$TMP/plan-lib" "$TMP/tools/busybox" /in/x "x=$TMP/root-only" $how
		gives "library${how:+, $how}: each launch has a copy; an older caller gets none" "secret
code 0
secret
code 0
code 1"
	done
else
	fail "library: a program builds" "$(cat "$TMP/err")"
fi
finish
