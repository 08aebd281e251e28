# a denied pattern that nothing keeps is not stopped, and the guarantee says why; with a mount view it is hidden
policy() { # ISOLATE
	cat <<P
sbx 1

policy keys {
    targets linux
    entry "/usr/bin/true"
    isolate $1
    prefer signal.scope, fs.ioctl.scope on linux because "the kernel may be older"
    allow read "/srv"
    deny read matching "*.key" under "/srv"
    prefer fs.glob.live on linux because "the names are there before"
}
P
}
policy none >"$tmp/none.sbx"
policy "user, mount" >"$tmp/mount.sbx"
sbxc why "$tmp/none.sbx" read /srv/a/b.key
sbxc why "$tmp/mount.sbx" read /srv/a/b.key
