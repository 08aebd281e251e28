/*
 * params.h - the values that are known only at the start: params of launch.conf with --set, and the
 * built-ins.
 *
 * The environment is never searched: HOME comes from the passwd entry of the real uid, TMPDIR is
 * /tmp. A built-in is looked up when a template asks for it, so a plan that does not use CWD starts
 * in a directory that has no name.
 */
#ifndef SBX_PARAMS_H
#define SBX_PARAMS_H

#include <sys/types.h>

#include "fault.h"
#include "pool.h"

/* VALUE_TYPE(id, word, what a value looks like) */
#define PLAN_TYPES(VALUE_TYPE)                                                                     \
	VALUE_TYPE(PATH, "path", "a path is absolute, without . .. // or a / at its end")          \
	VALUE_TYPE(STRING, "string", "at most 4095 bytes")                                         \
	VALUE_TYPE(PORT, "port", "a port is a number from 0 to 65535")                             \
	VALUE_TYPE(COUNT, "count", "a count is a whole number")                                    \
	VALUE_TYPE(SIZE, "size", "a size is a number with B, KiB, MiB, GiB or TiB")                \
	VALUE_TYPE(DURATION, "duration", "a duration is a number with ms, s, min or h")            \
	VALUE_TYPE(PERCENT, "percent", "a share is a number with %")

/* The words of all types, each with a NUL. */
#define TYPE_WORD(id, word, looks) word "\0"
#define TYPE_WORDS PLAN_TYPES(TYPE_WORD)

enum value_type {
#define VALUE_TYPE(id, word, looks) VALUE_##id,
	PLAN_TYPES(VALUE_TYPE)
#undef VALUE_TYPE
	    VALUE_TYPE_COUNT
};

struct param {
	struct span name;
	enum value_type type;
	struct span fallback; /* template without variables; at == NULL: a value is required */
	const char *value;    /* set by params_set() */
	uint64_t number;      /* the value of a port, count, size (bytes), duration (ms), percent */
	/* What the policy takes, once `bounded`: a `range` line of launch.conf. */
	bool bounded;
	uint64_t least, most;
	struct span where;
};

/* A number of the plan, or the param that holds it. */
struct amount {
	uint64_t value;
	unsigned param; /* row of the params plus 1; 0: the value is known */
};

struct assignment { /* of the command line: NAME=VALUE */
	struct span name;
	const char *value;
};

/* BUILTIN(id, name, type) */
#define BUILTINS(BUILTIN)                                                                          \
	BUILTIN(HOME, "HOME", VALUE_PATH)                                                          \
	BUILTIN(CWD, "CWD", VALUE_PATH)                                                            \
	BUILTIN(TMPDIR, "TMPDIR", VALUE_PATH)                                                      \
	BUILTIN(RUNTIME_DIR, "RUNTIME_DIR", VALUE_PATH)                                            \
	BUILTIN(UID, "UID", VALUE_COUNT)                                                           \
	BUILTIN(EXE, "EXE", VALUE_PATH)

enum builtin {
#define BUILTIN(id, name, type) BUILTIN_##id,
	BUILTINS(BUILTIN)
#undef BUILTIN
	    BUILTIN_COUNT
};

struct vars {
	struct param *params;
	unsigned n_params;
	struct pool *pool;
	const char *program; /* what EXE resolves: a path, or NULL while it is not known */
	const char *passwd;  /* file name; /etc/passwd but in tests */
	const char *builtin[BUILTIN_COUNT];
};

const char *type_text(enum value_type type);
/* Is it a value of the type? *number is then what it counts. */
bool value_fits(enum value_type type, const char *value, uint64_t *number);

/* NULL: none has this name. */
struct param *param_find(struct param *params, unsigned n, struct span name);
/* Gives every param its value: --set, else its default. */
bool params_set(struct vars *v, const struct assignment *sets, unsigned n_sets, struct fault *f);
/*
 * `${name}` of a param whose range lies in these bounds, so that no value that params_set() takes is out of them. False:
 * *why says what is wrong.
 */
bool amount_of(const struct vars *v, struct span word, enum value_type type, uint64_t least, uint64_t most,
	       struct amount *out, const char **why);
/* After params_set(). */
uint64_t amount_get(const struct vars *v, const struct amount *a);
/* Is this the name of a param or built-in? Looks nothing up. */
bool vars_known(const struct vars *v, struct span name);
bool vars_get(struct vars *v, struct span name, const char **value, enum value_type *type,
	      struct fault *f);

/* The home directory of uid in the bytes of a passwd file. */
bool passwd_home(struct span file, uid_t uid, struct span *home);

#endif
