/*
 * The reader of filters: known programs give known answers, and what the kernel refuses is
 * refused. The last test asks the kernel itself.
 */
#include "backends/seccomp/bpf.h"

#include <criterion/criterion.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define COUNT(v)      (sizeof(v) / sizeof((v)[0]))
#define S(c, k)       BPF_STMT(c, k)
#define J(c, k, t, f) BPF_JUMP(c, k, t, f)
#define LD(k)         S(BPF_LD | BPF_W | BPF_ABS, k)
#define RET(k)        S(BPF_RET | BPF_K, k)

static const char *open_code(struct arena *a, const struct sock_filter *v, size_t n,
			     struct bpf_prog *p)
{
	return bpf_open(a, v, n * sizeof(*v), false, p);
}

static uint32_t run_code(const struct sock_filter *v, size_t n, uint32_t nr, uint64_t arg0)
{
	struct arena *a = arena_new();
	struct bpf_prog p;
	uint32_t data[BPF_WORDS];
	const uint64_t args[6] = {arg0};
	const char *error = open_code(a, v, n, &p);
	cr_assert_null(error, "%s", error);
	bpf_call(data, 0xc000003e, nr, args);
	uint32_t value = bpf_run(&p, data).value;
	arena_free(a);
	return value;
}

#define RUN(nr, arg0, ...)                                                                         \
	run_code((const struct sock_filter[]){__VA_ARGS__},                                        \
		 COUNT(((const struct sock_filter[]){__VA_ARGS__})), nr, arg0)
#define RET_A S(BPF_RET | BPF_A, 0)

Test(bpf_run, loads_what_the_call_holds)
{
	cr_expect_eq(RUN(7, 0, LD(0), RET_A), 7);
	cr_expect_eq(RUN(7, 0, LD(4), RET_A), 0xc000003e);
	cr_expect_eq(RUN(7, 0x1122334455667788, LD(16), RET_A), 0x55667788);
	cr_expect_eq(RUN(7, 0x1122334455667788, LD(20), RET_A), 0x11223344);
	cr_expect_eq(RUN(7, 0, S(BPF_LD | BPF_W | BPF_LEN, 0), RET_A), 64);
	cr_expect_eq(RUN(7, 0, S(BPF_LD | BPF_IMM, 99), RET_A), 99);
	cr_expect_eq(RUN(7, 0, RET(5)), 5);
}

Test(bpf_run, jumps)
{
	const struct {
		uint16_t op;
		uint32_t v, k;
		bool taken;
	} cases[] = {
	    {BPF_JEQ, 5, 5, true},  {BPF_JEQ, 5, 6, false},  {BPF_JGT, 6, 5, true},
	    {BPF_JGT, 5, 5, false}, {BPF_JGE, 5, 5, true},   {BPF_JGE, 4, 5, false},
	    {BPF_JSET, 6, 2, true}, {BPF_JSET, 6, 1, false}, {BPF_JGT, 0xffffffff, 1, true},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint16_t k = (uint16_t)(BPF_JMP | cases[i].op | BPF_K);
		uint16_t x = (uint16_t)(BPF_JMP | cases[i].op | BPF_X);
		uint32_t want = cases[i].taken ? 1 : 2;
		cr_expect_eq(RUN(cases[i].v, 0, LD(0), J(k, cases[i].k, 0, 1), RET(1), RET(2)),
			     want);
		cr_expect_eq(RUN(cases[i].v, 0, LD(0), S(BPF_LDX | BPF_IMM, cases[i].k),
				 J(x, 0, 0, 1), RET(1), RET(2)),
			     want);
	}
	cr_expect_eq(RUN(0, 0, J(BPF_JMP | BPF_JA, 1, 0, 0), RET(1), RET(2)), 2);
}

#define ALU(op, k) S(BPF_ALU | op | BPF_K, k)

Test(bpf_run, arithmetic)
{
	cr_expect_eq(RUN(7, 0, LD(0), ALU(BPF_ADD, 3), RET_A), 10);
	cr_expect_eq(RUN(7, 0, LD(0), ALU(BPF_SUB, 8), RET_A), UINT32_MAX);
	cr_expect_eq(RUN(7, 0, LD(0), ALU(BPF_MUL, 3), RET_A), 21);
	cr_expect_eq(RUN(7, 0, LD(0), ALU(BPF_DIV, 2), RET_A), 3);
	cr_expect_eq(RUN(7, 0, LD(0), ALU(BPF_AND, 6), RET_A), 6);
	cr_expect_eq(RUN(7, 0, LD(0), ALU(BPF_OR, 8), RET_A), 15);
	cr_expect_eq(RUN(7, 0, LD(0), ALU(BPF_XOR, 1), RET_A), 6);
	cr_expect_eq(RUN(7, 0, LD(0), ALU(BPF_LSH, 1), RET_A), 14);
	cr_expect_eq(RUN(7, 0, LD(0), ALU(BPF_RSH, 1), RET_A), 3);
	cr_expect_eq(RUN(7, 0, LD(0), S(BPF_ALU | BPF_NEG, 0), RET_A), (uint32_t)-7);
	/* a division by a zero in X ends the program with 0 */
	cr_expect_eq(
	    RUN(7, 0, S(BPF_LDX | BPF_IMM, 0), LD(0), S(BPF_ALU | BPF_DIV | BPF_X, 0), RET(9)), 0);
	cr_expect_eq(
	    RUN(7, 0, LD(0), S(BPF_ST, 3), S(BPF_LD | BPF_IMM, 0), S(BPF_LD | BPF_MEM, 3), RET_A),
	    7);
	cr_expect_eq(RUN(7, 0, LD(0), S(BPF_MISC | BPF_TAX, 0), S(BPF_STX, 0),
			 S(BPF_LDX | BPF_MEM, 0), S(BPF_LD | BPF_IMM, 1), S(BPF_MISC | BPF_TXA, 0),
			 RET_A),
		     7);
}

