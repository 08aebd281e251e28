#!/usr/bin/python3
"""guarantees.py PLANS ESCAPE - a policy and a plan for each guarantee that Linux can keep, in PLANS/cap-NAME: the lines of
compiler/cap_ask.def or measures.tsv that ask for it, `require` it, and `prefer` whatever else depends on the host. Prints the names, and
the error where no policy can require it on Linux. ABI=riscv64: for that machine."""
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
SBXC = os.path.join(TOP, os.environ.get("B", "build"), "sbxc")
plans, escape = sys.argv[1:3]
ABI = "    abi " + os.environ["ABI"] + "\n" if os.environ.get("ABI") else ""
VIEWS = ("isolate none", "isolate user, mount\n    root host", "isolate user, mount")


def read(name):
    with open(os.path.join(TOP, name), encoding="utf-8") as f:
        return f.read()


def policy(cap, ask, view, preferred):
    view = "" if ask.startswith("isolate") else view
    proxy = 'proxy egress = unix "/run/srv.sock"\n' if "via egress" in ask else ""
    require = "" if ask.startswith("require") else f"require {cap}"
    prefer = "".join(f'    prefer {p} on linux because "another guarantee is looked at"\n' for p in preferred)
    # without a reason the words would be warned about
    ask = "\n    ".join(re.sub(r"^(allow .*)$", r'\1 because "asked for"', line) for line in ask.split(" / "))
    return f'sbx 1\n{proxy}policy cap {{\n    targets linux\n{ABI}    entry "{escape}"\n    {view}\n    {ask}\n    {require}\n{prefer}}}\n'


def compiles(name, text):
    path = os.path.join(plans, name + ".sbx")
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    command = [SBXC, "-q", "--std", os.path.join(TOP, "policies/std"), path, "-o", os.path.join(plans, name)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    errors.append((re.findall(r"error\[(E\d+)\]", done.stderr) or [""])[0])
    return done.returncode == 0


def others(name, cap):
    """What else the plan promises that a kernel may lack."""
    with open(os.path.join(plans, name, "launch.conf"), encoding="utf-8") as f:
        lines = re.findall(r"^guarantee (\S+) required (\S+)", f.read(), re.M)
    return [c for c, mechanisms in lines if c != cap and re.search(r"landlock:(?!1\b)|cgroup:", mechanisms)]


def make(cap, ask):
    """Why not, or "" when there is one."""
    name = "cap-" + cap
    errors.clear()
    for view in VIEWS:
        for preferred in ([], ["net.listen.port"]):
            if cap in preferred or not compiles(name, policy(cap, ask, view, preferred)):
                continue
            preferred = preferred + others(name, cap)
            if compiles(name, policy(cap, ask, view, preferred)):
                return ""
    shutil.rmtree(os.path.join(plans, name), ignore_errors=True)
    os.unlink(os.path.join(plans, name + ".sbx"))
    return errors[0]


errors = []
asks = {k: v.replace('\\"', '"') for k, v in re.findall(r'^ASK\((\w+), "(.*)"\)$', read("compiler/cap_ask.def"), re.M)}
lines = {row[0]: row[4] for row in (r.split("\t") for r in read("tests/escape/measures.tsv").splitlines()) if len(row) == 5 and row[4] != "-"}
for key, cap in re.findall(r'^CAP\((\w+), "([a-z_.-]+)"', read("compiler/cap.def"), re.M):
    print(f"cap-{cap}\t{make(cap, lines.get(cap, asks[key])) or '-'}")
