/*
 * cond_text.c - conditions and actions in the words of the language: names of arguments and
 * constants, not numbers.
 */
#include "cond.h"

#include <string.h>

#include "consts.h"
#include "str.h"
#include "sysargs.h"
#include "syscalls.h"

struct text {
	struct buf out;
	const struct syscall_desc *call;
	enum arch arch;
	const struct sys_conj *conj; /* that is written, or NULL */
};

struct arg_words {
	struct sysarg arg;
	struct sysarg_consts consts;
};

/* Options of sockets are numbered anew on each level: which names they have where the level is known, "" for none. */
static const char *option_prefix(const struct text *t)
{
	static const struct {
		const char *level, *prefix;
	} levels[] = {{"SOL_SOCKET", "SO_"}, {"SOL_TCP", "TCP_"}, {"SOL_IP", "IP_"}, {"SOL_UDP", "UDP_"}};
	const struct sys_test *at = NULL;
	struct sysarg level;
	bool has = sysarg_find(t->call, t->arch, "level", &level);
	for (unsigned i = 0; has && t->conj && i < t->conj->n_tests; i++)
		if (t->conj->tests[i].arg == level.index && t->conj->tests[i].cmp == SYS_EQ)
			at = &t->conj->tests[i];
	for (size_t i = 0; at && i < sizeof(levels) / sizeof(levels[0]); i++)
		if (const_by_name(levels[i].level)->value[t->arch] == at->value)
			return levels[i].prefix;
	return at ? "" : "SO_";
}

static struct arg_words words_of(const struct text *t, unsigned index)
{
	struct arg_words w = {.consts = {{"", "", ""}, false}};
	if (sysarg_nth(t->call, t->arch, index, &w.arg)) {
		w.consts = sysarg_consts(t->call, w.arg.name);
		if (strcmp(w.arg.name, "optname") == 0)
			w.consts.prefix[0] = option_prefix(t);
		return w;
	}
	w.arg.index = index;
	w.arg.name[0] =
	    'a'; /* a call whose code is gone, or garbage for a call without this argument */
	w.arg.name[1] = (char)('0' + index);
	return w;
}

static const char *value_name(const struct text *t, const struct arg_words *w, uint64_t value,
			      unsigned width)
{
	for (unsigned i = 0; i < 3 && w->consts.prefix[i][0]; i++) {
		const struct const_desc *c =
		    const_by_value(t->arch, w->consts.prefix[i], value, width);
		if (c)
			return const_name(c);
	}
	return NULL;
}

/* A|B for the bits; false when one of them has no name. */
static bool put_flags(struct text *t, const struct arg_words *w, uint64_t value)
{
	struct buf b = buf_new(t->out.arena);
	for (uint64_t left = value; left; left &= left - 1) {
		const char *name = value_name(t, w, left & (~left + 1), 64);
		if (!name)
			return false;
		buf_printf(&b, "%s%s", b.len ? "|" : "", name);
	}
	buf_puts(&t->out, buf_str(&b));
	return true;
}

static void put_value(struct text *t, const struct arg_words *w, uint64_t value, unsigned width)
{
	const char *name = value || !w->consts.flags ? value_name(t, w, value, width) : NULL;
	if (name)
		buf_puts(&t->out, name);
	else if (!value || !w->consts.flags || !put_flags(t, w, value))
		buf_printf(&t->out, value < 4096 ? "%llu" : "0x%llx", (unsigned long long)value);
}

/*
 * An order of 16 bits is written as numbers that share their upper bits (resolve_cond.c): back
 * again.
 */
static bool put_block(struct text *t, const struct arg_words *w, const struct sys_test *s)
{
	uint64_t size = (~s->mask & UINT16_MAX) + 1;
	if (w->arg.bits != 16 || (size & (size - 1)) || size < 2 || !(s->mask & (s->mask - 1)) ||
	    s->mask > UINT16_MAX || (s->cmp != SYS_EQ && s->value))
		return false;
	unsigned long long lo = s->value, end = size, hi = s->value + size - 1;
	if (!lo)
		buf_printf(&t->out, "%s %s %llu", w->arg.name, s->cmp == SYS_EQ ? "<" : ">=", end);
	else if (hi == UINT16_MAX)
		buf_printf(&t->out, "%s >= %llu", w->arg.name, lo);
	else
		buf_printf(&t->out, "%s >= %llu and %s <= %llu", w->arg.name, lo, w->arg.name, hi);
	return true;
}

static void put_masked(struct text *t, const struct arg_words *w, const struct sys_test *s)
{
	bool one_bit = (s->mask & (s->mask - 1)) == 0, has = s->value == s->mask,
	     lacks = s->value == 0;
	bool equal = s->cmp == SYS_EQ;
	if ((has || lacks) && one_bit && !equal) {
		has = !has;
		lacks = !lacks;
		equal = true;
	}
	buf_printf(&t->out, "%s%s ", equal ? "" : "not (", w->arg.name);
	if (has || lacks) {
		buf_puts(&t->out, has ? "has " : "lacks ");
		put_value(t, w, s->mask, s->width);
	} else {
		buf_puts(&t->out, "& ");
		put_value(t, w, s->mask, s->width);
		buf_puts(&t->out, " == ");
		put_value(t, w, s->value, s->width);
	}
	buf_puts(&t->out, equal ? "" : ")");
}

