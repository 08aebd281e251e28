/*
 * sbpl.h - reading and judging Seatbelt profiles, from their text alone.
 *
 * Three steps, one file each: text to expressions (sbpl_read.c), expressions with the caller's -D
 * values to rules (sbpl_eval.c), rules to decisions (sbpl_decide.c). sbpl_lint.c says what a
 * profile of ours must never hold. Nothing here knows how a profile was made: model.c asks it,
 * lower.c and its helpers never include it.
 */
#ifndef SBX_SEATBELT_SBPL_H
#define SBX_SEATBELT_SBPL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../compiler/arena.h"
#include "../../compiler/ir.h"

enum {
	SBPL_MAX_DEPTH = 64, /* parentheses inside parentheses */
	SBPL_MAX_STRING =
	    900, /* bytes of a string as written: the reader of macOS gives up near 1024 */
	SBPL_MAX_TEXT = 256 * 1024 * 1024,
};

enum sbpl_takes {
	TAKES_NOTHING,
	TAKES_PATH,
	TAKES_NET, /* addresses, and paths for Unix sockets */
	TAKES_TARGET,
	TAKES_MACH_NAME,
	TAKES_IPC_NAME,
	TAKES_SYSCTL_NAME,
	TAKES_SOCKET,
};

enum sbpl_op {
#define OPERATION(id, name, parent, own, takes, age) SBPL_##id,
#include "words.def"
	SBPL_OP_COUNT
};

struct sbpl_op_desc {
	const char *name;
	enum sbpl_op parent;
	enum sbpl_own { OWN_INHERIT, OWN_ALLOW, OWN_DENY } own;
	enum sbpl_takes takes;
	enum sbpl_age { AGE_ALWAYS, AGE_LATER } age;
};
extern const struct sbpl_op_desc sbpl_ops[SBPL_OP_COUNT];

enum sbpl_filter_id {
#define FILTER(id, name, takes, arg) FILTER_##id,
#include "words.def"
	FILTER_COUNT
};

struct sbpl_filter_desc {
	const char *name;
	enum sbpl_takes takes;
	enum sbpl_arg { ARG_STRINGS, ARG_SYMBOL, ARG_ADDRESS, ARG_FILTERS } arg;
};
extern const struct sbpl_filter_desc sbpl_filters[FILTER_COUNT];

/* An sbpl_op or sbpl_filter_id by its name; -1 when there is none. */
int sbpl_op_find(const char *name);
int sbpl_filter_find(const char *name);

struct sexp {
	enum sexp_kind { SEXP_LIST, SEXP_SYMBOL, SEXP_STRING, SEXP_NUMBER } kind;
	unsigned line;
	const char *text; /* SYMBOL, STRING: NUL-terminated, no NUL inside; NUMBER: as written */
	size_t written;   /* STRING: bytes between the quotes */
	const struct sexp *first; /* LIST */
	const struct sexp *next;
};

/* The expressions of a profile, chained; NULL with *error ("line N: ...") when they cannot be read.
 * An empty text is an error too. */
const struct sexp *sbpl_read(struct arena *a, const char *text, size_t size, const char **error);

enum sbpl_proto { PROTO_IP, PROTO_TCP, PROTO_UDP, PROTO_UNIX };

struct sbpl_filter {
	enum sbpl_filter_id id;
	const char *text;      /* STRINGS (one each), SYMBOL */
	bool open;             /* holds a param that has no value */
	enum sbpl_proto proto; /* ADDRESS */
	bool any_host, any_port;
	uint16_t port;
	const struct sbpl_filter
	    *first; /* FILTERS; ADDRESS of a Unix socket: its path filter or NULL */
	const struct sbpl_filter *next;
};

struct sbpl_rule {
	enum sbpl_op op;
	const struct sbpl_filter *filter; /* NULL: unfiltered */
	bool allow;
	bool guarded; /* stands behind (defined? ...) of its own operation */
	unsigned line;
	unsigned chain; /* next older rule with the same anchor, 1 + index; 0 ends it */
};

struct sbpl_profile;

/*
 * Evaluates the profile as macOS would with these -D values. With `check`, params without a value
 * stand for anything: filters that hold one are `open`, match nothing, and their form is judged as
 * far as it goes. Without it they are an error, as there. NULL with *error on anything unknown.
 */
const struct sbpl_profile *sbpl_eval(struct arena *a, const struct sexp *forms,
				     const struct ir_binding *given, unsigned n_given, bool check,
				     const char **error);
/* The rules in the order of the text, one for each operation and filter of it. */
const struct sbpl_rule *sbpl_rules(const struct sbpl_profile *p, unsigned *n);

/*
 * The path that the kernel sees when a program uses this one: the links of the system's root are
 * followed. Requests and values of params come in the spelling of the policy; sandbox-exec is given
 * real paths by its caller.
 */
const char *sbpl_real_path(struct arena *a, const char *path);

/* What the kernel knows when it asks. Paths are resolved: no symbolic link is left in them. */
struct sbpl_query {
	enum sbpl_op op;
	const char *path; /* or NULL */
	const char
	    *vnode;       /* REGULAR-FILE, DIRECTORY, ...; NULL: not known, no vnode-type matches */
	const char *name; /* of a Mach service, of shared memory, of a sysctl */
	const char *target; /* self, same-sandbox, others */
	const char *domain; /* AF_INET, ... */
	struct sbpl_address {
		bool set, localhost, unbound;
		enum sbpl_proto proto;
		uint16_t port;
	} remote, local;
};

struct sbpl_verdict {
	bool allow;
	unsigned line; /* of the rule, 0: no rule, a default */
};
struct sbpl_verdict sbpl_decide(const struct sbpl_profile *p, const struct sbpl_query *q);

/* False with *error when the profile holds what ours must not: see sbpl_lint.c. `p` was evaluated
 * from `forms`. */
bool sbpl_lint(struct arena *a, const struct sexp *forms, const struct sbpl_profile *p,
	       const char **error);

/* Between sbpl_eval.c and sbpl_decide.c. */
struct sbpl_profile {
	struct sbpl_rule *rules;
	unsigned n_rules;
	struct sbpl_tail {
		bool set, allow;
		unsigned line;
	} tail[SBPL_OP_COUNT];        /* the unfiltered rule of each */
	unsigned scan[SBPL_OP_COUNT]; /* newest rule without an anchor, 1 + index */
	struct sbpl_slot {
		const char *anchor;
		size_t len;
		unsigned newest;
	} * slots;      /* open addressing */
	size_t n_slots; /* a power of two */
};
void sbpl_index(struct arena *a, struct sbpl_profile *p);

#endif
