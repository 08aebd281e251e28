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
};

/* Is this a rule for Linux with one of these operations? */
bool facts_rule(const struct ir_rule *r, bool deny, uint32_t ops);
/* The rights that these operations on files stand for, as far as the ruleset handles them. */
uint32_t facts_rights(const struct facts *f, uint32_t ops);
/* False, with "landlock.conf: FACT is `HAS`, the policy says `WANT`"; NULL: there is no such thing. */
bool facts_differ(struct facts *f, const char *fact, const char *has, const char *want);
/* Names of rights for facts_differ(), NULL for none. */
const char *facts_fs_text(struct arena *a, uint32_t rights);
const char *facts_net_text(struct arena *a, uint32_t rights);

/* The parts; each false after facts_differ(). */
bool facts_ports(struct facts *f);
bool facts_places(struct facts *f);
bool facts_covers(struct facts *f);
bool facts_globs(struct facts *f);
bool facts_masks(struct facts *f);

#endif
