/*
 * view_globs.c - shows what allowed patterns fit in a private tree, file by file. There can be thousands, so each is opened
 * only when it is copied (view.c); the rules of Landlock search the new tree, in which there is nothing else.
 */
#include "view_globs.h"

#include <errno.h>
#include <unistd.h>

#include "glob_fault.h"
#include "mount_calls.h"
#include "links.h"
#include "template.h"

struct search {
	struct items *items;
	const struct landlock_rule *rule;
	char path[PLAN_MAX_PATH + 1];
};

static bool match(void *ctx, int fd, const struct stat *st)
{
	struct search *s = ctx;
	struct item item = {.kind = ITEM_BIND,
			    .fd = -1,
			    .late = true,
			    .rw = items_write(s->rule),
			    .where = s->rule->where};

	close(fd);
	return items_add(s->items, &item, s->path, st);
}

static int folder_open(struct search *s, const char *place)
{
	int fd, error = items_find(s->items, place, s->path, &fd);

	errno = error ? error : ENOENT;
	return glob_open(fd);
}

bool globs_visit(void *ctx, const struct landlock_rule *rule)
{
	struct items *x = ctx;
	struct search s = {.items = x, .rule = rule};
	struct glob g = {.pattern = rule->glob, .path = s.path, .match = match, .ctx = &s};
	char place[PLAN_MAX_PATH + 1];
	int dir;

	if (!x->run->plan->launch.private_root)
		return true;
	if (!run_rule_path(x->run, rule, place))
		return false;
	if (items_elsewhere(x, place))
		return true;
	dir = folder_open(&s, place);
	if (x->by && !links_check(x->run, rule, x->by, s.path))
		return false;
	if (dir < 0)
		return items_missing(x, rule->where, place, errno);
	return glob_run(&g, dir, rule, s.path, x->run->fault);
}
