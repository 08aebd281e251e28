# what a policy takes from its base is said with its reason
sbxc explain ../tests/golden/extends-child.sbx | sed '/^GUARANTEES/,$d'
sbxc normalize ../tests/golden/extends-child.sbx
sbxc why ../tests/golden/extends-child.sbx --given logs=/l write /l/x
# and the plan says it without the policy
sbxc ../tests/golden/extends-child.sbx -q -o $tmp/plan
sed -n '/^bases:/,/^guarantees:/p' $tmp/plan/plan.yaml
sbxc explain $tmp/plan | sed -n '1p; /^TAKEN/,/^LIMITS/p'
