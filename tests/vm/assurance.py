#!/usr/bin/python3
"""assurance.py RESULTS - writes the lower part of docs/assurance.md from what tests/vm/run.sh left in RESULTS (build/vm), and
tests/vm/live.sh in RESULTS/live. A kernel of kernels.tsv that is not there is named."""
import os
import re
import sys
from collections import Counter, defaultdict

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
PAGE = os.path.join(TOP, "docs/assurance.md")
MARK = "<!-- Below: tests/vm/assurance.py. -->\n"
LINE = re.compile(r"^(PASS|FAIL|SKIP) (.*)$")
TRIED = re.compile(r"^escape (root|user) (\S+) ([\w-]+): (\S+) \((predicted )?([^,)]+)(?:,\S+)?(?:, (\w+))?\)$")
results = sys.argv[1]


def table(path):
    with open(path, encoding="utf-8") as f:
        return [line.rstrip("\n").split("\t") for line in f if line.strip() and line[0] != "#"]


class Kernel:
    def __init__(self, name):
        self.name = name
        self.version, self.abi, self.date, self.seconds, self.revision = table(os.path.join(results, name + ".run"))[0]
        self.count = Counter()
        self.skipped, self.failed, self.passed = {}, [], []
        self.tried = []  # (who, plan, attack, answer, right, want, by)
        self.refused, self.starts = set(), set()
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
        m = TRIED.match(text)
        if m:
            who, plan, attack, answer, wrong, want, by = m.groups()
            self.tried.append((who, plan, attack, answer, not wrong, want, by))

    def cell(self, guarantee, of):
        """One guarantee here: of is attack -> guarantee."""
        mine = [t for t in self.tried if of.get(t[2]) == guarantee]
        stopped = [t for t in mine if t[4] and t[5] not in ("open", "given")]
        open_here = [t for t in mine if t[4] and t[5] == "open"]
        if any(not t[4] for t in mine):
            return "**FAILED**"
        plan = "cap-" + guarantee
        if plan in self.starts:
            return f"enforced, {len(stopped)}" if stopped else "enforced"
        if plan not in self.refused:
            return "not tried"
        words = ["refused"]
        words += [f"compensated, {len(stopped)}"] if stopped else []
        words += [f"open where preferred, {len(open_here)}"] if open_here else []
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
    yield head(["kernel", "version", "Landlock ABI", "date", "passed", "failed", "skipped", "seconds", "random policies"])
    for k in kernels:
        c = k.count
        yield row([k.name, k.version, k.abi if k.abi != "0" else "none", k.date, c["PASS"], c["FAIL"], c["SKIP"], k.seconds,
                   sum("differential" in line for line in k.passed)])
    if missing:
        yield f"\nNot among them: {' '.join(missing)}.\n"
    yield "\nQEMU without hardware virtualisation, one processor, 512 MiB; x86_64 where the id names no other machine.\n"
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


def guarantees(kernels, of, names):
    yield "\n## Guarantees by kernel\n\n"
    yield ("*enforced*: a plan that requires it starts, and the number of attempts on it that were stopped, with the errno predicted, over "
           "all plans and both users. *refused*: such a plan does not start. *compensated*: attempts that another mechanism of "
           "other plans stopped there all the same. *open where preferred*: attempts that got through under plans that only "
           "prefer it, as predicted.\n\n")
    yield head(["guarantee"] + [k.name for k in kernels])
    for g in names:
        yield row([f"`{g}`"] + [k.cell(g, of) for k in kernels])


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
    plans = {p for k in kernels for p in k.refused | k.starts if p.startswith("cap-")}
    with open(os.path.join(TOP, "compiler/cap.def"), encoding="utf-8") as f:
        names = [g for g in re.findall(r'^CAP\(\w+, "([^"]+)"', f.read(), re.M) if "cap-" + g in plans]
    with open(PAGE, encoding="utf-8") as f:
        upper = f.read().split(MARK)[0]
    parts = [runs(kernels, missing), live(all_live), guarantees(kernels, of, names), stated(kernels, attacks), skipped(kernels)]
    with open(PAGE, "w", encoding="utf-8") as f:
        f.write(upper + MARK + "\n" + "".join(line for part in parts for line in part))
    return any(k.failed for k in kernels + all_live)


sys.exit(main())
