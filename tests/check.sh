#!/bin/bash
# check.sh - `sbxc check` of trees: which files, in which order, what is said of each, exit codes, processes.
set -u
cd "$(dirname "$0")/.." || exit 2
: "${B:=build}"
case $B in /*) ;; *) B=$PWD/$B ;; esac
std=$PWD/policies/std
tmp=$(mktemp -d) || exit 2
trap 'chmod -R u+rwx "$tmp"; rm -rf "$tmp"' EXIT
status=0
cd "$tmp" || exit 2

verdict() { # NAME WHY: an empty WHY is a pass
	if [[ -z $2 ]]; then
		echo "PASS check $1"
	else
		printf 'FAIL check %s: %s\n' "$1" "$2"
		sed 's/^/    /' out err | head -20
		status=1
	fi
}

as=(env) # what makes less of who runs this
check() { # ARGUMENT...: into out, err, RC
	"${as[@]}" "$B/sbxc" check --std "$std" "$@" >out 2>err
	RC=$?
}

names() { # of out, one a line
	sed -n 's/^\([^ ]*\.sbx\) .*/\1/p' out
}

policy() { # FILE [LINE...]: a policy that compiles, with further lines
	local file=$1
	shift
	{
		printf 'sbx 1\npolicy p version "1.0.0" {\n    targets linux\n    isolate none\n    entry "/bin/true"\n'
		printf '    %s\n' "$@"
		printf '    test "t" {\n        expect deny write "/x"\n    }\n}\n'
	} >"$file"
}

expect() { # NAME CODE PATTERN ARGUMENT...: the exit code, and a line of out or err
	local name=$1 code=$2 pattern=$3 why=
	shift 3
	check "$@"
	[[ $RC -eq $code ]] || why="exit $RC, not $code"
	cat out err | grep -qE -- "$pattern" || why="${why:+$why; }no line matches $pattern"
	verdict "$name" "$why"
}

mkdir -p t/b/c t/.git t/empty "t/a b"
policy t/z.sbx
policy t/b/y.sbx
policy t/b/c/x.sbx
policy "t/a b/w.sbx"
policy t/.git/hidden.sbx
policy t/.hidden.sbx
policy elsewhere.sbx
ln -s ../elsewhere.sbx t/link.sbx
ln -s .. t/up
printf 'not a policy\n' >t/notes.txt
printf 'sbx 1\nprofile lib {\n    allow read "/lib" if-exists because "x"\n}\n' >t/lib.sbx
mkdir t/dir.sbx
policy t/dir.sbx/in.sbx

check t
want='t/a b/w.sbx t/b/c/x.sbx t/b/y.sbx t/dir.sbx/in.sbx t/lib.sbx t/link.sbx t/z.sbx'
got=$(sed -n 's/^\(t\/.*\.sbx\) .*/\1/p' out | paste -sd' ')
verdict "every .sbx of a tree in order: no dotted names, no links to directories" \
    "$([[ $RC -eq 0 && $got == "$want" ]] || echo "exit $RC, $got")"
verdict "a sum" "$(grep -q '^7 files, 6 expectations passed$' out || tail -1 out)"
verdict "a library is one" "$(grep -q '^t/lib.sbx .*library: 1 profile$' out || echo "it is not called one")"

ln -s none t/dangling.sbx
expect "a link that leads nowhere is not passed over" 2 '^sbxc: cannot read t/dangling.sbx: No such file or directory' t
verdict "... and is counted" "$(grep -q '^8 files, 6 expectations passed, 1 not checked$' out || tail -1 out)"
rm t/dangling.sbx
(cd t && "$B/sbxc" check --std "$std" . >../out 2>../err)
verdict "names below the folder one is in stand by themselves" "$([[ $(names | head -1) == b/c/x.sbx ]] || names)"
check t
cp out one
for n in 1 2 7 64; do
	check -j $n t
	verdict "the same words from $n processes" "$(cmp -s one out || echo others)"
