"""formats.py SBXC FILE... - the formats that programs read, of the same run: json, sarif, github against each other.

Prints PASS and FAIL lines. Every fix is applied alone, and the fault it mends must be gone then. The validator of SARIF
knows what 2.1.0 requires of the parts that sbxc writes, and is tried on documents with one part broken.
"""
import copy, json, os, re, subprocess, sys, tempfile, urllib.parse

sbxc, std, files = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), sys.argv[3:]
status = 0


def verdict(name, faults):
    global status
    if faults:
        status = 1
        print(f"FAIL formats {name}: {faults[0]}" + (f" ({len(faults)} faults)" if len(faults) > 1 else ""))
    else:
        print(f"PASS formats {name}")


def run(fmt, paths, cwd=None):
    return subprocess.run([sbxc, "check", "--std", std, "--format", fmt, *paths], capture_output=True, cwd=cwd)


# ---- json ----

KEYS = {"code": (str, type(None)), "name": (str, type(None)), "level": str, "message": str, "spans": list, "notes": list,
        "help": list, "fix": (dict, type(None))}
SPAN = {"byte_start": int, "byte_end": int, "line": int, "column": int, "end_line": int, "end_column": int}


def byte_of(text, line, column):
    lines = text.split(b"\n")
    return sum(len(l) + 1 for l in lines[:line - 1]) + column - 1


def place_faults(p, texts):
    faults = [f"{k} of a place is no number" for k, t in SPAN.items() if not isinstance(p.get(k), t)]
    if faults or p["file"] not in texts:
        return faults
    text = texts[p["file"]]
    if byte_of(text, p["line"], p["column"]) != p["byte_start"]:
        faults.append(f"{p['file']}:{p['line']}:{p['column']} is not byte {p['byte_start']}")
    if byte_of(text, p["end_line"], p["end_column"]) != p["byte_end"]:
        faults.append(f"{p['file']}:{p['end_line']}:{p['end_column']} is not byte {p['byte_end']}")
    return faults


def record_faults(r, texts):
    faults = [f"{k} is missing or of another type" for k, t in KEYS.items() if not isinstance(r.get(k), t)]
    for p in [s for s in r["spans"] if "line" in s] + ([r["fix"]] if r["fix"] else []):
        faults += place_faults(p, texts)
    if r["spans"] and r["spans"][0]["primary"] is not True:
        faults.append("the first span is not the primary one")
    return faults


def records(out):
    return [json.loads(line) for line in out.decode("utf-8").splitlines()]


def records_of(text, folder):
    with tempfile.NamedTemporaryFile(dir=folder, prefix="lib-fix-", suffix=".sbx") as f:
        f.write(text)
        f.flush()
        return records(run("json", [f.name]).stdout)


def accepted(r):
    """The line that a help says to write, and whether it stands in place of a `require`."""
    for h in r["help"]:
        if found := re.fullmatch(r"accept it there: (in place of the `require` write )?`(prefer .*)`", h):
            return found[2], bool(found[1])
    return None


def accept_faults(r, texts):
    """What cannot be kept is no error once it is accepted as the help says, and nothing else is one by that."""
    file, (line, instead) = r["spans"][0]["file"], accepted(r)
    lines = texts[file].split(b"\n")
    at = max(n for n, text in enumerate(lines) if text.split()[:1] == [b"targets"])
    if instead:
        lines = [b"" if text.split()[:1] == [b"require"] else text for text in lines]
    after = records_of(b"\n".join([*lines[:at], lines[at] + b"\n    " + line.encode(), *lines[at + 1:]]), os.path.dirname(file) or ".")
    before = {x["code"] for x in records_of(texts[file], os.path.dirname(file) or ".")}
    wrong = [a for a in after if (a["code"] == "E0401" and a["message"] == r["message"] and a["spans"][0]["line"] == r["spans"][0]["line"] + 1)
             or (a["level"] == "error" and a["code"] not in before)]
    return [f"{file}: `{line}` leads to {wrong[0]['code']}: {wrong[0]['message']}"] if wrong else []


