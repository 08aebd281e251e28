/*
 * start.c - one start: what is proved before anything changes, then one of the two shapes.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "macos.h"
#include "../apply.h"

static bool options_fit(struct macos_start *s)
{
	const struct options *o = s->run.options;
	const char *what = o->watch	       ? "--watch"
			   : o->report	       ? "--report"
			   : o->n_files	       ? "--file"
			   : o->status_fd >= 0 ? "--status-fd"
					       : NULL;

	if (!what)
		return true;
	fault_set(s->run.fault, ERR_USAGE);
	return fault_line(s->run.fault, "wrong", what, " is not there on macOS", NULL);
}

bool macos_prove(struct macos_start *s, char *const *environment)
{
	const struct launch *l = &s->plan->common.launch;
	struct run *r = &s->run;

	memcpy(r->params, l->params, l->n_params * sizeof(l->params[0]));
	r->vars = (struct vars){.params = r->params, .n_params = l->n_params, .pool = r->pool};
	r->plan = &s->plan->common;
	macos_seatbelt_find(&s->seatbelt);
	return options_fit(s) && params_set(&r->vars, r->options->sets, r->options->n_sets, r->fault) &&
	       macos_guarantees(s) && macos_program(s) && env_build(r, environment) && macos_places(s) &&
	       macos_params(s);
}

bool macos_go(struct macos_start *s)
{
	return macos_supervised(s) ? macos_supervise(s) : macos_child(s, true);
}
