/*
 * diff_call.c - compares system calls, exactly: not at samples of the arguments but by their conditions.
 *
 * Each side is a list of cases, the first that holds decides. Two lists differ if and only if for some pair of cases
 * with other actions there are arguments that reach both; cond_find() finds them or proves that there are none.
 */
#include <string.h>

#include "cond.h"
#include "diff_priv.h"
#include "say.h"
#include "syscalls.h"

enum { MAX_AVOID = 4096 };

struct call_case {
	const struct sys_cond *cond; /* NULL: always */
	struct sys_action action;
	const struct sys_rule *rule; /* NULL: no rule names the call */
};

struct cases {
	struct call_case *v;
	unsigned n;
};

/* How one call differs, one way. */
struct call_diff {
	bool found;
	uint64_t args[6];
	const struct call_case *old, *now; /* that the arguments reach */
};

struct caller {
	struct differ *d;
	enum arch arch;
	const struct syscall_desc *call;
	struct cases old, now;
	struct call_diff way[3];
	bool too_hard;
};

static bool lets(struct sys_action a)
{
	return a.act == ACT_ALLOW || a.act == ACT_LOG;
}

static bool same_action(struct sys_action a, struct sys_action b)
{
	return a.act == b.act && (a.act == ACT_ALLOW || a.act == ACT_LOG || a.data == b.data);
}

/* The loader's own start of the entry: the program can never make that call, and the number it names follows a limit. */
static bool is_loaders(const struct sys_policy *p, const struct sys_rule *r)
{
	if (p->exec_fd < 0 || !r->cond || r->deny || r->cond->n_any != 1 || strcmp(r->call->name, "execveat") != 0)
		return false;
	const struct sys_conj *c = &r->cond->any[0];
	for (unsigned i = 0; i < c->n_tests; i++)
		if (c->tests[i].arg == 0 && c->tests[i].cmp == SYS_EQ && c->tests[i].value == (uint64_t)p->exec_fd)
			return true;
	return false;
}

/* The rules of a side by the call they name, so that each is looked at once and not for every call. */
struct by_call {
	const struct sys_policy *p;
	struct name_list rules; /* name of the call -> numbers */
};

static struct by_call by_call(struct arena *a, const struct sys_policy *p)
{
	struct by_call x = {.p = p};
	for (unsigned i = 0; i < p->n_rules; i++)
		name_list_put(a, &x.rules, p->rules[i].call->name, strlen(p->rules[i].call->name), i);
	return x;
}

static struct cases cases_of(struct arena *a, const struct by_call *x, const struct syscall_desc *call, enum arch arch)
{
	struct cases c = {0};
	for (long i = name_list_first(&x->rules, call->name, strlen(call->name)); i >= 0; i = x->rules.v[i].next) {
		const struct sys_rule *r = &x->p->rules[x->rules.v[i].value];
		if (!(r->arches & ARCH_BIT(arch)) || is_loaders(x->p, r))
			continue;
		ARENA_GROW(a, c.v, c.n);
		c.v[c.n++] = (struct call_case){r->cond, r->action, r};
	}
	ARENA_GROW(a, c.v, c.n);
	c.v[c.n++] = (struct call_case){NULL, x->p->known, NULL};
	return c;
}

static bool cases_equal(const struct cases *x, const struct cases *y)
{
	if (x->n != y->n)
		return false;
	for (unsigned i = 0; i < x->n; i++)
		if (!same_action(x->v[i].action, y->v[i].action) || (!x->v[i].rule != !y->v[i].rule) ||
		    cond_cmp(x->v[i].cond, y->v[i].cond) != 0)
			return false;
	return true;
}

/* ---- differences ---- */

struct avoid {
	const struct sys_conj *v[MAX_AVOID];
	unsigned n;
	bool all; /* a case without condition stands before: nothing reaches the rest */
	bool full;
};

