/*
 * files.c - files outside, by every way a path or a descriptor leads to them.
 */
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/sysmacros.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LEAKED_FILE = 7, LEAKED_DIR = 8 }; /* the runner leaves out/secret and out open there */

static int leaked_file(const struct world *w)
{
	(void)w;
	return fd_reads_secret(LEAKED_FILE);
}

static int leaked_dir(const struct world *w)
{
	(void)w;
	int fd = openat(LEAKED_DIR, "secret", O_RDONLY | O_CLOEXEC);
	return fd < 0 ? errno : fd_reads_secret(fd);
}

static int leaked_cwd(const struct world *w)
{
	(void)w;
	return fchdir(LEAKED_DIR) != 0 ? errno : reads_secret("secret");
}

/* A sandbox has the descriptors it needs and no other: 3 to 63. */
static int leaked_any(const struct world *w)
{
	(void)w;
	for (int fd = 3; fd < 64; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			return 0;
	return EBADF;
}

static int read_path(const struct world *w)
{
	return reads_secret(at(w, "out/secret"));
}

static int read_dotdot(const struct world *w)
{
	return reads_secret(at(w, "ro/../out/secret"));
}

static int read_cwd(const struct world *w)
{
	(void)w;
	return reads_secret("../out/secret");
}

static int list_dir(const struct world *w)
{
	return close_fd(open(at(w, "out"), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

static int read_symlink(const struct world *w)
{
	unlink(at(w, "in/link"));
	return symlink(at(w, "out/secret"), at(w, "in/link")) != 0 ? errno : reads_secret(at(w, "in/link"));
}

static int read_hardlink(const struct world *w)
{
	unlink(at(w, "in/hard"));
	return link(at(w, "out/secret"), at(w, "in/hard")) != 0 ? errno : reads_secret(at(w, "in/hard"));
}

/* O_PATH needs no right; opening what it names again does. */
static int read_reopen(const struct world *w)
{
	char self[64];
	int fd = open(at(w, "out/secret"), O_PATH | O_CLOEXEC);
	if (fd < 0)
		return errno;
	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	int error = reads_secret(self);
	close(fd);
	return error;
}

static int read_opath_dir(const struct world *w)
{
	int dir = open(at(w, "out"), O_PATH | O_DIRECTORY | O_CLOEXEC);
	int fd = dir < 0 ? -1 : openat(dir, "secret", O_RDONLY | O_CLOEXEC);
	return fd < 0 ? errno : fd_reads_secret(fd);
}

static int read_handle(const struct world *w)
{
	union {
		struct file_handle h;
		char space[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} u = {.h = {.handle_bytes = MAX_HANDLE_SZ}};
	int mount, at_dir = open(at(w, "in"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (name_to_handle_at(AT_FDCWD, at(w, "out/secret"), &u.h, &mount, 0) != 0)
		return errno;
	int fd = open_by_handle_at(at_dir, &u.h, O_RDONLY);
	return fd < 0 ? errno : fd_reads_secret(fd);
}

/* A second name by the descriptor alone: whoever opened it may give it one since Linux 6.10. */
static int read_hardlink_fd(const struct world *w)
{
	unlink(at(w, "in/hard"));
	int fd = open(at(w, "out/secret"), O_PATH | O_CLOEXEC);
	return fd < 0 || linkat(fd, "", AT_FDCWD, at(w, "in/hard"), AT_EMPTY_PATH) != 0 ? errno : reads_secret(at(w, "in/hard"));
}

/* By a handle alone, in no file system: those of processes and namespaces have handles too. */
static int open_handle(const struct world *w)
{
	union {
		struct file_handle h;
		char space[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} u = {.h = {.handle_bytes = 8, .handle_type = 1}};
	(void)w;
	return close_fd(open_by_handle_at(-1, &u.h, O_RDONLY));
}

static int rename_in(const struct world *w)
{
	int error = result(rename(at(w, "out/file"), at(w, "in/moved")));
	if (!error)
		rename(at(w, "in/moved"), at(w, "out/file"));
	return error;
}

static int rename_out(const struct world *w)
{
	int error = result(rename(at(w, "in/own"), at(w, "out/new")));
	if (!error)
		rename(at(w, "out/new"), at(w, "in/own"));
	return error;
}

static int rename_exchange(const struct world *w)
{
	int error = result(renameat2(AT_FDCWD, at(w, "in/own"), AT_FDCWD, at(w, "out/file"), RENAME_EXCHANGE));
	if (!error)
		renameat2(AT_FDCWD, at(w, "in/own"), AT_FDCWD, at(w, "out/file"), RENAME_EXCHANGE);
	return error;
}

static int write_out(const struct world *w)
{
	return close_fd(open(at(w, "out/file"), O_WRONLY | O_CLOEXEC));
}

static int write_ro(const struct world *w)
{
	return close_fd(open(at(w, "ro/file"), O_WRONLY | O_CLOEXEC));
}

static int create_ro(const struct world *w)
{
	int error = close_fd(open(at(w, "ro/new"), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
	if (!error)
		unlink(at(w, "ro/new"));
	return error;
}

static int tmpfile_ro(const struct world *w)
{
	return close_fd(open(at(w, "ro"), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
}

static int delete_ro(const struct world *w)
{
	int error = result(unlink(at(w, "ro/dir/file")));
	if (!error)
		close_fd(open(at(w, "ro/dir/file"), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
	return error;
}

static int mknod_in(const struct world *w)
{
	unlink(at(w, "in/null"));
	return result(mknod(at(w, "in/null"), S_IFCHR | 0600, makedev(1, 3)));
}

/* What no mechanism of Linux hides without a view of its own. */
static int stat_out(const struct world *w)
{
	struct stat st;
	return result(stat(at(w, "out/secret"), &st));
}

static int exists_out(const struct world *w)
{
	return result(faccessat(AT_FDCWD, at(w, "out/dir"), F_OK, 0));
}

/* The runner sets it. */
static int read_env(const struct world *w)
{
	(void)w;
	return getenv("SBX_ESCAPE_SECRET") ? 0 : ENOENT;
}

const struct attack attacks_files[] = {
    {"read-env", read_env},
    {"leaked-file", leaked_file},
    {"leaked-dir", leaked_dir},
    {"leaked-cwd", leaked_cwd},
    {"leaked-any", leaked_any},
    {"read-path", read_path},
    {"read-dotdot", read_dotdot},
    {"read-cwd", read_cwd},
    {"list-dir", list_dir},
    {"read-symlink", read_symlink},
    {"read-hardlink", read_hardlink},
    {"read-reopen", read_reopen},
    {"read-opath-dir", read_opath_dir},
    {"read-handle", read_handle},
    {"read-hardlink-fd", read_hardlink_fd},
    {"open-handle", open_handle},
    {"rename-in", rename_in},
    {"rename-out", rename_out},
    {"rename-exchange", rename_exchange},
    {"write-out", write_out},
    {"write-ro", write_ro},
    {"create-ro", create_ro},
    {"tmpfile-ro", tmpfile_ro},
    {"delete-ro", delete_ro},
    {"mknod-in", mknod_in},
    {"stat-out", stat_out},
    {"exists-out", exists_out},
    {NULL, NULL},
};
