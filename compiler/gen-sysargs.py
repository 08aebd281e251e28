#!/usr/bin/env python3
"""Makes compiler/sysargs.tsv: the arguments of every system call. No part of the build.

    gen-sysargs.py LINUX SYSCALLS.TSV MAN... > sysargs.tsv

LINUX is an unpacked Linux source tree (Debian's linux-source-7.3, 7.3.4-1~bpo13+1): names and types
are those of SYSCALL_DEFINEn, the entry points those of its syscall tables. MAN are unpacked folders
man2 of Debian's manpages-dev (6.20-2 and 6.03-2): where a page calls an argument otherwise, that
name is taken too. What the kernel reads of an argument follows from its C type; READS holds the few
that read less than they declare.
"""
import glob
import gzip
import re
import sys

# A companion (i386, x32, arm) runs on the 64-bit kernel of its machine, whose entries it gets.
ARCHES = {"x86_64": "x86", "aarch64": "arm64", "riscv64": "riscv", "s390x": "s390", "i386": "x86",
          "x32": "x86", "arm": "arm64"}
HALF = {"i386", "arm"}  # registers of 32 bits; in x32 they are whole
TABLES = {
    "x86_64": ("arch/x86/entry/syscalls/syscall_64.tbl", {"common", "64"}),
    "aarch64": ("scripts/syscall.tbl", {"common", "64", "renameat", "rlimit", "memfd_secret"}),
    "riscv64": ("scripts/syscall.tbl", {"common", "64", "riscv", "rlimit", "memfd_secret"}),
    "s390x": ("arch/s390/kernel/syscalls/syscall.tbl", {"common"}),
    "i386": ("arch/x86/entry/syscalls/syscall_32.tbl", {"i386"}),
    "x32": ("arch/x86/entry/syscalls/syscall_64.tbl", {"common", "x32"}),
    "arm": ("arch/arm64/tools/syscall_32.tbl", {"common"}),
}
# Of definitions under #ifdef: the line that selects the one of each arch.
VARIANT = {("clone", "x86_64"): "#else", ("clone", "x32"): "#else",
           ("clone", "s390x"): "#elif defined(CONFIG_CLONE_BACKWARDS2)"}
for ARCH in ("aarch64", "riscv64", "arm"):
    VARIANT["clone", ARCH] = "#ifdef CONFIG_CLONE_BACKWARDS"
for ARCH in ("i386", "arm", "s390x"):
    VARIANT["sigsuspend", ARCH] = "#ifdef CONFIG_OLD_SIGSUSPEND3"

ALSO = {("clone", "clone_flags"): "flags"}  # the page's synopsis shows the library's function
WRAPPER = {"newfstatat": "fstatat", "pread64": "pread", "pwrite64": "pwrite",
           "prlimit64": "prlimit", "pselect6": "pselect", "rt_sigaction": "sigaction"}
WRONG = {("signalfd", "sizemask")}  # the library's function has other arguments

# What is declared wide and cut at once: clone()'s flags (kernel/fork.c), descriptors (fdget() and fget() take an
# unsigned int), the process of ptrace (a pid_t later on), counts of struct iovec (import_iovec()
# takes an unsigned). tests/unit/sysargs.c tries what can be tried.
READS = {("clone", "clone_flags"): "u32", ("ptrace", "pid"): "i32"}
for NAME in "readv writev preadv pwritev preadv2 pwritev2 mmap".split():
    READS[NAME, "fd"] = READS[NAME, "vlen"] = "u32"
READS["vmsplice", "nr_segs"] = "u32"
READS["process_vm_readv", "liovcnt"] = READS["process_vm_writev", "liovcnt"] = "u32"