static void avoid_cases(struct avoid *a, const struct cases *c, unsigned before)
{
	for (unsigned i = 0; i < before; i++) {
		const struct sys_cond *cond = c->v[i].cond;
		a->all |= cond == NULL;
		for (unsigned k = 0; cond && k < cond->n_any; k++) {
			a->full |= a->n == MAX_AVOID;
			if (!a->full)
				a->v[a->n++] = &cond->any[k];
		}
	}
}

static const struct sys_conj always = {NULL, 0};

static const struct sys_conj *conj_of(const struct sys_cond *c, unsigned i)
{
	return c ? &c->any[i] : &always;
}

/* Arguments that reach both cases. */
static enum cond_found reach(const struct call_case *x, const struct call_case *y, const struct avoid *a, uint64_t args[6])
{
	enum cond_found worst = COND_NONE;
	for (unsigned i = 0; i < (x->cond ? x->cond->n_any : 1); i++)
		for (unsigned k = 0; k < (y->cond ? y->cond->n_any : 1); k++) {
			const struct sys_conj *must[] = {conj_of(x->cond, i), conj_of(y->cond, k)};
			enum cond_found f = cond_find(must, 2, a->v, a->n, args);
			if (f == COND_FOUND)
				return f;
			worst = f == COND_UNKNOWN ? f : worst;
		}
	return worst;
}

static void compare_pair(struct caller *c, unsigned i, unsigned k, struct avoid *a)
{
	const struct call_case *x = &c->old.v[i], *y = &c->now.v[k];
	enum diff_way way = lets(y->action) && !lets(x->action)	  ? DIFF_GROWS
			    : lets(x->action) && !lets(y->action) ? DIFF_SHRINKS
								  : DIFF_OTHER;
	struct call_diff *w = &c->way[way];
	if (w->found || same_action(x->action, y->action) || (!x->rule && !y->rule))
		return;
	a->n = 0;
	a->all = a->full = false;
	avoid_cases(a, &c->old, i);
	avoid_cases(a, &c->now, k);
	if (a->all)
		return;
	enum cond_found f = a->full ? COND_UNKNOWN : reach(x, y, a, w->args);
	c->too_hard |= f == COND_UNKNOWN;
	w->found = f == COND_FOUND;
	w->old = x;
	w->now = y;
}

static void compare_call(struct caller *c)
{
	if (cases_equal(&c->old, &c->now))
		return;
	struct avoid *a = ARENA_NEW(c->d->a, struct avoid);
	for (unsigned i = 0; i < c->old.n; i++)
		for (unsigned k = 0; k < c->now.n; k++)
			compare_pair(c, i, k, a);
}

/* ---- words ---- */

struct words {
	const char **v;
	unsigned n;
	bool some; /* a condition is among them */
};

static const char *case_word(struct caller *c, const struct call_case *k, bool first)
{
	const char *action = !k->rule || !lets(k->action)	  ? action_word(c->d->a, k->action)
			     : k->action.act == ACT_LOG ? "log"
							: "allow";
	if (k->cond)
		return arena_printf(c->d->a, "%s where %s", action, cond_text(c->d->a, c->call, c->arch, k->cond));
	return first ? action : arena_printf(c->d->a, "%s otherwise", action);
}

/* The cases up to the first that always holds: nothing reaches those after it. */
static struct words case_words(struct caller *c, const struct cases *x)
{
	struct words w = {.v = ARENA_ARRAY(c->d->a, x->n + 1, const char *)};
	for (unsigned i = 0; i < x->n; i++) {
		w.v[w.n++] = case_word(c, &x->v[i], i == 0);
		if (!x->v[i].cond)
			break;
		w.some = true;
	}
	return w;
}

