/*
 * seccomp_prove_help.h - random policies, calls near their boundaries, and proofs of filters, for the
 * tests of the proof.
 */
#ifndef SBX_TEST_SECCOMP_PROVE_HELP_H
#define SBX_TEST_SECCOMP_PROVE_HELP_H

#include <errno.h>
#include <stdio.h>

#include "backends/seccomp/prove.h"
#include "seccomp_help.h"

static inline uint64_t rnd(uint64_t *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return *s * 0x2545f4914f6cdd1dull >> 16;
}

static inline uint64_t pick(uint64_t *s, uint64_t n)
{
	return rnd(s) % n;
}

/* A whole number from the environment, for the long run. */
static inline unsigned from_env(const char *name, unsigned otherwise)
{
	const char *v = getenv(name);
	return v ? (unsigned)strtoul(v, NULL, 10) : otherwise;
}

/* ---- random policies ---- */

static inline uint64_t random_value(uint64_t *s)
{
	static const uint64_t edges[] = {0,           1,          2,           7,
					 0x10,        0xffff,     0x7fffffff,  0x80000000,
					 0xffffff9c,  0xffffffff, 0x100000000, 0x100000001,
					 0x1ffffffff, 1ull << 63, UINT64_MAX,  UINT64_MAX - 1};
	uint64_t e = edges[pick(s, sizeof(edges) / sizeof(edges[0]))];
	return pick(s, 3) ? e : pick(s, 2) ? e + pick(s, 5) - 2 : rnd(s) << pick(s, 32);
}

static inline struct sys_test random_test(uint64_t *s)
{
	struct sys_test t = {.arg = (uint8_t)(pick(s, 4) ? pick(s, 2) : pick(s, 6)),
			     .width = pick(s, 3) ? 32 : 64};
	uint64_t all = t.width == 32 ? UINT32_MAX : UINT64_MAX;
	t.cmp = (enum sys_cmp)pick(s, 6);
	t.mask = all;
	t.value = random_value(s) & all;
	if ((t.cmp == SYS_EQ || t.cmp == SYS_NE) && pick(s, 2)) {
		t.mask = pick(s, 3) ? rnd(s) & rnd(s) & all : 1ull << pick(s, t.width);
		if (pick(s, 4) == 0)
			t.mask = (all << pick(s, t.width)) & all;
		t.value = pick(s, 3) ? rnd(s) & t.mask : pick(s, 2) ? 0 : t.mask;
	}
	return t;
}

static inline struct sys_cond *random_cond(struct arena *a, uint64_t *s)
{
	struct sys_cond *c = ARENA_NEW(a, struct sys_cond);
	c->n_any = 1 + (unsigned)pick(s, 4);
	struct sys_conj *any = ARENA_ARRAY(a, c->n_any, struct sys_conj);
	for (unsigned i = 0; i < c->n_any; i++) {
		any[i].n_tests = 1 + (unsigned)pick(s, 3);
		struct sys_test *t = ARENA_ARRAY(a, any[i].n_tests, struct sys_test);
		for (unsigned j = 0; j < any[i].n_tests; j++)
			t[j] = random_test(s);
		any[i].tests = t;
	}
	c->any = any;
	return c;
}

static inline struct sys_action random_denial(uint64_t *s)
{
	static const enum sys_act acts[] = {ACT_KILL_PROCESS, ACT_KILL_THREAD, ACT_TRAP,
					    ACT_ERRNO,        ACT_ERRNO,       ACT_NOTIFY,
					    ACT_TRACE};
	struct sys_action a = {.act = acts[pick(s, sizeof(acts) / sizeof(acts[0]))]};
	if (a.act == ACT_ERRNO)
		a.data = (uint16_t)(1 + pick(s, 40));
	return a;
}

