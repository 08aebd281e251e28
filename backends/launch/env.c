/*
 * env.c - which environment variables come through, and which are set.
 *
 * A denied name is left out where it was allowed by name; inside an allowed prefix it gets a line of its own.
 */
#include <stdlib.h>
#include <string.h>

#include "launch.h"

static bool is_prefix(const char *pattern)
{
	size_t n = strlen(pattern);
	return n && pattern[n - 1] == '*';
}

/* Does the pattern match all that the other one matches? A name is a pattern too. */
static bool covers(const char *pattern, const char *other)
{
	if (!is_prefix(pattern))
		return strcmp(pattern, other) == 0;
	return strncmp(pattern, other, strlen(pattern) - 1) == 0;
}

static bool is_env(const struct ir_rule *r, bool deny, enum target t)
{
	return r->kind == RULE_ENV && r->deny == deny && (r->targets & TARGET_BIT(t));
}

/* The deny that takes all of the pattern away, or NULL. */
static const struct ir_rule *find_deny(const struct ir *ir, enum target t, const char *pattern)
{
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		if (is_env(r, true, t) && covers(r->object, pattern))
			return r;
	}
	return NULL;
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
static bool collect_names(struct lower *l, enum target t, struct names *allows, struct names *denies)
{
	bool ok = true;
	for (unsigned i = 0; i < l->ir->n_rules; i++) {
		const struct ir_rule *r = &l->ir->rules[i];
		if (!is_env(r, false, t) || find_deny(l->ir, t, r->object))
			continue;
		if (!ir_rule_everywhere(l->ir, r)) {
			diag(l->diags, DIAG_NO_EXPRESSION, env_loc(r), "the environment is the same on every machine");
			ok = false;
		}
		add_name(l, allows, r->object);
	}
	for (unsigned i = 0; i < l->ir->n_rules; i++)
		for (unsigned k = 0; is_env(&l->ir->rules[i], true, t) && k < allows->n; k++)
			if (covers(allows->v[k], l->ir->rules[i].object)) {
				add_name(l, denies, l->ir->rules[i].object);
				break;
			}
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

static bool write_set(struct lower *l, struct buf *b, enum target t, const struct ir_env_set *e)
{
	const struct ir_rule *deny = find_deny(l->ir, t, e->name);
	size_t beg = b->len;
	if (deny) {
		struct diag_rec *d = diag(l->diags, DIAG_CONFLICT, e->origin->loc,
					  "`%s` is set here and denied elsewhere", e->name);
		diag_second(d, env_loc(deny), "denied by this line");
		diag_help(d, "remove one of the two lines");
		return false;
	}
	buf_printf(b, "env-set %s%s%s\n", e->name, *e->value ? " " : "", e->value);
	return launch_end_line(l, b, beg, e->origin->loc);
}

bool launch_write_env(struct lower *l, struct buf *b, enum target t)
{
	struct names allows = {.v = NULL}, denies = {.v = NULL};
	bool ok = collect_names(l, t, &allows, &denies);
	unsigned lines = write_names(b, "env-allow", &allows);
	lines += write_names(b, "env-deny", &denies);
	for (unsigned i = 0; i < l->ir->n_env_set; i++) {
		if (!(l->ir->env_set[i].targets & TARGET_BIT(t)))
			continue;
		ok = write_set(l, b, t, &l->ir->env_set[i]) && ok;
		lines++;
	}
	if (lines <= PLAN_MAX_ENV)
		return ok;
	diag(l->diags, DIAG_TOO_LARGE, l->ir->loc,
	     "%u environment variables are named, and a plan holds %d", lines, PLAN_MAX_ENV);
	return false;
}
