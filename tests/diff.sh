#!/bin/bash
# diff.sh - `sbxc diff` as its users meet it: goldens of the three forms, exit codes, revisions of git, what no change says.
# tests/diff/NAME-old.sbx and NAME-new.sbx with NAME.txt, .md, .json. BLESS=1 writes the present output instead.
set -u
cd "$(dirname "$0")/diff" || exit 2
: "${B:=build}"
case $B in /*) ;; *) B=../../$B ;; esac
B=$(realpath "$B")
std=$(realpath ../../policies/std)
export LC_ALL=C
status=0
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT

pass() { printf 'PASS diff %s\n' "$1"; }
fail() { printf 'FAIL diff %s: %s\n' "$1" "$2"; status=1; }
skip() { printf 'SKIP diff %s: %s\n' "$1" "$2"; }
verdict() { if [[ -z $2 ]]; then pass "$1"; else fail "$1" "$2"; fi; }
sbxdiff() { "$B/sbxc" diff --std "$std" "$@"; }

# ---- goldens ----

for old in *-old.sbx; do
	name=${old%-old.sbx}
	for form in txt md json; do
		case $form in txt) opt= ;; *) opt=--$form ;; esac
		sbxdiff $opt "$old" "$name-new.sbx" >"$tmp/got" 2>&1
		if [[ -n ${BLESS:-} ]]; then
			cmp -s "$tmp/got" "$name.$form" || { cp "$tmp/got" "$name.$form"; echo "blessed $name.$form"; }
		elif cmp -s "$tmp/got" "$name.$form"; then
			pass "golden $name.$form"
		else
			diff -u "$name.$form" "$tmp/got" | head -20
			fail "golden $name.$form" "the output changed (make bless takes it)"
		fi
	done
done
[[ -z ${BLESS:-} ]] || exit 0

# ---- exit codes ----

# code NAME WANT ARGS...
code() {
	local name=$1 want=$2 got
	shift 2
	sbxdiff "$@" >"$tmp/out" 2>"$tmp/err"
	got=$?
	verdict "$name" "$([[ $got -eq $want ]] || echo "exit $got, not $want")"
}
cat >"$tmp/base.sbx" <<'P'
sbx 1
policy p version "1.0.0" {
    targets linux
    entry "/usr/bin/wc"
    use std/base-system
    allow read "/srv/a"
    deny read "/srv/b"
    limit cpu-time 2s
    isolate none
    require net.disable
    prefer signal.scope because "old kernels"
}
P
change() { sed "$1" "$tmp/base.sbx" >"$tmp/$2.sbx"; }
change 's,"/srv/a","/srv/a"\, "/srv/c",' wide
change 's,allow read "/srv/a",deny read "/srv/a/x",' narrow
change 's/require net.disable/prefer net.disable on linux because "x"/' weak
change 's/2s/3s/' loose
change 's/deny read "\/srv\/b"/# moved/; s/^    isolate/    deny read "\/srv\/b"\n    isolate/' moved

code "nothing changed is 0" 0 --fail-on any "$tmp/base.sbx" "$tmp/base.sbx"
verdict "no change is said in words" "$(grep -q '^The two say the same.$' "$tmp/out" || { echo "not said:"; cat "$tmp/out"; })"
code "moved text is 0" 0 --fail-on any "$tmp/base.sbx" "$tmp/moved.sbx"
verdict "moved text is said in words" "$(grep -q '^UNCHANGED ACCESS, TEXT MOVED: [0-9]* lines*$' "$tmp/out" || { echo "not said:"; cat "$tmp/out"; })"
code "a wider policy without --fail-on is 0" 0 "$tmp/base.sbx" "$tmp/wide.sbx"
code "a wider policy" 4 --fail-on widen "$tmp/base.sbx" "$tmp/wide.sbx"
code "the way back is narrower" 0 --fail-on widen "$tmp/wide.sbx" "$tmp/base.sbx"
verdict "and says so" "$(grep -q 'access shrinks' "$tmp/out" || { echo "not said:"; cat "$tmp/out"; })"
code "any takes narrower ones too" 4 --fail-on any "$tmp/wide.sbx" "$tmp/base.sbx"
code "a looser limit opens" 4 --fail-on widen "$tmp/base.sbx" "$tmp/loose.sbx"
code "a tighter one does not" 0 --fail-on widen "$tmp/loose.sbx" "$tmp/base.sbx"
code "a weaker guarantee" 4 --fail-on guarantee "$tmp/base.sbx" "$tmp/weak.sbx"
verdict "is named" "$(grep -q 'net.disable *enforced, required -> enforced, preferred (weaker)' "$tmp/out" || { echo "not said:"; cat "$tmp/out"; })"
code "a stronger one" 0 --fail-on guarantee "$tmp/weak.sbx" "$tmp/base.sbx"
code "wider access is no weaker guarantee" 0 --fail-on guarantee "$tmp/base.sbx" "$tmp/wide.sbx"
echo 'sbx 1' >"$tmp/none.sbx"
code "a refused policy is 1" 1 "$tmp/base.sbx" "$tmp/none.sbx"
code "a missing file is 2" 2 "$tmp/base.sbx" "$tmp/nowhere.sbx"
code "one policy is 2" 2 "$tmp/base.sbx"
code "an unknown word is 2" 2 --fail-on more "$tmp/base.sbx" "$tmp/wide.sbx"

# A deny that takes nothing away is still said, and opens when values of the start may matter.
change '/deny read "\/srv\/b"/d' undenied
code "a lost deny without effect" 0 --fail-on widen "$tmp/base.sbx" "$tmp/undenied.sbx"
verdict "is said" "$(grep -q 'deny read *list*.*/srv/b (gone)\|deny read.*/srv/b (gone)' "$tmp/out" || { echo "not said:"; cat "$tmp/out"; })"
for f in base undenied; do sed 's,"/srv/a","/srv/a"\, "${CWD}",' "$tmp/$f.sbx" >"$tmp/$f-cwd.sbx"; done
code "a lost deny that a value may give effect" 4 --fail-on widen "$tmp/base-cwd.sbx" "$tmp/undenied-cwd.sbx"

