/*
 * cgroup_file.c - small files of a cgroup, by the descriptor of its directory.
 */
#include "cgroup_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

bool cgroup_file_read(int dir, const char *name, char *buf, size_t cap)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOCTTY), error;
	size_t len = 0;
	ssize_t n = 1;

	if (fd < 0)
		return false;
	while (len + 1 < cap && (n = read(fd, buf + len, cap - 1 - len)) > 0)
		len += (size_t)n;
	error = n < 0 ? errno : n > 0 ? E2BIG : 0;
	close(fd);
	errno = error;
	buf[len] = 0;
	if (len && buf[len - 1] == '\n')
		buf[len - 1] = 0;
	return error == 0;
}

bool cgroup_file_write(int dir, const char *name, const char *value)
{
	int fd = openat(dir, name, O_WRONLY | O_CLOEXEC | O_NOCTTY), error = 0;

	if (fd < 0)
		return false;
	if (write(fd, value, strlen(value)) < 0)
		error = errno;
	close(fd);
	errno = error;
	return error == 0;
}

uint64_t cgroup_file_number(int dir, const char *name, const char *key)
{
	char buf[4096];
	struct span left = {buf, 0};
	uint64_t n = 0;

	if (cgroup_file_read(dir, name, buf, sizeof(buf)))
		left = span_of(buf);
	while (left.len > 0) {
		struct span line = span_cut(&left, '\n');
		if (!*key || span_is(span_cut(&line, ' '), key))
			return span_number(line, UINT64_MAX, &n) ? n : 0;
	}
	return 0;
}

bool cgroup_file_there(int dir, const char *name)
{
	return faccessat(dir, name, F_OK, 0) == 0;
}

bool cgroup_file_writable(int dir, const char *name)
{
	return faccessat(dir, name, W_OK, 0) == 0;
}
