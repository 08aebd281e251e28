"""trials.py SBXC STD - tries what the language says, one short policy a claim, each in both directions.

tests/trials/NAME.trial holds trials. One begins at the left margin with the claims it tries and a sentence, and says after
`=>` what is to be seen; the lines below it are statements of a policy:

    S4.except, word:op.read: a place left out of its own allow
        allow read "/srv" except "/srv/key"
        expect allow read "/srv/a"
        expect deny  read "/srv/key"

    S12.pointer: a filter sees no text behind a pointer => E0214
        - deny syscall openat where pathname == 0
        + deny syscall openat where dfd == 0

    word:setting.hostname: the name inside => launch.conf: hostname box
        + hostname "box"

* Without `=>`, the policy is accepted and every `expect` holds; each of them, turned round, fails.
* `=> CODE`: with the lines marked `-` the policy is refused with this code (or warned with it) and no other error, at one of these
  lines, or at one marked `!`; with those marked `+` in their place it is not.
* `=> FILE: LINE`: with the lines marked `+` that file of the plan has the line, `*` standing for anything; with those marked `-`
  it has not.

Round the statements stands a policy for Linux with an entry, unless they say `targets` or `entry` themselves; `expect` and `given` go
into a test, what belongs to a file (import, param, group, proxy, profile) above the policy. `base: LINE` is a line of a policy that
this one extends, `NAME.sbx: LINE` one of a file beside it, `args: --set x=1` are options, and after `sbx 1` all is as written.

Every claim of claims.tsv and every word of the tables of the language needs a trial; a claim that is shown elsewhere names the file
there, and the text in it that shows it.
"""
import concurrent.futures, fnmatch, glob, json, os, re, subprocess, sys, tempfile

import trials_made

sbxc, std = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "trials")
root = os.path.dirname(os.path.dirname(here))
status = 0

ABOVE = ("import", "param", "group", "proxy", "profile")  # what stands above a policy
TURNED = {"allow": "deny", "deny": "allow", "enforced": "caveat", "caveat": "enforced"}
FAILED = {"E0502", "E0504", "E0414", "E0307"}  # an expectation that does not hold


def verdict(name, fault):
    global status
    if fault:
        status = 1
        print(f"FAIL trials {name}: {fault}")
    else:
        print(f"PASS trials {name}")


class Trial:
    def __init__(self, place, claims, title, seen):
        self.place, self.claims, self.title, self.seen = place, claims, title, seen
        self.lines, self.args, self.beside = [], [], {}

    def add(self, text):
        marked = re.match(r"( *)([-+!]) (.*)", text)
        mark, text = (marked[2], marked[1] + marked[3]) if marked else (" ", text)
        beside = re.match(r"([a-z-]+\.sbx): ?(.*)", text)
        if text.startswith("args: "):
            self.args.append((mark, text[6:].split()))
        elif text.startswith("base: "):
            self.beside.setdefault("base.sbx", []).append((mark, "    " + text[6:]))
        elif beside:
            self.beside.setdefault(beside[1], []).append((mark, beside[2]))
        else:
            self.lines.append((mark, text))

    def marked(self, mark):
        return any(m == mark for part in [self.lines, self.args, *self.beside.values()] for m, _ in part)


def read_trials(name, text):
    trials = []
    for n, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith(" "):
            trials[-1].add(line[4:])
            continue
        head = re.fullmatch(r"([A-Za-z0-9_.:, -]+?): (.+?)(?: => (.+))?", line)
        if not head:
            sys.exit(f"FAIL trials {name}:{n}: a trial begins with `CLAIM, ...: SENTENCE`")
        trials.append(Trial(f"{name}:{n}", head[1].split(", "), head[2], head[3]))
    return trials


def made_trial(title, seen, lines):
    t = Trial("made:", ["made"], title, seen)
    for line in lines:
        t.add(line)
    return t


def split(lines):
    """The statements of a policy, those above it, and those of its test: blocks stay together."""
    above, body, test, to, depth = [], [], [], None, 0
    for mark, text in lines:
        word = text.split()[0] if text.split() else ""
        if depth == 0:
            to = above if word in ABOVE else test if word in ("expect", "given") else body
        to.append((mark, text))
        depth += sum(text.count(c) for c in "{(") - sum(text.count(c) for c in "})")
    return above, body, test


