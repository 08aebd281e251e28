/*
 * expect.h - runs the tests that stand in a policy, on its meaning and on its artifacts.
 */
#ifndef SBX_EXPECT_H
#define SBX_EXPECT_H

#include "ask.h"
#include "validate.h"

/* One expectation on one target, as it was found. */
struct expect_seen {
	const struct ir_test *test;
	const struct ir_test_expect *expect;
	enum target target;
	const struct outcomes *outcomes; /* of accesses; NULL for guarantees */
	bool held;
};
struct expect_observer {
	void (*seen)(void *ctx, const struct expect_seen *s);
	void *ctx;
};

/*
 * Every expectation of every test. An `expect` holds when all parts of its operation agree, on every target it speaks
 * of; each request is then compared with the artifacts too. Returns the number checked; failures are in v->diags.
 */
unsigned expect_run(struct validator *v, const struct expect_observer *observer); /* which may be NULL */

/* Does it hold on the target, by the meaning alone? For policies that are tried out and never written. */
bool expect_holds(struct asker *k, const struct guarantees *g, const struct ir_test *test, const struct ir_test_expect *e,
		  enum target t);

#endif
