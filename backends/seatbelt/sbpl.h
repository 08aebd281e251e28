/*
 * sbpl.h - reading and judging Seatbelt profiles, ours and those of others, from their text alone.
 *
 * Three steps: text to expressions (sbpl_read.c), expressions with the caller's -D values to rules (sbpl_lang.c and
 * its helpers), rules to decisions (sbpl_decide.c). sbpl_lint.c says what a profile of ours must never hold. Nothing
 * here knows how a profile was made: model.c and profile.c ask it, lower.c and its helpers never include it.
 */
#ifndef SBX_SEATBELT_SBPL_H
#define SBX_SEATBELT_SBPL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../compiler/arena.h"
#include "../../compiler/ir.h"

enum {
	SBPL_MAX_DEPTH = 64,	/* parentheses inside parentheses */
	SBPL_MAX_STRING = 900,	/* bytes of a string of ours as written */
	SBPL_READ_STRING = 1023, /* the same for others: there the reader of macOS gives up */
	SBPL_MAX_TEXT = 256 * 1024 * 1024,
};

/* ---- the vocabulary: words.c ---- */

/* What filters are about: bits, so that an operation can take several kinds. */
enum sbpl_fits {
	FITS_ANY = 0,
	FITS_PATH = 1,
	FITS_FILE = 2,
	FITS_ADDRESS = 4,
	FITS_TARGET = 8,
	FITS_SIGNAL = 16,
	FITS_MACH = 32,
	FITS_IPC = 64,
	FITS_SYSCTL = 128,
	FITS_SOCKET = 256,
	FITS_IOKIT = 512,
	FITS_PREFERENCE = 1024,
	FITS_OTHER = 2048,
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
	unsigned takes; /* FITS_ bits */
	enum sbpl_age { AGE_ALWAYS, AGE_LATER } age;
	bool asked; /* a kernel asks about it by itself; else it only stands for its children */
};
extern const struct sbpl_op_desc sbpl_ops[SBPL_OP_COUNT];
/* Older spellings; a NULL ends them. */
extern const struct sbpl_alias {
	enum sbpl_op op;
	const char *name;
} sbpl_aliases[];

enum sbpl_filter_id {
#define FILTER(id, name, fits, arg, subject, how) FILTER_##id,
#include "words.def"
	FILTER_COUNT
};

enum sbpl_how { HOW_EXACT, HOW_PREFIX, HOW_SUBPATH, HOW_REGEX };

struct sbpl_filter_desc {
	const char *name;
	enum sbpl_fits fits;
	enum sbpl_arg {
		ARG_STRINGS,   /* any of them */
		ARG_WORDS,     /* symbols, numbers or strings: any of them */
		ARG_FIRST,     /* a string, then what is not looked at */
		ARG_NOTHING,   /* the fact by itself: yes or no */
		ARG_ANCESTORS, /* the folders above a path */
		ARG_HOME,      /* paths below the param _HOME */
		ARG_ADDRESS,
		ARG_FILTERS,
	} arg;
	enum sbpl_subject {
		SUBJECT_PATH,
		SUBJECT_NAME,
		SUBJECT_OTHER_NAME, /* a Mach name that is no global one: given as a fact */
		SUBJECT_ADDRESS,
		SUBJECT_VNODE,
		SUBJECT_TARGET,
		SUBJECT_DOMAIN,
		SUBJECT_FACT,
		SUBJECT_COMBINE,
	} subject;
	enum sbpl_how how;
};
extern const struct sbpl_filter_desc sbpl_filters[FILTER_COUNT];

enum sbpl_modifier_id {
#define MODIFIER(id, name, on, arg) MODIFIER_##id,
#include "words.def"
	MODIFIER_COUNT
};

struct sbpl_modifier_desc {
	const char *name;
	enum sbpl_on { ON_BOTH, ON_ALLOW, ON_DENY } on;
	enum sbpl_modifier_arg { MODIFIER_NONE, MODIFIER_TEXT, MODIFIER_WORD } arg;
};
extern const struct sbpl_modifier_desc sbpl_modifiers[MODIFIER_COUNT];

/* By name; -1 when there is none. Operations: older spellings too. */
int sbpl_op_find(const char *name);
int sbpl_filter_find(const char *name);
int sbpl_modifier_find(const char *name);
/* "; did you mean `x`?", or "". */
const char *sbpl_suggest_op(struct arena *a, const char *name);
const char *sbpl_suggest_filter(struct arena *a, const char *name);
/* Is `op` this family or below it? Everything is below `default`. */
bool sbpl_below(enum sbpl_op op, enum sbpl_op family);
/* Of filters whose words are known (vnode-type, target, socket-domain, socket-type): is it one of them? */
bool sbpl_word_known(enum sbpl_filter_id id, const char *word);
/* The one word for what has several: AF_LOCAL and 1 are AF_UNIX. */
const char *sbpl_word(enum sbpl_filter_id id, const char *word);

