/*
 * links.c - which links are the program's, and where they lead.
 */
#include "links.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "mount_calls.h"
#include "template.h"

enum { MAX_LINKS = 40, MAX_TRIES = 8 };

/* Is `path` the root, or below it? *rest: what is left of it. */
static bool below(const char *root, const char *path, const char **rest)
{
	size_t n = root[1] ? strlen(root) : 0;

	*rest = path + n;
	return !strncmp(root, path, n) && (!path[n] || path[n] == '/');
}

static bool cover(const struct link_places *p, const char *path)
{
	const char *rest;

	for (unsigned i = 0; i < p->n; i++)
		if (below(p->path[i], path, &rest))
			return true;
	return false;
}

bool links_hold(const struct link_places *p, const char *path)
{
	const char *rest;

	for (unsigned i = 0; i < p->n; i++)
		if (below(p->path[i], path, &rest) && *rest && rest[1])
			return true;
	return false;
}

/* ---- where a path leads ---------------------------------------------------------------------- */

/* Its texts are not cleared: each page that is touched costs more than a system call. */
struct trail {
	const struct link_places *places;
	char rest[2 * PLAN_MAX_PATH + 2]; /* what is left of the path */
	char here[PLAN_MAX_PATH + 1];     /* without links; "" is the root */
	char link[PLAN_MAX_PATH + 1];     /* the first one on the way that lies in a place; "": none */
};

/* The last part of t->here is a link: what it says comes before the rest. 0, or errno. */
static int link_take(struct trail *t, const char *target)
{
	size_t n = strlen(target), left = strlen(t->rest);

	if (n + 1 + left >= sizeof(t->rest))
		return ENAMETOOLONG;
	memmove(t->rest + n + 1, t->rest, left + 1);
	memcpy(t->rest, target, n);
	t->rest[n] = '/';
	if (!t->link[0] && links_hold(t->places, t->here))
		memcpy(t->link, t->here, strlen(t->here) + 1);
	*(target[0] == '/' ? t->here : strrchr(t->here, '/')) = 0;
	return 0;
}

static int part_take(struct trail *t, bool follow, unsigned *links)
{
	char target[PLAN_MAX_PATH + 1], *slash;
	size_t skip = strspn(t->rest, "/"), n = strcspn(t->rest + skip, "/"), end = strlen(t->here);
	const char *part = t->rest + skip;
	bool up = n == 2 && !memcmp(part, "..", 2), stay = n == 1 && *part == '.';
	ssize_t got;

	if (!up && !stay && end + 1 + n > PLAN_MAX_PATH)
		return ENAMETOOLONG;
	if (up && (slash = strrchr(t->here, '/')) != NULL)
		*slash = 0;
	if (!up && !stay) {
		t->here[end] = '/';
		memcpy(t->here + end + 1, part, n);
		t->here[end + 1 + n] = 0;
	}
	memmove(t->rest, part + n, strlen(part + n) + 1);
	if (up || stay || (!follow && !t->rest[strspn(t->rest, "/")]))
		return 0;
	got = readlink(t->here, target, sizeof(target) - 1);
	if (got < 0)
		return errno == EINVAL ? 0 : errno;
	target[got] = 0;
	return ++*links > MAX_LINKS ? ELOOP : link_take(t, target);
}

/* 0, or errno: then t->here is the first place that cannot be passed. */
static int trail_follow(struct trail *t, const struct link_places *places, const char *path, bool follow)
{
	unsigned links = 0;
	int error = 0;

	t->places = places;
	memcpy(t->rest, path, strlen(path) + 1);
	t->here[0] = t->link[0] = 0;
	while (!error && t->rest[strspn(t->rest, "/")])
		error = part_take(t, follow, &links);
	if (!t->here[0])
		memcpy(t->here, "/", 2);
	return error;
}

/* ---- what leads out -------------------------------------------------------------------------- */

struct giver {
	struct run *run;
	const struct landlock_rule *rule;
	const char *real;
	bool found;
};

/* Does another line give there what the rule would, by a way that is not the program's to make? */
static bool visit_giver(void *ctx, const struct landlock_rule *other)
{
	struct giver *g = ctx;
	struct trail t;
	char path[PLAN_MAX_PATH + 1];
	const char *rest;

	if (g->found || (g->rule->rights & ~other->rights))
		return true;
	if (!template_expand(other->place, TEMPLATE_PATH, &g->run->vars, other->where, path, g->run->fault))
		return false;
	g->found = !trail_follow(&t, &g->run->link_places, path, true) && !t.link[0] && below(t.here, g->real, &rest);
	return true;
}

bool links_check(struct run *r, const struct landlock_rule *rule, const char *link, const char *real)
{
	struct giver g = {.run = r, .rule = rule, .real = real};
	const struct landlock_visitor visitor = {.path = visit_giver, .ctx = &g};

	if (cover(&r->link_places, real))
		return true;
	if (!landlock_visit(&r->plan->landlock, &visitor) || g.found)
		return g.found;
	fault_set(r->fault, ERR_LINK_OUT);
	fault_where(r->fault, rule->where);
	return fault_add(r->fault,
			 "at %s\n"
			 "found it leads to %s\n"
			 "fix name %s in the policy if it is meant; if not, remove the link", link, real, real);
}

