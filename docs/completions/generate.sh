#!/bin/sh
# generate.sh SHELL SBXC - the completion of sbxc for bash, zsh or fish, from the program's own help: commands, options,
# and of their values those that are words (`linux|macos`), directories (DIR) or files (FILE). The commands stand in
# compiler/commands.def. A new command or option needs nothing here.
set -u
here=$(dirname "$0")
shell=$1 sbxc=$2
export LC_ALL=C

# COMMAND<tab>OPTION<tab>VALUE<tab>the help; the value is empty for a switch
options() {
	sed -n 's/^COMMAND(\([a-z]*\),.*/\1/p' "$here/../../compiler/commands.def" | while read -r command; do
		"$sbxc" "$command" --help | awk -v command="$command" '
		function done() { if (option != "") printf "%s\t%s\t%s\t%s\n", command, option, value, help; option = "" }
		/^  -/ {
			done()
			option = $1
			head = substr($0, 3, 18) # the help begins at the 20th column, or on the next line
			if (length($0) <= 20 || substr($0, 20, 1) != " ") { head = substr($0, 3); help = "" }
			else help = substr($0, 21)
			value = head
			sub(/^[^ ]+ */, "", value)
			sub(/ +$/, "", value)
			next
		}
		option != "" && substr($0, 1, 20) ~ /^ +$/ { help = help (help == "" ? "" : " ") substr($0, 21) }
		END { done() }'
	done
}
# COMMAND<tab>what it does
commands() {
	sed -n 's/^COMMAND(\([a-z]*\), "[^"]*", "\(.*\)").*/\1\t\2/p' "$here/../../compiler/commands.def"
}
# The kinds of `new`, on one line.
kinds() {
	"$sbxc" new | sed -n 's/^  \([a-z][a-z]*\)  .*/\1/p' | tr '\n' ' '
}

case $shell in
bash)
	echo '# Completion of sbxc for bash; generated.'
	echo '_sbxc()'
	echo '{'
	echo '	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command=compile options'
	echo '	COMPREPLY=()'
	echo '	# bash takes `=` for a word of its own'
	echo '	if [[ $cur == = ]]; then cur=; elif [[ $prev == = ]]; then prev=${COMP_WORDS[COMP_CWORD-2]}; fi'
	printf '	case ${COMP_WORDS[1]} in'
	commands | awk -F'\t' '{ printf("%s%s", (NR > 1 ? " | " : " "), $1) }'
	echo ') ((COMP_CWORD > 1)) && command=${COMP_WORDS[1]} ;; esac'
	echo '	case $command:$prev in'
	options | awk -F'\t' '
	$3 ~ /^[a-z0-9-]+(\|[a-z0-9-]+)+$/ { gsub(/\|/, " ", $3); printf "\t%s:%s) mapfile -t COMPREPLY < <(compgen -W \"%s\" -- \"$cur\"); return ;;\n", $1, $2, $3; next }
	$3 == "DIR" { printf "\t%s:%s) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- \"$cur\"); return ;;\n", $1, $2; next }
	$3 == "FILE" { printf "\t%s:%s) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- \"$cur\"); return ;;\n", $1, $2; next }
	$3 != "" { printf "\t%s:%s) return ;;\n", $1, $2 }'
	echo '	esac'
	echo '	case $command in'
	options | awk -F'\t' '
	$1 != last { if (last != "") print "\" ;;"; printf "\t%s) options=\"", $1; last = $1; sep = "" }
	{ printf "%s%s", sep, $2; sep = " " }
	END { print "\" ;;" }'
	echo '	esac'
	echo '	if [[ $cur == -* ]]; then'
	echo '		((COMP_CWORD == 1)) && options="$options --version --explain"'
	echo '		mapfile -t COMPREPLY < <(compgen -W "$options --help" -- "$cur")'
	echo '		return'
	echo '	fi'
	printf '	[[ $command == new ]] && { ((COMP_CWORD == 2)) && mapfile -t COMPREPLY < <(compgen -W "%s" -- "$cur"); return; }\n' "$(kinds)"
	echo '	compopt -o filenames'
	echo "	mapfile -t COMPREPLY < <(compgen -d -- \"\$cur\"; compgen -f -X '!*.sbx' -- \"\$cur\")"
	printf '	((COMP_CWORD == 1)) && mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -W "'
	commands | awk -F'\t' '{ printf("%s%s", (NR > 1 ? " " : ""), $1) }'
	echo '" -- "$cur")'
	echo '	return 0'
	echo '}'
	echo 'complete -F _sbxc sbxc'
	;;
