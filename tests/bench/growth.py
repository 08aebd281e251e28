"""growth.py SBXC [MAX [KIND...]] - how `sbxc check` grows with the rules of a policy, and `sbxc diff` with those of two: time of
the process itself, and what that is of n log n, that of 1000 being 1.00 (the smallest, where there are not so many). Kinds and
what each may hold are those of policy.py. tests/growth.sh counts instructions instead, and fails."""
import math, os, re, sys, tempfile

sbxc, most = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 100000
here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, here)
from policy import KINDS, path
only = sys.argv[3:]


def seconds(*args):
    best = None
    for _ in range(3):
        pid = os.posix_spawn(sbxc, [sbxc, *args], os.environ,
                             file_actions=[(os.POSIX_SPAWN_OPEN, fd, out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600) for fd in (1, 2)])
        _, status, usage = os.wait4(pid, 0)
        if status:
            return None
        t = usage.ru_utime + usage.ru_stime
        best = t if best is None else min(best, t)
        if t > 2:
            break
    return best


def profile(n, changed):  # for macOS; a tenth of the places are others
    return "(version 1)(deny default)\n" + "".join(
        f'(allow file-read-data (subpath "/srv/{"other/" if changed and i % 10 == 0 else ""}{i}"))\n' for i in range(n))


def write(name, text):
    with open(os.path.join(tmp, name), "w") as f:
        f.write(text)
    return os.path.join(tmp, name)


def check(kind, n):
    policy = kind(n)
    for name, text in policy.files.items():
        write(name, text)
    return seconds("check", "-q", write("policy.sbx", policy.text()))


def diff_policies(kind, n):
    text = kind(n).text()
    return seconds("diff", write("policy.sbx", text), write("new.sbx", re.sub(r'/(\d*0)"', r'/other/\1"', text)))


def diff_profiles(_, n):
    return seconds("diff", write("old.sb", profile(n, False)), write("new.sb", profile(n, True)))


def curve(name, limit, measure, kind):
    units = {}
    for n in sorted({100, 1000, 10000, 100000, limit}):
        if n > limit or n > most:
            continue
        t = measure(kind, n)
        if t is None:
            print(f"    {name:16} {n:7} {'refused':>9}")
            continue
        units[n] = t / (n * math.log2(n))
        base = units.get(1000, next(iter(units.values())))
        print(f"    {name:16} {n:7} {t * 1e3:9.1f} {t / n * 1e6:8.1f}us {units[n] / base:10.2f}", flush=True)


print("Growth of `sbxc check`, with proof and tests, and of `sbxc diff` (time: of the process, the best of 3)")
print(f"    {'rules':16} {'n':>7} {'ms':>9} {'per rule':>10} {'of n log n':>10}")
with tempfile.TemporaryDirectory() as tmp:
    out = os.path.join(tmp, "out")
    for kind, limit in KINDS.items():
        if not only or kind.__name__ in only:
            curve(kind.__name__, limit, check, kind)
    for name, measure in {"diff": diff_policies, "diffprofile": diff_profiles}.items():
        if not only or name in only:
            curve(name, 100000, measure, path)
