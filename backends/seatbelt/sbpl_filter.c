/*
 * sbpl_filter.c - (literal "/x"), (remote tcp "*:443"), (require-not ...): from values to filters, and back to text.
 */
#include <string.h>

#include "../../compiler/str.h"
#include "sbpl_lang.h"
#include "sbpl_many.h"

struct sbpl_filter *filter_copy(struct arena *a, const struct sbpl_filter *f)
{
	struct sbpl_filter *copy = ARENA_NEW(a, struct sbpl_filter);

	*copy = *f;
	copy->next = NULL;
	return copy;
}

unsigned filter_parts(const struct sbpl_filter *f)
{
	return f->parts ? f->parts : 1;
}

static unsigned parts_of_all(const struct sbpl_filter *first)
{
	unsigned n = 1;

	for (; first; first = first->next)
		n = filter_parts(first) > LANG_MAX_STEPS - n ? LANG_MAX_STEPS : n + filter_parts(first);
	return n;
}

const struct sbpl_filter *filter_join(struct arena *a, enum sbpl_filter_id id, const struct sbpl_filter *first)
{
	struct sbpl_filter *all;

	if (!first || !first->next)
		return first;
	all = ARENA_NEW(a, struct sbpl_filter);
	all->id = id;
	all->first = first;
	all->parts = parts_of_all(first);
	return all;
}

static const struct sval *made(struct lang *l, const struct sbpl_filter *f)
{
	struct sval *v = ARENA_NEW(l->arena, struct sval);

	if (!f)
		return NULL;
	v->kind = V_FILTER;
	v->filter = f;
	return v;
}

static struct sbpl_filter *filter_new(struct lang *l, enum sbpl_filter_id id)
{
	struct sbpl_filter *f = ARENA_NEW(l->arena, struct sbpl_filter);

	f->id = id;
	return f;
}

/* ---- strings and words ---- */

static const char *text_of(struct lang *l, const struct sexp *at, enum sbpl_filter_id id, const struct sval *v)
{
	enum sbpl_arg arg = sbpl_filters[id].arg;

	if (v->kind == V_TEXT)
		return v->text;
	if (arg == ARG_WORDS && v->kind == V_SYMBOL)
		return v->text;
	if (id == FILTER_FILE_MODE && v->kind == V_NUMBER && v->number >= 0)
		return arena_printf(l->arena, "#o%04llo", (unsigned long long)v->number);
	if (arg == ARG_WORDS && v->kind == V_NUMBER)
		return arena_printf(l->arena, "%lld", (long long)v->number);
	if (v->kind == V_BOOL && v->missing)
		lang_fail(l, at, "the param \"%s\" has no value: give it with -D %s=VALUE", v->missing, v->missing);
	else
		lang_fail(l, at, "`%s` takes %s, not %s", sbpl_filters[id].name, arg == ARG_WORDS ? "words" : "strings",
			  value_kind(v));
	return NULL;
}

static struct sbpl_filter *filter_text(struct lang *l, const struct sexp *at, enum sbpl_filter_id id, const char *text,
				       bool open)
{
	struct sbpl_filter *f = filter_new(l, id);
	const char *why = NULL;

	f->text = sbpl_word(id, text);
	f->open = open;
	if (!sbpl_word_known(id, text)) {
		lang_fail(l, at, "`%s` does not know the word `%s`", sbpl_filters[id].name, text);
		return NULL;
	}
	if (sbpl_filters[id].how == HOW_REGEX && !open) {
		f->regex = sbpl_regex_new(l->arena, text, &why);
		if (!f->regex)
			lang_fail(l, at, "%s: \"%s\"", why, text);
	}
	return l->error ? NULL : f;
}

static const struct sbpl_filter *make_strings(struct lang *l, const struct sexp *at, enum sbpl_filter_id id,
					      const struct sval *args)
{
	const struct sbpl_filter *first = NULL, **tail = &first;

	for (; args->kind == V_PAIR; args = args->tail) {
		const char *text = text_of(l, at, id, args->head);
		struct sbpl_filter *f = text ? filter_text(l, at, id, text, args->head->open) : NULL;

		if (!f)
			return NULL;
		*tail = f;
		tail = &f->next;
		if (sbpl_filters[id].arg == ARG_FIRST)
			break;
	}
	if (!first)
		lang_fail(l, at, "a filter without a value: `%s`", sbpl_filters[id].name);
	return filter_join(l->arena, FILTER_REQUIRE_ANY, first);
}

