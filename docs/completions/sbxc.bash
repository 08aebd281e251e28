# sbxc.bash - completion of sbxc for bash.
_sbxc()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
	COMPREPLY=()
	# bash takes `=` for a word of its own
	if [[ $cur == = ]]; then
		cur=
	elif [[ $prev == = ]]; then
		prev=${COMP_WORDS[COMP_CWORD-2]}
	fi
	case $prev in
	-o | --std) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$cur"); return ;;
	--depfile) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
	-O) mapfile -t COMPREPLY < <(compgen -W "even size cached profile" -- "$cur"); return ;;
	profile) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
	--emit) mapfile -t COMPREPLY < <(compgen -W "ast ir" -- "$cur"); return ;;
	--format) mapfile -t COMPREPLY < <(compgen -W "text gcc json sarif github" -- "$cur"); return ;;
	--on) mapfile -t COMPREPLY < <(compgen -W "linux macos" -- "$cur"); return ;;
	--set | --given) return ;;
	esac
	if [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "-o -O -q --set --std --depfile --emit --format --seccomp --on --given --exit-code --json --explain --help --version" -- "$cur")
		return
	fi
	compopt -o filenames
	mapfile -t COMPREPLY < <(compgen -d -- "$cur"; compgen -f -X '!*.sbx' -- "$cur")
	[[ $COMP_CWORD -eq 1 ]] && mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -W "compile check verify why explain" -- "$cur")
}
complete -F _sbxc sbxc
