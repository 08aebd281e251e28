#!/usr/bin/python3
"""assurance.py RESULTS - writes the lower part of docs/assurance.md from what tests/vm/run.sh left in RESULTS (build/vm), and
tests/vm/live.sh in RESULTS/live, tests/vm/systemd.sh in RESULTS/systemd. A kernel of kernels.tsv that is not there is named."""
import os
import re
import sys
from collections import Counter, defaultdict

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
PAGE = os.path.join(TOP, "docs/assurance.md")
MARK = "<!-- Below: tests/vm/assurance.py. -->\n"
END = "<!-- Above: tests/vm/assurance.py. -->\n"
LINE = re.compile(r"^(PASS|FAIL|SKIP) (.*)$")
TRIED = re.compile(r"^escape (root|user) (\S+) ([\w-]+): (\S+) \((predicted )?([^,)]+)(?:,\S+)?(?:, (\w+))?\)$")
COMPARED = re.compile(r"^differential (\S+): (\d+) right, (\d+) of them stopped")
# What other guest scripts measure of a guarantee: their lines that say that something was stopped.
MEASURED = {
    "fs.write.ephemeral": r"differential cap-fs.write.ephemeral: what was made is gone",
    "fs.hide": r"(root|user): a private tree over an initramfs",
    "fs.read.deny": r"(root|user): the host's tree with a covered place",
    "res.memory": r"(root|user): limit memory: the hog|memory: and are killed|limits (memory-hog: the job|memfd-hog|cgroup-)|libsbx: limit memory",
    "res.swap": r"swap: and are killed",
    "res.cpu_weight": r"cpu-weight: 20 beside",
    "res.cpu": r"(root|user): limit cpu: throttled|cpu: 20%",
    "res.pids": r"(root|user): limit pids: the ninth|pids: refused|limits fork-bomb",
    "res.io": r"io-(read|write): 1 MiB/s",
    "res.wall": r"(root|user): limit wall: exit 124|wall: \d+ s|wall orphan",
    "res.output": r"output: ended",
    "res.core": r"limits (raise-rlimit|core-dump)",
}
results = sys.argv[1]


def table(path):
    with open(path, encoding="utf-8") as f:
        return [line.rstrip("\n").split("\t") for line in f if line.strip() and line[0] != "#"]


class Kernel:
    def __init__(self, name):
        self.name = name
        self.version, self.abi, self.date, self.seconds, self.revision = table(os.path.join(results, name + ".run"))[0]
        if name == "here":
            self.version = re.match(r"[\d.]*", self.version).group()  # what follows names the machine
        self.count = Counter()
        self.skipped, self.failed, self.passed = {}, [], []
        self.tried = []  # (who, plan, attack, answer, right, want, by)
        self.refused, self.starts = set(), set()
        self.compared = Counter()  # plan -> answers that were right
        self.stopped = Counter()  # plan -> how many of these said no
        self.predicted = defaultdict(set)  # plan -> the guarantees that it is refused for
        for line in table(os.path.join(results, name + ".host")):
            if line[1] == "refused":
                self.predicted[line[0]].add(line[2])
        with open(os.path.join(results, name + ".lines"), encoding="utf-8") as f:
            for line in f:
                m = LINE.match(line.rstrip("\n"))
                if m:
                    self.take(m.group(1), m.group(2))

    def take(self, word, text):
        self.count[word] += 1
        if word == "FAIL":
            self.failed.append(text)
        if word == "PASS":
            self.passed.append(text)
        bare = re.match(r"^escape root bare ([\w-]+): \S+, (.*)$", text)
        if word == "SKIP" and bare:
            self.skipped[bare.group(1)] = bare.group(2)
        m = re.match(r"^escape (?:root|user) (\S+): (refused|starts) here, as predicted", text)
        if m:
            (self.refused if m.group(2) == "refused" else self.starts).add(m.group(1))
        m = COMPARED.match(text)
        if m:
            self.compared[m.group(1)], self.stopped[m.group(1)] = int(m.group(2)), int(m.group(3))
        m = TRIED.match(text)
        if m:
            who, plan, attack, answer, wrong, want, by = m.groups()
            self.tried.append((who, plan, attack, answer, not wrong, want, by))

    def cell(self, guarantee, of):
        """One guarantee here: of is attack -> guarantee."""
        plan = "cap-" + guarantee
        mine = [t for t in self.tried if plan in (t[1], "cap-" + of.get(t[2], ""))]
        stopped = sum(t[4] and t[5] not in ("open", "given") for t in mine) + self.stopped[plan]
        stopped += sum(bool(re.match(MEASURED.get(guarantee, "$"), text)) for text in self.passed)
        open_here = sum(t[4] and t[5] == "open" for t in mine)
        given = self.compared[plan] - self.stopped[plan]
        if any(not t[4] for t in mine):
            return "**FAILED**"
        if plan in self.refused | self.starts and (plan in self.refused) != (plan in self.predicted):
            return "**NOT AS PREDICTED**"
        if plan in self.starts:
            return f"enforced, {stopped}" if stopped else f"enforced, {given} given" if given else "starts, not measured"
        if plan not in self.refused:
            return "not tried"
        if guarantee not in self.predicted[plan]:
            return "refused for others" + (f"; enforced, {stopped}" if stopped else "")
        words = ["refused"]
        words += [f"compensated, {stopped}"] if stopped else []
        words += [f"open where preferred, {open_here}"] if open_here else []
        return "; ".join(words)