done
expect "-j takes no zero" 2 "takes a number" -j 0 t
expect "-j takes no word" 2 "takes a number" -j x t
expect "-j takes no 1025" 2 "takes a number" -j 1025 t
check z.sbx t/z.sbx t/b
verdict "files named are taken in the order they are named" "$([[ $(names | paste -sd' ') == "t/z.sbx t/b/c/x.sbx t/b/y.sbx" ]] || names)"
verdict "... and a missing one makes it 2" "$([[ $RC -eq 2 ]] || echo "exit $RC")"
verdict "... is counted" "$(grep -q '3 expectations passed, 1 not checked' out || tail -1 out)"
expect "a directory without a policy" 2 "t/empty holds no file that ends in .sbx" t/empty
echo 'sbx 1' >nothing.sbx
expect "a file that holds nothing" 1 E0301 nothing.sbx
# Root reads all, unless it lacks the capabilities for it.
[[ $(id -u) -ne 0 ]] || as=(setpriv --bounding-set -dac_override,-dac_read_search)
if "${as[@]}" true 2>/dev/null; then
	chmod 0 t/b/c
	expect "a directory that cannot be read" 2 "cannot read t/b/c: Permission denied" t
	chmod 755 t/b/c
else
	echo "SKIP check a directory that cannot be read: setpriv cannot take capabilities from root here"
fi
as=(env)
deep=deep
for ((i = 1; i < 64; i++)); do deep+=/d; done
mkdir -p "$deep" && policy "$deep/p.sbx"
expect "64 directories deep" 0 "^1 file, 1 expectation passed" deep
mkdir -p "$deep/d" && policy "$deep/d/p.sbx"
expect "65 directories deep" 2 "nested deeper than 64" deep

# what is wrong with a file is said of it, and the others are checked all the same
mkdir w
policy w/1-good.sbx
policy w/2-warning.sbx 'allow read "/a"' 'deny read "/a"'
policy w/3-error.sbx 'alow read "/a"'
policy w/4-test.sbx 'allow write "/x"'
printf 'sbx 1\nprofile lib {\n    allow read "relative"\n}\n' >w/5-library.sbx
policy w/6-good.sbx
expect "a failed test is the gravest" 3 '^6 files, .* 3 refused, 3 errors, 1 warning' w
for line in '1-good.sbx +ok +linux: [0-9]+ enforced' '2-warning.sbx +1 warning +linux' '3-error.sbx +1 error$' '4-test.sbx +1 error' \
    '5-library.sbx +1 error$' '6-good.sbx +ok'; do
	verdict "the line of ${line%%.*}" "$(grep -qE "^w/$line" out || echo "not as $line")"
done
for code in E0100 E0502 E0202 'W103 dead-allow'; do
	verdict "$code is said" "$(grep -qF "[$code]" err || echo "it is not")"
done
expect "a warning is none to the exit code" 0 '1 warning' w/2-warning.sbx w/1-good.sbx
expect "--deny-warnings" 1 '1 refused, 1 warning' --deny-warnings w/2-warning.sbx w/1-good.sbx
expect "--deny-warnings without any" 0 '2 files' --deny-warnings w/1-good.sbx w/6-good.sbx
expect "what ships has no warnings" 0 '^[0-9]+ files, [0-9]+ expectations passed, [0-9]+ of [0-9]+ rule lines covered$' --deny-warnings "${std%/std}"
check -q w/1-good.sbx w/6-good.sbx
verdict "-q says nothing when all is well" "$([[ $RC -eq 0 && ! -s out && ! -s err ]] || echo "it speaks")"
expect "gcc: one line each" 3 '^w/3-error.sbx:6:5: error: unknown word .alow. \[E0100\]' --format gcc w

# what several policies share is said once, whatever the format; what is hidden is counted
mkdir -p f/base f/tests
printf 'sbx 1\npolicy base {\n    targets linux\n    allow read exec "/bin/sh" because "x"\n    alow read "/a"\n}\n' >f/base/b.sbx
for n in 1 2 3; do
	printf 'sbx 1\nimport "base/b.sbx"\npolicy p%s extends base {\n    targets linux\n}\n' $n >f/p$n.sbx
