/*
 * template.c - checks and expands templates. The spelling is canonical, so a template that could be
 * written shorter is refused as well.
 */
#include "template.h"

#include <string.h>

#include "eight.h"

/* The pieces of a template, in order. */
enum piece_kind { PIECE_BYTE, PIECE_VAR, PIECE_WRONG };
struct piece {
	enum piece_kind kind;
	char byte;
	struct span name;
	const char *wrong;
	size_t len; /* bytes of the template it takes */
};

__attribute__((noinline)) static struct piece (piece_wrong)(const char *why)
{
	return (struct piece){.kind = PIECE_WRONG, .wrong = why};
}
#define piece_wrong(why) piece_wrong(SAID(why))

static struct piece piece_escape(struct span t)
{
	int hi, lo, byte;

	if (t.len >= 2 && (t.at[1] == '\\' || t.at[1] == '$'))
		return (struct piece){.kind = PIECE_BYTE, .byte = t.at[1], .len = 2};
	if (t.len < 4 || t.at[1] != 'x')
		return piece_wrong("a backslash that escapes nothing");
	hi = hex_value(t.at[2]);
	lo = hex_value(t.at[3]);
	byte = hi * 16 + lo;
	if (hi < 0 || lo < 0 || byte == 0 || (byte >= 0x20 && byte != 0x7f))
		return piece_wrong("a \\x escape that is not one of 01 to 1f and 7f");
	return (struct piece){.kind = PIECE_BYTE, .byte = (char)byte, .len = 4};
}

static struct piece piece_var(struct span t)
{
	const char *close = t.len > 1 && t.at[1] == '{' ? memchr(t.at, '}', t.len) : NULL;

	if (!close || close == t.at + 2)
		return piece_wrong("a bare $");
	return (struct piece){.kind = PIECE_VAR,
			      .name = {t.at + 2, (size_t)(close - t.at) - 2},
			      .len = (size_t)(close - t.at) + 1};
}

static struct piece piece_next(struct span t)
{
	unsigned char c = (unsigned char)t.at[0];

	if (c == '\\')
		return piece_escape(t);
	if (c == '$')
		return piece_var(t);
	if (c < 0x20 || c == 0x7f)
		return piece_wrong("a control byte");
	return (struct piece){.kind = PIECE_BYTE, .byte = t.at[0], .len = 1};
}

/* Bytes of eight that may stand for something else. */
static inline uint64_t eight_special(uint64_t v)
{
	return eight_unprintable(v) | eight_equal(v, '\\') | eight_equal(v, '$');
}

/* The bytes at the start that stand for themselves. */
QUICK static size_t plain_len(struct span t)
{
	size_t n = 0;

	for (; t.len - n >= EIGHT; n += EIGHT) {
		uint64_t other = eight_special(eight_at(t.at + n));
		if (other)
			return n + eight_first(other);
	}
	/* the last eight once more where there are as many: nearly all texts are plain to the end */
	if (n > 0 && !eight_special(eight_at(t.at + t.len - EIGHT)))
		return t.len;
	while (n < t.len && t.at[n] != '\\' && t.at[n] != '$' && (unsigned char)t.at[n] >= 0x20 &&
	       t.at[n] != 0x7f)
		n++;
	return n;
}

static struct span span_after(struct span t, size_t n)
{
	return (struct span){t.at + n, t.len - n};
}

bool template_plain(struct span tmpl)
{
	return plain_len(tmpl) == tmpl.len;
}

const char *template_wrong(struct span tmpl, const struct vars *v)
{
	while ((tmpl = span_after(tmpl, plain_len(tmpl))).len > 0) {
		struct piece p = piece_next(tmpl);
		if (p.kind == PIECE_WRONG)
			return p.wrong;
		if (p.kind == PIECE_VAR && (!v || !vars_known(v, p.name)))
			return SAID("a variable that nothing defines");
		tmpl.at += p.len;
		tmpl.len -= p.len;
	}
	return NULL;
}

QUICK bool path_canonical(const char *path)
{
	if (path[0] != '/')
		return false;
	if (!path[1])
		return true;
	for (const char *p = path; *p;) {
		const char *name = ++p;
		while (*p && *p != '/')
			p++;
		if (p == name || (name[0] == '.' && (p == name + 1 || (p == name + 2 && name[1] == '.'))))
			return false;
	}
	return true;
}

