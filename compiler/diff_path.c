/*
 * diff_path.c - compares what may be done to files, and which Unix sockets of the tree are reached.
 *
 * Nodes of the tree are the places that a rule or an exception of either policy names, and all above them.
 */
#include <stdlib.h>
#include <string.h>

#include "diff_priv.h"
#include "template.h"

struct place {
	const char *path;
	const char *tmpl; /* as it is written in a policy; NULL: only something below it is */
};

struct places {
	struct arena *arena;
	struct place *v;
	unsigned n;
};

enum {
	FILE_OPS = OP_BIT(OP_READ) | OP_BIT(OP_LIST) | OP_BIT(OP_MODIFY) | OP_BIT(OP_CREATE) | OP_BIT(OP_DELETE) |
		   OP_BIT(OP_EXEC) | OP_BIT(OP_IOCTL),
	SOCKET_OPS = OP_BIT(OP_CONNECT_UNIX) | OP_BIT(OP_LISTEN_UNIX),
};

static void put(struct places *p, const char *path, const char *tmpl)
{
	ARENA_GROW(p->arena, p->v, p->n);
	p->v[p->n++] = (struct place){path, tmpl};
}

/* The place of a template, and all above it. */
static void add(const struct differ *d, struct places *p, const struct side *s, enum target t, const char *tmpl)
{
	const char *path = side_place(d->a, s, t, tmpl);
	if (!path)
		return;
	put(p, path, tmpl);
	if (s->plan && path[1]) /* a rule of a plan may be about the place alone */
		put(p, arena_printf(d->a, "%s/example", path), NULL);
	for (const char *slash = strrchr(path, '/'); slash > path; slash = strrchr(path, '/')) {
		path = arena_strndup(d->a, path, (size_t)(slash - path));
		put(p, path, NULL);
	}
}

static bool is_socket(const struct ir_rule *r)
{
	return r->kind == RULE_NET && (r->ops & SOCKET_OPS) && r->object[0] != '@';
}

static void add_side(const struct differ *d, struct places *p, const struct side *s, enum target t, bool sockets)
{
	if (s->ir->entry && !sockets)
		add(d, p, s, t, s->ir->entry);
	for (unsigned i = 0; i < s->ir->n_rules; i++) {
		const struct ir_rule *r = &s->ir->rules[i];
		if (!(sockets ? is_socket(r) : r->kind == RULE_PATH) || !(r->targets & TARGET_BIT(t)))
			continue;
		add(d, p, s, t, r->object);
		for (unsigned k = 0; k < r->n_holes; k++)
			add(d, p, s, t, r->holes[k].path);
	}
}

/* By component, so that what lies below a place follows it; of one place, the written one first. */
static int by_component(const void *x, const void *y)
{
	const struct place *a = x, *b = y;
	const char *p = a->path, *q = b->path;
	for (; *p && *p == *q; p++)
		q++;
	int c = *p == '/' ? 1 : *p ? (unsigned char)*p + 1 : 0, e = *q == '/' ? 1 : *q ? (unsigned char)*q + 1 : 0;
	if (c != e)
		return c < e ? -1 : 1;
	if (!a->tmpl || !b->tmpl)
		return (a->tmpl == NULL) - (b->tmpl == NULL);
	return strcmp(a->tmpl, b->tmpl);
}

static struct tree grow_tree(const struct differ *d, enum target t, struct places *p)
{
	struct tree tree = {.arena = d->a};
	int last = tree_add(&tree, -1, "/", "/", "/");
	if (p->n)
		qsort(p->v, p->n, sizeof(p->v[0]), by_component);
	for (unsigned i = 0; i < p->n; i++) {
		const char *path = p->v[i].path;
		if (strcmp(path, tree.v[last].name) == 0)
			continue;
		while (!path_covers(tree.v[last].name, path))
			last = tree.v[last].parent;
		/* A place is shown as it is written; what only lies above one, by its variables. */
		const char *shown = p->v[i].tmpl ? p->v[i].tmpl : differ_show_path(d, t, path);
		last = tree_add(&tree, last, path, path, shown);
	}
	return tree;
}

/* ---- examples ---- */

/* Does the name say that this is no directory? Then it is its own example. */
static bool is_file_name(const char *path)
{
	const char *name = strrchr(path, '/') + 1;
	const char *dot = strrchr(name, '.');
	return (dot && dot > name) || strncmp(path, "/dev/", 5) == 0;
}

static bool has_child(const struct tree *t, unsigned root, const char *path)
{
	for (unsigned i = root + 1; i < t->n && t->v[i].parent >= (int)root; i++)
		if (strcmp(t->v[i].name, path) == 0)
			return true;
	return false;
}

/* A name below the root of the region that no rule has. */
static const char *example_path(const struct tree *t, unsigned root)
{
	const char *top = t->v[root].name;
	const char *path = arena_printf(t->arena, "%s/example", strcmp(top, "/") == 0 ? "" : top);
	while (has_child(t, root, path))
		path = arena_printf(t->arena, "%s_", path);
	return path;
}

static void add_entry(struct differ *d, enum target t, const struct tree *tree, const struct region *r, bool sockets)
{
	struct diff_entry e = {.part = DIFF_ACCESS, .targets = TARGET_BIT(t)};
	enum op op = (enum op)__builtin_ctz(r->ops);
	const char *top = tree->v[r->root].name;
	bool self = sockets || is_file_name(top) || (d->now.ir->entry && strcmp(d->now.ir->entry, top) == 0);
	const char *path = self ? top : example_path(tree, r->root);
	struct request *example = ARENA_NEW(d->a, struct request);
	struct request old = side_request(&d->old, t, op, path, 0), now = side_request(&d->now, t, op, path, 0);
	*example = now;
	tree_entry(tree, r, "", &e);
	const char *shown = strcmp(tree->v[r->root].shown, "/") == 0 ? "" : tree->v[r->root].shown;
	e.example = self ? NULL : arena_printf(d->a, "%s%s", shown, strrchr(path, '/'));
	e.set.examples = example;
	e.set.n_examples = 1;
	differ_add_access(d, &e, &old, &now);
}

struct tree differ_places(const struct differ *d, enum target t)
{
	struct places p = {.arena = d->a};
	add_side(d, &p, &d->old, t, false);
	add_side(d, &p, &d->now, t, false);
	return grow_tree(d, t, &p);
}

void diff_paths(struct differ *d, enum target t)
{
	for (int sockets = 0; sockets < 2; sockets++) {
		struct places p = {.arena = d->a};
		unsigned n;
		add_side(d, &p, &d->old, t, sockets);
		add_side(d, &p, &d->now, t, sockets);
		struct tree tree = grow_tree(d, t, &p);
		tree_ask(d, &tree, t, sockets ? SOCKET_OPS : FILE_OPS, 0);
		const struct region *r = tree_regions(&tree, &n);
		for (unsigned i = 0; i < n; i++)
			add_entry(d, t, &tree, &r[i], sockets);
	}
}