done
printf 'sbx 1\nimport "../p1.sbx"\ntest "t" {\n    expect deny read "/x"\n}\n' >f/tests/t.sbx
expect "a fault of a base is an error of the base" 1 '^f/base/b.sbx +1 error$' f
verdict "... told once" "$([[ $(grep -c '^error' err) -eq 1 ]] || echo "$(grep -c '^error' err) times")"
verdict "... and said to be above in the others" "$([[ $(grep -c '1 error, said above$' out) -eq 4 ]] || echo "they do not")"
verdict "... and counted once, with all that it refuses" "$(grep -q '^5 files, 0 expectations passed, 5 refused, 1 error$' out || tail -1 out)"
for format in gcc json github; do
	check --format $format f
	verdict "... once in $format" "$([[ $(cat out err | grep -c 'unknown word') -eq 1 ]] || echo "not once")"
done
check --format sarif f
verdict "... once in sarif" "$([[ $(grep -c '"ruleId"' out) -eq 1 ]] || echo "not once")"
many=()
for ((i = 0; i < 23; i++)); do many+=("allow read \"/m$i\"" "deny read \"/m$i\""); done
policy many.sbx "${many[@]}"
expect "20 warnings of a policy are shown" 0 '^3 more warnings are not shown$' many.sbx
verdict "... and no more" "$([[ $(grep -c '^warning' err) -eq 20 ]] || echo "$(grep -c '^warning' err)")"
check --format json many.sbx
verdict "... all of them to programs" "$([[ $(wc -l <out) -eq 23 ]] || echo "$(wc -l <out)")"

# a Linux that is not this one
policy thrown.sbx 'prefer fs.write.ephemeral, ns.isolate on linux because "x"'
sed -i 's|    isolate none|    isolate mount, pid, user\n    allow read write "/srv" discard|; s|expect deny write|expect deny read|' thrown.sbx
expect "a host that has all" 0 '^for Linux 7.3' --for kernel=7.3 thrown.sbx
expect "no overlayfs: refused, though it is preferred" 1 '^  refused  *fs.write.ephemeral needs overlayfs, it has not' --for kernel=7.3,overlay=no thrown.sbx

# bind() is let through for a port, so the program can make an abstract socket too: in a network of its own nobody else sees it
policy own.sbx 'allow listen tcp "*:7002"' 'allow connect unix "/run/x/s"' 'prefer net.listen.port, unix.path on linux because "x"'
sed -i 's|isolate none|isolate all|' own.sbx
expect "a port in a network of its own" 0 '^own.sbx ' own.sbx

# a base may leave the program to those that extend it: taken for one beside them, and by commands that make no plan
mkdir bases
printf 'sbx 1\npolicy corp/base version "1.0.0" {\n    targets linux\n    isolate none\n    deny read "/root" because "of all"\n    prefer unix.path on linux because "for children"\n    test "t" {\n        expect deny read "/root/x"\n    }\n}\n' >bases/base.sbx
printf 'sbx 1\nimport "base.sbx"\npolicy child extends corp/base {\n    targets linux\n    entry "/bin/true"\n}\n' >bases/child.sbx
expect "a policy that starts nothing" 1 'E0307.: nothing can be started' bases/base.sbx
expect "... is a base beside one that extends it, and prefers for it" 0 '^bases/base.sbx +ok +base: starts nothing itself +linux: [0-9]+ enforced$' --deny-warnings bases
policy bases/child.sbx
expect "... and not beside others" 1 'E0307.: nothing can be started' bases
"$B/sbxc" -q --std "$std" bases/base.sbx -o bases/plan >out 2>err
verdict "... no plan is made of it" "$([[ $? -eq 1 && ! -e bases/plan ]] || echo "it is")"
sed 's,deny read "/root",deny read "/opt",' bases/base.sbx >bases/changed.sbx
for command in "explain bases/base.sbx" "why bases/base.sbx read /root/x" "normalize bases/base.sbx" "test bases/base.sbx" \
    "diff bases/base.sbx bases/changed.sbx" "report bases/base.sbx -o bases/r.html"; do
	"$B/sbxc" $command --std "$std" >out 2>err
	verdict "... but a reviewer may look at it: ${command%% *}" "$([[ $? -eq 0 && ! -s err ]] || echo "refused")"
done

