/*
 * The proof: what the compiler makes is equal, for random policies too; what is changed is not, and
 * the call that shows it really does; what is written in another way and means the same is equal.
 *
 *     PROVE_POLICIES=100000   random policies to prove
 *     PROVE_MUTANTS=10000     changed filters that must be caught
 */
#include "seccomp_prove_help.h"

#include <criterion/criterion.h>
#include <linux/audit.h>
#include <linux/seccomp.h>

#define STMT(c, kk) ((struct bpf_insn){.code = (uint16_t)(c), .k = (kk)})
#define LOAD(w)     STMT(BPF_LD | BPF_W | BPF_ABS, 4u * (w))
#define AND(m)      STMT(BPF_ALU | BPF_AND | BPF_K, (m))
#define RET(v)      STMT(BPF_RET | BPF_K, (v))
#define JMP(o, kk, t, f)                                                                           \
	((struct bpf_insn){.code = BPF_JMP | BPF_K | (o), .jt = (t), .jf = (f), .k = (kk)})
#define COUNT(v) (sizeof(v) / sizeof((v)[0]))
#define ALLOW    SECCOMP_RET_ALLOW
#define EPERM_   (SECCOMP_RET_ERRNO | 1)
#define X86      AUDIT_ARCH_X86_64
#define A0       WORD_ARGS

static const enum arch machines[] = {ARCH_X86_64, ARCH_AARCH64, ARCH_S390X, ARCH_RISCV64};

/* ---- what the compiler makes ---- */

Test(prove, every_feature)
{
	for (unsigned op = 0; op <= OP_NET + 1; op++) {
		struct help h;
		help_start(&h);
		for (unsigned all = 0; all <= OP_NET; all++)
			if (op > OP_NET || op == all)
				help_op(&h, all);
		h.ir.arches = op % 2 ? ARCHES_ALL : ARCHES_USUAL;
		const struct sys_policy *p = sysmean_derive(h.arena, &h.ir);
		for (uint32_t left = arch_machines(p->arches); left; left &= left - 1) {
			enum arch arch = (enum arch)__builtin_ctz(left);
			struct bpf_prog f = filter_of(h.arena, p, arch);
			struct prove_result r = prove_filter(h.arena, p, arch, &f);
			cr_expect_eq(r.end, PROVE_EQUAL, "op %u: %s", op, r.why ? r.why : "");
			cr_expect_gt(r.cells, 100);
		}
		help_end(&h);
	}
}

/* The text of a table is the table: it reads back, and proves the filter as well. */
static bool proves_from_text(struct arena *a, const struct prove_table *t, const struct bpf_prog *f)
{
	struct prove_table again;
	struct buf text = buf_new(a);
	prove_table_print(t, &text);
	const char *wrong = prove_table_read(a, buf_str(&text), &again);
	cr_assert_null(wrong, "%s", wrong);
	return prove_run(a, f, &again, NULL).end == PROVE_EQUAL;
}

Test(prove, random_policies, .timeout = 3600)
{
	uint64_t s = 0x1234567;
	unsigned n = from_env("PROVE_POLICIES", 1000), equal = 0, cells = 0;
	for (unsigned i = 0; i < n; i++) {
		struct arena *a = arena_new();
		const struct sys_policy *p = random_policy(a, &s);
		enum arch arch = machines[i % COUNT(machines)];
		struct bpf_prog f = filter_of(a, p, arch);
		struct prove_table t = table_of(a, p, arch);
		struct prove_result r = prove_run(a, &f, &t, NULL);
		cr_assert_eq(r.end, PROVE_EQUAL, "policy %u: %s, want %x got %x", i,
			     r.why ? r.why : "different", r.want, r.got);
		cr_assert(i % 16 || proves_from_text(a, &t, &f));
		cr_assert_not(i % 16 == 1 && calls_differ(p, arch, &f, 500, &s));
		equal += r.end == PROVE_EQUAL;
		cells += (unsigned)r.cells;
		arena_free(a);
	}
	printf("random policies: %u proved, %u cells\n", equal, cells);
	cr_expect_gt(cells, 20 * n);
}

