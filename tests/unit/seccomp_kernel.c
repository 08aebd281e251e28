/*
 * What the kernel makes of our filters: it keeps the answer of every call that is always allowed,
 * and the size it counts is the one we say.
 */
#include "seccomp_help.h"

#include <criterion/criterion.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backends/seccomp/kernel.h"

static const struct seccomp_mode modes[] = {
    {OPTIMIZE_EVEN, NULL}, {OPTIMIZE_SIZE, NULL}, {OPTIMIZE_CACHED, NULL}};

/* Allowed whatever the arguments: its first rule has no condition and allows. */
static bool always_allowed(const struct sys_policy *p, enum arch arch, uint32_t nr)
{
	const struct syscall_desc *call = syscall_by_nr(arch, nr);
	for (unsigned i = 0; i < p->n_rules; i++)
		if (p->rules[i].call == call && (p->rules[i].arches & ARCH_BIT(arch)))
			return !p->rules[i].cond && p->rules[i].action.act == ACT_ALLOW;
	return (call ? p->known : p->unknown).act == ACT_ALLOW;
}

/* Every number, also those that are nothing: cached when always allowed, and only then. */
static unsigned check_cache(struct arena *a, const struct sys_policy *p)
{
	unsigned cached = 0;
	for (unsigned arch = 0; arch < ARCH_COUNT; arch++)
		for (unsigned m = 0; m < sizeof(modes) / sizeof(modes[0]); m++) {
			struct code code;
			cr_assert(seccomp_compile_for(a, p, arch, modes[m], &code));
			for (uint32_t nr = 0; nr < 600; nr++) {
				bool want = always_allowed(p, arch, nr);
				bool got = kernel_caches(&code, seccomp_audit_arch(arch), nr);
				cr_expect_eq(got, want, "number %u, mode %u", nr, m);
				cached += got;
			}
			cr_expect_not(kernel_caches(&code, AUDIT_ARCH_PPC64, 0));
		}
	return cached;
}

/* All that the rules of a policy can bring, one by one and together. */
Test(kernel, keeps_every_call_that_is_always_allowed)
{
	unsigned cached = 0;
	for (unsigned op = 0; op <= OP_NET + 1; op++) {
		struct help h;
		help_start(&h);
		for (unsigned all = 0; all <= OP_NET; all++)
			if (op > OP_NET || all == op)
				help_op(&h, all);
		cached += check_cache(h.arena, sysmean_derive(h.arena, &h.ir));
		help_end(&h);
	}
	cr_expect_gt(cached, 10000);
}

Test(kernel, caches_by_its_own_rules)
{
	const struct sock_filter arg[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 16),
					  BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
	const struct sock_filter data[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW | 1)};
	const struct sock_filter x[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
					BPF_STMT(BPF_MISC | BPF_TAX, 0),
					BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
	const struct sock_filter mask[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
					   BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 6),
					   BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 2, 0, 1),
					   BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
					   BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO)};
	cr_expect_not(kernel_caches(&(struct code){arg, 2}, AUDIT_ARCH_X86_64, 0));
	cr_expect_not(kernel_caches(&(struct code){data, 1}, AUDIT_ARCH_X86_64, 0));
	cr_expect_not(kernel_caches(&(struct code){x, 3}, AUDIT_ARCH_X86_64, 0));
	cr_expect(kernel_caches(&(struct code){mask, 5}, AUDIT_ARCH_X86_64, 3));
	cr_expect_not(kernel_caches(&(struct code){mask, 5}, AUDIT_ARCH_X86_64, 4));
}

