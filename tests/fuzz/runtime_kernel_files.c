/*
 * runtime_kernel_files.c - any bytes as what the loader reads of the kernel, which writes names of others there: the table of
 * mounts, as it was (the first half) and as it is (the second); and files of a cgroup, as numbers behind a key.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../runtime/cgroup_file.h"
#include "../../runtime/view_kept.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int file_of(const uint8_t *data, size_t size)
{
	static int fd = -1;

	if (fd < 0)
		fd = memfd_create("file", MFD_CLOEXEC);
	if (fd < 0 || ftruncate(fd, 0) || pwrite(fd, data, size, 0) != (ssize_t)size)
		abort();
	return fd;
}

static bool lies_in(struct span s, const char *at, size_t len)
{
	return s.at >= at && s.at + s.len <= at + len;
}

/* A table is the same as itself as far as its lines are whole, and what is lost is a place of one of the two. */
static void compare(const uint8_t *made, size_t n_made, const uint8_t *now, size_t n_now)
{
	char empty[] = "", *copy = malloc(n_made + 1);
	if (!copy)
		abort();
	memcpy(copy, made, n_made);
	struct view_kept k = {.mailbox = -1, .reserve = -1, .table = file_of(now, n_now), .made = {.at = copy, .len = n_made}};
	k.missing.at = empty;
	bool same = view_kept_look(&k);
	if (!same && k.lost.len && !lies_in(k.lost, copy, n_made) && !lies_in(k.lost, k.now.at, k.now.len))
		abort();
	if (!same && n_made == n_now && !memcmp(made, now, n_made))
		abort();
	if (k.now.cap)
		munmap(k.now.at, k.now.cap);
	free(copy);
}

static void number(const uint8_t *data, size_t size)
{
	static const char *const keys[] = {"", "usage_usec", "oom_kill"};
	char path[64];

	text_print(path, sizeof(path), "/proc/self/fd/%u", (unsigned)file_of(data, size));
	for (unsigned i = 0; i < 3; i++) {
		uint64_t n = cgroup_file_number(-1, path, keys[i]);
		if (n && !memmem(data, size, keys[i], strlen(keys[i])))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	compare(data, size / 2, data + size / 2, size - size / 2);
	compare(data, size, data, size);
	number(data, size);
	return 0;
}