/* (arg x in N values and arg y in N values), as a policy has it: N * N conjunctions. */
static struct sys_cond *product(struct arena *a, uint8_t x, uint8_t y, unsigned n)
{
	struct sys_conj *conj = ARENA_ARRAY(a, n * n, struct sys_conj);
	struct sys_cond *c = ARENA_NEW(a, struct sys_cond);
	for (unsigned i = 0; i < n * n; i++) {
		struct sys_test *t = ARENA_ARRAY(a, 2, struct sys_test);
		t[0] = (struct sys_test){x, 64, SYS_EQ, UINT64_MAX, i / n * 3};
		t[1] = (struct sys_test){y, 64, SYS_EQ, UINT64_MAX, i % n * 3};
		conj[i] = (struct sys_conj){t, 2};
	}
	*c = (struct sys_cond){conj, n * n};
	return c;
}

/*
 * Three such conditions on one call: a million ways lead through the filter, and most of them come
 * to places where the same is known and the same is left to prove.
 */
Test(prove, ways_that_multiply, .timeout = 60)
{
	struct arena *a = arena_new();
	const struct syscall_desc *call = syscall_by_name("socket");
	const struct sys_rule rules[] = {
	    {call, ARCHES_ALL, product(a, 0, 1, 10), true, {ACT_ERRNO, 13}, NULL, NULL},
	    {call, ARCHES_ALL, product(a, 2, 3, 10), false, {ACT_ALLOW, 0}, NULL, NULL},
	    {call, ARCHES_ALL, product(a, 4, 5, 10), false, {ACT_ALLOW, 0}, NULL, NULL},
	};
	struct sys_policy p = {.rules = rules,
			       .n_rules = 3,
			       .known = {ACT_ERRNO, 1},
			       .arches = ARCHES_USUAL,
			       .unknown = {ACT_ERRNO, 38},
			       .bad_arch = {ACT_KILL_PROCESS, 0}};
	struct bpf_prog f = filter_of(a, &p, ARCH_X86_64);
	struct prove_result r = prove_filter(a, &p, ARCH_X86_64, &f);
	cr_expect_eq(r.end, PROVE_EQUAL, "%s", r.why ? r.why : "different");
	cr_expect_lt(r.cells, 2000);
	p.n_rules = 2; /* the filter allows what only the third rule does */
	r = prove_filter(a, &p, ARCH_X86_64, &f);
	cr_expect_eq(r.end, PROVE_DIFFERENT);
	cr_expect_eq(r.got, ALLOW);
	cr_expect_neq(call_want(&p, ARCH_X86_64, &r.call), ALLOW);
	arena_free(a);
}

/* The longest filter that the kernel takes, each test open until the last: the stack must bear it. */
Test(prove, as_deep_as_a_filter_can_be, .timeout = 60)
{
	enum { PAIRS = (BPF_MAXINSNS - 7) / 2 };
	struct arena *a = arena_new();
	struct bpf_insn *v = ARENA_ARRAY(a, BPF_MAXINSNS, struct bpf_insn);
	struct prove_case *cases = ARENA_ARRAY(a, PAIRS, struct prove_case);
	struct bpf_prog f = {.v = v}, checked;
	v[f.n++] = LOAD(WORD_ARCH);
	v[f.n++] = JMP(BPF_JEQ, X86, 1, 0);
	v[f.n++] = RET(SECCOMP_RET_KILL_PROCESS);
	v[f.n++] = LOAD(A0);
	for (unsigned i = 0; i < PAIRS; i++) {
		struct sys_test *t = ARENA_NEW(a, struct sys_test);
		*t = (struct sys_test){0, 32, SYS_EQ, UINT32_MAX, 5 * i};
		cases[i] = (struct prove_case){t, 1, {ACT_ERRNO, (uint16_t)(1 + i % 4000)}};
		v[f.n++] = JMP(BPF_JEQ, 5 * i, 0, 1);
		v[f.n++] = RET(SECCOMP_RET_ERRNO | (1 + i % 4000));
	}
	v[f.n++] = RET(ALLOW);
	const struct prove_class all = {
	    .hi = UINT32_MAX, .cases = cases, .n_cases = PAIRS, .otherwise = {ACT_ALLOW, 0}};
	const struct prove_abi abi = {X86, &all, 1};
	const struct prove_table table = {&abi, 1, {ACT_KILL_PROCESS, 0}};
	cr_assert_null(bpf_open(a, v, f.n * sizeof(v[0]), false, &checked));
	cr_assert_gt(f.n, BPF_MAXINSNS - 8);
	cr_expect_eq(prove_run(a, &checked, &table, NULL).end, PROVE_EQUAL);
	cases[PAIRS - 1].action.data ^= 1;
	struct prove_result r = prove_run(a, &checked, &table, NULL);
	cr_expect_eq(r.end, PROVE_DIFFERENT);
	cr_expect_eq(r.call.word[A0], 5 * (PAIRS - 1));
	arena_free(a);
}

