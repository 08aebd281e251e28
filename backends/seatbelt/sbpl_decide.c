/*
 * sbpl_decide.c - what the kernel answers under a profile.
 *
 * Every operation has its own list. The last rule with a filter that matches wins; a rule without a filter is only that
 * list's fallback, whatever its place; then the parent operation is asked, unless the operation has a default of its
 * own. So a rule on a child operation beats every rule on its parent.
 *
 * Whether a filter matches may depend on what neither the profile nor the question says. Then the answer does, if the
 * rule would change it.
 *
 * sbpl_index.c says which rules there are to try.
 */
#include <stdlib.h>
#include <string.h>

#include "sbpl_index.h"
#include "sbpl_many.h"

static enum sbpl_tri matches(const struct sbpl_filter *f, const struct sbpl_query *q);

static enum sbpl_tri yes_if(bool yes)
{
	return yes ? TRI_YES : TRI_NO;
}

size_t sbpl_subpath_length(const char *root)
{
	size_t n = strlen(root);

	while (n > 0 && root[n - 1] == '/')
		n--;
	return n;
}

static bool below(const char *root, const char *path)
{
	size_t n = sbpl_subpath_length(root);

	if (n == 0)
		return path[0] == '/';
	return strncmp(root, path, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

/* What macOS makes of a slash at the end of a subpath is not known. */
static bool ends_in_slash(const struct sbpl_filter *f)
{
	return sbpl_filters[f->id].how == HOW_SUBPATH && f->text[0] && f->text[1] && f->text[sbpl_subpath_length(f->text)];
}

static bool compare(const struct sbpl_filter *f, const char *text)
{
	switch (sbpl_filters[f->id].how) {
	case HOW_EXACT:
		return strcmp(f->text, text) == 0;
	case HOW_PREFIX:
		return strncmp(f->text, text, strlen(f->text)) == 0;
	case HOW_SUBPATH:
		return below(f->text, text);
	case HOW_REGEX:
		return f->regex && sbpl_regex_match(f->regex, text);
	}
	return false;
}

static enum sbpl_tri path_matches(const struct sbpl_filter *f, const struct sbpl_query *q)
{
	if (q->path)
		return !compare(f, q->path) ? TRI_NO : ends_in_slash(f) ? TRI_UNSURE : TRI_YES;
	/* A connection that is no Unix socket's has no path, nor has what goes by another name. */
	return q->remote.set || q->local.set || q->name ? TRI_NO : TRI_UNSURE;
}

static enum sbpl_tri address_matches(const struct sbpl_filter *f, const struct sbpl_query *q)
{
	const struct sbpl_address *at = f->id == FILTER_REMOTE ? &q->remote : &q->local;
	enum sbpl_tri family = !f->family || f->family == at->family ? TRI_YES : at->family ? TRI_NO : TRI_UNSURE;
	enum sbpl_tri host;

	if (f->proto == PROTO_UNIX)
		return !q->path ? path_matches(f, q) : f->first ? matches(f->first, q) : TRI_YES;
	if (!q->remote.set && !q->local.set)
		return q->path ? TRI_NO : TRI_UNSURE;
	if (!at->set || (f->proto != PROTO_IP && f->proto != at->proto))
		return TRI_NO;
	/* A socket that connects has no address of its own yet: the any-address, which every (local ...) matches. */
	if (at->unbound)
		return family;
	host = f->any_host ? TRI_YES : at->localhost;
	if (!f->any_port && f->port != at->port)
		return TRI_NO;
	return host < family ? host : family;
}

/* `q->target` of another process of the sandbox, or of one outside. */
static enum sbpl_tri target_matches(const struct sbpl_filter *f, const struct sbpl_query *q)
{
	enum { SELF, SAME, OTHERS };
	static const struct {
		const char *word;
		enum sbpl_tri of[3];
	} rows[] = {
	    {"self", {TRI_YES, TRI_NO, TRI_NO}},
	    {"others", {TRI_NO, TRI_YES, TRI_YES}},
	    /* Profiles of others name self beside it, as it may not cover that. */
	    {"same-sandbox", {TRI_UNSURE, TRI_YES, TRI_NO}},
	    {"pgrp", {TRI_YES, TRI_UNSURE, TRI_UNSURE}},
	    {"children", {TRI_NO, TRI_UNSURE, TRI_UNSURE}},
	};
	size_t who;

	if (!q->target)
		return TRI_UNSURE;
	who = strcmp(q->target, "self") == 0 ? SELF : strcmp(q->target, "same-sandbox") == 0 ? SAME : OTHERS;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].word, f->text) == 0)
			return rows[i].of[who];
	return TRI_UNSURE;
}

