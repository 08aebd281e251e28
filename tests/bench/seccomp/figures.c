/*
 * figures.c - counts instructions of the reference policies: our filters in every mode, and
 * libseccomp's for the same rules, all run by one interpreter. The figures are the same on every
 * machine; times are not, and come after them, marked.
 *
 * usage: figures PYTHON.profile BUILD.profile NAME=RULES...
 */
#include <errno.h>
#include <math.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "backends/seccomp/kernel.h"
#include "compiler/syscalls.h"
#include "policy.h"

enum { AUDIT = 0xc000003e, NUMBERS = 600, TIMED_RUNS = 200 };

struct filter {
	const char *name;
	struct code code;
	double compile_ms, load_us;
};

struct figures {
	unsigned insns, converted, most, cached, constant, wrong;
	double all, recorded[2],
	    late[2]; /* averages; late: where the kernel answers constant calls itself */
};

struct bench {
	struct arena *arena;
	const struct bench_policy *policy;
	struct recording recordings[2];
};

static double now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* ---- counting ---- */

static bool is_constant_allow(const struct bench_policy *b, uint32_t nr)
{
	const struct syscall_desc *call = syscall_by_nr(ARCH_X86_64, nr);
	bool allowed = b->p.known.act == ACT_ALLOW;
	for (unsigned i = 0; i < b->p.n_rules; i++) {
		const struct sys_rule *r = &b->p.rules[i];
		if (r->call != call)
			continue;
		if (r->cond || r->deny)
			return false;
		allowed = true;
	}
	return allowed;
}

/* The average over the vectors of one number. */
static double steps_of(struct bench *b, const struct bpf_prog *p, uint32_t nr, struct figures *f)
{
	struct bench_args *v;
	struct arena *scratch = arena_new();
	unsigned n = bench_vectors(scratch, b->policy, ARCH_X86_64, nr, &v), sum = 0;
	for (unsigned i = 0; i < n; i++) {
		uint32_t data[BPF_WORDS];
		bpf_call(data, AUDIT, nr, v[i].v);
		struct bpf_result r = bpf_run(p, data);
		sum += r.steps;
		f->most = r.steps > f->most ? r.steps : f->most;
		f->wrong +=
		    r.value != codegen_return(bench_decide(b->policy, ARCH_X86_64, nr, v[i].v));
	}
	arena_free(scratch);
	return (double)sum / n;
}

static struct figures count(struct bench *b, const struct code *c)
{
	struct figures f = {.insns = c->n, .converted = kernel_converted(c)};
	struct bpf_prog p;
	double calls = 0, seen[2] = {0};
	const char *error = bpf_open(b->arena, c->v, c->n * sizeof(*c->v), false, &p);
	if (error) {
		fprintf(stderr, "a filter that the kernel would not take: %s\n", error);
		exit(1);
	}
	for (uint32_t nr = 0; nr < NUMBERS; nr++) {
		if (!syscall_by_nr(ARCH_X86_64, nr))
			continue;
		double steps = steps_of(b, &p, nr, &f);
		bool cached = kernel_caches(c, AUDIT, nr);
		calls++;
		f.all += steps;
		f.constant += is_constant_allow(b->policy, nr);
		f.cached += is_constant_allow(b->policy, nr) && cached;
		for (unsigned i = 0; i < 2; i++) {
			double n = (double)b->recordings[i].count[ARCH_X86_64][recording_slot(nr)];
			seen[i] += n;
			f.recorded[i] += n * steps;
			f.late[i] += cached ? 0 : n * steps;
		}
	}
	f.all /= calls;
	for (unsigned i = 0; i < 2; i++) {
		f.recorded[i] /= seen[i];
		f.late[i] /= seen[i];
	}
	return f;
}

/* ---- our filters ---- */

static struct filter ours(struct bench *b, const char *name, struct seccomp_mode mode)
{
	struct filter f = {.name = name, .compile_ms = INFINITY};
	for (unsigned i = 0; i < 5; i++) {
		struct arena *scratch = arena_new();
		double start = now_ms(), ms;
		struct code code;
		if (!bench_compile(scratch, b->policy, ARCH_X86_64, mode, &code))
			exit(1);
		ms = now_ms() - start;
		f.compile_ms = ms < f.compile_ms ? ms : f.compile_ms;
		arena_free(scratch);
	}
	bench_compile(b->arena, b->policy, ARCH_X86_64, mode, &f.code);
	return f;
}

