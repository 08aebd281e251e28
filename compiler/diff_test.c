/*
 * diff_test.c - expectations that are gone, beside the access they guarded; and text that changed without meaning.
 */
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "cond.h"
#include "diff_priv.h"
#include "say.h"
#include "syscalls.h"
#include "template.h"

static const char *about(struct arena *a, const struct ir_test_expect *e)
{
	const char *action = e->with_action ? arena_printf(a, " with %s", action_word(a, e->action)) : "";
	if (e->cond)
		return arena_printf(a, "syscall %s where %s%s", e->object,
				    cond_text(a, syscall_by_name(e->object), (enum arch)__builtin_ctz(e->arches), e->cond), action);
	if (e->port_var)
		return arena_printf(a, "%s \"%s:${%s}\"", say_ops(a, e->ops), e->object, e->port_var);
	if (e->what == RULE_NET && e->port)
		return arena_printf(a, "%s \"%s:%u\"", say_ops(a, e->ops), e->object, e->port);
	if (e->what == RULE_PATH || e->what == RULE_NET)
		return arena_printf(a, "%s %s", say_ops(a, e->ops), say_template(a, e->object));
	if (strcmp(e->object, "*") == 0 && (e->what == RULE_SIGNAL || e->what == RULE_MACOS))
		return say_ops(a, e->ops);
	return arena_printf(a, "%s %s%s", say_ops(a, e->ops), e->object, action);
}

static const char *expect_text(struct arena *a, const struct ir_test_expect *e)
{
	switch (e->kind) {
	case EXPECT_ENFORCED:
	case EXPECT_CAVEAT:
		return arena_printf(a, "expect %s %s on %s", e->kind == EXPECT_CAVEAT ? "caveat" : "enforced", cap_name[e->cap],
				    say_targets(a, e->targets));
	case EXPECT_ALLOW:
	case EXPECT_DENY:
		break;
	}
	return arena_printf(a, "expect %s %s", e->kind == EXPECT_ALLOW ? "allow" : "deny", about(a, e));
}

/* What is expected under which values. */
static const char *key_of(struct arena *a, const struct ir_test *test, const struct ir_test_expect *e)
{
	struct buf b = buf_new(a);
	buf_puts(&b, expect_text(a, e));
	for (unsigned i = 0; i < test->n_given; i++)
		buf_printf(&b, "\n%s = %s", test->given[i].name, test->given[i].value);
	return buf_str(&b);
}

/* In whatever test: moving one is no change. */
static struct name_map expects_of(struct arena *a, const struct ir *ir)
{
	struct name_map m = {0};
	for (unsigned i = 0; i < ir->n_tests; i++)
		for (unsigned k = 0; k < ir->tests[i].n_expect; k++) {
			const char *key = key_of(a, &ir->tests[i], &ir->tests[i].expect[k]);
			name_map_put(a, &m, key, strlen(key), 0);
		}
	return m;
}

/* ---- what a lost expectation guarded ---- */

static bool guards_path(const struct differ *d, const struct diff_entry *e, const struct ir_test *test, const struct ir_test_expect *x)
{
	enum target t = (enum target)__builtin_ctz(e->targets);
	const char *root = differ_show_path(d, t, e->set.root);
	const char *asked = expand_template(d->a, d->old.ir, x->object, test->given, test->n_given);
	root = expand_template(d->a, d->old.ir, root, test->given, test->n_given);
	return root && asked && root[0] == '/' && path_covers(place_name(d->a, t, root), place_name(d->a, t, asked));
}

static bool guards_call(const struct diff_entry *e, const struct ir_test_expect *x)
{
	const struct syscall_group *g = x->object[0] == '@' ? syscall_group_by_name(x->object + 1) : NULL;
	for (unsigned i = 0; i < e->set.n_examples; i++) {
		const struct syscall_desc *call = syscall_by_nr(e->set.examples[i].arch, e->set.examples[i].nr);
		if (call && strcmp(call->name, x->object) == 0)
			return true;
		for (unsigned k = 0; call && g && k < g->n_members; k++)
			if (strcmp(g->members[k], call->name) == 0)
				return true;
	}
	return false;
}

