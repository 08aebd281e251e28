/*
 * guarantee.h - compares the guarantee lines of the plan with the host: what is required and
 * missing is a refusal, what is preferred and missing is a note.
 */
#ifndef SBX_GUARANTEE_H
#define SBX_GUARANTEE_H

#include "host.h"
#include "launch_conf.h"

bool guarantees_check(const struct launch *l, const struct host *h, struct fault *f);
/* Has every setting of cgroup.conf its controller here, or may it be missing? */
bool guarantees_cgroup(const struct launch *l, const struct cgroup_conf *c, const struct host *h,
		       struct fault *f);
/* One line on stderr for each preferred guarantee that this host does not keep. */
void guarantees_note(const struct launch *l, const struct host *h);
/* What is missing for it, in buf or constant; "" when nothing is. */
enum { GUARANTEE_WHY = 256 };
const char *guarantee_why(const struct guarantee *g, const struct host *h, char buf[GUARANTEE_WHY]);
/* Are all mechanisms of the guarantee there? */
bool guarantee_kept(const struct guarantee *g, const struct host *h);

#endif
