/*
 * growth.c - four times the rules cost at most what n log n allows: questions asked, and rules looked at for them, counted and
 * not timed. A loop over all rules for each of them would be 16 times.
 */
#include "core_help.h"

#include "compiler/str.h"
#include "compiler/validate.h"

struct cost {
	unsigned long asked, looked;
};

/* %u: a number of its own. */
static const char *policy_of(struct arena *a, const char *line, unsigned n)
{
	struct buf b = buf_new(a);
	buf_puts(&b, "sbx 1\npolicy t {\n    targets linux\n    entry \"/bin/true\"\n    isolate none\n"
		     "    prefer net.connect.host, net.connect.port, net.listen.port, unix.path on linux because \"x\"\n");
	for (unsigned i = 0; i < n; i++)
		for (const char *c = line; *c; c++)
			*c == '#' ? buf_printf(&b, "%u", i + 1) : buf_putc(&b, *c);
	buf_puts(&b, "}\n");
	return buf_str(&b);
}

static struct cost cost_of(const char *line, unsigned n)
{
	struct arena *a = arena_new();
	struct compile c = core_resolve(policy_of(a, line, n));
	const struct meaning *m = meaning_new(c.arena, c.ir);
	struct guarantees g = guarantees_check(c.arena, c.ir, c.diags);
	struct lower l = core_lower(&c, m, &g);
	struct validator v = {.arena = c.arena, .diags = c.diags, .src = c.src, .meaning = m, .guarantees = &g};
	cr_assert(validator_open(&v, l.artifacts, l.n_artifacts) && validator_run(&v), "%s",
		  core_messages(c.arena, c.diags, DIAG_GCC));
	validator_close(&v);
	struct cost cost = {v.n_asked, meaning_looked(m)};
	arena_free(c.arena);
	arena_free(a);
	return cost;
}

static void grows_with_n_log_n(const char *line)
{
	enum { N = 250, TIMES = 4 };
	struct cost none = cost_of(line, 0), one = cost_of(line, N), four = cost_of(line, N * TIMES);
	double asked = (double)(four.asked - none.asked) / (double)(one.asked - none.asked);
	double looked = (double)(four.looked - none.looked) / (double)(one.looked - none.looked);
	/* 4 * log(1000) / log(250) is 5.0 */
	cr_expect(asked < 5.0 && asked > 1.2, "%squestions grow by %.2f", line, asked);
	cr_expect(looked < 5.0, "%slooked-at rules grow by %.2f", line, looked);
}

Test(growth, paths) { grows_with_n_log_n("    allow read \"/srv/place/#\"\n"); }
Test(growth, deep_paths) { grows_with_n_log_n("    allow read \"/srv/#/b/c/d/e/f\"\n"); }
Test(growth, ports) { grows_with_n_log_n("    allow connect tcp \"*:#\"\n"); }
Test(growth, sockets) { grows_with_n_log_n("    allow connect unix \"/run/s/#\"\n"); }
