"""growth.py SBXC [MAX [KIND...]] - how `sbxc check` grows with the rules of a policy: time of the process itself, and what that is of
n log n, that of 1000 being 1.00 (the smallest, where there are not so many). Kinds and what each may hold are those of
policy.py. tests/growth.sh counts instructions instead, and fails."""
import math, os, subprocess, sys, tempfile

sbxc, most = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 100000
here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, here)
from policy import KINDS
only = sys.argv[3:]


def seconds(policy):
    best = None
    for _ in range(3):
        pid = os.posix_spawn(sbxc, [sbxc, "check", "-q", policy], os.environ, file_actions=[(os.POSIX_SPAWN_OPEN, 2, "/dev/null", os.O_WRONLY, 0)])
        _, status, usage = os.wait4(pid, 0)
        if status:
            return None
        t = usage.ru_utime + usage.ru_stime
        best = t if best is None else min(best, t)
        if t > 2:
            break
    return best


print("Growth of `sbxc check`, with proof and tests (time: of the process, the best of 3)")
print(f"    {'rules':16} {'n':>7} {'ms':>9} {'per rule':>10} {'of n log n':>10}")
with tempfile.TemporaryDirectory() as tmp:
    for kind, limit in KINDS.items():
        if only and kind.__name__ not in only:
            continue
        units = {}
        for n in sorted({100, 1000, 10000, 100000, limit}):
            if n > limit or n > most:
                continue
            policy = kind(n)
            for name, text in {**policy.files, "policy.sbx": policy.text()}.items():
                with open(os.path.join(tmp, name), "w") as f:
                    f.write(text)
            t = seconds(os.path.join(tmp, "policy.sbx"))
            if t is None:
                print(f"    {kind.__name__:16} {n:7} {'refused':>9}")
                continue
            units[n] = t / (n * math.log2(n))
            base = units.get(1000, next(iter(units.values())))
            print(f"    {kind.__name__:16} {n:7} {t * 1e3:9.1f} {t / n * 1e6:8.1f}us {units[n] / base:10.2f}", flush=True)
