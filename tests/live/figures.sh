#!/bin/bash
# figures.sh - figures that do not depend on the machine's speed, held below what they are today with a little room: the
# size of the loader, the system calls, instructions, pages and memory of one launch, the length of the examples' filters.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 2
: "${B:=build}"
case $B in /*) ;; *) B=$PWD/$B ;; esac
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
chmod 755 "$tmp"
status=0

at_most() { # TITLE FIGURE LIMIT
	if [[ -n $2 && $2 -le $3 ]]; then
		printf 'PASS figures %s: %s (limit %s)\n' "$1" "$2" "$3"
	else
		printf 'FAIL figures %s: %s, over %s\n' "$1" "${2:-none}" "$3"
		status=1
	fi
}

at_most "bytes of sbx-run" "$(stat -c %s "$B/sbx-run")" 102400

for policy in build-step code-eval ripgrep static-web; do
	"$B/sbxc" --std policies/std -q "policies/examples/$policy.sbx" -o "$tmp/$policy" || exit 2
	for arch in x86_64 aarch64; do
		at_most "instructions of $policy, $arch" $(($(stat -c %s "$tmp/$policy/seccomp-$arch.bpf") / 8)) 180
	done
done

# A signal that the caller ignores or blocks costs a call more to reset, so none is. The two that libc keeps for itself
# are reset by nobody, and what make starts ignores them: calls() leaves them out.
plainly() { # PROGRAM ARGUMENT...
	python3 -c '
import os, signal, sys
for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, signal.SIG_DFL)
signal.pthread_sigmask(signal.SIG_SETMASK, [])
os.execvp(sys.argv[1], sys.argv[1:])' "$@"
}

# Where a plan is not root's it is asked who reads it.
own=$([[ $(stat -c %u "$tmp") = 0 ]] && echo 0 || echo 1)
# starts TITLE PROGRAM: under the last plan. What this host lacks (E0601, E0627) is a SKIP, anything else a loader that is broken.
starts() {
	"$B/sbx-run" "$tmp/p" -- "$2" 2>"$tmp/why" && return
	case $(cat "$tmp/why") in
	*'error[E0601]'* | *'error[E0627]'*) printf 'SKIP figures %s: %s\n' "$1" "$(grep -m 1 'error\[' "$tmp/why")" ;;
	*)
		printf 'FAIL figures %s: %s\n' "$1" "$(grep -m 1 'error\[' "$tmp/why" || echo 'no start, and no message')"
		status=1
		;;
	esac
	return 1
}

# calls_at_most TITLE LIMIT PROGRAM [AS...]: under the last plan, by all processes of a start, up to the call that becomes the program;
# of those that stay beside it up to where they begin to wait for it: what comes then depends on how long it runs.
calls_at_most() {
	rm -rf "$tmp/traces"
	mkdir -m 777 "$tmp/traces"
	if ! plainly "${@:4}" strace -ff -o "$tmp/traces/calls" "$tmp/sbx-run" "$tmp/p" -- "$3" 2>/dev/null; then
		printf 'SKIP figures %s: strace cannot trace here\n' "$1"
	else
		at_most "$1" "$(awk -v last="$3" 'FNR == 1 { done = 0 }
			!/^[a-z0-9_]+\(/ || done || /^execve\("[^"]*\/sbx-run"/ { next }
			/^rt_sigaction\(SIGRT.*SIG_DFL/ && !all { next }
			{ n++ }
			/^poll\(.*, [1-9][0-9]*\) |^rt_sigtimedwait\(/ { done = 1 }
			# of a confined process strace shows a user addresses alone
			/^execve(at\(|\(0x)/ || index($0, "execve(\"" last "\"") == 1 { done = seen = 1 }
			END { if (seen) print n }' all="${4:-}" "$tmp"/traces/calls.*)" $(($2 + own))
	fi
}
# calls TITLE BY-ROOT BY-USER PROGRAM: of the policy lines on stdin. Root drops what bounds its capabilities, and looks which
# signals are ignored; for others setting all of them is quicker.
calls() {
	{
		printf 'sbx 1\npolicy p {\n    targets linux\n    prefer signal.scope on linux because "only a figure"\n'
		cat
		printf '}\n'
	} >"$tmp/p.sbx"
	rm -rf "$tmp/p"
	"$B/sbxc" --std policies/std -q "$tmp/p.sbx" -o "$tmp/p" 2>"$tmp/why" || { cat "$tmp/why"; exit 2; }
	starts "$1" "$4" || return
	if [[ $(id -u) != 0 ]]; then
		calls_at_most "$1" "$3" "$4" env
	else
		calls_at_most "$1, by root" "$2" "$4"
		calls_at_most "$1, by a user" "$3" "$4" setpriv --reuid=65534 --regid=65534 --clear-groups
	fi
}
cp "$B/sbx-run" "$tmp/sbx-run" # where every user may start it
# Static, the program that does nothing; then the kinds of programs there are.
"${CC:-gcc}" -O2 -nostdlib -static -fno-stack-protector -o "$tmp/nop" tests/bench/nop.c || exit 2
calls "system calls of a launch" 132 149 "$tmp/nop" <<P
    allow read exec "$tmp/nop" # sbx: allow(no-loader) the program is static
    isolate none
    use std/base-system
    limit open-files 256
P
# Pages that a launch under the last plan touches, the program's own included, and what stays resident beyond the program's.
if command -v musl-gcc >/dev/null; then musl-gcc -static -Os -o "$tmp/cost" tests/live/cost.c || exit 2; fi
faults_at_most() { # TITLE LIMIT
	starts "$1" "$tmp/nop" || return
	if [[ ! -x $tmp/cost ]]; then
		printf 'SKIP figures %s: no musl-gcc\n' "$1"
		return 1
	fi
	# where a stack begins in its page is drawn by lot, and decides over two or three pages: the least of some launches
	for ((i = 0; i < 15; i++)); do "$tmp/cost" "$B/sbx-run" "$tmp/p" -- "$tmp/nop"; done | sort -n >"$tmp/costs"
	read -r faults kilobytes code <"$tmp/costs"
	awk '$3 != 0 { exit 1 }' "$tmp/costs" || code=1
	[[ $code = 0 ]] || faults= kilobytes=99999
	at_most "$1, the least of 15" "$faults" "$2"
}
if faults_at_most "page faults of a launch" 15; then
	read -r _ bare _ < <("$tmp/cost" "$tmp/nop")
	IFS=.- read -r major minor _ <<<"$(uname -r)"
	if ((major < 6 || (major == 6 && minor < 2))); then
		printf 'SKIP figures kilobytes of a launch: before Linux 6.2 up to 64 pages of a process are not counted at once\n'
	else
		at_most "kilobytes of a launch, beyond the program's" $((kilobytes - bare)) 64
	fi
fi
# What the loader computes, without an environment to look through, and on how many pages of its code. Where a processor has
# no instructions for SHA-256 that is most of it.
steps_at_most() { # STEPS PAGES
	local title="instructions of a launch, outside of the kernel" steps pages result
	if ! grep -qw sha_ni /proc/cpuinfo; then
		printf 'SKIP figures %s: this processor has no instructions for SHA-256\n' "$title"
	elif starts "$title" "$tmp/nop"; then
		"${CC:-gcc}" -O2 -o "$tmp/steps" tests/live/steps.c || exit 2
		read -r steps pages < <(env -i "$tmp/steps" "$B/sbx-run" "$tmp/p" -- "$tmp/nop"; echo $? >"$tmp/result")
		result=$(cat "$tmp/result")
		if [[ $result = 2 ]]; then
			printf 'SKIP figures %s: nothing can be traced here\n' "$title"
		else
			at_most "$title" "$steps" "$1"
			at_most "pages of them (else: make order)" "$pages" "$2"
		fi
	fi
}
steps_at_most 113000 9
# As design compares it with setpriv, which makes 114 calls for that: 20 places, 60 calls let in.
calls "system calls of a launch, 20 places" 130 140 /bin/true <<P
    allow read exec "/bin/true", "$(realpath "$(ldd /bin/true | awk '/ld-linux/ { print $1 }')")"
    allow read {
$(printf '        "%s" if-exists\n' /lib /usr/{lib,share,local/lib,local/share} /sys/devices/system/cpu /var/lib /srv /opt \
	    /etc/{ld.so.cache,passwd,group,hosts} /dev/{null,zero,random,urandom,full})
    } because "what the benchmark gives setpriv"
    isolate none
    terminal inherit
    default limits none
P
calls "system calls of a launch, with an entry" 136 153 /bin/true <<'P'
    entry "/bin/true"
    isolate none
    use std/base-system
P
calls "system calls of a launch, a dynamic program" 135 152 /bin/true <<P
    allow read exec "/bin/true", "$(realpath "$(ldd /bin/true | awk '/ld-linux/ { print $1 }')")"
    isolate none
    use std/base-system
    limit open-files 256
P
# Loader, its child and process 1 of the new namespace.
mkdir "$tmp/work"
calls "system calls of a launch, isolate all" 150 150 /bin/true <<P
    isolate all
    allow read exec "/usr", "/bin" if-exists, "/lib" if-exists, "/lib64" if-exists
    allow read "/etc/ld.so.cache" if-exists
    allow read write "$tmp/work" because "only a figure"
P
calls "system calls of a launch, isolate all, of the program that does nothing" 123 123 "$tmp/nop" <<P
    isolate all
    allow read exec "$tmp/nop" # sbx: allow(no-loader) the program is static
    allow read write "$tmp/work" because "only a figure"
P
# process 1 in memory of its own would touch half as many again
faults_at_most "page faults of a launch, isolate all" 25
calls "system calls of a launch, isolate all, 26 places" 296 296 /bin/true <<P
    entry "/bin/true"
    isolate all
    use std/base-system
    allow read write "$tmp/work" because "only a figure"
P
exit $status
