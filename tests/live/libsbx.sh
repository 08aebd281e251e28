#!/bin/sh
# libsbx.sh - the library: its own checks (libsbx/check.c) against the static and the shared form, the examples of
# docs/libsbx, and what the files export.
. "$(dirname "$0")/lib-loader.sh"
SBXC=${SBXC:-$B/sbxc}
mkdir "$TMP/in" "$TMP/out"
echo inside >"$TMP/in/in"
echo outside >"$TMP/out/secret"
cat >"$TMP/lib.sbx" <<P
sbx 1
param dir: path at load
policy lib version "1.2.3" {
    targets linux
    isolate none
    allow read exec "$PROBE_DIR"
    allow read "\${dir}"
    allow read "/proc" if-exists
    prefer signal.scope on linux because "Landlock has it since Linux 6.12"
}
P
"$SBXC" -q "$TMP/lib.sbx" -o "$TMP/plan" || { fail "libsbx: the policy compiles"; finish; }

build() { # NAME FLAGS...
	out=$1
	shift
	${CC:-cc} -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -Wno-pedantic -I"$ROOT/runtime" -O1 ${SAN:-} \
		-o "$TMP/$out" "$HERE/libsbx/check.c" "$@" -lpthread 2>"$TMP/err" && return
	fail "libsbx: a program builds ($out)" "$(cat "$TMP/err")"
	finish
}
build static "$B/libsbx.a"
build shared -L"$B" -lsbx
for form in static shared; do
	LD_LIBRARY_PATH=$B "$TMP/$form" "$TMP/plan" "$PROBE" "$TMP/in" "$TMP/out/secret" >"$TMP/lines" 2>&1
	code=$?
	sed "s/libsbx: */&$form: /" "$TMP/lines"
	grep -q '^FAIL' "$TMP/lines" && FAILED=1
	if [ "$code" -eq 0 ]; then pass "libsbx: the $form program ends"; else fail "libsbx: the $form program ends" "code $code"; fi
done

# A name that the header does not declare is not there; one that it declares is.
declared=$(sed -n 's/^SBX_API .*[ *]\(sbx_[a-z_]*\)(.*/\1/p' "$ROOT/runtime/sbx.h" | sort)
for file in libsbx.so libsbx.a; do
	case $file in *.so) dynamic=-D ;; *) dynamic= ;; esac
	exported=$(nm $dynamic -g --defined-only "$B/$file" | awk 'NF == 3 && $2 != "A" { sub(/@.*/, "", $3); print $3 }' | sort)
	if [ "$exported" = "$declared" ]; then pass "libsbx: $file exports what sbx.h declares"; else
		fail "libsbx: $file exports what sbx.h declares" "$exported"
	fi
done
for name in $declared; do
	n=$(cat "$ROOT"/docs/*.3 | grep -c "^\.Nm $name\( \|$\)")
	[ "$n" = 1 ] && grep -q "^\.Fn $name\( \|$\)" "$ROOT"/docs/*.3 && pass "libsbx: one page has $name" || fail "libsbx: one page has $name" "$n"
done

# What runs in the child allocates nothing: only the caller's side of the library may.
allocates() { nm -u "$@" | grep -wE '(m|c|re)alloc|free|[a-z]*printf|f?puts|fopen|pthread_[a-z]*|exit'; }
childs= callers=
for object in "$B"/lib/runtime/*.o; do
	case $object in
	*/lib_outcome.o | */lib_plan.o | */lib_process.o | */lib_pool.o) callers="$callers $object" ;;
	*) childs="$childs $object" ;;
	esac
