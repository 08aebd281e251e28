/*
 * lower_paths.c - the rules for paths.
 *
 * How allow, except and deny become last-match-wins lists: every word of the policy stands for a fixed set of single
 * operations (atoms.def), never for a family, so each operation's list alone decides. In it the allows come first, each
 * as one filter that leaves out its own holes; all denies follow. Whatever matches a deny is denied, else whatever
 * matches an allow outside its holes is allowed: the meaning of the language, in any order of places, also when the
 * values of variables nest them in ways nobody foresaw.
 *
 * if-exists and make-dir need nothing here: a rule for a path that is not there waits for it, and makes no
 * folder. nofollow needs nothing either: rules are held against real paths, so a link that leads elsewhere is judged
 * there.
 */
#include <stdlib.h>
#include <string.h>

#include "paths.h"

enum {
	RULE_MAX = 60000, /* bytes of one rule: macOS counts its pattern in 16 bits */
	PLACES_A_RULE = 32,
	OPERATIONS_WIDTH = 96, /* columns */
};

static const char *const atom_name[ATOM_COUNT] = {
#define ATOM(id, name, allow_any, allow_all, deny_any, deny_all) [ATOM_##id] = (name),
#include "atoms.def"
};

#define KINDS (ATOM_BIT(ATOM_FILES) | ATOM_BIT(ATOM_FOLDERS))

/* Where a pattern fits: below its folder, whose spelling the expression holds when it is fixed. NULL after a diagnostic. */
static const char *pattern_place(struct emit *e, const struct ir_rule *r, const char *vnode)
{
	const char *root = emit_path(e, rule_loc(r), r->object);
	const char *regex = root ? emit_pattern(e, rule_loc(r), r->object, r->glob, r->deny) : NULL;

	if (!regex)
		return NULL;
	return arena_printf(e->l->arena, "(require-all (subpath %s) (regex %s)%s%s)", root, regex,
			    vnode ? " " : "", vnode ? vnode : "");
}

/* The place less its holes, and only folders or no folders when `vnode` says so. NULL after a
 * diagnostic. */
static const char *place(struct emit *e, const struct ir_rule *r, const char *vnode)
{
	const char *root = r->glob ? NULL : emit_path(e, rule_loc(r), r->object);
	struct buf b = buf_new(e->l->arena);

	if (!root)
		return r->glob ? pattern_place(e, r, vnode) : NULL;
	for (unsigned i = 0; i < r->n_holes; i++) {
		const char *hole = emit_path(e, r->holes[i].loc, r->holes[i].path);

		if (!hole)
			return NULL;
		if (paths_hole_matters(e->l->arena, r->object, r->holes[i].path))
			buf_printf(&b, "\n\t(require-not (subpath %s))", hole);
	}
	if (!b.len && !vnode)
		return arena_printf(e->l->arena, "(subpath %s)", root);
	return arena_printf(e->l->arena, "(require-all (subpath %s)%s%s%s)", root, vnode ? " " : "",
			    vnode ? vnode : "", buf_str(&b));
}

/* file-read-data means the bytes of a file and the names in a folder: one of them alone is asked
 * for by the kind. */
static const char *kind_of(uint32_t a)
{
	switch (a & KINDS) {
	case ATOM_BIT(ATOM_FILES):
		return "(require-not (vnode-type DIRECTORY))";
	case ATOM_BIT(ATOM_FOLDERS):
		return "(vnode-type DIRECTORY)";
	}
	return NULL;
}

/* The operations; on several lines where one would be long. */
static const char *names_of(struct arena *a, uint32_t set)
{
	struct buf b = buf_new(a);
	size_t column = strlen("(allow");

	for (unsigned i = 0; i < ATOM_COUNT; i++) {
		bool breaks = column + strlen(atom_name[i]) > OPERATIONS_WIDTH;

		if (!(set & ATOM_BIT(i)) || (i == ATOM_FOLDERS && (set & ATOM_BIT(ATOM_FILES))))
			continue;
		buf_printf(&b, "%s%s", breaks ? "\n\t" : " ", atom_name[i]);
		column = (breaks ? 8 : column + 1) + strlen(atom_name[i]);
	}
	return buf_str(&b);
}