/* ---- libseccomp ---- */

static uint32_t foreign_action(struct sys_action a)
{
	switch (a.act) {
	case ACT_ALLOW:
		return SCMP_ACT_ALLOW;
	case ACT_ERRNO:
		return SCMP_ACT_ERRNO(a.data);
	case ACT_TRAP:
		return SCMP_ACT_TRAP;
	case ACT_LOG:
		return SCMP_ACT_LOG;
	case ACT_KILL_PROCESS:
	case ACT_KILL_THREAD:
	case ACT_NOTIFY:
	case ACT_TRACE:
		break;
	}
	return SCMP_ACT_KILL_PROCESS;
}

/* As its users write it: comparisons are of 64 bits, but equality of an int is of its low word. */
static struct scmp_arg_cmp foreign_test(const struct sys_test *t)
{
	static const enum scmp_compare cmp[] = {
	    [SYS_EQ] = SCMP_CMP_EQ, [SYS_NE] = SCMP_CMP_NE, [SYS_LT] = SCMP_CMP_LT,
	    [SYS_LE] = SCMP_CMP_LE, [SYS_GT] = SCMP_CMP_GT, [SYS_GE] = SCMP_CMP_GE};
	struct scmp_arg_cmp c = {.arg = t->arg, .op = cmp[t->cmp], .datum_a = t->value};
	if (t->cmp == SYS_EQ && t->mask != UINT64_MAX)
		c = (struct scmp_arg_cmp){.arg = t->arg,
					  .op = SCMP_CMP_MASKED_EQ,
					  .datum_a = t->mask,
					  .datum_b = t->value};
	return c;
}

static int foreign_rule(scmp_filter_ctx ctx, const struct sys_rule *r)
{
	struct scmp_arg_cmp v[6];
	unsigned n = r->cond ? r->cond->any[0].n_tests : 0;
	for (unsigned i = 0; i < n; i++)
		v[i] = foreign_test(&r->cond->any[0].tests[i]);
	return seccomp_rule_add_array(ctx, foreign_action(r->action), r->call->nr[ARCH_X86_64], n,
				      v);
}

static struct code read_code(struct arena *a, int fd)
{
	off_t size = lseek(fd, 0, SEEK_END);
	struct sock_filter *v = arena_alloc(a, (size_t)size);
	if (pread(fd, v, (size_t)size, 0) != size)
		exit(1);
	return (struct code){.v = v, .n = (unsigned)((size_t)size / sizeof(*v))};
}

static bool foreign(struct bench *b, const char *name, uint32_t optimize, struct filter *f)
{
	double start = now_ms();
	scmp_filter_ctx ctx = seccomp_init(foreign_action(b->policy->p.known));
	int fd = memfd_create("filter", MFD_CLOEXEC);
	bool good = ctx && !seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, optimize);
	for (unsigned i = 0; good && i < b->policy->p.n_rules; i++)
		if (b->policy->p.rules[i].call->nr[ARCH_X86_64] != SYSCALL_NONE)
			good = !foreign_rule(ctx, &b->policy->p.rules[i]);
	good = good && !seccomp_export_bpf(ctx, fd);
	*f = (struct filter){.name = name, .compile_ms = now_ms() - start};
	if (good)
		f->code = read_code(b->arena, fd);
	close(fd);
	seccomp_release(ctx);
	return good;
}

/* ---- loading ---- */

