"""completions.py SHELL FILE SBXC FILE SBX-RUN - what SHELL really offers, at a terminal, when the tab key is pressed with
the completions loaded: every command, every option of each, the values that are words, the kinds of `new`, policies.

The words expected come from the program's own help. Each question waits until all of them are on the screen, or 60 s.
"""
import fcntl, os, pty, re, select, shutil, signal, struct, subprocess, sys, tempfile, termios, time

shell, completion, sbxc, run_completion, sbx_run = sys.argv[1], *(os.path.abspath(p) for p in sys.argv[2:6])
BOUND = 60
ESCAPES = re.compile(r"\x1b(\[[0-9;?>=]*[ -/]*[@-~]|[()][A-Z0-9]|[=>78]|\][^\x07]*\x07)|[\x07\r\x08]")
status = 0

START = {
    "bash": (["bash", "--norc", "--noprofile", "-i"],
             "bind 'set page-completions off'; bind 'set completion-query-items 0'; bind 'set show-all-if-ambiguous on'; "
             "bind 'set bell-style none'; bind 'set colored-stats off'; . {dir}/sbxc; . {dir}/sbx-run"),
    "zsh": (["zsh", "-f", "-i"],
            "fpath=({dir} $fpath); autoload -Uz compinit; compinit -u -d {dir}/dump; LISTMAX=0; setopt nobeep; "
            "unsetopt automenu listambiguous"),
}


def verdict(name, missing):
    global status
    if missing:
        status = 1
        print(f"FAIL completions {shell} {name}: {' '.join(missing)}")
    else:
        print(f"PASS completions {shell} {name}")


def run(*words, program=sbxc):
    return subprocess.run([program, *words], capture_output=True, text=True).stdout


class Terminal:
    """A shell at a terminal of 200 columns and 200 lines."""

    def __init__(self, folder, cwd):
        argv, setup = START[shell]
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(cwd)
            env = {"PATH": os.environ["PATH"], "TERM": "xterm", "LC_ALL": "C.UTF-8", "HOME": folder}
            for s in range(1, 32):
                if s not in (signal.SIGKILL, signal.SIGSTOP):
                    signal.signal(s, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_SETMASK, [])
            os.execvpe(argv[0], argv, env)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 200, 200, 0, 0))
        self.asked = 0
        self.run(setup.format(dir=folder) + "; PS1='> '")

    def send(self, text):
        os.write(self.fd, text.encode())

    def wait(self, words, bound=BOUND):
        """Those of the words that did not come."""
        seen, end = "", time.monotonic() + bound
        while missing := [w for w in words if not re.search(r"(?m)(^|\s)" + re.escape(w) + r"/?(\s|$)", seen)]:
            if not select.select([self.fd], [], [], max(0, end - time.monotonic()))[0]:
                break
            try:
                more = os.read(self.fd, 65536)
            except OSError:
                break
            seen = ESCAPES.sub(" ", seen + more.decode(errors="replace"))
        return missing

    def run(self, line):
        """In the place of what is typed. What was on the way to the screen before is read with it."""
        self.asked += 1
        self.send(f"\x15{line}{'; ' if line else ''}echo DO''NE{self.asked}\n")
        return self.wait([f"DONE{self.asked}"])

    def offers(self, line, words, bound):
        self.send(line + "\t")
        missing = self.wait(words, bound)
        return missing + self.run("")

    def close(self):
        os.close(self.fd)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


class Fish:
    def __init__(self, folder, cwd):
        self.folder, self.cwd = folder, cwd

    def offers(self, line, words, _bound):
        env = {"PATH": os.environ["PATH"], "TERM": "xterm", "LC_ALL": "C.UTF-8", "HOME": self.folder, "XDG_CONFIG_HOME": self.folder}
        p = subprocess.run(["fish", "--no-config", "-c", f"source {self.folder}/sbxc; source {self.folder}/sbx-run; complete -C '{line}'"], capture_output=True,
                           text=True, env=env, cwd=self.cwd, stdin=subprocess.DEVNULL)
        offered = {text.split("\t")[0].rstrip("/") for text in p.stdout.splitlines()}
        return [w for w in words if w not in offered]

    def close(self):
        pass


def questions():
    commands = re.findall(r"(?m)^  ([a-z]+)  ", run("--help"))
    yield "commands", "sbxc ", commands
    for c in commands:
        yield f"options of {c}", f"sbxc {c} -", re.findall(r"(?m)^  (--?[A-Za-z-]+)", run(c, "--help"))
    yield "systems of why", "sbxc why --on ", ["linux", "macos"]
    yield "formats", "sbxc check --format ", ["text", "gcc", "json", "sarif", "github"]
    yield "kinds of new", "sbxc new ", re.findall(r"(?m)^  ([a-z]+)  ", run("new"))
    yield "policies", "sbxc check ", ["one.sbx", "two.sbx", "folder"]
    yield "options of sbx-run", "sbx-run --", re.findall(r"(?m)(?:^  |, )(--[a-z-]+)", run("--help", program=sbx_run))
    yield "the plan", "sbx-run --set a=b ", ["folder", "plan"]
    yield "the program", "sbx-run plan -- mk", ["mkdir", "mkfifo"]
    yield "its arguments", "sbx-run plan -- cat ", ["one.sbx", "two.sbx"]


def ask(text, folder, questions, bound):
    """What of each question is missing with this completion."""
    cwd = os.path.join(folder, "here")
    prefix = "_" if shell == "zsh" else ""
    with open(os.path.join(folder, prefix + "sbxc"), "w") as f:
        f.write(text)
    shutil.copy(run_completion, os.path.join(folder, prefix + "sbx-run"))
    t = (Fish if shell == "fish" else Terminal)(folder, cwd)
    found = [(name, t.offers(line, words, bound)) for name, line, words in questions]
    t.close()
    return found


try:
    for fd in pty.openpty():
        os.close(fd)
except OSError as e:
    print(f"SKIP completions {shell}: no terminal can be had here: {e.strerror}")
    sys.exit(0)
with tempfile.TemporaryDirectory() as folder, open(completion) as f:
    text = f.read()
    for name in "folder", "plan":
        os.makedirs(os.path.join(folder, "here", name))
    for name in "one.sbx", "two.sbx":
        open(os.path.join(folder, "here", name), "w").close()
    for name, missing in ask(text, folder, questions(), BOUND):
        verdict(name, missing)
    with tempfile.TemporaryDirectory() as other:
        os.makedirs(os.path.join(other, "here"))
        wrong = ask(text.replace("normalize", "renamed"), other, list(questions())[:1], 2)
    verdict("self-test: a command that is not offered is noticed", [] if "normalize" in wrong[0][1] else ["it was not"])
sys.exit(status)
