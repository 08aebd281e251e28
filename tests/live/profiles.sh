#!/bin/sh
# profiles.sh - library profiles for tools that policies/examples does not start, by the tools themselves: each does its work
# under a policy of that profile, and what the policy does not name stays shut to it.
. "$(dirname "$0")/lib-loader.sh"
SBXC=${SBXC:-$B/sbxc}
W=$TMP/work
mkdir -p "$W/repo" "$W/out"
echo secret >"$W/secret"

compile() { # stdin: lines of the policy
	{
		printf 'sbx 1\nparam dir: path at load\npolicy p {\n    targets linux\n    isolate none\n    use std/base-system\n'
		printf '    prefer signal.scope on linux because "Landlock has it since Linux 6.12"\n'
		cat
		printf '}\n'
	} >"$TMP/p.sbx"
	rm -rf "$TMP/plan"
	"$SBXC" -q --std "$ROOT/policies/std" "$TMP/p.sbx" -o "$TMP/plan" 2>"$TMP/err" || { fail "the policy compiles" "$(cat "$TMP/err")"; finish; }
}
confined() { run "$SBX_RUN" --set "dir=$W/repo" "$TMP/plan" -- "$@"; }

if command -v git >/dev/null; then
	compile <<'P'
    use std/git
    use std/shell-tools
    allow read write "${dir}"
    set env HOME = "${dir}"
    set env PATH = "/usr/bin:/bin"
    allow env GIT_CONFIG_NOSYSTEM
P
	echo text >"$W/repo/file"
	(cd "$W/repo" && git init -q . && git add file && git -c user.name=a -c user.email=a@b commit -qm first)
	confined /bin/sh -c "cd '$W/repo' && git log --format=%s && echo more >>file && git diff --stat | tail -1 && git add file && git -c user.name=a -c user.email=a@b commit -qm second && git log --format=%s"
	gives "std/git: log, diff, add, commit" "first
 1 file changed, 1 insertion(+)
second
first"
	run cat "$W/secret"
	gives "control: the file beside the checkout can be read" secret
	confined /usr/bin/git hash-object "$W/secret"
	[ "$RC" != 0 ] && case $ERR in *"ermission denied"*) true ;; *) false ;; esac && pass "std/git: not what lies beside it" ||
		fail "std/git: not what lies beside it" "exit $RC" "$OUT" "$ERR"
else
	skip std/git "git is not installed"
fi

if [ -x /usr/bin/node ]; then
	compile <<'P'
    use std/node
    use std/shell-tools
    allow read write "${dir}"
P
	echo 'require("fs").writeFileSync(process.argv[2], String(6 * 7)); console.log("done")' >"$W/repo/a.js"
	confined /usr/bin/node "$W/repo/a.js" "$W/repo/answer"
	gives "std/node: runs a script" done
	run cat "$W/repo/answer"
	gives "std/node: and it wrote its file" 42
	run node "$W/repo/a.js" "$W/out/answer"
	gives "control: without the sandbox it writes elsewhere too" done
	confined /usr/bin/node "$W/repo/a.js" "$W/out/other"
	[ "$RC" != 0 ] && case $ERR in *EACCES*) true ;; *) false ;; esac && pass "std/node: not elsewhere" ||
		fail "std/node: not elsewhere" "exit $RC" "$OUT" "$ERR"
else
	skip std/node "node is not installed"
fi
finish
