"""schema.py SBXC STD - what sbxc prints as JSON is what docs/schema says, no key more and none less.

The validator (json_schema.py) is tried on documents with one part broken. Every key of a schema has a sentence.
"""
import copy, json, os, subprocess, sys, tempfile

sys.dont_write_bytecode = True  # nothing lands beside the sources
from json_schema import faults, load

sbxc, std = (os.path.abspath(p) for p in sys.argv[1:3])
here = os.path.dirname(os.path.abspath(__file__))
top = os.path.dirname(here)
status = 0


def verdict(name, faults):
    global status
    if faults:
        status = 1
        print(f"FAIL schema {name}: {faults[0]}" + (f" ({len(faults)} faults)" if len(faults) > 1 else ""))
    else:
        print(f"PASS schema {name}")


def run(*words):
    p = subprocess.run([sbxc, *words, *(["--std", std] if words[0] != "verify" else [])], capture_output=True, cwd=here)
    return p.stdout.decode()


seen = {}  # schema: the paths of keys that some document had


def note(name, value, at=""):
    if isinstance(value, dict):
        for k, v in value.items():
            seen.setdefault(name, set()).add(f"{at}.{k}")
            note(name, v, f"{at}.{k}")
    elif isinstance(value, list):
        for v in value:
            note(name, v, at)


def keys(schema, at=""):
    for k, v in schema.get("properties", {}).items():
        yield f"{at}.{k}"
        yield from keys(v, f"{at}.{k}")
    if "items" in schema:
        yield from keys(schema["items"], at)


def silent(schema, at=""):
    for k, v in schema.get("properties", {}).items():
        if not v.get("description"):
            yield f"{at}.{k}"
        yield from silent(v, f"{at}.{k}")
    if "items" in schema:
        yield from silent(schema["items"], at)


def hold(name, what, out):
    documents = [json.loads(line) for line in out.splitlines()] if name == "diagnostic" else [json.loads(out)]
    schema, bad = load(name), []
    for d in documents:
        bad += faults(schema, d)
        note(name, d)
    verdict(f"{name}: {what}", bad if documents else ["nothing was printed"])
    return documents


def main():
    old, new = "diff/agent-old.sbx", "diff/agent-new.sbx"
    with tempfile.TemporaryDirectory() as d:
        for name, policy in (("a", old), ("b", new)):
            run(policy, "-q", "-o", f"{d}/{name}")
        first = hold("diff", "policies", run("diff", "--json", old, new))[0]
        hold("diff", "the other way", run("diff", "--json", new, old))
        hold("diff", "plans", run("diff", "--json", f"{d}/a", f"{d}/b"))
        for name, where in (("old", "/usr"), ("new", "/opt")):
            with open(f"{d}/{name}.sb", "w") as f:
                f.write(f'(version 1)\n(deny default)\n(allow file-read* (subpath "{where}"))\n')
        hold("diff", "profiles", run("diff", "--json", f"{d}/old.sb", f"{d}/new.sb"))
        for name, where in (("deep", "/srv/a"), ("wide", "/srv")):
            with open(f"{d}/{name}.sbx", "w") as f:
                f.write(f'sbx 1\npolicy p {{\n    targets linux\n    isolate none\n    entry "/bin/true"\n    allow read "{where}"\n}}\n')
        hold("diff", "a wider place", run("diff", "--json", f"{d}/deep.sbx", f"{d}/wide.sbx"))
        with open(f"{d}/hole.sbx", "w") as f:
            f.write('sbx 1\nprofile q {\n    allow read "/srv" except "/srv/x" because "r"\n}\npolicy p {\n    targets linux\n'
                    '    use q\n    entry "/bin/true"\n    never allow read "/srv/x" because "n"\n}\n')
        hold("diff", "no change", run("diff", "--json", old, old))
        errors = sorted(f"errors/{f}" for f in os.listdir(f"{here}/errors") if f.endswith(".sbx"))
        hold("diagnostic", f"{len(errors)} policies", run("check", "--format", "json", *errors, "errors/missing.sbx"))
        hold("test", "all of it", run("test", "--json", "--coverage", "--mutate", "../policies/examples/code-eval.sbx", f"{d}/hole.sbx"))
        hold("test", "failures and refusals", run("test", "--json", *[e for e in errors if "E05" in e][:4], errors[0]))
        hold("why", "a hole", run("why", "--json", f"{d}/hole.sbx", "read", "/srv/x/y"))
        agent = "../policies/examples/agent-tool.sbx"
        run(agent, "-q", "-o", f"{d}/agent")
        with open(f"{d}/small.sbx", "w") as f:
            f.write('sbx 1\nparam n: count = 4 at load\npolicy p {\n    targets linux\n    entry "/bin/true"\n    limit pids n because "r"\n'
                    '    mount "/srv" at "/data" read because "r"\n}\n')
        for what in (agent, f"{d}/agent", f"{d}/small.sbx", f"{d}/hole.sbx", "../policies/examples/code-eval.sbx"):
            name = os.path.basename(what)
            hold("explain", f"{name} of {'a plan' if os.path.isdir(what) else 'a policy'}", run("explain", "--json", what))
            hold("caps", f"{name} of {'a plan' if os.path.isdir(what) else 'a policy'}", run("caps", "--json", what))
        hold("caps", "what the systems can do", run("caps", "--json"))
        hold("caps", "another kernel", run("caps", "--json", "--for", "kernel=6.1"))
        hold("caps-set", "portable", run("caps", "--json", "--portable"))
        hold("caps-set", "a difference", run("caps", "--json", agent, "minus", "macos"))
        hold("caps-set", "none", run("caps", "--json", agent, "minus", agent))
        for words in (["read", "/usr/lib/x"], ["write", "/etc/passwd"], ["connect", "tcp", "1.1.1.1:443"], ["env", "LANG"],
                      ["exec", "/bin/sh"], ["syscall", "clone"]):
            hold("why", " ".join(words), run("why", "--json", "../policies/examples/code-eval.sbx", *words))
            hold("why", " ".join(words) + " of a plan", run("why", "--json", f"{d}/b", *words))
        hold("why", "through a proxy", run("why", "--json", "../policies/examples/agent-tool.sbx", "connect", "tcp", "github.com:443"))
    # a key that no document ever had is a sentence about nothing
    rare = {"test": {".live-tried", ".live-failed", ".live-not-tried"}, "why": {".answers.targets.refuses", ".answers.targets.open", ".answers.never.used-at"}}
    for name in ("diff", "diagnostic", "test", "why", "explain", "caps"):
        unseen = set(keys(load(name))) - seen.get(name, set()) - rare.get(name, set())
        verdict(f"{name}: every key is printed somewhere", sorted(unseen))

    for name in sorted(f.removesuffix(".json") for f in os.listdir(f"{top}/docs/schema")):
        verdict(f"{name}: every key has a sentence", list(silent(load(name))))

    def broken(change):
        d = copy.deepcopy(first)
        change(d)
        return faults(load("diff"), d)
    verdict("self-test: a document that holds", faults(load("diff"), first))
    for what, change in (("a key more", lambda d: d.update(x=1)), ("a key less", lambda d: d.pop("verdict")),
                         ("a number that is text", lambda d: d.update(grows="1")), ("a word of no list", lambda d: d["changes"][0].update(way="up")),
                         ("a switch for a number", lambda d: d.update(grows=True)), ("a deep key more", lambda d: d["changes"][0].update(x=1))):
        verdict(f"self-test: {what}", [] if broken(change) else ["is not noticed"])


main()
sys.exit(status)
