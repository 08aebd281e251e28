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
	grep -rlE "$tmp|$(uname -n)\b" ref-a >err && why="the plan names this machine"
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
	local alone='unshare -Urm' # a mount namespace of its own; root needs no user namespace for it
	[[ $(id -u) -eq 0 ]] && alone='unshare -m'
	if ! $alone true 2>/dev/null; then
		skip "a full disk" "no mount namespace to be had here"
	else
		local size
		size=$(du -s --apparent-size -B1 ref-a | cut -f1)
		sed -i "s/size=64k/size=$(((size / 4096 + 14) * 4))k/;s/ none / none /" disk.sh
		refuses "a full disk leaves the old plan and no litter" 2 'No space left on device' \
		    $alone sh disk.sh disk "$sbxc"
	fi
	refuses "a result that cannot be printed is said" 2 'cannot write the result' \
	    bash -c "$sbxc check a.sbx >/dev/full"
}

# ---- what a caller leaves out ----

# A plan is written over another one; then it is the new one whole, or the old one.
poor() { # NAME CODES COMMAND...
	local name=$1 codes=$2 why=''
	shift 2
	rm -rf poor && cp -r ref-a poor
	run "$@"
	[[ " $codes " = *" $RC "* ]] || why="exit $RC"
	if [[ $RC -eq 0 ]]; then is_plan poor ref-b || why="it says that all is well, and the plan is not the new one"
	else is_plan poor ref-a || is_plan poor ref-b || why="a plan of neither"; fi
	[[ -z $(litter) ]] || why="a temporary directory is left"
	verdict "$name" "$why"
}
few_things() {
	local closed n codes=() as=()
	for closed in '0<&-' '1>&-' '2>&-' '0<&- 1>&-' '1>&- 2>&-' '0<&- 1>&- 2>&-'; do
		codes=0
		[[ $closed != *'1>&-'* ]] || codes=2 # what it says cannot be said
		poor "closed $closed" "$codes" bash -c "exec $sbxc b.sbx -o poor $closed"
	done
	for n in 3 4 5 6 7 8; do # with 3 no library of its own can be opened
		poor "$n descriptors" '0 2 127' bash -c "ulimit -n $n; exec $sbxc -q b.sbx -o poor"
	done
	poor "control: 9 descriptors are enough" 0 bash -c "ulimit -n 9; exec $sbxc -q b.sbx -o poor"
	poor "stopped and continued" 0 bash -c "$sbxc -q b.sbx -o poor & kill -STOP \$!; n=0
		until grep -q '^State:.T' /proc/\$!/status; do sleep 0.05; [ \$((n += 1)) -lt 400 ] || exit 9; done
		kill -CONT \$!; wait \$!"
	[[ $(id -u) -ne 0 ]] || as=(setpriv --reuid 4322 --regid 4322 --clear-groups)
	mkdir few && cp a.sbx few/a.sbx && cp b.sbx few/b.sbx && chmod -R a+rX few
	run "${as[@]}" "$sbxc" check -j 4 few
	verdict "control: a folder is checked by several processes" "$([[ $RC -eq 0 ]] || echo "exit $RC")"
	refuses "one process: what was not checked is said" 2 'not everything was checked: Resource temporarily unavailable' \
	    "${as[@]}" env ASAN_OPTIONS=detect_leaks=0 bash -c "ulimit -u 1; exec $sbxc check -j 4 few"
}

# ---- every moment ----

can_trace() { [[ $(strace -qq -e trace=openat -e inject=openat:error=EIO cat /dev/null 2>&1) = *INJECTED* ]]; }

# The calls of one whole replacement, from the first that writes, as "NAME NTH".
moments() { # NAME-PATTERN
	cp -r ref-a moment
	strace -qq -o trace -e "trace=$1" "$sbxc" -q b.sbx -o moment
	sed -n 's/^\([a-z0-9_]*\)(.*/\1/p' trace | awk '{ print $1, ++n[$1] }'
	rm -rf moment
}

