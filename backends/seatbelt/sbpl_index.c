/*
 * sbpl_index.c - which rules a question has to try. Most filters name one path, name or port, so rules are found by it: a
 * question walks down its own path instead of through all the rules. Those with an expression are found by a piece of
 * text that every match holds.
 */
#include "sbpl_index.h"

#include <string.h>

#include "../../compiler/needles.h"
#include "sbpl_keys.h"

/* The rules of one operation under one key. */
struct list {
	enum sbpl_op op;
	unsigned newest;
	struct list *next;
};

struct sbpl_index {
	struct sbpl_keys *keys;
	struct list **lists; /* by key */
	unsigned n_lists;
	struct needles *needles; /* rules by number */
	/* Of the last question about a path, which is asked about for several operations in a row. */
	struct arena *arena;
	bool path_known;
	char *path;
	size_t path_room;
	struct sbpl_candidates last;
};

/* ---- keys ---- */

struct key {
	const char *text; /* NULL: none */
	size_t len;
};

/* No path begins like the key of a port. */
enum { PORT_KEY = 3 };

static void port_key(char out[PORT_KEY], enum sbpl_filter_id id, uint16_t port)
{
	out[0] = id == FILTER_REMOTE ? '>' : '<';
	out[1] = (char)(port >> 8);
	out[2] = (char)(port & 255);
}

static bool names_port(const struct sbpl_filter *f)
{
	return sbpl_filters[f->id].subject == SUBJECT_ADDRESS && f->proto != PROTO_UNIX && !f->any_port;
}

/* A Unix socket, whose filter is one on its path. */
static bool is_socket(const struct sbpl_filter *f)
{
	return sbpl_filters[f->id].subject == SUBJECT_ADDRESS && f->proto == PROTO_UNIX;
}

/* The folder that all matches of an expression lie in. */
static struct key folder_of(const char *head)
{
	const char *slash = head[0] == '/' ? strrchr(head, '/') : NULL;

	return slash ? (struct key){head, (size_t)(slash - head)} : (struct key){NULL, 0};
}

/* A text that every match has to do with: the path it lies at or below, the name or port it is. */
static struct key key_of(struct arena *a, const struct sbpl_filter *f)
{
	const struct sbpl_filter_desc *d = &sbpl_filters[f->id];
	struct key found = {NULL, 0};

	if (f->open)
		return found;
	if (f->id == FILTER_REQUIRE_ALL)
		for (const struct sbpl_filter *x = f->first; x && !found.text; x = x->next)
			found = key_of(a, x);
	if (is_socket(f))
		return f->first ? key_of(a, f->first) : found;
	if (names_port(f)) {
		char *text = arena_alloc(a, PORT_KEY);

		port_key(text, f->id, f->port);
		return (struct key){text, PORT_KEY};
	}
	if (d->subject != SUBJECT_PATH && d->subject != SUBJECT_NAME)
		return found;
	if (d->how == HOW_EXACT || d->how == HOW_SUBPATH)
		return (struct key){f->text, d->how == HOW_EXACT ? strlen(f->text) : sbpl_subpath_length(f->text)};
	return d->how == HOW_REGEX && d->subject == SUBJECT_PATH ? folder_of(sbpl_regex_head(f->regex)) : found;
}

/* The pieces of text that every match holds. */
static const char *const *pieces_of(const struct sbpl_filter *f, unsigned *n)
{
	const struct sbpl_filter_desc *d = &sbpl_filters[f->id];
	const char *const *found = NULL;

	*n = 0;
	if (f->open)
		return NULL;
	if (is_socket(f))
		return f->first ? pieces_of(f->first, n) : NULL;
	if (d->subject == SUBJECT_PATH || d->subject == SUBJECT_NAME) {
		*n = d->how == HOW_PREFIX && *f->text;
		return d->how == HOW_REGEX ? sbpl_regex_pieces(f->regex, n) : &f->text;
	}
	for (const struct sbpl_filter *x = f->id == FILTER_REQUIRE_ALL ? f->first : NULL; x && !*n; x = x->next)
		found = pieces_of(x, n);
	return found;
}

/* ---- making it ---- */

