/*
 * abis.c - one filter for the three ABIs of x86_64: rules by number, `part AUDIT_ARCH` before those
 * of each. Counts instructions and checks every number against the rules.
 *
 * usage: abis RULES
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backends/seccomp/kernel.h"
#include "policy.h"

enum { MAX_PARTS = 2, X32 = 0x40000000, NUMBERS = 600 };

struct rule {
	uint32_t nr;
	struct sys_action action;
	const struct sys_cond *cond; /* or NULL */
};

struct part {
	uint32_t audit_arch;
	struct rule *v; /* by number, denies first */
	unsigned n;
};

struct abis {
	struct arena *arena;
	struct sys_action other;
	struct part parts[MAX_PARTS];
	unsigned n;
};

static int cmp_rule(const void *x, const void *y)
{
	const struct rule *a = x, *b = y;
	if (a->nr != b->nr)
		return a->nr < b->nr ? -1 : 1;
	return (int)a->action.act - (int)b->action.act;
}

static bool read_rules(struct abis *s, const char *path)
{
	FILE *f = fopen(path, "r");
	char text[1024];
	while (f && fgets(text, sizeof(text), f)) {
		struct rule r = {0};
		struct part *p = s->n ? &s->parts[s->n - 1] : NULL;
		if (!strncmp(text, "part ", 5) && s->n < MAX_PARTS) {
			s->parts[s->n++].audit_arch = (uint32_t)strtoul(text + 5, NULL, 0);
		} else if (!strncmp(text, "default ", 8)) {
			bench_rule(s->arena, text + 8, &s->other, NULL, NULL);
		} else if (!p || !bench_rule(s->arena, text, &r.action, &r.nr, &r.cond)) {
			return false;
		} else {
			ARENA_GROW(s->arena, p->v, p->n);
			p->v[p->n++] = r;
		}
	}
	if (f)
		fclose(f);
	for (unsigned i = 0; i < s->n; i++)
		qsort(s->parts[i].v, s->parts[i].n, sizeof(struct rule), cmp_rule);
	return f && s->n;
}

/* The verdict of the rules of one number. */
static const struct verdict *verdict_of(const struct abis *s, const struct rule *v, unsigned n)
{
	struct verdict *out = ARENA_NEW(s->arena, struct verdict);
	struct verdict_arm *arms = NULL;
	out->otherwise = s->other;
	for (unsigned i = 0; i < n; i++) {
		if (!v[i].cond) {
			out->otherwise = v[i].action;
			break;
		}
		ARENA_GROW(s->arena, arms, out->n_arms);
		arms[out->n_arms++] = (struct verdict_arm){v[i].cond, v[i].action};
	}
	out->arms = arms;
	return out;
}

static void add_range(struct abis *s, struct verdict_ranges *r, uint32_t lo, uint32_t hi,
		      const struct verdict *verdict)
{
	struct verdict_range *v = (struct verdict_range *)(uintptr_t)r->v;
	ARENA_GROW(s->arena, v, r->n);
	v[r->n++] = (struct verdict_range){lo, hi, verdict};
	r->v = v;
}

static struct verdict_ranges part_ranges(struct abis *s, const struct part *p)
{
	struct verdict_ranges r = {0};
	const struct verdict *other = verdict_of(s, NULL, 0);
	uint32_t at = 0;
	for (unsigned i = 0, n; i < p->n; i += n) {
		for (n = 1; i + n < p->n && p->v[i + n].nr == p->v[i].nr; n++)
			;
		if (p->v[i].nr > at)
			add_range(s, &r, at, p->v[i].nr - 1, other);
		add_range(s, &r, p->v[i].nr, p->v[i].nr, verdict_of(s, p->v + i, n));
		at = p->v[i].nr + 1;
	}
	add_range(s, &r, at, UINT32_MAX, other);
	return r;
}

