"""trials_made.py - trials that the tables of the compiler make, of each call of a family and each built-in group; and what these
tables must hold. trials.py says what a trial is: here it is (sentence, code or None, lines).
"""
import os, re

ABIS = {"x86_64": "x86_64", "aarch64": "aarch64", "riscv64": "riscv64", "s390x": "s390x", "i386": "x86_64, i386",
        "x32": "x86_64, x32", "arm": "aarch64, arm"}
MACHINES = ("x86_64", "aarch64", "riscv64", "s390x")
FIRST_DENIED = 3  # sibling.def
# Names that look like a second try of another and are none.
NO_PAIRS = {("dup", "dup2"), ("dup", "dup3"), ("flock", "lock"), ("munlock", "munlockall"), ("rt_sigreturn", "sigreturn"),
            ("mount", "umount"), ("stat", "ustat"), ("fsync", "sync"), ("ftime", "time"), ("time", "utime"), ("times", "utimes")}


# What calls that are open as a whole go against.
PREFER = ("prefer fs.read.scope, fs.write.deny, fs.ioctl.scope, proc.no_exec, net.disable, ipc.restrict, tty.no_inject, kernel.isolation "
          'because "a trial"')


def rows(root, path, macro):
    text = re.sub(r"/\*.*?\*/", "", open(os.path.join(root, path), encoding="utf-8").read(), flags=re.S)
    return re.findall(rf"^{macro}\((.*?)\)$", text, flags=re.M | re.S)


def words(row):
    return re.findall(r'"([^"]*)"', row)


def call_table(root):
    """call -> {ABI: number} of those that have it."""
    lines = [l.rstrip("\n").split("\t") for l in open(os.path.join(root, "compiler/syscalls.tsv")) if l[0] != "#"]
    head = lines[0]
    return {l[0]: {a: n for a, n in zip(head[2:], l[2:]) if n != "-"} for l in lines[1:]}


def families(root):
    return [(int(row[0]), words(row)) for row in rows(root, "compiler/sibling.def", "SIBLINGS")]


def groups(root):
    """group -> its calls, those of groups in it too."""
    table = {words(r)[0]: words(r)[2:] for r in rows(root, "compiler/groups.def", "GROUP")}

    def calls(name):
        return [c for m in table[name] for c in (calls(m[1:]) if m[0] == "@" else [m])]

    return {name: sorted(set(calls(name))) for name in table}


def shared_abi(table, a, b):
    return next((abi for abi in ABIS if abi in table[a] and abi in table[b]), None)


def relatives(all_families, name):
    """The calls of its families, of theirs, and so on."""
    out, more = set(), {name}
    while more:
        out |= more
        more = {c for _, names in all_families if out & set(names) for c in names} - out
    return out


def family_trials(root):
    """Each call denied alone, another of its family allowed: said. All of the family denied: not said."""
    table, all_families = call_table(root), families(root)
    refused = {words(row)[0] for row in rows(root, "compiler/derive.def", "REFUSE")}  # unless a line allows them
    for when, names in all_families:
        for name in names if when != FIRST_DENIED else names[:1]:
            pairs = [(other, shared_abi(table, name, other)) for other in names if other != name]
            other, abi = next(((o, abi) for o, abi in pairs if abi), (None, None))
            if not abi or name.startswith("execve"):
                continue  # no program starts without it: tests/errors/W121-families.sbx denies a part of it
            rest = ", ".join(c for c in sorted(relatives(all_families, name) - {name}) if {*ABIS[abi].split(", ")} & {*table[c]})
            opened = [f'- allow syscall {other} because "a trial"'] if other in refused else []
            yield f"`{name}` is denied and `{other}` is not, on {abi}", "W121", [
                f"abi {ABIS[abi]}", "isolate none", PREFER, "default syscall with allow", *opened, f"- deny syscall {name}", f"+ deny syscall {name}, {rest}"]


def governed(root):
    """Calls that other rules open, under a condition or as a whole, or that are refused: no group opens them."""
    rest = [words(row)[1:] for macro in ("SET", "SET_ON") for row in rows(root, "compiler/derive.def", macro) 
            if not re.search("HAS_ANYTHING|_WX", row)]
    names = {words(row)[0] for macro in ("WAY", "WAY_ON", "REFUSE") for row in rows(root, "compiler/derive.def", macro)
             if "_WX" not in row}
    return names | {name for row in rest for name in row}


def group_trials(root):
    """On each machine a group opens its calls and no other: it has some there."""
    table, others_open = call_table(root), governed(root)
    for group, calls in groups(root).items():
        for abi in MACHINES:
            opened = [c for c in calls if abi in table[c] and c not in others_open]
            closed = [c for c in table if abi in table[c] and c not in opened and c != "execveat"]
            yield f"@{group} on {abi}", None if opened else "W103", [
                f"abi {abi}", "isolate none", "syscalls exact", 'allow syscall execveat because "a trial"',
                f'{"" if opened else "- "}allow syscall @{group} because "a trial"', PREFER,
                *([f"expect allow syscall {', '.join(opened)}"] if opened else []), f"expect deny syscall {', '.join(closed)}"]


def root_name(name, table):
    """The call that a name is a second try of, by what the kernel adds to names."""
    for shape in (r"(.+?)(?:at2|at|64|32|_time64|v2|v|[1234]|all|_attr|_fd)", r"(?:f|l|rt_|p|e|old|_new|_l|_|u|t|tg)(.+)"):
        found = re.fullmatch(shape, name)
        if found and found[1] in table:
            return found[1]
    return None


def gaps(root):
    """What the tables lack."""
    table, together = call_table(root), {(a, b) for _, names in families(root) for a in names for b in names}
    for name in table:
        of = root_name(name, table)
        if of and (name, of) not in together and tuple(sorted((name, of))) not in NO_PAIRS:
            yield f"`{name}` does what `{of}` does, by its name, and no family has both"
    grouped = {c for calls in groups(root).values() for c in calls}
    yield from (f"no group has `{c}`" for c in table if c not in grouped)
    yield from (f"no kernel has `{c}`, which a group names" for c in grouped if c not in table)
    for name, calls in groups(root).items():
        yield from (f"{abi} has no call of @{name}" for abi in MACHINES if not any(abi in table[c] for c in calls if c in table))


def trials(root):
    yield from family_trials(root)
    yield from group_trials(root)
