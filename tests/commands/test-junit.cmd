# results for CI systems: what passed, what failed and by which line, what could not be tested; any text stays text
cat >$tmp/p.sbx <<'P'
sbx 1
param root: path at load
policy p {
    targets linux
    entry "/usr/bin/wc"
    use std/base-system
    allow read "${root}"
    test "<b>&\"]]>'" {
        given root = "/srv"
        expect allow read "/srv/x"
        expect deny read "/srv/<y>"
        expect allow write "/srv/z"
        expect enforced fs.read.scope
    }
}
P
printf 'sbx 1\npolicy q {\n    targets linux\n    alow "<&>"\n}\n' >$tmp/q.sbx
printf 'sbx 1\nprofile lib {\n    allow read "/srv" if-exists because "x"\n}\n' >$tmp/lib.sbx
sbxc test -q --junit $tmp/out.xml $tmp/p.sbx $tmp/q.sbx $tmp/lib.sbx 2>/dev/null
cat $tmp/out.xml
python3 -c 'import sys, xml.dom.minidom as m
d = m.parse(sys.argv[1])
print([t.getAttribute("name") for t in d.getElementsByTagName("testcase")][1])' $tmp/out.xml
sbxc test $tmp/p.sbx $tmp/q.sbx 2>/dev/null
sbxc test -q --junit $tmp/no/out.xml $tmp/lib.sbx
sbxc test --junit - $tmp/lib.sbx
