/*
 * plan_write.c - atomic replacement of a directory.
 */
#include "plan_write.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "str.h"

enum { MAX_PLAN_FILES = 64 };

/* ---- what is there now ---- */

/* Does the file hold exactly these bytes? */
static bool same_bytes(int dir, const struct artifact *v)
{
	char buf[64 * 1024];
	size_t at = 0;
	struct stat st;
	int fd = openat(dir, v->name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return false;
	bool same = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (size_t)st.st_size == v->size &&
		    (st.st_mode & 022) == 0;
	while (same && at < v->size) {
		ssize_t n = read(fd, buf, sizeof(buf));
		same = n > 0 && at + (size_t)n <= v->size && memcmp(buf, v->data + at, (size_t)n) == 0;
		at += same ? (size_t)n : 0;
	}
	close(fd);
	return same;
}

/* seccomp-ARCH.bpf, seccomp-ARCH.txt, seccomp-ARCH.proof, seccomp-ARCH.calls */
static bool seccomp_name(const char *name)
{
	size_t n = strlen("seccomp-");
	if (strncmp(name, "seccomp-", n) != 0)
		return false;
	size_t arch = strspn(name + n, "abcdefghijklmnopqrstuvwxyz0123456789_");
	const char *end = name + n + arch;
	return arch && (strcmp(end, ".bpf") == 0 || strcmp(end, ".txt") == 0 || strcmp(end, ".proof") == 0 || strcmp(end, ".calls") == 0);
}

/* Names a plan may hold: those of this one, and those any version of sbxc writes. */
static bool plan_name(const char *name, const struct artifact *v, unsigned n)
{
	static const char *const known[] = {"plan.yaml",     "SHA256SUMS",  "launch.conf",
					    "landlock.conf", "cgroup.conf", "seatbelt.sb", "egress.yaml",
					    "launch-macos.conf"};
	for (unsigned i = 0; i < n; i++)
		if (strcmp(name, v[i].name) == 0)
			return true;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(name, known[i]) == 0)
			return true;
	return seccomp_name(name);
}

struct listing {
	const char *names[MAX_PLAN_FILES];
	unsigned n;
	const char *foreign; /* a name that is of no plan, or NULL */
};

