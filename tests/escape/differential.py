#!/usr/bin/python3
"""differential.py OUT SEED COUNT - random policies, for guests: OUT/plans/NAME, and for each OUT/ask/NAME, a line `want by guarantee
command` with tabs: what `sbxc why` (decide(), and the models of the artifacts) says that tests/live/probe must answer.

The world is that of tests/vm/guest-differential.sh: folders of /d with a file, a program and a file to be deleted each."""
import os
import random
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
B = os.path.join(TOP, os.environ.get("B", "build"))
out, seed, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
STD = ["--std", os.path.join(TOP, "policies/std")]

FOLDERS = ["/d/a", "/d/a/b", "/d/a/b/c", "/d/e", "/d/e-x", "/d/f"]
PORTS = [7101, 7002, 7003]  # somebody listens on the first
OPS = ["read", "list", "modify", "create", "delete", "write", "exec", "read write", "read exec", "modify create"]
PREFER = ["net.connect.port", "net.listen.port", "net.udp", "unix.path", "unix.abstract", "signal.scope", "fs.ioctl.scope"]
CALLS = {"ptrace": 101, "keyctl": 250, "unshare": 272, "mount": 165, "bpf": 321, "io_uring_setup": 425, "userfaultfd": 323,
         "shmget": 29, "setns": 308, "kcmp": 312, "clone3": 435, "openat2": 437, "perf_event_open": 298, "truncate": 76,
         "chmod": 90, "memfd_create": 319}


def rules(r):
    lines = []
    for _ in range(r.randint(1, 5)):
        place = r.choice(FOLDERS) + r.choice(["", "", "", "/file", "/prog"])
        lines.append(f'allow {r.choice(OPS)} "{place}"')
    if r.random() < 0.5:
        lines.append(f'allow connect tcp "*:{r.choice(PORTS)}"')
    if r.random() < 0.5:
        lines.append(f'allow listen tcp "*:{r.choice(PORTS)}"')
    if r.random() < 0.3:
        lines.append(f'allow connect udp "*:{r.choice(PORTS)}"')
    if r.random() < 0.4:
        lines.append('allow connect unix "/d/v/out/sock"')
    if r.random() < 0.2:
        lines.append("allow signal")
    for _ in range(r.randint(0, 3)):
        lines.append(f"allow syscall {r.choice(sorted(CALLS))}")
    if r.random() < 0.3:
        place = r.choice(FOLDERS[1:3])
        lines += [f'allow read write "/d/a"', f'deny {r.choice(["read write", "write", "read write exec"])} "{place}"']
        return "isolate user, mount\n    root host", lines
    if r.random() < 0.2:
        return "isolate all", lines
    return "isolate none", lines


def text(view, lines, prefer):
    because = [re.sub(r"$", ' because "random"', line) if line.startswith("allow") else line for line in lines]
    prefers = [f'prefer {p} on linux because "random"' for p in prefer]
    body = "\n    ".join(["targets linux", 'entry "/t/probe"', view, *because, *prefers])
    return f"sbx 1\npolicy random {{\n    {body}\n}}\n"


def compile_one(r, name):
    """True when the policy is one: many are refused, and that is as it should be."""
    view, lines = rules(r)
    wanted = [p for p in PREFER if r.random() < 0.7]
    path = os.path.join(out, "plans", name + ".sbx")
    for prefer in (wanted, PREFER, PREFER + ["fs.write.scope", "fs.exec.scope"]):
        with open(path, "w", encoding="utf-8") as f:
            f.write(text(view, lines, prefer))
        done = subprocess.run([os.path.join(B, "sbxc"), "-q", *STD, path, "-o", os.path.join(out, "plans", name)],
                              capture_output=True, text=True, check=False)
        if "E0901" in done.stderr or done.returncode not in (0, 1):
            sys.exit(f"differential.py: {path}: {done.stderr}")
        if done.returncode == 0:
            return True
    os.unlink(path)
    return False


