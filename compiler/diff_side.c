/*
 * diff_side.c - the two policies of a comparison, with load-time variables that stay symbols.
 *
 * A variable gets a value that no rule names by chance and that keeps what the analysis assumes of it (a home below
 * /home, a TMPDIR below /tmp), so that one symbol can be told from another and from every literal path.
 */
#include <string.h>

#include "diff_plan.h"
#include "diff_priv.h"
#include "template.h"

/* What stands before the symbol. */
static const char *symbol_folder(enum target t, const char *name)
{
	static const struct {
		const char *name, *folder[TARGET_COUNT];
	} known[] = {
	    {"HOME", {[TARGET_LINUX] = "/home", [TARGET_MACOS] = "/Users"}},
	    {"TMPDIR", {[TARGET_LINUX] = "/tmp", [TARGET_MACOS] = "/tmp"}},
	    {"RUNTIME_DIR", {[TARGET_LINUX] = "/run/user", [TARGET_MACOS] = "/run/user"}},
	};
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(known[i].name, name) == 0)
			return known[i].folder[t];
	return "";
}

static const char *symbol(struct arena *a, enum target t, const char *name, bool is_path)
{
	return arena_printf(a, "%s%s${%s}", is_path ? symbol_folder(t, name) : "", is_path ? "/" : "", name);
}

static const char *param_symbol(const struct differ *d, enum target t, const struct ir_param *p)
{
	uint16_t port = differ_port(d, p->name);
	if (port)
		return arena_printf(d->a, "%u", port);
	return symbol(d->a, t, p->name, p->type == TYPE_PATH);
}

static void bind(struct differ *d, struct side *s, enum target t)
{
	struct ir_binding *v = NULL;
	s->n_given = 0;
	for (unsigned i = 0; template_builtins[i]; i++) {
		const char *name = template_builtins[i];
		ARENA_GROW(d->a, v, s->n_given);
		v[s->n_given++] =
		    (struct ir_binding){name, symbol(d->a, t, name, template_builtin_is_path(name, strlen(name)))};
	}
	for (unsigned i = 0; i < s->ir->n_params; i++) {
		ARENA_GROW(d->a, v, s->n_given);
		v[s->n_given++] = (struct ir_binding){s->ir->params[i].name, param_symbol(d, t, &s->ir->params[i])};
	}
	s->given[t] = v;
}

/* ---- ports ---- */

static bool rule_names_port(const struct ir *ir, unsigned port)
{
	for (unsigned i = 0; i < ir->n_rules; i++)
		if (ir->rules[i].kind == RULE_NET && (ir->rules[i].port_lo == port || ir->rules[i].port_hi == port))
			return true;
	return false;
}

uint16_t differ_port(const struct differ *d, const char *var)
{
	for (unsigned i = 0; i < d->n_port_vars; i++)
		if (strcmp(d->port_vars[i].name, var) == 0)
			return d->port_vars[i].port;
	return 0;
}

const char *differ_port_var(const struct differ *d, uint16_t port)
{
	for (unsigned i = 0; i < d->n_port_vars; i++)
		if (d->port_vars[i].port == port)
			return d->port_vars[i].name;
	return NULL;
}

/* From the top, each variable gets a port that no rule names. */
static void take_port_vars(struct differ *d, const struct ir *ir, unsigned *next)
{
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const char *var = ir->rules[i].port_var;
		if (!var || differ_port(d, var))
			continue;
		while (rule_names_port(d->old.k->ir, *next) || rule_names_port(d->now.k->ir, *next))
			(*next)--;
		ARENA_GROW(d->a, d->port_vars, d->n_port_vars);
		d->port_vars[d->n_port_vars++] = (struct port_symbol){var, (uint16_t)(*next)--};
	}
}

