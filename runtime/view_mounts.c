/*
 * view_mounts.c - mounts that lie in memory or hide what is under them, made and attached nowhere.
 */
#include "view_mounts.h"

#include <errno.h>
#include <sys/stat.h>

#include "fds.h"
#include "mount_calls.h"
#include "text.h"

bool fs_option_number(int fs, const char *name, const char *prefix, uint64_t number)
{
	char value[64];

	text_print(value, sizeof(value), "%s%zu", prefix, (size_t)number);
	return fs_option(fs, name, value) == 0;
}

int memory_mount(const char *mode, uint64_t size, uint64_t names, uint64_t attributes)
{
	int fs = fs_open("tmpfs");

	if (fs < 0)
		return -1;
	if (fs_option(fs, "mode", mode) || !fs_option_number(fs, "size", "", size) ||
	    !fs_option_number(fs, "nr_inodes", "", names)) {
		close(fs);
		return -1;
	}
	return fs_mount(fs, attributes);
}

uint64_t memory_names(uint64_t size)
{
	return size / 1024 + 64;
}

int host_mount(int fd, uint64_t attributes)
{
	int tree = tree_copy_with(fd, attributes);

	if (tree >= 0)
		return tree;
	tree = tree_copy(fd); /* an older kernel, or a filter around us that does not know the call */
	if (tree < 0 || tree_set(tree, attributes, 1) == 0)
		return tree;
	close(tree);
	return -1;
}

/*
 * The null device where devices do not work: opening it fails for everybody, and no file has to be made for it anywhere. Both
 * are checked: that it is a device, and that the mount took the attribute.
 */
int file_hidden(void)
{
	struct stat st;
	int fd = openat(AT_FDCWD, "/dev/null", O_PATH | O_NOFOLLOW | O_CLOEXEC), tree;

	if (fd < 0 || fstat(fd, &st))
		return -1;
	if (!S_ISCHR(st.st_mode)) {
		errno = ENODEV;
		return -1;
	}
	tree = host_mount(fd, ATTR_RDONLY | ATTR_NOSUID | ATTR_NODEV | ATTR_NOEXEC);
	fd_leave(fd);
	return tree;
}
