/*
 * env.c - which environment variables come through, and which are set.
 *
 * A denied name is left out where it was allowed by name; inside an allowed prefix it gets a line of its own.
 */
#include <stdlib.h>
#include <string.h>

#include "../../compiler/name_map.h"
#include "launch.h"

static bool is_env(const struct ir_rule *r, bool deny, enum target t)
{
	return r->kind == RULE_ENV && r->deny == deny && (r->targets & TARGET_BIT(t));
}

/* The patterns of the denies, each with the first rule that says it. */
static struct name_map denied_patterns(struct lower *l, enum target t)
{
	struct name_map patterns = {0};
	for (unsigned i = 0; i < l->ir->n_rules; i++) {
		const struct ir_rule *r = &l->ir->rules[i];
		if (is_env(r, true, t))
			name_map_put(l->arena, &patterns, r->object, strlen(r->object), i);
	}
	return patterns;
}

static struct loc env_loc(const struct ir_rule *r)
{
	return r->origin[OP_ENV] ? r->origin[OP_ENV]->loc : (struct loc){0, 0};
}

struct names {
	const char **v;
	unsigned n;
};

static void add_name(struct lower *l, struct names *names, const char *name)
{
	ARENA_GROW(l->arena, names->v, names->n);
	names->v[names->n++] = name;
}

/* Those that are let in, and those that are taken out of an allowed prefix again. */
static bool collect_names(struct lower *l, enum target t, const struct name_map *denied, struct names *allows, struct names *denies)
{
	bool ok = true;
	struct name_map let_in = {0};
	for (unsigned i = 0; i < l->ir->n_rules; i++) {
		const struct ir_rule *r = &l->ir->rules[i];
		if (!is_env(r, false, t) || name_map_covering(l->arena, denied, r->object) >= 0)
			continue;
		if (!ir_rule_everywhere(l->ir, r)) {
			diag(l->diags, DIAG_NO_EXPRESSION, env_loc(r), "the environment is the same on every machine");
			ok = false;
		}
		add_name(l, allows, r->object);
		name_map_put(l->arena, &let_in, r->object, strlen(r->object), i);
	}
	for (unsigned i = 0; i < l->ir->n_rules; i++)
		if (is_env(&l->ir->rules[i], true, t) && name_map_covering(l->arena, &let_in, l->ir->rules[i].object) >= 0)
			add_name(l, denies, l->ir->rules[i].object);
	return ok;
}

/* In order, each once; a prefix that covers a name leaves the name standing. */
static unsigned write_names(struct buf *b, const char *word, struct names *names)
{
	unsigned lines = 0;
	if (names->n)
		qsort(names->v, names->n, sizeof(*names->v), cmp_strp);
	for (unsigned i = 0; i < names->n; i++) {
		if (i && strcmp(names->v[i], names->v[i - 1]) == 0)
			continue;
		buf_printf(b, "%s %s\n", word, names->v[i]);
		lines++;
	}
	return lines;
}

static bool write_set(struct lower *l, struct buf *b, const struct name_map *denied, const struct ir_env_set *e)
{
	const long deny = name_map_covering(l->arena, denied, e->name);
	size_t beg = b->len;
	if (deny >= 0) {
		struct diag_rec *d = diag(l->diags, DIAG_CONFLICT, e->origin->loc,
					  "`%s` is set here and denied elsewhere", e->name);
		diag_second(d, env_loc(&l->ir->rules[deny]), "denied by this line");
		diag_help(d, "remove one of the two lines");
		return false;
	}
	buf_printf(b, "env-set %s%s%s\n", e->name, *e->value ? " " : "", e->value);
	return launch_end_line(l, b, beg, e->origin->loc);
}

bool launch_write_env(struct lower *l, struct buf *b, enum target t)
{
	struct names allows = {.v = NULL}, denies = {.v = NULL};
	const struct name_map denied = denied_patterns(l, t);
	bool ok = collect_names(l, t, &denied, &allows, &denies);
	unsigned lines = write_names(b, "env-allow", &allows);
	lines += write_names(b, "env-deny", &denies);
	for (unsigned i = 0; i < l->ir->n_env_set; i++) {
		if (!(l->ir->env_set[i].targets & TARGET_BIT(t)))
			continue;
		ok = write_set(l, b, &denied, &l->ir->env_set[i]) && ok;
		lines++;
	}
	if (lines <= PLAN_MAX_ENV)
		return ok;
	diag(l->diags, DIAG_TOO_LARGE, l->ir->loc,
	     "%u environment variables are named, and a plan holds %d", lines, PLAN_MAX_ENV);
	return false;
}
