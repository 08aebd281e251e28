/*
 * lint_exec.c - what may be started: shells, what was written, the entry itself, the loader of dynamic programs.
 */
#include <string.h>

#include "lint_priv.h"

static void shells(const struct lint *l)
{
	struct lint_finds f = {0};
	const char *place;
	for (unsigned i = 0; (place = lint_place_nth(PLACE_SHELL, i)); i++) {
		const struct origin *at = lint_gives(l, TARGETS_ALL, OP_EXEC, place);
		if (at != l->ir->entry_origin && lint_asks(l, at))
			lint_find(l, &f, at, place);
	}
	for (unsigned i = 0; i < f.n; i++) {
		struct diag_rec *rec =
		    diag(l->diags, DIAG_SHELL_EXEC, f.v[i].at->loc, "%s can be started", buf_str(&f.v[i].words));
		diag_help(rec, "name the programs that are needed, or say why: `because \"...\"`");
	}
}

/* Is the line quiet, or has another lint of this kind marked it? */
static bool may_report(const struct lint *l, const struct origin *write, const struct origin *exec)
{
	return lint_blames(l, write) && !write->because && !exec->because && !diag_seen(l->diags, DIAG_WRITE_EXEC, write->loc);
}

static void write_exec(const struct lint *l, const struct ir_rule *r)
{
	const char *path = lint_path(l, r->object);
	if (!path)
		return;
	const char *in = arena_printf(l->arena, "%s/_x", path[1] ? path : "");
	for (unsigned t = 0; t < TARGET_COUNT; t++) {
		const uint32_t one = r->targets & TARGET_BIT(t);
		const struct origin *exec = lint_gives(l, one, OP_EXEC, in);
		const struct origin *write = exec ? lint_gives(l, one, OP_CREATE, in) : NULL;
		if (!write)
			exec = lint_gives(l, one, OP_EXEC, path), write = exec ? lint_gives(l, one, OP_MODIFY, path) : NULL;
		if (!write || exec == l->ir->entry_origin || !may_report(l, write, exec))
			continue;
		struct diag_rec *rec = diag(l->diags, DIAG_WRITE_EXEC, write->loc,
					    "programs written to `%s` can be run from there", r->object);
		if (exec->loc.beg != write->loc.beg)
			diag_second(rec, exec->loc, "allows to run them");
		diag_help(rec, "if it is needed, say why: add `because \"...\"`");
		return;
	}
}

static void entry_writable(const struct lint *l)
{
	const char *path = l->ir->entry ? lint_path(l, l->ir->entry) : NULL;
	const struct origin *by = path ? lint_gives(l, TARGETS_ALL, OP_MODIFY, path) : NULL;
	if (!by)
		by = path ? lint_gives(l, TARGETS_ALL, OP_DELETE, path) : NULL;
	if (!by || !lint_asks(l, by))
		return;
	struct diag_rec *rec = diag(l->diags, DIAG_ENTRY_WRITABLE, by->loc, "the program can change the file it is started from");
	diag_second(rec, l->ir->entry_origin->loc, "the entry program");
	diag_help(rec, "write elsewhere, or deny it: `deny write \"%s\"`", l->ir->entry);
}

/* With an entry the loader gives it, and with it the other programs, the interpreter that it names. */
static void no_loader(const struct lint *l)
{
	const uint32_t linux_only = TARGET_BIT(TARGET_LINUX);
	const struct ir_rule *first = NULL;
	const char *place;
	if (!(l->ir->targets & linux_only) || l->ir->entry)
		return;
	for (unsigned i = 0; i < l->ir->n_rules; i++) {
		const struct ir_rule *r = &l->ir->rules[i];
		bool starts = r->kind == RULE_PATH && !r->deny && (r->targets & linux_only) && (r->ops & OP_BIT(OP_EXEC));
		if (starts && lint_blames(l, r->origin[OP_EXEC]) &&
		    (!first || r->origin[OP_EXEC]->loc.beg < first->origin[OP_EXEC]->loc.beg))
			first = r;
	}
	for (unsigned i = 0; first && (place = lint_place_nth(PLACE_LOADER, i)); i++)
		if (lint_gives(l, linux_only, OP_EXEC, place))
			return;
	if (!first || first->origin[OP_EXEC]->because)
		return;
	struct diag_rec *rec = diag(l->diags, DIAG_NO_LOADER, first->origin[OP_EXEC]->loc,
				    "programs may be started here, and the loader of dynamic programs may not");
	diag_note(rec, "only static programs would start");
	diag_help(rec, "`entry` brings the loader of its program; or allow it, for example `allow read exec "
		       "\"/lib64/ld-linux-x86-64.so.2\"`");
}

void lint_exec(const struct lint *l)
{
	shells(l);
	entry_writable(l);
	no_loader(l);
	for (unsigned i = 0; i < l->ir->n_rules; i++) {
		const struct ir_rule *r = &l->ir->rules[i];
		if (r->kind == RULE_PATH && !r->deny && (r->ops & (OP_BIT(OP_EXEC) | OP_BIT(OP_CREATE) | OP_BIT(OP_MODIFY))))
			write_exec(l, r);
	}
}
