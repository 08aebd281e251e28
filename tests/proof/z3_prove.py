#!/usr/bin/env python3
"""z3_prove.py - a second prover, which shares nothing with sbxc's own: z3 over the bytes of a filter.

    z3_prove.py PLAN/...                 every filter of the plans against its certificate
    z3_prove.py --dumped DIR             NAME.bpf against NAME.meaning: equal-* must be, different-* must not

The filter is turned into one formula over the 16 words of a call, instruction by instruction, and so is
the meaning; z3 searches for a call on which they differ. Ends with 1 when an answer is not the wanted one.
"""
import glob
import os
import struct
import sys

from z3 import (And, BitVec, BitVecVal, Extract, If, LShR, Not, Or, Solver, UDiv, UGE, UGT, ULE, ULT, sat,
                simplify, unsat, BoolVal, Concat)

WORDS = [BitVec("w%d" % i, 32) for i in range(16)]  # nr, arch, ip (2), arguments, as the machine has them
LITTLE_ENDIAN = 0x40000000  # __AUDIT_ARCH_LE
RETURNS = {"kill-process": 0x80000000, "kill-thread": 0, "trap": 0x30000, "errno": 0x50000,
           "notify": 0x7fc00000, "trace": 0x7ff00000, "log": 0x7ffc0000, "allow": 0x7fff0000}
SIGNS = [("==", lambda a, b: a == b), ("!=", lambda a, b: a != b), ("<=", ULE), (">=", UGE), ("<", ULT),
         (">", UGT)]


def const(v):
    return BitVecVal(v, 32)


# ---- the filter ----

def merge(states, state):
    """Adds (condition, registers) to what is known at one instruction."""
    cond, regs = state
    if states is None:
        return state
    old, have = states
    both = {k: If(cond, regs[k], have[k]) if not regs[k].eq(have[k]) else regs[k]
            for k in regs if k in have}
    return Or(old, cond), both


def alu(op, a, v):
    return {0x00: lambda: a + v, 0x10: lambda: a - v, 0x20: lambda: a * v, 0x30: lambda: UDiv(a, v),
            0x40: lambda: a | v, 0x50: lambda: a & v, 0x60: lambda: a << (v & 31),
            0x70: lambda: LShR(a, v & 31), 0x80: lambda: -a, 0xa0: lambda: a ^ v}[op]()


def holds(op, a, v):
    return {0x10: lambda: a == v, 0x20: lambda: UGT(a, v), 0x30: lambda: UGE(a, v),
            0x40: lambda: (a & v) != 0}[op]()


