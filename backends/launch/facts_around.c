/*
 * facts_around.c - the lines about what the program finds around it, as the policy means them.
 */
#include <stdlib.h>
#include <string.h>

#include "facts.h"

/* A line that does not stand there means the first word. */
static bool expect_choices(struct launch_facts *f)
{
	for (unsigned c = 0; c < CHOICE_COUNT; c++) {
		unsigned value = f->what->ir->choice[f->has->target][c].value;
		/* what the profile of macOS stands on, it says itself */
		const char *want = value && c != CHOICE_BASELINE ? choice_word[c][value] : NULL;
		if (!launch_expect(f, choice_setting[c], f->has->choices[c], want))
			return false;
	}
	return true;
}

static bool expect_directory(struct launch_facts *f)
{
	const struct ir_directory *want = &f->what->ir->around.directory[f->has->target];
	return launch_expect(f, "directory", f->has->directory, want->path) &&
	       (!want->path || launch_expect_where(f, "directory", f->has->directory_where, want->origin));
}

static bool expect_names(struct launch_facts *f)
{
	const struct ir_around *around = &f->what->ir->around;
	const struct launch_number *user = &f->has->user;
	const char *has = f->has->user_set ? launch_amount(f, user->value, user->param) : NULL;
	const char *want = around->user_set ? launch_amount(f, around->user, around->user_param) : NULL;
	return launch_expect(f, "hostname", f->has->hostname, around->hostname) && launch_expect(f, "user", has, want);
}

/* The one line with this place; false when there is none, or more than one. */
static const struct launch_place *line_at(const struct launch_places *lines, const char *at)
{
	const struct launch_place *found = NULL;
	for (unsigned i = 0; i < lines->n; i++) {
		if (strcmp(lines->v[i].at, at) != 0)
			continue;
		if (found)
			return NULL;
		found = &lines->v[i];
	}
	return found;
}

static const char *spelled(struct launch_facts *f, const char *text)
{
	struct buf b = buf_new(f->a);
	for (; *text; text++)
		if (*text == ' ')
			buf_puts(&b, "\\x20");
		else
			buf_putc(&b, *text);
	return buf_str(&b);
}

/* May anything below be written? The mount would show it read only otherwise. */
static bool may_write(struct launch_facts *f, const char *at)
{
	static const enum op ops[] = {OP_MODIFY, OP_CREATE, OP_DELETE};
	const struct ir *ir = f->what->ir;
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		const char *path = expand_template(f->a, ir, at, NULL, 0),
			   *root = expand_template(f->a, ir, r->object, NULL, 0);
		bool over = path_covers(r->object, at) || (path && root && path_covers(root, path));
		for (unsigned o = 0; o < 3; o++)
			if (r->kind == RULE_PATH && !r->deny && (r->ops & OP_BIT(ops[o])) && over &&
			    (r->targets & TARGET_BIT(TARGET_LINUX)))
				return true;
	}
	return false;
}

static bool expect_place(struct launch_facts *f, const struct ir_place *want)
{
	const struct launch_places *lines =
	    want->kind == PLACE_MOUNT ? &f->has->mounts : &f->has->scratches;
	const struct launch_place *has = line_at(lines, want->at);
	const char *fact =
	    arena_printf(f->a, "%s %s", want->kind == PLACE_MOUNT ? "mount" : "scratch", want->at);
	if (!has)
		return launch_differ(f, fact, NULL, want->at);
	if (!fact_where(f->what, has->where, want->origin))
		return launch_differ(f, arena_printf(f->a, "the line of %s", fact), has->where, "another line");
	if (want->kind == PLACE_SCRATCH)
		return launch_expect(f, fact, launch_amount(f, has->size.value, has->size.param),
				     launch_amount(f, want->size, want->size_param));
	return launch_expect(f, fact, has->rw ? "rw" : "ro", may_write(f, want->at) ? "rw" : "ro") &&
	       launch_expect(f, fact, has->source, spelled(f, want->source));
}

static bool expect_places(struct launch_facts *f)
{
	const struct ir_around *around = &f->what->ir->around;
	for (unsigned i = 0; i < around->n_places; i++)
		if (!expect_place(f, &around->places[i]))
			return false;
	return f->has->mounts.n + f->has->scratches.n == around->n_places ||
	       launch_differ(f, "the number of places", arena_printf(f->a, "%u", f->has->mounts.n + f->has->scratches.n),
		      arena_printf(f->a, "%u", around->n_places));
}

