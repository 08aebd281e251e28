/*
 * lower.c - the rules for paths, Mach services and the entry program, and the order of the whole
 * profile.
 *
 * How allow, except and deny become last-match-wins lists: every word of the policy stands for a
 * fixed set of single operations, never for a family, so each operation's list alone decides. In it
 * the allows come first, each as one filter that leaves out its own holes; all denies follow.
 * Whatever matches a deny is denied, else whatever matches an allow outside its holes is allowed:
 * the meaning of the language, in any order of places, also when the values of variables nest them
 * in ways nobody foresaw.
 *
 * if-exists and make-dir need nothing here: a rule for a path that is not there waits for it, and
 * makes no folder. nofollow needs nothing either: rules are held against real paths, so a link that
 * leads elsewhere is judged there.
 */
#include <stdlib.h>
#include <string.h>

#include "seatbelt.h"

enum {
	RULE_MAX = 60000, /* bytes of one rule: macOS counts its pattern in 16 bits */
	ANCESTORS_A_RULE = 32,
};

#define READS (OP_BIT(OP_READ) | OP_BIT(OP_LIST))

/* An operation of macOS and which words of a policy ask for it: any of `any` and all of `all`. */
static const struct {
	const char *name;
	uint32_t any, all;
	bool allow, deny;
} file_ops[] = {
    /* Whoever may use a file in any way may ask for its size and times; only denying all reading
       denies this. */
    {"file-read-metadata", SEATBELT_PATH_OPS, 0, true, false},
    {"file-read-metadata", READS, READS, false, true},
    {"file-read-xattr", OP_BIT(OP_READ), 0, true, true},
    /* Without -acl, which gives others access, and -setugid, which makes programs run as their
       owner. */
    {"file-write-data", OP_BIT(OP_MODIFY), 0, true, true},
    {"file-write-flags", OP_BIT(OP_MODIFY), 0, true, true},
    {"file-write-mode", OP_BIT(OP_MODIFY), 0, true, true},
    {"file-write-owner", OP_BIT(OP_MODIFY), 0, true, true},
    {"file-write-times", OP_BIT(OP_MODIFY), 0, true, true},
    {"file-write-xattr", OP_BIT(OP_MODIFY), 0, true, true},
    {"file-write-create", OP_BIT(OP_CREATE), 0, true, true},
    {"file-write-unlink", OP_BIT(OP_DELETE), 0, true, true},
    {"process-exec*", OP_BIT(OP_EXEC), 0, true, true},
    {"file-map-executable", OP_BIT(OP_EXEC), 0, true, true},
    {"file-ioctl", OP_BIT(OP_IOCTL), 0, true, true},
};

bool seatbelt_governs(const struct ir_rule *r)
{
	return r->targets & TARGET_BIT(TARGET_MACOS);
}

static struct loc rule_loc(const struct ir_rule *r)
{
	for (int i = 0; i < OP_COUNT; i++)
		if ((r->ops & OP_BIT(i)) && r->origin[i])
			return r->origin[i]->loc;
	return (struct loc){0, 0};
}

/* Where a pattern fits: below its folder, whose spelling the expression holds when it is fixed. NULL after a diagnostic. */
static const char *pattern_place(struct emit *e, const struct ir_rule *r, const char *vnode)
{
	const char *root = emit_path(e, rule_loc(r), r->object);
	const char *regex = root ? emit_pattern(e, rule_loc(r), r->object, r->glob, r->deny) : NULL;

	if (!regex)
		return NULL;
	return arena_printf(e->l->arena, "(require-all (subpath %s) (regex %s)%s%s)", root, regex,
			    vnode ? " " : "", vnode ? vnode : "");
}

/* The place less its holes, and only folders or no folders when `vnode` says so. NULL after a
 * diagnostic. */
