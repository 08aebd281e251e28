# the models of the artifacts answer, without the policy
cp examples/code-eval.sbx "$tmp/p.sbx"
sbxc "$tmp/p.sbx" -q -o "$tmp/plan"
rm "$tmp/p.sbx"
sbxc why "$tmp/plan" --given HOME=/home/user read /etc/passwd
sbxc why "$tmp/plan" --given HOME=/home/user --given workdir=/tmp/job write '${workdir}/x'
sbxc why "$tmp/plan" --given HOME=/home/user connect tcp 127.0.0.1:80
sbxc why "$tmp/plan" --given HOME=/home/user --on linux env LANG
sbxc why "$tmp/plan" --given HOME=/home/user --on linux env PATH
sbxc why "$tmp/plan" --given HOME=/home/user --exit-code syscall 'socket where domain == AF_INET'
echo x >>"$tmp/plan/launch.conf"
sbxc why "$tmp/plan" --given HOME=/home/user read /etc/passwd
