/*
 * lib_self.c - sbx_apply_self(): the calling process under a plan.
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "apply.h"
#include "lib.h"

static bool refuse(struct fault *f, const char *why, const char *more)
{
	return fault_say(f, ERR_USAGE, "wrong %s%s", why, more);
}

/* Landlock and the filter bind the thread that asks for them, and what it makes later. */
static bool alone(struct fault *f)
{
	struct stat st;

	if (stat("/proc/self/task", &st) == 0 && st.st_nlink == 3)
		return true;
	return refuse(f, "sbx_apply_self() is for a process of one thread, with /proc to tell it", "");
}

static bool plan_fits(const struct run *r)
{
	const char *why = r->plan->launch.isolate ? "new namespaces" : start_supervised(r);

	return !why || refuse(r->fault, "a process cannot give itself what the plan asks for: ", why);
}

/* The filter lets one descriptor be executed, because no program ever has it. */
static bool exec_fd_free(const struct run *r)
{
	int fd = r->plan->launch.exec_fd;

	return fd < 0 || fcntl(fd, F_GETFD) < 0 ||
	       refuse(r->fault, "a descriptor is open on the number that the plan keeps free", "");
}

int sbx_apply_self(const struct sbx_plan *plan, const struct sbx_options *options, struct sbx_error *error)
{
	bool (*const steps[])(struct run *) = {apply_rlimits, apply_caps, apply_no_new_privs, apply_landlock,
					       apply_seccomp};
	char exe[] = "/proc/self/exe", *const itself[] = {exe, NULL}; /* an entry of the plan must be this program */
	struct sbx_options o = {.size = sizeof(o), .argv = itself, .set = options ? options->set : NULL};
	struct start *s = lib_start_new(plan, &o, LIB_HERE, error);
	bool done;

	if (!s)
		return -1;
	done = alone(s->run.fault) && plan_fits(&s->run) && exec_fd_free(&s->run);
	for (unsigned i = 0; done && i < sizeof(steps) / sizeof(steps[0]); i++)
		done = steps[i](&s->run);
	if (!done)
		lib_error(error, s->run.fault);
	lib_start_free(s);
	return done ? 0 : -1;
}
