#!/bin/bash
# report.sh - `sbxc report`: a page that a strict parser takes, whose parts stand in their order, that no text of a policy
# can break out of, that is the same bytes each time and that a browser lays out. What needs chromium or tidy says SKIP.
set -u
top=$(unset CDPATH; cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
: "${B:=build}"
[[ $B = /* ]] || B=$top/$B
export LC_ALL=C.UTF-8
status=0
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" || exit 2

pass() { printf 'PASS report %s\n' "$1"; }
fail() { printf 'FAIL report %s: %s\n' "$1" "$2"; status=1; }
skip() { printf 'SKIP report %s: %s\n' "$1" "$2"; }
verdict() { if [[ -z $2 ]]; then pass "$1"; else fail "$1" "$2"; fi; }
sbxreport() { "$B/sbxc" report --std "$top/policies/std" "$@" 2>err; }
page() { python3 "$top/tests/report/check.py" page "$1" 2>&1; }

# ---- every example, and a change ----

pages=()
for policy in "$top"/policies/examples/*.sbx; do
	name=$(basename "$policy" .sbx)
	sbxreport "$policy" -o "$name.html" || { fail "$name" "$(head -3 err)"; continue; }
	verdict "$name: a page" "$(page "$name.html")"
	pages+=("$name.html")
done
old=$top/tests/diff/agent-old.sbx new=$top/tests/diff/agent-new.sbx
sbxreport "$new" --base "$old" -o change.html
verdict "a change: a page" "$(page change.html)"
pages+=(change.html)
verdict "the change comes first" "$(grep -q 'id="changed"' change.html || echo "it is not there")"
verdict "and is no part without a base" "$(grep -c 'id="changed"' code-eval.html | grep -v '^0$')"

# what a reviewer must find (name, pattern)
has() { verdict "$1" "$(grep -qE -- "$2" "$3" || echo "not found: $2")"; }
has "the verdict" 'class="verdict grew".*ACCESS GROWS, and shrinks elsewhere since' change.html
has "a wide row has a word" 'class="mark">whole home<' change.html
has "and another" 'class="mark">any host<' change.html
has "what the version needs" 'grown access needs 3.0.0' change.html
has "a change leads to its line" '<td data-head="Line"><span><a href="#s[0-9]*-[0-9]*"><code>[^<]*agent-new.sbx:[0-9]*<' change.html
sbxreport "$old" --base "$new" -o back.html
has "a line of before is on no page" '<td data-head="Line"><span><code>old [^<]*agent-new.sbx:[0-9]*<' back.html
has "the lost test beside what it guarded" 'its test is gone: <code>expect deny connect tcp' change.html
has "levels in words" '</svg>enforced<' code-eval.html
has "a caveat with its reason" 'Landlock has it since Linux 6.12' code-eval.html
has "the filter" 'ret allow' code-eval.html
has "the Landlock rules" 'sbx-landlock 1 ' code-eval.html
has "the Seatbelt profile" '\(version 1\)' code-eval.html
has "a deciding line" 'data-head="Decided by"><span><a href="#s[0-9]*-18"><code>code-eval.sbx:18<' code-eval.html
has "a line leads to its text" '<a href="#s[0-9]*-18"><code>code-eval.sbx:18</code></a>' code-eval.html
has "and the text is there" '<span id="s[0-9]*-18">  18      allow read write &quot;\$\{workdir\}&quot; make-dir' code-eval.html
has "a hash of an input" "$(sha256sum <"$top/policies/examples/code-eval.sbx" | cut -d' ' -f1)" code-eval.html

# ---- instructions beside lines ----

# filter LINE: a page of a policy with the line, its tenth
filter() {
	printf '%s\n' 'sbx 1' 'policy p {' '    targets linux' '    entry "/usr/bin/wc"' '    use std/base-system' \
	    '    allow read "/srv"' '' '' '' "    $1" '}' >filter.sbx
	sbxreport filter.sbx -o filter.html
}
row() { python3 "$top/tests/report/check.py" row filter.html x86_64 "$1"; }
is() { verdict "$1" "$([[ $3 == "$2" ]] || echo "it is: $3")"; }
filter 'allow read "/opt"'
is "control: a call that no line is about" "ret errno EPERM: no line allows it" "$(row ptrace)"
is "a call of the base" "ret allow: base: signals" "$(row alarm)"
filter 'deny syscall ptrace, alarm with kill'
is "a line that denies leads to its return" "ret kill the process: filter.sbx:10 deny syscall" "$(row ptrace)"
is "and leaves nothing to the base" "ret kill the process: filter.sbx:10 deny syscall" "$(row alarm)"
filter 'allow syscall ptrace where request == PTRACE_TRACEME because "a test"'
is "a condition leads to its argument" "ld arg0.low: filter.sbx:10 allow syscall" "$(row ptrace)"
verdict "every call is in the table" "$(python3 "$top/tests/report/check.py" calls code-eval.html x86_64 aarch64)"

# ---- many lines, and next to none ----

many() { # lines: a policy with so many of files, of variables and of expectations
	printf '%s\n' 'sbx 1' 'policy p {' '    targets linux' '    entry "/usr/bin/wc"' '    allow connect tcp "*:443"'
	for ((i = 0; i < $1; i++)); do
		printf '    allow read "/srv/d%d/f%d"\n    allow env "V%d"\n' $((i % 3)) "$i" "$i"
	done
	printf '    allow read "/etc"\n    deny read "/etc/x"\n    test "t" {\n'
	for ((i = 0; i < $1; i++)); do printf '        expect deny read "/opt/%d"\n' "$i"; done
	printf '    }\n}\n'
}
many 13 >few.sbx && many 300 >many.sbx
for name in few many; do
	sbxreport $name.sbx -o $name.html || fail "$name lines" "$(head -3 err)"
	verdict "$name lines: a page" "$(page $name.html)"
done
folded() { python3 "$top/tests/report/check.py" unfolded "$1"; }
verdict "of many lines at most 150 rows stand outside of a fold" "$([[ $(folded many.html) -le 150 ]] || folded many.html)"
verdict "control: of few none is folded" "$(grep -q '<summary>[^<]*<code>/srv' few.html && echo "some are")"
has "a fold says what it holds" '<summary><code>/srv/d0/f[0-9]*</code> to <code>/srv/d[01]/f[0-9]*</code> <span class="soft">[0-9]+ lines' many.html
has "and what of it is wide" '<summary>connect tcp <code>\*:443</code> <span class="soft">1 line </span><span class="mark">any host' many.html
has "a folder of the tree" '<summary><code>srv</code><span class="soft">300 below: read' many.html
sed -i 's/^    allow.*//; s/^ *\(deny\|expect\).*//; /test/,/^    }/d' few.sbx
sbxreport few.sbx -o few.html
has "no tests, in words" 'no caveats</span><span>no tests<' few.html
has "an empty environment has no table" 'It is empty: no name gets in' few.html
"$B/sbxc" -q few.sbx -o few
verdict "limits that no line says are those of the plan" "$(grep -q 'On linux without a line: open-files 1024, core 0B' few.html &&
    grep -qx 'rlimit nofile 1024' few/launch.conf && grep -qx 'rlimit core 0' few/launch.conf || echo "they differ")"
sed -i 's/^    entry.*/&\n    limit cpu 50%/' few.sbx
sbxreport few.sbx -o few.html && "$B/sbxc" -q few.sbx -o few
verdict "in a cgroup too" "$(grep -q 'open-files 1024, core 0B' few.html && grep -q 'line: pids 64, ' few.html && grep -qx 'pids.max 64' few/cgroup.conf || echo "they differ")"
sed -i 's/^    entry.*/&\n    default limits none\n    limit open-files 64/' few.sbx
sbxreport few.sbx -o few.html
verdict "none of them under \`default limits none\`" "$(grep 'without a line:' few.html)"

sbxreport "$new" --base "$old" -o again.html
verdict "the same bytes each time" "$(cmp change.html again.html 2>&1)"
sbxreport "$new" --base "$old" -o - >stdout.html
verdict "and on the standard output" "$(cmp change.html stdout.html 2>&1)"
cp "$new" "$old" . && sbxreport agent-new.sbx --base agent-old.sbx -o other.html
sed "s,$old,agent-old.sbx,g" change.html | cmp -s - other.html
verdict "wherever the policy lies" "$([[ $? -eq 0 ]] || echo "another folder gives other bytes")"
sbxreport "$top/tests/errors/E0301-no-policy.sbx" -o none.html
verdict "a refused policy has no page" "$([[ $? -eq 1 && ! -e none.html ]] || echo "it has one")"
sbxreport "$new" -o nowhere/x.html
verdict "a place that cannot be written is 2" "$([[ $? -eq 2 ]] || echo "it is not")"
sbxreport "$new"
verdict "no place is 2" "$([[ $? -eq 2 ]] || echo "it is not")"

if command -v tidy >/dev/null; then
	for p in "${pages[@]}"; do
		verdict "$p: tidy" "$(tidy -q -e "$p" 2>&1 | grep -v 'proprietary attribute' | head -5)"
	done
else
	skip "tidy" "it is not installed"
fi
verdict "contrast of at least 4.5 to 1" "$(python3 "$top/tests/report/check.py" contrast "$top/compiler/report.css" 2>&1)"

# ---- hostile text: a page with it is made of the same tags as one with plain text ----

# policy TEXT: in every place that takes text
policy() {
	cat <<P
sbx 1
param place: path at load about "$1"
policy p version "1.0.0" {
    about "$1"
    targets linux, macos
    entry "/usr/bin/wc"
    use std/base-system
    allow read "/srv/a$2" because "$1"
    allow read write "/srv/zw/$2" except "/srv/zw/$2/x"
    deny read "/srv/a$2/y" because "$1"
    set env A = "$1"
    isolate none
    prefer proc.no_exec, fs.read.deny, fs.write.deny-path because "$1"
    test "$1" {
        given place = "/tmp/$2"
        expect allow read "/srv/a$2/file"
        expect deny read "/srv/a$2/y" on macos
    }
}
P
}
policy "plain" "plain" >plain.sbx
sbxreport plain.sbx -o plain.html || fail "plain text" "$(head -5 err)"
verdict "control: a page with plain text" "$(page plain.html)"
n=0 bad=
while IFS= read -r text; do
	path=${text//[\/*?\[]/-}
	policy "$text" "$path" >hostile.sbx
	n=$((n + 1))
	sbxreport hostile.sbx -o "hostile-$n.html" || bad+="refused: $text ($(head -1 err)); "
done < <(
	printf '%s\n' '<script>alert(1)</script>' '</code><script>x</script>' "' onload='x" '&lt;b&gt; &#60;i&#62;' '<!-- x' ']]>' \
	    '</pre></td></tr></table>' '</title><h1>x' '</style><p>' 'javascript:x' '&quot;><b>' \
	    $'\u00e9\u4e2d\U0001f512' '<svg/onload=x>' '<?php' '-->' '<a href=//x.example>y</a>' '%3Cb%3E' '&' '<' '>' "'" '`x`' '$(x)' '{{x}}'
	python3 - <<'P'
import random
random.seed(5)
parts = ["<", ">", "</", "&", "'", "`", "=", " ", "script", "td", "tr", "table", "code", "!--", "-->", "x", ";", "#", "amp", "lt", "style", "é"]
for _ in range(10):
    print("x" + "".join(random.choice(parts) for _ in range(random.randint(1, 12))).strip() + "y")
P
)
bad+=$(python3 "$top/tests/report/check.py" same plain.html hostile-*.html 2>&1)
verdict "hostile text in every place ($n texts)" "$bad"
sbxreport hostile.sbx --base plain.sbx -o hostile-change.html
verdict "and in what changed" "$(page hostile-change.html; grep -q 'now allowed' hostile-change.html || echo "nothing changed")"
verdict "most of them were policies" "$([[ $n -ge 30 ]] || echo "only $n")"

# the check can fail
sed 's/<td/<td><b/' plain.html >broken.html
verdict "control: a broken page is seen" "$([[ -n $(page broken.html) ]] || echo "it is not")"
sed '0,/about">plain/s//about"><i>plain<\/i>/' plain.html >broken.html
verdict "control: other tags are seen" "$([[ -n $(python3 "$top/tests/report/check.py" same plain.html broken.html) ]] || echo "they are not")"

# ---- artifacts by themselves ----

policy=$top/policies/examples/code-eval.sbx
emit() { "$B/sbxc" --std "$top/policies/std" "$policy" "$@" 2>err; }
"$B/sbxc" -q --std "$top/policies/std" "$policy" -o plan || fail "a plan" "it is not made"
for name in landlock.conf cgroup.conf launch.conf seatbelt.sb seccomp-x86_64.bpf seccomp-aarch64.bpf; do
	emit --emit "${name%.*}" -o - >one
	verdict "--emit ${name%.*} is the plan's" "$(cmp one "plan/$name" 2>&1)"
done
emit --emit landlock >one
verdict "-o - may be left out" "$(cmp one plan/landlock.conf 2>&1)"
emit --emit seccomp,report -o some
verdict "several go into a folder" "$(cmp some/seccomp-x86_64.bpf plan/seccomp-x86_64.bpf && cmp some/report.html code-eval.html; ls some | tr '\n' ' ' |
    grep -v '^report.html seccomp-aarch64.bpf seccomp-x86_64.bpf $')"
refused() { # name, pattern, arguments
	local name=$1 pattern=$2 code
	shift 2
	emit "$@" >one
	code=$?
	verdict "$name" "$([[ $code -eq 2 && ! -s one ]] && grep -q -- "$pattern" err || { echo "exit $code:"; cat err; })"
}
refused "two artifacts are not one" 'one artifact at a time' --emit seccomp -o -
refused "a plan is not mixed with them" 'holds a plan' --emit landlock -o plan
refused "what the policy does not make" 'makes no artifact `egress`' --emit egress -o -
refused "an unknown artifact" '--emit takes' --emit landlock,lock -o -
refused "-o - without --emit" 'name it with --emit' -o -
verdict "the plan is whole" "$("$B/sbxc" verify -q plan 2>&1)"

# ---- a browser ----

browser() {
	timeout 60 chromium --headless --no-sandbox --disable-gpu --disable-background-networking --disable-component-update \
	    --disable-sync --no-first-run --user-data-dir="$tmp/profile" "$@" 2>/dev/null
}
if ! command -v chromium >/dev/null; then
	skip "layout" "chromium is not installed"
elif ! browser --dump-dom about:blank | grep -q '<html'; then
	skip "layout" "chromium does not start here"
else
	# a copy that may run a script, which says how wide the content is
	for p in change.html code-eval.html; do
		sed -e '/Content-Security-Policy/d' -e 's,</body>,<script>document.title=document.documentElement.scrollWidth+" "+innerWidth</script></body>,' \
		    "$p" >measured.html
		for width in 500 1280; do
			title=$(browser --window-size="$width,900" --dump-dom "file://$tmp/measured.html" | sed -n 's/.*<title>\(.*\)<\/title>.*/\1/p')
			read -r content window <<<"$title"
			verdict "$p: no wider than a window of $width" \
			    "$([[ -n $content && $content -le $window ]] || echo "content $content, window $window")"
		done
	done
	browser --print-to-pdf="$tmp/x.pdf" --no-pdf-header-footer "file://$tmp/code-eval.html" >/dev/null
	if command -v pdftotext >/dev/null; then
		verdict "what is folded is printed" "$(pdftotext x.pdf - | grep -q 'ret allow' || echo "it is not")"
	else
		skip "what is folded is printed" "pdftotext is not installed"
	fi
fi
exit $status
