/*
 * access_priv.h - what access.c and access_syscall.c share.
 */
#ifndef SBX_ACCESS_PRIV_H
#define SBX_ACCESS_PRIV_H

#include "resolve_priv.h"

struct access_ctx {
	struct res *r;
	const struct place *p;
	enum access_use use;
	struct access_items *out;
	const struct ast_cond *where; /* SYSCALL */
	struct sys_action action;
};

/* One more item in x->out, with its kind, operations and place. */
struct access_item *access_add(struct access_ctx *x, enum rule_kind kind, uint32_t ops, struct loc loc);
/* Notes that something was reported; false. */
bool access_fail(struct access_ctx *x);
/* access_syscall.c: names, groups, condition and action of a system call rule. */
void access_syscalls(struct access_ctx *x, const struct ast_access *access);

#endif
