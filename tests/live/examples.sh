#!/bin/bash
# examples.sh - every policy of policies/examples, live: the real program does its real work under
# the plan, and each thing the policy denies is tried by one probe twice: without the sandbox it
# must succeed, under the plan it must not.
#
#     tests/live/examples.sh [NAME]...      NAME: one of the sections at the end of this file
#
# Prints PASS, FAIL or SKIP lines and ends with 0 when nothing failed. B names the build directory.
set -u

top=$(unset CDPATH; cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
build=${B:-build}
[[ $build = /* ]] || build=$top/$build
examples=$top/policies/examples
python=/usr/bin/python3
passed=0 failed=0 skipped=0
section=
tmp=
children=()

cleanup() {
	local pid
	for pid in "${children[@]}"; do
		kill "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
	done
	[[ -n $tmp ]] && rm -rf -- "$tmp"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

pass() { printf 'PASS %s: %s\n' "$section" "$1"; passed=$((passed + 1)); }
fail() { printf 'FAIL %s: %s: %s\n' "$section" "$1" "$2"; failed=$((failed + 1)); }
skip() { printf 'SKIP %s: %s\n' "$section" "$1"; skipped=$((skipped + 1)); }

finish() {
	printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
	[[ $failed -eq 0 ]]
	exit
}

# ---- the pieces ----

# One line of a file, for messages.
line_of() { tr '\n' ' ' <"$1" | cut -c1-300; }
outputs() { printf '%s %s' "$(line_of "$tmp/stdout")" "$(line_of "$tmp/stderr")"; }

compile() { # compile POLICY PLAN [OPTION]...
	local policy=$1 plan=$2
	shift 2
	"$build/sbxc" "$policy" -o "$plan" "$@" >"$tmp/log" 2>&1 && return
	fail "compile" "$(cat "$tmp/log")"
	return 1
}

# The same policy with the probe as its program: every rule but `entry` is the example's own.
compile_for_probe() { # compile_for_probe NAME PLAN [OPTION]...
	local name=$1 plan=$2
	shift 2
	sed "s|^\( *entry \)\".*\"|\1\"$probe\"|" "$examples/$name.sbx" >"$tmp/$name-probe.sbx"
	# an entry that moved elsewhere would leave the probe out of the test
	if ! grep -q "entry \"$probe\"" "$tmp/$name-probe.sbx"; then
		fail "probe" "no entry line in $name.sbx"
		return 1
	fi
	compile "$tmp/$name-probe.sbx" "$plan" "$@"
}

# confined is an array: the options of sbx-run and the plan of the section.
try_confined() { # try_confined PROGRAM [ARG]...: stdout in $tmp/stdout, stderr in $tmp/stderr
	"$build/sbx-run" "${confined[@]}" -- "$@" >"$tmp/stdout" 2>"$tmp/stderr"
}

# What the program does without the sandbox it must not do under the plan. A refusal names its
# errno; anything else (a loader that failed, a probe that died) is no proof. `before` is run ahead of
# each try, to make them equal.
before=
denies() { # denies NAME PROBE-COMMAND [ARG]...
	local name=$1 free status
	shift
	$before
	free=$("$probe" "$@" 2>&1)
	if [[ $free != ok ]]; then
		fail "denies $name" "the control failed without the sandbox: $free"
		return
	fi
	$before
	try_confined "$probe" "$@"
	status=$?
	case $status:$(<"$tmp/stdout") in
	1:EACCES | 1:EPERM) pass "denies $name ($(<"$tmp/stdout"); without the sandbox: ok)" ;;
	0:*) fail "denies $name" "it succeeded under the plan" ;;
	*) fail "denies $name" "status $status, $(outputs)" ;;
	esac
}

# A system call with arguments no kernel accepts: without the sandbox the kernel itself complains.
denies_syscall() { # denies_syscall NAME NUMBER
	local free
	free=$("$probe" syscall "$2" 2>&1)
	case $free in
	ENOSYS) skip "system call $1: this kernel does not have it"; return ;;
	ok | EPERM | EACCES) skip "system call $1: no control, it says $free by itself"; return ;;
	esac
	try_confined "$probe" syscall "$2"
	case $?:$(<"$tmp/stdout") in
	1:EPERM | 1:ENOSYS)
		pass "denies system call $1 ($(<"$tmp/stdout"); without the sandbox: $free)"
		;;
	*) fail "denies system call $1" "without the sandbox $free, then $(outputs)" ;;
	esac
}

allows() { # allows NAME PROBE-COMMAND [ARG]...
	local name=$1
	shift
	if try_confined "$probe" "$@" && [[ $(<"$tmp/stdout") = ok ]]; then
		pass "allows $name"
	else
		fail "allows $name" "$(outputs)"
	fi
}

same() { # same NAME EXPECTED ACTUAL
	if [[ $2 = "$3" ]]; then
		pass "$1"
	else
		fail "$1" "expected '${2:0:200}', got '${3:0:200}' $(line_of "$tmp/stderr")"
	fi
}

# A run under the plan that must fail, of a command that works outside.
refused() { # refused NAME TEXT-ON-STDERR PROGRAM [ARG]...
	local name=$1 text=$2 status
	shift 2
	if ! "$@" >"$tmp/stdout" 2>"$tmp/stderr"; then
		fail "$name" "the control failed without the sandbox: $(line_of "$tmp/stderr")"
		return
	fi
	try_confined "$@"
	status=$?
	if [[ $status -ne 0 && $status -ne 125 ]] && grep -q -- "$text" "$tmp/stderr"; then
		pass "$name"
	else
		fail "$name" "status $status, $(outputs)"
	fi
}

free_port() {
	"$python" -I -c '
import socket
print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])'
}

wait_for() { # wait_for COMMAND...: up to 5 s
	local left=100
	while ! "$@" 2>/dev/null; do
		((left-- > 0)) || return 1
		sleep 0.05
	done
}

# What no example allows, whatever else it may do.
denies_the_usual() {
	denies "reading /etc/passwd" read /etc/passwd
	denies "reading a file elsewhere" read "$tmp/else/secret"
	denies "listing a directory elsewhere" list "$tmp/else"
	denies "writing a file elsewhere" modify "$tmp/else/victim"
	before="rm -f $tmp/else/made"
	denies "making a file elsewhere" create "$tmp/else/made"
	before="touch $tmp/else/made"
	denies "removing a file elsewhere" delete "$tmp/else/made"
	before=
	denies "connecting to 127.0.0.1" connect "$port"
	denies "sending a datagram" udp "$port"
	denies "connecting to a Unix socket" connect-unix "$tmp/else/sock"
	[[ $abi -ge 3 ]] && denies "truncating a file elsewhere" truncate "$tmp/else/victim"
	denies_syscall ptrace "$nr_ptrace"
	denies_syscall unshare "$nr_unshare"
	denies_syscall mount "$nr_mount"
	denies_syscall keyctl "$nr_keyctl"
	denies_syscall io_uring_setup 425
	denies_env
}

denies_env() {
	local free
	free=$(SBX_TEST_SECRET=1 "$probe" env | grep -c SBX_TEST_SECRET)
	SBX_TEST_SECRET=1 try_confined "$probe" env
	if [[ $? -eq 0 && $free = 1 ]] && ! grep -q SBX_TEST_SECRET "$tmp/stdout"; then
		pass "denies the caller's environment (without the sandbox: seen)"
	else
		fail "denies the caller's environment" "$(outputs)"
	fi
}

# Soft and hard value of a limit as the probe sees it under the plan.
limited() { # limited RLIMIT VALUE
	try_confined "$probe" rlimits
	same "limit $1" "$2 $2" "$(sed -n "s/^rlimit $1 //p" "$tmp/stdout")"
}

# ---- the examples ----

example_code_eval() {
	local work=$tmp/job snippet
	compile "$examples/code-eval.sbx" "$tmp/plan-eval" || return
	mkdir "$work"
	confined=(--set "workdir=$work" "$tmp/plan-eval")

	try_confined "$python" -I - <"$examples/code-eval/compute.py"
	same "python computes pi and leaves it in its directory" '"last": "2164201989"' \
		"$(grep -o '"last": "[0-9]*"' "$work/result.json" 2>/dev/null)"

	snippet='open("/proc/self/comm").read()'
	refused "python cannot read /proc" PermissionError "$python" -I -c "$snippet"
	snippet='open("'$tmp'/else/victim", "a").close()'
	refused "python cannot write elsewhere" PermissionError "$python" -I -c "$snippet"
	snippet='import os; os.execv("/bin/true", ["true"])'
	refused "python cannot become another program" PermissionError "$python" -I -c "$snippet"
	snippet='import os, sys; os.execv(sys.executable, ["python3", "-I", "-c", ""])'
	refused "python cannot start itself again" PermissionError "$python" -I -c "$snippet"
	snippet='import subprocess; subprocess.run(["/bin/sh", "-c", ":"], check=True)'
	refused "python cannot start a shell" PermissionError "$python" -I -c "$snippet"
	snippet='import socket; socket.create_connection(("127.0.0.1", '$port'))'
	refused "python cannot connect" PermissionError "$python" -I -c "$snippet"
	snippet='import socket; socket.create_server(("127.0.0.1", 0))'
	refused "python cannot listen" PermissionError "$python" -I -c "$snippet"
	snippet='import os; [os.open("/dev/null", os.O_RDONLY) for _ in range(100)]'
	refused "python cannot open 100 files" 'Too many open files' "$python" -I -c "$snippet"
	snippet='import os; f = open("'$work'/big", "wb"); os.truncate(f.fileno(), 17 << 20)'
	refused "python cannot make a file of 17 MiB" 'File too large' "$python" -I -c "$snippet"
	rm -f "$work/big"
	snippet='len(bytearray(300 << 20))'
	refused "python cannot have 300 MiB of memory" "MemoryError\\|ended by .limit memory" "$python" -I -c "$snippet"

	compile_for_probe code-eval "$tmp/plan-eval-probe" || return
	confined=(--set "workdir=$work" "$tmp/plan-eval-probe")
	allows "writing its own directory" write "$work/x"
	allows "reading it" read "$work/x"
	allows "making a directory there" mkdir "$work/d"
	allows "removing it" delete "$work/d"
	denies_the_usual
	cp /bin/true "$work/program"
	denies "starting what it wrote" exec "$work/program"
	denies "starting /bin/sh" exec /bin/sh
	denies "listening" listen "$(free_port)"
	limited nofile 64
	limited fsize 16777216
	limited cpu 5
	limited core 0
}

example_build_step() {
	local make out=$tmp/made free=$tmp/free text='the cat saw the dog; The end of the cat.'
	[[ -x /usr/bin/gcc && -x /usr/bin/make ]] || { skip "no gcc or make in /usr/bin"; return; }
	mkdir "$out" "$free"
	cp -r "$examples/build-step" "$tmp/src"
	compile "$examples/build-step.sbx" "$tmp/plan-build" || return
	confined=(--set "src=$tmp/src" --set "out=$out" "$tmp/plan-build")

	try_confined /usr/bin/make -C "$tmp/src" OUT="$out"
	same "make builds the project" 0 $?
	if make -s -C "$tmp/src" OUT="$free" >"$tmp/log" 2>&1; then
		same "and the program works" "$("$free/wordfreq" <<<"$text")" \
			"$("$out/wordfreq" <<<"$text" 2>&1)"
		same "which counts 'the' four times" "4 the" \
			"$("$out/wordfreq" <<<"$text" 2>/dev/null | head -1)"
	else
		fail "control build" "$(line_of "$tmp/log")"
	fi
	try_confined /usr/bin/make -C "$tmp/src" OUT="$out" clean
	same "make clean removes it" "" "$(ls "$out")"

	make=(/usr/bin/make -f "$tmp/src/probe.mk")
	recipe() { printf 'all:\n\t@%s\n' "$1" >"$tmp/src/probe.mk"; }
	recipe 'cat /etc/passwd >/dev/null'
	refused "a recipe cannot read /etc/passwd" 'Permission denied' "${make[@]}"
	recipe "echo x >>$tmp/src/main.c"
	refused "a recipe cannot change the source" 'Permission denied' "${make[@]}"
	recipe "rm $tmp/src/table.h && cp $examples/build-step/table.h $tmp/src/"
	refused "a recipe cannot remove the source" 'Permission denied' "${make[@]}"
	recipe "/usr/bin/python3 -c ''"
	refused "a recipe cannot start python" 'Permission denied' "${make[@]}"
	recipe "cp $free/wordfreq $out/prog && echo a | $out/prog"
	refused "a recipe cannot start what was built" 'Permission denied' "${make[@]}"
	rm -f "$tmp/src/probe.mk"

	compile_for_probe build-step "$tmp/plan-build-probe" || return
	confined=(--set "src=$tmp/src" --set "out=$out" "$tmp/plan-build-probe")
	allows "reading the source" read "$tmp/src/main.c"
	allows "writing the output" write "$out/x"
	allows "starting the shell" exec /bin/sh
	allows "starting gcc" exec /usr/bin/gcc
	denies_the_usual
	denies "changing the source" modify "$tmp/src/main.c"
	cp /bin/true "$out/program"
	denies "starting what it built" exec "$out/program"
	denies "listening" listen "$(free_port)"
}

example_ripgrep() {
	local dir=$tmp/tree expected
	[[ -x /usr/bin/rg ]] || { skip "/usr/bin/rg is not installed (package ripgrep)"; return; }
	getent passwd "$(id -u)" >/dev/null || { skip "this user has no passwd entry"; return; }
	mkdir -p "$dir/sub"
	printf 'a needle here\n' >"$dir/one.txt"
	printf 'none\nNeedle two\n' >"$dir/sub/two.txt"
	compile "$examples/ripgrep.sbx" "$tmp/plan-rg" || return
	confined=("$tmp/plan-rg")
	cd "$dir" || return

	expected=$(/usr/bin/rg -n -i --sort path needle)
	try_confined /usr/bin/rg -n -i --sort path needle
	same "rg finds what it finds without the sandbox" "$expected" "$(<"$tmp/stdout")"
	same "and that is two lines" 2 "$(grep -c -i needle "$tmp/stdout")"
	try_confined /usr/bin/rg -c none
	same "with threads too" "sub/two.txt:1" "$(<"$tmp/stdout")"
	refused "rg cannot search elsewhere" 'Permission denied' /usr/bin/rg secret "$tmp/else"
	refused "rg cannot start a preprocessor" 'could not start' \
		/usr/bin/rg --pre /bin/cat needle one.txt

	compile_for_probe ripgrep "$tmp/plan-rg-probe" || return
	confined=("$tmp/plan-rg-probe")
	allows "reading below the current directory" read "$dir/sub/two.txt"
	denies_the_usual
	denies "writing below the current directory" modify "$dir/one.txt"
	before="rm -f $dir/made"
	denies "making a file there" create "$dir/made"
	before=
	denies "changing the mode of a file there" chmod "$dir/one.txt"
	denies "starting /bin/sh" exec /bin/sh
	denies "listening" listen "$(free_port)"
	cd "$top" || return
}

fetch() { # fetch PORT PATH: the status and the body, or nothing
	"$python" -I -c '
import http.client, sys
c = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=5)
c.request("GET", sys.argv[2])
r = c.getresponse()
print(r.status, r.read().decode().strip())' "$1" "$2"
}

# The server in the background; its pid in $server.
serve() { # serve PORT COMMAND...
	local at=$1
	shift
	"$@" >"$tmp/log" 2>&1 </dev/null &
	server=$!
	children+=("$server")
	wait_for "$probe" connect "$at" >/dev/null ||
		fail "the server starts" "$(line_of "$tmp/log")"
}

example_static_web() {
	local www=$tmp/www at other server
	/usr/bin/busybox --list 2>/dev/null | grep -qx httpd ||
		{ skip "there is no /usr/bin/busybox with httpd (package busybox)"; return; }
	mkdir -p "$www/sub" "$www/cgi-bin"
	echo "front page" >"$www/index.html"
	echo "below" >"$www/sub/page.txt"
	ln -s "$tmp/else/secret" "$www/leak.txt"
	printf '#!/bin/sh\nprintf "Content-Type: text/plain\\r\\n\\r\\nran"\n' >"$www/cgi-bin/run"
	chmod +x "$www/cgi-bin/run"
	at=$(free_port)
	other=$(free_port)
	compile "$examples/static-web.sbx" "$tmp/plan-web" --set "port=$at" || return

	serve "$other" /usr/bin/busybox httpd -f -p "127.0.0.1:$other" -h "$www"
	serve "$at" "$build/sbx-run" --set "www=$www" "$tmp/plan-web" -- \
		/usr/bin/busybox httpd -f -p "127.0.0.1:$at" -h "$www"
	same "serves the front page" "200 front page" "$(fetch "$at" /index.html 2>&1)"
	same "serves a file below" "200 below" "$(fetch "$at" /sub/page.txt 2>&1)"
	same "knows what is not there" 404 "$(fetch "$at" /nothing 2>&1 | head -c 3)"
	same "control: a link out of the folder is served without the sandbox" "200 a secret" \
		"$(fetch "$other" /leak.txt 2>&1)"
	same "and not under the plan" 404 "$(fetch "$at" /leak.txt 2>&1 | head -c 3)"
	same "control: a script of the folder runs without the sandbox" "200 ran" \
		"$(fetch "$other" /cgi-bin/run 2>&1)"
	same "and not under the plan" "" "$(fetch "$at" /cgi-bin/run 2>/dev/null | grep ran)"
	same "still serves after that" "200 front page" "$(fetch "$at" /index.html 2>&1)"
	kill "$server" 2>/dev/null
	wait "$server" 2>/dev/null

	confined=(--set "www=$www" "$tmp/plan-web")
	if [[ $abi -ge 4 ]]; then
		other=$(free_port)
		timeout 5 "$build/sbx-run" "${confined[@]}" -- /usr/bin/busybox httpd -f \
			-p "127.0.0.1:$other" -h "$www" >"$tmp/stdout" 2>"$tmp/stderr"
		same "the server cannot take another port" 1 $?
	else
		skip "another port: Landlock ABI $abi does not see ports"
	fi

	compile_for_probe static-web "$tmp/plan-web-probe" --set "port=$at" || return
	confined=(--set "www=$www" "$tmp/plan-web-probe")
	allows "listening on its port" listen "$at"
	allows "reading its folder" read "$www/index.html"
	[[ $abi -ge 4 ]] && denies "listening on another port" listen "$(free_port)"
	denies_the_usual
	denies "writing its folder" modify "$www/index.html"
	before="rm -f $www/made"
	denies "making a file there" create "$www/made"
	before=
	denies "changing the mode of a file there" chmod "$www/index.html"
	denies "starting /bin/sh" exec /bin/sh
	limited nofile 256
}

# Its tree is its own, so what is denied is not there at all, or shut by a mount: the errno tells which. One script looks, without
# the sandbox and under the plan.
example_checker() {
	local dir=$tmp/project look=$tmp/look.py
	unshare -U true 2>/dev/null || { skip "this host makes no user namespaces"; return; }
	mkdir -p "$dir/secrets" "$dir/.git" "$dir/src" "$tmp/notes"
	for f in secrets/key .git/config .git/HEAD .env.local src/main.py src/server.pem; do echo "$f" >"$dir/$f"; done
	cat >"$look" <<'PY'
import errno, os, socket, sys
def attempt(name, do):
    try:
        do()
        print(name, "ok")
    except OSError as e:
        print(name, errno.errorcode[e.errno])
def opens(path, mode="r"):
    attempt(mode + " " + path, lambda: open(path, mode).close())
for f in ("src/main.py", ".git/HEAD", ".git/config", "secrets/key", ".env.local", "src/server.pem", sys.argv[1]):
    opens(f)
opens("src/made", "w")
attempt("list secrets", lambda: os.listdir("secrets"))
attempt("chmod", lambda: os.chmod("src/main.py", 0o600))
attempt("sh", lambda: os.waitpid(os.posix_spawn("/bin/sh", ["sh", "-c", "exit"], {}), 0))
attempt("connect", lambda: socket.create_connection(("127.0.0.1", int(sys.argv[2])), 2).close())
opens(sys.argv[3] + "/rules")
opens(sys.argv[3] + "/note", "w")
PY
	echo rules >"$tmp/notes/rules"
	cp "$look" "$dir/look.py"
	compile "$examples/checker.sbx" "$tmp/plan-checker" || return
	confined=(--set "project=$dir" --file "rules=$tmp/notes/rules" "$tmp/plan-checker")
	(cd "$dir" && "$python" -I look.py "$tmp/else/secret" "$port" "$tmp/notes") >"$tmp/unconfined" 2>"$tmp/stderr"
	same "control: without the sandbox all of it works" "14 14" "$(wc -l <"$tmp/unconfined") $(grep -c ' ok$' "$tmp/unconfined")"
	rm -f "$dir/src/made"
	try_confined "$python" -I look.py "$tmp/else/secret" "$port" /notes
	same "the checker reads the project, not its secrets, and writes to its notes" "r src/main.py ok
r .git/HEAD ok
r .git/config EACCES
r secrets/key EACCES
r .env.local EACCES
r src/server.pem EACCES
r $tmp/else/secret ENOENT
w src/made EROFS
list secrets EACCES
chmod EPERM
sh EPERM
connect EPERM
r /notes/rules ok
w /notes/note ok" "$(cat "$tmp/stdout")"
	same "nothing of the project changed" "" "$(find "$dir" -newer "$dir/look.py" -type f)"
	same "nor of the host" "rules" "$(ls "$tmp/notes" | grep -v '^note$')"
}

example_demo() {
	if "$examples/demo.sh" >"$tmp/log" 2>&1; then
		pass "ends well"
	else
		fail "ends well" "$(cat "$tmp/log")"
	fi
	same "leaves nothing in the tree" "" "$(find "$examples" -newer "$tmp/start" -type f)"
}

# ---- what there is to run on ----

prepare() {
	section=host
	[[ -x $build/sbxc && -x $build/sbx-run ]] ||
		{ fail "programs" "no sbxc and sbx-run in $build"; finish; }
	[[ -x $python ]] || { skip "$python is not installed"; finish; }
	grep -q '^Seccomp:' /proc/self/status || { skip "this kernel has no seccomp"; finish; }
	abi=$("$python" -I -c '
import ctypes
print(ctypes.CDLL(None).syscall(444, None, 0, 1))')
	[[ $abi -ge 1 ]] || { skip "this kernel has no Landlock, or something hides it"; finish; }
	case $(uname -m) in
	x86_64) nr_ptrace=101 nr_unshare=272 nr_mount=165 nr_keyctl=250 ;;
	aarch64) nr_ptrace=117 nr_unshare=97 nr_mount=40 nr_keyctl=219 ;;
	*) skip "no plan is made for a $(uname -m)"; finish ;;
	esac

	tmp=$(mktemp -d) || exit 1
	touch "$tmp/start"
	probe=$tmp/probe
	{ ${MUSL_CC:-musl-gcc} -O2 -static -o "$probe" "$top/tests/live/probe.c" ||
		${CC:-gcc} -O2 -static -o "$probe" "$top/tests/live/probe.c"; } >"$tmp/log" 2>&1 ||
		{ fail "probe" "$(line_of "$tmp/log")"; finish; }
	mkdir "$tmp/else"
	echo "a secret" >"$tmp/else/secret"
	: >"$tmp/else/victim"
	"$python" -I "$examples/code-eval/listener.py" "$tmp/else" &
	children+=($!)
	wait_for test -s "$tmp/else/port" || { fail "listener" "it did not start"; finish; }
	port=$(<"$tmp/else/port")
}

prepare
[[ $# -gt 0 ]] || set -- code-eval build-step ripgrep static-web checker demo
for section in "$@"; do
	case $section in
	code-eval | build-step | ripgrep | static-web | checker | demo) "example_${section//-/_}" ;;
	*) fail "section" "there is no such example" ;;
	esac
done
finish
