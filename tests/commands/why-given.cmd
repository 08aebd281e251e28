# --given takes what the loader takes, and nothing else (E0710)
sbxc why examples/code-eval.sbx --given nothing=1 --given HOME=home --given HOME=/x read /x
sbxc why examples/code-eval.sbx --given nothing=1 --given HOME=home read /x
