/*
 * lock_check.c - what the lock should say of a policy, and --locked, which refuses anything else.
 */
#include <stdlib.h>
#include <string.h>

#include "../runtime/sha256.h"
#include "lock.h"
#include "say.h"
#include "str.h"

/* ---- what a file brings ---- */

struct lines {
	const struct compile *c;
	const struct src_file *file;
	const char **v;
	unsigned n;
};

static bool is_from(const struct lines *x, const struct origin *o)
{
	struct src_pos pos;
	return o && src_locate(x->c->src, o->loc.beg, &pos) && pos.file == x->file;
}

static void add(struct lines *x, const char *text)
{
	ARENA_GROW(x->c->arena, x->v, x->n);
	x->v[x->n++] = text;
}

/* " on linux", where not all systems of the policy are meant. */
static const char *where_text(const struct lines *x, uint32_t targets, uint32_t arches)
{
	struct arena *a = x->c->arena;
	if ((arches & x->c->ir->arches) != x->c->ir->arches)
		return arena_printf(a, " on arch %s", arch_name[__builtin_ctz(arches)]);
	return targets == x->c->ir->targets ? "" : arena_printf(a, " on %s", say_targets(a, targets));
}

static void add_rule(struct lines *x, const char *verb, const struct ir_rule *r)
{
	uint32_t ops = 0;
	for (unsigned op = 0; op < OP_COUNT; op++)
		if ((r->ops & OP_BIT(op)) && is_from(x, r->origin[op]))
			ops |= OP_BIT(op);
	if (ops)
		add(x, arena_printf(x->c->arena, "%s%s%s", verb, say_rule(x->c->arena, r, ops),
				    where_text(x, r->targets, r->arches)));
}

static void add_limits(struct lines *x)
{
	const struct ir *ir = x->c->ir;
	for (unsigned l = 0; l < LIMIT_COUNT; l++)
		for (unsigned t = 0; t < TARGET_COUNT; t++) {
			const struct ir_limit *v = &ir->limit[t][l];
			const char *where = where_text(x, TARGET_BIT(t), ARCHES_ALL);
			if (v->set && v->param && is_from(x, v->origin))
				add(x, arena_printf(x->c->arena, "limit %s %s%s", limit_name[l], v->param, where));
			if (v->set && is_from(x, v->param ? v->bound : v->origin))
				add(x, arena_printf(x->c->arena, "limit %s %s%s", limit_name[l],
						    say_limit(x->c->arena, (enum limit)l, v->value), where));
		}
}

static void collect(struct lines *x)
{
	const struct ir *ir = x->c->ir;
	struct arena *a = x->c->arena;
	for (unsigned i = 0; i < ir->n_rules; i++)
		add_rule(x, "", &ir->rules[i]);
	for (unsigned i = 0; i < ir->n_nevers; i++)
		add_rule(x, "never ", &ir->nevers[i].rule);
	add_limits(x);
	if (ir->entry && is_from(x, ir->entry_origin))
		add(x, arena_printf(a, "entry %s", say_template(a, ir->entry)));
	for (unsigned i = 0; i < ir->n_env_set; i++)
		if (is_from(x, ir->env_set[i].origin))
			add(x, arena_printf(a, "set env %s = %s%s", ir->env_set[i].name, say_template(a, ir->env_set[i].value),
					    where_text(x, ir->env_set[i].targets, ARCHES_ALL)));
	for (unsigned i = 0; i < ir->n_wants; i++)
		if (is_from(x, ir->wants[i].origin))
			add(x, arena_printf(a, "%s %s%s", ir->wants[i].prefer ? "prefer" : "require", cap_name[ir->wants[i].cap],
					    where_text(x, ir->wants[i].targets, ARCHES_ALL)));
}

struct lock_file lock_file_of(const struct compile *c, const struct src_file *file)
{
	struct lines x = {.c = c, .file = file};
	struct lock_file f = {.name = file->name};
	sha256_hex(file->text, file->size, f.sha256);
	collect(&x);
	if (x.n)
		qsort(x.v, x.n, sizeof(*x.v), cmp_strp);
	for (unsigned i = 0; i < x.n; i++)
		if (f.n_lines == 0 || strcmp(x.v[f.n_lines - 1], x.v[i]) != 0)
			x.v[f.n_lines++] = x.v[i];
	f.lines = x.v;
	return f;
}

static int cmp_file(const void *a, const void *b)
{
	return strcmp(((const struct lock_file *)a)->name, ((const struct lock_file *)b)->name);
}

struct lock_policy lock_of(const struct compile *c)
{
	struct lock_policy p = {.name = src_nth(c->src, 0)->name};
	const struct src_file *f;
	for (size_t i = 1; (f = src_nth(c->src, i)); i++) {
		if (f->in_memory) /* the question of `why` */
			continue;
		ARENA_GROW(c->arena, p.files, p.n_files);
		p.files[p.n_files++] = lock_file_of(c, f);
	}
	if (p.n_files)
		qsort(p.files, p.n_files, sizeof(*p.files), cmp_file);
	return p;
}

/* ---- --locked ---- */

static struct diag_rec *complain(struct compile *c, enum diag_id id, const char *what)
{
	struct diag_rec *rec = diag(c->diags, id, c->ir->loc, "%s", what);
	diag_help(rec, "look at what is new, then run `sbxc lock %s`", src_nth(c->src, 0)->name);
	return rec;
}

static void check_file(struct compile *c, const struct lock_policy *locked, const struct lock_file *f)
{
	const struct lock_file *was = lock_find_file(locked, f->name);
	if (!was) {
		complain(c, DIAG_LOCK_MISSING, arena_printf(c->arena, "`%s` is not in " LOCK_NAME, f->name));
	} else if (strcmp(was->sha256, f->sha256) != 0) {
		struct diag_rec *rec =
		    complain(c, DIAG_LOCK_CHANGED, arena_printf(c->arena, "`%s` is not the file of " LOCK_NAME, f->name));
		diag_note(rec, "locked %.12s..., found %.12s...", was->sha256, f->sha256);
	}
}

void lock_check(struct compile *c)
{
	struct lock l;
	bool missing;
	const char *error;
	if (!lock_read(c->arena, c->opt->path, &l, &missing, &error)) {
		complain(c, DIAG_LOCK_TORN, arena_printf(c->arena, "%s", error));
		return;
	}
	struct lock_policy now = lock_of(c);
	const struct lock_policy *locked = lock_find(&l, now.name);
	if (now.n_files == 0 && !locked)
		return; /* nothing that could change */
	if (!locked) {
		complain(c, DIAG_LOCK_MISSING,
			 missing ? "there is no " LOCK_NAME " beside the policy"
				 : arena_printf(c->arena, LOCK_NAME " says nothing of `%s`", now.name));
		return;
	}
	for (unsigned i = 0; i < now.n_files; i++)
		check_file(c, locked, &now.files[i]);
	for (unsigned i = 0; i < locked->n_files; i++)
		if (!lock_find_file(&now, locked->files[i].name))
			complain(c, DIAG_LOCK_CHANGED,
				 arena_printf(c->arena, "`%s` is in " LOCK_NAME " and the policy has no such file any more",
					      locked->files[i].name));
}
