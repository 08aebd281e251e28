/*
 * runtime_text.c - numbers, the bounded builder, messages.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "../../runtime/fault.h"

static const char *const descriptions[] = {
#define ERR(id, number, slug, code, description, fix) description,
#include "../../runtime/errors.def"
};

Test(runtime_text, numbers)
{
	char buf[NUM_TEXT];
	uint64_t n = 42;

	cr_expect_str_eq(num_text(buf, 0), "0");
	cr_expect_str_eq(num_text(buf, UINT64_MAX), "18446744073709551615");
	cr_expect(span_number(span_of("18446744073709551615"), UINT64_MAX, &n) && n == UINT64_MAX);
	cr_expect(!span_number(span_of("18446744073709551616"), UINT64_MAX, &n));
	cr_expect(!span_number(span_of(""), 9, &n));
	cr_expect(!span_number(span_of("00"), 9, &n));
	cr_expect(!span_number(span_of("1 "), 9, &n));
	cr_expect(!span_number(span_of("10"), 9, &n));
	cr_expect(span_number(span_of("0"), 9, &n) && n == 0);
}

/* Each byte at each place of a group of eight: what is looked at eight at a time says the same as one by one. */
Test(runtime_text, plain_bytes)
{
	char bytes[24];

	for (int c = 0; c < 256; c++)
		for (size_t at = 0; at < sizeof(bytes); at++) {
			bool plain = c >= 0x20 && c < 0x7f;
			memset(bytes, 'a', sizeof(bytes));
			bytes[at] = (char)c;
			cr_assert_eq(text_plain_len(bytes, sizeof(bytes)), plain ? sizeof(bytes) : at, "byte %d at %zu", c, at);
			cr_assert_eq(text_plain_len(bytes, at), at);
		}
}

Test(runtime_text, hex_digits)
{
	static const char digits[] = "0123456789abcdef";

	for (int c = 1; c < 256; c++) {
		const char *at = strchr(digits, c);
		cr_expect_eq(hex_value((char)c), at ? (int)(at - digits) : -1, "byte %d", c);
	}
}

Test(runtime_text, builder_never_overflows)
{
	char buf[8];
	struct text t = text_over(buf, sizeof(buf));

	text_str(&t, "abcd");
	cr_expect(!t.cut);
	text_str(&t, "efghij");
	cr_expect(t.cut);
	cr_expect_str_eq(buf, "abcdefg");
	t = text_over(buf, sizeof(buf));
	text_safe(&t, "\n\x7f", 2);
	cr_expect_str_eq(buf, "\\x0a\\x7");
}

Test(runtime_fault, lines)
{
	static char long_word[8000];
	struct fault f;

	fault_set(&f, ERR_PATH_MISSING);
	fault_where(&f, span_of("my\\x20file\\\\x.sbx:3"));
	fault_error(&f, "open", 2);
	cr_expect_str_eq(f.buf, "   required   my file\\x.sbx:3\n"
				"   failed     open: no such file or directory (ENOENT)\n");
	cr_expect_eq(fault_exit_code(&f), EXIT_SANDBOX);
	fault_set(&f, ERR_NOT_FOUND);
	cr_expect_eq(fault_exit_code(&f), EXIT_NOT_FOUND);
	memset(long_word, 'x', sizeof(long_word) - 1);
	fault_add(&f, "at %s", long_word);
	cr_expect(f.text.cut);
	fault_say(&f, ERR_ENTRY, "found %s, %u of %zu, 100%%\nfix %.*s", "a\nb\tc", 7u, SIZE_MAX,
		  SPAN(((struct span){"nothing", 2})));
	cr_expect_eq(f.id, ERR_ENTRY);
	cr_expect_str_eq(f.buf, "   found      a\\x0ab\\x09c, 7 of 18446744073709551615, 100%\n"
				"   fix        no\n");
}

/* What values bring along is shown, never obeyed: a line of the format is the only thing that ends a line. */
Test(runtime_text, formats)
{
	char buf[48];

	cr_expect_eq(text_print(buf, sizeof(buf), "%s%u\n\nb%s", "", 0u, "%u\n"), 10);
	cr_expect_str_eq(buf, "0\n\nb%u\\x0a");
	cr_expect_eq(text_print(buf, 4, "%zu", (size_t)12345), 3);
	cr_expect_str_eq(buf, "123");
	cr_expect_eq(text_print(buf, sizeof(buf), "a%.*s%%", 0, "bc"), 2);
	cr_expect_str_eq(buf, "a%");
	cr_expect_eq(text_print(buf, sizeof(buf), "\n"), 1);
	cr_expect_eq(text_print(buf, sizeof(buf), "%s", ""), 0);
}

/* Each number of the list has its own text, which names it. */
Test(runtime_text, errors_of_calls)
{
	cr_expect_str_eq(errno_text(EPERM), "not permitted (EPERM)");
	cr_expect_str_eq(errno_text(ENOENT), "no such file or directory (ENOENT)");
	cr_expect_str_eq(errno_text(ESTALE), "stale file handle (ESTALE)");
	cr_expect_str_eq(errno_text(ELIBBAD), "its ELF interpreter is damaged (ELIBBAD)");
	cr_expect_null(errno_text(0));
	cr_expect_null(errno_text(EPERM + 256));
	for (unsigned i = 0; i < ERR_COUNT; i++)
		cr_expect_str_eq(err_description((enum err)i), descriptions[i]);
}

Test(runtime_fault, numbers_are_unique)
{
	for (unsigned i = 0; i < ERR_COUNT; i++)
		for (unsigned k = 0; k < i; k++)
			cr_expect_str_neq(err_number((enum err)i), err_number((enum err)k));
}