size_t sbpl_fact_name(enum sbpl_filter_id id)
{
	static const char mount[] = "mount-relative"; /* one fact, in whatever way it is looked at */
	const struct sbpl_filter_desc *d = &sbpl_filters[id];
	size_t n = strlen(d->name);

	if (strncmp(d->name, mount, strlen(mount)) == 0)
		return strlen(mount);
	if ((d->subject != SUBJECT_FACT && d->subject != SUBJECT_OTHER_NAME) || d->how == HOW_EXACT)
		return n;
	return n - (d->how == HOW_PREFIX ? strlen("-prefix") : strlen("-regex"));
}

/* A process may have many extensions, entitlements and attributes: not to be told of one does not mean it lacks it. */
static bool holds_many(enum sbpl_filter_id id)
{
	return id >= FILTER_EXTENSION && id <= FILTER_PROCESS_ATTRIBUTE;
}

/* Octal, with or without #o. */
static unsigned long mode_of(const char *text)
{
	return strtoul(strncmp(text, "#o", 2) == 0 ? text + 2 : text, NULL, 8);
}

/* (file-mode #o4000) asks for bits; whether for all or any of several is not known. */
static enum sbpl_tri mode_matches(const struct sbpl_filter *f, const char *mode)
{
	unsigned long asked = mode_of(f->text), has = mode_of(mode) & asked;

	return has == asked ? TRI_YES : has == 0 ? TRI_NO : TRI_UNSURE;
}

static enum sbpl_tri fact_matches(const struct sbpl_filter *f, const struct sbpl_query *q)
{
	const struct sbpl_filter_desc *d = &sbpl_filters[f->id];
	size_t known = sbpl_fact_name(f->id);
	bool told = false;

	for (unsigned i = 0; i < q->n_facts; i++) {
		const struct sbpl_fact *fact = &q->facts[i];

		if (strlen(fact->name) != known || strncmp(fact->name, d->name, known) != 0)
			continue;
		if (f->id == FILTER_FILE_MODE)
			return mode_matches(f, fact->value);
		if (compare(f, fact->value))
			return TRI_YES;
		told = true;
	}
	/* The name of a kernel control is no address and no path. */
	if (f->id == FILTER_CONTROL_NAME && (q->path || q->remote.set || q->local.set))
		return TRI_NO;
	return told && !holds_many(f->id) ? TRI_NO : TRI_UNSURE;
}

static enum sbpl_tri word_matches(const struct sbpl_filter *f, const char *word)
{
	return word ? yes_if(compare(f, word)) : TRI_UNSURE;
}

/* Is a name of another space asked about: local-name=X, xpc-service-name=X? */
static bool asks_other_name(const struct sbpl_query *q)
{
	for (unsigned i = 0; i < q->n_facts; i++)
		if (strcmp(q->facts[i].name, "local-name") == 0 || strcmp(q->facts[i].name, "xpc-service-name") == 0)
			return true;
	return false;
}

static enum sbpl_tri name_matches(const struct sbpl_filter *f, const struct sbpl_query *q)
{
	return q->path || q->remote.set || q->local.set || asks_other_name(q) ? TRI_NO : word_matches(f, q->name);
}

/* A name that is asked about is a global one, unless the question says otherwise. */
static enum sbpl_tri other_name_matches(const struct sbpl_filter *f, const struct sbpl_query *q)
{
	if (fact_matches(f, q) == TRI_YES)
		return TRI_YES;
	return q->name || asks_other_name(q) ? TRI_NO : TRI_UNSURE;
}

struct combined {
	const struct sbpl_query *q;
	bool all;
	enum sbpl_tri t;
};

static void combine(void *ctx, const struct sbpl_filter *part)
{
	struct combined *c = ctx;
	enum sbpl_tri one = matches(part, c->q);

	if (c->all ? one < c->t : one > c->t)
		c->t = one;
}

static enum sbpl_tri combine_matches(const struct sbpl_filter *f, const struct sbpl_query *q)
{
	bool all = f->id == FILTER_REQUIRE_ALL;
	struct combined c = {q, all, all ? TRI_YES : TRI_NO};

	if (!f->many || !q->path || !sbpl_many_parts(f->many, q->path, combine, &c))
		for (const struct sbpl_filter *x = f->first; x; x = x->next)
			combine(&c, x);
	return f->id == FILTER_REQUIRE_NOT ? TRI_YES - c.t : c.t;
}

static enum sbpl_tri matches(const struct sbpl_filter *f, const struct sbpl_query *q)
{
	if (f->open)
		return TRI_UNSURE;
	switch (sbpl_filters[f->id].subject) {
	case SUBJECT_PATH:
		return path_matches(f, q);
	case SUBJECT_NAME:
		return name_matches(f, q);
	case SUBJECT_OTHER_NAME:
		return other_name_matches(f, q);
	case SUBJECT_ADDRESS:
		return address_matches(f, q);
	case SUBJECT_VNODE:
		return word_matches(f, q->vnode);
	case SUBJECT_TARGET:
		return target_matches(f, q);
	case SUBJECT_DOMAIN:
		return word_matches(f, q->domain);
	case SUBJECT_FACT:
		return fact_matches(f, q);
	case SUBJECT_COMBINE:
		return combine_matches(f, q);
	}
	return TRI_NO;
}

