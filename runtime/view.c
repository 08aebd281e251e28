/*
 * view.c - the file system that the program sees: mounts of the places that the plan names, under a
 * new root or over that of the host, then the Landlock rules on them.
 *
 * The new root is a tmpfs that lies over "/" while it is filled, so that the tree of the host stays in
 * reach of this process and of nobody else. Mount points are made in it and in what lies in memory,
 * never in a folder of the host. One pivot_root and one umount end it: each costs a wait for all
 * processors.
 */
#include "view.h"

#include <errno.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "apply.h"
#include "fds.h"
#include "mount_calls.h"
#include "namespaces.h"
#include "template.h"
#include "view_items.h"
#include "view_kept.h"
#include "view_mounts.h"
#include "view_points.h"

enum { MAX_DEPTH = 512, RAMFS = 0x858458f6, TMPFS = 0x01021994 };
static const uint64_t inside = RESOLVE_NO_LINKS | RESOLVE_NO_MAGIC | RESOLVE_BELOW;
static const char layer_name[] = ".sbx-layer";

struct view {
	struct run *run;
	unsigned first; /* of the items, after those of the root itself */
	struct items *items;
	bool private;
	int store; /* the tmpfs over "/": the new root, or a place for what is shown nowhere */
	int old;   /* the root of the host */
	struct points points; /* below the store, or the root of the host */
	unsigned depth;
	unsigned above[MAX_DEPTH]; /* the numbers of the places that the current one lies in */
};

static bool (step_fault)(struct view *v, const char *words)
{
	return fault_step_words(v->run->fault, words);
}
#define step_fault(v, what) step_fault(v, SAID("view\0" what))

static bool (item_fault)(struct view *v, const struct item *i, const char *what)
{
	return (fault_place)(v->run->fault, ERR_VIEW_PLACE, i->where, i->path, what);
}
#define item_fault(v, i, what) item_fault(v, i, SAID(what))

/* By the descriptor of its root. */
static int unmount(int fd)
{
	char path[32 + NUM_TEXT];

	text_print(path, sizeof(path), "/proc/self/fd/%u", fd);
	return umount2(path, MNT_DETACH);
}

/* Is it a cover under which nothing of the host is seen? */
static bool hides(const struct item *i)
{
	return i && i->kind == ITEM_COVER && (i->how & COVER_HIDE);
}

/* ---- mount points ---------------------------------------------------------------------------- */

/* Does what is mounted there lie in memory, so that mount points may be made in it? */
static bool ours(const struct view *v, const struct item *above)
{
	if (!above)
		return v->private;
	return above->kind == ITEM_SCRATCH || above->kind == ITEM_DISCARD || hides(above);
}

/* Puts the tree where the path is; what is there already is covered. */
static bool tree_place(struct view *v, int tree, const char *path, bool is_dir, const struct item *above)
{
	int at;

	if (ours(v, above)) {
		at = point_parent(&v->points, path, above && above->path[1] ? strlen(above->path) : 0);
		return at >= 0 && point_make(at, point_name(path), is_dir) &&
		       tree_put_at(tree, at, point_name(path)) == 0;
	}
	at = point_find(&v->points, path);
	if (at < 0 || tree_put(tree, at))
		return false;
	fd_leave(at);
	return true;
}

/* ---- what is mounted ------------------------------------------------------------------------- */

static uint64_t attributes_of(const struct item *i, bool rw)
{
	uint64_t set = ATTR_NOSUID;

	if (!rw)
		set |= ATTR_RDONLY;
	if (!i->is_device && !item_covers("/dev", i->path))
		set |= ATTR_NODEV;
	if (i->how & COVER_NOEXEC)
		set |= ATTR_NOEXEC;
	return set;
}

/*
 * An empty folder. What is shown again below needs a way there and mount points, so it is closed to
 * reading only, and made read only when all of them are in it.
 */
static int folder_hidden(struct item *i, const struct item *next)
{
	bool passed = next && item_covers(i->path, next->path);

	i->filled = passed;
	return memory_mount(passed ? "0111" : "0000", 65536, 128,
			    ATTR_NOSUID | ATTR_NODEV | ATTR_NOEXEC | (passed ? 0 : ATTR_RDONLY));
}

static void layer_end(struct view *v, int layer)
{
	int error = errno;

	unmount(layer);
	unlinkat(v->store, layer_name, AT_REMOVEDIR);
	close(layer);
	errno = error;
}

