/*
 * diff.h - what a change of a policy changes: access first, each difference with an example.
 *
 * Two policies differ on some path, port, call or name if and only if they differ on a witness point (section 6 of the
 * language), so the comparison is exact and every difference comes with a request that shows it. Load-time variables
 * stay symbolic: `${HOME}/x` and `/home/ann/x` are two places.
 *
 * Opened is more than allowed: a looser limit, a weaker guarantee and a setting that shows the program more count as
 * grown too.
 */
#ifndef SBX_DIFF_H
#define SBX_DIFF_H

#include "compile.h"
#include "decide.h"

enum diff_way {
	DIFF_GROWS,   /* more is allowed, or less is promised */
	DIFF_SHRINKS, /* less is allowed, or more is promised */
	DIFF_OTHER,   /* neither, or it cannot be told which */
};

enum diff_part { /* in the order they are shown */
	DIFF_ACCESS,
	DIFF_LIMITS,
	DIFF_GUARANTEES,
	DIFF_SETTINGS,
	DIFF_PART_COUNT
};

/* The exact set of requests of an access that differs; the property test asks every one. */
struct diff_set {
	uint32_t ops;     /* OP_BIT()s of one kind */
	const char *root; /* concrete: a path and all below it, a host, NAME or PREFIX*; NULL: system calls */
	const char *const *stops; /* what of `root` is as before: paths and all below them, hosts, names */
	unsigned n_stops;
	uint16_t port_lo, port_hi;      /* tcp, udp: inclusive */
	const struct request *examples; /* the first is `example`; SYSCALL: one of each call */
	unsigned n_examples;
};

struct diff_entry {
	enum diff_part part;
	enum diff_way way;
	uint32_t targets;    /* where it differs */
	const char *what;    /* "read write", "connect tcp", "memory", "res.pids" */
	const char *object;  /* "${HOME}/.ssh", "*:443", "2GiB -> 4GiB" */
	const char *but;     /* places of it that are as before, or NULL */
	const char *example; /* or NULL, when the object is its own example */
	const char *where;   /* the line that decides: "p.sbx:12", "old p.sbx:12", or NULL */
	const char *note;    /* how it was before: "was taken out by `except`, old p.sbx:16", or NULL */
	const char *because; /* the reason on that line, or NULL */
	const char *via;     /* what brought that line: "std/python, used at p.sbx:7", or NULL */
	const char *guard;   /* an expectation about it that is gone, or NULL */
	struct diff_set set; /* ACCESS: on the first of its targets */
	const struct diff_set *set_on[TARGET_COUNT]; /* paths, ports, names: on each of its targets */
};

struct diff_test { /* an expectation that is gone, or new */
	bool gone;
	bool guards; /* gone, and what it was about did change */
	const char *text, *title, *where;
};

struct diff_side {
	const char *name, *version; /* version: "" when there is none */
	uint32_t targets;
};

struct diff {
	struct diff_side old, now;
	const struct diff_entry *v; /* by part, grown ones first */
	unsigned n;
	const struct diff_test *tests;
	unsigned n_tests;
	unsigned n_of[3];	/* entries by way */
	unsigned n_weaker;	/* guarantees that grew */
	unsigned lines_moved;	/* lines of the text that changed and mean the same (when n is 0: all of them) */
	const char *version;	/* what the version number must do: "needs a major step: 3.0.0 or later", or NULL */
	bool version_wrong;	/* the number was not moved far enough */
};

/*
 * Compares two policies, both judged (compile_judge()); everything from the arena. Does not print, has no opinion on
 * which of them is right.
 */
const struct diff *diff_policies(struct arena *a, const struct compile *old, const struct compile *now);

/* Two plans: diff_plan.h. */

/* "2.1.0" -> "2.1.1" for a change of this kind: is the step large enough? NULL: yes, else what is needed. */
const char *diff_version_needs(struct arena *a, const char *old, const char *now, bool grows, bool shrinks);

/*
 * The same as a gate: the least version that such a change takes, "3.0.0", or NULL when `now` is far enough. A policy
 * without a number cannot say that it changed, so it needs its first.
 */
const char *diff_version_least(struct arena *a, const char *old, const char *now, bool grows, bool shrinks);

/* The differences for people: growth first, said in words when there are none. */
void diff_print(const struct diff *d, FILE *out, bool colour);
void diff_markdown(const struct diff *d, FILE *out);
void diff_json(const struct diff *d, FILE *out);
struct json;
void diff_json_put(struct json *j, const char *key, const struct diff *d); /* the same as a member */
/* "ACCESS GROWS", "access shrinks", "no change of access", ... */
const char *diff_verdict(const struct diff *d);

#endif
