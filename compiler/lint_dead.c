/*
 * lint_dead.c - lines that other lines leave without effect: an allow that denies take whole, a deny where nothing is allowed,
 * a line that repeats another or lies inside of a wider one.
 */
#include <stdlib.h>
#include <string.h>

#include "hole_set.h"
#include "lint_priv.h"
#include "path_set.h"
#include "rule_tree.h"
#include "template.h"

struct dead {
	const struct lint *lint;
	struct hole_set **holes; /* of each rule, once they were asked for */
	const struct ir_rule *rule;
	const struct ir_rule *by; /* one of those that take something */
	uint32_t left;		  /* operations that none takes */
};

static bool is_path(const struct ir_rule *r, bool deny)
{
	return r->kind == RULE_PATH && r->deny == deny;
}

/* A line of the policy itself, or of its file when that is a library: not what a `use` brought. */
static bool is_own(const struct lint *l, const struct ir_rule *r)
{
	const struct origin *o = lint_line(r, r->ops);
	return lint_blames(l, o) && loc_none(o->used_at) && o->level == 0;
}

/* ---- an allow below denies ---- */

static bool take(void *ctx, const struct ir_rule *deny)
{
	struct dead *x = ctx;
	if ((x->rule->targets & ~deny->targets) == 0 && (x->left & deny->ops)) {
		x->left &= ~deny->ops;
		x->by = deny;
	}
	return x->left == 0;
}

static bool is_dead(const struct lint *l, const struct ir_rule *allow, const struct path_set *denies, struct dead *x)
{
	*x = (struct dead){.lint = l, .rule = allow, .left = allow->ops};
	return path_set_above(denies, allow->object, take, x);
}

static void dead_allows(const struct lint *l, const struct path_set *denies)
{
	for (unsigned i = 0; i < l->ir->n_rules; i++) {
		const struct ir_rule *r = &l->ir->rules[i];
		struct dead x;
		if (!is_path(r, false) || r->origin[__builtin_ctz(r->ops)]->profile || !is_dead(l, r, denies, &x))
			continue;
		uint32_t both = r->ops & x.by->ops;
		struct diag_rec *rec =
		    diag(l->diags, DIAG_DEAD_ALLOW, lint_line(r, both)->object, "this allows nothing");
		diag_second(rec, lint_line(x.by, both)->object, "denied here, and `deny` always wins");
		diag_help(rec, "to keep a way in, deny narrower places, or write the deny as `except` of the wider allow");
	}
}

/* ---- a deny where nothing is allowed ---- */

static bool meets(void *ctx, const struct rule_node *at)
{
	const struct dead *x = ctx;
	const struct ir_rule *r = at->rule;
	return !r->deny && (r->kind == RULE_PATH || r->kind == RULE_GLOB) && (r->ops & x->rule->ops) && (r->targets & x->rule->targets);
}

/* Making the file of a socket is what a deny takes from `listen unix`, which W170 says. */
static bool makes_socket(void *ctx, const struct rule_node *at)
{
	const struct dead *x = ctx;
	const struct ir_rule *r = at->rule;
	return !r->deny && (r->ops & OP_BIT(OP_LISTEN_UNIX)) && (r->targets & x->rule->targets) &&
	       path_covers(lint_path(x->lint, x->rule->object), lint_path(x->lint, r->object));
}

/* A place that is allowed may lie in the denied one or around it; a name that an allowed pattern fits, too. */
static bool meets_allow(const struct rule_tree *tree, struct dead *x, const char *path)
{
	struct arena *a = x->lint->arena;
	const char *place = rule_key_path(a, path), *socket = rule_key_socket(a, path);
	return rule_tree_above(tree, place, meets, x) || rule_tree_below(tree, place, meets, x) ||
	       ((x->rule->ops & OP_BIT(OP_CREATE)) &&
		(rule_tree_above(tree, socket, makes_socket, x) || rule_tree_below(tree, socket, makes_socket, x)));
}

/* ---- places that are known at the start only ---- */

