/*
 * lib_self.c - sbx_apply_self() on macOS: the calling process under a plan.
 */
#include "../apply.h"
#include "../lib.h"
#include "macos.h"

static int refuse(struct sbx_error *e, const char *what)
{
	struct fault f;

	fault_say(&f, ERR_USAGE, "wrong a process cannot give itself what the plan asks for: %s",
		  what);
	return lib_error(e, &f);
}

int sbx_apply_self(const struct sbx_plan *plan, const struct sbx_options *options, struct sbx_error *error)
{
	const struct launch *l = &plan->plan.launch;
	char path[] = "/usr/bin/true"; /* nothing is started */
	char *const itself[] = {path, NULL};
	struct sbx_options o = {.size = sizeof(o), .argv = itself, .set = options ? options->set : NULL};
	struct start *s;
	bool done;

	if (l->entry.at)
		return refuse(error, "an entry");
	if (l->wall_where.at)
		return refuse(error, "`limit wall`");
	if (l->directory.at || l->stdin_mode == STDIN_NULL)
		return refuse(error, "a directory to start in, or an empty stdin");
	s = lib_start_new(plan, &o, LIB_HERE, error);
	if (!s)
		return -1;
	done = apply_rlimits(&s->run) && apply_profile(&s->run);
	if (!done)
		lib_error(error, s->run.fault);
	lib_start_free(s);
	return done ? 0 : -1;
}
