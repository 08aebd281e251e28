# new-root.sh - for the first process of a guest with Debian's userland, which is /init.
# The first root cannot be changed for another, which private views do; one that is mounted over it can.
if [[ ! -e /run/moved ]]; then
	mount -t tmpfs run /run && touch /run/moved
	mount --rbind / /home && cd /home && mount --move . / && exec chroot . /init
fi