/* What allows begin with, each once: the variable, or nothing. */
struct begin {
	const char *var;
	size_t n;
	uint32_t ops, targets;
};
struct begins {
	struct begin *v;
	unsigned n;
};

static struct begin begin_of(const struct ir_rule *r)
{
	struct template_piece piece;
	const char *at = r->object;
	bool var = template_next(&at, &piece) && piece.is_var;
	return (struct begin){var ? piece.var : "", var ? piece.var_len : 0, r->ops, r->targets};
}

static bool same_begin(const struct begin *x, const struct begin *y)
{
	return x->n == y->n && memcmp(x->var, y->var, x->n) == 0;
}

static void add_begin(const struct lint *l, struct begins *all, const struct ir_rule *allow)
{
	const struct begin x = begin_of(allow);
	for (unsigned i = 0; i < all->n; i++)
		if (same_begin(&all->v[i], &x) && all->v[i].ops == x.ops && all->v[i].targets == x.targets)
			return;
	ARENA_GROW(l->arena, all->v, all->n);
	all->v[all->n++] = x;
}

/* May a place that begins so lie at or around `path`? The loader holds these three to be below such folders. */
static bool may_reach(const struct begin *x, const char *path)
{
	static const struct {
		const char *var, *folders[3];
	} held[] = {{"HOME", {"/home", "/Users", "/root"}}, {"TMPDIR", {"/tmp", "/var", "/tmp"}}, {"RUNTIME_DIR", {"/run", "/run", "/run"}}};
	for (size_t i = 0; i < sizeof(held) / sizeof(held[0]); i++)
		if (strlen(held[i].var) == x->n && memcmp(held[i].var, x->var, x->n) == 0)
			return path_covers(held[i].folders[0], path) || path_covers(held[i].folders[1], path) ||
			       path_covers(held[i].folders[2], path);
	return x->n != 0;
}

/* May values of the start bring the deny and an allow together? */
static bool meets_at_start(const struct lint *l, const struct ir_rule *deny, const char *path, const struct begins *allows)
{
	const struct begin mine = begin_of(deny);
	for (unsigned i = 0; i < allows->n; i++) {
		const struct begin *x = &allows->v[i];
		bool meets = (x->ops & deny->ops) && (x->targets & deny->targets) && !same_begin(x, &mine);
		const char *other = x->n ? arena_printf(l->arena, "/${%.*s}", (int)x->n, x->var) : "/";
		if (meets && (may_reach(x, path) || may_reach(&mine, other)))
			return true;
	}
	return false;
}

static bool is_entry(const struct lint *l, const struct ir_rule *r, const char *path)
{
	const char *entry = l->ir->entry ? lint_path(l, l->ir->entry) : NULL;
	return entry && (r->ops & (OP_BIT(OP_READ) | OP_BIT(OP_EXEC))) && path_covers(path, entry);
}

/* A deny without effect, and where it stands. */
struct idle {
	const struct ir_rule *rule;
	const struct origin *at;
	unsigned line;
};

static int idle_cmp(const void *x, const void *y)
{
	const struct loc *a = &((const struct idle *)x)->at->object, *b = &((const struct idle *)y)->at->object;
	return (a->beg > b->beg) - (a->beg < b->beg);
}

/* One of the same operations at the same line, or at the next one: a block is spoken of once. */
static bool follows(const struct idle *prev, const struct idle *next)
{
	return prev->rule->ops == next->rule->ops && prev->rule->targets == next->rule->targets && next->line - prev->line <= 1;
}

static void tell_idle(const struct lint *l, const struct idle *v, unsigned n)
{
	enum { MARKED = 4 };
	struct diag_rec *rec = diag(l->diags, DIAG_DEAD_DENY, v->at->object, "this denies what nothing allows");
	for (unsigned i = 1; i < n && i < MARKED; i++)
		diag_second(rec, v[i].at->object, "and this");
	if (n > MARKED)
		diag_note(rec, "and %u more, to line %u", n - MARKED, v[n - 1].line);
	diag_help(rec, "remove it; if it guards against a later `allow`, say so: `because \"...\"`");
}