def matrix():
    """(probe command, accesses it needs, guarantee that Landlock keeps there)"""
    for d in FOLDERS:
        yield f"list {d}", [f'list "{d}"'], ""
        yield f"read {d}/file", [f'read "{d}/file"'], ""
        yield f"modify {d}/file", [f'modify "{d}/file"'], ""
        yield f"truncate {d}/file", ["syscall truncate", f'modify "{d}/file"'], "fs.write.scope"
        yield f"exec {d}/prog", [f'exec "{d}/prog"'], ""
        yield f"create {d}/new", [f'create "{d}/new"', f'modify "{d}/new"'], ""  # it is opened for writing
        yield f"mkdir {d}/dir", [f'create "{d}/dir"'], ""
        yield f"delete {d}/gone", [f'delete "{d}/gone"'], ""
    for p in PORTS:
        yield f"connect {p}", [f'connect tcp "127.0.0.1:{p}"'], "net.connect.port"
        if p != PORTS[0]:
            yield f"listen {p}", [f'listen tcp "*:{p}"'], "net.listen.port"
        yield f"udp {p}", [f'connect udp "127.0.0.1:{p}"'], "net.udp"
    yield "connect-unix /d/v/out/sock", ['connect unix "/d/v/out/sock"'], "unix.path"
    yield "connect-unix /d/w/out/sock", ['connect unix "/d/w/out/sock"'], "unix.path"
    yield "connect-unix @sbx-escape-7101", ['connect unix "@sbx-escape-7101"'], "unix.abstract"
    yield "signal %v", ["signal"], "signal.scope"
    for name, nr in sorted(CALLS.items()):
        if name not in ("truncate", "chmod", "openat2"):
            yield f"syscall {nr}", [f"syscall {name}"], ""
    yield "chmod /d/f/file", ["syscall chmod"], ""
    yield "socket 16 3", ["syscall socket where domain == AF_NETLINK and type == SOCK_RAW and protocol == 0"], ""
    yield "socket 2 2", ["syscall socket where domain == AF_INET and type == SOCK_DGRAM and protocol == 0"], ""
    yield "socket 2 1", ["syscall socket where domain == AF_INET and type == SOCK_STREAM and protocol == 0"], ""


def answers(name, questions):
    command = [os.path.join(B, "tests/escape/ask"), os.path.join(out, "plans", name + ".sbx"), *STD]
    done = subprocess.run(command, input="\n".join(questions), capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    if done.returncode != 0 or len(lines) != len(questions):
        sys.exit(f"differential.py: {name}: {done.stderr}")
    return dict(zip(questions, lines))


def want(lines):
    """Of the accesses of one command the first that is refused counts."""
    for line in lines:
        cases = {tuple(c.split("\t")) for c in line.split("|")}
        if len(cases) != 1:
            return None # depends on arguments
        word, by, shows = cases.pop()
        if by:
            return ",".join(re.findall(r"\bE[A-Z0-9]{3,}\b|SIGSYS", shows)), by
        if word != "allow":
            return "given", ""  # decide() denies, and it is stated that nothing stops it
    return "given", ""


def launch_of(name):
    """Its views, and the guarantees that nothing keeps whole: what they stand for may be stopped or not."""
    with open(os.path.join(out, "plans", name, "launch.conf"), encoding="utf-8") as f:
        text = f.read()
    return re.search(r"^isolate (.*)$", text, re.M).group(1).split(), re.findall(r"^guarantee (\S+) preferred none", text, re.M)


def in_view(command, views):
    """What a private view answers where Landlock would have been asked."""
    if command.startswith("signal") and "pid" in views:
        return "ESRCH"
    return "ECONNREFUSED" if command.startswith("connect-unix @") and "net" in views else None


def write_one(name):
    views, loose = launch_of(name)
    commands = list(matrix())
    questions = sorted({q for _, qs, _ in commands for q in qs})
    answer = answers(name, questions)
    with open(os.path.join(out, "ask", name), "w", encoding="utf-8") as f:
        for command, qs, guarantee in commands:
            w = want([answer[q] for q in qs])
            if w and (w[1] == "landlock" or command.startswith("signal")) and in_view(command, views):
                w = in_view(command, views), "namespace"
            if w and w[0] == "given" and "net" in views and command == f"connect {PORTS[0]}":
                w = "ECONNREFUSED", "namespace"  # nobody listens in there
            if w and not (guarantee in loose and w[1] == "landlock"):
                f.write("\t".join((w[0], w[1] or "-", guarantee or "-", command)) + "\n")


def main():
    r = random.Random(seed)
    os.makedirs(os.path.join(out, "plans"))
    os.makedirs(os.path.join(out, "ask"))
    made = tried = 0
    while made < count and tried < 20 * count:
        tried += 1
        name = f"r{seed}-{made}"
        if compile_one(r, name):
            write_one(name)
            made += 1
    print(f"{made} policies of {tried}, seed {seed}")
    return made < count


sys.exit(main())
