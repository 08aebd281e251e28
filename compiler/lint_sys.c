/*
 * lint_sys.c - system call lines that say nothing, protect little, or leave a policy that cannot
 * start.
 */
#include "lint.h"

#include <errno.h>
#include <linux/fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "cond.h"
#include "derive.h"
#include "str.h"
#include "syscalls.h"

enum { MAX_CONJS = 2048, MAX_NAMES = 12 };

struct lint {
	struct arena *arena;
	const struct meaning *meaning;
	const struct sys_policy *policy;
	struct diags *diags;
	const struct sys_rule **by_line; /* the rules that lines make, those of a line one after another in the order of the policy */
	unsigned n_by_line;
	struct sys_conj *conjs; /* MAX_CONJS of them, for is_covered() */
};

static bool is_pass(const struct sys_rule *r)
{
	return !r->deny;
}

/* A line of the policy's own text, not of a profile it uses. */
static bool is_own(const struct sys_rule *r)
{
	return r->origin && !r->origin->profile &&
	       !strcmp(r->reason, r->deny ? "deny syscall" : "allow syscall");
}

/* ---- lines that say nothing ---- */

/* The rules of a call stand together: from *first, the number of them. */
static unsigned rules_of_call(const struct lint *l, const struct sys_rule *r, const struct sys_rule **first)
{
	const struct sys_rule *end = r + 1;
	for (*first = r; *first > l->policy->rules && (*first)[-1].call == r->call;)
		(*first)--;
	while (end < l->policy->rules + l->policy->n_rules && end->call == r->call)
		end++;
	return (unsigned)(end - *first);
}

/*
 * Do the rules of the call that `other` takes cover all that r does, on every arch of r? The first
 * such is *by.
 */
static bool is_covered(const struct lint *l, const struct sys_rule *r,
		       bool (*other)(const struct sys_rule *r, const struct sys_rule *by),
		       const struct sys_rule **by)
{
	struct sys_conj *v = l->conjs;
	const struct sys_rule *first;
	unsigned n = rules_of_call(l, r, &first);
	for (uint32_t left = r->arches; left; left &= left - 1) {
		uint32_t arch = left & (~left + 1);
		struct sys_cond all = {.any = v};
		bool whole = false;
		for (unsigned i = 0; i < n; i++) {
			const struct sys_rule *o = &first[i];
			if (o == r || !(o->arches & arch) || !cond_overlap(r->cond, o->cond) || !other(r, o))
				continue;
			*by = *by ? *by : o;
			whole |= !o->cond;
			for (unsigned k = 0; o->cond && k < o->cond->n_any && all.n_any < MAX_CONJS;
			     k++)
				v[all.n_any++] = o->cond->any[k];
		}
		if (!whole && !cond_within(r->cond, &all))
			return false;
	}
	return *by != NULL;
}

static bool takes_allow(const struct sys_rule *r, const struct sys_rule *by)
{
	(void)r;
	return by->deny;
}

static bool same_line(const struct sys_rule *a, const struct sys_rule *b)
{
	return a->origin && b->origin && a->origin->loc.beg == b->origin->loc.beg &&
	       a->deny == b->deny;
}

/*
 * Of two lines that say the same of a call, the one that stands first stays; a base rule stays
 * always.
 */
static bool repeats(const struct sys_rule *r, const struct sys_rule *by)
{
	if (r->deny != by->deny || same_line(r, by))
		return false;
	if (by->action.act != r->action.act)
		return by->action.act < r->action.act;
	if (by->action.data != r->action.data)
		return by->action.data < r->action.data;
	if (!is_own(by))
		return !r->deny;
	return by < r || !cond_within(by->cond, r->cond);
}

static int cmp_line(const void *a, const void *b)
{
	const struct sys_rule *x = *(const struct sys_rule *const *)a, *y = *(const struct sys_rule *const *)b;
	if (x->origin->loc.beg != y->origin->loc.beg)
		return x->origin->loc.beg < y->origin->loc.beg ? -1 : 1;
	if (x->deny != y->deny)
		return x->deny ? 1 : -1;
	return (x > y) - (x < y);
}

