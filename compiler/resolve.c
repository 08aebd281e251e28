/*
 * resolve.c - walks the policy and the profiles it uses, statement by statement, into the IR builder.
 */
#include "resolve.h"

#include <string.h>

#include "at_load.h"
#include "question.h"
#include "resolve_priv.h"

static void walk_block(struct res *r, struct place *p, const struct ast_stmt *stmts);

/* ---- use ---- */

static void add_use(struct res *r, const struct place *p, const struct ast_stmt *s)
{
	struct profile *prof = load_profile(r, s->name);
	if (!prof)
		return;
	if (prof->in_use) {
		struct diag_rec *rec = diag(r->d, DIAG_CYCLE, s->name->loc, "profile `%s` uses itself", prof->name);
		diag_second(rec, prof->item->name->loc, "defined here");
		diag_help(rec, "move what both need into a profile of its own");
		return;
	}
	if (p->depth >= SRC_MAX_DEPTH) {
		diag_help(diag(r->d, DIAG_TOO_DEEP, s->name->loc, "profiles are nested deeper than %d", SRC_MAX_DEPTH),
			  "use the last of them in the policy itself");
		return;
	}
	struct place callee = *p;
	callee.profile = prof->name;
	callee.used_at = loc_none(p->used_at) ? s->loc : p->used_at;
	callee.depth = p->depth + 1;
	callee.scope = scope_new(r, prof->file_scope);
	callee.all_choices = false; /* the profile's own file is where those are looked at */
	profile_bind(r, callee.scope, p->scope, prof->item, s);
	prof->used = prof->in_use = true;
	walk_block(r, &callee, prof->item->block);
	prof->in_use = false;
}

/* ---- the other statements ---- */

/* A profile may have words for machines that the policy is not for; in the policy itself they would be in vain. */
static void on_no_abi(struct res *r, const struct ast_on *o)
{
	while (!o->is_arch)
		o = o->next;
	struct diag_rec *rec = diag(r->d, DIAG_NO_EFFECT, o->word->loc, "the policy lets in no calls of %s", o->word->text);
	if (r->build->ir.arches_origin)
		diag_second(rec, r->build->ir.arches_origin->loc, "it is not among these");
	if (r->build->ir.arches_origin)
		diag_help(rec, "add `%s` to `abi`, or remove the block", o->word->text);
	else
		diag_help(rec, "say which ABIs it is for: `abi x86_64, aarch64, %s`", o->word->text);
}

static void walk_on(struct res *r, const struct place *p, const struct ast_stmt *s)
{
	struct place inner = *p;
	uint32_t targets = 0, arches = 0, bit;
	for (const struct ast_on *o = s->on; o; o = o->next) {
		if (o->is_arch && resolve_arch(r, o->word, &bit))
			arches |= bit;
		else if (!o->is_arch && resolve_target(r, o->word, &bit))
			targets |= bit;
	}
	if (arches)
		targets |= TARGET_BIT(TARGET_LINUX); /* machines matter to the Linux system call filter only */
	if (!targets)
		return;
	inner.targets &= targets;
	inner.arches &= arches ? arches : ARCHES_ALL;
	inner.on_arch |= arches != 0;
	inner.scope = scope_new(r, p->scope);
	if (!inner.arches) {
		if (!p->profile)
			on_no_abi(r, s->on);
		return;
	}
	if (!(inner.targets & r->build->ir.targets)) {
		if (!p->profile && !r->level->misnamed && !(inner.targets & r->level->targets)) {
			struct diag_rec *rec = diag(r->d, DIAG_NO_EFFECT, s->verb, "this block is for no system of the policy");
			diag_help(rec, "add the system to `targets`, or remove the block");
		}
		return;
	}
	walk_block(r, &inner, s->block);
}

/* In the check of a library the lines that the default does not choose must be right too; they are of no effect. */
static void walk_choice(struct res *r, const struct place *p, const struct ast_stmt *s)
{
	struct place inner = *p;
	struct ir_build *build = r->build, *aside;
	bool chosen;
	if (!profile_choice(r, p, s, &chosen) || (!chosen && !p->all_choices))
		return;
	inner.scope = scope_new(r, p->scope);
	if (!chosen) {
		aside = ir_build_new(r->a);
		aside->ir.targets = build->ir.targets;
		aside->ir.arches = build->ir.arches;
		r->build = aside;
	}
	walk_block(r, &inner, s->block);
	r->build = build;
}

