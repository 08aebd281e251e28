# sbx-run.bash - completion of sbx-run for bash: options, the plan, then the program and its own arguments.
_sbx_run()
{
	local cur=${COMP_WORDS[COMP_CWORD]} i word plan= program=
	COMPREPLY=()
	for ((i = 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if [[ -n $plan ]]; then
			[[ $word == -- ]] || program=$i
			[[ -n $program ]] && break
		elif [[ $word == --set || $word == --file || $word == --digest || $word == --report || $word == --status-fd ]]; then
			# the value; bash takes `=` and `:` for words of their own
			((i++))
			while [[ ${COMP_WORDS[i+1]} == [=:] ]]; do ((i += 2)); done
		elif [[ $word != -* ]]; then
			plan=$word
		fi
	done
	if [[ -n $program ]]; then
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
	elif [[ -n $plan ]]; then
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -c -- "$cur")
	elif [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "--set --file --digest --report --status-fd --watch --dry-run --help --version --" -- "$cur")
	else
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
	fi
}
complete -F _sbx_run sbx-run
