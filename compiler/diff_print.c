/*
 * diff_print.c - the comparison for people at a terminal.
 *
 * Growth first. A mark and a word carry what colour says. Bytes that come from a file are escaped where a terminal would
 * take them for more than text.
 */
#include <string.h>

#include "diff.h"
#include "name_list.h"
#include "say.h"

enum { WIDTH = 100, MAX_WHAT = 24 };

struct printer {
	FILE *out;
	bool colour;
	const struct diff *d;
};

static const char mark[] = {[DIFF_GROWS] = '+', [DIFF_SHRINKS] = '-', [DIFF_OTHER] = '~'};
static const char *const paint[] = {[DIFF_GROWS] = "\033[31m", [DIFF_SHRINKS] = "\033[32m", [DIFF_OTHER] = "\033[33m"};

static bool is_unsafe(const unsigned char *c)
{
	return *c < 0x20 || *c == 0x7f || (*c == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0);
}

static void put(const struct printer *p, const char *text)
{
	for (const unsigned char *c = (const unsigned char *)text; *c; c++)
		if (is_unsafe(c))
			fprintf(p->out, "\\x%02x", *c);
		else
			fputc(*c, p->out);
}

/* Wrapped at blanks; what comes after the first line is set under it. */
static void put_wrapped(const struct printer *p, const char *text, unsigned column)
{
	unsigned at = column;
	while (*text) {
		size_t n = strcspn(text, " ");
		if (at > column && at + n > WIDTH) {
			fprintf(p->out, "\n%*s", (int)column, "");
			at = column;
		} else if (at > column) {
			fputc(' ', p->out);
			at++;
		}
		for (size_t i = 0; i < n; i++) {
			char c[3] = {text[i], (unsigned char)text[i] == 0xc2 ? text[i + 1] : '\0', '\0'};
			if (is_unsafe((const unsigned char *)c))
				fprintf(p->out, "\\x%02x", (unsigned char)*c);
			else
				fputc(*c, p->out);
		}
		at += (unsigned)n;
		text += n + strspn(text + n, " ");
	}
}

static void put_detail(const struct printer *p, const char *before, const char *text, const char *after)
{
	if (!text)
		return;
	fprintf(p->out, "      %s", before);
	put_wrapped(p, text, 6 + (unsigned)strlen(before));
	fprintf(p->out, "%s\n", after);
}

static bool on_all(const struct diff *d, const struct diff_entry *e)
{
	uint32_t both = d->old.targets & d->now.targets;
	return (e->targets & both) == both;
}

static const char *targets_word(const struct diff *d, const struct diff_entry *e)
{
	for (unsigned t = 0; t < TARGET_COUNT && !on_all(d, e); t++)
		if (e->targets & TARGET_BIT(t))
			return target_name[t];
	return NULL;
}

/* Access has signs; what else changed says in a word which way. */
static const char *way_word(const struct diff_entry *e)
{
	static const char *const words[DIFF_PART_COUNT][3] = {
	    [DIFF_ACCESS] = {"", "", ""},
	    [DIFF_LIMITS] = {" (looser)", " (tighter)", ""},
	    [DIFF_GUARANTEES] = {" (weaker)", " (stronger)", ""},
	    [DIFF_SETTINGS] = {" (opens)", " (closes)", ""},
	};
	return words[e->part][e->way];
}

static void put_head(const struct printer *p, const struct diff_entry *e, unsigned width)
{
	const char *target = targets_word(p->d, e);
	fprintf(p->out, "  %s%c%s ", p->colour ? paint[e->way] : "", e->part == DIFF_ACCESS ? mark[e->way] : '~',
		p->colour ? "\033[0m" : "");
	put(p, e->what);
	fprintf(p->out, "%*s", (int)(strlen(e->what) < width ? width - strlen(e->what) : 0) + 2, "");
	put_wrapped(p, e->object, 6 + width);
	fprintf(p->out, "%s%s%s", way_word(e), target ? "   on " : "", target ? target : "");
	if (e->where) {
		fputs("   ", p->out);
		put(p, e->where);
	}
	fputc('\n', p->out);
}

static void put_entry(const struct printer *p, const struct diff_entry *e, unsigned width)
{
	put_head(p, e, width);
	put_detail(p, "e.g. ", e->example, "");
	put_detail(p, "as before: ", e->but, "");
	put_detail(p, "", e->note, "");
	put_detail(p, "because \"", e->because, "\"");
	put_detail(p, "its test is gone: ", e->guard, "");
}

/* One of many that a profile brings: its reason stands there; why a guarantee is kept less does not. */
static void put_brought(const struct printer *p, const struct diff_entry *e, unsigned width)
{
	put_head(p, e, width);
	put_detail(p, "e.g. ", e->but ? e->example : NULL, "");
	put_detail(p, "as before: ", e->but, "");
	put_detail(p, "", e->part == DIFF_GUARANTEES ? e->note : NULL, "");
	put_detail(p, "its test is gone: ", e->guard, "");
}

/* ---- sections ---- */

static unsigned column(const struct diff *d, enum diff_part part)
{
	unsigned width = 0;
	for (unsigned i = 0; i < d->n; i++) {
		unsigned n = (unsigned)strlen(d->v[i].what);
		if (d->v[i].part == part && n > width && n <= MAX_WHAT)
			width = n;
	}
	return width;
}

