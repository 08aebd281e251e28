#compdef sbx-run
# sbx-run.zsh - completion of sbx-run for zsh: options, the plan, then the program and its own arguments.
local state
local -a line
_arguments -S \
	'*--set[value of a load-time parameter of the policy]:NAME=VALUE: ' \
	'*--file[a copy of PATH, as NAME in a scratch folder of the plan]:NAME=PATH: ' \
	'--digest[run only the plan whose SHA256SUMS has this hash]:sha256\:HEX: ' \
	'--report[write how it ended to FILE, as JSON]:file:_files' \
	'--status-fd[the same to descriptor N]:descriptor: ' \
	'--watch[say what it uses, once a second, on stderr]' \
	'--dry-run[prove the plan on this host, say what would be done]' \
	'(- *)--help[its options]' \
	'(- *)--version[the version]' \
	'1:plan:_directories' \
	'*::program:->program'
if [[ $state == program ]]; then
	shift words; ((CURRENT--)) # the plan
	[[ $words[1] == -- ]] && ((CURRENT > 1)) && { shift words; ((CURRENT--)) }
	if ((CURRENT == 1)); then _command_names -e; else _normal; fi
fi
