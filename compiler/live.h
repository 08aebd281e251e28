/*
 * live.h - `sbxc test --live`: tries the expectations of a policy under the real loader.
 *
 * The plan is the policy's own but for its entry, which is a small probe. Everything is tried twice: without the sandbox it
 * must work, or nothing is learned. Only what harms nobody is tried: reading what is there, files in a directory made for it
 * (in place of the paths that a test gives), ports of the loopback, a few system calls that fail on their arguments.
 */
#ifndef SBX_LIVE_H
#define SBX_LIVE_H

#include "compile.h"

enum live_result { LIVE_HELD, LIVE_FAILED, LIVE_NOT_TRIED };

struct live_seen {
	const struct ir_test *test;
	const struct ir_test_expect *expect;
	enum op op;
	enum live_result result;
	const char *why; /* what came instead, or why it was not tried */
};

struct live {
	struct arena *arena;
	const struct compile *k;
	const char *loader, *probe; /* programs */
	void (*seen)(void *ctx, const struct live_seen *s);
	void *ctx;
};

/* Tries all of the policy's tests. NULL, or why nothing could be tried. */
const char *live_run(struct live *l);

#endif
