/*
 * cgroup_disks.c - io.max wants a line for each disk: every whole disk that this machine has now gets
 * the same bandwidth.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cgroup.h"
#include "cgroup_file.h"

struct disks {
	int dir, block;
	const char *value;
	struct fault *fault;
};

static bool (disk_fault)(const struct disks *d, const char *line, const char *what)
{
	fault_say(d->fault, ERR_CGROUP, "limit io.max %s", line);
	return (fault_errno)(d->fault, what);
}
#define disk_fault(d, line, what) disk_fault(d, line, SAID(what))

/* Is this whole word in the line? A number may begin with the digits of another. */
static bool word_in(struct span line, struct span word)
{
	while (line.len > 0)
		if (span_same(span_cut(&line, ' '), word))
			return true;
	return false;
}

/* Is each "KEY=NUMBER" of the setting in the line that the kernel shows for the disk? */
static bool kept(const char *shown, const char *device, struct span value)
{
	struct span left = span_of(shown), line;

	do {
		if (!left.len)
			return false;
		line = span_cut(&left, '\n');
	} while (!span_is(span_cut(&line, ' '), device));
	while (value.len > 0)
		if (!word_in(line, span_cut(&value, ' ')))
			return false;
	return true;
}

static bool disk_limit(const struct disks *d, const char *disk)
{
	char path[300], device[32], line[128], shown[8192];
	struct text p = text_over(path, sizeof(path)), l = text_over(line, sizeof(line));

	text_str(&p, disk);
	text_str(&p, "/dev");
	if (!cgroup_file_read(d->block, path, device, sizeof(device)))
		return errno == ENOENT || disk_fault(d, disk, "reading its number");
	text_str(&l, device);
	text_str(&l, " ");
	text_str(&l, d->value);
	if (!cgroup_file_write(d->dir, "io.max", line))
		return disk_fault(d, line, "write");
	if (!cgroup_file_read(d->dir, "io.max", shown, sizeof(shown)))
		return disk_fault(d, line, "read");
	return kept(shown, device, span_of(d->value)) ||
	       fault_say(d->fault, ERR_CGROUP, "limit io.max %s\nwrong the kernel keeps another value", line);
}

bool cgroup_disks_limit(int dir, const char *value, struct fault *f)
{
	struct disks d = {.dir = dir, .value = value, .fault = f};
	char buf[4096];
	bool good = true;
	long n = 0;

	d.block = open("/sys/block", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (d.block < 0)
		return disk_fault(&d, "", "open /sys/block");
	while (good && (n = syscall(SYS_getdents64, d.block, buf, sizeof(buf))) > 0)
		for (long at = 0; good && at < n;) {
			const struct dirent *e = (const void *)(buf + at);
			good = e->d_name[0] == '.' || disk_limit(&d, e->d_name);
			at += e->d_reclen;
		}
	close(d.block);
	return good && (n == 0 || disk_fault(&d, "", "reading /sys/block"));
}