static void add_let(struct res *r, const struct place *p, const struct ast_stmt *s)
{
	struct value v;
	if (scope_eval(r, p->scope, s->value, &v))
		scope_define(r, p->scope, s->name, v);
}

static void walk_about(struct res *r, const struct place *p, const struct ast_stmt *s)
{
	const char *text = scope_plain(r, p->scope, s->value);
	if (text && !p->profile && r->level->level == 0)
		r->build->ir.about = text;
}

/* For good: what a back end is handed as text nobody can hold against the policy. */
static void refuse_unsafe(struct res *r, const struct ast_stmt *s)
{
	struct diag_rec *rec = diag(r->d, DIAG_UNSAFE, s->verb, "`unsafe` text cannot be proved to do what the policy says");
	diag_note(rec, "every artifact is compared with the policy before it is written, and this text would be a part that "
		       "no line of the policy means");
	diag_help(rec, "say it with `allow` and `deny`; system calls take conditions: `allow syscall ... where ...`");
}

static void walk_stmt(struct res *r, struct place *p, const struct ast_stmt *s)
{
	switch (s->kind) {
	case STMT_ABOUT:
		walk_about(r, p, s);
		break;
	case STMT_TARGETS:
		stmt_whole_policy(r, p, s); /* read before the walk */
		break;
	case STMT_ENTRY:
		if (stmt_whole_policy(r, p, s))
			stmt_entry(r, p, s);
		break;
	case STMT_USE:
		add_use(r, p, s);
		break;
	case STMT_ALLOW:
	case STMT_DENY:
		stmt_access(r, p, s);
		break;
	case STMT_NEVER:
		stmt_never(r, p, s);
		break;
	case STMT_DROP:
		stmt_drop(r, p, s);
		break;
	case STMT_LIMIT:
		stmt_limit(r, p, s);
		break;
	case STMT_REQUIRE:
	case STMT_PREFER:
		if (stmt_whole_policy(r, p, s))
			stmt_want(r, p, s);
		break;
	case STMT_SET_ENV:
		if (p->profile)
			stmt_refuse_in_profile(r, p, s);
		else
			stmt_env_set(r, p, s);
		break;
	case STMT_DEFAULT:
		stmt_default(r, p, s);
		break;
	case STMT_ON:
		walk_on(r, p, s);
		break;
	case STMT_CHOICE:
		walk_choice(r, p, s);
		break;
	case STMT_LET:
		add_let(r, p, s);
		break;
	case STMT_UNSAFE:
		refuse_unsafe(r, s);
		break;
	case STMT_SETTING:
		stmt_setting(r, p, s);
		break;
	case STMT_TEST:
		if (stmt_whole_policy(r, p, s) && r->level->level == 0 && !r->tests_apart)
			resolve_test(r, p, s->test); /* a base's tests speak of the base alone */
		break;
	}
}

static void walk_block(struct res *r, struct place *p, const struct ast_stmt *stmts)
{
	for (const struct ast_stmt *s = stmts; s; s = s->next)
		walk_stmt(r, p, s);
}

/* ---- the policy ---- */

/* On Linux a plan must be able to start something. */
static void check_startable(struct res *r, const struct ast_item *policy)
{
	const struct ir_build *b = r->build;
	if (b->ir.entry || diag_errors(r->d))
		return; /* the line that starts something may be one of those with a fault */
	for (unsigned i = 0; i < b->n_rules; i++)
		if (!b->rules[i].deny && (b->rules[i].ops & OP_BIT(OP_EXEC)))
			return;
	r->c->starts_nothing = true;
	if (r->c->opt->bases || compile_is_extended(r->c->opt, policy->name->text))
		return;
	struct diag_rec *rec = diag(r->d, DIAG_CONFLICT, policy->head, "nothing can be started under this policy");
	diag_help(rec, "name the program: `entry \"/usr/bin/python3\"`, or allow some with `allow read exec \"...\"`");
	diag_help(rec, "or let who starts it name one: `param program: path at load` above the policy, and `entry \"${program}\"`");
	diag_note(rec, "a base that leaves the program to others is checked together with one that extends it");
}

