/*
 * diff_plan_calls.c - the meaning of a certificate as rules of system calls.
 *
 * The text was verified: it is spelled in the one way there is, and the filter was proved to do what it says. docs/proof.md
 * has its grammar.
 */
#include <linux/audit.h>
#include <stdlib.h>
#include <string.h>

#include "diff_plan.h"
#include "syscalls.h"

static const uint32_t audit_arch[ARCH_COUNT] = {
#define ARCH(id, word, audit, machine) [ARCH_##id] = audit,
#include "arch.def"
};

enum { UNKNOWN_NR = 100000 }; /* no Linux has so many calls */

struct block { /* numbers LO to HI of one ABI */
	uint32_t audit, lo, hi;
	struct sys_action otherwise;
	struct sys_rule *cases;
	unsigned n;
};

struct meaning_reader {
	struct arena *a;
	struct sys_policy *p;
	struct sys_rule *rules;
	struct block block;
	uint32_t arches; /* ABIs that were spoken of */
	bool failed;
};

static struct sys_action read_action(struct meaning_reader *r, const char *s)
{
	static const struct {
		const char *word;
		enum sys_act act;
	} words[] = {
	    {"allow", ACT_ALLOW}, {"log", ACT_LOG},	{"trace", ACT_TRACE},		   {"notify", ACT_NOTIFY},
	    {"errno", ACT_ERRNO}, {"trap", ACT_TRAP}, {"kill-thread", ACT_KILL_THREAD}, {"kill-process", ACT_KILL_PROCESS},
	};
	size_t n = strcspn(s, ": ");
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i].word) == n && strncmp(words[i].word, s, n) == 0)
			return (struct sys_action){words[i].act, s[n] == ':' ? (uint16_t)strtoul(s + n + 1, NULL, 10) : 0};
	r->failed = true;
	return (struct sys_action){ACT_KILL_PROCESS, 0};
}

/* ARGUMENT.WIDTH&MASK OP VALUE */
static struct sys_test read_test(struct meaning_reader *r, const char *s)
{
	static const struct {
		const char *sign;
		enum sys_cmp cmp;
	} signs[] = {{"==", SYS_EQ}, {"!=", SYS_NE}, {"<=", SYS_LE}, {">=", SYS_GE}, {"<", SYS_LT}, {">", SYS_GT}};
	struct sys_test t = {0};
	char *end;
	t.arg = (uint8_t)strtoul(s, &end, 10);
	t.width = (uint8_t)strtoul(end + (*end == '.'), &end, 10);
	t.mask = strtoull(end + (*end == '&'), &end, 16);
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (strncmp(end, signs[i].sign, strlen(signs[i].sign)) == 0) {
			t.cmp = signs[i].cmp;
			t.value = strtoull(end + strlen(signs[i].sign), &end, 16);
			return t;
		}
	r->failed = true;
	return t;
}

/* The block is over: each call of its numbers has its cases. */
static void end_block(struct meaning_reader *r)
{
	unsigned n;
	const struct syscall_desc *table = syscall_table(&n);
	const struct block *b = &r->block;
	for (unsigned arch = 0; arch < ARCH_COUNT && b->audit; arch++) {
		if (audit_arch[arch] != b->audit)
			continue;
		for (unsigned i = 0; i < n; i++) {
			if (table[i].nr[arch] == SYSCALL_NONE || (uint32_t)table[i].nr[arch] < b->lo || (uint32_t)table[i].nr[arch] > b->hi)
				continue;
			for (unsigned k = 0; k <= b->n; k++) {
				struct sys_rule rule = k < b->n ? b->cases[k] : (struct sys_rule){.action = b->otherwise};
				rule.call = &table[i];
				rule.arches = ARCH_BIT(arch);
				rule.deny = rule.action.act != ACT_ALLOW && rule.action.act != ACT_LOG;
				ARENA_GROW(r->a, r->rules, r->p->n_rules);
				r->rules[r->p->n_rules++] = rule;
			}
		}
	}
	if (b->audit && b->lo <= UNKNOWN_NR && UNKNOWN_NR <= b->hi)
		r->p->unknown = b->otherwise;
}

