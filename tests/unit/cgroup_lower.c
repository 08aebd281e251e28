/*
 * cgroup_lower.c - what cgroup.conf holds is what was limited, and nothing that the kernel would
 * misread.
 */
#include "backends/cgroup/cgroup.h"
#include "lower_ir.h"

#define HEAD "sbx-cgroup 1 " TEST_PLAN_ID "\n"

Test(cgroup_lower, no_limit_no_file)
{
	struct policy p = policy_new();
	set_limit(&p, LIMIT_OPEN_FILES, 64);
	cr_expect(lower_with(&p, &cgroup_backend));
	cr_expect_eq(p.n_artifacts, 0);
	policy_free(&p);
}

Test(cgroup_lower, all_limits_in_the_order_of_writing)
{
	struct policy p = policy_new();
	set_limit(&p, LIMIT_MEMORY, 268435456);
	set_limit(&p, LIMIT_CPU, 150);
	set_limit(&p, LIMIT_CPU_WEIGHT, 50);
	set_limit(&p, LIMIT_PIDS, 16);
	cr_assert(lower_with(&p, &cgroup_backend));
	cr_expect_str_eq(
	    artifact_text(&p, "cgroup.conf"),
	    HEAD "cgroup.max.descendants 0\nmemory.swap.max 0\nmemory.max 268435456\nmemory.oom.group 1\npids.max 16\n"
		 "cpu.max 150000 100000\ncpu.weight 50\nend\n");
	policy_free(&p);
}

Test(cgroup_lower, processes_are_counted_whenever_there_is_a_file)
{
	struct policy p = policy_new();
	set_limit(&p, LIMIT_SWAP, 4096);
	cr_assert(lower_with(&p, &cgroup_backend));
	cr_expect_str_eq(artifact_text(&p, "cgroup.conf"),
			 HEAD "cgroup.max.descendants 0\nmemory.swap.max 4096\npids.max 64\nend\n");
	policy_free(&p);
}

Test(cgroup_lower, values_at_the_edges)
{
	static const struct {
		enum limit limit;
		uint64_t value;
		bool fits;
	} rows[] = {
	    {LIMIT_MEMORY, 4095, false},
	    {LIMIT_MEMORY, 4096, true},
	    {LIMIT_MEMORY, INT64_MAX, true},
	    {LIMIT_MEMORY, (uint64_t)INT64_MAX + 1, false},
	    {LIMIT_SWAP, 0, true},
	    {LIMIT_SWAP, INT64_MAX, true},
	    {LIMIT_SWAP, UINT64_MAX, false},
	    {LIMIT_CPU, 0, false},
	    {LIMIT_CPU, 1, true},
	    {LIMIT_CPU, 1u << 31, true},
	    {LIMIT_CPU, (1u << 31) + 1u, false},
	    {LIMIT_CPU, UINT64_MAX, false},
	    {LIMIT_CPU_WEIGHT, 0, false},
	    {LIMIT_CPU_WEIGHT, 1, true},
	    {LIMIT_CPU_WEIGHT, 10000, true},
	    {LIMIT_CPU_WEIGHT, 10001, false},
	    {LIMIT_PIDS, 0, false},
	    {LIMIT_PIDS, 1, true},
	    {LIMIT_PIDS, 4194304, true},
	    {LIMIT_PIDS, 4194305, false},
	};
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct policy p = policy_new();
		const char *error = NULL;
		set_limit(&p, rows[i].limit, rows[i].value);
		cr_expect_eq(lower_with(&p, &cgroup_backend), rows[i].fits, "row %u", i);
		struct loc at = p.ir.limit[TARGET_LINUX][rows[i].limit].origin->loc;
		cr_expect_eq(diag_seen(p.diags, DIAG_BAD_VALUE, at), !rows[i].fits);
		cr_expect_not_null(
		    cgroup_backend.model_open(p.arena, p.artifacts, p.n_artifacts, &error));
		policy_free(&p);
	}
}

