/*
 * view_items.c - finds the places of the plan on the host, in the mount namespace that was just made:
 * mounts can only be copied from there.
 *
 * A symbolic link is never followed by the kernel: each is read here and shown again in the new tree,
 * so what is opened is what the path in the new tree leads to.
 */
#include "view_items.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "links.h"
#include "mount_calls.h"
#include "namespaces.h"
#include "plan_kept.h"
#include "template.h"
#include "view_asserts.h"
#include "view_globs.h"
#include "view_masks.h"
#include "view_pins.h"

enum { MAX_LINKS = 40 };
static const uint64_t no_links = RESOLVE_NO_LINKS | RESOLVE_NO_MAGIC;

bool item_covers(const char *root, const char *path)
{
	size_t n = strlen(root);

	if (n == 1)
		return true;
	return !strncmp(root, path, n) && (!path[n] || path[n] == '/');
}

bool items_add(struct items *x, struct item *item, const char *path, const struct stat *st)
{
	if (st) {
		item->is_dir = S_ISDIR(st->st_mode);
		item->is_device = S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode);
	}
	item->path = pool_text(x->run->pool, path);
	if (!item->path || x->n == x->cap)
		return fault_memory(x->run->fault, "view");
	x->v[x->n++] = *item;
	return true;
}

/* NULL after a fault. */
static struct item_link *link_add(struct items *x, const char *path, const char *target)
{
	struct item_link *l = &x->links[x->n_links];

	if (x->n_links < x->cap_links) {
		*l = (struct item_link){.path = pool_text(x->run->pool, path),
					.target = pool_text(x->run->pool, target)};
		x->n_links += l->path && l->target;
		if (l->path && l->target)
			return l;
	}
	fault_memory(x->run->fault, "view");
	return NULL;
}

/* ---- the walk -------------------------------------------------------------------------------- */

/* Each page that is touched costs more than a system call, so what is used of it lies in the middle. */
struct walk {
	char followed[2 * PLAN_MAX_PATH + 2]; /* filled from its end: targets of links, and what was left behind them */
	struct items *items;
	const char *rest; /* what is left of the path: in the caller's, or in `followed` */
	bool nofollow;
	bool how_far; /* a place that is not there: which part of its path is the first missing one? */
	int fd;
	char here[2 * PLAN_MAX_PATH + 2]; /* without links; "" is the root. Behind its NUL a link is read */
};

/* Its texts are not cleared: walk() writes before it reads. */
__attribute__((noinline)) static void walk_begin(struct walk *w, struct items *x)
{
	w->items = x;
	w->nofollow = w->how_far = false;
	w->fd = -1;
}

static bool in_proc(const struct items *x, const char *path)
{
	return namespaces_wanted(x->run, ISOLATE_PID) && item_covers("/proc", path);
}

/* The next part of the rest; false when there is none. */
static bool part_take(struct walk *w, struct span *part)
{
	w->rest += strspn(w->rest, "/");
	*part = (struct span){w->rest, strcspn(w->rest, "/")};
	w->rest += part->len;
	return part->len != 0;
}

/* Has a link been found there before? */
static struct item_link *link_known(const struct items *x, const char *path)
{
	for (unsigned i = 0; i < x->n_links; i++)
		if (!strcmp(x->links[i].path, path))
			return &x->links[i];
	return NULL;
}

/* Did another place lead through it, so that it was no link a moment ago? */
static bool known_plain(const struct items *x, const char *path)
{
	for (unsigned i = 0; i < x->n; i++)
		if (x->v[i].fd >= 0 && x->v[i].kind != ITEM_MOUNT && item_covers(path, x->v[i].path))
			return true;
	return false;
}

/* The link at w->here is replaced by what it says. 0, or errno. */
static int link_follow(struct walk *w, const char *target, char *slash)
{
	size_t n = strlen(target), left = strlen(w->rest);
	char *at = w->followed + sizeof(w->followed);

	if (n + 1 + left >= sizeof(w->followed))
		return ENAMETOOLONG;
	at = memmove(at - left - 1, w->rest, left + 1);
	*--at = '/';
	w->rest = memcpy(at - n, target, n);
	*(target[0] == '/' ? w->here : slash) = 0;
	return 0;
}

