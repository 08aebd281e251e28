/*
 * bytes.c - which bytes may stand in strings and comments.
 *
 * A policy is read by people before it is enforced, so nothing in it may make the text on a screen
 * differ from the text in the file: no control bytes (terminal sequences, a bare carriage return),
 * no marks that turn the direction of writing.
 */
#include "grammar.h"

/*
 * Decodes one code point at S of at most N bytes, strictly (shortest form, no surrogates). Its
 * length, 0 if wrong.
 */
static size_t utf8_decode(const unsigned char *s, size_t n, uint32_t *out)
{
	static const struct {
		unsigned char mask, lead;
		uint32_t least;
	} forms[] = {
	    {0x80, 0x00, 0}, {0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};
	for (size_t more = 0; more < 4; more++) {
		if ((s[0] & forms[more].mask) != forms[more].lead)
			continue;
		uint32_t c = s[0] & (unsigned char)~forms[more].mask;
		if (more >= n)
			return 0;
		for (size_t i = 1; i <= more; i++) {
			if ((s[i] & 0xc0) != 0x80)
				return 0;
			c = c << 6 | (s[i] & 0x3f);
		}
		if (c < forms[more].least || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
			return 0;
		*out = c;
		return more + 1;
	}
	return 0;
}

static bool is_control(uint32_t c)
{
	return (c < 0x20 && c != '\t') || (c >= 0x7f && c < 0xa0);
}

/*
 * Embeddings, overrides and isolates: they show text in an order that is not the order of the
 * bytes.
 */
static bool is_turning(uint32_t c)
{
	return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

static void complain(struct parse *p, struct loc at, uint32_t c, bool is_string)
{
	const char *place = is_string ? "string" : "comment";
	struct diag_rec *r;
	if (is_turning(c)) {
		r = parse_fault(p, DIAG_BAD_BYTE, at,
				"a %s holds U+%04X, which makes text read otherwise than it is",
				place, c);
		diag_help(r, "remove it");
		return;
	}
	if (c < 0x80) /* as it stands in the file: see scanner_text() */
		c = (unsigned char)p->file->text[at.beg - p->file->base];
	r = parse_fault(p, DIAG_BAD_BYTE, at, "a %s holds the control byte 0x%02x", place, c);
	if (is_string)
		diag_help(r, "a value with such bytes can be given when the sandbox starts: "
			     "`param NAME: path at load`");
	else
		diag_help(r, "remove it");
}

static void complain_utf8(struct parse *p, struct loc at)
{
	struct diag_rec *r =
	    parse_fault(p, DIAG_BAD_BYTE, at, "a string holds bytes that are not UTF-8");
	diag_help(r, "save the file as UTF-8; a value with other bytes can be given when the "
		     "sandbox starts: `param NAME: path at load`");
}

void bytes_check(struct parse *p, struct loc loc, const char *text, size_t n, bool is_string)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t len;
	for (size_t i = 0; i < n; i += len) {
		uint32_t c;
		len = utf8_decode(s + i, n - i, &c);
		struct loc at = {loc.beg + (uint32_t)i, loc.beg + (uint32_t)(i + (len ? len : 1))};
		bool wrong = len == 0;
		if (wrong) {
			len = 1;
			if (!is_string)
				continue;
			complain_utf8(p, at);
			return; /* one is enough: the rest is the same mistake */
		}
		if (is_control(c) || is_turning(c)) {
			complain(p, at, c, is_string);
			return;
		}
	}
}
