/*
 * lint_unused.c - what the main file defines or brings in and no line uses; names that hide others.
 */
#include <stdlib.h>
#include <string.h>

#include "resolve_priv.h"

static bool in_file(const struct src_file *f, struct loc where)
{
	return where.beg >= f->base && where.beg - f->base <= f->size;
}

/* ---- names ---- */

struct name {
	const struct var *var;
	const struct scope *scope;
};

static int name_cmp(const void *x, const void *y)
{
	uint32_t a = ((const struct name *)x)->var->loc.beg, b = ((const struct name *)y)->var->loc.beg;
	return a < b ? -1 : a > b;
}

/* A profile that is used twice has its names in two scopes: one use is enough. */
static void unused_names(struct res *r, const struct name *v, unsigned n)
{
	for (unsigned i = 0, next; i < n; i = next) {
		bool used = false;
		for (next = i; next < n && v[next].var->loc.beg == v[i].var->loc.beg; next++)
			used |= v[next].var->used;
		if (used)
			continue;
		struct diag_rec *rec =
		    diag(r->d, DIAG_UNUSED_NAME, v[i].var->loc, "nothing uses `%s`", v[i].var->name);
		diag_help(rec, "remove it, or use it: `${%s}` in a string, `%s` as a value", v[i].var->name, v[i].var->name);
	}
}

static void shadowed_names(struct res *r, const struct name *v, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		const struct var *outer = scope_find(v[i].scope->up, v[i].var->name, strlen(v[i].var->name));
		if (!outer || (i && v[i - 1].var->loc.beg == v[i].var->loc.beg))
			continue;
		struct diag_rec *rec =
		    diag(r->d, DIAG_SHADOWED_NAME, v[i].var->loc, "`%s` hides another of the same name", v[i].var->name);
		diag_second(rec, outer->loc, "the other");
		diag_help(rec, "give it another name");
	}
}

static void names(struct res *r, const struct src_file *file)
{
	struct name *v = NULL;
	unsigned n = 0;
	for (const struct scope *s = r->scopes; s; s = s->next)
		for (unsigned i = 0; i < s->n; i++) {
			if (!in_file(file, s->vars[i].loc))
				continue;
			ARENA_GROW(r->a, v, n);
			v[n++] = (struct name){&s->vars[i], s};
		}
	if (n)
		qsort(v, n, sizeof(*v), name_cmp);
	unused_names(r, v, n);
	shadowed_names(r, v, n);
}

/* ---- groups, profiles, imports: of a file that holds a policy; a library has them for others ---- */

static void groups(struct res *r, const struct src_file *file)
{
	for (unsigned i = 0; i < r->n_groups; i++) {
		const struct ast_word *name = r->groups[i]->name;
		if (r->group_used[i] || !in_file(file, name->loc))
			continue;
		struct diag_rec *rec = diag(r->d, DIAG_UNUSED_NAME, name->loc, "nothing uses `@%s`", name->text);
		diag_help(rec, "remove it, or use it: `allow syscall @%s`", name->text);
	}
}

static void profiles(struct res *r, const struct src_file *file)
{
	for (unsigned i = 0; i < r->n_profiles; i++) {
		const struct profile *p = r->profiles[i];
		if (p->used || p->file != file)
			continue;
		struct diag_rec *rec = diag(r->d, DIAG_UNUSED_PROFILE, p->item->name->loc, "no line uses `%s`", p->name);
		diag_help(rec, "`use %s` in the policy, or move it into a file of its own", p->name);
	}
}

static bool unit_used(const struct res *r, const struct unit *u)
{
	const struct src_file *f = u->ast->src;
	for (unsigned i = 0; i < r->n_profiles; i++)
		if (r->profiles[i]->used && r->profiles[i]->file == f)
			return true;
	for (unsigned i = 0; i < r->n_groups; i++)
		if (r->group_used[i] && in_file(f, r->groups[i]->name->loc))
			return true;
	for (unsigned i = 0; i < r->n_policies; i++)
		if ((r->policies[i]->used || r->policies[i] == r->policy) && in_file(f, r->policies[i]->item->name->loc))
			return true;
	for (unsigned i = 0; i < r->n_proxies; i++)
		if (r->proxies[i]->used && in_file(f, r->proxies[i]->item->name->loc))
			return true;
	for (unsigned i = 0; i < r->n_units; i++)
		if (r->units[i]->importer == u && unit_used(r, r->units[i]))
			return true;
	return false;
}

static void imports(struct res *r)
{
	for (unsigned i = 0; i < r->n_units; i++) {
		const struct unit *u = r->units[i];
		if (u->importer != r->units[0] || unit_used(r, u))
			continue;
		struct diag_rec *rec = diag(r->d, DIAG_UNUSED_IMPORT, u->import->value->loc, "no line uses anything of this file");
		diag_help(rec, "remove the import");
	}
}

void lint_unused(struct res *r, const struct ast_file *main_file)
{
	if (diag_errors(r->d))
		return; /* the line that uses it may be one of those with a fault */
	names(r, main_file->src);
	if (!r->policy)
		return;
	groups(r, main_file->src);
	profiles(r, main_file->src);
	imports(r);
}
