#!/usr/bin/python3
"""predict.py PLANS DIR PORT ESCAPE HOME - what `sbxc why` predicts of each attack under each plan of PLANS, which prepare.sh
compiled; a line `plan attack want by guarantee` with tabs. want: errnos or a signal, `given` (the policy allows it), `open` (it
is stated that nothing stops it). Ends with 1 when a prediction cannot be made."""
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
B = os.path.join(TOP, os.environ.get("B", "build"))
plans_dir, world, port, escape, home = sys.argv[1:6]


def table(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as f:
        return [line.rstrip("\n").split("\t") for line in f if line.strip() and line[0] != "#"]


def fill(text):
    values = {"%d": world, "%p": port, "%q": str(int(port) + 1), "%e": escape}
    return re.sub("%[dpqe]", lambda m: values[m.group()], text)


# A policy for one guarantee (guarantees.py) is asked about the attacks on it; some guarantees say more than their own.
MORE = {
    "proc.no_exec": ["fs.exec.scope"],
    "fs.write.deny": ["fs.write.scope"],
    "fs.exec.deny": ["fs.exec.scope"],
    "net.disable": ["net.connect.port", "net.listen.port", "net.udp", "unix.path", "unix.abstract"],
    "net.outbound": ["net.listen.port"],
    "net.connect.host": ["net.connect.port"],
}


class Plan:
    def __init__(self, name, _policy, sets, load):
        self.name = name
        self.dir = os.path.join(plans_dir, name)
        self.policy = os.path.join(plans_dir, name + ".sbx")
        self.options = ["--std", os.path.join(TOP, "policies/std")]
        if "=" in sets:
            self.options += [w for s in sets.split() for w in ("--set", fill(s))]
        given = [fill(s) for s in load.split() if "=" in s]
        given += [f"HOME={home}", f"CWD={world}/ro", "TMPDIR=/tmp", "RUNTIME_DIR=/run/user/0"]
        self.options += [w for s in given for w in ("--given", s)]
        with open(os.path.join(self.dir, "launch.conf"), encoding="utf-8") as f:
            launch = f.read()
        self.views = set(re.search(r"^isolate (.*)$", launch, re.M).group(1).split())
        self.views |= {"root"} if re.search(r"^root private$", launch, re.M) else set()
        with open(os.path.join(self.dir, "landlock.conf"), encoding="utf-8") as f:
            self.views |= {"mask"} if re.search(r"^cover .*/in/masked$", f.read(), re.M) else set()

    def about(self, guarantee):
        """Is an attack on this guarantee tried under this plan?"""
        own = self.name.removeprefix("cap-")
        return own == self.name or guarantee == own or guarantee in MORE.get(own, [])

    def ask(self, questions):
        """Asks all of them at once: self.answer is question -> (allowed, by, errnos)."""
        command = [os.path.join(B, "tests/escape/ask"), self.policy, *self.options]
        done = subprocess.run(command, input="\n".join(questions), capture_output=True, text=True, check=False)
        lines = done.stdout.splitlines()
        if done.returncode != 0 or len(lines) != len(questions):
            raise ValueError(f"{self.name}: {done.stderr.strip()}")
        self.answer = {}
        for question, line in zip(questions, lines):
            found = set()
            for case in line.split("|"):
                word, by, shows = case.split("\t")
                errnos = ",".join(re.findall(r"\bE[A-Z0-9]{3,}\b|SIGSYS", shows))
                found.add((False, by, errnos) if by else (word == "allow", "", "open"))
            if len(found) != 1:
                raise ValueError(f"{self.name}: {question}: not one answer but {sorted(found)}")
            self.answer[question] = found.pop()


def exception(errno, views):
    """The errno behind `;VIEW:E` or `;VIEW!:E`, and whether it comes before the filter."""
    for view, first, e in re.findall(r";(\w+)(!?):([A-Za-z,]+)", errno):
        if view in views:
            return e, bool(first)
    return None, False


def predict(plan, attack):
    name, _bare, guarantee, errno, asked = attack[:5]
    plain = errno.split(";")[0]
    other, first = exception(errno, plan.views)
    want, by = plain, "always"
    if asked != "-":
        want, by = "given", ""
        for question in asked.split(" / "):
            allowed, by, errnos = plan.answer[fill(question)]
            if not allowed:
                want = errnos if plain == "why" or by == "seccomp" else plain
                break
    if other and (first or want != "given" and by != "seccomp"):
        want, by = other, "namespace"
    return "\t".join((plan.name, name, want, by or "-", guarantee))


def stated(attack):
    if attack[6] == "-":
        return
    name, text = attack[6].split(":", 1)
    with open(os.path.join(TOP, name), encoding="utf-8") as f:
        if text not in " ".join(f.read().split()):
            raise ValueError(f"{attack[0]}: {name} does not say: {text}")


def main():
    attacks = [a for a in table("attacks.tsv") if not a[3].startswith("guest:")]
    plans = [Plan(*p) for p in table("plans.tsv") if os.path.isdir(os.path.join(plans_dir, p[0]))]
    for name in sorted(os.listdir(plans_dir)):
        if name.startswith("cap-") and not name.endswith(".sbx"):
            plans.append(Plan(name, "", "-", "-"))
    questions = sorted({fill(q) for a in attacks if a[4] != "-" for q in a[4].split(" / ")})
    try:
        for a in attacks:
            stated(a)
        for p in plans:
            p.ask(questions)
            for a in attacks:
                if p.about(a[2]):
                    print(predict(p, a))
    except ValueError as error:
        print(f"predict.py: {error}", file=sys.stderr)
        return 1
    return 0


sys.exit(main())
