#!/usr/bin/env python3
"""Makes compiler/consts.tsv: the named constants that conditions may use. No part of the build.

    gen-consts.py LIBC-DEV LINUX > consts.tsv

LIBC-DEV is an unpacked Debian package linux-libc-dev (7.3.4-1~bpo13+1, which has the headers of all
machines), LINUX the unpacked source tree of the same version. Every name is evaluated by clang for
each arch, so the values are those of the headers, not ours. Taken are all macros and enumerators
of HEADERS, the request numbers (_IO, _IOR, _IOW, _IOWR) of every other header, and the lines of
INTERNAL: constants of the system call interface that the kernel does not export.
"""
import os
import re
import subprocess
import sys
import tempfile

ARCHES = {"x86_64": ("x86", "x86_64-linux-gnu"), "aarch64": ("arm64", "aarch64-linux-gnu"),
          "riscv64": ("riscv", "riscv64-linux-gnu"), "s390x": ("s390", "s390x-linux-gnu"),
          "i386": ("x86", "i386-linux-gnu"), "x32": ("x86", "x86_64-linux-gnux32"),
          "arm": ("arm", "arm-linux-gnueabihf")}

HEADERS = """
linux/mount asm/errno asm/fcntl asm/ioctls asm/mman asm/poll asm/prctl asm/resource asm/sembuf asm/signal
asm/socket asm/stat asm/statfs asm/termbits asm/hwcap2 linux/acct linux/aio_abi linux/bpf
linux/bpf_common linux/capability linux/cachestat linux/close_range linux/errno linux/eventfd
linux/eventpoll linux/falloc linux/fadvise linux/fanotify linux/fcntl linux/fs linux/fscrypt
linux/futex linux/if_alg linux/if_ether linux/if_packet linux/if_xdp linux/in linux/in6
linux/inotify linux/io_uring linux/ioprio linux/ipc linux/kcmp linux/kd linux/kexec linux/keyctl
linux/landlock linux/limits linux/lsm linux/magic linux/membarrier linux/memfd linux/mempolicy
linux/mman linux/module linux/mqueue linux/mptcp linux/msg linux/net linux/netlink
linux/nsfs linux/openat2 linux/perf_event linux/personality linux/pidfd linux/poll linux/prctl
linux/ptrace linux/quota linux/random linux/reboot linux/resource linux/rseq linux/sched
linux/sched/types linux/sctp linux/seccomp linux/sem linux/serial linux/shm linux/signal
linux/signalfd linux/socket linux/sockios linux/stat linux/swab linux/sysctl linux/tcp
linux/termios linux/time linux/timex linux/timerfd linux/tiocl linux/tty linux/udp linux/uio linux/un
linux/userfaultfd linux/vm_sockets linux/vt linux/wait linux/xattr
""".split()

INTERNAL = {  # file -> names; plain numbers, or expressions of other constants
    "include/linux/socket.h": r"AF_\w+|PF_\w+|MSG_\w+|SOL_\w+",
    "include/linux/net.h":
        r"SOCK_(?:STREAM|DGRAM|RAW|RDM|SEQPACKET|DCCP|PACKET|TYPE_MASK|CLOEXEC|NONBLOCK)|SHUT_\w+",
    "include/linux/fs.h": r"MNT_\w+|UMOUNT_\w+",
    "include/linux/fs/super_types.h": r"MNT_\w+|UMOUNT_\w+",
    "include/linux/splice.h": r"SPLICE_F_\w+",
    "include/linux/swap.h": r"SWAP_FLAG_\w+",
}
# access() modes and rusage are of the C library alone (POSIX); the kernel uses bare numbers.
PLAIN = {"F_OK": 0, "X_OK": 1, "W_OK": 2, "R_OK": 4}

NAME = r"[A-Z][A-Z0-9_]*"


def compiler(root, arch, args, text):
    folder, triple = ARCHES[arch]
    base = f"{root}/usr/lib/linux/uapi/{folder}"
    if not os.path.isdir(f"{base}/asm"):
        base = f"{root}/usr/include/{triple}"
    cmd = ["clang", f"--target={triple}", "-std=gnu11", "-w", "-nostdlibinc", "-ffreestanding",
           f"-isystem{base}", f"-isystem{root}/usr/include", "-xc", "-", "-o-",
           "-ferror-limit=0", *args]
    return subprocess.run(cmd, input=text, capture_output=True, text=True, check=False)


