/*
 * resolve_setting.c - the table of settings, the system call filter as a whole, the entry; resolve_around.c has the rest.
 */
#include <string.h>

#include "resolve_priv.h"

void stmt_refuse_in_profile(struct res *r, const struct place *p, const struct ast_stmt *s)
{
	struct diag_rec *rec = diag(r->d, DIAG_NOT_IN_PROFILE, s->verb,
				    "a profile cannot hold `%s`", src_text(r->src, r->a, s->verb));
	diag_note(rec, "`%s` is used by policies, and a use only adds access and limits",
		  p->profile);
	diag_help(rec, "write the line into the policy");
}

static void refuse_inside_on(struct res *r, const struct ast_stmt *s)
{
	struct diag_rec *rec =
	    diag(r->d, DIAG_WRONG_PLACE, s->verb, "`%s` cannot stand inside `on`",
		 src_text(r->src, r->a, s->verb));
	diag_help(rec, "move it out of the block");
}

/* Statements that speak of the whole policy: not in a profile, not inside `on`. */
bool stmt_whole_policy(struct res *r, const struct place *p, const struct ast_stmt *s)
{
	if (p->profile)
		stmt_refuse_in_profile(r, p, s);
	else if (p->targets != TARGETS_ALL || p->on_arch)
		refuse_inside_on(r, s);
	else
		return true;
	return false;
}

/* ---- the filter ---- */

/* What speaks of the Linux filter alone, and of all of it. */
static bool filter_only(struct res *r, const struct place *p, const struct ast_stmt *s)
{
	if (p->profile) {
		stmt_refuse_in_profile(r, p, s);
		return false;
	}
	if (p->on_arch) {
		refuse_inside_on(r, s);
		return false;
	}
	if (!(p->targets & r->build->ir.targets & ~TARGET_BIT(TARGET_LINUX)))
		return true;
	struct diag_rec *rec =
	    diag(r->d, DIAG_NO_EXPRESSION, s->loc, "macOS has no Linux system calls");
	diag_help(rec, "put the line into `on linux { }`");
	return false;
}

void twice_help(struct res *r, struct diag_rec *rec, const struct origin *first)
{
	if (first->level > r->level->level)
		diag_help(rec, "remove this line: what `%s` sets, a policy that extends it keeps", first->base);
	else
		diag_help(rec, "remove one of the two lines");
}

bool setting_twice(struct res *r, const struct ast_stmt *s, const struct origin *first, const char *what)
{
	if (!first)
		return false;
	struct diag_rec *rec = diag(r->d, DIAG_DUPLICATE, s->loc, "`%s` is written twice", what);
	diag_second(rec, first->loc, "first written here");
	twice_help(r, rec, first);
	return true;
}

/* ---- ABIs ---- */

static void missing_machine(struct res *r, const struct ast_word *w, enum arch arch)
{
	const char *machine = arch_name[arch_machine[arch]];
	struct diag_rec *rec = diag(r->d, DIAG_ABI_MACHINE, w->loc, "%s is an ABI of %s, which is not named", w->text, machine);
	diag_note(rec, "a program is started by a call of the machine's own ABI, and the filter of %s lets in both", machine);
	diag_help(rec, "add `%s`", machine);
}

static void read_abis(struct res *r, const struct ast_stmt *s)
{
	struct ir *ir = &r->build->ir;
	uint32_t set = 0, bit;
	bool good = s->words != NULL;
	for (const struct ast_word *w = s->words; w; w = w->next) {
		bool known = resolve_arch(r, w, &bit);
		good &= known;
		if (known && (set & bit))
			diag(r->d, DIAG_DUPLICATE, w->loc, "`%s` is named twice", w->text);
		set |= known ? bit : 0;
	}
	if (!s->words)
		diag_help(diag(r->d, DIAG_UNEXPECTED, s->loc, "which ABIs?"), "for example `abi x86_64, i386`");
	for (const struct ast_word *w = s->words; good && w; w = w->next) {
		resolve_arch(r, w, &bit);
		enum arch arch = (enum arch)__builtin_ctz(bit);
		if (!(set & ARCH_BIT(arch_machine[arch])))
			missing_machine(r, w, arch);
	}
	struct place p = {0};
	ir->arches = good ? set : ARCHES_USUAL;
	ir->arches_origin = origin_new(r, &p, s->loc, NULL);
}

void resolve_abis(struct res *r, const struct ast_stmt *block)
{
	for (const struct ast_stmt *s = block; s; s = s->next) {
		if (s->kind != STMT_SETTING || strcmp(s->name->text, "abi") != 0)
			continue;
		if (!setting_twice(r, s, r->build->ir.arches_origin, "abi"))
			read_abis(r, s);
	}
}