def has(lines, word):
    return any(text.split()[:1] == [word] for _, text in lines)


def whole(trial, turn=False):
    """The policy as a list of (mark, line)."""
    if any(re.fullmatch(r"sbx \d+", text) for _, text in trial.lines):
        return trial.lines
    above, body, test = split(trial.lines)
    out = [(" ", "sbx 1")]
    if "base.sbx" in trial.beside:
        out.append((" ", 'import "base.sbx"'))
    out += above + [(" ", "policy trial " + ("extends base {" if "base.sbx" in trial.beside else "{"))]
    if not has(body, "targets"):
        out += [(" ", "    targets linux")]
        if not has(body, "abi") and "base.sbx" not in trial.beside:
            out += [(" ", "    abi x86_64")]
    if not has(body, "entry") and "base.sbx" not in trial.beside:
        out += [(" ", '    entry "/usr/bin/true"')]
    out += [(m, "    " + t) for m, t in body]
    if test:
        out += [(" ", '    test "trial" {')] + [(m, "        " + t) for m, t in test] + [(" ", "    }")]
    return out + [(" ", "}")]


def base_file(lines):
    body = [(m, t.strip()) for m, t in lines]
    out = [(" ", "sbx 1"), (" ", "policy base {")]
    if not has(body, "targets"):
        out += [(" ", "    targets linux")]
    if not has(body, "entry"):
        out += [(" ", '    entry "/usr/bin/true"')]
    return out + lines + [(" ", "}")]


def side(lines, mark):
    """Without the lines of the other mark: the text, and the numbers of the lines that bear this one."""
    kept = [(m, t) for m, t in lines if m in (" ", "!", mark)]
    at = "!" if any(m == "!" for m, _ in kept) else mark
    return "\n".join(t for _, t in kept) + "\n", {n for n, (m, _) in enumerate(kept, 1) if m == at}


def turned(lines):
    """Every expectation says the opposite; an action goes, since an `allow` has none."""
    turn = lambda t: re.sub(r"^(\s*expect )(allow|deny|enforced|caveat)", lambda x: x[1] + TURNED[x[2]], t)
    return [(m, re.sub(r" with .*", "", turn(t)) if "expect" in t else t) for m, t in lines]


class Run:
    """One policy in a folder of its own, and what `sbxc check` says of it."""

    def __init__(self, tmp, name, trial, lines, mark):
        self.dir = os.path.join(tmp, name)
        os.mkdir(self.dir)
        self.file = os.path.join(self.dir, "trial.sbx")
        self.text, self.marks = side(lines, mark)
        self.where = {self.file: self.marks}
        open(self.file, "w", encoding="utf-8").write(self.text)
        for beside, rest in trial.beside.items():
            path = os.path.join(self.dir, beside)
            rest = base_file(rest) if beside == "base.sbx" else [(" ", "sbx 1")] + rest
            text, self.where[path] = side(rest, mark)
            open(path, "w", encoding="utf-8").write(text)
        self.args = [a for m, args in trial.args if m in (" ", mark) for a in args]
        self.said = []

    def codes(self, level):
        return {d["code"] for d in self.said if d["level"] == level}

    def at_marked(self, code):
        """Is it said at a line with `!`, or, where there is none, at one of this side?"""
        spans = [d["spans"][0] for d in self.said if d["code"] == code and d["spans"]]
        return not any(self.where.values()) or any(s["line"] in self.where.get(s["file"], ()) for s in spans)


def check(runs):
    """All that take no options in one run, the others each in its own."""
    by_file = {r.file: r for r in runs}
    plain = [r.file for r in runs if not r.args]
    jobs = [([], plain)] + [(r.args, [r.file]) for r in runs if r.args]
    for args, files in [j for j in jobs if j[1]]:
        out = subprocess.run([sbxc, "check", "--std", std, "--format", "json", *args, *files], capture_output=True)
        folders = {os.path.dirname(f): by_file[f] for f in files}
        for line in (out.stdout + out.stderr).decode().splitlines():
            try:
                d = json.loads(line)
            except ValueError:
                sys.exit(f"FAIL trials: sbxc says no JSON: {line}")
            where = d["spans"][0]["file"] if d["spans"] else files[0]
            folders[os.path.dirname(where)].said.append(d)


