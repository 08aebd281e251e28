/*
 * cgroup_conf.h - cgroup.conf. This sbx-run joins no cgroup yet; the file is proved all the same,
 * so that a damaged plan is refused whatever the host gives.
 */
#ifndef SBX_CGROUP_CONF_H
#define SBX_CGROUP_CONF_H

#include "conf.h"

bool cgroup_read(const struct conf *c, char id[PLAN_ID_LEN + 1], unsigned *n_settings);

#endif