/* "/a/b" is "/" and "/a". */
static const struct sbpl_filter *make_ancestors(struct lang *l, const struct sexp *at, const struct sval *args)
{
	const struct sbpl_filter *first = NULL, **tail = &first;
	const char *path = args->kind == V_PAIR && args->tail->kind != V_PAIR
			       ? text_of(l, at, FILTER_PATH_ANCESTORS, args->head)
			       : NULL;
	bool open = path && args->head->open;

	if (l->error)
		return NULL;
	if (!path || (!open && path[0] != '/')) {
		lang_fail(l, at, "path-ancestors takes one absolute path");
		return NULL;
	}
	for (size_t i = 0; path[i] || !first; i++) {
		struct sbpl_filter *f;

		if (path[i] != '/' && (path[i] || first))
			continue;
		f = filter_new(l, FILTER_LITERAL);
		f->text = i == 0 ? "/" : arena_strndup(l->arena, path, i);
		f->open = open;
		*tail = f;
		tail = &f->next;
		if (!path[i])
			break;
	}
	return filter_join(l->arena, FILTER_REQUIRE_ANY, first);
}

/* What starts with the text, as a regex. */
static const struct sval *regex_of(struct lang *l, const struct sexp *at, const struct sval *text)
{
	static const struct sval nil = {.kind = V_NIL};
	const struct sval *quoted = lang_call(l, at, lang_lookup(l, "regex-quote", NULL), value_pair(l, text, &nil));

	return quoted ? value_text(l, arena_printf(l->arena, "^%s", quoted->text), text->open) : NULL;
}

/* (home-subpath "/x"): below the param _HOME. */
static const struct sbpl_filter *make_home(struct lang *l, const struct sexp *at, enum sbpl_filter_id id,
					   const struct sval *args)
{
	static const struct sval nil = {.kind = V_NIL};
	const struct sval *home = lang_call(l, at, lang_lookup(l, "param", NULL),
					    value_pair(l, value_text(l, "_HOME", false), &nil));
	const struct sval *list = &nil, **v;
	unsigned n;

	if (home && home->kind != V_TEXT)
		home = lang_fail(l, at, "`%s` needs the param _HOME: give it with -D _HOME=/Users/NAME", sbpl_filters[id].name);
	if (home && sbpl_filters[id].how == HOW_REGEX)
		home = regex_of(l, at, home);
	if (!home)
		return NULL;
	v = value_array(l, args, &n);
	while (n-- > 0) {
		const char *text = text_of(l, at, id, v[n]);

		if (!text)
			return NULL;
		list = value_pair(l, value_text(l, arena_printf(l->arena, "%s%s", home->text, text), home->open | v[n]->open),
				  list);
	}
	return make_strings(l, at, id, list);
}

/* ---- addresses ---- */

static bool host_port(struct lang *l, const struct sexp *at, const struct sval *v, struct sbpl_filter *f)
{
	const char *text = text_of(l, at, f->id, v), *colon = text ? strrchr(text, ':') : NULL;
	uint64_t port = 0;

	if (l->error)
		return false;
	if (!colon)
		return lang_fail(l, at, "not a host and port: `%s`", text), false;
	f->any_host = colon - text == 1 && text[0] == '*';
	if (!f->any_host && (colon - text != 9 || strncmp(text, "localhost", 9) != 0))
		return lang_fail(l, at, "host must be * or localhost in `%s`", text), false;
	f->open = v->open;
	f->any_port = strcmp(colon + 1, "*") == 0;
	/* What stands for a value nobody gave yet (decide.h) is no port: the rule is there and matches nothing. */
	if (l->how->check && strncmp(colon + 1, "${", 2) == 0)
		f->open = true;
	if (f->any_port || f->open)
		return true;
	if (!parse_u64(colon + 1, strlen(colon + 1), 65535, &port) || port == 0)
		return lang_fail(l, at, "port must be * or 1 to 65535 in `%s`", text), false;
	f->port = (uint16_t)port;
	return true;
}

static const struct address_kind {
	const char *word;
	enum sbpl_proto proto;
	uint8_t family;
} address_kinds[] = {
    {"ip", PROTO_IP, 0},   {"ip4", PROTO_IP, 4},   {"ip6", PROTO_IP, 6},   {"tcp", PROTO_TCP, 0},
    {"tcp4", PROTO_TCP, 4}, {"tcp6", PROTO_TCP, 6}, {"udp", PROTO_UDP, 0},  {"udp4", PROTO_UDP, 4},
    {"udp6", PROTO_UDP, 6}, {"unix-socket", PROTO_UNIX, 0}, {"unix", PROTO_UNIX, 0},
};

static const struct address_kind *address_kind(const struct sval *v)
{
	for (size_t i = 0; i < sizeof(address_kinds) / sizeof(address_kinds[0]); i++)
		if (v->kind == V_SYMBOL && strcmp(address_kinds[i].word, v->text) == 0)
			return &address_kinds[i];
	return NULL;
}

