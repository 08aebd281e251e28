/*
 * program.c - finds the program. The environment's PATH is not looked at; with an `entry` the plan
 * decides and the command line must agree with it.
 */
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "elf.h"
#include "template.h"

static bool (not_found)(struct fault *f, const char *name, const char *why)
{
	return fault_say(f, ERR_NOT_FOUND, "missing %s%s", name, why);
}
#define not_found(f, name, why) FAULT_FALSE(not_found(f, name, SAID(why)))

static bool (not_executable)(struct fault *f, const char *name, const char *why)
{
	return fault_say(f, ERR_NOT_EXEC,
			 "at %s\n"
			 "wrong %s", name, why);
}
#define not_executable(f, name, why) FAULT_FALSE(not_executable(f, name, SAID(why)))

/* 0, or why the file cannot be executed by this user. */
static int exec_error(const char *path)
{
	struct stat st;

	if (stat(path, &st))
		return errno;
	if (!S_ISREG(st.st_mode))
		return EACCES;
	return faccessat(AT_FDCWD, path, X_OK, 0) ? errno : 0;
}

static bool path_set(char path[PLAN_MAX_PATH + 1], const char *dir, const char *name)
{
	struct text t = text_over(path, PLAN_MAX_PATH + 1);

	text_str(&t, dir);
	text_str(&t, name);
	return !t.cut;
}

static bool path_take(const char *typed, char path[PLAN_MAX_PATH + 1], struct fault *f)
{
	return path_set(path, "", typed) || not_found(f, "PROGRAM", ": the path is too long");
}

static bool find_fault(const char *name, int error, struct fault *f)
{
	if (error == ENOENT || error == ENOTDIR)
		return not_found(f, name, ": no such file");
	not_executable(f, name, "not a regular file that this user may execute");
	return fault_error(f, "access", error);
}

bool program_find(const char *typed, char path[PLAN_MAX_PATH + 1], struct fault *f)
{
	static const char dirs[][sizeof("/usr/local/bin/")] = {"/usr/local/bin/", "/usr/bin/", "/bin/"};
	int error = ENOENT;

	if (strchr(typed, '/')) {
		if (!path_take(typed, path, f))
			return false;
		error = exec_error(path);
		return error == 0 || find_fault(typed, error, f);
	}
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		int e = path_set(path, dirs[i], typed) ? exec_error(path) : ENOENT;
		if (e == 0)
			return true;
		if (e != ENOENT)
			error = e;
	}
	if (error != ENOENT)
		return find_fault(typed, error, f);
	not_found(f, typed, " is not in /usr/local/bin, /usr/bin or /bin");
	return fault_add(f, "fix give its path (PATH of the environment is not searched)");
}

static const char *last_part(const char *path)
{
	return strrchr(path, '/') + 1;
}

static bool entry_open(struct program *p, struct span where, struct fault *f)
{
	int error = exec_error(p->path);

	if (error) {
		find_fault(p->path, error, f);
		return fault_where(f, where);
	}
	p->fd = openat(AT_FDCWD, p->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (p->fd >= 0)
		return true;
	not_executable(f, p->path, "it cannot be read, and its ELF interpreter stands in it");
	return fault_errno(f, "open");
}

/* A name must be the entry's last part, a path must lead to the same file. */
static bool entry_same(const struct program *p, const char *typed, struct span where,
		       struct fault *f)
{
	struct stat a, b;

	if (!strcmp(typed, p->path))
		return true;
	if (strchr(typed, '/')) {
		if (fstat(p->fd, &a) == 0 && stat(typed, &b) == 0 && a.st_dev == b.st_dev &&
		    a.st_ino == b.st_ino)
			return true;
	} else if (!strcmp(typed, last_part(p->path))) {
		return true;
	}
	fault_say(f, ERR_ENTRY, "found %s", typed);
	fault_where(f, where);
	return fault_add(f, "fix sbx-run ... -- %s", p->path);
}

static bool entry_look(const struct launch *l, struct program *p, struct fault *f)
{
	switch (elf_interp(p->fd, p->interp)) {
	case ELF_STATIC:
	case ELF_DYNAMIC:
	case ELF_OTHER:
		return true;
	case ELF_SCRIPT:
		if (l->exec_fd < 0)
			return true;
		fault_say(f, ERR_SCRIPT, "at %s begins with #!", p->path);
		fault_where(f, l->entry_where);
		return fault_add(
		    f, "fix name the interpreter as entry and give it the script as an argument");
	case ELF_DAMAGED:
		return not_executable(f, p->path, "a damaged ELF file");
	case ELF_UNREAD:
		break;
	}
	not_executable(f, p->path, "it cannot be read");
	return fault_errno(f, "read");
}

static bool interp_open(struct program *p, struct fault *f)
{
	if (!p->interp[0])
		return true;
	p->interp_fd = openat(AT_FDCWD, p->interp, O_PATH | O_CLOEXEC);
	if (p->interp_fd >= 0)
		return true;
	not_found(f, p->interp, ": the ELF interpreter of the program");
	return fault_add(f, "at %s", p->path);
}

bool program_choose(const struct launch *l, const char *typed, struct vars *v, struct program *p,
		    struct fault *f)
{
	/* with an entry, what is typed as a path is looked at where it is used */
	bool later = strchr(typed, '/') && (l->entry.at || p->later);
	bool found = later ? path_take(typed, p->path, f) : program_find(typed, p->path, f);

	p->fd = p->interp_fd = -1;
	if (found) {
		v->program = pool_text(v->pool, p->path);
		if (!v->program)
			return fault_memory(f, "program");
	}
	if (!l->entry.at)
		return found;
	return template_expand(l->entry, TEMPLATE_PATH, v, l->entry_where, p->path, f) &&
	       entry_open(p, l->entry_where, f) && entry_same(p, typed, l->entry_where, f) &&
	       entry_look(l, p, f) && interp_open(p, f);
}

void program_missed(const struct launch *l, const char *typed, struct program *p, struct fault *f)
{
	if (p->later && !l->entry.at && (f->id == ERR_NOT_FOUND || f->id == ERR_NOT_EXEC))
		program_find(typed, p->path, f);
}