def make_plan(run):
    plan = os.path.join(run.dir, "plan")
    out = subprocess.run([sbxc, "compile", "-q", "--std", std, *run.args, run.file, "-o", plan], capture_output=True)
    run.plan, run.refused = plan, out.stderr.decode().split("\n")[0] if out.returncode else ""


def plan_has(run, file, line):
    path = os.path.join(run.plan, file)
    if not os.path.exists(path):
        return False
    return any(fnmatch.fnmatchcase(l.strip(), line) for l in open(path, encoding="utf-8"))


def first(run):
    for d in run.said:
        if d["level"] == "error":
            return f"{d['code']} {d['message']} (line {d['spans'][0]['line'] if d['spans'] else '?'})"
    return ""


def judge_holds(t, run, turn):
    if run.codes("error"):
        return first(run)
    expects = [n for n, l in enumerate(turn.text.splitlines(), 1) if re.match(r"\s*expect ", l)]
    if not expects:
        return "it expects nothing"
    failed = {d["spans"][0]["line"] for d in turn.said if d["code"] in FAILED}
    passed = [n for n in expects if n not in failed]
    return f"turned round it holds too: {turn.text.splitlines()[passed[0] - 1].strip()}" if passed else ""


def judge_code(t, bad, good):
    code = t.seen
    if not (t.marked("-") or t.marked("+")):
        return "no line is marked with - or +"
    errors, all_bad = bad.codes("error"), {d["code"] for d in bad.said}
    if code not in all_bad:
        return f"it is not said; instead: {first(bad) or 'accepted'}"
    if code.startswith("E") and errors != {code}:
        return f"other errors are said too: {sorted(errors)}"
    if (t.marked("-") or t.marked("!")) and not bad.at_marked(code):
        return "it is said at a line that is not marked"
    if good.codes("error") or code in {d["code"] for d in good.said}:
        return f"the other way is not accepted: {first(good) or code}"
    return ""


def judge_plan(t, without, with_):
    file, line = t.seen.split(": ", 1)
    if with_.refused or without.refused:
        return f"one of both is refused: {with_.refused or without.refused}"
    if not plan_has(with_, file, line):
        return f"{file} has no such line"
    return f"{file} has the line without it too" if plan_has(without, file, line) else ""


# ---- what has to be tried ----

def table(path, macro, prefix, *columns):
    """The words of a table of the language, as claims: `word:PREFIX.WORD`."""
    text = re.sub(r"/\*.*?\*/", "", open(os.path.join(root, path), encoding="utf-8").read(), flags=re.S)
    for row in re.findall(rf"^{macro}\((.*?)\)$", text, flags=re.M | re.S):
        words = re.findall(r'"([^"]*)"', row)
        yield from (f"word:{prefix}.{words[c]}" for c in columns if c < len(words) and words[c])


def lints():
    text = open(os.path.join(root, "compiler/diag.def"), encoding="utf-8").read()
    return re.findall(r'^DIAG\(\w+, "W\d+", SEV_WARNING, "([^"]+)"', text, flags=re.M)


def choices():
    text = re.sub(r"/\*.*?\*/", "", open(os.path.join(root, "compiler/choice.def")).read(), flags=re.S)
    for row in re.findall(r"^CHOICE\((.*?)\)$", text, flags=re.M):
        setting, *words = re.findall(r'"([^"]*)"', row)
        yield from (f"word:{setting}.{w}" for w in words)


