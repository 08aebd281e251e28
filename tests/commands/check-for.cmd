sbxc check --for kernel=7.3 examples/static-web.sbx
sbxc check --for kernel=6.1,landlock=2 examples/static-web.sbx
sbxc check --for kernel=5.10.0-32-cloud,cgroup=none examples/static-web.sbx
sbxc check --for kernel=6.18,seccomp=no examples/code-eval.sbx
printf 'sbx 1\npolicy w {\n    targets linux\n    isolate none\n    entry "/bin/true"\n    limit wall 1s\n}\n' >"$tmp/w.sbx"
sbxc check --for kernel=6.18 "$tmp/w.sbx"
sbxc check --for kernel=6.18,cgroup=io "$tmp/w.sbx"
sbxc check --for kernel=6.18,cgroup=none "$tmp/w.sbx"
sbxc check --for kernel=6.18,cgroup=kill "$tmp/w.sbx"
