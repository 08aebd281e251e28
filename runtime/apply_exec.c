/*
 * apply_exec.c - executes the program, or says why the kernel would not, with the codes that shells
 * use.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "apply.h"

static const char *exec_hint(const struct run *r, int error)
{
	switch (error) {
	case EACCES:
		return SAID("the policy has no `exec` rule for this program, its interpreter, or no "
		       "`read` of them");
	case EPERM:
	case ENOSYS:
		return SAID("the policy lets nothing be executed; name the program with `entry`");
	case ENOENT:
		return r->plan->launch.private_root ? SAID("no line of the policy shows the program in its tree, or the interpreter that it names")
						    : SAID("the interpreter that the program names does not exist");
	case ENOEXEC:
		return SAID("it is no program for this machine, or a script without #!");
	case E2BIG:
		return SAID("arguments and environment are too long");
	default:
		return NULL;
	}
}

bool apply_exec(struct run *r)
{
	const char *hint;

	if (r->link)
		r->link->shared->phase = PHASE_EXEC;
	if (r->plan->launch.exec_fd >= 0)
		syscall(SYS_execveat, r->plan->launch.exec_fd, "", r->options->argv, r->envp,
			AT_EMPTY_PATH);
	else
		execve(r->program.path, r->options->argv, r->envp);
	fault_say(r->fault, errno == ENOENT ? ERR_NOT_FOUND : ERR_NOT_EXEC, "at %s", r->program.path);
	fault_errno(r->fault, "exec");
	hint = exec_hint(r, errno);
	return hint ? fault_add(r->fault, "likely %s", hint) : false;
}
