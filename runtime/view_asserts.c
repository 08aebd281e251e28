/*
 * view_asserts.c - what is denied of a place of the host is denied of it in a mount too.
 */
#include "view_asserts.h"

#include <errno.h>
#include <string.h>

#include "grants.h"
#include "template.h"

struct look {
	struct items *items;
	struct grants mounts; /* the places that mount lines show, where they are on the host */
	const char **at;      /* of each, where it is shown */
	const char **real;    /* of each assert so far: run.h */
	unsigned n;
};

/* What a line gives in a mounted place, it gives of what is mounted. */
static bool visit_rights(void *ctx, const struct landlock_rule *rule)
{
	struct look *k = ctx;
	struct run *r = k->items->run;
	char path[PLAN_MAX_PATH + 1];

	if (!run_rule_path(r, rule, path))
		return false;
	for (unsigned i = 0; i < k->mounts.n; i++)
		if (item_covers(path, k->at[i]) || item_covers(k->at[i], path))
			k->mounts.list[i].rights |= rule->rights;
	return true;
}

static bool mount_add(struct look *k, const struct item *item)
{
	const struct place_line *line = &k->items->run->plan->launch.places[item->place];
	struct grant *g = &k->mounts.list[k->mounts.n];
	char text[PLAN_MAX_LINE + 1];
	struct span tmpl;

	word_template(line->source, text, &tmpl);
	*g = (struct grant){.where = item->where,
			    .tmpl = {pool_copy(k->items->run->pool, tmpl.at, tmpl.len), tmpl.len},
			    .directory = item->is_dir};
	if (!g->tmpl.at || !place_of(item->fd, &g->place))
		return fault_step(k->items->run->fault, "view", "mounted places");
	k->at[k->mounts.n++] = item->path;
	return true;
}

static bool mounts_collect(struct look *k)
{
	const struct items *x = k->items;
	const struct landlock_visitor rights = {.path = visit_rights, .glob = visit_rights, .ctx = k};
	size_t most = x->run->plan->launch.n_places;

	if (!most)
		return true;
	k->mounts.list = pool_take(x->run->pool, most * sizeof(struct grant));
	k->at = pool_take(x->run->pool, most * sizeof(*k->at));
	if (!k->mounts.list || !k->at)
		return fault_memory(x->run->fault, "view");
	for (unsigned i = 0; i < x->n; i++)
		if (x->v[i].kind == ITEM_MOUNT && !mount_add(k, &x->v[i]))
			return false;
	return !k->mounts.n || landlock_visit(&x->run->plan->landlock, &rights);
}

/* Every template of the line is expanded: that looks the variables up. */
static bool visit_assert(void *ctx, const struct landlock_rule *rule)
{
	struct look *k = ctx;
	struct run *r = k->items->run;
	char path[PLAN_MAX_PATH + 1], real[PLAN_MAX_PATH + 1], text[PLAN_MAX_LINE + 1];
	struct span holes = rule->holes, tmpl;

	while (word_template_next(&holes, text, &tmpl))
		if (!run_path(r, tmpl, rule->where, path))
			return false;
	if (!run_rule_path(r, rule, path))
		return false;
	k->real[k->n] = items_real(k->items, path, real) ? pool_text(r->pool, real) : NULL;
	k->n++;
	return !k->mounts.n || grants_assert(&k->mounts, rule, path, &r->vars, NULL, r->fault);
}

bool asserts_look(struct items *x)
{
	struct look k = {.items = x};
	const struct landlock_visitor asserts = {.assert = visit_assert, .ctx = &k};
	struct run *r = x->run;

	if (!r->plan->landlock.n_asserts)
		return true;
	k.real = pool_take(r->pool, r->plan->landlock.n_asserts * sizeof(*k.real));
	if (!k.real)
		return fault_memory(r->fault, "view");
	r->denied = k.real;
	return mounts_collect(&k) && landlock_visit(&r->plan->landlock, &asserts);
}
