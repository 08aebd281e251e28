/*
 * landlock_conf.h - landlock.conf. The rules can be very many, so they are not kept: the file is
 * read twice, first to prove and count it, then to hand each rule to a visitor.
 */
#ifndef SBX_LANDLOCK_CONF_H
#define SBX_LANDLOCK_CONF_H

#include "conf.h"
#include "params.h"

enum missing { MISSING_ERROR, MISSING_SKIP, MISSING_MAKE };

/* How a cover shows its place. */
enum cover { COVER_HIDE = 1, COVER_RO = 2, COVER_NOEXEC = 4 };

struct landlock_rule {
	uint64_t rights;
	struct span where, place; /* template */
	enum missing missing;     /* path only */
	bool nofollow;            /* path only */
	struct span glob;         /* glob only: the pattern */
	struct span port;         /* port, assert-port: a number or one variable */
	unsigned how;             /* cover only: enum cover; 0: as it is */
};

/* Each returns false after a fault; NULL: not wanted. */
struct landlock_visitor {
	bool (*entry)(void *ctx, const struct landlock_rule *r);
	bool (*path)(void *ctx, const struct landlock_rule *r);
	bool (*glob)(void *ctx, const struct landlock_rule *r);
	bool (*port)(void *ctx, const struct landlock_rule *r);
	bool (*assert)(void *ctx, const struct landlock_rule *r);
	bool (*assert_port)(void *ctx, const struct landlock_rule *r);
	bool (*cover)(void *ctx, const struct landlock_rule *r);
	void *ctx;
};

struct landlock {
	uint64_t fs, net, scope; /* what is handled */
	struct span entry;       /* template, at == NULL: none */
	unsigned n_paths, n_globs, n_ports, n_asserts, n_covers;
	const struct vars *vars;
	const struct landlock_visitor *visitor;
};

/* Proves the file and fills *out. v knows the params of launch.conf. */
bool landlock_read(const struct conf *c, const struct vars *v, char id[PLAN_ID_LEN + 1],
		   struct landlock *out);
/* Gives every rule of a file that landlock_read() proved to the visitor, in order. */
bool landlock_visit(const struct conf *c, const struct landlock *l,
		    const struct landlock_visitor *visitor);

/* The bits of these rights that a Landlock of this ABI knows. */
uint64_t fs_rights_of_abi(unsigned abi);
uint64_t net_rights_of_abi(unsigned abi);
uint64_t scopes_of_abi(unsigned abi);
uint64_t fs_rights_of_files(void); /* those that mean something on what is no directory */
/* Joins the names of fs rights by commas. */
void fs_rights_text(uint64_t rights, struct text *t);

#endif
