/*
 * apply.c - the steps of the process that becomes the program: directory, session, limits, profile, exec. The last
 * call closes every descriptor but 0, 1 and 2 and puts all signals back, so nothing of the caller reaches the program.
 */
#include "../apply.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../fds.h"
#include "../template.h"
#include "macos.h"

void fd_leave(int fd)
{
	close(fd);
}

/* Before the profile, which may not let the folders above it be asked about. */
static bool directory_enter(struct run *r)
{
	const struct launch *l = &r->plan->launch;
	char path[PLAN_MAX_PATH + 1];

	if (!l->directory.at)
		return true;
	if (!template_expand(l->directory, TEMPLATE_PATH, &r->vars, l->directory_where, path, r->fault))
		return false;
	if (chdir(path) == 0)
		return true;
	fault_step_of(r->fault, "directory", path);
	return fault_where(r->fault, l->directory_where);
}

bool apply_session(struct run *r)
{
	return setsid() >= 0 || fault_step(r->fault, "session", "setsid");
}

static bool rlimit_lower(struct run *r, const struct rlimit_line *line)
{
	const char *word = rlimit_word(line->which);
	int resource = rlimit_resource(line->which);
	uint64_t value = rlimit_value(line, &r->vars);
	struct rlimit was, set, now;

	if (getrlimit(resource, &was))
		return fault_step_of(r->fault, "limits", word);
	set.rlim_max = value < was.rlim_max ? value : was.rlim_max;
	set.rlim_cur = set.rlim_max;
	if (setrlimit(resource, &set) || getrlimit(resource, &now))
		return fault_step_of(r->fault, "limits", word);
	/* macOS rounds the stack to pages and may keep a lower limit of its own, never a higher one */
	if (now.rlim_cur > set.rlim_cur || now.rlim_max > set.rlim_max)
		return errno = EPERM, fault_step_of(r->fault, "limits", word);
	return true;
}

bool apply_rlimits(struct run *r)
{
	const struct launch *l = &r->plan->launch;

	for (unsigned i = 0; i < l->n_rlimits; i++)
		if (!rlimit_lower(r, &l->rlimits[i]))
			return false;
	return true;
}

static bool exec_prepare(const struct run *r, posix_spawnattr_t *attr, posix_spawn_file_actions_t *files)
{
	sigset_t all, none;

	sigfillset(&all);
	if (r->ignored & MACOS_NO_HANGUP)
		sigdelset(&all, SIGHUP);
	sigemptyset(&none);
	if (posix_spawnattr_init(attr) || posix_spawn_file_actions_init(files) ||
	    posix_spawnattr_setflags(attr, POSIX_SPAWN_SETEXEC | POSIX_SPAWN_CLOEXEC_DEFAULT | POSIX_SPAWN_SETSIGDEF |
					       POSIX_SPAWN_SETSIGMASK) ||
	    posix_spawnattr_setsigdefault(attr, &all) || posix_spawnattr_setsigmask(attr, &none))
		return false;
	for (int fd = 0; fd < 3; fd++)
		if (posix_spawn_file_actions_addinherit_np(files, fd))
			return false;
	return true;
}

/* For whoever waits for the program in another process. */
static void phase_set(const struct run *r, enum phase phase)
{
	if (r->link)
		r->link->shared->phase = phase;
}

/* With POSIX_SPAWN_SETEXEC the call is an exec of this process: it returns only an error. */
bool apply_exec(struct run *r)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	int error;

	if (!exec_prepare(r, &attr, &files))
		return fault_step_error(r->fault, "exec", "posix_spawnattr", ENOMEM);
	phase_set(r, PHASE_EXEC);
	error = posix_spawn(NULL, r->program.path, &files, &attr, r->options->argv, r->envp);
	phase_set(r, PHASE_SETUP);
	fault_say(r->fault, error == ENOENT ? ERR_NOT_FOUND : ERR_NOT_EXEC, "at %s",
		  r->program.path);
	fault_error(r->fault, "exec", error);
	if (error == EPERM)
		fault_add(
		    r->fault,
		    "likely the policy has no `exec` rule for this program, or no `read` of it");
	return false;
}

bool macos_steps(struct run *r)
{
	umask(umask(S_IWGRP | S_IWOTH) | S_IWGRP | S_IWOTH);
	return directory_enter(r) && apply_stdin(r) && apply_session(r) && apply_rlimits(r) && apply_profile(r) &&
	       apply_exec(r);
}
