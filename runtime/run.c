/*
 * run.c - the paths that the lines of a plan mean in this run.
 */
#include "run.h"

#include <string.h>

#include "template.h"

bool run_path(struct run *r, struct span tmpl, struct span where, char path[PLAN_MAX_PATH + 1])
{
	return template_expand(tmpl, TEMPLATE_PATH, &r->vars, where, path, r->fault);
}

bool run_rule_path(struct run *r, const struct landlock_rule *rule, char path[PLAN_MAX_PATH + 1])
{
	if (!rule->path)
		return run_path(r, rule->place, rule->where, path);
	memcpy(path, rule->path, rule->place.len + 1);
	return true;
}
