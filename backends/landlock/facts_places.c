/*
 * facts_places.c - the path and assert lines: exactly the places that the policy gives and denies,
 * with the rights, what a missing one means, how links are taken, and a rule that says so.
 *
 * S1 once more, from its words: an allow that a deny covers gives nothing; a denied place that no
 * line touches is one that the loader must watch, since only there real places can differ.
 */
#include <stdlib.h>
#include <string.h>

#include "facts.h"

/* The rights of each operation on a place; REFER moves between directories and comes with both. */
static const uint32_t rights_of_op[OP_COUNT] = {
    [OP_READ] = LL_FS_READ_FILE,
    [OP_LIST] = LL_FS_READ_DIR,
    [OP_MODIFY] = LL_FS_WRITE_FILE | LL_FS_TRUNCATE,
    [OP_CREATE] = LL_FS_MAKE_REG | LL_FS_MAKE_DIR | LL_FS_MAKE_SYM | LL_FS_MAKE_FIFO | LL_FS_REFER,
    [OP_DELETE] = LL_FS_REMOVE_FILE | LL_FS_REMOVE_DIR | LL_FS_REFER,
    [OP_EXEC] = LL_FS_EXECUTE,
    [OP_IOCTL] = LL_FS_IOCTL_DEV,
    [OP_CONNECT_UNIX] = LL_FS_RESOLVE_UNIX,
};

/* One place that the policy names, or a line of the file. */
struct spot {
	const char *path; /* template */
	enum model_missing missing;
	bool nofollow;
	uint32_t ops, rights;
	const struct ir_rule *rule; /* of the policy */
	const struct ir_hole *hole; /* a place left out of the rule */
	const char *where;          /* of the file */
};

struct spots {
	struct spot *v;
	unsigned n;
};

static void add(struct facts *f, struct spots *s, struct spot spot)
{
	ARENA_GROW(f->a, s->v, s->n);
	s->v[s->n++] = spot;
}

static int cmp_spot(const void *x, const void *y)
{
	const struct spot *a = x, *b = y;
	int c = strcmp(a->path, b->path);
	if (c)
		return c;
	if (a->missing != b->missing)
		return a->missing < b->missing ? -1 : 1;
	return (int)a->nofollow - (int)b->nofollow;
}

static void sort(struct spots *s)
{
	if (s->n)
		qsort(s->v, s->n, sizeof(*s->v), cmp_spot);
}

static bool is_path(const char *object)
{
	return object[0] == '/' || object[0] == '$';
}

/* What a rule says of the place that its object is: operations of files, or to reach a socket. */
static uint32_t ops_of(const struct ir_rule *r)
{
	uint32_t ops = 0;
	if (!(r->targets & TARGET_BIT(TARGET_LINUX)) || !is_path(r->object))
		return 0;
	for (unsigned op = 0; op < OP_COUNT; op++)
		if (rights_of_op[op] && (op == OP_CONNECT_UNIX) == (r->kind == RULE_NET))
			ops |= r->ops & OP_BIT(op);
	return r->kind == RULE_PATH || r->kind == RULE_NET ? ops : 0;
}

/* What a `never` says of a place; one on a pattern is watched on its folder. */
static uint32_t watched_ops(const struct ir_rule *r)
{
	struct ir_rule place = *r;
	if (r->kind == RULE_GLOB)
		place.kind = RULE_PATH;
	return ops_of(&place);
}

uint32_t facts_rights(const struct facts *f, uint32_t ops)
{
	uint32_t rights = 0;
	for (unsigned op = 0; op < OP_COUNT; op++)
		if (ops & OP_BIT(op))
			rights |= rights_of_op[op];
	/* sockets are made where files are, when all of the network is open */
	if ((ops & OP_BIT(OP_CREATE)) && f->open_net)
		rights |= LL_FS_MAKE_SOCK;
	return rights & f->m->fs;
}

/* ---- what stands on a place or above it ---- */

