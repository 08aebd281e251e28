/*
 * caps.h - who keeps which guarantee where: the matrix behind `sbxc caps`.
 */
#ifndef SBX_CAPS_H
#define SBX_CAPS_H

#include "compile.h"
#include "host.h"

struct cap_cell {
	bool asked;            /* by the policy; in the general matrix always */
	bool preferred;        /* by the policy, which then runs without it */
	enum level level;
	const char *mechanism; /* in the words of launch.conf; NULL with ABSENT */
	const char *beside;    /* what it takes of Linux beside what keeps it: host_beside(); or NULL */
	const char *kernel;    /* the least Linux for it, or NULL */
	const char *note;      /* what does not hold as plainly as the name says, or what else keeps it; or NULL */
	const char *at;        /* the line that asks, or NULL */
	const struct cap_cell *views; /* in the general matrix: how private views keep it as well, or NULL */
};

struct cap_matrix {
	uint32_t targets;
	struct cap_cell v[TARGET_COUNT][CAP_COUNT];
};

/* What the back ends can do: each is asked with the lines of cap_ask.def. */
struct cap_matrix *caps_general(struct arena *a);
/* What a policy asks for and gets. After compile_judge(). */
struct cap_matrix *caps_of_policy(struct arena *a, const struct compile *k);
/* The same of a plan.yaml, of a plan that may throw writes away; NULL with *error. */
struct cap_matrix *caps_of_plan(struct arena *a, const char *text, size_t size, bool discards, const char **error);
/* Takes away what this Linux does not have. */
void caps_on_host(struct arena *a, struct cap_matrix *m, const struct host *h);

/* A line of a policy that asks for it: "limit memory 256MiB"; "" where every policy does. */
extern const char *const cap_ask[CAP_COUNT];

/* Kept, or for a proxy to keep? */
static inline bool cap_holds(const struct cap_cell *c)
{
	return c->asked && c->level >= LEVEL_DELEGATED;
}

/* Sets of capabilities, for `A and B`, `A or B`, `A minus B`. */
struct cap_set {
	bool has[CAP_COUNT];
};
/* Of systems: those that hold on every one of `targets`. */
struct cap_set caps_held_on(const struct cap_matrix *m, uint32_t targets);
/* Of a policy or plan: those that it requires on one of its systems. */
struct cap_set caps_required(const struct cap_matrix *m);

#endif