/* Those that a silence answers stand in no block. */
static void tell_idles(const struct lint *l, struct idle *v, unsigned n)
{
	unsigned kept = 0;
	if (n)
		qsort(v, n, sizeof(*v), idle_cmp);
	for (unsigned i = 0; i < n; i++)
		if (!diag_is_silenced(l->diags, DIAG_DEAD_DENY, v[i].at->loc))
			v[kept++] = v[i];
	for (unsigned i = 0, next; i < kept; i = next) {
		for (next = i + 1; next < kept && follows(&v[next - 1], &v[next]);)
			next++;
		tell_idle(l, &v[i], next - i);
	}
}

static void dead_denies(const struct lint *l, const struct begins *begins)
{
	const struct rule_tree *tree = NULL;
	struct idle *found = NULL;
	unsigned n_found = 0;
	for (unsigned i = 0; i < l->ir->n_rules; i++) {
		const struct ir_rule *r = &l->ir->rules[i];
		const struct origin *o = lint_line(r, r->ops);
		struct dead x = {.lint = l, .rule = r};
		struct src_pos at;
		const char *path = is_path(r, true) && is_own(l, r) && !o->because && !o->final ? lint_path(l, r->object) : NULL;
		if (path && !tree) /* with the names that are written, whatever the system */
			tree = rule_tree_new(l->arena, l->ir, l->ir->rules, l->ir->n_rules, TARGET_LINUX, NULL, 0);
		if (!path || is_entry(l, r, path) || meets_allow(tree, &x, path) || meets_at_start(l, r, path, begins) ||
		    !src_locate(l->src, o->loc.beg, &at))
			continue;
		ARENA_GROW(l->arena, found, n_found);
		found[n_found++] = (struct idle){r, o, at.line};
	}
	tell_idles(l, found, n_found);
}

/* ---- lines inside of wider ones ---- */

static bool hole_meets(const struct dead *x, const struct ir_rule *wide, const char *path)
{
	struct hole_set **holes = &x->holes[wide - x->lint->ir->rules];
	if (wide->n_holes && !*holes)
		*holes = hole_set_new(x->lint->arena, x->lint->ir, wide);
	return wide->n_holes && hole_set_meets(*holes, path);
}

static bool covers(void *ctx, const struct ir_rule *wide)
{
	struct dead *x = ctx;
	const struct ir_rule *r = x->rule;
	if (wide == r || (r->ops & ~wide->ops) || (r->targets & ~wide->targets) || !is_own(x->lint, wide) ||
	    lint_line(wide, r->ops)->loc.beg == lint_line(r, r->ops)->loc.beg ||
	    hole_meets(x, wide, lint_path(x->lint, r->object)))
		return false;
	x->by = wide;
	return true;
}

/* What a narrower line may still say: make the place, do not follow a link. The wider one, if it stands there too, stays. */
static bool says_more(const struct ir_rule *r)
{
	return r->flags & (RULE_MAKE_DIR | RULE_NOFOLLOW);
}

/* Of an allow that denies take, that is said alone. */
static void covered_rules(const struct lint *l, const struct path_set *set, const struct path_set *denies, bool deny,
			  struct hole_set **holes)
{
	struct dead dead;
	struct loc last = {0}; /* rules of one line often stand side by side: it is said once */
	for (unsigned i = 0; i < l->ir->n_rules; i++) {
		const struct ir_rule *r = &l->ir->rules[i];
		struct dead x = {.lint = l, .holes = holes, .rule = r};
		if (!is_path(r, deny) || r->n_holes || says_more(r) || !is_own(l, r) || lint_line(r, r->ops)->because)
			continue;
		const char *path = lint_path(l, r->object);
		if (!path || !path_set_above(set, path, covers, &x))
			continue;
		if (strcmp(lint_path(l, x.by->object), path) == 0 && x.by->ops == r->ops)
			continue; /* the other is no wider: they differ in how the place is found */
		if (last.beg == lint_line(r, r->ops)->object.beg || (!deny && is_dead(l, r, denies, &dead)))
			continue;
		last = lint_line(r, r->ops)->object;
		struct diag_rec *rec = diag(l->diags, DIAG_COVERED_RULE, lint_line(r, r->ops)->object,
					    "this %s nothing that a wider one does not", deny ? "denies" : "allows");
		diag_second(rec, lint_line(x.by, r->ops)->object, "the wider one");
		diag_help(rec, "remove it, or make the wider one narrower");
	}
}

