/*
 * facts_limits.c - the limits of launch.conf as the policy means them, by what they are called in setrlimit(2), and what
 * the values of params are held against before any of them counts.
 */
#include <inttypes.h>
#include <string.h>

#include "facts.h"

static const struct row {
	const char *name;
	enum limit limit;
	bool always;
	uint64_t otherwise;
} rows[] = {
    {"as", LIMIT_ADDRESS_SPACE, false, 0},      {"core", LIMIT_CORE, true, 0},
    {"cpu", LIMIT_CPU_TIME, false, 0},          {"fsize", LIMIT_FILE_SIZE, false, 0},
    {"memlock", LIMIT_LOCKED_MEMORY, false, 0}, {"nofile", LIMIT_OPEN_FILES, true, 1024},
    {"nproc", LIMIT_PROCESSES, false, 0},       {"stack", LIMIT_STACK, false, 0},
};
enum { N_ROWS = sizeof(rows) / sizeof(rows[0]) };

static const struct ir_limit *limit_of(const struct launch_facts *f, enum limit limit)
{
	return &f->what->ir->limit[f->has->target][limit];
}

/* What a process of every policy gets, unless a limit is written. NULL: no line. */
static const char *want_rlimit(struct launch_facts *f, const struct row *row)
{
	const struct ir_limit *l = limit_of(f, row->limit);
	uint64_t value = l->set ? l->value : row->otherwise;
	/* milliseconds; a started second counts whole */
	if (row->limit == LIMIT_CPU_TIME)
		value = value / 1000 + (value % 1000 > 0);
	if (!l->set && (!row->always || f->what->ir->no_default_limits))
		return NULL;
	if (f->has->target == TARGET_MACOS && (!strcmp(row->name, "as") || !strcmp(row->name, "nproc")))
		return NULL; /* nothing keeps them there */
	return launch_amount(f, value, l->param);
}

/* Where a cgroup for memory is only preferred, each process at least has no more than the job. */
static const char *want_fallback(struct launch_facts *f, const struct row *row)
{
	const struct ir_limit *memory = limit_of(f, LIMIT_MEMORY), *as = limit_of(f, LIMIT_ADDRESS_SPACE);
	bool known = !memory->param && !as->param; /* which of the two is tighter */
	if (f->has->target != TARGET_LINUX || row->limit != LIMIT_ADDRESS_SPACE || !memory->set || !ir_preferred(f->what->ir, TARGET_LINUX, CAP_RES_MEMORY) ||
	    (known && as->set && as->value <= memory->value))
		return NULL;
	return launch_amount(f, memory->value, memory->param);
}

static bool expect_limit(struct launch_facts *f, const struct row *row, bool fallback)
{
	const char *has = NULL;
	for (unsigned i = 0; i < f->has->n_limits; i++) {
		const struct launch_limit *l = &f->has->limits[i];
		if ((l->cap != NULL) != fallback || strcmp(l->name, row->name) != 0)
			continue;
		if (fallback && !launch_expect(f, "the guarantee of `rlimit-fallback`", l->cap, cap_name[CAP_RES_MEMORY]))
			return false;
		has = launch_amount(f, l->value.value, l->value.param);
	}
	return launch_expect(f, arena_printf(f->a, "%s %s", fallback ? "rlimit-fallback" : "rlimit", row->name), has,
			     fallback ? want_fallback(f, row) : want_rlimit(f, row));
}

static bool expect_job(struct launch_facts *f, enum limit limit, struct launch_number has, const char *where)
{
	const struct ir_limit *want = limit_of(f, limit);
	const char *fact = arena_printf(f->a, "`%s`", limit_name[limit]);
	if (!launch_expect(f, fact, where ? launch_amount(f, has.value, has.param) : NULL,
			   want->set ? launch_amount(f, want->value, want->param) : NULL))
		return false;
	return !want->set || launch_expect_where(f, fact, where, want->origin);
}

/* ---- ranges ---- */

struct want_range {
	bool set;
	uint64_t least, most;
};

static void narrow(struct want_range *r, const char *holds, const char *param, uint64_t least, uint64_t most)
{
	if (!holds || strcmp(holds, param) != 0)
		return;
	r->least = !r->set || least > r->least ? least : r->least;
	r->most = !r->set || most < r->most ? most : r->most;
	r->set = true;
}

/* Every line that counts with the param must be able to take what the loader lets in. */
static const char *want_range(struct launch_facts *f, const char *param)
{
	const struct ir *ir = f->what->ir;
	struct want_range r = {.set = false};
	narrow(&r, ir->around.user_set ? ir->around.user_param : NULL, param, 0, USER_MOST);
	narrow(&r, ir->around.discard_param, param, SCRATCH_LEAST, SCRATCH_MOST);
	for (unsigned i = 0; i < ir->around.n_places; i++)
		narrow(&r, ir->around.places[i].size_param, param, SCRATCH_LEAST, SCRATCH_MOST);
	for (unsigned l = 0; l < LIMIT_COUNT * TARGET_COUNT; l++) {
		const struct ir_limit *limit = &ir->limit[l / LIMIT_COUNT][l % LIMIT_COUNT];
		if (limit->set)
			narrow(&r, limit->param, param, limit_range[l % LIMIT_COUNT].least, limit->value);
	}
	return r.set ? arena_printf(f->a, "%" PRIu64 " to %" PRIu64, r.least, r.most) : NULL;
}

static bool expect_ranges(struct launch_facts *f)
{
	unsigned found = 0;
	for (unsigned i = 0; i < f->what->ir->n_params; i++) {
		const char *name = f->what->ir->params[i].name, *has = NULL;
		for (unsigned k = 0; k < f->has->n_ranges; k++) {
			const struct launch_range *r = &f->has->ranges[k];
			if (strcmp(r->name, name) != 0)
				continue;
			has = arena_printf(f->a, "%" PRIu64 " to %" PRIu64, r->least, r->most);
			found++;
		}
		if (!launch_expect(f, arena_printf(f->a, "range %s", name), has, want_range(f, name)))
			return false;
	}
	return found == f->has->n_ranges || launch_differ(f, "a `range`", "of a param that is none", NULL);
}

bool launch_facts_limits(struct launch_facts *f)
{
	for (unsigned i = 0; i < N_ROWS; i++)
		if (!expect_limit(f, &rows[i], false) || !expect_limit(f, &rows[i], true))
			return false;
	return expect_job(f, LIMIT_WALL, f->has->wall, f->has->wall_where) &&
	       (f->has->target == TARGET_MACOS || expect_job(f, LIMIT_OUTPUT, f->has->output, f->has->output_where)) &&
	       expect_ranges(f);
}