/* ---- what is changed ---- */

struct tally {
	unsigned made, unreadable, equal, caught, unfollowed, dumped;
};

/* A field of one instruction gets another value. */
static void mutate(struct bpf_insn *v, unsigned n, uint64_t *s)
{
	struct bpf_insn *i = &v[pick(s, n)];
	bool jump = BPF_CLASS(i->code) == BPF_JMP && BPF_OP(i->code) != BPF_JA;
	switch (pick(s, jump ? 8 : 4)) {
	case 0:
		i->k += pick(s, 2) ? 1 : UINT32_MAX;
		break;
	case 1:
		i->k ^= 1u << pick(s, 32);
		break;
	case 2:
		i->k = v[pick(s, n)].k;
		break;
	case 3:
		i->code ^= (uint16_t)(1u << pick(s, 8));
		break;
	case 4:
		i->jt = (uint8_t)(i->jt + (pick(s, 2) ? 1 : 255));
		break;
	case 5:
		i->jf = (uint8_t)(i->jf + (pick(s, 2) ? 1 : 255));
		break;
	case 6:
		i->jt = (uint8_t)pick(s, 32);
		break;
	default:
		i->jf = (uint8_t)pick(s, 32);
	}
}

/*
 * The proof's answer on a changed filter, held against two that are not its own: a call that it
 * gives must show the difference, and when it gives none, random calls must find none.
 */
static void try_mutant(struct arena *a, const struct sys_policy *p, enum arch arch,
		       const struct prove_table *t, const struct bpf_prog *f, struct tally *tally,
		       uint64_t *s)
{
	struct bpf_prog checked;
	tally->made++;
	if (bpf_open(a, f->v, f->n * sizeof(f->v[0]), false, &checked)) {
		tally->unreadable++;
		return;
	}
	struct prove_result r = prove_run(a, &checked, t, NULL);
	const char *dir = getenv("PROVE_DUMP");
	if (r.end == PROVE_DIFFERENT) {
		tally->caught++;
		cr_assert_eq(call_got(&checked, arch, &r.call), r.got);
		cr_assert_eq(call_want(p, arch, &r.call), r.want);
		cr_assert_neq(r.got, r.want);
		if (dir && tally->caught % 256 == 0)
			dump(a, dir, "different", tally->dumped++, arch, &checked, t);
		return;
	}
	if (r.end ==
	    PROVE_UNKNOWN) { /* no proof, no plan: it counts as caught, but is not counted */
		tally->unfollowed++;
		return;
	}
	tally->equal++;
	cr_assert_not(calls_differ(p, arch, &checked, 300, s), "a changed filter is called equal");
	if (dir && tally->equal % 2 == 0)
		dump(a, dir, "equal", tally->dumped++, arch, &checked, t);
}

static void try_mutants(struct arena *a, const struct sys_policy *p, enum arch arch, unsigned n,
			struct tally *tally, uint64_t *s)
{
	struct bpf_prog f = filter_of(a, p, arch);
	struct prove_table t = table_of(a, p, arch);
	for (unsigned i = 0; i < n; i++) {
		struct arena *scratch = arena_new();
		struct bpf_insn *v = ARENA_ARRAY(scratch, f.n, struct bpf_insn);
		struct bpf_prog changed = {.v = v, .n = f.n};
		memcpy(v, f.v, f.n * sizeof(v[0]));
		mutate(v, f.n, s);
		if (memcmp(v, f.v, f.n * sizeof(v[0])) != 0)
			try_mutant(scratch, p, arch, &t, &changed, tally, s);
		arena_free(scratch);
	}
}

