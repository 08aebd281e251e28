#!/usr/bin/python3
"""differential.py OUT SEED COUNT [MACHINE] - random policies, for guests: OUT/plans/NAME, and for each OUT/ask/NAME, a line `want by
guarantee command` with tabs: what `sbxc why` (decide(), and the models of the artifacts) says that tests/live/probe must answer. Beside
them a plan for each guarantee that measures.tsv has rows for (guarantees.py), asked about these. ABI=riscv64: for that machine alone.

The world is that of tests/vm/guest-differential.sh: folders of /d with a file, a program, a file to be deleted and a key each."""
import os
import random
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
B = os.path.join(TOP, os.environ.get("B", "build"))
out, seed, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
machine = sys.argv[4] if len(sys.argv) > 4 else "x86_64"
STD = ["--std", os.path.join(TOP, "policies/std")]
ABI = ["abi " + os.environ["ABI"]] if os.environ.get("ABI") else []

FOLDERS = ["/d/a", "/d/a/b", "/d/a/b/c", "/d/e", "/d/e-x", "/d/f"]
PORTS = [7101, 7002, 7003]  # somebody listens on the first
PATTERNS = ["*.key", "x*", "pro*", "f*e"]
OPS = ["read", "list", "modify", "create", "delete", "write", "exec", "read write", "read exec", "modify create"]
PREFER = ["fs.glob.live", "net.connect.port", "net.listen.port", "net.udp", "unix.path", "unix.abstract", "signal.scope", "fs.ioctl.scope"]
CALLS = ["ptrace", "keyctl", "unshare", "mount", "bpf", "io_uring_setup", "userfaultfd", "shmget", "setns", "kcmp", "clone3",
         "openat2", "perf_event_open", "truncate", "fchmodat", "memfd_create", "personality"]
# Of a call the argument that conditions speak of, what is before it, and values of it that change nothing.
SPOKEN_OF = {
    "kcmp": ("type", "-1:-1", range(8)),
    "keyctl": ("operation", "", [3, 4, 6, 11]),
    "personality": ("persona", "", [0, 8, 0xFFFFFFFF]),
    "memfd_create": ("flags", "-1", [1, 2, 3, 4, 7]),
    "shmget": ("shmflg", "-9:0", [0, 0o400, 0o600]),
    "setns": ("nstype", "-1", [0, 0x4000000, 0x20000000, 0x44000000]),
    "unshare": ("flags", "", [0, 0x200, 0x400, 0x600]),
}


def numbers():
    """Of each call its number on the machine; old calls are not on all."""
    with open(os.path.join(TOP, "compiler/syscalls.tsv"), encoding="utf-8") as f:
        rows = [line.rstrip("\n").split("\t") for line in f if line[0] != "#"]
    column = rows[0].index(machine)
    return {row[0]: row[column] for row in rows[1:] if row[column] != "-"}


def condition(r, name):
    arg, _, values = SPOKEN_OF[name]
    a, b = r.choice(values), r.choice(values)
    return r.choice([f"{arg} == {a}", f"{arg} != {a}", f"{arg} < {a}", f"{arg} <= {a}", f"{arg} > {a}", f"{arg} >= {a}",
                     f"{arg} in ({a}, {b})", f"{arg} has {a}", f"{arg} lacks {a}", f"{arg} & {a} == {b & a}",
                     f"{arg} == {a} or {arg} > {b}", f"{arg} >= {min(a, b)} and {arg} <= {max(a, b)}"])


def calls(r):
    for _ in range(r.randint(0, 3)):
        yield f"allow syscall {r.choice(CALLS)}"
    for name in r.sample(sorted(SPOKEN_OF), r.randint(0, 4)):
        yield f"allow syscall {name}" + r.choice(["", f" where {condition(r, name)}", f" where {condition(r, name)}"])
        if r.random() < 0.4:
            yield f"deny syscall {name} where {condition(r, name)} with errno {r.choice(['ENOTTY', 'EXDEV', 'EPERM'])}"


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
    lines += calls(r)
    if r.random() < 0.3:
        lines.append(f'allow {r.choice(["read", "read modify", "exec"])} matching "{r.choice(PATTERNS)}" under "{r.choice(FOLDERS)}"')
    if r.random() < 0.4:
        lines.append('allow read write "/d/a"')
        if r.random() < 0.6:
            lines.append(f'deny {r.choice(["read write", "write", "read write exec"])} "{r.choice(FOLDERS[1:3])}"')
        if r.random() < 0.6:
            lines.append(f'deny {r.choice(["read write", "write", "read"])} matching "{r.choice(PATTERNS)}" under "{r.choice(FOLDERS[:3])}"')
        return r.choice(["isolate user, mount\n    root host"] * 3 + ["isolate all", "isolate none"]), lines
    if r.random() < 0.2:
        return "isolate all", lines
    return "isolate none", lines


