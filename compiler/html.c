/*
 * html.c - writes HTML.
 */
#include "html.h"

#include <assert.h>
#include <string.h>

struct html html_new(struct arena *a)
{
	return (struct html){.out = buf_new(a)};
}

static size_t name_len(const char *tag)
{
	return strcspn(tag, " ");
}

static void push(struct html *h, const char *tag)
{
	assert(h->depth < HTML_MAX_DEPTH);
	h->open[h->depth++] = tag;
}

void html_open(struct html *h, const char *tag)
{
	push(h, tag);
	buf_printf(&h->out, "<%s>", tag);
}

/* The bytes of the UTF-8 character at s that may stand in a page: no control, no direction marks that hide what is read. */
static size_t plain_character(const char *s)
{
	const unsigned char *c = (const unsigned char *)s;
	char one[5] = {0};
	size_t n = c[0] < 0x80 ? 1 : c[0] < 0xe0 ? 2 : c[0] < 0xf0 ? 3 : 4;
	for (size_t i = 0; i < n; i++)
		if (!(one[i] = s[i]))
			return 0;
	bool control = c[0] < 0x20 || c[0] == 0x7f || (c[0] == 0xc2 && c[1] < 0xa0);
	bool bidi = c[0] == 0xe2 && ((c[1] == 0x80 && ((c[2] >= 0x8e && c[2] <= 0x8f) || (c[2] >= 0xa8 && c[2] <= 0xae))) ||
				     (c[1] == 0x81 && c[2] >= 0xa6 && c[2] <= 0xa9));
	bool nothing = c[0] == 0xef && c[1] == 0xbf && c[2] >= 0xbe; /* U+FFFE, U+FFFF */
	return control || bidi || nothing || !utf8_valid(one) ? 0 : n;
}

static void put_escaped(struct html *h, const char *s)
{
	while (*s) {
		size_t n = plain_character(s);
		const char *name = *s == '&' ? "&amp;" : *s == '<' ? "&lt;" : *s == '>' ? "&gt;" : *s == '"' ? "&quot;" : *s == '\'' ? "&#39;" : NULL;
		if (name)
			buf_puts(&h->out, name);
		else if (*s == '\n')
			buf_putc(&h->out, '\n');
		else if (*s == '\t')
			buf_putc(&h->out, '\t');
		else if (n)
			buf_add(&h->out, s, n);
		else
			buf_printf(&h->out, "\\x%02x", (unsigned char)*s);
		s += n ? n : 1;
	}
}

void html_open_with(struct html *h, const char *tag, const char *attr, const char *value)
{
	push(h, tag);
	buf_printf(&h->out, "<%s %s=\"", tag, attr);
	put_escaped(h, value);
	buf_puts(&h->out, "\">");
}

void html_close(struct html *h)
{
	assert(h->depth > 0);
	const char *tag = h->open[--h->depth];
	buf_printf(&h->out, "</%.*s>", (int)name_len(tag), tag);
	static const char *const blocks[] = {"p", "tr", "table", "li", "ul", "section", "h1", "h2", "h3", "div", "details", "head", "body", "thead", "tbody", "dl", "dd"};
	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++)
		if (strlen(blocks[i]) == name_len(tag) && strncmp(tag, blocks[i], name_len(tag)) == 0)
			buf_putc(&h->out, '\n');
}

void html_text(struct html *h, const char *text)
{
	if (text)
		put_escaped(h, text);
}

void html_leaf(struct html *h, const char *tag, const char *text)
{
	html_open(h, tag);
	html_text(h, text);
	html_close(h);
}

void html_raw(struct html *h, const char *markup)
{
	buf_puts(&h->out, markup);
}
