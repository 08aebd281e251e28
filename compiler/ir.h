/*
 * ir.h - the canonical form of a policy: what is meant, never how it is enforced.
 *
 * Sorted, merged, absolute, no names left to look up; equal policies have equal IR. Every fact keeps its origin, so a
 * denial at run time can still name file:line. resolve.c builds it; everything after reads it.
 *
 * Templates: paths and values that may hold load-time variables are kept as canonical text, the form that the plan
 * files use too (runtime/plan.h): `${name}` is a variable, a literal dollar, backslash or control byte is escaped.
 */
#ifndef SBX_IR_H
#define SBX_IR_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "src.h"
#include "syscond.h"

enum target {
#define TARGET(id, word) TARGET_##id,
#include "target.def"
	TARGET_COUNT
};
#define TARGET_BIT(t) (1u << (t))
#define TARGETS_ALL ((1u << TARGET_COUNT) - 1)
extern const char *const target_name[TARGET_COUNT];

enum arch {
#define ARCH(id, word, audit, machine) ARCH_##id,
#include "arch.def"
	ARCH_COUNT
};
#define ARCH_BIT(a) (1u << (a))
#define ARCHES_ALL ((1u << ARCH_COUNT) - 1)
/* Those of a policy that does not say. */
#define ARCHES_USUAL (ARCH_BIT(ARCH_X86_64) | ARCH_BIT(ARCH_AARCH64))
extern const char *const arch_name[ARCH_COUNT];
/* The ABI whose filter speaks of it: x86_64 of i386, of itself where it is the machine's own. */
extern const enum arch arch_machine[ARCH_COUNT];
/* Of the ABIs in the set, those that are a machine's own: one filter each. */
uint32_t arch_machines(uint32_t arches);

/* The atomic operations on objects; the words of the language (read = READ + LIST) are in op_word.def. */
enum op {
#define OP(id, word, rule) OP_##id,
#include "op.def"
	OP_COUNT
};
#define OP_BIT(o) (1u << (o))
extern const char *const op_name[OP_COUNT]; /* as a person would say it: "read", "connect tcp" */

enum limit {
#define LIMIT(id, word, unit, cap, help) LIMIT_##id,
#include "limit.def"
	LIMIT_COUNT
};
extern const char *const limit_name[LIMIT_COUNT];
struct limit_range {
	uint64_t least, most;
	const char *words; /* the same for people */
};
extern const struct limit_range limit_range[LIMIT_COUNT];
#define LIMIT_NO_DEFAULT UINT64_MAX
uint64_t limit_default(enum limit l); /* or LIMIT_NO_DEFAULT */

enum cap {
#define CAP(id, name, help) CAP_##id,
#include "cap.def"
	CAP_COUNT
};
extern const char *const cap_name[CAP_COUNT];
extern const char *const cap_help[CAP_COUNT];

/* Types of params. */
enum type {
#define TYPE(id, word) TYPE_##id,
#include "type.def"
	TYPE_COUNT
};
extern const char *const type_name[TYPE_COUNT];

/* Where a fact was written and why. `used_at` is the `use` line that brought it in, or no place. */
struct origin {
	struct loc loc;
	struct loc object; /* what is to be changed: the object, where the line names several; else loc */
	struct loc used_at;
	const char *because; /* or NULL */
	const char *profile; /* "std/python", or NULL when the policy itself says it */
	const char *base;    /* the policy that says it, when the compiled one extends it; else NULL */
	unsigned level;      /* how many `extends` lie between: 0 the compiled policy, 1 its base, ... */
	bool final;          /* no policy that extends this one may drop it */
};

enum rule_kind {
	RULE_PATH,
	RULE_NET,
	RULE_ENV,     /* object is NAME, or PREFIX* */
	RULE_SYSCALL, /* object is a syscall name or a group with its @, as written */
	RULE_MACOS,   /* object is the name of what only macOS has: macos_word.def */
	RULE_GLOB,    /* object is the folder (as of PATH), glob the pattern: glob.h; ops are those of PATH */
	RULE_SIGNAL,  /* all or none: object is "*" */
	RULE_RELAY,   /* object is a host or a pattern `*.NAME`; `via` is the proxy that makes the connection */
};

enum rule_flag {
	RULE_IF_EXISTS = 1,
	RULE_MAKE_DIR = 2,
	RULE_NOFOLLOW = 4,
	RULE_PROXY = 8, /* NET: the endpoint of a proxy, which its `via` lines bring; a loopback port or a socket */
	RULE_DISCARD = 16, /* what is written is thrown away at the end */
};

/* A place that an allow leaves out. */
struct ir_hole {
	const char *path; /* template */
	struct loc loc;
};

/* Where a proxy listens. The program may connect there; what the proxy may do for it stands in its RELAY rules. */
struct ir_proxy {
	const char *name;
	enum op op;           /* CONNECT_UNIX or CONNECT_TCP */
	const char *object;   /* CONNECT_UNIX: template of the socket's path; CONNECT_TCP: "localhost" */
	uint16_t port;        /* CONNECT_TCP, unless port_var is set */
	const char *port_var; /* or NULL */
	struct loc loc;
};

