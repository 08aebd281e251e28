/*
 * sbpl_witness.c - the questions at which profiles show what they are: each place, name and address that a rule speaks
 * of, one below it and one beside it. And with them: which rules decide nothing.
 */
#include "sbpl_witness.h"

#include <stdlib.h>
#include <string.h>

#include "../../compiler/str.h"

enum { MAX_FACTS = 64 }; /* that are tried at each place */

/* Texts in the order of strcmp, each once. */
struct texts {
	const char **v;
	unsigned n;
};

struct collect {
	struct arena *arena;
	enum sbpl_op op;
	struct texts paths, names, vnodes, domains;
	struct sbpl_address *addresses;
	unsigned n_addresses;
	struct sbpl_fact *told;
	unsigned n_told;
	struct sbpl_query *out;
	unsigned n_out;
};

static void add(struct collect *c, struct texts *t, const char *text)
{
	ARENA_GROW(c->arena, t->v, t->n);
	t->v[t->n++] = text;
}

static void unique(struct texts *t)
{
	unsigned n = 0;

	if (t->n > 1)
		qsort(t->v, t->n, sizeof(*t->v), cmp_strp);
	for (unsigned i = 0; i < t->n; i++)
		if (n == 0 || strcmp(t->v[n - 1], t->v[i]) != 0)
			t->v[n++] = t->v[i];
	t->n = n;
}

/* printf() for the many that there are. */
static const char *joined(struct arena *a, const char *head, const char *tail)
{
	size_t n = strlen(head), m = strlen(tail);
	char *text = arena_alloc(a, n + m + 1);

	memcpy(text, head, n);
	memcpy(text + n, tail, m + 1);
	return text;
}

static void add_path(struct collect *c, const char *path)
{
	if (path[0] != '/')
		return;
	add(c, &c->paths, path);
	add(c, &c->paths, joined(c->arena, path[1] ? path : "", "/" SBPL_ANY));
}

/* An example of a pattern is a path when it begins with a slash, or still matches with one. */
static void add_example(struct collect *c, const struct sbpl_filter *f)
{
	const char *text = f->regex ? sbpl_regex_example(c->arena, f->regex) : NULL;

	if (text && sbpl_filters[f->id].subject == SUBJECT_PATH && text[0] != '/') {
		text = arena_printf(c->arena, "/%s", text);
		if (!sbpl_regex_match(f->regex, text))
			text = NULL;
	}
	if (!text)
		return;
	if (sbpl_filters[f->id].subject == SUBJECT_PATH)
		add_path(c, text);
	else
		add(c, &c->names, text);
}

/* No path that is asked about ends in a slash. */
static const char *without_slash(struct arena *a, const char *path)
{
	size_t n = sbpl_subpath_length(path);

	return path[n] && n > 0 ? arena_strndup(a, path, n) : path;
}

static void from_text(struct collect *c, const struct sbpl_filter *f)
{
	bool path = sbpl_filters[f->id].subject == SUBJECT_PATH;

	if (f->open)
		return;
	switch (sbpl_filters[f->id].how) {
	case HOW_REGEX:
		add_example(c, f);
		return;
	case HOW_PREFIX:
	case HOW_SUBPATH:
	case HOW_EXACT:
		break;
	}
	if (path) {
		const char *text = without_slash(c->arena, f->text);

		add_path(c, text);
		if (text[0] == '/' && text[1])
			add(c, &c->paths, joined(c->arena, text, "-" SBPL_ANY));
	} else {
		add(c, &c->names, f->text);
		add(c, &c->names, joined(c->arena, f->text, "-" SBPL_ANY));
	}
}

static void from_address(struct collect *c, const struct sbpl_filter *f)
{
	for (int d = -1; d <= 1 && f->proto != PROTO_UNIX && !f->open; d++) {
		int port = f->any_port ? 4242 : f->port + d;

		if (port < 1 || port > 65535 || (f->any_port && d != 0))
			continue;
		ARENA_GROW(c->arena, c->addresses, c->n_addresses);
		c->addresses[c->n_addresses++] =
		    (struct sbpl_address){.set = true, .proto = f->proto, .family = f->family, .port = (uint16_t)port};
	}
}