/*
 * Is w->here a link? *target stays NULL when not. What is found is only where to look: the place itself is opened at the
 * end, through no link at all.
 */
static int link_look(struct walk *w, const char **target)
{
	struct item_link *link = link_known(w->items, w->here);
	char *text = w->here + strlen(w->here) + 1;
	ssize_t n;

	*target = NULL;
	if (!link && known_plain(w->items, w->here))
		return 0;
	if (!link) {
		n = readlinkat(AT_FDCWD, w->here, text, PLAN_MAX_PATH);
		if (n < 0)
			return errno == EINVAL ? 0 : errno;
		text[n] = 0;
		if (!n)
			return ENOENT;
		link = link_add(w->items, w->here, text);
		if (!link)
			return ENOMEM;
	}
	if (!w->items->by && links_hold(&w->items->run->link_places, link->path))
		w->items->by = link->path;
	*target = link->target;
	return 0;
}

/* One part. 0, or errno. */
static int part_walk(struct walk *w, struct span part, unsigned *links)
{
	char *end = w->here + strlen(w->here), *slash = end;
	const char *target;
	int error;

	if (span_is(part, "."))
		return 0;
	if (span_is(part, "..")) {
		slash = strrchr(w->here, '/');
		if (slash)
			*slash = 0;
		return 0;
	}
	if ((size_t)(end - w->here) + 1 + part.len > PLAN_MAX_PATH)
		return ENAMETOOLONG;
	*end = '/';
	memcpy(end + 1, part.at, part.len);
	end[1 + part.len] = 0;
	if (in_proc(w->items, w->here))
		return 0; /* of the new /proc, which is not there yet */
	error = link_look(w, &target);
	if (error || !target)
		return error;
	if (w->nofollow && !w->rest[strspn(w->rest, "/")])
		return ELOOP;
	return ++*links > MAX_LINKS ? ELOOP : link_follow(w, target, slash);
}

static bool leads_through_link(const struct items *x, const char *path)
{
	for (unsigned i = 0; i < x->n_links; i++)
		if (item_covers(x->links[i].path, path))
			return true;
	return false;
}

/*
 * Behind a link there is seldom another one, so the kernel is asked about all that is left at once. False: not found so, and w->here
 * is as it was.
 */
static bool rest_open(struct walk *w)
{
	const char *rest = w->rest + strspn(w->rest, "/");
	size_t left = strlen(rest);
	char *end = w->here + strlen(w->here);

	while (left && rest[left - 1] == '/')
		left--;
	if (!left || (size_t)(end - w->here) + 1 + left > PLAN_MAX_PATH)
		return false;
	*end = '/';
	memcpy(end + 1, rest, left);
	end[1 + left] = 0;
	if (path_canonical(w->here) && !in_proc(w->items, w->here) && !leads_through_link(w->items, w->here))
		w->fd = place_open(AT_FDCWD, w->here, 0, no_links); /* with O_NOFOLLOW a link at the end would be opened as one */
	if (w->fd < 0)
		*end = 0;
	return w->fd >= 0;
}

/* 0 with w->here and w->fd, or errno; w->here is then how far it went, and the rest. */
static int walk(struct walk *w, const char *path)
{
	struct span part;
	unsigned links = 0;
	int error = 0;

	w->here[0] = 0;
	w->rest = path;
	w->items->by = NULL;
	if (!leads_through_link(w->items, path)) {
		w->fd = place_open(AT_FDCWD, path, w->nofollow ? O_NOFOLLOW : 0, no_links);
		if (w->fd >= 0) {
			memcpy(w->here, path, strlen(path) + 1);
			return 0;
		}
		if (errno != ELOOP && !(w->how_far && (errno == ENOENT || errno == ENOTDIR)))
			return errno;
	}
	while (!error && part_take(w, &part)) {
		unsigned before = links;
		error = part_walk(w, part, &links);
		if (!error && links != before && rest_open(w))
			return 0;
	}
	if (error)
		return error;
	if (!w->here[0])
		memcpy(w->here, "/", 2);
	w->fd = place_open(AT_FDCWD, w->here, O_NOFOLLOW, no_links);
	return w->fd < 0 && !in_proc(w->items, w->here) ? errno : 0;
}

