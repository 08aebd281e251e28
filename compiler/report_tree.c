/*
 * report_tree.c - the file tree as the program may use it, drawn: what a place may be used for where that changes.
 *
 * Every badge is what decide() says of the place. Load-time variables stay symbols, below what is assumed of them.
 */
#include <string.h>

#include "diff_priv.h"
#include "report_priv.h"
#include "say.h"

enum {
	READ = OP_BIT(OP_READ) | OP_BIT(OP_LIST),
	WRITE = OP_BIT(OP_MODIFY) | OP_BIT(OP_CREATE) | OP_BIT(OP_DELETE),
	FEW = 12, /* places below a folder that are drawn open in any tree */
};

struct drawing {
	struct report *r;
	const struct tree *t;
	uint32_t *may;	/* of each node */
	bool *shown;	/* it says something new, or has children that do so in more than one way */
	unsigned *below; /* how many places below it say something new */
	uint32_t *under; /* what may be done with some of these */
	unsigned *less;  /* and of those, where something is not allowed any more */
};

static const struct {
	uint32_t ops;
	const char *tag;
} badges[] = {
    {READ, "span class=\"badge\""},
    {WRITE, "span class=\"badge write\""},
    {OP_BIT(OP_EXEC), "span class=\"badge run\""},
    {OP_BIT(OP_IOCTL), "span class=\"badge\""},
};

static void ask_all(const struct differ *d, enum target t, struct drawing *w)
{
	for (unsigned i = 0; i < w->t->n; i++)
		for (unsigned op = OP_READ; op <= OP_IOCTL; op++) {
			struct request q = side_request(&d->now, t, (enum op)op, w->t->v[i].name, 0);
			if (decide(d->now.k->meaning, &q).allow)
				w->may[i] |= OP_BIT(op);
		}
}

static uint32_t above(const struct drawing *w, unsigned i)
{
	return w->t->v[i].parent >= 0 ? w->may[w->t->v[i].parent] : 0;
}

/* From the leaves up: a node is drawn when it changes what holds above it, or when something below it does. */
static void choose(struct drawing *w)
{
	for (unsigned i = w->t->n; i-- > 0;) {
		bool says = w->may[i] != above(w, i);
		w->shown[i] |= says || i == 0;
		if (!w->shown[i] || w->t->v[i].parent < 0)
			continue;
		w->shown[w->t->v[i].parent] = true;
		w->below[w->t->v[i].parent] += w->below[i] + says;
		w->under[w->t->v[i].parent] |= w->under[i] | (says ? w->may[i] : 0);
		w->less[w->t->v[i].parent] += w->less[i] + ((above(w, i) & ~w->may[i]) != 0);
	}
}

/* The only drawn child of a node that says nothing itself goes on its line. */
static int only_child(const struct drawing *w, unsigned i)
{
	int only = -1;
	if (w->may[i] != above(w, i))
		return -1;
	for (unsigned k = i + 1; k < w->t->n && w->t->v[k].parent >= (int)i; k++)
		if (w->t->v[k].parent == (int)i && w->shown[k]) {
			if (only >= 0)
				return -1;
			only = (int)k;
		}
	return only;
}

static void put_badges(struct drawing *w, unsigned i)
{
	uint32_t may = w->may[i], lost = above(w, i) & ~may;
	for (size_t k = 0; k < sizeof(badges) / sizeof(badges[0]); k++)
		if (may & badges[k].ops)
			html_leaf(w->r->h, badges[k].tag, say_ops(w->r->a, may & badges[k].ops));
	if (lost)
		html_leaf(w->r->h, "span class=\"badge none\"", arena_printf(w->r->a, "no %s", say_ops(w->r->a, lost)));
}

/* Places by the names the system has; a variable stands for itself. */
static const char *place_word(const struct drawing *w, unsigned i)
{
	return w->t->v[i].shown[0] == '$' ? w->t->v[i].shown : w->t->v[i].name;
}

/* The part of the name below `top`. */
static const char *label(const struct drawing *w, int top, unsigned i)
{
	const char *word = place_word(w, i), *base = top >= 0 ? place_word(w, (unsigned)top) : "";
	size_t n = strlen(base);
	if (n > 1 && strncmp(word, base, n) == 0 && word[n] == '/')
		return word + n + 1;
	return n == 1 && word[0] == '/' && word[1] ? word + 1 : word;
}

static void put_node(struct drawing *w, int top, unsigned i, unsigned depth)
{
	int next;
	while (i != 0 && (next = only_child(w, i)) >= 0)
		i = (unsigned)next;
	bool begun = false, fold = i != 0 && w->below[0] > REPORT_MANY && w->below[i] > FEW;
	html_open(w->r->h, "li");
	if (fold) {
		html_open(w->r->h, "details");
		html_open(w->r->h, "summary");
	}
	html_leaf(w->r->h, "code", label(w, top, i));
	if (w->may[i] != above(w, i))
		put_badges(w, i);
	if (fold) {
		html_leaf(w->r->h, "span class=\"soft\"", arena_printf(w->r->a, "%u below: %s", w->below[i], say_ops(w->r->a, w->under[i])));
		if (w->less[i])
			html_leaf(w->r->h, "span class=\"no\"", arena_printf(w->r->a, " and %u with less", w->less[i]));
		html_close(w->r->h);
	}
	for (unsigned k = i + 1; k < w->t->n && w->t->v[k].parent >= (int)i && depth < 100; k++) {
		if (w->t->v[k].parent != (int)i || !w->shown[k])
			continue;
		if (!begun)
			html_open(w->r->h, "ul");
		begun = true;
		put_node(w, (int)i, k, depth + 1);
	}
	if (begun)
		html_close(w->r->h);
	if (fold)
		html_close(w->r->h);
	html_close(w->r->h);
}

static void draw(struct report *r, const struct differ *d, enum target t)
{
	struct tree tree = differ_places(d, t);
	struct drawing w = {.r = r, .t = &tree};
	w.may = ARENA_ARRAY(r->a, tree.n, uint32_t);
	w.shown = ARENA_ARRAY(r->a, tree.n, bool);
	w.below = ARENA_ARRAY(r->a, tree.n, unsigned);
	w.under = ARENA_ARRAY(r->a, tree.n, uint32_t);
	w.less = ARENA_ARRAY(r->a, tree.n, unsigned);
	ask_all(d, t, &w);
	choose(&w);
	html_open(r->h, "details open");
	html_open(r->h, "summary");
	html_text(r->h, arena_printf(r->a, "The file tree on %s", target_name[t]));
	html_close(r->h);
	html_open(r->h, "ul class=\"tree\"");
	put_node(&w, -1, 0, 0);
	html_close(r->h);
	html_close(r->h);
}

void report_tree(struct report *r)
{
	struct differ d = {.a = r->a};
	differ_open(&d, r->k, r->k);
	html_leaf(r->h, "h3", "The file tree");
	html_leaf(r->h, "p class=\"soft\"", "What holds for a place holds for all below it, until a badge says otherwise.");
	for (unsigned t = 0; t < TARGET_COUNT; t++)
		if (r->ir->targets & TARGET_BIT(t))
			draw(r, &d, (enum target)t);
}
