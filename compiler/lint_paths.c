/*
 * lint_paths.c - grants of files that are wider or weaker than they look.
 */
#include <string.h>

#include "lint_priv.h"

/* ---- whole trees ---- */

static bool is_wide(const struct lint *l, const char *path)
{
	static const char *const wide[] = {"/", "/home", "/root", "/Users", "/etc", "/var", "/proc", "/sys", "/dev", "/run"};
	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
		if (strcmp(path, wide[i]) == 0)
			return true;
	const char *home = lint_path(l, "${HOME}");
	return home && strcmp(path, home) == 0;
}

static void wide_grant(const struct lint *l, const struct ir_rule *r, const char *path)
{
	const struct origin *at = lint_line(r, OP_BIT(OP_READ) | LINT_OPS_WRITE);
	if (r->n_holes || !lint_asks(l, at) || !is_wide(l, path))
		return; /* who leaves places out has thought of what is in it */
	struct diag_rec *rec = diag(l->diags, DIAG_WIDE_GRANT, at->loc, "this line gives all of `%s`", r->object);
	const struct origin *secret = lint_gives(l, r->targets, OP_READ, lint_path(l, "${HOME}/.ssh/_x"));
	const struct origin *outside = lint_gives(l, r->targets, OP_CREATE, lint_path(l, "${HOME}/.bashrc"));
	if (secret && secret->loc.beg == at->loc.beg)
		diag_note(rec, "keys, passwords and histories are in it, such as `${HOME}/.ssh`");
	if (outside && outside->loc.beg == at->loc.beg)
		diag_note(rec, "files are in it from which programs outside of the sandbox start, such as `${HOME}/.bashrc`");
	diag_help(rec, "name the places that the program needs, leave others out with `except`, or say why: `because \"...\"`");
}

/* ---- single files ---- */

static const char *parent(const struct lint *l, const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash == path ? "/" : arena_strndup(l->arena, path, (size_t)(slash - path));
}

static const char *beside(const struct lint *l, const char *path)
{
	const char *p = parent(l, path);
	return arena_printf(l->arena, "%s/_x", p[1] ? p : "");
}

/* By its name: one with an ending, which is no directory of parts (`conf.d`), and no device. */
static bool looks_like_file(const char *path)
{
	const char *name = strrchr(path, '/') + 1, *dot = strrchr(name, '.');
	return dot && dot > name && dot[1] && strcmp(dot, ".d") != 0 && !path_covers("/dev", path) && !path_covers("/proc", path) &&
	       !path_covers("/sys", path);
}

static bool is_replaced(const char *path)
{
	const char *place;
	for (unsigned i = 0; (place = lint_place_nth(PLACE_REPLACED, i)); i++)
		if (strcmp(place, path) == 0)
			return true;
	return false;
}

static void replaced_file(const struct lint *l, const struct ir_rule *r, const char *path)
{
	const uint32_t linux_only = TARGET_BIT(TARGET_LINUX);
	const struct origin *write = lint_line(r, OP_BIT(OP_MODIFY)), *read = lint_line(r, OP_BIT(OP_READ));
	struct diag_rec *rec;
	if (!(r->targets & l->ir->targets & linux_only) || !path[1] || (r->flags & RULE_MAKE_DIR))
		return;
	if (lint_asks(l, write) && looks_like_file(path) && !lint_gives(l, linux_only, OP_CREATE, beside(l, path))) {
		rec = diag(l->diags, DIAG_REPLACED_FILE, write->loc,
			   "a program that saves `%s` by writing a new file and renaming it cannot do so", r->object);
		diag_help(rec, "allow its directory, `\"%s\"`, which gives all files in it; or say that the program writes in "
			       "place: `because \"...\"`", parent(l, path));
	} else if (lint_asks(l, read) && is_replaced(path) && !lint_gives(l, linux_only, OP_READ, beside(l, path))) {
		rec = diag(l->diags, DIAG_REPLACED_FILE, read->loc,
			   "once the system has replaced `%s`, a program that runs on can no longer read it", r->object);
		diag_help(rec, "for programs that are soon done, say so: `because \"...\"`");
	}
}

static void optional_write(const struct lint *l, const struct ir_rule *r)
{
	const struct origin *at = lint_line(r, LINT_OPS_WRITE);
	if (!(r->flags & RULE_IF_EXISTS) || !lint_asks(l, at))
		return;
	struct diag_rec *rec = diag(l->diags, DIAG_OPTIONAL_WRITE, at->loc,
				    "where `%s` does not exist, the program starts and cannot write", r->object);
	diag_help(rec, "`make-dir` makes it; without `if-exists` the start is refused; or say why: `because \"...\"`");
}

/* ---- secrets that can be moved ---- */

/* Can the entry `path` be renamed to a place beside it, below which `rest` can be read? */
static const struct origin *moved(const struct lint *l, uint32_t targets, const char *path, const char *rest)
{
	const char *to = beside(l, path);
	const struct origin *by = lint_gives(l, targets, OP_DELETE, path);
	if (!by || !lint_gives(l, targets, OP_CREATE, to) ||
	    !lint_gives(l, targets, OP_READ, arena_printf(l->arena, "%s%s", to, rest)))
		return NULL;
	return by;
}

static void movable(const struct lint *l, uint32_t targets, const char *secret, struct loc at, const char *because)
{
	if (!secret || because || !secret[1])
		return;
	for (unsigned t = 0; t < TARGET_COUNT; t++) {
		uint32_t one = targets & l->ir->targets & TARGET_BIT(t);
		if (!one || lint_gives(l, one, OP_READ, secret))
			continue; /* another line opens it again */
		/* On macOS the folders above a closed place keep their names. */
		size_t least = t == TARGET_MACOS ? strlen(secret) - 1 : 1;
		for (size_t n = strlen(secret); n > least; n = strlen(parent(l, arena_strndup(l->arena, secret, n)))) {
			const char *part = arena_strndup(l->arena, secret, n);
			const struct origin *by = moved(l, one, part, secret + n);
			if (!by)
				continue;
			struct diag_rec *rec = diag(l->diags, DIAG_MOVABLE_SECRET, at,
						    "`%s` can be renamed, and what is in it read under its new name", part);
			diag_second(rec, by->loc, "allows to rename it");
			diag_help(rec, "deny `write` there too: `deny read write \"...\"`");
			return;
		}
	}
}

static void movable_of(const struct lint *l, const struct ir_rule *r)
{
	const struct origin *at = lint_line(r, OP_BIT(OP_READ));
	if (!lint_blames(l, at))
		return;
	if (r->deny)
		movable(l, r->targets, lint_path(l, r->object), at->loc, at->because);
	for (unsigned i = 0; i < r->n_holes; i++)
		movable(l, r->targets, lint_path(l, r->holes[i].path), r->holes[i].loc, at->because);
}

void lint_paths(const struct lint *l)
{
	for (unsigned i = 0; i < l->ir->n_rules; i++) {
		const struct ir_rule *r = &l->ir->rules[i];
		const char *path = r->kind == RULE_PATH ? lint_path(l, r->object) : NULL;
		if (!path)
			continue;
		movable_of(l, r);
		if (r->deny)
			continue;
		wide_grant(l, r, path);
		replaced_file(l, r, path);
		optional_write(l, r);
	}
}