static void report_unused_sets(struct res *r)
{
	const struct compile_options *opt = r->c->opt;
	const char *names[64];
	size_t n = 0;
	for (unsigned u = 0; u < r->n_units; u++)
		for (const struct ast_item *i = r->units[u]->ast->items; i && n < 64; i = i->next)
			if (i->kind == ITEM_PARAM)
				names[n++] = i->name->text;
	for (unsigned i = 0; i < opt->n_sets; i++) {
		if (r->set_used[i])
			continue;
		struct diag_rec *rec = diag(r->d, DIAG_SET_UNKNOWN, (struct loc){0, 0}, "--set %s: the policy has no param `%s`",
					    opt->sets[i].name, opt->sets[i].name);
		diag_help_if(rec, suggest(r->a, opt->sets[i].name, names, n));
	}
}

static void no_policy(struct res *r, const struct ast_file *f)
{
	struct loc start = {f->src->base, f->src->base + 1};
	if (diag_errors(r->d))
		return; /* it may be the one that could not be parsed */
	struct diag_rec *rec = diag(r->d, DIAG_NO_POLICY, start, "the file holds no policy");
	diag_help(rec, "write `policy NAME { targets linux ... }`; a file of profiles is brought in with `import`");
}

/* ---- tests apart ---- */

static bool holds_tests(const struct ast_file *f)
{
	for (const struct ast_item *i = f->items; i; i = i->next)
		if (i->kind == ITEM_TEST)
			return true;
	return false;
}

/* A file of tests is about the one policy that it imports; bases of that one lie deeper. */
static void tested_policy(struct res *r, const struct ast_file *f)
{
	struct loc start = {f->src->base, f->src->base + 1};
	const struct policy *found = NULL;
	for (unsigned i = 0; i < r->n_policies; i++) {
		const struct policy *p = r->policies[i];
		if (p->depth != 1)
			continue;
		if (found) {
			struct diag_rec *rec = diag(r->d, DIAG_NO_POLICY, start, "the tests do not say which policy they are of");
			diag_second(rec, found->item->head, "it is imported");
			diag_second(rec, p->item->head, "and so is this");
			diag_help(rec, "import one file with one policy");
			return;
		}
		found = p;
	}
	if (!found) {
		no_policy(r, f);
		return;
	}
	if (r->c->opt->out_dir) {
		struct diag_rec *rec = diag(r->d, DIAG_NO_POLICY, start, "a file of tests makes no plan");
		diag_second(rec, found->item->head, "the policy that they are of");
		diag_help(rec, "compile the file of the policy; check this one with `sbxc check`");
		return;
	}
	r->policy = found;
	r->tests_apart = true;
}

static void walk_level(struct res *r, const struct tier *level)
{
	struct place p = {.scope = scope_new(r, level->file_scope), .targets = TARGETS_ALL, .arches = r->build->ir.arches};
	r->level = level;
	walk_block(r, &p, level->item->block);
	if (level->level > 0)
		return;
	if (r->tests_apart) { /* names of the tests' file first, then those of the policy's */
		struct scope *own = ARENA_NEW(r->a, struct scope);
		*own = *r->units[0]->scope;
		own->up = p.scope;
		p.scope = own;
	}
	for (const struct ast_item *t = r->units[0]->ast->items; t; t = t->next)
		if (t->kind == ITEM_TEST)
			resolve_test(r, &p, t->test);
	resolve_question(r, &p);
}

/* For a probe in the place of the program: `sbxc test --live`. */
static void replace_entry(struct res *r)
{
	struct ir *ir = &r->build->ir;
	struct buf b = buf_new(r->a);
	if (!r->c->opt->entry)
		return;
	template_add_literal(&b, r->c->opt->entry, strlen(r->c->opt->entry));
	ir->entry = buf_str(&b);
	struct origin *o = ARENA_NEW(r->a, struct origin);
	o->loc = o->object = ir->loc;
	if (!ir->entry_origin)
		ir->entry_origin = o;
}

