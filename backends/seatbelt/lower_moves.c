/*
 * lower_moves.c - the folders above closed places keep their names.
 *
 * Rules of macOS go by the name: whoever may rename a folder above a closed place reaches the place under another name,
 * where no rule closes it; and a folder made elsewhere and renamed brings files to names that nobody may make. So no
 * folder above a closed place can be removed or renamed, and above what is closed for writing none can be made either.
 * Only folders: a file of that name has nothing below it. Files that may be removed where they are closed can still be
 * moved away; answer.c says so.
 */
#include <stdlib.h>
#include <string.h>

#include "paths.h"

#define WRITES (OP_BIT(OP_MODIFY) | OP_BIT(OP_CREATE))

struct moves {
	struct emit *e;
	const struct paths *p;
	const char **rules;
	unsigned n;
	struct head { /* that places with a variable begin with */
		const char *text;
		uint32_t outside; /* atoms that are allowed elsewhere */
	} *heads;
	unsigned n_heads;
};

/*
 * May the program, by the words of the policy or with values of the start, do this to the folder? One whose place depends
 * on a value may come to lie in what any line opens.
 */
static bool may(const struct moves *m, const char *folder, enum atom atom)
{
	const struct path_lines *allows = &m->p->allows;
	uint32_t open = allows->open_all | paths_sum_above(allows, folder).all;

	if (tmpl_has_variable(folder))
		open |= allows->sum.all;
	return open & ~paths_sum_above(&m->p->denies, folder).plain & ATOM_BIT(atom);
}

static void guard(struct moves *m, const char *op, const char *filter)
{
	struct arena *a = m->e->l->arena;

	ARENA_GROW(a, m->rules, m->n);
	m->rules[m->n++] = arena_printf(a, "(deny %s (require-all %s (vnode-type DIRECTORY)))\n", op, filter);
}

static void guard_folder(struct moves *m, struct loc at, const char *folder, uint32_t ops)
{
	const char *text = emit_path(m->e, at, folder);
	const char *filter = text ? arena_printf(m->e->l->arena, "(literal %s)", text) : NULL;

	if (filter && may(m, folder, ATOM_UNLINK))
		guard(m, "file-write-unlink", filter);
	if (filter && (ops & WRITES) && may(m, folder, ATOM_CREATE))
		guard(m, "file-write-create", filter);
}

/* What is allowed elsewhere than below the value of a variable; they are few. */
static uint32_t allowed_outside(struct moves *m, const char *head)
{
	struct head one = {head, 0};

	for (unsigned i = 0; i < m->n_heads; i++)
		if (strcmp(m->heads[i].text, head) == 0)
			return m->heads[i].outside;
	for (unsigned i = 0; i < m->p->allows.n; i++)
		if (!path_covers(head, m->p->allows.v[i].root))
			one.outside |= m->p->allows.v[i].all;
	ARENA_GROW(m->e->l->arena, m->heads, m->n_heads);
	m->heads[m->n_heads++] = one;
	return one.outside;
}

/* What lies above the value of a variable: where another variable may open it. */
static void guard_value(struct moves *m, struct loc at, const char *head, uint32_t ops)
{
	const char *text = emit_path(m->e, at, head);
	const char *filter = text ? arena_printf(m->e->l->arena, "(path-ancestors %s)", text) : NULL;
	uint32_t all = allowed_outside(m, head);

	if (filter && (all & ATOM_BIT(ATOM_UNLINK)))
		guard(m, "file-write-unlink", filter);
	if (filter && (ops & WRITES) && (all & ATOM_BIT(ATOM_CREATE)))
		guard(m, "file-write-create", filter);
}

/* With `itself` the place is a folder of which only a part is closed. */
static void guard_above(struct moves *m, struct loc at, const char *tmpl, uint32_t ops, bool itself)
{
	struct arena *a = m->e->l->arena;
	const char *root = path_real(a, tmpl);
	const char *slash = strchr(root + 1, '/');

	if (root[0] == '$')
		guard_value(m, at, slash ? arena_strndup(a, root, (size_t)(slash - root)) : root, ops);
	for (; slash; slash = strchr(slash + 1, '/'))
		guard_folder(m, at, arena_strndup(a, root, (size_t)(slash - root)), ops);
	if (itself && root[1])
		guard_folder(m, at, root, ops);
}

static void guard_line(struct moves *m, const struct path_line *x)
{
	if (x->rule->deny && x->atoms)
		guard_above(m, x->at, x->rule->object, x->rule->ops, x->rule->glob);
	for (unsigned i = 0; i < x->rule->n_holes && !x->rule->deny; i++)
		guard_above(m, x->rule->holes[i].loc, x->rule->holes[i].path, x->rule->ops, false);
}

/* Without both, nothing can be renamed. */
static bool may_rename(const struct path_lines *l)
{
	return (l->sum.all & ATOM_BIT(ATOM_UNLINK)) && (l->sum.all & ATOM_BIT(ATOM_CREATE));
}

void paths_emit_moves(struct emit *e, const struct paths *p)
{
	struct moves m = {.e = e, .p = p};

	if (!may_rename(&p->allows))
		return;
	for (unsigned i = 0; i < p->denies.n; i++)
		guard_line(&m, &p->denies.v[i]);
	for (unsigned i = 0; i < p->allows.n; i++)
		guard_line(&m, &p->allows.v[i]);
	if (!m.n || e->failed)
		return;
	qsort(m.rules, m.n, sizeof(*m.rules), cmp_strp);
	buf_puts(&e->out, "\n; folders above closed places keep their names: what is closed goes by its name\n");
	for (unsigned i = 0; i < m.n; i++)
		if (!i || strcmp(m.rules[i], m.rules[i - 1]) != 0)
			buf_puts(&e->out, m.rules[i]);
}
