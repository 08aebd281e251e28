/*
 * What the model says of programs and the network, and which files it takes.
 */
#include "seccomp_help.h"

#include <criterion/criterion.h>
#include <linux/seccomp.h>

static bool stops(enum op policy, enum op asked)
{
	struct help h;
	struct artifact v[ARCH_COUNT];
	const char *error;
	help_start(&h);
	if (policy != OP_COUNT)
		help_op(&h, policy);
	help_artifacts(&h, sysmean_derive(h.arena, &h.ir), v);
	struct seccomp_model *m = seccomp_model_open(h.arena, v, ARCH_COUNT, &error);
	cr_assert(m, "%s", error);
	struct request r = {.target = TARGET_LINUX, .op = asked, .object = "/usr/bin/true"};
	bool answer = seccomp_model_decide(m, h.arena, &r).stops;
	r.target = TARGET_MACOS;
	cr_expect_not(seccomp_model_decide(m, h.arena, &r).stops);
	help_end(&h);
	return answer;
}

Test(model, programs_and_network_need_their_rule)
{
	static const enum op ops[] = {OP_EXEC,         OP_CONNECT_TCP, OP_CONNECT_UDP,
				      OP_CONNECT_UNIX, OP_LISTEN_TCP,  OP_LISTEN_UDP,
				      OP_LISTEN_UNIX,  OP_NET};
	for (unsigned i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		cr_expect(stops(OP_COUNT, ops[i]), "%s", op_name[ops[i]]);
		cr_expect(stops(OP_MODIFY, ops[i]), "%s", op_name[ops[i]]);
		cr_expect_not(stops(ops[i], ops[i]), "%s", op_name[ops[i]]);
		if (ops[i] != OP_NET && ops[i] != OP_EXEC) {
			cr_expect(stops(ops[i], OP_NET), "%s", op_name[ops[i]]);
			cr_expect_not(stops(OP_NET, ops[i]), "%s", op_name[ops[i]]);
		}
	}
	cr_expect(stops(OP_CONNECT_TCP, OP_LISTEN_TCP));
	cr_expect(stops(OP_LISTEN_TCP, OP_CONNECT_TCP));
	cr_expect(stops(OP_CONNECT_TCP, OP_CONNECT_UDP));
	cr_expect(stops(OP_CONNECT_UDP, OP_CONNECT_UNIX));
	cr_expect_not(stops(OP_COUNT, OP_READ), "files are not its business");
	cr_expect_not(stops(OP_COUNT, OP_ENV));
}

