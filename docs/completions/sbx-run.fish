# sbx-run.fish - completion of sbx-run for fish: options, the plan, then the program and its own arguments.
function __sbx_run_words
    # what stands after the options and their values
    set -l value 0
    for word in (commandline -opc)[2..-1]
        if test $value = 1
            set value 0
        else if contains -- $word --set --file --digest --report --status-fd
            set value 1
        else if not string match -q -- '-*' $word
            echo $word
        end
    end
end
function __sbx_run_no_plan
    test (count (__sbx_run_words)) = 0
end
complete -c sbx-run -f
complete -c sbx-run -n __sbx_run_no_plan -l set -x -d 'value of a load-time parameter of the policy'
complete -c sbx-run -n __sbx_run_no_plan -l file -x -d 'a copy of PATH, as NAME in a scratch folder of the plan'
complete -c sbx-run -n __sbx_run_no_plan -l digest -x -d 'run only the plan whose SHA256SUMS has this hash'
complete -c sbx-run -n __sbx_run_no_plan -l report -r -F -d 'write how it ended to FILE, as JSON'
complete -c sbx-run -n __sbx_run_no_plan -l status-fd -x -d 'the same to descriptor N'
complete -c sbx-run -n __sbx_run_no_plan -l watch -d 'say what it uses, once a second, on stderr'
complete -c sbx-run -n __sbx_run_no_plan -l dry-run -d 'prove the plan on this host, say what would be done'
complete -c sbx-run -n __sbx_run_no_plan -l help -d 'its options'
complete -c sbx-run -n __sbx_run_no_plan -l version -d 'the version'
complete -c sbx-run -n __sbx_run_no_plan -a '(__fish_complete_directories)'
complete -c sbx-run -n 'not __sbx_run_no_plan' -a '(__fish_complete_subcommand --fcs-skip=2)'
complete -c sbx-run -n 'not __sbx_run_no_plan' -F
