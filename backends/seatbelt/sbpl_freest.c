/*
 * sbpl_freest.c - does a rule on a pattern below a folder decide anywhere?
 *
 * An example of the pattern may be what a later rule takes, and others not. So the freest of its names is asked about: with a byte
 * that no rule holds wherever the pattern allows one. What fits that name, of patterns that only a star makes open, fits all names
 * of this one. And it is asked about in each folder that a rule names, below each, and in one that none names.
 */
#include <string.h>

#include "sbpl_witness.h"

#define FRESH "\001"

struct freest {
	struct arena *arena;
	const struct sbpl_profile *profile;
	const struct sbpl_rule *rule;
	const char *root, *name; /* the name with its slash */
};

/* The parts of (require-all (subpath ...) (regex ...) ...). */
static const struct sbpl_filter *part(const struct sbpl_filter *all, enum sbpl_filter_id id)
{
	const struct sbpl_filter *x = all->id == FILTER_REQUIRE_ALL ? all->first : NULL;

	while (x && x->id != id)
		x = x->next;
	return x && !x->open ? x : NULL;
}

static const char *in(struct arena *a, const char *folder, const char *name)
{
	return arena_printf(a, "%s%s", folder[1] ? folder : "", name);
}

/* A byte more in each place where the pattern takes one. */
static const char *fill(struct arena *a, const struct sbpl_regex *re, const char *root, const char *name)
{
	for (size_t i = strlen(name); i > 0; i--) {
		const char *fuller = arena_printf(a, "%.*s" FRESH "%s", (int)i, name, name + i);

		if (sbpl_regex_match(re, in(a, root, fuller)))
			name = fuller;
	}
	return name;
}

static bool decides_at(const struct freest *f, const char *path)
{
	static const char *const kinds[] = {"REGULAR-FILE", "DIRECTORY"};

	for (unsigned op = 0; op < SBPL_OP_COUNT; op++)
		for (size_t k = 0; k < 2 && sbpl_ops[op].asked && sbpl_list_of(f->profile, (enum sbpl_op)op) == f->rule->op; k++) {
			struct sbpl_query q = {.op = (enum sbpl_op)op, .path = path, .vnode = kinds[k]};

			if (sbpl_decide(f->profile, &q).by == f->rule)
				return true;
		}
	return false;
}

static bool decides_in(const struct freest *f, const char *folder)
{
	return decides_at(f, in(f->arena, folder, f->name)) || decides_at(f, in(f->arena, in(f->arena, folder, "/" FRESH), f->name));
}

static bool decides_below(const struct freest *f, const struct sbpl_filter *x)
{
	if (!x->open && x->text && x->text[0] == '/' && sbpl_filters[x->id].subject == SUBJECT_PATH && decides_in(f, x->text))
		return true;
	for (x = x->first; x; x = x->next)
		if (decides_below(f, x))
			return true;
	return false;
}

bool sbpl_freest_decides(struct arena *a, const struct sbpl_profile *p, const struct sbpl_rule *r)
{
	const struct sbpl_filter *place = r->filter ? part(r->filter, FILTER_SUBPATH) : NULL;
	const struct sbpl_filter *pattern = place ? part(r->filter, FILTER_REGEX) : NULL;
	const char *name = pattern && pattern->regex ? sbpl_regex_example(a, pattern->regex) : NULL;
	size_t n = place && place->text[1] ? strlen(place->text) : 0;
	struct freest f = {.arena = a, .profile = p, .rule = r};

	if (!name)
		return false;
	f.root = place->text;
	f.name = fill(a, pattern->regex, f.root, n && strncmp(name, f.root, n) == 0 ? name + n : name);
	if (decides_in(&f, f.root))
		return true;
	for (unsigned i = 0; i < p->n_rules; i++)
		if (p->rules[i].op == r->op && p->rules[i].filter && decides_below(&f, p->rules[i].filter))
			return true;
	return false;
}
