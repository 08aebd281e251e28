/*
 * notify.h - system calls that the supervisor is told about, and answers.
 *
 * `observe denied`: every errno of the filter becomes a notification, and the supervisor answers with the errno that
 * the plan's own filter gives for this very call, so nothing is decided anew. A filter of the plan may also notify by
 * itself; that is answered with EPERM. No call is let through: what is answered is an error always.
 *
 * `observe all`: every call that the filter allows becomes one too, and goes on when the plan's filter allows this very
 * call. It sees numbers alone, in registers that nobody else can change meanwhile, so there is nothing to race for.
 */
#ifndef SBX_NOTIFY_H
#define SBX_NOTIFY_H

#include "run.h"

enum { NOTIFY_CALLS = 512 /* different calls that are said */ };

struct said {
	int call;
	uint32_t error; /* 0: it went on */
};

struct notify {
	int mailbox;       /* the listener comes through it; -1: none */
	int reserve;       /* keeps a number free for it */
	int listener;      /* -1: not here yet, or the last process of the filter ended */
	unsigned n;        /* of those that are said */
	struct said *said; /* NOTIFY_CALLS */
};

/* Does this start need somebody who answers? */
bool notify_wanted(const struct run *r);
/* While memory may be taken: the filter that notifies, r->observed. */
bool notify_prepare(struct run *r);
/*
 * In the child, instead of installing the filter plainly. A process that shares the descriptors of this one sends the
 * listener away, since after the filter is installed this one may be allowed nothing but exec.
 */
bool notify_install(struct run *r);

/* In the supervisor. The mailbox, or -1; before the child is made, while that can still be refused. */
void notify_reserve(struct notify *n, int mailbox);
/* False: it did not come, and the calls that the filter refuses have nobody to answer them. */
bool notify_take_listener(struct notify *n);
/* events: what poll() said of the listener. */
void notify_answer(struct notify *n, int events, const struct plan *plan);

#endif
