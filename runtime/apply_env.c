/*
 * apply_env.c - builds the environment: what the plan sets, then what it lets through. Nothing else
 * gets in.
 */
#include <errno.h>
#include <string.h>

#include "apply.h"
#include "builtin.h"
#include "template.h"

/* Names that change how programs are loaded pass only when the policy spells them out. */
static bool only_by_name(struct span name)
{
	return (name.len >= 3 && !memcmp(name.at, "LD_", 3)) || (name.len >= 5 && !memcmp(name.at, "DYLD_", 5)) ||
	       span_is(name, "GLIBC_TUNABLES");
}

/* Most names differ in their first byte: no call for those. */
static bool line_lets(const struct env_line *e, struct span name)
{
	if (e->kind == ENV_ALLOW)
		return e->name.at[0] == name.at[0] && span_same(e->name, name);
	return e->kind == ENV_ALLOW_PREFIX && !only_by_name(name) && name.len >= e->name.len &&
	       !memcmp(name.at, e->name.at, e->name.len);
}

static bool line_denies(const struct env_line *e, struct span name)
{
	if (e->kind == ENV_DENY)
		return span_same(e->name, name);
	return e->kind == ENV_DENY_PREFIX && name.len >= e->name.len && !memcmp(name.at, e->name.at, e->name.len);
}

static bool name_let(const struct launch *l, struct span name)
{
	bool let = false;

	for (unsigned i = 0; i < l->n_env; i++) {
		if (line_denies(&l->env[i], name))
			return false;
		let |= line_lets(&l->env[i], name);
	}
	return let;
}

/* Most names begin as that of no line does, and need not be measured. */
static bool name_may(const struct launch *l, char first)
{
	for (const struct env_line *e = l->env; e < l->env + l->n_env; e++)
		if (e->name.len == 0 || e->name.at[0] == first)
			return true;
	return false;
}

static bool have_name(char *const *envp, unsigned n, struct span name)
{
	for (unsigned i = 0; i < n; i++)
		if (!strncmp(envp[i], name.at, name.len) && envp[i][name.len] == '=')
			return true;
	return false;
}

/* Puts "NAME=VALUE" behind the `n` that there are. */
static bool env_put(struct run *r, unsigned *n, struct span name, const char *value)
{
	size_t len = strlen(value);
	char *text = pool_take(r->pool, name.len + 1 + len + 1);

	if (!text)
		return fault_memory(r->fault, "environment");
	memcpy(text, name.at, name.len);
	text[name.len] = '=';
	memcpy(text + name.len + 1, value, len + 1);
	r->envp[(*n)++] = text;
	return true;
}

static bool env_set(struct run *r, const struct env_line *e, unsigned *n)
{
	char value[PLAN_MAX_VALUE + 1];

	return template_expand(e->value, TEMPLATE_TEXT, &r->vars, e->name, value, r->fault) &&
	       env_put(r, n, e->name, value);
}

/* HOME is that of the passwd entry, never the caller's; a user without one has no HOME. */
static bool env_home(struct run *r, unsigned *n)
{
	const struct span name = {"HOME", 4};
	const char *home;

	if (!name_let(&r->plan->launch, name) || have_name(r->envp, *n, name) || home_find(&r->vars, &home) == HOME_NONE)
		return true;
	return builtin_get(&r->vars, BUILTIN_HOME, &home, r->fault) && env_put(r, n, name, home);
}

bool env_build(struct run *r, char *const *caller)
{
	const struct launch *l = &r->plan->launch;
	unsigned n = 0, n_caller = 0;

	while (caller[n_caller])
		n_caller++;
	r->envp = pool_take(r->pool, (n_caller + l->n_env + 2) * sizeof(char *));
	if (!r->envp)
		return fault_memory(r->fault, "environment");
	for (unsigned i = 0; i < l->n_env; i++)
		if (l->env[i].kind == ENV_SET && !env_set(r, &l->env[i], &n))
			return false;
	if (!env_home(r, &n))
		return false;
	for (unsigned i = 0; i < n_caller; i++) {
		struct span name = {caller[i], 0};
		if (!name_may(l, caller[i][0]))
			continue;
		while (caller[i][name.len] && caller[i][name.len] != '=')
			name.len++;
		if (caller[i][name.len] == '=' && !span_is(name, "HOME") && name_let(l, name) &&
		    !have_name(r->envp, n, name))
			r->envp[n++] = caller[i];
	}
	return true;
}
