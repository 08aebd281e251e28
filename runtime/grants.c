/*
 * grants.c - the check of `assert` lines with the real places of this host: a symbolic link or a
 * param may put a granted directory above a denied one, or a granted file below it.
 */
#include "grants.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "template.h"

struct search {
	const struct grants *grants;
	uint64_t rights;
	const struct grant *found;
	struct place target; /* of the search below */
	bool hit;
};

static bool see_grant(void *ctx, struct place p)
{
	struct search *s = ctx;

	for (unsigned i = 0; i < s->grants->n && !s->found; i++)
		if (s->grants->list[i].rights & s->rights &&
		    place_same(s->grants->list[i].place, p))
			s->found = &s->grants->list[i];
	return !s->found;
}

static bool see_target(void *ctx, struct place p)
{
	struct search *s = ctx;

	s->hit = place_same(s->target, p);
	return !s->hit;
}

/* Cuts the last part off; false at the root. */
static bool path_shorten(char *path)
{
	char *slash = strrchr(path, '/');

	if (!path[1])
		return false;
	slash[slash == path] = 0;
	return true;
}

/* From the directory that holds the place, or would hold it: the nearest one that is there. */
static bool climb_above(const char *path, bool follow, struct search *s)
{
	char here[PLAN_MAX_PATH + 1];
	int dir;

	memcpy(here, path, strlen(path) + 1);
	do
		dir = place_parent(here, follow);
	while (dir < 0 && (errno == ENOENT || errno == ENOTDIR) && path_shorten(here));
	return dir >= 0 && place_climb(dir, see_grant, s);
}

/* Is a grant on the place or above it? *exists and s->target say what the place is. */
static bool search_above(const char *path, struct search *s, bool *exists)
{
	struct stat link;

	*exists = place_at(path, &s->target);
	if (*exists)
		see_grant(s, s->target);
	else if (errno != ENOENT && errno != ENOTDIR)
		return false;
	if (!s->found && !climb_above(path, true, s))
		return false;
	/* the link itself must not be replaceable either */
	if (!s->found && lstat(path, &link) == 0 && S_ISLNK(link.st_mode))
		return climb_above(path, false, s);
	return true;
}

/* Does the grant lie below s->target? */
static bool grant_below(const struct grant *g, struct vars *v, const char *interp, struct search *s,
			struct fault *f)
{
	char path[PLAN_MAX_PATH + 1];
	int dir;

	if (!g->tmpl.at)
		memcpy(path, interp, strlen(interp) + 1);
	else if (!template_expand(g->tmpl, TEMPLATE_PATH, v, g->where, path, f))
		return false;
	dir = g->directory ? openat(AT_FDCWD, path, O_PATH | O_DIRECTORY | O_CLOEXEC)
			   : place_parent(path, !g->nofollow);
	s->hit = false;
	if (dir < 0 || !place_climb(dir, see_target, s)) {
		fault_set(f, ERR_PATH_OPEN);
		fault_where(f, g->where);
		return (fault_errno)(f, path);
	}
	if (s->hit)
		s->found = g;
	return true;
}

/* Does the grant lie in a place that the assert leaves out? One that does not exist holds nothing. */
static bool in_hole(const struct grant *g, struct span holes, struct vars *v, const char *interp, bool *in, struct fault *f)
{
	char text[PLAN_MAX_LINE + 1], path[PLAN_MAX_PATH + 1];
	struct span tmpl;

	*in = false;
	while (!*in && word_template_next(&holes, text, &tmpl)) {
		struct search s = {.found = NULL};
		if (!template_expand(tmpl, TEMPLATE_PATH, v, g->where, path, f))
			return false;
		bool there = place_at(path, &s.target);
		if (there && !place_same(s.target, g->place) && !grant_below(g, v, interp, &s, f))
			return false;
		*in = there && (s.found || place_same(s.target, g->place));
	}
	return true;
}

static bool search_below(const struct grants *g, const struct landlock_rule *assert, struct vars *v, const char *interp,
			 struct search *s, struct fault *f)
{
	bool in = false;

	for (unsigned i = 0; i < g->n && !s->found; i++) {
		if (!(g->list[i].rights & s->rights))
			continue;
		if (!grant_below(&g->list[i], v, interp, s, f) ||
		    (s->found && !in_hole(s->found, assert->holes, v, interp, &in, f)))
			return false;
		if (in)
			s->found = NULL;
	}
	return true;
}

static bool assert_fault(const struct grant *g, const struct landlock_rule *a, const char *path,
			 struct fault *f)
{
	char words[256];
	struct text rights = text_over(words, sizeof(words));

	fs_rights_text(g->rights & a->rights, &rights);
	fault_say(f, ERR_ASSERT, "denied %s", path);
	fault_where(f, a->where);
	return fault_add(f,
			 "granted %s by %.*s\n"
			 "fix name narrower places in %.*s, or move what is denied away from there",
			 words, SPAN(g->where), SPAN(g->where));
}

bool grants_assert(const struct grants *g, const struct landlock_rule *assert, const char *path, struct vars *v,
		   const char *interp, struct fault *f)
{
	struct search s = {.grants = g, .rights = assert->rights};
	bool exists;

	if (!search_above(path, &s, &exists)) {
		fault_set(f, ERR_PATH_OPEN);
		fault_where(f, assert->where);
		return (fault_errno)(f, path);
	}
	if (!s.found && exists && !search_below(g, assert, v, interp, &s, f))
		return false;
	return !s.found || assert_fault(s.found, assert, path, f);
}
