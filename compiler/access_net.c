/*
 * access_net.c - endpoints: "HOST:PORT", straight or through a proxy, and Unix sockets by their name.
 */
#include <string.h>

#include "access_priv.h"

static bool bad_endpoint(struct res *r, const struct ast_word *w, const char *why)
{
	struct diag_rec *rec = diag(r->d, DIAG_BAD_ENDPOINT, w->loc, "%s", why);
	diag_help(rec, "write `\"HOST:PORT\"`, `\"*:PORT\"` for any host, or `\"*:*\"` for all of them");
	return false;
}

/* The port part of an endpoint: a number, `*`, or a whole `${variable}` that the loader fills in. */
static bool endpoint_port(struct res *r, const struct scope *s, const struct ast_word *w, const char *port,
			  struct ir_rule *rule)
{
	uint64_t n;
	size_t len = strlen(port);
	if (strcmp(port, "*") == 0) {
		rule->port_hi = 65535;
		return true;
	}
	if (len > 3 && port[0] == '$' && port[1] == '{' && strchr(port, '}') == port + len - 1) {
		rule->port_var = arena_strndup(r->a, port + 2, len - 3);
		const struct var *v = scope_find(s, rule->port_var, len - 3);
		if (!v || v->value.type != TYPE_PORT)
			return bad_endpoint(r, w, "the variable after `:` is not a param of type port");
		return true;
	}
	if (!parse_u64(port, len, 65535, &n))
		return bad_endpoint(r, w, "the port is not a number from 0 to 65535");
	rule->port_lo = rule->port_hi = (uint16_t)n;
	return true;
}

static bool host_is_plain(const char *host)
{
	return strcmp(host, "*") == 0 ||
	       (host[0] && strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789.-_*[]:") == strlen(host));
}

bool endpoint_parse(struct res *r, const struct scope *s, const struct ast_word *w, struct ir_rule *rule)
{
	const char *text = scope_string(r, s, w);
	if (!text)
		return false;
	char *copy = arena_strdup(r->a, text);
	char *colon = strrchr(copy, ':');
	if (!colon || colon == copy)
		return bad_endpoint(r, w, "this is not an endpoint");
	*colon = '\0';
	for (char *c = copy; *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
	if (!host_is_plain(copy))
		return bad_endpoint(r, w, "the host is not a name, an address or `*`");
	rule->object = copy;
	rule->port_lo = rule->port_hi = 0;
	return endpoint_port(r, s, w, colon + 1, rule);
}

/* ---- through a proxy ---- */

/* A label of a host name: letters, digits, - and _, no - at an end. */
static bool label_ok(const char *s, size_t n)
{
	return n > 0 && n < 64 && s[0] != '-' && s[n - 1] != '-' &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-_") >= n;
}

/* `*`, an address between brackets, or labels, of which the first may be `*`. */
static bool host_pattern_ok(const char *host)
{
	size_t n = strlen(host);
	if (strcmp(host, "*") == 0)
		return true;
	if (host[0] == '[')
		return n > 3 && host[n - 1] == ']' && strspn(host + 1, "0123456789abcdef:.") == n - 2;
	if (strncmp(host, "*.", 2) == 0)
		host += 2;
	for (;;) {
		size_t len = strcspn(host, ".");
		if (!label_ok(host, len))
			return false;
		if (host[len] == '\0')
			return n <= 253;
		host += len + 1;
	}
}

static bool relay_fits(struct access_ctx *x, const struct ast_object *o, uint32_t op, const struct ir_rule *rule)
{
	struct diag_rec *rec;
	bool may = x->use == ACCESS_ALLOW || x->use == ACCESS_DROP;
	if (!may || op != OP_BIT(OP_CONNECT_TCP)) {
		bool tcp = op == OP_BIT(OP_CONNECT_TCP);
		rec = diag(x->r->d, DIAG_NOT_RELAYED, o->via->loc, "%s",
			   tcp ? "only an `allow` goes through a proxy" : "only TCP connections go through a proxy");
		if (x->use == ACCESS_EXPECT || x->use == ACCESS_NEVER)
			diag_help(rec, "remove `via %s`: what counts is whether the host is reached", o->via->text);
		else if (x->use == ACCESS_DENY)
			diag_help(rec, "remove `via %s`: the line holds for every proxy", o->via->text);
		else
			diag_help(rec, "write `allow connect tcp %s via %s`",
				  src_text(x->r->src, x->r->a, o->string->loc), o->via->text);
		return false;
	}
	if (rule->port_var) {
		rec = diag(x->r->d, DIAG_NOT_RELAYED, o->string->loc,
			   "the proxy does not know a port that is given when the program starts");
		diag_note(rec, "it reads the ports from egress.yaml, which the plan holds");
		diag_help(rec, "write the port as a number, or use a param without `at load`");
		return false;
	}
	if (host_pattern_ok(rule->object))
		return true;
	rec = diag(x->r->d, DIAG_HOST_PATTERN, o->string->loc, "`%s` is no host that a proxy can check", rule->object);
	diag_help(rec, "write a name, an address, `*.` in front of a name for all below it, or `*`");
	return false;
}

static void access_relay(struct access_ctx *x, const struct ast_object *o, uint32_t op, struct ir_rule *rule)
{
	const struct ir_proxy *proxy = proxy_use(x->r, o->via);
	if (!relay_fits(x, o, op, rule) || !proxy) {
		access_fail(x);
		return;
	}
	struct access_item *i = access_add(x, RULE_RELAY, OP_BIT(OP_RELAY_TCP), o->loc);
	i->rule.object = rule->object;
	i->rule.port_lo = rule->port_lo;
	i->rule.port_hi = rule->port_hi;
	i->rule.via = proxy;
	i->because = because_text(x->r, o->because);
}

/* ---- objects ---- */

/* `"a:1", "b:1" via NAME`: the proxy at the end is that of all of them. */
static struct ast_word *via_of(const struct ast_object *o)
{
	while (!o->via && o->more)
		o = o->next;
	return o->via;
}

void access_endpoint(struct access_ctx *x, const struct ast_object *o, uint32_t op)
{
	uint32_t flags = 0;
	struct ast_object straight = *o, through = *o;
	struct ir_rule rule = {.port_hi = 65535};
	straight.via = NULL;
	through.via = via_of(o);
	bool ok = endpoint_parse(x->r, x->p->scope, o->string, &rule);
	if (!access_modifiers(x, &straight, false, &flags) || !ok) {
		access_fail(x);
		return;
	}
	if (through.via) {
		access_relay(x, &through, op, &rule);
		return;
	}
	struct access_item *i = access_add(x, RULE_NET, op, o->loc);
	i->rule.object = rule.object;
	i->rule.port_lo = rule.port_lo;
	i->rule.port_hi = rule.port_hi;
	i->rule.port_var = rule.port_var;
	i->because = because_text(x->r, o->because);
}

void access_socket(struct access_ctx *x, const struct ast_object *o, uint32_t op)
{
	uint32_t flags = 0;
	bool ok = access_modifiers(x, o, true, &flags);
	bool abstract = o->string->len > 0 && o->string->text[0] == '@';
	const char *name = abstract ? scope_string(x->r, x->p->scope, o->string)
				    : scope_path(x->r, x->p->scope, o->string);
	if (!name || !ok) {
		access_fail(x);
		return;
	}
	struct access_item *i = access_add(x, RULE_NET, op, o->loc);
	i->rule.object = name;
	i->rule.flags = flags;
	i->because = because_text(x->r, o->because);
}