/* items_find(); how_far: as in the walk. */
static int find(struct items *x, const char *path, char real[PLAN_MAX_PATH + 1], int *fd, bool how_far)
{
	struct walk w;
	unsigned links = x->n_links;
	int error;

	walk_begin(&w, x);
	w.how_far = how_far;
	error = walk(&w, path);
	x->n_links = links;
	*fd = w.fd;
	memcpy(real, w.here, strlen(w.here) + 1);
	return error;
}

int items_find(struct items *x, const char *path, char real[PLAN_MAX_PATH + 1], int *fd)
{
	return find(x, path, real, fd, false);
}

bool items_real(struct items *x, const char *path, char real[PLAN_MAX_PATH + 1])
{
	int fd, error = find(x, path, real, &fd, true);

	if (fd >= 0)
		close(fd);
	return real[0] && (!error || error == ENOENT || error == ENOTDIR) && !item_covers(real, path);
}

/* What is open at item->fd, and lies at `here` on the host, is shown at the path. */
static bool found(struct items *x, struct item *item, const char *here, const char *path)
{
	struct stat st;

	if (fstat(item->fd, &st))
		return fault_place(x->run->fault, ERR_PATH_OPEN, item->where, here, "fstat");
	if (S_ISLNK(st.st_mode))
		return (fault_place)(x->run->fault, ERR_PATH_LINK, item->where, here, NULL);
	return items_add(x, item, path, &st);
}

/* ---- the lines ------------------------------------------------------------------------------- */

bool items_write(const struct landlock_rule *rule)
{
	return rule->rights & fs_rights_that_write();
}

/*
 * Is it the place of a mount or scratch line, or something that is mounted? The host has nothing to do
 * with it. What a line names below a scratch folder is shown in it.
 */
bool items_elsewhere(const struct items *x, const char *path)
{
	for (unsigned i = 0; i < x->n; i++) {
		const struct item *item = &x->v[i];
		if (item->kind == ITEM_MOUNT ? item_covers(item->path, path)
					     : item->kind == ITEM_SCRATCH && !strcmp(item->path, path))
			return true;
	}
	return false;
}

bool items_missing(struct items *x, struct span where, const char *path, int error)
{
	bool missing = error == ENOENT || error == ENOTDIR;

	errno = error;
	fault_place(x->run->fault, missing ? ERR_PATH_MISSING : ERR_PATH_OPEN, where, path, "open");
	if (missing)
		return fault_add(x->run->fault,
				 "fix create it, or write `if-exists` or `make-dir` on that line");
	if (error == ENOSYS)
		return fault_add(x->run->fault,
				 "likely this kernel, or a filter around sbx-run, has no openat2");
	return false;
}

/* into: what the line found, NULL: nobody asks. */
static bool path_find(struct items *x, const struct landlock_rule *r, const char *path, struct opened *into)
{
	struct walk w;
	struct item item = {.kind = ITEM_BIND,
			    .rw = items_write(r),
			    .where = r->where,
			    .tmpl = r->place};
	int error;

	if (in_proc(x, path)) {
		x->proc = true;
		return true;
	}
	walk_begin(&w, x);
	w.nofollow = r->nofollow;
	error = walk(&w, path);
	if (into && x->by && !links_check(x->run, r, x->by, w.here))
		return false; /* before something is made there */
	if (error == ENOENT && r->missing == MISSING_MAKE) {
		if (!links_make(x->run, r, path))
			return false;
		error = walk(&w, path);
	}
	if (!error && w.fd < 0) {
		x->proc = true;
		return true;
	}
	if (!error) {
		item.fd = w.fd;
		bool good = found(x, &item, w.here, w.here);
		if (good && into)
			*into = (struct opened){w.fd, x->v[x->n - 1].is_dir, x->v[x->n - 1].path};
		return good;
	}
	if (r->missing == MISSING_SKIP && (error == ENOENT || error == ENOTDIR || error == EACCES)) {
		if (into)
			into->fd = OPENED_NOTHING;
		return true;
	}
	if (error == ELOOP && r->nofollow)
		return (fault_place)(x->run->fault, ERR_PATH_LINK, r->where, path, NULL);
	return items_missing(x, r->where, path, error);
}

