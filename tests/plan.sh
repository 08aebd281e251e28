#!/bin/bash
# plan.sh - the plan directory as a user meets it: the same bytes every time, replaced whole or not at all, whatever
# interrupts the compiler, fills the disk or stands in the way; and one clear message for each wrong use.
#
# Every moment is tried, not some: strace kills, interrupts or fails each system call of the write in turn.
set -u
top=$(unset CDPATH; cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
: "${B:=build}"
[[ $B = /* ]] || B=$top/$B
export LC_ALL=C
export ASAN_OPTIONS=detect_leaks=0 # the leak checker cannot work under strace
status=0

tmp=$(mktemp -d) || exit 2
trap 'chmod -R u+rwx "$tmp" 2>/dev/null; rm -rf "$tmp"' EXIT
trap 'exit 130' INT
chmod 755 "$tmp"
mkdir "$tmp/bin" "$tmp/policies" && cp "$B/sbxc" "$tmp/bin/" && cp -r "$top/policies/std" "$tmp/policies/" || exit 2
sbxc=$tmp/bin/sbxc
cd "$tmp" || exit 2
sanitized=$(grep -c __asan_init "$sbxc")

pass() { printf 'PASS plan %s\n' "$1"; }
skip() { printf 'SKIP plan %s: %s\n' "$1" "$2"; }
fail() {
	printf 'FAIL plan %s: %s\n' "$1" "$2"
	[[ ! -s err ]] || sed 's/^/     | /' err | head -n 20
	status=1
}
verdict() { if [[ -z $2 ]]; then pass "$1"; else fail "$1" "$2"; fi; }

run() { # COMMAND...: RC, files out and err
	"$@" >out 2>err </dev/null
	RC=$?
}

# What is wrong with the last run, or nothing: the code, the words, and exactly one complaint.
complaint() { # CODE PATTERN
	if [[ $RC -ne $1 ]]; then
		echo "exit $RC instead of $1"
	elif ! grep -qE -- "$2" err; then
		echo "no message matches: $2"
	elif [[ $(grep -cE '^(sbxc: |error\[)' err) -ne 1 ]]; then
		echo "not one complaint"
	elif grep -qE 'Sanitizer|runtime error' err; then
		echo "a sanitizer complains"
	fi
}
refuses() { # NAME CODE PATTERN COMMAND...
	local name=$1 code=$2 pattern=$3
	shift 3
	run "$@"
	verdict "$name" "$(complaint "$code" "$pattern")"
}
litter() { find . -maxdepth "${1:-3}" \( -name '.sbx-plan-*' -o -name '*.d.??????' \) -print -quit; }

policy() { # NAME RULE...: NAME.sbx, a policy that compiles
	local name=$1
	shift
	{
		printf 'sbx 1\npolicy %s version "1.0.0" {\n    targets linux, macos\n' "${name##*/}"
		printf '    entry "/bin/true"\n    use std/base-system\n    isolate none\n'
		printf '    prefer proc.no_exec on macos because "the tests"\n'
		for rule; do printf '    %s\n' "$rule"; done
		printf '}\n'
	} >"$name.sbx"
}
policy a 'allow read "/srv/a"'
policy b 'allow read "/srv/b"' 'limit memory 64MiB' 'prefer res.memory on linux, macos because "the tests"'
"$sbxc" -q a.sbx -o ref-a && "$sbxc" -q b.sbx -o ref-b || { fail "start" "the policies of the test do not compile"; exit 1; }
cmp -s ref-a/SHA256SUMS ref-b/SHA256SUMS && fail "start" "the two policies give one plan"

# Is DIR one of the plans, to the last byte?
is_plan() { # DIR REF...
	local dir=$1 ref
	shift
	for ref; do diff -r "$dir" "$ref" >/dev/null 2>&1 && return 0; done
	return 1
}

# ---- the same bytes ----