/* Those that the other list does not hold; of a NULL other list, all. */
static unsigned put_words(struct buf *b, const char *title, const struct words *w, const struct words *other)
{
	struct name_map there = {0};
	unsigned n = 0;
	for (unsigned i = 0; other && i < other->n; i++)
		name_map_put(b->arena, &there, other->v[i], strlen(other->v[i]), 0);
	for (unsigned i = 0; i < w->n; i++)
		if (name_map_get(&there, w->v[i], strlen(w->v[i])) < 0) {
			buf_printf(b, "%s%s", n ? "; " : b->len ? "; " : "", n ? "" : title);
			buf_puts(b, w->v[i]);
			n++;
		}
	return n;
}

/* What is new and what is gone, where most is as before; else all of both. */
static const char *change_word(struct caller *c, const struct words *was, const struct words *is)
{
	struct buf b = buf_new(c->d->a);
	unsigned gone = put_words(&b, "gone: ", was, is), fresh = put_words(&b, "new: ", is, was);
	if (gone + fresh > 0 && was->n > gone + 1)
		return arena_printf(c->d->a, "%s; the rest as before", buf_str(&b));
	b = buf_new(c->d->a);
	put_words(&b, "was: ", was, NULL);
	put_words(&b, "is: ", is, NULL);
	return buf_str(&b);
}

/* The example as a condition: each argument that some rule looks at has this value. */
static const char *example_text(struct caller *c, const uint64_t args[6])
{
	struct sys_test *t = ARENA_ARRAY(c->d->a, 6, struct sys_test);
	unsigned width[6] = {0}, n = 0;
	const struct cases *sides[] = {&c->old, &c->now};
	for (unsigned s = 0; s < 2; s++)
		for (unsigned i = 0; i < sides[s]->n; i++) {
			const struct sys_cond *cond = sides[s]->v[i].cond;
			for (unsigned k = 0; cond && k < cond->n_any; k++)
				for (unsigned j = 0; j < cond->any[k].n_tests; j++)
					width[cond->any[k].tests[j].arg] = cond->any[k].tests[j].width;
		}
	for (unsigned i = 0; i < 6; i++) {
		uint64_t ones = width[i] == 32 ? UINT32_MAX : UINT64_MAX;
		if (width[i])
			t[n++] = (struct sys_test){(uint8_t)i, (uint8_t)width[i], SYS_EQ, ones, args[i] & ones};
	}
	struct sys_conj conj = {t, n};
	struct sys_cond cond = {&conj, 1};
	return n ? arena_printf(c->d->a, "%s where %s", c->call->name, cond_text(c->d->a, c->call, c->arch, &cond)) : NULL;
}

static const struct origin *origin_of(const struct call_case *k)
{
	return k->rule ? k->rule->origin : NULL;
}

static bool is_written(const struct call_case *k)
{
	return k->rule && k->rule->reason &&
	       (strcmp(k->rule->reason, "allow syscall") == 0 || strcmp(k->rule->reason, "deny syscall") == 0);
}

/* Who decides: of what grows the new rule, of what shrinks the new deny, or the old rule that is gone. */
static void explain_call(struct caller *c, const struct call_diff *w, struct diff_entry *e)
{
	bool from_old = e->way == DIFF_SHRINKS && !w->now->rule;
	const struct call_case *by = from_old || !w->now->rule ? w->old : w->now;
	const struct side *s = differ_side(c->d, by == w->old);
	const struct origin *o = origin_of(by);
	e->where = o ? side_where(c->d->a, s, o->loc) : NULL;
	e->because = o ? o->because : NULL;
	e->via = side_via(c->d->a, s, o);
	if (!is_written(by) && by->rule && by->rule->reason)
		e->note = arena_printf(c->d->a, "%s %s", by == w->old ? "followed from:" : "follows from:", by->rule->reason);
}

static void describe(struct caller *c, const struct call_diff *w, struct diff_entry *e)
{
	const struct words was = case_words(c, &c->old), is = case_words(c, &c->now);
	e->object = c->call->name;
	explain_call(c, w, e);
	if (!was.some && !is.some && e->way != DIFF_OTHER)
		return;
	e->example = was.some || is.some ? example_text(c, w->args) : NULL;
	e->but = NULL;
	const char *change = change_word(c, &was, &is);
	e->note = e->note ? arena_printf(c->d->a, "%s; %s", e->note, change) : change;
}