def text(view, lines, prefer):
    because = [re.sub(r"$", ' because "random"', line) if line.startswith("allow") else line for line in lines]
    prefers = [f'prefer {p} on linux because "random"' for p in prefer]
    body = "\n    ".join(["targets linux", *ABI, 'entry "/t/probe"', view, *because, *prefers])
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
        yield f"read {d}/x.key", [f'read "{d}/x.key"'], ""
        yield f"modify {d}/x.key", [f'modify "{d}/x.key"'], ""
        yield f"delete {d}/x.key", [f'delete "{d}/x.key"'], ""
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
    number = numbers()
    for name in CALLS:
        if name not in ("truncate", "fchmodat", "openat2"):
            yield f"syscall {number[name]}", [f"syscall {name}"], ""
    for name, (arg, before, values) in SPOKEN_OF.items():
        for v in values:
            yield f"syscall {':'.join(w for w in (number[name], before, str(v)) if w)}", [f"syscall {name} where {arg} == {v}"], ""
    # the C library calls the old one where there is one
    yield "chmod /d/f/file", ["syscall chmod" if "chmod" in number else "syscall fchmodat"], ""
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
    views = re.search(r"^isolate (.*)$", text, re.M).group(1).split()
    views += ["root"] if re.search(r"^root private$", text, re.M) else []
    return views, re.findall(r"^guarantee (\S+) preferred none", text, re.M)


def in_view(command, views):
    """What a private view answers where Landlock would have been asked."""
    if command.startswith("signal") and "pid" in views:
        return "ESRCH"
    if command.startswith("connect-unix /") and "root" in views:
        return "ENOENT" # nothing else names its folder
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
            if w and w[0] == "given" and "root" in views and command.startswith("chmod") \
                    and (want([answer['modify "/d/f/file"']]) or "?")[0] != "given":
                w = "ENOENT,EROFS", "namespace"  # not shown, or mounted read only
            if w and command.startswith("truncate") and w[1] == "landlock" and "mount" in views:
                w = w[0] + ",EINVAL", w[1]  # what covers a file is no file that could be shorter
            if w and not (guarantee in loose and w[1] == "landlock"):
                f.write("\t".join((w[0], w[1] or "-", guarantee or "-", command)) + "\n")


def measures():
    """For each guarantee the rows that measure it, under the plan that requires it."""
    os.environ.setdefault("B", "build")
    done = subprocess.run([os.path.join(HERE, "guarantees.py"), os.path.join(out, "plans"), "/t/probe"], check=False, stdout=subprocess.DEVNULL)
    if done.returncode != 0:
        sys.exit("differential.py: no plans for the guarantees")
    rows = {}
    with open(os.path.join(HERE, "measures.tsv"), encoding="utf-8") as f:
        for line in f:
            if line[0] != "#":
                cap, command, literal, asked, _ = line.rstrip("\n").split("\t")
                rows.setdefault("cap-" + cap, []).append((command, literal, asked.split(" / ")))
    for name, mine in rows.items():
        answer = answers(name, sorted({q for _, literal, asked in mine if literal == "why" for q in asked}))
        with open(os.path.join(out, "ask", name), "w", encoding="utf-8") as f:
            for command, literal, asked in mine:
                w, by = want([answer[q] for q in asked]) if literal == "why" else (literal, "always")
                f.write("\t".join((w, by or "-", name.removeprefix("cap-"), command)) + "\n")
    for name in os.listdir(os.path.join(out, "plans")): # what attacks measure
        if name.startswith("cap-") and name.removesuffix(".sbx") not in rows:
            path = os.path.join(out, "plans", name)
            os.unlink(path) if name.endswith(".sbx") else shutil.rmtree(path)


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
    measures()
    print(f"{made} policies of {tried}, seed {seed}")
    return made < count


sys.exit(main())
