#!/bin/sh
# exec-wx.sh - exec.wx by the kernel: code that the program wrote itself runs without the line in the policy, and with it does
# not; programs that want nothing of the kind run as before.
. "$(dirname "$0")/lib-loader.sh"
SBXC=${SBXC:-$B/sbxc}
case $ARCH in x86_64 | aarch64) ;; *) skip exec-wx "wx.c has code for x86_64 and aarch64"; finish ;; esac
WX=$(tool wx)
mkdir -p "$TMP/job" && chmod 777 "$TMP/job"

compile() { # NAME, stdin: lines of the policy; makes $TMP/plan
	{
		printf 'sbx 1\npolicy wx {\n    targets linux\n    entry "%s"\n    isolate none\n%s\n' "${ENTRY:-$WX}" "$OLDER"
		printf '    allow syscall personality, @ipc because "a control"\n' | sed -n "${CONTROLS:+p}"
		cat
		printf '}\n'
	} >"$TMP/wx.sbx"
	rm -rf "$TMP/plan"
	"$SBXC" --std "$HERE/../../policies/std" -q "$TMP/wx.sbx" -o "$TMP/plan" 2>"$TMP/err" ||
	    { fail "$1: the policy compiles" "$(cat "$TMP/err")"; return 1; }
}
way() { # NAME WAY WANTED
	rm -f "$TMP/job/code"
	run "$SBX_RUN" "$TMP/plan" -- "$WX" "$2" "$TMP/job/code"
	gives "$1" "$3"
}

# Without the line: every way is open to the program, but for what the base refuses anyway.
CONTROLS=1
compile control <<P
    prefer ipc.restrict on linux because "the control"
    allow read write "$TMP/job" because "the control"
    limit address-space 1GiB
P
CONTROLS=
for w in both after memfd file personality shm; do way "control: $w" $w ran; done
run "$SBX_RUN" "$TMP/plan" -- "$WX" key x
case $OUT in
ran) pass "control: key"; key=1 ;;
*) skip "control: key" "this machine has no protection keys"; key= ;;
esac

compile wx <<P
    require exec.wx
P
for w in both after memfd personality shm; do way "exec.wx: $w" $w "Operation not permitted"; done
[ -z "$key" ] || way "exec.wx: key" key "Operation not permitted"
way "exec.wx: no file is written" file "Permission denied"

# What is partial is as the sentence says: a file that it may write, and nothing else.
compile partial <<P
    prefer exec.wx on linux because "the test"
    allow read write "$TMP/job" because "the test"
P
for w in both after memfd; do way "preferred: $w" $w "Operation not permitted"; done
way "preferred: a file that is written can be mapped, as the plan says" file ran
grep -q 'a file that the program may write can be mapped as code' "$TMP/plan/plan.yaml" &&
    pass "preferred: the plan says so" || fail "preferred: the plan says so"

# A dynamic program and an interpreter map their libraries as ever.
python=$(realpath /usr/bin/python3 2>/dev/null)
if [ -x "$python" ]; then
	ENTRY=$python
	compile python <<P
    use std/python(version: "3")
    require exec.wx
P
	ENTRY=
	run "$SBX_RUN" "$TMP/plan" -- "$python" -c 'import json, threading, hashlib, ctypes
t = threading.Thread(target=print, args=(json.dumps({"a": 1}), hashlib.sha256(b"").hexdigest()[:8]))
t.start(); t.join()'
	gives "python under exec.wx" '{"a": 1} e3b0c442'
	run "$SBX_RUN" "$TMP/plan" -- "$python" -c 'import mmap
mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE); print("rw")
mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC); print("rx")
try: mmap.mmap(-1, 4096, prot=mmap.PROT_WRITE | mmap.PROT_EXEC)
except PermissionError: print("refused")'
	gives "python: each of the two, and not both" "rw
rx
refused"
else
	skip "python under exec.wx" "no /usr/bin/python3"
fi

# The oldest mmap() of 32-bit calls hides its arguments.
[ "$ARCH" = x86_64 ] || finish
CALL=$(tool call)
# in some virtual machines int 0x80 ends the program, whatever the kernel was built with
[ "$("$CALL" i386:20 2>/dev/null)" = ok ] || { skip "exec.wx on i386" "this kernel has no 32-bit calls"; finish; }
ENTRY=$CALL
compile i386 <<P
    abi x86_64, i386
    require exec.wx
P
run "$SBX_RUN" "$TMP/plan" -- "$CALL" i386:90,0 i386:192,0,4096,3,0x22,0xffffffff,0 i386:192,0,4096,7,0x22,0xffffffff,0 i386:125,0,0,4
gives "exec.wx on i386" "errno 1
ok
errno 1
errno 1"
compile i386-control <<P
    abi x86_64, i386
P
run "$SBX_RUN" "$TMP/plan" -- "$CALL" i386:90,0 i386:192,0,4096,3,0x22,0xffffffff,0 i386:192,0,4096,7,0x22,0xffffffff,0 i386:125,0,0,4
gives "control: i386" "errno 14
ok
ok
ok"
finish