Test(prove, mutants_are_caught, .timeout = 3600)
{
	uint64_t s = 0xdecade;
	unsigned goal = from_env("PROVE_MUTANTS", 10000), round = 0;
	struct tally tally = {0};
	for (; tally.caught < goal; round++) {
		struct help h;
		help_start(&h);
		const struct sys_policy *p = random_policy(h.arena, &s);
		if (round % 4 == 0) {
			h.ir.arches = ARCHES_ALL;
			for (unsigned op = 0; op <= OP_NET; op++)
				if (pick(&s, 3) == 0)
					help_op(&h, op);
			p = sysmean_derive(h.arena, &h.ir);
		}
		try_mutants(h.arena, p, machines[round / 4 % COUNT(machines)], 200, &tally, &s);
		help_end(&h);
	}
	printf("mutants: %u of %u policies; %u no filter, %u caught, each by a call that shows it, "
	       "%u with arithmetic that is not followed, %u equal\n",
	       tally.made, round, tally.unreadable, tally.caught, tally.unfollowed, tally.equal);
	cr_expect_geq(tally.caught, goal);
	cr_expect_lt(tally.equal, tally.made / 5);
}

/* ---- faults of a generator ---- */

/* A filter made from fewer conditions than the policy has. */
Test(prove, a_dropped_condition)
{
	uint64_t s = 42;
	unsigned wrong = 0;
	for (unsigned round = 0; round < 500; round++) {
		struct arena *a = arena_new();
		struct sys_policy *p = random_policy(a, &s), less;
		p->arches = ARCHES_USUAL;
		less = *p;
		struct sys_rule *v = ARENA_ARRAY(a, p->n_rules, struct sys_rule);
		unsigned at = (unsigned)pick(&s, p->n_rules);
		memcpy(v, p->rules, p->n_rules * sizeof(v[0]));
		v[at].cond = NULL;
		less.rules = v;
		struct bpf_prog f = filter_of(a, &less, ARCH_X86_64);
		struct prove_result r = prove_filter(a, p, ARCH_X86_64, &f);
		cr_assert_neq(r.end, PROVE_UNKNOWN);
		if (r.end == PROVE_DIFFERENT) {
			wrong++;
			cr_assert_eq(r.call.word[WORD_NR], (uint32_t)v[at].call->nr[ARCH_X86_64]);
			cr_assert_neq(call_got(&f, ARCH_X86_64, &r.call), call_want(p, ARCH_X86_64, &r.call));
		} else {
			cr_assert_not(calls_differ(p, ARCH_X86_64, &f, 2000, &s));
		}
		arena_free(a);
	}
	cr_expect_gt(wrong, 150);
}

/* The two ways of one jump swapped. */
Test(prove, a_swapped_jump)
{
	struct help h;
	uint64_t s = 7;
	unsigned swapped = 0, different = 0;
	help_start(&h);
	help_op(&h, OP_CONNECT_TCP);
	help_op(&h, OP_IOCTL);
	const struct sys_policy *p = sysmean_derive(h.arena, &h.ir);
	struct bpf_prog f = filter_of(h.arena, p, ARCH_X86_64);
	struct bpf_insn *v = ARENA_ARRAY(h.arena, f.n, struct bpf_insn);
	struct bpf_prog g = {.v = v, .n = f.n};
	for (unsigned i = 0; i < f.n; i++) {
		if (BPF_CLASS(f.v[i].code) != BPF_JMP || f.v[i].jt == f.v[i].jf)
			continue;
		memcpy(v, f.v, f.n * sizeof(v[0]));
		v[i].jt = f.v[i].jf;
		v[i].jf = f.v[i].jt;
		struct prove_result r = prove_filter(h.arena, p, ARCH_X86_64, &g);
		swapped++;
		different += r.end == PROVE_DIFFERENT;
		if (r.end == PROVE_DIFFERENT)
			cr_assert_neq(call_got(&g, ARCH_X86_64, &r.call), call_want(p, ARCH_X86_64, &r.call));
		else
			cr_assert_not(calls_differ(p, ARCH_X86_64, &g, 2000, &s), "%u", i);
	}
	cr_expect_gt(swapped, 80);
	cr_expect_geq(different, swapped * 95 / 100, "%u of %u", different, swapped);
	help_end(&h);
}

