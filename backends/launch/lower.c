/*
 * lower.c - writes launch.conf and launch-macos.conf: what the loader needs beside the mechanisms of the kernel.
 */
#include <inttypes.h>
#include <string.h>

#include "../../compiler/at_load.h"
#include "../../compiler/guarantee.h"
#include "../../compiler/template.h"
#include "launch.h"

bool launch_end_line(struct lower *l, struct buf *b, size_t beg, struct loc loc)
{
	if (b->len - beg <= PLAN_MAX_LINE)
		return true;
	diag(l->diags, DIAG_TOO_LARGE, loc,
	     "this line would be longer than a plan can hold (%d bytes)", PLAN_MAX_LINE);
	return false;
}

/* Text as one word of a line: spaces and control bytes escaped, `$` as it is. */
void launch_put_word(struct buf *b, const char *text)
{
	for (const char *c = *text ? text : "-"; *c; c++)
		if (*c == ' ')
			buf_puts(b, "\\x20");
		else if (*c == '$')
			buf_putc(b, '$');
		else
			template_add_literal(b, c, 1);
}

void launch_put_where(struct lower *l, struct buf *b, const struct origin *origin)
{
	launch_put_word(b, src_where(l->src, l->arena, origin ? origin->loc : l->ir->loc));
}

/* " a b c" for the bits that are set. */
static void put_set(struct buf *b, uint32_t bits, const char *const *names, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (bits & (1u << i))
			buf_printf(b, " %s", names[i]);
}

const char *const launch_file[TARGET_COUNT] = {
    [TARGET_LINUX] = "launch.conf",
    [TARGET_MACOS] = "launch-macos.conf",
};

static void write_machine(struct lower *l, struct buf *b)
{
	const struct ir *ir = l->ir;
	buf_puts(b, "arch");
	put_set(b, arch_machines(ir->arches), arch_name, ARCH_COUNT);
	buf_puts(b, "\nisolate");
	put_set(b, ir->isolate, isolate_name, ISOLATE_COUNT);
	buf_puts(b, ir->isolate ? "\n" : " none\n");
	launch_write_view(l, b);
}

static bool write_head(struct lower *l, struct buf *b, enum target t)
{
	const struct ir *ir = l->ir;
	buf_printf(b, "sbx-launch %d %s\n", PLAN_VERSION, l->plan_id);
	size_t beg = b->len;
	buf_printf(b, "policy %s ", ir->name);
	launch_put_word(b, ir->version ? ir->version : "");
	buf_putc(b, '\n');
	bool ok = launch_end_line(l, b, beg, ir->loc);
	buf_printf(b, "target %s\n", target_name[t]);
	if (t == TARGET_LINUX)
		write_machine(l, b);
	return ok;
}

static bool write_params(struct lower *l, struct buf *b)
{
	bool ok = true;
	for (unsigned i = 0; i < l->ir->n_params; i++) {
		const struct ir_param *p = &l->ir->params[i];
		size_t beg = b->len;
		buf_printf(b, "param %s %s ", p->name, type_name[p->type]);
		if (p->value)
			buf_printf(b, "default%s%s\n", *p->value ? " " : "", p->value);
		else
			buf_puts(b, "required\n");
		ok = launch_end_line(l, b, beg, p->loc) && ok;
	}
	if (l->ir->n_params <= PLAN_MAX_PARAMS)
		return ok;
	diag_help(diag(l->diags, DIAG_TOO_LARGE, l->ir->params[PLAN_MAX_PARAMS].loc,
		       "%u params are left to the start of the program, and a plan holds %d", l->ir->n_params, PLAN_MAX_PARAMS),
		  "give some their values when the plan is made: leave out `at load`");
	return false;
}

/* What the lines take as values of the params that they count with. */
static void write_ranges(struct lower *l, struct buf *b)
{
	for (unsigned i = 0; i < l->ir->n_params; i++) {
		const char *name = l->ir->params[i].name;
		struct at_load_range r = at_load_range(l->ir, name);
		if (!r.bounded)
			continue;
		buf_printf(b, "range %s %" PRIu64 " %" PRIu64 " ", name, r.least, r.most);
		launch_put_where(l, b, r.at);
		buf_putc(b, '\n');
	}
}