def step(code, k, regs):
    """Loads, stores, arithmetic."""
    regs = dict(regs)
    cls, mode = code & 7, code & 0xe0
    if cls in (0, 1):
        to = "a" if cls == 0 else "x"
        regs[to] = {0x20: lambda: WORDS[k // 4], 0x00: lambda: const(k), 0x60: lambda: regs[k],
                    0x80: lambda: const(64)}[mode]()
    elif cls in (2, 3):
        regs[k] = regs["a" if cls == 2 else "x"]
    elif cls == 4:
        regs["a"] = alu(code & 0xf0, regs["a"], regs["x"] if code & 8 else const(k))
    elif code & 0xf8:
        regs["a"] = regs["x"]
    else:
        regs["x"] = regs["a"]
    return regs


def filter_formula(blob, order):
    """The value that the filter returns, as a formula."""
    insns = [struct.unpack(order + "HBBI", blob[i:i + 8]) for i in range(0, len(blob), 8)]
    at = [None] * len(insns)
    at[0] = (BoolVal(True), {"a": const(0), "x": const(0)})
    ends = []
    for pc, (code, jt, jf, k) in enumerate(insns):
        if at[pc] is None:
            continue
        cond, regs = at[pc]
        if code & 7 == 6:
            ends.append((cond, regs["a"] if code & 0x18 == 0x10 else const(k)))
        elif code == 0x05:
            at[pc + 1 + k] = merge(at[pc + 1 + k], (cond, regs))
        elif code & 7 == 5:
            yes = holds(code & 0xf0, regs["a"], regs["x"] if code & 8 else const(k))
            for to, side in ((pc + 1 + jt, yes), (pc + 1 + jf, Not(yes))):
                at[to] = merge(at[to], (simplify(And(cond, side)), regs))
        else:
            if code == 0x3c:  # a division by X ends the filter when X is zero
                ends.append((And(cond, regs["x"] == 0), const(0)))
                cond = And(cond, regs["x"] != 0)
            at[pc + 1] = merge(at[pc + 1], (cond, step(code, k, regs)))
    value = const(0)
    for cond, v in ends:
        value = If(cond, v, value)
    return value


# ---- the meaning ----

def action(word):
    name, _, data = word.partition(":")
    return const(RETURNS[name] | int(data or 0))


def test_formula(text, order):
    for sign, op in SIGNS:
        if sign in text:
            left, value = text.split(sign)
            break
    arg, rest = left.split(".")
    width, mask = rest.split("&")
    halves = WORDS[4 + 2 * int(arg):6 + 2 * int(arg)]
    low, high = halves if order == "<" else reversed(halves)
    v = Concat(high, low) if width == "64" else Concat(const(0), low)
    return op(v & BitVecVal(int(mask, 16), 64), BitVecVal(int(value, 16), 64))


def class_formula(lines, order):
    """One class: its `nr` line and the `if` lines after it."""
    value = action(lines[0][3])
    for words in reversed(lines[1:]):
        value = If(And([test_formula(t, order) for t in words[2:]]), action(words[1]), value)
    return value


def byte_order(meaning):
    arch = int(meaning.split(" ", 2)[1].split("\n")[0], 16)
    return "<" if arch & LITTLE_ENDIAN else ">"


def meaning_formula(text, order):
    lines = [line.split(" ") for line in text.splitlines()]
    abis, foreign = [], None
    for words in lines:
        if words[0] == "abi":
            abis.append((int(words[1], 16), []))
        elif words[0] == "nr":
            abis[-1][1].append([words])
        elif words[0] == "if":
            abis[-1][1][-1].append(words)
        else:
            foreign = action(words[1])
    value = foreign
    for arch, classes in abis:
        of_arch = class_formula(classes[-1], order)
        for c in reversed(classes[:-1]):
            of_arch = If(ULE(WORDS[0], const(int(c[0][2]))), class_formula(c, order), of_arch)
        value = If(WORDS[1] == const(arch), of_arch, value)
    return value


# ---- the question ----

def differ(blob, meaning):
    """None when equal, else the words of a call that shows the difference."""
    s = Solver()
    order = byte_order(meaning)
    s.add(filter_formula(blob, order) != meaning_formula(meaning, order))
    answer = s.check()
    if answer == unsat:
        return None
    if answer != sat:
        sys.exit("z3 gives no answer: %s" % s.reason_unknown())
    model = s.model()
    return [model.eval(w, model_completion=True).as_long() for w in WORDS]


def read(path):
    with open(path, "rb") as f:
        return f.read()


def check(name, blob, meaning, want_equal):
    call = differ(blob, meaning)
    if (call is None) == want_equal:
        return True
    print("FAIL z3 %s: %s" % (name, "z3 finds no difference" if call is None else
                              "they differ for the words " + " ".join("%x" % w for w in call)))
    return False


def check_plan(plan):
    good = True
    for bpf in sorted(glob.glob(os.path.join(plan, "seccomp-*.bpf"))):
        text = read(bpf[:-4] + ".proof").decode()
        meaning = text.split("\nmeaning\n", 1)[1]
        if not meaning.endswith("\nend\n"):
            sys.exit(bpf + ": its proof is cut off")
        if check(bpf, read(bpf), meaning[:-len("end\n")], True):
            print("PASS z3 %s/%s" % (os.path.basename(plan), os.path.basename(bpf)))
        else:
            good = False
    return good


def check_dumped(folder):
    counts, good = {}, True
    for bpf in sorted(glob.glob(os.path.join(folder, "*.bpf"))):
        name = os.path.basename(bpf)
        kind = name.split("-")[0]
        counts[kind] = counts.get(kind, 0) + 1
        good &= check(name, read(bpf), read(bpf[:-4] + ".meaning").decode(), kind == "equal")
    for kind in ("equal", "different"):
        if not counts.get(kind):
            print("FAIL z3 %s: there are none" % kind)
            good = False
    if good:
        print("PASS z3 agrees on changed filters: %s" % ", ".join("%d %s" % (n, k) for k, n in
                                                                  sorted(counts.items())))
    return good


def main(argv):
    if len(argv) == 3 and argv[1] == "--dumped":
        return check_dumped(argv[2])
    if len(argv) < 2 or argv[1].startswith("-"):
        sys.exit(__doc__)
    return all([check_plan(plan) for plan in argv[1:]])


if __name__ == "__main__":
    sys.exit(0 if main(sys.argv) else 1)
