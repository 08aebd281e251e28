"""colour.py SBXC POLICY - colour is shown on a terminal only, not where NO_COLOR or TERM say so, and says nothing that the text does
not."""
import os, re, subprocess, sys

sbxc, policy = sys.argv[1:]
status = 0


def said(terminal, **change):
    """What sbxc says of the policy, on a terminal or in a file, with these variables; None takes one away."""
    env = {k: v for k, v in {**os.environ, "TERM": "xterm", "NO_COLOR": None, **change}.items() if v is not None}
    if not terminal:
        return subprocess.run([sbxc, "check", policy], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL,
                              env=env).stderr
    ours, theirs = os.openpty()
    p = subprocess.Popen([sbxc, "check", policy], stdin=subprocess.DEVNULL, stderr=theirs, stdout=subprocess.DEVNULL, env=env)
    os.close(theirs)
    out = b""
    try:
        while part := os.read(ours, 65536):
            out += part
    except OSError:
        pass  # the other end is closed
    p.wait()
    os.close(ours)
    return out.replace(b"\r\n", b"\n")


def judge(name, good):
    global status
    status |= not good
    print(f"PASS colour {name}" if good else f"FAIL colour {name}")


try:
    os.close(os.openpty()[0])
except OSError as e:
    sys.exit(print(f"SKIP colour: this host gives no terminal: {e}"))
plain, coloured = said(False), said(True)
judge("on a terminal there is some", b"\x1b[" in coloured)
judge("in a file there is none", b"\x1b" not in plain and plain)
judge("without colour it says the same", re.sub(rb"\x1b\[[0-9;]*m", b"", coloured) == plain)
judge("NO_COLOR ends it", said(True, NO_COLOR="1") == plain)
judge("an empty NO_COLOR is none", said(True, NO_COLOR="") == coloured)
judge("TERM=dumb ends it", said(True, TERM="dumb") == plain)
judge("no TERM ends it", said(True, TERM=None) == plain)
sys.exit(status)
