/*
 * program.c - finds the program. The environment's PATH is not looked at; with an `entry` the plan decides and the
 * command line must agree with it. What is started is the real path: the profile's rules go by that.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../program.h"
#include "../template.h"

static bool find_fault(struct fault *f, const char *name, int error)
{
	fault_say(f, error == ENOENT || error == ENOTDIR ? ERR_NOT_FOUND : ERR_NOT_EXEC, "at %s",
		  name);
	return fault_error(f, "access", error);
}

/* 0, or why the file cannot be executed by this user. */
static int exec_error(const char *path)
{
	struct stat st;

	if (stat(path, &st))
		return errno;
	if (!S_ISREG(st.st_mode))
		return EACCES;
	return access(path, X_OK) ? errno : 0;
}

static bool path_join(char path[PLAN_MAX_PATH + 1], const char *dir, const char *name)
{
	struct text t = text_over(path, PLAN_MAX_PATH + 1);

	text_str(&t, dir);
	text_str(&t, name);
	return !t.cut;
}

bool program_find(const char *typed, char path[PLAN_MAX_PATH + 1], struct fault *f)
{
	static const char *const dirs[] = {"/opt/homebrew/bin/", "/usr/local/bin/", "/usr/bin/", "/bin/"};
	int error = ENOENT;

	if (strchr(typed, '/')) {
		error = path_join(path, "", typed) ? exec_error(path) : ENAMETOOLONG;
		return error == 0 || find_fault(f, typed, error);
	}
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		int e = path_join(path, dirs[i], typed) ? exec_error(path) : ENAMETOOLONG;

		if (e == 0)
			return true;
		error = e == ENOENT ? error : e;
	}
	find_fault(f, typed, error);
	return fault_add(f, "fix give its path (PATH of the environment is not searched)");
}

/* A name must be the entry's last part, a path must lead to the same file. */
static bool entry_same(const struct program *p, const char *typed, struct span where, struct fault *f)
{
	struct stat a, b;
	int error = exec_error(p->path);

	if (error) {
		find_fault(f, p->path, error);
		return fault_where(f, where);
	}
	if (strchr(typed, '/') ? stat(p->path, &a) == 0 && stat(typed, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino
			       : strcmp(typed, strrchr(p->path, '/') + 1) == 0)
		return true;
	fault_say(f, ERR_ENTRY, "found %s", typed);
	fault_where(f, where);
	return fault_add(f, "fix sbx-run ... -- %s", p->path);
}

static bool resolve(struct program *p, struct fault *f)
{
	char buf[PATH_MAX];

	if (!realpath(p->path, buf) || strlen(buf) > PLAN_MAX_PATH)
		return find_fault(f, p->path, errno);
	memcpy(p->path, buf, strlen(buf) + 1);
	return true;
}

bool program_choose(const struct launch *l, const char *typed, struct vars *v, struct program *p, struct fault *f)
{
	bool found = program_find(typed, p->path, f);

	p->fd = p->interp_fd = -1;
	if (found) {
		v->program = pool_text(v->pool, p->path);
		if (!v->program)
			return fault_memory(f, "program");
	}
	if (l->entry.at)
		found = template_expand(l->entry, TEMPLATE_PATH, v, l->entry_where, p->path, f) &&
			entry_same(p, typed, l->entry_where, f);
	return found && resolve(p, f);
}
