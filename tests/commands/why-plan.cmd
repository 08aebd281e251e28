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
# in a tree of its own what no line gives is not there, as its policy says
printf 'sbx 1\npolicy p {\n    targets linux\n    entry "/bin/true"\n    root private\n    allow read write "/srv"\n}\n' >"$tmp/own.sbx"
sbxc "$tmp/own.sbx" -q -o "$tmp/own"
for what in "$tmp/own.sbx" "$tmp/own"; do
	sbxc why "$what" read /etc/x | grep 'on linux'
	sbxc why "$what" write /etc/x | grep 'on linux'
done