# silences: on the line, on the one before, in an imported file, of more than one warning
silenced() { # NAME WARNINGS FILE: how many warnings are left
	check "$3"
	local n
	n=$(grep -c '^warning' err)
	verdict "$1" "$([[ $RC -eq 0 && $n -eq $2 ]] || echo "exit $RC, $n warnings instead of $2")"
}
secret='allow read "/etc/shadow"'
policy s0.sbx "$secret"
silenced "control: the warning is there" 1 s0.sbx
policy s1.sbx "$secret # sbx: allow(secret-read) it checks passwords"
silenced "a silence on the line" 0 s1.sbx
policy s2.sbx '# sbx: allow(secret-read) it checks passwords' '# and more' '' "$secret"
silenced "a silence before the line" 0 s2.sbx
policy s3.sbx '# sbx: allow(secret-read) it checks passwords' 'allow read "/srv"' "$secret"
silenced "a silence of another line" 2 s3.sbx
policy s4.sbx "$secret, \"/run\"   # sbx: allow(secret-read,wide-grant) both"
silenced "a silence of two" 0 s4.sbx
policy s5.sbx "$secret # sbx: allow(wide-grant) the wrong one"
silenced "a silence of another warning" 2 s5.sbx
policy s6.sbx "$secret because \"it checks passwords\""
silenced "a reason is an answer" 0 s6.sbx
printf 'sbx 1\nprofile shadow {\n    %s # sbx: allow(secret-read) it checks passwords\n}\n' "$secret" >s-lib.sbx
printf 'sbx 1\nprofile shadow {\n    %s\n}\n' "$secret" >s-loud.sbx
for lib in lib:0 loud:1; do
	policy s7.sbx 'use shadow'
	sed -i "s/^sbx 1$/&\nimport \"s-${lib%:*}.sbx\"/" s7.sbx
	silenced "an imported file, ${lib%:*}" "${lib#*:}" s7.sbx
	silenced "the library itself, ${lib%:*}" "${lib#*:}" "s-${lib%:*}.sbx"
done
policy s8.sbx "$secret # sbx: allow(secret-raed) x"
expect "a name that is none" 1 'did you mean .secret-read.' s8.sbx
expect "--lints lists them" 0 '^W105 secret-read' --lints
verdict "shipped policies have no warning" "$(check "$std/.."; [[ $RC -eq 0 ]] && ! grep warning out err)"

# --since: the version says what changed since a revision of git
if ! git --version >/dev/null 2>&1; then
	echo "SKIP check --since: git is not installed"
