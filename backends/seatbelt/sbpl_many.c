/*
 * sbpl_many.c - a filter that combines very many others: those on places are found by the path that is asked about, as all others
 * say what changes nothing.
 */
#include "sbpl_many.h"

#include <string.h>

#include "sbpl_keys.h"

enum { FEW = 16, MOST_ON_THE_WAY = 64 };

struct part {
	const struct sbpl_filter *filter;
	const struct part *next;
};

struct sbpl_many {
	struct sbpl_keys *keys;
	const struct part **at; /* by key */
	unsigned n_at;
	const struct part *rest;
};

/* The place without which the part of a require-all is true, of a require-any false; NULL: it may be either anywhere. */
static const char *place_of(enum sbpl_filter_id all, const struct sbpl_filter *f)
{
	if (all == FILTER_REQUIRE_ALL)
		f = f->id == FILTER_REQUIRE_NOT && !f->open ? f->first : NULL;
	if (!f || f->open || sbpl_filters[f->id].subject != SUBJECT_PATH)
		return NULL;
	return sbpl_filters[f->id].how == HOW_EXACT || sbpl_filters[f->id].how == HOW_SUBPATH ? f->text : NULL;
}

static void add(struct arena *a, const struct part **list, const struct sbpl_filter *f)
{
	struct part *p = ARENA_NEW(a, struct part);

	*p = (struct part){f, *list};
	*list = p;
}

const struct sbpl_many *sbpl_many_new(struct arena *a, const struct sbpl_filter *all)
{
	struct sbpl_many *m;
	unsigned n = 0;

	for (const struct sbpl_filter *f = all->first; f; f = f->next)
		n++;
	if (n <= FEW || all->id == FILTER_REQUIRE_NOT)
		return NULL;
	m = ARENA_NEW(a, struct sbpl_many);
	m->keys = sbpl_keys_new(a);
	for (const struct sbpl_filter *f = all->first; f; f = f->next) {
		const char *place = place_of(all->id, f);
		unsigned key = place ? sbpl_keys_add(m->keys, place, sbpl_subpath_length(place)) : 0;

		if (place && key == m->n_at) {
			ARENA_GROW(a, m->at, m->n_at);
			m->at[m->n_at++] = NULL;
		}
		add(a, place ? &m->at[key] : &m->rest, f);
	}
	return m;
}

bool sbpl_many_parts(const struct sbpl_many *m, const char *path, sbpl_many_fn *fn, void *ctx)
{
	unsigned keys[MOST_ON_THE_WAY], n = sbpl_keys_walk(m->keys, path, keys, MOST_ON_THE_WAY);

	if (n > MOST_ON_THE_WAY)
		return false;
	for (const struct part *p = m->rest; p; p = p->next)
		fn(ctx, p->filter);
	for (unsigned i = 0; i < n; i++)
		for (const struct part *p = m->at[keys[i]]; p; p = p->next)
			fn(ctx, p->filter);
	return true;
}
