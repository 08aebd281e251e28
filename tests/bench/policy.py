"""policy.py KIND N [FOLDER] - a policy with N rules of a kind, each of its own: what the growth of compile time is measured with.
Imports are files of their own, written into FOLDER. Without arguments the kinds."""
import os, sys

HEAD = 'policy grown version "1.0.0"%s {\n    targets %s'
ENTRY = '    entry "/bin/true"'
PREFER = 'prefer net.connect.host, net.connect.port, net.listen.port on linux because "x"'
ARGS = {"prctl": "option", "ioctl": "cmd", "fcntl": "cmd", "socket": "domain", "madvise": "behavior", "kill": "sig",
        "personality": "personality", "setsockopt": "optname", "fadvise64": "advice", "flock": "cmd"}


class Policy:
    """top: lines before the policy; lines: in it; tests: whole tests; files: imports by name; base: lines of one that it extends."""

    def __init__(self, top=(), lines=(), tests=(), files=None, isolate="none", targets="linux", base=None):
        self.top, self.lines, self.tests, self.files, self.targets = top, lines, tests, files or {}, targets
        self.isolate = [f"    isolate {isolate}"] if targets == "linux" else ['    prefer proc.no_exec on macos because "x"']
        self.extends = " extends base" if base else ""
        if base:
            self.top = ['import "base.sbx"', *top]
            self.files["base.sbx"] = "\n".join(["sbx 1", "policy base {", f"    targets {targets}", *self.head(), *("    " + l for l in base), "}", ""])

    def head(self):
        return [ENTRY, *self.isolate]

    def text(self):
        tests = self.tests or ['    test "grown" {\n        expect deny write "/x"\n    }']
        return "\n".join(["sbx 1", *self.top, HEAD % (self.extends, self.targets), *([] if self.extends else self.head()),
                          *("    " + l for l in self.lines), *tests, "}", ""])


def test(*lines):
    return '    test "grown" {\n' + "".join(f"        {l}\n" for l in lines) + "    }"


def path(n):
    return Policy(lines=[f'allow read "/srv/place/{i}"' for i in range(n)])


def deep(n):
    return Policy(lines=[f'allow read "/srv/a{i}/b/c/d/e/f/g/h"' for i in range(n)])


def chain(n):  # each inside the one before
    return Policy(lines=[f'allow {"write" if i % 2 else "read"} "/srv{"/a" * (i % 40)}/{i}" because "x"' for i in range(n)])


def pattern(n):  # below one folder
    return Policy(lines=['prefer fs.glob.live on linux because "x"', *(f'allow read matching "*.k{i}" under "/srv"' for i in range(n))])


def denypattern(n):  # each place that one fits is covered
    return Policy(isolate="all", lines=['prefer fs.glob.live on linux because "x"', 'allow read "/srv"',
                                        *(f'deny read matching "*.k{i}" under "/srv"' for i in range(n))])


def folderpattern(n):  # one pattern, below many folders
    return Policy(isolate="all", lines=['prefer fs.glob.live on linux because "x"', 'allow read "/srv"',
                                        *(f'deny read matching "*.key" under "/srv/{i}"' for i in range(n))])


def tree(n):
    return Policy(lines=[f'allow read "/srv/{i % 10}/{i // 10 % 100}/{i}" because "x"' for i in range(n)])


def hole(n):  # of one rule
    return Policy(isolate="all", lines=['allow read "/srv" except {', *(f'    "/srv/{i}"' for i in range(n)), "}"])


def deny(n):
    return Policy(isolate="all", lines=['allow read "/srv"', *(f'deny read "/srv/{i}/x"' for i in range(n))])


def port(n):
    return Policy(lines=[PREFER, *(f'allow connect tcp "*:{1 + i % 65000}" because "x"' for i in range(n))])


def sockets(n):  # below a place that only the start knows
    return Policy(lines=['prefer unix.path on linux because "x"', *(f'allow connect unix "${{RUNTIME_DIR}}/s/{i}"' for i in range(n))])


def unix(n):
    return Policy(lines=['prefer unix.path on linux because "x"', *(f'allow connect unix "/run/s/{i}"' for i in range(n))])


def proxy(n):  # hosts behind one
    return Policy(top=['proxy egress = unix "/run/egress.sock"'],
                  lines=[PREFER, 'prefer unix.path on linux because "x"',
                         *(f'allow connect tcp "h{i}.example.org:443" via egress' for i in range(n))])


def proxies(n):
    return Policy(top=[f'proxy p{i} = unix "/run/egress/{i}"' for i in range(n)],
                  lines=[PREFER, 'prefer unix.path on linux because "x"',
                         *(f'allow connect tcp "h{i}.example.org:443" via p{i}' for i in range(n))])


def call(n):
    return Policy(lines=[f"deny syscall prctl where option == {1000 + i}" for i in range(n)])


