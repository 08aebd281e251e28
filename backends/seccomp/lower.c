/*
 * lower.c - from the list of system calls to the files of the plan.
 */
#include "seccomp.h"

#include <string.h>

#include "../../compiler/str.h"
#include "../../compiler/syscalls.h"

bool seccomp_compile(struct arena *a, const struct sys_policy *p, enum arch arch, struct code *out)
{
	struct verdict_ranges ranges = verdict_ranges(a, p, arch);
	return codegen(a, ranges, seccomp_audit_arch(arch), p->bad_arch, out);
}

/* The bytes of a filter; all arches we know are little endian, whatever runs the compiler. */
static const char *code_bytes(struct arena *a, const struct code *c, size_t *size)
{
	struct buf b = buf_new(a);
	for (unsigned i = 0; i < c->n; i++) {
		const struct sock_filter *f = &c->v[i];
		const unsigned char bytes[] = {
		    (unsigned char)f->code,
		    (unsigned char)(f->code >> 8),
		    f->jt,
		    f->jf,
		    (unsigned char)f->k,
		    (unsigned char)(f->k >> 8),
		    (unsigned char)(f->k >> 16),
		    (unsigned char)(f->k >> 24),
		};
		buf_add(&b, bytes, sizeof(bytes));
	}
	*size = b.len;
	return b.data;
}

static bool lower_arch(struct lower *l, const struct sys_policy *p, enum arch arch)
{
	struct code code;
	if (!seccomp_compile(l->arena, p, arch, &code)) {
		struct diag_rec *d = diag(l->diags, DIAG_TOO_LARGE, l->ir->loc,
					  "the system call filter for %s is larger than %d "
					  "instructions, the most the kernel takes",
					  arch_name[arch], BPF_MAXINSNS);
		diag_help(d, "write fewer conditions on arguments");
		return false;
	}
	size_t size;
	const char *bytes = code_bytes(l->arena, &code, &size);
	const char *text = seccomp_text(l->arena, l->ir, l->src, p, arch, &code);
	lower_add(l, arena_printf(l->arena, "seccomp-%s.bpf", arch_name[arch]), bytes, size);
	lower_add(l, arena_printf(l->arena, "seccomp-%s.txt", arch_name[arch]), text, strlen(text));
	return true;
}

/* Calls that a rule on programs or the network cannot do without. */
static const struct {
	const char *call;
	uint32_t ops;
} needs[] = {
    {"execve", OP_BIT(OP_EXEC)},
    {"socket", OP_BIT(OP_CONNECT_TCP) | OP_BIT(OP_CONNECT_UDP) | OP_BIT(OP_CONNECT_UNIX) |
		   OP_BIT(OP_LISTEN_TCP) | OP_BIT(OP_LISTEN_UDP) | OP_BIT(OP_LISTEN_UNIX) |
		   OP_BIT(OP_NET)},
    {"connect", OP_BIT(OP_CONNECT_TCP) | OP_BIT(OP_CONNECT_UNIX) | OP_BIT(OP_NET)},
    {"bind",
     OP_BIT(OP_LISTEN_TCP) | OP_BIT(OP_LISTEN_UDP) | OP_BIT(OP_LISTEN_UNIX) | OP_BIT(OP_NET)},
    {"listen", OP_BIT(OP_LISTEN_TCP) | OP_BIT(OP_LISTEN_UNIX) | OP_BIT(OP_NET)},
};

/* The line that refuses the call without condition, or NULL. */
static const struct origin *denied_by(const struct sys_policy *p, const char *call)
{
	for (unsigned i = 0; i < p->n_rules; i++) {
		const struct sys_rule *r = &p->rules[i];
		if (r->deny && r->origin && !r->cond && !strcmp(r->call->name, call))
			return r->origin;
	}
	return NULL;
}

/* `allow connect ...` and `deny syscall connect` together: one of them is a mistake. */
static bool check_conflicts(struct lower *l, const struct sys_policy *p)
{
	bool good = true;
	for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++) {
		const struct origin *deny = denied_by(p, needs[i].call);
		const struct origin *allow = ir_first_allow(l->ir, TARGET_LINUX, needs[i].ops);
		if (!deny || !allow)
			continue;
		struct diag_rec *d =
		    diag(l->diags, DIAG_CONFLICT, deny->loc,
			 "this denies `%s`, and another line needs it", needs[i].call);
		diag_second(d, allow->loc, "cannot work without `%s`", needs[i].call);
		diag_help(d, "remove one of the two lines");
		good = false;
	}
	return good;
}

bool seccomp_lower(struct lower *l)
{
	const struct sys_policy *p = meaning_syscalls(l->meaning);
	if (!check_conflicts(l, p))
		return false;
	for (unsigned arch = 0; arch < ARCH_COUNT; arch++)
		if (!lower_arch(l, p, arch))
			return false;
	return true;
}