static inline void random_rules(struct arena *a, uint64_t *s, struct sys_policy *p,
				struct sys_rule **v, const struct syscall_desc *call)
{
	unsigned rules = 1 + (unsigned)pick(s, 3), denies = (unsigned)pick(s, 3);
	for (unsigned r = 0; r < rules; r++) {
		struct sys_rule rule = {.call = call,
					.arches = pick(s, 8) ? ARCHES_ALL : ARCH_BIT(ARCH_X86_64),
					.cond = pick(s, 4) ? random_cond(a, s) : NULL,
					.deny = r < denies,
					.action = {ACT_ALLOW, 0}};
		if (rule.deny)
			rule.action = random_denial(s);
		ARENA_GROW(a, *v, p->n_rules);
		(*v)[p->n_rules++] = rule;
	}
}

static inline struct sys_policy *random_policy(struct arena *a, uint64_t *s)
{
	unsigned n, calls = 1 + (unsigned)pick(s, 12);
	const struct syscall_desc *table = syscall_table(&n);
	struct sys_policy *p = ARENA_NEW(a, struct sys_policy);
	struct sys_rule *v = NULL;
	*p = (struct sys_policy){.known = {ACT_ERRNO, 1},
				 .unknown = {ACT_ERRNO, 38},
				 .bad_arch = {ACT_KILL_PROCESS, 0},
				 .arches = help_arches(rnd(s)),
				 .exec_fd = -1};
	if (pick(s, 8) == 0)
		p->known = (struct sys_action){ACT_ALLOW, 0};
	for (unsigned i = 0, at = (unsigned)pick(s, 20); i < calls && at < n;
	     i++, at += 1 + (unsigned)pick(s, 40))
		random_rules(a, s, p, &v, &table[at]);
	p->rules = v;
	return p;
}

/* ---- calls ---- */

/*
 * A call that may be near a boundary of the policy: half of them on a call with rules, with the values
 * of its tests, one more, one less, or with one bit changed.
 */
static inline struct prove_call random_call(const struct sys_policy *p, enum arch machine,
					    uint64_t *s)
{
	static const uint32_t odd[] = {0x3fffffff, 0x40000000, 0x40000001, 0x7fffffff, 0x80000000,
				       0xbfffffff, 0xc0000000, 0xfffffffe, 0xffffffff};
	struct prove_call c = {{0}};
	const struct sys_rule *r = p->n_rules ? &p->rules[pick(s, p->n_rules)] : NULL;
	enum arch abis[ARCH_COUNT], arch = machine;
	unsigned n_abis = seccomp_abis(p->arches, machine, abis);
	arch = abis[pick(s, n_abis)];
	c.word[WORD_ARCH] = seccomp_audit_arch(arch);
	if (arch == ARCH_X86_64 && (p->arches & ARCH_BIT(ARCH_X32)) && pick(s, 3) == 0)
		arch = ARCH_X32;
	if (pick(s, 20) == 0)
		c.word[WORD_ARCH] ^= 1u << pick(s, 32);
	c.word[WORD_NR] = (uint32_t)(pick(s, 4) ? pick(s, 600) : odd[pick(s, 9)]);
	for (unsigned i = WORD_IP; i < PROVE_WORDS; i++)
		c.word[i] = (uint32_t)random_value(s);
	if (!r || pick(s, 4) == 0 || r->call->nr[arch] == SYSCALL_NONE)
		return c;
	c.word[WORD_NR] = (uint32_t)r->call->nr[arch];
	for (unsigned i = 0; r->cond && i < r->cond->n_any; i++) {
		const struct sys_conj *conj = &r->cond->any[i];
		for (unsigned j = 0; pick(s, 2) && j < conj->n_tests; j++) {
			const struct sys_test *t = &conj->tests[j];
			uint64_t v = t->value + (pick(s, 2) ? pick(s, 3) - 1 : 0);
			v ^= pick(s, 4) ? 0 : 1ull << pick(s, 64);
			v |= pick(s, 2) ? rnd(s) & ~t->mask : 0;
			c.word[WORD_ARGS + 2 * t->arg] = (uint32_t)v;
			if (t->width == 64 || pick(s, 2))
				c.word[WORD_ARGS + 2 * t->arg + 1] = (uint32_t)(v >> 32);
		}
	}
	return c;
}