Test(model, takes_whole_sets_of_good_files)
{
	struct help h;
	struct artifact v[ARCH_COUNT], one;
	const char *error = NULL;
	help_start(&h);
	help_artifacts(&h, sysmean_derive(h.arena, &h.ir), v);
	cr_expect(seccomp_model_open(h.arena, v, ARCH_COUNT, &error));
	cr_expect_null(seccomp_model_open(h.arena, v, 0, &error), "all are missing");
	cr_expect(strstr(error, "seccomp-MACHINE.bpf"));
	/* which must be there is the policy's say */
	struct proof proof;
	const struct meaning *m = meaning_new(h.arena, &h.ir);
	cr_expect(seccomp_prove(seccomp_model_open(h.arena, v, ARCH_COUNT, &error), m, h.arena, &proof));
	cr_expect_not(seccomp_prove(seccomp_model_open(h.arena, v, 1, &error), m, h.arena, &proof));
	cr_expect_str_eq(proof.artifact, "seccomp-aarch64.bpf");
	cr_expect_str_eq(proof.why, "the file is missing");
	v[2] = v[1];
	v[2].name = "seccomp-riscv64.bpf";
	cr_expect_null(seccomp_model_open(h.arena, v, ARCH_COUNT, &error), "of another machine");
	h.ir.arches = ARCHES_USUAL | ARCH_BIT(ARCH_RISCV64);
	help_artifacts(&h, sysmean_derive(h.arena, &h.ir), v);
	cr_expect_not(seccomp_prove(seccomp_model_open(h.arena, v, ARCH_COUNT, &error), m, h.arena, &proof));
	cr_expect_str_eq(proof.artifact, "seccomp-riscv64.bpf");
	cr_expect_str_eq(proof.why, "the policy is not for this machine");
	v[1].size -= 8; /* its last return */
	cr_expect_null(seccomp_model_open(h.arena, v, ARCH_COUNT, &error));
	v[1].size -= 3;
	cr_expect_null(seccomp_model_open(h.arena, v, ARCH_COUNT, &error));
	/*
	 * the filter of the other arch kills everything that is not its own: so does a foreign
	 * one here
	 */
	help_artifacts(&h, sysmean_derive(h.arena, &h.ir), v);
	one = v[0];
	v[0].data = v[1].data;
	v[0].size = v[1].size;
	cr_expect_null(seccomp_model_open(h.arena, v, ARCH_COUNT, &error), "the wrong arch");
	v[0] = one;
	cr_expect(seccomp_model_open(h.arena, v, ARCH_COUNT, &error));
	const struct sock_filter all[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
	v[0].data = (const char *)all;
	v[0].size = sizeof(all);
	cr_expect_null(seccomp_model_open(h.arena, v, ARCH_COUNT, &error), "no look at the arch");
	help_end(&h);
}

/*
 * All numbers that are always allowed must be seen as such by the kernel: it then skips the
 * filter.
 */
static bool kernel_sees_allow(const struct bpf_prog *p, uint32_t audit_arch, uint32_t nr)
{
	uint32_t a = 0;
	for (unsigned pc = 0;; pc++) {
		const struct bpf_insn *i = &p->v[pc];
		switch (i->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			if (i->k > 4)
				return false;
			a = i->k == 0 ? nr : audit_arch;
			break;
		case BPF_RET | BPF_K:
			return i->k == SECCOMP_RET_ALLOW;
		case BPF_JMP | BPF_JA:
			pc += i->k;
			break;
		case BPF_JMP | BPF_JEQ | BPF_K:
			pc += a == i->k ? i->jt : i->jf;
			break;
		case BPF_JMP | BPF_JGE | BPF_K:
			pc += a >= i->k ? i->jt : i->jf;
			break;
		case BPF_JMP | BPF_JSET | BPF_K:
			pc += a & i->k ? i->jt : i->jf;
			break;
		case BPF_ALU | BPF_AND | BPF_K:
			a &= i->k;
			break;
		default:
			return false;
		}
	}
}

Test(model, the_kernel_can_skip_the_filter)
{
	struct help h;
	struct artifact v[ARCH_COUNT];
	const char *error;
	unsigned n, skipped = 0;
	help_start(&h);
	help_op(&h, OP_NET);
	const struct sys_policy *p = sysmean_derive(h.arena, &h.ir);
	help_artifacts(&h, p, v);
	const struct seccomp_model *m = seccomp_model_open(h.arena, v, ARCH_COUNT, &error);
	syscall_table(&n);
	for (unsigned i = 0; i < p->n_rules; i++) {
		const struct sys_rule *r = &p->rules[i];
		bool alone = i == 0 || p->rules[i - 1].call != r->call;
		for (unsigned arch = 0; arch < ARCH_COUNT; arch++) {
			if (!m->has[arch])
				continue;
			if (r->cond || r->deny || !alone || r->call->nr[arch] == SYSCALL_NONE)
				continue;
			cr_expect(kernel_sees_allow(&m->prog[arch], seccomp_audit_arch(arch),
						    (uint32_t)r->call->nr[arch]),
				  "%s", r->call->name);
			skipped++;
		}
	}
	cr_expect_gt(skipped, 350);
	help_end(&h);
}

Test(answer, lines_that_open_calls_take_guarantees)
{
	static const struct {
		enum cap cap;
		const char *line;
	} cases[] = {
	    {CAP_NET_DISABLE, "socket"},   {CAP_NET_DISABLE, "@aio"},
	    {CAP_PROC_NO_EXEC, "execve"},  {CAP_TTY_NO_INJECT, "ioctl"},
	    {CAP_IPC_RESTRICT, "@ipc"},    {CAP_IPC_RESTRICT, "shmget"},
	    {CAP_FS_IOCTL_SCOPE, "ioctl"}, {CAP_UNIX_ABSTRACT, "socket"},
	    {CAP_NET_UDP, "socket"},
	};
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct help h;
		help_start(&h);
		cr_expect_eq(seccomp_answer(&h.ir, TARGET_LINUX, cases[i].cap).level, LEVEL_ENFORCED, "%u", i);
		/* a group does not open what other rules govern */
		help_syscall(&h, "@process", false);
		help_syscall(&h, "@network-server", false);
		help_syscall(&h, "@io", false);
		help_syscall(&h, "@exec", false);
		cr_expect_eq(seccomp_answer(&h.ir, TARGET_LINUX, cases[i].cap).level, LEVEL_ENFORCED, "%u", i);
		help_syscall(&h, cases[i].line, false);
		struct answer a = seccomp_answer(&h.ir, TARGET_LINUX, cases[i].cap);
		cr_expect_eq(a.level, LEVEL_ABSENT, "%u", i);
		cr_expect_eq(a.at, &h.origins[4]);
		cr_expect(a.note);
		help_end(&h);
	}
}