static bool visit_path(void *ctx, const struct landlock_rule *r)
{
	struct items *x = ctx;
	struct opened *into = &x->opened[x->n_opened++];
	char path[PLAN_MAX_PATH + 1];

	into->fd = OPENED_ELSEWHERE;
	return run_rule_path(x->run, r, path) &&
	       (items_elsewhere(x, path) || path_find(x, r, path, into));
}

/* The entry and its ELF interpreter. */
static bool visit_entry(void *ctx, const struct landlock_rule *r)
{
	struct items *x = ctx;
	const struct program *p = &x->run->program;

	return path_find(x, r, p->path, NULL) && (!p->interp[0] || path_find(x, r, p->interp, NULL));
}

static bool visit_cover(void *ctx, const struct landlock_rule *r)
{
	struct items *x = ctx;
	struct walk w;
	struct item item = {.kind = ITEM_COVER,
			    .how = r->how,
			    .rw = !(r->how & (COVER_RO | COVER_HIDE)),
			    .where = r->where,
			    .tmpl = r->place};
	char path[PLAN_MAX_PATH + 1];
	int error;

	if (!run_rule_path(x->run, r, path))
		return false;
	if (items_elsewhere(x, path))
		return (fault_place)(x->run->fault, ERR_VIEW_PLACE, r->where, path, NULL);
	walk_begin(&w, x);
	w.how_far = true;
	error = walk(&w, path);
	if (x->by)
		return (fault_place)(x->run->fault, ERR_COVER_LINK, r->where, x->by, NULL) ||
		       fault_add(x->run->fault, "fix deny the place that it leads to, %s, by that name", w.here);
	item.fd = w.fd;
	if (!error && w.fd >= 0)
		return found(x, &item, w.here, w.here);
	if (!error)
		return true; /* in the new /proc, where nothing is written */
	if (error != ENOENT && error != ENOTDIR)
		return items_missing(x, r->where, path, error);
	item.missing = true;
	return items_add(x, &item, w.here, NULL);
}

/* A place of mount or scratch: where it is, is a path of the new tree. */
static bool other_place(struct items *x, const struct place_line *p, const char *at)
{
	char text[PLAN_MAX_LINE + 1], source[PLAN_MAX_PATH + 1], real[PLAN_MAX_PATH + 1];
	struct item item = {.kind = p->kind == PLACE_MOUNT ? ITEM_MOUNT : ITEM_SCRATCH,
			    .fd = -1,
			    .is_dir = true,
			    .rw = p->kind == PLACE_SCRATCH || p->rw,
			    .size = amount_get(&x->run->vars, &p->size),
			    .place = (unsigned)(p - x->run->plan->launch.places),
			    .where = p->where};
	struct span tmpl;
	int error;

	if (p->kind == PLACE_SCRATCH)
		return items_add(x, &item, at, NULL);
	if (!word_template(p->source, text, &tmpl) ||
	    !run_path(x->run, tmpl, p->where, source))
		return false;
	/* the links on the way to the source are nobody's in the new tree */
	error = items_find(x, source, real, &item.fd);
	if (x->by && !links_check(x->run, &(struct landlock_rule){.rights = UINT64_MAX, .where = p->where}, x->by, real))
		return false;
	if (error || item.fd < 0)
		return items_missing(x, p->where, source, error ? error : ENOENT);
	return found(x, &item, source, at);
}

