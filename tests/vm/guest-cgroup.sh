# guest-cgroup.sh - limits of the whole job with real controllers: as root, and as a user in a cgroup that was delegated.
. /t/lib.sh
CG=/sys/fs/cgroup
case $(cat /t/landlock-abi) in 0) skip "limits of the whole job" "this kernel has no Landlock, so no plan starts"; finish ;; esac

# Runs sbx-run alone in the user's cgroup, as that user: out, err, rc.
user_run() {
	sh -c 'echo $$ >/sys/fs/cgroup/user/cgroup.procs; exec su -s /bin/sh user -c "exec /t/sbx-run $*"' sh "$@" >/tmp/out 2>/tmp/err
	rc=$? out=$(cat /tmp/out) err=$(cat /tmp/err)
}
root_run() {
	sh -c "exec /t/sbx-run $*" >/tmp/out 2>/tmp/err
	rc=$? out=$(cat /tmp/out) err=$(cat /tmp/err)
}
# PIDs of processes with this name.
pids() { for p in /proc/[0-9]*; do [ "$(cat "$p/comm" 2>/dev/null)" != "$1" ] || echo "${p#/proc/}"; done; }
count() { pids "$1" | wc -l; }
# Gives the user's cgroup back as it was, whatever a test left on.
calm() { for c in memory pids cpu io; do echo -$c >$CG/user/cgroup.subtree_control; done 2>/dev/null; }
left() { find $CG -name 'sbx-*' | wc -l; }
cat >/t/show.sh <<'E2'
cd /sys/fs/cgroup/$(sed -n 's/^0:://p' /proc/self/cgroup) || exit 1
for f in memory.max memory.swap.max memory.oom.group pids.max cpu.max cpu.weight cgroup.max.descendants; do
	[ ! -e $f ] || echo $f $(cat $f)
done
E2
cat >/t/forks.sh <<'E2'
n=0
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
	(sleep 3) 2>/dev/null & 
