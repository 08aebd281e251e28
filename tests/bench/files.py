"""files.py SBXC - what `sbxc check` of 1,000 files costs, with one process and with as many as there are processors: the time that
passes and that of the processors, each the best of 3. Every file is a policy of ten rules with two tests, and proved."""
import os, subprocess, sys, tempfile, time

FILES, ROUNDS = 1000, 3
sbxc = os.path.abspath(sys.argv[1])


def policy(i):
    rules = "".join(f'    allow read "/srv/{i}/{k}"\n' for k in range(10))
    return (f'sbx 1\npolicy p{i} version "1.0.0" {{\n    targets linux\n    entry "/bin/true"\n    isolate none\n{rules}'
            f'    test "one" {{\n        expect allow read "/srv/{i}/3/x"\n        expect deny write "/srv/{i}/3/x"\n    }}\n'
            f'    test "two" {{\n        expect deny read "/srv/other"\n    }}\n}}\n')


def check(folder, jobs):
    begin = time.monotonic()
    pid = os.posix_spawn(sbxc, [sbxc, "check", "-q", "-j", str(jobs), folder], os.environ)
    _, status, usage = os.wait4(pid, 0)
    if status:
        sys.exit(f"files.py: check ended with {status}")
    return time.monotonic() - begin, usage.ru_utime + usage.ru_stime


print(f"`sbxc check` of {FILES} files")
print(f"    {'processes':>9} {'ms passed':>10} {'ms of processors':>17} {'files a second':>15}")
with tempfile.TemporaryDirectory() as tmp:
    for i in range(FILES):
        with open(os.path.join(tmp, f"{i}.sbx"), "w") as f:
            f.write(policy(i))
    for jobs in sorted({1, 2, os.cpu_count()}):
        if jobs > os.cpu_count():
            continue
        passed, worked = map(min, zip(*(check(tmp, jobs) for _ in range(ROUNDS))))
        print(f"    {jobs:9} {passed * 1e3:10.0f} {worked * 1e3:17.0f} {FILES / passed:15.0f}")
