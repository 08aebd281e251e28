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

/* Pointers into the rules: their order is that of the policy. */
static int by_proxy(const void *x, const void *y)
{
	const struct ir_rule *a = *(const struct ir_rule *const *)x, *b = *(const struct ir_rule *const *)y;
	int c = strcmp(a->via->name, b->via->name);
	return c ? c : (a > b) - (a < b);
}

struct egress_rules egress_rules_of(struct arena *a, const struct ir *ir, enum target t)
{
	struct egress_rules e = {.relays = ARENA_ARRAY(a, ir->n_rules, const struct ir_rule *),
				 .denies = ARENA_ARRAY(a, ir->n_rules, const struct ir_rule *)};
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		if (!(r->targets & TARGET_BIT(t)))
			continue;
		if (r->kind == RULE_RELAY)
			e.relays[e.n_relays++] = r;
		else if (r->kind == RULE_NET && r->deny && (r->ops & (OP_BIT(OP_CONNECT_TCP) | OP_BIT(OP_NET))))
			e.denies[e.n_denies++] = r;
	}
	if (e.n_relays)
		qsort(e.relays, e.n_relays, sizeof(*e.relays), by_proxy);
	return e;
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

/* From the relay `first` on; returns that of the next proxy. */
static unsigned put_proxy(struct lower *l, struct yaml_out *y, enum target t, const struct egress_rules *e, unsigned first)
{
	const struct ir_proxy *p = e->relays[first]->via;
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
	for (unsigned i = 0; i < e->n_denies; i++)
		put_rule(l, y, e->denies[i]);
	unsigned i = first;
	for (; i < e->n_relays && strcmp(e->relays[i]->via->name, p->name) == 0; i++)
		put_rule(l, y, e->relays[i]);
	yaml_list_end(y);
	yaml_map_end(y);
	return i;
}

/* The proxies of one system, each once, by name. */
static void put_target(struct lower *l, struct yaml_out *y, enum target t)
{
	struct egress_rules e = egress_rules_of(l->arena, l->ir, t);
	for (unsigned i = 0; i < e.n_relays;)
		i = put_proxy(l, y, t, &e, i);
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
		diag(l->diags, DIAG_INTERNAL, l->ir->loc, "egress.yaml cannot be written");
	return text != NULL;
}
