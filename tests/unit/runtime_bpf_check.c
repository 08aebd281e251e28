/*
 * runtime_bpf_check.c - our verdict on a filter is the kernel's: hand-made edges, and thousands of
 * random programs, each tried in a child as well.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../runtime/bpf_check.h"

enum { RET_ALLOW = 0x7fff0000 };

/*
 * 1: the kernel takes it, 0: EINVAL, -1: filters cannot be loaded here. Installed filters stay, so
 * they must all allow.
 */
static int kernel_takes(const struct bpf_insn *insns, unsigned n)
{
	struct bpf_program p = {(unsigned short)n, insns};

	if (syscall(SYS_seccomp, SECCOMP_SET_FILTER, 0, &p) == 0)
		return 1;
	return errno == EINVAL ? 0 : -1;
}

/* In a child that dies of it at worst: what an accepted random filter does is not the question. */
static int kernel_says(const struct bpf_insn *insns, unsigned n)
{
	int status, pipefd[2];
	signed char verdict = 1; /* an accepted filter may refuse the write below */
	pid_t pid;

	cr_assert_eq(pipe(pipefd), 0);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		signed char v = (signed char)kernel_takes(insns, n);
		if (write(pipefd[1], &v, 1) != 1)
			_exit(1);
		_exit(0);
	}
	close(pipefd[1]);
	if (read(pipefd[0], &verdict, 1) < 0)
		verdict = -1;
	close(pipefd[0]);
	kill(pid, SIGKILL); /* its filter may refuse exit_group */
	waitpid(pid, &status, 0);
	return verdict;
}

static void same(const struct bpf_insn *insns, unsigned n, int wanted)
{
	unsigned at;
	int ours = bpf_wrong(insns, n, &at) == NULL,
	    kernel = n <= 0xffff ? kernel_says(insns, n) : 0;

	if (wanted >= 0)
		cr_expect_eq(ours, wanted);
	if (kernel >= 0)
		cr_expect_eq(ours, kernel, "n %u, ours %d, kernel %d, first code %x", n, ours,
			     kernel, insns[0].code);
}

#define RET                                                                                        \
	{                                                                                          \
		0x06, 0, 0, RET_ALLOW                                                              \
	}
#define CASE(wanted, ...)                                                                          \
	do {                                                                                       \
		const struct bpf_insn p[] = {__VA_ARGS__};                                         \
		same(p, sizeof(p) / sizeof(p[0]), wanted);                                         \
	} while (0)

Test(runtime_bpf, edges)
{
	CASE(1, RET);
	CASE(0, {0x20, 0, 0, 0});               /* no return */
	CASE(1, {0x20, 0, 0, 60}, RET);         /* the last word */
	CASE(0, {0x20, 0, 0, 64}, RET);         /* past seccomp_data */
	CASE(0, {0x20, 0, 0, 2}, RET);          /* not aligned */
	CASE(0, {0x20, 0, 0, 0xfffff000}, RET); /* an extension of socket filters */
	CASE(0, {0x28, 0, 0, 0}, RET);          /* a half word */
	CASE(0, {0x94, 0, 0, 3}, RET);          /* mod */
	CASE(0, {0x34, 0, 0, 0}, RET);          /* division by 0 */
	CASE(1, {0x34, 0, 0, 1}, RET);
	CASE(0, {0x64, 0, 0, 32}, RET);
	CASE(1, {0x64, 0, 0, 31}, RET);
	CASE(1, {0x05, 0, 0, 0}, RET);          /* ja 0 */
	CASE(0, {0x05, 0, 0, 1}, RET);          /* ja past the end */
	CASE(0, {0x05, 0, 0, 0xffffffff}, RET); /* backwards */
	CASE(1, {0x15, 0, 0, 1}, RET);
	CASE(0, {0x15, 1, 0, 1}, RET);
	CASE(0, {0x15, 0, 1, 1}, RET);
	CASE(0, {0x60, 0, 0, 0}, RET); /* M[0] was never written */
	CASE(1, {0x02, 0, 0, 0}, {0x60, 0, 0, 0}, RET);
	CASE(0, {0x02, 0, 0, 16}, RET);                                  /* M[16] does not exist */
	CASE(0, {0x15, 0, 1, 1}, {0x02, 0, 0, 0}, {0x60, 0, 0, 0}, RET); /* on one way only */
	CASE(1, {0x16, 0, 0, 0});                                        /* ret a */
	CASE(0, {0x0e, 0, 0, 0});                                        /* ret x */
	CASE(1, {0x80, 0, 0, 0}, {0x81, 0, 0, 0}, {0x84, 0, 0, 0}, RET);
}

Test(runtime_bpf, sizes)
{
	static struct bpf_insn p[PLAN_MAX_BPF + 1];

	for (unsigned i = 0; i <= PLAN_MAX_BPF; i++)
		p[i] = (struct bpf_insn)RET;
	same(p, 0, 0);
	same(p, PLAN_MAX_BPF, 1);
	same(p, PLAN_MAX_BPF + 1, 0);
}

Test(runtime_bpf, every_code)
{
	for (unsigned code = 0; code < 0x200; code++) {
		const struct bpf_insn p[] = {{(uint16_t)code, 0, 0, 4}, RET, RET, RET, RET, RET};
		same(p, 6, -1);
	}
}

Test(runtime_bpf, random_programs)
{
	static const uint16_t codes[] = {0x20, 0x60, 0x61, 0x02, 0x03, 0x15,
					 0x05, 0x04, 0x34, 0x64, 0x06};

	srandom(1);
	for (unsigned round = 0; round < 1500; round++) {
		struct bpf_insn p[12];
		unsigned n = 2 + (unsigned)random() % 10;
		for (unsigned i = 0; i < n; i++)
			p[i] = (struct bpf_insn){codes[(unsigned)random() % 11],
						 (uint8_t)(random() % 4), (uint8_t)(random() % 4),
						 (uint32_t)(random() % 5)};
		p[n - 1] = (struct bpf_insn)RET;
		same(p, n, -1);
	}
}
