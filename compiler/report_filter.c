/*
 * report_filter.c - the instructions of a filter of system calls beside the lines they come from.
 *
 * The way of each call's number is read from the bytes of the filter by the back end's model; the lines are those of the
 * meaning. So the table shows what was written into the plan, not what the compiler had in mind.
 */
#include <stdlib.h>
#include <string.h>

#include "report_priv.h"
#include "syscalls.h"

/* A call of an ABI, and the rules that may answer it. */
struct decided {
	struct number_path at;
	const struct syscall_desc *call;
	enum arch arch;
	const struct sys_rule *rules;
	unsigned n_rules;
};

struct filter {
	struct report *r;
	const struct sys_policy *policy;
	enum arch machine;
	const char **insns; /* the instructions as the listing has them, without their comments */
	unsigned n_insns;
	struct decided *v;
	unsigned n;
};

/* ---- the listing ---- */

static const char *const listing_head = "\ninstructions:\n";

static void read_listing(struct filter *f, const char *text)
{
	const char *at = strstr(text, listing_head);
	for (at = at ? at + strlen(listing_head) : ""; *at; at += strcspn(at, "\n"), at += *at == '\n') {
		const char *line = at + strspn(at, " 0123456789");
		size_t len = strcspn(line, "\n");
		const char *comment = memmem(line, len, "  # ", 4);
		ARENA_GROW(f->r->a, f->insns, f->n_insns);
		f->insns[f->n_insns++] = arena_strndup(f->r->a, line, comment ? (size_t)(comment - line) : len);
	}
}

static const char *anchor(const struct filter *f, unsigned pc)
{
	return arena_printf(f->r->a, "%s-%u", arch_name[f->machine], pc);
}

/* What people read first as it is, then each instruction with its anchor. */
static void put_listing(struct filter *f, const char *text)
{
	struct html *h = f->r->h;
	const char *at = strstr(text, listing_head);
	size_t head = at ? (size_t)(at - text) + strlen(listing_head) : strlen(text);
	html_open(h, "pre tabindex=\"0\"");
	html_text(h, arena_strndup(f->r->a, text, head));
	at = text + head;
	for (unsigned pc = 0; pc < f->n_insns; pc++) {
		size_t len = strcspn(at, "\n") + 1;
		html_open_with(h, "span", "id", anchor(f, pc));
		html_text(h, arena_strndup(f->r->a, at, len));
		html_close(h);
		at += len;
	}
	html_close(h);
}

/* ---- which instruction decides which call ---- */

static void collect_abi(struct filter *f, const struct backend *b, const void *model, enum arch arch)
{
	unsigned n;
	const struct sys_policy *p = f->policy;
	const struct syscall_desc *calls = syscall_table(&n);
	for (unsigned i = 0, rule = 0; i < n; i++) {
		struct decided d = {.call = &calls[i], .arch = arch, .rules = &p->rules[rule]};
		for (; rule < p->n_rules && p->rules[rule].call == &calls[i]; rule++)
			d.n_rules++;
		if (calls[i].nr[arch] == SYSCALL_NONE || !b->number_path(model, arch, (uint32_t)calls[i].nr[arch], &d.at))
			continue;
		ARENA_GROW(f->r->a, f->v, f->n);
		f->v[f->n++] = d;
	}
}

static int in_order(const void *x, const void *y)
{
	const struct decided *a = x, *b = y;
	if (a->at.last != b->at.last)
		return a->at.last < b->at.last ? -1 : 1;
	if (a->at.decided != b->at.decided)
		return a->at.decided < b->at.decided ? -1 : 1;
	if (a->call != b->call)
		return a->call < b->call ? -1 : 1;
	return (a->arch > b->arch) - (a->arch < b->arch);
}

static void collect(struct filter *f)
{
	const char *error = NULL;
	for (unsigned i = 0; backends[i]; i++) {
		void *model = backends[i]->number_path
				  ? backends[i]->model_open(f->r->a, f->r->k->lower.artifacts, f->r->k->lower.n_artifacts, &error)
				  : NULL;
		for (unsigned a = 0; model && a < ARCH_COUNT; a++)
			if (arch_machine[a] == f->machine && (f->policy->arches & ARCH_BIT(a)))
				collect_abi(f, backends[i], model, (enum arch)a);
	}
	if (f->n)
		qsort(f->v, f->n, sizeof(f->v[0]), in_order);
}

/* ---- the lines ---- */

/* A `deny` of the whole call leaves nothing to the other rules. */
static bool answers(const struct decided *d, const struct sys_rule *rule)
{
	bool whole = false;
	for (unsigned i = 0; i < d->n_rules; i++)
		whole |= d->rules[i].deny && !d->rules[i].cond && (d->rules[i].arches & ARCH_BIT(d->arch));
	return (rule->arches & ARCH_BIT(d->arch)) && (!whole || (rule->deny && !rule->cond));
}

