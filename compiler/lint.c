/*
 * lint.c - runs the families of lints, and what they share.
 */
#include "lint.h"

#include <string.h>

#include "lint_priv.h"

static const struct {
	enum diag_id id;
	bool reason;
	const char *why;
} table[] = {
#define LINT(id, reason, why) {DIAG_##id, reason, why},
#include "lint.def"
};

static const struct {
	enum lint_place kind;
	const char *place;
} places[] = {
#define LINT_PLACE(kind, place) {PLACE_##kind, place},
#include "lint_place.def"
};

const char *lint_place_nth(enum lint_place kind, unsigned n)
{
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (places[i].kind == kind && n-- == 0)
			return places[i].place;
	return NULL;
}

bool lint_blames(const struct lint *l, const struct origin *o)
{
	struct src_pos p;
	return o && src_locate(l->src, o->loc.beg, &p) && !p.file->is_std;
}

bool lint_asks(const struct lint *l, const struct origin *o)
{
	return lint_blames(l, o) && !o->because;
}

const struct origin *lint_line(const struct ir_rule *rule, uint32_t ops)
{
	return rule->ops & ops ? rule->origin[__builtin_ctz(rule->ops & ops)] : NULL;
}

const char *lint_path(const struct lint *l, const char *tmpl)
{
	const char *path = expand_template(l->arena, l->ir, tmpl, NULL, 0);
	return path && path[0] == '/' ? path : NULL;
}

const struct origin *lint_gives(const struct lint *l, uint32_t targets, enum op op, const char *path)
{
	struct request r = {.op = op, .object = path};
	for (unsigned t = 0; path && t < TARGET_COUNT; t++) {
		if (!(targets & l->ir->targets & TARGET_BIT(t)))
			continue;
		r.target = (enum target)t;
		struct decision d = decide(l->meaning, &r);
		if (d.allow)
			return d.by;
	}
	return NULL;
}

void lint_find(const struct lint *l, struct lint_finds *f, const struct origin *at, const char *word)
{
	unsigned i = 0;
	while (i < f->n && f->v[i].at->loc.beg != at->loc.beg)
		i++;
	if (i == f->n) {
		ARENA_GROW(l->arena, f->v, f->n);
		f->v[f->n++] = (struct lint_found){.at = at, .words = buf_new(l->arena)};
	}
	if (f->v[i].n++ < 5)
		buf_printf(&f->v[i].words, "%s`%s`", f->v[i].n > 1 ? ", " : "", word);
	else if (f->v[i].n == 6)
		buf_puts(&f->v[i].words, " and more");
}

void lint_policy(struct arena *a, const struct meaning *m, const struct src *src, struct diags *d)
{
	const struct lint l = {.arena = a, .meaning = m, .ir = meaning_ir(m), .src = src, .diags = d};
	lint_dead(&l);
	lint_paths(&l);
	lint_places(&l);
	lint_exec(&l);
	lint_net(&l);
	lint_layers(&l);
	lint_env(&l);
	lint_tests(&l);
}

void lint_list(FILE *out)
{
	for (unsigned id = 0; id < DIAG_COUNT; id++) {
		const struct diag_info *info = diag_info((enum diag_id)id);
		if (info->severity != SEV_WARNING)
			continue;
		fprintf(out, "%s %-16s  %s\n", info->code, info->slug, info->description);
		for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
			if (table[i].id == (enum diag_id)id)
				fprintf(out, "%24s%s%s\n", "", table[i].why, table[i].reason ? " (a `because` answers it)" : "");
	}
}
