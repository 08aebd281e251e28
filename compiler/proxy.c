/*
 * proxy.c - `proxy NAME = unix "PATH"` and `proxy NAME = tcp "HOST:PORT"`: where the program finds the proxies that
 * connect for it.
 */
#include <string.h>

#include "resolve_priv.h"

/* A proxy elsewhere would need the network that it is there to guard, and a name that the kernel cannot check. */
static bool is_this_machine(const char *host)
{
	return strcmp(host, "localhost") == 0 || strcmp(host, "127.0.0.1") == 0 || strcmp(host, "[::1]") == 0;
}

static bool tcp_endpoint(struct res *r, const struct scope *s, const struct ast_item *item, struct ir_proxy *p)
{
	struct ir_rule rule = {.kind = RULE_NET};
	if (!endpoint_parse(r, s, item->value, &rule))
		return false;
	if (is_this_machine(rule.object) && (rule.port_var || (rule.port_lo == rule.port_hi && rule.port_lo != 0))) {
		p->op = OP_CONNECT_TCP;
		p->object = "localhost"; /* one place by whichever of its names */
		p->port = rule.port_lo;
		p->port_var = rule.port_var;
		return true;
	}
	struct diag_rec *rec = diag(r->d, DIAG_BAD_PROXY, item->value->loc, "%s",
				    is_this_machine(rule.object) ? "a proxy listens on one port"
								 : "a proxy listens on this machine");
	diag_help(rec, "write `\"127.0.0.1:PORT\"`, or a Unix socket: `proxy %s = unix \"/run/...\"`", item->name->text);
	return false;
}

static bool proxy_endpoint(struct res *r, const struct scope *s, const struct ast_item *item, struct ir_proxy *p)
{
	static const char *const kinds[] = {"unix", "tcp"};
	if (strcmp(item->type->text, "tcp") == 0)
		return tcp_endpoint(r, s, item, p);
	if (strcmp(item->type->text, "unix") == 0) {
		p->op = OP_CONNECT_UNIX;
		p->object = scope_path(r, s, item->value);
		return p->object != NULL;
	}
	struct diag_rec *rec = diag(r->d, DIAG_UNKNOWN_WORD, item->type->loc, "unknown word `%s`", item->type->text);
	const char *near = suggest(r->a, item->type->text, kinds, 2);
	diag_help(rec, "%s", near ? near : "unix or tcp can stand here");
	return false;
}

static struct proxy *proxy_find(const struct res *r, const char *name)
{
	long i = name_map_get(&r->proxies_by_name, name, strlen(name));
	return i < 0 ? NULL : r->proxies[i];
}

void proxy_define(struct res *r, const struct scope *s, const struct ast_item *item, bool own)
{
	const struct proxy *first = proxy_find(r, item->name->text);
	if (first) {
		struct diag_rec *rec =
		    diag(r->d, DIAG_DUPLICATE, item->name->loc, "proxy `%s` is defined twice", item->name->text);
		diag_second(rec, first->item->name->loc, "first defined here");
		diag_help(rec, "remove one of them, or rename it");
		return;
	}
	struct proxy *p = ARENA_NEW(r->a, struct proxy);
	*p = (struct proxy){.item = item, .own = own};
	p->ir = (struct ir_proxy){.name = item->name->text, .loc = item->head};
	if (!proxy_endpoint(r, s, item, &p->ir)) {
		p->used = true; /* one cause, one message */
		p->ir.op = OP_CONNECT_UNIX;
		p->ir.object = "/missing";
	}
	ARENA_GROW(r->a, r->proxies, r->n_proxies);
	name_map_put(r->a, &r->proxies_by_name, p->ir.name, strlen(p->ir.name), r->n_proxies);
	r->proxies[r->n_proxies++] = p;
}

const struct ir_proxy *proxy_use(struct res *r, const struct ast_word *name)
{
	struct proxy *p = proxy_find(r, name->text);
	if (p) {
		p->used = true;
		return &p->ir;
	}
	const char **known = ARENA_ARRAY(r->a, r->n_proxies + 1, const char *);
	for (unsigned i = 0; i < r->n_proxies; i++)
		known[i] = r->proxies[i]->ir.name;
	struct diag_rec *rec = diag(r->d, DIAG_UNKNOWN_PROXY, name->loc, "there is no proxy `%s`", name->text);
	const char *near = suggest(r->a, name->text, known, r->n_proxies);
	if (near)
		diag_help(rec, "%s", near);
	else
		diag_help(rec, "say where it listens, above the policy: `proxy %s = unix \"/run/...\"`", name->text);
	return NULL;
}

/* The lines that are left when all is read: what was dropped brings nothing. */
void proxy_add_endpoints(struct res *r)
{
	const unsigned n = r->build->n_rules;
	for (unsigned i = 0; i < n; i++) {
		const struct ir_rule relay = r->build->rules[i];
		const struct ir_proxy *p = relay.via;
		if (!relay.ops || !p)
			continue;
		struct ir_rule at = {
		    .kind = RULE_NET,
		    .ops = OP_BIT(p->op),
		    .targets = relay.targets,
		    .arches = relay.arches,
		    .flags = RULE_PROXY,
		    .object = p->object,
		    .port_lo = p->port,
		    .port_hi = p->op == OP_CONNECT_TCP ? p->port : UINT16_MAX,
		    .port_var = p->port_var,
		};
		ir_build_rule(r->build, &at, relay.origin[OP_RELAY_TCP]);
	}
}

void proxy_check_used(struct res *r)
{
	for (unsigned i = 0; i < r->n_proxies; i++) {
		const struct proxy *p = r->proxies[i];
		if (p->used || !p->own)
			continue;
		struct diag_rec *rec =
		    diag(r->d, DIAG_NO_EFFECT, p->item->name->loc, "no line uses the proxy `%s`", p->ir.name);
		diag_help(rec, "send connections through it: `allow connect tcp \"HOST:PORT\" via %s`, or remove it",
			  p->ir.name);
	}
}
