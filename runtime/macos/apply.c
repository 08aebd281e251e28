/*
 * apply.c - the steps of the process that becomes the program: session, limits, profile, exec. The last call closes every
 * descriptor but 0, 1 and 2 and puts all signals back, so nothing of the caller reaches the program.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "macos.h"
#include "../fds.h"

void fd_leave(int fd)
{
	close(fd);
}

static bool rlimit_lower(struct macos_start *s, const struct rlimit_line *line)
{
	const char *word = rlimit_word(line->which);
	int resource = rlimit_resource(line->which);
	uint64_t value = rlimit_value(line, &s->run.vars);
	struct rlimit was, set, now;

	if (getrlimit(resource, &was))
		return fault_step(s->run.fault, "limits", word, errno);
	set.rlim_max = value < was.rlim_max ? value : was.rlim_max;
	set.rlim_cur = set.rlim_max;
	if (setrlimit(resource, &set) || getrlimit(resource, &now))
		return fault_step(s->run.fault, "limits", word, errno);
	/* macOS rounds the stack to pages and may keep a lower limit of its own, never a higher one */
	if (now.rlim_cur > set.rlim_cur || now.rlim_max > set.rlim_max)
		return fault_step(s->run.fault, "limits", word, EPERM);
	return true;
}

bool macos_apply_rlimits(struct macos_start *s)
{
	const struct launch *l = &s->plan->common.launch;

	for (unsigned i = 0; i < l->n_rlimits; i++)
		if (!rlimit_lower(s, &l->rlimits[i]))
			return false;
	return true;
}

static bool session_new(struct macos_start *s)
{
	return setsid() >= 0 || fault_step(s->run.fault, "session", "setsid", errno);
}

static bool exec_prepare(posix_spawnattr_t *attr, posix_spawn_file_actions_t *files)
{
	sigset_t all, none;

	sigfillset(&all);
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

/* With POSIX_SPAWN_SETEXEC the call is an exec of this process: it returns only an error. */
static bool program_exec(struct macos_start *s)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	int error;

	if (!exec_prepare(&attr, &files))
		return fault_step(s->run.fault, "exec", "posix_spawnattr", ENOMEM);
	error = posix_spawn(NULL, s->run.program.path, &files, &attr, s->run.options->argv, s->run.envp);
	fault_set(s->run.fault, error == ENOENT ? ERR_NOT_FOUND : ERR_NOT_EXEC);
	fault_line(s->run.fault, "at", s->run.program.path, NULL);
	fault_errno(s->run.fault, "failed", "exec", error);
	if (error == EPERM)
		fault_line(s->run.fault, "likely",
			   "the policy has no `exec` rule for this program, or no `read` of it", NULL);
	return false;
}

bool macos_child(struct macos_start *s, bool session)
{
	umask(umask(S_IWGRP | S_IWOTH) | S_IWGRP | S_IWOTH);
	return (!session || session_new(s)) && macos_apply_rlimits(s) && macos_apply_profile(s) && program_exec(s);
}