WIDTHS = {
    "i32": "int pid_t key_t key_serial_t timer_t clockid_t mqd_t rwf_t __s32 compat_pid_t "
           "compat_long_t compat_off_t compat_ssize_t compat_int_t compat_timer_t compat_key_t",
    "u32": "unsigned u32 __u32 uid_t gid_t qid_t unsigned:int enum:landlock_rule_type "
           "compat_ulong_t compat_size_t compat_uint_t compat_aio_context_t old_sigset_t "
           "compat_old_sigset_t uint",
    "u16": "umode_t compat_mode_t old_uid_t old_gid_t",
    "i64": "long off_t loff_t",
    "u64": "unsigned:long uintptr_t size_t u64 __u64 aio_context_t",
    "ptr": "compat_uptr_t compat_caddr_t cap_user_header_t cap_user_data_t __sighandler_t",
}
KIND = {t.replace(":", " "): k for k, ts in WIDTHS.items() for t in ts.split()}
# A half register is widened with zeros before it is read as a long.
IN_HALF = {"long": "u32", "off_t": "u32", "unsigned long": "u32", "size_t": "u32",
           "aio_context_t": "u32"}

STUBS = ("arch/x86/um/", "kernel/time/posix-stubs.c")  # of kernels that lack something


def kind(text, where, half=False):
    if "*" in text or "[" in text:
        return "ptr"
    words = [w for w in text.split() if w not in ("const", "__user", "__attribute__")]
    key = " ".join(words)
    if key not in KIND:
        sys.exit(f"{where}: what is a `{key}`?")
    found = IN_HALF.get(key, KIND[key]) if half else KIND[key]
    if half and found.endswith("64"):
        sys.exit(f"{where}: a `{key}` in one register of 32 bits?")
    return found


# Arguments of 64 bits in two registers, low half first.
SPLIT = re.compile(r"\b(?:compat_arg_u64_dual|arg_u32p|SC_ARG64)\((\w+)\)")


def definitions(tree):
    """(folder of the arch or "", entry name, line that selects it) -> [(type, name)]."""
    found = {}
    for path in sorted(glob.glob(f"{tree}/**/*.c", recursive=True)):
        rel = path[len(tree) + 1:]
        arch = re.match(r"arch/(\w+)/", rel)
        arch = arch.group(1) if arch else ""
        if arch and arch not in ARCHES.values() or rel.startswith(STUBS):
            continue
        with open(path, encoding="utf-8", errors="replace") as file:
            text = file.read()
        if "SYSCALL_DEFINE" not in text:
            continue
        text = SPLIT.sub(r"u32, \1_lo, u32, \1_hi", text)
        for m in re.finditer(r"^(COMPAT_|)SYSCALL(?:32|)_DEFINE(\d)\(([^)]*)\)", text, re.M):
            parts = [" ".join(p.split()) for p in m.group(3).split(",")]
            args = list(zip(parts[1::2], parts[2::2]))
            if len(args) != int(m.group(2)):
                sys.exit(f"{rel}: cannot read {parts[0]}")
            above = re.findall(r"^#(?:ifdef|else|elif|endif|if).*", text[:m.start()], re.M)
            line = above[-1].strip() if above else ""
            compat = m.group(1) or "SYSCALL32" in m.group(0)
            name = ("compat_sys_" if compat else "sys_") + parts[0]
            found.setdefault((arch, name), []).append((line, args))
    return found


def entries(tree, arch):
    """Name of a call -> the function that serves it, where the table names one."""
    path, abis = TABLES[arch]
    with open(f"{tree}/{path}", encoding="ascii") as file:
        rows = [line.split() for line in file if line[:1].isdigit()]
    column = 4 if arch in HALF else 3
    return {r[2]: r[column] if len(r) > column and r[column] != "-" else r[3]
            for r in rows if len(r) > 3 and r[1] in abis}


