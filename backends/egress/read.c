/*
 * read.c - egress.yaml back from its bytes, through libyaml's parser: keys in their order, each once, values between
 * double quotes, no anchors, tags or second document.
 */
#include "egress.h"

#include <string.h>
#include <yaml.h>

#include "../../compiler/str.h"

struct reader {
	yaml_parser_t parser;
	yaml_event_t event; /* the next one */
	bool have;
	struct arena *arena;
	const char *error;
};

static bool fail(struct reader *r, const char *error)
{
	if (!r->error)
		r->error = error;
	return false;
}

/* Looks at the next event. */
static yaml_event_type_t peek(struct reader *r)
{
	if (r->error)
		return YAML_NO_EVENT;
	if (!r->have && !yaml_parser_parse(&r->parser, &r->event)) {
		fail(r, "it is no YAML");
		return YAML_NO_EVENT;
	}
	r->have = true;
	return r->event.type;
}

static void drop(struct reader *r)
{
	if (r->have)
		yaml_event_delete(&r->event);
	r->have = false;
}

static bool take(struct reader *r, yaml_event_type_t type, const char *error)
{
	yaml_event_type_t got = peek(r);
	const yaml_event_t *e = &r->event;
	if (got != type)
		return fail(r, error);
	bool plain = type == YAML_MAPPING_START_EVENT    ? !e->data.mapping_start.anchor && !e->data.mapping_start.tag
		     : type == YAML_SEQUENCE_START_EVENT ? !e->data.sequence_start.anchor && !e->data.sequence_start.tag
							 : true;
	drop(r);
	return plain || fail(r, "it has an anchor or a tag");
}

/* The text of a scalar that is written in this style; NULL after a fault. */
static const char *scalar(struct reader *r, yaml_scalar_style_t style, const char *error)
{
	if (peek(r) != YAML_SCALAR_EVENT) {
		fail(r, error);
		return NULL;
	}
	const char *value = (const char *)r->event.data.scalar.value;
	size_t n = r->event.data.scalar.length;
	bool ok = r->event.data.scalar.style == style && !r->event.data.scalar.anchor && !r->event.data.scalar.tag &&
		  strlen(value) == n;
	const char *text = arena_strndup(r->arena, value, n);
	drop(r);
	if (!ok)
		fail(r, error);
	return ok ? text : NULL;
}

static bool is_key(struct reader *r, const char *name)
{
	return peek(r) == YAML_SCALAR_EVENT && r->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
	       strcmp((const char *)r->event.data.scalar.value, name) == 0;
}

static bool key(struct reader *r, const char *name)
{
	if (!is_key(r, name))
		return fail(r, arena_printf(r->arena, "the key `%s` is missing", name));
	drop(r);
	return true;
}

static const char *text(struct reader *r, const char *name)
{
	return key(r, name) ? scalar(r, YAML_DOUBLE_QUOTED_SCALAR_STYLE, "a text is not between double quotes") : NULL;
}

static const char *word(struct reader *r, const char *name)
{
	return key(r, name) ? scalar(r, YAML_PLAIN_SCALAR_STYLE, "a word is missing") : NULL;
}

/* `*`, `N` or `N-M`, as they are written and no other way. */
static bool ports(struct reader *r, const char *s, struct egress_rule *out)
{
	uint64_t lo, hi;
	if (!s)
		return false;
	if (strcmp(s, "*") == 0) {
		out->port_hi = UINT16_MAX;
		return true;
	}
	const char *dash = strchr(s, '-');
	size_t n = dash ? (size_t)(dash - s) : strlen(s);
	if (!parse_u64(s, n, UINT16_MAX, &lo))
		return fail(r, "ports are no numbers");
	hi = lo;
	if (dash && (!parse_u64(dash + 1, strlen(dash + 1), UINT16_MAX, &hi) || hi <= lo))
		return fail(r, "ports are no range");
	out->port_lo = (uint16_t)lo;
	out->port_hi = (uint16_t)hi;
	return true;
}

