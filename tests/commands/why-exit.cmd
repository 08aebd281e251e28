# --exit-code: 0 allowed, 1 denied; without it a denial is an answer like any other
sbxc why examples/code-eval.sbx --exit-code --given HOME=/home/user --on linux env LANG
sbxc why examples/code-eval.sbx --exit-code --given HOME=/home/user --on linux env PATH
sbxc why examples/code-eval.sbx --json --given HOME=/home/user --on linux env PATH
# wrong use and wrong questions
sbxc why examples/code-eval.sbx
sbxc why examples/code-eval.sbx raed /x
sbxc why examples/code-eval.sbx read x/y
sbxc why examples/build-step.sbx --on macos read /x
sbxc why missing.sbx read /x
# a wrong question is marked at its word
sbxc why examples/code-eval.sbx read etc/passwd
sbxc why examples/code-eval.sbx raed /etc/passwd
sbxc why examples/code-eval.sbx connect tcp
sbxc why examples/code-eval.sbx syscall
# one place a question
sbxc why examples/code-eval.sbx read /etc/passwd /etc/shadow