else
	mkdir -p repo/p && cd repo || exit 2
	g() { git -c user.name=t -c user.email=t@example.org -c init.defaultBranch=main -c commit.gpgsign=false "$@"; }
	version() { # FILE VERSION
		sed -i "s/version \"[^\"]*\"/version \"$2\"/" "$1"
	}
	for name in same grown step shrunk minor none dropped word back bare; do policy p/$name.sbx 'allow read "/srv/a"'; done
	printf 'sbx 1\nprofile more {\n    allow read "/srv/b"\n}\n' >p/lib.sbx
	policy p/import.sbx 'use more' && sed -i 's/^sbx 1$/&\nimport "lib.sbx"/' p/import.sbx
	policy p/broken.sbx 'alow read "/srv/a"'
	sed -i 's/ version "1.0.0"//' p/none.sbx p/bare.sbx
	g init -q . && g add -A && g commit -qm one
	rm p/broken.sbx
	expect "--since: nothing changed" 0 '^since HEAD: 11 compared, 0 new$' --since HEAD p
	policy p/new.sbx 'allow read "/srv"'
	expect "--since: a new file passes, and is counted" 0 '^since HEAD: 1 compared, 1 new$' --since HEAD p/new.sbx p/same.sbx
	expect "--since: it is named, for it may be another under a new name" 0 '^p/new.sbx .*   new since HEAD$' --since HEAD p/new.sbx p/same.sbx
	verdict "... and no other" "$([[ $(grep -c 'new since' out) -eq 1 ]] || cat out)"
	for name in grown step none dropped word back; do
		sed -i 's,allow read "/srv/a",&\, "/srv/c",' p/$name.sbx
	done
	expect "--since: control: without it all is well" 0 '^1 file, 1 expectation passed, 0 of 1 rule lines covered$' p/grown.sbx
	expect "--since: grown, the number stays" 1 'version 1.0.0 -> 1.0.0, but access grows: needs 2.0.0 or later' --since HEAD p/grown.sbx
	expect "... with an example" 1 'opened: read .*/srv/c.*, by grown.sbx:6' --since HEAD p/grown.sbx
	expect "... in one line" 1 '^p/grown.sbx:2:[0-9]+: error: version 1.0.0 -> 1.0.0, but' --format gcc --since HEAD p/grown.sbx
	expect "... for programs too" 1 '"code": ?"E0720"' --format json --since HEAD p/grown.sbx
	version p/grown.sbx 1.9.9
	expect "--since: grown, a minor step" 1 'version 1.0.0 -> 1.9.9, but access grows: needs 2.0.0' --since HEAD p/grown.sbx
	version p/step.sbx 2.0.0
	expect "--since: grown, a major step" 0 '^since HEAD: 1 compared' --since HEAD p/step.sbx
	version p/back.sbx 0.9.0
	expect "--since: grown, a step back" 1 'needs 2.0.0 or later' --since HEAD p/back.sbx
	expect "--since: grown, never a number" 1 'version none -> none, but access grows: needs 1.0.0' --since HEAD p/none.sbx
	sed -i 's/ version "1.0.0"//' p/dropped.sbx
	expect "--since: grown, the number is dropped" 1 'version 1.0.0 -> none, but access grows: needs 2.0.0' --since HEAD p/dropped.sbx
	version p/word.sbx next
	expect "--since: grown, the number is a word" 1 'version 1.0.0 -> next, but access grows: needs 2.0.0' --since HEAD p/word.sbx
	sed -i '/allow read/d' p/shrunk.sbx p/minor.sbx
	version p/shrunk.sbx 1.0.1
	expect "--since: shrunk, a patch" 1 'version 1.0.0 -> 1.0.1, but access shrinks: needs 1.1.0 or later' --since HEAD p/shrunk.sbx
	version p/minor.sbx 1.1.0
	expect "--since: shrunk, a minor step" 0 '^since HEAD: 1 compared' --since HEAD p/minor.sbx
	sed -i 's,"/srv/b",&\, "/srv/d",' p/lib.sbx
	expect "--since: an import grew" 1 'access grows: needs 2.0.0 or later' --since HEAD p/import.sbx
	expect "--since: a library has no version" 0 '^since HEAD: 0 compared, 0 new$' --since HEAD p/lib.sbx
	policy p/broken.sbx
	expect "--since: the old text is refused" 1 'is refused, so whether access grew since cannot be told' --since HEAD p/broken.sbx
	expect "... with its code, and not as new" 1 '^error\[E0721\]' --since HEAD p/broken.sbx
	verdict "... nor as compared" "$(grep -q '^since HEAD: 0 compared, 0 new$' out || tail -1 out)"
	expect "--since: of a tree, in three processes" 1 '^14 files, .* 8 refused, 8 errors$' --since HEAD -j 3 p
	ln -s grown.sbx p/link.sbx
	for path in "$PWD/p/grown.sbx" ./p/../p/grown.sbx p/link.sbx; do
		expect "--since: the same file as ${path##*repo/}" 1 'needs 2.0.0 or later' --since HEAD "$path"
	done
	(cd p && "$B/sbxc" check --std "$std" --since HEAD grown.sbx >../out 2>../err)
	RC=$?
	verdict "--since: from a folder of the repository" "$([[ $RC -eq 1 ]] && grep -q E0720 err || echo "exit $RC")"
	expect "--since: no such revision" 2 'git knows no revision .nowhere' --since nowhere p
	expect "--since: an option is no revision" 2 'git knows no revision .--all' --since --all p
	expect "--since: a file of elsewhere" 2 'is not in the git repository of this folder' --since HEAD ../elsewhere.sbx
	cd "$tmp" || exit 2
	GIT_CEILING_DIRECTORIES=$tmp expect "--since: no repository" 2 'this folder is in no git repository, or git is not there' --since HEAD elsewhere.sbx
	PATH=/nowhere "$B/sbxc" check --std "$std" --since HEAD elsewhere.sbx >out 2>err
	RC=$?
	verdict "--since: no git" "$([[ $RC -eq 2 ]] && grep -q 'or git is not there' err || echo "exit $RC")"
fi

