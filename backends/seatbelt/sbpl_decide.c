/*
 * sbpl_decide.c - what the kernel answers under a profile.
 *
 * Every operation has its own list. The last rule with a filter that matches wins; a rule without a
 * filter is only that list's fallback, whatever its place; then the parent operation is asked,
 * unless the operation has a default of its own. So a rule on a child operation beats every rule on
 * its parent.
 *
 * Most filters name one path, so rules are found by it: an index from (operation, path) to the
 * rules that can only match at or below that path. A query walks up its own path instead of through
 * all the rules.
 */
#include <regex.h>
#include <string.h>

#include "sbpl.h"

static bool matches(const struct sbpl_filter *f, const struct sbpl_query *q);

static bool below(const char *root, const char *path)
{
	size_t n = strlen(root);

	if (strcmp(root, "/") == 0)
		return path[0] == '/';
	return strncmp(root, path, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

/* Compiled at each use: patterns are few, and a compiled one could not be given back with the
 * arena. sbpl_lint refuses what does not compile, so a failure here can only say no. */
static bool regex_matches(const char *pattern, const char *path)
{
	regex_t re;
	bool found;

	if (regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB) != 0)
		return false;
	found = regexec(&re, path, 0, NULL, 0) == 0;
	regfree(&re);
	return found;
}

static bool address_matches(const struct sbpl_filter *f, const struct sbpl_query *q)
{
	const struct sbpl_address *at = f->id == FILTER_REMOTE ? &q->remote : &q->local;

	if (f->proto == PROTO_UNIX)
		return q->path && (!f->first || matches(f->first, q));
	if (!at->set || (f->proto != PROTO_IP && f->proto != at->proto))
		return false;
	/* A socket that connects has no address of its own yet: the any-address, which every (local
	 * ...) matches. */
	if (at->unbound)
		return true;
	return (f->any_host || at->localhost) && (f->any_port || f->port == at->port);
}

static bool all_match(const struct sbpl_filter *f, const struct sbpl_query *q)
{
	for (; f; f = f->next)
		if (!matches(f, q))
			return false;
	return true;
}

static bool any_matches(const struct sbpl_filter *f, const struct sbpl_query *q)
{
	for (; f; f = f->next)
		if (matches(f, q))
			return true;
	return false;
}

static bool same(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

static bool begins(const char *prefix, const char *s)
{
	return s && strncmp(prefix, s, strlen(prefix)) == 0;
}

static bool matches(const struct sbpl_filter *f, const struct sbpl_query *q)
{
	if (f->open)
		return false;
	switch (f->id) {
	case FILTER_LITERAL:
		return same(f->text, q->path);
	case FILTER_SUBPATH:
		return q->path && below(f->text, q->path);
	case FILTER_PREFIX:
		return begins(f->text, q->path);
	case FILTER_REGEX:
		return q->path && regex_matches(f->text, q->path);
	case FILTER_VNODE_TYPE:
		return same(f->text, q->vnode);
	case FILTER_REMOTE:
	case FILTER_LOCAL:
		return address_matches(f, q);
	case FILTER_GLOBAL_NAME:
	case FILTER_IPC_POSIX_NAME:
	case FILTER_SYSCTL_NAME:
		return same(f->text, q->name);
	case FILTER_GLOBAL_NAME_PREFIX:
	case FILTER_IPC_POSIX_NAME_PREFIX:
	case FILTER_SYSCTL_NAME_PREFIX:
		return begins(f->text, q->name);
	case FILTER_TARGET:
		/* What aims at oneself aims inside the sandbox too. */
		return same(f->text, q->target) ||
		       (strcmp(f->text, "same-sandbox") == 0 && same("self", q->target));
	case FILTER_SOCKET_DOMAIN:
		return same(f->text, q->domain);
	case FILTER_REQUIRE_ALL:
		return all_match(f->first, q);
	case FILTER_REQUIRE_ANY:
		return any_matches(f->first, q);
	case FILTER_REQUIRE_NOT:
		return !any_matches(f->first, q);
	case FILTER_PATH_ANCESTORS: /* became literals when the profile was evaluated */
	case FILTER_COUNT:
		break;
	}
	return false;
}

/* The path that every match of the filter lies at or below, or NULL. */
static const char *anchor(const struct sbpl_filter *f)
{
	const char *found = NULL;

	if (f->id == FILTER_LITERAL || f->id == FILTER_SUBPATH)
		return f->text;
	if (f->id == FILTER_REQUIRE_ALL)
		for (const struct sbpl_filter *x = f->first; x && !found; x = x->next)
			found = anchor(x);
	return found;
}

/* FNV-1a over the path; the root is the empty path, so that walking up by components ends there. */
static struct sbpl_slot *slot(const struct sbpl_profile *p, enum sbpl_op op, const char *path,
			      size_t len)
{
	uint64_t h = 14695981039346656037u ^ (uint64_t)op;
	size_t i;

	if (len == 1 && path[0] == '/')
		len = 0;
	for (i = 0; i < len; i++)
		h = (h ^ (unsigned char)path[i]) * 1099511628211u;
	h ^= h >> 29;
	for (i = (size_t)h & (p->n_slots - 1);; i = (i + 1) & (p->n_slots - 1)) {
		struct sbpl_slot *s = &p->slots[i];

		if (!s->anchor || (s->len == len && memcmp(s->anchor, path, len) == 0 &&
				   p->rules[s->newest - 1].op == op))
			return s;
	}
}

void sbpl_index(struct arena *a, struct sbpl_profile *p)
{
	for (p->n_slots = 16; p->n_slots < 2 * (size_t)p->n_rules + 2;)
		p->n_slots *= 2;
	p->slots = ARENA_ARRAY(a, p->n_slots, struct sbpl_slot);
	for (unsigned i = 0; i < p->n_rules; i++) {
		struct sbpl_rule *r = &p->rules[i];
		const char *at = r->filter ? anchor(r->filter) : NULL;
		unsigned *newest = &p->scan[r->op];

		if (!r->filter)
			continue;
		if (at) {
			struct sbpl_slot *s = slot(p, r->op, at, strlen(at));

			s->anchor = at;
			s->len = strcmp(at, "/") == 0 ? 0 : strlen(at);
			newest = &s->newest;
		}
		r->chain = *newest;
		*newest = i + 1;
	}
}

/* The newest rule of a chain that matches and is newer than `best`; rules are numbered 1 + index.
 */
static unsigned newest_match(const struct sbpl_profile *p, unsigned i, unsigned best,
			     const struct sbpl_query *q)
{
	for (; i > best; i = p->rules[i - 1].chain)
		if (matches(p->rules[i - 1].filter, q))
			return i;
	return best;
}

static unsigned last_match(const struct sbpl_profile *p, enum sbpl_op op,
			   const struct sbpl_query *q)
{
	unsigned best = newest_match(p, p->scan[op], 0, q);
	size_t len = q->path ? strlen(q->path) : 0;

	if (!q->path)
		return best;
	for (;;) {
		best = newest_match(p, slot(p, op, q->path, len)->newest, best, q);
		if (len == 0)
			return best;
		while (len > 0 && q->path[len - 1] != '/')
			len--;
		if (len > 0)
			len--;
	}
}

struct sbpl_verdict sbpl_decide(const struct sbpl_profile *p, const struct sbpl_query *q)
{
	for (enum sbpl_op op = q->op;; op = sbpl_ops[op].parent) {
		unsigned i = last_match(p, op, q);

		if (i > 0)
			return (struct sbpl_verdict){p->rules[i - 1].allow, p->rules[i - 1].line};
		if (p->tail[op].set)
			return (struct sbpl_verdict){p->tail[op].allow, p->tail[op].line};
		if (sbpl_ops[op].own != OWN_INHERIT)
			return (struct sbpl_verdict){sbpl_ops[op].own == OWN_ALLOW, 0};
		/* A profile without a word on `default` denies, as an empty one does. */
		if (op == SBPL_DEFAULT)
			return (struct sbpl_verdict){false, 0};
	}
}