def row(cells):
    return "| " + " | ".join(str(c) for c in cells) + " |\n"


def head(cells):
    return row(cells) + "|" + "---|" * len(cells) + "\n"


def revisions(what):
    """At which revision (the last change of more than tests) they ran; more than one is said kernel by kernel."""
    where = defaultdict(list)
    for k in what:
        where[k.revision].append(k.name)
    if len(where) == 1:
        return f"All of them at revision {what[0].revision}.\n"
    return "Revisions: " + "; ".join(f"{r}: {' '.join(names)}" for r, names in where.items()) + ".\n"


def runs(kernels, missing):
    yield "## The runs\n\n"
    yield head(["kernel", "version", "Landlock ABI", "date", "passed", "failed", "skipped", "seconds", "random policies", "answers", "of them no"])
    for k in kernels:
        c = k.count
        yield row([k.name, k.version, k.abi if k.abi != "0" else "none", k.date, c["PASS"], c["FAIL"], c["SKIP"], k.seconds,
                   sum(line.startswith("differential r") for line in k.passed),
                   *(sum(n for plan, n in c.items() if plan[0] == "r") for c in (k.compared, k.stopped))])
    if missing:
        yield f"\nNot among them: {' '.join(missing)}.\n"
    yield "\nQEMU without hardware virtualisation, one processor, 512 MiB; x86_64 where the id names no other machine.\n"
    yield "`here` is no guest, but the kernel of the machine that the guests ran on, and the random policies alone.\n"
    yield revisions(kernels)
    plans = sorted({t[1] for k in kernels for t in k.tried if not t[1].startswith("cap-")})
    yield f"Plans beside those for one guarantee each: {', '.join(plans)}.\n"
    yield "The shipped examples are tried by `make check-escape`, and in guests with `FULL=1`.\n\n"
    yield from (f"* {k.name}: FAILED {text}\n" for k in kernels for text in k.failed)


class Live:
    """The scripts of tests/live on one kernel."""

    def __init__(self, name):
        self.name = name
        self.date, _, self.revision = table(os.path.join(results, "live", name + ".run"))[0][2:]
        self.seconds, self.scripts, self.count = Counter(), Counter(), defaultdict(Counter)
        self.failed, self.skipped = [], []
        with open(os.path.join(results, "live", name + ".console"), encoding="utf-8", errors="replace") as f:
            for m in re.finditer(r"^@@(?:DONE|LOST) (\w+)/\S+(?: \d+ (\d+))?", f.read(), re.M):
                self.scripts[m.group(1)] += 1
                self.seconds[m.group(1)] += int(m.group(2) or 0)
        with open(os.path.join(results, "live", name + ".lines"), encoding="utf-8") as f:
            for m in re.finditer(r"^(PASS|FAIL|SKIP) ((\w+)/.*)$", f.read(), re.M):
                word, text, who = m.groups()
                self.count[who][word] += 1
                if word != "PASS":
                    (self.failed if word == "FAIL" else self.skipped).append(text)


def live(all_live):
    if not all_live:
        return
    yield "\n## The live suite in guests\n\n"
    yield "`make check-vm LIVE=1`: tests/live unchanged, with smaller numbers where a script is about load, or tries a sample.\n\n"
    yield head(["kernel", "as", "date", "scripts", "passed", "failed", "skipped", "seconds"])
    for k in all_live:
        for who, n in k.scripts.items():
            c = k.count[who]
            yield row([k.name, who, k.date, n, c["PASS"], c["FAIL"], c["SKIP"], k.seconds[who]])
    yield "\n" + revisions(all_live) + "\n"
    yield from (f"* {k.name}: FAILED {text}\n" for k in all_live for text in k.failed)
    where = defaultdict(list)
    for k in all_live:
        for text in k.skipped:
            where[text.split("/", 1)[1]].append(f"{k.name} {text.split('/')[0]}")
    yield "\nSkipped:\n\n"
    yield head(["script and reason", "where"])
    for text, names in sorted(where.items()):
        if "this kernel has no Landlock" not in text:
            yield row([text.replace("|", "\\|"), ", ".join(names)])