def synopsis(text):
    """Name -> parameters of the prototypes in a page's synopsis."""
    part = re.search(r"^\.SH SYNOPSIS\n(.*?)^\.SH", text, re.M | re.S)
    flat = ""
    text = part.group(1).replace("\\\n", "") if part else ""
    for line in text.splitlines():
        m = re.match(r"\.(?:B|I|BI|IB|BR|RB) +(.*)", line)
        if m:
            flat += "".join(a or b for a, b in re.findall(r'"([^"]*)"|(\S+)', m.group(1))) + " "
    flat = re.sub(r"\\f\[\w+\]", "", flat)
    flat = re.sub(r"/\*.*?\*/", "", flat)
    flat = re.sub(r"\\f.|\\\||\\~|_Nullable|restrict", " ", flat)
    flat = re.sub(r"\[[^]]*\]", "[]", flat)
    for m in re.finditer(r"(\w+)\s*\(([^()]*)\)\s*;", flat):
        args = [" ".join(a.split()) for a in m.group(2).split(",")]
        name = m.group(1)
        if name == "syscall":
            name, args = re.sub(r"^(SYS|__NR)_", "", args[0]), args[1:]
        yield name, args


def page_names(folders, call, args):
    """For each argument, the names that pages give it."""
    also = [[] for _ in args]
    for folder in folders:
        try:
            with gzip.open(f"{folder}/{call}.2.gz", "rt", encoding="utf-8") as file:
                text = file.read()
            link = re.match(r"\.so man2/(\w+\.2)", text)
            if link:
                with gzip.open(f"{folder}/{link.group(1)}.gz", "rt", encoding="utf-8") as file:
                    text = file.read()
        except FileNotFoundError:
            continue
        for name, params in synopsis(text):
            open_end = params[-1:] == ["..."]
            params = params[:-1] if open_end else params
            if name != WRAPPER.get(call, call) or (len(params) != len(args) and not open_end):
                continue
            for i, (param, (ctype, own)) in enumerate(zip(params, args)):
                word = re.search(r"(\w+)(?:\[\])?$", param)
                pointer = "*" in param or "[]" in param
                if not word or pointer != (kind(ctype, call) == "ptr"):
                    continue
                if re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", word.group(1)):
                    also[i].append(word.group(1))
    return also


def row(call, args, folders, half):
    also = page_names(folders, call, args)
    taken = [name.lstrip("_") for _, name in args]
    out = []
    for i, (ctype, _) in enumerate(args):
        names = [taken[i]]
        if (call, taken[i]) not in WRONG:
            names += sorted({n for n in also[i] if n not in taken})
        names += [ALSO[call, taken[i]]] if (call, taken[i]) in ALSO else []
        what = kind(ctype, f"{call}({taken[i]})", half)
        what = READS.get((call, taken[i]), what)
        out.append("/".join(names) + ":" + what)
    return " ".join(out) if out else "-"


def main(argv):
    tree, table, folders = argv[1], argv[2], argv[3:]
    found = definitions(tree)
    with open(table, encoding="ascii") as file:
        lines = [line.rstrip("\n").split("\t") for line in file if not line.startswith("#")]
    columns = lines[0]
    print("# The arguments of Linux system calls: name/other names:what the kernel reads of it, - for")
    print("# none, ? for calls whose code is gone. Made by gen-sysargs.py from Linux 7.3.4 and man-pages.")
    print("\t".join(["name", *ARCHES]))
    served = {arch: entries(tree, arch) for arch in ARCHES}
    for line in lines[1:]:
        cells = []
        for arch, folder in ARCHES.items():
            entry = served[arch].get(line[0])
            if line[columns.index(arch)] == "-" or not entry:
                cells.append("?")
                continue
            own = re.sub(r"^(compat_|)sys_", rf"\1sys_{folder}_", entry)
            have = found.get((folder, entry)) or found.get((folder, own)) or found.get(("", entry))
            if not have:
                cells.append("?")
                continue
            want = VARIANT.get((line[0], arch))
            have = [args for at, args in have if want is None or at == want]
            if len({str(h) for h in have}) != 1:
                sys.exit(f"{line[0]} on {arch}: {len(have)} definitions")
            cells.append(row(line[0], have[0], folders, arch in HALF))
        print("\t".join([line[0], *cells]))


main(sys.argv)
