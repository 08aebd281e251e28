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

/* What a caller gets, strictest first: the kernel's own precedence. */
enum sys_act { ACT_KILL_PROCESS, ACT_KILL_THREAD, ACT_TRAP, ACT_ERRNO, ACT_NOTIFY, ACT_TRACE, ACT_LOG, ACT_ALLOW };

struct sys_action {
	enum sys_act act;
	uint16_t data; /* the errno for ACT_ERRNO */
};

/* One comparison of one argument: (arg & mask) OP value, on the low `width` bits (32 or 64). */
struct sys_test {
	uint8_t arg;   /* 0..5 */
	uint8_t width; /* 32 or 64 */
	enum sys_cmp { SYS_EQ, SYS_NE, SYS_LT, SYS_LE, SYS_GT, SYS_GE } cmp; /* unsigned */
	uint64_t mask; /* all ones of the width when the argument is compared whole; only EQ and NE take another */
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
	struct sys_action known;    /* for calls the table knows and no rule names: errno EPERM */
	struct sys_action unknown;  /* for numbers newer than the table: errno ENOSYS */
	struct sys_action bad_arch; /* another arch, or x32 numbers: kill the process */
	/*
	 * When nothing may be started after the entry (proc.no_exec): the loader's own execveat() is the only exec the
	 * filter lets through. It uses the descriptor exec_fd, which lies beyond the hard limit on open files that the
	 * program then has and is closed on exec, so the program can never own that number. -1: exec is allowed.
	 */
	int exec_fd;
};

const struct sys_policy *sysmean_derive(struct arena *a, const struct ir *ir);

/* The verdict of this list on one call; *by is set to the deciding rule or NULL. decide() calls it. */
struct sys_action sysmean_decide(const struct sys_policy *p, enum arch arch, uint32_t nr, const uint64_t args[6],
				 const struct sys_rule **by);

#endif