def names_of(root, header):
    """The macros and enumerators that the header itself names, and which are request numbers."""
    found, requests = [], set()
    paths = [f"{root}/usr/include/{header}.h"]
    if header.startswith("asm/"):
        paths = [f"{root}/usr/lib/linux/uapi/{f}/{header}.h" for f, _ in ARCHES.values()]
        paths += [f"{root}/usr/include/asm-generic/{header[4:]}{t}.h" for t in ("", "-common")]
        paths += [f"{root}/usr/include/asm-generic/errno-base.h"] * (header == "asm/errno")
    for path in paths:
        try:
            with open(path, encoding="utf-8") as file:
                text = re.sub(r"/\*.*?\*/", " ", file.read(), flags=re.S)
        except FileNotFoundError:
            continue
        for name, body in re.findall(rf"^\s*#\s*define\s+({NAME})[ \t]+(.*)", text, re.M):
            found.append(name)
            if re.match(r"_IO[RW]*\(", body):
                requests.add(name)
        for body in re.findall(r"\benum\b[^{;]*\{(.*?)\}", text, re.S):
            body = re.sub(r"^\s*#.*", "", body, flags=re.M)
            found += re.findall(rf"(?:^|,)\s*({NAME})\s*(?=[=,]|$)", body)
    return list(dict.fromkeys(found)), requests


def evaluate(root, arch, prelude, names):
    """Name -> value as 64 bits, for those of the names that are integer constants."""
    out = {}
    while names:
        lines = [f"unsigned long long sbx_{n} = (unsigned long long)({n});" for n in names]
        start = prelude.count("\n") + 1
        r = compiler(root, arch, ["-S", "-emit-llvm", "-O0"], prelude + "\n".join(lines) + "\n")
        if r.returncode == 0:
            for n, value in re.findall(r"^@sbx_(\w+) = .*global i64 (-?\d+),", r.stdout, re.M):
                out[n] = int(value) & (2**64 - 1)
            return out
        bad = {int(n) - start for n in re.findall(r"^<stdin>:(\d+):\d+: error", r.stderr, re.M)}
        bad = {i for i in bad if 0 <= i < len(names)}
        if not bad:
            return out  # the header itself does not compile alone
        names = [n for i, n in enumerate(names) if i not in bad]
    return out


def internal(tree):
    lines, names = [], []
    for path, pattern in INTERNAL.items():
        try:
            with open(f"{tree}/{path}", encoding="utf-8") as file:
                text = re.sub(r"/\*.*?\*/", " ", file.read(), flags=re.S)
        except FileNotFoundError:
            continue
        for body in re.findall(r"^enum \w+ \{.*?\};", text, re.M | re.S):
            inside = re.findall(rf"\b({pattern})\b\s*[=,]", body)
            if inside:
                lines.append(body)
                names += inside
        for name, body in re.findall(rf"^#\s*define\s+({pattern})[ \t]+([^\s\\][^\\\n]*)$", text, re.M):
            lines.append(f"#ifndef {name}\n#define {name} {body}\n#endif")
            names.append(name)
    prelude = "#include <asm/fcntl.h>\n#define __force\n" + "\n".join(lines) + "\n"
    return prelude, list(dict.fromkeys(names))


def all_headers(root):
    base = f"{root}/usr/include"
    for folder, _, files in sorted(os.walk(base)):
        rel = os.path.relpath(folder, base)
        if rel.split("/")[0] in ("asm", "asm-generic", "xen") or "linux-gnu" in rel:
            continue
        for file in sorted(files):
            if file.endswith(".h"):
                yield os.path.normpath(f"{rel}/{file[:-2]}")


def main(argv):
    root, tree = argv[1], argv[2]
    table = {}  # name -> {arch: value}
    torn = set()

    def take(arch, values):
        for name, value in values.items():
            if table.setdefault(name, {}).setdefault(arch, value) != value:
                torn.add(name)

    prelude, names = internal(tree)
    for arch in ARCHES:
        take(arch, evaluate(root, arch, prelude, names))
        take(arch, PLAIN)
    for header in HEADERS + [h for h in all_headers(root) if h not in HEADERS]:
        names, requests = names_of(root, header)
        if header not in HEADERS:
            names = [n for n in names if n in requests]
        for arch in ARCHES if names else ():
            prelude = "#include <linux/types.h>\n#include <linux/ioctl.h>\n" \
                f"#include <linux/posix_types.h>\n#include <{header}.h>\n"
            take(arch, evaluate(root, arch, prelude, names))
    for name in torn:
        print(f"{name}: two headers do not agree", file=sys.stderr)
        del table[name]
    print("# Named constants of the system call interface: value on each arch, in hex as 64 bits, - where it")
    print("# has none. Made by gen-consts.py from linux-libc-dev 7.3.4-1~bpo13+1 and Linux 7.3.4.")
    print("# rank: the order of definition; of names with one value the first is shown to people.")
    print("\t".join(["name", "rank", *ARCHES]))
    rank = {name: i for i, name in enumerate(table)}
    for name in sorted(table):
        if name.endswith("_H") or name.startswith(("UAPI", "_")):
            continue
        print("\t".join([name, str(rank[name]), *(f"{table[name][a]:x}" if a in table[name] else "-" for a in ARCHES)]))


main(sys.argv)
