#!/bin/sh
# groups.sh - the supplementary groups of the caller: with `user` in the policy they go, or nothing is started; without it they stay.
# What is seen: a file that only a group may read.
. "$(dirname "$0")/lib-loader.sh"
SBXC=${SBXC:-$B/sbxc}
[ "$(id -u)" = 0 ] && command -v setpriv >/dev/null || { skip "groups of the caller" "only root can give a test groups"; finish; }
unshare -U true 2>/dev/null || { skip "groups of the caller" "this host makes no user namespaces"; finish; }
GROUP=4567
mkdir "$TMP/d" && printf shared >"$TMP/d/file" && chown 4999:$GROUP "$TMP/d/file" && chmod 040 "$TMP/d/file"
policy() { # NAME LINES
	printf 'sbx 1\npolicy t {\n    targets linux\n    isolate %s\n    allow read exec "%s"\n    allow read "%s"\n%s}\n' "$2" "$PROBE_DIR" "$TMP/d" "$3" >"$TMP/$1.sbx"
	"$SBXC" -q "$TMP/$1.sbx" -o "$TMP/$1" 2>"$TMP/err" || { fail "$1 compiles" "$(cat "$TMP/err")"; finish; }
}
policy named "user pid mount" "    user 1000
"
policy here "user" "    user 1000
    prefer net.disable, signal.scope on linux because \"x\"
"
policy same "user pid mount" ""
chmod -R a+rX "$TMP" && chmod 040 "$TMP/d/file"
with() { # WHO GROUPS PLAN: reads the file as that user; root without the capability that passes over modes
	run setpriv --reuid "$1" --regid "$1" --groups "$2" ${CAPS:-} "$SBX_RUN" "$3" "$PROBE" read "$TMP/d/file"
}
CAPS="--inh-caps -all --bounding-set -all"
with 4321 "$GROUP" "$TMP/same"
has "control: without \`user\` the caller's groups stay" "ok"
with 4321 4321 "$TMP/same"
has "control: without the group the file cannot be read" "EACCES"
for plan in named here; do
	with 4321 "$GROUP" "$TMP/$plan"
	refused "$plan: \`user\`, started by somebody in another group" 125 E0650 "leave \`user\` out"
	with 4321 "4321,$GROUP" "$TMP/$plan"
	refused "$plan: in two groups" 125 E0650 "leave \`user\` out"
	with 4321 4321 "$TMP/$plan"
	has "$plan: somebody with one group starts it" "EACCES"
	CAPS="--inh-caps -dac_override,-dac_read_search --bounding-set -dac_override,-dac_read_search"
	with 0 "0,$GROUP" "$TMP/$plan"
	has "$plan: root gives the group up" "EACCES"
	with 0 "0,$GROUP" "$TMP/same"
	has "$plan: control: which it had" "ok"
	CAPS="--inh-caps -all --bounding-set -all"
	with 0 "0,$GROUP" "$TMP/$plan"
	refused "$plan: root without CAP_SETGID" 125 E0650 "leave \`user\` out"
done
finish
