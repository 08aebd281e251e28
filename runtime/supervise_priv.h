/*
 * supervise_priv.h - what the supervisor holds, for the files that it is made of.
 */
#ifndef SBX_SUPERVISE_PRIV_H
#define SBX_SUPERVISE_PRIV_H

#include <stdbool.h>
#include <sys/types.h>

#include "guard.h"
#include "namespaces.h"
#include "notify.h"
#include "outcome.h"
#include "output.h"
#include "run.h"
#include "terminal.h"
#include "view_kept.h"

struct ends { /* of the pipes of one start, this process's and the child's; -1: there is none */
	int started[2], go[2], mailbox[2], tree[2];
	int events; /* no pipe, but of both */
};

/* What every start uses stands together: each page that is touched costs more than a call. */
struct supervisor {
	struct run *run;
	struct link link; /* the parent's ends */
	pid_t child;
	int signals;     /* signalfd */
	int tick;        /* timerfd of --watch; -1: none */
	int given_up;    /* by this signal, before the program ran; 0: no */
	bool beside;     /* the child runs in this memory */
	bool stop_asked; /* from outside, since the program last stopped */
	bool ended;
	bool unobserved, unguarded, uncovered; /* ended by us, because it was */
	bool copies;                           /* the program's output passes through us */
	uint64_t began_us;
	struct guard guard;
	struct notify notify;
	struct ends ends; /* of both, as they were when the child was made */
	struct view_kept kept;
	struct outcome outcome;
	/* last what is long */
	struct terminal terminal; /* outer -1: the program has none of its own */
	struct output output;
	struct said said[NOTIFY_CALLS];
};

/* Of the job; dir -1: it has none. */
static inline struct cgroup *job(const struct supervisor *s)
{
	return &s->link.shared->cgroup;
}

static inline bool has_init(const struct supervisor *s)
{
	return namespaces_wanted(s->run, ISOLATE_PID);
}

static inline bool (fault)(struct supervisor *s, const char *words)
{
	return fault_step_words(s->run->fault, words);
}
#define fault(s, what) fault(s, SAID("supervise\0" what))

/* The child gets memory of its own after all: what both look at is mapped. False with errno. */
bool supervise_apart(struct supervisor *s);
/* Makes the process that becomes the program, with its ends of the pipes. False after a fault. */
bool supervise_child(struct supervisor *s);

#endif