static void collect_lines(struct lint *l)
{
	l->by_line = ARENA_ARRAY(l->arena, l->policy->n_rules, const struct sys_rule *);
	for (unsigned i = 0; i < l->policy->n_rules; i++)
		if (l->policy->rules[i].origin)
			l->by_line[l->n_by_line++] = &l->policy->rules[i];
	if (l->n_by_line)
		qsort(l->by_line, l->n_by_line, sizeof(*l->by_line), cmp_line);
}

/* The first rule of its line, in by_line. */
static unsigned line_start(const struct lint *l, const struct sys_rule *r)
{
	unsigned lo = 0, hi = l->n_by_line;
	while (lo < hi) {
		unsigned mid = lo + (hi - lo) / 2;
		if (cmp_line(&l->by_line[mid], &r) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	while (lo && same_line(l->by_line[lo - 1], r))
		lo--;
	return lo;
}

/* Is this true of all rules that one line makes? Then it is said once, of the first. */
static bool whole_line(const struct lint *l, const struct sys_rule *r,
		       bool (*other)(const struct sys_rule *r, const struct sys_rule *by),
		       const struct sys_rule **by)
{
	for (unsigned i = line_start(l, r); i < l->n_by_line && same_line(l->by_line[i], r); i++) {
		const struct sys_rule *found = NULL;
		if (l->by_line[i] < r || !is_covered(l, l->by_line[i], other, &found))
			return false;
		if (!*by)
			*by = found;
	}
	return *by != NULL;
}

static void second_place(struct diag_rec *rec, const struct sys_rule *by, const char *what)
{
	if (by->origin)
		diag_second(rec, by->origin->loc, "%s here", what);
	else
		diag_note(rec, "%s by the base of every policy (%s)", what, by->reason);
}

static void lint_dead(const struct lint *l, const struct sys_rule *r)
{
	const struct sys_rule *by = NULL;
	struct diag_rec *rec;
	if (is_pass(r) && whole_line(l, r, takes_allow, &by)) {
		rec = diag(l->diags, DIAG_DEAD_ALLOW, r->origin->loc, "this line allows nothing");
		second_place(rec, by, "denied");
		diag_help(rec, "`deny` always wins: give the deny a condition, or remove one of "
			       "the two lines");
		return;
	}
	by = NULL;
	if ((r->deny && r->origin->because) || !whole_line(l, r, repeats, &by))
		return;
	rec = diag(l->diags, is_pass(r) ? DIAG_DEAD_ALLOW : DIAG_DEAD_DENY, r->origin->loc,
		   "this line %s",
		   is_pass(r) ? "allows nothing that is not allowed anyway"
			      : "denies nothing that is not denied anyway");
	second_place(rec, by, is_pass(r) ? "allowed" : "denied");
	diag_help(rec, "remove the line");
}

static bool exists_on(const struct syscall_desc *call, uint32_t arches)
{
	for (; arches; arches &= arches - 1)
		if (call->nr[__builtin_ctz(arches)] != SYSCALL_NONE)
			return true;
	return false;
}

/* Has the group no call of its own that it opens on one of the arches? What other rules open it leaves to them. */
static bool is_governed(const struct lint *l, const char *group, uint32_t features, uint32_t arches)
{
	const struct syscall_group *g = syscall_group_by_name(group);
	for (unsigned i = 0; i < g->n_members; i++) {
		const char *name = g->members[i];
		if (name[0] == '@' ? !is_governed(l, name + 1, features, arches)
				   : !derive_governs(name, features) && exists_on(syscall_by_name(name), arches))
			return false;
	}
	return true;
}

static void lint_groups(const struct lint *l)
{
	const struct ir *ir = meaning_ir(l->meaning);
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		if (r->kind != RULE_SYSCALL || r->deny || r->object[0] != '@' || r->origin[OP_SYSCALL]->profile ||
		    !is_governed(l, r->object + 1, derive_features(ir, ARCH_X86_64), r->arches & ir->arches))
			continue;
		struct diag_rec *rec = diag(l->diags, DIAG_DEAD_ALLOW, r->origin[OP_SYSCALL]->loc, "this line allows nothing");
		diag_note(rec, "a group opens no call that other rules open, and all of `%s` are such", r->object);
		diag_help(rec, "write the rule that needs them, such as `allow exec \"...\"` for `execve`; or name the calls");
	}
}

/* ---- lines that protect little ---- */

static const struct family {
	enum { ANY_DENY, WHOLE_DENY, UNCONFINED_SIBLING, FIRST_DENIED } when;
	const char *calls[MAX_NAMES];
} families[] = {
#define SIBLINGS(when, ...) {when, {__VA_ARGS__}},
#include "sibling.def"
};

/* What lets a call through: a line, the base of every policy (then it says for what), or the default of the policy. */
struct opening {
	const struct origin *line;
	const char *base;
};

static bool lets_through(struct sys_action a)
{
	return a.act == ACT_ALLOW || a.act == ACT_LOG;
}

/* Is some of the call let through on one of the arches? Not where the author denies some of it. */
static bool open_sibling(const struct lint *l, const struct syscall_desc *call, uint32_t arches, const struct family *f,
			 struct opening *by)
{
	const struct sys_rule *open = NULL;
	bool shut = false; /* by the base */
	for (unsigned a = 0; a < ARCH_COUNT; a++)
		arches &= call->nr[a] == SYSCALL_NONE ? ~ARCH_BIT(a) : ~0u;
	for (unsigned i = 0; i < l->policy->n_rules; i++) {
		const struct sys_rule *r = &l->policy->rules[i];
		const struct sys_rule *denied = NULL;
		if (r->call != call || !(r->arches & arches))
			continue;
		if (r->deny && r->origin)
			return false;
		if (r->origin && r->origin == meaning_ir(l->meaning)->entry_origin)
			continue; /* the loader's own start, once */
		shut |= r->deny && !r->cond;
		if (f->when == UNCONFINED_SIBLING && r->cond && !r->origin)
			continue;
		if (!r->deny && !open && !is_covered(l, r, takes_allow, &denied))
			open = r;
	}
	if (open)
		*by = (struct opening){open->origin, open->reason};
	else
		*by = (struct opening){meaning_ir(l->meaning)->default_origin, NULL};
	return open || (!shut && arches && by->line && lets_through(l->policy->known));
}

/* Is a call of the family denied by a line before this one? Then that one has said it. */
static bool said_before(const struct lint *l, const struct sys_rule *r, const struct family *f)
{
	for (unsigned k = line_start(l, r); l->by_line[k] != r; k++)
		for (unsigned i = 0; r->deny && i < MAX_NAMES && f->calls[i]; i++)
			if (!strcmp(l->by_line[k]->call->name, f->calls[i]))
				return true;
	return false;
}

/* ENOSYS tells a program to take the other call: whoever says that does not mean to stop it. */
static bool sends_elsewhere(const struct sys_rule *r)
{
	return r->action.act == ACT_ERRNO && r->action.data == ENOSYS;
}

static void lint_family(const struct lint *l, const struct sys_rule *r, const struct family *f)
{
	bool member = false;
	struct buf names = buf_new(l->arena);
	struct opening first = {NULL, NULL}, by;
	for (unsigned i = 0; i < (f->when == FIRST_DENIED ? 1 : MAX_NAMES) && f->calls[i]; i++)
		member |= !strcmp(f->calls[i], r->call->name);
	if (!member || sends_elsewhere(r) || (f->when == WHOLE_DENY && r->cond) || said_before(l, r, f))
		return;
	for (unsigned i = 0; i < MAX_NAMES && f->calls[i]; i++) {
		if (!strcmp(f->calls[i], r->call->name) || !open_sibling(l, syscall_by_name(f->calls[i]), r->arches, f, &by))
			continue;
		first = names.len ? first : by;
		buf_printf(&names, "%s`%s`", names.len ? ", " : "", f->calls[i]);
	}
	if (!names.len)
		return;
	struct diag_rec *rec =
	    diag(l->diags, DIAG_SIBLING, r->origin->loc, "`%s` is denied, and %s can do the same",
		 r->call->name, buf_str(&names));
	if (first.line)
		diag_second(rec, first.line->loc, "allowed here");
	else
		diag_note(rec, "allowed by the base of every policy (%s)", first.base);
	if (syscall_group_by_name(f->calls[0]))
		diag_help(rec, "`deny syscall @%s` covers the family", f->calls[0]);
	else
		diag_help(rec, "deny %s too", buf_str(&names));
}

static bool uring_reaches(const char *name)
{
	static const char *const calls[] = {
#define IO_URING(...) __VA_ARGS__,
#include "io_uring.def"
	};
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (!strcmp(calls[i], name))
			return true;
	return false;
}

/* ---- ABIs ---- */

/* Does the policy let some of the call through on this ABI? *by: the line, or NULL: the default. */
static bool is_open(const struct lint *l, const char *name, enum arch arch, const struct origin **by)
{
	const struct syscall_desc *call = syscall_by_name(name);
	if (call->nr[arch] == SYSCALL_NONE)
		return false;
	for (unsigned i = 0; i < l->policy->n_rules; i++) {
		const struct sys_rule *r = &l->policy->rules[i];
		const struct sys_rule *covered = NULL;
		if (r->call != call || !(r->arches & ARCH_BIT(arch)))
			continue;
		if (r->deny && !r->cond)
			return false;
		*by = r->origin;
		if (!r->deny && !is_covered(l, r, takes_allow, &covered))
			return true;
	}
	*by = meaning_ir(l->meaning)->default_origin;
	return lets_through(l->policy->known);
}

/* The first line that denies what io_uring does too, on one of the arches. */
static const struct sys_rule *denied_door(const struct lint *l, enum arch arch)
{
	for (unsigned i = 0; i < l->policy->n_rules; i++) {
		const struct sys_rule *r = &l->policy->rules[i];
		if (r->deny && r->origin && !sends_elsewhere(r) && (r->arches & ARCH_BIT(arch)) && uring_reaches(r->call->name))
			return r;
	}
	return NULL;
}

static void lint_side_door(const struct lint *l)
{
	for (uint32_t left = l->policy->arches; left; left &= left - 1) {
		enum arch arch = (enum arch)__builtin_ctz(left);
		const struct origin *by = NULL;
		const struct sys_rule *deny = denied_door(l, arch);
		if (!deny || !is_open(l, "io_uring_setup", arch, &by) || !by)
			continue;
		struct diag_rec *rec = diag(l->diags, DIAG_SIDE_DOOR, by->loc, "io_uring does what `%s` does, and no filter sees it",
					    deny->call->name);
		diag_second(rec, deny->origin->loc, "`%s` is denied here", deny->call->name);
		if (by == meaning_ir(l->meaning)->default_origin)
			diag_help(rec, "deny it too: `deny syscall io_uring_setup`");
		else
			diag_help(rec, "remove this line, or the deny that it defeats");
		return;
	}
}

#define NAMES(...) ((const char *const[]){__VA_ARGS__, NULL})
static const struct multiplexer {
	const char *call;
	const char *const *does;
} multiplexers[] = {
#define MULTIPLEXER(name, ...) {name, NAMES(__VA_ARGS__)},
#include "multiplexer.def"
};

/* A deny, or an allow of a part, of what a multiplexer does as a whole. */
static void lint_multiplexed(const struct lint *l, const struct sys_rule *r, const struct multiplexer *m)
{
	const struct origin *by = NULL;
	bool does = false;
	for (unsigned i = 0; m->does[i]; i++)
		does |= !strcmp(m->does[i], r->call->name);
	for (uint32_t left = r->arches; does && left && (r->deny || r->cond); left &= left - 1) {
		enum arch arch = (enum arch)__builtin_ctz(left);
		if (!is_open(l, m->call, arch, &by) || diag_seen(l->diags, DIAG_MULTIPLEXED, r->origin->loc))
			continue;
		struct diag_rec *rec = diag(l->diags, DIAG_MULTIPLEXED, r->origin->loc,
					    "on %s `%s` does what `%s` does, and its arguments cannot be seen",
					    arch_name[arch], m->call, r->call->name);
		if (by)
			diag_second(rec, by->loc, "`%s` is open by this line", m->call);
		diag_help(rec, "deny it: `deny syscall %s with errno ENOSYS`", m->call);
		return;
	}
}

/* What only a companion has is seldom on anybody's list of what to deny. */
static void lint_open_companion(const struct lint *l)
{
	const struct ir *ir = meaning_ir(l->meaning);
	uint32_t companions = ir->arches & ~arch_machines(ir->arches);
	if (!companions || !ir->default_origin || !lets_through(l->policy->known))
		return;
	const char *name = arch_name[__builtin_ctz(companions)];
	struct diag_rec *rec = diag(l->diags, DIAG_OPEN_COMPANION, ir->default_origin->loc,
				    "this opens also the calls that only %s has", name);
	if (ir->arches_origin)
		diag_second(rec, ir->arches_origin->loc, "%s is let in here", name);
	diag_help(rec, "let calls through by name, or leave out %s", name);
}

/* ---- a policy that cannot start ---- */

static void check_start(const struct lint *l, enum arch arch)
{
	int fd = l->policy->exec_fd;
	const char *name = fd >= 0 ? "execveat" : "execve";
	const struct syscall_desc *call = syscall_by_name(name);
	struct request r = {
	    .target = TARGET_LINUX, .op = OP_SYSCALL, .arch = arch, .nr = (uint32_t)call->nr[arch]};
	/* As the loader calls it; between the two lie pointers, which no condition can be about. */
	if (fd >= 0) {
		r.args[0] = (uint64_t)fd;
		r.args[4] = AT_EMPTY_PATH;
	}
	struct decision d = decide(l->meaning, &r);
	const struct ir *ir = meaning_ir(l->meaning);
	const struct origin *at = d.by ? d.by : ir->exact_origin;
	if (d.allow || (at && diag_seen(l->diags, DIAG_CONFLICT, at->loc)))
		return;
	struct diag_rec *rec = diag(l->diags, DIAG_CONFLICT, at ? at->loc : ir->loc,
				    "under this filter no program could be started");
	diag_note(rec, "the program is started with `%s`, after the filter is in place", name);
	if (d.by)
		diag_help(rec, "deny a part of its calls only, or remove the line");
	else
		diag_help(rec, "add `allow syscall %s because \"...\"`", name);
}

void lint_syscalls(struct arena *a, const struct meaning *m, struct diags *d)
{
	struct lint l = {.arena = a, .meaning = m, .policy = meaning_syscalls(m), .diags = d};
	if (!(meaning_ir(m)->targets & TARGET_BIT(TARGET_LINUX)))
		return;
	for (uint32_t left = arch_machines(l.policy->arches); left; left &= left - 1)
		check_start(&l, (enum arch)__builtin_ctz(left));
	lint_open_companion(&l);
	collect_lines(&l);
	l.conjs = ARENA_ARRAY(a, MAX_CONJS, struct sys_conj);
	lint_side_door(&l);
	lint_groups(&l);
	for (unsigned i = 0; i < l.policy->n_rules; i++) {
		const struct sys_rule *r = &l.policy->rules[i];
		if (!is_own(r))
			continue;
		lint_dead(&l, r);
		for (size_t k = 0; k < sizeof(multiplexers) / sizeof(multiplexers[0]); k++)
			lint_multiplexed(&l, r, &multiplexers[k]);
		for (size_t f = 0; r->deny && f < sizeof(families) / sizeof(families[0]); f++)
			lint_family(&l, r, &families[f]);
	}
}
