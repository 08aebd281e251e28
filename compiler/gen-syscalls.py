#!/usr/bin/env python3
"""Makes compiler/syscalls.tsv. No part of the build: run it by hand for a newer kernel.

    gen-syscalls.py NEW OLD... SYSCALLS.2 > syscalls.tsv

NEW and OLD are unpacked Debian packages linux-libc-dev (`dpkg-deb -x`), newest first, named VERSION=DIR;
SYSCALLS.2 is the unpacked page syscalls(2) of Debian's manpages-dev. The committed table came from
7.3.4-1~bpo13+1, 7.2.13-1, 6.12.107-1 and 6.1.176-1 and from manpages-dev 6.20-2.

Numbers are those of NEW. The kernel that brought a call comes from the page, and from RECENT for
calls the page lacks; both are checked against the packages: a call cannot be newer than the first
package that has it, nor as old as the last one that has it not.
"""
import re
import sys

# Column of the table: path of its numbers below the package. An ABI more is a line more.
# Numbers are as a filter sees them: those of x32 have its bit.
ARCHES = {
    "x86_64": ["usr/lib/linux/uapi/x86/asm/unistd_64.h",
               "usr/include/x86_64-linux-gnu/asm/unistd_64.h"],
    "aarch64": ["usr/lib/linux/uapi/arm64/asm/unistd_64.h"],
    "riscv64": ["usr/lib/linux/uapi/riscv/asm/unistd_64.h"],
    "s390x": ["usr/lib/linux/uapi/s390/asm/unistd_64.h"],
    "i386": ["usr/lib/linux/uapi/x86/asm/unistd_32.h",
             "usr/include/x86_64-linux-gnu/asm/unistd_32.h"],
    "x32": ["usr/lib/linux/uapi/x86/asm/unistd_x32.h",
            "usr/include/x86_64-linux-gnu/asm/unistd_x32.h"],
    "arm": ["usr/lib/linux/uapi/arm/asm/unistd-eabi.h"],
}
PRIVATE = {"arm": "usr/lib/linux/uapi/arm/asm/unistd.h"}  # numbers beside the table
X32_ONLY = range(512, 548)  # numbers that x86_64's table has for the x32 ABI alone
BASES = {"__X32_SYSCALL_BIT": 0x40000000, "__NR_SYSCALL_BASE": 0, "__ARM_NR_BASE": 0x0f0000}
DEFINE = re.compile(r"^#define\s+__(?:ARM_)?NR_(\w+)\s+\(?(?:(\w+)\s*\+\s*)?(\d+)\)?$", re.M)

RECENT = {
    "membarrier": "4.3", "mount_setattr": "5.12", "process_mrelease": "5.15",
    "futex_waitv": "5.16", "set_mempolicy_home_node": "5.17", "cachestat": "6.5",
    "fchmodat2": "6.6", "map_shadow_stack": "6.6", "futex_wake": "6.7", "futex_wait": "6.7",
    "futex_requeue": "6.7", "statmount": "6.8", "listmount": "6.8", "lsm_get_self_attr": "6.8",
    "lsm_set_self_attr": "6.8", "lsm_list_modules": "6.8", "mseal": "6.10", "uretprobe": "6.11",
    "setxattrat": "6.13", "getxattrat": "6.13", "listxattrat": "6.13", "removexattrat": "6.13",
    "open_tree_attr": "6.15", "file_getattr": "6.17", "file_setattr": "6.17", "uprobe": "6.18",
    "listns": "6.19", "rseq_slice_yield": "7.0", "fchroot": "7.3", "riscv_hwprobe": "6.4",
}
TIME64 = range(403, 424)  # numbers of i386 that are new calls of 5.1, all of them


def version(text):
    """(major, minor) of "6.12.107-1"; (2, 6) for all of 2.6.x."""
    return tuple(int(part) for part in re.findall(r"\d+", text)[:2])


def numbers(root, arch):
    for path in ARCHES[arch]:
        try:
            with open(f"{root}/{path}", encoding="ascii") as file:
                text = file.read()
        except FileNotFoundError:
            continue
        if arch in PRIVATE:
            with open(f"{root}/{PRIVATE[arch]}", encoding="ascii") as file:
                text += file.read()
        return {name: BASES.get(base, 0) + int(nr) for name, base, nr in DEFINE.findall(text)
                if name not in ("syscalls", "SYSCALL_BASE") and not (arch == "x86_64" and int(nr) in X32_ONLY)}
    return None


def page_versions(path):
    """Name -> version from the table of the page: one-line rows, and rows cut by T{ T} blocks."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    text = re.sub(r"T\{\n(?:\.\\\".*\n)*\.BR (\w+) \(2\)\nT\}", r"\\f[B]\1\\f[](2)", text)
    return dict(re.findall(r"^\\f\[B\](\w+)\\f\[\]\(2\)\t(\d+\.\d+)", text, re.M))


def since(name, table, paged, packages):
    """packages: (version, {arch: its calls}); one without the headers of an arch says nothing of it."""
    text = paged.get(name) or RECENT.get(name)
    if not text and table["i386"].get(name) in TIME64:
        text = "5.1"
    arches = [arch for arch in ARCHES if name in table[arch]]
    has = [version(v) for v, calls in packages if any(name in calls[a] for a in arches if calls[a])]
    lacks = [version(v) for v, calls in packages
             if all(calls[a] is not None and name not in calls[a] for a in arches)]
    if text and version(text) > min(has):
        sys.exit(f"{name}: said to come with {text}, but {min(has)} has it")
    if lacks and (not text or version(text) <= max(lacks)):
        sys.exit(f"{name}: said to come with {text}, but {max(lacks)} does not have it")
    return text if text and version(text) >= (4, 0) else "-"


def main(argv):
    packages = [tuple(arg.split("=", 1)) for arg in argv[1:-1]]
    paged = page_versions(argv[-1])
    table = {arch: numbers(packages[0][1], arch) for arch in ARCHES}
    seen = [(v, {arch: numbers(d, arch) for arch in ARCHES}) for v, d in packages]
    print("# Linux system calls, sorted by name: the kernel that brought it (- before 4.0), its number")
    print("# on each arch (- none), as a filter sees it. Made by gen-syscalls.py from Debian's packages linux-libc-dev")
    print("# " + ", ".join(v for v, _ in packages) + ".")
    print("\t".join(["name", "since", *ARCHES]))
    for name in sorted(set().union(*table.values())):
        row = [str(table[arch].get(name, "-")) for arch in ARCHES]
        print("\t".join([name, since(name, table, paged, seen), *row]))


main(sys.argv)
