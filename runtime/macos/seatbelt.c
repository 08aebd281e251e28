/*
 * seatbelt.c - puts the profile on this process, for good and for all that it starts.
 */
#include <dlfcn.h>
#include <errno.h>
#include <unistd.h>

#include "macos.h"

void seatbelt_find(struct seatbelt *out)
{
	/* ISO C has no conversion from an object to a function; POSIX has this one. */
	*(void **)&out->init = dlsym(RTLD_DEFAULT, "sandbox_init_with_parameters");
	*(void **)&out->check = dlsym(RTLD_DEFAULT, "sandbox_check");
}

const char *seatbelt_lack(const struct seatbelt *s)
{
	if (!s->init)
		return "this system has no sandbox_init_with_parameters()";
	if (s->check && s->check(getpid(), NULL, 0))
		return "this process is in a sandbox already, and macOS takes no second one";
	return NULL;
}

bool apply_profile(struct run *r)
{
	struct fault *f = r->fault;
	struct seatbelt s;
	char *error = NULL;

	seatbelt_find(&s);
	if (s.init(r->plan->profile, 0, r->profile_values, &error) == 0)
		return true;
	fault_step(f, "seatbelt", "sandbox_init_with_parameters");
	if (error)
		fault_add(f, "says %s", error);
	return false;
}
