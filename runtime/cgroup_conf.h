/*
 * cgroup_conf.h - cgroup.conf in memory. Spans point into the file.
 */
#ifndef SBX_CGROUP_CONF_H
#define SBX_CGROUP_CONF_H

#include "conf.h"
#include "params.h"

/* CONTROLLER(id, word): those that settings belong to. */
#define CONTROLLERS(CONTROLLER)                                                                    \
	CONTROLLER(MEMORY, "memory")                                                               \
	CONTROLLER(PIDS, "pids")                                                                   \
	CONTROLLER(CPU, "cpu")                                                                     \
	CONTROLLER(IO, "io")

enum controller {
#define CONTROLLER(id, word) CONTROLLER_##id,
	CONTROLLERS(CONTROLLER)
#undef CONTROLLER
	    CONTROLLER_COUNT /* as a controller: none, the file is there in every cgroup */
};

struct cgroup_setting {
	const char *file;
	struct span value; /* ${name} in it is a param: cgroup_value() */
	enum controller controller;
};

enum { CGROUP_MAX_SETTINGS = 16 };

struct cgroup_conf {
	bool present;
	struct cgroup_setting settings[CGROUP_MAX_SETTINGS];
	unsigned n;
	unsigned controllers; /* bits 1 << CONTROLLER_* of the settings */
};

/* The whole file is proved, against the params of launch.conf. */
bool cgroup_read(const struct conf *c, const struct vars *v, char id[PLAN_ID_LEN + 1], struct cgroup_conf *out);

/* The value as the kernel's file takes it: params_set() was there. */
void cgroup_value(const struct cgroup_setting *s, const struct vars *v, struct text *out);

const char *controller_word(enum controller c);

#endif