/* A policy that refuses next to nothing, with conditions of every kind. */
static const struct sys_policy *open_policy(struct arena *a, unsigned n_rules)
{
	struct sys_rule *v = NULL;
	unsigned n_calls, n = 0;
	const struct syscall_desc *calls = syscall_table(&n_calls);
	for (unsigned i = 0; i < n_calls && n < n_rules; i += 3) {
		struct sys_test *t = ARENA_ARRAY(a, 2, struct sys_test);
		struct sys_conj *conj = ARENA_NEW(a, struct sys_conj);
		struct sys_cond *cond = ARENA_NEW(a, struct sys_cond);
		t[0] = (struct sys_test){5, 64, SYS_GT, UINT64_MAX, 0xfffffff0fffffff0 + i};
		t[1] = (struct sys_test){4, 32, SYS_EQ, 0x80000001, 0x80000001};
		*conj = (struct sys_conj){t, 2};
		*cond = (struct sys_cond){conj, 1};
		ARENA_GROW(a, v, n);
		v[n] = (struct sys_rule){.call = &calls[i],
					 .arches = ARCHES_ALL,
					 .cond = cond,
					 .deny = true,
					 .action = {ACT_ERRNO, (uint16_t)(n % 40)}};
		n++;
	}
	struct sys_policy *p = ARENA_NEW(a, struct sys_policy);
	*p = (struct sys_policy){.rules = v,
				 .arches = ARCHES_USUAL,
				 .n_rules = n,
				 .known = {ACT_ALLOW, 0},
				 .unknown = {ACT_ERRNO, 38},
				 .exec_fd = -1};
	return p;
}

/* How many copies of the filter the kernel takes for one task. */
static unsigned stacked(const struct code *c)
{
	unsigned *count =
	    mmap(NULL, sizeof(*count), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct sock_fprog prog = {(unsigned short)c->n, (struct sock_filter *)(uintptr_t)c->v};
	cr_assert_neq(count, MAP_FAILED);
	pid_t pid = fork();
	if (pid == 0) {
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		while (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog, 0, 0) == 0)
			++*count;
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	unsigned n = *count;
	munmap(count, sizeof(*count));
	return n;
}

/* seccomp_attach_filter(): its own size and those of all before, four more for each of them. */
static unsigned predicted(const struct code *c)
{
	unsigned n = 0, size = kernel_converted(c);
	for (unsigned total = size; total <= KERNEL_TASK_BUDGET; total += size + KERNEL_FILTER_COST)
		n++;
	return n;
}

Test(kernel, counts_a_filter_as_we_do)
{
	for (unsigned m = 0; m < sizeof(modes) / sizeof(modes[0]); m++)
		for (unsigned n = 5; n <= 125; n += 30) {
			struct arena *a = arena_new();
			struct code code;
			cr_assert(seccomp_compile_for(a, open_policy(a, n), ARCH_X86_64, modes[m],
						      &code));
			unsigned want = predicted(&code), got = stacked(&code);
			if (!got)
				cr_skip("this kernel or sandbox takes no filters of ours");
			cr_expect_gt(want, 10);
			cr_expect_eq(got, want, "%u instructions, %u converted: %u copies, not %u",
				     code.n, kernel_converted(&code), got, want);
			arena_free(a);
		}
}

/* The steps in the text are those of the interpreter. */
Test(kernel, knows_the_steps)
{
	struct help h;
	struct code code;
	struct bpf_prog prog;
	help_start(&h);
	help_op(&h, OP_CONNECT_TCP);
	cr_assert(seccomp_compile(h.arena, sysmean_derive(h.arena, &h.ir), ARCH_X86_64, &code));
	cr_assert_null(bpf_open(h.arena, code.v, code.n * sizeof(*code.v), false, &prog));
	const struct kernel_steps *all = kernel_steps_all(h.arena, &code);
	for (uint32_t nr = 0; nr < 600; nr++) {
		struct kernel_steps s = kernel_steps(all, &code, AUDIT_ARCH_X86_64, nr);
		for (uint64_t arg = 0; arg < 6; arg++) {
			uint32_t data[BPF_WORDS];
			bpf_call(data, AUDIT_ARCH_X86_64, nr, ARGS(arg, arg, arg, arg, arg, arg));
			unsigned steps = bpf_run(&prog, data).steps;
			cr_expect(steps >= s.least && steps <= s.most, "%u: %u not in %u..%u", nr,
				  steps, s.least, s.most);
		}
	}
	help_end(&h);
}