/* ---- text to expressions: sbpl_read.c ---- */

struct sbpl_place {
	const char *file; /* as it was named */
	unsigned line, col;
};

struct sval; /* sbpl_lang.h */
struct sexp {
	/* VALUE stands in what a macro made, never in a text. */
	enum sexp_kind { SEXP_LIST, SEXP_SYMBOL, SEXP_STRING, SEXP_NUMBER, SEXP_BOOL, SEXP_CHAR, SEXP_VALUE } kind;
	struct sbpl_place at;
	const char *text; /* SYMBOL, STRING: NUL-terminated, no NUL inside; others: as written */
	size_t written;   /* STRING: bytes between the quotes */
	int64_t number;   /* NUMBER; CHAR: its byte; BOOL: 0 or 1 */
	const struct sexp *first; /* LIST */
	const struct sval *value; /* VALUE */
	const char *source;	  /* LIST: its bytes in the text that was read */
	size_t length;
	const struct sexp *next;
};

/* The expressions of a profile, chained; NULL with *error ("FILE:LINE:COL: ...") when they cannot be read. An empty
 * text is an error too. */
const struct sexp *sbpl_read(struct arena *a, const char *file, const char *text, size_t size, const char **error);

/* ---- expressions of paths and names: sbpl_regex.c ---- */

struct sbpl_regex;
/* NULL with *error (one phrase). Only what the matcher of macOS is known to read. */
const struct sbpl_regex *sbpl_regex_new(struct arena *a, const char *pattern, const char **error);
/* Is the expression found in the text? In time linear in it, whatever the pattern. */
bool sbpl_regex_match(const struct sbpl_regex *re, const char *text);
/* The bytes that every match begins with. */
const char *sbpl_regex_head(const struct sbpl_regex *re);
/* Pieces of text that every match holds; none where it may hold anything. */
const char *const *sbpl_regex_pieces(const struct sbpl_regex *re, unsigned *n);
/* A shortest text that matches, from printable bytes where possible; NULL when nothing matches. */
const char *sbpl_regex_example(struct arena *a, const struct sbpl_regex *re);

/* sbpl_pattern.c: the same of the text of one that was read. */
bool sbpl_pattern_anchored(const char *pattern); /* begins every match where the text begins? */
const char *sbpl_pattern_head(struct arena *a, const char *pattern);
const char *const *sbpl_pattern_pieces(struct arena *a, const char *pattern, unsigned *n);

/* ---- expressions to rules: sbpl_lang.c, sbpl_lib.c, sbpl_filter.c, sbpl_rule.c ---- */

enum sbpl_proto { PROTO_IP, PROTO_TCP, PROTO_UDP, PROTO_UNIX };

struct sbpl_filter {
	enum sbpl_filter_id id;
	const char *text; /* one string or word */
	const struct sbpl_regex *regex;
	bool open;     /* holds a param that has no value */
	uint8_t depth; /* FILTERS: how deep they are nested */
	unsigned parts; /* FILTERS: how many, with those inside, one that is used twice counted twice; else 0 */
	enum sbpl_proto proto; /* ADDRESS */
	uint8_t family;	       /* 4, 6; 0: both */
	bool any_host, any_port;
	uint16_t port;
	const struct sbpl_many *many; /* FILTERS, where they are many: sbpl_many.h */
	const struct sbpl_filter *first; /* FILTERS; ADDRESS of a Unix socket: its path filter or NULL */
	const struct sbpl_filter *next;
};

struct sbpl_rule {
	enum sbpl_op op;
	const struct sbpl_filter *filter; /* NULL: unfiltered */
	unsigned part; /* which filter of its form, from 1; 0: unfiltered */
	bool allow;
	bool guarded; /* stands behind (defined? ...) of its own operation */
	unsigned modifiers; /* 1 << MODIFIER_... */
	const char *message, *signal, *messages; /* messages: the filter of those that go through */
	struct sbpl_place at;  /* of the rule; line 0: what macOS adds to every profile */
	struct sbpl_place via; /* of the outermost form that led to it */
	const struct sexp *form;
	unsigned chain; /* next older rule that is found by the same key, 1 + index; 0 ends it */
};

