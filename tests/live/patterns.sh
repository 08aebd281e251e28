#!/bin/sh
# patterns.sh - `allow ... matching`, by the kernel: what fits when the program starts is reached, at any depth and below a folder
# that fits; what does not, what is made later and symbolic links are not. Each refusal beside the same attempt without the sandbox.
. "$(dirname "$0")/lib-loader.sh"
SBXC=${SBXC:-$B/sbxc}
T=$TMP/tree
mkdir -p "$T/a/b" "$T/a/dir.so"
for f in "$T/one.so" "$T/a/b/two.so" "$T/a/dir.so/inner" "$T/a/other" "$T/secret"; do echo text >"$f"; done
ln -s "$T/secret" "$T/link.so"

compile() { # LINES
	printf 'sbx 1\nparam dir: path at load\npolicy s {\n    targets linux\n    entry "%s"\n    isolate none\n    %s\n' "$PROBE" "$1" >"$TMP/s.sbx"
	printf '    prefer fs.glob.live on linux because "x"\n    prefer signal.scope on linux because "x"\n}\n' >>"$TMP/s.sbx"
	rm -rf "$TMP/plan"
	"$SBXC" -q "$TMP/s.sbx" -o "$TMP/plan" 2>"$TMP/err" || { fail "$1: the policy compiles" "$(cat "$TMP/err")"; finish; }
}
confined() { run "$SBX_RUN" --set "dir=$T" "$TMP/plan" -- "$PROBE" "$@"; }

compile 'allow read matching "*.so" under "${dir}"'
run "$PROBE" read "$T/one.so" , read "$T/a/other" , read "$T/secret" , read "$T/link.so" , list "$T"
gives "without the sandbox everything is read" "ok
ok
ok
ok
ok"
confined read "$T/one.so" , read "$T/a/b/two.so" , read "$T/a/dir.so/inner" , list "$T/a/dir.so"
gives "what fits is read" "ok
ok
ok
ok"
confined read "$T/a/other" , read "$T/secret" , read "$T/link.so" , list "$T" , write "$T/one.so"
gives "what does not fit is not, nor what a link names" "EACCES
EACCES
EACCES
EACCES
EACCES"
# a file that is made by the program itself, after the start
compile 'allow read matching "*.so" under "${dir}"
    allow create modify "${dir}/a"'
confined create "$T/a/late.so" , read "$T/a/late.so"
gives "what is made after the start is not allowed" "ok
EACCES"
run "$PROBE" read "$T/a/late.so"
gives "control: it could be read" "ok"

compile 'allow read matching "*.so" under "${dir}"
    deny read "'"$T"'/a/b"'
confined read "$T/one.so"
refused "a denied place in the folder of a pattern" 125 E0619 "$T/a/b"

compile 'allow read matching "*.so" under "${dir}/missing"'
confined read "$T/one.so"
refused "a folder that is not there" 125 E0616 missing

mkdir "$T/many"
(cd "$T/many" && seq -f '%g.so' 1 4097 | xargs touch)
compile 'allow read matching "*.so" under "${dir}"'
confined read "$T/one.so"
refused "a pattern that fits too much" 125 E0660 "4096"
finish