static void from_fact(struct collect *c, const struct sbpl_filter *f)
{
	const struct sbpl_filter_desc *d = &sbpl_filters[f->id];
	const char *value = d->how == HOW_REGEX ? f->regex ? sbpl_regex_example(c->arena, f->regex) : NULL : f->text;

	if (!value || f->open)
		return;
	ARENA_GROW(c->arena, c->told, c->n_told);
	c->told[c->n_told++] = (struct sbpl_fact){arena_strndup(c->arena, d->name, sbpl_fact_name(f->id)), value};
}

/* A pattern of names beside the folder that they lie in: an example of both at once. */
static void from_pair(struct collect *c, const struct sbpl_filter *all)
{
	for (const struct sbpl_filter *in = all->first; in; in = in->next)
		for (const struct sbpl_filter *f = all->first; f && in->id == FILTER_SUBPATH && !in->open; f = f->next) {
			const char *text = f->id == FILTER_REGEX && f->regex ? sbpl_regex_example(c->arena, f->regex) : NULL;

			if (text && text[0] == '/')
				add_path(c, arena_printf(c->arena, "%s%s", in->text[1] ? in->text : "", text));
		}
}

static void from_filter(struct collect *c, const struct sbpl_filter *f)
{
	if (f->id == FILTER_REQUIRE_ALL)
		from_pair(c, f);
	switch (sbpl_filters[f->id].subject) {
	case SUBJECT_PATH:
	case SUBJECT_NAME:
		from_text(c, f);
		break;
	case SUBJECT_ADDRESS:
		from_address(c, f);
		break;
	case SUBJECT_VNODE:
		add(c, &c->vnodes, f->text);
		break;
	case SUBJECT_DOMAIN:
		add(c, &c->domains, f->text);
		break;
	case SUBJECT_OTHER_NAME:
	case SUBJECT_FACT:
		from_fact(c, f);
		break;
	case SUBJECT_TARGET:
	case SUBJECT_COMBINE:
		break;
	}
	for (const struct sbpl_filter *x = f->first; x; x = x->next)
		from_filter(c, x);
}

/* ---- questions ---- */

static void ask(struct collect *c, struct sbpl_query q)
{
	q.op = c->op;
	ARENA_GROW(c->arena, c->out, c->n_out);
	c->out[c->n_out++] = q;
}

/* The question by itself, and with each fact that a rule tests. */
static void ask_told(struct collect *c, struct sbpl_query q)
{
	ask(c, q);
	q.n_facts = 1;
	for (unsigned i = 0; i < c->n_told && i < MAX_FACTS; i++) {
		q.facts = &c->told[i];
		ask(c, q);
	}
}

/* With each type that a rule names, and one that none does. */
static void ask_path(struct collect *c, const char *path)
{
	struct sbpl_query q = {.path = path, .vnode = c->vnodes.n ? "REGULAR-FILE" : NULL};

	ask_told(c, q);
	for (unsigned i = 0; i < c->vnodes.n; i++) {
		q.vnode = c->vnodes.v[i];
		if (strcmp(q.vnode, "REGULAR-FILE") != 0)
			ask(c, q);
	}
}

static void ask_address(struct collect *c, struct sbpl_address at)
{
	struct sbpl_address none = {.set = true, .proto = at.proto, .family = at.family, .unbound = true};
	bool out = c->op == SBPL_NETWORK_OUTBOUND;

	for (int near = 0; near < 2; near++) {
		at.localhost = near ? TRI_YES : TRI_NO;
		ask(c, out ? (struct sbpl_query){.remote = at, .local = none} : (struct sbpl_query){.local = at});
	}
}

