/*
 * seatbelt.h - the parts of the Seatbelt back end, for each other. The model's half (sbpl_*.c,
 * model.c) and the lowering's half (paths.c, lower*.c, text.c, header.c, base.c) share nothing but this page
 * and the name of the file.
 */
#ifndef SBX_SEATBELT_H
#define SBX_SEATBELT_H

#include "../../compiler/str.h"
#include "../backend.h"

#define SEATBELT_FILE "seatbelt.sb"

#define SEATBELT_PATH_OPS                                                                          \
	(OP_BIT(OP_READ) | OP_BIT(OP_LIST) | OP_BIT(OP_MODIFY) | OP_BIT(OP_CREATE) |               \
	 OP_BIT(OP_DELETE) | OP_BIT(OP_EXEC) | OP_BIT(OP_IOCTL))

/* model.c: see backend.h. */
void *seatbelt_model_open(struct arena *a, const struct artifact *v, unsigned n,
			  const char **error);
struct model_verdict seatbelt_model_decide(const void *model, struct arena *scratch,
					   const struct request *r);
void seatbelt_witness(const void *model, const struct ir *ir,
		      void (*tell)(void *ctx, const struct request *r), void *ctx);

/* answer.c */
struct answer seatbelt_answer(const struct ir *ir, enum target t, enum cap cap);
/* answer_moves.c: of places closed for these operations, of patterns, of reading. */
struct answer seatbelt_unless_moved(const struct ir *ir, uint32_t ops);
struct answer seatbelt_patterns_answer(const struct ir *ir);
struct answer seatbelt_unless_moved_in(const struct ir *ir);

/* The profile while it is written. */
struct emit {
	struct lower *l;
	struct buf out;
	size_t section, section_body; /* lower.c: where the heading begins and ends */
	bool failed; /* a diagnostic was queued: what was written is thrown away */
};

/* lower.c */
bool seatbelt_lower(struct lower *l);
/* Is the rule one for macOS? Others are left out everywhere. */
bool seatbelt_governs(const struct ir_rule *r);
/* lower_names.c: the rules for what only macOS has. */
void seatbelt_emit_names(struct emit *e);
/* lower_net.c: the rules for NET; denies come after every allow. */
struct net;   /* net.h */
struct paths; /* paths.h */
void seatbelt_emit_net_allows(struct emit *e, const struct net *n, const struct paths *p);
void seatbelt_emit_net_denies(struct emit *e, const struct net *n, const struct paths *p);

/* header.c: the comment that begins the profile. */
void seatbelt_emit_header(struct emit *e);
/* closed.c: what a policy closes without a rule. Is the operation one of that, under this policy? */
void seatbelt_emit_closed(struct emit *e);
bool seatbelt_closes(const struct lower *l, const char *operation);
/* facts.c: see backend.h. */
bool seatbelt_facts(const void *model, const struct lower *what, struct arena *a, const char **difference);
/* facts_rules.c: does every rule of the profile decide something? */
bool seatbelt_rules_decide(const void *model, const struct ir *ir, struct arena *a, const char **difference);

/* base.c: what every program needs, whatever the policy says. */
void seatbelt_emit_base(struct emit *e);
/*
 * Is the request open under every profile of ours, because the base or the start of the entry
 * program needs it? *why is one phrase for the manifest. See `baseline` in backend.h.
 */
bool seatbelt_baseline(const struct ir *ir, const struct request *r, const char **why);

/* text.c: strings, paths and comments of the profile. */

/*
 * The expression for what the pattern fits below the folder, as an SBPL string. With a variable in the folder the
 * expression names only what follows it, and would also fit names in the value: a deny may, as that closes more; for an
 * allow it is a diagnostic, and NULL.
 */
const char *emit_pattern(struct emit *e, struct loc at, const char *folder, const char *glob, bool deny);

/* Bytes as an SBPL string with its quotes. Control bytes must be gone: emit_path() refuses them. */
void emit_quoted(struct emit *e, const char *s, size_t n);
/*
 * A path template as an SBPL expression, in the spelling that the kernel sees; NULL after a
 * diagnostic at `at` when macOS has no such path or it cannot be written. From the arena.
 */
const char *emit_path(struct emit *e, struct loc at, const char *tmpl);
/* A template that is no path, such as a value: "text" or (string-append ...). */
const char *emit_text(struct emit *e, struct loc at, const char *before, const char *tmpl);
/* A name as it is, no template; NULL after a diagnostic when it cannot be written. */
const char *emit_name_text(struct emit *e, struct loc at, const char *name);
/* The same for (path-ancestors ...) and the comments. */
bool tmpl_has_variable(const char *tmpl);
/* One piece of a template: bytes, or the name of a variable. `*p` moves behind it; false at the
 * end. */
struct tmpl_piece {
	bool is_var;
	const char *s; /* bytes or name, from the arena */
	size_t len;
};
bool tmpl_next(struct arena *a, const char **p, struct tmpl_piece *out);
/* The same path, or template of one, behind the links of the system's root: /private/tmp/x for /tmp/x. */
const char *path_real(struct arena *a, const char *path);
/* Where the rule is written first; do all of its operations stand there? */
struct loc rule_loc(const struct ir_rule *r);
const struct origin *rule_origin(const struct ir_rule *r);
bool rule_says_one(const struct ir_rule *r);
/* "; policy.sbx:12 because ..." for the lines that say these ops of the rule. */
void emit_origins(struct emit *e, const struct ir_rule *r);
void emit_origin(struct emit *e, const struct origin *o);
/* "; policy.sbx:12, 13, 14 because ..." for the lines of a list, which have one reason. */
void emit_origin_list(struct emit *e, const struct origin *const *v, unsigned n);
/* Text inside a comment: one line, whatever the bytes. */
void emit_comment_text(struct emit *e, const char *s);

#endif