static bool (expand_fault)(struct fault *f, struct span where, const char *why, struct span what)
{
	enum { SHOWN = 255 };

	fault_set(f, ERR_EXPAND);
	fault_where(f, where);
	return fault_add(f,
			 "found %.*s%s\n"
			 "wrong %s",
			 (int)(what.len < SHOWN ? what.len : SHOWN), what.at, what.len > SHOWN ? "..." : "", why);
}
#define expand_fault(f, where, why, what) expand_fault(f, where, SAID(why), what)

/* The root directory as a value ends where the next slash of the template begins. */
static size_t value_len(const char *value, struct span after, enum template_use use)
{
	bool root = use == TEMPLATE_PATH && !strcmp(value, "/");

	return root && after.len > 0 && after.at[0] == '/' ? 0 : strlen(value);
}

static bool expand_var(const struct piece *p, struct span after, enum template_use use,
		       struct vars *v, struct span where, struct text *out, struct fault *f)
{
	enum value_type type;
	const char *value;

	if (!vars_get(v, p->name, &value, &type, f))
		return fault_where(f, where);
	if (use == TEMPLATE_PATH && type != VALUE_PATH && strchr(value, '/'))
		return expand_fault(f, where, "only a value of type path may bring a / into a path",
				    span_of(value));
	text_bytes(out, value, value_len(value, after, use));
	return true;
}

bool template_expand(struct span tmpl, enum template_use use, struct vars *v, struct span where,
		     char out[PLAN_MAX_PATH + 1], struct fault *f)
{
	struct text t = text_over(out, PLAN_MAX_PATH + 1);
	const struct span whole = tmpl;

	for (;;) {
		size_t plain = plain_len(tmpl);
		text_bytes(&t, tmpl.at, plain);
		tmpl = span_after(tmpl, plain);
		if (tmpl.len == 0)
			break;
		struct piece p = piece_next(tmpl);
		if (p.kind == PIECE_WRONG)
			return (expand_fault)(f, where, p.wrong, whole);
		tmpl = span_after(tmpl, p.len);
		if (p.kind == PIECE_BYTE)
			text_bytes(&t, &p.byte, 1);
		else if (!expand_var(&p, tmpl, use, v, where, &t, f))
			return false;
	}
	if (t.cut)
		return expand_fault(f, where, "the result is too long", whole);
	if (use == TEMPLATE_PATH && !path_canonical(out))
		return expand_fault(
		    f, where, "not an absolute path without . .. // or / at its end", span_of(out));
	return true;
}

bool word_template(struct span word, char out[PLAN_MAX_LINE + 1], struct span *tmpl)
{
	static const char blank[] = "\\x20";
	size_t n = 0;

	for (size_t i = 0; i < word.len && n < PLAN_MAX_LINE; n++) {
		bool is_blank = word.len - i >= 4 && !memcmp(word.at + i, blank, 4);
		out[n] = is_blank ? ' ' : word.at[i];
		i += is_blank ? 4 : 1;
	}
	out[n] = 0;
	*tmpl = (struct span){out, n};
	return n < PLAN_MAX_LINE;
}

bool word_template_next(struct span *words, char out[PLAN_MAX_LINE + 1], struct span *tmpl)
{
	if (!words->len || words->at[0] == ' ')
		return false;
	word_template(span_cut(words, ' '), out, tmpl);
	return true;
}

bool line_template_good(const struct line *l, const struct vars *v, struct span tmpl)
{
	const char *wrong = template_wrong(tmpl, v);

	return !wrong || (line_fault)(l, wrong, tmpl);
}

bool line_template(struct line *l, const struct vars *v, struct span *tmpl)
{
	return line_rest(l, tmpl) && line_template_good(l, v, *tmpl);
}

bool line_word_template(struct line *l, const struct vars *v, struct span *word)
{
	char text[PLAN_MAX_LINE + 1];
	struct span tmpl;
	const char *wrong;

	if (!line_word(l, word))
		return false;
	wrong = word_template(*word, text, &tmpl) ? template_wrong(tmpl, v) : SAID("a path that is too long");
	return !wrong || (line_fault)(l, wrong, *word);
}
