b=$here/../tests/sbpl
cd $tmp && cp $b/*.sb .
# what is opened, what is closed, what depends on a fact
printf '(version 1)
(deny default)
(define home (param "HOME"))
(allow file-read* (subpath "/private/etc"))
(allow file-read* file-write* (subpath (string-append home "/src")))
(deny file-write* (subpath (string-append home "/src/.git")))
(deny file-read-data (regex #"\\.pem$"))
(allow file-read* (require-all (subpath "/doc") (extension "e")))
(allow network-outbound (remote tcp "*:443") (literal "/private/var/run/mDNSResponder"))
(allow mach-lookup (global-name "com.apple.logd") (global-name-prefix "com.example."))
(allow sysctl-read)
' >old.sb
sed -e '/\.git/d; s/subpath "\/private\/etc"/literal "\/private\/etc"/; s/443/80/; s/apple.logd/apple.trustd/' old.sb >new.sb
sbxc diff -D HOME=/Users/ann old.sb new.sb
sbxc diff -D HOME=/Users/ann --fail-on widen old.sb new.sb | tail -n 1
sbxc diff -D HOME=/Users/ann --fail-on any old.sb old.sb
sbxc diff open.sb facts.sb
sbxc diff --md net.sb net-local.sb
sbxc diff --json open.sb fence.sb
sbxc diff brew.sb docker.sb
# what is none
sbxc diff open.sb $here/examples/code-eval.sbx
sbxc diff old.sb new.sb
sbxc diff -D X=1 $here/examples/code-eval.sbx $here/examples/code-eval.sbx
sbxc diff --set x=1 open.sb net.sb
# What is allowed in both, and in another manner: outside of the sandbox, with other messages, with a signal.
printf '%s\n' '(version 1)' '(deny default)' '(allow process-exec (literal "/bin/ps"))' '(allow mach-lookup (global-name "m"))' '(deny file-read* (literal "/s"))' >plain.sb
sed 's|/bin/ps")|& (with no-sandbox)|' plain.sb >outside.sb
sed 's|"m")|& (apply-message-filter (allow mach-message-send (message-number #xce)))|' plain.sb >filtered.sb
sed 's|#xce|207|' filtered.sb >other.sb
sed 's|#xce|206|' filtered.sb >same.sb
sed 's|"/s")|& (with send-signal SIGKILL)|' plain.sb >kills.sb
sbxc diff --fail-on widen plain.sb outside.sb
sbxc diff --fail-on widen outside.sb plain.sb
sbxc diff --fail-on widen plain.sb filtered.sb
sbxc diff --fail-on widen filtered.sb other.sb
sbxc diff --fail-on any filtered.sb same.sb
sbxc diff --fail-on widen plain.sb kills.sb