/* Holes are sorted by their text: of those that are not after the path, the nearest above it is looked for. */
static bool leaves_out(const struct ir_rule *r, const char *path)
{
	for (size_t len = strlen(path); r->n_holes && len > 0; len--) {
		unsigned lo = 0, hi = r->n_holes;
		if (path[len] && path[len] != '/')
			continue;
		while (lo < hi) {
			unsigned mid = lo + (hi - lo) / 2;
			int c = strncmp(r->holes[mid].path, path, len);
			if (c < 0)
				lo = mid + 1;
			else
				hi = mid;
		}
		if (lo < r->n_holes && strncmp(r->holes[lo].path, path, len) == 0 && !r->holes[lo].path[len])
			return true;
	}
	return r->n_holes && strcmp(r->holes[0].path, "/") == 0;
}

struct key {
	const char *text;
	size_t len;
};

static int cmp_key(struct key k, const char *path)
{
	int c = strncmp(k.text, path, k.len);
	return c ? c : path[k.len] ? -1 : 0;
}

/* Operations of the spots with exactly this path; but not of `not`, nor what leaves the hole out. */
static uint32_t ops_at(const struct spots *s, struct key k, const struct ir_rule * not,
		       const char *hole)
{
	unsigned lo = 0, hi = s->n;
	uint32_t ops = 0;
	while (lo < hi) {
		unsigned mid = lo + (hi - lo) / 2;
		if (cmp_key(k, s->v[mid].path) > 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < s->n && cmp_key(k, s->v[lo].path) == 0; lo++)
		if (s->v[lo].rule != not &&!(hole && leaves_out(s->v[lo].rule, hole)))
			ops |= s->v[lo].ops;
	return ops;
}

/* The same for the path and all that lies above it; a place that begins with a variable too. */
static uint32_t ops_over(const struct spots *s, const char *path, const struct ir_rule * not,
			 const char *hole)
{
	uint32_t ops = ops_at(s, (struct key){"/", 1}, not, hole);
	for (const char *end = path + 1; end[-1]; end++)
		if ((*end == '/' || !*end) && end - path > (path[0] == '/'))
			ops |= ops_at(s, (struct key){path, (size_t)(end - path)}, not, hole);
	return ops;
}

/* ---- the path lines ---- */

static enum model_missing missing_of(const struct ir_rule *r)
{
	if (r->flags & RULE_MAKE_DIR)
		return MODEL_MAKE;
	return r->flags & RULE_IF_EXISTS ? MODEL_SKIP : MODEL_ERROR;
}

const struct spots *facts_denied(struct facts *f)
{
	const struct ir *ir = f->what->ir;
	struct spots *s = ARENA_NEW(f->a, struct spots);
	for (unsigned i = 0; i < ir->n_rules; i++)
		if (ir->rules[i].deny && ops_of(&ir->rules[i]))
			add(f, s,
			    (struct spot){.path = ir->rules[i].object,
					  .ops = ops_of(&ir->rules[i]),
					  .rule = &ir->rules[i]});
	sort(s);
	return s;
}

uint32_t facts_denied_over(const struct facts *f, const char *path)
{
	return ops_over(f->denied, path, NULL, NULL);
}

static struct spots given_places(struct facts *f)
{
	const struct ir *ir = f->what->ir;
	struct spots s = {NULL, 0};
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		uint32_t ops = r->deny ? 0 : ops_of(r);
		if (ops)
			ops &= ~facts_denied_over(f, r->object);
		if (f->closed_net)
			ops &= ~OP_BIT(OP_CONNECT_UNIX);
		if (facts_rights(f, ops))
			add(f, &s,
			    (struct spot){.path = r->object,
					  .missing = missing_of(r),
					  .nofollow = r->flags & RULE_NOFOLLOW,
					  .ops = ops,
					  .rights = facts_rights(f, ops),
					  .rule = r});
	}
	sort(&s);
	return s;
}

static struct spots lines_of(struct facts *f, const struct model_lines *lines)
{
	struct spots s = {NULL, 0};
	for (unsigned i = 0; i < lines->n; i++)
		add(f, &s,
		    (struct spot){.path = lines->v[i].tmpl,
				  .missing = lines->v[i].missing,
				  .nofollow = lines->v[i].nofollow,
				  .rights = lines->v[i].rights,
				  .where = lines->v[i].where});
	sort(&s);
	return s;
}

