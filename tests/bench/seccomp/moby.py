#!/usr/bin/env python3
"""moby.py PROFILE.json [HEADERS] - Docker's default profile, as rules for figures.c: default capabilities, x86_64, a
new kernel. With the folder of the kernel's headers of numbers (asm/unistd_64.h, _32.h, _x32.h), the same for all three
ABIs of the machine, by number, for abis.c.

One rule a line: ACTION CALL [argN/WIDTH OP VALUE[/MASK]]... (all tests hold). Arguments that the kernel takes as int
or unsigned int are compared as such. Names that the table of sbx does not know are left to figures.c, which counts
them.
"""
import json
import re
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


def numbers(header):
    """Names and numbers of one header; those of x32 carry its bit."""
    for line in open(header, encoding="utf-8"):
        m = re.match(r"#define __NR_(\w+)\s+\(?(__X32_SYSCALL_BIT \+ )?(\d+)\)?", line)
        if m:
            yield m.group(1), int(m.group(3)) + (0x40000000 if m.group(2) else 0)


def rules(profile):
    for rule in filter(applies, profile["syscalls"]):
        action = "allow" if rule["action"] == "SCMP_ACT_ALLOW" else "errno %d" % rule["errnoRet"]
        for name in rule["names"]:
            yield action, name, [test(name, a) for a in rule.get("args") or ()]


def main():
    profile = json.load(open(sys.argv[1], encoding="utf-8"))
    print("default errno %d" % profile["defaultErrnoRet"])
    if len(sys.argv) == 2:
        for action, name, tests in rules(profile):
            print(" ".join([action, name] + tests))
        return
    for arch, headers in (("0xc000003e", ("unistd_64.h", "unistd_x32.h")), ("0x40000003", ("unistd_32.h",))):
        print("part " + arch)
        for header in headers:
            table = dict(numbers(sys.argv[2] + "/" + header))
            for action, name, tests in rules(profile):
                if name in table:
                    print(" ".join([action, str(table[name])] + tests))


main()
