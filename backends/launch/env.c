/*
 * env.c - which environment variables come through, and which are set.
 *
 * The loader takes names and prefixes and no exceptions, so a denied name is left out where it was
 * allowed by name and is an error inside a prefix.
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

static bool is_env(const struct ir_rule *r, bool deny)
{
	return r->kind == RULE_ENV && r->deny == deny && (r->targets & TARGET_BIT(TARGET_LINUX));
}

/* The deny that takes all of the pattern away, or NULL. *part: one that takes only some of it. */
static const struct ir_rule *find_deny(const struct ir *ir, const char *pattern,
				       const struct ir_rule **part)
{
	*part = NULL;
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		if (!is_env(r, true))
			continue;
		if (covers(r->object, pattern))
			return r;
		if (covers(pattern, r->object))
			*part = r;
	}
	return NULL;
}

static struct loc env_loc(const struct ir_rule *r)
{
	return r->origin[OP_ENV] ? r->origin[OP_ENV]->loc : (struct loc){0, 0};
}

static bool check_allow(struct lower *l, const struct ir_rule *allow, const struct ir_rule *part)
{
	if (part) {
		struct diag_rec *d =
		    diag(l->diags, DIAG_NOT_SUPPORTED, env_loc(part),
			 "a name that is taken out of `%s` is not supported yet", allow->object);
		diag_second(d, env_loc(allow), "allowed by this line");
		diag_help(d, "allow the names that are needed, one by one");
		return false;
	}
	if (!ir_rule_everywhere(l->ir, allow)) {
		diag(l->diags, DIAG_NOT_SUPPORTED, env_loc(allow),
		     "environment rules for one machine only are not supported yet");
		return false;
	}
	return true;
}

/* Names in order, each once; a prefix that covers a name leaves the name standing. */
static bool collect_names(struct lower *l, const char ***names, unsigned *n)
{
	bool ok = true;
	for (unsigned i = 0; i < l->ir->n_rules; i++) {
		const struct ir_rule *r = &l->ir->rules[i], *part;
		if (!is_env(r, false) || find_deny(l->ir, r->object, &part))
			continue;
		ok = check_allow(l, r, part) && ok;
		ARENA_GROW(l->arena, *names, *n);
		(*names)[(*n)++] = r->object;
	}
	if (*n)
		qsort(*names, *n, sizeof(**names), cmp_strp);
	return ok;
}

static bool write_set(struct lower *l, struct buf *b, const struct ir_env_set *e)
{
	const struct ir_rule *part, *deny = find_deny(l->ir, e->name, &part);
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

bool launch_write_env(struct lower *l, struct buf *b)
{
	const char **names = NULL;
	unsigned n = 0, lines = 0;
	bool ok = collect_names(l, &names, &n);
	for (unsigned i = 0; i < n; i++) {
		if (i && strcmp(names[i], names[i - 1]) == 0)
			continue;
		buf_printf(b, "env-allow %s\n", names[i]);
		lines++;
	}
	for (unsigned i = 0; i < l->ir->n_env_set; i++) {
		if (!(l->ir->env_set[i].targets & TARGET_BIT(TARGET_LINUX)))
			continue;
		ok = write_set(l, b, &l->ir->env_set[i]) && ok;
		lines++;
	}
	if (lines <= PLAN_MAX_ENV)
		return ok;
	diag(l->diags, DIAG_TOO_LARGE, l->ir->loc,
	     "%u environment variables are named, and a plan holds %d", lines, PLAN_MAX_ENV);
	return false;
}
