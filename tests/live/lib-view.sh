# lib-view.sh - for tests/live/view-*.sh and isolate-*.sh: policies that are compiled, run with a shell of busybox inside.
#
# policy NAME <<EOF compiles the lines of a policy; inside NAME COMMAND runs the shell under its plan as $WHO. Everything
# happens in namespaces that the loader makes; nothing is mounted in those of the test.
. "$(dirname "$0")/lib-loader.sh"
SBXC=$B/sbxc
STD=$ROOT/policies/std
BUSYBOX=$(command -v busybox) || { skip "private views" "busybox is not installed"; finish; }
mkdir "$TMP/tools" && cp "$BUSYBOX" "$TMP/tools/busybox" && chmod -R a+rX "$TMP/tools"
for applet in cat ls rm mv cp chmod mkdir dd grep cut wc readlink hostname id sleep true ln touch; do
	ln -s busybox "$TMP/tools/$applet"
done
# Where busybox is linked to libraries, these and the ELF interpreter.
LIBS=
ldd "$TMP/tools/busybox" 2>/dev/null | grep -q / && LIBS='use std/base-system
    allow read exec "/lib" if-exists, "/lib64" if-exists, "/usr/lib" if-exists, "/usr/lib64" if-exists'
unshare -U true 2>/dev/null || { skip "private views" "this host makes no user namespaces"; finish; }
USERS="self"
[ "$(id -u)" = 0 ] && command -v setpriv >/dev/null && USERS="self other"
as() { # COMMAND...: as the user of this round
	if [ "$WHO" = other ]; then
		setpriv --reuid 4321 --regid 4321 --clear-groups "$@"
	else
		"$@"
	fi
}

policy() { # NAME: the lines on stdin
	{
		printf 'sbx 1\nparam d: path at load\npolicy t {\n    targets linux\n    %s\n' "$LIBS"
		printf '    allow read exec "%s/tools"\n    set env PATH = "%s/tools"\n' "$TMP" "$TMP"
		printf '    allow read write "/dev/null"\n%s\n' "$OLDER"
		cat
		printf '}\n'
	} >"$TMP/$1.sbx"
	"$SBXC" --std "$STD" -q "$TMP/$1.sbx" -o "$TMP/plan-$1" 2>"$TMP/err" || {
		fail "$1 compiles" "$(cat "$TMP/err")"
		finish
	}
	chmod -R a+rX "$TMP/plan-$1"
}
inside() { # NAME COMMAND: OUT, ERR, RC
	run as "$SBX_RUN" --set "d=$D" "$TMP/plan-$1" -- "$TMP/tools/busybox" sh -c "$2"
}
outside() { # COMMAND: the control
	run as env PATH="$TMP/tools" "$TMP/tools/busybox" sh -c "$1"
}
# A folder of the test for each user, all of it theirs.
fresh() {
	D=$TMP/d-$WHO
	rm -rf "$D"
	mkdir -p "$D"
	[ "$WHO" = other ] && chown 4321:4321 "$D"
	return 0
}