static const char *place(struct emit *e, const struct ir_rule *r, const char *vnode)
{
	const char *root = r->glob ? NULL : emit_path(e, rule_loc(r), r->object);
	struct buf b = buf_new(e->l->arena);

	if (!root)
		return r->glob ? pattern_place(e, r, vnode) : NULL;
	if ((r->n_holes == 0 || r->deny) && !vnode)
		return arena_printf(e->l->arena, "(subpath %s)", root);
	buf_printf(&b, "(require-all (subpath %s)", root);
	if (vnode)
		buf_printf(&b, " %s", vnode);
	for (unsigned i = 0; i < r->n_holes && !r->deny; i++) {
		const char *hole = emit_path(e, r->holes[i].loc, r->holes[i].path);

		if (!hole)
			return NULL;
		buf_printf(&b, "\n\t(require-not (subpath %s))", hole);
	}
	buf_putc(&b, ')');
	return buf_str(&b);
}

static void emit_rule(struct emit *e, const struct ir_rule *r, const char *ops, const char *where)
{
	if (!where)
		return;
	if (strlen(where) > RULE_MAX) {
		diag(e->l->diags, DIAG_TOO_LARGE, rule_loc(r),
		     "this line leaves out more than macOS can load in one rule");
		e->failed = true;
		return;
	}
	buf_printf(&e->out, "(%s%s %s)\n", r->deny ? "deny" : "allow", ops, where);
}

/* file-read-data means the bytes of a file and the names in a folder: one of them alone is asked
 * for by the kind. */
static const char *read_kind(uint32_t ops)
{
	if ((ops & READS) == READS)
		return NULL;
	return ops & OP_BIT(OP_LIST) ? "(vnode-type DIRECTORY)"
				     : "(require-not (vnode-type DIRECTORY))";
}

static void emit_path_rule(struct emit *e, const struct ir_rule *r)
{
	struct buf ops = buf_new(e->l->arena);
	const char *kind = read_kind(r->ops);

	emit_origins(e, r);
	if ((r->ops & READS) && kind)
		emit_rule(e, r, " file-read-data", place(e, r, kind));
	else if (r->ops & READS)
		buf_puts(&ops, " file-read-data");
	for (size_t i = 0; i < sizeof(file_ops) / sizeof(file_ops[0]); i++)
		if ((r->deny ? file_ops[i].deny : file_ops[i].allow) &&
		    (r->ops & file_ops[i].any) && (r->ops & file_ops[i].all) == file_ops[i].all)
			buf_printf(&ops, " %s", file_ops[i].name);
	if (ops.len && !e->failed)
		emit_rule(e, r, buf_str(&ops), place(e, r, NULL));
}

static void emit_paths(struct emit *e, bool deny)
{
	const struct ir *ir = e->l->ir;

	for (unsigned i = 0; i < ir->n_rules; i++)
		if ((ir->rules[i].kind == RULE_PATH || ir->rules[i].kind == RULE_GLOB) &&
		    ir->rules[i].deny == deny && seatbelt_governs(&ir->rules[i]))
			emit_path_rule(e, &ir->rules[i]);
}

/*
 * What may never be allowed, as denials: nothing checks the values of the start here, as the loader does on Linux. The
 * program that is started has to be, under this profile.
 */
static void emit_nevers(struct emit *e)
{
	const struct ir *ir = e->l->ir;

	for (unsigned i = 0; i < ir->n_nevers; i++) {
		struct ir_rule r = ir->nevers[i].rule;

		if (r.kind != RULE_PATH || !seatbelt_governs(&r))
			continue;
		r.deny = true;
		if (ir->entry)
			r.ops &= ~OP_BIT(OP_EXEC);
		if (r.ops)
			emit_path_rule(e, &r);
	}
}

struct texts {
	const char **v;
	unsigned n;
};

static void texts_add(struct arena *a, struct texts *t, const char *s)
{
	ARENA_GROW(a, t->v, t->n);
	t->v[t->n++] = s;
}

/* The folders above a place, so that programs can find their way to it: their existence, not their
 * names. */
static void collect_ancestors(struct emit *e, struct texts *t, struct loc at, const char *tmpl)
{
	struct arena *a = e->l->arena;
	const char *path = emit_path(e, at, tmpl);

	if (!path)
		return;
	if (tmpl_has_variable(tmpl)) {
		texts_add(a, t, arena_printf(a, "(path-ancestors %s)", path));
		return;
	}
	if (path[0] !=
	    '"') { /* too long for one string; no program walks there by its ancestors' names */
		texts_add(a, t, arena_printf(a, "(path-ancestors %s)", path));
		return;
	}
	for (size_t i = 2; path[i]; i++)
		if (path[i] == '/')
			texts_add(a, t, arena_printf(a, "(literal %.*s\")", (int)i, path));
}

