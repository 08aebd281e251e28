/*
 * plan_dir.c - opens the plan once, refuses what others could change, reads each file whole before
 * anything looks at it.
 */
#include "plan_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fds.h"
#include "pool.h"

#ifndef O_PATH /* macOS */
#define O_PATH O_RDONLY
#endif

enum { MAX_SUMS = 64 * 1024 };

static bool (unsafe)(struct fault *f, const char *name, const char *why, const char *fix)
{
	return fault_say(f, ERR_PLAN_UNSAFE,
			 "at %s\n"
			 "wrong %s\n"
			 "fix %s %s", name, why, fix, name);
}
#define unsafe(f, name, why, fix) unsafe(f, name, SAID(why), SAID(fix))

static bool by_user(struct plan_dir *d, uid_t owner)
{
	if (!d->user_asked) {
		d->user = geteuid();
		d->user_asked = true;
	}
	return owner == d->user;
}

static bool owner_check(struct plan_dir *d, const struct stat *st, const char *name, struct fault *f)
{
	if (st->st_uid != 0 && !by_user(d, st->st_uid))
		return unsafe(f, name, "it belongs to another user", "take a copy of your own of");
	if (st->st_mode & (S_IWGRP | S_IWOTH))
		return unsafe(f, name, "its group or others may write it", "chmod go-w");
	return true;
}

static bool (open_fault)(struct fault *f, const char *name, const char *why)
{
	fault_say(f, ERR_PLAN_OPEN, "at %s", name);
	return (fault_errno)(f, why);
}
#define open_fault(f, name, why) open_fault(f, name, SAID(why))
#define open_wrong(f, name, why) fault_say(f, ERR_PLAN_OPEN, "at %s\nwrong " why, name)

/* Up to size bytes; a file that shrank meanwhile gives fewer, which its hash will show. */
static bool read_whole(int fd, char *buf, size_t *size)
{
	size_t got = 0;

	while (got < *size) {
		ssize_t n = read(fd, buf + got, *size - got);
		if (n < 0 && errno != EINTR)
			return false;
		if (n == 0)
			break;
		got += n > 0 ? (size_t)n : 0;
	}
	*size = got;
	return true;
}

static bool file_take(struct plan_dir *d, int fd, size_t max, struct plan_file *out,
		      struct fault *f)
{
	const char *name = out->name;
	struct stat st;
	char *buf;

	if (fstat(fd, &st))
		return open_fault(f, name, "stat");
	if (!S_ISREG(st.st_mode))
		return open_wrong(f, name, "not a regular file");
	if (!owner_check(d, &st, name, f))
		return false;
	if ((uint64_t)st.st_size > max)
		return open_wrong(f, name, "the file is too large");
	*out = (struct plan_file){.name = name, .size = (size_t)st.st_size};
	buf = pool_take(d->pool, out->size);
	if (!buf)
		return open_fault(f, name, "memory");
	out->data = buf;
	return read_whole(fd, buf, &out->size) || open_fault(f, name, "read");
}

/* O_NONBLOCK: a FIFO that was put in the place of a file must not stop the loader. */
static bool file_read(struct plan_dir *d, const char *name, size_t max, struct plan_file *out,
		      struct fault *f)
{
	int fd = openat(d->fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	bool good;

	if (fd < 0)
		return open_fault(f, name, "open");
	out->name = name;
	good = file_take(d, fd, max, out, f);
	fd_leave(fd);
	return good;
}

static bool digest_check(const struct plan_dir *d, const struct plan_file *sums, const char *digest, struct fault *f)
{
	char hex[SHA256_HEX + 1];

	if (!digest)
		return true;
	sha256_hex_by(d->hash, sums->data, sums->size, hex);
	if (!strcmp(digest + strlen("sha256:"), hex))
		return true;
	return fault_say(f, ERR_DIGEST,
			 "wanted %s\n"
			 "found sha256:%s", digest, hex);
}

int plan_dir_enter(const char *path)
{
	return openat(AT_FDCWD, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

bool plan_dir_open(struct plan_dir *d, const char *path, const char *digest, struct fault *f)
{
	struct plan_file sums;
	struct stat st;
	const char *wrong;

	d->hash = sha256_best();
	d->pinned = digest != NULL;
	d->fd = d->entered ? d->entered : plan_dir_enter(path);
	if (d->fd < 0)
		return open_fault(f, path, "open");
	if (fstat(d->fd, &st))
		return open_fault(f, path, "stat");
	if (!owner_check(d, &st, path, f) || !file_read(d, "SHA256SUMS", MAX_SUMS, &sums, f) ||
	    !digest_check(d, &sums, digest, f))
		return false;
	d->sums = (struct span){sums.data, sums.size};
	wrong = sums_wrong(d->sums);
	if (!wrong)
		return true;
	return fault_say(f, ERR_SYNTAX,
			 "at SHA256SUMS\n"
			 "wrong %s", wrong);
}

bool plan_dir_visit(struct plan_dir *d, struct fault *f)
{
	char path[PLAN_MAX_PATH + 1];
	int back = openat(AT_FDCWD, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (back < 0)
		return true;
	if (fchdir(d->fd) == 0) {
		if (getcwd(path, sizeof(path)))
			d->real = pool_text(d->pool, path);
		if (fchdir(back))
			return open_fault(f, ".", "fchdir");
	}
	fd_leave(back);
	return true;
}

bool plan_dir_real(const struct plan_dir *d, char *out, size_t size)
{
	char name[32 + NUM_TEXT];
	struct text t = text_over(out, size);
	ssize_t n;

	errno = ENOENT;
	if (d->real || d->fd < 0) {
		text_str(&t, d->real ? d->real : "");
		return d->real && !t.cut;
	}
	text_print(name, sizeof(name), "/proc/self/fd/%u", (unsigned)d->fd);
	n = readlink(name, out, size);
	if (n <= 0 || (size_t)n == size)
		return false;
	out[n] = 0;
	return true;
}

bool plan_dir_lists(const struct plan_dir *d, const char *name)
{
	struct span hex;

	return sums_find(d->sums, name, &hex);
}

bool plan_dir_read(struct plan_dir *d, const char *name, size_t max, struct plan_file *out,
		   struct fault *f)
{
	char hex[SHA256_HEX + 1];
	struct span wanted;

	if (!sums_find(d->sums, name, &wanted))
		return open_wrong(f, name, "SHA256SUMS does not list this file");
	if (!file_read(d, name, max, out, f))
		return false;
	sha256_hex_by(d->hash, out->data, out->size, hex);
	if (span_is(wanted, hex))
		return true;
	return fault_say(f, ERR_CHECKSUM,
			 "at %s\n"
			 "fix compile the policy again with sbxc, or copy the whole plan again", name);
}
