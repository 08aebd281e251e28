"""A snippet that tries to get out: run with the port of a listener on 127.0.0.1 as its argument.

Prints one line per attempt, `NAME: what happened`, and ends with 0 when every attempt worked, with
1 when every attempt was refused, and with 2 when some were.
"""
import os
import socket
import sys


def read_accounts():
    with open("/etc/passwd", "rb") as f:
        return f"read {len(f.read())} bytes"


def connect_out():
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as s:
        s.settimeout(5)
        s.connect(("127.0.0.1", int(sys.argv[1])))
        return f"connected, was told {s.recv(64).decode()!r}"


def start_shell():
    # posix_spawn reports the failure of the exec itself, whichever way the child was made
    pid = os.posix_spawn("/bin/sh", ["sh", "-c", "exit 7"], {})
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if status != 7:
        raise OSError(f"the child ended with {status}")
    return "the shell ran"


ATTEMPTS = {
    "read /etc/passwd": read_accounts,
    "connect to 127.0.0.1": connect_out,
    "start /bin/sh": start_shell,
}

done = 0
for name, attempt in ATTEMPTS.items():
    try:
        print(f"{name}: {attempt()}")
        done += 1
    except OSError as e:
        print(f"{name}: refused, {e.strerror or e}")
sys.exit(0 if done == len(ATTEMPTS) else 1 if done == 0 else 2)
