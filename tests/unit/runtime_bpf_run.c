/*
 * runtime_bpf_run.c - the loader's own run of a filter gives what each instruction means, and the two ends of a branch.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "runtime/bpf_run.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const uint32_t data[16] = {101, 0xc000003e, 0, 0, 7, 0, 0xffffffff, 1};

static uint32_t run(const struct bpf_insn *insns, unsigned short n)
{
	struct bpf_program p = {n, insns};
	return bpf_run(&p, data);
}

Test(runtime_bpf_run, loads_and_branches)
{
	static const struct bpf_insn insns[] = {
	    {0x20, 0, 0, 0},   /* nr */
	    {0x15, 0, 1, 101}, /* is it 101? */
	    {0x06, 0, 0, 0x50001},
	    {0x06, 0, 0, 0x7fff0000},
	};
	cr_expect_eq(run(insns, COUNT(insns)), 0x50001u);
	struct bpf_insn other[COUNT(insns)];
	memcpy(other, insns, sizeof(insns));
	other[1].k = 102;
	cr_expect_eq(run(other, COUNT(other)), 0x7fff0000u);
}

Test(runtime_bpf_run, arithmetic)
{
	static const struct {
		uint16_t code;
		uint32_t k, want;
	} rows[] = {
	    {0x04, 5, 12},           {0x14, 5, 2}, {0x24, 5, 35}, {0x34, 2, 3},
	    {0x44, 8, 15},           {0x54, 5, 5}, {0x64, 2, 28}, {0x74, 1, 3},
	    {0x84, 0, (uint32_t)-7}, {0xa4, 3, 4},
	};
	for (unsigned i = 0; i < COUNT(rows); i++) {
		const struct bpf_insn by_k[] = {
		    {0x20, 0, 0, 16}, {rows[i].code, 0, 0, rows[i].k}, {0x16, 0, 0, 0}};
		cr_expect_eq(run(by_k, COUNT(by_k)), rows[i].want, "%#x", rows[i].code);
		const struct bpf_insn by_x[] = {{0x01, 0, 0, rows[i].k},
						{0x20, 0, 0, 16},
						{(uint16_t)(rows[i].code | 8), 0, 0, 0},
						{0x16, 0, 0, 0}};
		if (rows[i].code != 0x84)
			cr_expect_eq(run(by_x, COUNT(by_x)), rows[i].want, "%#x by x",
				     rows[i].code);
	}
}

Test(runtime_bpf_run, memory_index_and_jumps)
{
	static const struct bpf_insn insns[] = {
	    {0x20, 0, 0, 24}, {0x02, 0, 0, 3}, /* st M[3] */
	    {0x00, 0, 0, 1},  {0x07, 0, 0, 0}, /* tax */
	    {0x05, 0, 0, 1},  {0x06, 0, 0, 0}, /* ja over the return */
	    {0x60, 0, 0, 3},  {0x5c, 0, 0, 0}, /* ld M[3], and x */
	    {0x03, 0, 0, 4},  {0x61, 0, 0, 4}, /* stx M[4], ldx M[4] */
	    {0x87, 0, 0, 0},  {0x16, 0, 0, 0}, /* txa, ret a */
	};
	cr_expect_eq(run(insns, COUNT(insns)), 1u);
	static const struct bpf_insn tests[] = {
	    {0x80, 0, 0, 0},  {0x25, 0, 3, 63}, /* ld len; > 63 */
	    {0x35, 0, 2, 64}, {0x45, 0, 1, 64}, /* >= 64; & 64 */
	    {0x06, 0, 0, 1},  {0x06, 0, 0, 2},
	};
	cr_expect_eq(run(tests, COUNT(tests)), 1u);
}