/* What people see: the call by its name, its arguments, both verdicts. */
Test(prove, says_which_call)
{
	struct help h;
	help_start(&h);
	help_op(&h, OP_CONNECT_TCP);
	struct sys_policy wrong = *sysmean_derive(h.arena, &h.ir);
	struct sys_rule *v = ARENA_ARRAY(h.arena, wrong.n_rules, struct sys_rule);
	memcpy(v, wrong.rules, wrong.n_rules * sizeof(v[0]));
	wrong.rules = v;
	for (unsigned i = 0; i < wrong.n_rules; i++)
		if (!strcmp(v[i].call->name, "socket"))
			v[i].cond = NULL;
	struct artifact artifacts[ARCH_COUNT];
	const char *error;
	struct proof proof;
	const struct meaning *m = meaning_new(h.arena, &h.ir);
	help_artifacts(&h, meaning_syscalls(m), artifacts);
	void *model = seccomp_model_open(h.arena, artifacts, ARCH_COUNT, &error);
	cr_assert(seccomp_prove(model, m, h.arena, &proof));
	cr_expect_eq(proof.n, 2);
	help_artifacts(&h, &wrong, artifacts);
	model = seccomp_model_open(h.arena, artifacts, ARCH_COUNT, &error);
	cr_assert_not(seccomp_prove(model, m, h.arena, &proof));
	cr_expect_str_eq(proof.artifact, "seccomp-x86_64.bpf");
	cr_expect(
	    strstr(proof.call, "syscall socket (number 41, arch 0xc000003e) with arguments 0x"),
	    "%s", proof.call);
	cr_expect_str_eq(proof.want, "errno 1");
	cr_expect(strstr(proof.got, "allow, at instruction "), "%s", proof.got);
	cr_expect_null(proof.why);
	help_end(&h);
}

/* ---- filters written by hand ---- */

/* read() under one condition, all else errno 1, another arch is killed. */
static struct prove_result prove_hand(struct arena *a, const struct sys_test *t, unsigned n,
				      const struct bpf_insn *body, unsigned n_body)
{
	struct bpf_insn *v = ARENA_ARRAY(a, n_body + 5, struct bpf_insn);
	struct bpf_prog f = {.v = v, .n = n_body + 5}, checked;
	struct prove_case allow = {t, n, {ACT_ALLOW, 0}};
	const struct prove_class classes[] = {
	    {.lo = 0, .hi = 0, .cases = &allow, .n_cases = 1, .otherwise = {ACT_ERRNO, 1}},
	    {.lo = 1, .hi = UINT32_MAX, .otherwise = {ACT_ERRNO, 1}},
	};
	const struct prove_abi abi = {X86, classes, 2};
	const struct prove_table table = {&abi, 1, {ACT_KILL_PROCESS, 0}};
	v[0] = LOAD(WORD_ARCH);
	v[1] = JMP(BPF_JEQ, X86, 1, 0);
	v[2] = RET(SECCOMP_RET_KILL_PROCESS);
	v[3] = LOAD(WORD_NR);
	v[4] = JMP(BPF_JEQ, 0, 0, (uint8_t)(n_body - 1)); /* the body ends with RET(EPERM_) */
	memcpy(v + 5, body, n_body * sizeof(v[0]));
	cr_assert_null(bpf_open(a, v, f.n * sizeof(v[0]), false, &checked));
	return prove_run(a, &checked, &table, NULL);
}

#define HAND(t, ...)                                                                               \
	prove_hand(a, t, COUNT(t), (const struct bpf_insn[]){__VA_ARGS__},                         \
		   COUNT(((const struct bpf_insn[]){__VA_ARGS__})))

