# systemd-guest.sh - limits of the whole job where systemd hands out cgroups: a user in a session, as pam_systemd makes it, is refused, and
# told a command; that command, taken from the message, keeps every limit. Root needs none: what is not delegated is root's all the same.
export PATH=/usr/local/bin:/usr/sbin:/usr/bin LC_ALL=C
. /t/lib.sh
cp /t/sbx-run /usr/local/bin/
echo "@@BEGIN $(uname -r)"
echo "@@SCRIPT systemd-guest.sh"
CG=/sys/fs/cgroup

# In a session of the user's own, as `login` or sshd begins one; in the service that this is.
user() { su - user -c "PATH=$PATH; $*"; }
root() { sh -c "$*"; }
left() { find $CG -name 'sbx-*' | wc -l; }
cat >/t/show.sh <<'SHOW'
cd /sys/fs/cgroup/$(sed -n 's/^0:://p' /proc/self/cgroup) || exit 1
for f in memory.max memory.oom.group pids.max cpu.max cgroup.max.descendants; do
	echo $f $(cat $f)
done
SHOW
cat >/t/forks.sh <<'FORKS'
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
	sleep 3 &
done
FORKS
cat >/t/busy.sh <<'BUSY'
while :; do :; done &
sleep 2
kill $!
grep nr_throttled /sys/fs/cgroup/$(sed -n 's/^0:://p' /proc/self/cgroup)/cpu.stat
BUSY
cat >/t/hog.sh <<'HOG'
dd if=/dev/zero of=/dev/null bs=90M count=1 2>/dev/null
echo lived
HOG
chmod 755 /t/*.sh

n=0 # the user manager needs its time
until user systemctl --user is-active -q basic.target 2>/tmp/err || [ $n -ge 60 ]; do n=$((n + 1)); sleep 1; done
user cat /proc/self/cgroup >/tmp/out 2>>/tmp/err
case $(cat /tmp/out) in
*/user-1000.slice/session-*.scope) pass "the user has a session, in a scope of systemd's" ;;
*) fail "the user has a session, in a scope of systemd's" "$(cat /tmp/out /tmp/err)" ;;
esac

for who in user root; do
	$who sbx-run /t/plans/scope /bin/true >/tmp/out 2>/tmp/err
	rc=$?
	case $who in
	user)
		advice=$(sed -n 's/^ *fix *\(systemd-run .* sbx-run\) \.\.\..*/\1/p' /tmp/err)
		[ "$rc" = 125 ] && [ -n "$advice" ] && pass "$who: refused, with a command: $advice" ||
			fail "$who: refused, with a command" "$rc $(cat /tmp/out /tmp/err)"
		;;
	root)
		advice="systemd-run --scope -q -p Delegate=yes sbx-run"
		# an older kernel is told what it does not keep
		is "$who: starts in the service it is in" "$rc $(grep -v "note: signal.scope is preferred" /tmp/err)" "0 "
		;;
	esac
	[ -n "$advice" ] || continue
	# The words of the message, and for its dots a plan and a program.
	$who "$advice /t/plans/scope -- /bin/sh /t/show.sh" >/tmp/out 2>/tmp/err
	case $(echo $(cat /tmp/out)) in
	"memory.max 50331648 memory.oom.group 1 pids.max 8 cpu.max 20000 100000 cgroup.max.descendants 0") pass "$who: that command keeps the limits" ;;
	*) fail "$who: that command keeps the limits" "$(cat /tmp/out /tmp/err)" ;;
	esac
	is "$who: nothing is left of it" "$(left)" 0

	bare=${advice% sbx-run}
	$who "$bare /bin/sh /t/hog.sh" >/tmp/out 2>/tmp/err
	is "$who: control: 90 MB fit in memory without a limit" "$(cat /tmp/out)" lived
	$who "$advice /t/plans/scope -- /bin/sh /t/hog.sh" >/tmp/out 2>/tmp/err
	is "$who: limit memory: the hog and its job are killed" "$? $(cat /tmp/out)" "137 "
	case $(cat /tmp/err) in *"ended by \`limit memory\`"*) pass "$who: limit memory: says so" ;; *) fail "$who: limit memory: says so" "$(cat /tmp/err)" ;; esac

	$who "$bare /bin/sh /t/forks.sh" >/tmp/out 2>/tmp/err
	is "$who: control: twelve processes without a limit" "$? $(cat /tmp/err)" "0 "
	$who "$advice /t/plans/scope -- /bin/sh /t/forks.sh" >/tmp/out 2>/tmp/err
	case $(cat /tmp/err) in *"annot fork"*) pass "$who: limit pids: the ninth process is refused" ;; *) fail "$who: limit pids" "$(cat /tmp/out /tmp/err)" ;; esac

	$who "$advice /t/plans/scope -- /bin/sh /t/busy.sh" >/tmp/out 2>/tmp/err
	throttled=$(sed -n 's/^nr_throttled //p' /tmp/out)
	[ "${throttled:-0}" -gt 3 ] && pass "$who: limit cpu: throttled" || fail "$who: limit cpu" "$(cat /tmp/out /tmp/err)"
	is "$who: nothing is left" "$(left)" 0
done
# As the message says, a user manager gives memory, pids and cpu, and not io.
user systemd-run --user --scope -q -p Delegate=yes sbx-run /t/plans/scope-io -- /bin/true >/tmp/out 2>/tmp/err
case "$? $(cat /tmp/err)" in
"125 "*E0601*"cgroup:io"*) pass "a user manager gives no io: refused" ;;
*) fail "a user manager gives no io: refused" "$(cat /tmp/out /tmp/err)" ;;
esac
echo "@@DONE systemd-guest.sh $failed"
echo "@@END $failed"
systemctl poweroff -ff
