/*
 * decide.h - the one function that says allow or deny.
 *
 * S1: an operation on an object is allowed if and only if some allow covers it outside its own `except` list and no
 * deny covers it. No order, no specificity, no default but deny. Every command and every check of an artifact asks
 * here; no second evaluator of the source meaning exists.
 */
#ifndef SBX_DECIDE_H
#define SBX_DECIDE_H

#include "ir.h"
#include "place.h"
#include "sysmean.h"

struct request {
	enum target target;
	enum op op; /* its kind says which fields below are read */
	/* PATH: concrete absolute path, canonical. ENV, MACOS: the name. NET: host, or the unix socket's path. */
	const char *object;
	uint16_t port;
	/* SYSCALL: one call as the kernel sees it. */
	enum arch arch;
	uint32_t nr;
	uint64_t args[6];
	/* Values of load-time variables; those not given take the assumptions of assume_value(). */
	const struct ir_binding *given;
	unsigned n_given;
};

struct decision {
	bool allow;
	struct sys_action action;  /* SYSCALL: what the caller gets */
	const struct origin *by;   /* the deciding line: the allow, the deny; NULL: no rule covers it */
	const struct ir_hole *hole;     /* set when an allow would cover it but for this `except` */
	const struct origin *near_allow; /* that allow */
	const struct ir_proxy *via; /* NET: the proxy that makes the connection; NULL: the program itself */
	const char *reason; /* for decisions no line made: "no rule allows it", "known call that nothing needs", ... */
};

struct meaning; /* an IR made ready to be asked: syscall rules derived, indexes built */

struct meaning *meaning_new(struct arena *a, const struct ir *ir);
const struct ir *meaning_ir(const struct meaning *m);
const struct sys_policy *meaning_syscalls(const struct meaning *m);

struct decision decide(const struct meaning *m, const struct request *r);
/* Rules that all questions so far looked at: what the cost of a compile grows with. */
unsigned long meaning_looked(const struct meaning *m);

/*
 * Is the request in the set of the rule, whatever other rules say: its system, operation, object, port, outside its
 * holes? Not for system calls.
 */
bool decide_covers(const struct meaning *m, const struct ir_rule *rule, const struct request *r);
/* Variables that change what code is loaded: no pattern of an allow lets one in, as the loader has it (runtime/apply_env.c). */
bool env_by_name_only(const char *name);
/* `*`, `*.NAME` for every name below NAME (not NAME itself), or the host; the names of this machine are one host. */
bool host_covers(const char *pattern, const char *host);

#endif