void differ_open(struct differ *d, const struct compile *old, const struct compile *now)
{
	unsigned next = 65000;
	d->old = (struct side){.is_old = true, .k = old, .ir = old->ir, .calls = meaning_syscalls(old->meaning)};
	d->now = (struct side){.k = now, .ir = now->ir, .calls = meaning_syscalls(now->meaning)};
	d->targets = old->ir->targets & now->ir->targets;
	take_port_vars(d, old->ir, &next);
	take_port_vars(d, now->ir, &next);
	for (unsigned t = 0; t < TARGET_COUNT; t++) {
		bind(d, &d->old, (enum target)t);
		bind(d, &d->now, (enum target)t);
	}
}

bool side_allows(const struct side *s, const struct request *r)
{
	if (!s->plan)
		return decide(s->k->meaning, r).allow;
	return !validator_verdict(s->plan->models, r).stops;
}

const char *side_plan_where(const struct differ *d, const struct side *s, const struct request *r)
{
	const char *best = NULL;
	size_t longest = 0;
	for (unsigned i = 0; i < s->ir->n_rules; i++) {
		const struct ir_rule *rule = &s->ir->rules[i];
		if (!s->plan->where[i] || rule->deny || !(rule->targets & TARGET_BIT(r->target)))
			continue;
		const char *place = rule->kind == RULE_PATH ? side_place(d->a, s, r->target, rule->object) : NULL;
		bool port = rule->kind == RULE_NET && r->port && (rule->port_lo == r->port || (rule->port_var && differ_port(d, rule->port_var) == r->port));
		bool relayed = rule->kind == RULE_RELAY && r->port >= rule->port_lo && r->port <= rule->port_hi &&
			       host_covers(rule->object, r->object);
		if (port || relayed || (place && r->object[0] == '/' && path_covers(place, r->object) && strlen(place) >= longest)) {
			longest = place ? strlen(place) : 0;
			best = s->plan->where[i];
		}
	}
	return best && s->is_old ? arena_printf(d->a, "old %s", best) : best;
}

struct request side_request(const struct side *s, enum target t, enum op op, const char *object, uint16_t port)
{
	return (struct request){.target = t, .op = op, .object = object, .port = port, .given = s->given[t], .n_given = s->n_given};
}

const char *side_place(struct arena *a, const struct side *s, enum target t, const char *tmpl)
{
	const char *path = expand_template(a, s->ir, tmpl, s->given[t], s->n_given);
	return path && path[0] == '/' ? place_name(a, t, path) : NULL;
}

/* ---- words ---- */

/* The variable whose symbol the path begins with; *len: of the symbol. */
static const char *begins_with_symbol(const struct side *s, enum target t, const char *path, size_t *len)
{
	for (unsigned i = 0; i < s->n_given; i++) {
		const char *value = s->given[t][i].value;
		if (value[0] != '/' || !path_covers(value, path))
			continue;
		*len = strlen(value);
		return s->given[t][i].name;
	}
	return NULL;
}

const char *differ_show_path(const struct differ *d, enum target t, const char *path)
{
	struct buf b = buf_new(d->a);
	size_t skip = 0;
	const char *var = begins_with_symbol(&d->old, t, path, &skip);
	if (!var)
		var = begins_with_symbol(&d->now, t, path, &skip);
	if (var)
		template_add_var(&b, var);
	/* What else looks like a variable is one: literal dollars are rare, and this text is for people. */
	for (const char *c = path + (var ? skip : 0); *c; c++)
		if (*c == '$' && c[1] == '{')
			buf_putc(&b, *c);
		else
			template_add_literal(&b, c, 1);
	return buf_str(&b);
}

const char *side_where(struct arena *a, const struct side *s, struct loc loc)
{
	const char *where = src_where(s->k->src, a, loc);
	if (!where[0])
		return NULL;
	return s->is_old ? arena_printf(a, "old %s", where) : where;
}

const char *side_via(struct arena *a, const struct side *s, const struct origin *o)
{
	if (!o || (!o->profile && !o->base))
		return NULL;
	if (!o->profile)
		return arena_printf(a, "%s, which is extended", o->base);
	if (loc_none(o->used_at))
		return o->profile;
	return arena_printf(a, "%s, used at %s", o->profile, side_where(a, s, o->used_at));
}
