/*
 * plan_kept.c - a plan in the folder that it lets the program write would confine that program once: `sbxc -o plan` in a project that
 * is given whole. What it says of itself is proved by its sums, which are as easily written.
 */
#include "plan_kept.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "landlock_conf.h"
#include "sha256.h"
#include "template.h"
#include "trail.h"
#include "view_items.h"

struct look {
	struct run *run;
	char plan[PLAN_MAX_PATH + 1];
	const char *place; /* the innermost that may be written with the plan in it; NULL: none */
	bool covered;
};

static bool trusted(const void *ctx, const char *path)
{
	(void)ctx;
	(void)path;
	return false;
}

/* A cover that keeps it from being written; what is allowed again below a cover is a place that lies further in. */
static bool visit_cover(void *ctx, const struct landlock_rule *rule)
{
	struct look *k = ctx;
	char path[PLAN_MAX_PATH + 1];
	struct trail t;

	if (!(rule->how & (COVER_HIDE | COVER_RO)))
		return true;
	if (!run_rule_path(k->run, rule, path))
		return false;
	k->covered |= !trail_follow(&t, path, true, trusted, NULL) && item_covers(t.here, k->plan) && strlen(t.here) >= strlen(k->place);
	return true;
}

static void place_find(struct look *k)
{
	const struct link_places *p = &k->run->link_places;

	for (unsigned i = 0; i < p->n_written; i++)
		if (item_covers(p->path[i], k->plan) && (!k->place || strlen(p->path[i]) > strlen(k->place)))
			k->place = p->path[i];
}

/* Do the permissions of the host let this user change the plan, or put another folder in its place? */
static bool user_may(const struct look *k)
{
	char path[PLAN_MAX_PATH + 32];
	struct text t = text_over(path, sizeof(path));
	struct stat st;
	char *slash;

	text_str(&t, k->plan);
	text_str(&t, "/SHA256SUMS");
	while (strlen(path) >= strlen(k->place)) {
		if (lstat(path, &st) || st.st_uid == geteuid() || faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) == 0)
			return true;
		slash = strrchr(path, '/');
		if (slash == path)
			break;
		*slash = 0;
	}
	return false;
}

static bool refuse(const struct look *k)
{
	struct span sums = k->run->plan->dir.sums;
	char hex[SHA256_HEX + 1];

	sha256_hex(sums.at, sums.len, hex);
	return fault_say(k->run->fault, ERR_PLAN_UNSAFE,
			 "at %s\n"
			 "wrong the program may write in %s, so it could write the plan of its next start\n"
			 "fix keep the plan elsewhere, deny writing it, or start it with --digest sha256:%s", k->plan, k->place, hex);
}

/* Its paths are two pages of the stack that most starts need not touch. */
__attribute__((noinline)) static bool look(struct run *r)
{
	struct look k;
	const struct landlock_visitor covers = {.cover = visit_cover, .ctx = &k};

	k.run = r; /* not all of it is cleared: most is the path */
	k.place = NULL;
	k.covered = false;
	if (!plan_dir_real(&r->plan->dir, k.plan, sizeof(k.plan)))
		return fault_step(r->fault, "plan", "readlink of its place in /proc");
	place_find(&k);
	if (!k.place)
		return true;
	return landlock_visit(&r->plan->landlock, &covers) && (k.covered || !user_may(&k) || refuse(&k));
}

bool plan_kept(struct run *r)
{
	return !r->link_places.n_written || r->plan->dir.pinned || look(r);
}
