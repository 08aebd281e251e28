/*
 * cond.h - works on conditions: canonical form, exact questions about them, text.
 *
 * Every test is about one argument, so a conjunction can hold if and only if its tests on each
 * argument can; that makes exact answers cheap, and no sampling is needed.
 */
#ifndef SBX_COND_H
#define SBX_COND_H

#include "arena.h"
#include "ir.h"

struct syscall_desc;

enum {
	COND_MAX = 1024,      /* conjunctions of one condition */
	COND_MAX_TESTS = 128, /* of one conjunction */
};

/*
 * The canonical form: tests sorted and merged, no conjunction that cannot hold or that the others
 * cover. No conjunction: it never holds; one without tests: it always does.
 */
const struct sys_cond *cond_canonical(struct arena *a, const struct sys_cond *c);
/* Both, either. NULL when the result has more than COND_MAX conjunctions. */
const struct sys_cond *cond_and(struct arena *a, const struct sys_cond *x,
				const struct sys_cond *y);
const struct sys_cond *cond_or(struct arena *a, const struct sys_cond *x, const struct sys_cond *y);
/* An order of canonical conditions; NULL (always) is the least. */
int cond_cmp(const struct sys_cond *a, const struct sys_cond *b);

/* Does the condition hold for these arguments? NULL: yes. */
bool cond_holds(const struct sys_cond *c, const uint64_t args[6]);
bool conj_holds(const struct sys_conj *c, const uint64_t args[6]);

enum cond_found {
	COND_NONE,    /* there are no such arguments */
	COND_FOUND,   /* args is set */
	COND_UNKNOWN, /* given up: far too many combinations */
};
/* Arguments for which all of `must` hold and none of `avoid` does. */
enum cond_found cond_find(const struct sys_conj *const *must, unsigned n_must,
			  const struct sys_conj *const *avoid, unsigned n_avoid, uint64_t args[6]);
/*
 * Is there nothing that x lets through and y does not? NULL: always. False when that cannot be
 * told.
 */
bool cond_within(const struct sys_cond *x, const struct sys_cond *y);
/* Can both hold at once? True when that cannot be told. */
bool cond_overlap(const struct sys_cond *x, const struct sys_cond *y);

/*
 * "domain == AF_INET and type & 0xf == SOCK_STREAM": the call's own names for arguments and values.
 * From the arena.
 */
const char *cond_text(struct arena *a, const struct syscall_desc *call, enum arch arch,
		      const struct sys_cond *c);
/* "errno EPERM", "kill", ... : the words of `with`. From the arena. */
const char *action_word(struct arena *a, struct sys_action action);

#endif