static bool says(const struct facts *f, const struct spot *want, const char *where)
{
	if (want->hole)
		return fact_where_loc(f->what, where, want->hole->loc);
	for (unsigned op = 0; op < OP_COUNT; op++)
		if ((want->ops & OP_BIT(op)) && fact_where(f->what, where, want->rule->origin[op]))
			return true;
	return false;
}

static const char *how(const struct facts *f, const struct spot *s)
{
	static const char *const words[] = {
	    [MODEL_ERROR] = "error", [MODEL_SKIP] = "skip", [MODEL_MAKE] = "make"};
	return arena_printf(f->a, "%s %s", words[s->missing], s->nofollow ? "nofollow" : "follow");
}

/* A line of the file against `n` spots of the policy that are the same place. */
static bool expect_line(struct facts *f, const char *kind, const struct spot *has,
			const struct spot *want, unsigned n)
{
	const char *fact = arena_printf(f->a, "%s %s", kind, want->path);
	uint32_t rights = 0;
	bool said = false;
	if (has->missing != want->missing || has->nofollow != want->nofollow)
		return facts_differ(f, fact, how(f, has), how(f, want));
	for (unsigned i = 0; i < n; i++) {
		rights |= want[i].rights;
		said |= says(f, &want[i], has->where);
	}
	if (has->rights != rights)
		return facts_differ(f, fact, facts_fs_text(f->a, has->rights),
				    facts_fs_text(f->a, rights));
	return said || facts_differ(f, arena_printf(f->a, "the line of %s", fact), has->where,
				    "another line");
}

/* Both are sorted; each place of the policy, however many rules name it, has one line. */
static bool expect_lines(struct facts *f, const char *kind, const struct spots *has,
			 const struct spots *want)
{
	unsigned h = 0, w = 0, n;
	for (; h < has->n && w < want->n; h++, w += n) {
		if (strcmp(has->v[h].path, want->v[w].path) != 0)
			break;
		for (n = 1; w + n < want->n && cmp_spot(&want->v[w], &want->v[w + n]) == 0;)
			n++;
		if (!expect_line(f, kind, &has->v[h], &want->v[w], n))
			return false;
	}
	if (h == has->n && w == want->n)
		return true;
	return facts_differ(f, arena_printf(f->a, "a line `%s`", kind),
			    h < has->n ? has->v[h].path : NULL,
			    w < want->n ? want->v[w].path : NULL);
}

/* ---- the assert lines ---- */

struct views {
	const struct model_view *assumed, *written;
};

/* The loader watches the operations that no line gives on the place, above or below it. */
static void watch(struct facts *f, const struct views *views, struct spots *s, struct spot denied)
{
	const char *real = expand_template(f->a, f->what->ir, denied.path, NULL, 0);
	uint32_t near = landlock_related(views->written, denied.path), ops = 0;
	if (real && real[0] == '/')
		near |= landlock_related(views->assumed, real);
	for (unsigned op = 0; op < OP_COUNT; op++)
		if (!(rights_of_op[op] & near & ~(uint32_t)LL_FS_REFER))
			ops |= denied.ops & OP_BIT(op);
	denied.ops = ops;
	/* one of create and delete may be given where the other is denied */
	denied.rights = facts_rights(f, ops) & ~(uint32_t)LL_FS_REFER;
	if (denied.rights)
		add(f, s, denied);
}