struct bad {
	size_t n;
	struct sock_filter v[4];
};

static const struct bad bad[] = {
    {1, {LD(0)}},                                    /* no return at the end */
    {2, {LD(64), RET(0)}},                           /* outside the call */
    {2, {LD(2), RET(0)}},                            /* not aligned */
    {2, {S(BPF_LD | BPF_H | BPF_ABS, 0), RET(0)}},   /* half words */
    {2, {S(BPF_LD | BPF_W | BPF_IND, 0), RET(0)}},   /* packets */
    {2, {S(BPF_ALU | BPF_MOD | BPF_K, 3), RET(0)}},  /* not in seccomp */
    {2, {S(BPF_ALU | BPF_DIV | BPF_K, 0), RET(0)}},  /* by zero */
    {2, {S(BPF_ALU | BPF_LSH | BPF_K, 32), RET(0)}}, /* a shift too far */
    {2, {S(BPF_ST, 16), RET(0)}},                    /* no such slot */
    {2, {S(BPF_LD | BPF_MEM, 0), RET(0)}},           /* read before written */
    {2, {S(BPF_JMP | BPF_JA, 1), RET(0)}},           /* past the end */
    {2, {J(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0), RET(0)}},
    {2, {J(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 255), RET(0)}},
    {2, {S(BPF_JMP | BPF_JA, 0xffffffff), RET(0)}}, /* backwards */
    {2, {S(0xffff, 0), RET(0)}},                    /* no instruction */
    {2, {S(BPF_RET | BPF_X, 0), RET(0)}},
    {4, {J(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1), S(BPF_ST, 0), S(BPF_LD | BPF_MEM, 0), RET(0)}},
};

static const struct bad good[] = {
    {1, {RET(SECCOMP_RET_ALLOW)}},
    {2, {LD(60), RET(SECCOMP_RET_ALLOW)}},
    {3, {S(BPF_ST, 15), S(BPF_LD | BPF_MEM, 15), RET(SECCOMP_RET_ALLOW)}},
    {2, {S(BPF_JMP | BPF_JA, 0), RET(SECCOMP_RET_ALLOW)}},
    {3, {J(BPF_JMP | BPF_JSET | BPF_X, 0, 0, 1), RET(SECCOMP_RET_ALLOW), RET(SECCOMP_RET_ALLOW)}},
    {2, {S(BPF_ALU | BPF_RSH | BPF_K, 31), RET(SECCOMP_RET_ALLOW)}},
};

Test(bpf_open, refuses_bad_programs)
{
	struct arena *a = arena_new();
	struct bpf_prog p;
	for (size_t i = 0; i < COUNT(bad); i++)
		cr_expect(open_code(a, bad[i].v, bad[i].n, &p), "%zu", i);
	for (size_t i = 0; i < COUNT(good); i++)
		cr_expect_null(open_code(a, good[i].v, good[i].n, &p), "%zu", i);
	arena_free(a);
}

Test(bpf_open, knows_the_limits_of_size)
{
	struct arena *a = arena_new();
	struct bpf_prog p;
	struct sock_filter *v = ARENA_ARRAY(a, BPF_MAXINSNS + 1, struct sock_filter);
	for (unsigned i = 0; i <= BPF_MAXINSNS; i++)
		v[i] = (struct sock_filter)RET(0);
	cr_expect(open_code(a, v, 0, &p));
	cr_expect_null(open_code(a, v, BPF_MAXINSNS, &p));
	cr_expect(open_code(a, v, BPF_MAXINSNS + 1, &p));
	cr_expect(bpf_open(a, v, 12, false, &p), "a torn instruction");
	arena_free(a);
}

/*
 * Does the kernel take it? In a child, which must survive whatever filter it gets: it only
 * exits.
 */
static bool kernel_takes(const struct bad *b)
{
	pid_t child = fork();
	if (child == 0) {
		struct sock_filter copy[4];
		struct sock_fprog prog = {.len = (unsigned short)b->n, .filter = copy};
		memcpy(copy, b->v, sizeof(copy));
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		_exit(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog) ? 1 : 0);
	}
	int status = 0;
	cr_assert_eq(waitpid(child, &status, 0), child);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

Test(bpf_open, agrees_with_the_kernel)
{
	if (prctl(PR_GET_SECCOMP) < 0)
		cr_skip_test("no seccomp here");
	for (size_t i = 0; i < COUNT(bad); i++)
		cr_expect_not(kernel_takes(&bad[i]), "bad %zu", i);
	for (size_t i = 0; i < COUNT(good); i++)
		cr_expect(kernel_takes(&good[i]), "good %zu", i);
}
