/*
 * host.h - a Linux that is not this one: which mechanisms it has, for `--for kernel=6.1,landlock=2`.
 *
 * The loader asks the host itself; this answers the same question before, from tables, so that the two can be compared.
 */
#ifndef SBX_HOST_H
#define SBX_HOST_H

#include "compile.h"

struct host {
	unsigned major, minor; /* of the kernel */
	unsigned landlock;     /* ABI; 0: none */
	bool seccomp, namespaces, overlay;
	const char *cgroup; /* controllers that are delegated: "cpu memory pids", or "" */
};

/*
 * `kernel=6.1`, then any of `landlock=N|none`, `seccomp=yes|no`, `namespaces=yes|no`, `overlay=yes|no`, `cgroup=cpu+memory+pids|none`, with
 * commas between them. What is not said is what that kernel has as distributions build it, and the controllers that systemd
 * delegates to users. NULL, or one line that says what is wrong.
 */
const char *host_parse(struct arena *a, const char *text, struct host *out);
/* "Linux 6.1, Landlock ABI 2, ..." */
const char *host_text(struct arena *a, const struct host *h);
/*
 * The first of the mechanisms ("landlock:4+seccomp") that the host lacks, as a phrase with what it has; NULL when it has
 * all of them.
 */
const char *host_lacks(struct arena *a, const struct host *h, const char *text);
/* Folders whose changes are thrown away are layers; a scratch folder is none. What the guarantee takes for that, or NULL. */
const char *host_beside(enum cap cap, bool discards);
bool host_discards(const struct ir *ir);
/* The least Linux that has all of the mechanisms: "6.12"; NULL when every Linux does, and for words that are not of Linux. */
const char *host_least_kernel(struct arena *a, const char *text);

/* The guarantees of a judged policy that this host would not keep, one a line; the number of those that refuse the start. */
struct buf;
unsigned host_refusals(const struct host *h, const struct compile *k, struct buf *out);

#endif
