/*
 * arena.c - alignment, zeroed memory, growth, and the end when there is none left.
 */
#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#include "compiler/arena.h"

static bool all_zero(const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i])
			return false;
	return true;
}

Test(arena, pieces_are_zeroed_aligned_and_apart)
{
	struct arena *a = arena_new();
	unsigned char *last = NULL;
	for (size_t n = 0; n < 3000; n++) {
		unsigned char *p = arena_alloc(a, n);
		cr_assert_not_null(p);
		cr_assert_eq((uintptr_t)p % _Alignof(max_align_t), 0u);
		cr_assert(all_zero(p, n), "a piece of %zu bytes is not zeroed", n);
		memset(p, 0xff, n);
		cr_assert_neq(p, last, "a piece of %zu bytes is the one before", n);
		last = p;
	}
	arena_free(a);
}

Test(arena, a_large_piece_does_not_end_the_block)
{
	struct arena *a = arena_new();
	char *first = arena_alloc(a, 16);
	char *large = arena_alloc(a, 10u << 20);
	char *second = arena_alloc(a, 16);
	large[(10u << 20) - 1] = 1;
	cr_expect_eq(second, first + 16);
	arena_free(a);
}

Test(arena, grow_keeps_what_was_there_at_every_count)
{
	struct arena *a = arena_new();
	unsigned *v = NULL;
	for (unsigned n = 0; n < 5000; n++) {
		ARENA_GROW(a, v, n);
		v[n] = n ^ 0x5a5a;
	}
	for (unsigned n = 0; n < 5000; n++)
		cr_assert_eq(v[n], n ^ 0x5a5a);
	arena_free(a);
}

Test(arena, text)
{
	struct arena *a = arena_new();
	cr_expect_str_eq(arena_strdup(a, ""), "");
	cr_expect_str_eq(arena_strndup(a, "abcdef", 3), "abc");
	cr_expect_arr_eq(arena_strndup(a, "a\0b", 3), "a\0b", 4);
	cr_expect_str_eq(arena_printf(a, "%s%d", "x", -7), "x-7");
	cr_expect_eq(strlen(arena_printf(a, "%0500000d", 1)), 500000u);
	arena_free(a);
	arena_free(NULL);
}

Test(arena, a_product_that_overflows_ends_the_program, .exit_code = 2)
{
	arena_array(arena_new(), SIZE_MAX / 2, 3);
}

Test(arena, a_size_that_no_memory_has_ends_the_program, .exit_code = 2)
{
	arena_alloc(arena_new(), SIZE_MAX - 8);
}

/* A child goes with its parent, or before; the others stay. */
Test(arena, children)
{
	struct arena *a = arena_new(), *one = arena_child(a), *two = arena_child(a), *three = arena_child(two);
	char *kept = arena_strdup(one, "kept"), *also = arena_strdup(a, "too");
	arena_strdup(three, "goes");
	arena_free(two);
	cr_expect_str_eq(kept, "kept");
	arena_free(arena_child(a));
	cr_expect_str_eq(also, "too");
	arena_free(a); /* the sanitizers see what is left */
}