const char *sbpl_unsure(struct arena *a, const struct sbpl_filter *f, const struct sbpl_query *q)
{
	const char *found = NULL;

	if (matches(f, q) != TRI_UNSURE)
		return NULL;
	if (sbpl_filters[f->id].subject != SUBJECT_COMBINE)
		return sbpl_filter_text(a, f);
	for (const struct sbpl_filter *x = f->first; x && !found; x = x->next)
		found = sbpl_unsure(a, x, q);
	return found;
}

/* ---- the walk ---- */

/* What was found on one operation: rules by 1 + index, 0 for none. */
struct found {
	unsigned best;	    /* the newest that matches */
	unsigned unsure[2]; /* the newest that may match and denies, allows */
	unsigned looked;
};

static void look(const struct sbpl_profile *p, unsigned i, struct found *f, const struct sbpl_query *q)
{
	for (; i > f->best; i = p->rules[i - 1].chain) {
		const struct sbpl_rule *r = &p->rules[i - 1];
		enum sbpl_tri t = matches(r->filter, q);

		f->looked++;
		if (t == TRI_YES)
			f->best = i;
		else if (t == TRI_UNSURE && i > f->unsure[r->allow])
			f->unsure[r->allow] = i;
	}
}

static struct found look_at(const struct sbpl_profile *p, enum sbpl_op op, const struct sbpl_candidates *c, const struct sbpl_query *q)
{
	struct found f = {.best = 0};

	look(p, p->scan[op], &f, q);
	for (unsigned i = c->n_keys; i-- > 0;)
		look(p, sbpl_newest(p, c->keys[i], op), &f, q);
	for (unsigned i = 0; i < c->n_rules; i++)
		if (p->rules[c->rules[i] - 1].op == op)
			look(p, c->rules[i], &f, q);
	return f;
}

/* A question about a path that does not say which: every rule may match. */
static struct found look_at_all(const struct sbpl_profile *p, enum sbpl_op op, const struct sbpl_query *q)
{
	struct found f = {.best = 0};

	for (unsigned i = p->n_rules; i > f.best; i--) {
		const struct sbpl_rule *r = &p->rules[i - 1];
		enum sbpl_tri t;

		if (r->op != op || !r->filter)
			continue;
		t = matches(r->filter, q);
		f.looked++;
		if (t == TRI_YES)
			f.best = i;
		else if (t == TRI_UNSURE && i > f.unsure[r->allow])
			f.unsure[r->allow] = i;
	}
	return f;
}

/* An end without a port: a socket that is not bound, or no address where there may be one. */
static bool any_port(const struct sbpl_address *at, const struct sbpl_query *q)
{
	return at->set ? at->unbound : !q->path && !q->remote.set && !q->local.set;
}

/* Does the question say what the rules of the index are found by? */
static bool says_object(const struct sbpl_profile *p, enum sbpl_op op, const struct sbpl_query *q)
{
	unsigned elsewhere = FITS_TARGET | FITS_SIGNAL | FITS_SOCKET | FITS_ADDRESS;

	if (((p->ports[op] & PORTS_REMOTE) && any_port(&q->remote, q)) || ((p->ports[op] & PORTS_LOCAL) && any_port(&q->local, q)))
		return false;
	return q->path || q->name || q->remote.set || q->local.set || !(sbpl_ops[op].takes & ~elsewhere);
}

struct sbpl_verdict sbpl_decide(const struct sbpl_profile *p, const struct sbpl_query *q)
{
	const struct sbpl_rule *unsure[2] = {NULL, NULL};
	const struct sbpl_candidates *c = sbpl_candidates(p, q);
	unsigned looked = 0;

	for (enum sbpl_op op = q->op;; op = sbpl_ops[op].parent) {
		struct found f = !c->too_many && says_object(p, op, q) ? look_at(p, op, c, q) : look_at_all(p, op, q);
		unsigned i = f.best ? f.best : p->tail[op];
		struct sbpl_verdict v = {.by = i ? &p->rules[i - 1] : NULL};

		looked += f.looked;
		for (int k = 0; k < 2; k++)
			if (!unsure[k] && f.unsure[k] > f.best)
				unsure[k] = &p->rules[f.unsure[k] - 1];
		/* A profile without a word on `default` denies, as an empty one does. */
		if (!v.by && sbpl_ops[op].own == OWN_INHERIT && op != SBPL_DEFAULT)
			continue;
		v.allow = v.by ? v.by->allow : sbpl_ops[op].own == OWN_ALLOW;
		v.unless = unsure[!v.allow];
		v.looked = looked;
		return v;
	}
}