# Each call in turn is hit; then the plan is whole, old or new, and nothing else is left.
every_moment() { # TITLE CALLS INJECTION CODES LITTER-ALLOWED
	local call nth tried=0 why='' news=0
	moments "$2" >points
	while read -r call nth; do
		cp -r ref-a moment
		env --default-signal=INT,TERM strace -qq -o /dev/null -e "trace=$call" -e "inject=$call:$3:when=$nth" "$sbxc" -q b.sbx -o moment >out 2>err
		RC=$?
		tried=$((tried + 1))
		[[ " $4 " = *" $RC "* ]] || why="$call $nth: exit $RC"
		is_plan moment ref-a ref-b || why="$call $nth: half a plan"
		[[ $RC -ne 2 ]] || is_plan moment ref-a || why="$call $nth: an error, but the plan was replaced"
		[[ $RC -ne 0 ]] || is_plan moment ref-b || why="$call $nth: no error, but the plan is the old one"
		[[ $RC -ne 2 || $(grep -c '^sbxc: ' err) -eq 1 ]] || why="$call $nth: not one message"
		[[ $5 = yes || -z $(litter 1) ]] || why="$call $nth: left $(litter 1)"
		is_plan moment ref-b && news=$((news + 1))
		rm -rf moment .sbx-plan-*
		[[ -z $why ]] || break
	done <points
	[[ $tried -ge 8 || -n $why ]] || why="only $tried moments"
	verdict "$1: $tried moments, the new plan at $news of them" "$why"
}

interrupted() {
	if ! command -v strace >/dev/null || ! can_trace; then
		skip "every moment" "strace is not there or may not trace"
		return
	fi
	local all=mkdir,openat,write,fchmod,fsync,close,rename,renameat2,unlinkat,rmdir,rt_sigprocmask
	every_moment "killed" "$all" signal=KILL "137" yes
	every_moment "interrupted by ^C" "$all" signal=INT "130" no
	every_moment "terminated" write,fsync,renameat2,unlinkat,rt_sigprocmask signal=TERM "143" no
	every_moment "each call fails with EIO" mkdir,write,fchmod,fsync error=EIO "2 0" no
	every_moment "each write finds no space" write,mkdir,fsync error=ENOSPC "2 0" no
	cp -r ref-a unswapped
	refuses "a swap that fails leaves the old plan" 2 'cannot put the plan' strace -qq -o /dev/null \
	    -e trace=renameat2 -e inject=renameat2:error=EXDEV "$sbxc" -q b.sbx -o unswapped
	is_plan unswapped ref-a || fail "a swap that fails leaves the old plan" "it changed"
	[[ -z $(litter) ]] || fail "a swap that fails" "left $(litter)"
}

big() { # COUNT: a policy of that many rules
	printf 'sbx 1\npolicy big version "1.0.0" {\n    targets linux\n    entry "/bin/true"\n    use std/base-system\n'
	printf '    isolate none\n'
	seq -f '    allow read "/srv/some/where/d%06.0f/x"' 1 "$1"
	printf '}\n'
}

# Signals at random moments of a long compile: most of them before the write begins.
random_moments() {
	local i sig why='' done_at_once=0
	big 4000 >long.sbx
	for i in $(seq 1 30); do
		sig=$([[ $((i % 2)) -eq 0 ]] && echo KILL || echo INT)
		rm -rf long && cp -r ref-a long
		# a background job of a script ignores ^C unless it asks for it
		(trap - INT; exec "$sbxc" -q long.sbx -o long) >/dev/null 2>err &
		local pid=$!
		sleep "0.$(printf %03d $((i * 7)))"
		kill -$sig $pid 2>/dev/null || done_at_once=$((done_at_once + 1))
		wait $pid 2>/dev/null
		(cd long && sha256sum --quiet --strict -c SHA256SUMS >/dev/null 2>&1) || why="round $i ($sig): half a plan"
		[[ $sig = KILL || -z $(litter 1) ]] || why="round $i: left $(litter 1)"
		rm -rf .sbx-plan-*
	done
	verdict "a long compile stopped at 30 moments" "$why"
}

