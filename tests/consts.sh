#!/bin/sh
# consts.sh - compiler/consts.tsv against the headers installed here, kernel's and C library's: every constant that both
# know must have one value. The table comes from other headers (gen-consts.py), so this is a second source.
set -u
cd "$(dirname "$0")/.." || exit 2
: "${CC:=gcc}"
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
status=0
case $(uname -m) in
x86_64) column=3 ;;
aarch64) column=4 ;;
*) echo "SKIP consts: the table has no column for $(uname -m)"; exit 0 ;;
esac

# Sums of all that a kernel version knows, which grow; and what the C library counts in its own way.
differ='BPF_F_REDIRECT_FLAGS FUTEX_CMD_MASK MAX_BPF_ATTACH_TYPE MOVE_MOUNT__MASK RWF_SUPPORTED UFFD_API_FEATURES
UFFD_API_IOCTLS UFFD_API_RANGE_IOCTLS UFFD_API_RANGE_IOCTLS_BASIC UFFD_API_REGISTER_MODES NCCS NSIG O_LARGEFILE'

libc="sys/socket netinet/in netinet/tcp fcntl sys/mman sys/prctl sys/ioctl sys/stat sys/wait sys/resource sys/epoll
sys/eventfd sys/timerfd sys/signalfd sys/inotify sys/fanotify sys/personality sys/mount sys/ptrace sys/reboot sys/swap
sys/shm sys/sem sys/msg sys/random sys/file sched signal errno poll unistd time termios sys/timex mqueue"
kernel=$(sed -n '/^HEADERS = """/,/^"""/p' compiler/gen-consts.py | tr ' ' '\n' | grep / |
    grep -Ev 'linux/(mptcp|sctp|vm_sockets)')

# compare WHAT TABLE HEADERS: one file with them all; constants that differ on stdout
compare() {
	{
		for h in $3; do
			printf '#if __has_include(<%s.h>)\n#include <%s.h>\n#endif\n' "$h" "$h"
		done
		awk -F'\t' -v c=$column '/^#/ || /^name/ || $c == "-" { next }
			{ printf "#ifdef %s\n_Static_assert((unsigned long long)(%s) == 0x%sULL, \"%s\");\nint seen_%s;\n#endif\n",
			  $1, $1, $c, $1, $1 }' "$2"
	} >"$tmp/$1.c"
	LC_ALL=C "$CC" -std=gnu11 -D_GNU_SOURCE -w -fsyntax-only -fmax-errors=0 "$tmp/$1.c" 2>"$tmp/$1.err"
	sed -n 's/.*static assertion failed: "\([A-Z0-9_]*\)".*/\1/p' "$tmp/$1.err"
}

for what in kernel libc; do
	eval "headers=\$$what"
	wrong=
	for name in $(compare $what compiler/consts.tsv "$headers"); do
		case " $(echo $differ) " in *" $name "*) ;; *) wrong="$wrong $name" ;; esac
	done
	n=$("$CC" -std=gnu11 -D_GNU_SOURCE -w -E "$tmp/$what.c" 2>/dev/null | grep -c '^int seen_')
	if [ -n "$wrong" ]; then
		echo "FAIL consts $what: other values in the headers:$wrong"
		status=1
	elif [ "$n" -lt 1500 ]; then
		echo "FAIL consts $what: only $n constants were compared"
		status=1
	else
		echo "PASS consts $what: $n constants"
	fi
done

# The comparison itself must be able to fail.
sed 's/^\(AF_INET\t[0-9]*\)\t2\t/\1\t3\t/' compiler/consts.tsv >"$tmp/table"
if [ "$(compare self "$tmp/table" "sys/socket" | tr '\n' ' ')" = "AF_INET " ]; then
	echo "PASS consts self-test"
else
	echo "FAIL consts self-test: a wrong value was not noticed"
	status=1
fi
exit $status
