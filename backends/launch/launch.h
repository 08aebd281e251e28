/*
 * launch.h - what the files of this back end share, and what the tests ask.
 */
#ifndef SBX_LAUNCH_H
#define SBX_LAUNCH_H

#include "../../compiler/str.h"
#include "../../runtime/plan.h"
#include "../backend.h"

/* What the loader sets up itself is one file for each system: launch.conf, launch-macos.conf. */
extern const char *const launch_file[TARGET_COUNT];

bool launch_lower(struct lower *l, enum target t);

/*
 * The parts that can fail: each adds its lines and returns false after a diagnostic. A line that is
 * too long for a plan is one, so all of them end lines with launch_end_line().
 */
bool launch_end_line(struct lower *l, struct buf *b, size_t beg, struct loc loc);
/* Text, and the place of a line, as one word. */
void launch_put_word(struct buf *b, const char *text);
void launch_put_where(struct lower *l, struct buf *b, const struct origin *origin);
/* A number, or the param that holds it. */
void launch_put_number(struct buf *b, uint64_t number, const char *param);
/* around.c */
bool launch_write_directory(struct lower *l, struct buf *b, enum target t);
void launch_write_stdio(struct lower *l, struct buf *b, enum target t);
/* of Linux alone */
void launch_write_user(struct lower *l, struct buf *b);
void launch_write_view(struct lower *l, struct buf *b);
bool launch_write_places(struct lower *l, struct buf *b);
bool launch_write_env(struct lower *l, struct buf *b, enum target t);
bool launch_write_rlimits(struct lower *l, struct buf *b, enum target t);
bool launch_write_job(struct lower *l, struct buf *b, enum target t);
/* needs.c: of macOS alone, where no other file tells the loader what has to be there. */
bool launch_write_needs(struct lower *l, struct buf *b);
/* Can the system keep this limit by setrlimit()? */
bool launch_keeps_rlimit(enum limit limit, enum target t);
/* The hard limit on descriptors that the plan sets. */
uint64_t launch_open_files(const struct ir *ir);

void *launch_model_open(struct arena *a, const struct artifact *v, unsigned n, enum target t,
			const char **error);
struct model_verdict launch_model_decide(const void *model, struct arena *scratch,
					 const struct request *r);

/* What the model read of each line, in the order of the file. Texts as they stand there. */
struct launch_param {
	const char *name, *type, *value; /* value: the default, or NULL: required */
};
struct launch_guarantee {
	const char *cap, *mechanisms, *where;
	bool preferred;
};
struct launch_set {
	const char *name, *value;
};
struct launch_number {
	uint64_t value;
	const char *param; /* that holds it, or NULL */
};
struct launch_range {
	const char *name, *where;
	uint64_t least, most;
};
struct launch_limit {
	const char *name, *cap; /* cap: of a fallback, else NULL */
	struct launch_number value;
};
struct launch_place { /* mount, scratch, discard */
	const char *where, *at;
	const char *source; /* MOUNT: as one word */
	bool rw;            /* MOUNT */
	struct launch_number size; /* of a scratch or discard line */
};
struct launch_places {
	struct launch_place *v;
	unsigned n;
};
struct launch_need { /* a place of macOS that has to be there, or is made */
	const char *missing, *where, *path;
};
struct launch_read {
	enum target target;
	struct launch_need *needs;
	unsigned n_needs;
	const char *name, *version;
	const char *hostname;            /* or NULL */
	const char *choices[CHOICE_COUNT]; /* the words of root, stdin, ...; NULL: no line */
	bool user_set;
	struct launch_number user;
	const char *directory, *directory_where; /* or NULL */
	struct launch_places mounts, scratches, discards;
	uint32_t arches, isolate; /* bits by enum arch, enum isolate */
	struct launch_param *params;
	unsigned n_params;
	struct launch_range *ranges;
	unsigned n_ranges;
	struct launch_guarantee *guarantees;
	unsigned n_guarantees;
	const char *entry, *entry_where; /* or NULL */
	int exec_fd;                     /* or -1 */
	const char **allows, **denies; /* denies: taken out of the allows again */
	unsigned n_allows, n_denies;
	struct launch_set *sets;
	unsigned n_sets;
	struct launch_limit *limits;
	unsigned n_limits;
	const char *wall_where, *output_where; /* NULL: no line */
	struct launch_number wall, output;
	const char *notify_where; /* or NULL */
};
const struct launch_read *launch_model_read(const void *model);

bool launch_facts(const void *model, const struct lower *what, struct arena *a,
		  const char **difference);

/* What the model read: an rlimit line, or (fallback) an rlimit-fallback line of this name. */
bool launch_model_rlimit(const void *model, const char *name, bool fallback, struct launch_number *out);

#endif
