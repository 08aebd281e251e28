/*
 * sysmean.h - which system calls a policy means, by name.
 *
 * Most authors write no syscall rule: the set follows from the other rules plus the base groups (S12). That
 * derivation is part of the meaning, so it lives here and decide() reads it; the seccomp back end lowers exactly this
 * list. What a rule needs is data: groups.def and derive.def.
 */
#ifndef SBX_SYSMEAN_H
#define SBX_SYSMEAN_H

#include "ir.h"

struct syscall_desc;

struct sys_rule {
	const struct syscall_desc *call;
	uint32_t arches;             /* ARCH_BIT()s */
	const struct sys_cond *cond; /* NULL: always */
	bool deny;                   /* deny rules win over allow rules */
	struct sys_action action;    /* of a deny; ACT_ALLOW for an allow */
	const struct origin *origin; /* the line that says or causes it; NULL: the base of every policy */
	const char *reason;          /* what brought a derived rule: "base", "allow connect tcp", "no exec rule", ... */
};

struct sys_policy {
	const struct sys_rule *rules; /* sorted by call name; denies before allows */
	unsigned n_rules;
	uint32_t arches;            /* ARCH_BIT()s of the ABIs whose calls are looked at */
	struct sys_action known;    /* for calls the table knows and no rule names: errno EPERM */
	struct sys_action unknown;  /* for numbers newer than the table: errno ENOSYS */
	struct sys_action bad_arch; /* every other ABI: kill the process */
	/*
	 * When nothing may be started after the entry (proc.no_exec): the loader's own execveat() is the only exec the
	 * filter lets through. It uses the descriptor exec_fd, which lies beyond the hard limit on open files that the
	 * program then has and is closed on exec, so the program can never own that number. -1: exec is allowed.
	 */
	int exec_fd;
};

const struct sys_policy *sysmean_derive(struct arena *a, const struct ir *ir);

/*
 * Do all of these calls (NULL: whatever the arguments) follow from the other rules of the policy, on each of these ABIs of it?
 * The guarantees count on that much being open, whether the filter is derived from the rules or written by hand.
 */
bool sysmean_follows(const struct ir *ir, const char *call, uint32_t arches, const struct sys_cond *cond);

/*
 * The ABI that a number belongs to: x86_64 and x32 are one arch to the kernel, told apart by bit 30 alone. -1, with which
 * a tracer skips a call, is of x86_64.
 */
enum arch sysmean_abi(enum arch arch, uint32_t nr);

/* The verdict of this list on one call; *by is set to the deciding rule or NULL. decide() calls it. */
struct sys_action sysmean_decide(const struct sys_policy *p, enum arch arch, uint32_t nr, const uint64_t args[6],
				 const struct sys_rule **by);

#endif
