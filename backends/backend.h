/*
 * backend.h - what a back end is: one const struct in its folder and one line in backends.def.
 *
 * A back end has two halves that must not share code that decides anything. `lower` turns the IR into artifacts;
 * `model` reads the bytes of the artifacts back and says what the system would do with them. Every compile compares
 * the model with decide() at all witness points and refuses to write a plan on the first difference.
 */
#ifndef SBX_BACKEND_H
#define SBX_BACKEND_H

#include "../compiler/arena.h"
#include "../compiler/decide.h"
#include "../compiler/diag.h"
#include "../compiler/ir.h"

enum level {
	LEVEL_ABSENT,    /* this back end has nothing to say about it */
	LEVEL_PARTIAL,   /* holds but for what `note` says */
	LEVEL_DELEGATED, /* somebody else (a proxy) must do it */
	LEVEL_ENFORCED,
};

/* How well one back end keeps one guarantee of one policy. */
struct answer {
	enum level level;
	/*
	 * What the loader must find on the host, in the words of launch.conf: "landlock:4" (least ABI), "seccomp",
	 * "rlimit", "cgroup:memory", "namespace", "launch", "supervisor"; on macOS "seatbelt". NULL with LEVEL_ABSENT.
	 */
	const char *mechanism;
	const char *note;   /* PARTIAL, ABSENT: one sentence that says what is missing, for people; else NULL */
	const char *help;   /* how to get it another way, or NULL */
	/*
	 * The line that cannot be kept, or NULL. With PARTIAL and ABSENT it is an objection: this line defeats the
	 * guarantee, however well another back end keeps the rest of it, so the fold takes the weakest such answer.
	 */
	const struct origin *at;
};

struct artifact {
	const char *name; /* file name in the plan directory */
	const char *data;
	size_t size;
};

struct guarantee; /* compiler/guarantee.h */

struct lower {
	struct arena *arena;
	const struct ir *ir;
	const struct meaning *meaning; /* for the derived syscall list only; lower() never calls decide() */
	struct diags *diags;
	const struct src *src;
	const char *plan_id; /* 32 hex digits; the first line of every .conf carries it */
	const struct guarantee *guarantees; /* what the policy asks for and who keeps it */
	unsigned n_guarantees;
	struct artifact *artifacts;
	unsigned n_artifacts;
};

/* Adds a file to the plan; the bytes are not copied. */
void lower_add(struct lower *l, const char *name, const void *data, size_t size);

/* What a model says of one request: whether this mechanism, as the artifact stands, would stop it. */
struct model_verdict {
	bool stops;               /* false: it lets the request pass, or does not govern it */
	bool refuses;             /* the loader would not start at all with the request's load-time values */
	struct sys_action action; /* SYSCALL requests, seccomp only */
	const char *where;        /* the line or instruction that decides, for messages; or NULL */
};

struct backend {
	const char *name;
	const char *about; /* one line for --help and docs */
	enum target target;

	/* How well this back end keeps `cap` of this policy. A switch over enum cap without default. */
	struct answer (*answer)(const struct ir *ir, enum cap cap);

	/* Writes the artifacts; false after a diagnostic. */
	bool (*lower)(struct lower *l);

	/*
	 * Reads the artifacts (all of them are given; it picks its own by name) as bytes, knowing nothing of the
	 * lowering. NULL with *error set when they are malformed.
	 */
	void *(*model_open)(struct arena *a, const struct artifact *v, unsigned n, const char **error);
	/* The scratch arena holds what the answer needs; the caller may drop it after each call. */
	struct model_verdict (*model_decide)(const void *model, struct arena *scratch, const struct request *r);

	/*
	 * Is the request open whatever the policy says, because every artifact of this back end must hold it open (the
	 * libraries that any program reads, the entry program that is started)? Then *why is one phrase for the manifest,
	 * and the model may let pass what decide() denies. NULL: there is no such thing.
	 */
	bool (*baseline)(const struct ir *ir, const struct request *r, const char **why);

	/* Calls `ask` with further requests worth comparing (boundary values of what the artifacts hold), or NULL. */
	void (*witness)(const void *model, const struct ir *ir, void (*ask)(void *ctx, const struct request *r), void *ctx);
};

/* All back ends, in the order of backends.def; NULL ends the list. */
extern const struct backend *const backends[];

#endif
