/*
 * normalize.c - the normal form compiles, means the same, and is its own normal form.
 */
#include "core_help.h"
#include "random_policy.h"

#include "compiler/cond.h"
#include "compiler/normalize.h"

static struct compile_options options(const char *text)
{
	return (struct compile_options){.path = "t.sbx", .text = text};
}

static const char *printed(struct arena *a, const struct ir *ir)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	ir_print(ir, NULL, out);
	fclose(out);
	const char *copy = arena_strndup(a, text, n);
	free(text);
	return copy;
}

/* The tests of a policy, which ir_print() only counts. */
static bool same_tests(const struct ir *x, const struct ir *y)
{
	bool same = x->n_tests == y->n_tests;
	for (unsigned i = 0; same && i < x->n_tests; i++) {
		const struct ir_test *s = &x->tests[i], *t = &y->tests[i];
		same = strcmp(s->title, t->title) == 0 && s->n_given == t->n_given && s->n_expect == t->n_expect;
		for (unsigned k = 0; same && k < s->n_given; k++)
			same = strcmp(s->given[k].name, t->given[k].name) == 0 && strcmp(s->given[k].value, t->given[k].value) == 0;
		for (unsigned k = 0; same && k < s->n_expect; k++) {
			const struct ir_test_expect *e = &s->expect[k], *f = &t->expect[k];
			same = e->kind == f->kind && e->what == f->what && e->ops == f->ops && e->port == f->port &&
			       e->cap == f->cap && e->targets == f->targets && e->arches == f->arches &&
			       cond_cmp(e->cond, f->cond) == 0 &&
			       strcmp(e->object ? e->object : "", f->object ? f->object : "") == 0;
		}
	}
	return same;
}

static void add_tests(struct gen *g)
{
	g->text.len -= 2; /* the closing brace */
	for (unsigned n = roll(g, 3); n; n--) {
		buf_printf(&g->text, "    test \"t%u \\\"q\\\"\" {\n        given d = \"%s\"\n", n, PICK(g, "/d", "/a b", "/\\\\x"));
		if (roll(g, 2))
			buf_puts(&g->text, "        given p = 443\n        given HOME = \"/home/ann\"\n        given UID = 7\n");
		for (unsigned k = roll(g, 4); k; k--)
			buf_printf(&g->text, "        expect %s %s\n", PICK(g, "allow", "deny"),
				   PICK(g, "read write \"${d}/x\"", "list \"${HOME}\"", "connect tcp \"1.2.3.4:${p}\"",
					"connect tcp \"1.2.3.4:443\"", "connect unix \"@x\"", "env LANG, \"low\"", "net",
					"syscall ptrace, @mount", "syscall socket where domain in (AF_INET, AF_UNIX)",
					"syscall openat where flags has O_DIRECTORY", "mach \"com.x\"", "exec \"/bin/sh\", \"/x\""));
		buf_printf(&g->text, "        expect %s net.disable, res.pids on %s\n    }\n", PICK(g, "enforced", "caveat"),
			   PICK(g, "linux", "macos"));
	}
	buf_puts(&g->text, "}\n");
}

/* 0: the policy is refused; 1: its normal form is right. */
static unsigned check(struct arena *a, const char *text, unsigned i)
{
	struct compile_options opt = options(text), opt2;
	struct compile k, again;
	const char *normal, *twice;
	if (compile_read(&k, &opt) != COMPILE_OK) {
		arena_free(k.arena);
		return 0;
	}
	cr_assert_eq(normalize(&k, false, &normal), COMPILE_OK, "policy %u: %s\n%s", i, normal, text);
	opt2 = options(normal);
	cr_assert_eq(compile_read(&again, &opt2), COMPILE_OK, "policy %u:\n%s\nas:\n%s", i, text, normal);
	cr_assert_str_eq(printed(a, again.ir), printed(a, k.ir), "policy %u", i);
	cr_assert(same_tests(again.ir, k.ir), "policy %u: other tests:\n%s\nas:\n%s", i, text, normal);
	cr_assert(normalize(&again, false, &twice) == COMPILE_OK && strcmp(twice, normal) == 0, "policy %u has another normal form:\n%s\nthen:\n%s", i, normal, twice);
	arena_free(again.arena);
	arena_free(k.arena);
	return 1;
}

Test(normalize, random_policies, .timeout = 900)
{
	const char *longer = getenv("SBX_LONG");
	unsigned n = longer ? (unsigned)strtoul(longer, NULL, 10) : 1500, right = 0;
	for (unsigned i = 0; i < n; i++) {
		struct arena *a = arena_new();
		struct gen g = {.state = 0x17f + i};
		random_policy(&g, a);
		add_tests(&g);
		right += check(a, buf_str(&g.text), i);
		arena_free(a);
	}
	cr_expect(right * 4 > n, "only %u of %u policies resolve", right, n);
	printf("%u of %u policies normalized, the others refused\n", right, n);
}

Test(normalize, what_no_string_spells_is_refused)
{
	struct compile_set set = {"x", "a\nb"};
	struct compile_options opt = options("sbx 1\nparam x: string = \"\"\npolicy t {\n    targets linux\n"
					     "    entry \"/bin/true\"\n    isolate none\n    allow read \"/${x}\"\n}\n");
	struct compile k;
	const char *failure;
	opt.sets = &set;
	opt.n_sets = 1;
	cr_assert_eq(compile_read(&k, &opt), COMPILE_OK);
	cr_expect_eq(normalize(&k, false, &failure), COMPILE_REFUSED);
	cr_expect_str_eq(failure, "no string of the language spells \"/a\\x0ab\": it holds a control byte");
	arena_free(k.arena);
}