def wanted():
    """claim -> None, or (file, text) of what shows it elsewhere."""
    out = {}
    for line in open(os.path.join(here, "claims.tsv"), encoding="utf-8"):
        if line.strip() and not line.startswith("#"):
            claim, _, *shown = line.rstrip("\n").split("\t")
            out[claim] = tuple(shown) or None
    words = [*(f"lint:{slug}" for slug in lints()), *table("compiler/op_word.def", "OP_WORD", "op", 0), *table("compiler/limit.def", "LIMIT", "limit", 0),
             *table("compiler/cap.def", "CAP", "cap", 0), *table("compiler/type.def", "TYPE", "type", 0),
             *table("compiler/setting.def", "SETTING", "setting", 0), *table("compiler/isolate.def", "ISOLATE", "isolate", 0),
             *table("compiler/target.def", "TARGET", "target", 0), *table("compiler/arch.def", "ARCH", "arch", 0),
             *table("compiler/macos_word.def", "MACOS_FAMILY", "macos", 0), *choices()]
    for w in words:
        out.setdefault(w, None)
    return out


def uncovered(trials, want):
    """(claim, why it counts as not tried), and names that are no claims."""
    tried = {c for t in trials for c in t.claims}
    for claim, shown in want.items():
        if not shown and claim not in tried:
            yield claim, "no trial tries it"
        elif shown:
            path = os.path.join(root, shown[0])
            if not os.path.exists(path) or shown[1] not in open(path, encoding="utf-8").read():
                yield claim, f"{shown[0]} has no `{shown[1]}`"
    yield from ((c, f"{t.place} tries it, and claims.tsv does not have it") for t in trials for c in t.claims if c not in want)


def run(trials):
    """(trial, what is wrong with it or nothing) of each."""
    with tempfile.TemporaryDirectory() as tmp:
        for n, t in enumerate(trials):
            lines = whole(t)
            pair = [("minus", lines, "-"), ("plus", lines, "+")]
            if not t.seen:
                pair = [("holds", lines, " "), ("turned", turned(lines), " ")]
            t.runs = [Run(tmp, f"{n}-{name}", t, l, m) for name, l, m in pair]
            t.of_plan = ": " in (t.seen or "")
        check([r for t in trials if not t.of_plan for r in t.runs])
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(make_plan, [r for t in trials if t.of_plan for r in t.runs]))
        return [(t, (judge_plan if t.of_plan else judge_code if t.seen else judge_holds)(t, *t.runs)) for t in trials]


# Each is wrong, and has to be found wrong.
WRONG = """
S1.default: an expectation that fails
    expect allow read "/srv"

S1.default: one that holds for a part, turned round or not
    allow read "/srv"
    expect allow read write "/srv/a"

S1.default: no expectation
    allow read "/srv"

S2.absolute: another code => E0206
    - allow read "srv"
    + allow read "/srv"

S2.absolute: a code that both sides have => E0202
    allow read "srv"
    - allow read "opt"
    + allow read "usr"

S2.absolute: a code at another line => E0202
    allow read "/srv"
    - allow read "opt"
    ! allow read "/usr"

S2.absolute: a second error => E0202
    - allow read "srv"
    - allow wread "/srv"

S2.absolute: one side alone => E0202
    allow read "srv"

A.stdin: a line that is not there => launch.conf: stdin nil
    + stdin null

A.stdin: a line that both have => launch.conf: target linux
    + stdin null
"""


def main():
    files = sorted(glob.glob(os.path.join(here, "*.trial")))
    trials = [t for path in files for t in read_trials(os.path.basename(path), open(path, encoding="utf-8").read())]
    for t, fault in run(trials):
        verdict(f"{t.place} {t.title}", fault)
    made = [made_trial(*t) for t in trials_made.trials(root)]
    for t, fault in run(made):
        verdict(f"{t.place} {t.title}", fault)
    for n, gap in enumerate([*trials_made.gaps(root)]):
        verdict(f"tables of calls, {n + 1}", gap)
    want = wanted()
    gaps = list(uncovered(trials, want))
    for claim, why in gaps:
        verdict(f"claim {claim}", why)
    verdict(f"each of {len(want)} claims and words is tried", f"{len(gaps)} are not" if gaps else "")
    for t, fault in run(read_trials("wrong", WRONG)):
        verdict(f"self-test, {t.title}", "" if fault else "it passes")
    gaps = [c for c, _ in uncovered(trials[1:], {**want, "S0.none": None, "S0.file": ("tests/run.sh", "no such text")})]
    verdict("self-test, claims that nothing shows", "" if {"S0.none", "S0.file"} <= set(gaps) else "they pass")


main()
sys.exit(status)