/* Numbers of the headers all count alike. */
static struct weights part_weights(struct abis *s, const struct part *p)
{
	uint64_t *v = ARENA_ARRAY(s->arena, NUMBERS, uint64_t);
	struct weights w = {.v = v, .n = NUMBERS};
	for (unsigned i = 0; i < p->n; i++)
		if (p->v[i].nr < NUMBERS)
			v[p->v[i].nr] = 64;
	for (unsigned i = 0; i < NUMBERS; i++)
		w.total += v[i];
	return w;
}

static bool test_holds(const struct sys_test *t, uint64_t arg)
{
	uint64_t v = (t->width == 32 ? (uint32_t)arg : arg) & t->mask;
	return t->cmp == SYS_EQ ? v == t->value : t->cmp == SYS_LT ? v < t->value : v > t->value;
}

static struct sys_action rules_decide(const struct abis *s, const struct part *p, uint32_t nr,
				      uint64_t arg)
{
	for (unsigned i = 0; i < p->n; i++) {
		if (p->v[i].nr != nr)
			continue;
		if (!p->v[i].cond || test_holds(&p->v[i].cond->any[0].tests[0], arg))
			return p->v[i].action;
	}
	return s->other;
}

/* Every number that is one, with and without the bit of x32; all arguments alike. */
static unsigned check(const struct abis *s, const struct code *c)
{
	static const uint64_t args[] = {
	    0,       1,       8,          37,         38,         39,           40,        41,
	    0x20000, 0x20008, 0xffffffff, 0x10000000, 0x7e020000, 0x1000000026, UINT64_MAX};
	struct bpf_prog p;
	unsigned wrong = bpf_open(s->arena, c->v, c->n * sizeof(*c->v), &p) != NULL;
	for (unsigned i = 0; !wrong && i < s->n; i++)
		for (uint32_t nr = 0; nr < 2 * NUMBERS; nr++)
			for (size_t x = 0; x < sizeof(args) / sizeof(args[0]); x++) {
				uint8_t data[BPF_DATA_SIZE];
				uint64_t v[6] = {args[x], args[x], args[x],
						 args[x], args[x], args[x]};
				uint32_t number = nr < NUMBERS ? nr : nr - NUMBERS + X32;
				struct sys_action a =
				    rules_decide(s, &s->parts[i], number, args[x]);
				bpf_call(data, s->parts[i].audit_arch, number, v);
				wrong += bpf_run(&p, data).value != codegen_return(a);
			}
	return wrong;
}

static bool compile(struct abis *s, enum optimize mode, struct code *out)
{
	struct codegen_part parts[MAX_PARTS];
	for (unsigned i = 0; i < s->n; i++)
		parts[i] = (struct codegen_part){.audit_arch = s->parts[i].audit_arch,
						 .ranges = part_ranges(s, &s->parts[i]),
						 .weights = part_weights(s, &s->parts[i])};
	return codegen(s->arena, parts, s->n, (struct sys_action){ACT_KILL_PROCESS, 0}, mode, out);
}

int main(int argc, char **argv)
{
	struct abis s = {.arena = arena_new()};
	static const struct {
		const char *name;
		enum optimize mode;
	} modes[] = {{"sbx size", OPTIMIZE_SIZE}, {"sbx even", OPTIMIZE_EVEN}};
	unsigned wrong = 0;
	if (argc != 2 || !read_rules(&s, argv[1]))
		return 2;
	printf("\n| policy | filter | instructions classic/converted | vectors not as the policy "
	       "|\n|---|---|---|---|\n");
	for (unsigned i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		struct code c;
		if (!compile(&s, modes[i].mode, &c))
			return 1;
		unsigned bad = check(&s, &c);
		printf("| moby, x86_64 + i386 + x32 | %s | %u/%u | %u |\n", modes[i].name, c.n,
		       kernel_converted(&c), bad);
		wrong += bad;
	}
	arena_free(s.arena);
	return wrong != 0;
}