/* What replacing the directory would delete must be files that only sbxc writes: every plan is sealed by its sums. */
static bool list_plan(struct arena *a, const char *path, const struct artifact *v, unsigned n, struct listing *out)
{
	DIR *d = opendir(path);
	bool sealed = false;
	struct stat st;
	*out = (struct listing){0};
	if (!d)
		return false;
	for (const struct dirent *e; (e = readdir(d));) {
		const char *name = e->d_name;
		if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
			continue;
		if (!plan_name(name, v, n) || out->n == MAX_PLAN_FILES ||
		    (fstatat(dirfd(d), name, &st, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISREG(st.st_mode)))
			out->foreign = arena_strdup(a, name);
		else
			out->names[out->n++] = arena_strdup(a, name);
		sealed |= strcmp(name, "SHA256SUMS") == 0;
	}
	closedir(d);
	if (!sealed && out->n && !out->foreign)
		out->foreign = out->names[0];
	return true;
}

static bool is_unchanged(const char *path, const struct listing *old, const struct artifact *v, unsigned n)
{
	if (old->n != n)
		return false;
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool same = dir >= 0;
	for (unsigned i = 0; same && i < n; i++)
		same = same_bytes(dir, &v[i]);
	if (dir >= 0)
		close(dir);
	return same;
}

/* ---- writing ---- */

static bool write_all(int fd, const char *data, size_t size)
{
	while (size) {
		ssize_t n = write(fd, data, size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		data += n;
		size -= (size_t)n;
	}
	return true;
}

static bool put_file(int dir, const char *name, const char *data, size_t size)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return false;
	bool ok = write_all(fd, data, size) && fchmod(fd, 0644) == 0 && fsync(fd) == 0;
	int saved = errno;
	if (close(fd) != 0 && ok) {
		ok = false;
		saved = errno;
	}
	errno = saved;
	return ok;
}

static void remove_plan(const char *path, const char *const *names, unsigned n)
{
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (dir < 0)
		return;
	for (unsigned i = 0; i < n; i++)
		unlinkat(dir, names[i], 0);
	close(dir);
	rmdir(path);
}

static bool fill_dir(const char *path, const struct artifact *v, unsigned n, const char **failed)
{
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	bool ok = dir >= 0;
	*failed = path;
	for (unsigned i = 0; ok && i < n; i++) {
		*failed = v[i].name;
		ok = put_file(dir, v[i].name, v[i].data, v[i].size);
	}
	ok = ok && fchmod(dir, 0755) == 0 && fsync(dir) == 0;
	int saved = errno;
	if (dir >= 0)
		close(dir);
	errno = saved;
	return ok;
}

/* Swaps the finished directory in. Afterwards the old plan, if there was one, stands at tmp. */
static bool swap_in(const char *tmp, const char *dir, bool exists)
{
	if (!exists)
		return renameat2(AT_FDCWD, tmp, AT_FDCWD, dir, RENAME_NOREPLACE) == 0 ||
		       (errno == EINVAL && rename(tmp, dir) == 0);
	return renameat2(AT_FDCWD, tmp, AT_FDCWD, dir, RENAME_EXCHANGE) == 0;
}

/* The place without trailing slashes; a symbolic link to a directory is followed. */
static const char *real_place(struct arena *a, const char *dir)
{
	size_t n = strlen(dir);
	while (n > 1 && dir[n - 1] == '/')
		n--;
	const char *place = arena_strndup(a, dir, n);
	char *real = realpath(place, NULL);
	if (real) {
		place = arena_strdup(a, real);
		free(real);
	}
	return place;
}

static const char *temp_beside(struct arena *a, const char *place)
{
	const char *slash = strrchr(place, '/');
	int folder = slash ? (int)(slash - place) + 1 : 0;
	return arena_printf(a, "%.*s.sbx-plan-XXXXXX", folder, place);
}

static const char *foreign_error(struct arena *a, const char *shown, const struct listing *old)
{
	return arena_printf(a, "%s holds `%s`, which is not of a plan: name a new or empty directory", shown, old->foreign);
}

static void sync_folder(struct arena *a, const char *place)
{
	const char *slash = strrchr(place, '/');
	int fd = open(slash ? arena_strndup(a, place, (size_t)(slash - place) + 1) : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	fsync(fd);
	close(fd);
}

/* The old plan, swapped out to tmp, goes. What came into it since it was looked at goes back with it. */
static const char *drop_old(struct arena *a, const char *shown, const char *tmp, const char *place,
			    const struct artifact *v, unsigned n)
{
	struct listing old;
	if (!list_plan(a, tmp, v, n, &old))
		return NULL; /* another compiler may clean up what was its own */
	if (old.foreign && swap_in(tmp, place, true))
		return foreign_error(a, shown, &old);
	sync_folder(a, place);
	remove_plan(tmp, old.names, old.n);
	return NULL;
}

static const char *write_and_swap(struct arena *a, const char *shown, const char *place, bool exists,
				  const struct artifact *v, unsigned n)
{
	const char *names[MAX_PLAN_FILES], *failed, *error = NULL;
	char *tmp = arena_strdup(a, temp_beside(a, place));
	for (unsigned i = 0; i < n; i++)
		names[i] = v[i].name;
	if (!mkdtemp(tmp))
		return arena_printf(a, "cannot make a directory beside %s: %s", shown, strerror(errno));
	if (!fill_dir(tmp, v, n, &failed))
		error = arena_printf(a, "cannot write %s of the plan: %s", failed, strerror(errno));
	else if (swap_in(tmp, place, exists))
		error = exists ? drop_old(a, shown, tmp, place, v, n) : NULL;
	else if (!exists && errno == EEXIST && swap_in(tmp, place, true))
		error = drop_old(a, shown, tmp, place, v, n); /* another compiler was faster */
	else
		error = arena_printf(a, "cannot put the plan at %s: %s", shown, strerror(errno));
	if (error)
		remove_plan(tmp, names, n);
	return error;
}

const char *plan_write(struct arena *a, const char *dir, const struct artifact *v, unsigned n, bool *unchanged)
{
	struct listing old = {0};
	struct stat st;
	const char *place = real_place(a, dir);
	bool exists = lstat(place, &st) == 0;
	*unchanged = false;
	if (n > MAX_PLAN_FILES)
		return "the plan has too many files";
	if (exists && !S_ISDIR(st.st_mode))
		return arena_printf(a, "%s is there and is not a directory", dir);
	if (exists && !list_plan(a, place, v, n, &old))
		return arena_printf(a, "cannot read %s: %s", dir, strerror(errno));
	if (old.foreign)
		return foreign_error(a, dir, &old);
	if (exists && (st.st_mode & 022) == 0 && is_unchanged(place, &old, v, n)) {
		*unchanged = true;
		return NULL;
	}
	sigset_t all, before;
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	const char *error = write_and_swap(a, dir, place, exists, v, n);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return error;
}

/* A file that is no regular one cannot be replaced by another: whoever reads it, or discards it, reads this one. */
static const char *put_into(struct arena *a, const char *path, const void *data, size_t size)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	bool ok = fd >= 0 && write_all(fd, data, size);
	int saved = errno;
	if (fd >= 0 && close(fd) != 0 && ok) {
		ok = false;
		saved = errno;
	}
	return ok ? NULL : arena_printf(a, "cannot write %s: %s", path, strerror(saved));
}

static const char *put_whole(struct arena *a, const char *path, const void *data, size_t size, mode_t mode)
{
	char *tmp = arena_printf(a, "%s.XXXXXX", path);
	int fd = mkostemp(tmp, O_CLOEXEC);
	if (fd < 0)
		return arena_printf(a, "cannot write %s: %s", path, strerror(errno));
	bool ok = write_all(fd, data, size) && fchmod(fd, mode) == 0 && fsync(fd) == 0;
	int saved = errno;
	if (close(fd) != 0 && ok) {
		ok = false;
		saved = errno;
	}
	if (ok && rename(tmp, path) == 0)
		return NULL;
	const char *error = arena_printf(a, "cannot write %s: %s", path, strerror(ok ? errno : saved));
	unlink(tmp);
	return error;
}

static mode_t mode_of_new(void)
{
	mode_t mask = umask(0);
	umask(mask);
	return 0666 & ~mask;
}

const char *file_write(struct arena *a, const char *path, const void *data, size_t size)
{
	struct stat st;
	char real[PATH_MAX];
	bool there = stat(path, &st) == 0;
	if (there && !S_ISREG(st.st_mode))
		return put_into(a, path, data, size);
	if (there && !realpath(path, real))
		return arena_printf(a, "cannot write %s: %s", path, strerror(errno));
	sigset_t all, before;
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	const char *error = put_whole(a, there ? real : path, data, size, there ? st.st_mode & 07777 : mode_of_new());
	sigprocmask(SIG_SETMASK, &before, NULL);
	return error;
}