/* The same meaning in other words; and each with one figure changed. */
Test(prove, other_ways_to_say_it)
{
	struct arena *a = arena_new();
	const struct sys_test below16[] = {{0, 32, SYS_LT, UINT32_MAX, 16}};
	const struct sys_test low16[] = {{0, 32, SYS_EQ, 0xfffffff0, 0}};
	const struct sys_test both[] = {{0, 32, SYS_EQ, 3, 0}, {0, 32, SYS_GE, UINT32_MAX, 4}};
	const struct sys_test is8[] = {{0, 32, SYS_EQ, UINT32_MAX, 8}};
	for (uint32_t d = 0; d < 2; d++) {
		enum prove_end want = d ? PROVE_DIFFERENT : PROVE_EQUAL;
		cr_expect_eq(HAND(below16, LOAD(A0), AND(~15u - d), JMP(BPF_JEQ, 0, 0, 1),
				  RET(ALLOW), RET(EPERM_))
				 .end,
			     want);
		cr_expect_eq(
		    HAND(below16, LOAD(A0), JMP(BPF_JSET, ~15u - d, 1, 0), RET(ALLOW), RET(EPERM_))
			.end,
		    want);
		cr_expect_eq(
		    HAND(low16, LOAD(A0), JMP(BPF_JGT, 15 + d, 1, 0), RET(ALLOW), RET(EPERM_)).end,
		    want);
		/* order behind a mask: bits that the mask leaves out must not count */
		cr_expect_eq(HAND(below16, LOAD(A0), AND(0xfffffff8), JMP(BPF_JGE, 9 + 8 * d, 1, 0),
				  RET(ALLOW), RET(EPERM_))
				 .end,
			     want);
		cr_expect_eq(HAND(is8, LOAD(A0), JMP(BPF_JSET, ~8u, 3, 0), AND(8 + d),
				  JMP(BPF_JGT, 7, 0, 1), RET(ALLOW), RET(EPERM_))
				 .end,
			     PROVE_EQUAL);
		cr_expect_eq(HAND(is8, LOAD(A0), JMP(BPF_JSET, ~8u - d, 3, 0), AND(8),
				  JMP(BPF_JGT, 7, 0, 1), RET(ALLOW), RET(EPERM_))
				 .end,
			     d ? PROVE_DIFFERENT : PROVE_EQUAL);
		cr_expect_eq(HAND(both, LOAD(A0), JMP(BPF_JSET, 3, 2, 0), JMP(BPF_JEQ, 4 * d, 1, 0),
				  RET(ALLOW), RET(EPERM_))
				 .end,
			     want);
	}
	arena_free(a);
}

/* Registers and scratch memory carry words and constants. */
Test(prove, other_registers)
{
	struct arena *a = arena_new();
	const struct sys_test is8[] = {{0, 32, SYS_EQ, UINT32_MAX, 8}};
	for (uint32_t d = 0; d < 2; d++) {
		enum prove_end want = d ? PROVE_DIFFERENT : PROVE_EQUAL;
		cr_expect_eq(HAND(is8, LOAD(A0), STMT(BPF_ST, 3), STMT(BPF_LD | BPF_IMM, 7 + d),
				  STMT(BPF_ALU | BPF_ADD | BPF_K, 1), STMT(BPF_MISC | BPF_TAX, 0),
				  STMT(BPF_LD | BPF_MEM, 3), STMT(BPF_JMP | BPF_JA, 0),
				  ((struct bpf_insn){.code = BPF_JMP | BPF_JEQ | BPF_X, .jf = 1}),
				  RET(ALLOW), RET(EPERM_))
				 .end,
			     want);
		/* a division by zero ends a filter with 0, which kills the thread */
		cr_expect_eq(HAND(is8, STMT(BPF_LDX | BPF_IMM, d ^ 1), STMT(BPF_LD | BPF_IMM, 1),
				  STMT(BPF_ALU | BPF_DIV | BPF_X, 0), LOAD(A0),
				  JMP(BPF_JEQ, 8, 0, 1), RET(ALLOW), RET(EPERM_))
				 .end,
			     want);
	}
	arena_free(a);
}

