sbxc check --for kernel=7.3 examples/static-web.sbx
sbxc check --for kernel=6.1,landlock=2 examples/static-web.sbx
sbxc check --for kernel=5.10.0-32-cloud,cgroup=none examples/static-web.sbx
sbxc check --for kernel=6.18,seccomp=no examples/code-eval.sbx