/* By hand what follows from the rules anyway: no objection. One value more: one. */
Test(answer, a_line_that_opens_no_more_takes_nothing)
{
	static const struct sys_test tcp[] = {{0, 32, SYS_EQ, UINT32_MAX, 2}, {1, 32, SYS_EQ, 15, 1}, {2, 32, SYS_EQ, UINT32_MAX, 0}};
	static const struct sys_conj all = {tcp, 3}, fewer = {tcp, 2};
	static const struct sys_cond plain = {&all, 1}, any_protocol = {&fewer, 1};
	struct help h;
	help_start(&h);
	help_op(&h, OP_CONNECT_TCP);
	h.ir.syscalls_exact = true;
	struct ir_rule *r = help_syscall(&h, "socket", false);
	r->cond = &plain;
	cr_expect_eq(seccomp_answer(&h.ir, TARGET_LINUX, CAP_NET_UDP).level, LEVEL_ENFORCED);
	cr_expect_null(seccomp_answer(&h.ir, TARGET_LINUX, CAP_NET_CONNECT_PORT).at);
	r->cond = &any_protocol;
	cr_expect_eq(seccomp_answer(&h.ir, TARGET_LINUX, CAP_NET_UDP).at, &h.origins[1]);
	cr_expect_eq(seccomp_answer(&h.ir, TARGET_LINUX, CAP_NET_CONNECT_PORT).at, &h.origins[1]);
	r->cond = NULL;
	cr_expect_eq(seccomp_answer(&h.ir, TARGET_LINUX, CAP_NET_UDP).at, &h.origins[1]);
	r->cond = &plain; /* without the rule that asks for it */
	h.rules[0].ops = OP_BIT(OP_CONNECT_UNIX);
	cr_expect_eq(seccomp_answer(&h.ir, TARGET_LINUX, CAP_NET_UDP).at, &h.origins[1]);
	help_end(&h);
}

/* A tracer may let the call through; the program itself is none unless ptrace() is open to it. */
Test(answer, a_traced_call_is_open_to_who_may_trace)
{
	struct help h;
	help_start(&h);
	help_syscall(&h, "socket", true)->action = (struct sys_action){.act = ACT_TRACE};
	cr_expect_eq(seccomp_answer(&h.ir, TARGET_LINUX, CAP_NET_DISABLE).level, LEVEL_ENFORCED);
	help_syscall(&h, "ptrace", false);
	cr_expect_eq(seccomp_answer(&h.ir, TARGET_LINUX, CAP_NET_DISABLE).level, LEVEL_ABSENT);
	cr_expect_eq(seccomp_answer(&h.ir, TARGET_LINUX, CAP_NET_DISABLE).at, &h.origins[0]);
	help_end(&h);
}

Test(answer, what_it_objects_to)
{
	struct help h;
	help_start(&h);
	help_op(&h, OP_EXEC);
	cr_expect_null(seccomp_answer(&h.ir, TARGET_LINUX, CAP_FS_EXEC_SCOPE).at);
	help_syscall(&h, "memfd_create", false);
	cr_expect(seccomp_answer(&h.ir, TARGET_LINUX, CAP_FS_EXEC_SCOPE).at);
	cr_expect_null(seccomp_answer(&h.ir, TARGET_LINUX, CAP_FS_WRITE_SCOPE).at);
	help_syscall(&h, "@file-meta", false);
	cr_expect_eq(seccomp_answer(&h.ir, TARGET_LINUX, CAP_FS_WRITE_SCOPE).level, LEVEL_PARTIAL);
	cr_expect(seccomp_answer(&h.ir, TARGET_LINUX, CAP_FS_WRITE_SCOPE).at);
	cr_expect_eq(seccomp_answer(&h.ir, TARGET_LINUX, CAP_SIGNAL_SCOPE).level, LEVEL_ABSENT);
	cr_expect_eq(seccomp_answer(&h.ir, TARGET_LINUX, CAP_SYSCALL_FILTER).level, LEVEL_ENFORCED);
	help_end(&h);
}
