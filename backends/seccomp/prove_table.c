/*
 * prove_table.c - a table as text and back, and what it means for one call.
 *
 *     abi c000003e               AUDIT_ARCH_*, hexadecimal
 *     nr 0 2 allow               numbers LO to HI, and what they get when no `if` below holds
 *     nr 41 41 errno:97
 *     if allow 0.32&ffffffff==2 1.32&f==1
 *     foreign kill-process       every other arch
 *
 * `if`: all tests hold, then the action; asked in order. A test is ARGUMENT.WIDTH&MASK OP VALUE,
 * unsigned, on the low WIDTH bits. Every table has one text; the reader takes no other.
 */
#include <linux/audit.h>
#include <string.h>

#include "prove.h"

static const char *const action_word[] = {
    [ACT_KILL_PROCESS] = "kill-process",
    [ACT_KILL_THREAD] = "kill-thread",
    [ACT_TRAP] = "trap",
    [ACT_ERRNO] = "errno",
    [ACT_NOTIFY] = "notify",
    [ACT_TRACE] = "trace",
    [ACT_LOG] = "log",
    [ACT_ALLOW] = "allow",
};

static const char *const cmp_sign[] = {
    [SYS_EQ] = "==", [SYS_NE] = "!=", [SYS_LT] = "<",
    [SYS_LE] = "<=", [SYS_GT] = ">",  [SYS_GE] = ">=",
};

enum { N_ACTIONS = ACT_ALLOW + 1, N_SIGNS = SYS_GE + 1 };

/* ---- one call ---- */

uint64_t prove_call_arg(const struct prove_call *c, unsigned arg)
{
	const uint32_t *w = &c->word[WORD_ARGS + 2 * arg];
	return w[0] | (uint64_t)w[1] << 32;
}

static bool test_holds(const struct sys_test *t, uint64_t arg)
{
	uint64_t v = (t->width == 32 ? arg & UINT32_MAX : arg) & t->mask;
	switch (t->cmp) {
	case SYS_EQ:
		return v == t->value;
	case SYS_NE:
		return v != t->value;
	case SYS_LT:
		return v < t->value;
	case SYS_LE:
		return v <= t->value;
	case SYS_GT:
		return v > t->value;
	case SYS_GE:
		return v >= t->value;
	}
	return false;
}

static bool case_holds(const struct prove_case *k, const struct prove_call *c)
{
	for (unsigned i = 0; i < k->n_tests; i++)
		if (!test_holds(&k->tests[i], prove_call_arg(c, k->tests[i].arg)))
			return false;
	return true;
}

static struct sys_action class_decide(const struct prove_class *k, const struct prove_call *c)
{
	for (unsigned i = 0; i < k->n_cases; i++)
		if (case_holds(&k->cases[i], c))
			return k->cases[i].action;
	return k->otherwise;
}

struct sys_action prove_table_decide(const struct prove_table *t, const struct prove_call *c)
{
	for (unsigned i = 0; i < t->n_abis; i++) {
		const struct prove_abi *abi = &t->abis[i];
		unsigned lo = 0, hi = abi->n - 1;
		if (abi->audit_arch != c->word[WORD_ARCH])
			continue;
		while (lo < hi) {
			unsigned mid = lo + (hi - lo) / 2;
			if (abi->v[mid].hi < c->word[WORD_NR])
				lo = mid + 1;
			else
				hi = mid;
		}
		return class_decide(&abi->v[lo], c);
	}
	return t->foreign;
}

/* ---- print ---- */

static void put_action(struct buf *out, struct sys_action a)
{
	buf_puts(out, action_word[a.act]);
	if (a.data || a.act == ACT_ERRNO)
		buf_printf(out, ":%u", a.data);
}

static void put_case(struct buf *out, const struct prove_case *c)
{
	buf_puts(out, "if ");
	put_action(out, c->action);
	for (unsigned i = 0; i < c->n_tests; i++) {
		const struct sys_test *t = &c->tests[i];
		buf_printf(out, " %u.%u&%llx%s%llx", t->arg, t->width, (unsigned long long)t->mask,
			   cmp_sign[t->cmp], (unsigned long long)t->value);
	}
	buf_putc(out, '\n');
}

static void put_class(struct buf *out, const struct prove_class *c)
{
	buf_printf(out, "nr %u %u ", c->lo, c->hi);
	put_action(out, c->otherwise);
	buf_putc(out, '\n');
	for (unsigned i = 0; i < c->n_cases; i++)
		put_case(out, &c->cases[i]);
}

void prove_table_print(const struct prove_table *t, struct buf *out)
{
	for (unsigned i = 0; i < t->n_abis; i++) {
		buf_printf(out, "abi %08x\n", t->abis[i].audit_arch);
		for (unsigned j = 0; j < t->abis[i].n; j++)
			put_class(out, &t->abis[i].v[j]);
	}
	buf_puts(out, "foreign ");
	put_action(out, t->foreign);
	buf_putc(out, '\n');
}

/* ---- read ---- */

/*
 * Takes what has the right shape; what was spelled another way is seen by printing it again.
 */
struct reader {
	struct arena *arena;
	const char *at;
	struct prove_abi *abis;
	unsigned n_abis;
	struct prove_class *classes; /* of the last abi */
	struct prove_case *cases;    /* of the last class */
};

static bool take(struct reader *r, const char *word)
{
	size_t n = strlen(word);
	if (strncmp(r->at, word, n) != 0)
		return false;
	r->at += n;
	return true;
}

