"""growth.py SBXC [MAX] - how `sbxc check` grows with the rules of a policy: time of the process itself, and what that is of
n log n, the smallest n being 1.00. Kinds are those of policy.py. Where `perf stat` works, instructions too."""
import math, os, re, shutil, subprocess, sys, tempfile

sbxc, most = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 100000
here = os.path.dirname(os.path.abspath(__file__))
KINDS = {"path": 100000, "tree": 100000, "deep": 100000, "use": 100000, "let": 100000, "unix": 100000, "port": 10000, "env": 500, "calls": 1000}


def instructions(policy):
    if not shutil.which("perf"):
        return None
    r = subprocess.run(["perf", "stat", "-x,", "-e", "instructions:u", sbxc, "check", "-q", policy], capture_output=True, text=True)
    m = re.search(r"^(\d+),", r.stderr, re.M)
    return int(m.group(1)) if m else None


def seconds(policy):
    best = None
    for _ in range(3):
        pid = os.posix_spawn(sbxc, [sbxc, "check", "-q", policy], os.environ)
        _, status, usage = os.wait4(pid, 0)
        if status:
            return None
        t = usage.ru_utime + usage.ru_stime
        best = t if best is None else min(best, t)
        if t > 2:
            break
    return best


print("Growth of `sbxc check`, with proof and tests (time: of the process, the best of 3)")
print(f"    {'rules':16} {'n':>7} {'ms':>9} {'per rule':>10} {'of n log n':>10}  {'instructions':>14}")
with tempfile.TemporaryDirectory() as tmp:
    for kind, limit in KINDS.items():
        base = None
        for n in [100, 500, 1000, 10000, 100000]:
            if n > limit or n > most or (n == 500 and limit != 500):
                continue
            policy = os.path.join(tmp, f"{kind}-{n}.sbx")
            with open(policy, "w") as f:
                subprocess.run([sys.executable, os.path.join(here, "policy.py"), kind, str(n)], stdout=f, check=True)
            t = seconds(policy)
            if t is None:
                print(f"    {kind:16} {n:7} {'refused':>9}")
                continue
            unit = t / (n * math.log2(n))
            base = base or unit
            insns = instructions(policy)
            print(f"    {kind:16} {n:7} {t * 1e3:9.1f} {t / n * 1e6:8.1f}us {unit / base:10.2f}  {insns if insns else '-':>14}", flush=True)
