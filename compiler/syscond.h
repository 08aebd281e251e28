/*
 * syscond.h - conditions on the arguments of a system call, and what a caller gets. Types only:
 * cond.h works on them.
 */
#ifndef SBX_SYSCOND_H
#define SBX_SYSCOND_H

#include <stdint.h>

/* What a caller gets, strictest first: the kernel's own precedence. */
enum sys_act {
	ACT_KILL_PROCESS,
	ACT_KILL_THREAD,
	ACT_TRAP,
	ACT_ERRNO,
	ACT_NOTIFY,
	ACT_TRACE,
	ACT_LOG,
	ACT_ALLOW
};

struct sys_action {
	enum sys_act act;
	uint16_t data; /* the errno for ACT_ERRNO */
};

/*
 * One comparison of one argument: (arg & mask) OP value, on the low `width` bits (32 or 64). The
 * mask is all ones of the width when the argument is compared whole; only EQ and NE take another.
 */
struct sys_test {
	uint8_t arg;   /* 0..5 */
	uint8_t width; /* 32 or 64 */
	enum sys_cmp { SYS_EQ, SYS_NE, SYS_LT, SYS_LE, SYS_GT, SYS_GE } cmp; /* unsigned */
	uint64_t mask;
	uint64_t value;
};

/* Any of the conjunctions; each: all of its tests. */
struct sys_conj {
	const struct sys_test *tests;
	unsigned n_tests;
};
struct sys_cond {
	const struct sys_conj *any;
	unsigned n_any;
};

#endif
