/*
 * lower.c - from the list of system calls to the files of the plan.
 */
#include "seccomp.h"

#include <string.h>

#include "../../compiler/str.h"
#include "../../compiler/syscalls.h"

bool seccomp_compile_for(struct arena *a, const struct sys_policy *p, enum arch arch,
			 struct seccomp_mode mode, struct code *out)
{
	struct codegen_part part = {.audit_arch = seccomp_audit_arch(arch),
				    .ranges = verdict_ranges(a, p, arch)};
	part.weights = weights_make(a, arch, &part.ranges, mode.optimize, mode.recording);
	return codegen(a, &part, 1, p->bad_arch, mode.optimize, out);
}

bool seccomp_compile(struct arena *a, const struct sys_policy *p, enum arch arch, struct code *out)
{
	return seccomp_compile_for(a, p, arch, (struct seccomp_mode){OPTIMIZE_EVEN, NULL}, out);
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

static bool lower_arch(struct lower *l, const struct sys_policy *p, enum arch arch,
		       struct seccomp_mode mode)
{
	struct code code;
	if (!seccomp_compile_for(l->arena, p, arch, mode, &code)) {
		report_too_large(l, p, arch);
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
	struct recording recording;
	struct seccomp_mode mode = {.optimize = l->optimize};
	if (l->recording) {
		if (!recording_read(l->arena, l->diags, l->recording, &recording))
			return false;
		mode.recording = &recording;
	}
	for (unsigned arch = 0; arch < ARCH_COUNT; arch++)
		if (!lower_arch(l, p, arch, mode))
			return false;
	return true;
}