Test(cgroup_lower, disk_traffic_of_every_disk)
{
	struct policy p = policy_new();
	set_limit(&p, LIMIT_IO_READ, 1000);
	cr_assert(lower_with(&p, &cgroup_backend));
	cr_expect_str_eq(artifact_text(&p, "cgroup.conf"),
			 HEAD "cgroup.max.descendants 0\npids.max 64\nio.max rbps=1000\nend\n");
	set_limit(&p, LIMIT_IO_WRITE, 2000);
	p.n_artifacts = 0;
	cr_assert(lower_with(&p, &cgroup_backend));
	EXPECT_LINE(artifact_text(&p, "cgroup.conf"), "io.max rbps=1000 wbps=2000");
	policy_free(&p);
}

/* Time and output end the whole job: by process 1 where there is one, else by a cgroup without any limit. */
Test(cgroup_lower, a_cgroup_only_to_kill)
{
	struct policy p = policy_new();
	set_limit(&p, LIMIT_WALL, 1000);
	cr_assert(lower_with(&p, &cgroup_backend));
	cr_expect_str_eq(artifact_text(&p, "cgroup.conf"), HEAD "cgroup.max.descendants 0\nend\n");
	p.ir.isolate = 1u << ISOLATE_PID;
	p.n_artifacts = 0;
	cr_assert(lower_with(&p, &cgroup_backend));
	cr_expect_eq(p.n_artifacts, 0);
	policy_free(&p);
}

Test(cgroup_lower, the_model_reads_what_was_limited)
{
	uint64_t seed = 77;
	for (unsigned n = 0; n < 2000; n++) {
		struct policy p = policy_new();
		const char *error = NULL;
		uint64_t r[5];
		struct cgroup_number v;
		for (unsigned i = 0; i < 5; i++)
			r[i] = seed = seed * 6364136223846793005u + 1442695040888963407u;
		set_limit(&p, LIMIT_MEMORY, 4096 + (r[0] >> 2) % (INT64_MAX - 4096));
		set_limit(&p, LIMIT_SWAP, r[1] >> 1);
		set_limit(&p, LIMIT_CPU, 1 + (r[2] >> 8) % (1u << 31));
		set_limit(&p, LIMIT_CPU_WEIGHT, 1 + (r[3] >> 8) % 10000);
		set_limit(&p, LIMIT_PIDS, 1 + (r[4] >> 8) % 4194304);
		cr_assert(lower_with(&p, &cgroup_backend));
		const void *m =
		    cgroup_backend.model_open(p.arena, p.artifacts, p.n_artifacts, &error);
		const struct ir_limit *limit = p.ir.limit[TARGET_LINUX];
		cr_assert_not_null(m, "%s", error);
		static const struct {
			const char *file;
			enum limit limit;
			uint64_t scale;
		} files[] = {{"memory.max", LIMIT_MEMORY, 1},
			     {"memory.swap.max", LIMIT_SWAP, 1},
			     {"cpu.max", LIMIT_CPU, 1000},
			     {"cpu.weight", LIMIT_CPU_WEIGHT, 1},
			     {"pids.max", LIMIT_PIDS, 1}};
		for (unsigned i = 0; i < 5; i++)
			cr_assert(cgroup_model_value(m, files[i].file, &v) && !v.param &&
				  v.value == limit[files[i].limit].value * files[i].scale);
		policy_free(&p);
	}
}