/* The folder where changes go has to be attached until the overlay holds it. */
static int layer_make(struct view *v, uint64_t size, int *upper, int *work)
{
	int layer = memory_mount("0700", size, memory_names(size), ATTR_NOSUID | ATTR_NODEV), at = -1;

	if (layer >= 0 && mkdirat(v->store, layer_name, 0700) == 0)
		at = place_open(v->store, layer_name, O_DIRECTORY, inside);
	if (at < 0 || tree_put(layer, at) || mkdirat(layer, "upper", 0755) ||
	    mkdirat(layer, "work", 0700))
		return -1;
	close(at);
	*upper = place_open(layer, "upper", O_DIRECTORY, inside);
	*work = place_open(layer, "work", O_DIRECTORY, inside);
	return *upper < 0 || *work < 0 ? -1 : layer;
}

static int overlay_make(struct view *v, const struct item *i)
{
	int upper, work, layer = layer_make(v, i->size, &upper, &work), fs = layer < 0 ? -1 : fs_open("overlay"), mount;
	struct stat st;

	if (fs < 0)
		return -1;
	if (fstat(i->fd, &st) == 0)
		(void)!fchmodat(layer, "upper", st.st_mode & 0777, 0);
	if (!fs_option_number(fs, "lowerdir", "/proc/self/fd/", (uint64_t)i->fd) ||
	    !fs_option_number(fs, "upperdir", "/proc/self/fd/", (uint64_t)upper) ||
	    !fs_option_number(fs, "workdir", "/proc/self/fd/", (uint64_t)work) ||
	    (namespaces_wanted(v->run, ISOLATE_USER) && fs_option(fs, "userxattr", NULL)))
		return -1;
	mount = fs_mount(fs, ATTR_NOSUID | ATTR_NODEV);
	close(upper);
	close(work);
	layer_end(v, layer);
	return mount;
}

static int tree_make(struct view *v, struct item *i, const struct item *next)
{
	switch (i->kind) {
	case ITEM_PIN:
	case ITEM_BIND:
	case ITEM_MOUNT:
		return host_mount(i->fd, attributes_of(i, i->rw));
	case ITEM_SCRATCH:
		return memory_mount("0700", i->size, memory_names(i->size), ATTR_NOSUID | ATTR_NODEV);
	case ITEM_DISCARD:
		return overlay_make(v, i);
	case ITEM_COVER:
		if (!hides(i))
			return host_mount(i->fd, attributes_of(i, i->rw));
		return i->is_dir ? folder_hidden(i, next) : file_hidden();
	}
	errno = EINVAL;
	return -1;
}

/* ---- one place after the other --------------------------------------------------------------- */

static const struct item *above_of(struct view *v, const struct item *i)
{
	const struct item *all = v->items->v;

	while (v->depth && !item_covers(all[v->above[v->depth - 1]].path, i->path))
		v->depth--;
	return v->depth ? &all[v->above[v->depth - 1]] : NULL;
}

/* Has it to be a mount point, because the folder it lies in may be written? It shows what is there, as it is seen already. */
static bool pinned(struct item *i, const struct item *above)
{
	if ((i->kind != ITEM_PIN && !i->pin) || !above || !above->rw || hides(above) || above->kind == ITEM_DISCARD)
		return false;
	i->rw = true;
	i->how = above->how & COVER_NOEXEC;
	return true;
}

/*
 * Is the place seen already, as it has to be? What is given above holds below too, but not through a
 * cover, and what is kept is not what is thrown away.
 */
static bool seen(struct view *v, struct item *i, const struct item *above)
{
	if (pinned(i, above))
		return false;
	if (i->kind == ITEM_PIN)
		return true;
	if (i->kind != ITEM_BIND)
		return false;
	if (!v->private)
		return true;
	if (!above || hides(above) || above->kind == ITEM_SCRATCH)
		return false;
	if (above->kind == ITEM_DISCARD)
		return !i->rw;
	i->rw |= above->rw;
	return i->rw == above->rw && !i->is_device;
}

/* A place that another line names too: what either may, it may; what either cover takes is taken. */
static bool merged(const struct item *i, struct item *next)
{
	if (!next || strcmp(i->path, next->path) != 0)
		return false;
	if (next->kind == ITEM_BIND) {
		next->rw |= i->rw;
		next->pin |= i->kind == ITEM_PIN || i->pin;
	}
	if (next->kind == ITEM_COVER && i->kind == ITEM_COVER) {
		next->how |= i->how;
		next->rw &= i->rw;
	}
	return true;
}