static bool discard_place(struct items *x, const struct place_line *p, const char *at)
{
	struct item item = {
	    .kind = ITEM_DISCARD, .rw = true, .size = amount_get(&x->run->vars, &p->size), .where = p->where};
	struct walk w;
	int error;

	walk_begin(&w, x);
	error = walk(&w, at);
	x->layers = true;
	if (error || w.fd < 0)
		return items_missing(x, p->where, at, error ? error : ENOENT);
	item.fd = w.fd;
	if (!found(x, &item, w.here, w.here))
		return false;
	errno = ENOTDIR;
	return x->v[x->n - 1].is_dir ||
	       fault_place(x->run->fault, ERR_VIEW_PLACE, p->where, at, "discard of what is no folder");
}

static bool places_collect(struct items *x, bool discards)
{
	const struct launch *l = &x->run->plan->launch;
	char at[PLAN_MAX_PATH + 1];

	for (unsigned i = 0; i < l->n_places; i++) {
		const struct place_line *p = &l->places[i];
		if ((p->kind == PLACE_DISCARD) != discards)
			continue;
		if (!run_path(x->run, p->at, p->where, at) ||
		    !(discards ? discard_place(x, p, at) : other_place(x, p, at)))
			return false;
	}
	return true;
}

/* ---- order ----------------------------------------------------------------------------------- */

/* A slash comes before everything else, so that all below a place follows it without a gap. */
static int path_cmp(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	unsigned x = *a == '/' ? 1 : (unsigned char)*a, y = *b == '/' ? 1 : (unsigned char)*b;
	return x < y ? -1 : x > y;
}

static bool item_before(const struct item *a, const struct item *b)
{
	int c = path_cmp(a->path, b->path);

	return c ? c < 0 : a->kind < b->kind;
}

static void sift(struct item *v, unsigned root, unsigned n)
{
	for (unsigned child; (child = 2 * root + 1) < n; root = child) {
		struct item swap = v[root];
		if (child + 1 < n && item_before(&v[child], &v[child + 1]))
			child++;
		if (!item_before(&v[root], &v[child]))
			return;
		v[root] = v[child];
		v[child] = swap;
	}
}

/* A heap sort: qsort() of some C libraries allocates, and the library's child may not. */
static void items_sort(struct item *v, unsigned n)
{
	for (unsigned i = n / 2; i-- > 0;)
		sift(v, i, n);
	for (unsigned end = n; end-- > 1;) {
		struct item first = v[0];
		v[0] = v[end];
		v[end] = first;
		sift(v, 0, end);
	}
}

bool items_collect(struct run *r, struct items *out)
{
	const struct landlock *l = &r->plan->landlock;
	const struct landlock_visitor visitor = {.entry = visit_entry,
						 .path = visit_path,
						 .glob = globs_visit,
						 .cover = visit_cover,
						 .ctx = out};
	const size_t lines = l->n_paths + l->n_covers + r->plan->launch.n_places + 4u;
	/* what patterns fit: pages that are not touched cost nothing */
	const size_t cap = lines + (size_t)PLAN_MAX_GLOB_MATCHES * (l->n_globs + l->n_masks);

	*out = (struct items){.run = r, .cap = (unsigned)cap, .cap_links = (unsigned)(lines * 8)};
	out->opened = pool_take(r->pool, (l->n_paths + 1u) * sizeof(struct opened));
	out->v = pool_take(r->pool, cap * sizeof(struct item));
	out->links = pool_take(r->pool, out->cap_links * sizeof(struct item_link));
	if (!out->v || !out->links || !out->opened)
		return fault_memory(r->fault, "view");
	if (!links_places(r, &r->link_places) || !plan_kept(r))
		return false;
	if ((r->plan->launch.n_places && !places_collect(out, false)) || !landlock_visit(l, &visitor) ||
	    (r->plan->launch.n_places && !places_collect(out, true)) || !masks_place(out) || !asserts_look(out) ||
	    !pins_add(out))
		return false;
	items_sort(out->v, out->n);
	return true;
}