/* One rule for lines of the same words, each on its place. */
static void emit_rule(struct emit *e, const struct path_line *v, unsigned n, uint32_t set, const char *kind)
{
	struct buf b = buf_new(e->l->arena);
	const char *names = names_of(e->l->arena, set);
	bool own_lines = n > 1 || strchr(names, '\n');

	for (unsigned i = 0; i < n; i++) {
		const char *where = place(e, v[i].rule, kind);

		if (!where)
			return;
		buf_printf(&b, "%s%s", own_lines ? "\n\t" : " ", where);
	}
	if (b.len > RULE_MAX) {
		diag(e->l->diags, DIAG_TOO_LARGE, v[0].at,
		     "this line leaves out more than macOS can load in one rule");
		e->failed = true;
		return;
	}
	buf_printf(&e->out, "(%s%s%s)\n", v[0].rule->deny ? "deny" : "allow", names, buf_str(&b));
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* Lines of one list with one reason share a rule; a line with two origins, holes or a note stands alone. */
static bool joins(const struct path_line *a, const struct path_line *b)
{
	const struct origin *x = rule_origin(a->rule), *y = rule_origin(b->rule);

	return a->atoms == b->atoms && !a->note && !b->note && !a->rule->n_holes && !b->rule->n_holes &&
	       !a->rule->glob && !b->rule->glob && x && y && x->because &&
	       same_text(x->because, y->because) && same_text(x->profile, y->profile) &&
	       rule_says_one(a->rule) && rule_says_one(b->rule);
}

static void emit_heads(struct emit *e, const struct path_line *v, unsigned n)
{
	const struct origin **origins = ARENA_ARRAY(e->l->arena, n, const struct origin *);

	if (v[0].note) {
		buf_puts(&e->out, "; ");
		emit_comment_text(e, v[0].note);
		buf_putc(&e->out, '\n');
	}
	for (unsigned i = 0; i < n; i++)
		origins[i] = rule_origin(v[i].rule);
	if (n == 1)
		emit_origins(e, v[0].rule);
	else
		emit_origin_list(e, origins, n);
}

/* Does the line stand in another profile, or policy, than the one before? */
static bool from_elsewhere(const struct path_line *before, const struct path_line *x)
{
	const struct origin *a = before ? rule_origin(before->rule) : NULL, *b = rule_origin(x->rule);

	return a && b && (!same_text(a->profile, b->profile) || !same_text(a->base, b->base));
}

static void emit_group(struct emit *e, const struct path_line *v, unsigned n)
{
	uint32_t set = v[0].atoms;
	const char *kind = kind_of(set);

	emit_heads(e, v, n);
	if (kind) {
		emit_rule(e, v, n, set & KINDS, kind);
		set &= ~KINDS;
	}
	if (set && !e->failed)
		emit_rule(e, v, n, set, NULL);
}

/* Nothing may rest on an unspeakable path, not even a line without effect of its own. */
static void check_paths(struct emit *e, const struct path_line *x)
{
	emit_path(e, x->at, x->rule->object);
	for (unsigned i = 0; i < x->rule->n_holes; i++)
		emit_path(e, x->rule->holes[i].loc, x->rule->holes[i].path);
}

static void emit_lines(struct emit *e, const struct path_lines *l)
{
	const struct path_line *before = NULL;
	unsigned n;

	for (unsigned i = 0; i < l->n && !e->failed; i += n) {
		n = 1;
		if (!l->v[i].atoms) {
			check_paths(e, &l->v[i]);
			continue;
		}
		while (i + n < l->n && n < PLACES_A_RULE && joins(&l->v[i], &l->v[i + n]))
			n++;
		if (from_elsewhere(before, &l->v[i]))
			buf_putc(&e->out, '\n');
		emit_group(e, &l->v[i], n);
		before = &l->v[i];
	}
}

/* ---- the folders above ---- */

struct texts {
	const char **v;
	unsigned n;
};

static void texts_add(struct arena *a, struct texts *t, const char *s)
{
	if (!s)
		return;
	ARENA_GROW(a, t->v, t->n);
	t->v[t->n++] = s;
}

struct search {
	struct arena *arena;
	const struct path_line *line;
	uint32_t found;
};

static bool adds(void *ctx, const struct path_line *line)
{
	struct search *s = ctx;

	s->found |= line->rule->glob && !paths_pattern_takes(s->arena, line, s->line->root) ? 0 : line->all;
	return true;
}

static bool shows(void *ctx, const struct path_line *line)
{
	struct search *s = ctx;

	if (line->rule->glob ? paths_pattern_takes(s->arena, line, s->line->root) : !paths_hole(s->arena, line, s->line->root))
		s->found |= line->all;
	return !(s->found & ATOM_BIT(ATOM_METADATA));
}

/* Is there nothing to add about the folder? */
static bool is_settled(struct emit *e, const struct paths *p, const char *folder)
{
	struct path_line at = {.root = folder};
	struct search s = {.arena = e->l->arena, .line = &at};

	if (!tmpl_has_variable(folder) && base_shows(e->l->ir, folder))
		return true;
	paths_above(&p->allows, folder, NULL, shows, &s);
	paths_above(&p->denies, folder, NULL, adds, &s); /* it is hidden, whatever is said here */
	return s.found & ATOM_BIT(ATOM_METADATA);
}

static bool shows_above(void *ctx, const struct path_line *line)
{
	struct search *s = ctx;

	s->found |= line->rule->glob || paths_hole_above(s->arena, line, s->line->root) ? 0 : line->all;
	return true;
}

/* Is there nothing to add about the folders above the value, wherever it lies? */
static bool is_settled_above(struct emit *e, const struct paths *p, const char *variable)
{
	struct path_line at = {.root = variable};
	struct search s = {.arena = e->l->arena, .line = &at};

	paths_above(&p->allows, "/", NULL, shows_above, &s);
	paths_above(&p->denies, "/", NULL, shows_above, &s);
	return s.found & ATOM_BIT(ATOM_METADATA);
}

static void add_above_value(struct emit *e, const struct paths *p, struct texts *t, const struct path_line *x, const char *variable)
{
	const char *text = emit_path(e, x->at, variable);

	if (text && !is_settled_above(e, p, variable))
		texts_add(e->l->arena, t, arena_printf(e->l->arena, "(path-ancestors %s)", text));
}

static void add_above(struct emit *e, const struct paths *p, struct texts *t, const struct path_line *x)
{
	struct arena *a = e->l->arena;
	bool first = true;

	for (const char *slash = strchr(x->root + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		const char *folder = arena_strndup(a, x->root, (size_t)(slash - x->root));
		const char *text = emit_path(e, x->at, folder);

		if (!text)
			return;
		if (first && x->root[0] == '$')
			add_above_value(e, p, t, x, folder);
		first = false;
		if (!is_settled(e, p, folder))
			texts_add(a, t, arena_printf(a, "(literal %s)", text));
	}
	if (first && x->root[0] == '$')
		add_above_value(e, p, t, x, x->root);
}

/* So that programs can find their way to a place: that its folders are there, not their names. */
static void emit_above(struct emit *e, const struct paths *p)
{
	struct texts t = {.n = 0};
	unsigned in_rule = 0;

	for (unsigned i = 0; i < p->allows.n; i++)
		if (p->allows.v[i].atoms)
			add_above(e, p, &t, &p->allows.v[i]);
	if (t.n == 0 || e->failed)
		return;
	qsort(t.v, t.n, sizeof(*t.v), cmp_strp);
	buf_puts(&e->out, "\n; the folders above what the policy names: that they are there\n");
	for (unsigned i = 0; i < t.n; i++) {
		if (i > 0 && strcmp(t.v[i], t.v[i - 1]) == 0)
			continue;
		if (in_rule == PLACES_A_RULE)
			buf_puts(&e->out, ")\n");
		if (in_rule == PLACES_A_RULE || in_rule == 0) {
			buf_puts(&e->out, "(allow file-read-metadata");
			in_rule = 0;
		}
		buf_printf(&e->out, "\n\t%s", t.v[i]);
		in_rule++;
	}
	buf_puts(&e->out, ")\n");
}

void paths_emit_allows(struct emit *e, const struct paths *p)
{
	emit_above(e, p);
	buf_puts(&e->out, "\n; what the policy allows\n");
	emit_lines(e, &p->allows);
}

void paths_emit_denies(struct emit *e, const struct paths *p)
{
	emit_lines(e, &p->denies);
}