def delegation(ids):
    """What a real service manager delegates, on each kernel that had one."""
    names = [i for i in ids if os.path.exists(os.path.join(results, "systemd", i + ".run"))]
    if not names:
        return
    yield "\n## Delegation by systemd\n\n"
    yield "`make check-vm SYSTEMD=1`: systemd is the first process, a user logs in, and the command of the refusal gives the limits.\n\n"
    yield head(["kernel", "version", "date", "revision", "passed", "failed", "skipped"])
    for name in names:
        version, _, date, _, revision = table(os.path.join(results, "systemd", name + ".run"))[0]
        with open(os.path.join(results, "systemd", name + ".lines"), encoding="utf-8") as f:
            c = Counter(m.group(1) for m in map(LINE.match, f) if m)
        yield row([name, version, date, revision, c["PASS"], c["FAIL"], c["SKIP"]])


def guarantees(kernels, of):
    """Each word of cap.def: what no policy can require on Linux is refused before there is a plan."""
    with open(os.path.join(TOP, "compiler/cap.def"), encoding="utf-8") as f:
        names = re.findall(r'^CAP\(\w+, "([^"]+)"', f.read(), re.M)
    why = dict(table(os.path.join(results, "guarantees")))
    yield "\n## Guarantees by kernel\n\n"
    yield ("Each cell is what a plan that requires the guarantee did there, and what `sbxc check --for` had said of it: where these differ it says "
           "so. *enforced*: it starts, and so many attempts on the guarantee were stopped, with the errno predicted, over all plans and both users, "
           "each with a control that succeeds; *given*: so many things that it promises worked. *refused*: it does not start. *refused for others*: "
           "nor does it here, because every policy has guarantees that this kernel lacks; *enforced* behind it: in plans that prefer those. *compensated*: so many attempts were stopped there all the same, by another mechanism, in plans that prefer it or in their own. *open where "
           "preferred*: attempts that got through under plans that only prefer it, as predicted. *refused by sbxc*: no plan can require it on Linux.\n\n")
    yield head(["guarantee"] + [k.name for k in kernels])
    for g in names:
        code = why.get("cap-" + g, "-")
        yield row([f"`{g}`"] + [f"refused by sbxc, {code}" if code != "-" else k.cell(g, of) for k in kernels])


def stated(kernels, attacks):
    yield "\n## What got through, and is stated\n\n"
    yield head(["attack", "what", "attempts", "stated"])
    for a in attacks:
        n = sum(1 for k in kernels for t in k.tried if t[2] == a[0] and t[4] and t[5] in ("open", "given"))
        if n and a[6] != "-":
            name, text = a[6].split(":", 1)
            yield row([a[0], a[5], n, f"{name}: *{text}*"])


def skipped(kernels):
    yield "\n## What had no control\n\n"
    yield "Attacks that root could not carry out bare, so that being stopped shows nothing; they were tried under the plans all the same.\n\n"
    where = defaultdict(list)
    for k in kernels:
        for attack, why in k.skipped.items():
            where[attack, why].append(k.name)
    yield head(["attack", "why", "kernels"])
    for (attack, why), names in sorted(where.items()):
        yield row([attack, why, " ".join(names)])


def main():
    ids = [line[0] for line in table(os.path.join(HERE, "kernels.tsv"))]
    kernels = [Kernel(i) for i in ids if os.path.exists(os.path.join(results, i + ".run"))]
    missing = [i for i in ids if i not in {k.name for k in kernels}]
    all_live = [Live(i) for i in ids if os.path.exists(os.path.join(results, "live", i + ".run"))]
    attacks = table(os.path.join(TOP, "tests/escape/attacks.tsv"))
    of = {a[0]: a[2] for a in attacks}
    with open(PAGE, encoding="utf-8") as f:
        upper, below = f.read().split(MARK)
        how = below.split(END)[1]
    here = [Kernel("here")] if os.path.exists(os.path.join(results, "here.run")) else []
    parts = [runs(kernels + here, missing), live(all_live), delegation(ids), guarantees(kernels, of), stated(kernels, attacks), skipped(kernels)]
    lower = "".join(line for part in parts for line in part)
    with open(PAGE, "w", encoding="utf-8") as f:
        f.write(upper + MARK + "\n" + lower.rstrip("\n") + "\n\n" + END + how)
    return any(k.failed for k in kernels + here + all_live) or "**NOT AS PREDICTED**" in lower


sys.exit(main())
