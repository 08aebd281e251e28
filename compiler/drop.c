/*
 * drop.c - `drop ...`: takes an inherited line away. What it names must be there, operation by operation, on that object.
 *
 * Inherited is what policies further up the chain say, with the profiles they use. The builder holds each line as it was
 * written; a drop cuts operations, systems and machines out of it.
 */
#include <string.h>

#include "macos_word.h"
#include "name_map.h"
#include "resolve_priv.h"
#include "say.h"
#include "str.h"

static bool inherited(const struct res *r, const struct origin *o)
{
	return o->level > r->level->level;
}

static const char *base_name(const struct res *r)
{
	return r->level->item->extends ? r->level->item->extends->text : NULL;
}

/* ---- rules ---- */

static bool is_inherited_rule(const struct res *r, const struct ir_rule *rule, bool deny)
{
	return rule->ops && rule->deny == deny && inherited(r, rule->origin[__builtin_ctz(rule->ops)]);
}

/* The same for rules of the same object; of a condition the beginning tells most apart. */
static const char *object_key(struct arena *a, const struct ir_rule *r)
{
	const struct sys_cond *c = r->cond;
	const struct sys_test *t = c && c->n_any && c->any[0].n_tests ? c->any[0].tests : NULL;
	if (!t && !r->port_hi && !r->port_var && !r->glob)
		return r->object;
	return arena_printf(a, "%s %u %s %s %u %llx", r->object, r->port_lo, r->port_var ? r->port_var : "", r->glob ? r->glob : "",
			    t ? t->cmp : 0u, t ? (unsigned long long)t->value : 0);
}

/* The rules of the builder by their object; those that came since the last `drop` are added at the next. */
struct drop_index {
	struct name_map objects; /* to the chain */
	struct drop_chain {
		unsigned *rules, n; /* in the order of the builder */
	} *chains;
	unsigned n_chains, n_rules;
};

static const struct drop_chain *rules_of_object(struct res *r, const struct ir_rule *of)
{
	struct drop_index *x = r->drops ? r->drops : (r->drops = ARENA_NEW(r->a, struct drop_index));
	for (; x->n_rules < r->build->n_rules; x->n_rules++) {
		const char *name = object_key(r->a, &r->build->rules[x->n_rules]);
		long i = name_map_get(&x->objects, name, strlen(name));
		if (i < 0) {
			i = x->n_chains;
			name_map_put(r->a, &x->objects, name, strlen(name), x->n_chains);
			ARENA_GROW(r->a, x->chains, x->n_chains);
			x->chains[x->n_chains++] = (struct drop_chain){NULL, 0};
		}
		struct drop_chain *c = &x->chains[i];
		ARENA_GROW(r->a, c->rules, c->n);
		c->rules[c->n++] = x->n_rules;
	}
	const char *object = object_key(r->a, of);
	long i = name_map_get(&x->objects, object, strlen(object));
	return i < 0 ? NULL : &x->chains[i];
}

/* What is left of a rule outside the box ops x targets x arches, as up to three rules. */
static void cut(struct res *r, unsigned i, const struct ir_rule *box)
{
	const struct ir_rule was = r->build->rules[i];
	const struct origin *o = was.origin[__builtin_ctz(was.ops)];
	struct ir_rule left[3] = {was, was, was};
	left[0].ops = was.ops & ~box->ops;
	left[1].ops = left[2].ops = was.ops & box->ops;
	left[1].targets = was.targets & ~box->targets;
	left[2].targets = was.targets & box->targets;
	left[2].arches = was.arches & ~box->arches;
	r->build->rules[i].ops = 0; /* finish leaves such a rule out */
	for (unsigned k = 0; k < 3; k++)
		if (left[k].ops && left[k].targets && left[k].arches)
			ir_build_rule(r->build, &left[k], o);
}

static void report_final(struct res *r, struct loc at, const struct origin *o)
{
	struct diag_rec *rec = diag(r->d, DIAG_FINAL, at, "this line of `%s` cannot be dropped", o->base);
	diag_second(rec, o->loc, "a `final` line: every policy that extends it keeps this");
	diag_help(rec, "remove the `drop`, or extend another policy");
}

static const char *quoted(struct res *r, const struct ir_rule *rule)
{
	bool word = rule->kind == RULE_SYSCALL || rule->kind == RULE_ENV || (rule->kind == RULE_MACOS && macos_word_whole(rule->ops));
	if (rule->kind == RULE_SIGNAL || (rule->ops & (OP_BIT(OP_NET) | OP_BIT(OP_PTY))))
		return ""; /* the operation says it all */
	if ((rule->kind != RULE_NET && rule->kind != RULE_RELAY) || rule->object[0] == '/' || rule->object[0] == '@' || rule->object[0] == '$')
		return arena_printf(r->a, word ? "%s" : "\"%s\"", rule->object);
	if (rule->port_var)
		return arena_printf(r->a, "\"%s:${%s}\"", rule->object, rule->port_var);
	if (rule->port_lo != rule->port_hi)
		return arena_printf(r->a, "\"%s:*\"", rule->object);
	return arena_printf(r->a, "\"%s:%u\"", rule->object, rule->port_lo);
}