change 's,^    isolate,    never allow read "/etc/shadow" because "x"\n    isolate,' never
code "an obligation that is gone opens" 4 --fail-on widen "$tmp/never.sbx" "$tmp/base.sbx"
verdict "is said" "$(grep -q 'never *allow read "/etc/shadow" (gone) (opens)' "$tmp/out" || { echo "not said:"; cat "$tmp/out"; })"
code "a new one does not" 0 --fail-on widen "$tmp/base.sbx" "$tmp/never.sbx"
change 's,deny read "/srv/b",final deny read "/srv/b",' final
code "a line that is final no more opens" 4 --fail-on widen "$tmp/final.sbx" "$tmp/base.sbx"
code "a library is no policy" 1 "$tmp/base.sbx" "$std/python.sbx"

change 's/isolate none/isolate mount, pid/' isolated
change 's/isolate none/isolate pid/' less
code "a private view less opens" 4 --fail-on widen "$tmp/isolated.sbx" "$tmp/less.sbx"
verdict "and so does the host's tree" "$(grep -q 'root *private -> host (opens)' "$tmp/out" && grep -q 'isolate *user,pid,mount -> user,pid (opens)\|isolate.*mount.*(opens)' "$tmp/out" || { echo "not said:"; cat "$tmp/out"; })"
code "one more closes" 0 --fail-on widen "$tmp/less.sbx" "$tmp/isolated.sbx"
change 's/isolate none/isolate none\n    root host/' written
code "a default that is written is no change" 0 --fail-on any "$tmp/base.sbx" "$tmp/written.sbx"
change 's/isolate none/isolate none\n    terminal inherit/' terminal
code "the caller's terminal opens" 4 --fail-on widen "$tmp/base.sbx" "$tmp/terminal.sbx"

