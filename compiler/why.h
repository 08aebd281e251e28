/*
 * why.h - `sbxc why`: what one access gets, which line says so, and how the program notices.
 */
#ifndef SBX_WHY_H
#define SBX_WHY_H

#include "ask.h"
#include "compile.h"
#include "plan_question.h"
#include "validate.h"

/* How one target keeps what was decided. */
struct why_side {
	bool asked;
	bool stops, refuses;
	bool relayed;      /* a proxy does it for the program */
	const char *by;    /* the back end that stops it first, or NULL */
	const char *shows; /* what the program sees: "EACCES", "the process is killed (SIGSYS)" */
	const char *where; /* of the artifact, when there is no policy to point into */
	const char *open;  /* it is open whatever the policy says: why */
};

/* Operations that have one decision in common. */
struct why_answer {
	uint32_t ops, arches;
	struct decision decision;
	const struct request *example;
	struct why_side side[TARGET_COUNT];
};

struct why {
	struct arena *arena;
	const struct compile *k;
	struct validator *models; /* of the artifacts, or NULL: the policy has none */
	bool from_plan;           /* the models alone answer */
	const struct plan_open *plan; /* then: its files */
	uint32_t targets;         /* that are asked */
	struct why_answer *answers;
	unsigned n;
	bool unknown;             /* the conditions have too many cases: an answer may be missing */
};

/* Asks the compile's question. */
void why_ask(struct why *w);
bool why_denied(const struct why *w);
void why_print(const struct why *w, FILE *out);
void why_print_json(const struct why *w, FILE *out);

/* why_plan.c: what a plan's own files say of an access. */
enum { WHY_MAX_LINES = 8 };
struct why_lines {
	struct why_line {
		const char *text;  /* the line of landlock.conf */
		const char *where; /* of the policy */
		bool gives;	   /* the right that the access needs */
	} v[WHY_MAX_LINES];	   /* that speak of the object */
	unsigned n;
	const char *nearest, *nearest_where; /* an access of this kind that is given, or NULL */
};
struct why_lines why_plan_lines(const struct why *w, const struct why_answer *a);
/* The caveats of the plan that this answer on the target rests on, one after the other; NULL after the last. */
const char *why_plan_caveat(const struct why *w, const struct why_answer *a, enum target t, unsigned i);

/* why_near.c: what comes next to a denied access, in the order in which it should be tried; each may be NULL. */
struct why_near {
	const struct ir_never *never; /* forbids that a line allows it: then there is no profile and no grant */
	const char *allowed;    /* the nearest that is allowed, as text */
	const struct origin *at;
	const char *profile;    /* `use` line of a library profile that allows it */
	const char *grant;      /* the least line that would allow it */
	const char *grants;     /* what that line would allow, in words */
};
struct why_near why_nearest(const struct why *w, const struct why_answer *a);
/* The rule that this decision points to, or NULL (`entry`, a default). */
const struct ir_rule *why_rule(const struct ir *ir, const struct origin *o);

#endif
