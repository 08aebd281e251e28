/*
 * Lowering against the meaning: for derived and for random lists the filter's bytes, read by
 * the model, give what sysmean_decide() gives, whatever the filter is made for; and a filter with
 * one field changed is caught.
 */
#include "seccomp_help.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <linux/seccomp.h>
#include <stdio.h>

enum { NR_CHECKED = 700 };

/* Always the same numbers: xorshift64. */
static uint64_t rnd(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

struct comparison {
	const struct sys_policy *policy;
	const struct seccomp_model *model;
	struct arena *scratch;
	unsigned long asked, wrong;
};

static void compare_one(void *ctx, const struct request *r)
{
	struct comparison *c = ctx;
	const struct sys_rule *by;
	struct sys_action want = sysmean_decide(c->policy, r->arch, r->nr, r->args, &by);
	struct model_verdict got = seccomp_model_decide(c->model, c->scratch, r);
	c->asked++;
	c->wrong += got.action.act != want.act || got.action.data != want.data;
}

static void compare_numbers(struct comparison *c)
{
	static const uint32_t odd[] = {0x3fffffff, 0x40000000, 0x40000001, 0x7fffffff, 0x80000000,
				       0xbfffffff, 0xc0000000, 0xfffffffe, 0xffffffff};
	struct request r = {.target = TARGET_LINUX, .op = OP_SYSCALL};
	for (unsigned arch = 0; arch < ARCH_COUNT; arch++) {
		r.arch = arch;
		for (r.nr = 0; r.nr < NR_CHECKED; r.nr++)
			compare_one(c, &r);
		for (unsigned i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
			r.nr = odd[i];
			compare_one(c, &r);
		}
	}
}

/* All numbers and all witnesses of the artifacts; scratch memory is its own. */
static struct comparison compare(struct help *h, const struct sys_policy *p,
				 const struct artifact *artifacts)
{
	const char *error = NULL;
	struct comparison c = {.policy = p, .scratch = arena_new()};
	c.model = seccomp_model_open(h->arena, artifacts, ARCH_COUNT, &error);
	cr_assert(c.model, "%s", error);
	compare_numbers(&c);
	seccomp_witness(c.model, &h->ir, compare_one, &c);
	arena_free(c.scratch);
	return c;
}

Test(lower, equals_the_meaning_for_every_feature)
{
	for (unsigned op = 0; op <= OP_NET + 1; op++) {
		struct help h;
		help_start(&h);
		h.ir.arches = op % 2 ? ARCHES_ALL : ARCHES_USUAL;
		if (op <= OP_NET)
			help_op(&h, op);
		else
			for (unsigned all = 0; all <= OP_NET; all++)
				help_op(&h, all);
		struct artifact v[ARCH_COUNT];
		const struct sys_policy *p = sysmean_derive(h.arena, &h.ir);
		help_artifacts(&h, p, v);
		struct comparison c = compare(&h, p, v);
		cr_expect_eq(c.wrong, 0, "op %u: %lu of %lu", op, c.wrong, c.asked);
		cr_expect_gt(c.asked, 2 * NR_CHECKED + 500);
		help_end(&h);
	}
}

/* ---- random lists ---- */

static const uint64_t interesting[] = {0,           1,
				       2,           0x80,
				       0xffff,      0x7fffffff,
				       0x80000000,  0xffffffff,
				       0x100000000, 0x100000001,
				       0x1ffffffff, 0x8000000000000000,
				       UINT64_MAX,  UINT64_MAX - 1};

static struct sys_test random_test(uint64_t *s)
{
	struct sys_test t = {.arg = (uint8_t)(rnd(s) % 3), .width = rnd(s) % 2 ? 32 : 64};
	uint64_t all = t.width == 32 ? UINT32_MAX : UINT64_MAX;
	t.cmp = (enum sys_cmp)(rnd(s) % 6);
	t.mask = all;
	t.value = interesting[rnd(s) % (sizeof(interesting) / sizeof(interesting[0]))] & all;
	if ((t.cmp == SYS_EQ || t.cmp == SYS_NE) && rnd(s) % 2) {
		t.mask = rnd(s) & rnd(s) & all;
		if (rnd(s) % 3 == 0)
			t.mask = 1ull << (rnd(s) % t.width);
		/* one in eight outside the mask: such a test never holds */
		t.value = rnd(s) % 8 ? rnd(s) & t.mask : rnd(s) & all;
	}
	return t;
}

static struct sys_cond *random_cond(struct arena *a, uint64_t *s)
{
	struct sys_cond *c = ARENA_NEW(a, struct sys_cond);
	c->n_any = (unsigned)(rnd(s) % 4);
	struct sys_conj *any = ARENA_ARRAY(a, c->n_any, struct sys_conj);
	for (unsigned i = 0; i < c->n_any; i++) {
		any[i].n_tests = (unsigned)(rnd(s) % 4);
		struct sys_test *t = ARENA_ARRAY(a, any[i].n_tests, struct sys_test);
		for (unsigned j = 0; j < any[i].n_tests; j++)
			t[j] = random_test(s);
		any[i].tests = t;
	}
	c->any = any;
	return c;
}

/* One machine with some of its companions: all of them would take minutes. */
static uint32_t random_machine(uint64_t *s)
{
	static const enum arch machines[] = {ARCH_X86_64, ARCH_AARCH64, ARCH_S390X, ARCH_RISCV64};
	enum arch machine = machines[rnd(s) % 4];
	uint32_t arches = help_arches(rnd(s)), own = 0;
	for (unsigned a = 0; a < ARCH_COUNT; a++)
		own |= arch_machine[a] == machine ? ARCH_BIT(a) : 0;
	return arches & own;
}

static struct sys_policy *random_policy(struct arena *a, uint64_t *s)
{
	unsigned n, calls = 1 + (unsigned)(rnd(s) % 6);
	const struct syscall_desc *table = syscall_table(&n);
	struct sys_policy *p = ARENA_NEW(a, struct sys_policy);
	struct sys_rule *v = NULL;
	*p = (struct sys_policy){.known = {ACT_ERRNO, 1},
				 .unknown = {ACT_ERRNO, ENOSYS},
				 .bad_arch = {ACT_KILL_PROCESS, 0},
				 .arches = random_machine(s)};
	unsigned at = (unsigned)(rnd(s) % 20);
	for (unsigned i = 0; i < calls; i++, at += 1 + (unsigned)(rnd(s) % 40)) {
		unsigned rules = 1 + (unsigned)(rnd(s) % 3), denies = (unsigned)(rnd(s) % 2);
		for (unsigned r = 0; r < rules; r++) {
			bool deny = r < denies;
			ARENA_GROW(a, v, p->n_rules);
			v[p->n_rules++] = (struct sys_rule){
			    .call = &table[at % n],
			    .arches = rnd(s) % 8 ? ARCHES_ALL : ARCH_BIT(ARCH_X86_64),
			    .cond = rnd(s) % 5 ? random_cond(a, s) : NULL,
			    .deny = deny,
			    .action =
				deny ? (struct sys_action){ACT_ERRNO, (uint16_t)(2 + rnd(s) % 9)}
				     : (struct sys_action){ACT_ALLOW, 0},
			};
		}
	}
	p->rules = v;
	return p;
}

/* Vectors that do not come from the filter, so that a test it forgot is seen. */
static void compare_random(struct comparison *c, uint64_t *s)
{
	struct request r = {.target = TARGET_LINUX, .op = OP_SYSCALL};
	unsigned n_values = sizeof(interesting) / sizeof(interesting[0]);
	for (unsigned i = 0; i < c->policy->n_rules; i++) {
		const struct sys_rule *rule = &c->policy->rules[i];
		for (unsigned k = 0; k < 12 * ARCH_COUNT; k++) {
			r.arch = (enum arch)(k % ARCH_COUNT);
			if (!(c->policy->arches & ARCH_BIT(r.arch)) && k >= ARCH_COUNT)
				continue;
			if (rule->call->nr[r.arch] == SYSCALL_NONE)
				continue;
			r.nr = (uint32_t)rule->call->nr[r.arch];
			for (unsigned arg = 0; arg < 3; arg++) {
				uint64_t near = rnd(s) % 3 - 1;
				r.args[arg] =
				    rnd(s) % 4 ? interesting[rnd(s) % n_values] + near : rnd(s);
			}
			compare_one(c, &r);
		}
	}
}

/* Random counts: a recording that has nothing to do with the policy. */
static struct recording random_recording(struct arena *a, uint64_t *s)
{
	struct recording r = {0};
	for (unsigned arch = 0; arch < ARCH_COUNT; arch++) {
		unsigned n;
		const struct syscall_number *numbers = syscall_numbers((enum arch)arch, &n);
		r.count[arch] = ARENA_ARRAY(a, RECORDING_SLOTS, uint64_t);
		for (unsigned i = 0; i < 60; i++)
			r.count[arch][recording_slot(numbers[rnd(s) % n].nr)] = rnd(s) % 100000;
	}
	return r;
}

/*
 * One policy, one mode; all random calls, and of some the witnesses too: those of all would take
 * minutes.
 */
static void compare_mode(struct help *h, struct comparison *sum, struct seccomp_mode mode,
			 uint64_t *state, bool witnesses)
{
	const char *error;
	struct artifact v[ARCH_COUNT];
	struct comparison c = {.policy = sum->policy, .scratch = arena_new()};
	h->ir.arches = sum->policy->arches;
	help_artifacts_for(h, sum->policy, mode, v);
	c.model = seccomp_model_open(h->arena, v, ARCH_COUNT, &error);
	cr_assert(c.model);
	compare_random(&c, state);
	if (witnesses)
		seccomp_witness(c.model, &h->ir, compare_one, &c);
	sum->asked += c.asked;
	sum->wrong += c.wrong;
	arena_free(c.scratch);
}

/* SBX_ROUNDS=100000 is the long run. */
Test(lower, equals_the_meaning_for_random_conditions, .timeout = 36000)
{
	uint64_t state = 0x5eed;
	struct comparison sum = {0};
	const char *more = getenv("SBX_ROUNDS");
	unsigned rounds = more ? (unsigned)strtoul(more, NULL, 10) : 1000;
	for (unsigned round = 0; round < rounds; round++) {
		struct help h;
		help_start(&h);
		sum.policy = random_policy(h.arena, &state);
		struct recording recording = random_recording(h.arena, &state);
		const struct seccomp_mode modes[] = {{OPTIMIZE_EVEN, NULL},
						     {OPTIMIZE_SIZE, NULL},
						     {OPTIMIZE_CACHED, NULL},
						     {OPTIMIZE_PROFILE, &recording}};
		for (unsigned m = 0; m < sizeof(modes) / sizeof(modes[0]); m++)
			compare_mode(&h, &sum, modes[m], &state, (round + m) % 80 == 0);
		help_end(&h);
		cr_assert_eq(sum.wrong, 0, "round %u: %lu of %lu", round, sum.wrong, sum.asked);
	}
	printf("random conditions: %lu calls compared\n", sum.asked);
	cr_expect_gt(sum.asked, 150ul * rounds);
}

/* ---- size ---- */

/* Rules on one call until the filter no longer fits; it must say so, and not cut. */
Test(lower, refuses_what_does_not_fit)
{
	struct help h;
	struct code code;
	help_start(&h);
	uint64_t state = 9;
	unsigned n = 6000;
	struct sys_rule *v = ARENA_ARRAY(h.arena, n, struct sys_rule);
	for (unsigned i = 0; i < n; i++) {
		struct sys_test *t = ARENA_NEW(h.arena, struct sys_test);
		struct sys_conj *conj = ARENA_NEW(h.arena, struct sys_conj);
		struct sys_cond *cond = ARENA_NEW(h.arena, struct sys_cond);
		*t = (struct sys_test){0, 32, SYS_EQ, UINT32_MAX, rnd(&state) & UINT32_MAX};
		*conj = (struct sys_conj){t, 1};
		*cond = (struct sys_cond){conj, 1};
		v[i] = (struct sys_rule){.call = syscall_by_name("read"),
					 .arches = ARCHES_ALL,
					 .cond = cond,
					 .action = {ACT_ALLOW, 0}};
	}
	struct sys_policy p = {
	    .rules = v, .n_rules = 3000, .arches = ARCHES_USUAL, .known = {ACT_ERRNO, 1}};
	cr_expect(seccomp_compile(h.arena, &p, ARCH_X86_64, &code));
	cr_expect_gt(code.n, 2000); /* and the far jumps in it are right: */
	struct artifact artifacts[ARCH_COUNT];
	help_artifacts(&h, &p, artifacts);
	struct comparison c = compare(&h, &p, artifacts);
	cr_expect_eq(c.wrong, 0);
	p.n_rules = n;
	cr_expect_not(seccomp_compile(h.arena, &p, ARCH_X86_64, &code));
	help_end(&h);
}

/* Conditions that no diagram can hold are still lowered, test by test, and rightly. */
Test(lower, equals_the_meaning_when_it_gives_up)
{
	struct help h;
	struct code code;
	struct artifact artifacts[ARCH_COUNT];
	uint64_t state = 12;
	unsigned n = 1000;
	help_start(&h);
	struct sys_conj *conj = ARENA_ARRAY(h.arena, n, struct sys_conj);
	struct sys_cond cond = {conj, n};
	for (unsigned i = 0; i < n; i++) {
		struct sys_test *t = ARENA_NEW(h.arena, struct sys_test);
		*t = (struct sys_test){0, 32, SYS_EQ, rnd(&state) & rnd(&state) & UINT32_MAX, 0};
		t->value = t->mask & rnd(&state);
		conj[i] = (struct sys_conj){t, 1};
	}
	struct sys_rule rule = {.call = syscall_by_name("read"),
				.arches = ARCHES_ALL,
				.cond = &cond,
				.action = {ACT_ALLOW, 0}};
	struct sys_policy p = {
	    .rules = &rule, .n_rules = 1, .arches = ARCHES_USUAL, .known = {ACT_ERRNO, 1}};
	cr_assert(seccomp_compile(h.arena, &p, ARCH_X86_64, &code));
	cr_expect_gt(code.n, 3 * n, "a load, a mask and a comparison for each");
	help_artifacts(&h, &p, artifacts);
	struct comparison c = compare(&h, &p, artifacts);
	c.scratch = h.arena;
	for (unsigned round = 0; round < 200; round++)
		compare_random(&c, &state);
	cr_expect_eq(c.wrong, 0, "%lu of %lu", c.wrong, c.asked);
	help_end(&h);
}

/* A filter for n conjunctions of masked tests of `words` words each, all random. */
static unsigned size_of_masks(unsigned n, unsigned words, uint64_t *state)
{
	struct arena *a = arena_new();
	struct code code;
	struct sys_conj *conj = ARENA_ARRAY(a, n, struct sys_conj);
	struct sys_cond cond = {conj, n};
	for (unsigned i = 0; i < n; i++) {
		struct sys_test *t = ARENA_ARRAY(a, words, struct sys_test);
		for (unsigned k = 0; k < words; k++) {
			t[k] = (struct sys_test){(uint8_t)k, 32, SYS_EQ, rnd(state) & rnd(state) & UINT32_MAX, 0};
			t[k].value = t[k].mask & rnd(state);
		}
		conj[i] = (struct sys_conj){t, words};
	}
	struct sys_rule rule = {.call = syscall_by_name("read"), .arches = ARCHES_ALL, .cond = &cond};
	rule.action.act = ACT_ALLOW;
	struct sys_policy p = {.rules = &rule, .n_rules = 1, .arches = ARCHES_USUAL, .known = {ACT_ERRNO, 1}};
	cr_assert(seccomp_compile(a, &p, ARCH_X86_64, &code));
	arena_free(a);
	return code.n;
}

/* Masks that have nothing in common: no search finds anything, so it must end soon, and cost nothing. */
Test(lower, random_masks_end_soon, .timeout = 60)
{
	uint64_t state = 4;
	for (unsigned n = 10; n <= 160; n *= 2)
		for (unsigned words = 1; words <= 3; words++) {
			unsigned size = size_of_masks(n, words, &state), written = 3 * n * words;
			cr_expect_leq(size, written + written / 4 + 12, "%u of %u words: %u", n, words, size);
		}
}

/* The message says which call costs most and where it is. */
Test(lower, says_what_costs_most)
{
	struct help h;
	uint64_t state = 9;
	unsigned n = 6000;
	help_start(&h);
	struct sys_conj *conj = ARENA_ARRAY(h.arena, n, struct sys_conj);
	struct sys_cond few, many;
	for (unsigned i = 0; i < n; i++) {
		struct sys_test *t = ARENA_NEW(h.arena, struct sys_test);
		*t = (struct sys_test){0, 32, SYS_EQ, UINT32_MAX, rnd(&state) & UINT32_MAX};
		conj[i] = (struct sys_conj){t, 1};
	}
	few = (struct sys_cond){conj, 3};
	many = (struct sys_cond){conj, n};
	help_syscall(&h, "umask", false)->cond = &few;
	help_syscall(&h, "getpgid", false)->cond = &many;
	struct src *src = src_new(h.arena);
	struct diags *d = diags_new(h.arena, src);
	struct lower l = {.arena = h.arena,
			  .ir = &h.ir,
			  .meaning = meaning_new(h.arena, &h.ir),
			  .diags = d,
			  .src = src};
	cr_expect_not(seccomp_lower(&l));
	cr_expect_eq(diag_errors(d), 1);
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	diags_print(d, out, DIAG_TEXT, false);
	fclose(out);
	cr_expect(strstr(text, "the conditions on `getpgid` cost most"), "%s", text);
	free(text);
	help_end(&h);
}

/* ---- mutants ---- */

struct mutation {
	struct help *help;
	const struct sys_policy *policy;
	struct artifact artifacts[ARCH_COUNT];
	struct sock_filter *code;
	unsigned n;
	unsigned changed, caught, unreadable, same;
};

/* Is the difference seen by what every compile asks? Against it: what random calls see. */
static void try_mutant(struct mutation *m, uint64_t *state)
{
	const char *error;
	struct arena *a = arena_new();
	struct seccomp_model *model = seccomp_model_open(a, m->artifacts, ARCH_COUNT, &error);
	m->changed++;
	if (!model) {
		m->unreadable++;
		arena_free(a);
		return;
	}
	struct comparison c = {.policy = m->policy, .model = model, .scratch = a};
	compare_numbers(&c);
	if (!c.wrong)
		seccomp_witness(model, &m->help->ir, compare_one, &c);
	if (c.wrong) {
		m->caught++;
	} else {
		struct comparison other = {.policy = m->policy, .model = model, .scratch = a};
		compare_random(&other, state);
		cr_expect_eq(other.wrong, 0, "a changed filter passed");
		m->same++;
	}
	arena_free(a);
}

static void mutate_insn(struct mutation *m, struct sock_filter *f, uint64_t *state)
{
	struct sock_filter old = *f;
	for (unsigned kind = 0; kind < 5; kind++) {
		*f = old;
		switch (kind) {
		case 0:
			f->k += 1;
			break;
		case 1:
			f->k ^= 1u << (rnd(state) % 32);
			break;
		case 2:
			f->jt = (uint8_t)(f->jt + 1);
			break;
		case 3:
			f->jf = (uint8_t)(f->jf + 1);
			break;
		default:
			f->code ^= BPF_JEQ ^ BPF_JGE;
		}
		/* jump offsets mean nothing in other instructions */
		bool jump = BPF_CLASS(old.code) == BPF_JMP;
		if ((kind == 2 || kind == 3) && !jump)
			continue;
		try_mutant(m, state);
	}
	*f = old;
}

Test(lower, mutants_are_caught, .timeout = 600)
{
	struct help h;
	uint64_t state = 77;
	help_start(&h);
	help_op(&h, OP_CONNECT_TCP);
	help_op(&h, OP_IOCTL);
	struct mutation m = {.help = &h, .policy = sysmean_derive(h.arena, &h.ir)};
	help_artifacts(&h, m.policy, m.artifacts);
	struct artifact *x86 = &m.artifacts[ARCH_X86_64];
	m.n = (unsigned)(x86->size / sizeof(struct sock_filter));
	m.code = ARENA_ARRAY(h.arena, m.n, struct sock_filter);
	memcpy(m.code, x86->data, x86->size);
	x86->data = (const char *)m.code;
	for (unsigned i = 0; i < m.n; i++)
		mutate_insn(&m, &m.code[i], &state);
	printf("mutants: %u, refused %u, caught %u, equal in meaning %u\n", m.changed, m.unreadable,
	       m.caught, m.same);
	cr_expect_gt(m.caught, 600);
	/*
	 * A comparison on a range of one number, a load that is done twice: no change in
	 * meaning.
	 */
	cr_expect_lt(m.same, m.changed / 15);
	help_end(&h);
}