two_at_once() { # NAME SETUP: two compilers write into one place
	local i a b why=''
	for i in $(seq 1 40); do
		rm -rf both
		eval "$2"
		"$sbxc" -q a.sbx -o both >/dev/null 2>err & a=$!
		"$sbxc" -q b.sbx -o both >/dev/null 2>err2 & b=$!
		wait $a || why="round $i: $(cat err)"
		wait $b || why="round $i: $(cat err2)"
		is_plan both ref-a ref-b || why="round $i: neither plan"
		[[ -z $(litter 1) ]] || why="round $i: left $(litter 1)"
	done
	verdict "$1" "$why"
}

# ---- what goes in ----

# Runs within 120 s of processor time and 3 GiB, far more than it takes here: a bound on the order of growth.
bounded() { if [[ $sanitized -gt 0 ]]; then "$@"; else (ulimit -t 120 -v 3145728 && exec "$@"); fi; }

large() {
	local why='' n=230000
	[[ $sanitized -eq 0 ]] || n=20000
	big $n >huge.sbx
	run bounded "$sbxc" -q huge.sbx -o huge
	[[ $RC -eq 0 && $(grep -c '^path ' huge/landlock.conf) -ge $n ]] || why="exit $RC"
	verdict "$n rules ($(($(stat -c %s huge.sbx) >> 20)) MiB) compile" "$why"
	rm -rf huge huge.sbx
	{ cat a.sbx; yes '# a comment that goes on and on' | head -c 10485760; } >comments.sbx
	run bounded "$sbxc" -q comments.sbx -o comments
	grep -qE 'path .*/srv/a$' comments/landlock.conf || why="exit $RC"
	verdict "10 MiB of comments compile" "$why"
	{ cat a.sbx; yes '# a comment that goes on and on' | head -c 16777216; } >comments.sbx
	refuses "a file of more than 16 MiB" 2 'larger than 16 MiB' bounded "$sbxc" check comments.sbx
	{ printf 'sbx 1\npolicy p {\n'; yes '    allow raed "/x"' | head -n 300000; echo '}'; } >comments.sbx
	run bounded "$sbxc" check comments.sbx
	why=
	[[ $RC -eq 1 && $(wc -l <err) -lt 500 ]] || why="exit $RC, $(wc -l <err) lines"
	verdict "300000 mistakes: the first 20 are shown, the rest is counted" "$why"
	printf 'sbx 1\npolicy p {\n    targets linux\n    allow read "/%010000000d"\n}\n' 0 >comments.sbx
	run bounded "$sbxc" check comments.sbx
	why=
	[[ $RC -eq 1 && $(wc -c <err) -lt 4000 ]] || why="exit $RC, $(wc -c <err) bytes of messages"
	verdict "a line of 10 MB is refused in few words" "$why"
	rm -f comments.sbx
}

no_memory() {
	local why='' kib small=0
	if [[ $sanitized -gt 0 ]]; then
		skip "too little memory" "the sanitizers need all of it"
		return
	fi
	big 4000 >long.sbx
	rm -rf long && "$sbxc" -q long.sbx -o ref-long && cp -r ref-a long
	for kib in $(seq 6000 2000 40000); do
		run bash -c "ulimit -v $kib; exec $sbxc -q long.sbx -o long"
		[[ $RC -ne 2 ]] || grep -q 'out of memory\|Cannot allocate' err && is_plan long ref-a ref-long ||
		    [[ $RC -eq 0 || $RC -eq 127 ]] || why="$kib KiB: exit $RC"
		[[ $RC -ne 2 ]] || small=$((small + 1))
		rm -rf long && cp -r ref-a long
	done
	[[ $small -gt 0 ]] || why="no size was too small"
	verdict "too little memory: a message, and the old plan" "$why"
}

