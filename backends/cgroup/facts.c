/*
 * facts.c - the numbers of cgroup.conf, compared with the limits of the policy; no request asks
 * about them.
 *
 * What each file must hold is said here anew, from the kernel's documentation (cgroup-v2.rst) and
 * the manual of the language: swap is none and pids are 64 unless written, a percent of one CPU is
 * a hundredth of the period.
 */
#include <inttypes.h>
#include <string.h>

#include "cgroup.h"

/* What the policy wants of one file: nothing, or a number. */
struct want {
	bool set;
	uint64_t value;
	const char *param; /* that holds it: the loader makes it what the file counts; or NULL */
};

static struct want limit(const struct ir *ir, enum limit which)
{
	const struct ir_limit *l = &ir->limit[TARGET_LINUX][which];
	return (struct want){l->set, l->set && !l->param ? l->value : 0, l->set ? l->param : NULL};
}

static bool wants_limits(const struct ir *ir)
{
	return limit(ir, LIMIT_IO_READ).set || limit(ir, LIMIT_IO_WRITE).set || limit(ir, LIMIT_MEMORY).set || limit(ir, LIMIT_SWAP).set ||
	       limit(ir, LIMIT_CPU).set || limit(ir, LIMIT_CPU_WEIGHT).set ||
	       limit(ir, LIMIT_PIDS).set;
}

/*
 * The job gets a cgroup as soon as one of these is limited, or when it must end as a whole and has no
 * process 1 whose end ends the others.
 */
static bool wants_cgroup(const struct ir *ir)
{
	bool must_end = limit(ir, LIMIT_WALL).set || limit(ir, LIMIT_OUTPUT).set;
	bool has_init = ir->isolate >> ISOLATE_PID & 1;
	return wants_limits(ir) || (must_end && !has_init);
}

static struct want want_descendants(const struct ir *ir)
{
	return (struct want){wants_cgroup(ir), 0, NULL};
}

static struct want want_swap(const struct ir *ir)
{
	struct want swap = limit(ir, LIMIT_SWAP);
	return (struct want){swap.set || limit(ir, LIMIT_MEMORY).set, swap.value, swap.param};
}

static struct want want_memory(const struct ir *ir)
{
	return limit(ir, LIMIT_MEMORY);
}

/* Out of memory ends the whole job, not the process that happens to be the largest. */
static struct want want_oom_group(const struct ir *ir)
{
	return (struct want){limit(ir, LIMIT_MEMORY).set, 1, NULL};
}

static struct want want_pids(const struct ir *ir)
{
	struct want pids = limit(ir, LIMIT_PIDS);
	bool counted = pids.set || !ir->no_default_limits;
	return (struct want){wants_limits(ir) && counted, pids.set ? pids.value : 64, pids.param};
}

static struct want want_cpu(const struct ir *ir)
{
	struct want percent = limit(ir, LIMIT_CPU);
	return (struct want){percent.set, percent.value * 100000 / 100, percent.param};
}

static struct want want_weight(const struct ir *ir)
{
	return limit(ir, LIMIT_CPU_WEIGHT);
}

static const struct {
	const char *file;
	struct want (*want)(const struct ir *ir);
} files[] = {
    {"cgroup.max.descendants", want_descendants},
    {"memory.swap.max", want_swap},
    {"memory.max", want_memory},
    {"memory.oom.group", want_oom_group},
    {"pids.max", want_pids},
    {"cpu.max", want_cpu},
    {"cpu.weight", want_weight},
};

static const char *number(struct arena *a, bool set, uint64_t value, const char *param)
{
	if (set && param)
		return arena_printf(a, "${%s}", param);
	return set ? arena_printf(a, "%" PRIu64, value) : "no line";
}

static bool same(struct arena *a, const char *what, bool set, struct cgroup_number has, struct want want,
		 const char **difference)
{
	const char *x = number(a, set, has.value, has.param), *y = number(a, want.set, want.value, want.param);
	if (strcmp(x, y) == 0)
		return true;
	*difference = arena_printf(a, "cgroup.conf: `%s` is %s, the policy says %s", what, x, y);
	return false;
}

bool cgroup_facts(const void *model, const struct lower *what, struct arena *a,
		  const char **difference)
{
	if (cgroup_model_present(model) != wants_cgroup(what->ir)) {
		*difference = cgroup_model_present(model)
				  ? "cgroup.conf is there, and the policy limits nothing in it"
				  : "cgroup.conf is missing, and the policy has limits for it";
		return false;
	}
	for (unsigned i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct want want = files[i].want(what->ir);
		struct cgroup_number has = {.param = NULL};
		bool set = cgroup_model_value(model, files[i].file, &has);
		if (!same(a, files[i].file, set, has, want, difference))
			return false;
	}
	for (unsigned writes = 0; writes < 2; writes++) {
		struct want want = limit(what->ir, writes ? LIMIT_IO_WRITE : LIMIT_IO_READ);
		struct cgroup_number has = cgroup_model_io(model, writes);
		if (!same(a, writes ? "io.max wbps" : "io.max rbps", has.param || has.value, has, want, difference))
			return false;
	}
	uint64_t period = limit(what->ir, LIMIT_CPU).set ? 100000 : 0;
	if (cgroup_model_period(model) == period)
		return true;
	*difference = arena_printf(
	    a, "cgroup.conf: the period of `cpu.max` is %" PRIu64 ", the policy says %" PRIu64,
	    cgroup_model_period(model), period);
	return false;
}
