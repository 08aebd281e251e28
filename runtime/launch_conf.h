/*
 * launch_conf.h - launch.conf in memory. Spans point into the file.
 */
#ifndef SBX_LAUNCH_CONF_H
#define SBX_LAUNCH_CONF_H

#include "conf.h"
#include "params.h"

/* Bits of struct launch.isolate: rows of the table of namespaces. */
enum {
	ISOLATE_USER = 1 << 0,
	ISOLATE_PID = 1 << 1,
	ISOLATE_MOUNT = 1 << 2,
	ISOLATE_NET = 1 << 3,
	ISOLATE_IPC = 1 << 4,
	ISOLATE_UTS = 1 << 5,
	ISOLATE_CGROUP = 1 << 6,
};

struct guarantee {
	struct span cap, mechanisms, where;
	bool required;
};

struct env_line {
	struct span name;  /* a name, or what stands before the * */
	struct span value; /* template of env-set */
	enum env_kind { ENV_ALLOW, ENV_ALLOW_PREFIX, ENV_DENY, ENV_DENY_PREFIX, ENV_SET } kind;
};

struct rlimit_line {
	int which; /* row of PLAN_RLIMITS */
	struct amount value;
	struct span cap; /* rlimit-fallback only */
};

/* What lies at a place of the tree inside, over what the host has there. */
struct place_line {
	enum place_kind { PLACE_MOUNT, PLACE_SCRATCH, PLACE_DISCARD } kind;
	struct span where, at; /* at: template */
	struct span source;    /* MOUNT: template with blanks as \x20, see word_template() */
	bool rw;               /* MOUNT */
	struct amount size;    /* SCRATCH, DISCARD */
};

enum stdin_mode { STDIN_INHERIT, STDIN_NULL };
enum terminal_mode { TERMINAL_NONE, TERMINAL_INHERIT, TERMINAL_NEW };
enum observe_mode { OBSERVE_OFF, OBSERVE_DENIED, OBSERVE_ALL };

enum { PLAN_MAX_HOSTNAME = 64 };

enum { PLAN_MAX_RLIMITS = 8, PLAN_MAX_FALLBACKS = 16 };

struct launch {
	unsigned arches;  /* bits 1 << row of the machines table */
	unsigned isolate; /* ISOLATE_* */
	unsigned n_guarantees, n_params, n_env, n_places, n_rlimits, n_fallbacks;
	int exec_fd; /* -1: none */
	enum stdin_mode stdin_mode;
	enum terminal_mode terminal;
	enum observe_mode observe;
	bool new_session, private_root, user_set;
	struct span entry, entry_where; /* entry.at NULL: any program */
	struct span wall_where, output_where; /* at NULL: no limit */
	struct amount wall, output; /* ms, bytes */
	struct amount user;
	struct span hostname; /* at NULL: not written */
	struct span directory, directory_where; /* template; at NULL: not written */
	struct span notify_where; /* of the first line that hands calls over; no text: none does */
	struct span needs; /* macOS: the lines `need` as they stand, proved; at NULL: none */
	struct span policy, version;
	char id[PLAN_ID_LEN + 1];
	/* each has room for one more: a line is read before it is known to be too many */
	struct rlimit_line rlimits[PLAN_MAX_RLIMITS + 1];
	struct rlimit_line fallbacks[PLAN_MAX_FALLBACKS + 1];
	/* last what is large and mostly empty: memory that nobody touches costs nothing */
	struct guarantee guarantees[PLAN_MAX_GUARANTEES + 1];
	struct env_line env[PLAN_MAX_ENV + 1];
	struct param params[PLAN_MAX_PARAMS];
	struct place_line places[PLAN_MAX_PLACES + 1];
};

/* All of the file is proved, templates included. *out is zero bytes: clearing so much would be most of the work. */
bool launch_read(const struct conf *c, struct launch *out);

/* Does the program lead a session of its own? */
static inline bool launch_session(const struct launch *l)
{
	return l->new_session && l->terminal != TERMINAL_INHERIT;
}

const struct guarantee *launch_guarantee(const struct launch *l, struct span cap);

const char *rlimit_word(int row);
int rlimit_resource(int row);
/* The same for launch-macos.conf. */
bool launch_read_macos(const struct conf *c, struct launch *out);

/* A place that has to be there, or is made; its template. */
struct need {
	bool make;
	struct span where, path;
};
/* Takes the next of launch.needs off `left`; false when none is left. */
bool launch_need(struct span *left, struct need *out);

/* What setrlimit() is given, once the params have their values. */
uint64_t rlimit_value(const struct rlimit_line *line, const struct vars *v);
bool launch_has_arch(const struct launch *l, const char *machine);
/* The namespaces that `isolate` asks for, as words joined by blanks. */
void launch_isolate_text(const struct launch *l, struct text *t);

#endif