# What a change can hide behind a name: another system, another default.
printf 'sbx 1\nparam in: path = "/srv/a" at load\npolicy p {\n    targets linux\n    isolate none\n    entry "/bin/true"\n    allow read "${in}"\n}\n' >"$tmp/default.sbx"
sed 's,"/srv/a","/",' "$tmp/default.sbx" >"$tmp/wide-default.sbx"
sed 's, = "/srv/a",,' "$tmp/default.sbx" >"$tmp/no-default.sbx"
sed 's/targets linux/targets linux, macos/; s/    isolate none/    isolate none\n    on macos {\n        allow read write "\/Users"\n    }\n    prefer proc.no_exec on macos because "x"/' "$tmp/default.sbx" >"$tmp/both.sbx"
code "a system more opens" 4 --fail-on widen "$tmp/default.sbx" "$tmp/both.sbx"
verdict "is said" "$(grep -q 'targets *linux -> linux,macos (opens)' "$tmp/out" || { echo "not said:"; cat "$tmp/out"; })"
code "one less closes" 0 --fail-on widen "$tmp/both.sbx" "$tmp/default.sbx"
code "another default opens" 4 --fail-on widen "$tmp/default.sbx" "$tmp/wide-default.sbx"
code "and so does one where there was none" 4 --fail-on widen "$tmp/no-default.sbx" "$tmp/default.sbx"
code "a default less does not" 0 --fail-on widen "$tmp/default.sbx" "$tmp/no-default.sbx"

cat >"$tmp/proxied.sbx" <<'P'
sbx 1
proxy one = unix "/run/one.sock"
proxy two = unix "/run/two.sock"
policy p {
    targets linux
    entry "/usr/bin/wc"
    use std/base-system
    allow connect tcp "a.example:443" via one
    allow connect tcp "b.example:443" via two
    isolate none
    prefer unix.abstract, unix.path because "old kernels"
}
P
sed 's/"a.example:443" via one/"a.example:443" via two/; s/"b.example:443" via two/"b.example:443" via one/' "$tmp/proxied.sbx" >"$tmp/other-proxy.sbx"
code "another proxy for a host" 4 --fail-on any "$tmp/proxied.sbx" "$tmp/other-proxy.sbx"
verdict "is said" "$(grep -q 'via *a.example: one -> two' "$tmp/out" || { echo "not said:"; cat "$tmp/out" "$tmp/err"; })"
sed 's/"a.example:443" via one/"*.example:443" via one/' "$tmp/proxied.sbx" >"$tmp/more-hosts.sbx"
code "more hosts behind a proxy" 4 --fail-on widen "$tmp/proxied.sbx" "$tmp/more-hosts.sbx"
verdict "are named" "$(grep -q '+ connect tcp *\*.example:443 via one' "$tmp/out" || { echo "not said:"; cat "$tmp/out" "$tmp/err"; })"

# ---- plans: their models answer, and find what the policies say ----

plan() { "$B/sbxc" -q --std "$std" "$1" -o "$2" >"$tmp/out" 2>"$tmp/err" || fail "a plan of $1" "$(head -3 "$tmp/err")"; }
# access SIDES: what of access differs, without places and examples
access() {
	sbxdiff --json "$@" 2>"$tmp/err" | python3 -c '
import json, sys
for c in json.load(sys.stdin)["changes"]:
    if c["part"] != "access" or c["what"] == "env":
        continue
    for target in c["targets"]:
        objects = c["object"].split(", ") if c["what"] == "syscall" else [c["object"]]
        for o in objects:
            print(c["way"], target, c["what"], o.removeprefix("/private"), c.get("as_before", ""))' | sort
}
# Landlock takes no place out of an allowed tree, and these policies accept that: the plans do not differ there.
open_on_linux='^[a-z]* linux [a-z]* ..HOME./.config/gcloud|^[a-z]* linux [a-z]* ..project./'

cp agent-old.sbx agent-new.sbx "$tmp"
sed 's/allow syscall personality where persona == 8/allow syscall personality where persona in (8, 9)/; s/"\*:443", "\*:22"/"*:22"/' agent-new.sbx >"$tmp/agent-third.sbx"
for name in base wide narrow loose moved undenied agent-old agent-new agent-third; do
	plan "$tmp/$name.sbx" "$tmp/plan-$name"
