# a profile of somebody: what decides, through functions, families, defaults, unknown facts
b=../tests/sbpl
sbxc why --profile $b/program.sb -D HOME_DIR=/Users/ann write /Users/ann/Library/Caches/x
sbxc why --profile $b/program.sb -D HOME_DIR=/Users/ann mach com.apple.logd
sbxc why --profile $b/links.sb read /tmp/real/x
sbxc why --profile $b/links.sb file-read-metadata /tmp
sbxc why --profile $b/links.sb read /tmp/dead/x
sbxc why --profile $b/net-local.sb connect tcp 1.1.1.1:443
sbxc why --profile $b/families.sb 'file-write*' /Users/p/x
sbxc why --profile $b/brew.sb exec /bin/ps
sbxc why --profile $b/brew.sb 'file-write*' /private/tmp/brew/x
sbxc why --profile $b/open.sb file-map-executable /x
sbxc why --profile $b/open.sb signal self
sbxc why --profile $b/facts.sb read /x
sbxc why --profile $b/facts.sb --json read write /w/x
sbxc why --profile $b/facts.sb read /x extension=com.apple.app-sandbox.read
sbxc why --profile $b/docker.sb connect unix /var/run/docker.sock
# for scripts
sbxc why --profile $b/net.sb --exit-code connect tcp 1.1.1.1:443
sbxc why --profile $b/net.sb --exit-code connect tcp 1.1.1.1:80
sbxc why --profile $b/net.sb --exit-code connect tcp 127.0.0.9:8080
# what cannot be answered
sbxc why --profile $b/program.sb read /x
sbxc why --profile $b/net.sb file-reed-data /x
sbxc why --profile $b/net.sb read etc/passwd
sbxc why --profile $b/net.sb read /x vnode-type=FOLDER
sbxc why --profile $b/net.sb read /x vnodetype=DIRECTORY
sbxc why --profile $b/net.sb read /x subpath=/y
sbxc why --profile $b/net.sb file-read-xattr /x xattr-prefix=com.
sbxc why --profile $b/net.sb read /x file-mode=9
sbxc why --profile $b/net.sb connect sctp 1.1.1.1:80
sbxc why --profile $b/missing.sb read /x
sbxc why --profile $b/net.sb -D X=1 -D X=2 read /x
sbxc why -D X=1 examples/code-eval.sbx read /x
sbxc why --profile $b/net.sb --given HOME=/x read /x
sbxc why --profile $b/net.sb --on macos read /x
sbxc why --profile $b/net.sb
mkdir $tmp/lib
printf '(version 1)\n(import "lib.sb")\n(allow network-outbound)\n' >$tmp/a.sb
printf '(version 1)\n(deny default)\n(define (x) (allow file-read-data (literel "/x")))\n' >$tmp/lib/lib.sb
sbxc why --profile $tmp/a.sb read /x
sbxc why --profile $tmp/a.sb --import-dir $tmp/lib read /x
printf '(x)\n' >>$tmp/lib/lib.sb
sbxc why --profile $tmp/a.sb --import-dir $tmp/lib read /x
printf '(version 1)\n(allow\n' >$tmp/b.sb
sbxc why --profile $tmp/b.sb --format json read /x
# a path that no access has, and one of which it is not known
printf '%s\n' '(version 1)' '(deny default)' '(allow file-read* (subpath "~/src"))' '(allow file-read* (subpath "/opt/"))' >unreal.sb
sbxc why --profile unreal.sb read /Users/ann/src/x
sbxc why --profile unreal.sb read /opt/x