/* Objects that could have been meant: what the base says with one of these operations. */
static void note_others(struct res *r, struct diag_rec *rec, const struct ir_rule *want, uint32_t missing)
{
	enum { MAX = 64, SHOWN = 8 };
	const char *known[MAX];
	struct buf list = buf_new(r->a);
	unsigned n = 0;
	for (unsigned i = 0; i < r->build->n_rules && n < MAX; i++) {
		const struct ir_rule *rule = &r->build->rules[i];
		if (!is_inherited_rule(r, rule, want->deny) || rule->kind != want->kind || !(rule->ops & missing) ||
		    !(rule->targets & want->targets) || !(rule->arches & want->arches))
			continue;
		const struct origin *o = rule->origin[__builtin_ctz(rule->ops)];
		bool again = false;
		known[n] = quoted(r, rule);
		for (unsigned k = 0; k < n && !again; k++)
			again = strcmp(known[k], known[n]) == 0;
		if (again)
			continue;
		n++;
		if (n > SHOWN)
			continue;
		buf_printf(&list, "%s%s", n > 1 ? ", " : "", known[n - 1]);
		if (o->profile)
			buf_printf(&list, " (%s, by %s)", o->profile, src_where(r->src, r->a, o->used_at));
	}
	uint32_t here = want->ops & ~missing;
	if (here)
		diag_note(rec, "of what is named it %s %s there", want->deny ? "denies" : "allows", say_ops(r->a, here));
	const char *verb = want->deny ? "denies" : "allows", *words = say_ops(r->a, missing);
	if (n == 0)
		diag_note(rec, "no line that it inherits %s %s", verb, words);
	else
		diag_note(rec, "it %s %s on: %s%s", verb, words, buf_str(&list), n > SHOWN ? ", ..." : "");
	diag_help_or(rec, suggest(r->a, quoted(r, want), known, n), n ? "name one of these, or remove it" : "remove it");
}

static void report_nothing(struct res *r, const struct access_item *i, uint32_t missing)
{
	const char *base = base_name(r);
	if (r->base_wrong)
		return;
	struct diag_rec *rec =
	    diag(r->d, DIAG_DROP_NOTHING, i->loc, "nothing to drop: `%s` does not %s %s%s%s", base,
		 i->rule.deny ? "deny" : "allow", say_ops(r->a, missing), quoted(r, &i->rule)[0] ? " on " : "",
		 quoted(r, &i->rule));
	note_others(r, rec, &i->rule, missing);
}

static void report_none(struct res *r, struct loc at, const char *does, const char *what)
{
	if (!r->base_wrong)
		diag_help(diag(r->d, DIAG_DROP_NOTHING, at, "nothing to drop: `%s` does not %s %s", base_name(r), does, what), "remove it");
}

/*
 * `write` is three operations and `read` two. Of an allow the word takes whatever the base gives of it: nothing of it is left then,
 * as the reader of the `drop` believes. A deny loosens, so there the base has to say all of the word.
 */
static uint32_t not_there(const struct ir_rule *want, uint32_t missing)
{
	static const uint32_t words[] = {
	    OP_BIT(OP_READ) | OP_BIT(OP_LIST),
	    OP_BIT(OP_MODIFY) | OP_BIT(OP_CREATE) | OP_BIT(OP_DELETE),
	};
	for (unsigned i = 0; i < 2 && !want->deny; i++)
		if ((want->ops & words[i]) == words[i] && (missing & words[i]) != words[i])
			missing &= ~words[i];
	return missing;
}

static void drop_item(struct res *r, const struct place *p, struct access_item *i, bool deny)
{
	uint32_t missing = i->rule.ops;
	const struct drop_chain *same = rules_of_object(r, &i->rule); /* without the pieces that a cut leaves */
	i->rule.deny = deny;
	i->rule.targets = p->targets & r->build->ir.targets;
	for (unsigned k = 0; same && k < same->n; k++) {
		const struct ir_rule *rule = &r->build->rules[same->rules[k]];
		if (!is_inherited_rule(r, rule, deny) || !ir_same_object(rule, &i->rule) || !(rule->ops & i->rule.ops) ||
		    !(rule->targets & i->rule.targets) || !(rule->arches & i->rule.arches))
			continue;
		const struct origin *o = rule->origin[__builtin_ctz(rule->ops)];
		missing &= ~rule->ops;
		if (o->final)
			report_final(r, i->loc, o);
		else
			cut(r, same->rules[k], &i->rule);
	}
	missing = not_there(&i->rule, missing);
	if (missing)
		report_nothing(r, i, missing);
}

