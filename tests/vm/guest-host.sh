# guest-host.sh - is the guest what the other scripts take it for? Without this a missing controller would read as a
# refusal of ours.
. /t/lib.sh
for controller in cpu memory pids io; do
	if grep -qw $controller /sys/fs/cgroup/cgroup.controllers; then
		pass "cgroup v2 has $controller"
	else
		fail "cgroup v2 has $controller" "$(cat /sys/fs/cgroup/cgroup.controllers)"
	fi
done
is "Landlock has the ABI that kernels.tsv says" "$(/t/abi)" "$(cat /t/landlock-abi)"
is "the user is no root" "$(as_user id -u)" 1000
is "the user owns a cgroup" "$(as_user 'mkdir /sys/fs/cgroup/user/x && rmdir /sys/fs/cgroup/user/x && echo yes')" yes
is "the user cannot make one beside it" "$(as_user 'mkdir /sys/fs/cgroup/y 2>/dev/null || echo no')" no
finish
