/*
 * runtime_pack.c - what is packed comes back: the packer of the build and the unpacker of the loader, on texts of every kind.
 */
#include <criterion/criterion.h>
#include <math.h>
#include <stdbool.h>

int pack_main(void);
#define main pack_main
#include "../../runtime/pack/pack.c"
#undef main

static uint32_t seed = 1;

static uint32_t draw(uint32_t below)
{
	return (uint32_t)((uint64_t)(seed = seed * 1664525 + 1013904223) * below >> 32);
}

static void comes_back(const char *what)
{
	static char guarded[MAX + 1];

	memset(count, 0, sizeof(count));
	text_pack();
	memset(guarded, 'x', sizeof(guarded));
	unpack(out + 1, guarded, guarded + size);
	cr_assert_eq(memcmp(guarded, text, size), 0, "%s of %u bytes", what, size);
	cr_assert_eq(guarded[size], 'x', "%s of %u bytes: no further", what, size);
}

Test(pack, random_texts)
{
	for (int round = 0; round < 60; round++) {
		unsigned kinds = 1 + draw(TEXT_BYTES);
		size = 1 + draw(600);
		for (unsigned i = 0; i < size; i++)
			text[i] = (char)draw(kinds);
		comes_back("random");
	}
}

Test(pack, runs_and_repetitions)
{
	size = 3000; /* longer than the longest copy */
	memset(text, 'a', size);
	comes_back("a run");
	cr_expect_lt(coder.len, 60U);
	for (unsigned i = 0; i < size; i++)
		text[i] = "the program was not found"[i % 25];
	comes_back("a repetition");
	cr_expect_lt(coder.len, 100U);
}
