/*
 * rlimits.c - the limits of each process, and those of the whole job that the loader's supervisor keeps.
 */
#include <inttypes.h>

#include "launch.h"

static const struct rlimit_of {
	enum limit limit;
	const char *name;
} rlimits[] = {
#define RLIMIT_OF(limit, name) {LIMIT_##limit, name},
#include "rlimits.def"
};
enum { N_RLIMITS = sizeof(rlimits) / sizeof(rlimits[0]) };

/*
 * The kernel counts processor time in whole seconds: rounded up, so that nobody gets less than was
 * written.
 */
static uint64_t in_units(enum limit limit, uint64_t value)
{
	return limit == LIMIT_CPU_TIME ? value / 1000 + (value % 1000 != 0) : value;
}

uint64_t launch_open_files(const struct ir *ir)
{
	const struct ir_limit *v = &ir->limit[TARGET_LINUX][LIMIT_OPEN_FILES];
	return v->set ? v->value : limit_default(LIMIT_OPEN_FILES);
}

static struct loc limit_loc(const struct lower *l, const struct ir_limit *v)
{
	return v->origin ? v->origin->loc : l->ir->loc;
}

/*
 * macOS takes RLIMIT_AS for a wish about memory in use and keeps it nowhere; RLIMIT_NPROC counts the
 * whole session of the user there, which stops working before the program does.
 */
bool launch_keeps_rlimit(enum limit limit, enum target t)
{
	return t != TARGET_MACOS || (limit != LIMIT_ADDRESS_SPACE && limit != LIMIT_PROCESSES);
}

static bool check_range(struct lower *l, enum target t, enum limit limit)
{
	const struct ir_limit *v = &l->ir->limit[t][limit];
	const struct limit_range *range = &limit_range[limit];
	if (!v->set || (v->value >= range->least && v->value <= range->most))
		return true;
	struct diag_rec *d = diag(l->diags, DIAG_BAD_VALUE, limit_loc(l, v), "`limit %s` is out of range", limit_name[limit]);
	diag_help(d, "write %s", range->words);
	return false;
}

void launch_put_number(struct buf *b, uint64_t number, const char *param)
{
	if (param)
		buf_printf(b, "${%s}", param);
	else
		buf_printf(b, "%" PRIu64, number);
}

static bool write_one(struct lower *l, struct buf *b, enum target t, const struct rlimit_of *r)
{
	const struct ir_limit *v = &l->ir->limit[t][r->limit];
	uint64_t value = v->set ? in_units(r->limit, v->value) : limit_default(r->limit);
	if (!v->set && (limit_default(r->limit) == LIMIT_NO_DEFAULT || l->ir->no_default_limits))
		return true;
	if (!launch_keeps_rlimit(r->limit, t))
		return true;
	if (!check_range(l, t, r->limit))
		return false;
	buf_printf(b, "rlimit %s ", r->name);
	launch_put_number(b, value, v->param);
	buf_putc(b, '\n');
	return true;
}

/*
 * Where a policy prefers the limit of the whole job and the host has no cgroup to give, each
 * process gets at least an address space of that size. A tighter `limit address-space` stands.
 * There is none for pids: RLIMIT_NPROC counts the user's processes everywhere and does not bind
 * root.
 */
static void write_fallback(struct lower *l, struct buf *b)
{
	const struct ir_limit *limits = l->ir->limit[TARGET_LINUX];
	const struct ir_limit *memory = &limits[LIMIT_MEMORY], *as = &limits[LIMIT_ADDRESS_SPACE];
	if (!memory->set || !ir_preferred(l->ir, TARGET_LINUX, CAP_RES_MEMORY))
		return;
	if (as->set && !as->param && !memory->param && as->value <= memory->value)
		return;
	buf_puts(b, "rlimit-fallback as ");
	launch_put_number(b, memory->value, memory->param);
	buf_printf(b, " %s\n", cap_name[CAP_RES_MEMORY]);
}

/* The entry is started through a descriptor that must be a number beyond this limit. */
static bool check_exec_fd(struct lower *l)
{
	const struct ir_limit *v = &l->ir->limit[TARGET_LINUX][LIMIT_OPEN_FILES];
	if (meaning_syscalls(l->meaning)->exec_fd < 0)
		return true;
	if (!v->set && l->ir->no_default_limits) {
		struct diag_rec *d = diag(l->diags, DIAG_CONFLICT, l->ir->no_defaults_origin->loc,
					  "nothing may be started after the entry, which rests on a limit of open files");
		diag_help(d, "write one beside this line: `limit open-files 1024`");
		return false;
	}
	if (launch_open_files(l->ir) < PLAN_MAX_EXEC_FD)
		return true;
	struct diag_rec *d = diag(l->diags, DIAG_BAD_VALUE, limit_loc(l, v),
				  "`limit %s` is out of range", limit_name[LIMIT_OPEN_FILES]);
	diag_note(
	    d,
	    "the entry program is started through a descriptor beyond this limit, and the kernel "
	    "numbers descriptors up to %d",
	    PLAN_MAX_EXEC_FD - 1);
	diag_help(d, "write 3 to %d", PLAN_MAX_EXEC_FD - 1);
	return false;
}

bool launch_write_rlimits(struct lower *l, struct buf *b, enum target t)
{
	bool ok = t != TARGET_LINUX || check_exec_fd(l);
	for (unsigned i = 0; i < N_RLIMITS; i++)
		ok = write_one(l, b, t, &rlimits[i]) && ok;
	if (t == TARGET_LINUX)
		write_fallback(l, b);
	return ok;
}

static bool write_job(struct lower *l, struct buf *b, enum target t, enum limit limit)
{
	const struct ir_limit *v = &l->ir->limit[t][limit];
	if (!v->set || !check_range(l, t, limit))
		return !v->set;
	buf_printf(b, "%s ", limit_name[limit]);
	launch_put_number(b, v->value, v->param);
	buf_putc(b, ' ');
	launch_put_where(l, b, v->origin);
	buf_putc(b, '\n');
	return true;
}

/* The loader of macOS does not stand between the program and its output. */
bool launch_write_job(struct lower *l, struct buf *b, enum target t)
{
	bool wall = write_job(l, b, t, LIMIT_WALL);
	return (t == TARGET_MACOS || write_job(l, b, t, LIMIT_OUTPUT)) && wall;
}