struct sbpl_profile;

/* How a profile is evaluated. */
struct sbpl_how_to {
	const struct ir_binding *given; /* the -D values */
	unsigned n_given;
	/* Values are paths in the spelling of programs: the links of the root are followed, as our caller of sandbox-exec
	 * does. */
	bool real_paths;
	/* Params without a value stand for anything: filters that hold one are `open`, may match or not, and their form is
	 * judged as far as it goes. Without it they are #f, as there. */
	bool check;
	/* (import "NAME"): its expressions, or NULL with *error (one phrase). NULL: imports are refused. */
	const struct sexp *(*import)(void *ctx, struct arena *a, const char *name, const char **error);
	void *ctx;
};

/* Evaluates the profile as macOS does when it loads one. NULL with *error ("FILE:LINE:COL: ...") on anything unknown. */
const struct sbpl_profile *sbpl_eval(struct arena *a, const struct sexp *forms, const struct sbpl_how_to *how,
				     const char **error);
/* The rules in the order of the text, one for each operation and filter of it. */
const struct sbpl_rule *sbpl_rules(const struct sbpl_profile *p, unsigned *n);
/* The list of the rule's form that is its filter; NULL: it has none. */
const struct sexp *sbpl_rule_filter(const struct sbpl_rule *r);

/*
 * The path that the kernel sees when a program uses this one: the links of the system's root are followed. Requests and
 * values of params come in the spelling of the policy; sandbox-exec is given real paths by its caller.
 */
const char *sbpl_real_path(struct arena *a, const char *path);

/* ---- rules to decisions: sbpl_decide.c ---- */

enum sbpl_tri { TRI_NO, TRI_UNSURE, TRI_YES };

/* What the kernel knows when it asks; what is left out is not known. Paths are resolved: no symbolic link is left. */
struct sbpl_query {
	enum sbpl_op op;
	const char *path;
	const char *vnode;  /* REGULAR-FILE, DIRECTORY, ... */
	const char *name;   /* of a Mach service, of shared memory, of a sysctl, ... */
	const char *target; /* self; same-sandbox: another process of it; others: one outside */
	const char *domain; /* AF_INET, ... */
	struct sbpl_address {
		bool set, unbound;
		enum sbpl_tri localhost;
		enum sbpl_proto proto;
		uint8_t family; /* 4, 6; 0: not known */
		uint16_t port;
	} remote, local;
	const struct sbpl_fact { /* by the filter's name without -prefix and -regex */
		const char *name, *value;
	} *facts;
	unsigned n_facts;
};

struct sbpl_verdict {
	bool allow;
	const struct sbpl_rule *by; /* NULL: no rule, a default */
	const struct sbpl_rule *unless; /* the answer is the other one if its filter matches, which is not known */
	unsigned looked; /* rules whose filter was tried: what the answer cost */
};
struct sbpl_verdict sbpl_decide(const struct sbpl_profile *p, const struct sbpl_query *q);
/* The part of the filter that is not known, as it would be written; NULL when it is known. */
const char *sbpl_unsure(struct arena *a, const struct sbpl_filter *f, const struct sbpl_query *q);
/* The bytes of a subpath without a slash at its end; of "/" none. */
size_t sbpl_subpath_length(const char *root);
/* The bytes of the filter's name by which facts are given: without -prefix and -regex. */
size_t sbpl_fact_name(enum sbpl_filter_id id);
/* The filter as it would be written. */
const char *sbpl_filter_text(struct arena *a, const struct sbpl_filter *f);

/* False with *error when the profile holds what ours must not: see sbpl_lint.c. `p` was evaluated from `forms`. */
bool sbpl_lint(struct arena *a, const struct sexp *forms, const struct sbpl_profile *p, const char **error);

/* Between sbpl_rule.c, sbpl_index.c and sbpl_decide.c. */
struct sbpl_profile {
	struct sbpl_rule *rules;
	unsigned n_rules;
	unsigned tail[SBPL_OP_COUNT]; /* the unfiltered rule of each, 1 + index */
	unsigned scan[SBPL_OP_COUNT]; /* newest rule that nothing finds, 1 + index */
	unsigned has[SBPL_OP_COUNT];  /* rules of its own: how many */
	enum { PORTS_LOCAL = 1, PORTS_REMOTE = 2 } ports[SBPL_OP_COUNT]; /* ends whose rules are found by port */
	struct sbpl_index *index;
};
void sbpl_index(struct arena *a, struct sbpl_profile *p);

#endif