static void emit_ancestors(struct emit *e)
{
	const struct ir *ir = e->l->ir;
	struct texts t = {.n = 0};
	unsigned in_rule = 0;

	if (ir->entry)
		collect_ancestors(e, &t, ir->entry_origin->loc, ir->entry);
	for (unsigned i = 0; i < ir->n_rules; i++)
		if ((ir->rules[i].kind == RULE_PATH || ir->rules[i].kind == RULE_GLOB) &&
		    !ir->rules[i].deny && seatbelt_governs(&ir->rules[i]))
			collect_ancestors(e, &t, rule_loc(&ir->rules[i]), ir->rules[i].object);
	if (t.n == 0)
		return;
	qsort(t.v, t.n, sizeof(*t.v), cmp_strp);
	buf_puts(&e->out, "\n; the folders above what the policy names: that they are there\n");
	for (unsigned i = 0; i < t.n; i++) {
		if (i > 0 && strcmp(t.v[i], t.v[i - 1]) == 0)
			continue;
		if (in_rule == ANCESTORS_A_RULE)
			buf_puts(&e->out, ")\n");
		if (in_rule == ANCESTORS_A_RULE || in_rule == 0) {
			buf_puts(&e->out, "(allow file-read-metadata");
			in_rule = 0;
		}
		buf_printf(&e->out, "\n\t%s", t.v[i]);
		in_rule++;
	}
	buf_puts(&e->out, ")\n");
}

/*
 * The first exec happens under the profile already and cannot be told from a later one. Like the
 * other back ends, a program may read itself.
 */
static void emit_entry(struct emit *e)
{
	const struct ir *ir = e->l->ir;
	struct ir_rule rule = {.kind = RULE_PATH,
			       .ops = OP_BIT(OP_READ) | OP_BIT(OP_EXEC),
			       .targets = TARGET_BIT(TARGET_MACOS),
			       .object = ir->entry};

	if (!ir->entry)
		return;
	rule.origin[OP_READ] = rule.origin[OP_EXEC] = ir->entry_origin;
	buf_puts(&e->out, "\n; the program that is started\n");
	emit_path_rule(e, &rule);
}

static void emit_mach(struct emit *e, bool deny)
{
	const struct ir *ir = e->l->ir;

	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		const char *name;

		if (r->kind != RULE_MACH || r->deny != deny || !seatbelt_governs(r))
			continue;
		name = emit_text(e, rule_loc(r), "", r->object);
		if (!name)
			continue;
		emit_origins(e, r);
		buf_printf(&e->out, "(%s mach-lookup (global-name %s))\n", deny ? "deny" : "allow",
			   name);
	}
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
	struct diag_rec *d = diag(e->l->diags, DIAG_NO_EXPRESSION, rule_loc(r), "%s", message);

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

bool seatbelt_lower(struct lower *l)
{
	struct emit e = {.l = l, .out = buf_new(l->arena)};

	if (!(l->ir->targets & TARGET_BIT(TARGET_MACOS)))
		return true;
	check_rules(&e);
	seatbelt_emit_header(&e);
	buf_puts(&e.out, "(version 1)\n(deny default)\n");
	seatbelt_emit_base(&e);
	emit_ancestors(&e);
	emit_entry(&e);
	buf_puts(&e.out, "\n; what the policy allows\n");
	emit_paths(&e, false);
	emit_mach(&e, false);
	emit_signal(&e);
	seatbelt_emit_net_allows(&e);
	buf_puts(
	    &e.out,
	    "\n; what the policy denies: after everything else, because the last match decides\n");
	emit_paths(&e, true);
	emit_mach(&e, true);
	seatbelt_emit_net_denies(&e);
	emit_nevers(&e);
	if (e.failed)
		return false;
	lower_add(l, SEATBELT_FILE, e.out.data, e.out.len);
	return true;
}
