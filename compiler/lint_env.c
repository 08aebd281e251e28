/*
 * lint_env.c - variables that are let in: secrets by their names, code by their use, nearly all of them; secrets that are set.
 */
#include <string.h>

#include "lint_priv.h"
#include "template.h"

/* Patterns with one star at the begin or at the end, or none. */
static bool matches(const char *pattern, const char *name)
{
	size_t n = strlen(pattern), m = strlen(name);
	if (pattern[0] == '*')
		return m >= n - 1 && strcmp(name + m - (n - 1), pattern + 1) == 0;
	if (pattern[n - 1] == '*')
		return strncmp(pattern, name, n - 1) == 0;
	return strcmp(pattern, name) == 0;
}

enum { HOLD_SECRETS = 13 }; /* so many of the first hold one; the others lead to it, or are of a family */
static const char *const secrets[] = {
    "*_TOKEN",	     "*_SECRET",      "*_PASSWORD", "*_PASSWD",	  "*_API_KEY", "*_APIKEY", "*_ACCESS_KEY",
    "*_PRIVATE_KEY", "*_CREDENTIALS", "API_KEY",    "PGPASSWORD", "MYSQL_PWD", "PASSWORD", "AWS_*", "SSH_AUTH_SOCK",
};
static const char *const loaders[] = {
    "LD_*",	   "DYLD_*",   "GLIBC_TUNABLES", "PYTHONPATH",	"PYTHONSTARTUP",     "PYTHONHOME",	  "NODE_OPTIONS",
    "NODE_PATH",   "PERL5LIB", "PERL5OPT",	 "RUBYOPT",	"RUBYLIB",	     "BASH_ENV",	  "ENV",
    "CLASSPATH",   "GCONV_PATH", "JAVA_TOOL_OPTIONS", "GIT_SSH_COMMAND",
};

static bool is_one_of(const char *const *patterns, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (matches(patterns[i], name))
			return true;
	return false;
}

/* A prefix that lets in what the pattern means: `GITHUB_*` says nothing of secrets, `AWS_*` does. */
static const char *plain(const struct lint *l, const char *object)
{
	size_t n = strlen(object);
	return n && object[n - 1] == '*' ? arena_strndup(l->arena, object, n - 1) : object;
}

static void let_in(const struct lint *l, const struct ir_rule *r)
{
	const struct origin *at = r->origin[OP_ENV];
	size_t n = strlen(r->object);
	struct diag_rec *rec;
	if (!lint_asks(l, at))
		return;
	if (r->object[n - 1] == '*' && n <= 3) {
		rec = diag(l->diags, DIAG_WIDE_ENV, at->loc, "`%s` lets nearly every variable in", r->object);
		diag_help(rec, "name the variables that the program needs");
	} else if (is_one_of(secrets, sizeof(secrets) / sizeof(secrets[0]), plain(l, r->object))) {
		rec = diag(l->diags, DIAG_SECRET_ENV, at->loc, "`%s` looks like a secret, and is let in", r->object);
		diag_help(rec, "say why: add `because \"...\"`");
	} else if (is_one_of(loaders, sizeof(loaders) / sizeof(loaders[0]), plain(l, r->object))) {
		rec = diag(l->diags, DIAG_LOADER_ENV, at->loc, "`%s` makes programs load what the caller names", r->object);
		diag_help(rec, "set it in the policy, `set env %s = \"...\"`, or say why: add `because \"...\"`", r->object);
	}
}

/* A text that is written down; the name of a file that holds the secret is none. */
static void set_here(const struct lint *l, const struct ir_env_set *e)
{
	const char *text = template_literal(l->arena, e->value);
	if (!lint_blames(l, e->origin) || !text || !*text || text[0] == '/' || !is_one_of(secrets, HOLD_SECRETS, e->name))
		return;
	struct diag_rec *rec =
	    diag(l->diags, DIAG_SECRET_SET, e->origin->loc, "`%s` looks like a secret, and its value stands in the policy", e->name);
	diag_note(rec, "the plan holds it too, readable for everybody who may start it");
	diag_help(rec, "let the caller give it: `allow env %s because \"...\"`", e->name);
}

/* Both lists are sorted by name. */
static void twice(const struct lint *l)
{
	unsigned k = 0;
	for (unsigned i = 0; i < l->ir->n_rules; i++) {
		const struct ir_rule *r = &l->ir->rules[i];
		if (r->kind != RULE_ENV || r->deny || !lint_blames(l, r->origin[OP_ENV]))
			continue;
		while (k < l->ir->n_env_set && strcmp(l->ir->env_set[k].name, r->object) < 0)
			k++;
		if (k == l->ir->n_env_set || strcmp(l->ir->env_set[k].name, r->object) != 0 ||
		    (r->targets & ~l->ir->env_set[k].targets))
			continue;
		struct diag_rec *rec =
		    diag(l->diags, DIAG_ENV_TWICE, r->origin[OP_ENV]->loc, "`%s` is set, so letting it in does nothing", r->object);
		diag_second(rec, l->ir->env_set[k].origin->loc, "set here");
		diag_help(rec, "remove one of the two lines");
	}
}

void lint_env(const struct lint *l)
{
	for (unsigned i = 0; i < l->ir->n_rules; i++)
		if (l->ir->rules[i].kind == RULE_ENV && !l->ir->rules[i].deny)
			let_in(l, &l->ir->rules[i]);
	for (unsigned i = 0; i < l->ir->n_env_set; i++)
		set_here(l, &l->ir->env_set[i]);
	twice(l);
}