zsh)
	echo '#compdef sbxc'
	echo '# Completion of sbxc for zsh; generated.'
	echo '_sbxc()'
	echo '{'
	echo '	local command=compile'
	echo '	local -a commands=('
	commands | awk -F'\t' '{ gsub(/'"'"'/, "", $2); gsub(/`/, "", $2); gsub(/:/, "\\:", $2); printf "\t\t'"'"'%s:%s'"'"'\n", $1, $2 }'
	echo '	)'
	printf '	case $words[2] in ('
	commands | awk -F'\t' '{ printf("%s%s", (NR > 1 ? "|" : ""), $1) }'
	echo ') ((CURRENT > 2)) && command=$words[2] ;; esac'
	echo '	local -a options=("--help[its options]")'
	echo '	((CURRENT == 2)) && options+=("--version[the version]" "--explain[the page of a code]:code: ")'
	echo '	case $command in'
	options | awk -F'\t' '
	function text(s) { gsub(/[`"$\\]/, "", s); gsub(/\[/, "(", s); gsub(/\]/, ")", s); gsub(/:/, ",", s); return s }
	$1 != last { if (last != "") print ") ;;"; printf "\t(%s) options+=(", $1; last = $1 }
	{
		what = $3 == "DIR" ? ":directory:_directories" : $3 == "FILE" ? ":file:_files" : ""
		if ($3 ~ /^[a-z0-9-]+(\|[a-z0-9-]+)+$/) { gsub(/\|/, " ", $3); what = ":value:(" $3 ")" }
		else if (what == "" && $3 != "") what = ":" text($3) ": "
		printf "\n\t\t\"*%s[%s]%s\"", $2, text($4), what
	}
	END { print ") ;;" }'
	echo '	esac'
	echo '	((CURRENT == 2)) && _describe command commands'
	printf '	[[ $command == new ]] && { _arguments -S $options "2:kind:(%s)" "3:name: "; return }\n' "$(kinds)"
	echo '	_arguments -S $options "*:file:_files -g \"*.sbx(-.) *(-/)\""'
	echo '}'
	echo '_sbxc "$@"'
	;;
fish)
	echo '# Completion of sbxc for fish; generated.'
	echo 'complete -c sbxc -f'
	echo "complete -c sbxc -a '(__fish_complete_suffix .sbx)'"
	commands | awk -F'\t' '{ gsub(/'"'"'/, "", $2); printf "complete -c sbxc -n __fish_use_subcommand -a %s -d '"'"'%s'"'"'\n", $1, $2 }'
	echo "complete -c sbxc -n '__fish_seen_subcommand_from new' -a '$(kinds)'"
	echo "complete -c sbxc -l help -d 'its options'"
	echo "complete -c sbxc -n __fish_use_subcommand -l version -d 'the version'"
	echo "complete -c sbxc -n __fish_use_subcommand -l explain -x -d 'the page of a code'"
	options | awk -F'\t' '
	{
		gsub(/'"'"'/, "", $4)
		when = $1 == "compile" ? "__fish_use_subcommand; or __fish_seen_subcommand_from compile" : "__fish_seen_subcommand_from " $1
		name = $2 ~ /^--/ ? "-l " substr($2, 3) : "-s " substr($2, 2)
		value = ""
		if ($3 ~ /^[a-z0-9-]+(\|[a-z0-9-]+)+$/) { gsub(/\|/, " ", $3); value = " -x -a '"'"'" $3 "'"'"'" }
		else if ($3 == "DIR") value = " -x -a '"'"'(__fish_complete_directories)'"'"'"
		else if ($3 == "FILE") value = " -r -F"
		else if ($3 != "") value = " -x"
		printf "complete -c sbxc -n '"'"'%s'"'"' %s%s -d '"'"'%s'"'"'\n", when, name, value, $4
	}'
	;;
*)
	echo "generate.sh: bash, zsh or fish" >&2
	exit 2
	;;
esac
