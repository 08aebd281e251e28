#!/usr/bin/env python3
"""moby.py PROFILE.json [--policy] - Docker's default profile, as rules for figures.c: default capabilities, x86_64, a
new kernel. With --policy the same as a policy for sbxc, for all three ABIs of the machine.

One rule a line: ACTION CALL [argN/WIDTH OP VALUE[/MASK]]... (all tests hold). Arguments that the kernel takes as int
or unsigned int are compared as such. Names that the table of sbx does not know are left to figures.c, which counts
them.
"""
import json
import errno
import sys

CAPS = {
    "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_MKNOD", "CAP_NET_RAW", "CAP_SETGID",
    "CAP_SETUID", "CAP_SETFCAP", "CAP_SETPCAP", "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_KILL",
    "CAP_AUDIT_WRITE",
}
ARCH = {"amd64"}
WIDTH = {"socket": 32, "personality": 32, "clone": 64}
OPS = {"SCMP_CMP_LT": "<", "SCMP_CMP_LE": "<=", "SCMP_CMP_EQ": "==", "SCMP_CMP_NE": "!=", "SCMP_CMP_GE": ">=",
       "SCMP_CMP_GT": ">"}


def applies(rule):
    inc, exc = rule.get("includes") or {}, rule.get("excludes") or {}
    if inc.get("caps") and not set(inc["caps"]) & CAPS:
        return False
    if inc.get("arches") and not set(inc["arches"]) & ARCH:
        return False
    return not (set(exc.get("caps") or ()) & CAPS or set(exc.get("arches") or ()) & ARCH)


def test(name, arg):
    width = WIDTH[name]
    left = "arg%d/%d" % (arg["index"], width)
    if arg["op"] == "SCMP_CMP_MASKED_EQ":
        return "%s == %d/%d" % (left, arg.get("valueTwo", 0), arg["value"])
    return "%s %s %d" % (left, OPS[arg["op"]], arg["value"])


ARGUMENT = {"socket": ["family"], "personality": ["personality"], "clone": ["clone_flags"]}


def condition(name, arg):
    left = ARGUMENT[name][arg["index"]]
    if arg["op"] == "SCMP_CMP_MASKED_EQ":
        return "%s & 0x%x == %d" % (left, arg["value"], arg.get("valueTwo", 0))
    return "%s %s %d" % (left, OPS[arg["op"]], arg["value"])


def policy(profile, unknown):
    """Names that sbxc does not know are left out, and counted."""
    plain, lines = [], []
    for rule in filter(applies, profile["syscalls"]):
        allow = rule["action"] == "SCMP_ACT_ALLOW"
        for name in rule["names"]:
            if name in unknown:
                continue
            if not allow:
                lines.append("deny syscall %s with errno %s" % (name, errno.errorcode[rule["errnoRet"]]))
            elif rule.get("args"):
                where = " and ".join(condition(name, a) for a in rule["args"])
                lines.append('allow syscall %s where %s because "docker"' % (name, where))
            else:
                plain.append(name)
    lines.append('allow syscall %s because "docker"' % ", ".join(sorted(set(plain))))
    print(POLICY + "".join("    %s\n" % line for line in lines) + "}")


POLICY = """sbx 1
policy moby {
    targets linux
    abi x86_64, i386, x32
    isolate none
    entry "/bin/sh"
    allow read write exec "/"
    allow net
    syscalls exact
    default syscall with errno EPERM
    unknown syscall with errno EPERM
    prefer ipc.restrict, fs.ioctl.scope, tty.no_inject, fs.write.scope, fs.exec.scope on linux because "a filter, no sandbox"
"""


def rules(profile):
    for rule in filter(applies, profile["syscalls"]):
        action = "allow" if rule["action"] == "SCMP_ACT_ALLOW" else "errno %d" % rule["errnoRet"]
        for name in rule["names"]:
            yield action, name, [test(name, a) for a in rule.get("args") or ()]


def main():
    profile = json.load(open(sys.argv[1], encoding="utf-8"))
    if len(sys.argv) > 2:
        policy(profile, set(sys.argv[3:]))
        return
    print("default errno %d" % profile["defaultErrnoRet"])
    for action, name, tests in rules(profile):
        print(" ".join([action, name] + tests))


main()