static void ask_addresses(struct collect *c)
{
	for (unsigned i = 0; i < c->n_addresses; i++)
		for (int k = 0; k < 4; k++) {
			static const enum sbpl_proto protos[] = {PROTO_TCP, PROTO_UDP};
			struct sbpl_address at = c->addresses[i];

			if (at.proto != PROTO_IP && at.proto != protos[k & 1])
				continue;
			if (at.family && (at.family == 4) != (k < 2))
				continue;
			at.proto = protos[k & 1];
			at.family = k < 2 ? 4 : 6;
			ask_address(c, at);
		}
}

static void ask_words(struct collect *c)
{
	static const char *const targets[] = {"self", "same-sandbox", "others"};
	unsigned takes = sbpl_ops[c->op].takes;

	for (unsigned i = 0; i < 3 && (takes & FITS_TARGET); i++)
		ask_told(c, (struct sbpl_query){.target = targets[i]});
	for (unsigned i = 0; i < c->domains.n && (takes & FITS_SOCKET); i++)
		ask_told(c, (struct sbpl_query){.domain = c->domains.v[i]});
	if (!(takes & (FITS_TARGET | FITS_SOCKET)))
		ask_told(c, (struct sbpl_query){.path = NULL});
}

static int by_fact(const void *x, const void *y)
{
	const struct sbpl_fact *a = x, *b = y;
	int order = strcmp(a->name, b->name);

	return order ? order : strcmp(a->value, b->value);
}

static void unique_facts(struct collect *c)
{
	unsigned n = 0;

	if (c->n_told > 1)
		qsort(c->told, c->n_told, sizeof(*c->told), by_fact);
	for (unsigned i = 0; i < c->n_told; i++)
		if (n == 0 || by_fact(&c->told[n - 1], &c->told[i]) != 0)
			c->told[n++] = c->told[i];
	c->n_told = n;
}

static int by_address(const void *x, const void *y)
{
	const struct sbpl_address *a = x, *b = y;

	if (a->proto != b->proto)
		return a->proto < b->proto ? -1 : 1;
	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	return a->port < b->port ? -1 : a->port > b->port;
}

static void tidy(struct collect *c)
{
	unsigned n = 0;

	add_path(c, "/");
	add(c, &c->names, SBPL_ANY);
	add(c, &c->domains, "AF_INET");
	add(c, &c->domains, "AF_UNIX");
	unique(&c->paths);
	unique(&c->names);
	unique(&c->vnodes);
	unique(&c->domains);
	unique_facts(c);
	ARENA_GROW(c->arena, c->addresses, c->n_addresses);
	c->addresses[c->n_addresses++] = (struct sbpl_address){.set = true, .port = 4242};
	qsort(c->addresses, c->n_addresses, sizeof(*c->addresses), by_address);
	for (unsigned i = 0; i < c->n_addresses; i++)
		if (n == 0 || by_address(&c->addresses[n - 1], &c->addresses[i]) != 0)
			c->addresses[n++] = c->addresses[i];
	c->n_addresses = n;
}

unsigned sbpl_witness(struct arena *a, const struct sbpl_profile *const *profiles, unsigned n, enum sbpl_op op,
		      struct sbpl_query **out)
{
	struct collect c = {.arena = a, .op = op};
	unsigned takes = sbpl_ops[op].takes;
	unsigned named = FITS_MACH | FITS_IPC | FITS_SYSCTL | FITS_IOKIT | FITS_PREFERENCE | FITS_OTHER;
	bool reached[SBPL_OP_COUNT];