odd_inputs() {
	local name why=''
	for name in 'a b' "q'\"" $'new\nline' 'dollar$(x)' $'tab\t' 'back\slash' '-dash' $'esc\e[31m' 'ünï'; do
		cp a.sbx "./$name.sbx"
		run "$sbxc" -q "./$name.sbx" -o odd
		[[ $RC -eq 0 ]] && (cd odd && sha256sum --quiet -c SHA256SUMS) || why="$name: exit $RC"
		# words of a line are separated by one space, whatever the name: KIND ... FILE:LINE /srv/a
		[[ $(grep '/srv/a$' odd/landlock.conf | wc -w) -eq 6 ]] || why="$name: the name breaks the words of a line"
		python3 - odd/landlock.conf <<-'P' || why="$name: a raw control byte"
			import sys; sys.exit(any(b < 32 and b != 10 for b in open(sys.argv[1], 'rb').read()))
		P
		rm -rf odd
	done
	verdict "names of policies with spaces, quotes, newlines, tabs, escapes, dashes" "$why"
	printf 'sbx 1\npolicy p {\n    targts linux\n}\n' >$'bad\e[31m\n.sbx'
	run "$sbxc" check $'bad\e[31m\n.sbx'
	why=
	grep -q $'\e' err && why="the escape reached the terminal"
	verdict "a name with an escape is shown harmless" "$why"
	printf 'sbx 1\n' >$'bad\xff.sbx'
	refuses "a name that is not UTF-8" 2 'bad.xff.sbx: the file.s name is not UTF-8' "$sbxc" check $'bad\xff.sbx'
	refuses "a --set that is not UTF-8" 2 'UTF-8' "$sbxc" check a.sbx --set $'x=\xff'
	refuses "a directory as policy" 2 'not a regular file' "$sbxc" bin -o p-dir
	refuses "/ as policy" 2 'not a regular file' "$sbxc" / -o p-dir
	refuses "a directory without policies" 2 'holds no file that ends in .sbx' "$sbxc" check bin
	refuses "/dev/null as policy" 2 'not a regular file' "$sbxc" check /dev/null
	mkfifo fifo
	refuses "a FIFO as policy, without waiting" 2 'not a regular file' timeout 5 "$sbxc" check fifo
	refuses "a pipe as policy" 2 'not a regular file' bash -c "cat a.sbx | $sbxc check /dev/stdin"
	run bash -c "$sbxc check /dev/stdin <a.sbx"
	verdict "control: a file on standard input" "$([[ $RC -eq 0 ]] || echo "exit $RC")"
	refuses "a policy that is not there" 2 'cannot read none.sbx: No such file' "$sbxc" check none.sbx
	ln -s loop.sbx loop.sbx
	refuses "a link to itself" 2 'symbolic links' "$sbxc" check loop.sbx
}

