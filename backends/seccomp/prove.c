/*
 * prove.c - the proof as the back end offers it: of a fresh plan against its policy, and of a plan
 * that somebody brings against its certificate.
 */
#include "prove.h"

#include <string.h>

#include "../../compiler/syscalls.h"
#include "seccomp.h"

static const char *action_text(struct arena *a, uint32_t value)
{
	static const struct {
		enum sys_act act;
		const char *text;
	} words[] = {
	    {ACT_KILL_PROCESS, "kill the process"},
	    {ACT_KILL_THREAD, "kill the thread"},
	    {ACT_TRAP, "trap"},
	    {ACT_ERRNO, "errno"},
	    {ACT_NOTIFY, "notify"},
	    {ACT_TRACE, "trace"},
	    {ACT_LOG, "log"},
	    {ACT_ALLOW, "allow"},
	};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if ((value & 0xffff0000) != prove_return((struct sys_action){words[i].act, 0}))
			continue;
		if (words[i].act == ACT_ERRNO || value & 0xffff)
			return arena_printf(a, "%s %u", words[i].text, value & 0xffff);
		return words[i].text;
	}
	return arena_printf(a, "return 0x%x, which is no action", value);
}

/* The name of a call, when the arch is one of ours. */
static const char *call_name(const struct prove_call *c)
{
	for (unsigned a = 0; a < ARCH_COUNT; a++) {
		if (c->word[WORD_ARCH] != seccomp_audit_arch(a))
			continue;
		enum arch abi = sysmean_abi((enum arch)a, c->word[WORD_NR]);
		const struct syscall_desc *d = syscall_by_nr(abi, c->word[WORD_NR]);
		return d ? d->name : "of no name";
	}
	return "of another machine";
}

static const char *call_text(struct arena *a, const struct prove_call *c)
{
	struct buf b = buf_new(a);
	buf_printf(&b, "syscall %s (number %u, arch 0x%08x) with arguments", call_name(c),
		   c->word[WORD_NR], c->word[WORD_ARCH]);
	for (unsigned i = 0; i < 6; i++)
		buf_printf(&b, "%s 0x%llx", i ? "," : "", (unsigned long long)prove_call_arg(c, i));
	if (c->word[WORD_IP] || c->word[WORD_IP + 1])
		buf_printf(&b, ", called from 0x%08x%08x", c->word[WORD_IP + 1], c->word[WORD_IP]);
	return buf_str(&b);
}

static void explain(struct arena *a, const struct prove_result *r, struct proof *out)
{
	if (r->end == PROVE_UNKNOWN) {
		out->why = r->why;
		return;
	}
	out->call = call_text(a, &r->call);
	out->want = action_text(a, r->want);
	out->got = arena_printf(a, "%s, at instruction %u", action_text(a, r->got), r->where);
}

/* ---- against the policy ---- */

struct oracle {
	const struct sys_policy *policy;
	enum arch abis[ARCH_COUNT];
	unsigned n;
};

static uint32_t oracle_want(const void *ctx, const struct prove_call *c)
{
	const struct oracle *o = ctx;
	const struct sys_rule *by;
	uint64_t args[6];
	unsigned abi = 0;
	while (abi < o->n && seccomp_audit_arch(o->abis[abi]) != c->word[WORD_ARCH])
		abi++;
	if (abi == o->n)
		return prove_return(o->policy->bad_arch);
	for (unsigned i = 0; i < 6; i++)
		args[i] = prove_call_arg(c, i);
	return prove_return(sysmean_decide(o->policy, o->abis[abi], c->word[WORD_NR], args, &by));
}

static void put_head(struct buf *out, const struct prove_table *t, const struct bpf_prog *p,
		     const struct prove_result *r)
{
	unsigned classes = 0;
	for (unsigned i = 0; i < t->n_abis; i++)
		classes += t->abis[i].n;
	buf_printf(out, "instructions %u classes %u paths %lu cells %lu\n", p->n, classes, r->paths,
		   r->cells);
}