/* Is it said by a line that throws writes to this place away? */
static bool discarded(struct launch_facts *f, const struct launch_place *line)
{
	const struct ir *ir = f->what->ir;
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		if (!(r->flags & RULE_DISCARD) || strcmp(r->object, line->at) != 0)
			continue;
		for (unsigned op = 0; op < OP_COUNT; op++)
			if ((r->ops & OP_BIT(op)) && fact_where(f->what, line->where, r->origin[op]))
				return true;
	}
	return false;
}

static bool expect_discards(struct launch_facts *f)
{
	const struct ir *ir = f->what->ir;
	for (unsigned i = 0; i < f->has->discards.n; i++) {
		const struct launch_place *line = &f->has->discards.v[i];
		if (!discarded(f, line) || !line_at(&f->has->discards, line->at))
			return launch_differ(f, "a line `discard`", line->at, NULL);
		if (!launch_expect(f, arena_printf(f->a, "discard %s", line->at), launch_amount(f, line->size.value, line->size.param),
				   launch_amount(f, ir->around.discard_size, ir->around.discard_param)))
			return false;
	}
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		if ((r->flags & RULE_DISCARD) && (r->targets & TARGET_BIT(TARGET_LINUX)) &&
		    !line_at(&f->has->discards, r->object))
			return launch_differ(f, "a line `discard`", NULL, r->object);
	}
	return true;
}

/* ---- needs ---- */

/* What the policy says of a place, and what the plan does; sorted by the place. */
struct need {
	const char *path;
	const struct ir_rule *want; /* that it is made, else that it has to be there */
	const struct launch_need *has;
};

static int cmp_need(const void *a, const void *b)
{
	const struct need *x = a, *y = b;
	int c = strcmp(x->path, y->path);
	if (c || !x->want || !y->want)
		return c ? c : !x->want - !y->want;
	return (x->want > y->want) - (x->want < y->want);
}

static bool says_need(const struct ir_rule *r)
{
	return r->kind == RULE_PATH && !r->deny && (r->targets & TARGET_BIT(TARGET_MACOS)) && !(r->flags & RULE_IF_EXISTS);
}

/* Both lists in one, by place. */
static struct need *all_needs(const struct launch_facts *f, unsigned *n)
{
	const struct ir *ir = f->what->ir;
	struct need *v = ARENA_ARRAY(f->a, ir->n_rules + f->has->n_needs + 1u, struct need);
	*n = 0;
	for (unsigned i = 0; i < ir->n_rules; i++)
		if (says_need(&ir->rules[i]))
			v[(*n)++] = (struct need){ir->rules[i].object, &ir->rules[i], NULL};
	for (unsigned i = 0; i < f->has->n_needs; i++)
		v[(*n)++] = (struct need){f->has->needs[i].path, NULL, &f->has->needs[i]};
	if (*n)
		qsort(v, *n, sizeof(*v), cmp_need);
	return v;
}

/* The line of one place, against the first rule that makes it, else the first that needs it. */
static bool expect_need(struct launch_facts *f, const struct need *v, unsigned n)
{
	const struct launch_need *has = v[n - 1].has;
	const struct ir_rule *want = v->want;
	if (!has)
		return launch_differ(f, "a line `need`", NULL, v->path);
	if (!want || (n > 1 && v[n - 2].has))
		return launch_differ(f, "a line `need`", v->path, NULL);
	for (unsigned i = n - 1; i-- > 0;)
		if (v[i].want->flags & RULE_MAKE_DIR)
			want = v[i].want;
	if (!launch_expect(f, arena_printf(f->a, "need %s", v->path), has->missing,
			   want->flags & RULE_MAKE_DIR ? "make" : "error"))
		return false;
	for (unsigned op = 0; op < OP_COUNT; op++)
		if ((want->ops & OP_BIT(op)) && fact_where(f->what, has->where, want->origin[op]))
			return true;
	return launch_differ(f, arena_printf(f->a, "the line of need %s", v->path), has->where, "another line");
}

static bool expect_needs(struct launch_facts *f)
{
	unsigned n;
	const struct need *v = all_needs(f, &n);
	for (unsigned i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && strcmp(v[end].path, v[i].path) == 0;)
			end++;
		if (!expect_need(f, &v[i], end - i))
			return false;
	}
	return true;
}

bool launch_facts_around(struct launch_facts *f)
{
	bool linux_file = f->has->target == TARGET_LINUX;
	return expect_choices(f) && expect_directory(f) &&
	       (linux_file ? expect_names(f) && expect_places(f) && expect_discards(f) : expect_needs(f));
}
