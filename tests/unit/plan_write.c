/*
 * plan_write.c - what may be replaced, what is left alone, and what is never lost. tests/plan.sh
 * meets it from outside, at every moment of an interrupt.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compiler/plan_write.h"

static const struct artifact one[] = {{"launch.conf", "1\n", 2}, {"SHA256SUMS", "s1\n", 3}};
static const struct artifact two[] = {
    {"seccomp-x86_64.bpf", "\0\1", 2}, {"SHA256SUMS", "s2\n", 3}, {"plan.yaml", "", 0}};

struct place {
	struct arena *a;
	char dir[64];
	const char *plan;
};

static struct place place_new(void)
{
	struct place p = {.a = arena_new(), .dir = "/tmp/sbx-plan-write-XXXXXX"};
	cr_assert_not_null(mkdtemp(p.dir));
	p.plan = arena_printf(p.a, "%s/plan", p.dir);
	return p;
}

/* What is left must be exactly what the test names: rmdir fails on litter. */
static void place_end(struct place *p, const char *const *names)
{
	for (; *names; names++)
		cr_expect_eq(remove(arena_printf(p->a, "%s/%s", p->dir, *names)), 0, "%s", *names);
	cr_expect_eq(rmdir(p->dir), 0, "something else is left in %s", p->dir);
	arena_free(p->a);
}

static bool holds(struct place *p, const struct artifact *v, unsigned n)
{
	char bytes[64];
	for (unsigned i = 0; i < n; i++) {
		int fd = open(arena_printf(p->a, "%s/%s", p->plan, v[i].name), O_RDONLY);
		ssize_t size = fd < 0 ? -1 : read(fd, bytes, sizeof(bytes));
		close(fd);
		if (size != (ssize_t)v[i].size || memcmp(bytes, v[i].data, v[i].size) != 0)
			return false;
	}
	return true;
}

static const char *write_plan(struct place *p, const struct artifact *v, unsigned n,
			      bool *unchanged)
{
	return plan_write(p->a, p->plan, v, n, unchanged);
}

Test(plan_write, made_kept_and_replaced_whole)
{
	static const char *const left[] = {"plan/SHA256SUMS", "plan/plan.yaml",
					   "plan/seccomp-x86_64.bpf", "plan", NULL};
	struct place p = place_new();
	bool unchanged;
	cr_expect_null(write_plan(&p, one, 2, &unchanged));
	cr_expect(holds(&p, one, 2) && !unchanged);
	cr_expect_null(write_plan(&p, one, 2, &unchanged));
	cr_expect(unchanged);
	cr_expect_null(write_plan(&p, two, 3, &unchanged));
	cr_expect(holds(&p, two, 3) && !unchanged,
		  "the files of the old plan are gone, the new ones are there");
	place_end(&p, left);
}

static void expect_foreign(const char *const *before, const char *const *left, const char *name)
{
	struct place p = place_new();
	bool unchanged;
	cr_assert_eq(mkdir(p.plan, 0755), 0);
	for (; *before; before++)
		close(open(arena_printf(p.a, "%s/%s", p.plan, *before), O_WRONLY | O_CREAT, 0644));
	const char *error = write_plan(&p, two, 3, &unchanged);
	cr_assert_not_null(error);
	cr_expect_not_null(strstr(error, name), "%s", error);
	place_end(&p, left);
}

Test(plan_write, what_is_not_of_a_plan_is_never_deleted)
{
	expect_foreign((const char *const[]){"notes", NULL},
		       (const char *const[]){"plan/notes", "plan", NULL}, "`notes`");
	expect_foreign(
	    (const char *const[]){"SHA256SUMS", "seccomp-x86_64.md", NULL},
	    (const char *const[]){"plan/SHA256SUMS", "plan/seccomp-x86_64.md", "plan", NULL},
	    "seccomp-x86_64.md");
	expect_foreign((const char *const[]){"SHA256SUMS", "seccomp-.bpf", NULL},
		       (const char *const[]){"plan/SHA256SUMS", "plan/seccomp-.bpf", "plan", NULL},
		       "`seccomp-.bpf`");
	expect_foreign((const char *const[]){"plan.yaml", NULL},
		       (const char *const[]){"plan/plan.yaml", "plan", NULL}, "`plan.yaml`");
}

Test(plan_write, an_empty_directory_is_used)
{
	static const char *const left[] = {"plan/SHA256SUMS", "plan/launch.conf", "plan", NULL};
	struct place p = place_new();
	bool unchanged;
	cr_assert_eq(mkdir(p.plan, 0700), 0);
	cr_expect_null(write_plan(&p, one, 2, &unchanged));
	cr_expect(holds(&p, one, 2));
	place_end(&p, left);
}

/* 64 files fit, one more is refused before anything is written. */
Test(plan_write, the_number_of_files)
{
	struct place p = place_new();
	struct artifact v[65];
	const char *left[67];
	bool unchanged;
	for (unsigned i = 0; i < 65; i++) {
		v[i] = (struct artifact){arena_printf(p.a, "f%u", i), "x", 1};
		left[i] = arena_printf(p.a, "plan/f%u", i);
	}
	left[64] = "plan";
	left[65] = NULL;
	cr_expect_not_null(write_plan(&p, v, 65, &unchanged));
	cr_expect_eq(access(p.plan, F_OK), -1);
	cr_expect_null(write_plan(&p, v, 64, &unchanged));
	place_end(&p, left);
}

Test(plan_write, signals_are_as_before)
{
	static const char *const left[] = {"plan/SHA256SUMS", "plan/launch.conf", "plan", "d",
					   NULL};
	struct place p = place_new();
	sigset_t set, now;
	bool unchanged;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_SETMASK, &set, NULL);
	cr_expect_null(write_plan(&p, one, 2, &unchanged));
	cr_expect_null(file_write(p.a, arena_printf(p.a, "%s/d", p.dir), "x", 1));
	sigprocmask(SIG_SETMASK, NULL, &now);
	cr_expect(sigismember(&now, SIGUSR1) == 1 && sigismember(&now, SIGINT) == 0 &&
		  sigismember(&now, SIGTERM) == 0);
	place_end(&p, left);
}

Test(plan_write, a_file_is_written_whole_or_not)
{
	struct place p = place_new();
	const char *path = arena_printf(p.a, "%s/no/file", p.dir);
	const char *error = file_write(p.a, path, "x", 1);
	cr_assert_not_null(error);
	cr_expect_not_null(strstr(error, path), "%s", error);
	cr_expect_not_null(strstr(file_write(p.a, p.dir, "x", 1), "s a directory"));
	place_end(&p, (const char *const[]){NULL});
}