static bool cover_needed(struct view *v, const struct item *i, const struct item *above, bool *needed)
{
	bool hidden = hides(above), writable = above && above->rw && !hidden;

	*needed = !i->missing && (above || !v->private) && !(i->match && hidden);
	if (!i->missing)
		return true;
	if (!writable && !hidden && (above ? above->kind == ITEM_BIND : !v->private))
		return view_kept_missing(v->run, i->path);
	if (!writable)
		return true;
	(fault_place)(v->run->fault, ERR_COVER_MISSING, i->where, i->path, NULL);
	return fault_add(v->run->fault, "fix create it, or deny a place that is there");
}

/* What is gone by now, or is a link, fits no more. *gone, or false after a fault. */
static bool late_open(struct view *v, struct item *i, bool *gone)
{
	i->fd = place_open(AT_FDCWD, i->path, O_NOFOLLOW, RESOLVE_NO_LINKS | RESOLVE_NO_MAGIC);
	*gone = i->fd < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP);
	return i->fd >= 0 || *gone || item_fault(v, i, "open");
}

/* A file system that the kernel does not have can only be the overlay: the others are part of every kernel. */
static bool tree_fault(struct view *v, const struct item *i, int error)
{
	errno = error;
	item_fault(v, i, "mount");
	return error == ENODEV &&
	       fault_add(v->run->fault, "fix modprobe overlay, or write to a `scratch`");
}

static bool item_mount(struct view *v, struct item *i, const struct item *above,
		       const struct item *next)
{
	int tree = tree_make(v, i, next);

	if (tree < 0)
		return tree_fault(v, i, errno);
	if (i->kind == ITEM_SCRATCH && !files_copy(v->run, i->place, tree))
		return false;
	if (tree_place(v, tree, i->path, i->is_dir, above)) {
		i->tree = tree;
		if (!i->filled)
			fd_leave(tree);
		return true;
	}
	item_fault(v, i, "open of the place");
	return fault_add(v->run->fault, "fix name a place that is there, or one outside of the "
					"folders of the host: nothing is made in them");
}

static bool item_place(struct view *v, struct item *i, const struct item *next)
{
	const struct item *above = above_of(v, i);
	bool needed = true, gone = false, known = seen(v, i, above);

	if (i->kind == ITEM_COVER && !cover_needed(v, i, above, &needed))
		return false;
	if (!needed)
		return true;
	if (v->depth == MAX_DEPTH)
		return errno = ELOOP, item_fault(v, i, "too deep");
	if (!known && i->late && !late_open(v, i, &gone))
		return false;
	if (gone)
		return true;
	if (!known && !item_mount(v, i, above, next))
		return false;
	if (!known && i->late)
		fd_leave(i->fd);
	/* a place that is seen through the one above needs no level of its own, unless it gives more */
	if (!known || (!v->private && i->rw))
		v->above[v->depth++] = (unsigned)(i - v->items->v);
	return true;
}

/* A path line that values or links put into a cover, without a cover line of its own. */
static bool nested_check(struct view *v)
{
	const struct item *items = v->items->v, *cover = NULL;

	for (unsigned i = 0; i < v->items->n; i++) {
		bool own = false;
		for (unsigned k = 0; k < v->items->n && items[i].kind == ITEM_BIND && !own; k++)
			own = items[k].kind == ITEM_COVER && span_same(items[k].tmpl, items[i].tmpl);
		for (unsigned k = 0; k < v->items->n && items[i].kind == ITEM_BIND && !own; k++) {
			cover = &items[k];
			if (cover->kind == ITEM_COVER && item_covers(cover->path, items[i].path))
				return (fault_place)(v->run->fault, ERR_COVER_NESTED, items[i].where, items[i].path, NULL);
		}
	}
	return true;
}

static bool items_place(struct view *v)
{
	struct item *items = v->items->v;
	unsigned n = v->items->n;

	for (unsigned i = v->first; i < n; i++) {
		struct item *next = i + 1 < n ? &items[i + 1] : NULL;
		if (!merged(&items[i], next) && !item_place(v, &items[i], next))
			return false;
	}
	return true;
}