def calls(n):
    names = list(ARGS)
    return Policy(lines=[f"deny syscall {names[i % 10]} where {ARGS[names[i % 10]]} == {1000 + i}" for i in range(n)])


def conds(n):  # of one line
    return Policy(lines=["deny syscall prctl where option in (" + ", ".join(str(1000 + i) for i in range(n)) + ")"])


def env(n):
    return Policy(lines=[f"allow env V{i}" for i in range(n)])


def expect(n):
    return Policy(lines=['allow read "/srv"'], tests=[test(*(f'expect allow read "/srv/{i}/x"' for i in range(n)))])


def tests(n):
    return Policy(lines=['allow read "/srv"'], tests=[test(f'expect allow read "/srv/{i}/x"', 'expect deny write "/x"') for i in range(n)])


def given(n):  # tests of their own values, beside as many rules that stand on the value
    return Policy(top=["param home: path at load"], lines=[f'allow read "${{home}}/{i}"' for i in range(n)],
                  tests=[test(f'given home = "/home/u{i}"', f'expect allow read "/home/u{i}/{i}"', 'expect deny write "/x"') for i in range(n)])


def let(n):
    return Policy(lines=[*(f'let v{i} = "x"' for i in range(n)), *(f'allow read "/srv/${{v{i}}}{i}"' for i in range(n))])


def param(n):
    return Policy(top=[f'param v{i}: string = "x"' for i in range(n)], lines=[f'allow read "/srv/${{v{i}}}{i}"' for i in range(n)])


def group(n):
    return Policy(top=[f"group @g{i} = ptrace, " + ("bpf" if i == 0 else f"@g{(i - 1) // 2}") for i in range(n)],
                  lines=[f"deny syscall @g{i}" for i in range(n)])


def use(n):
    return Policy(top=[f'profile p{i} {{\n    allow read "/srv/place/{i}"\n}}' for i in range(n)], lines=[f"use p{i}" for i in range(n)])


def imports(n):
    files = {f"f{i}.sbx": f'sbx 1\nprofile p{i} {{\n    allow read "/srv/place/{i}"\n}}\n' for i in range(n)}
    return Policy(top=[f'import "f{i}.sbx"' for i in range(n)], lines=[f"use p{i}" for i in range(n)], files=files)


def never(n):
    return Policy(lines=['allow read "/srv"', *(f'never allow write "/srv/{i}"' for i in range(n))])


def nevers(n):  # of a base, beside as many rules
    return Policy(base=[f'never allow read "/srv/{i}"' for i in range(n)], lines=[f'allow read "/usr/{i}"' for i in range(n)])


def neverport(n):  # beside as many other ports
    return Policy(lines=[*(f'allow connect tcp "*:{30001 + i % 30000}"' for i in range(n)),
                         *(f'never allow connect tcp "*:{1 + i % 30000}"' for i in range(n))])


def neversocket(n):  # beside as many other sockets
    return Policy(lines=[*(f'allow connect unix "/run/s/{i}"' for i in range(n)), *(f'never allow connect unix "/run/t/{i}"' for i in range(n))])


def neverhost(n):  # beside a domain of which these are denied
    return Policy(top=['proxy egress = unix "/run/egress.sock"'],
                  lines=['allow connect tcp "*.example.org:443" via egress', *(f'deny connect tcp "h{i}.example.org:443"' for i in range(n)),
                         *(f'never allow connect tcp "h{i}.example.org:443"' for i in range(n))])


def neverpattern(n):  # in a folder where these are denied
    return Policy(isolate="all", lines=['prefer fs.glob.live on linux because "x"', 'allow read "/srv"',
                                        *(f'deny read matching "*.k{i}" under "/srv"' for i in range(n)),
                                        *(f'never allow read matching "*.k{i}" under "/srv"' for i in range(n))])


def covered(n):  # lines inside of a rule with as many exceptions
    return Policy(isolate="all", lines=['allow read "/srv" except {', *(f'    "/srv/{i}/no"' for i in range(n)), "}",
                                        *(f'allow read "/srv/{i}/yes"' for i in range(n))])


def deniedenv(n):  # a plan holds 512 names, and these are none
    return Policy(lines=[line for i in range(n) for line in (f"allow env V{i}", f"deny env V{i}")])


def drop(n):  # lines of a base, one by one
    return Policy(base=[f'allow read "/srv/{i}"' for i in range(n)],
                  lines=['allow read "/usr"', *(f'drop allow read "/srv/{i}"' for i in range(n))])


def final(n):  # beside denies
    return Policy(base=[f'final allow read "/srv/{i}"' for i in range(n)], lines=[f'deny read "/opt/{i}" because "x"' for i in range(n)])


def finalport(n):  # of a base, beside denied ports
    return Policy(base=[f'final allow connect tcp "*:{30001 + i % 30000}"' for i in range(n)],
                  lines=[f'deny connect tcp "*:{1 + i % 30000}" because "x"' for i in range(n)])


