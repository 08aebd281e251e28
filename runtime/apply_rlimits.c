/*
 * apply_rlimits.c - lowers limits. A limit is a cap: one that is lower already stays as it is, for
 * root as well.
 */
#include <errno.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "apply.h"
#include "guarantee.h"

/* prlimit64 has one layout on 64-bit machines; libc's own types for the number differ. */
static long rlimit_call(int resource, const struct rlimit *set, struct rlimit *get)
{
	return syscall(SYS_prlimit64, 0, resource, set, get);
}

/*
 * Sets it and tells what it was: which who answers in the kernel's place, as a filter can, does not say. No limit is like the one
 * that stands there before, whose soft one is above its hard one.
 */
static bool rlimit_set(int resource, uint64_t value, struct rlimit *was)
{
	const struct rlimit set = {value, value};

	*was = (struct rlimit){1, 0};
	if (rlimit_call(resource, &set, was))
		return false;
	errno = EPERM;
	return was->rlim_cur <= was->rlim_max;
}

static bool rlimit_lower(struct run *r, const struct rlimit_line *line)
{
	int resource = rlimit_resource(line->which);
	uint64_t value = rlimit_value(line, &r->vars);
	struct rlimit was;
	bool good = rlimit_set(resource, value, &was);

	/* seldom there is a lower one: it may not be raised, or must be put back */
	if (!good && (errno != EPERM || rlimit_call(resource, NULL, &was)))
		return fault_step_of(r->fault, SAID("limits"), rlimit_word(line->which));
	if (!good || was.rlim_max < value)
		good = rlimit_set(resource, value < was.rlim_max ? value : was.rlim_max, &was);
	return good || fault_step_of(r->fault, SAID("limits"), rlimit_word(line->which));
}

uint64_t rlimits_cpu_us(const struct run *r)
{
	const struct launch *l = &r->plan->launch;

	for (unsigned i = 0; i < l->n_rlimits; i++)
		if (rlimit_resource(l->rlimits[i].which) == RLIMIT_CPU)
			return rlimit_value(&l->rlimits[i], &r->vars) * 1000000;
	return 0;
}

bool apply_rlimits(struct run *r)
{
	const struct launch *l = &r->plan->launch;

	for (unsigned i = 0; i < l->n_rlimits; i++)
		if (!rlimit_lower(r, &l->rlimits[i]))
			return false;
	for (unsigned i = 0; i < l->n_fallbacks; i++) {
		const struct guarantee *g = launch_guarantee(l, l->fallbacks[i].cap);
		if (!guarantee_kept(g, &r->host) && !rlimit_lower(r, &l->fallbacks[i]))
			return false;
	}
	return true;
}