/* Read before the walk; what is left to say is where it may not stand. */
static void add_abi(struct res *r, const struct place *p, const struct ast_stmt *s)
{
	if (stmt_whole_policy(r, p, s) && !(r->build->ir.targets & TARGET_BIT(TARGET_LINUX)))
		diag_help(diag(r->d, DIAG_NO_EFFECT, s->loc, "only Linux has ABIs of system calls"), "remove the line");
}

static void add_syscalls(struct res *r, const struct place *p, const struct ast_stmt *s)
{
	struct ir *ir = &r->build->ir;
	const struct ast_word *w = s->words;
	bool exact = w && !strcmp(w->text, "exact");
	if (!filter_only(r, p, s) || setting_twice(r, s, ir->exact_origin, "syscalls"))
		return;
	if (!w || w->next || (!exact && strcmp(w->text, "derived") != 0)) {
		struct diag_rec *rec = diag(r->d, DIAG_UNKNOWN_WORD, w ? w->loc : s->loc,
					    "`syscalls` takes `derived` or `exact`");
		diag_help(rec, "`exact`: the filter is the `allow syscall` lines and nothing else");
		return;
	}
	ir->syscalls_exact = exact;
	ir->exact_origin = origin_new(r, p, s->loc, NULL);
}

/* `default limits none` */
static void add_default_limits(struct res *r, const struct place *p, const struct ast_stmt *s)
{
	struct ir *ir = &r->build->ir;
	const struct ast_word *w = s->words;
	if (!stmt_whole_policy(r, p, s) || setting_twice(r, s, ir->no_defaults_origin, "default limits"))
		return;
	if (!w || strcmp(w->text, "limits") != 0 || !w->next || strcmp(w->next->text, "none") != 0 || w->next->next) {
		struct diag_rec *rec = diag(r->d, DIAG_UNKNOWN_WORD, w ? w->loc : s->loc,
					    "`default` takes `limits none`, or `syscall with` and an action");
		diag_help(rec, "write `default limits none`, or the limits that are wanted: `limit pids 64`");
		return;
	}
	ir->no_default_limits = true;
	ir->no_defaults_origin = origin_new(r, p, s->loc, NULL);
}

/* `default syscall with ACTION`, `unknown syscall with ACTION` */
void stmt_default(struct res *r, const struct place *p, const struct ast_stmt *s)
{
	struct ir *ir = &r->build->ir;
	bool unknown = s->name && !strcmp(s->name->text, "unknown");
	const struct origin **at = unknown ? &ir->unknown_origin : &ir->default_origin;
	struct sys_action action;
	if (!filter_only(r, p, s) ||
	    setting_twice(r, s, *at, unknown ? "unknown syscall" : "default syscall") ||
	    !action_resolve(r, s->action, &action))
		return;
	*(unknown ? &ir->sys_unknown : &ir->sys_default) = action;
	*at = origin_new(r, p, s->loc, NULL);
}

struct setting {
	const char *word;
	void (*set)(struct res *r, const struct place *p, const struct ast_stmt *s);
};
static const struct setting settings[] = {
#define SETTING(word, set, help) {word, set},
#include "setting.def"
};
enum { N_SETTINGS = sizeof(settings) / sizeof(settings[0]) };

static void unknown_statement(struct res *r, const struct ast_stmt *s)
{
	static const char *const verbs[] = {"about", "targets", "entry", "use", "final", "allow", "deny", "never", "drop",
					    "limit", "require", "prefer", "set", "default", "unknown", "on", "let",
					    "unsafe", "test"};
	enum { N_VERBS = sizeof(verbs) / sizeof(verbs[0]) };
	const char *known[N_VERBS + N_SETTINGS];
	for (unsigned i = 0; i < N_VERBS; i++)
		known[i] = verbs[i];
	for (unsigned i = 0; i < N_SETTINGS; i++)
		known[N_VERBS + i] = settings[i].word;
	struct diag_rec *rec = diag(r->d, DIAG_UNKNOWN_WORD, s->name->loc, "unknown word `%s`", s->name->text);
	diag_help_if(rec, suggest(r->a, s->name->text, known, N_VERBS + N_SETTINGS));
}

void stmt_setting(struct res *r, const struct place *p, const struct ast_stmt *s)
{
	for (unsigned i = 0; i < N_SETTINGS; i++) {
		if (strcmp(settings[i].word, s->name->text) != 0)
			continue;
		settings[i].set(r, p, s);
		return;
	}
	unknown_statement(r, s);
}

/* ---- the program ---- */

void stmt_entry(struct res *r, const struct place *p, const struct ast_stmt *s)
{
	struct ir *ir = &r->build->ir;
	const char *path = scope_path(r, p->scope, s->value);
	if (setting_twice(r, s, ir->entry_origin, "entry") || !path)
		return;
	ir->entry = path;
	ir->entry_origin = origin_new(r, p, s->loc, NULL);
}