	for (unsigned k = 0; k < SBPL_OP_COUNT; k++)
		reached[k] = sbpl_below(op, (enum sbpl_op)k);
	for (unsigned i = 0; i < n; i++)
		for (unsigned k = 0; k < profiles[i]->n_rules; k++)
			if (profiles[i]->rules[k].filter && reached[profiles[i]->rules[k].op])
				from_filter(&c, profiles[i]->rules[k].filter);
	tidy(&c);
	for (unsigned i = 0; i < c.paths.n && (takes & FITS_PATH); i++)
		ask_path(&c, c.paths.v[i]);
	for (unsigned i = 0; i < c.names.n && (takes & named); i++)
		ask_told(&c, (struct sbpl_query){.name = c.names.v[i]});
	if (takes & FITS_ADDRESS)
		ask_addresses(&c);
	if (!(takes & (FITS_PATH | FITS_ADDRESS | named)))
		ask_words(&c);
	*out = c.out;
	return c.n_out;
}

enum sbpl_op sbpl_list_of(const struct sbpl_profile *p, enum sbpl_op op)
{
	while (!p->has[op] && sbpl_ops[op].own == OWN_INHERIT && op != SBPL_DEFAULT)
		op = sbpl_ops[op].parent;
	return op;
}

/* The next rule on the operation, from this one on; n_rules: none. */
static unsigned next_on(const struct sbpl_profile *p, enum sbpl_op op, unsigned i)
{
	while (i < p->n_rules && p->rules[i].op != op)
		i++;
	return i;
}

bool sbpl_same_rules(const struct sbpl_profile *p, enum sbpl_op x, enum sbpl_op y)
{
	const struct sbpl_op_desc *dx = &sbpl_ops[x], *dy = &sbpl_ops[y];
	unsigned i, k;

	if (p->has[x] != p->has[y])
		return false;
	i = next_on(p, x, 0);
	k = next_on(p, y, 0);
	while (i < p->n_rules && k < p->n_rules && p->rules[i].form == p->rules[k].form && p->rules[i].part == p->rules[k].part) {
		i = next_on(p, x, i + 1);
		k = next_on(p, y, k + 1);
	}
	return i == p->n_rules && k == p->n_rules && dx->takes == dy->takes && dx->own == dy->own &&
	       (p->tail[x] || dx->own != OWN_INHERIT || dx->parent == dy->parent);
}

static void mark_asked(struct arena *a, const struct sbpl_profile *p, enum sbpl_op op, bool *decides)
{
	struct sbpl_query *q;
	unsigned n = sbpl_witness(a, &p, 1, op, &q);

	for (unsigned i = 0; i < n; i++) {
		struct sbpl_verdict v = sbpl_decide(p, &q[i]);

		if (v.by)
			decides[v.by - p->rules] = true;
		if (v.unless)
			decides[v.unless - p->rules] = true;
	}
}

/* What decides of the one decides of the other. */
static void mark_same(const struct sbpl_profile *p, enum sbpl_op from, enum sbpl_op to, bool *decides)
{
	unsigned i = next_on(p, from, 0), k = next_on(p, to, 0);

	for (; i < p->n_rules; i = next_on(p, from, i + 1), k = next_on(p, to, k + 1))
		decides[k] |= decides[i];
}

void sbpl_deciding(struct arena *a, const struct sbpl_profile *p, bool *decides)
{
	bool done[SBPL_OP_COUNT] = {false};
	enum sbpl_op asked[SBPL_OP_COUNT];
	unsigned n = 0;

	for (unsigned op = 0; op < SBPL_OP_COUNT; op++) {
		enum sbpl_op list = sbpl_list_of(p, (enum sbpl_op)op);
		unsigned same = 0;

		if (!sbpl_ops[op].asked || done[list])
			continue;
		done[list] = true;
		while (same < n && !(list == op && sbpl_same_rules(p, asked[same], list)))
			same++;
		if (same < n)
			mark_same(p, asked[same], list, decides);
		else
			mark_asked(a, p, (enum sbpl_op)op, decides);
		if (same == n && list == op)
			asked[n++] = list;
	}
	for (unsigned i = 0; i < p->n_rules; i++)
		decides[i] = decides[i] || sbpl_freest_decides(a, p, &p->rules[i]);
}
