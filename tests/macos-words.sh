#!/bin/bash
# macos-words.sh - docs/macos.md: each statement there becomes on macOS what stands below it. Every word of the language's
# tables has a statement there, and a rule that is named is not in a profile without the statement.
set -u
top=$(unset CDPATH; cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
: "${B:=build}"
[[ $B = /* ]] || B=$top/$B
export LC_ALL=C
page=$top/docs/macos.md
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" || exit 2
status=0
verdict() { # NAME WHY
	if [[ $2 ]]; then
		printf 'FAIL macos-words %s: %s\n' "$1" "$2"
		status=1
	else
		printf 'PASS macos-words %s\n' "$1"
	fi
}

# A policy of these statements, " + " between them; compiled into $1, what is said in $1.said.
compile() { # DIR STATEMENTS PREFER...
	local dir=$1 lines=$2
	shift 2
	{
		[[ $lines != *' via '* ]] || echo 'proxy p = tcp "127.0.0.1:3128"'
		echo 'policy t {'
		echo '    targets macos'
		echo '    entry "/bin/t"'
		echo '    prefer proc.no_exec on macos because "x"'
		for guarantee; do echo "    prefer $guarantee on macos because \"x\""; done
		echo "    $lines"
		echo '}'
	} | sed '1i sbx 1' | sed 's/ + /\n    /g' >"$dir.sbx"
	rm -rf "$dir"
	"$B/sbxc" -q "$dir.sbx" -o "$dir" >"$dir.said" 2>&1
}

# The rules of a profile, each on one line; what the loader does.
rules() { sed 's/ *;.*//' "$1/seatbelt.sb" | tr '\n\t' '\001 ' | sed 's/\x01 */\x01/g; s/\x01\([^(]\)/ \1/g; s/\x01\((literal\|(subpath\|(require-\|(path-anc\)/ \1/g' | tr '\001' '\n'; }
loads() { grep -v '^sbx-launch-macos ' "$1/launch-macos.conf"; }
holds() { grep -qF -- "$1"; }

compile plain 'isolate none' || { verdict start "a policy of nothing does not compile"; exit 1; }

# Every guarantee that the compiler says it cannot keep.
lacking() { sed -n 's/^   = note: \([a-z_.]*\): .*/\1/p' "$1.said" | grep -F . | sort -u; }

as_said() { # STATEMENTS KIND TEXT: why not
	local said=$3 accepted=()
	case $2 in
	profile | loader | nothing)
		compile now "$1" || { mapfile -t accepted < <(lacking now) && compile now "$1" "${accepted[@]}"; } ||
		    { echo "it does not compile: $(grep -m1 ^error now.said)"; return; } ;;
	*)
		! compile now "$1" || { echo "it compiles"; return; } ;;
	esac
	case $2 in
	profile)
		rules now | holds "$said" || echo "no rule $said"
		! rules plain | holds "$said" || echo "the rule is there without it" ;;
	loader)
		loads now | holds "$said" || echo "no line $said"
		! loads plain | holds "$said" || echo "the line is there without it" ;;
	nothing)
		[[ $(rules now) = "$(rules plain)" ]] || echo "the rules are others" ;;
	partial | absent)
		grep -q '^error\[E0401\]' now.said || echo "no E0401"
		holds "note: ${said%%: *}: " <now.said || echo "${said%%: *} is not what is missing"
		holds "note: ${said#*: }" <now.said || echo "another reason"
		mapfile -t accepted < <(lacking now)
		compile now "$1" "${accepted[@]}" || echo "not even when it is accepted" ;;
	refused)
		holds "$said" <now.said || echo "another reason: $(grep -m1 ^error now.said)" ;;
	*)
		echo "no such outcome" ;;
	esac
}

statement=
while IFS= read -r line; do
	case $line in
	'        '*)
		line=${line#        }
		text=${line#"${line%% *}"}
		verdict "$statement: $line" "$(as_said "$statement" "${line%% *}" "${text# }" | tr '\n' ' ')" ;;
	'    '*)
		statement=${line#    } ;;
	esac
done <"$page"

# The checks can fail.
for wrong in 'profile (allow file-read-data (subpath "/b"))' 'profile (allow sysctl-read)' 'loader wall 9' 'nothing' 'partial fs.read.scope: x' \
    'refused x'; do
	text=${wrong#"${wrong%% *}"}
	[[ $(as_said 'allow read "/a"' "${wrong%% *}" "${text# }") ]] || verdict "self-test $wrong" "it was not noticed"
done
verdict self-test ''

# ---- every word of the tables ----

words() {
	local def=$top/compiler
	sed -n 's/^OP_WORD("\([^"]*\)".*/allow.* \1 /p' "$def/op_word.def"
	sed -n 's/^OP([A-Z_]*, "\([^"]*\)", RULE_\(NET\|ENV\|SYSCALL\|SIGNAL\)).*/allow \1/p' "$def/op.def"
	sed -n 's/^MACOS_WORD([A-Z_]*, "\([^"]*\)", "\([^"]*\)".*/allow \1 \2/p' "$def/macos_word.def" | sed 's/ $//'
	sed -n 's/^LIMIT([A-Z_]*, "\([^"]*\)".*/limit \1 /p' "$def/limit.def"
	sed -n 's/^ISOLATE([A-Z_]*, "\([^"]*\)".*/isolate \1/p' "$def/isolate.def"
	sed -n 's/^SETTING("\([^"]*\)".*/\1/p' "$def/setting.def"
	sed -n 's/^CHOICE([A-Z_]*, "\([^"]*\)", [A-Z]*, \(.*\))$/\1 \2/p' "$def/choice.def" |
	    while read -r setting values; do tr -d '",' <<<"$values" | xargs -n 1 echo "$setting"; done
	printf '%s\n' 'deny ' 'final ' 'never ' 'set env' ' except ' ' matching .* under ' ' via ' ' if-exists' ' make-dir' ' nofollow'
}
words >words
while IFS= read -r word; do
	why=
	sed -n 's/^    \([^ ]\)/ \1/p' "$page" | grep -Eq -- "${word}" || why="docs/macos.md does not say what it becomes"
	verdict "word '$word'" "$why"
done <words
[[ $(wc -l <words) -ge 80 ]] || verdict "words" "only $(wc -l <words) words were found"
exit $status
