/*
 * lower.c - writes egress.yaml: for each proxy that the policy uses on a system, the rules it has to keep.
 */
#include "egress.h"

#include <stdlib.h>
#include <string.h>

#include "../../compiler/yaml_out.h"

enum op egress_op(const struct ir_rule *r)
{
	if (r->kind == RULE_RELAY)
		return OP_RELAY_TCP;
	return r->ops & OP_BIT(OP_NET) ? OP_NET : OP_CONNECT_TCP;
}

bool egress_is_rule(const struct ir_rule *r, enum target t, const struct ir_proxy *p)
{
	if (!(r->targets & TARGET_BIT(t)))
		return false;
	if (r->kind == RULE_RELAY)
		return strcmp(r->via->name, p->name) == 0;
	return r->kind == RULE_NET && r->deny && (r->ops & (OP_BIT(OP_CONNECT_TCP) | OP_BIT(OP_NET)));
}

static const char *ports_text(struct arena *a, const struct ir_rule *r)
{
	if (r->port_lo == 0 && r->port_hi == UINT16_MAX)
		return "*";
	if (r->port_lo == r->port_hi)
		return arena_printf(a, "%u", r->port_lo);
	return arena_printf(a, "%u-%u", r->port_lo, r->port_hi);
}

static void put_rule(struct lower *l, struct yaml_out *y, const struct ir_rule *r)
{
	const struct origin *o = r->origin[egress_op(r)];
	yaml_map(y);
	yaml_text(y, r->deny ? "deny" : "allow", r->object);
	yaml_text(y, "ports", ports_text(l->arena, r));
	yaml_text(y, "at", src_where(l->src, l->arena, o->loc));
	if (o->because)
		yaml_text(y, "because", o->because);
	yaml_map_end(y);
}

static void put_proxy(struct lower *l, struct yaml_out *y, enum target t, const struct ir_proxy *p)
{
	const char *port = p->port_var ? arena_printf(l->arena, "${%s}", p->port_var)
				       : arena_printf(l->arena, "%u", p->port);
	yaml_map(y);
	yaml_word(y, "target", target_name[t]);
	yaml_text(y, "proxy", p->name);
	if (p->op == OP_CONNECT_UNIX)
		yaml_text(y, "unix", p->object);
	else
		yaml_text(y, "tcp", arena_printf(l->arena, "%s:%s", p->object, port));
	yaml_text(y, "at", src_where(l->src, l->arena, p->loc));
	yaml_list(y, "rules", false);
	for (unsigned i = 0; i < l->ir->n_rules; i++)
		if (egress_is_rule(&l->ir->rules[i], t, p))
			put_rule(l, y, &l->ir->rules[i]);
	yaml_list_end(y);
	yaml_map_end(y);
}

static int by_name(const void *x, const void *y)
{
	const struct ir_proxy *const *a = x, *const *b = y;
	return strcmp((*a)->name, (*b)->name);
}

/* The proxies of one system, each once, by name. */
static void put_target(struct lower *l, struct yaml_out *y, enum target t)
{
	const struct ir_proxy **used = ARENA_ARRAY(l->arena, l->ir->n_rules, const struct ir_proxy *);
	unsigned n = 0;
	for (unsigned i = 0; i < l->ir->n_rules; i++)
		if (l->ir->rules[i].kind == RULE_RELAY && (l->ir->rules[i].targets & TARGET_BIT(t)))
			used[n++] = l->ir->rules[i].via;
	if (n)
		qsort(used, n, sizeof(*used), by_name);
	for (unsigned i = 0; i < n; i++)
		if (i == 0 || strcmp(used[i - 1]->name, used[i]->name) != 0)
			put_proxy(l, y, t, used[i]);
}

/* A proxy reads the ports from this file, and some are known only when the program starts. */
static bool check_denies(struct lower *l)
{
	bool ok = true;
	for (unsigned i = 0; i < l->ir->n_rules; i++) {
		const struct ir_rule *r = &l->ir->rules[i];
		if (r->kind != RULE_NET || !r->deny || !r->port_var || !(r->ops & OP_BIT(OP_CONNECT_TCP)))
			continue;
		struct diag_rec *rec = diag(l->diags, DIAG_NO_EXPRESSION, r->origin[OP_CONNECT_TCP]->loc,
					    "a proxy does not know a port that is given when the program starts");
		diag_help(rec, "write the port as a number");
		ok = false;
	}
	return ok;
}

bool egress_lower(struct lower *l)
{
	size_t size;
	if (!ir_allows_any(l->ir, TARGET_LINUX, OP_BIT(OP_RELAY_TCP)) &&
	    !ir_allows_any(l->ir, TARGET_MACOS, OP_BIT(OP_RELAY_TCP)))
		return true;
	if (!check_denies(l))
		return false;
	struct yaml_out *y = yaml_begin(l->arena);
	if (!y)
		return false;
	yaml_map(y);
	yaml_number(y, "egress", EGRESS_VERSION);
	yaml_text(y, "id", l->plan_id);
	yaml_text(y, "policy", l->ir->name);
	yaml_list(y, "proxies", false);
	for (unsigned t = 0; t < TARGET_COUNT; t++)
		put_target(l, y, (enum target)t);
	yaml_list_end(y);
	yaml_map_end(y);
	const char *text = yaml_end(y, &size);
	if (text)
		lower_add(l, EGRESS_FILE, text, size);
	else
		diag(l->diags, DIAG_INTERNAL, l->ir->loc, "egress.yaml cannot be written: out of memory");
	return text != NULL;
}