/* ---- the root -------------------------------------------------------------------------------- */

static bool links_make(struct view *v)
{
	for (unsigned i = 0; i < v->items->n_links; i++) {
		const struct item_link *l = &v->items->links[i];
		bool shown = false;
		int dir;
		for (unsigned k = 0; k < v->items->n && !shown; k++)
			shown = item_covers(v->items->v[k].path, l->path);
		if (shown)
			continue; /* with the folder it stands in */
		dir = point_parent(&v->points, l->path, 0);
		if (dir < 0)
			return step_fault(v, "folder of a symbolic link");
		if (symlinkat(l->target, dir, point_name(l->path)) && errno != EEXIST)
			return step_fault(v, "symlink");
	}
	return true;
}

/* All lines that give the root, as one; NULL: none does. Then the root is that of the host. */
static struct item *root_item(struct view *v)
{
	struct item *items = v->items->v;

	while (v->first < v->items->n && !items[v->first].path[1])
		if (++v->first < v->items->n && !items[v->first].path[1])
			items[v->first].rw |= items[v->first - 1].rw;
	return v->private && v->first ? &items[v->first - 1] : NULL;
}

/* Copied before anything lies over it, which the copy would hold as well. */
static bool root_open(struct view *v)
{
	struct item *root = root_item(v);
	int tree = -1, old;

	v->points.root = v->old = old = openat(AT_FDCWD, "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	v->store = memory_mount("0755", 1 << 20, 64 + 16ull * (v->items->n + v->items->n_links),
				ATTR_NOSUID | ATTR_NODEV | ATTR_NOEXEC);
	if (old < 0 || v->store < 0)
		return step_fault(v, "tmpfs");
	if (root && root->kind == ITEM_BIND && (tree = host_mount(root->fd, attributes_of(root, root->rw))) < 0)
		return item_fault(v, root, "mount");
	if (tree_put(v->store, old))
		return step_fault(v, "move_mount of the root");
	if (!v->private)
		return true;
	if (root && tree < 0 && (tree = tree_make(v, root, NULL)) < 0)
		return item_fault(v, root, "mount");
	if (root && tree_put(tree, v->store))
		return item_fault(v, root, "move_mount");
	v->points.root = root ? tree : v->store;
	if (root)
		v->above[v->depth++] = (unsigned)(root - v->items->v);
	return true;
}

static bool proc_mount(struct view *v)
{
	bool all = !v->private || v->first;
	int fs, tree;

	if (!namespaces_wanted(v->run, ISOLATE_PID) || !(all || v->items->proc))
		return true;
	fs = fs_open("proc");
	tree = fs < 0 ? -1 : fs_mount(fs, ATTR_NOSUID | ATTR_NODEV | ATTR_NOEXEC);
	if (tree < 0) {
		step_fault(v, "proc of the new processes");
		return fault_add(
		    v->run->fault,
		    "likely something is mounted inside /proc on this host, as in containers");
	}
	if (!tree_place(v, tree, "/proc", true, NULL))
		return step_fault(v, "/proc");
	fd_leave(tree);
	return true;
}

/* What had to be writable while mount points were made. */
static bool folders_close(struct view *v)
{
	for (unsigned i = 0; i < v->items->n; i++) {
		const struct item *item = &v->items->v[i];
		if (item->filled && tree_set(item->tree, ATTR_RDONLY, 0))
			return step_fault(v, "mount_setattr of a cover");
	}
	return true;
}

/* Is the tree of the host what the kernel unpacked at boot? Such a root cannot be taken away. */
static bool on_initramfs(int old)
{
	struct statfs fs;

	return fstatfs(old, &fs) == 0 && (fs.f_type == RAMFS || fs.f_type == TMPFS);
}

/*
 * Then the new root stays mounted over it, and becomes the root of this process. The way back would be to unmount it, which
 * takes a capability in the namespace that owns the mounts: the program has none, gets none, and in a namespace of its own
 * the mounts are locked. Nothing of the old root is open or is the working directory when the program runs.
 */
static bool root_cover(struct view *v)
{
	if (chroot("."))
		return step_fault(v, "chroot");
	return chdir("/") == 0 || step_fault(v, "chdir");
}

