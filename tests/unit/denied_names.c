/*
 * denied_names.c - names that denied patterns fit, against a look at each rule; and patterns that may meet, against all short names.
 */
#include <string.h>

#include "compiler/denied_names.h"
#include "compiler/glob.h"
#include "compiler/place.h"
#include "compiler/str.h"
#include "core_help.h"

static uint64_t state = 3;

static unsigned rnd(unsigned n)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(state >> 33) % n;
}

#define ONE_OF(list) list[rnd(sizeof(list) / sizeof(list[0]))]

static const char *const folders[] = {"/", "/srv", "/srv/a", "/srv/ab", "${CWD}"};
static const char *const asked[] = {"/", "/srv", "/srv/a", "/srv/a/b", "/srv/ab", "/other", "/${CWD}/x"};
static const char *const globs[] = {"*.k", "a*", "a*k", "*b*", "ab", "*.k*"};
static const char *const names[] = {"a", "ab", "a.k", "x.k", "x.kb", "b", "ak", "xbx", ".k", "z"};

static bool slowly(const struct compile *c, const char *folder, const char *name, enum op op)
{
	for (unsigned i = 0; i < c->ir->n_rules; i++) {
		const struct ir_rule *r = &c->ir->rules[i];
		if (r->kind == RULE_GLOB && r->deny && (r->ops & OP_BIT(op)) &&
		    path_covers(expand_template(c->arena, c->ir, r->object, NULL, 0), folder) && glob_fits(r->glob, name, strlen(name)))
			return true;
	}
	return false;
}

Test(denied_names, fit_as_a_look_at_each_says)
{
	unsigned fit = 0, free_names = 0;
	for (unsigned trial = 0; trial < 1000; trial++) {
		struct arena *a = arena_new();
		struct buf b = buf_new(a);
		buf_puts(&b, "sbx 1\npolicy t {\n    targets linux\n    entry \"/bin/true\"\n    allow read \"/srv\"\n");
		for (unsigned n = rnd(6); n; n--)
			buf_printf(&b, "    %s %s matching \"%s\" under \"%s\"\n", rnd(4) ? "deny" : "allow", rnd(3) ? "read" : "exec",
				   ONE_OF(globs), ONE_OF(folders));
		buf_puts(&b, "}\n");
		struct compile c = core_resolve(buf_str(&b));
		const struct denied_names *x = denied_names_new(c.arena, c.ir, TARGET_LINUX, NULL, 0);
		for (unsigned i = 0; i < 30; i++) {
			const char *folder = ONE_OF(asked), *name = ONE_OF(names), *glob = ONE_OF(globs);
			const enum op op = rnd(2) ? OP_READ : OP_EXEC;
			bool want = slowly(&c, folder, name, op);
			cr_assert_eq(denied_names_fit(x, folder, name, op), want, "%s in %s\n%s", name, folder, buf_str(&b));
			if (denied_names_fit_all(x, folder, glob, op))
				for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++)
					cr_assert(!glob_fits(glob, names[k], strlen(names[k])) || slowly(&c, folder, names[k], op));
			else
				cr_assert_not(slowly(&c, folder, glob_filled(a, glob, "\1"), op));
			fit += want;
			free_names += !want;
		}
		arena_free(c.arena);
		arena_free(a);
	}
	cr_expect(fit > 1000 && free_names > 1000, "%u fit, %u do not", fit, free_names);
}

/* All names of up to five letters of two. */
static bool meet_slowly(const char *x, const char *y)
{
	for (unsigned len = 1; len <= 5; len++)
		for (unsigned bits = 0; bits < 1u << len; bits++) {
			char name[6] = {0};
			for (unsigned i = 0; i < len; i++)
				name[i] = bits >> i & 1 ? 'b' : 'a';
			if (glob_fits(x, name, len) && glob_fits(y, name, len))
				return true;
		}
	return false;
}

Test(denied_names, what_may_not_meet_does_not)
{
	unsigned apart = 0;
	for (unsigned trial = 0; trial < 20000; trial++) {
		char g[2][4] = {{0}, {0}};
		for (unsigned k = 0; k < 2; k++)
			for (unsigned i = 0, n = 1 + rnd(3); i < n; i++)
				g[k][i] = "ab*"[rnd(3)];
		bool may = globs_may_meet(g[0], g[1]);
		cr_assert(may || !meet_slowly(g[0], g[1]), "%s and %s", g[0], g[1]);
		apart += !may;
	}
	cr_expect(apart > 2000, "%u", apart);
}
