/*
 * policy.c - reads rules `ACTION CALL [argN/WIDTH OP VALUE[/MASK]]...`, one a line; makes the calls
 * that their conditions are measured with.
 */
#include "policy.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/syscalls.h"

enum { MAX_WORDS = 64 };

static void give_up(const char *path, unsigned line, const char *why)
{
	fprintf(stderr, "%s:%u: %s\n", path, line, why);
	exit(2);
}

static bool read_action(char **w, unsigned n, unsigned *at, struct sys_action *out)
{
	static const struct {
		const char *word;
		enum sys_act act;
	} acts[] = {
	    {"allow", ACT_ALLOW}, {"kill", ACT_KILL_PROCESS}, {"trap", ACT_TRAP}, {"log", ACT_LOG}};
	if (*at + 1 < n && !strcmp(w[*at], "errno")) {
		*out = (struct sys_action){ACT_ERRNO, (uint16_t)strtoul(w[*at + 1], NULL, 10)};
		*at += 2;
		return true;
	}
	for (size_t i = 0; *at < n && i < sizeof(acts) / sizeof(acts[0]); i++)
		if (!strcmp(w[*at], acts[i].word)) {
			*out = (struct sys_action){acts[i].act, 0};
			++*at;
			return true;
		}
	return false;
}

static bool read_test(char **w, struct sys_test *t)
{
	static const char *const ops[] = {[SYS_EQ] = "==", [SYS_NE] = "!=", [SYS_LT] = "<",
					  [SYS_LE] = "<=", [SYS_GT] = ">",  [SYS_GE] = ">="};
	unsigned arg, width;
	char *end;
	if (sscanf(w[0], "arg%u/%u", &arg, &width) != 2 || arg > 5 || (width != 32 && width != 64))
		return false;
	*t = (struct sys_test){.arg = (uint8_t)arg, .width = (uint8_t)width};
	t->mask = width == 32 ? UINT32_MAX : UINT64_MAX;
	unsigned op = 0;
	while (op < sizeof(ops) / sizeof(ops[0]) && strcmp(w[1], ops[op]))
		op++;
	t->cmp = (enum sys_cmp)op;
	t->value = strtoull(w[2], &end, 0);
	if (*end == '/')
		t->mask = strtoull(end + 1, &end, 0);
	return op < sizeof(ops) / sizeof(ops[0]) && !*end;
}

static unsigned split(char *line, char **w)
{
	unsigned n = 0;
	char *save;
	for (char *s = strtok_r(line, " \n", &save); s && n < MAX_WORDS;
	     s = strtok_r(NULL, " \n", &save))
		w[n++] = s;
	return n;
}

static const struct sys_cond *read_cond(struct arena *a, char **w, unsigned n, bool *good)
{
	struct sys_cond *c = ARENA_NEW(a, struct sys_cond);
	struct sys_conj *conj = ARENA_NEW(a, struct sys_conj);
	struct sys_test *t = ARENA_ARRAY(a, n / 3, struct sys_test);
	*good = n % 3 == 0;
	for (unsigned i = 0; *good && i < n; i += 3)
		*good = read_test(w + i, &t[i / 3]);
	*conj = (struct sys_conj){t, n / 3};
	*c = (struct sys_cond){conj, 1};
	return c;
}

static void read_line(struct arena *a, struct bench_policy *b, char *text, const char *path,
		      unsigned line)
{
	char *w[MAX_WORDS];
	unsigned n = split(text, w), at = 0;
	struct sys_action action;
	bool good = true;
	if (!n || *w[0] == '#')
		return;
	bool is_default = !strcmp(w[0], "default");
	at += is_default;
	if (!read_action(w, n, &at, &action) || (is_default ? at != n : at == n))
		give_up(path, line, "not a rule");
	if (is_default) {
		b->p.known = b->p.unknown = action;
		return;
	}
	const struct syscall_desc *call = syscall_by_name(w[at++]);
	struct sys_rule r = {
	    .call = call, .arches = ARCHES_ALL, .deny = action.act != ACT_ALLOW, .action = action};
	if (at < n)
		r.cond = read_cond(a, w + at, n - at, &good);
	if (!good)
		give_up(path, line, "not a condition");
	b->n_unknown += !call;
	if (!call)
		return;
	struct sys_rule *v = (struct sys_rule *)(uintptr_t)b->p.rules;
	ARENA_GROW(a, v, b->p.n_rules);
	v[b->p.n_rules++] = r;
	b->p.rules = v;
}

