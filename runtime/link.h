/*
 * link.h - what the processes of one supervised start share.
 *
 * The child reports by memory, not by messages: a filter that refuses write() cannot keep a failed
 * exec from being told, and nothing has to be read back into form.
 */
#ifndef SBX_LINK_H
#define SBX_LINK_H

#include <sys/types.h>

#include "fault.h"
#include "outcome.h"

/*
 * Of library starts. To the supervisor: end the whole tree; SIGKILL to it would end the program alone. From the supervisor
 * to process 1: the time of the end is known now.
 */
enum { SIGNAL_END_TREE = 64, SIGNAL_DEADLINE = 64 };

enum phase {
	PHASE_SETUP,  /* nothing of the program has run */
	PHASE_EXEC,   /* the kernel was asked to become it, and has not refused */
	PHASE_FAILED, /* it never ran; fault says why */
};

/* In memory that all of them see, and gone with exec, so that no program ever does. */
struct shared {
	volatile enum phase phase;
	volatile bool ended; /* by process 1: the program ended, with this wait status */
	volatile int status;
	bool cpu_limited;
	volatile uint64_t cpu_us; /* and it had used so much, where that is limited */
	volatile int listener;    /* of the notifying filter, in the program's descriptors; -1: not yet */
	pid_t messenger;          /* who sends it away; 0: none. Written by the kernel */
	volatile uint64_t deadline_us; /* of the job (wall.h); 0: none */
	volatile bool overdue;         /* and it was ended for that, by who is second */
	struct cgroup cgroup; /* of the job; dir -1: none. The guard sees what the supervisor makes */
	volatile bool told; /* by the supervisor, at its end, to who launched it through the library */
	struct outcome outcome;
	struct fault fault;
	char unsafe[PLAN_MAX_PATH + 128]; /* what the outcome says of it */
};

struct link {
	struct shared *shared;
	/*
	 * `started` is a pipe that closes with exec, so that the parent's end sees the end of file; as long as
	 * the parent lives, the child's end shows no error. `events` is an eventfd, to which process 1 adds one
	 * when the program stopped. -1: none, or not this process's end.
	 */
	int started, events;
	int mailbox;  /* for that listener; -1: none */
	int tree;     /* the table of its mounts goes there (view_kept.h); -1: none */
	int terminal; /* the program's side of its new terminal; -1: none */
};

#endif