/* What is not followed is no proof, even where it would be right. */
Test(prove, what_is_not_followed_is_not_equal)
{
	struct arena *a = arena_new();
	const struct sys_test is8[] = {{0, 32, SYS_EQ, UINT32_MAX, 8}};
	struct prove_result r = HAND(is8, LOAD(A0), STMT(BPF_ALU | BPF_ADD | BPF_K, 1),
				     JMP(BPF_JEQ, 9, 0, 1), RET(ALLOW), RET(EPERM_));
	cr_expect_eq(r.end, PROVE_UNKNOWN);
	cr_expect(strstr(r.why, "not followed"));
	r = HAND(is8, LOAD(A0), JMP(BPF_JEQ, 8, 1, 0), STMT(BPF_RET | BPF_A, 0), RET(ALLOW),
		 RET(EPERM_));
	cr_expect_eq(r.end, PROVE_UNKNOWN);
	cr_expect(strstr(r.why, "computes from the call"));
	/* a division by a word that may be zero ends the filter, even when nobody uses the result */
	r = HAND(is8, LOAD(A0 + 2), STMT(BPF_MISC | BPF_TAX, 0), STMT(BPF_ALU | BPF_DIV | BPF_X, 0),
		 LOAD(A0), JMP(BPF_JEQ, 8, 0, 1), RET(ALLOW), RET(EPERM_));
	cr_expect_eq(r.end, PROVE_UNKNOWN);
	arena_free(a);
}

/* The words that no condition speaks of: the filter must not look at them, or it must not matter. */
Test(prove, words_that_nobody_asked_about)
{
	struct arena *a = arena_new();
	const struct sys_test is8[] = {{0, 32, SYS_EQ, UINT32_MAX, 8}};
	for (unsigned w = WORD_IP; w < PROVE_WORDS; w++) {
		struct prove_result r = HAND(is8, LOAD(w), JMP(BPF_JEQ, 0xdeadbeef, 2, 0), LOAD(A0),
					     JMP(BPF_JEQ, 8, 0, 1), RET(ALLOW), RET(EPERM_));
		cr_expect_eq(r.end, PROVE_DIFFERENT, "word %u", w);
		cr_expect_eq(r.call.word[w], 0xdeadbeef);
		cr_expect_eq(r.got, ALLOW);
	}
	arena_free(a);
}

/* Another arch and the numbers of x32: one value of 2^32 that passes is found. */
Test(prove, other_machines)
{
	struct help h;
	help_start(&h);
	const struct sys_policy *p = sysmean_derive(h.arena, &h.ir);
	struct bpf_prog f = filter_of(h.arena, p, ARCH_X86_64);
	struct bpf_insn *v = ARENA_ARRAY(h.arena, f.n + 2, struct bpf_insn);
	struct bpf_prog g = {.v = v, .n = f.n + 2};
	static const struct {
		unsigned word;
		uint32_t value;
	} doors[] = {
	    {WORD_ARCH, AUDIT_ARCH_I386}, {WORD_ARCH, 0x4000003e}, {WORD_ARCH, 0xdeadbeef},
	    {WORD_NR, 0x40000209},        {WORD_NR, 0xfffffffe},   {WORD_NR, 0x3ffffffe},
	};
	for (unsigned i = 0; i < COUNT(doors); i++) {
		/* ahead of the filter: if the word has this value, to its first return that allows */
		unsigned allow = 0;
		while (f.v[allow].code != (BPF_RET | BPF_K) || f.v[allow].k != ALLOW)
			allow++;
		v[0] = LOAD(doors[i].word);
		v[1] = JMP(BPF_JEQ, doors[i].value, (uint8_t)allow, 0);
		memcpy(v + 2, f.v, f.n * sizeof(v[0]));
		cr_assert_leq(allow, 255);
		struct prove_result r = prove_filter(h.arena, p, ARCH_X86_64, &g);
		cr_expect_eq(r.end, PROVE_DIFFERENT);
		cr_expect_eq(r.call.word[doors[i].word], doors[i].value);
		cr_expect_eq(r.got, ALLOW);
		v[1].jt = 0;
		cr_expect_eq(prove_filter(h.arena, p, ARCH_X86_64, &g).end, PROVE_EQUAL);
	}
	help_end(&h);
}

