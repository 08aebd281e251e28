/*
 * ask.h - one expectation as the requests it stands for, each with its decision.
 *
 * A line like `expect deny syscall socket where domain == AF_INET` asks about many calls. Tests, `why`, coverage and
 * mutation all ask through here, and so through decide().
 */
#ifndef SBX_ASK_H
#define SBX_ASK_H

#include "decide.h"

struct outcome {
	struct request request;
	struct decision decision;
};

struct outcomes {
	struct outcome *v; /* one for each operation; for calls, one for each outcome on each machine that some have */
	unsigned n;
	bool unknown;  /* the conditions have too many cases: an outcome may be missing */
	bool no_path;  /* with the given values the object is no path: nothing was asked */
};

struct asker;

struct asker *asker_new(struct arena *a, const struct meaning *m);
/* An expectation about access (not about guarantees) on one target. `given` must live as long as the meaning. */
struct outcomes ask(struct asker *k, const struct ir_test_expect *e, const struct ir_binding *given, unsigned n_given,
		    enum target t);
/* The port that the expectation asks about, with these values; one that is missing is assumed. */
uint16_t ask_port(struct arena *a, const struct ir *ir, const struct ir_test_expect *e, const struct ir_binding *given,
		  unsigned n_given);
/* The first load-time param in the text that has no value of its own and is not given; or NULL. */
const char *ask_missing_value(struct arena *a, const struct ir *ir, const char *tmpl, const struct ir_binding *given,
			      unsigned n_given);

#endif
