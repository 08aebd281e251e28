#!/bin/sh
# compose.sh - a policy that extends another, by the kernel: what is inherited holds, what is dropped does not, and a
# `never` is checked again with the values and the real places of the start. Each refusal stands beside the same start with
# other values.
. "$(dirname "$0")/lib-loader.sh"
SBXC=${SBXC:-$B/sbxc}
D=$TMP/compose
mkdir -p "$D/job" "$D/shared" "$D/secret/keys" "$D/other" || exit 2
echo shared >"$D/shared/f"
echo secret >"$D/secret/keys/k"
ln -s "$D/secret" "$D/door"

cat >"$TMP/base.sbx" <<P
sbx 1
param work: path at load
policy corp/base {
    targets linux
    isolate none
    use std/base-system
    allow read exec "$(dirname "$PROBE")"
    allow read write "\${work}"
    allow read write "$D/shared"
    never allow read write "$D/secret" because "keys"
    never allow connect tcp "*:22"
    prefer signal.scope, net.listen.port, unix.path, unix.abstract, net.udp, fs.ioctl.scope because "this kernel may be old"
}
P
compile() { # NAME, and lines of a child on stdin; makes $TMP/plan
	{
		printf 'sbx 1\nimport "base.sbx"\nparam port: port = 80 at load\nparam no: port = 23 at load\n'
		printf 'policy child extends corp/base {\n    targets linux\n'
		cat
		printf '}\n'
	} >"$TMP/child.sbx"
	rm -rf "$TMP/plan"
	"$SBXC" -q "$TMP/child.sbx" -o "$TMP/plan" 2>"$TMP/err" || { fail "$1: the policy compiles" "$(cat "$TMP/err")"; return 1; }
}
start() { run "$SBX_RUN" "$@"; }

compile "as it is" </dev/null
start --set "work=$D/job" "$TMP/plan" -- "$PROBE" read "$D/shared/f" , write "$D/shared/new" , read "$D/secret/keys/k"
gives "rules of the base hold in the child" "ok
ok
EACCES"
compile "with a drop" <<P
    drop allow write "$D/shared"
P
start --set "work=$D/job" "$TMP/plan" -- "$PROBE" read "$D/shared/f" , write "$D/shared/more"
gives "what is dropped does not hold" "ok
EACCES"
for work in "$D/secret" "$D/secret/keys" "$D" "$D/door" "$D/door/keys"; do
	start --set "work=$work" "$TMP/plan" -- "$PROBE" print ran
	refused "never: work=${work#"$TMP"}" 125 E0619 "base.sbx:10"
done
start --set "work=$D/other" "$TMP/plan" -- "$PROBE" print ran
gives "control: a place beside it" "ran
ok"
hard=$(ulimit -Hn)
compile "limits by default" </dev/null
start --set "work=$D/job" "$TMP/plan" -- "$PROBE" rlimits
case $OUT in *"nofile 1024 1024"*"core 0 0"*) pass "limits that nobody wrote" ;; *) fail "limits that nobody wrote" "$OUT" ;; esac
compile "no limits by default" <<P
    default limits none
P
start --set "work=$D/job" "$TMP/plan" -- "$PROBE" rlimits
if [ "$hard" = 1024 ]; then
	skip "default limits none" "the hard limit of this shell is the default"
else
	case $OUT in *"nofile 1024 1024"*) fail "default limits none" "$OUT" ;; *" $hard"*) pass "default limits none" ;; *) fail "default limits none" "$OUT" ;; esac
fi
compile "ports" <<P
    allow connect tcp "*:\${port}"
    never allow connect tcp "*:\${no}"
P
start --set "work=$D/job" --set port=22 "$TMP/plan" -- "$PROBE" print ran
case $OUT$ERR in
*E0601*) skip "never: ports" "this kernel's Landlock knows no ports" ;;
*)
	refused "never: the port 22 of the start" 125 E0619 "base.sbx:11"
	start --set "work=$D/job" --set port=443 "$TMP/plan" -- "$PROBE" print ran
	gives "control: another port" "ran
ok"
	start --set "work=$D/job" --set port=443 --set no=443 "$TMP/plan" -- "$PROBE" print ran
	refused "never: two ports of the start" 125 E0619 "child.sbx:8"
	start --set "work=$D/job" --set port=22 --dry-run "$TMP/plan" -- "$PROBE" print ran
	refused "never: a dry run says it too" 125 E0619 "port 22"
	;;
esac
# `except` and patterns in a `never`: a place of the start is held against what is left
cat >"$TMP/guard.sbx" <<P
sbx 1
param work: path at load
policy guard {
    targets linux
    isolate none
    use std/base-system
    allow read exec "$(dirname "$PROBE")"
    allow read write "$D/job/in"
    allow read write "\${work}"
    never allow write "$D" except { "$D/job", "$D/a b" }
    never allow read matching "*.pem" under "$D/secret"
    prefer signal.scope, net.listen.port, unix.path, unix.abstract, net.udp, fs.ioctl.scope because "this kernel may be old"
}
P
mkdir -p "$D/job/in" "$D/a b/c" "$TMP/free"
ln -s "$D/other" "$D/job/out"
rm -rf "$TMP/plan"
"$SBXC" -q "$TMP/guard.sbx" -o "$TMP/plan" 2>"$TMP/err" || { fail "a never with except compiles" "$(cat "$TMP/err")"; finish; }
for work in "$TMP/free" "$D/job/in" "$D/job" "$D/a b/c"; do
	start --set "work=$work" "$TMP/plan" -- "$PROBE" create "$work/made" , delete "$work/made"
	gives "never with except: work=${work#"$TMP"} may be written" "ok
ok"
done
digest=sha256:$(sha256sum "$TMP/plan/SHA256SUMS" | cut -d' ' -f1) # for the plan lies below one of them
for work in "$D/other" "$D" "$TMP" "$D/job/out" "$D/secret"; do
	start --digest "$digest" --set "work=$work" "$TMP/plan" -- "$PROBE" print ran
	refused "never with except: work=${work#"$TMP"}" 125 E0619 "guard.sbx:1"
done
cat >"$TMP/keys.sbx" <<P
sbx 1
param work: path at load
policy keys {
    targets linux
    isolate none
    use std/base-system
    allow read exec "$(dirname "$PROBE")"
    allow read "\${work}"
    never allow read matching "*.pem" under "$D/secret"
    prefer signal.scope, fs.ioctl.scope because "this kernel may be old"
}
P
rm -rf "$TMP/plan"
"$SBXC" -q "$TMP/keys.sbx" -o "$TMP/plan" 2>"$TMP/err" || { fail "a never with a pattern compiles" "$(cat "$TMP/err")"; finish; }
start --set "work=$D/other" "$TMP/plan" -- "$PROBE" list "$D/other"
gives "never with a pattern: control: a place beside it" ok
for work in "$D/secret" "$D/secret/keys" "$D" "$D/door"; do
	start --set "work=$work" "$TMP/plan" -- "$PROBE" print ran
	refused "never with a pattern: work=${work#"$TMP"}" 125 E0619 "keys.sbx:9"
done
finish