def fix_faults(r, texts):
    """The record is gone when its fix is applied."""
    fix, text = r["fix"], texts[r["fix"]["file"]]
    mended = text[:fix["byte_start"]] + fix["text"].encode() + text[fix["byte_end"]:]
    after = records_of(mended, os.path.dirname(fix["file"]) or ".")
    same = [a for a in after if a["code"] == r["code"] and a["message"] == r["message"] and a["spans"]
            and a["spans"][0].get("byte_start") == r["spans"][0]["byte_start"]]
    return [f"{fix['file']}:{fix['line']}: the fix `{fix['text']}` leaves {r['code']}"] if same else []


def answerable():
    """Codes of the warnings that a `because` on the line answers."""
    table = {name: open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../compiler", name)).read() for name in ("diag.def", "lint.def")}
    numbers = dict(re.findall(r'^DIAG\((\w+), "(W\d+)"', table["diag.def"], re.M))
    return {numbers[name] for name in re.findall(r"^LINT\((\w+), true,", table["lint.def"], re.M)}


def bare_line(r, texts):
    """The line that a warning marks, when a reason can be put at its end."""
    line = texts[r["spans"][0]["file"]].split(b"\n")[r["spans"][0]["line"] - 1]
    return None if b"because" in line or b"#" in line or line.rstrip().endswith(b"{") else line


def reason_faults(r, texts):
    file, n = r["spans"][0]["file"], r["spans"][0]["line"]
    lines = texts[file].split(b"\n")
    lines[n - 1] += b' because "a reason"'
    after = records_of(b"\n".join(lines), os.path.dirname(file) or ".")
    left = [a for a in after if (a["code"] == r["code"] and a["spans"][0]["line"] == n) or a["code"] in ("E0100", "E0101")]
    return [f"{file}:{n}: a reason does not answer {r['code']}"] if left else []


# ---- sarif ----

def need(o, where, **keys):
    return [f"{where}: {k} is missing or of another type" for k, t in keys.items()
            if not isinstance(o.get(k), t)] if isinstance(o, dict) else [f"{where} is no object"]


def region_faults(r):
    faults = need(r, "region", startLine=int, startColumn=int, endLine=int, endColumn=int)
    if not faults and ((r["startLine"], r["startColumn"]) > (r["endLine"], r["endColumn"]) or r["startColumn"] < 1):
        faults.append("a region ends before it begins")
    return faults


def artifact_faults(a):
    faults = need(a, "artifactLocation", uri=str)
    if not faults and not re.fullmatch(r"[A-Za-z0-9._~/:%-]+", a["uri"]):
        faults.append(f"no URI: {a['uri']}")
    return faults


def location_faults(l):
    faults = need(l, "location", physicalLocation=dict)
    if faults:
        return faults
    p = l["physicalLocation"]
    return artifact_faults(p.get("artifactLocation")) + (region_faults(p["region"]) if "region" in p else [])


def result_faults(r, rules):
    faults = need(r, "result", ruleId=str, ruleIndex=int, level=str, message=dict, locations=list)
    if faults:
        return faults
    faults += need(r["message"], "message", text=str)
    if r["level"] not in ("none", "note", "warning", "error"):
        faults.append(f"no level: {r['level']}")
    if not 0 <= r["ruleIndex"] < len(rules) or rules[r["ruleIndex"]].get("id") != r["ruleId"]:
        faults.append(f"ruleIndex of {r['ruleId']} names another rule")
    for l in r["locations"] + r.get("relatedLocations", []):
        faults += location_faults(l)
    for f in r.get("fixes", []):
        faults += need(f, "fix", artifactChanges=list)
        for c in f.get("artifactChanges", []):
            faults += artifact_faults(c.get("artifactLocation"))
            faults += [] if c.get("replacements") else ["a change without replacements"]
            for x in c.get("replacements", []):
                faults += region_faults(x.get("deletedRegion")) + need(x.get("insertedContent"), "content", text=str)
    return faults


def sarif_faults(doc):
    faults = need(doc, "document", version=str, runs=list)
    if faults or doc["version"] != "2.1.0" or len(doc["runs"]) != 1:
        return faults or ["not one run of version 2.1.0"]
    run0 = doc["runs"][0]
    faults = need(run0, "run", tool=dict, results=list, invocations=list)
    if faults:
        return faults
    faults = need(run0["tool"].get("driver"), "driver", name=str, rules=list)
    if faults:
        return faults
    rules = run0["tool"]["driver"]["rules"]
    ids = [x.get("id") for x in rules]
    faults += ["a rule stands twice"] if len(ids) != len(set(ids)) else []
    for x in rules:
        faults += need(x, "rule", id=str, shortDescription=dict, fullDescription=dict, help=dict)
        faults += [f"{x.get('id')}: no text" for k in ("shortDescription", "fullDescription", "help")
                   if not isinstance(x.get(k), dict) or not x[k].get("text")]
    for r in run0["results"]:
        faults += result_faults(r, rules)
    for i in run0["invocations"]:
        faults += need(i, "invocation", executionSuccessful=bool)
        for n in i.get("toolExecutionNotifications", []):
            faults += need(n, "notification", message=dict)
            for l in n.get("locations", []):
                faults += location_faults(l)
    return faults


def broken(doc):
    """Documents with one part broken, with names."""
    def but(name, change):
        d = copy.deepcopy(doc)
        change(d)
        return name, d
    run0 = lambda d: d["runs"][0]
    with_fix = next(i for i, r in enumerate(doc["runs"][0]["results"]) if "fixes" in r)
    yield but("no version", lambda d: d.pop("version"))
    yield but("no tool", lambda d: run0(d).pop("tool"))
    yield but("a rule twice", lambda d: run0(d)["tool"]["driver"]["rules"].append(run0(d)["tool"]["driver"]["rules"][0]))
    yield but("a rule without its page", lambda d: run0(d)["tool"]["driver"]["rules"][0].pop("help"))
    yield but("a wrong index", lambda d: run0(d)["results"][0].update(ruleIndex=0 if run0(d)["results"][0]["ruleIndex"] else 1))
    yield but("a text that is no text", lambda d: run0(d)["results"][0]["message"].update(text=1))
    yield but("a column 0", lambda d: run0(d)["results"][0]["locations"][0]["physicalLocation"]["region"].update(startColumn=0))
    yield but("a blank in a URI", lambda d: run0(d)["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"].update(uri="a b"))
    yield but("a fix without text", lambda d: run0(d)["results"][with_fix]["fixes"][0]["artifactChanges"][0]["replacements"][0].pop("insertedContent"))
    yield but("no verdict of the run", lambda d: run0(d)["invocations"][0].pop("executionSuccessful"))


def main():
    texts = {f: open(f, "rb").read() for f in files}
    run_json, run_sarif, run_github, run_gcc = (run(f, files) for f in ("json", "sarif", "github", "gcc"))
    recs = records(run_json.stdout)
    verdict(f"json: {len(recs)} records of {len(files)} files", [f for r in recs for f in record_faults(r, texts)] +
            ([] if len(recs) > len(files) / 2 else ["too few records"]))
    fixes = [r for r in recs if r["fix"] and r["fix"]["file"] in texts and r["level"] != "note"]
    verdict(f"json: {len(fixes)} fixes, each applied alone", [f for r in fixes for f in fix_faults(r, texts)] +
            ([] if len(fixes) >= 15 else ["too few fixes"]))
    asked = [r for r in recs if r["code"] in answerable() and r["spans"][0]["file"] in texts and bare_line(r, texts)]
    lacking = answerable() - {r["code"] for r in asked}
    verdict(f"json: {len(asked)} warnings answered by a reason", [f for r in asked for f in reason_faults(r, texts)] +
            ([f"none of {sorted(lacking)}"] if lacking else []))
    wishes = [r for r in recs if r["code"] == "E0401" and r["spans"][0]["file"] in texts and accepted(r)]
    verdict(f"json: {len(wishes)} guarantees accepted as the help says", [f for r in wishes for f in accept_faults(r, texts)] +
            ([] if len(wishes) >= 15 else ["too few of them"]))

    doc = json.loads(run_sarif.stdout)
    results = doc["runs"][0]["results"]
    verdict("sarif: one document of 2.1.0", sarif_faults(doc))
    verdict("sarif: the records of json", [] if [r["ruleId"] for r in results] == [r["code"] for r in recs] and
            all(r["message"]["text"].startswith(j["message"]) for r, j in zip(results, recs)) else ["others"])
    for name, bad in broken(doc):
        verdict(f"sarif self-test: {name}", [] if sarif_faults(bad) else ["not noticed"])

    lines = run_github.stdout.decode().splitlines()
    bad = [l for l in lines if not re.fullmatch(r"::(error|warning|notice) (file=[^,:]+,line=\d+,col=\d+,(endColumn=\d+,)?)?"
                                                r"title=[A-Z]\d+ [a-z-]+::.+", l)]
    verdict(f"github: {len(lines)} commands", bad + ([] if len(lines) == len(recs) else ["not as many as records of json"]))
    verdict("the same exit code in all", [] if run_json.returncode == run_sarif.returncode == run_github.returncode ==
            run_gcc.returncode in (1, 3) else ["others"])
    verdict("stderr stays empty where stdout is taken",
            [r.stderr[:100].decode() for r in (run_json, run_sarif, run_github) if r.stderr])
    strange()


def strange():
    """Names and bytes that a format must not pass on, a file that cannot be read, one that is none."""
    with tempfile.TemporaryDirectory() as d:
        name = b"a\n\x1b[31m %,:\xc3\xa9\xe2\x80\xae.sbx"
        path = os.path.join(os.fsencode(d), name)
        with open(path, "wb") as f:
            f.write(b'sbx 1\n# \xc3\xa9\xc3\xa9\npolicy p {\n    about "\xc3\xa9\xc3\xa9" \xff \x1b[2J "\n}\n')
        with open(os.path.join(d, "empty.sbx"), "w"):
            pass
        paths = [path, "missing.sbx", "empty.sbx"]
        out = {f: run(f, paths, d).stdout for f in ("json", "sarif", "github")}
        raw = [f"{f}: a raw byte {b:#x}" for f, o in out.items() for b in o if (b < 0x20 and b != 10) or b == 0x7f]
        recs, doc = records(out["json"]), json.loads(out["sarif"])
        verdict("strange names: no raw control byte", raw + ([] if all(len(o) > 100 for o in out.values()) else ["too short"]))
        verdict("strange names: sarif is valid", sarif_faults(doc))
        uri = doc["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        verdict("strange names: the URI is the path", [] if urllib.parse.unquote_to_bytes(uri) == name else [uri])
        elsewhere = json.loads(run("sarif", [path], "/").stdout)["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
        verdict("a file of elsewhere keeps its whole path",
                [] if urllib.parse.unquote_to_bytes(elsewhere["artifactLocation"]["uri"].removeprefix("file://")) == path else [str(elsewhere)])
        os.makedirs(os.path.join(d, "sub"))
        with open(os.path.join(d, "sub", "q.sbx"), "w") as f:
            f.write("sbx 1\nimport \"../empty.sbx\"\n")
        for way in ("./sub/q.sbx", "sub/q.sbx", os.path.join(d, "sub/q.sbx")):
            uris = {l["physicalLocation"]["artifactLocation"]["uri"] for r in json.loads(run("sarif", [way], d).stdout)["runs"][0]["results"]
                    for l in r["locations"]}
            verdict(f"{way.replace(d, 'DIR')}: named from the folder of the run", [] if uris == {"empty.sbx"} or uris == {"sub/q.sbx", "empty.sbx"} else [str(uris)])
            lines = run("github", [way], d).stdout.decode()
            verdict("... in github too", [] if "file=empty.sbx," in lines else [lines])
        lost = [r for r in recs if r["code"] is None]
        notes = doc["runs"][0]["invocations"][0]
        verdict("a file that cannot be read is named in json and sarif",
                [] if len(lost) == 1 and lost[0]["spans"][0]["file"] == "missing.sbx" and
                notes["executionSuccessful"] is False and len(notes["toolExecutionNotifications"]) == 1 else [str(lost)])
        column = [r["locations"][0]["physicalLocation"]["region"]["startColumn"] for r in doc["runs"][0]["results"]
                  if r["locations"][0]["physicalLocation"]["region"]["startLine"] == 4]
        verdict("sarif counts characters", [] if column and column[0] == 16 else [str(column)])
        only = run("sarif", ["missing.sbx"], d)
        verdict("sarif of a file that cannot be read alone", sarif_faults(json.loads(only.stdout)) +
                ([] if only.returncode == 2 else [f"exit {only.returncode}"]))


main()
sys.exit(status)