static void drop_access(struct res *r, const struct place *p, const struct ast_stmt *s)
{
	struct access_items items = access_resolve(r, p, s->access, ACCESS_DROP);
	for (unsigned k = 0; k < items.n; k++)
		drop_item(r, p, &items.v[k], s->drop == DROP_DENY);
}

/* ---- limits and guarantees ---- */

static void drop_limit(struct res *r, const struct place *p, const struct ast_stmt *s)
{
	enum limit l;
	bool found = false;
	if (!limit_by_name(r, s->name, &l))
		return;
	for (unsigned i = 0; i < r->build->n_limits; i++) {
		struct ir_build_limit *one = &r->build->limits[i];
		if (one->limit != l || !one->is.set || !inherited(r, one->is.origin) || !(p->targets & TARGET_BIT(one->target)))
			continue;
		one->is.set = false;
		found = true;
	}
	if (!found)
		report_none(r, s->name->loc, "limit", limit_name[l]);
}

static void drop_want(struct res *r, const struct ast_stmt *s)
{
	bool prefer = s->drop == DROP_PREFER;
	for (const struct ast_word *w = s->words; w; w = w->next) {
		enum cap cap;
		bool found = false;
		if (!resolve_cap(r, w, &cap))
			continue;
		for (unsigned i = 0; i < r->build->n_wants; i++) {
			struct ir_want *want = &r->build->wants[i];
			if (want->cap != cap || want->prefer != prefer || !inherited(r, want->origin) || !want->targets)
				continue;
			want->targets = 0;
			found = true;
		}
		if (!found)
			report_none(r, w->loc, prefer ? "prefer" : "require", arena_printf(r->a, "`%s`", cap_name[cap]));
	}
}

/* ---- the statement ---- */

/* Lines that loosen what a base says are told why. */
static void check_reason(struct res *r, const struct ast_stmt *s)
{
	static const char *const loosens[] = {
	    [DROP_DENY] = "a deny", [DROP_LIMIT] = "a limit", [DROP_REQUIRE] = "a guarantee", [DROP_PREFER] = NULL};
	if (!loosens[s->drop] || s->because)
		return;
	struct diag_rec *rec = diag(r->d, DIAG_NEEDS_REASON, s->loc, "this takes %s of the base away and says no reason",
				    loosens[s->drop]);
	diag_help(rec, "add `because \"...\"`");
}

static const struct ast_word *last_word(const struct ast_word *w)
{
	while (w->next)
		w = w->next;
	return w;
}

/* The statement up to its reason, blank space as one blank. */
static const char *said(struct res *r, const struct ast_stmt *s)
{
	struct loc loc = s->loc;
	struct buf b = buf_new(r->a);
	if (s->because) /* `because` and the string are the end of it */
		loc.end = s->access ? s->access->loc.end : s->words ? last_word(s->words)->loc.end : s->name->loc.end;
	for (const char *c = src_text(r->src, r->a, loc); *c; c++) {
		bool blank = *c == ' ' || *c == '\t' || *c == '\n';
		if (!blank)
			buf_putc(&b, *c);
		else if (b.len && b.data[b.len - 1] != ' ')
			buf_putc(&b, ' ');
	}
	return buf_str(&b);
}

void stmt_drop(struct res *r, const struct place *p, const struct ast_stmt *s)
{
	if (p->profile) {
		stmt_refuse_in_profile(r, p, s);
		return;
	}
	if (!base_name(r)) {
		if (r->base_wrong)
			return;
		struct diag_rec *rec = diag(r->d, DIAG_DROP_NOTHING, s->loc, "nothing to drop: `%s` extends no policy", r->level->name);
		diag_help(rec, "remove the line; what the policy says itself is changed where it stands");
		return;
	}
	check_reason(r, s);
	ir_build_drop(r->build, &(struct ir_drop){.text = said(r, s),
						  .origin = origin_new(r, p, s->loc, because_text(r, s->because))});
	switch (s->drop) {
	case DROP_ALLOW:
	case DROP_DENY:
		drop_access(r, p, s);
		break;
	case DROP_LIMIT:
		drop_limit(r, p, s);
		break;
	case DROP_REQUIRE:
	case DROP_PREFER:
		if (stmt_whole_policy(r, p, s))
			drop_want(r, s);
		break;
	}
}
