# what a policy takes from its base is said with its reason
sbxc explain ../tests/golden/extends-child.sbx | sed '/^GUARANTEES/,$d'
sbxc normalize ../tests/golden/extends-child.sbx
sbxc why ../tests/golden/extends-child.sbx --given logs=/l write /l/x