static bool same_reason(const struct sys_rule *a, const struct sys_rule *b)
{
	if (!a || !b || a->deny != b->deny || !a->origin != !b->origin)
		return a == b;
	return a->origin ? a->origin->loc.beg == b->origin->loc.beg : !strcmp(a->reason, b->reason);
}

/* Is the call answered for this reason (NULL: for none)? */
static bool has_reason(const struct decided *d, const struct sys_rule *reason)
{
	bool any = false;
	for (unsigned i = 0; i < d->n_rules; i++) {
		bool is = answers(d, &d->rules[i]);
		if (is && reason && same_reason(&d->rules[i], reason))
			return true;
		any |= is;
	}
	return !reason && !any;
}

static void put_reason(struct report *r, const struct sys_rule *rule)
{
	const struct origin *o = rule ? rule->origin : r->ir->default_origin;
	if (o) {
		report_place(r, o->loc);
		html_text(r->h, " ");
	}
	html_leaf(r->h, "span class=\"soft\"", rule ? rule->reason : o ? "the default" : "no line allows it");
}

/* One reason with all calls of the row that it answers. */
static void put_item(struct filter *f, const struct decided *row, unsigned n, const struct sys_rule *reason)
{
	struct buf calls = buf_new(f->r->a);
	for (unsigned i = 0; i < n; i++)
		if (has_reason(&row[i], reason))
			buf_printf(&calls, "%s%s%s%s", calls.len ? ", " : "", row[i].call->name, row[i].arch == f->machine ? "" : " of ",
				   row[i].arch == f->machine ? "" : arch_name[row[i].arch]);
	html_open(f->r->h, "li");
	html_leaf(f->r->h, "code", buf_str(&calls));
	html_text(f->r->h, ": ");
	put_reason(f->r, reason);
	html_close(f->r->h);
}

static bool said_before(const struct decided *row, unsigned i, const struct sys_rule *reason)
{
	while (i-- > 0)
		if (has_reason(&row[i], reason))
			return true;
	return false;
}

static void put_reasons(struct filter *f, const struct decided *row, unsigned n)
{
	html_open(f->r->h, "ul class=\"bare\"");
	for (unsigned i = 0; i < n; i++) {
		if (has_reason(&row[i], NULL) && !said_before(row, i, NULL))
			put_item(f, row, n, NULL);
		for (unsigned k = 0; k < row[i].n_rules; k++) {
			const struct sys_rule *rule = &row[i].rules[k];
			bool again = !answers(&row[i], rule) || said_before(row, i, rule);
			for (unsigned j = 0; j < k; j++)
				again |= answers(&row[i], &row[i].rules[j]) && same_reason(&row[i].rules[j], rule);
			if (!again)
				put_item(f, row, n, rule);
		}
	}
	html_close(f->r->h);
}

/* ---- the table ---- */

static void put_row(struct filter *f, const struct decided *row, unsigned n)
{
	struct html *h = f->r->h;
	unsigned pcs[2] = {row->at.last, row->at.decided};
	static const char *const heads[2] = {"Compared at", "Leads to"};
	html_open(h, "tr");
	for (unsigned i = 0; i < 2; i++) {
		report_cell(f->r, heads[i]);
		html_open(h, "span");
		html_open_with(h, "a", "href", arena_printf(f->r->a, "#%s", anchor(f, pcs[i])));
		html_leaf(h, "code", arena_printf(f->r->a, "%u", pcs[i]));
		html_close(h);
		html_text(h, " ");
		html_leaf(h, "code", pcs[i] < f->n_insns ? f->insns[pcs[i]] : "");
		html_close(h);
		html_close(h);
	}
	report_cell(f->r, "Calls");
	put_reasons(f, row, n);
	html_close(h);
	html_close(h);
}

static void put_table(struct filter *f)
{
	static const char *const heads[] = {"Compared at", "Leads to", "Calls, and the line that decides them", NULL};
	report_table(f->r, "Which comparison sends which calls where, as read from the bytes of the filter. A number that no call "
			   "has is not listed.", heads);
	for (unsigned i = 0, n; i < f->n; i += n) {
		for (n = 1; i + n < f->n && f->v[i + n].at.last == f->v[i].at.last && f->v[i + n].at.decided == f->v[i].at.decided;)
			n++;
		put_row(f, &f->v[i], n);
	}
	report_table_end(f->r);
}

void report_filter(struct report *r, enum arch machine, const char *text)
{
	struct filter f = {.r = r, .policy = meaning_syscalls(r->k->meaning), .machine = machine};
	read_listing(&f, text);
	collect(&f);
	put_table(&f);
	put_listing(&f, text);
}
