# what a plan puts around its program, and what mounts cover, is said without the policy
cat >$tmp/p.sbx <<'P'
sbx 1
param data: path at load
param disk: size = 1GiB at load
policy p {
    targets linux
    entry "/usr/bin/true"
    isolate all
    root private
    hostname "box"
    mount "/srv/in put" at "/in" read
    mount "${data}" at "/out" read write
    scratch "/tmp" size disk
    limit file-size 1MiB
    directory "/out"
    stdin null
    terminal new
    allow read write "/srv/all" except "/srv/all/key"
    deny write "/srv/all/log"
    deny read matching "*.pem" under "/srv/all"
    prefer fs.glob.live on linux because "a test"
}
P
sbxc -q $tmp/p.sbx -o $tmp/plan
sbxc explain $tmp/plan | sed '/^LIMITS/q'
echo -- the policy
sbxc explain $tmp/p.sbx | sed '/^LIMITS/q'
sbxc explain --json $tmp/plan | python3 -c 'import json, sys
d = json.load(sys.stdin)
print([(r["what"], r["object"]) for r in d["finds"]][:3], len(d["cannot"]))'
