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
	/*
	 * A level of Landlock that the guarantee needs as well, whoever keeps it: a line of the policy opens what this back end
	 * would close on older kernels. Or NULL.
	 */
	const char *also;
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

/* What artifacts are made for, where one has a choice; never what they mean. */
enum optimize {
	OPTIMIZE_EVEN,    /* all system calls alike quick */
	OPTIMIZE_SIZE,    /* as short as can be */
	OPTIMIZE_PROFILE, /* the calls of a recording quick */
	OPTIMIZE_CACHED,  /* Linux 5.11: what is always allowed costs nothing, so the rest quick */
};

struct lower {
	struct arena *arena;
	const struct ir *ir;
	const struct meaning *meaning; /* for the derived syscall list only; lower() never calls decide() */
	struct diags *diags;
	const struct src *src;
	const char *plan_id; /* 32 hex digits; the first line of every .conf carries it */
	const struct guarantee *guarantees; /* what the policy asks for and who keeps it */
	unsigned n_guarantees;
	enum optimize optimize;
	const struct src_file *recording; /* of calls, for OPTIMIZE_PROFILE and OPTIMIZE_CACHED; or NULL */
	struct artifact *artifacts;
	unsigned n_artifacts;
};

/* Adds a file to the plan; the bytes are not copied. */
void lower_add(struct lower *l, const char *name, const void *data, size_t size);

/* What a model says of one request: whether this mechanism, as the artifact stands, would stop it. */
struct model_verdict {
	bool stops;               /* false: it lets the request pass, or does not govern it */
	bool refuses;             /* the loader would not start at all with the request's load-time values */
	struct sys_action action; /* seccomp only: what the call gets, or the first call of an access that it stops */
	const char *where;        /* for messages, what decides: a line of the policy, or a file of the plan with `at`; or NULL */
	unsigned at;              /* the line or instruction of that file; 0: `where` says it all */
};
/* That as text, "FILE:AT"; NULL where the model does not say. */
const char *model_where(struct arena *a, const struct model_verdict *v);

/*
 * What a proof over all inputs found. For every artifact that was proved: one line of counts, and what it means as text
 * that the proof can be repeated from, without the policy. Both end with a newline.
 */
enum { PROOF_MAX_PARTS = 8 };
struct proof_part {
	const char *artifact;
	const char *head, *meaning;
};
struct proof {
	struct proof_part parts[PROOF_MAX_PARTS];
	unsigned n;
	/* When it failed: the artifact; then an input with both answers, or `why` there is no proof. */
	const char *artifact, *call, *want, *got, *why;
};

/* The endpoint of a proxy as an artifact names it: templates. */
struct relay {
	enum op op;         /* CONNECT_UNIX or CONNECT_TCP */
	const char *object; /* path, or host */
	const char *port;   /* CONNECT_TCP */
};

/* The way of a call's number through a filter: the last comparison, and the instruction where the number is decided. */
struct number_path {
	unsigned last, decided; /* decided: a return, or the first instruction that looks at an argument */
};

/* A difference that may be one which the answer for a guarantee states. */
struct excuse {
	struct arena *arena; /* as long as the memo */
	const struct ir *ir;
	const struct request *request;
	enum cap cap; /* of wider(): the policy prefers it, and nobody keeps it whole */
	void **memo; /* the back end's own between questions about one policy; NULL at the first */
};

struct backend {
	const char *name;
	const char *about; /* one line for --help and docs */
	uint32_t targets;  /* TARGET_BIT()s it has something to say about */

	/* How well this back end keeps `cap` of this policy on one of them. A switch over enum cap without default. */
	struct answer (*answer)(const struct ir *ir, enum target t, enum cap cap);

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
	 * Is this connection made for the program by a proxy, which keeps to the artifact? Then *endpoint says where the
	 * proxy is reached, as templates, and the other back ends are asked about that. NULL: this back end knows none.
	 */
	bool (*relay)(const void *model, const struct request *r, struct relay *endpoint);

	/*
	 * Is the request open whatever the policy says, because every artifact of this back end must hold it open (the
	 * libraries that any program reads, the entry program that is started)? Then *why is one phrase for the manifest,
	 * and the model may let pass what decide() denies. NULL: there is no such thing.
	 */
	bool (*baseline)(const struct ir *ir, const struct request *r, const char **why);

	/*
	 * The other way round: does the mechanism, as the answer for a guarantee says, stop this although the policy allows
	 * it? NULL: it never does.
	 */
	bool (*narrower)(const struct excuse *x, const char **why);

	/*
	 * Does this back end let pass what the policy denies, because it does not keep x->cap whole, as its answer for it says?
	 * True for exactly what the mechanism cannot say, since an artifact that opens anything else must not pass. NULL: it
	 * keeps out all that the policy denies.
	 */
	bool (*wider)(const struct excuse *x);

	/*
	 * Proves that the artifacts equal the policy for all inputs, where the mechanism allows that; else NULL. False with
	 * the counterexample. Like the model it reads bytes and knows nothing of the lowering.
	 */
	bool (*prove)(const void *model, const struct meaning *m, struct arena *a, struct proof *out);
	/* The same for one artifact against the `meaning` text of an earlier proof. */
	bool (*reprove)(struct arena *a, const struct artifact *v, const char *meaning, struct proof *out);

	/*
	 * Compares what the model read and no request asks about (limits, places to make, lines that are named) with the
	 * policy: of `what` only the inputs are set. Written apart from lower(), so that a fault there is not repeated. False
	 * with a line that names the fact, the artifact's value and the policy's. NULL: requests ask about everything.
	 */
	bool (*facts)(const void *model, const struct lower *what, struct arena *a, const char **difference);

	/* Which instructions of its artifact decide the number of a system call? False: no filter for it. NULL: no filters. */
	bool (*number_path)(const void *model, enum arch arch, uint32_t nr, struct number_path *out);

	/* Calls `ask` with further requests worth comparing (boundary values of what the artifacts hold), or NULL. */
	void (*witness)(const void *model, const struct ir *ir, void (*ask)(void *ctx, const struct request *r), void *ctx);
};

/* For facts(): is the WHERE word of a plan the place of this line of the policy (NULL: of the policy's head)? */
bool fact_where(const struct lower *what, const char *word, const struct origin *origin);
bool fact_where_loc(const struct lower *what, const char *word, struct loc loc);
/* Does a word with the escapes of WHERE spell the text? */
bool fact_spells(const char *word, const char *text);
/* The text that such a word spells, and that of a place: what many lines are found by. */
const char *fact_text(struct arena *a, const char *word);
const char *fact_place(const struct lower *what, struct loc loc);

/* All back ends, in the order of backends.def; NULL ends the list. */
extern const struct backend *const backends[];

#endif