static const struct sbpl_filter *make_address(struct lang *l, const struct sexp *at, enum sbpl_filter_id id,
					      const struct sval *args)
{
	unsigned n;
	const struct sval **v = value_array(l, args, &n);
	const struct address_kind *kind = n > 0 ? address_kind(v[0]) : NULL;
	struct sbpl_filter *f = filter_new(l, id);

	if (!kind || n > 2) {
		lang_fail(l, at, "an address that this reader does not know in `%s`", sbpl_filters[id].name);
		return NULL;
	}
	f->proto = kind->proto;
	f->family = kind->family;
	f->any_host = f->any_port = n == 1;
	if (n == 1)
		return f;
	if (f->proto != PROTO_UNIX)
		return host_port(l, at, v[1], f) ? f : NULL;
	if (v[1]->kind != V_FILTER || (sbpl_filters[v[1]->filter->id].fits != FITS_PATH && v[1]->filter->id < FILTER_REQUIRE_ALL)) {
		lang_fail(l, at, "a filter on paths was expected behind unix-socket");
		return NULL;
	}
	f->first = v[1]->filter;
	f->depth = (uint8_t)(f->first->depth + 1);
	return f;
}

/* ---- combinations ---- */

static const struct sbpl_filter *make_filters(struct lang *l, const struct sexp *at, enum sbpl_filter_id id,
					      const struct sval *args)
{
	struct sbpl_filter *f = filter_new(l, id);
	const struct sbpl_filter **tail = &f->first;

	for (; args->kind == V_PAIR; args = args->tail) {
		struct sbpl_filter *copy;

		if (args->head->kind != V_FILTER) {
			lang_fail(l, at, "`%s` takes filters, not %s", sbpl_filters[id].name, value_kind(args->head));
			return NULL;
		}
		copy = filter_copy(l->arena, args->head->filter);
		*tail = copy;
		tail = &copy->next;
		f->depth = copy->depth >= f->depth ? (uint8_t)(copy->depth + 1) : f->depth;
	}
	f->parts = parts_of_all(f->first);
	if (f->depth > SBPL_MAX_DEPTH) {
		lang_fail(l, at, "filters are nested too deep");
		return NULL;
	}
	if (!f->first || (id == FILTER_REQUIRE_NOT && f->first->next)) {
		lang_fail(l, at, "wrong number of filters in `%s`", sbpl_filters[id].name);
		return NULL;
	}
	f->many = sbpl_many_new(l->arena, f);
	return f;
}

const struct sval *filter_make(struct lang *l, const struct sexp *at, enum sbpl_filter_id id, const struct sval *args)
{
	switch (sbpl_filters[id].arg) {
	case ARG_NOTHING:
		if (args->kind == V_PAIR)
			return lang_fail(l, at, "`%s` takes no value", sbpl_filters[id].name);
		return made(l, filter_text(l, at, id, "yes", false));
	case ARG_STRINGS:
	case ARG_WORDS:
	case ARG_FIRST:
		return made(l, make_strings(l, at, id, args));
	case ARG_ANCESTORS:
		return made(l, make_ancestors(l, at, args));
	case ARG_HOME:
		return made(l, make_home(l, at, id, args));
	case ARG_ADDRESS:
		return made(l, make_address(l, at, id, args));
	case ARG_FILTERS:
		return made(l, make_filters(l, at, id, args));
	}
	return NULL;
}

/* ---- back to text ---- */

static void put_filter(struct buf *b, const struct sbpl_filter *f);

static void put_string(struct buf *b, const char *s)
{
	buf_putc(b, '"');
	for (; *s; s++)
		buf_printf(b, *s == '"' || *s == '\\' ? "\\%c" : (unsigned char)*s < ' ' ? "\\x%02x" : "%c", (unsigned char)*s);
	buf_putc(b, '"');
}

static void put_address(struct buf *b, const struct sbpl_filter *f)
{
	for (size_t i = 0; i < sizeof(address_kinds) / sizeof(address_kinds[0]); i++)
		if (address_kinds[i].proto == f->proto && address_kinds[i].family == f->family) {
			buf_printf(b, " %s", address_kinds[i].word);
			break;
		}
	if (f->proto == PROTO_UNIX) {
		if (f->first) {
			buf_putc(b, ' ');
			put_filter(b, f->first);
		}
		return;
	}
	buf_printf(b, " \"%s:", f->any_host ? "*" : "localhost");
	if (f->any_port)
		buf_puts(b, "*\"");
	else
		buf_printf(b, "%u\"", f->port);
}

static void put_filter(struct buf *b, const struct sbpl_filter *f)
{
	buf_printf(b, "(%s", sbpl_filters[f->id].name);
	switch (sbpl_filters[f->id].arg) {
	case ARG_NOTHING:
		break;
	case ARG_WORDS:
		buf_printf(b, " %s", f->text);
		break;
	case ARG_ADDRESS:
		put_address(b, f);
		break;
	case ARG_FILTERS:
		for (const struct sbpl_filter *x = f->first; x; x = x->next) {
			buf_putc(b, ' ');
			put_filter(b, x);
		}
		break;
	case ARG_STRINGS:
	case ARG_FIRST:
	case ARG_ANCESTORS:
	case ARG_HOME:
		buf_putc(b, ' ');
		put_string(b, f->text);
		break;
	}
	buf_putc(b, ')');
}

const char *sbpl_filter_text(struct arena *a, const struct sbpl_filter *f)
{
	struct buf b = buf_new(a);

	put_filter(&b, f);
	return buf_str(&b);
}
