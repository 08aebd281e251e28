/*
 * seccomp_help.h - hand-made policies for the tests of system calls.
 */
#ifndef SBX_TEST_SECCOMP_HELP_H
#define SBX_TEST_SECCOMP_HELP_H

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "backends/seccomp/seccomp.h"
#include "compiler/syscalls.h"

enum { HELP_MAX_RULES = 16 };

struct help {
	struct arena *arena;
	struct ir ir;
	struct ir_rule rules[HELP_MAX_RULES];
	struct origin origins[HELP_MAX_RULES];
};

static inline void help_start(struct help *h)
{
	*h = (struct help){.arena = arena_new()};
	h->ir.name = "test";
	h->ir.targets = TARGET_BIT(TARGET_LINUX);
	h->ir.arches = ARCHES_USUAL;
	h->ir.entry = "/usr/bin/true";
	h->ir.rules = h->rules;
}

static inline void help_end(struct help *h)
{
	arena_free(h->arena);
}

/* A rule on everything of its kind; the caller may narrow what comes back. */
static inline struct ir_rule *help_rule(struct help *h, enum rule_kind kind, uint32_t ops,
					const char *object)
{
	struct ir_rule *r = &h->rules[h->ir.n_rules];
	struct origin *o = &h->origins[h->ir.n_rules++];
	o->loc = (struct loc){h->ir.n_rules * 10, h->ir.n_rules * 10 + 5};
	*r = (struct ir_rule){.kind = kind,
			      .ops = ops,
			      .targets = TARGET_BIT(TARGET_LINUX),
			      .arches = ARCHES_ALL,
			      .object = object,
			      .port_hi = UINT16_MAX};
	for (unsigned i = 0; i < OP_COUNT; i++)
		if (ops & OP_BIT(i))
			r->origin[i] = o;
	return r;
}

static inline void help_op(struct help *h, enum op op)
{
	bool net = op >= OP_CONNECT_TCP && op <= OP_NET;
	help_rule(h, net ? RULE_NET : RULE_PATH, OP_BIT(op), net ? "*" : "/srv");
}

static inline struct ir_rule *help_syscall(struct help *h, const char *object, bool deny)
{
	struct ir_rule *r = help_rule(h, RULE_SYSCALL, OP_BIT(OP_SYSCALL), object);
	r->action = deny ? (struct sys_action){.act = ACT_ERRNO, .data = EPERM}
			 : (struct sys_action){.act = ACT_ALLOW};
	r->deny = deny;
	return r;
}

/*
 * The verdict of the meaning on a call by name; 0 for allow, else the errno; -1 for anything
 * else.
 */
static inline int help_errno(struct sys_action a)
{
	return a.act == ACT_ALLOW ? 0 : a.act == ACT_ERRNO ? a.data : -1;
}

static inline int help_ask(struct help *h, enum arch arch, const char *name, const uint64_t args[6])
{
	const struct sys_policy *p = sysmean_derive(h->arena, &h->ir);
	const struct sys_rule *by;
	const struct syscall_desc *call = syscall_by_name(name);
	if (!call || call->nr[arch] == SYSCALL_NONE)
		abort();
	return help_errno(sysmean_decide(p, arch, (uint32_t)call->nr[arch], args, &by));
}

/* Every machine, each with some of its companions. */
static inline uint32_t help_arches(uint64_t random)
{
	uint32_t machines = arch_machines(ARCHES_ALL);
	return machines | ((uint32_t)random & ARCHES_ALL & ~machines);
}

#define ARGS(...) ((const uint64_t[6]){__VA_ARGS__})

/* The artifacts of a list, as the compiler would write them: those of machines, at the place of their arch. */
static inline void help_artifacts_for(struct help *h, const struct sys_policy *p,
				      struct seccomp_mode mode, struct artifact out[ARCH_COUNT])
{
	for (unsigned arch = 0; arch < ARCH_COUNT; arch++) {
		struct code code;
		out[arch] = (struct artifact){.name = "none"};
		if (!(arch_machines(p->arches) & ARCH_BIT(arch)))
			continue;
		if (!seccomp_compile_for(h->arena, p, arch, mode, &code))
			abort();
		out[arch].name = arena_printf(h->arena, "seccomp-%s.bpf", arch_name[arch]);
		out[arch].data = seccomp_bytes(h->arena, &code, arch, &out[arch].size);
	}
}

static inline void help_artifacts(struct help *h, const struct sys_policy *p,
				  struct artifact out[ARCH_COUNT])
{
	help_artifacts_for(h, p, (struct seccomp_mode){OPTIMIZE_EVEN, NULL}, out);
}

#endif