done
# shellcheck disable=SC2086
{
	allocates $childs >"$TMP/found"
	if [ -s "$TMP/found" ]; then fail "libsbx: the child allocates nothing" "$(cat "$TMP/found")"; else pass "libsbx: the child allocates nothing"; fi
	allocates $callers >"$TMP/found" && pass "libsbx: control: the caller's side does" || fail "libsbx: control: the caller's side does"

	# Whatever it calls is of signal-safety(7), works on memory that it is given, or is one system call.
	safe="_exit access cfmakeraw chdir chroot clone close dup2 dup3 execve faccessat fchdir fchmod fchmodat fcntl flock fstat fstatat fstatfs getauxval
		getcwd geteuid getgroups getpgrp getpid getrandom getresgid getresuid getsid getuid ioctl kill lseek lstat bcmp memchr memcmp memcpy
		memmem memmove memrchr memset mkdirat mknodat mmap mount mremap munmap open openat pipe2 poll prctl pread prlimit read readlink
		readlinkat recvmsg renameat send sendfile sendmsg sethostname setpgid setsid sigaddset sigdelset sigemptyset sigfillset signal
		signalfd sigprocmask socket socketpair stat strchr strcmp strcspn strlen strncmp strrchr strspn strstr symlinkat syscall tcgetattr tcgetpgrp
		tcsetattr timerfd_create timerfd_settime umask umount2 unlinkat unshare wait4 waitid waitpid write"
	nm --defined-only "$B"/lib/runtime/*.o | awk 'NF == 3 { print $3 }' | sort -u >"$TMP/own"
	# of the compiler, of its checks of bounds (__memcpy_chk), and what is no function
	called() { nm -u "$@" | awk 'NF == 2 { print $2 }' | sed 's/^__\(.*\)_\(chk\|2\)$/\1/; s/64$//' | sort -u | grep -vxF -f "$TMP/own" | grep -vxE '_GLOBAL_OFFSET_TABLE_|__errno_location|__stack_chk_fail|__popcountdi2|environ|__(asan|ubsan|tsan|sanitizer)_.*'; }
	unsafe() { for name in $(called "$@"); do case " $(echo $safe) " in *" $name "*) ;; *) echo "$name" ;; esac; done; }
	unsafe $childs >"$TMP/found"
	if [ -s "$TMP/found" ]; then fail "libsbx: what the child calls is safe after a fork of many threads" "$(cat "$TMP/found")"; else
		pass "libsbx: what the child calls is safe after a fork of many threads ($(called $childs | wc -l) functions)"
	fi
	unsafe $callers >"$TMP/found"
	grep -qx calloc "$TMP/found" && pass "libsbx: control: what the caller's side calls is not all" || fail "libsbx: control: what the caller's side calls" "$(cat "$TMP/found")"
}
# And as it runs: who allocates, in a launch and in a pool, in place and in all views with a supervisor.
wrap="-Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=free"
if ${CC:-cc} -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -I"$ROOT/runtime" -O1 ${SAN:-} -o "$TMP/alloc" "$HERE/libsbx/alloc.c" "$B/libsbx.a" $wrap 2>"$TMP/err"; then
	OUT=$("$TMP/alloc" "$TMP/plan" "dir=$TMP/in" "$PROBE" exit 0 2>"$TMP/err") RC=$? ERR=$(cat "$TMP/err")
	gives "libsbx: in place: the caller allocates, no child does; each that fails is a refusal" "caller 1 children 0
failed 1 wrong 0"
	if unshare -U true 2>/dev/null; then
		sed 's/isolate none/limit output 1MiB/' "$TMP/lib.sbx" >"$TMP/views.sbx"
		"$SBXC" -q "$TMP/views.sbx" -o "$TMP/views" 2>"$TMP/err" || fail "libsbx: the policy compiles" "$(cat "$TMP/err")"
		OUT=$("$TMP/alloc" "$TMP/views" "dir=$TMP/in" "$PROBE" exit 0 2>"$TMP/err") RC=$? ERR=$(cat "$TMP/err")
		gives "libsbx: in all views with a supervisor: the same" "caller 1 children 0
failed 1 wrong 0"
	else
		skip "libsbx: in all views with a supervisor: the same" "this host makes no user namespaces"
	fi
else
	fail "libsbx: a program builds (alloc)" "$(cat "$TMP/err")"
fi

# As installed: header, library and examples by pkg-config, in a place of its own.
if command -v pkg-config >/dev/null; then
	if make -s -C "$ROOT" install B="$B" PREFIX=/opt/sbx DESTDIR="$TMP/root" >"$TMP/err" 2>&1 &&
	   flags=$(PKG_CONFIG_SYSROOT_DIR=$TMP/root PKG_CONFIG_PATH=$TMP/root/opt/sbx/lib/pkgconfig pkg-config --cflags --libs sbx) &&
	   ${CC:-cc} -o "$TMP/installed" "$ROOT/docs/libsbx/launch.c" $flags 2>>"$TMP/err" &&
	   for name in $declared; do [ -s "$TMP/root/opt/sbx/share/man/man3/$name.3" ] || { echo "no $name(3)" >>"$TMP/err"; false; break; }; done &&
	   LD_LIBRARY_PATH=$TMP/root/opt/sbx/lib "$TMP/installed" "$TMP/plan" "dir=$TMP/in" "$PROBE" print x >>"$TMP/err" 2>&1; then
		pass "libsbx: installed, found by pkg-config"
	else
		fail "libsbx: installed, found by pkg-config" "$(cat "$TMP/err")"
	fi
else
	skip "libsbx: installed, found by pkg-config" "pkg-config is not installed"
fi

# What the page of the whole shows is a program.
awk '/^\.Sh EXAMPLES/ { at = 1 } at && /^\.Ed/ { exit } at == 2 { gsub(/\\e/, "\\"); print } at == 1 && /^\.Bd/ { at = 2 }' "$ROOT/docs/sbx.3" >"$TMP/page.c"
sed -i "s|\"plan\"|\"$TMP/plan\"|; s|\"wc\", \"/srv/text\"|\"$PROBE\", \"read\", \"$TMP/in/in\"|; s|in=/srv/text|dir=$TMP/in|" "$TMP/page.c"
if ${CC:-cc} -Wall -Wextra -Werror -I"$ROOT/runtime" -o "$TMP/page" "$TMP/page.c" -L"$B" -lsbx 2>"$TMP/err"; then
	got=$(LD_LIBRARY_PATH=$B "$TMP/page" 2>&1)
	case $got in *"it ended with 0") pass "libsbx: the example of sbx(3)" ;; *) fail "libsbx: the example of sbx(3)" "$got" ;; esac
else
	fail "libsbx: the example of sbx(3) builds" "$(cat "$TMP/err")"
fi

# The examples, as a user would run them.
for example in "$ROOT"/docs/libsbx/*.c; do
	name=$(basename "$example" .c)
	if ! ${CC:-cc} -Wall -Wextra -Werror -I"$ROOT/runtime" -o "$TMP/$name" "$example" -L"$B" -lsbx 2>"$TMP/err"; then
		fail "libsbx: docs/libsbx/$name.c builds" "$(cat "$TMP/err")"
		continue
	fi
	got=$(LD_LIBRARY_PATH=$B "$TMP/$name" "$TMP/plan" "dir=$TMP/in" "$PROBE" read "$TMP/in/in" , read "$TMP/out/secret" 2>&1)
	case $got in *EACCES*) pass "libsbx: docs/libsbx/$name.c" ;; *) fail "libsbx: docs/libsbx/$name.c" "$got" ;; esac
done
if command -v python3 >/dev/null; then
	got=$(SBX_LIBRARY=$B/libsbx.so python3 "$ROOT/docs/libsbx/launch.py" "$TMP/plan" "dir=$TMP/in" "$PROBE" read "$TMP/in/in" , read "$TMP/out/secret" 2>&1)
	case $got in *EACCES*"ended with 1"*) pass "libsbx: docs/libsbx/launch.py" ;; *) fail "libsbx: docs/libsbx/launch.py" "$got" ;; esac
else
	skip "libsbx: docs/libsbx/launch.py" "python3 is not installed"
fi

# A plan that needs a cgroup and a supervisor, through the library.
if own_cgroup; then
	sed 's/isolate none/isolate none\n    limit wall 300ms/' "$TMP/lib.sbx" >"$TMP/wall.sbx"
	"$SBXC" -q "$TMP/wall.sbx" -o "$TMP/wall"
	got=$(LD_LIBRARY_PATH=$B "$TMP/launch" "$TMP/wall" "dir=$TMP/in" "$PROBE" exit 3 2>&1)
	case $got in *"ended with 3 "*) pass "libsbx: supervised, in a cgroup" ;; *) fail "libsbx: supervised, in a cgroup" "$got" ;; esac
	got=$(LD_LIBRARY_PATH=$B "$TMP/launch" "$TMP/wall" "dir=$TMP/in" "$PROBE" sleep 20 2>&1)
	case $got in *"ended with 124 "*) pass "libsbx: limit wall" ;; *) fail "libsbx: limit wall" "$got" ;; esac
	# closing a process that still runs: the whole tree goes, a stopped one too
	cat >"$TMP/close.c" <<'C'
#include <sbx.h>
#include <stdio.h>
#include <unistd.h>
int main(int n, char **argv)
{
	struct sbx_error e;
	const char *const set[] = {argv[2], NULL};
	struct sbx_options o = {.size = sizeof(o), .argv = argv + 3, .set = set};
	struct sbx_plan *plan = sbx_plan_open(argv[1], NULL, &e);
	struct sbx_process *p = plan ? sbx_launch(plan, &o, &e) : NULL;
	if (n < 4 || !p)
		return fputs(e.text, stderr), 1;
	usleep(300000);
	sbx_process_close(p);
	return 0;
}
C
	sed 's/isolate none/isolate none\n    limit wall 100s\n    allow read exec "\/usr", "\/bin", "\/lib", "\/lib64" if-exists/' "$TMP/lib.sbx" >"$TMP/wall.sbx"
	"$SBXC" -q "$TMP/wall.sbx" -o "$TMP/wall"
	${CC:-cc} -I"$ROOT/runtime" -o "$TMP/close" "$TMP/close.c" -L"$B" -lsbx
	got=$(LD_LIBRARY_PATH=$B "$TMP/close" "$TMP/wall" "dir=$TMP/in" /bin/sh -c 'sleep 9881 & sleep 9882 & kill -STOP $$' 2>&1)
	[ "$?" = 0 ] && [ "$(pgrep -f "^sleep 988" | wc -l)" = 0 ] && pass "libsbx: closing ends the whole tree" || fail "libsbx: closing ends the whole tree" "$got" "$(pgrep -af 'sleep 988')"
	[ -z "$(find "$CG" -mindepth 1 -type d)" ] && pass "libsbx: no cgroup is left" || fail "libsbx: cgroups left"
else
	skip "libsbx: supervised, in a cgroup" "this user cannot make a cgroup here"
fi
finish