struct ir_rule {
	enum rule_kind kind;
	bool deny;
	uint32_t ops;     /* OP_BIT()s of the operations of this kind */
	uint32_t targets; /* TARGET_BIT()s, never 0 */
	uint32_t arches;  /* ARCH_BIT()s; all of the policy's unless written inside `on arch` */
	uint32_t flags;   /* rule_flag */
	/*
	 * PATH: template of an absolute path without trailing slash ("/" itself excepted).
	 * NET: the host: "*" any, an address literal, a name, or a unix socket's path template or "@abstract".
	 */
	const char *object;
	const char *port_var;      /* NET: load-time variable that holds the port, or NULL */
	uint16_t port_lo, port_hi; /* NET tcp, udp: inclusive; 0..65535 means any */
	const struct ir_proxy *via; /* RELAY */
	const char *glob;           /* GLOB */
	const struct ir_hole *holes;
	unsigned n_holes;
	const struct sys_cond *cond; /* SYSCALL: canonical (cond.h); NULL, and for a group: always */
	struct sys_action action;    /* SYSCALL: what a caller gets */
	const struct origin *origin[OP_COUNT]; /* for each bit of ops, the line that says it */
};

struct ir_base { /* a policy that this one extends */
	const char *name, *version; /* version: "" when not written */
	struct loc loc;             /* its head */
};

struct ir_drop { /* an inherited line that is taken away; it is in no rule any more */
	const char *text; /* as written, without the reason */
	const struct origin *origin;
};

struct ir_never { /* never allow ...: an obligation of this policy and of all that extend it */
	struct ir_rule rule; /* what may never be allowed; `deny` is false, no holes */
	const struct origin *origin;
};

/* A rule that says nothing that another does not say of the same object. */
struct ir_twice {
	const struct origin *first, *again;
};

/* Files that a param may let a program open, unless a line says more: the entry is started from a descriptor beyond. */
enum { OPEN_FILES_AT_LOAD = 4096 };

struct ir_limit {
	bool set;
	uint64_t value; /* bytes, milliseconds, percent of one CPU, or a count: see limit.def */
	const char *param; /* or NULL: this param at load holds the limit, and `value` is the most that it may be */
	const struct origin *origin;
	const struct origin *bound; /* with `param`: the line that says that most, or NULL: it follows from the limit */
};

struct ir_param { /* what is still open when the plan is made */
	const char *name;
	enum type type;
	const char *value; /* default, or NULL: --set is needed */
	const char *about; /* or NULL */
	struct loc loc;
};

struct ir_env_set {
	const char *name;
	const char *value; /* template */
	uint32_t targets;
	const struct origin *origin;
};

struct ir_want { /* require CAP, prefer CAP on T because */
	enum cap cap;
	bool prefer;
	uint32_t targets;
	struct loc at; /* the name in the line */
	const struct origin *origin;
};

/* Namespaces, in the words of `isolate`. */
enum isolate {
#define ISOLATE(id, word) ISOLATE_##id,
#include "isolate.def"
	ISOLATE_COUNT
};
extern const char *const isolate_name[ISOLATE_COUNT];

#define ISOLATE_BIT(i) (1u << (i))

/* Settings of one word each; the words are numbers in the order of choice.def. */
enum choice {
#define CHOICE(id, setting, system, ...) CHOICE_##id,
#include "choice.def"
	CHOICE_COUNT
};
enum { CHOICE_MAX_WORDS = 4 };
extern const char *const choice_setting[CHOICE_COUNT];
extern const uint32_t choice_targets[CHOICE_COUNT]; /* systems on which another word than the first can be said */
extern const char *const choice_word[CHOICE_COUNT][CHOICE_MAX_WORDS]; /* NULL ends them */

struct ir_choice {
	unsigned value;
	const struct origin *origin; /* NULL: not written */
};
enum { ROOT_HOST, ROOT_PRIVATE };
enum { STDIN_INHERIT, STDIN_NULL };
enum { TERMINAL_NONE, TERMINAL_INHERIT, TERMINAL_NEW };
enum { OBSERVE_OFF, OBSERVE_DENIED, OBSERVE_ALL };
enum { BASELINE_OWN, BASELINE_SYSTEM };

#define SCRATCH_LEAST UINT64_C(4096)
#define SCRATCH_MOST (UINT64_C(1) << 50)
#define DISCARD_SIZE (UINT64_C(1) << 30) /* when the policy does not say: memory that is used, not reserved */
#define USER_MOST UINT64_C(4294967294) /* the next number is the kernel's "no change" */

/* A place of the tree inside that is not the host's place of that name. What may be done there is a rule like any. */
struct ir_place {
	enum { PLACE_MOUNT, PLACE_SCRATCH } kind;
	const char *at;     /* template: where it is seen */
	const char *source; /* MOUNT: template of the host's path */
	uint64_t size;      /* SCRATCH: bytes, unless a param at load holds them */
	const char *size_param; /* or NULL */
	const struct origin *origin;
};

