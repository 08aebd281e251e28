/*
 * derive.h - the system calls that follow from the other rules of a policy (S12), as data.
 *
 * derive.def lists them; a `when` is a set of the features below, and a line holds if the policy
 * has one of them. What stands there under a feature, a condition or a refusal is *governed*: it
 * follows from the rules on files, network and programs, so `allow syscall @group` does not open
 * it; only its own name does. Calls on memory are governed in policies that ask for exec.wx.
 */
#ifndef SBX_DERIVE_H
#define SBX_DERIVE_H

#include "sysmean.h"

/* What a policy has, as far as system calls depend on it. */
enum derive_feature {
	HAS_ANYTHING = 1 << 0,   /* every policy */
	HAS_READ_ROOT = 1 << 1,  /* every file may be read */
	HAS_WRITE_ROOT = 1 << 2, /* every file may be changed */
	HAS_NO_WRITE_ROOT = 1 << 3,
	HAS_EXEC = 1 << 4, /* programs may be started later on */
	HAS_NO_EXEC = 1 << 5,
	HAS_IOCTL = 1 << 6, /* devices may be controlled */
	HAS_NO_IOCTL = 1 << 7,
	HAS_TCP = 1 << 8,
	HAS_UDP = 1 << 9,
	HAS_UNIX = 1 << 10,
	HAS_NET = 1 << 11,     /* all of the network */
	HAS_CONNECT = 1 << 12, /* of any kind */
	HAS_CONNECT_UNIX = 1 << 13,
	HAS_LISTEN = 1 << 14,    /* of any kind: bind() */
	HAS_ACCEPT = 1 << 15,    /* of a kind that takes connections: listen(), accept() */
	HAS_ANY_PORT = 1 << 16,  /* tcp connections to every port */
	HAS_SOME_PORT = 1 << 17, /* all other policies */
	HAS_WX = 1 << 18,        /* memory may be written and run: nobody asks for exec.wx */
	HAS_NO_WX = 1 << 19,
	HAS_MEMFD = 1 << 20, /* files in memory may be made: they are neither started nor mapped as code */
	HAS_NO_READ_ROOT = 1 << 21,
};

/* The features of a policy on one arch (rules inside `on arch` count there only). */
uint32_t derive_features(const struct ir *ir, enum arch arch);
/* The first line that gives the policy one of these features; NULL when none had to. */
const struct origin *derive_origin(const struct ir *ir, uint32_t when);

/* Calls that are allowed, whatever their arguments. */
struct derive_set {
	uint32_t when, arches;
	const char *reason;
	const char *const *names;
	unsigned n_names;
};
const struct derive_set *derive_sets(unsigned *n);

/* One way to call something that is allowed: all tests hold. More lines for a name: any of them. */
struct derive_way {
	const char *name;
	uint32_t when, arches;
	const char *reason;
	struct sys_cond cond; /* one conjunction */
};
const struct derive_way *derive_ways(unsigned *n);

/* Calls that are refused with an errno of their own. */
struct derive_refusal {
	const char *name;
	const char *reason;
	uint32_t when;
	uint16_t error;
};
const struct derive_refusal *derive_refusals(unsigned *n);

/* Is the call governed (see above) in a policy with these features? */
bool derive_governs(const char *name, uint32_t features);

#endif
