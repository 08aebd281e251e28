/*
 * diff_name.c - compares names: environment variables, what only macOS has, abstract Unix sockets.
 */
#include <stdlib.h>
#include <string.h>

#include "diff_priv.h"

struct names {
	struct arena *arena;
	const char **v;
	unsigned n;
};

static void put(struct names *l, const char *name)
{
	ARENA_GROW(l->arena, l->v, l->n);
	l->v[l->n++] = name;
}

static bool is_pattern(const char *name)
{
	size_t n = strlen(name);
	return n && name[n - 1] == '*';
}

/* Does the pattern cover the name, or all of a narrower pattern? */
static bool covers(const char *pattern, const char *name)
{
	return is_pattern(pattern) && strncmp(pattern, name, strlen(pattern) - 1) == 0;
}

/* A pattern stands before all that it covers. */
static int by_cover(const void *x, const void *y)
{
	const char *a = *(const char *const *)x, *b = *(const char *const *)y;
	if (covers(a, b) != covers(b, a))
		return covers(a, b) ? -1 : 1;
	return strcmp(a, b);
}

static bool taken(const struct names *l, const char *pattern, const char *name)
{
	for (unsigned i = 0; i < l->n; i++)
		if (strcmp(l->v[i], name) == 0 || (covers(l->v[i], name) && strlen(l->v[i]) > strlen(pattern)))
			return true;
	return false;
}

/* A name that the pattern covers and nothing narrower does. */
static const char *fresh_name(struct arena *a, const struct names *l, const char *pattern)
{
	static const char first[] = "EXAMPL_BCDFGHIJKNOQRSTUVWYZ0123456789abcdefghijklmnopqrstuvwxyz-.";
	int n = (int)strlen(pattern) - 1;
	for (const char *c = first; *c; c++) {
		const char *name = arena_printf(a, "%.*s%cXAMPLE", n, pattern, *c);
		for (unsigned tries = 0; tries <= l->n; tries++, name = arena_printf(a, "%s_", name))
			if (!taken(l, pattern, name))
				return name;
	}
	return arena_printf(a, "%.*s\x01", n, pattern); /* narrower patterns begin with all of them */
}

static void add_entry(struct differ *d, enum target t, const struct tree *tree, const struct region *r)
{
	struct diff_entry e = {.part = DIFF_ACCESS, .targets = TARGET_BIT(t)};
	const struct tree_node *node = &tree->v[r->root];
	enum op op = (enum op)__builtin_ctz(r->ops);
	struct request *example = ARENA_NEW(d->a, struct request);
	struct request old = side_request(&d->old, t, op, node->probe, 0), now = side_request(&d->now, t, op, node->probe, 0);
	*example = now;
	tree_entry(tree, r, "", &e);
	e.example = strcmp(node->probe, node->name) == 0 ? NULL : node->probe;
	e.set.examples = example;
	e.set.n_examples = 1;
	differ_add_access(d, &e, &old, &now);
}

static void compare(struct differ *d, enum target t, uint32_t ops, struct names *l)
{
	struct tree tree = {.arena = d->a};
	unsigned n;
	qsort(l->v, l->n, sizeof(l->v[0]), by_cover);
	for (unsigned i = 0, last = 0; i < l->n; i++) {
		const char *name = l->v[i];
		if (i && strcmp(l->v[i - 1], name) == 0)
			continue;
		int parent = tree.n ? (int)last : -1;
		while (parent >= 0 && !covers(tree.v[parent].name, name))
			parent = tree.v[parent].parent;
		const char *probe = is_pattern(name) ? fresh_name(d->a, l, name) : name;
		last = (unsigned)tree_add(&tree, parent, name, probe, name);
	}
	tree_ask(d, &tree, t, ops, 0);
	const struct region *r = tree_regions(&tree, &n);
	for (unsigned i = 0; i < n; i++)
		add_entry(d, t, &tree, &r[i]);
}

static void add_rules(struct names *l, const struct ir *ir, enum target t, enum rule_kind kind, uint32_t ops)
{
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		if (r->kind == kind && (r->targets & TARGET_BIT(t)) && (r->ops & ops) &&
		    (kind != RULE_NET || r->object[0] == '@'))
			put(l, r->object);
	}
}

static void add_env_set(struct names *l, const struct ir *ir, enum target t)
{
	for (unsigned i = 0; i < ir->n_env_set; i++)
		if (ir->env_set[i].targets & TARGET_BIT(t))
			put(l, ir->env_set[i].name);
}

void diff_names(struct differ *d, enum target t)
{
	static const struct {
		enum rule_kind kind;
		uint32_t ops;
		const char *any; /* the pattern of all names */
	} kinds[] = {
	    {RULE_ENV, OP_BIT(OP_ENV), "*"},
	    {RULE_MACOS, OP_BIT(OP_MACH), "*"},
	    {RULE_MACOS, OP_BIT(OP_SHM_READ) | OP_BIT(OP_SHM_WRITE), "*"},
	    {RULE_MACOS, OP_BIT(OP_SEM), "*"},
	    {RULE_MACOS, OP_BIT(OP_SYSV), "*"},
	    {RULE_MACOS, OP_BIT(OP_IOKIT_OPEN), "*"},
	    {RULE_MACOS, OP_BIT(OP_IOKIT_READ) | OP_BIT(OP_IOKIT_WRITE), "*"},
	    {RULE_MACOS, OP_BIT(OP_PREFERENCE_READ) | OP_BIT(OP_PREFERENCE_WRITE), "*"},
	    {RULE_MACOS, OP_BIT(OP_SYSCTL_WRITE), "*"},
	    {RULE_NET, OP_BIT(OP_CONNECT_UNIX) | OP_BIT(OP_LISTEN_UNIX), "@*"},
	};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct names l = {.arena = d->a};
		put(&l, kinds[i].any);
		add_rules(&l, d->old.ir, t, kinds[i].kind, kinds[i].ops);
		add_rules(&l, d->now.ir, t, kinds[i].kind, kinds[i].ops);
		if (kinds[i].kind == RULE_ENV) {
			add_env_set(&l, d->old.ir, t);
			add_env_set(&l, d->now.ir, t);
		}
		compare(d, t, kinds[i].ops, &l);
	}
}
