# guest-views.sh - private trees where the root is an initramfs, which pivot_root cannot take away, and on every kernel of the
# matrix: what is named is there, nothing else, and there is no way back.
. /t/lib.sh
if [ "$(cat /t/landlock-abi)" = 0 ]; then
	skip "private trees" "this kernel has no Landlock, which every plan asks for"
	finish
fi
chmod 755 /t /t/* /t/plans /t/plans/views /t/plans/views-host && chmod 644 /t/plans/views*/*
mkdir -p /tmp/views/secret /etc/shut
echo open >/tmp/views/f
echo shut >/tmp/views/secret/f
echo shut >/tmp/views/a.key
echo shut >/etc/shut/f
echo open >/etc/open
chown -R 1000:1000 /tmp/views
chmod 777 /tmp/views
cat >/t/try.sh <<'T'
cat /tmp/views/f
cat /tmp/views/secret/f /tmp/views/a.key
echo x >/tmp/views/new && cat /tmp/views/new
echo y >/scratch/g && cat /scratch/g
for p in /etc/passwd /dev/console /sys/kernel /home /proc/1/root/etc; do test -e $p && echo "seen $p"; done
cd / && cd .. && cd .. && cat etc/passwd
cd /tmp/views && cat ../../../../etc/passwd
test -d /bin && test -d /scratch && echo there
umount / 2>/dev/null && echo umounted
chroot . /bin/true 2>/dev/null && echo chrooted
T
for who in root user; do
	inside() { # PLAN COMMAND...
		plan=$1
		shift
		if [ $who = user ]; then
			as_user "/t/sbx-run /t/plans/$plan -- $*"
		else
			/t/sbx-run "/t/plans/$plan" -- "$@"
		fi
	}
	rm -f /tmp/views/new
	out=$(inside views /bin/sh /t/try.sh 2>/tmp/err)
	is "$who: a private tree over an initramfs" "$out" "open
x
y
there"
	case $out in *open*) ;; *) sed 's/^/     | /' /tmp/err ;; esac
	is "$who: control: without it the rest is seen" "$(sh -c 'cat /tmp/views/secret/f; test -e /etc/passwd && echo seen')" "shut
seen"
	is "$who: written where it may be, on the host" "$(cat /tmp/views/new)" x
	out=$(inside views-host /bin/cat /etc/open /etc/shut/f 2>/tmp/err)
	is "$who: the host's tree with a covered place" "$out" open
	is "$who: no mount comes back" "$(grep -c scratch /proc/mounts)" 0
done

# The settings of a host that forbid user namespaces, set for all of it: refused with the cause and the fix, and not when they are as before.
forbid() { # SETTING VALUE FIX
	file=/proc/sys/$(echo "$1" | tr . /)
	if [ ! -e "$file" ]; then
		skip "$1" "this kernel has no such setting"
		return
	fi
	before=$(cat "$file")
	echo "$2" >"$file"
	as_user "/t/sbx-run /t/plans/views -- /bin/echo ran" >/tmp/out 2>/tmp/err
	said="$? $(cat /tmp/out /tmp/err)"
	echo "$before" >"$file"
	case $said in
	"125 "*E0627*"$1 is $2"*"fix        $3"*) pass "$1 is $2: refused, with the fix" ;;
	*) fail "$1 is $2" "$said" ;;
	esac
	is "control: $1 as it was" "$(as_user "/t/sbx-run /t/plans/views -- /bin/echo ran" 2>/tmp/err)" ran
}
forbid user.max_user_namespaces 0 "sysctl user.max_user_namespaces=15000"
forbid kernel.unprivileged_userns_clone 0 "sysctl kernel.unprivileged_userns_clone=1"
is "nothing is left" "$(ls -d /scratch 2>/dev/null)" ""
finish