/* Calls are rows of one table sorted by name; denies first, strictest first. */
static int cmp_rule(const void *x, const void *y)
{
	const struct sys_rule *a = x, *b = y;
	if (a->call != b->call)
		return a->call < b->call ? -1 : 1;
	if (a->deny != b->deny)
		return a->deny ? -1 : 1;
	return (int)a->action.act - (int)b->action.act;
}

struct bench_policy *bench_policy_read(struct arena *a, const char *name, const char *path)
{
	FILE *f = fopen(path, "r");
	char text[4096];
	if (!f)
		return NULL;
	struct bench_policy *b = ARENA_NEW(a, struct bench_policy);
	*b = (struct bench_policy){.name = name, .p = {.exec_fd = -1, .arches = ARCHES_USUAL}};
	for (unsigned line = 1; fgets(text, sizeof(text), f); line++)
		read_line(a, b, text, path, line);
	fclose(f);
	qsort((void *)(uintptr_t)b->p.rules, b->p.n_rules, sizeof(b->p.rules[0]), cmp_rule);
	return b;
}

struct verdict_ranges bench_ranges(struct arena *a, const struct bench_policy *b, enum arch arch)
{
	struct verdict_ranges r = verdict_ranges(a, &b->p, arch);
	if (!b->x32_open)
		return r;
	struct verdict_range *v = ARENA_ARRAY(a, r.n, struct verdict_range);
	unsigned n = 0;
	for (; n < r.n && r.v[n].lo < 0x40000000; n++)
		v[n] = r.v[n];
	v[n - 1].hi = UINT32_MAX; /* what comes last below is the default already */
	return (struct verdict_ranges){v, n};
}

bool bench_compile(struct arena *a, const struct bench_policy *b, enum arch arch,
		   struct seccomp_mode mode, struct code *out)
{
	struct codegen_part part = {.audit_arch = seccomp_audit_arch(arch),
				    .ranges = bench_ranges(a, b, arch)};
	part.weights = weights_make(a, &b->p, arch, &part.ranges, mode.optimize, mode.recording);
	struct codegen_options o = {.bad_arch = b->p.bad_arch, .mode = mode.optimize};
	return codegen(a, &part, 1, &o, out);
}

struct sys_action bench_decide(const struct bench_policy *b, enum arch arch, uint32_t nr,
			       const uint64_t args[6])
{
	const struct sys_rule *by;
	if (b->x32_open && nr >= 0x40000000)
		return b->p.unknown;
	return sysmean_decide(&b->p, arch, nr, args, &by);
}

/* ---- calls to measure with ---- */

static uint64_t satisfying(const struct sys_test *t)
{
	switch (t->cmp) {
	case SYS_NE:
		return t->value ? 0 : t->mask & -t->mask;
	case SYS_LT:
		return t->value - 1;
	case SYS_GT:
		return t->value + 1;
	case SYS_EQ:
	case SYS_LE:
	case SYS_GE:
		break;
	}
	return t->value;
}

static uint64_t failing(const struct sys_test *t)
{
	switch (t->cmp) {
	case SYS_EQ:
		return t->value ^ (t->mask & -t->mask);
	case SYS_LE:
		return t->value + 1;
	case SYS_GE:
		return t->value - 1;
	case SYS_NE:
	case SYS_LT:
	case SYS_GT:
		break;
	}
	return t->value;
}

unsigned bench_vectors(struct arena *a, const struct bench_policy *b, enum arch arch, uint32_t nr,
		       struct bench_args **out)
{
	struct bench_args *v = ARENA_NEW(a, struct bench_args);
	unsigned n = 1;
	for (unsigned i = 0; i < b->p.n_rules; i++) {
		const struct sys_rule *r = &b->p.rules[i];
		if (r->call->nr[arch] != (int32_t)nr || !r->cond)
			continue;
		const struct sys_conj *c = &r->cond->any[0];
		for (unsigned bad = 0; bad <= c->n_tests; bad++) {
			ARENA_GROW(a, v, n);
			v[n] = (struct bench_args){{0}};
			for (unsigned j = 0; j < c->n_tests; j++)
				v[n].v[c->tests[j].arg] =
				    j == bad ? failing(&c->tests[j]) : satisfying(&c->tests[j]);
			n++;
		}
	}
	*out = v;
	return n;
}