struct ir_directory {
	const char *path; /* template, or NULL: where the loader was started */
	const struct origin *origin;
};

/* What the program finds around it; all but the directory on Linux. */
struct ir_around {
	const struct ir_place *places; /* sorted by at */
	unsigned n_places;
	struct ir_directory directory[TARGET_COUNT];
	uint64_t discard_size; /* bytes of each layer, unless a param at load holds them; DISCARD_SIZE when not written */
	const char *discard_param; /* or NULL */
	const struct origin *discard_origin;
	const char *hostname; /* or NULL */
	const struct origin *hostname_origin;
	bool user_set;
	uint32_t user; /* the number inside, unless a param at load holds it */
	const char *user_param; /* or NULL */
	const struct origin *user_origin;
};

struct ir_test_expect {
	enum { EXPECT_ALLOW, EXPECT_DENY, EXPECT_ENFORCED, EXPECT_CAVEAT } kind;
	struct loc loc;
	enum rule_kind what;   /* ALLOW, DENY */
	uint32_t ops;
	const char *object;    /* concrete path, host, env name, syscall name, mach name; templates for paths */
	uint16_t port;
	const char *port_var;  /* load-time variable that holds the port, or NULL */
	bool with_action;      /* SYSCALL: and what the caller gets is asked about too */
	struct sys_action action;
	enum cap cap;          /* ENFORCED, CAVEAT */
	uint32_t targets;
	uint32_t arches;             /* SYSCALL */
	const struct sys_cond *cond; /* SYSCALL: the calls that are asked about; NULL: all */
};

struct ir_binding { const char *name, *value; }; /* a value given to a load-time variable */

struct ir_test {
	const char *title;
	struct loc loc;
	const struct ir_binding *given;
	unsigned n_given;
	const struct ir_test_expect *expect;
	unsigned n_expect;
};

struct ir {
	const char *name, *version, *about; /* version, about: "" when not written */
	unsigned edition;
	uint32_t targets;
	uint32_t arches; /* ARCH_BIT()s: the ABIs whose calls are let in at all; machines' own and companions */
	const struct origin *arches_origin; /* NULL: ARCHES_USUAL */
	struct loc loc; /* the policy's head */
	const struct ir_base *bases; /* the nearest first */
	unsigned n_bases;
	const struct ir_drop *drops; /* in the order of the files and lines */
	unsigned n_drops;

	const char *entry; /* template of the program's path, or NULL */
	const struct origin *entry_origin;

	const struct ir_rule *rules; /* sorted by kind, object, deny, targets, arches, ports, flags, holes */
	unsigned n_rules;
	const struct ir_twice *twice; /* what merging left out */
	unsigned n_twice;
	const struct ir_never *nevers; /* sorted like rules */
	unsigned n_nevers;
	struct ir_limit limit[TARGET_COUNT][LIMIT_COUNT];
	bool no_default_limits; /* only the limits that are written: `default limits none` */
	const struct origin *no_defaults_origin;
	const struct ir_env_set *env_set; /* sorted by name */
	unsigned n_env_set;
	const struct ir_param *params; /* load-time params, sorted by name */
	unsigned n_params;
	const struct ir_want *wants; /* sorted by cap */
	unsigned n_wants;

	/*
	 * ISOLATE_BIT()s. Unless written all of them, but for `net` and `pid` where rules reach out of these; with any of
	 * them USER, which is what lets everybody make the others.
	 */
	uint32_t isolate;
	const struct origin *isolate_origin; /* NULL: the default */
	uint32_t isolate_targets;            /* the systems that the written line speaks of */
	struct ir_choice choice[TARGET_COUNT][CHOICE_COUNT]; /* ROOT: private with `isolate mount` unless written */
	struct ir_around around;

	bool syscalls_exact; /* the filter is the written rules and nothing else */
	struct sys_action sys_default, sys_unknown; /* as written; else see sysmean_derive() */
	const struct origin *exact_origin, *default_origin, *unknown_origin; /* NULL: not written */

	const struct ir_test *tests;
	unsigned n_tests;
};

/* Does the rule hold on every ABI of the policy? */
bool ir_rule_everywhere(const struct ir *ir, const struct ir_rule *r);
/* Does an enabled rule of this kind with one of these ops exist for the target (allow rules only)? */
bool ir_allows_any(const struct ir *ir, enum target t, uint32_t ops);
/* The first such rule's origin, or NULL. */
const struct origin *ir_first_allow(const struct ir *ir, enum target t, uint32_t ops);
/* Is the capability preferred (not required) on the target? Returns the prefer line's origin, or NULL. */
const struct origin *ir_preferred(const struct ir *ir, enum target t, enum cap cap);

/* The limit that lets the program make no process on the target: `limit pids 1` or `limit processes 1`; NULL: there is none. */
const struct ir_limit *ir_no_process(const struct ir *ir, enum target t);

/* The IR as text for --emit=ir, the same bytes for the same meaning; places are printed as file:line, without src not at all. */
void ir_print(const struct ir *ir, const struct src *src, FILE *out);

#endif