done
ls /proc | grep -c '^[0-9]' >/dev/null
cat /sys/fs/cgroup/$(sed -n 's/^0:://p' /proc/self/cgroup)/pids.peak 2>/dev/null
E2
chmod 755 /t/*.sh

for who in root user; do
	${who}_run /t/plans/limits /bin/sh /t/show.sh
	case $out in
	*"memory.max 25165824"*"memory.oom.group 1"*"pids.max 8"*"cpu.max 20000 100000"*"cpu.weight 50"*"descendants 0"*)
		pass "$who: the limits are in the cgroup of the program" ;;
	*) fail "$who: the limits are in the cgroup of the program" "$rc $out $err" ;;
	esac
	is "$who: and the cgroup is gone after" "$(left)" 0

	${who}_run /t/plans/at-load /bin/sh /t/show.sh
	case $out in
	*"memory.max 25165824"*"pids.max 8"*"cpu.max 20000 100000"*) pass "$who: at load: the defaults" ;;
	*) fail "$who: at load: the defaults" "$rc $out $err" ;;
	esac
	${who}_run --set most=32MiB --set jobs=9 --set share=35% /t/plans/at-load /bin/sh /t/show.sh
	case $out in
	*"memory.max 33554432"*"pids.max 9"*"cpu.max 35000 100000"*) pass "$who: at load: the values of the start" ;;
	*) fail "$who: at load: the values of the start" "$rc $out $err" ;;
	esac
	${who}_run --set jobs=0 /t/plans/at-load /bin/sh /t/show.sh
	is "$who: at load: a value out of range starts nothing" "$rc $out" "125 "

	dd if=/dev/zero of=/dev/null bs=50M count=1 2>/dev/null
	is "$who: control: 50 MB fit in memory without a limit" "$?" 0
	${who}_run /t/plans/limits /bin/sh -c "'dd if=/dev/zero of=/dev/null bs=50M count=1 2>/dev/null; echo lived'"
	is "$who: limit memory: the hog and its job are killed" "$rc $out" "137 "
	case $err in *"ended by \`limit memory\`"*) pass "$who: limit memory: says so" ;; *) fail "$who: limit memory: says so" "$err" ;; esac
	is "$who: nothing left" "$(left)" 0

	${who}_run /t/plans/limits /bin/sh /t/forks.sh
	case $err in *"an't fork"*) pass "$who: limit pids: the ninth process is refused" ;; *) fail "$who: limit pids" "$rc $out $err" ;; esac
	is "$who: what the program left running ended with it" "$(left) $(count sleep)" "0 0"

	# 20 % of a CPU for about 2 s of wall time
	${who}_run /t/plans/limits /bin/sh -c "'while :; do :; done & sleep 2; kill \$!; cat /sys/fs/cgroup/\$(sed -n s/^0::.//p /proc/self/cgroup)/cpu.stat'"
	throttled=$(echo "$out" | sed -n 's/^nr_throttled //p')
	[ "${throttled:-0}" -gt 5 ] && pass "$who: limit cpu: throttled ($throttled periods)" || fail "$who: limit cpu" "$rc $out $err"

	${who}_run /t/plans/wall /bin/sh -c "'(trap \"\" TERM; sleep 300 & sleep 301) & sleep 302'"
	is "$who: limit wall: exit 124, nothing left" "$rc $(left) $(count sleep)" "124 0 0"
done

# The loader's own move into a leaf is undone.
is "user: the delegated cgroup is as it was" "$(cat $CG/user/cgroup.subtree_control) $(cat $CG/user/cgroup.procs)" " "

# Killed by SIGKILL: the program goes with its supervisor, and the next start removes the rest.
sh -c 'echo $$ >/sys/fs/cgroup/user/cgroup.procs; exec su -s /bin/sh user -c "exec /t/sbx-run /t/plans/limits /bin/sleep 300"' &
sleep 2
kill -9 $(pids sbx-run)
sleep 1
is "the program died with its supervisor" "$(count sleep)" 0
[ "$(left)" -gt 0 ] && pass "control: the killed supervisor left its cgroups" || fail "control: cgroups left" "$(left)"
mkdir $CG/user/leaf
chown -R 1000:1000 $CG/user/leaf
from_leaf() { sh -c 'echo $$ >/sys/fs/cgroup/user/leaf/cgroup.procs; su -s /bin/sh user -c "/t/sbx-run $*; :"' sh "$@" >/tmp/out 2>/tmp/err; }

# In a leaf of the delegated cgroup, as service managers put their processes: jobs are made beside it.
from_leaf /t/plans/limits /bin/sh /t/show.sh
case $(cat /tmp/out) in
*"memory.max 25165824"*) pass "from a leaf: the job is made beside it" ;;
*) fail "from a leaf" "$(cat /tmp/out /tmp/err)" ;;
esac
is "the next start there removes what was left" "$(left)" 0
rmdir $CG/user/leaf
calm

# A shell in the same cgroup: no controllers can be given, and the message says how to start it.
sh -c 'echo $$ >/sys/fs/cgroup/user/cgroup.procs; su -s /bin/sh user -c "/t/sbx-run /t/plans/limits /bin/true; :"' 2>/tmp/err
case $(cat /tmp/err) in
*E0601*"holds other processes"*"systemd-run --user --scope -q -p Delegate=yes"*) pass "other processes in the cgroup: refused, with the command" ;;
*) fail "other processes in the cgroup" "$(cat /tmp/err)" ;;
esac
# Not in a delegated cgroup at all.
su -s /bin/sh user -c "exec /t/sbx-run /t/plans/limits /bin/true" 2>/tmp/err
case $(cat /tmp/err) in
*E0601*"no cgroup is delegated"*) pass "nothing delegated: refused" ;;
*) fail "nothing delegated" "$(cat /tmp/err)" ;;
esac

# The escape routes of section 3.6: the program cannot raise its limit, nor leave its cgroup.
cat >/t/escape.sh <<'E2'
cd /sys/fs/cgroup/$(sed -n 's/^0:://p' /proc/self/cgroup) || exit 1
echo max 2>/dev/null >memory.max || echo refused memory.max
echo $$ 2>/dev/null >../cgroup.procs || echo refused procs
mkdir x 2>/dev/null || echo refused mkdir
E2
chmod 755 /t/escape.sh
user_run /t/plans/limits /bin/sh /t/escape.sh
is "the program can change none of it" "$(echo $out)" "refused memory.max refused procs refused mkdir"
sh -c 'mkdir /sys/fs/cgroup/user/c; chown -R 1000:1000 /sys/fs/cgroup/user/c; echo $$ >/sys/fs/cgroup/user/c/cgroup.procs
	su -s /bin/sh user -c "echo max >/sys/fs/cgroup/user/c/cgroup.max.descendants && echo changed"' >/tmp/out 2>&1
is "control: without the plan the user may" "$(cat /tmp/out)" changed
rmdir $CG/user/c
finish
