/*
 * files.c - opens what --file names with the rights of the caller, before anything changes, and copies it where only the
 * program will see it. It gets a copy: nothing of the host can be changed through it.
 */
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fds.h"
#include "run.h"
#include "template.h"

enum { PAGE = 4096, CHUNK = 1 << 30 };

static bool (file_fault)(struct run *r, const struct file_option *o, const char *wrong, const char *more)
{
	return fault_say(r->fault, ERR_INPUT_FILE,
			 "file %.*s=%s\n"
			 "wrong %s%s", SPAN(o->name), o->path, wrong, more);
}
#define file_fault(r, o, wrong, more) FAULT_FALSE(file_fault(r, o, SAID(wrong), more))

static bool name_good(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.at[i] < ' ' || s.at[i] == 0x7f || s.at[i] == '/')
			return false;
	return s.len && s.len <= 255 && !span_is(s, ".") && !span_is(s, "..");
}

/* The scratch folder with this path; NULL at: the only one. */
static bool place_find(struct run *r, const struct file_option *o, struct span folder, unsigned *place)
{
	const struct launch *l = &r->plan->launch;
	char at[PLAN_MAX_PATH + 1];
	unsigned n = 0;

	for (unsigned i = 0; i < l->n_places; i++) {
		if (l->places[i].kind != PLACE_SCRATCH)
			continue;
		if (!run_path(r, l->places[i].at, l->places[i].where, at))
			return false;
		if (folder.at && !span_is(folder, at))
			continue;
		*place = i;
		n++;
	}
	if (n == 1)
		return true;
	if (!n && folder.at)
		return file_fault(r, o, "its folder is no scratch folder", "");
	if (!n)
		return file_fault(r, o, "the policy has no scratch folder", "");
	return file_fault(r, o, "of several scratch folders name one: its whole path", "");
}

/* Splits off the folder of a path. */
static bool name_split(struct run *r, const struct file_option *o, struct input_file *f)
{
	const char *slash = memrchr(o->name.at, '/', o->name.len);
	struct span folder = {NULL, 0};

	f->name = o->name;
	if (slash) {
		folder = (struct span){o->name.at, (size_t)(slash - o->name.at)};
		f->name = (struct span){slash + 1, o->name.len - folder.len - 1};
	}
	if (!name_good(f->name))
		return file_fault(r, o, "this is no name for a file", "");
	return place_find(r, o, folder, &f->place);
}

static bool file_open(struct run *r, const struct file_option *o, struct input_file *f)
{
	struct stat st;

	f->fd = openat(AT_FDCWD, o->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (f->fd < 0 || fstat(f->fd, &st)) {
		file_fault(r, o, "it cannot be read", "");
		return fault_errno(r->fault, "open");
	}
	if (!S_ISREG(st.st_mode))
		return file_fault(r, o, "it is no regular file", "");
	f->size = (uint64_t)st.st_size;
	return true;
}

/* Together with those before it, in whole pages, as memory counts. */
static bool size_check(struct run *r, const struct file_option *o, const struct input_file *f)
{
	uint64_t room = amount_get(&r->vars, &r->plan->launch.places[f->place].size), used = 0;
	char number[NUM_TEXT];

	for (unsigned i = 0; i < r->n_files; i++)
		if (r->files[i].place == f->place)
			used += (r->files[i].size + PAGE - 1) / PAGE * PAGE;
	if (used <= room)
		return true;
	return file_fault(r, o, "larger than what is left of the folder, bytes: ", num_text(number, room));
}

static bool twice(const struct run *r, const struct input_file *f)
{
	for (unsigned i = 0; i + 1 < r->n_files; i++)
		if (r->files[i].place == f->place && span_same(r->files[i].name, f->name))
			return true;
	return false;
}

bool files_open(struct run *r)
{
	const struct options *options = r->options;

	for (unsigned i = 0; i < options->n_files; i++) {
		const struct file_option *o = &options->files[i];
		struct input_file *f = &r->files[i];
		*f = (struct input_file){.fd = -1};
		r->n_files = i + 1;
		if (!name_split(r, o, f) || !file_open(r, o, f) || !size_check(r, o, f))
			return false;
		if (twice(r, f))
			return file_fault(r, o, "two files have this name", "");
	}
	return true;
}

static bool bytes_copy(int in, int out)
{
	ssize_t n;

	do
		n = sendfile(out, in, NULL, CHUNK);
	while (n > 0 || (n < 0 && errno == EINTR));
	return n == 0;
}

static bool file_copy(struct run *r, const struct input_file *f, int folder)
{
	char name[256];
	int out;
	bool good;

	memcpy(name, f->name.at, f->name.len);
	name[f->name.len] = 0;
	out = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	good = out >= 0 && fchmod(out, 0600) == 0 && bytes_copy(f->fd, out);
	if (!good) {
		fault_say(r->fault, ERR_INPUT_FILE, "file %s", name);
		fault_where(r->fault, r->plan->launch.places[f->place].where);
		fault_errno(r->fault, "copy");
	}
	if (out >= 0)
		close(out);
	fd_leave(f->fd);
	return good;
}

bool files_copy(struct run *r, unsigned place, int folder)
{
	for (unsigned i = 0; i < r->n_files; i++)
		if (r->files[i].place == place && !file_copy(r, &r->files[i], folder))
			return false;
	return true;
}