/* What a param holds, the loader writes in the unit of the file. */
Test(cgroup_lower, numbers_that_are_given_at_the_start)
{
	struct policy p = policy_new();
	const char *error = NULL;
	struct cgroup_number v;
	set_limit(&p, LIMIT_MEMORY, INT64_MAX);
	set_limit(&p, LIMIT_CPU, 100);
	set_limit(&p, LIMIT_IO_WRITE, 1000);
	p.ir.limit[TARGET_LINUX][LIMIT_MEMORY].param = "most";
	p.ir.limit[TARGET_LINUX][LIMIT_CPU].param = "share";
	p.ir.limit[TARGET_LINUX][LIMIT_IO_WRITE].param = "rate";
	cr_assert(lower_with(&p, &cgroup_backend));
	const char *text = artifact_text(&p, "cgroup.conf");
	EXPECT_LINE(text, "memory.max ${most}");
	EXPECT_LINE(text, "cpu.max ${share} 100000");
	EXPECT_LINE(text, "io.max wbps=${rate}");
	const void *m = cgroup_backend.model_open(p.arena, p.artifacts, p.n_artifacts, &error);
	cr_assert_not_null(m, "%s", error);
	cr_expect(cgroup_model_value(m, "memory.max", &v));
	cr_expect_str_eq(v.param, "most");
	cr_expect_str_eq(cgroup_model_io(m, true).param, "rate");
	policy_free(&p);
}

Test(cgroup_lower, malformed_files_are_refused)
{
	static const char *const bad[] = {
	    "",
	    HEAD,
	    HEAD "end",
	    HEAD "end\n\n",
	    HEAD "end\nend\n",
	    HEAD "pids.max\nend\n",
	    HEAD "pids.max 5 \nend\n",
	    HEAD "pids.max 05\nend\n",
	    HEAD "pids.max max\nend\n",
	    HEAD "pids.max 4194305\nend\n",
	    HEAD "pids.max 1\npids.max 1\nend\n",
	    HEAD "cgroup.max.descendants 0\nmemory.max 1G\nend\n",
	    HEAD "cgroup.max.descendants 0\nmemory.max -1\nend\n",
	    HEAD "cgroup.max.descendants 0\nmemory.max 99999999999999999999\nend\n",
	    HEAD "cgroup.max.descendants 0\nmemory.max 4095\nend\n",
	    HEAD "pids.max 1\nmemory.max 4096\nend\n",
	    HEAD "cgroup.max.descendants 0\nmemory.oom.group 2\nend\n",
	    HEAD "cpu.max 50000\nend\n",
	    HEAD "cpu.max 999 100000\nend\n",
	    HEAD "cpu.max 50000 100000 7\nend\n",
	    HEAD "cpu.max 50000 999\nend\n",
	    HEAD "cpu.max 50000 1000001\nend\n",
	    HEAD "cpu.weight 10001\nend\n",
	    HEAD "cpu.weight 0\nend\n",
	    HEAD "io.max 8:0\nend\n",
	    "sbx-cgroup 2 " TEST_PLAN_ID "\nend\n",
	    "sbx-cgroup 1 x\nend\n",
	};
	struct arena *a = arena_new();
	const char *error = NULL;
	cr_expect_not_null(open_text(a, &cgroup_backend, "cgroup.conf",
				     HEAD "cgroup.max.descendants 0\nmemory.max 4096\npids.max 0\ncpu.max 1000 100000\nend\n",
				     &error));
	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		error = NULL;
		cr_expect_null(open_text(a, &cgroup_backend, "cgroup.conf", bad[i], &error),
			       "accepted: %s", bad[i]);
		cr_expect_not_null(error);
	}
	arena_free(a);
}

Test(cgroup_lower, answers)
{
	struct policy p = policy_new();
	cr_expect_eq(cgroup_backend.answer(&p.ir, TARGET_LINUX, CAP_RES_MEMORY).level, LEVEL_ABSENT);
	set_limit(&p, LIMIT_MEMORY, 8192);
	struct answer answer = cgroup_backend.answer(&p.ir, TARGET_LINUX, CAP_RES_MEMORY);
	cr_expect_eq(answer.level, LEVEL_ENFORCED);
	cr_expect_str_eq(answer.mechanism, "cgroup:memory");
	cr_expect_eq(cgroup_backend.answer(&p.ir, TARGET_LINUX, CAP_RES_PIDS).level, LEVEL_ABSENT);
	policy_free(&p);
}