static void put_equal(struct text *t, const struct arg_words *w, const struct sys_test *s,
		      const char *sign)
{
	buf_printf(&t->out, "%s %s ", w->arg.name, sign);
	put_value(t, w, s->value, s->width);
}

static void put_test(struct text *t, const struct sys_test *s)
{
	static const char *const sign[] = {
	    [SYS_EQ] = "==", [SYS_NE] = "!=", [SYS_LT] = "<",
	    [SYS_LE] = "<=", [SYS_GT] = ">",  [SYS_GE] = ">=",
	};
	struct arg_words w = words_of(t, s->arg);
	uint64_t all = s->width == 32 ? UINT32_MAX : UINT64_MAX;
	if ((s->mask & all) != all && !(w.arg.bits == 16 && s->mask == UINT16_MAX)) {
		if (!put_block(t, &w, s))
			put_masked(t, &w, s);
		return;
	}
	uint64_t negative = all ^ (all >> 1);
	if (w.arg.is_signed && s->cmp == SYS_GE && s->value == negative)
		buf_printf(&t->out, "%s < 0", w.arg.name);
	else if (w.arg.is_signed && s->cmp == SYS_LE && s->value == negative - 1)
		buf_printf(&t->out, "%s >= 0", w.arg.name);
	else if (s->cmp == SYS_EQ || s->cmp == SYS_NE)
		put_equal(t, &w, s, sign[s->cmp]);
	else
		buf_printf(&t->out, s->value < 4096 ? "%s %s %llu" : "%s %s 0x%llx", w.arg.name,
			   sign[s->cmp], (unsigned long long)s->value);
}

/* lo..hi with a name for each number is a list: the numbers are an accident of the headers. */
static bool put_named_range(struct text *t, const struct sys_test *hi, const struct sys_test *lo)
{
	enum { MOST = 8 };
	struct arg_words w = words_of(t, hi->arg);
	struct buf b = buf_new(t->out.arena);
	if (hi->cmp != SYS_LE || lo->cmp != SYS_GE || hi->arg != lo->arg ||
	    hi->value - lo->value >= MOST)
		return false;
	for (uint64_t v = lo->value; v <= hi->value; v++) {
		const char *name = value_name(t, &w, v, lo->width);
		if (!name)
			return false;
		buf_printf(&b, "%s%s", b.len ? ", " : "", name);
	}
	buf_printf(&t->out, "%s in (%s)", w.arg.name, buf_str(&b));
	return true;
}

static void put_conj(struct text *t, const struct sys_conj *c)
{
	t->conj = c;
	for (unsigned k = 0; k < c->n_tests; k++) {
		buf_puts(&t->out, k ? " and " : "");
		if (k + 1 < c->n_tests && put_named_range(t, &c->tests[k], &c->tests[k + 1]))
			k++;
		else
			put_test(t, &c->tests[k]);
	}
}

/* Is every conjunction one plain `==` on one argument? Then the whole is `x in (...)`. */
static bool is_list(const struct sys_cond *c)
{
	for (unsigned i = 0; i < c->n_any; i++) {
		const struct sys_conj *j = &c->any[i];
		if (j->n_tests != 1 || j->tests[0].cmp != SYS_EQ ||
		    j->tests[0].arg != c->any[0].tests[0].arg ||
		    j->tests[0].mask != c->any[0].tests[0].mask ||
		    j->tests[0].mask != (j->tests[0].width == 32 ? UINT32_MAX : UINT64_MAX))
			return false;
	}
	return c->n_any > 1;
}

static void put_list(struct text *t, const struct sys_cond *c)
{
	struct arg_words w = words_of(t, c->any[0].tests[0].arg);
	buf_printf(&t->out, "%s in (", w.arg.name);
	for (unsigned i = 0; i < c->n_any; i++) {
		buf_puts(&t->out, i ? ", " : "");
		put_value(t, &w, c->any[i].tests[0].value, c->any[i].tests[0].width);
	}
	buf_putc(&t->out, ')');
}

const char *cond_text(struct arena *a, const struct syscall_desc *call, enum arch arch,
		      const struct sys_cond *c)
{
	struct text t = {.out = buf_new(a), .call = call, .arch = arch};
	if (is_list(c)) {
		put_list(&t, c);
		return buf_str(&t.out);
	}
	for (unsigned i = 0; i < c->n_any; i++) {
		buf_puts(&t.out, i ? " or " : "");
		put_conj(&t, &c->any[i]);
	}
	return buf_str(&t.out);
}

const char *action_word(struct arena *a, struct sys_action action)
{
	static const char *const words[] = {
	    [ACT_KILL_PROCESS] = "kill", [ACT_KILL_THREAD] = "kill-thread",
	    [ACT_TRAP] = "trap",         [ACT_ERRNO] = "errno",
	    [ACT_NOTIFY] = "notify",     [ACT_TRACE] = "trace",
	    [ACT_LOG] = "log",           [ACT_ALLOW] = "allow",
	};
	if (action.act != ACT_ERRNO)
		return words[action.act];
	const char *name = strerrorname_np(action.data);
	return name ? arena_printf(a, "errno %s", name) : arena_printf(a, "errno %u", action.data);
}
