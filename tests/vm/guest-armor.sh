# guest-armor.sh - AppArmor itself forbids the loader user namespaces (armor.sh made the profile): refused, with the name that it has there and
# the fix; and the same loader outside of the profile starts the program.
. /t/lib.sh
policy=/sys/kernel/security/apparmor
skipped() {
	skip "AppArmor refuses user namespaces" "$1"
	finish
}
[ "$(cat /t/landlock-abi)" != 0 ] || skipped "this kernel has no Landlock, which every plan asks for"
[ -s /t/armor.bin ] || skipped "the host has no parser of profiles"
mount -t securityfs none /sys/kernel/security 2>/dev/null
[ -e $policy/.load ] || skipped "this kernel has no AppArmor"
mkdir -p /t/armored /tmp/views/secret
cp /t/sbx-run /bin/busybox /t/armored/ && chmod 755 /t /t/armored /t/armored/*
chmod 755 /t/plans /t/plans/views && chmod 644 /t/plans/views/*
chmod 777 /tmp/views
start() { as_user "$1 /t/plans/views -- /bin/echo ran" 2>/tmp/err; }
is "control: the loader before the profile is there" "$(start /t/armored/sbx-run)" ran
cat /t/armor.bin 2>/dev/null >$policy/.load || skipped "this kernel does not know the profile's form"
if as_user "/t/armored/busybox unshare -Ur true" 2>/dev/null; then
	is "where AppArmor does not ask about namespaces nothing is refused" "$(start /t/armored/sbx-run)" ran
	skipped "this kernel does not ask it"
fi
for who in user root; do
	if [ $who = user ]; then start /t/armored/sbx-run >/tmp/out; else /t/armored/sbx-run /t/plans/views -- /bin/echo ran >/tmp/out 2>/tmp/err; fi
	said="$? $(cat /tmp/out /tmp/err)"
	case $said in
	"125 "*E0627*"likely     a security module, which calls this process \`sbx-refused (enforce)\`"*'fix        let that have user namespaces (AppArmor: `userns,`)'*)
		pass "$who: AppArmor refuses user namespaces, with its name for the loader and the fix" ;;
	*) fail "$who: AppArmor refuses user namespaces" "$said" ;;
	esac
done
is "control: the loader that no profile is about" "$(start /t/sbx-run)" ran
finish
