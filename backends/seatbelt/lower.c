/*
 * lower.c - the order of the whole profile, and the rules for signals.
 */
#include <string.h>

#include "net.h"

bool seatbelt_governs(const struct ir_rule *r)
{
	return r->targets & TARGET_BIT(TARGET_MACOS);
}

/* The base lets signals reach the sandbox itself; a rule names nobody, so a deny only keeps the others out again. */
static void emit_signal(struct emit *e)
{
	const struct ir *ir = e->l->ir;
	const struct ir_rule *allow = NULL;

	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];

		if (r->kind != RULE_SIGNAL || !seatbelt_governs(r))
			continue;
		if (r->deny)
			return;
		allow = r;
	}
	if (!allow)
		return;
	emit_origins(e, allow);
	buf_puts(&e->out, "(allow signal (target others))\n");
}

static void refuse_rule(struct emit *e, const struct ir_rule *r, const char *message,
			const char *help)
{
	struct diag_rec *d = diag(e->l->diags, DIAG_NO_EXPRESSION, rule_origin(r) ? rule_origin(r)->object : rule_loc(r), "%s", message);

	diag_help(d, "%s", help);
	e->failed = true;
}

/* What the loader does (env) is not looked at; what nobody on macOS can do is an error. */
static void check_rules(struct emit *e)
{
	const struct ir *ir = e->l->ir;

	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];

		if (!seatbelt_governs(r))
			continue;
		if (r->kind == RULE_SYSCALL)
			refuse_rule(e, r, "macOS has no filter for system calls",
				    "put the line into `on linux { }`");
		else if (!ir_rule_everywhere(ir, r))
			refuse_rule(e, r,
				    "a profile of macOS cannot ask which processor it runs on",
				    "put the line into `on linux { }`, or say it for every arch");
	}
}

/* A heading, which is taken back where nothing follows. */
static void begin_section(struct emit *e, const char *what)
{
	e->section = e->out.len;
	buf_printf(&e->out, "\n; %s\n", what);
	e->section_body = e->out.len;
}

static void end_section(struct emit *e)
{
	if (e->out.len == e->section_body)
		e->out.len = e->section;
}

static void emit_all_denies(struct emit *e, const struct paths *paths, const struct net *net)
{
	begin_section(e, "what the policy denies: after everything else, because the last match decides");
	paths_emit_denies(e, paths);
	seatbelt_emit_net_denies(e, net, paths);
	end_section(e);
}

bool seatbelt_lower(struct lower *l)
{
	struct emit e = {.l = l, .out = buf_new(l->arena)};
	struct paths paths = {.allows = {.n = 0}};
	const struct net *net;

	if (!(l->ir->targets & TARGET_BIT(TARGET_MACOS)))
		return true;
	check_rules(&e);
	seatbelt_emit_header(&e);
	buf_puts(&e.out, "(version 1)\n(deny default)\n");
	seatbelt_emit_base(&e);
	seatbelt_emit_closed(&e);
	paths_collect(&e, &paths);
	paths_emit_allows(&e, &paths);
	begin_section(&e, "what only macOS has");
	seatbelt_emit_names(&e);
	end_section(&e);
	emit_signal(&e);
	net = net_collect(&e);
	begin_section(&e, "the network");
	seatbelt_emit_net_allows(&e, net, &paths);
	end_section(&e);
	emit_all_denies(&e, &paths, net);
	paths_emit_moves(&e, &paths);
	if (e.failed)
		return false;
	lower_add(l, SEATBELT_FILE, e.out.data, e.out.len);
	return true;
}
