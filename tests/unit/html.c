/*
 * The writer of HTML: no text makes markup, whatever its bytes are; elements nest.
 */
#include "compiler/html.h"

#include <criterion/criterion.h>
#include <string.h>

static const char *escaped(struct arena *a, const char *text)
{
	struct html h = html_new(a);
	html_text(&h, text);
	return buf_str(&h.out);
}

Test(html, text_is_escaped)
{
	static const char *const cases[][2] = {
	    {"plain", "plain"},
	    {"<b>&\"'", "&lt;b&gt;&amp;&quot;&#39;"},
	    {"&lt;", "&amp;lt;"},
	    {"a\nb\tc", "a\nb\tc"},
	    {"a\033[2Jb", "a\\x1b[2Jb"},
	    {"\x7f", "\\x7f"},
	    {"\xc3\xa9\xe4\xb8\xad\xf0\x9f\x94\x92", "\xc3\xa9\xe4\xb8\xad\xf0\x9f\x94\x92"},
	    {"\xc2\x9b", "\\xc2\\x9b"},		      /* a control character of its own */
	    {"\xe2\x80\xaegnp", "\\xe2\\x80\\xaegnp"}, /* turns the direction around */
	    {"\xe2\x81\xa6x", "\\xe2\\x81\\xa6x"},
	    {"\xff\xfe", "\\xff\\xfe"},
	    {"\xc0\xbc", "\\xc0\\xbc"}, /* a long form of < */
	    {"\xed\xa0\x80", "\\xed\\xa0\\x80"},
	    {"\xe2\x80", "\\xe2\\x80"}, /* cut off */
	    {"\xe2<b>", "\\xe2&lt;b&gt;"},
	};
	struct arena *a = arena_new();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		cr_expect_str_eq(escaped(a, cases[i][0]), cases[i][1]);
	arena_free(a);
}

/* All pairs of bytes, after a byte that begins a longer character: what comes out is UTF-8 and holds no markup. */
Test(html, no_bytes_make_markup)
{
	static const char lead[] = {'x', '\xe2', '\xf0', '\xc2'};
	for (size_t k = 0; k < sizeof(lead); k++) {
		struct arena *a = arena_new();
		for (unsigned i = 1; i < 256; i++)
			for (unsigned j = 1; j < 256; j++) {
				const char text[] = {lead[k], (char)i, (char)j, '<', '\0'};
				const char *out = escaped(a, text);
				cr_assert(utf8_valid(out), "%02x %02x", i, j);
				cr_assert_null(strpbrk(out, "<>\"'"), "%02x %02x: %s", i, j, out);
				cr_assert_not_null(strstr(out, "&lt;"), "%02x %02x: %s", i, j, out);
			}
		arena_free(a);
	}
}

Test(html, elements_nest)
{
	struct arena *a = arena_new();
	struct html h = html_new(a);
	html_open(&h, "ul class=\"x\"");
	html_leaf(&h, "li", "a<b");
	html_open_with(&h, "li", "data-head", "\"><b>");
	html_text(&h, NULL);
	html_close(&h);
	html_close(&h);
	cr_expect_str_eq(buf_str(&h.out), "<ul class=\"x\"><li>a&lt;b</li>\n<li data-head=\"&quot;&gt;&lt;b&gt;\"></li>\n</ul>\n");
	cr_expect_eq(h.depth, 0u);
	arena_free(a);
}