static bool prove_machine(const struct seccomp_model *m, const struct sys_policy *p, enum arch arch,
			  struct arena *a, struct proof *out)
{
	uint32_t audit_arch[ARCH_COUNT];
	struct oracle o = {.policy = p};
	struct prove_oracle oracle = {.want = oracle_want, .ctx = &o};
	for (unsigned i = 0; i < ARCH_COUNT; i++)
		audit_arch[i] = seccomp_audit_arch(i);
	o.n = seccomp_abis(p->arches, arch, o.abis);
	struct prove_table t = prove_policy(a, p, arch, audit_arch);
	struct prove_result r = prove_run(a, &m->prog[arch], &t, &oracle);
	const char *artifact = arena_printf(a, "seccomp-%s.bpf", arch_name[arch]);
	if (r.end != PROVE_EQUAL) {
		out->artifact = artifact;
		explain(a, &r, out);
		return false;
	}
	struct buf head = buf_new(a), table = buf_new(a);
	put_head(&head, &t, &m->prog[arch], &r);
	prove_table_print(&t, &table);
	out->parts[out->n++] = (struct proof_part){
	    .artifact = artifact, .head = buf_str(&head), .meaning = buf_str(&table)};
	return true;
}

bool seccomp_prove(const void *model, const struct meaning *m, struct arena *a, struct proof *out)
{
	const struct seccomp_model *s = model;
	*out = (struct proof){0};
	const struct sys_policy *p = meaning_syscalls(m);
	uint32_t machines = arch_machines(p->arches);
	for (unsigned arch = 0; arch < ARCH_COUNT; arch++) {
		if (s->has[arch] == !!(machines & ARCH_BIT(arch)))
			continue;
		out->artifact = arena_printf(a, "seccomp-%s.bpf", arch_name[arch]);
		out->why = s->has[arch] ? "the policy is not for this machine" : "the file is missing";
		return false;
	}
	for (; machines; machines &= machines - 1)
		if (!prove_machine(s, p, (enum arch)__builtin_ctz(machines), a, out))
			return false;
	return true;
}

/* ---- against a certificate ---- */

/* The machine that the file is named for, or ARCH_COUNT. */
static unsigned machine_of(struct arena *a, const char *artifact)
{
	for (uint32_t left = arch_machines(ARCHES_ALL); left; left &= left - 1) {
		unsigned arch = (unsigned)__builtin_ctz(left);
		if (!strcmp(artifact, arena_printf(a, "seccomp-%s.bpf", arch_name[arch])))
			return arch;
	}
	return ARCH_COUNT;
}

/* Is the table about the machine? */
static bool speaks_of(const struct prove_table *t, enum arch machine)
{
	for (unsigned i = 0; i < t->n_abis; i++)
		if (t->abis[i].audit_arch == seccomp_audit_arch(machine))
			return true;
	return false;
}

bool seccomp_reprove(struct arena *a, const struct artifact *v, const char *meaning,
		     struct proof *out)
{
	struct bpf_prog p;
	struct prove_table t;
	struct buf head = buf_new(a);
	*out = (struct proof){.artifact = v->name};
	unsigned machine = machine_of(a, v->name);
	const char *wrong = machine == ARCH_COUNT ? "it is named for no machine" : NULL;
	if (!wrong)
		wrong = bpf_open(a, v->data, v->size, seccomp_big_endian(seccomp_audit_arch(machine)), &p);
	if (!wrong)
		wrong = prove_table_read(a, meaning, &t);
	if (!wrong && !speaks_of(&t, machine))
		wrong = "its meaning is that of another machine";
	if (wrong) {
		out->why = wrong;
		return false;
	}
	struct prove_result r = prove_run(a, &p, &t, NULL);
	if (r.end != PROVE_EQUAL) {
		explain(a, &r, out);
		return false;
	}
	put_head(&head, &t, &p, &r);
	out->parts[out->n++] =
	    (struct proof_part){.artifact = v->name, .head = buf_str(&head), .meaning = meaning};
	return true;
}
