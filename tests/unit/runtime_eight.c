/*
 * runtime_eight.c - what is looked at eight bytes at a time says the same as one by one: each byte at each place, and
 * random bytes, for a mask is exact only up to its first.
 */
#include <criterion/criterion.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../runtime/eight.h"
#include "../../runtime/template.h"

enum { PLACES = 19 };

static bool is_dollar(unsigned char c)
{
	return c == '$';
}
static bool is_odd(unsigned char c)
{
	return c < 0x20 || c >= 0x7f;
}
static bool is_no_hex(unsigned char c)
{
	return !(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f');
}
static uint64_t mask_dollar(uint64_t v)
{
	return eight_equal(v, '$');
}

static const struct {
	const char *name;
	bool (*one)(unsigned char c);
	uint64_t (*mask)(uint64_t v);
} kinds[] = {
    {"equal", is_dollar, mask_dollar},
    {"unprintable", is_odd, eight_unprintable},
    {"no hex", is_no_hex, eight_no_hex},
};

static size_t first_of(bool (*one)(unsigned char), const unsigned char *bytes)
{
	size_t n = 0;

	while (n < EIGHT && !one(bytes[n]))
		n++;
	return n;
}

static void same(const unsigned char bytes[EIGHT])
{
	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		uint64_t mask = kinds[k].mask(eight_at(bytes));
		size_t first = first_of(kinds[k].one, bytes);
		cr_assert_eq(mask ? eight_first(mask) : EIGHT, first, "%s, first %d", kinds[k].name, bytes[0]);
		cr_assert_eq(mask & ~EIGHT_OF(0x80), 0, "%s marks another bit", kinds[k].name);
	}
}

/* Two different bytes in eight that are plain: each pair decides what a carry could spoil. */
Test(runtime_eight, masks_of_each_byte)
{
	unsigned char bytes[EIGHT];

	for (int c = 0; c < 256; c++)
		for (int d = 0; d < 256; d++)
			for (size_t at = 0; at + 1 < EIGHT; at++) {
				memset(bytes, 'a', sizeof(bytes));
				bytes[at] = (unsigned char)c;
				bytes[at + 1] = (unsigned char)d;
				same(bytes);
			}
}

Test(runtime_eight, masks_of_random_bytes)
{
	unsigned char bytes[EIGHT];

	srandom(8);
	for (int n = 0; n < 200000; n++) {
		for (size_t i = 0; i < EIGHT; i++)
			bytes[i] = (unsigned char)(random() % 4 ? "09afg$~\x7f"[random() % 8] : random() % 256);
		same(bytes);
	}
}

/* Of all lengths, so that both the groups of eight and what is left of them look. */
Test(runtime_eight, the_first_byte_of_a_kind)
{
	char bytes[PLACES];

	for (int c = 0; c < 256; c++)
		for (size_t len = 0; len <= PLACES; len++)
			for (size_t at = 0; at < PLACES; at++) {
				memset(bytes, c ^ 0x80, sizeof(bytes));
				bytes[at] = (char)c;
				cr_assert_eq(eight_find(bytes, len, c), at < len ? at : len, "byte %d of %zu", c, len);
			}
}

Test(runtime_eight, digits)
{
	char wanted[EIGHT + 1], got[EIGHT + 1] = "";

	srandom(9);
	for (unsigned n = 0; n < 200000; n++) {
		uint32_t number = n < 65536 ? n << 16 | n : (uint32_t)random() << 1 ^ (uint32_t)random();
		snprintf(wanted, sizeof(wanted), "%08x", number);
		eight_put(got, eight_hex(number));
		cr_assert_str_eq(got, wanted);
	}
}

/* A template with one byte that is not plain, at each place: found, and everything before it kept. */
Test(runtime_eight, templates)
{
	char text[PLACES + 1], out[PLAN_MAX_PATH + 1];
	struct fault f = {0};
	struct vars v = {0};

	for (int c = 1; c < 256; c++)
		for (size_t at = 0; at < PLACES; at++) {
			const bool wrong = c < 0x20 || c == 0x7f || c == '\\' || c == '$';
			memset(text, 'a', PLACES);
			text[PLACES] = 0;
			text[at] = (char)c;
			cr_assert_eq(template_wrong(span_of(text), NULL) != NULL, wrong, "byte %d at %zu", c, at);
			cr_assert_eq(template_expand(span_of(text), TEMPLATE_TEXT, &v, span_of("x"), out, &f), !wrong);
			cr_assert(wrong || !strcmp(out, text), "byte %d at %zu", c, at);
		}
}