deterministic() {
	local why='' i
	mkdir -p far/away
	(cd far/away && umask 077 && TZ=Asia/Tokyo LC_ALL=tr_TR.UTF-8 LANG=de_DE HOME=/nonexistent "$sbxc" -q ../../a.sbx -o p)
	is_plan far/away/p ref-a || why="another directory, locale, time zone or umask changes the plan"
	(cd / && umask 0 && env -i "$sbxc" -q "$tmp/a.sbx" -o "$tmp/far/p")
	is_plan far/p ref-a || why="an empty environment or umask 0 changes the plan"
	for i in far/p far/away/p; do
		[[ $(stat -c %a $i) = 755 && $(stat -c %a $i/* | sort -u) = 644 ]] || why="the modes follow the umask"
	done
	verdict "the same bytes from another directory, locale, time zone, umask and environment" "$why"
	(cd ref-a && sha256sum --quiet --strict -c SHA256SUMS) >err 2>&1 || why="sha256sum -c fails"
	[[ $(wc -l <ref-a/SHA256SUMS) -eq $(($(ls ref-a | wc -l) - 1)) ]] || why="SHA256SUMS does not name every file"
	verdict "sha256sum -c, and every file is named" "$why"
	grep -rlE "$tmp|$(hostname)\b" ref-a >err && why="the plan names this machine"
	verdict "no path or name of the machine in the plan" "$why"
}

identity() { stat -c '%i %Y %Z %n' "$1" "$1"/*; }

untouched() {
	local before why=''
	cp -a ref-a same && chmod 755 same && before=$(identity same)
	sleep 0.02
	run "$sbxc" a.sbx -o same
	[[ $RC -eq 0 && $before = "$(identity same)" ]] || why="the files were touched"
	grep -q unchanged out || why="it does not say that nothing changed"
	verdict "an unchanged plan is not touched" "$why"
	why=
	printf x >>same/landlock.conf
	run "$sbxc" a.sbx -o same
	[[ $RC -eq 0 ]] && is_plan same ref-a || why="a changed byte was not mended"
	rm same/launch.conf
	run "$sbxc" a.sbx -o same
	is_plan same ref-a || why="a missing file was not mended"
	chmod 777 same
	run "$sbxc" a.sbx -o same
	[[ $(stat -c %a same) = 755 ]] || why="a directory that all may write stayed so"
	chmod 666 same/launch.conf
	run "$sbxc" a.sbx -o same
	[[ $(stat -c %a same/launch.conf) = 644 ]] || why="a file that all may write stayed so"
	run "$sbxc" b.sbx -o same
	is_plan same ref-b || why="another policy did not replace the plan"
	run "$sbxc" a.sbx -o same/
	is_plan same ref-a || why="files of the old plan were left"
	verdict "a damaged, open or other plan is replaced whole" "$why"
}

# ---- what stands in the way ----

foreign() { # NAME COMMAND: the directory `mine`, filled by the command, is refused and keeps all it holds
	rm -rf mine && mkdir mine && eval "$2"
	local before
	before=$(find mine -printf '%p %i %s %T@\n' | sort)
	run "$sbxc" a.sbx -o mine
	local why
	why=$(complaint 2 'which is not of a plan')
	[[ $before = "$(find mine -printf '%p %i %s %T@\n' | sort)" ]] || why="what was there changed"
	verdict "refuses a directory with $1" "$why"
}

in_the_way() {
	foreign "a file of the user" 'echo x >mine/notes.txt'
	foreign "a plan and one more file" 'cp ref-a/* mine && echo x >mine/notes.txt'
	foreign "a plan and a name that only begins like a filter" 'cp ref-a/* mine && echo x >mine/seccomp-notes.md'
	foreign "a directory named like a file of a plan" 'cp ref-a/* mine && rm mine/plan.yaml && mkdir mine/plan.yaml'
	foreign "a link named like a file of a plan" 'cp ref-a/* mine && ln -sf /etc/passwd mine/plan.yaml'
	foreign "a plan.yaml of another tool" 'echo "a: b" >mine/plan.yaml'
	mkdir empty
	run "$sbxc" -q a.sbx -o empty
	verdict "control: an empty directory is used" "$(is_plan empty ref-a || echo "no plan in it")"
	ln -s ref-link-target link && mkdir ref-link-target
	run "$sbxc" -q a.sbx -o link
	verdict "a link to a directory stays, the plan lands behind it" \
	    "$([[ -L link ]] && is_plan ref-link-target ref-a || echo "it did not")"
	ln -s nowhere dangling
	refuses "refuses a dangling link" 2 'is not a directory' "$sbxc" a.sbx -o dangling
	echo x >file
	refuses "refuses a file" 2 'file is there and is not a directory' "$sbxc" a.sbx -o file
	[[ $(cat file) = x ]] || fail "refuses a file" "the file changed"
	refuses "refuses a missing parent" 2 'beside no/parent/p: No such file' "$sbxc" a.sbx -o no/parent/p
	refuses "refuses a parent that is a file" 2 'Not a directory' "$sbxc" a.sbx -o file/p
	refuses "refuses an empty name" 2 '-o names no directory' "$sbxc" a.sbx -o ''
	refuses "refuses /" 2 'which is not of a plan' "$sbxc" a.sbx -o /
	refuses "refuses the directory of the policy" 2 'which is not of a plan' "$sbxc" a.sbx -o .
	refuses "refuses a name that is too long" 2 'File name too long' "$sbxc" a.sbx -o "$(printf '%0300d' 0)"
	local odd=$'od\'d "name"\n\\ $(x)' why=''
	run "$sbxc" -q a.sbx -o "$odd"
	is_plan "$odd" ref-a || why="no plan"
	verdict "a plan name with spaces, quotes, newline and dollar" "$why"
}

other_user() { # COMMAND...: as a user who owns nothing here
	if [[ $(id -u) -eq 0 ]]; then setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; else "$@"; fi
}

permissions() {
	mkdir locked && chmod 555 locked && cp a.sbx secret.sbx && chmod 000 secret.sbx
	if [[ $(id -u) -eq 0 ]] && ! other_user true 2>/dev/null; then
		skip "permissions" "setpriv cannot change the user here"
		return
	fi
	refuses "refuses a parent that cannot be written" 2 'beside locked/p: Permission denied' \
	    other_user "$sbxc" a.sbx -o locked/p
	refuses "refuses a policy that cannot be read" 2 'cannot read secret.sbx: Permission denied' \
	    other_user "$sbxc" check secret.sbx
	cp -r ref-a hidden && chmod 700 hidden && chmod 755 .
	[[ $(id -u) -ne 0 ]] || refuses "refuses a plan directory that cannot be read" 2 'cannot read hidden: Permission' \
	    other_user "$sbxc" a.sbx -o hidden
	[[ -z $(litter) ]] || fail "permissions" "a temporary directory is left: $(litter)"
}

full_disk() {
	local why=''
	cp -r ref-a full
	# a limit on the size of files: the write fails in the middle of one
	refuses "a write that fails leaves the old plan" 2 'cannot write .* of the plan: File too large' \
	    bash -c "ulimit -f 2; exec $sbxc b.sbx -o full"
	is_plan full ref-a || why="the old plan is gone"
	[[ -z $(litter) ]] || why="a temporary directory is left"
	verdict "... and nothing else" "$why"
	cat >disk.sh <<-'S'
		set -e
		mount -t tmpfs -o size=64k none "$1"
		cp -r ref-a "$1/p" 2>/dev/null || cp -r ref-a "$1/p"
		rc=0
		"$2" b.sbx -o "$1/p" || rc=$?
		diff -r ref-a "$1/p" >&2
		[ -z "$(ls -A "$1" | grep -v '^p$')" ] || { echo "left: $(ls -A "$1")" >&2; exit 99; }
		exit $rc
	S
	mkdir disk
	if ! unshare -Urm true 2>/dev/null; then
		skip "a full disk" "no user namespaces here"
	else
		local size
		size=$(du -s --apparent-size -B1 ref-a | cut -f1)
		sed -i "s/size=64k/size=$(((size / 4096 + 14) * 4))k/;s/ none / none /" disk.sh
		refuses "a full disk leaves the old plan and no litter" 2 'No space left on device' \
		    unshare -Urm sh disk.sh disk "$sbxc"
	fi
	refuses "a result that cannot be printed is said" 2 'cannot write the result' \
	    bash -c "$sbxc check a.sbx >/dev/full"
}