static void begin_block(struct meaning_reader *r, const char *s)
{
	char *end;
	end_block(r);
	r->block = (struct block){.audit = r->block.audit};
	r->block.lo = (uint32_t)strtoul(s, &end, 10);
	r->block.hi = (uint32_t)strtoul(end, &end, 10);
	r->block.otherwise = read_action(r, end + 1);
}

static void add_case(struct meaning_reader *r, const char *s)
{
	struct sys_rule rule = {.action = read_action(r, s)};
	struct sys_conj *conj = ARENA_NEW(r->a, struct sys_conj);
	struct sys_cond *cond = ARENA_NEW(r->a, struct sys_cond);
	struct sys_test *tests = NULL;
	for (s += strcspn(s, " "); *s == ' '; s += strcspn(s, " ")) {
		s++;
		ARENA_GROW(r->a, tests, conj->n_tests);
		tests[conj->n_tests++] = read_test(r, s);
	}
	conj->tests = tests;
	*cond = (struct sys_cond){.any = conj, .n_any = 1};
	rule.cond = cond;
	ARENA_GROW(r->a, r->block.cases, r->block.n);
	r->block.cases[r->block.n++] = rule;
}

static void begin_abi(struct meaning_reader *r, const char *s)
{
	end_block(r);
	r->block = (struct block){.audit = (uint32_t)strtoul(s, NULL, 16)};
	r->block.lo = 1; /* no number yet */
	for (unsigned arch = 0; arch < ARCH_COUNT; arch++)
		if (audit_arch[arch] == r->block.audit)
			r->arches |= ARCH_BIT(arch);
}

static void take_line(struct meaning_reader *r, const char *line)
{
	if (strncmp(line, "abi ", 4) == 0)
		begin_abi(r, line + 4);
	else if (strncmp(line, "nr ", 3) == 0)
		begin_block(r, line + 3);
	else if (strncmp(line, "if ", 3) == 0)
		add_case(r, line + 3);
	else if (strncmp(line, "foreign ", 8) == 0)
		r->p->bad_arch = read_action(r, line + 8);
}

static void take_file(struct meaning_reader *r, const struct artifact *f)
{
	const char *at = strstr(f->data, "\nmeaning\n");
	if (!at) {
		r->failed = true;
		return;
	}
	r->block = (struct block){0};
	at += strlen("\nmeaning\n");
	for (const char *end; (end = strchr(at, '\n')); at = end + 1)
		take_line(r, arena_strndup(r->a, at, (size_t)(end - at)));
	end_block(r);
}

/* By call, as sysmean.h wants them; those of one call in their order. */
static const struct sys_rule *sorted(const struct meaning_reader *r)
{
	unsigned n, k = 0;
	const struct syscall_desc *table = syscall_table(&n);
	struct sys_rule *v = ARENA_ARRAY(r->a, r->p->n_rules, struct sys_rule);
	for (unsigned i = 0; i < n; i++)
		for (unsigned j = 0; j < r->p->n_rules; j++)
			if (r->rules[j].call == &table[i])
				v[k++] = r->rules[j];
	return v;
}

/* x32 has no block of its own: it is let in where some number of it gets something else than a foreign call. */
static uint32_t without_foreign(const struct meaning_reader *r)
{
	uint32_t in = 0;
	for (unsigned i = 0; i < r->p->n_rules; i++)
		if (r->rules[i].action.act != r->p->bad_arch.act)
			in |= r->rules[i].arches;
	return r->arches & in;
}

const struct sys_policy *plan_calls(struct arena *a, const struct plan_files *f, int exec_fd, uint32_t *arches,
				    const char **failure)
{
	struct sys_policy *p = ARENA_NEW(a, struct sys_policy);
	struct meaning_reader r = {.a = a, .p = p};
	*p = (struct sys_policy){.known = {ACT_KILL_PROCESS, 0}, .exec_fd = exec_fd};
	for (unsigned arch = 0; arch < ARCH_COUNT; arch++) {
		char name[64];
		snprintf(name, sizeof(name), "seccomp-%s.proof", arch_name[arch]);
		const struct artifact *proof = plan_file(f, name);
		if (proof)
			take_file(&r, proof);
	}
	*failure = r.failed ? "a certificate cannot be read" : NULL;
	*arches = p->arches = without_foreign(&r);
	p->rules = sorted(&r);
	return r.failed ? NULL : p;
}
