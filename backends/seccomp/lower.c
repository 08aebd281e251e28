/*
 * lower.c - from the list of system calls to the files of the plan.
 */
#include "seccomp.h"

#include <string.h>

#include "../../compiler/str.h"
#include "../../compiler/syscalls.h"

bool seccomp_compile_for(struct arena *a, const struct sys_policy *p, enum arch machine,
			 struct seccomp_mode mode, struct code *out)
{
	enum arch abis[ARCH_COUNT];
	struct codegen_part parts[ARCH_COUNT];
	unsigned n = seccomp_abis(p->arches, machine, abis);
	uint32_t audit = seccomp_audit_arch(machine);
	for (unsigned i = 0; i < n; i++) {
		parts[i] = (struct codegen_part){.audit_arch = seccomp_audit_arch(abis[i]),
						 .ranges = verdict_ranges(a, p, abis[i])};
		parts[i].weights =
		    weights_make(a, p, abis[i], &parts[i].ranges, mode.optimize, mode.recording);
	}
	struct codegen_options o = {
	    .bad_arch = p->bad_arch, .mode = mode.optimize, .big_endian = seccomp_big_endian(audit)};
	return codegen(a, parts, n, &o, out);
}

bool seccomp_compile(struct arena *a, const struct sys_policy *p, enum arch machine, struct code *out)
{
	return seccomp_compile_for(a, p, machine, (struct seccomp_mode){OPTIMIZE_EVEN, NULL}, out);
}

static void put_bytes(struct buf *b, uint32_t v, unsigned n, bool big)
{
	for (unsigned i = 0; i < n; i++)
		buf_putc(b, (char)(v >> 8 * (big ? n - 1 - i : i)));
}

const char *seccomp_bytes(struct arena *a, const struct code *c, enum arch machine, size_t *size)
{
	struct buf b = buf_new(a);
	bool big = seccomp_big_endian(seccomp_audit_arch(machine));
	for (unsigned i = 0; i < c->n; i++) {
		const struct sock_filter *f = &c->v[i];
		put_bytes(&b, f->code, 2, big);
		put_bytes(&b, f->jt, 1, big);
		put_bytes(&b, f->jf, 1, big);
		put_bytes(&b, f->k, 4, big);
	}
	*size = b.len;
	return b.data;
}

/* The first rule of the call whose conditions take most in a filter of their own. */
static const struct sys_rule *costliest(const struct sys_policy *p, enum arch arch, unsigned *n)
{
	const struct sys_rule *most = NULL;
	*n = 0;
	for (unsigned i = 0, next; i < p->n_rules; i = next) {
		struct arena *scratch = arena_new();
		struct sys_policy one = *p;
		struct code code;
		unsigned tests = 0;
		for (next = i; next < p->n_rules && p->rules[next].call == p->rules[i].call; next++)
			tests += p->rules[next].cond != NULL;
		one.rules = &p->rules[i];
		one.n_rules = next - i;
		bool fits = !tests || seccomp_compile(scratch, &one, arch, &code);
		unsigned size = !fits ? BPF_MAXINSNS : tests ? code.n : 0;
		if (size > *n) {
			*n = size;
			most = &p->rules[i];
		}
		arena_free(scratch);
	}
	return most;
}

static void report_too_large(struct lower *l, const struct sys_policy *p, enum arch arch)
{
	unsigned n;
	struct diag_rec *d = diag(l->diags, DIAG_TOO_LARGE, l->ir->loc,
				  "the system call filter for %s is larger than %d "
				  "instructions, the most the kernel takes",
				  arch_name[arch], BPF_MAXINSNS);
	const struct sys_rule *most = costliest(p, arch, &n);
	if (most)
		diag_note(d, "the conditions on `%s` cost most: %s%u instructions on their own",
			  most->call->name, n == BPF_MAXINSNS ? "at least " : "", n);
	if (most && most->origin)
		diag_second(d, most->origin->loc, "the first of them");
	diag_help(d, "write fewer conditions on arguments");
}

static bool lower_machine(struct lower *l, const struct sys_policy *p, enum arch arch,
			  struct seccomp_mode mode)
{
	struct code code;
	if (!seccomp_compile_for(l->arena, p, arch, mode, &code)) {
		report_too_large(l, p, arch);
		return false;
	}
	size_t size;
	const char *bytes = seccomp_bytes(l->arena, &code, arch, &size);
	const char *text = seccomp_text(l->arena, l->ir, l->src, p, arch, &code);
	lower_add(l, arena_printf(l->arena, "seccomp-%s.bpf", arch_name[arch]), bytes, size);
	lower_add(l, arena_printf(l->arena, "seccomp-%s.txt", arch_name[arch]), text, strlen(text));
	seccomp_calls(l, p, arch);
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
		    diag(l->diags, DIAG_CONFLICT, deny->object,
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
	struct recording recording;
	struct seccomp_mode mode = {.optimize = l->optimize};
	if (l->recording) {
		if (!recording_read(l->arena, l->diags, l->recording, &recording))
			return false;
		mode.recording = &recording;
	}
	for (uint32_t left = arch_machines(p->arches); left; left &= left - 1)
		if (!lower_machine(l, p, (enum arch)__builtin_ctz(left), mode))
			return false;
	return true;
}
