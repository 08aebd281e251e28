#!/bin/sh
# docs.sh - the manual says what the tables say. Between `.\" table: FILE` and `.\" end` a page lists the words of FILE
# with their sentences, no more and no less; every option of --help stands in the page of its tool and in its
# completions; the README installs what CI does; policies shown compile; mandoc finds no fault. Then checks itself on a
# page with a word missing and one with a sentence changed.
set -u
cd "$(dirname "$0")/.." || exit 2
: "${B:=build}"
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
status=0

# rows FILE MACRO WORD HELP: "word<TAB>sentence" of each MACRO(...) in FILE; WORD and HELP count the string literals of
# a row from 1, HELP 0 means that the table has no sentences. Blocks of comment do not count.
rows() {
	awk -v macro="$2" -v word="$3" -v help="$4" '
	/^\/\*/ { comment = 1 }
	comment { if (/\*\//) comment = 0; next }
	index($0, macro "(") == 1 { row = 1; n = 0; text[word] = text[help] = "" }
	row {
		rest = $0
		while (match(rest, /"([^"\\]|\\.)*"/)) {
			text[++n] = substr(rest, RSTART + 1, RLENGTH - 2)
			rest = substr(rest, RSTART + RLENGTH)
		}
		if (n >= word && n >= help) {
			gsub(/\\"/, "\"", text[help]); gsub(/\\\\/, "\\", text[help])
			printf "%s\t%s\n", text[word], help ? text[help] : ""
			row = 0
		}
	}' "$1"
}

# listed PAGE TABLE HELP: the same of a page; the sentence is the first line after the word, without a full stop.
listed() {
	awk -v table="$2" -v help="$3" '
	$1 == ".\\\"" && $2 == "table:" { on = $3 == table; next }
	$1 == ".\\\"" && $2 == "end" { on = 0 }
	!on { next }
	$1 == ".It" && $2 == "Cm" { word = $3; if (!help) printf "%s\t\n", word; next }
	word != "" && help { gsub(/\\e/, "\\"); sub(/\.$/, ""); printf "%s\t%s\n", word, $0; word = "" }' "$1"
}

# same PAGE FILE MACRO WORD HELP: 0 when page and table agree; prints what differs otherwise
same() {
	rows "$2" "$3" "$4" "$5" | sort >"$tmp/table"
	listed "$1" "$(basename "$2")" "$5" | sort >"$tmp/page"
	[ -s "$tmp/table" ] && diff -u "$tmp/table" "$tmp/page"
}

check_table() {
	if same "$@"; then
		echo "PASS docs $1 lists $2 ($(wc -l <"$tmp/table") words)"
	else
		echo "FAIL docs $1 does not say what $2 says"
		status=1
	fi
}

check_table docs/sbx.5 compiler/target.def TARGET 1 0
check_table docs/sbx.5 compiler/arch.def ARCH 1 0
check_table docs/sbx.5 compiler/op_word.def OP_WORD 1 0
check_table docs/sbx.5 compiler/macos_word.def MACOS_FAMILY 1 2
check_table docs/sbx.5 compiler/groups.def GROUP 1 2
check_table docs/sbx.5 compiler/limit.def LIMIT 1 2
check_table docs/sbx.5 compiler/cap.def CAP 1 2
check_table docs/sbx.5 compiler/type.def TYPE 1 0
check_table docs/sbx.5 compiler/setting.def SETTING 1 2
check_table docs/sbx.5 compiler/isolate.def ISOLATE 1 0
check_table docs/sbxc.1 compiler/diag.def DIAG 1 3
check_table docs/sbx-run.1 runtime/errors.def ERR 1 3

# The table of docs/assurance.md names a test and a text for each thing that breaks: the text is in the test.
faults_shown() { # PAGE
	awk '/^## /{ on = /^## What breaks/ } on && /^\| / && !/^\| what / ' "$1" >"$tmp/rows"
	[ "$(wc -l <"$tmp/rows")" -ge 15 ] || { echo "$1: the table is gone"; return 1; }
	grep -v '`tests/[^`]*`: \*[^*]*\*' "$tmp/rows" && return 1
	grep -o '`tests/[^`]*`: \*[^*]*\*' "$tmp/rows" | tr -d '`*' | while IFS= read -r line; do
		file=${line%%: *}
		tr '\n' ' ' <"$file" 2>/dev/null | sed 's/ # / /g' | grep -qF -- "${line#*: }" || echo "$file does not say: ${line#*: }"
	done >"$tmp/missing"
	cat "$tmp/missing"
	[ ! -s "$tmp/missing" ]
}
if faults_shown docs/assurance.md; then
	echo "PASS docs assurance.md names a test for each fault ($(wc -l <"$tmp/rows") rows)"
else
	echo "FAIL docs assurance.md: a fault without its test"
	status=1
fi
sed 's/nothing survives the supervisor/everything survives/' docs/assurance.md >"$tmp/wrong.md"
if faults_shown "$tmp/wrong.md" >/dev/null; then
	echo "FAIL docs: a fault whose test says something else is not noticed"
	status=1
else
	echo "PASS docs: a fault whose test says something else is noticed"
fi

# What reads files, links, folders or messages stands in the table of docs/assurance.md, and so does every fuzz target; what is named is there.
readers_shown() { # PAGE
	awk '/^## /{ on = /^## What is read/ } on && /^\| / && !/^\| what \| /' "$1" >"$tmp/rows"
	{
		grep -lE '(^|[^a-z_.>])(p?read|recv|recvmsg|readlink|readlinkat|fgetpwent)\(|SYS_getdents64' \
		    compiler/*.c backends/*/*.c grammar/*.c runtime/*.c runtime/macos/*.c
		ls tests/fuzz/*.c | sed -n '/replay/!s|.*/\(.*\)\.c|\1|p'
	} | while IFS= read -r name; do
		grep -qF "\`$name\`" "$tmp/rows" || echo "$1: no row names $name"
	done >"$tmp/missing"
	grep -o '`[^`]*`' "$tmp/rows" | tr -d '`' | while IFS= read -r name; do
		[ -e "$name" ] || [ -e "tests/fuzz/$name.c" ] || [ "$name" = std/ ] || echo "$1: there is no $name"
	done >>"$tmp/missing"
	cat "$tmp/missing"
	[ ! -s "$tmp/missing" ]
}
if readers_shown docs/assurance.md; then
	echo "PASS docs assurance.md names every reader and every fuzz target ($(wc -l <"$tmp/rows") rows)"
else
	echo "FAIL docs assurance.md: a reader or a fuzz target without its row"
	status=1
fi
for word in runtime/elf.c manifest; do
	sed "s|\`$word\`|no|" docs/assurance.md >"$tmp/wrong.md"
	if readers_shown "$tmp/wrong.md" >/dev/null; then
		echo "FAIL docs: that no row names $word is not noticed"
		status=1
	else
		echo "PASS docs: that no row names $word is noticed"
	fi
done

# Built-in variables, keywords and right words live in C tables: it is enough that the page knows them.
for word in $(sed -n 's/^KW([A-Z]*, "\([a-z]*\)").*/\1/p' grammar/keywords.def) CWD EXE HOME RUNTIME_DIR TMPDIR UID; do
	if grep -qw -- "$word" docs/sbx.5; then
		echo "PASS docs sbx.5 knows $word"
	else
		echo "FAIL docs sbx.5: the word $word is missing"
		status=1
	fi
done
for word in $(sed -n 's/^	RIGHT([A-Z_]*, "\([a-z_]*\)".*/\1/p; s/^	RLIMIT("\([a-z]*\)".*/\1/p' runtime/plan.h); do
	if grep -qw -- "$word" docs/plan.md; then
		echo "PASS docs plan.md knows $word"
	else
		echo "FAIL docs plan.md: the word $word is missing"
		status=1
	fi
done

# The fuzzer finds what it knows the words of.
for word in $(sed -n 's/^KW([A-Z_]*, "\([a-z]*\)".*/\1/p' grammar/keywords.def) \
    $(sed -n 's/^\(OP_WORD\|MACOS_FAMILY\)("\([a-z]*\)".*/\2/p; s/^\(CAP\|LIMIT\|TYPE\|SETTING\|ISOLATE\|TARGET\)([A-Z_]*, "\([a-z.-]*\)".*/\2/p' compiler/*.def); do
	grep -q "\"$word[ \"]" tests/fuzz/sbx.dict || { echo "FAIL docs tests/fuzz/sbx.dict: the word $word is missing"; status=1; }
done
echo "PASS docs tests/fuzz/sbx.dict was compared with the tables of words"

# The commands of sbxc, one a line.
commands() {
	sed -n 's/^COMMAND(\([a-z]*\),.*/\1/p' compiler/commands.def
}

# options TOOL: what its --help names, and that of each command, one a line
options() {
	{
		"$B/$1" --help
		[ "$1" != sbxc ] || for command in $(commands); do "$B/sbxc" "$command" --help; done
	} | grep -oE '(^|[[:space:],])--?[A-Za-z][a-z-]*' | tr -d ' \t,' | sort -u
}

# Does the text fit a terminal as it was delivered: 80 columns, 24 lines?
fits() { [ "$(wc -l <"$1")" -le 24 ] && ! grep -q '.\{81\}' "$1"; }
for words in "sbx-run" "sbxc" $(commands | sed 's/^/sbxc:/'); do
	tool=${words%%:*}
	command=${words#"$tool"}
	"$B/$tool" ${command#:} --help >"$tmp/help"
	if [ -s "$tmp/help" ] && fits "$tmp/help"; then
		echo "PASS docs $tool ${command#:} --help fits a screen"
	else
		echo "FAIL docs $tool ${command#:} --help does not fit a screen"
		status=1
	fi
done
{ seq 25; } >"$tmp/help"
fits "$tmp/help" && { echo "FAIL docs self-test: 25 lines fit"; status=1; }
printf '%81s\n' x >"$tmp/help"
fits "$tmp/help" && { echo "FAIL docs self-test: 81 columns fit"; status=1; }

for command in $(commands); do
	if [ "$command" != compile ] && ! grep -q "^\.Cm $command$" docs/sbxc.1; then
		echo "FAIL docs sbxc.1: the command $command is missing"
		status=1
	elif [ "$command" != compile ] && ! grep -q "^\.Nm Cm $command$" docs/sbxc.1; then
		echo "FAIL docs sbxc.1: nothing says what the command $command does"
		status=1
	else
		echo "PASS docs sbxc $command"
	fi
done

for tool in sbxc sbx-run; do
	options "$tool" >"$tmp/options"
	[ -s "$tmp/options" ] || { echo "FAIL docs $tool --help names no option"; status=1; }
	while read -r option; do
		if ! grep -q -- "^\.It Fl ${option#-}\( \|$\)" "docs/$tool.1"; then
			echo "FAIL docs $tool.1: the option $option is missing"
			status=1
		elif [ "$tool" = sbx-run ] && [ "$(grep -lw -e "${option#--}" docs/completions/$tool.* | wc -l)" -ne 3 ]; then
			echo "FAIL docs completions/$tool.*: the option $option is not in all three"
			status=1
		else
			echo "PASS docs $tool $option"
		fi
	done <"$tmp/options"
done

# The completions of sbxc are generated from its help: each names all commands and options, and the shell reads it.
for shell in bash zsh fish; do
	docs/completions/generate.sh $shell "$B/sbxc" >"$tmp/completion" 2>"$tmp/complaint"
	missing=$(for word in $(commands) $(options sbxc | sed -n 's/^--//p'); do
		grep -qw -e "$word" "$tmp/completion" || echo "$word"
	done)
	if [ -s "$tmp/complaint" ] || [ -n "$missing" ]; then
		echo "FAIL docs completion for $shell:" $missing "$(cat "$tmp/complaint")"
		status=1
	else
		echo "PASS docs completion for $shell names all"
	fi
	if ! command -v $shell >/dev/null; then
		echo "SKIP docs completion for $shell: it is not installed"
	elif $shell -n "$tmp/completion"; then
		echo "PASS docs completion for $shell can be read by it"
	else
		echo "FAIL docs completion for $shell cannot be read by it"
		status=1
	fi
done
# What bash offers after words; the last is the one that is typed.
offers() {
	docs/completions/generate.sh bash "$B/sbxc" >"$tmp/completion"
	bash -c '. "$0"; compopt() { :; }; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _sbxc; echo "${COMPREPLY[@]}"' "$tmp/completion" "$@"
}
if [ "$(offers sbxc why --on m)" = macos ] && [ "$(offers sbxc why --exi)" = --exit-code ] && [ "$(offers sbxc veri)" = verify ] &&
    [ -z "$(offers sbxc verify --exi)" ]; then
	echo "PASS docs completion offers what fits"
else
	echo "FAIL docs completion: $(offers sbxc why --on m), $(offers sbxc why --exi), $(offers sbxc veri), $(offers sbxc verify --exi)"
	status=1
fi

for page in docs/*.[135]; do
	if ! command -v mandoc >/dev/null; then
		echo "SKIP docs lint of $page: mandoc is not installed"
	elif mandoc -Tlint -Wwarning "$page"; then
		echo "PASS docs lint of $page"
	else
		echo "FAIL docs lint of $page: see above"
		status=1
	fi
done

# The page of the loader: each row of its tables names a file of runtime/ and words of tests, which are there.
rows_of() { # PAGE: FILE<TAB>TEST<TAB>WORDS of each quoted text, a control's test being that of its row unless it names one
	awk -F' *[|] *' '/^[|]/ && !/^[|]---/ && $3 != "by" {
		file = $3; gsub(/`/, "", file)
		for (i = 4; i <= 5; i++) {
			test = i == 4 ? "" : test
			if (match($i, /^`[^`]*` /)) { test = substr($i, 2, RLENGTH - 3); $i = substr($i, RLENGTH + 1) }
			words = $i; sub(/^"/, "", words); sub(/"$/, "", words)
			printf "%s\t%s\t%s\n", file, test, words
		}
	}' "$1"
}
untrue() { # PAGE: rows that name what is not there
	rows_of "$1" | while IFS='	' read -r file test words; do
		[ -e "runtime/$file" ] || echo "no file runtime/$file"
		if [ -z "$words" ] || [ ! -f "tests/$test" ]; then
			echo "no test $test: $words"
		elif ! grep -qF -e "$words" "tests/$test"; then
			echo "tests/$test does not say: $words"
		fi
	done
}
wrong=$(untrue docs/loader.md)
n=$(rows_of docs/loader.md | wc -l)
if [ -z "$wrong" ] && [ "$n" -gt 100 ]; then
	echo "PASS docs loader.md: $n tests and controls are there"
else
	printf '%s\n' "$wrong"
	echo "FAIL docs loader.md names what is not there ($n tests and controls)"
	status=1
fi
sed 's/^| loopback up | `namespaces.c`/| loopback up | `names.c`/; s/"its loopback is up"/"its loopback is down"/' docs/loader.md >"$tmp/loader.md"
if [ "$(untrue "$tmp/loader.md" | wc -l)" = 3 ]; then # the file once for each of its two tests
	echo "PASS docs self-test loader.md"
else
	echo "FAIL docs self-test: a test that is not there was not noticed"
	status=1
fi

# The page of capabilities is what sbxc says of itself.
"$B/sbxc" caps --md >"$tmp/capabilities.md"
if diff -u docs/capabilities.md "$tmp/capabilities.md"; then
	echo "PASS docs capabilities.md is what \`sbxc caps --md\` prints"
else
	echo "FAIL docs capabilities.md is not what \`sbxc caps --md\` prints (make bless writes it)"
	status=1
fi

# The README installs what .ci/run does.
for package in $(sed -n '/^packages=(/,/^)/{s/#.*//;/[()]/d;p;}' .ci/run); do
	if grep -A2 'apt-get install' README.md | grep -qw -e "$package"; then
		echo "PASS docs README.md installs $package"
	else
		echo "FAIL docs README.md does not install $package, which .ci/run does"
		status=1
	fi
done

# What a page shows as a policy must compile.
for page in docs/sbx.5 README.md; do
	awk '/^sbx 1$/ { on = 1 } on && (/^\.Ed/ || /^```/) { exit } on { gsub(/\\e/, "\\"); print }' "$page" >"$tmp/p.sbx"
	if out=$("$B/sbxc" check "$tmp/p.sbx" 2>&1); then
		echo "PASS docs the policy of $page compiles"
	else
		printf '%s\n' "$out"
		echo "FAIL docs the policy of $page does not compile"
		status=1
	fi
done

# So must what a page shows of one. Lines that drop something need a base that has it.
blocks=$(awk -v dir="$tmp" '
	/^\.Ed/ { on = 0 }
	on { gsub(/\\e/, "\\"); gsub(/\\&/, ""); print >(dir "/block" n) }
	/^\.Bd -literal/ { on = 1; n++ }
	END { print n }' docs/sbx.5)
for n in $(seq 1 "$blocks"); do
	block=$tmp/block$n
	grep -q '^sbx 1$' "$block" && continue # tried above
	{
		printf 'sbx 1\npolicy base {\n    targets linux\n    entry "/usr/bin/true"\n    isolate none\n'
		sed -n 's/^drop //p' "$block" | sed 's/ *because.*//; s/^limit memory$/& 1GiB/; s/^prefer.*/& because "a base"/'
		printf '}\n'
	} >"$tmp/base.sbx"
	{
		printf 'sbx 1\nimport "base.sbx"\npolicy page extends base {\n    targets linux\n'
		cat "$block"
		printf '}\n'
	} >"$tmp/p.sbx"
	if out=$("$B/sbxc" check "$tmp/p.sbx" 2>&1); then
		echo "PASS docs example $n of docs/sbx.5 compiles"
	else
		printf '%s\n' "$out"
		echo "FAIL docs example $n of docs/sbx.5 does not compile"
		status=1
	fi
done

# The checks themselves must be able to fail.
mkdir "$tmp/docs"
sed '/^\.It Cm net\.udp$/,/^\.It/{/net\.udp/d;}' docs/sbx.5 >"$tmp/docs/word.5"
sed 's/^nothing may be written/nothing may be red/' docs/sbx.5 >"$tmp/docs/sentence.5"
for case in word sentence; do
	if same "$tmp/docs/$case.5" compiler/cap.def CAP 1 2 >/dev/null; then
		echo "FAIL docs self-test: a wrong $case was not noticed"
		status=1
	else
		echo "PASS docs self-test $case"
	fi
done
exit $status
