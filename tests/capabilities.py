"""capabilities.py SBXC STD TABLE - each cell of `sbxc caps` against plans: what is kept is shown by the models of the artifacts
or by the plan's bytes, as TABLE says; what is absent is refused where a policy requires it.
"""
import json, os, re, subprocess, sys, tempfile

sbxc, std, table = (os.path.abspath(p) for p in sys.argv[1:4])
status = 0


def verdict(name, why):
    global status
    if why:
        status = 1
        print(f"FAIL capabilities {name}: {why}")
    else:
        print(f"PASS capabilities {name}")


def run(*words):
    return subprocess.run([sbxc, *words], capture_output=True, text=True)


def policy(target, cell, line, cap, preferred):
    alone = "private views only" in cell.get("note", "") or line.startswith("isolate")
    proxy = 'proxy egress = unix "/run/egress.sock"\n' if "via egress" in line else ""
    prefer = "".join(f'    prefer {p} on {target} because "another guarantee is looked at"\n' for p in sorted(preferred))
    weak = cell["level"] == "partial"
    require = f'prefer {cap} on {target} because "in part"' if weak else f"require {cap}" if cap else ""
    if line.startswith("require"):
        line, require = ("", require) if weak else (line, "")
    return (f'sbx 1\n{proxy}policy ask {{\n    targets {target}\n    entry "/bin/true"\n    allow env LANG\n'
            f'{"" if alone else "    isolate none" if target == "linux" else ""}\n    {line}\n    {require}\n{prefer}}}\n')


def plan(folder, name, target, cell, line, cap):
    """(its folder, "") or ("", the codes it is refused with). What else it cannot have kept is preferred."""
    preferred = set()
    for _ in range(4):
        path = f"{folder}/{name}.sbx"
        with open(path, "w") as f:
            f.write(policy(target, cell, line, cap, preferred))
        p = run(path, "-q", "--std", std, "-o", f"{folder}/{name}", "--format", "json")
        if p.returncode == 0:
            return f"{folder}/{name}", ""
        found = [json.loads(text) for text in p.stderr.splitlines() if text.startswith("{")]
        lost = set(re.findall(r"`([a-z]+\.[a-z_.-]+)`", " ".join(d["message"] for d in found if d["code"] == "E0401"))) - {cap}
        if not lost - preferred:
            break
        preferred |= lost
    return "", " ".join(sorted({d["code"] or "" for d in found if d["level"] == "error"}))


def answers(where, target, row, control):
    """Why the plan does not answer what the row says."""
    kind, rest = row.split(" ", 1)
    if kind == "says":
        file, text = rest.split(" ", 1)
        found = [os.path.exists(f"{d}/{file}") and text in open(f"{d}/{file}").read() for d in (where, control) if d]
        return "" if found[0] and (len(found) < 2 or not found[1]) else f"{file}: {found}"
    words = rest.split(" ")
    if words[0] == "syscall":
        words = ["syscall", " ".join(words[1:])]
    p = run("why", "--exit-code", "--on", target, where, *words)
    said = {0: "allow", 1: "deny"}.get(p.returncode) if p.stdout else None
    return "" if said == kind else f"{rest}: {said}: {(p.stdout + p.stderr).strip().splitlines()[:3]}"


rows = {}
with open(table) as f:
    for text in f:
        if not text.startswith("#"):
            cap, row = text.rstrip("\n").split("\t")
            rows.setdefault(cap, []).append(row)
cells = {c["name"]: c for c in json.loads(run("caps", "--json").stdout)["capabilities"]}
verdict("the table names what there is", " ".join(sorted(set(rows) - set(cells))))
with tempfile.TemporaryDirectory() as folder:
    controls = {t: plan(folder, f"none-{t}", t, {"level": "enforced"}, "", "")[0] for t in ("linux", "macos")}
    for cap, c in cells.items():
        for target in "linux", "macos":
            cell = c[target]
            where, codes = plan(folder, f"{cap}-{target}", target, cell, c["line"], cap)
            if cell["level"] == "absent":
                verdict(f"{cap} on {target}: absent, and refused", "a plan was made" if where else "" if "E04" in codes else codes)
                continue
            mine = [r.removeprefix(f"{target}: ") for r in rows.get(cap, []) if not re.match(r"(linux|macos): ", r) or r.startswith(target)]
            if not where or not mine:
                verdict(f"{cap} on {target}", f"no plan: {codes}" if not where else "nothing shows it")
                continue
            control = controls[target] if c["line"] else ""
            verdict(f"{cap} on {target}: {cell['level']}, {len(mine)} shown", "; ".join(filter(None, (answers(where, target, r, control) for r in mine))))
    where = plan(folder, "self-test", "linux", {"level": "enforced"}, 'allow read "/srv"', "fs.read.scope")[0]
    verdict("self-test: a wrong answer is noticed", "" if answers(where, "linux", "deny read /srv/x", "") else "it was not")
    verdict("self-test: a text that is always there is noticed", "" if answers(where, "linux", "says launch.conf end", controls["linux"]) else "it was not")
sys.exit(status)
