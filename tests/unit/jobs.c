/*
 * jobs.c - results come in order from any number of processes, and one that dies takes only its own with it.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compiler/jobs.h"

enum { N = 200, BIG = 1 << 20 };

struct seen {
	unsigned next, died, exited, wrong, progress;
};

static void number(void *ctx, unsigned i, FILE *out)
{
	(void)ctx;
	if (i % 7 == 3)
		usleep(2000);
	fprintf(out, "%u", i);
}

static void in_order(void *ctx, unsigned i, const struct job_result *r)
{
	struct seen *s = ctx;
	char want[16];
	s->wrong += i != s->next++;
	s->died += r->signal != 0;
	s->exited += r->code != 0;
	snprintf(want, sizeof(want), "%u", i);
	if (!r->signal && !r->code)
		s->wrong += r->size != strlen(want) || memcmp(r->data, want, r->size) != 0;
}

static void progress(void *ctx, unsigned done, unsigned n)
{
	struct seen *s = ctx;
	s->wrong += done != ++s->progress || n != N;
}

Test(jobs, in_order_with_any_number_of_workers)
{
	static const unsigned workers[] = {0, 1, 2, 3, 16, N, N + 1};
	for (size_t i = 0; i < sizeof(workers) / sizeof(workers[0]); i++) {
		struct seen s = {0};
		cr_expect_null(jobs_run(&(struct jobs){N, workers[i], &s, number, in_order, progress}));
		cr_expect(s.next == N && s.progress == N && s.wrong == 0 && s.died == 0, "%u workers", workers[i]);
	}
}

Test(jobs, nothing_to_do)
{
	struct seen s = {0};
	cr_expect_null(jobs_run(&(struct jobs){0, 4, &s, number, in_order, NULL}));
	cr_expect_eq(s.next, 0u);
}

static void sometimes_dies(void *ctx, unsigned i, FILE *out)
{
	if (i % 10 == 4)
		raise(SIGKILL);
	if (i % 10 == 7)
		_exit(i % 20 == 7 ? 3 : 0); /* an exit is no answer, whatever its code */
	number(ctx, i, out);
}

Test(jobs, who_dies_takes_only_its_own)
{
	for (unsigned workers = 1; workers <= 4; workers++) {
		struct seen s = {0};
		cr_expect_null(jobs_run(&(struct jobs){N, workers, &s, sometimes_dies, in_order, NULL}));
		cr_expect(s.next == N && s.wrong == 0, "%u of %u", s.next, N);
		cr_expect_eq(s.died, (unsigned)N / 10);
		cr_expect_eq(s.exited, (unsigned)N / 10);
	}
}

static void big(void *ctx, unsigned i, FILE *out)
{
	(void)ctx;
	for (unsigned k = 0; k < BIG; k++)
		fputc((int)('a' + i % 26), out);
}

static void is_big(void *ctx, unsigned i, const struct job_result *r)
{
	struct seen *s = ctx;
	s->next++;
	s->wrong += r->size != BIG || r->data[0] != (char)('a' + i % 26) || r->data[BIG - 1] != r->data[0];
}

Test(jobs, results_larger_than_a_pipe)
{
	struct seen s = {0};
	cr_expect_null(jobs_run(&(struct jobs){20, 3, &s, big, is_big, NULL}));
	cr_expect(s.next == 20 && s.wrong == 0);
}
