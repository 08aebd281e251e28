/*
 * landlock_conf.h - landlock.conf in memory, read once for all starts. Spans point into the file.
 */
#ifndef SBX_LANDLOCK_CONF_H
#define SBX_LANDLOCK_CONF_H

#include "conf.h"
#include "params.h"

enum missing { MISSING_ERROR, MISSING_SKIP, MISSING_MAKE };

/* How a cover shows its place. */
enum cover { COVER_HIDE = 1, COVER_RO = 2, COVER_NOEXEC = 4 };

enum rule { RULE_ENTRY, RULE_PATH, RULE_GLOB, RULE_PORT, RULE_ASSERT, RULE_ASSERT_PORT, RULE_COVER, RULE_MASK, RULE_COUNT };

struct landlock_rule {
	uint64_t rights;
	struct span where, place; /* place: template */
	const char *path; /* what it means in every run, where that needs nothing of one; else NULL (run_rule_path()) */
	union {
		struct span glob; /* glob, cover-glob: the pattern */
		struct span port; /* port, assert-port: a number or one variable */
		struct span holes; /* assert: words of templates (word_template()); none: of a plain one */
	};
	enum rule kind;
	enum missing missing; /* path only */
	bool nofollow;        /* path only */
	unsigned how;         /* cover, cover-glob: enum cover; 0: as it is */
};

typedef bool landlock_visit_fn(void *ctx, const struct landlock_rule *r);

/* Each returns false after a fault; NULL: not wanted. */
struct landlock_visitor {
	union {
		landlock_visit_fn *of[RULE_COUNT];
		struct { /* the same by name; mask: cover-glob */
			landlock_visit_fn *entry, *path, *glob, *port, *assert, *assert_port, *cover, *mask;
		};
	};
	void *ctx;
};

struct landlock {
	uint64_t fs, net, scope; /* what is handled */
	struct span entry;       /* template, at == NULL: none */
	union { /* how many there are */
		unsigned n[RULE_COUNT];
		struct { /* the same by name */
			unsigned n_entries, n_paths, n_globs, n_ports, n_asserts, n_assert_ports, n_covers, n_masks;
		};
	};
	struct landlock_rule *rules; /* in the order of the file */
	unsigned n_rules, cap;
	struct span head;                 /* of the `path` that was read last what stands before its WHERE */
	const struct landlock_rule *like; /* what that says */
	const struct vars *vars;
	struct pool *pool; /* they lie in it */
};

/* Proves the file and fills *out. v knows the params of launch.conf; the rules live as long as the pool. */
bool landlock_read(const struct conf *c, const struct vars *v, char id[PLAN_ID_LEN + 1],
		   struct pool *pool, struct landlock *out);
/* Gives every rule to the visitor, in order. */
bool landlock_visit(const struct landlock *l, const struct landlock_visitor *visitor);

/* The bits of these rights that a Landlock of this ABI knows. */
uint64_t fs_rights_of_abi(unsigned abi);
uint64_t net_rights_of_abi(unsigned abi);
uint64_t scopes_of_abi(unsigned abi);
uint64_t fs_rights_that_write(void); /* something can become another by these */
uint64_t fs_rights_that_link(void); /* a symbolic link can come into a folder by these */
uint64_t fs_rights_of_files(void); /* those that mean something on what is no directory */
/* Joins the names of fs rights by commas. */
void fs_rights_text(uint64_t rights, struct text *t);

#endif
