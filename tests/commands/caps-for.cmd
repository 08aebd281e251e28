# Each fact of a host takes something away from what a whole one keeps, and nothing comes.
sbxc caps --for kernel=7.3,cgroup=cpu+memory+pids+io linux >"$tmp/whole"; wc -l <"$tmp/whole"
for fact in landlock=none landlock=3 seccomp=no namespaces=no overlay=no cgroup=none cgroup=cpu+memory+pids cgroup=io; do
	sbxc caps --for kernel=7.3,cgroup=cpu+memory+pids+io,$fact linux >"$tmp/less"
	echo "$fact takes: "$(diff "$tmp/whole" "$tmp/less" | sed -n 's/^< //p' | head -n 4) $(diff "$tmp/whole" "$tmp/less" | grep -c '^>') come
done
printf 'sbx 1\npolicy w {\n    targets linux\n    entry "/bin/true"\n    allow read write "/srv/w" discard\n}\n' >"$tmp/w.sbx"
printf 'sbx 1\npolicy s {\n    targets linux\n    entry "/bin/true"\n    scratch "/srv/w" size 1MiB\n}\n' >"$tmp/s.sbx"
sbxc "$tmp/w.sbx" -q -o "$tmp/plan"
sbxc caps --for kernel=7.3 "$tmp/w.sbx" | grep ephemeral
sbxc caps --for kernel=7.3,overlay=no "$tmp/w.sbx" | grep ephemeral
sbxc caps --for kernel=7.3,overlay=no "$tmp/plan" | grep ephemeral
sbxc caps --for kernel=7.3,overlay=no "$tmp/s.sbx" | grep ephemeral
