/*
 * view_masks.c - covers what denied patterns fit, by the very handle that the search found, on the mounts of the host as this
 * namespace has them: a file that is renamed meanwhile takes its cover along, and every copy that is made of a tree later holds
 * the covers in it.
 *
 * A layer that is thrown away is no such copy, so what lies below one is covered like a place of the plan. A symbolic link is
 * not covered but what it leads to, as for every other line.
 */
#include "view_masks.h"

#include <errno.h>
#include <unistd.h>

#include "glob_fault.h"
#include "mount_calls.h"
#include "template.h"
#include "view_mounts.h"

struct mask {
	struct items *items;
	const struct landlock_rule *rule;
	char path[PLAN_MAX_PATH + 1];
};

static bool (mask_fault)(const struct mask *m, enum err id, const char *path, const char *what)
{
	return (fault_place)(m->items->run->fault, id, m->rule->where, path, what);
}
#define mask_fault(m, id, path, what) mask_fault(m, id, path, SAID(what))

static int tree_make(unsigned how, int fd, bool is_dir)
{
	uint64_t set = (how & COVER_RO ? ATTR_RDONLY : 0) | (how & COVER_NOEXEC ? ATTR_NOEXEC : 0);

	if ((how & COVER_HIDE) && is_dir)
		return memory_mount("0000", 4096, 8, ATTR_RDONLY | ATTR_NOSUID | ATTR_NODEV | ATTR_NOEXEC);
	if (how & COVER_HIDE)
		return file_hidden();
	return host_mount(fd, set | ATTR_NOSUID);
}

/*
 * A place of another line at or below the match is opened already, as it is without the cover. That does no harm where the
 * cover is read only and the place is too. What is opened later is what the cover shows.
 */
static bool shown_below(const struct mask *m, const char *path, bool *layered)
{
	const struct items *x = m->items;

	*layered = false;
	for (unsigned i = 0; i < x->n; i++) {
		const struct item *item = &x->v[i];
		bool harmless = item->kind == ITEM_COVER || item->late || (m->rule->how == COVER_RO && item->kind == ITEM_BIND && !item->rw);
		if (!harmless && item_covers(path, item->path))
			return true;
		*layered |= item->kind == ITEM_DISCARD && item_covers(item->path, path);
	}
	return false;
}

/* Leaves fd open where a place of the plan is made of it. */
static bool mask_put(struct mask *m, const char *path, int fd, const struct stat *st)
{
	struct item item = {.kind = ITEM_COVER,
			    .fd = fd,
			    .how = m->rule->how,
			    .match = true,
			    .rw = !(m->rule->how & (COVER_RO | COVER_HIDE)),
			    .where = m->rule->where};
	bool layered, good;
	int tree;

	if (shown_below(m, path, &layered)) {
		close(fd);
		return (mask_fault)(m, ERR_COVER_NESTED, path, NULL);
	}
	if (layered)
		return items_add(m->items, &item, path, st);
	tree = tree_make(m->rule->how, fd, S_ISDIR(st->st_mode));
	good = tree >= 0 && tree_put(tree, fd) == 0;
	if (!good)
		mask_fault(m, ERR_VIEW_PLACE, path, "mount");
	if (tree >= 0)
		close(tree);
	close(fd);
	return good;
}

static bool link_match(struct mask *m)
{
	char real[PLAN_MAX_PATH + 1];
	struct stat st;
	int fd, error = items_find(m->items, m->path, real, &fd);

	if (error == ENOENT || error == ENOTDIR || error == ELOOP || error == EACCES || (!error && fd < 0))
		return true; /* it leads nowhere that the program could go */
	errno = error;
	if (error || fstat(fd, &st))
		return mask_fault(m, ERR_PATH_OPEN, m->path, "open");
	return mask_put(m, real, fd, &st);
}

static bool match(void *ctx, int fd, const struct stat *st)
{
	struct mask *m = ctx;

	if (!S_ISLNK(st->st_mode))
		return mask_put(m, m->path, fd, st);
	close(fd);
	return link_match(m);
}

enum { NOTHING = -1, FAILED = -2 };

/* The folder to read; NOTHING in it can be reached; or FAILED, after a fault. */
static int folder_open(struct mask *m, const char *place)
{
	int fd, dir, error = items_find(m->items, place, m->path, &fd);

	if (error == ENOENT || error == ENOTDIR || (!error && fd < 0))
		return NOTHING;
	if (error) {
		errno = error;
		mask_fault(m, ERR_PATH_OPEN, place, "open");
		return FAILED;
	}
	dir = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK);
	error = errno;
	if (dir < 0 && error == EACCES && faccessat(fd, ".", X_OK, 0) && errno == EACCES)
		error = ENOTDIR;
	close(fd);
	if (dir >= 0 || error == ENOTDIR)
		return dir;
	errno = error;
	mask_fault(m, ERR_PATH_OPEN, place, "reading it");
	return FAILED;
}

static bool visit_mask(void *ctx, const struct landlock_rule *rule)
{
	struct items *x = ctx;
	struct mask m = {.items = x, .rule = rule};
	struct glob g = {.pattern = rule->glob, .deny = true, .path = m.path, .match = match, .ctx = &m};
	char place[PLAN_MAX_PATH + 1];
	int dir;

	if (!run_rule_path(x->run, rule, place))
		return false;
	if (items_elsewhere(x, place))
		return (mask_fault)(&m, ERR_VIEW_PLACE, place, NULL);
	dir = folder_open(&m, place);
	return dir < 0 ? dir == NOTHING : glob_run(&g, dir, rule, m.path, x->run->fault);
}

bool masks_place(struct items *x)
{
	const struct landlock *l = &x->run->plan->landlock;
	const struct landlock_visitor visitor = {.mask = visit_mask, .ctx = x};

	return !l->n_masks || landlock_visit(l, &visitor);
}
