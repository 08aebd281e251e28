/*
 * facts.h - what landlock.conf must hold, worked out from the policy without the lowering.
 */
#ifndef SBX_LANDLOCK_FACTS_H
#define SBX_LANDLOCK_FACTS_H

#include "model.h"

struct facts {
	const struct model *m;
	const struct lower *what;
	struct arena *a;
	const char **difference;
	bool open_net;      /* an allow opens all of the network and no deny closes it */
	bool open_abstract; /* the same for abstract sockets */
	bool open_signal;   /* and for signals */
	bool closed_net;    /* a deny closes all of the network */
	uint32_t given;     /* operations on files that are allowed anywhere */
	const struct spots *denied; /* of facts_places.c */
};

/* Lines of one directive, sorted by place and pattern (NULL: it has none): all of them, and those of one. */
struct facts_lines {
	const struct model_line **v;
	unsigned n;
};
struct facts_lines facts_sort(struct arena *a, const struct model_lines *lines);
struct facts_lines facts_of_place(const struct facts_lines *lines, const char *tmpl, const char *glob);

/* Is this a rule for Linux with one of these operations? */
bool facts_rule(const struct ir_rule *r, bool deny, uint32_t ops);
/* The rights that these operations on files stand for, as far as the ruleset handles them. */
uint32_t facts_rights(const struct facts *f, uint32_t ops);
/* False, with "landlock.conf: FACT is `HAS`, the policy says `WANT`"; NULL: there is no such thing. */
bool facts_differ(struct facts *f, const char *fact, const char *has, const char *want);
/* Names of rights for facts_differ(), NULL for none. */
const char *facts_fs_text(struct arena *a, uint32_t rights);
const char *facts_net_text(struct arena *a, uint32_t rights);

/* The denied places, and the operations that they take from a whole place. */
const struct spots *facts_denied(struct facts *f);
uint32_t facts_denied_over(const struct facts *f, const char *path);

/* The parts; each false after facts_differ(). */
bool facts_ports(struct facts *f);
bool facts_places(struct facts *f);
bool facts_covers(struct facts *f);
bool facts_globs(struct facts *f);
bool facts_masks(struct facts *f);

#endif