static bool same_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

static bool same_words(const struct diff_entry *a, const struct diff_entry *b)
{
	return a->way == b->way && same_text(a->where, b->where) && same_text(a->note, b->note) &&
	       same_text(a->example, b->example);
}

static void join_examples(struct arena *a, struct diff_entry *to, const struct diff_entry *from)
{
	struct request *v = ARENA_ARRAY(a, to->set.n_examples + from->set.n_examples, struct request);
	memcpy(v, to->set.examples, to->set.n_examples * sizeof(*v));
	memcpy(v + to->set.n_examples, from->set.examples, from->set.n_examples * sizeof(*v));
	to->set.examples = v;
	to->set.n_examples += from->set.n_examples;
}

/* ---- one call on all machines, then all calls ---- */

enum { MAX_PER_CALL = 4 * ARCH_COUNT };

struct call_entries {
	struct diff_entry v[MAX_PER_CALL];
	uint32_t arches[MAX_PER_CALL];
	unsigned n;
};

static void put_entry(struct caller *c, struct call_entries *all, const struct diff_entry *e)
{
	for (unsigned i = 0; i < all->n; i++)
		if (same_words(&all->v[i], e)) {
			all->arches[i] |= ARCH_BIT(c->arch);
			join_examples(c->d->a, &all->v[i], e);
			return;
		}
	all->v[all->n] = *e;
	all->arches[all->n++] = ARCH_BIT(c->arch);
}

static void put_found(struct caller *c, struct call_entries *all, enum diff_way way)
{
	const struct call_diff *w = &c->way[way];
	struct diff_entry e = {.part = DIFF_ACCESS, .way = way, .targets = TARGET_BIT(TARGET_LINUX), .what = "syscall"};
	struct request *r = ARENA_NEW(c->d->a, struct request);
	*r = side_request(&c->d->now, TARGET_LINUX, OP_SYSCALL, NULL, 0);
	r->arch = c->arch;
	r->nr = (uint32_t)c->call->nr[c->arch];
	memcpy(r->args, w->args, sizeof(r->args));
	describe(c, w, &e);
	e.set = (struct diff_set){.ops = OP_BIT(OP_SYSCALL), .examples = r, .n_examples = 1};
	put_entry(c, all, &e);
}

static void put_too_hard(struct caller *c, struct call_entries *all)
{
	struct diff_entry e = {.part = DIFF_ACCESS, .way = DIFF_GROWS, .targets = TARGET_BIT(TARGET_LINUX), .what = "syscall"};
	e.object = c->call->name;
	e.note = "the conditions have too many cases to be compared: counted as grown";
	e.set.ops = OP_BIT(OP_SYSCALL);
	put_entry(c, all, &e);
}

static void compare_on(struct differ *d, const struct by_call sides[2], const struct syscall_desc *call, enum arch arch,
		       struct call_entries *all)
{
	struct caller c = {.d = d, .arch = arch, .call = call};
	c.old = cases_of(d->a, &sides[0], call, arch);
	c.now = cases_of(d->a, &sides[1], call, arch);
	compare_call(&c);
	for (unsigned w = 0; w < 3; w++)
		if (c.way[w].found)
			put_found(&c, all, (enum diff_way)w);
	if (c.too_hard)
		put_too_hard(&c, all);
}

/* Calls that differ alike, by the same line, are one entry. */
static void add_entry(struct differ *d, const struct diff_entry *e, unsigned first)
{
	for (unsigned i = first; i < d->n; i++)
		if (!e->example && same_words(&d->v[i], e)) {
			join_examples(d->a, &d->v[i], e);
			d->v[i].object = arena_printf(d->a, "%s, %s", d->v[i].object, e->object);
			return;
		}
	*differ_add(d, e->part, e->way, e->targets, e->what) = *e;
}