static struct spots watched_places(struct facts *f, const struct spots *given)
{
	const struct views views = {f->m->assumed, landlock_view_written(f->a, f->m)};
	struct spots s = {NULL, 0};
	for (unsigned i = 0; i < f->denied->n; i++)
		watch(f, &views, &s, f->denied->v[i]);
	for (unsigned i = 0; i < given->n; i++)
		for (unsigned h = 0; h < given->v[i].rule->n_holes; h++) {
			const struct ir_rule *r = given->v[i].rule;
			const struct ir_hole *hole = &r->holes[h];
			/* another rule may give what this one leaves out */
			uint32_t again = ops_over(given, hole->path, r, hole->path);
			watch(f, &views, &s,
			      (struct spot){.path = hole->path,
					    .ops = given->v[i].ops & ~again,
					    .rule = r,
					    .hole = hole});
		}
	for (unsigned i = 0; i < f->what->ir->n_nevers; i++) {
		const struct ir_rule *r = &f->what->ir->nevers[i].rule;
		if (!r->n_holes)
			watch(f, &views, &s, (struct spot){.path = r->object, .ops = watched_ops(r), .rule = r});
	}
	sort(&s);
	return s;
}

/* ---- the assert-outside lines ---- */

/* The operations of the `never` that no line gives outside its holes: as the places are written, and as they are assumed. */
static uint32_t outside_rights(struct facts *f, const struct views *views, const struct ir_rule *r)
{
	const char **written = ARENA_ARRAY(f->a, r->n_holes, const char *), **real = ARENA_ARRAY(f->a, r->n_holes, const char *);
	const char *root = expand_template(f->a, f->what->ir, r->object, NULL, 0);
	uint32_t ops = 0;
	for (unsigned h = 0; h < r->n_holes; h++) {
		written[h] = r->holes[h].path;
		real[h] = expand_template(f->a, f->what->ir, r->holes[h].path, NULL, 0);
		if (!real[h])
			real[h] = "";
	}
	uint32_t near = landlock_related_outside(views->written, r->object, written, r->n_holes);
	if (root && root[0] == '/')
		near |= landlock_related_outside(views->assumed, root, real, r->n_holes);
	for (unsigned op = 0; op < OP_COUNT; op++)
		if (!(rights_of_op[op] & near & ~(uint32_t)LL_FS_REFER))
			ops |= watched_ops(r) & OP_BIT(op);
	return facts_rights(f, ops) & ~(uint32_t)LL_FS_REFER;
}

static bool same_line(struct facts *f, const struct model_line *has, const struct ir_rule *want, uint32_t rights)
{
	bool same = has->rights == rights && has->n_holes == want->n_holes;
	for (unsigned h = 0; same && h < want->n_holes; h++)
		same = strcmp(has->holes[h], want->holes[h].path) == 0;
	struct spot spot = {.ops = want->ops, .rule = want};
	return same && says(f, &spot, has->where);
}

/* Each `never` with holes has its line, and no line is without one. */
static bool expect_outside(struct facts *f, const struct views *views)
{
	const struct facts_lines lines = facts_sort(f->a, &f->m->outsides);
	const struct ir *ir = f->what->ir;
	unsigned n = 0;
	for (unsigned i = 0; i < ir->n_nevers; i++) {
		const struct ir_rule *r = &ir->nevers[i].rule;
		uint32_t rights = r->n_holes && (r->targets & TARGET_BIT(TARGET_LINUX)) ? outside_rights(f, views, r) : 0;
		const struct facts_lines here = facts_of_place(&lines, r->object, NULL);
		bool found = false;
		for (unsigned k = 0; rights && k < here.n && !found; k++)
			found = same_line(f, here.v[k], r, rights);
		if (rights && !found)
			return facts_differ(f, "a line `assert-outside`", NULL, r->object);
		n += rights != 0;
	}
	return n == lines.n || facts_differ(f, "the number of `assert-outside` lines", arena_printf(f->a, "%u", lines.n),
					     arena_printf(f->a, "%u", n));
}

bool facts_places(struct facts *f)
{
	struct spots given = given_places(f);
	struct spots paths = lines_of(f, &f->m->paths), asserts = lines_of(f, &f->m->asserts);
	if (!expect_lines(f, "path", &paths, &given))
		return false;
	struct spots watched = watched_places(f, &given);
	const struct views views = {f->m->assumed, landlock_view_written(f->a, f->m)};
	return expect_lines(f, "assert", &asserts, &watched) && expect_outside(f, &views);
}
