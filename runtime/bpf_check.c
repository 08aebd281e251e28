/*
 * bpf_check.c - the kernel's own verdict on a seccomp filter, in user space.
 *
 * The rules are those of bpf_check_classic() and seccomp_check_filter() of Linux
 * (net/core/filter.c, kernel/seccomp.c): the instructions seccomp knows, jumps that stay inside,
 * loads of the 64 bytes of seccomp_data, scratch memory that was written on every way, a return at
 * the end.
 */
#include "bpf_check.h"

#include <string.h>

/* Classic BPF, by what the check has to look at. */
enum insn_kind {
	INSN_UNKNOWN,
	INSN_PLAIN,
	INSN_LOAD_DATA, /* k: offset in seccomp_data */
	INSN_LOAD_MEM,  /* k: a scratch word that must have been written */
	INSN_STORE_MEM,
	INSN_DIVIDE, /* k may not be 0 */
	INSN_SHIFT,  /* k below 32 */
	INSN_JUMP,   /* k ahead */
	INSN_BRANCH, /* jt or jf ahead */
	INSN_RETURN,
};

static const unsigned char kinds[] = {
    [0x15] = INSN_BRANCH,    [0x35] = INSN_BRANCH,    /* jeq k, jge k: most of a filter */
    [0x06] = INSN_RETURN,    [0x20] = INSN_LOAD_DATA, /* ret k, ld [k] */
    [0x80] = INSN_PLAIN,     [0x81] = INSN_PLAIN,     /* ld len, ldx len */
    [0x00] = INSN_PLAIN,     [0x01] = INSN_PLAIN,     /* ld #k, ldx #k */
    [0x60] = INSN_LOAD_MEM,  [0x61] = INSN_LOAD_MEM,  /* ld M[k], ldx M[k] */
    [0x02] = INSN_STORE_MEM, [0x03] = INSN_STORE_MEM, /* st, stx */
    [0x04] = INSN_PLAIN,     [0x0c] = INSN_PLAIN,     /* add k, x */
    [0x14] = INSN_PLAIN,     [0x1c] = INSN_PLAIN,     /* sub */
    [0x24] = INSN_PLAIN,     [0x2c] = INSN_PLAIN,     /* mul */
    [0x34] = INSN_DIVIDE,    [0x3c] = INSN_PLAIN,     /* div */
    [0x44] = INSN_PLAIN,     [0x4c] = INSN_PLAIN,     /* or */
    [0x54] = INSN_PLAIN,     [0x5c] = INSN_PLAIN,     /* and */
    [0x64] = INSN_SHIFT,     [0x6c] = INSN_PLAIN,     /* lsh */
    [0x74] = INSN_SHIFT,     [0x7c] = INSN_PLAIN,     /* rsh */
    [0x84] = INSN_PLAIN,                              /* neg */
    [0xa4] = INSN_PLAIN,     [0xac] = INSN_PLAIN,     /* xor */
    [0x05] = INSN_JUMP,                               /* ja */
    [0x1d] = INSN_BRANCH,                             /* jeq x */
    [0x25] = INSN_BRANCH,    [0x2d] = INSN_BRANCH,    /* jgt */
    [0x3d] = INSN_BRANCH,                             /* jge x */
    [0x45] = INSN_BRANCH,    [0x4d] = INSN_BRANCH,    /* jset */
    [0x16] = INSN_RETURN,                             /* ret a */
    [0x07] = INSN_PLAIN,     [0x87] = INSN_PLAIN,     /* tax, txa */
};

static enum insn_kind kind_of(uint16_t code)
{
	return code < sizeof(kinds) ? (enum insn_kind)kinds[code] : INSN_UNKNOWN;
}

/* What can be said of one instruction alone; ahead: how many instructions follow it. */
static const char *insn_wrong(const struct bpf_insn *in, enum insn_kind kind, unsigned ahead)
{
	switch (kind) {
	case INSN_LOAD_DATA:
		return in->k & 3 || in->k >= SECCOMP_DATA_SIZE ? SAID("a load outside seccomp_data")
							       : NULL;
	case INSN_LOAD_MEM:
	case INSN_STORE_MEM:
		return in->k >= 16 ? SAID("a scratch word that does not exist") : NULL;
	case INSN_DIVIDE:
		return in->k == 0 ? SAID("a division by zero") : NULL;
	case INSN_SHIFT:
		return in->k >= 32 ? SAID("a shift by 32 or more") : NULL;
	case INSN_JUMP:
		return in->k >= ahead ? SAID("a jump outside the filter") : NULL;
	case INSN_BRANCH:
		return in->jt >= ahead || in->jf >= ahead ? SAID("a jump outside the filter") : NULL;
	case INSN_UNKNOWN:
		return SAID("an instruction that seccomp does not know");
	case INSN_PLAIN:
	case INSN_RETURN:
		break;
	}
	return NULL;
}

/*
 * Jumps go forward only, so one pass knows which scratch words are written on every way to an
 * instruction: `valid` on the way that falls through, ways[] for those that jump there.
 */
static const char *memory_wrong(const struct bpf_insn *insns, unsigned n, unsigned *at)
{
	uint16_t ways[PLAN_MAX_BPF], valid = 0;
	enum insn_kind kind;

	memset(ways, 0xff, n * sizeof(ways[0])); /* no jump leads farther: bpf_wrong() */
	for (unsigned i = 0; i < n; i++) {
		const struct bpf_insn *in = &insns[i];
		*at = i;
		valid &= ways[i];
		kind = kind_of(in->code);
		if (kind == INSN_STORE_MEM) {
			valid = (uint16_t)(valid | 1u << in->k);
		} else if (kind == INSN_LOAD_MEM && !(valid & 1u << in->k)) {
			return SAID("a scratch word that may not have been written");
		} else if (kind == INSN_JUMP) {
			ways[i + 1 + in->k] &= valid;
			valid = 0xffff;
		} else if (kind == INSN_BRANCH) {
			ways[i + 1 + in->jt] &= valid;
			ways[i + 1 + in->jf] &= valid;
			valid = 0xffff;
		}
	}
	return NULL;
}

const char *bpf_wrong(const struct bpf_insn *insns, unsigned n, unsigned *at)
{
	enum insn_kind kind = INSN_PLAIN;
	bool loads = false;

	*at = 0;
	if (n == 0 || n > PLAN_MAX_BPF)
		return SAID("a filter has 1 to 4096 instructions");
	for (unsigned i = 0; i < n; i++) {
		const char *wrong;
		*at = i;
		kind = kind_of(insns[i].code);
		wrong = insn_wrong(&insns[i], kind, n - i - 1);
		if (wrong)
			return wrong;
		loads |= kind == INSN_LOAD_MEM;
	}
	if (kind != INSN_RETURN)
		return SAID("the last instruction is no return");
	return loads ? memory_wrong(insns, n, at) : NULL;
}

bool bpf_check(const char *file, const void *data, size_t size, struct fault *f)
{
	const char *wrong = SAID("not a whole number of instructions");
	unsigned at = 0;

	if (size % sizeof(struct bpf_insn) == 0 && size / sizeof(struct bpf_insn) <= PLAN_MAX_BPF)
		wrong = bpf_wrong(data, (unsigned)(size / sizeof(struct bpf_insn)), &at);
	else if (size % sizeof(struct bpf_insn) == 0)
		wrong = SAID("a filter has 1 to 4096 instructions");
	if (!wrong)
		return true;
	return fault_say(f, ERR_FILTER,
			 "at %s, instruction %u\n"
			 "wrong %s\n"
			 "fix compile the policy again with sbxc", file, at, wrong);
}