static bool take_number(struct reader *r, unsigned base, uint64_t max, uint64_t *out)
{
	static const char digits[] = "0123456789abcdef";
	uint64_t v = 0;
	const char *start = r->at, *d;
	for (; *r->at && (d = memchr(digits, *r->at, base)); r->at++) {
		uint64_t digit = (uint64_t)(d - digits);
		if (digit > max || v > (max - digit) / base)
			return false;
		v = v * base + digit;
	}
	*out = v;
	return r->at > start;
}

static bool take_action(struct reader *r, struct sys_action *out)
{
	uint64_t data = 0;
	for (unsigned i = 0; i < N_ACTIONS; i++) {
		if (!take(r, action_word[i]))
			continue;
		if (take(r, ":") && !take_number(r, 10, UINT16_MAX, &data))
			return false;
		*out = (struct sys_action){.act = (enum sys_act)i, .data = (uint16_t)data};
		return true;
	}
	return false;
}

static bool take_sign(struct reader *r, enum sys_cmp *out)
{
	/* the longer signs first: `<` begins `<=` */
	static const enum sys_cmp order[] = {SYS_EQ, SYS_NE, SYS_LE, SYS_GE, SYS_LT, SYS_GT};
	for (unsigned i = 0; i < N_SIGNS; i++) {
		if (take(r, cmp_sign[order[i]])) {
			*out = order[i];
			return true;
		}
	}
	return false;
}

static bool take_test(struct reader *r, struct sys_test *out)
{
	uint64_t arg, width, mask, value;
	if (!take_number(r, 10, 5, &arg) || !take(r, ".") || !take_number(r, 10, 64, &width) ||
	    (width != 32 && width != 64) || !take(r, "&") ||
	    !take_number(r, 16, width == 32 ? UINT32_MAX : UINT64_MAX, &mask) ||
	    !take_sign(r, &out->cmp) || !take_number(r, 16, UINT64_MAX, &value))
		return false;
	out->arg = (uint8_t)arg;
	out->width = (uint8_t)width;
	out->mask = mask;
	out->value = value;
	return true;
}

static bool read_case(struct reader *r)
{
	struct prove_abi *abi = &r->abis[r->n_abis - 1];
	struct prove_class *c = &r->classes[abi->n - 1];
	struct prove_case k = {0};
	struct sys_test *tests = NULL;
	if (!take_action(r, &k.action))
		return false;
	while (take(r, " ")) {
		ARENA_GROW(r->arena, tests, k.n_tests);
		if (!take_test(r, &tests[k.n_tests++]))
			return false;
	}
	k.tests = tests;
	ARENA_GROW(r->arena, r->cases, c->n_cases);
	r->cases[c->n_cases++] = k;
	c->cases = r->cases;
	return true;
}

static bool read_class(struct reader *r)
{
	struct prove_abi *abi = &r->abis[r->n_abis - 1];
	uint64_t lo, hi, next = abi->n ? (uint64_t)r->classes[abi->n - 1].hi + 1 : 0;
	struct prove_class c = {0};
	if (!take_number(r, 10, UINT32_MAX, &lo) || !take(r, " ") ||
	    !take_number(r, 10, UINT32_MAX, &hi) || !take(r, " ") || !take_action(r, &c.otherwise))
		return false;
	if (lo != next || hi < lo)
		return false;
	c.lo = (uint32_t)lo;
	c.hi = (uint32_t)hi;
	ARENA_GROW(r->arena, r->classes, abi->n);
	r->classes[abi->n++] = c;
	abi->v = r->classes;
	r->cases = NULL;
	return true;
}

/* Has the last ABI all numbers? */
static bool abi_whole(const struct reader *r)
{
	const struct prove_abi *abi = r->n_abis ? &r->abis[r->n_abis - 1] : NULL;
	return !abi || (abi->n && abi->v[abi->n - 1].hi == UINT32_MAX);
}

static bool read_abi(struct reader *r)
{
	uint64_t audit_arch;
	if (!abi_whole(r) || !take_number(r, 16, UINT32_MAX, &audit_arch))
		return false;
	for (unsigned i = 0; i < r->n_abis; i++) /* each once, and all of one byte order */
		if (r->abis[i].audit_arch == audit_arch ||
		    (r->abis[i].audit_arch ^ audit_arch) & __AUDIT_ARCH_LE)
			return false;
	ARENA_GROW(r->arena, r->abis, r->n_abis);
	r->abis[r->n_abis++] = (struct prove_abi){.audit_arch = (uint32_t)audit_arch};
	r->classes = NULL;
	return true;
}

static bool read_line(struct reader *r)
{
	bool in_abi = r->n_abis > 0;
	bool in_class = in_abi && r->abis[r->n_abis - 1].n > 0;
	bool good = take(r, "abi ")              ? read_abi(r)
		    : in_abi && take(r, "nr ")   ? read_class(r)
		    : in_class && take(r, "if ") ? read_case(r)
						 : false;
	return good && take(r, "\n");
}

const char *prove_table_read(struct arena *a, const char *text, struct prove_table *out)
{
	struct reader r = {.arena = a, .at = text};
	struct prove_table t = {0};
	struct buf again = buf_new(a);
	while (!take(&r, "foreign ")) {
		const char *line = r.at;
		if (!read_line(&r))
			return arena_printf(a, "a line that cannot be read: %.*s",
					    (int)strcspn(line, "\n"), line);
	}
	if (!abi_whole(&r) || !take_action(&r, &t.foreign) || strcmp(r.at, "\n") != 0)
		return "its end cannot be read";
	t.abis = r.abis;
	t.n_abis = r.n_abis;
	prove_table_print(&t, &again);
	if (strcmp(buf_str(&again), text) != 0)
		return "it is not spelled as sbxc spells it";
	*out = t;
	return NULL;
}
