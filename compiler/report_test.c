/*
 * report_test.c - the sixth part of the report: the tests with the lines that decided, and the lines that no test asks.
 */
#include <string.h>

#include "ask.h"
#include "cond.h"
#include "report_priv.h"
#include "say.h"
#include "syscalls.h"

struct asked {
	struct report *r;
	struct asker *asker;
	const struct origin **by; /* that decided something */
	unsigned n;
};

static void note(struct asked *x, const struct origin *o)
{
	for (unsigned i = 0; i < x->n; i++)
		if (x->by[i] == o)
			return;
	ARENA_GROW(x->r->a, x->by, x->n);
	x->by[x->n++] = o;
}

static const char *expect_text(struct arena *a, const struct src *src, const struct ir_test_expect *e)
{
	const char *text = src_text(src, a, e->loc);
	size_t n = strcspn(text, "#\n");
	while (n && (text[n - 1] == ' ' || text[n - 1] == '\t'))
		n--;
	return arena_strndup(a, text, n);
}

static void put_decision(struct asked *x, const struct decision *d, struct buf *seen)
{
	const char *where = d->by ? src_where(x->r->k->src, x->r->a, d->by->loc)
			    : d->hole ? src_where(x->r->k->src, x->r->a, d->hole->loc) : d->reason ? d->reason : "no line allows it";
	if (d->by)
		note(x, d->by);
	const char *word = arena_printf(x->r->a, "\n%s\n", where);
	if (strstr(buf_str(seen), word))
		return;
	if (seen->len)
		html_text(x->r->h, ", ");
	buf_puts(seen, word);
	if (d->by || d->hole)
		report_place(x->r, d->by ? d->by->loc : d->hole->loc);
	else
		html_text(x->r->h, where);
}

static void put_deciders(struct asked *x, const struct ir_test *test, const struct ir_test_expect *e)
{
	struct buf seen = buf_new(x->r->a);
	for (unsigned t = 0; t < TARGET_COUNT; t++) {
		if (!(e->targets & x->r->ir->targets & TARGET_BIT(t)))
			continue;
		struct outcomes o = ask(x->asker, e, test->given, test->n_given, (enum target)t);
		for (unsigned i = 0; i < o.n; i++)
			put_decision(x, &o.v[i].decision, &seen);
	}
}

static void put_expect(struct asked *x, const struct ir_test *test, const struct ir_test_expect *e)
{
	bool access = e->kind == EXPECT_ALLOW || e->kind == EXPECT_DENY;
	html_open(x->r->h, "tr");
	report_code_cell(x->r, "Expected", expect_text(x->r->a, x->r->k->src, e));
	report_cell(x->r, "About");
	if (access && e->object)
		html_leaf(x->r->h, "code", e->object);
	html_close(x->r->h);
	report_cell(x->r, "Decided by");
	if (access) {
		html_open(x->r->h, "span");
		put_deciders(x, test, e);
		html_close(x->r->h);
	}
	html_close(x->r->h);
	html_close(x->r->h);
}

static void put_test(struct asked *x, const struct ir_test *test, bool fold)
{
	static const char *const heads[] = {"Expected", "About", "Decided by", NULL};
	if (fold)
		report_fold(x->r, arena_printf(x->r->a, "%s: %s", test->title, report_count(x->r->a, test->n_expect, "expectation", "expectations")));
	else
		html_leaf(x->r->h, "h3", test->title);
	if (test->n_given) {
		html_open(x->r->h, "p class=\"soft\"");
		html_text(x->r->h, "given ");
		for (unsigned i = 0; i < test->n_given; i++) {
			html_text(x->r->h, i ? ", " : "");
			html_leaf(x->r->h, "code", arena_printf(x->r->a, "%s = %s", test->given[i].name, test->given[i].value));
		}
		html_close(x->r->h);
	}
	report_table(x->r, NULL, heads);
	for (unsigned i = 0; i < test->n_expect; i++)
		put_expect(x, test, &test->expect[i]);
	report_table_end(x->r);
	if (fold)
		html_close(x->r->h);
}

static bool decided(const struct asked *x, const struct ir_rule *rule)
{
	for (unsigned i = 0; i < x->n; i++)
		for (unsigned op = 0; op < OP_COUNT; op++)
			if ((rule->ops & OP_BIT(op)) && rule->origin[op] == x->by[i])
				return true;
	return false;
}

struct line {
	const char *text;
	struct loc loc;
};

/* Lines of the policy itself; those of a library have tests of their own. */
static unsigned find_uncovered(struct asked *x, struct line **v)
{
	const char *before = "";
	unsigned n = 0;
	for (unsigned i = 0; i < x->r->ir->n_rules; i++) {
		const struct ir_rule *rule = &x->r->ir->rules[i];
		const struct origin *o = rule->origin[__builtin_ctz(rule->ops)];
		if (o->profile || decided(x, rule))
			continue;
		const char *text = say_rule(x->r->a, rule, rule->ops);
		const char *line = arena_printf(x->r->a, "%s %s", src_where(x->r->k->src, x->r->a, o->loc), text);
		if (strcmp(line, before) == 0)
			continue;
		before = line;
		ARENA_GROW(x->r->a, *v, n);
		(*v)[n++] = (struct line){text, o->loc};
	}
	return n;
}

static void put_uncovered(struct asked *x)
{
	struct line *v = NULL;
	unsigned n = find_uncovered(x, &v);
	html_leaf(x->r->h, "h3", "Lines that no expectation asks about");
	if (!n)
		html_leaf(x->r->h, "p", "None: each line of the policy decided at least one.");
	if (n > REPORT_MANY)
		report_fold(x->r, arena_printf(x->r->a, "%u lines", n));
	if (n)
		html_open(x->r->h, "ul class=\"plain\"");
	for (unsigned i = 0; i < n; i++) {
		html_open(x->r->h, "li");
		html_leaf(x->r->h, "code", v[i].text);
		html_text(x->r->h, " ");
		report_place(x->r, v[i].loc);
		html_close(x->r->h);
	}
	if (n)
		html_close(x->r->h);
	if (n > REPORT_MANY)
		html_close(x->r->h);
}

void report_tests(struct report *r)
{
	struct asked x = {.r = r, .asker = asker_new(r->a, r->k->meaning)};
	report_section(r, "tests", "Tests");
	if (r->ir->n_tests)
		html_leaf(r->h, "p", arena_printf(r->a, "%s, on the meaning and on the artifacts.",
						  report_count(r->a, r->k->n_expect, "expectation passed", "expectations passed")));
	else
		html_leaf(r->h, "p", "The policy has no tests.");
	for (unsigned i = 0; i < r->ir->n_tests; i++)
		put_test(&x, &r->ir->tests[i], r->k->n_expect > REPORT_MANY);
	put_uncovered(&x);
	html_close(r->h);
}
