/*
 * landlock.h - what the files of this back end share: the policy as Landlock could keep it.
 *
 * Landlock only gives: a right on a place holds for all that lies below it and nothing takes it
 * away again. So S1 is solved here, before a line is written: an allow that a deny covers gives
 * nothing, and a denied place inside what is given is a carve, which Landlock does not have. What
 * only load-time values can tell becomes an assert.
 */
#ifndef SBX_LANDLOCK_H
#define SBX_LANDLOCK_H

#include "../../runtime/plan.h"
#include "../backend.h"

enum ll_fs {
#define RIGHT(id, word, bit, abi, on_files) LL_FS_##id = 1u << (bit),
	PLAN_FS_RIGHTS(RIGHT)
#undef RIGHT
};

enum ll_net {
#define RIGHT(id, word, bit, abi, on_files) LL_NET_##id = 1u << (bit),
	PLAN_NET_RIGHTS(RIGHT)
#undef RIGHT
};

/* The operations on places of the file tree: those of paths, and reaching a socket by its path. */
#define LL_PATH_OPS                                                                                \
	(OP_BIT(OP_READ) | OP_BIT(OP_LIST) | OP_BIT(OP_MODIFY) | OP_BIT(OP_CREATE) |               \
	 OP_BIT(OP_DELETE) | OP_BIT(OP_EXEC) | OP_BIT(OP_IOCTL))
#define LL_PLACE_OPS (LL_PATH_OPS | OP_BIT(OP_CONNECT_UNIX))

/* An allow and what S1 leaves of it. */
struct ll_line {
	const struct ir_rule *rule;
	uint32_t ops;      /* live: no deny covers the whole place */
	uint32_t ops_here; /* what all live lines together give on the place */
};

/* A deny or a hole: for each operation it either can be asserted by the loader or needs a carve. */
struct ll_denial {
	const struct ir_rule *rule; /* the deny, or the allow that leaves the hole out */
	const struct ir_hole *hole; /* NULL: a deny */
	const char *path;
	uint32_t ops; /* what it takes */
	uint32_t carved, asserted;
	bool outside; /* asserted for what lies in none of the rule's own holes: a `never` with `except` */
};

/* An allowed pattern: the loader looks below the folder, once, and gives the operations on what fits. */
struct ll_pattern {
	const struct ir_rule *rule;
	uint32_t ops; /* live: no deny covers the folder */
};

struct ll_tree {
	const struct ll_line *lines;
	unsigned n_lines;
	const struct ll_pattern *patterns;
	unsigned n_patterns;
	const struct ll_denial *denials;
	unsigned n_denials;
};

struct ll_tree ll_tree_build(struct arena *a, const struct ir *ir);

/* How a mount shows a place inside what is given; 0: as it is. */
enum ll_how {
	LL_COVER_HIDE = 1,
	LL_COVER_RO = 2,
	LL_COVER_NOEXEC = 4,
};
/* In the spelling of landlock.conf, by the bits above. */
const char *ll_how_text(unsigned how);

struct ll_cover {
	const char *path;
	struct loc loc; /* the line that asks for it */
	unsigned how;
};
struct ll_covers {
	const struct ll_cover *v; /* sorted by path, each once */
	unsigned n;
	bool *covered;   /* by denial of the tree: does a cover keep all that is carved? NULL: nothing is covered */
	struct loc *bad; /* the line of a place below a cover that cannot be shown as it should, or NULL */
};

/* Nothing without a mount namespace. */
struct ll_covers ll_covers_build(struct arena *a, const struct ir *ir, const struct ll_tree *tree);

/*
 * Does the path equal the root or lie below it, whatever the load-time values are? Both templates.
 */
bool ll_covers(const char *root, const char *path);
/* Is this a rule of the kind for Linux that has one of these operations? */
bool ll_rule_is(const struct ir_rule *r, bool deny, uint32_t ops);
/* Does the endpoint name a socket of the file tree? The others are abstract, "@name". */
bool ll_is_socket_path(const char *endpoint);
/* The first allow that opens all of the network, or NULL; a `deny net` closes it. */
const struct ir_rule *ll_open_net(const struct ir *ir);
/* The first allow that opens abstract sockets, or NULL. */
const struct ir_rule *ll_open_abstract(const struct ir *ir);

/* May signals leave the sandbox? A deny closes what an allow opens. */
bool ll_open_signal(const struct ir *ir);

/* What decides whether a mount covers the places that a denied pattern fits: is there a view of its own, and what is given anywhere? */
struct ll_masking {
	bool mounts;
	uint32_t given; /* operations */
};
struct ll_masking ll_masking_of(const struct ir *ir);
/* How the mount covers what fits when the program starts: enum ll_how; 0: it is not covered. */
unsigned ll_mask_how(struct ll_masking m, const struct ir_rule *r);
/* A denied pattern that no mount covers: what fits it is open. */
bool ll_pattern_is_open(struct ll_masking m, const struct ir_rule *r);
struct answer ll_answer_patterns(const struct ir *ir);
/* `narrower` and `wider` of backend.h; each makes its part of the memo at its first question. */
struct ll_excuses {
	const struct ll_kept *kept;
	const struct ll_masks *masks;
};
struct ll_excuses *ll_excuses_of(const struct excuse *x);
bool landlock_wider(const struct excuse *x);
bool landlock_narrower(const struct excuse *x, const char **why);

/* What a policy promises about places inside an allowed tree, by operation. */
struct ll_promise {
	uint32_t ops;
	enum cap cap;
	const char *mechanism, *covered; /* what keeps it; the same where mounts help */
};
enum { LL_N_PROMISES = 5 };
extern const struct ll_promise ll_promises[LL_N_PROMISES];

/* Why a place inside an allowed tree cannot be taken out, and what to do: without a mount namespace, or with one. */
struct ll_gap {
	const char *note, *help;
};
struct ll_gap ll_carve_gap(const struct ir *ir);

/* Where ports come from: one entry a port that is given to some right. */
struct ll_port {
	uint32_t rights;
	const struct origin *origin[4]; /* by bit of the right */
};
struct ll_port_var {
	const char *name;
	struct ll_port port;
};
struct ll_net_set {
	uint32_t handled;
	const struct ll_port *fixed; /* 65536 of them, or NULL when no port is given */
	const struct ll_port_var *vars;
	unsigned n_vars;
};

/* False after a diagnostic: a host, a port that cannot be taken out, too many ports. */
bool ll_net_build(struct lower *l, struct ll_net_set *out);

/* model_glob.c: does a name after the folder in the path fit the pattern? */
bool ll_pattern_fits(const char *glob, const char *folder, const char *path);

bool landlock_lower(struct lower *l);
struct answer landlock_answer(const struct ir *ir, enum target t, enum cap cap);

void *landlock_model_open(struct arena *a, const struct artifact *v, unsigned n,
			  const char **error);
struct model_verdict landlock_model_decide(const void *model, struct arena *scratch,
					   const struct request *r);
void landlock_witness(const void *model, const struct ir *ir,
		      void (*ask)(void *ctx, const struct request *r), void *ctx);
bool landlock_facts(const void *model, const struct lower *what, struct arena *a,
		    const char **difference);

#endif