static bool guards_host(const struct differ *d, const struct diff_entry *e, const struct ir_test *test, const struct ir_test_expect *x)
{
	uint16_t port = ask_port(d->a, d->old.ir, x, test->given, test->n_given);
	if (!host_covers(e->set.root, x->object))
		return false;
	for (unsigned i = 0; i < e->set.n_stops; i++)
		if (host_covers(e->set.stops[i], x->object))
			return false;
	return e->set.port_lo <= port && port <= e->set.port_hi;
}

static bool guards(const struct differ *d, const struct diff_entry *e, const struct ir_test *test, const struct ir_test_expect *x)
{
	if (e->part != DIFF_ACCESS)
		return e->part == DIFF_GUARANTEES && x->kind >= EXPECT_ENFORCED && strcmp(e->what, cap_name[x->cap]) == 0;
	if (x->kind >= EXPECT_ENFORCED || !(e->set.ops & x->ops) || !(e->targets & x->targets))
		return false;
	switch (x->what) {
	case RULE_PATH:
	case RULE_GLOB:
		return guards_path(d, e, test, x);
	case RULE_SYSCALL:
		return guards_call(e, x);
	case RULE_RELAY:
	case RULE_NET:
		if (x->ops & OP_BIT(OP_NET))
			return true;
		if (x->object[0] == '/')
			return e->set.root[0] == '/' && guards_path(d, e, test, x);
		return e->set.root[0] != '/' && guards_host(d, e, test, x);
	case RULE_ENV:
	case RULE_MACOS:
	case RULE_SIGNAL:
		break;
	}
	return strcmp(e->set.root, x->object) == 0 ||
	       (strchr(e->set.root, '*') && strncmp(e->set.root, x->object, strlen(e->set.root) - 1) == 0);
}

static void add_test(struct differ *d, const struct side *s, const struct ir_test *test, const struct ir_test_expect *x)
{
	struct diff_test one = {.gone = s->is_old,
				.text = expect_text(d->a, x),
				.title = test->title,
				.where = side_where(d->a, s, x->loc)};
	for (unsigned i = 0; i < d->n && s->is_old; i++)
		if (guards(d, &d->v[i], test, x)) {
			one.guards = true;
			if (!d->v[i].guard)
				d->v[i].guard = one.text;
		}
	ARENA_GROW(d->a, d->tests, d->n_tests);
	d->tests[d->n_tests++] = one;
}

void diff_tests(struct differ *d)
{
	for (int old = 1; old >= 0; old--) {
		const struct side *s = differ_side(d, old);
		const struct name_map there = expects_of(d->a, differ_side(d, !old)->ir);
		for (unsigned i = 0; i < s->ir->n_tests; i++)
			for (unsigned k = 0; k < s->ir->tests[i].n_expect; k++) {
				const char *key = key_of(d->a, &s->ir->tests[i], &s->ir->tests[i].expect[k]);
				if (name_map_get(&there, key, strlen(key)) < 0)
					add_test(d, s, &s->ir->tests[i], &s->ir->tests[i].expect[k]);
			}
	}
}

/* ---- text ---- */

struct texts {
	const char **v;
	unsigned n;
};

/* The lines of the main file, without what stands around them; no empty ones. */
static struct texts lines_of(struct arena *a, const struct side *s)
{
	struct texts t = {0};
	const struct src_file *f = src_nth(s->k->src, 0);
	for (const char *at = f->text, *end; *at; at = *end ? end + 1 : end) {
		const char *beg = at + strspn(at, " \t");
		end = beg + strcspn(beg, "\n");
		if (end == beg)
			continue;
		ARENA_GROW(a, t.v, t.n);
		t.v[t.n++] = arena_strndup(a, beg, (size_t)(end - beg));
	}
	return t;
}

static unsigned moved(const struct texts *x, const struct texts *y)
{
	unsigned n = 0;
	for (unsigned i = 0; i < x->n || i < y->n; i++)
		n += i >= x->n || i >= y->n || strcmp(x->v[i], y->v[i]) != 0;
	return n;
}

/* What is left between the first and the last line that differ; 0 when the text is the same. */
unsigned diff_lines(struct differ *d)
{
	struct texts old = lines_of(d->a, &d->old), now = lines_of(d->a, &d->now);
	while (old.n && now.n && strcmp(old.v[old.n - 1], now.v[now.n - 1]) == 0) {
		old.n--;
		now.n--;
	}
	return moved(&old, &now);
}
