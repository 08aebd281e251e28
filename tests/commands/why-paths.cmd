# a deny, nothing that covers it, an allow; several operations; what lies near
sbxc why examples/code-eval.sbx --given HOME=/home/user read /etc/passwd
sbxc why examples/code-eval.sbx --given HOME=/home/user read write /var/lib/x/
sbxc why examples/code-eval.sbx --given HOME=/home/user read /usr/lib/python3.11/json/__init__.py
sbxc why examples/code-eval.sbx --given HOME=/home/user --on linux exec /usr/bin/python3
sbxc why examples/code-eval.sbx --given HOME=/home/user --given workdir=/tmp/job read write '${workdir}/x'
sbxc why examples/code-eval.sbx write '${workdir}/x'
cat >"$tmp/p.sbx" <<'POLICY'
sbx 1
policy p {
    targets macos
    entry "/usr/bin/true"
    prefer proc.no_exec on macos because "it is a test"
    prefer ns.isolate on macos because "it is a test"
    prefer res.pids, res.files, res.core on macos because "it is a test"
    allow read "${HOME}" except {
        "${HOME}/.ssh"
        "${HOME}/.aws"
    }
    allow read "${HOME}/.ssh/known_hosts" because "hosts that are known"
}
POLICY
sbxc why "$tmp/p.sbx" --given HOME=/Users/ann read /Users/ann/.ssh/id
sbxc why "$tmp/p.sbx" --given HOME=/Users/ann read /Users/ann/.ssh/known_hosts
# covered by a mount: not even its name goes
sbxc why examples/agent-tool.sbx --given HOME=/home/user --given project=/home/user/p delete /home/user/p/.env