wrong_policies() {
	local code name text n=0
	while IFS='|' read -r code name text; do
		printf '%b' "$text" >wrong.sbx
		refuses "wrong: $name" 1 "^error\[$code\]" "$sbxc" check wrong.sbx
		n=$((n + 1))
	done <<-'W'
		E0001|an empty file|
		E0001|only a newline|\n
		E0002|a later edition|sbx 2\n
		E0106|a policy cut off|sbx 1\npolicy p {\n    targets linux\n
		E0106|a string cut off|sbx 1\npolicy p {\n    targets linux\n    about "x\n}\n
		E0107|a NUL in the text|sbx 1\npolicy p {\n    targets linux\n    isolate\0 none\n    entry "/bin/true"\n}\n
		E0107|a NUL in a path|sbx 1\npolicy p {\n    targets linux\n    isolate none\n    entry "/bin/tr\0ue"\n}\n
		E0301|no policy|sbx 1\n
		E0302|no target|sbx 1\npolicy p {\n    entry "/bin/true"\n}\n
		E0100|an unknown target|sbx 1\npolicy p {\n    targets linus\n    entry "/bin/true"\n}\n
		E0202|a relative path|sbx 1\npolicy p {\n    targets linux\n    isolate none\n    entry "bin/true"\n}\n
		E0202|a path with ..|sbx 1\npolicy p {\n    targets linux\n    isolate none\n    entry "/bin/true"\n    allow read "/a/../b"\n}\n
		E0206|a star in a path|sbx 1\npolicy p {\n    targets linux\n    isolate none\n    entry "/bin/true"\n    allow read "/a/*"\n}\n
		E0204|an unknown variable|sbx 1\npolicy p {\n    targets linux\n    isolate none\n    entry "/bin/true"\n    allow read "${home}"\n}\n
		E0207|an unknown profile|sbx 1\npolicy p {\n    targets linux\n    isolate none\n    entry "/bin/true"\n    use std/bash\n}\n
		E0207|a profile that climbs out of the library|sbx 1\npolicy p {\n    targets linux\n    isolate none\n    entry "/bin/true"\n    use std/nothing-here\n}\n
		E0209|a file that imports itself|sbx 1\nimport "wrong.sbx"\npolicy p {\n    targets linux\n    isolate none\n    entry "/bin/true"\n}\n
		E0209|a file that imports itself by another name|sbx 1\nimport "./wrong.sbx"\npolicy p {\n    targets linux\n    isolate none\n    entry "/bin/true"\n}\n
		E0208|an import of a directory|sbx 1\nimport "bin"\npolicy p {\n    targets linux\n    isolate none\n    entry "/bin/true"\n}\n
		E0208|an import of a FIFO|sbx 1\nimport "fifo"\npolicy p {\n    targets linux\n    isolate none\n    entry "/bin/true"\n}\n
		E0211|an unknown system call|sbx 1\npolicy p {\n    targets linux\n    isolate none\n    entry "/bin/true"\n    deny syscall ptrase\n}\n
		E0103|an unknown unit|sbx 1\npolicy p {\n    targets linux\n    isolate none\n    entry "/bin/true"\n    limit memory 1GB\n}\n
		E0108|a number past 64 bits|sbx 1\npolicy p {\n    targets linux\n    isolate none\n    entry "/bin/true"\n    limit open-files 99999999999999999999\n}\n
	W
	[[ $n -ge 20 ]] || fail "wrong policies" "only $n"
	printf 'sbx 1\npolicy p {\n    targets linux\n    isolate none\n    entry "/bin/true"\n    test "t" {\n        expect allow read "/x"\n    }\n}\n' >wrong.sbx
	cp -r ref-a kept
	refuses "a policy whose test fails writes no plan" 3 '^error\[E0502\]' "$sbxc" wrong.sbx -o kept
	is_plan kept ref-a || fail "a policy whose test fails" "the plan changed"
	run "$sbxc" check a.sbx none.sbx wrong.sbx
	verdict "of more files the gravest code counts" "$([[ $RC -eq 3 ]] || echo "exit $RC")"
}

usage() {
	refuses "no file" 2 'no policy file' "$sbxc"
	refuses "no -o" 2 'say where the plan goes' "$sbxc" a.sbx
	refuses "an unknown option" 2 'unknown option: --force' "$sbxc" --force a.sbx -o p
	refuses "a value is missing" 2 'missing after: -o' "$sbxc" a.sbx -o
	refuses "two policies" 2 'one policy at a time' "$sbxc" a.sbx b.sbx -o p
	refuses "--set without a value" 2 'NAME=VALUE' "$sbxc" a.sbx -o p --set x
	refuses "--std that is no directory" 2 'names no directory' "$sbxc" a.sbx -o p --std a.sbx
	refuses "--set of no param" 1 'E0701' "$sbxc" a.sbx -o p --set x=1
	[[ ! -e p ]] || fail "wrong use" "it wrote a plan"
}

params() {
	local why=''
	policy c 'allow read "${dir}"'
	sed -i '2i param dir: path = "/srv/a"' c.sbx
	"$sbxc" -q c.sbx -o c1 && "$sbxc" -q c.sbx -o c2 --set dir=/srv/other && "$sbxc" -q c.sbx -o c3 --set=dir=/srv/a
	grep -q ' /srv/a$' c1/landlock.conf && grep -q ' /srv/other$' c2/landlock.conf || why="--set has no effect"
	grep -q /srv/a c2/landlock.conf && why="the default is in the plan too"
	[[ $(diff -rq c1 c3 | wc -l) -eq 2 ]] || why="the default given by hand differs in more than plan.yaml's record of it"
	verdict "--set gives the value of a param" "$why"
	refuses "--set with a bad value" 1 'E0205|E0202' "$sbxc" c.sbx -o c4 --set dir=srv
}

depfile() {
	local why='' sub='sub dir'
	mkdir "$sub"
	policy "$sub/lib" && policy "$sub/main" 'use inner'
	printf 'sbx 1\nprofile inner {\n    allow read "/srv/a"\n}\n' >"$sub/lib #1.sbx"
	sed -i '2i import "lib #1.sbx"' "$sub/main.sbx"
	printf 'plan/SHA256SUMS:\n\t%s "sub dir/main.sbx" -q -o plan --depfile plan.d\n\techo built >>log\n-include plan.d\n' \
	    "$sbxc" >dep.mk
	run make -s -f dep.mk && run make -s -f dep.mk
	[[ -f log && $(wc -l <log) -eq 1 ]] || why="the second make built again, or the first did not"
	sleep 0.02 && sed -i 's|/srv/a|/srv/b|' "$sub/lib #1.sbx"
	run make -s -f dep.mk
	[[ $(wc -l <log) -eq 2 ]] && grep -q '/srv/b$' plan/landlock.conf || why="a changed import did not build"
	sleep 0.02 && touch policies/std/base-system.sbx
	run make -s -f dep.mk
	[[ $(wc -l <log) -eq 3 ]] || why="a changed library profile did not build"
	verdict "--depfile: make builds when an import or a library profile changed, and only then" "$why"
	refuses "--depfile into a directory that is not there" 2 'cannot write no/p.d' \
	    "$sbxc" a.sbx -o plan-d --depfile no/p.d
	refuses "--depfile without -o" 2 'needs -o' "$sbxc" a.sbx --emit=ast --depfile p.d
	local got
	mkfifo pipe && ln -s real.d link.d && : >real.d && chmod 600 real.d
	cat pipe >piped.d & # a name that is no regular file is written to, and stays
	run timeout 10 "$sbxc" a.sbx -q -o plan-d --depfile pipe
	wait $!
	[[ $RC -eq 0 && -p pipe ]] && grep -q '^plan-d/SHA256SUMS:' piped.d && got= || got="exit $RC, $(stat -c %F pipe), $(wc -c <piped.d) bytes came"
	verdict "--depfile into a pipe leaves it one" "$got"
	run "$sbxc" a.sbx -q -o plan-d --depfile link.d
	[[ $RC -eq 0 && -L link.d && $(stat -c %a real.d) == 600 ]] && cmp -s real.d piped.d && got= || got="exit $RC, $(stat -c '%F %a' link.d real.d)"
	verdict "--depfile through a link leaves it one, and the mode of its file" "$got"
	cp a.sbx $'n\nl.sbx'
	refuses "--depfile of a name with a newline" 2 'newline' "$sbxc" $'n\nl.sbx' -o plan-d --depfile p.d
	[[ -z $(litter 1) ]] || fail "--depfile" "left $(litter 1)"
}

deterministic
untouched
in_the_way
permissions
full_disk
few_things
interrupted 2>/dev/null # the shell tells of every child that was killed
random_moments 2>/dev/null
two_at_once "two compilers at once over a plan: one of the two, whole" 'cp -r ref-a both'
two_at_once "two compilers at once into a new place: one of the two, whole" ':'
large
no_memory
odd_inputs
wrong_policies
usage
params
depfile
exit $status
