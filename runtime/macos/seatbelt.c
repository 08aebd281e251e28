/*
 * seatbelt.c - puts the profile on this process, for good and for all that it starts.
 */
#include <dlfcn.h>
#include <errno.h>

#include "macos.h"

void macos_seatbelt_find(struct seatbelt *out)
{
	/* ISO C has no conversion from an object to a function; POSIX has this one. */
	*(void **)&out->init = dlsym(RTLD_DEFAULT, "sandbox_init_with_parameters");
	*(void **)&out->check = dlsym(RTLD_DEFAULT, "sandbox_check");
}

bool macos_apply_profile(struct macos_start *s)
{
	struct fault *f = s->run.fault;
	char *error = NULL;

	if (s->seatbelt.init(s->plan->profile, 0, s->params, &error) == 0)
		return true;
	fault_step(f, "seatbelt", "sandbox_init_with_parameters", errno);
	if (error)
		fault_line(f, "says", error, NULL);
	return false;
}
