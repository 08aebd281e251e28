/*
 * profile.h - profiles of others as something to ask: what `sbxc why --profile` and `sbxc diff OLD.sb NEW.sb` see of the
 * Seatbelt back end.
 *
 * A profile is read from its text; nothing of it becomes a policy. What depends on facts that neither the profile nor
 * the question says is answered so.
 */
#ifndef SBX_PROFILE_H
#define SBX_PROFILE_H

#include <stdio.h>

#include "../compiler/arena.h"
#include "../compiler/ir.h"

struct profile;

struct profile_text {
	const char *name; /* as it is printed */
	const char *data;
	size_t size;
};

struct profile_source {
	struct profile_text text;
	const struct ir_binding *given; /* the -D values */
	unsigned n_given;
	/* Finds what (import "NAME") names; NULL with *error (one phrase). */
	const struct profile_text *(*find)(void *ctx, struct arena *a, const char *name, const char **error);
	void *ctx;
};

struct profile_error {
	const char *file; /* one of the names that the source gave */
	unsigned line, col;
	const char *text;
};

/* NULL with *error. */
const struct profile *profile_open(struct arena *a, const struct profile_source *source, struct profile_error *error);

enum profile_says { PROFILE_DENIES, PROFILE_DEPENDS, PROFILE_ALLOWS };

/* The answer about one operation of the kernel, or several that have the same. */
struct profile_answer {
	const char *ops;    /* "file-read-data", "file-write*" */
	const char *object; /* as the kernel sees it; "" when there is none */
	enum profile_says says;
	const char *depends; /* DEPENDS: the filter that is not known, as it would be written */
	const char *otherwise_where; /* DEPENDS: the rule that holds it; then `where` is what decides without it */
	bool unless_allows;  /* DEPENDS: what that rule does */
	const char *where;   /* "other.sb:12:1", or NULL: no rule decides */
	const char *via;     /* the form that led to that rule from elsewhere, or NULL */
	const char *text;    /* the rule as one line, or NULL */
	const char *why;     /* one phrase: why it decides, or what holds where no rule does */
	const char *note;    /* what else happens: "the program leaves the sandbox", or NULL */
	const char *manner;  /* of it, what makes the access another one; "" when nothing does */
	enum profile_reach { PROFILE_FILTERED, PROFILE_PLAIN, PROFILE_OUTSIDE } reach; /* how far what is allowed goes */
};

struct profile_question {
	const char *asked; /* the words */
	const char *note;  /* about the object: "/etc is a link to /private/etc", or NULL */
	const struct profile_answer *answers;
	unsigned n_answers;
};

/*
 * Asks what the words say: `read /etc/passwd`, `connect tcp 127.0.0.1:80`, `file-read-data /x vnode-type=DIRECTORY`.
 * NULL with *error (one phrase) when they say no access.
 */
const struct profile_question *profile_ask(struct arena *a, const struct profile *p, const char *const *words, unsigned n,
					   const char **error);

/* One difference of two profiles. */
struct profile_change {
	const char *ops;
	const char *object;
	bool below; /* and everything below the object */
	const char *except; /* places below it that are as before, or NULL */
	const char *example; /* or NULL: the object is its own example */
	struct profile_answer old, now;
};
const struct profile_change *profile_compare(struct arena *a, const struct profile *old, const struct profile *now,
					     unsigned *n);

#endif