/* Installs the filter in a child, which then can do little more than say how long it took. */
static double load_once(const struct code *c)
{
	double *shared =
	    mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct sock_fprog prog = {.len = (unsigned short)c->n,
				  .filter = (struct sock_filter *)(uintptr_t)c->v};
	*shared = INFINITY;
	pid_t pid = fork();
	if (pid == 0) {
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		double start = now_ms();
		int r = prctl(PR_SET_SECCOMP, 2, &prog, 0, 0);
		double end = now_ms(); /* the vDSO: no system call */
		if (!r)
			*shared = (end - start) * 1e3;
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	double us = *shared;
	munmap(shared, sizeof(*shared));
	return us;
}

static void time_loads(struct filter *v, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		v[i].load_us = INFINITY;
	for (unsigned run = 0; run < TIMED_RUNS; run++)
		for (unsigned i = 0; i < n; i++) {
			double us = load_once(&v[i].code);
			v[i].load_us = us < v[i].load_us ? us : v[i].load_us;
		}
}

/* ---- output ---- */

static void print_figures(const struct bench *b, const struct filter *f, const struct figures *g)
{
	printf("| %s | %s | %u/%u | %.2f | %u | %.2f | %.2f | %.3f | %.3f | %u of %u | %u |\n",
	       b->policy->name, f->name, g->insns, g->converted, g->all, g->most, g->recorded[0],
	       g->recorded[1], g->late[0], g->late[1], g->cached, g->constant, g->wrong);
}

static unsigned measure(struct bench *b, struct filter *v)
{
	const struct seccomp_mode modes[] = {{OPTIMIZE_SIZE, NULL},
					     {OPTIMIZE_EVEN, NULL},
					     {OPTIMIZE_PROFILE, &b->recordings[0]},
					     {OPTIMIZE_PROFILE, &b->recordings[1]},
					     {OPTIMIZE_CACHED, NULL},
					     {OPTIMIZE_CACHED, &b->recordings[0]},
					     {OPTIMIZE_CACHED, &b->recordings[1]}};
	static const char *const names[] = {"sbx size",          "sbx even",   "sbx profile python",
					    "sbx profile build", "sbx cached", "sbx cached, python",
					    "sbx cached, build"};
	unsigned n = 0;
	for (; n < sizeof(modes) / sizeof(modes[0]); n++)
		v[n] = ours(b, names[n], modes[n]);
	n += foreign(b, "libseccomp opt=1", 1, &v[n]);
	n += foreign(b, "libseccomp opt=2", 2, &v[n]);
	return n;
}

static struct bench_policy *open_policy(struct arena *a, char *spec)
{
	char *eq = strchr(spec, '=');
	if (!eq)
		exit(2);
	*eq = '\0';
	struct bench_policy *p = bench_policy_read(a, spec, eq + 1);
	if (!p)
		exit(2);
	p->x32_open = true;
	return p;
}

static struct recording open_recording(struct arena *a, const char *path)
{
	struct recording r;
	const struct src_file *file;
	struct src *src = src_new(a);
	struct diags *d = diags_new(a, src);
	if (src_open(src, path, path, &file) != SRC_OK || !recording_read(a, d, file, &r)) {
		diags_print(d, stderr, DIAG_TEXT, false);
		exit(2);
	}
	return r;
}

int main(int argc, char **argv)
{
	struct bench b = {.arena = arena_new()};
	struct filter v[16][12];
	unsigned n[16] = {0}, wrong = 0;
	if (argc < 4 || argc > 3 + 16)
		return 2;
	b.recordings[0] = open_recording(b.arena, argv[1]);
	b.recordings[1] = open_recording(b.arena, argv[2]);
	printf(
	    "| policy | filter | instructions classic/converted | executed: all calls | most | "
	    "python | build "
	    "| python, 5.11 | build, 5.11 | constant allows cached | vectors not as the policy |\n"
	    "|---|---|---|---|---|---|---|---|---|---|---|\n");
	const struct bench_policy *policies[16];
	for (int i = 3; i < argc; i++) {
		b.policy = policies[i - 3] = open_policy(b.arena, argv[i]);
		n[i - 3] = measure(&b, v[i - 3]);
		for (unsigned j = 0; j < n[i - 3]; j++) {
			struct figures g = count(&b, &v[i - 3][j].code);
			print_figures(&b, &v[i - 3][j], &g);
			if (!strncmp(v[i - 3][j].name, "sbx", 3))
				wrong += g.wrong + (g.constant - g.cached);
		}
	}
	printf("\ntimes of this machine:\n| policy | filter | compile ms | load us "
	       "|\n|---|---|---|---|\n");
	for (int i = 3; i < argc; i++) {
		time_loads(v[i - 3], n[i - 3]);
		for (unsigned j = 0; j < n[i - 3]; j++)
			printf("| %s | %s | %.2f | %.1f |\n", policies[i - 3]->name,
			       v[i - 3][j].name, v[i - 3][j].compile_ms, v[i - 3][j].load_us);
	}
	arena_free(b.arena);
	return wrong != 0;
}