/* The ABIs that both let in and that have the call; others are a line of the settings. */
static uint32_t arches_with(const struct differ *d, const struct syscall_desc *call)
{
	uint32_t arches = 0;
	for (unsigned a = 0; a < ARCH_COUNT; a++)
		arches |= call->nr[a] == SYSCALL_NONE ? 0 : ARCH_BIT(a);
	return arches & d->old.ir->arches & d->now.ir->arches;
}

static const char *arch_words(struct arena *a, uint32_t arches)
{
	struct buf b = buf_new(a);
	for (unsigned i = 0; i < ARCH_COUNT; i++)
		if (arches & ARCH_BIT(i))
			buf_printf(&b, "%s%s", b.len ? ", " : "", arch_name[i]);
	return buf_str(&b);
}

/* ---- ABIs that one of the policies lets in at all ---- */

/* A call of the ABI that the side answers; false when there is none. */
static bool answered_call(const struct side *s, enum arch arch, struct request *out)
{
	unsigned n;
	const struct syscall_desc *table = syscall_table(&n);
	*out = side_request(s, TARGET_LINUX, OP_SYSCALL, NULL, 0);
	out->arch = arch;
	for (unsigned i = 0; i < n; i++) {
		out->nr = (uint32_t)table[i].nr[arch];
		const struct sys_rule *by;
		if (table[i].nr[arch] != SYSCALL_NONE && lets(sysmean_decide(s->calls, arch, out->nr, out->args, &by)))
			return true;
	}
	return false;
}

static void compare_abi(struct differ *d, enum arch arch)
{
	bool is_old = d->old.ir->arches & ARCH_BIT(arch);
	const struct side *s = differ_side(d, is_old);
	struct request *r = ARENA_NEW(d->a, struct request);
	bool any = answered_call(s, arch, r);
	struct diff_entry *e = differ_add(d, DIFF_ACCESS, !any ? DIFF_OTHER : is_old ? DIFF_SHRINKS : DIFF_GROWS,
					  TARGET_BIT(TARGET_LINUX), "syscall");
	e->object = arena_printf(d->a, "every call of %s", arch_name[arch]);
	e->where = s->ir->arches_origin ? side_where(d->a, s, s->ir->arches_origin->loc) : NULL;
	e->note = is_old ? "this ABI is no longer let in: its calls kill the process"
			 : "this ABI was not let in: its calls killed the process";
	e->set = (struct diff_set){.ops = OP_BIT(OP_SYSCALL), .examples = r, .n_examples = any};
}

void diff_calls(struct differ *d)
{
	unsigned n, first = d->n;
	const struct syscall_desc *table = syscall_table(&n);
	const struct by_call sides[] = {by_call(d->a, d->old.calls), by_call(d->a, d->now.calls)};
	for (unsigned a = 0; a < ARCH_COUNT && (d->targets & TARGET_BIT(TARGET_LINUX)); a++)
		if ((d->old.ir->arches ^ d->now.ir->arches) & ARCH_BIT(a))
			compare_abi(d, (enum arch)a);
	for (unsigned i = 0; i < n && (d->targets & TARGET_BIT(TARGET_LINUX)); i++) {
		struct call_entries all = {.n = 0};
		uint32_t has = arches_with(d, &table[i]);
		for (unsigned a = 0; a < ARCH_COUNT; a++)
			if (has & ARCH_BIT(a))
				compare_on(d, sides, &table[i], (enum arch)a, &all);
		for (unsigned k = 0; k < all.n; k++) {
			if (all.arches[k] != has)
				all.v[k].object = arena_printf(d->a, "%s (%s)", all.v[k].object, arch_words(d->a, all.arches[k]));
			add_entry(d, &all.v[k], first);
		}
	}
}