/* ---- the places ------------------------------------------------------------------------------ */

struct collect {
	struct run *run;
	struct link_places *out;
	unsigned most;
};

static bool place_add(struct collect *c, const char *path)
{
	const char *copy = pool_copy(c->run->pool, path, strlen(path));

	if (!copy || c->out->n == c->most)
		return fault_step(c->run->fault, "links", "memory", ENOMEM);
	c->out->path[c->out->n++] = copy;
	return true;
}

/* What lies there in the new tree: nothing of the host's that stays, or, with *source, a part of that place. */
static bool elsewhere(struct collect *c, const char *path, char source[PLAN_MAX_PATH + 1], bool *other, const char **rest)
{
	const struct launch *l = &c->run->plan->launch;
	char at[PLAN_MAX_PATH + 1], text[PLAN_MAX_LINE + 1];
	struct span tmpl;

	*other = false;
	for (unsigned i = 0; i < l->n_places; i++) {
		const struct place_line *p = &l->places[i];
		if (!template_expand(p->at, TEMPLATE_PATH, &c->run->vars, p->where, at, c->run->fault))
			return false;
		if (!below(at, path, rest) || (p->kind != PLACE_MOUNT && **rest))
			continue;
		*other = true;
		source[0] = 0;
		if (p->kind != PLACE_MOUNT || !p->rw)
			return true;
		word_template(p->source, text, &tmpl);
		return template_expand(tmpl, TEMPLATE_PATH, &c->run->vars, p->where, source, c->run->fault);
	}
	return true;
}

static bool visit(void *ctx, const struct landlock_rule *rule)
{
	struct collect *c = ctx;
	char path[PLAN_MAX_PATH + 1], source[PLAN_MAX_PATH + 1];
	const char *rest;
	bool other;

	if (!(rule->rights & fs_rights_that_link()))
		return true;
	if (!template_expand(rule->place, TEMPLATE_PATH, &c->run->vars, rule->where, path, c->run->fault) ||
	    !elsewhere(c, path, source, &other, &rest))
		return false;
	if (!other)
		return place_add(c, path);
	return !source[0] || place_add(c, source);
}

/* By the name that the links of others lead to as well; what a link of the program's leads to is none of its places. */
static bool places_follow(struct collect *c)
{
	const struct link_places *p = c->out;
	struct trail t;

	for (unsigned i = 0, named = p->n; i < named; i++)
		if (!trail_follow(&t, p, p->path[i], true) && !t.link[0] && strcmp(t.here, p->path[i]) != 0 && !place_add(c, t.here))
			return false;
	return true;
}

bool links_places(struct run *r, struct link_places *out)
{
	struct collect c = {.run = r, .out = out, .most = 2 * (r->plan->landlock.n_paths + r->plan->landlock.n_globs)};
	const struct landlock_visitor visitor = {.path = visit, .glob = visit, .ctx = &c};

	*out = (struct link_places){0};
	if (!c.most)
		return true;
	out->path = pool_take(r->pool, c.most * sizeof(*out->path));
	if (!out->path)
		return fault_step(r->fault, "links", "memory", ENOMEM);
	if (!landlock_visit(&r->plan->landlock, &visitor))
		return false;
	return !out->n || places_follow(&c);
}

/* ---- opening --------------------------------------------------------------------------------- */

/* Has this kernel, or a filter around sbx-run, no openat2()? */
static bool without_openat2(int error)
{
	return error == ENOSYS || error == EPERM;
}

/*
 * The path with its links followed, opened through none: what was looked at is what is opened. Without openat2() that holds for the
 * last part alone.
 */
static int trail_open(struct run *r, const struct landlock_rule *rule, const char *path, int flags, bool *fault)
{
	struct trail t;
	int fd, error = trail_follow(&t, &r->link_places, path, !(flags & O_NOFOLLOW));

	if (t.link[0] && !links_check(r, rule, t.link, t.here)) {
		*fault = true;
		return -1;
	}
	errno = error;
	if (error)
		return -1;
	/* links of /proc are no text, and nobody's to make */
	if (!strncmp(t.here, "/proc/", 6) && !t.link[0])
		return openat(AT_FDCWD, path, O_PATH | O_CLOEXEC | flags);
	fd = place_open(AT_FDCWD, t.here, flags | O_NOFOLLOW, RESOLVE_NO_LINKS | RESOLVE_NO_MAGIC);
	return fd < 0 && without_openat2(errno) ? openat(AT_FDCWD, t.here, O_PATH | O_CLOEXEC | O_NOFOLLOW | flags) : fd;
}

int links_open(struct run *r, const struct landlock_rule *rule, const char *path, int flags, bool *fault)
{
	int fd;

	*fault = false;
	if (!r->link_places.n)
		return openat(AT_FDCWD, path, O_PATH | O_CLOEXEC | flags);
	fd = place_open(AT_FDCWD, path, flags, RESOLVE_NO_LINKS | RESOLVE_NO_MAGIC);
	for (unsigned i = 0; fd < 0 && (errno == ELOOP || without_openat2(errno)) && !*fault && i < MAX_TRIES; i++)
		fd = trail_open(r, rule, path, flags, fault);
	return fd;
}