static bool root_enter(struct view *v)
{
	if (tree_set(v->store, ATTR_RDONLY, 0))
		return step_fault(v, "mount_setattr of the root");
	if (fchdir(v->points.root))
		return step_fault(v, "fchdir");
	if (syscall(SYS_pivot_root, ".", ".")) {
		if (errno == EINVAL && on_initramfs(v->old))
			return root_cover(v);
		return step_fault(v, "pivot_root");
	}
	if (umount2(".", MNT_DETACH))
		return step_fault(v, "umount of the old root");
	return chdir("/") == 0 || step_fault(v, "chdir");
}

static bool store_leave(struct view *v)
{
	return unmount(v->store) == 0 || step_fault(v, "umount");
}

static bool points_ready(struct view *v)
{
	const struct items *x = v->items;
	size_t longest = strlen("/proc");

	for (unsigned i = 0; i < x->n; i++)
		longest = strlen(x->v[i].path) > longest ? strlen(x->v[i].path) : longest;
	for (unsigned i = 0; i < x->n_links; i++)
		longest = strlen(x->links[i].path) > longest ? strlen(x->links[i].path) : longest;
	return points_begin(&v->points, v->run->pool, longest) || step_fault(v, "memory");
}

static bool view_build(struct run *r)
{
	struct items items;
	struct view v; /* not cleared: its lists are long, and counted */

	v.run = r;
	v.items = &items;
	v.private = r->plan->launch.private_root;
	v.first = v.depth = 0;
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return step_fault(&v, "private mounts");
	if (!items_collect(r, &items) || !points_ready(&v) || !root_open(&v) || !nested_check(&v))
		return false;
	if (v.private && !links_make(&v))
		return false;
	/* what lies under a layer is another file than that of the host */
	r->opened = items.layers ? NULL : items.opened;
	return items_place(&v) && proc_mount(&v) && folders_close(&v) &&
	       (v.private ? root_enter(&v) : store_leave(&v));
}

/* ---- where it starts, and what is opened in it ----------------------------------------------- */

/* With the place of `directory`, else where the caller was, as far as the tree has it. */
static bool directory_enter(struct run *r, const char *caller)
{
	const struct launch *l = &r->plan->launch;
	char path[PLAN_MAX_PATH + 1];

	if (!l->directory.at) {
		if (caller[0] == '/' && chdir(caller) == 0)
			return true;
		return chdir("/") == 0 || fault_step(r->fault, "directory", "chdir");
	}
	if (!run_path(r, l->directory, l->directory_where, path))
		return false;
	if (chdir(path) == 0)
		return true;
	return fault_place(r->fault, ERR_VIEW_PLACE, l->directory_where, path, "chdir");
}

/* The program as the new tree has it; the old descriptor would lead out of it. */
static bool program_again(struct run *r)
{
	struct program *p = &r->program;
	struct stat before, now;
	bool known = p->fd >= 0 && fstat(p->fd, &before) == 0;

	if (p->fd < 0)
		return true;
	close(p->fd);
	p->fd = openat(AT_FDCWD, p->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (p->fd >= 0 && fstat(p->fd, &now) == 0 && known && now.st_ino == before.st_ino)
		return true;
	if (p->fd >= 0)
		errno = ESTALE;
	fault_say(r->fault, ERR_VIEW_PLACE, "at %s", p->path);
	return fault_errno(r->fault, "open of the program in its tree");
}

/* Its mounts would be those of the host: a way to what is covered, past what is read only. */
static bool stdio_outside(struct run *r)
{
	static const char names[] = "stdin\0stdout\0stderr";
	struct stat st;

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
			fault_say(r->fault, ERR_STEP, "step descriptors");
			return fault_add(r->fault,
					 "failed %s is a folder, which leads out of the tree of the program\n"
					 "fix start it with another %s", text_nth(names, (size_t)fd), text_nth(names, (size_t)fd));
		}
	return true;
}

bool apply_view(struct run *r)
{
	char caller[PLAN_MAX_PATH + 1] = "";
	int proc;

	if (!namespaces_wanted(r, ISOLATE_MOUNT))
		return !r->plan->launch.directory.at || directory_enter(r, caller);
	if (!getcwd(caller, sizeof(caller)))
		caller[0] = 0;
	return stdio_outside(r) && view_kept_begin(r, &proc) && view_build(r) && view_kept_send(r, proc) && program_again(r) && landlock_prepare(r) &&
	       exec_fd_prepare(r) && directory_enter(r, caller);
}
