# the same facts as Markdown and as JSON, of a policy and of a plan; and a plan for macOS, statement by statement
cat >"$tmp/p.sbx" <<'POLICY'
sbx 1
param dir: path at load about "input | output"
policy p version "3" {
    targets linux, macos
    about "shows all forms"
    entry "/usr/bin/true"
    isolate none
    allow read "${dir}" except "${dir}/keys"
    allow read matching "*.conf" under "/opt/app" because "settings"
    allow connect tcp "*:443" because "a|b"
    limit open-files 64
    prefer fs.read.deny, fs.glob.live, signal.scope, unix.abstract on linux because "a test"
    prefer proc.no_exec, res.files on macos because "a test"
}
POLICY
sbxc explain --md "$tmp/p.sbx"
sbxc explain --json "$tmp/p.sbx" | head -n 40
sbxc "$tmp/p.sbx" -q -o "$tmp/plan"
sbxc explain "$tmp/plan" | sed -n '/^CAN ON MACOS/,/^CANNOT/p'
sbxc explain --md "$tmp/plan" | sed -n '/^### Can$/,/^### Can on/p'
sbxc why "$tmp/plan" --given dir=/srv read /srv/x
sbxc why "$tmp/plan" --given dir=/srv write /srv/x
sbxc why "$tmp/plan" --given dir=/srv connect tcp 192.0.2.1:443
sbxc why "$tmp/plan" --given dir=/srv --on linux --json exec /bin/sh
sbxc explain --json --lines "$tmp/p.sbx"