static bool read_rule(struct reader *r, struct egress_rule *out)
{
	*out = (struct egress_rule){.deny = false};
	if (!take(r, YAML_MAPPING_START_EVENT, "a rule is no mapping"))
		return false;
	out->deny = is_key(r, "deny");
	out->host = text(r, out->deny ? "deny" : "allow");
	if (!ports(r, text(r, "ports"), out))
		return false;
	out->at = text(r, "at");
	if (is_key(r, "because"))
		out->because = text(r, "because");
	return take(r, YAML_MAPPING_END_EVENT, "a rule has a key that is not known");
}

static bool read_rules(struct reader *r, struct egress_proxy *p)
{
	if (!key(r, "rules") || !take(r, YAML_SEQUENCE_START_EVENT, "the rules are no list"))
		return false;
	while (peek(r) == YAML_MAPPING_START_EVENT) {
		ARENA_GROW(r->arena, p->rules, p->n_rules);
		if (!read_rule(r, &p->rules[p->n_rules++]))
			return false;
	}
	return take(r, YAML_SEQUENCE_END_EVENT, "a rule is no mapping");
}

static bool read_endpoint(struct reader *r, struct relay *out)
{
	if (is_key(r, "unix")) {
		*out = (struct relay){.op = OP_CONNECT_UNIX, .object = text(r, "unix")};
		return out->object != NULL;
	}
	const char *at = text(r, "tcp");
	const char *colon = at ? strrchr(at, ':') : NULL;
	if (!colon)
		return fail(r, "the endpoint of a proxy is no HOST:PORT");
	*out = (struct relay){
	    .op = OP_CONNECT_TCP, .object = arena_strndup(r->arena, at, (size_t)(colon - at)), .port = colon + 1};
	return true;
}

static bool read_proxy(struct reader *r, struct egress_proxy *p)
{
	*p = (struct egress_proxy){.rules = NULL};
	if (!take(r, YAML_MAPPING_START_EVENT, "a proxy is no mapping"))
		return false;
	p->target = word(r, "target");
	p->name = text(r, "proxy");
	if (!read_endpoint(r, &p->endpoint))
		return false;
	p->at = text(r, "at");
	return read_rules(r, p) && take(r, YAML_MAPPING_END_EVENT, "a proxy has a key that is not known");
}

static bool read_file(struct reader *r, struct egress_file *f)
{
	if (!take(r, YAML_STREAM_START_EVENT, "it is no YAML") ||
	    !take(r, YAML_DOCUMENT_START_EVENT, "it holds no document") ||
	    !take(r, YAML_MAPPING_START_EVENT, "it is no mapping"))
		return false;
	const char *version = word(r, "egress");
	if (!version || strcmp(version, "1") != 0)
		return fail(r, "it is of another version");
	f->id = text(r, "id");
	f->policy = text(r, "policy");
	if (!key(r, "proxies") || !take(r, YAML_SEQUENCE_START_EVENT, "the proxies are no list"))
		return false;
	while (peek(r) == YAML_MAPPING_START_EVENT) {
		ARENA_GROW(r->arena, f->proxies, f->n_proxies);
		if (!read_proxy(r, &f->proxies[f->n_proxies++]))
			return false;
	}
	return take(r, YAML_SEQUENCE_END_EVENT, "a proxy is no mapping") &&
	       take(r, YAML_MAPPING_END_EVENT, "it has a key that is not known") &&
	       take(r, YAML_DOCUMENT_END_EVENT, "the document does not end") &&
	       take(r, YAML_STREAM_END_EVENT, "it holds a second document");
}

struct egress_file *egress_read(struct arena *a, const char *bytes, size_t size, const char **error)
{
	struct egress_file *f = ARENA_NEW(a, struct egress_file);
	struct reader r = {.arena = a};
	*f = (struct egress_file){.proxies = NULL};
	if (!yaml_parser_initialize(&r.parser))
		out_of_memory();
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)bytes, size);
	bool ok = read_file(&r, f);
	drop(&r);
	if (r.parser.error == YAML_MEMORY_ERROR)
		out_of_memory();
	yaml_parser_delete(&r.parser);
	*error = r.error;
	return ok && !r.error ? f : NULL;
}