static void walk_policy(struct res *r)
{
	const struct ast_item *item = r->policy->item;
	struct tier levels[MAX_LEVELS] = {{0}};
	struct ir *ir = &r->build->ir;
	ir->name = item->name->text;
	ir->version = item->version ? scope_plain(r, NULL, item->version) : "";
	if (ir->version && strlen(ir->version) > SRC_MAX_NAME)
		diag(r->d, DIAG_BAD_VALUE, item->version->loc, "this version is longer than %d bytes", SRC_MAX_NAME);
	if (!ir->version)
		ir->version = "";
	ir->about = "";
	ir->edition = r->policy->edition;
	ir->loc = item->head;
	ir->isolate = (1u << ISOLATE_COUNT) - 1;
	unsigned n = extend_chain(r, levels);
	ir->targets = levels[0].targets;
	for (unsigned i = 1; i < n; i++) {
		const struct ast_word *version = levels[i].item->version;
		const char *text = version ? scope_plain(r, NULL, version) : "";
		ir_build_base(r->build, &(struct ir_base){levels[i].name, text ? text : "", levels[i].item->head});
	}
	for (unsigned i = 1; i < n; i++)
		if (ir->targets & levels[i].targets) /* else: reported, and what follows would be the same fault again */
			ir->targets &= levels[i].targets;
	r->base_wrong |= n == 0;
	if (n == 0)
		n = 1; /* without its base; faults of its own lines are still found */
	ir->arches = ARCHES_USUAL;
	for (unsigned i = n; i-- > 0;) {
		r->level = &levels[i];
		resolve_abis(r, levels[i].item->block);
	}
	while (n-- > 0) { /* bases first: what a line drops is there by then */
		const unsigned errors = diag_errors(r->d);
		walk_level(r, &levels[n]);
		r->base_wrong |= n > 0 && diag_errors(r->d) > errors;
	}
	resolve_check_wants(r);
	resolve_check_limits(r);
	proxy_check_used(r);
	proxy_add_endpoints(r);
	extend_check_final(r); /* a proxy that cannot be reached takes what goes through it */
	resolve_finish_around(r);
	replace_entry(r);
	check_startable(r, item);
}

static struct res *res_new(struct compile *c)
{
	struct res *r = ARENA_NEW(c->arena, struct res);
	*r = (struct res){.a = c->arena, .d = c->diags, .src = c->src, .c = c, .build = ir_build_new(c->arena)};
	r->set_used = ARENA_ARRAY(c->arena, c->opt->n_sets, bool);
	return r;
}

const struct ir *resolve_policy(struct compile *c, const struct ast_file *main_file)
{
	struct res *r = res_new(c);
	load_main(r, main_file);
	if (!r->policy && holds_tests(main_file))
		tested_policy(r, main_file);
	else if (!r->policy)
		no_policy(r, main_file);
	if (!r->policy)
		return NULL;
	walk_policy(r);
	report_unused_sets(r);
	lint_unused(r, main_file);
	const struct ir *ir = ir_build_finish(r->build);
	at_load_check(r->a, ir, r->d);
	return ir;
}

/* ---- a library ---- */

static void walk_profile(struct res *r, struct profile *prof)
{
	struct place p = {.scope = scope_new(r, prof->file_scope), .targets = TARGETS_ALL, .arches = ARCHES_ALL,
			  .profile = prof->name, .depth = 1, .all_choices = true};
	profile_bind(r, p.scope, NULL, prof->item, NULL);
	prof->in_use = true;
	walk_block(r, &p, prof->item->block);
	prof->in_use = false;
}

const struct ir *resolve_library(struct compile *c, const struct ast_file *file)
{
	struct res *r = res_new(c);
	static const struct tier none = {.name = "", .targets = TARGETS_ALL};
	load_main(r, file);
	r->level = &none;
	r->build->ir.targets = TARGETS_ALL;
	r->build->ir.arches = ARCHES_ALL;
	for (unsigned i = 0; i < r->n_profiles; i++) {
		if (r->profiles[i]->file != file->src)
			continue;
		walk_profile(r, r->profiles[i]);
		c->n_profiles++;
	}
	r->build->ir.name = r->build->ir.version = r->build->ir.about = "";
	r->build->ir.loc = (struct loc){file->src->base, file->src->base + 1};
	lint_unused(r, file);
	return ir_build_finish(r->build);
}