/* A table that says something else than the policy is noticed, not trusted. */
static uint32_t other_opinion(const void *ctx, const struct prove_call *c)
{
	uint32_t want = call_want(ctx, ARCH_X86_64, c);
	return c->word[WORD_NR] == 0 ? want ^ 1 : want;
}

Test(prove, a_fault_in_the_table_is_noticed)
{
	struct help h;
	help_start(&h);
	const struct sys_policy *p = sysmean_derive(h.arena, &h.ir);
	struct bpf_prog f = filter_of(h.arena, p, ARCH_X86_64);
	struct prove_table t = table_of(h.arena, p, ARCH_X86_64);
	struct prove_oracle oracle = {.want = other_opinion, .ctx = p};
	struct prove_result r = prove_run(h.arena, &f, &t, &oracle);
	cr_expect_eq(r.end, PROVE_UNKNOWN);
	cr_expect(strstr(r.why, "contradict"));
	help_end(&h);
}

/* ---- the text of a table ---- */

Test(prove, only_one_spelling_is_read)
{
	struct arena *a = arena_new();
	struct prove_table t;
	static const char good[] =
	    "abi c000003e\nnr 0 1 allow\nnr 2 4294967295 errno:1\n"
	    "if allow 0.32&ffffffff==2 1.64&f<=3\nif log\nforeign kill-process\n";
	cr_assert_null(prove_table_read(a, good, &t));
	cr_expect_eq(t.n_abis, 1);
	cr_expect_eq(t.abis[0].n, 2);
	cr_expect_eq(t.abis[0].v[1].n_cases, 2);
	cr_expect_null(prove_table_read(a, "foreign kill-process\n", &t));
	static const char *const bad[] = {
	    "",
	    "abi c000003e\nnr 0 4294967295 allow\n",
	    "abi c000003e\nnr 0 4294967295 allow\nforeign kill-process",
	    "abi c000003e\nnr 0 4294967295 allow\nforeign kill-process\n\n",
	    "abi c000003e\nnr 0 4294967294 allow\nforeign kill-process\n",
	    "abi c000003e\nnr 1 4294967295 allow\nforeign kill-process\n",
	    "abi c000003e\nnr 0 1 allow\nnr 3 4294967295 allow\nforeign kill-process\n",
	    "abi c000003e\nnr 0 3 allow\nnr 3 4294967295 allow\nforeign kill-process\n",
	    "abi c000003e\nnr 0 4294967296 allow\nforeign kill-process\n",
	    "abi c000003e\nnr 00 4294967295 allow\nforeign kill-process\n",
	    "abi C000003e\nnr 0 4294967295 allow\nforeign kill-process\n",
	    "abi c000003e\nforeign kill-process\n",
	    "nr 0 4294967295 allow\nforeign kill-process\n",
	    "abi c000003e\nif allow\nnr 0 4294967295 allow\nforeign kill-process\n",
	    "abi c000003e\nnr 0 4294967295 errno\nforeign kill-process\n",
	    "abi c000003e\nnr 0 4294967295 errno:65536\nforeign kill-process\n",
	    "abi c000003e\nnr 0 4294967295 allowed\nforeign kill-process\n",
	    "abi c000003e\nnr 0 4294967295 allow\nif log 6.32&1==1\nforeign kill-process\n",
	    "abi c000003e\nnr 0 4294967295 allow\nif log 0.16&1==1\nforeign kill-process\n",
	    "abi c000003e\nnr 0 4294967295 allow\nif log 0.32&1ffffffff==1\nforeign kill-process\n",
	    "abi c000003e\nnr 0 4294967295 allow\nif log 0.32&1=1\nforeign kill-process\n",
	    "abi c000003e\nnr 0 4294967295 allow\nif log 0.32&01==1\nforeign kill-process\n",
	    "abi c000003e\nnr 0 4294967295 log\nabi c000003e\nnr 0 4294967295 log\nforeign log\n",
	};
	for (unsigned i = 0; i < COUNT(bad); i++)
		cr_expect(prove_table_read(a, bad[i], &t), "%s", bad[i]);
	arena_free(a);
}
