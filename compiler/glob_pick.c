/*
 * glob_pick.c - searches the names that a pattern fits, the shortest first, for one that no other pattern fits.
 *
 * What matters about the beginning of a name is which bytes of each pattern could come next. Beginnings that agree in
 * that are one state, so there are finitely many; of the bytes that no pattern spells one stands for all.
 */
#include "glob_pick.h"

#include <stdint.h>
#include <string.h>

#include "glob.h"

enum {
	MAX_STATES = 2000, /* far more than patterns of people need */
	MAX_NAME = 255,
	WORDS = (MAX_NAME + 64) / 64,
};

/* Bit i: the first i bytes of the pattern are used up. */
struct spots {
	uint64_t bit[WORDS];
};

struct state {
	struct spots *of; /* the wanted pattern, then the others */
	unsigned from;    /* the state before, and the byte after it */
	unsigned len;
	char byte;
};

struct search {
	struct arena *arena;
	const char **globs;
	unsigned n_globs;
	char letters[257];
	struct state *states;
	unsigned n;
};

static bool has(const struct spots *s, size_t i)
{
	return s->bit[i / 64] >> (i % 64) & 1;
}

/* A star may be passed over. */
static void reach(struct spots *s, const char *glob, size_t i)
{
	for (;; i++) {
		s->bit[i / 64] |= UINT64_C(1) << (i % 64);
		if (glob[i] != '*')
			return;
	}
}

static struct spots step(const struct spots *s, const char *glob, char byte)
{
	struct spots next = {{0}};
	for (size_t i = 0; glob[i]; i++) {
		if (!has(s, i))
			continue;
		if (glob[i] == '*')
			reach(&next, glob, i);
		else if (glob[i] == byte)
			reach(&next, glob, i + 1);
	}
	return next;
}

static bool fits(const struct spots *s, const char *glob)
{
	return has(s, strlen(glob));
}

static bool empty(const struct spots *s)
{
	static const struct spots none = {{0}};
	return memcmp(s, &none, sizeof(none)) == 0;
}

/* Bytes that the patterns spell, and one that none does: an ordinary letter where there is one. */
static void collect_letters(struct search *x)
{
	static const char others[] = "xyzabcdefghijklmnopqrstuvw0123456789_";
	bool used[256] = {false};
	unsigned n = 0;
	for (unsigned i = 0; i < x->n_globs; i++)
		for (const unsigned char *c = (const unsigned char *)x->globs[i]; *c; c++)
			used[*c] = true;
	used['*'] = used['/'] = false;
	for (const char *c = others; *c && !n; c++)
		if (!used[(unsigned char)*c])
			x->letters[n++] = *c;
	for (unsigned c = 1; c < 256 && !n; c++)
		if (!used[c] && c != '*' && c != '/')
			x->letters[n++] = (char)c;
	for (unsigned c = 1; c < 256; c++)
		if (used[c])
			x->letters[n++] = (char)c;
}

static bool seen(const struct search *x, const struct spots *of)
{
	for (unsigned i = 0; i < x->n; i++)
		if (memcmp(x->states[i].of, of, x->n_globs * sizeof(*of)) == 0)
			return true;
	return false;
}

static void add(struct search *x, unsigned from, char byte)
{
	struct spots *of = ARENA_ARRAY(x->arena, x->n_globs, struct spots);
	for (unsigned i = 0; i < x->n_globs; i++)
		of[i] = step(&x->states[from].of[i], x->globs[i], byte);
	if (empty(&of[0]) || seen(x, of))
		return;
	unsigned len = x->states[from].len + 1;
	ARENA_GROW(x->arena, x->states, x->n);
	x->states[x->n++] = (struct state){.of = of, .from = from, .len = len, .byte = byte};
}

static bool is_wanted(const struct search *x, const struct state *s)
{
	bool good = s->len && fits(&s->of[0], x->globs[0]);
	for (unsigned i = 1; good && i < x->n_globs; i++)
		good = !fits(&s->of[i], x->globs[i]);
	return good;
}

static const char *name_of(const struct search *x, const struct state *s)
{
	char *name = arena_alloc(x->arena, s->len + 1);
	name[s->len] = '\0';
	for (; s->len; s = &x->states[s->from])
		name[s->len - 1] = s->byte;
	return name;
}

/* With `x` for each star, which reads well, when that will do. */
static const char *simple_name(const struct search *x)
{
	char *name = arena_strdup(x->arena, x->globs[0]);
	for (char *c = name; *c; c++)
		if (*c == '*')
			*c = 'x';
	for (unsigned i = 1; i < x->n_globs; i++)
		if (glob_fits(x->globs[i], name, strlen(name)))
			return NULL;
	return name;
}

const char *glob_pick(struct arena *a, const char *glob, const char *const *avoid, unsigned n, bool *known)
{
	static const char *const no_names[] = {".", ".."};
	struct search x = {.arena = a, .globs = ARENA_ARRAY(a, n + 3, const char *), .n_globs = n + 3};
	x.globs[0] = glob;
	memcpy(x.globs + 1, no_names, sizeof(no_names));
	if (n)
		memcpy(x.globs + 3, avoid, n * sizeof(*avoid));
	const char *simple = simple_name(&x);
	if (simple)
		return simple;
	collect_letters(&x);
	struct spots *start = ARENA_ARRAY(a, x.n_globs, struct spots);
	for (unsigned i = 0; i < x.n_globs; i++)
		reach(&start[i], x.globs[i], 0);
	ARENA_GROW(a, x.states, x.n);
	x.states[x.n++] = (struct state){.of = start};
	for (unsigned i = 0; i < x.n; i++) {
		if (is_wanted(&x, &x.states[i]))
			return name_of(&x, &x.states[i]);
		if (x.n > MAX_STATES) {
			*known = false;
			return NULL;
		}
		for (const char *c = x.letters; *c && x.states[i].len < MAX_NAME; c++)
			add(&x, i, *c);
	}
	return NULL;
}
