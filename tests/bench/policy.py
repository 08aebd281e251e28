"""policy.py KIND N - a policy with N rules of a kind, each of its own: what the growth of compile time is measured with."""
import sys

kind, n = sys.argv[1], int(sys.argv[2])
top, lines, tests = [], [], ["expect deny write \"/x\""]
if kind == "path":
    lines = [f'allow read "/srv/place/{i}"' for i in range(n)]
    tests += [f'expect allow read "/srv/place/{i}/x"' for i in range(n)]
elif kind == "deep":
    lines = [f'allow read "/srv/a{i}/b/c/d/e/f/g/h"' for i in range(n)]
elif kind == "tree":  # places inside of one another, some left out and opened again
    lines = [f'allow read "/srv/{i % 10}/{i // 10 % 100}/{i}" because "x"' for i in range(n)]
elif kind == "port":
    lines = [f'allow connect tcp "*:{1 + i % 65000}" because "x"' for i in range(n)]
elif kind == "unix":
    lines = [f'allow connect unix "/run/s/{i}"' for i in range(n)]
elif kind == "env":
    lines = [f"allow env V{i}" for i in range(n)]
elif kind == "call":
    lines = [f"deny syscall prctl where option == {1000 + i}" for i in range(n)]
elif kind == "calls":
    calls = ["prctl", "ioctl", "fcntl", "socket", "madvise", "kill", "personality", "setsockopt", "fadvise64", "flock"]
    args = ["option", "cmd", "cmd", "domain", "behavior", "sig", "personality", "optname", "advice", "cmd"]
    lines = [f"deny syscall {calls[i % 10]} where {args[i % 10]} == {1000 + i}" for i in range(n)]
elif kind == "use":
    top = [f'profile p{i} {{\n    allow read "/srv/place/{i}"\n}}' for i in range(n)]
    lines = [f"use p{i}" for i in range(n)]
elif kind == "let":
    lines = [f'let v{i} = "x"' for i in range(n)] + [f'allow read "/srv/${{v{i}}}{i}"' for i in range(n)]
else:
    sys.exit(__doc__)
print("sbx 1")
print("\n".join(top))
print('policy grown version "1.0.0" {\n    targets linux\n    entry "/bin/true"\n    isolate none')
print("\n".join("    " + l for l in lines))
print('    test "grown" {\n' + "".join(f"        {t}\n" for t in tests) + "    }\n}")
