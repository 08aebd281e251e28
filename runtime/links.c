/*
 * links.c - which links are the program's, and where they lead.
 */
#include "links.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mount_calls.h"
#include "template.h"
#include "trail.h"
#include "view_items.h"

enum { MAX_TRIES = 8 };

/* itself: such a place counts as well, and not only what lies in one. */
static bool cover(const struct link_places *p, const char *path, bool itself)
{
	for (unsigned i = 0; i < p->n; i++)
		if (item_covers(p->path[i], path) && (itself || strcmp(p->path[i], path) != 0))
			return true;
	return false;
}

bool links_hold(const struct link_places *p, const char *path)
{
	return cover(p, path, false);
}

static bool is_held(const void *places, const char *path)
{
	return links_hold(places, path);
}

static int follow(struct trail *t, const struct link_places *p, const char *path, bool last)
{
	return trail_follow(t, path, last, is_held, p);
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

	if (g->found || (g->rule->rights & ~other->rights))
		return true;
	if (!run_rule_path(g->run, other, path))
		return false;
	g->found = !follow(&t, &g->run->link_places, path, true) && !t.link[0] && item_covers(t.here, g->real);
	return true;
}

bool links_check(struct run *r, const struct landlock_rule *rule, const char *link, const char *real)
{
	struct giver g = {.run = r, .rule = rule, .real = real};
	const struct landlock_visitor visitor = {.path = visit_giver, .ctx = &g};

	if (cover(&r->link_places, real, true))
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
	bool link; /* this time: the lines that let links be made; then the others that let something be changed */
};

static bool place_add(struct collect *c, const char *path)
{
	const char *copy = pool_text(c->run->pool, path);

	if (!copy || c->out->n_written == c->most)
		return fault_memory(c->run->fault, "links");
	c->out->path[c->out->n_written++] = copy;
	if (c->link)
		c->out->n = c->out->n_written;
	return true;
}

/* What lies there in the new tree: nothing of the host's that stays, or, with *source, a part of that place. */
static bool elsewhere(struct collect *c, const char *path, char source[PLAN_MAX_PATH + 1], bool *other)
{
	const struct launch *l = &c->run->plan->launch;
	char at[PLAN_MAX_PATH + 1], text[PLAN_MAX_LINE + 1];
	struct span tmpl;

	*other = false;
	for (unsigned i = 0; i < l->n_places; i++) {
		const struct place_line *p = &l->places[i];
		if (!run_path(c->run, p->at, p->where, at))
			return false;
		if (!item_covers(at, path) || (p->kind != PLACE_MOUNT && strcmp(at, path) != 0))
			continue;
		*other = true;
		source[0] = 0;
		if (p->kind != PLACE_MOUNT || !p->rw)
			return true;
		word_template(p->source, text, &tmpl);
		return run_path(c->run, tmpl, p->where, source);
	}
	return true;
}

static bool shown_add(struct collect *c, const char *path)
{
	char source[PLAN_MAX_PATH + 1];
	bool other;

	if (!elsewhere(c, path, source, &other))
		return false;
	if (!other)
		return place_add(c, path);
	return !source[0] || place_add(c, source);
}

static bool visit(void *ctx, const struct landlock_rule *rule)
{
	struct collect *c = ctx;
	char path[PLAN_MAX_PATH + 1];
	bool link = (rule->rights & fs_rights_that_link()) != 0;

	if (link != c->link || !(rule->rights & fs_rights_that_write()))
		return true;
	if (!run_rule_path(c->run, rule, path))
		return false;
	return c->run->plan->launch.n_places ? shown_add(c, path) : place_add(c, path);
}

/* Has this kernel, or a filter around sbx-run, no openat2()? */
static bool without_openat2(int error)
{
	return error == ENOSYS || error == EPERM;
}

/* Does the kernel find it, or not find it, without a link on the way? One call, where most have none. */
static bool without_links(const char *path)
{
	int fd = place_open(AT_FDCWD, path, 0, RESOLVE_NO_LINKS | RESOLVE_NO_MAGIC);

	if (fd >= 0)
		close(fd);
	return fd >= 0 || (errno != ELOOP && !without_openat2(errno));
}

/* By the name that the links of others lead to as well; what a link of the program's leads to is none of its places. */
static bool place_follow(struct collect *c, const char *path)
{
	struct trail t;

	return follow(&t, c->out, path, true) || t.link[0] || strcmp(t.here, path) == 0 || place_add(c, t.here);
}

static bool places_follow(struct collect *c, unsigned first)
{
	const struct link_places *p = c->out;

	for (unsigned i = first, named = p->n_written; i < named; i++)
		if (!without_links(p->path[i]) && !place_follow(c, p->path[i]))
			return false;
	return true;
}

bool links_places(struct run *r, struct link_places *out)
{
	struct collect c = {.run = r, .out = out, .link = true, .most = 2 * (r->plan->landlock.n_paths + r->plan->landlock.n_globs)};
	const struct landlock_visitor visitor = {.path = visit, .glob = visit, .ctx = &c};

	*out = (struct link_places){0};
	if (!c.most)
		return true;
	out->path = pool_take(r->pool, c.most * sizeof(*out->path));
	if (!out->path)
		return fault_memory(r->fault, "links");
	if (!landlock_visit(&r->plan->landlock, &visitor) || !places_follow(&c, 0))
		return false;
	c.link = false;
	return landlock_visit(&r->plan->landlock, &visitor) && places_follow(&c, out->n);
}

/* ---- opening --------------------------------------------------------------------------------- */

/* The path with its links followed, opened through none: what was looked at is what is opened. */
static int trail_open(struct run *r, const struct landlock_rule *rule, const char *path, int flags, bool *fault)
{
	struct trail t;
	int fd, error = follow(&t, &r->link_places, path, !(flags & O_NOFOLLOW));

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
	return fd < 0 && without_openat2(errno) ? trail_enter(t.here, O_PATH | O_DIRECTORY, O_PATH | flags) : fd;
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

bool links_make(struct run *r, const struct landlock_rule *rule, const char *path)
{
	char folder[PLAN_MAX_PATH + 1];
	const char *name = strrchr(path, '/') + 1;
	size_t n = (size_t)(name - path);
	bool fault, good;
	int at;

	memcpy(folder, path, n);
	folder[n > 1 ? n - 1 : n] = 0;
	at = links_open(r, rule, folder, O_DIRECTORY, &fault);
	good = at >= 0 && (mkdirat(at, name, 0700) == 0 || errno == EEXIST);
	if (!good && !fault)
		fault_place(r->fault, ERR_PATH_OPEN, rule->where, path, "mkdir");
	if (at >= 0)
		close(at);
	return good;
}
