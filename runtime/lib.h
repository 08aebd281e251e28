/*
 * lib.h - what the files of libsbx share. The public side is sbx.h.
 */
#ifndef SBX_LIB_H
#define SBX_LIB_H

#include "sbx.h"
#include "start.h"

struct sbx_plan {
	struct pool pool; /* files and what points into them */
	struct plan plan;
	char policy[256], version[256];
	struct start *spare;     /* of an earlier launch, for the next one; NULL: none. Threads take it by exchange */
	struct start **spare_at; /* where that is: the plan itself never changes */
};

enum { LIB_PAGE = 4096, LIB_STACK = 64 * LIB_PAGE - LIB_PAGE / 2, LIB_ROOM = 64 * 1024, LIB_OPENED = 4 };

/*
 * One start of the library. It lies in one mapping of its own that the child sees, shared or copied; what nobody touches
 * of it costs nothing. The end of the stack and what every start uses share a page, and so do the options and the room: each
 * that is touched costs more than a call, so a plan keeps one of them for its next launch. All but the stack is zero bytes then.
 */
struct start {
	_Alignas(16) char stack[LIB_STACK]; /* of a child that shares this memory */
	struct pool pool;
	struct link link;
	struct shared *shared; /* `own`, or a mapping of its own when the child has memory of its own */
	int stdio[3];
	int opened[LIB_OPENED + FILES_MAX]; /* what the caller has open for it, whatever the child did with its own; -1: none */
	const char *directory;
	char *const *envp;
	struct start **spare_at; /* of its plan */
	bool sheds; /* the child has memory and descriptors of its own, and keeps none of the caller's */
	int ready; /* the child's end of the pipe that tells that the program runs; -1: it is not needed */
	struct run run;
	struct shared own;
	_Alignas(LIB_PAGE) struct options options;
	_Alignas(16) char room[LIB_ROOM];
};

struct sbx_process {
	pid_t pid;
	int pidfd; /* macOS: a kqueue that is readable when it ended */
	uint64_t began; /* lib_clock_us() */
	bool ended;
	bool supervised;
	struct host host;      /* what it could give, for the report */
	struct shared *shared; /* where a supervisor leaves the outcome; NULL: there is none */
	struct outcome outcome;
};

/* Copies the message as sbx-run would print it, without its name. Always -1. */
int lib_error(struct sbx_error *e, const struct fault *f);
/* The same for a call that failed before any step. */
int lib_error_step(struct sbx_error *e, const char *what, int error);

/* Into the start, which has a fault. */
bool lib_options_take(struct start *s, const struct sbx_options *o);
/*
 * Proves a start. NULL after an error. What it opened is closed by lib_start_free(). With a child the rules are opened
 * there: nothing of them is ever open in the caller.
 */
enum lib_where { LIB_IN_CHILD, LIB_AT_ONCE /* in one that executes before the caller goes on */, LIB_HERE };
struct start *lib_start_new(const struct sbx_plan *plan, const struct sbx_options *o, enum lib_where where,
			    struct sbx_error *e);
void lib_start_free(struct start *s);
/*
 * Makes the child of a proved start. With memory of its own it lives on beside the caller; otherwise the caller waits
 * inside until it has executed the program or failed. -1 with errno.
 */
enum lib_child { LIB_SHARES_MEMORY, LIB_OWN_MEMORY };
pid_t lib_child_make(struct start *s, enum lib_child kind, int *pidfd);
/* Waits until the program runs, or does not. False after an error; then the child is gone and reaped. */
bool lib_child_ran(struct start *s, pid_t pid, int pidfd, struct sbx_error *e);

/* Takes over the memory that the start shares with its supervisor. */
struct sbx_process *lib_process_new(struct start *s, pid_t pid, int pidfd);
uint64_t lib_clock_us(void);
/* What is left of the time, in milliseconds; -1 stays. */
int lib_time_left(int timeout_ms, uint64_t since);
/* lib_outcome.c: for sbx_wait(). */
struct sbx_status lib_status(const struct outcome *o);

#endif
