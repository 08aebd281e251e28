# wrong use says what is wrong and whose help to read
sbxc chek examples
sbxc nothing-like-it
sbxc check
sbxc check --dny-warnings examples/code-eval.sbx
sbxc why examples/code-eval.sbx
sbxc diff examples/code-eval.sbx
sbxc report examples/code-eval.sbx
sbxc examples/code-eval.sbx
sbxc
# warnings are what check and compile are for; the others say them when the policy is refused
printf 'sbx 1\npolicy p {\n    targets linux\n    entry "/usr/bin/wc"\n    allow read "/etc/shadow"\n}\n' >$tmp/warns.sbx
sbxc check $tmp/warns.sbx
sbxc explain $tmp/warns.sbx | sed -n 1,5p
sbxc normalize $tmp/warns.sbx
sbxc report $tmp/warns.sbx -o $tmp/x.html
sbxc diff $tmp/warns.sbx $tmp/warns.sbx
# one form at a time
sbxc diff --md --json examples/code-eval.sbx examples/ripgrep.sbx
sbxc explain --json --md examples/code-eval.sbx
sbxc caps --md --json
sbxc caps --md --portable
