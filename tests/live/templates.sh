#!/bin/bash
# templates.sh - `sbxc new KIND`, as somebody new to sbx uses it: the two commands at the head of each template are taken from it and run,
# with a folder of the test in place of /tmp. The program does its work; beside it what the policy keeps is tried with the same
# program, under the plan and without it. Servers and clients stand in examples.sh, with ports and a proxy of the test.
. "$(dirname "$0")/lib-loader.sh"
SBXC=${SBXC:-$B/sbxc}
W=$TMP/w
mkdir -p "$W/bin" "$W/project" "$W/outside"
ln -s "$SBXC" "$W/bin/sbxc"
ln -s "$SBX_RUN" "$W/bin/sbx-run"
export PATH="$W/bin:/usr/local/bin:/usr/bin:/bin"
cd "$W/project" || exit 1

# The commands of a template: `#     sbxc ...`, `#     sbx-run ...`; a third word `# ...` behind one is a remark.
made() { # KIND: the plan as the head says; the second command in $START
	sbxc new "$1" "$1" -o "$1.sbx" || { fail "$1: a template"; return 1; }
	sed -n 's/^#     \([a-z]\)/\1/p' "$1.sbx" | sed "s| \{2,\}#.*||; s|/tmp/|$W/|g" >"$TMP/head"
	MAKE=$(grep '^sbxc ' "$TMP/head") START=$(grep '^sbx-run ' "$TMP/head")
	# the plans of several templates stand beside each other here
	MAKE=${MAKE/-o plan/-o plan-$1} START=${START/ plan\// plan-$1/}
	run sh -c "$MAKE"
	[ "$RC" = 0 ] && [ -n "$START" ] && return
	fail "$1: the first command of its head" "$MAKE" "$ERR"
	return 1
}
works() { # NAME OUTPUT: what the second command printed
	case $OUT in
	*"$2"*) pass "$1: does what its head says" ;;
	*) fail "$1: does what its head says" "$START" "exit $RC" "$OUT" "$ERR" ;;
	esac
}
# A kernel that lacks what a template requires starts nothing, as `sbxc check` says of such a kernel; then there is no more to see.
KERNEL=kernel=$(uname -r | cut -d. -f1-2),landlock=$("$PROBE" landlock | head -n 1)
lacking() { # KIND
	local missing guarantee
	missing=$("$SBXC" check --for "$KERNEL" "$1.sbx" | awk '$1 == "refused" { printf "%s ", $2 }')
	[ -n "$missing" ] || return
	run sh -c "$START"
	# the loader names the first of them
	guarantee=$(printf '%s\n' "$ERR" | sed -n 's/^ *guarantee *//p')
	case " $missing" in
	*" $guarantee "*) refused "$1: refused here, as predicted: $guarantee" 125 E0601 "guarantee  $guarantee" ;;
	*) fail "$1: refused here, as predicted: $missing" "exit $RC" "$OUT" "$ERR" ;;
	esac
}
# The end of the command is replaced: the same start with another errand.
kept() { # KIND WHAT FILE COMMAND...: under the plan FILE is not made, without it it is
	local kind=$1 what=$2 file=$3
	shift 3
	run sh -c "${START%% -- *} -- $*"
	if [ -e "$file" ] || [ "$RC" = 0 ]; then fail "$kind: $what" "exit $RC" "$OUT" "$ERR"; else pass "$kind: $what"; fi
	run sh -c "$*"
	[ -e "$file" ] && pass "$kind: control: without the sandbox it can" || fail "$kind: control: without the sandbox it can" "$OUT" "$ERR"
	rm -f "$file"
}

printf 'all: $(O)/hello\n$(O)/hello: hello.c\n\tcc -o $@ hello.c\ntest: hello.c\n\tcc -o hello hello.c && ./hello\nout:\n\techo x >%s/outside/made\n' "$W" >Makefile
printf '#include <stdio.h>\nint main(void) { return puts("hello from a build") < 0; }\n' >hello.c

if ! unshare -U true 2>/dev/null; then
	skip "build, agent" "this host makes no user namespaces"
elif made build; then
	run sh -c "$START"
	[ "$("$W/out/hello" 2>&1)" = "hello from a build" ] && pass "build: does what its head says" || fail "build: does what its head says" "$START" "$OUT" "$ERR"
	kept build "the sources stay as they are" "$PWD/made" make -C "$PWD" SHELL=/bin/sh --eval "'made: ; echo x >$PWD/made'" made
	if ! getent passwd "$(id -u)" >/dev/null; then
		skip "agent" "this user has no passwd entry, and so no home"
	elif made agent && ! lacking agent; then
		run sh -c "$START"
		works agent "hello from a build"
		kept agent "nothing outside of the project changes" "$W/outside/made" /bin/sh -c "'make out'"
	fi
fi

if made eval && ! lacking eval; then
	printf 'open("note", "w").write("kept"); print("a snippet says", 6 * 7, open("note").read())\n' >snippet.py
	OUT=$(sh -c "$START" 2>"$TMP/err") ERR=$(cat "$TMP/err")
	works eval "a snippet says 42 kept"
	kept eval "nothing outside of its directory is written" "$W/outside/made" /usr/bin/python3 -I -c "'open(\"$W/outside/made\", \"w\")'"
fi

if ! command -v rg >/dev/null; then
	skip cli "no ripgrep"
elif made cli && ! lacking cli; then
	echo "TODO: less" >list
	run sh -c "$START"
	works cli "TODO: less"
	printf '#!/bin/sh\necho x >%s/outside/made; cat\n' "$W" >"$W/pre" && chmod 755 "$W/pre"
	run sh -c "${START%% -- *} -- /usr/bin/rg --pre $W/pre TODO"
	[ ! -e "$W/outside/made" ] && pass "cli: starts nothing else" || fail "cli: starts nothing else" "$OUT"
	run /usr/bin/rg --pre "$W/pre" TODO
	[ -e "$W/outside/made" ] && pass "cli: control: without the sandbox it can" || fail "cli: control: without the sandbox it can" "$ERR"
fi
finish