struct section {
	enum diff_part part;
	unsigned ways; /* bits 1 << way */
	unsigned width; /* of the first column */
};

static bool in_section(const struct section *s, const struct diff_entry *e)
{
	return e->part == s->part && (s->ways & (1u << e->way));
}

/* All that one profile or base brings. */
static void put_group(const struct printer *p, const struct section *s, const struct name_list *brought, long first)
{
	const char *via = p->d->v[brought->v[first].value].via;
	unsigned n = 0;
	for (long i = first; i >= 0; i = brought->v[i].next)
		n++;
	fprintf(p->out, "  %u change%s brought by ", n, n == 1 ? "" : "s");
	put(p, via);
	fputs(":\n", p->out);
	for (long i = first; i >= 0; i = brought->v[i].next)
		put_brought(p, &p->d->v[brought->v[i].value], s->width);
}

/* What others bring, by who does. */
static void put_groups(const struct printer *p, const struct section *s)
{
	struct arena *a = arena_new();
	struct name_list brought = {.n = 0};
	for (unsigned i = 0; i < p->d->n; i++)
		if (in_section(s, &p->d->v[i]) && p->d->v[i].via)
			name_list_put(a, &brought, p->d->v[i].via, strlen(p->d->v[i].via), i);
	for (unsigned i = 0; i < brought.n; i++) {
		const char *via = p->d->v[brought.v[i].value].via;
		if (name_list_first(&brought, via, strlen(via)) == (long)i)
			put_group(p, s, &brought, (long)i);
	}
	arena_free(a);
}

/* What the policy itself says, then what others bring. */
static void put_section(const struct printer *p, const char *head, enum diff_part part, unsigned ways)
{
	const struct section s = {part, ways, column(p->d, part)};
	unsigned n = 0;
	for (unsigned i = 0; i < p->d->n; i++)
		n += in_section(&s, &p->d->v[i]);
	if (n)
		fprintf(p->out, "\n%s\n", head);
	for (unsigned i = 0; i < p->d->n; i++)
		if (in_section(&s, &p->d->v[i]) && !p->d->v[i].via)
			put_entry(p, &p->d->v[i], s.width);
	put_groups(p, &s);
}

static void put_tests(const struct printer *p)
{
	unsigned n_new = 0;
	bool begun = false;
	for (unsigned i = 0; i < p->d->n_tests; i++) {
		const struct diff_test *t = &p->d->tests[i];
		n_new += !t->gone;
		if (!t->gone)
			continue;
		fputs(begun ? "" : "\nTESTS\n", p->out);
		begun = true;
		fputs("  - ", p->out);
		put(p, t->text);
		fprintf(p->out, "   %s%s\n", t->where ? t->where : "", t->guards ? "   <- look here: what it was about changed" : "");
	}
	if (n_new)
		fprintf(p->out, "%s  + %u expectation%s\n", begun ? "" : "\nTESTS\n", n_new, n_new == 1 ? "" : "s");
}

static void put_title(const struct printer *p)
{
	const struct diff_side *a = &p->d->old, *b = &p->d->now;
	put(p, b->name);
	if (strcmp(a->name, b->name) != 0) {
		fputs(" (was ", p->out);
		put(p, a->name);
		fputc(')', p->out);
	}
	if (a->version[0] || b->version[0]) {
		fputc(' ', p->out);
		put(p, a->version[0] ? a->version : "without version");
		fputs(" -> ", p->out);
		put(p, b->version[0] ? b->version : "without version");
	}
	bool grows = p->d->n_of[DIFF_GROWS] > 0;
	fprintf(p->out, "   %s%s%s", grows && p->colour ? "\033[1;31m" : "", diff_verdict(p->d), grows && p->colour ? "\033[0m" : "");
	if (p->d->version) {
		fputs("   (", p->out);
		put(p, p->d->version);
		fputc(')', p->out);
	}
	fputc('\n', p->out);
}

static void put_text_moved(const struct printer *p)
{
	unsigned n = p->d->lines_moved;
	if (p->d->n || p->d->n_tests)
		return;
	if (n == 0)
		fputs("\nThe two say the same.\n", p->out);
	else
		fprintf(p->out, "\nUNCHANGED ACCESS, TEXT MOVED: %u line%s\n", n, n == 1 ? "" : "s");
}

void diff_print(const struct diff *d, FILE *out, bool colour)
{
	struct printer p = {.out = out, .colour = colour, .d = d};
	put_title(&p);
	put_section(&p, "NOW ALLOWED", DIFF_ACCESS, 1u << DIFF_GROWS);
	put_section(&p, "NO LONGER ALLOWED", DIFF_ACCESS, 1u << DIFF_SHRINKS);
	put_section(&p, "REFUSED IN ANOTHER WAY", DIFF_ACCESS, 1u << DIFF_OTHER);
	put_section(&p, "LIMITS", DIFF_LIMITS, ~0u);
	put_section(&p, "GUARANTEES", DIFF_GUARANTEES, ~0u);
	put_section(&p, "SETTINGS", DIFF_SETTINGS, ~0u);
	put_tests(&p);
	put_text_moved(&p);
}
