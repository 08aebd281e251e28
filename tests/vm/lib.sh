# lib.sh - for guest-*.sh, which busybox sh runs in a guest: `. /t/lib.sh`. One line a check, as everywhere in tests/.
failed=0
pass() { echo "PASS $1"; }
fail() {
	echo "FAIL $1: $2"
	failed=1
}
skip() { echo "SKIP $1: $2"; }
finish() { exit "$failed"; }
as_user() { su -s /bin/sh user -c "$*"; }
# is NAME GOT WANT
is() {
	if [ "$2" = "$3" ]; then pass "$1"; else fail "$1" "got '$2', wanted '$3'"; fi
}