done
for pair in base:wide wide:base base:narrow base:loose base:moved agent-old:agent-new agent-new:agent-old agent-new:agent-third; do
	from=${pair%:*} to=${pair#*:}
	access "$tmp/$from.sbx" "$tmp/$to.sbx" | grep -vE "$open_on_linux" >"$tmp/of-policies"
	access "$tmp/plan-$from" "$tmp/plan-$to" >"$tmp/of-plans"
	verdict "plans of $pair differ as the policies do ($(wc -l <"$tmp/of-policies") accesses)" "$(diff "$tmp/of-policies" "$tmp/of-plans")"
done
verdict "control: the policies do differ" "$([[ $(wc -l <"$tmp/of-policies") -ge 2 ]] || echo "they do not")"
code "a wider plan" 4 --fail-on widen "$tmp/plan-base" "$tmp/plan-wide"
verdict "names the line of its policy" "$(grep -q '+ read *"*/srv/c *wide.sbx:6' "$tmp/out" || { echo "not said:"; cat "$tmp/out"; })"
code "a looser limit of a plan" 4 --fail-on widen "$tmp/plan-base" "$tmp/plan-loose"
code "a plan of moved text says the same" 0 --fail-on any "$tmp/plan-base" "$tmp/plan-moved"
code "a lost assert of a plan is said" 4 --fail-on any "$tmp/plan-base" "$tmp/plan-undenied"
code "a plan against itself" 0 --fail-on any "$tmp/plan-agent-new" "$tmp/plan-agent-new"
code "a plan is not compared with a policy" 2 "$tmp/plan-base" "$tmp/base.sbx"
# What a plan says beside access: the same words as of its policy, and no line of text that moved.
cat >"$tmp/around.sbx" <<'P'
sbx 1
param big: size at load
proxy out = unix "/run/out.sock"
policy p version "1.0.0" {
    targets linux
    entry "/usr/bin/wc"
    use std/base-system
    allow read "/srv/a"
    allow read write "/srv/d" discard
    allow connect tcp "a.example:443" via out because "first"
    root private
    scratch "/tmp" size 64MiB
    mount "/srv/m" at "/data" read
    directory "/tmp"
    hostname "box"
    terminal none
    stdin null
    observe denied
    limit wall 10s
    limit output 1MiB
    limit file-size big
    deny syscall ptrace with notify
    prefer unix.path because "old kernels"
}
P
sed 's/^policy p version "1.0.0"/# moved\n\npolicy p version "1.0.1"/; s/because "first"/because "other words"/' "$tmp/around.sbx" >"$tmp/around-moved.sbx"
sed 's/terminal none/terminal inherit/; s/stdin null/stdin inherit/; s/observe denied/observe off/; s/root private/root host/; s/hostname "box"/hostname "bax"/
s/wall 10s/wall 20s/; s,directory "/tmp",directory "/data",; s/size 64MiB/size 128MiB/; s/"a.example:443"/"a.example:443", "b.example:443"/' "$tmp/around.sbx" >"$tmp/around-other.sbx"
printf 'sbx 1\npolicy p version "1.0.0" {\n    targets macos\n    entry "/usr/bin/true"\n    prefer proc.no_exec because "the entry"\n    allow env LANG\n}\n' >"$tmp/mac.sbx"
sed 's/LANG/LANG, SECRET/' "$tmp/mac.sbx" >"$tmp/mac-env.sbx"
for name in around around-moved around-other mac mac-env; do
	plan "$tmp/$name.sbx" "$tmp/plan-$name"
done
code "a plan of moved text and a new version says the same" 0 --fail-on any "$tmp/plan-around" "$tmp/plan-around-moved"
verdict "in words" "$(grep -q 'The two say the same' "$tmp/out" || cat "$tmp/out")"
code "settings of a plan" 4 --fail-on widen "$tmp/plan-around" "$tmp/plan-around-other"
for said in '+ connect tcp *b.example:443 via out *around-other.sbx:10' '~ wall *10s -> 20s (looser)' '~ root *private -> host (opens)' \
    '~ stdin *null -> inherit (opens)' '~ terminal *none -> inherit (opens)' '~ observe *denied -> off' '~ hostname *box -> bax' \
    '~ scratch /tmp *67108864 -> 134217728 *around-other.sbx:12' '~ directory */tmp -> /data *around-other.sbx:14'; do
	verdict "are named: ${said%% \*}" "$(grep -q -- "$said" "$tmp/out" || cat "$tmp/out")"
done
verdict "and no more than these" "$([[ $(grep -c '^  [+~-]' "$tmp/out") -eq 10 ]] || cat "$tmp/out")"
code "a variable of a plan for macOS" 4 --fail-on widen "$tmp/plan-mac" "$tmp/plan-mac-env"
verdict "is named" "$(grep -q '+ env *SECRET' "$tmp/out" || cat "$tmp/out")"
cp -r "$tmp/plan-wide" "$tmp/plan-torn" && sed -i 's,/srv/c,/srv/d,' "$tmp/plan-torn/landlock.conf"
code "a plan that is not whole is refused" 1 "$tmp/plan-base" "$tmp/plan-torn"
verdict "and says so" "$(grep -q 'landlock.conf is not the file that SHA256SUMS names' "$tmp/err" || { echo "not said:"; cat "$tmp/err"; })"

# ---- revisions of git ----

if ! git --version >/dev/null 2>&1; then
	skip "revisions" "git is not installed"
else
	repo=$tmp/repo
	mkdir -p "$repo/policies/lib" && cd "$repo" || exit 2
	g() { git -c user.name=t -c user.email=t@example.org -c init.defaultBranch=main -c commit.gpgsign=false "$@"; }
	g init -q . >/dev/null
	sed 's/^policy/import "lib\/more.sbx"\npolicy/; s/^    isolate/    use more\n    isolate/' "$tmp/base.sbx" >policies/x.sbx
	printf 'sbx 1\nprofile more {\n    allow read "/srv/more" if-exists because "old"\n}\n' >policies/lib/more.sbx
	g add -A && g commit -qm one
	printf 'sbx 1\nprofile more {\n    allow read "/srv/more", "/srv/most"\n}\n' >policies/lib/more.sbx
	code "an import that changed beside the same policy" 4 --fail-on widen main:policies/x.sbx policies/x.sbx
	verdict "and the profile that brings it" \
	    "$(grep -q 'brought by more, used at x.sbx:' "$tmp/out" && grep -q '+ read *"*/srv/most' "$tmp/out" || { echo "not said:"; cat "$tmp/out"; })"
	g add -A && g commit -qm two
	code "two revisions" 4 --fail-on widen main~1:policies/x.sbx main:policies/x.sbx
	printf 'sbx 1\nimport "../policies/lib/more.sbx"\nprofile both {\n    use more\n}\n' >policies/lib/../both.sbx
	sed '1a import "./lib/../both.sbx"' policies/x.sbx >policies/diamond.sbx
	g add -A && g commit -qm diamond
	sed 's,/srv/most,/srv/mist,' policies/lib/more.sbx >"$tmp/more" && cat "$tmp/more" >policies/lib/more.sbx
	code "a file that two files of a revision import, each by its own path" 4 --fail-on widen HEAD:policies/diamond.sbx policies/diamond.sbx
	verdict "and what changed in it" "$(grep -q '+ read *"*/srv/mist' "$tmp/out" || { echo "not said:"; cat "$tmp/out" "$tmp/err"; })"
	g checkout -q . && g rm -q --cached policies/both.sbx policies/diamond.sbx && g reset -q --hard HEAD~1
	code "a revision against itself" 0 --fail-on any HEAD:policies/x.sbx main:policies/x.sbx
	cd policies || exit 2
	code "a path from the folder one is in" 4 --fail-on widen main~1:./x.sbx x.sbx
	code "no such file in the revision" 2 main:policies/y.sbx x.sbx
	verdict "is said" "$(grep -q 'cannot read main:policies/y.sbx: the revision has no such file' "$tmp/err" || { echo "not said:"; cat "$tmp/err"; })"
	code "no such revision" 2 nowhere:policies/x.sbx x.sbx
	verdict "is said" "$(grep -q 'git knows no revision `nowhere`' "$tmp/err" || { echo "not said:"; cat "$tmp/err"; })"
	code "a revision that looks like an option" 2 --fail-on any --x:policies/x.sbx x.sbx
	sed -i 's,lib/more.sbx,../../outside.sbx,' x.sbx && g commit -qam three
	code "an import that leads out of the repository" 1 main:policies/x.sbx x.sbx
	verdict "is said" "$(grep -q 'it lies outside of the revision' "$tmp/err" || { echo "not said:"; cat "$tmp/err"; })"
	cd "$tmp" || exit 2
	GIT_CEILING_DIRECTORIES=$tmp code "no repository" 2 main:x.sbx "$tmp/base.sbx"
	verdict "is said" "$(grep -q 'this folder is in no git repository' "$tmp/err" || { echo "not said:"; cat "$tmp/err"; })"
fi

# ---- hostile text ----

cd "$tmp" || exit 2
esc=$(printf '\033')
cat >new <<'P'
    allow read "/srv/|<b>&@x`_[y](z)"
P
sed '/allow read/r new' base.sbx >hostile.sbx
sbxdiff --md base.sbx hostile.sbx >out
verdict "a path cannot leave its cell of Markdown" \
    "$(awk -F'|' '/now allowed/ && NF != 6 {print "a row with other cells"}' out; grep -c '<b>\|](z)\|@x' out | grep -v '^0$')"
for ((i = 0; i < 1500; i++)); do printf '    allow read "/srv/many/%s/%s" because "%s"\n' $i "$(printf 'x%.0s' {1..40})" "some reason"; done >new
sed '/allow read/r new' base.sbx >many.sbx
sbxdiff --md base.sbx many.sbx >out
verdict "a change of any size fits into a comment" \
    "$([[ $(wc -c <out) -lt 65536 && $(grep -c 'now allowed' out) -gt 100 ]] || echo "$(wc -c <out) bytes, $(grep -c 'now allowed' out) rows")"
shown=$(grep -c '^| \*\*now allowed' out)
verdict "and counts what has no room" "$(grep -q "^\*\*$((1500 - shown)) more changes, $((1500 - shown)) of which open something" out || tail -2 out)"
sed "s/old kernels/old${esc}[2Jkernels/" base.sbx >escape.sbx
sbxdiff base.sbx escape.sbx >out 2>&1
verdict "nor send a terminal what is no text" "$([[ -s out ]] || echo nothing; grep -c "$esc" out | grep -v '^0$')"
sbxdiff --json base.sbx hostile.sbx >out
verdict "JSON that a reader takes" "$(python3 -c 'import json,sys; d=json.load(open("out")); assert d["grows"] == 1, d' 2>&1)"

# ---- the step of a CI job, as the manual has it ----

manual=$(realpath "$(dirname "$std")/../docs/sbxc.1") schema=$(realpath "$(dirname "$std")/../tests/json_schema.py")
awk '/^\.Bd -literal/ { on = 1; n = 0; next } /^\.Ed/ { on = 0 } on && /^sbxc check --deny-warnings/ { n = 1 } on && n' "$manual" >"$tmp/step.sh"
verdict "control: the manual has a step of CI" "$([[ $(wc -l <"$tmp/step.sh") -eq 2 ]] || cat "$tmp/step.sh")"
if git --version >/dev/null 2>&1; then
	g() { git -c user.name=t -c user.email=t@example.org -c init.defaultBranch=main -c commit.gpgsign=false "$@"; }
	mkdir -p "$tmp/ci/bin" "$tmp/ci/repo/policies" && cd "$tmp/ci/repo" && g init -q . >/dev/null || exit 2
	printf '#!/bin/sh\ncase $1 in check | diff) c=$1; shift; exec "%s" "$c" --std "%s" "$@" ;; esac\n' "$B/sbxc" "$std" >../bin/sbxc
	chmod 755 ../bin/sbxc
	for name in wider narrower same; do
		printf 'sbx 1\npolicy %s {\n    targets linux\n    isolate none\n    entry "/bin/true"\n    allow read "/srv/a", "/srv/b"\n}\n' $name >policies/$name.sbx
	done
	printf 'sbx 1\nprofile more {\n    allow read "/srv/m" because "brought"\n}\n' >policies/lib.sbx
	printf 'sbx 1\nimport "lib.sbx"\npolicy user {\n    targets linux\n    isolate none\n    entry "/bin/true"\n    use more\n}\n' >policies/user.sbx
	g add -A && g commit -qm one && g update-ref refs/remotes/origin/main HEAD
	step() { PATH=$tmp/ci/bin:$PATH sh ../../step.sh >../out 2>../err; RC=$?; }
	step
	verdict "it passes where nothing changed" "$([[ $RC -eq 0 ]] && grep -q '^No policy' comment.md || echo "exit $RC: $(cat ../err)")"
	sed -i 's,\, "/srv/b",,' policies/narrower.sbx && step
	verdict "and where access shrinks, which the comment says" "$([[ $RC -eq 0 ]] && grep -q 'no longer allowed' comment.md || echo "exit $RC: $(cat ../err)")"
	sed -i 's,"/srv/b","/srv",' policies/wider.sbx && step
	verdict "it ends with 4 where access grows" "$([[ $RC -eq 4 ]] || echo "exit $RC: $(cat ../err)")"
	verdict "and the comment has both" "$(grep -q 'now allowed' comment.md && grep -q 'no longer allowed' comment.md || cat comment.md)"
	g checkout -q policies && sed -i 's,"/srv/m","/srv",' policies/lib.sbx && step
	verdict "where only what a policy imports gives more" "$([[ $RC -eq 4 ]] && grep -q 'brought by more' comment.md || echo "exit $RC: $(cat ../err comment.md)")"
	g checkout -q policies && g mv policies/same.sbx policies/other.sbx && step
	verdict "a new file counts as opened, one that is gone is named" \
	    "$([[ $RC -eq 4 ]] && grep -q '^### policies/other.sbx: NEW' comment.md && grep -q '^### policies/same.sbx: gone' comment.md || cat ../err comment.md)"
	since() { "$B/sbxc" diff --std "$std" --since "$@" >../out 2>../err; RC=$?; }
	since HEAD policies
	verdict "diff --since says so as text" "$([[ $RC -eq 0 ]] && grep -q '^since HEAD: 3 compared, 0 changed, 1 new, 1 gone' ../out || cat ../out ../err)"
	since HEAD policies/wider.sbx
	verdict "of one file too" "$([[ $RC -eq 0 ]] && grep -q '^since HEAD: 1 compared, 0 changed, 0 new, 0 gone' ../out || cat ../out ../err)"
	since HEAD --fail-on any policies
	verdict "and --fail-on any ends with 4" "$([[ $RC -eq 4 ]] || echo "exit $RC")"
	since nowhere policies
	verdict "a revision that is none" "$([[ $RC -eq 2 ]] && grep -q 'git knows no revision' ../err || cat ../err)"
	sed -i 's,"/srv/b","/srv",' policies/wider.sbx
	since HEAD --json --fail-on widen policies
	verdict "and as JSON that its schema describes" "$([[ $RC -eq 4 ]] || echo "exit $RC"; python3 "$schema" diff-since ../out 2>&1)"
	verdict "which says of each file what it is" "$(python3 -c '
import json
d = json.load(open("../out"))
is_ = {f["file"]: f["is"] for f in d["files"]}
want = {"narrower": "same", "other": "new", "same": "gone", "user": "same", "wider": "changed"}
assert is_ == {f"policies/{k}.sbx": v for k, v in want.items()}, is_
assert [d[k] for k in ("compared", "changed", "new", "gone")] == [3, 1, 1, 1], d
assert [f["diff"]["grows"] for f in d["files"] if f["is"] == "changed"] == [1] and all(("diff" in f) == (f["is"] in ("changed", "same")) for f in d["files"])
' 2>&1)"
	g checkout -q policies/wider.sbx
	g mv policies/other.sbx policies/same.sbx
	mkdir -p elsewhere && sed 's,"/srv/b","/",' policies/wider.sbx >elsewhere/w.sbx
	printf 'sbx 1\nimport "../elsewhere/w.sbx"\ntest "t" {\n    expect allow read "/"\n}\n' >policies/wider.sbx
	since HEAD --fail-on any policies
	verdict "a policy that went to another folder and left its tests is gone" \
	    "$([[ $RC -eq 4 ]] && grep -q '^policies/wider.sbx   gone' ../out || cat ../out ../err)"
	g checkout -q policies && rm -r elsewhere
	for name in wider narrower same; do
		{ sed '$d' policies/$name.sbx; seq -f '    allow read "/srv/many/many/many/many/of/them/%.0f"' 600; echo '}'; } >../big && mv ../big policies/$name.sbx
	done
	since HEAD --md policies
	verdict "the comment on a tree stays below what fits, and says of each policy that it grows" \
	    "$([[ $(wc -c <../out) -lt 65536 && $(grep -c '^### .*ACCESS GROWS' ../out) -eq 3 ]] && grep -q 'changes, 600 of which open' ../out || { wc -c <../out; grep '^###' ../out; })"
	g checkout -q policies
	sed -i 's/allow/alow/' policies/same.sbx && step
	verdict "it ends with 1 where a policy is refused" "$([[ $RC -eq 1 ]] || echo "exit $RC: $(cat ../err)")"
else
	skip "the step of the manual" "git is not installed"
fi
exit $status