/* What the loader has to find: nothing for a guarantee that the policy gave up. */
static bool write_guarantees(struct lower *l, struct buf *b, enum target t)
{
	unsigned n = 0;
	for (unsigned i = 0; i < l->n_guarantees; i++) {
		const struct guarantee *g = &l->guarantees[i];
		bool kept = g->answer.level >= LEVEL_DELEGATED;
		if (g->target != t || (!kept && !g->preferred))
			continue;
		buf_printf(b, "guarantee %s %s %s ", cap_name[g->cap],
			   g->preferred ? "preferred" : "required",
			   kept ? g->answer.mechanism : "none");
		launch_put_where(l, b, g->origin);
		buf_putc(b, '\n');
		n++;
	}
	if (n <= PLAN_MAX_GUARANTEES)
		return true;
	diag(l->diags, DIAG_TOO_LARGE, l->ir->loc,
	     "%u guarantees are asked for, and a plan holds %d", n, PLAN_MAX_GUARANTEES);
	return false;
}

static bool write_entry(struct lower *l, struct buf *b, enum target t)
{
	const struct origin *origin = l->ir->entry_origin;
	size_t beg = b->len;
	int exec_fd = t == TARGET_LINUX ? meaning_syscalls(l->meaning)->exec_fd : -1;
	if (!l->ir->entry)
		return true;
	buf_puts(b, "entry ");
	launch_put_where(l, b, origin);
	buf_printf(b, " %s\n", l->ir->entry);
	bool ok = launch_end_line(l, b, beg, origin ? origin->loc : l->ir->loc);
	if (exec_fd >= 0)
		buf_printf(b, "exec-fd %d\n", exec_fd);
	return ok;
}

/* The first line whose calls the filter hands over. */
static const struct origin *first_notify(const struct ir *ir)
{
	const struct origin *first = NULL;
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		const struct origin *o = r->origin[OP_SYSCALL];
		if (r->kind == RULE_SYSCALL && r->action.act == ACT_NOTIFY &&
		    (!first || o->loc.beg < first->loc.beg))
			first = o;
	}
	if (ir->default_origin && ir->sys_default.act == ACT_NOTIFY &&
	    (!first || ir->default_origin->loc.beg < first->loc.beg))
		first = ir->default_origin;
	if (ir->unknown_origin && ir->sys_unknown.act == ACT_NOTIFY &&
	    (!first || ir->unknown_origin->loc.beg < first->loc.beg))
		first = ir->unknown_origin;
	return first;
}

static void write_notify(struct lower *l, struct buf *b)
{
	const struct origin *at = first_notify(l->ir);
	if (!at)
		return;
	buf_puts(b, "notify report ");
	launch_put_where(l, b, at);
	buf_putc(b, '\n');
}

bool launch_lower(struct lower *l, enum target t)
{
	struct buf b = buf_new(l->arena);
	bool linux_file = t == TARGET_LINUX;
	bool ok = write_head(l, &b, t);
	ok = write_params(l, &b) && ok;
	write_ranges(l, &b);
	if (linux_file)
		launch_write_user(l, &b);
	ok = write_guarantees(l, &b, t) && ok;
	ok = write_entry(l, &b, t) && ok;
	ok = (linux_file || launch_write_needs(l, &b)) && ok;
	ok = launch_write_directory(l, &b, t) && ok;
	ok = (!linux_file || launch_write_places(l, &b)) && ok;
	ok = launch_write_env(l, &b, t) && ok;
	ok = launch_write_rlimits(l, &b, t) && ok;
	ok = launch_write_job(l, &b, t) && ok;
	launch_write_stdio(l, &b, t);
	if (linux_file)
		write_notify(l, &b);
	buf_puts(&b, "session new\nend\n");
	if (ok)
		lower_add(l, launch_file[t], b.data, b.len);
	return ok;
}