def dropport(n):
    return Policy(base=[f'allow connect tcp "*:{1 + i % 65000}"' for i in range(n)],
                  lines=['allow connect tcp "*:65535" because "x"', *(f'drop allow connect tcp "*:{1 + i % 65000}"' for i in range(n))])


def mount(n):
    return Policy(isolate="all", lines=['root private', *(f'mount "/usr/{i}" at "/srv/m{i}" read' for i in range(n))])


def scratch(n):
    return Policy(isolate="all", lines=['root private', *(f'scratch "/srv/m{i}" size 1MiB' for i in range(n))])


def denyhost(n):  # of a proxy that reaches a domain
    return Policy(top=['proxy egress = unix "/run/egress.sock"'],
                  lines=[PREFER, 'prefer unix.path on linux because "x"', 'allow connect tcp "*.example.org:443" via egress',
                         *(f'deny connect tcp "h{i}.example.org:443"' for i in range(n))])


def choice(n):  # among the lines of a profile
    return Policy(top=['profile p(git: "yes"|"no" = "yes") {',
                       *(f'    on git == "yes" {{\n        allow read "/srv/place/{i}"\n    }}' for i in range(n)), "}"], lines=["use p"])


def use_with(n):  # one profile, with a value each time
    return Policy(top=['profile p(d: string = "3") {\n    allow read "/srv/place/${d}"\n}'], lines=[f'use p(d: "{i}")' for i in range(n)])


def mach(n):
    return Policy(targets="macos", lines=[f'allow mach "org.example.s{i}"' for i in range(n)])


def macpath(n):  # places that have to be there, some made
    return Policy(targets="macos", lines=[f'allow {"write" if i % 3 else "read"} "/srv/place/{i}"' for i in range(n)])


def macdeny(n):  # places closed in an open one
    return Policy(targets="macos", lines=['prefer fs.read.deny, fs.write.deny-path on macos because "x"', 'allow read write "/srv"',
                                          *(f'deny read write "/srv/{i}/x"' for i in range(n))])


def macpattern(n):  # denied below one folder
    return Policy(targets="macos", lines=['prefer fs.glob.live on macos because "x"', 'allow read "/srv"',
                                          *(f'deny read matching "*.k{i}" under "/srv"' for i in range(n))])


def machole(n):  # of one rule: E0406 bounds it
    return Policy(targets="macos", lines=['allow read "/srv" except {', *(f'    "/srv/{i}"' for i in range(n)), "}"])


def macport(n):
    return Policy(targets="macos", lines=[f'allow connect tcp "*:{1 + i % 65000}" because "x"' for i in range(n)])


def macunix(n):
    return Policy(targets="macos", lines=[f'allow connect unix "/run/s/{i}"' for i in range(n)])


def open_denials(n):  # that nothing keeps, and that are preferred
    return Policy(lines=['prefer fs.read.deny, fs.write.deny-path on linux because "x"', 'allow read write "/srv"',
                         *(f'deny read write "/srv/{i}/x"' for i in range(n))])


def silence(n):
    return Policy(lines=[f'allow exec read "/srv/{i}/sh" # sbx: allow(shell-exec, no-loader) x' for i in range(n)])


# The most that a policy of the kind may hold, or that is worth a measurement.
KINDS = {path: 100000, deep: 100000, chain: 100000, tree: 100000, hole: 100000, deny: 100000, port: 60000,
         unix: 100000, sockets: 100000, proxy: 100000, proxies: 100000, call: 1000, calls: 1000, conds: 1000, env: 500,
         expect: 100000, tests: 100000, given: 1000, let: 100000, param: 100000, group: 240, use: 100000, imports: 1000,
         never: 100000, mach: 100000, silence: 100000, macpath: 100000, macdeny: 100000, macport: 60000, macunix: 100000, open_denials: 100000,
         nevers: 100000, neverport: 30000, neversocket: 100000, neverhost: 100000, neverpattern: 100000, covered: 100000, deniedenv: 100000,
         drop: 100000, dropport: 60000, final: 100000, finalport: 30000, mount: 200, scratch: 200, denyhost: 100000, choice: 100000, use_with: 100000,
         macpattern: 20000, pattern: 100000, denypattern: 100000, folderpattern: 100000, machole: 1600}

if __name__ == "__main__":
    kinds = {k.__name__: k for k in KINDS}
    if len(sys.argv) < 3 or sys.argv[1] not in kinds:
        print("\n".join(f"{k.__name__} {most}" for k, most in KINDS.items()))
        sys.exit(len(sys.argv) > 1)
    policy = kinds[sys.argv[1]](int(sys.argv[2]))
    for name, text in policy.files.items():
        with open(os.path.join(sys.argv[3], name), "w") as f:
            f.write(text)
    print(policy.text(), end="")
