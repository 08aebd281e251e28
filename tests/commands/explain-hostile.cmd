# whatever a policy says, it is text in a comment: no table, link, tag or name that is called upon comes from it
cat >"$tmp/p.sbx" <<'POLICY'
sbx 1
param dir: path at load about "<!-- | `x` [a](https://e.example) @org/team #12"
policy p {
    about "# <script>alert(1)</script> ![x](http://e.example/i) www.e.example"
    targets linux
    isolate none
    entry "/usr/bin/true"
    allow read "/srv/a|b`<i>" because "<!-- hides what comes after | @everyone"
    prefer signal.scope on linux because "</td><details>"
    never allow write "/srv" because "**bold** _x_"
}
POLICY
sbxc explain --md "$tmp/p.sbx"