static unsigned *newest_of(struct arena *a, struct sbpl_index *x, struct key key, enum sbpl_op op)
{
	unsigned i = sbpl_keys_add(x->keys, key.text, key.len);
	struct list *l;

	if (i == x->n_lists) {
		ARENA_GROW(a, x->lists, x->n_lists);
		x->lists[x->n_lists++] = NULL;
	}
	for (l = x->lists[i]; l; l = l->next)
		if (l->op == op)
			return &l->newest;
	l = ARENA_NEW(a, struct list);
	*l = (struct list){.op = op, .next = x->lists[i]};
	x->lists[i] = l;
	return &l->newest;
}

static void add_rule(struct arena *a, struct sbpl_profile *p, unsigned i)
{
	struct sbpl_rule *r = &p->rules[i];
	unsigned *newest = &p->scan[r->op], n;
	const char *const *pieces = pieces_of(r->filter, &n);
	struct key key;

	if (n > 0) {
		needles_add(p->index->needles, i + 1, pieces, n);
		return;
	}
	key = key_of(a, r->filter);
	if (key.text) {
		newest = newest_of(a, p->index, key, r->op);
		p->ports[r->op] |= key.text[0] == '<' ? PORTS_LOCAL : key.text[0] == '>' ? PORTS_REMOTE : 0;
	}
	r->chain = *newest;
	*newest = i + 1;
}

void sbpl_index(struct arena *a, struct sbpl_profile *p)
{
	p->index = ARENA_NEW(a, struct sbpl_index);
	p->index->arena = a;
	p->index->keys = sbpl_keys_new(a);
	p->index->needles = needles_new(a);
	for (unsigned i = 0; i < p->n_rules; i++) {
		p->has[p->rules[i].op]++;
		if (p->rules[i].filter)
			add_rule(a, p, i);
	}
	needles_make(p->index->needles);
}

/* ---- asking it ---- */

static void take_key(const struct sbpl_index *x, const char *text, size_t len, struct sbpl_candidates *c)
{
	long key = sbpl_keys_find(x->keys, text, len);

	c->too_many |= key >= 0 && c->n_keys >= SBPL_MAX_CANDIDATES;
	if (key >= 0 && !c->too_many)
		c->keys[c->n_keys++] = (unsigned)key;
}

static void take_port(const struct sbpl_index *x, enum sbpl_filter_id id, const struct sbpl_address *at, struct sbpl_candidates *c)
{
	char key[PORT_KEY];

	if (!at->set)
		return;
	port_key(key, id, at->port);
	take_key(x, key, PORT_KEY, c);
}

static bool take_rule(void *ctx, unsigned i)
{
	struct sbpl_candidates *c = ctx;

	c->too_many |= c->n_rules == SBPL_MAX_CANDIDATES;
	if (!c->too_many)
		c->rules[c->n_rules++] = i;
	return !c->too_many;
}

static void find_candidates(const struct sbpl_index *x, const struct sbpl_query *q, struct sbpl_candidates *c)
{
	c->n_keys = c->n_rules = 0;
	c->too_many = false;
	if (q->path) {
		c->n_keys = sbpl_keys_walk(x->keys, q->path, c->keys, SBPL_MAX_CANDIDATES);
		c->too_many = c->n_keys > SBPL_MAX_CANDIDATES;
		needles_find(x->needles, q->path, take_rule, c);
	}
	if (q->name) {
		take_key(x, q->name, strlen(q->name), c);
		needles_find(x->needles, q->name, take_rule, c);
	}
	take_port(x, FILTER_LOCAL, &q->local, c);
	take_port(x, FILTER_REMOTE, &q->remote, c);
}

static void keep_path(struct sbpl_index *x, const char *path)
{
	size_t len = strlen(path);

	if (len >= x->path_room) {
		x->path_room = 2 * len + 64;
		x->path = arena_alloc(x->arena, x->path_room);
	}
	memcpy(x->path, path, len + 1);
}

const struct sbpl_candidates *sbpl_candidates(const struct sbpl_profile *p, const struct sbpl_query *q)
{
	struct sbpl_index *x = p->index;
	bool path_alone = q->path && !q->name && !q->remote.set && !q->local.set;

	if (path_alone && x->path_known && strcmp(x->path, q->path) == 0)
		return &x->last;
	find_candidates(x, q, &x->last);
	x->path_known = path_alone;
	if (path_alone)
		keep_path(x, q->path);
	return &x->last;
}

unsigned sbpl_newest(const struct sbpl_profile *p, unsigned key, enum sbpl_op op)
{
	const struct list *l = p->index->lists[key];

	while (l && l->op != op)
		l = l->next;
	return l ? l->newest : 0;
}
