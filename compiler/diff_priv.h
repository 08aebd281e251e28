/*
 * diff_priv.h - what the files of the comparison share: the two sides, trees of witness points, the list of entries.
 */
#ifndef SBX_DIFF_PRIV_H
#define SBX_DIFF_PRIV_H

#include "diff.h"
#include "name_list.h"
#include "str.h"

struct side { /* one of the two policies, made ready to be asked */
	bool is_old;
	const struct compile *k;
	const struct ir *ir;
	const struct ir_binding *given[TARGET_COUNT]; /* a symbolic value for each load-time variable */
	unsigned n_given;
	const struct sys_policy *calls;
	const struct side_plan *plan; /* its models answer; NULL: decide() does */
};

struct port_symbol { /* the port that stands for a variable on both sides: none that a rule names */
	const char *name;
	uint16_t port;
};

struct differ {
	struct arena *a;
	struct side old, now;
	struct port_symbol *port_vars;
	unsigned n_port_vars;
	uint32_t targets; /* that both are for */
	struct diff_entry *v;
	unsigned n;
	struct name_list keys; /* of those of access: differ_key() -> number */
	struct diff_test *tests;
	unsigned n_tests;
};

static inline const struct side *differ_side(const struct differ *d, bool is_old)
{
	return is_old ? &d->old : &d->now;
}

/* ---- the sides: diff_side.c ---- */

void differ_open(struct differ *d, const struct compile *old, const struct compile *now);
/* Compares all that is opened; `last`, when it is not NULL, after all else. */
const struct diff *differ_run(struct differ *d, void (*last)(struct differ *d));
/* Is it allowed? */
bool side_allows(const struct side *s, const struct request *r);
/* A request of this side: with its values of the variables. */
struct request side_request(const struct side *s, enum target t, enum op op, const char *object, uint16_t port);
/* Of a plan: the line of its policy that gives the place or port, as far as its files say. */
const char *side_plan_where(const struct differ *d, const struct side *s, const struct request *r);
/* The place that a template names on the target, or NULL. */
const char *side_place(struct arena *a, const struct side *s, enum target t, const char *tmpl);
/* The port of a variable, or 0. */
uint16_t differ_port(const struct differ *d, const char *var);
/* The variable that a port stands for, or NULL. */
const char *differ_port_var(const struct differ *d, uint16_t port);
/* A concrete path as a template: its variables by their names. */
const char *differ_show_path(const struct differ *d, enum target t, const char *path);
/* "p.sbx:12", "old p.sbx:12"; NULL for no place. */
const char *side_where(struct arena *a, const struct side *s, struct loc loc);
const char *side_via(struct arena *a, const struct side *s, const struct origin *o);

/* ---- entries: diff.c ---- */

struct diff_entry *differ_add(struct differ *d, enum diff_part part, enum diff_way way, uint32_t targets, const char *what);
/* Sets where, note, because, via from what both sides say of the request. */
void differ_explain(struct differ *d, struct diff_entry *e, const struct request *old, const struct request *now);
/*
 * Adds an entry of access, unless one of another target says the same: then that one is for both. All of *e but the
 * explanation is set.
 */
struct diff_entry *differ_add_access(struct differ *d, const struct diff_entry *e, const struct request *old,
				     const struct request *now);
/* All that is said of it but the targets, as one text: two with the same are one entry. */
const char *differ_key(struct arena *a, const struct diff_entry *e);
/* The entry of that key that none of the targets has yet, or NULL. */
struct diff_entry *differ_find(const struct differ *d, const char *key, uint32_t targets);

/* ---- trees of witness points: diff_tree.c ---- */

struct tree_node {
	const char *probe; /* the name that is asked about */
	const char *shown; /* as people read it */
	const char *name;  /* as in diff_set */
	int parent;	   /* an earlier node, or -1 */
	uint32_t grows, shrinks; /* OP_BIT()s that are allowed in one of the policies only */
};

struct tree {
	struct arena *arena;
	struct tree_node *v;
	unsigned n;
};

/* Nodes that differ alike and hang together: all below `root` but what is below one of the stops. */
struct region {
	enum diff_way way;
	uint32_t ops;
	unsigned root;
	const unsigned *stops;
	unsigned n_stops;
};

int tree_add(struct tree *t, int parent, const char *name, const char *probe, const char *shown);
/* Asks both sides about every node. */
void tree_ask(const struct differ *d, struct tree *t, enum target target, uint32_t ops, uint16_t port);
/* All regions, in the order of their roots. */
struct region *tree_regions(const struct tree *t, unsigned *n);
/* Fills what, object, but, set from a region. `suffix` follows each name ("", ":443"). */
void tree_entry(const struct tree *t, const struct region *r, const char *suffix, struct diff_entry *e);

/* The places that rules on files name on either side, and all above them: diff_path.c. */
struct tree differ_places(const struct differ *d, enum target t);

/* ---- what is compared, one file each ---- */

void diff_paths(struct differ *d, enum target t);   /* files and unix sockets: diff_path.c */
void diff_net(struct differ *d, enum target t);	    /* tcp, udp, net: diff_net.c */
void diff_names(struct differ *d, enum target t);   /* env, what only macOS has, abstract sockets: diff_name.c */
void diff_patterns(struct differ *d, enum target t); /* matching: diff_pattern.c */
void diff_calls(struct differ *d);		    /* system calls: diff_call.c */
void diff_limits(struct differ *d);		    /* diff_rest.c */
void diff_guarantees(struct differ *d);
void diff_settings(struct differ *d);		    /* diff_setting.c */
void diff_guards(struct differ *d);		    /* denies and excepts that took nothing away: diff_setting.c */
void diff_tests(struct differ *d);		    /* after all others: diff_test.c */
unsigned diff_lines(struct differ *d);		    /* lines of text that differ: diff_test.c */

#endif
