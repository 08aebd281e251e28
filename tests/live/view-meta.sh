#!/bin/bash
# view-meta.sh - mode, owner, times and extended attributes under `root private`: what no line lets the program write is mounted read only,
# so a policy that opens the calls for them keeps its scope of writing. Beside each refusal: the same change of a place that is
# named, and of the same file without the sandbox.
. "$(dirname "$0")/lib-view.sh"

for WHO in $USERS; do
	fresh
	as mkdir "$D/out" "$D/out/.kept"
	as touch "$D/file" "$D/out/file" "$D/out/.kept/file"
	policy meta <<-P
		root private
		isolate user, mount, pid
		entry "$TMP/tools/busybox"
		allow read "\${d}", "/proc"
		allow read write "\${d}/out"
		deny write "\${d}/out/.kept"
		allow syscall @file-meta
		allow env D
		require fs.write.scope, fs.write.deny-path
		prefer signal.scope on linux because "this kernel may be older than Landlock ABI 6"
	P
	export D
	change='for f in "$D/file" "$D/out/.kept/file" "$D/out/.kept" "$D" "$D/out/file" /proc/self/exe; do
		chmod 700 "$f" && echo mode; touch -d "2001-02-03 04:05" "$f" && echo times; done'
	inside meta "$change"
	gives "$WHO: mode and times change where a line says write, and nowhere else" "mode
times"
	case $(grep -c "Read-only file system" "$TMP/err") in
	10) pass "$WHO: the rest is on read-only mounts (EROFS)" ;;
	*) fail "$WHO: the rest is on read-only mounts (EROFS)" "$ERR" ;;
	esac
		outside "${change% /proc/self/exe*}"'; do chmod 700 "$f" && echo mode; done'
	gives "$WHO: control: without the sandbox each of them changes" "mode
mode
mode
mode
mode"
done

# With the host's tree nothing stands in the way of these calls, and the compiler says so.
printf 'sbx 1\npolicy t {\n    targets linux\n    isolate user, mount\n    root host\n    allow read exec "/usr/bin/true"\n    allow syscall @file-meta\n    require fs.write.scope\n}\n' >"$TMP/host.sbx"
run "$SBXC" check --std "$STD" "$TMP/host.sbx"
case $RC$ERR in
1*E0401*"mode, owner, times"*) pass "control: in the tree of the host the guarantee is refused (E0401)" ;;
*) fail "control: in the tree of the host the guarantee is refused (E0401)" "$ERR" ;;
esac
finish
