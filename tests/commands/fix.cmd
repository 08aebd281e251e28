sbxc fix --edition 1 examples/code-eval.sbx std/tty.sbx
sbxc fix --edition 1 ../tests/errors/E0002-new-edition.sbx
sbxc fix --edition 1 ../tests/errors/E0001-none.sbx
sbxc fix --edition 2 examples/code-eval.sbx
sbxc fix --edition one examples/code-eval.sbx
sbxc fix examples/code-eval.sbx
sbxc fix --edition 1
sbxc fix --edition 1 missing.sbx
