/*
 * expect.h - runs the tests that stand in a policy, on its meaning and on its artifacts.
 */
#ifndef SBX_EXPECT_H
#define SBX_EXPECT_H

#include "validate.h"

/*
 * Every expectation of every test. An `expect` holds when all parts of its operation agree, on every target it speaks
 * of; each request is then compared with the artifacts too. Returns the number checked; failures are in v->diags.
 */
unsigned expect_run(struct validator *v);

#endif
