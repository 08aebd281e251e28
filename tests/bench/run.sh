#!/bin/bash
# run.sh - what sbx costs, as ratios to the bare program, to a floor written by hand and to its peers, in one run and in
# random order; then figures that are the same on every run. Times are shown, never judged: no test of this fails.
#
#     tests/bench/run.sh [ROUNDS]      (300 rounds take about half a minute)
#
# REALTIME=1: the launches one by one run under SCHED_FIFO, so that other work on the machine hardly counts (root).
set -u
top=$(unset CDPATH; cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
: "${B:=build}"
[[ $B = /* ]] || B=$top/$B
rounds=${1:-300}
export LC_ALL=C
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
chmod 755 "$tmp"

die() { printf 'bench: %s\n' "$*" >&2; exit 2; }
[[ -x $B/sbxc && -x $B/sbx-run ]] || die "no sbxc and sbx-run in $B: run make first"
first() { ${REALTIME:+chrt -f 50} "$@"; }
row() { local IFS=$'\t'; printf '%s\n' "$*"; }
# musl has no kernel headers of its own: those of the system come after its own
kernel=(-idirafter /usr/include -idirafter "/usr/include/$(gcc -print-multiarch 2>/dev/null)")
static() { musl-gcc -std=gnu11 -D_GNU_SOURCE -Os -static -s "${kernel[@]}" -I"$top" -I"$tmp" "$@"; }

# As it is when it is installed: what is written at once lies in larger pieces of the page cache than what a linker wrote, which
# is 6 us a start of the loader. So all who are compared are copies.
installed() { # FILE [TO]
	cp "$1" "$tmp/copy" && chmod 755 "$tmp/copy" && mv -f "$tmp/copy" "${2:-$1}"
}

# The plan's calls as C data for floor.c; the same lines that sbx-run reads.
floor_plan() { # PLAN
	local conf=$1/landlock.conf launch=$1/launch.conf
	words() { tr ' ,' '\n\n' | grep . | tr a-z A-Z | sed "s/^/$1/" | paste -sd'|'; }
	echo "static const uint64_t FLOOR_FS = $(sed -n 's/^handle-fs //p' "$conf" | words LL_);"
	echo "static const uint64_t FLOOR_NET = $(sed -n 's/^handle-net //p' "$conf" | words LL_);"
	echo "static const uint64_t FLOOR_SCOPES = 0 $(sed -n 's/^scope //p' "$conf" | words SCOPE_ | sed 's/^./|&/');"
	echo "#define FLOOR_PLAN \"$1\""
	echo "static const char *const files[] = {\"SHA256SUMS\", \"launch.conf\", \"landlock.conf\", \"seccomp-$(uname -m).bpf\"};"
	echo "enum { FLOOR_SETSID = $(grep -q '^terminal inherit' "$launch" && echo 0 || grep -c '^session new' "$launch") };"
	echo 'static const struct floor_rule rules[] = {'
	grep '^path ' "$conf" | while read -r _ _ _ rights _ path; do
		printf '\t{"%s", (%s)%s},\n' "$path" "$(echo "$rights" | words LL_)" \
		    "$([[ -d $path ]] || echo ' & FILE_RIGHTS')"
	done
	printf '};\nstatic const struct floor_limit limits[] = {\n'
	sed -n 's/^rlimit \([a-z]*\) \([0-9]*\)$/\1 \2/p' "$launch" | while read -r name value; do
		printf '\t{RLIMIT_%s, %s},\n' "${name^^}" "$value"
	done
	printf '};\nstatic const struct sock_filter filter[] = {\n'
	od -An -v -tu2 -w8 "$1/seccomp-$(uname -m).bpf" | while read -r code jump lo hi; do
		printf '\t{%u, %u, %u, %uu},\n' "$code" $((jump & 255)) $((jump >> 8)) $((hi * 65536 + lo))
	done
	echo '};'
}

# The program may start itself, so that one filter serves every launcher; a dynamic one needs its ELF interpreter too.
policy() { # PROGRAM
	local loader
	loader=$(ldd "$1" 2>/dev/null | awk '/ld-linux/ { print $1 }')
	[[ -z $loader ]] || loader=", \"$(realpath "$loader")\""
	: "${loader:= # sbx: allow(no-loader) the program is static}"
	cat <<-P
		sbx 1
		policy bench {
		    targets linux
		    use std/base-system
		    allow read exec "$1"$loader
		    limit open-files 256
		    isolate none
		}
	P
}

launches() { # NAME PROGRAM
	local name=$1 program=$2 plan=$tmp/plan-$1 list=$tmp/list
	policy "$program" >"$tmp/$name.sbx"
	"$B/sbxc" --std "$top/policies/std" -q "$tmp/$name.sbx" -o "$plan" || die "the policy of the benchmark does not compile"
	floor_plan "$plan" >"$tmp/floor_plan.h"
	static -o "$tmp/floor" "$top/tests/bench/floor.c" && installed "$tmp/floor" || die "floor.c does not compile"
	row bare "$program" >"$list"
	row "exec only (static, musl)" "$tmp/exec" "$program" >>"$list"
	row floor "$tmp/floor" "$program" >>"$list"
	row sbx-run "$tmp/sbx-run" "$plan" -- "$program" >>"$list"
	if command -v setpriv >/dev/null; then
		row "setpriv --no-new-privs (only)" "$(command -v setpriv)" --no-new-privs "$program" >>"$list"
	else
		echo "    setpriv is not there" >&2
	fi
	if command -v bwrap >/dev/null; then
		# fd3 opens descriptor 3: a shell would be dearer than bwrap
		row "bwrap, ro bind, same filter" "$tmp/fd3" "$plan/seccomp-$(uname -m).bpf" "$(command -v bwrap)" \
		    --ro-bind / / --dev-bind /dev /dev --new-session --seccomp 3 "$program" >>"$list"
	else
		echo "    bwrap is not there" >&2
	fi
	printf '\nLaunch to exit of %s, %s rounds (rules: %s paths, filter: %s instructions)\n' "$name" "$rounds" \
	    "$(grep -c '^path ' "$plan/landlock.conf")" $(($(stat -c %s "$plan/seccomp-$(uname -m).bpf") / 8))
	first "$tmp/launch" "$rounds" floor "$list"
}

# What setpriv can do too: no_new_privs, 20 Landlock rules, 60 system calls. It puts the filter on first, so that must let in
# what comes after.
sixty_policy() { # PROGRAM
	local loader
	loader=$(ldd "$1" | awk '/ld-linux/ { print $1 }')
	cat <<-P
		sbx 1
		policy bench-sixty {
		    targets linux
		    abi $(uname -m)
		    isolate none
		    terminal inherit
		    syscalls exact
		    default limits none
		    allow syscall brk, capget, capset, chdir, clock_gettime, clock_nanosleep, close, close_range, dup, dup3, epoll_create1,
		        epoll_ctl, epoll_pwait, eventfd2, execve, exit, exit_group, faccessat, fchdir, fcntl, fstat, futex, getcwd, getdents64,
		        getegid, geteuid, getgid, getpid, getppid, getrandom, gettid, getuid, landlock_add_rule, landlock_create_ruleset,
		        landlock_restrict_self, lseek, madvise, mmap, mprotect, mremap, munmap, newfstatat, openat, pipe2, ppoll, prctl, pread64,
		        prlimit64, pwrite64, read, readlinkat, rseq, rt_sigaction, rt_sigprocmask, rt_sigreturn, set_robust_list,
		        set_tid_address, uname, write, $([[ $(uname -m) = x86_64 ]] && echo access, arch_prctl || echo writev, readv) because "the benchmark"
		    allow read exec "$1", "$(realpath "$loader")" because "the benchmark"
		    allow read {
		$(printf '        "%s" if-exists\n' /lib /usr/{lib,share,local/lib,local/share} /sys/devices/system/cpu /var/lib /srv /opt \
			    /etc/{ld.so.cache,passwd,group,hosts} /dev/{null,zero,random,urandom,full})
		    } because "the benchmark"
		}
	P
}

# The plan's rules as setpriv takes them, a word a line; of a file only what a file can have.
setpriv_rules() { # PLAN
	local rights path
	sed -n 's/^path [a-z]* [a-z]* \([a-z_,]*\) [^ ]* /\1 /p' "$1/landlock.conf" | while read -r rights path; do
		[[ -e $path ]] || continue
		[[ -d $path ]] || rights=$(tr , '\n' <<<"$rights" | grep -xE 'execute|read_file|write_file|truncate' | paste -sd,)
		printf -- '--landlock-rule\npath-beneath:%s:%s\n' "${rights//_/-}" "$path"
	done
}

# As the goals of sbx were measured: without privileges; also with a rest before each start, in which caches forget.
against_setpriv() {
	local program plan=$tmp/plan-sixty list=$tmp/list-sixty drops=(--bounding-set=-all --inh-caps=-all --ambient-caps=-all) as=() words rest
	program=$(realpath /bin/true)
	sixty_policy "$program" >"$tmp/sixty.sbx"
	"$B/sbxc" --std "$top/policies/std" -q "$tmp/sixty.sbx" -o "$plan" || die "the policy of 60 calls does not compile"
	floor_plan "$plan" >"$tmp/floor_plan.h"
	static -o "$tmp/floor-sixty" "$top/tests/bench/floor.c" && installed "$tmp/floor-sixty" || die "floor.c does not compile"
	[[ $(id -u) -ne 0 ]] || as=(setpriv --reuid=1500 --regid=1500 --clear-groups)
	row bare "$program" >"$list"
	row floor "$tmp/floor-sixty" "$program" >>"$list"
	row sbx-run "$tmp/sbx-run" "$plan" -- "$program" >>"$list"
	if setpriv --help 2>/dev/null | grep -q landlock-access; then
		mapfile -t words < <(setpriv_rules "$plan")
		words=(--no-new-privs --landlock-access fs "${words[@]}" --seccomp-filter "$plan/seccomp-$(uname -m).bpf" "$program")
		row "setpriv, same rules and filter" "$(command -v setpriv)" "${words[@]}" >>"$list"
		if "${as[@]}" setpriv "${drops[@]}" true 2>/dev/null; then
			row "setpriv that drops capabilities too" "$(command -v setpriv)" "${drops[@]}" "${words[@]}" >>"$list"
		else
			echo "    this setpriv cannot drop the bounding set without privileges" >&2
		fi
	else
		echo "    setpriv of this machine knows no Landlock: util-linux 2.41 does" >&2
	fi
	for rest in 0 3000; do
		printf '\nLaunch to exit of true, no privileges%s, %s rounds (rules: %s paths, filter: %s instructions)\n' \
		    "$([[ $rest = 0 ]] || echo ', 3 ms of rest before each')" "$rounds" \
		    "$(grep -c '^path ' "$plan/landlock.conf")" $(($(stat -c %s "$plan/seccomp-$(uname -m).bpf") / 8))
		first "${as[@]}" "$tmp/launch" "$rounds" floor "$list" "$rest"
	done
}

# Private views: the namespaces, a tree of a few places, process 1. bwrap gets the same places, namespaces and filter.
view_policy() { # VIEWS
	cat <<-P
		sbx 1
		policy bench-view {
		    targets linux
		    isolate $1
		    allow read exec "/usr", "/bin" if-exists, "/lib" if-exists, "/lib64" if-exists, "$tmp/nop" because "the benchmark"
		    allow read "/etc/ld.so.cache" if-exists because "the benchmark"
		    allow read write "$tmp/work" because "the benchmark"
		    limit open-files 256
		}
	P
}

views() { # NAME VIEWS
	local name=$1 views=$2 plan=$tmp/plan-$1 list=$tmp/list-$1 filter word bwrap=()
	mkdir -p "$tmp/work"
	view_policy "$views" >"$tmp/$name.sbx"
	"$B/sbxc" --std "$top/policies/std" -q "$tmp/$name.sbx" -o "$plan" || die "the policy of the views does not compile"
	floor_plan "$plan" >"$tmp/floor_plan.h"
	python3 "$top/tests/bench/floor_view.py" "$plan" >"$tmp/floor_view.h" || return
	static -o "$tmp/floor-$name" "$top/tests/bench/floor_view.c" "$top"/runtime/sha256*.c && installed "$tmp/floor-$name" ||
	    die "floor_view.c does not compile"
	filter=$plan/seccomp-$(uname -m).bpf
	row bare "$tmp/nop" >"$list"
	row "floor, the program is process 1" "$tmp/floor-$name" "$name" alone "$tmp/nop" >>"$list"
	row floor "$tmp/floor-$name" "$name" init "$tmp/nop" >>"$list"
	row "floor that checks what it does" "$tmp/floor-$name" "$name" checked "$tmp/nop" >>"$list"
	row sbx-run "$tmp/sbx-run" "$plan" -- "$tmp/nop" >>"$list"
	if command -v bwrap >/dev/null; then
		while read -r word; do bwrap+=("$word"); done < <(python3 "$top/tests/bench/floor_view.py" "$plan" --bwrap)
		row "bwrap, same places and filter" "$tmp/fd3" "$filter" "$(command -v bwrap)" --unshare-all \
		    $([[ $name = all ]] || echo --share-net) --new-session "${bwrap[@]}" --seccomp 3 "$tmp/nop" >>"$list"
	fi
	printf '\nLaunch to exit of nop, isolate %s, %s rounds\n' "$views" "$rounds"
	first "$tmp/launch" "$rounds" floor "$list"
}

# Everything at once; after launches() of nop and views(), which leave lists.
at_once() {
	printf '\n1,000 launches at once, isolate none, median of 5\n'
	grep -v setpriv "$tmp/list" >"$tmp/list-once"
	"$tmp/at_once" 1000 5 "$tmp/list-once"
	[[ ! -s $tmp/list-all ]] || { printf '\n1,000 launches at once, isolate all, median of 3\n'; "$tmp/at_once" 1000 3 "$tmp/list-all"; }
	printf '    processes that are left: %s\n' "$(pgrep -c -x nop || true)"
}

# What the kernel's own checks cost a program that runs.
steady() {
	local name i
	static -o "$tmp/steady" "$top/tests/bench/steady.c" || die "steady.c does not compile"
	{ policy "$tmp/steady" | sed '$d'; echo '    allow read "/etc/passwd" because "the benchmark"'; echo '}'; } >"$tmp/steady.sbx"
	"$B/sbxc" --std "$top/policies/std" -q "$tmp/steady.sbx" -o "$tmp/plan-steady" || die "the policy of steady does not compile"
	: >"$tmp/steady-bare"; : >"$tmp/steady-plan"
	for ((i = 0; i < 21; i++)); do
		"$tmp/steady" >>"$tmp/steady-bare"
		"$B/sbx-run" "$tmp/plan-steady" -- "$tmp/steady" >>"$tmp/steady-plan" || die "steady does not run under its plan"
	done
	printf '\nSteady state: calls a second, the best of 21 runs (what the kernel itself takes: sbx is gone by then)\n'
	printf '    %-34s %12s %12s  %7s\n' '' bare 'under plan' 'ns more'
	i=0
	for name in getppid 'read of 8 bytes' 'openat and close'; do
		i=$((i + 1))
		paste <(cut -d' ' -f$i "$tmp/steady-bare" | sort -n | head -1) <(cut -d' ' -f$i "$tmp/steady-plan" | sort -n | head -1) |
		    awk -v name="$name" '{ printf "    %-34s %12.0f %12.0f  %7.0f\n", name, 1e9 / $1, 1e9 / $2, $2 - $1 }'
	done
}

build_tools() {
	"${CC:-gcc}" -std=gnu11 -D_GNU_SOURCE -O2 -o "$tmp/at_once" "$top/tests/bench/at_once.c" || die "at_once.c does not compile"
	installed "$B/sbx-run" "$tmp/sbx-run" || die "sbx-run cannot be copied"
	musl-gcc -static -Os -o "$tmp/cost" "$top/tests/live/cost.c" || die "cost.c does not compile"
	"${CC:-gcc}" -std=gnu11 -D_GNU_SOURCE -O2 -o "$tmp/launch" "$top/tests/bench/launch.c" || die "launch.c does not compile"
	"${CC:-gcc}" -O2 -nostdlib -static -fno-stack-protector -o "$tmp/nop" "$top/tests/bench/nop.c" ||
	    die "nop.c does not compile"
	printf '#include <unistd.h>\nint main(int n, char **v) { return n > 1 ? execve(v[1], v + 1, (char *[]){0}) : 1; }\n' |
	    static -o "$tmp/exec" -x c - || die "musl-gcc does not work"
	printf '%s\n' '#include <fcntl.h>' '#include <unistd.h>' 'extern char **environ;' \
	    'int main(int n, char **v) { int fd = n > 2 ? open(v[1], O_RDONLY) : -1; if (fd != 3) dup2(fd, 3);' \
	    'return execve(v[2], v + 2, environ); }' | static -o "$tmp/fd3" -x c - || die "musl-gcc does not work"
}

python_policy() {
	cat <<-P
		sbx 1
		policy bench-python {
		    targets linux
		    entry "$1"
		    use std/python(version: "3")
		    isolate none
		    prefer signal.scope on linux because "Landlock has it since Linux 6.12"
		}
	P
}

# The library, from a program that has the plan loaded; after launches(), which leaves the plan and the floor of nop.
library() {
	local python extra=()
	python=$(realpath /usr/bin/python3 2>/dev/null)
	case $python in /usr/bin/*)
		python_policy "$python" >"$tmp/python.sbx"
		"$B/sbxc" --std "$top/policies/std" -q "$tmp/python.sbx" -o "$tmp/plan-python" && extra=("$python" "$tmp/plan-python") ;;
	esac
	floor_plan "$tmp/plan-nop" >"$tmp/floor_plan.h"
	"${CC:-gcc}" -std=gnu11 -D_GNU_SOURCE -O2 -I"$top" -I"$top/runtime" -I"$tmp" -o "$tmp/lib" "$top/tests/bench/lib/lib.c" \
	    "$B/libsbx.a" || die "lib.c does not compile"
	first "$tmp/lib" "$tmp/plan-nop" "$rounds" "$tmp/nop" "${extra[@]}"
}

big_policy() {
	printf 'sbx 1\npolicy big {\n    targets linux, macos\n    entry "/bin/true"\n    use std/base-system\n'
	printf '    isolate none\n    prefer proc.no_exec on macos because "the benchmark"\n'
	seq -f '    allow read "/srv/place/%04.0f"' 1 1000
	echo '    test "a hundred places" {'
	seq -f '        expect allow read "/srv/place/%04.0f/x"' 10 10 1000
	echo '        expect deny write "/srv/place/0500"'
	printf '    }\n}\n'
}

compiles() {
	local p name list=$tmp/list
	big_policy >"$tmp/big.sbx"
	: >"$list"
	row "sbxc --version" "$B/sbxc" --version >>"$list"
	for p in "$top"/policies/examples/*.sbx; do
		name=$(basename "$p" .sbx)
		row "check $name" "$B/sbxc" check --std "$top/policies/std" "$p" >>"$list"
	done
	row "1000 rules: parse (--emit=ast)" "$B/sbxc" --std "$top/policies/std" --emit=ast "$tmp/big.sbx" >>"$list"
	row "1000 rules: resolve (--emit=ir)" "$B/sbxc" --std "$top/policies/std" --emit=ir "$tmp/big.sbx" >>"$list"
	row "1000 rules: all but the writing" "$B/sbxc" check --std "$top/policies/std" "$tmp/big.sbx" >>"$list"
	row "1000 rules: unchanged plan" "$B/sbxc" --std "$top/policies/std" "$tmp/big.sbx" -o "$tmp/plan-big" >>"$list"
	printf '\nCompile, %s rounds; every compile proves its artifacts at all witness points\n' $((rounds / 15 + 1))
	"$tmp/launch" $((rounds / 15 + 1)) - "$list"
	printf '\n'
	python3 "$top/tests/bench/files.py" "$B/sbxc"
}

calls() { # COMMAND...: system calls of all its processes
	strace -f -qq -o "$tmp/trace" "$@" >/dev/null 2>&1
	grep -c '(' "$tmp/trace"
}

figures() {
	local p name plan f bpf insns
	printf '\nFigures that do not change from run to run\n'
	printf '    %-34s %s bytes\n' "sbx-run (static)" "$(stat -c %s "$B/sbx-run")"
	printf '    %-34s %s bytes\n' "sbxc" "$(stat -c %s "$B/sbxc")"
	if command -v strace >/dev/null; then
		printf '    %-34s %s\n' "system calls: nop, bare" "$(calls "$tmp/nop")"
		printf '    %-34s %s\n' "system calls: nop, floor" "$(calls "$tmp/floor" "$tmp/nop")"
		printf '    %-34s %s\n' "system calls: nop, sbx-run" "$(calls "$B/sbx-run" "$tmp/plan-nop" -- "$tmp/nop")"
		[[ ! -x $tmp/floor-all ]] || printf '    %-34s %s\n' "system calls: isolate all, floor" \
		    "$(calls "$tmp/floor-all" all init "$tmp/nop")"
		printf '    %-34s %s\n' "system calls: isolate all, sbx-run" "$(calls "$B/sbx-run" "$tmp/plan-all" -- "$tmp/nop")"
		! command -v bwrap >/dev/null || printf '    %-34s %s\n' "system calls: nop, bwrap" \
		    "$(calls bwrap --ro-bind / / --dev-bind /dev /dev --new-session "$tmp/nop")"
	else
		echo "    strace is not there: no system calls counted"
	fi
	printf '    %-34s %s, %s KB\n' "page faults, resident: nop, bare" $("$tmp/cost" "$tmp/nop" | cut -d' ' -f1,2)
	printf '    %-34s %s, %s KB\n' "page faults, resident: nop, floor" $("$tmp/cost" "$tmp/floor" "$tmp/nop" | cut -d' ' -f1,2)
	printf '    %-34s %s, %s KB\n' "page faults, resident: nop, sbx-run" \
	    $("$tmp/cost" "$B/sbx-run" "$tmp/plan-nop" -- "$tmp/nop" | cut -d' ' -f1,2)
	for p in "$top"/policies/examples/*.sbx; do
		name=$(basename "$p" .sbx) plan=$tmp/plan-$(basename "$p" .sbx)
		"$B/sbxc" --std "$top/policies/std" -q "$p" -o "$plan" || continue
		for bpf in "$plan"/seccomp-*.bpf; do
			f=$(basename "$bpf" .bpf) insns=$(($(stat -c %s "$bpf") / 8))
			printf '    %-34s %s instructions, %s bytes\n' "$name ${f#seccomp-}" $insns $((insns * 8))
		done
	done
}

profiles() {
	printf '\nA Seatbelt profile of 500 rules, evaluated here (processor time; the last figure is the same on every run)\n'
	"${CC:-gcc}" -std=gnu11 -D_GNU_SOURCE -O2 -I"$top" -o "$tmp/sbpl" "$top/tests/bench/sbpl.c" "$B/libcompiler.a" -lyaml ||
		die "sbpl.c does not compile"
	"$tmp/sbpl"
}

build_tools
printf 'kernel %s, %s, %s processors, load %s\n' "$(uname -r)" "$(uname -m)" "$(nproc)" "$(cut -d' ' -f1-3 /proc/loadavg)"
launches true "$(realpath /bin/true)"
against_setpriv
launches nop "$tmp/nop"
library
views all all
views no-net "user, pid, mount, ipc, uts, cgroup"
at_once
steady
[[ -n ${NO_COMPILES:-} ]] || compiles
profiles
figures
printf '\n'
"$top/tests/bench/profiles.sh"
printf '\n'
[[ -n ${NO_COMPILES:-} ]] || python3 "$top/tests/bench/growth.py" "$B/sbxc"
exit 0