/* ---- exceptions that another line gives back ---- */

struct undone {
	struct dead dead;
	const char *hole;
};

static bool gives_back(void *ctx, const struct ir_rule *wide)
{
	struct undone *u = ctx;
	struct dead *x = &u->dead;
	uint32_t ops = x->left & wide->ops;
	if (wide == x->rule || !ops || (x->rule->targets & ~wide->targets) || lint_line(wide, ops)->because ||
	    hole_meets(x, wide, u->hole))
		return false;
	x->by = wide;
	x->left &= ~ops;
	return x->left == 0;
}

/* A narrower place in the exception may be given back: that is what `except` is for. */
static void undone_exceptions(const struct lint *l, const struct path_set *allows, struct hole_set **holes)
{
	for (unsigned i = 0; i < l->ir->n_rules; i++) {
		const struct ir_rule *r = &l->ir->rules[i];
		for (unsigned k = 0; k < (is_path(r, false) && is_own(l, r) ? r->n_holes : 0); k++) {
			struct undone u = {{.lint = l, .holes = holes, .rule = r, .left = r->ops}, lint_path(l, r->holes[k].path)};
			if (!u.hole || !path_set_above(allows, u.hole, gives_back, &u) ||
			    !lint_gives(l, r->targets, (enum op)__builtin_ctz(r->ops), u.hole))
				continue;
			struct diag_rec *rec = diag(l->diags, DIAG_UNDONE_EXCEPT, r->holes[k].loc, "this exception takes nothing out");
			diag_second(rec, lint_line(u.dead.by, u.dead.by->ops & r->ops)->object, "given back here");
			diag_help(rec, "leave it out of that line too, or say there why it is given back: `because \"...\"`");
		}
	}
}

static void duplicates(const struct lint *l)
{
	for (unsigned i = 0; i < l->ir->n_twice; i++) {
		const struct ir_twice *t = &l->ir->twice[i];
		if (!lint_asks(l, t->again) || !lint_blames(l, t->first) || !loc_none(t->again->used_at) ||
		    !loc_none(t->first->used_at) || t->again->level || t->first->level)
			continue;
		struct diag_rec *rec =
		    diag(l->diags, DIAG_DUPLICATE_RULE, t->again->object, "this says what another line says");
		diag_second(rec, t->first->object, "said here");
		diag_help(rec, "remove one of them");
	}
}

void lint_dead(const struct lint *l)
{
	struct path_set *written = path_set_new(l->arena, l->ir->n_rules); /* denies, as templates */
	struct path_set *denies = path_set_new(l->arena, l->ir->n_rules), *allows = path_set_new(l->arena, l->ir->n_rules);
	struct hole_set **holes = ARENA_ARRAY(l->arena, l->ir->n_rules + 1u, struct hole_set *);
	struct begins begins = {NULL, 0};
	for (unsigned i = 0; i < l->ir->n_rules; i++) {
		const struct ir_rule *r = &l->ir->rules[i];
		const char *path = r->kind == RULE_PATH ? lint_path(l, r->object) : NULL;
		if (!path)
			continue;
		path_set_add(r->deny ? denies : allows, path, r);
		if (r->deny)
			path_set_add(written, r->object, r);
		else
			add_begin(l, &begins, r);
	}
	dead_allows(l, written);
	dead_denies(l, &begins);
	covered_rules(l, allows, written, false, holes);
	covered_rules(l, denies, written, true, holes);
	undone_exceptions(l, allows, holes);
	duplicates(l);
}