# --locked: as compiling has it
mkdir k && printf 'sbx 1\nprofile more {\n    allow read "/srv/b" because "b"\n}\n' >k/lib.sbx
policy k/p.sbx 'use more' && sed -i 's/^sbx 1$/&\nimport "lib.sbx"/' k/p.sbx
expect "--locked: there is no lock" 1 E0703 --locked k
"$B/sbxc" lock --std "$std" -q k/p.sbx
expect "--locked: what the lock names" 0 '^2 files, 1 expectation passed(, [0-9]+ of [0-9]+ rule lines covered)?$' --locked k
sed -i 's,/srv/b,/srv/c,' k/lib.sbx
expect "--locked: control: without it the change passes" 0 '^2 files' k
expect "--locked: an import changed" 1 E0702 --locked k

# one stream in order from several processes
for format in json sarif github; do
	check --format $format -j 1 w none.sbx
	cp out one
	rc=$RC
	check --format $format -j 5 w none.sbx
	verdict "$format: the same bytes from 5 processes" "$(cmp -s out one && [[ $RC -eq $rc && $rc -eq 3 ]] || echo "others, or exit $RC")"
done
verdict "sarif is one document" "$("$B/sbxc" check --std "$std" --format sarif w none.sbx | python3 -c '
import json, sys
d = json.load(sys.stdin)["runs"][0]
codes = [r["ruleId"] for r in d["results"]]
if codes != ["W103", "E0100", "E0502", "E0202"] or len(d["invocations"][0]["toolExecutionNotifications"]) != 1:
    print(codes)')"

# a thousand policies, with as many processes as there are processors
mkdir many
for ((i = 1; i <= 1000; i++)); do policy "many/$i.sbx" "allow read \"/srv/$i\""; done
expect "a thousand files" 0 '^1000 files, 1000 expectations passed(, [0-9]+ of [0-9]+ rule lines covered)?$' many
verdict "... in the order of their names" "$(names | LC_ALL=C sort -c 2>&1)"
cores=$(nproc)
if [[ $cores -lt 2 ]]; then
	echo "SKIP check more processes than one: there is one processor"
elif ! command -v strace >/dev/null; then
	echo "SKIP check more processes than one: strace is not installed"
else
	strace -f -qq -e trace=clone,clone3,fork,vfork -o births "$B/sbxc" check --std "$std" many >/dev/null
	n=$(grep -cE '(clone|fork)' births)
	verdict "... in $cores processes, as there are processors" "$([[ $n -eq $cores ]] || echo "$n")"
fi
# ---- an interrupt leaves no process behind ----

# gone PID...: within 10 s none of them runs; nobody may have collected it yet
gone() {
	local i pid left
	for ((i = 0; i < 200; i++)); do
		left=
		for pid; do
			[[ -e /proc/$pid/stat && $(sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null) != Z* && -e /proc/$pid ]] && left+=" $pid"
		done
		[[ -z $left ]] && return 0
		sleep 0.05
	done
	return 1
}
if command -v git >/dev/null; then
	mkdir "$tmp/stuck"
	git=$(command -v git)
	# what each worker asks git for never comes
	cat >"$tmp/stuck/git" <<-END
		#!/bin/bash
		[[ \$1 == cat-file ]] || exec "$git" "\$@"
		echo \$PPID \$\$ >>"$tmp/stuck/pids"
		exec sleep 300
	END
	chmod 755 "$tmp/stuck/git"
	: >"$tmp/stuck/pids"
	cd "$tmp/repo" || exit 2
	PATH=$tmp/stuck:$PATH "$B/sbxc" check --std "$std" --since HEAD -j 2 p >out 2>err &
	main=$!
	for ((i = 0; i < 400 && $(wc -l <"$tmp/stuck/pids") < 2; i++)); do sleep 0.05; done # until both workers wait for git
	read -r -a pids < <(tr '\n' ' ' <"$tmp/stuck/pids")
	verdict "control: two workers, and what they wait for" "$([[ ${#pids[@]} -eq 4 ]] && kill -0 "${pids[@]}" || echo "they are ${pids[*]}")"
	kill -TERM $main
	wait $main
	RC=$?
	verdict "an interrupt ends it by the signal" "$([[ $RC -eq 143 ]] || echo "exit $RC")"
	verdict "and everything that it started" "$(gone "${pids[@]}" || { echo "still there: ${pids[*]}"; kill -KILL "${pids[@]}"; } 2>/dev/null)"
fi
exit $status