/* What the policy's own definition wants, and what the interpreter of filters gives. */
static inline uint32_t call_want(const struct sys_policy *p, enum arch machine,
				 const struct prove_call *c)
{
	const struct sys_rule *by;
	enum arch abis[ARCH_COUNT];
	uint64_t args[6];
	for (unsigned i = 0; i < 6; i++)
		args[i] = prove_call_arg(c, i);
	for (unsigned i = seccomp_abis(p->arches, machine, abis); i-- > 0;)
		if (c->word[WORD_ARCH] == seccomp_audit_arch(abis[i]))
			return prove_return(sysmean_decide(p, abis[i], c->word[WORD_NR], args, &by));
	return prove_return(p->bad_arch);
}

static inline uint32_t call_got(const struct bpf_prog *f, enum arch machine,
				const struct prove_call *c)
{
	bool big_endian = seccomp_big_endian(seccomp_audit_arch(machine));
	uint32_t data[BPF_WORDS];
	for (unsigned i = 0; i < BPF_WORDS; i++)
		data[prove_place(big_endian, i)] = c->word[i];
	return bpf_run(f, data).value;
}

/* Does a random call show a difference? */
static inline bool calls_differ(const struct sys_policy *p, enum arch arch,
				const struct bpf_prog *f, unsigned n, uint64_t *s)
{
	for (unsigned i = 0; i < n; i++) {
		struct prove_call c = random_call(p, arch, s);
		if (call_want(p, arch, &c) != call_got(f, arch, &c))
			return true;
	}
	return false;
}

/* ---- proofs ---- */

static inline struct prove_table table_of(struct arena *a, const struct sys_policy *p,
					  enum arch machine)
{
	uint32_t audit_arch[ARCH_COUNT];
	for (unsigned i = 0; i < ARCH_COUNT; i++)
		audit_arch[i] = seccomp_audit_arch((enum arch)i);
	return prove_policy(a, p, machine, audit_arch);
}

static inline struct prove_result prove_filter(struct arena *a, const struct sys_policy *p,
					       enum arch arch, const struct bpf_prog *f)
{
	struct prove_table t = table_of(a, p, arch);
	return prove_run(a, f, &t, NULL);
}

static inline struct bpf_prog filter_of(struct arena *a, const struct sys_policy *p, enum arch arch)
{
	struct code code;
	struct bpf_prog f;
	if (!seccomp_compile(a, p, arch, &code) ||
	    bpf_open(a, code.v, code.n * sizeof(struct sock_filter), false, &f))
		abort();
	return f;
}

/* A filter and the text of its table as files, for the second prover. */
static inline void dump(struct arena *a, const char *dir, const char *name, unsigned number,
			enum arch machine, const struct bpf_prog *f, const struct prove_table *t)
{
	struct buf text = buf_new(a);
	struct code code = {.n = f->n};
	struct sock_filter *v = ARENA_ARRAY(a, f->n, struct sock_filter);
	for (unsigned i = 0; i < f->n; i++)
		v[i] = (struct sock_filter){f->v[i].code, f->v[i].jt, f->v[i].jf, f->v[i].k};
	code.v = v;
	size_t size;
	const char *bytes = seccomp_bytes(a, &code, machine, &size);
	prove_table_print(t, &text);
	FILE *bpf = fopen(arena_printf(a, "%s/%s-%u.bpf", dir, name, number), "w");
	FILE *proof = fopen(arena_printf(a, "%s/%s-%u.meaning", dir, name, number), "w");
	if (!bpf || !proof || fwrite(bytes, 1, size, bpf) != size ||
	    fputs(buf_str(&text), proof) < 0 || fclose(bpf) || fclose(proof))
		abort();
}

#endif
