/*
 * lower.c - writes cgroup.conf: one line a file of the kernel, in the order of writing.
 *
 * The kernel rounds, wraps and takes junk here without a word, so every value is proved first and
 * written as plain decimal bytes, counts or microseconds. There is no file when nothing is limited
 * that only a cgroup can limit.
 */
#include <inttypes.h>

#include "../../compiler/str.h"
#include "cgroup.h"

static const enum limit limits[] = {LIMIT_MEMORY,     LIMIT_SWAP,    LIMIT_CPU,     LIMIT_CPU_WEIGHT,
				    LIMIT_PIDS, LIMIT_IO_READ, LIMIT_IO_WRITE};
enum { N_LIMITS = sizeof(limits) / sizeof(limits[0]) };

static const struct ir_limit *limit_of(const struct lower *l, enum limit limit)
{
	return &l->ir->limit[TARGET_LINUX][limit];
}

static struct loc place_of(const struct lower *l, const struct ir_limit *limit)
{
	return limit->origin ? limit->origin->loc : l->ir->loc;
}

static bool check_range(struct lower *l, enum limit which)
{
	const struct ir_limit *limit = limit_of(l, which);
	const struct limit_range *range = &limit_range[which];
	if (!limit->set || (limit->value >= range->least && limit->value <= range->most))
		return true;
	diag_help(diag(l->diags, DIAG_BAD_VALUE, place_of(l, limit), "`limit %s` is out of range", limit_name[which]),
		  "the kernel takes %s", range->words);
	return false;
}

/* The number, or the param that holds it: the loader knows the unit of the file. */
static void put_limit(const struct lower *l, struct buf *b, enum limit which, uint64_t scale)
{
	const struct ir_limit *v = limit_of(l, which);
	if (v->param)
		buf_printf(b, "${%s}", v->param);
	else
		buf_printf(b, "%" PRIu64, v->value * scale);
}

/* One line for every disk of the machine; the loader knows them. */
static void write_io(struct lower *l, struct buf *b)
{
	bool reads = limit_of(l, LIMIT_IO_READ)->set, writes = limit_of(l, LIMIT_IO_WRITE)->set;
	if (reads || writes)
		buf_puts(b, "io.max");
	if (reads)
		buf_puts(b, " rbps=");
	if (reads)
		put_limit(l, b, LIMIT_IO_READ, 1);
	if (writes)
		buf_puts(b, " wbps=");
	if (writes)
		put_limit(l, b, LIMIT_IO_WRITE, 1);
	if (reads || writes)
		buf_putc(b, '\n');
}

/* FILE VALUE REST; without a limit of the policy the value that stands otherwise. */
static void put_line(const struct lower *l, struct buf *b, const char *file, enum limit which, uint64_t scale,
		     uint64_t otherwise, const char *rest)
{
	buf_printf(b, "%s ", file);
	if (limit_of(l, which)->set)
		put_limit(l, b, which, scale);
	else
		buf_printf(b, "%" PRIu64, otherwise);
	buf_printf(b, "%s\n", rest);
}

static void write_limits(struct lower *l, struct buf *b)
{
	bool memory = limit_of(l, LIMIT_MEMORY)->set;
	const char *period = arena_printf(l->arena, " %d", CGROUP_PERIOD);
	if (memory || limit_of(l, LIMIT_SWAP)->set)
		put_line(l, b, "memory.swap.max", LIMIT_SWAP, 1, 0, "");
	if (memory)
		put_line(l, b, "memory.max", LIMIT_MEMORY, 1, 0, "\nmemory.oom.group 1");
	if (limit_of(l, LIMIT_PIDS)->set || !l->ir->no_default_limits)
		put_line(l, b, "pids.max", LIMIT_PIDS, 1, limit_default(LIMIT_PIDS), "");
	if (limit_of(l, LIMIT_CPU)->set)
		put_line(l, b, "cpu.max", LIMIT_CPU, CGROUP_PERIOD / 100, 0, period);
	if (limit_of(l, LIMIT_CPU_WEIGHT)->set)
		put_line(l, b, "cpu.weight", LIMIT_CPU_WEIGHT, 1, 0, "");
	write_io(l, b);
}

bool cgroup_has_limits(const struct ir *ir)
{
	bool any = false;
	for (unsigned i = 0; i < N_LIMITS; i++)
		any |= ir->limit[TARGET_LINUX][limits[i]].set;
	return any;
}

bool cgroup_to_kill(const struct ir *ir)
{
	const struct ir_limit *of = ir->limit[TARGET_LINUX];
	return (of[LIMIT_WALL].set || of[LIMIT_OUTPUT].set) &&
	       !(ir->isolate & (1u << ISOLATE_PID));
}

bool cgroup_lower(struct lower *l)
{
	bool ok = true;
	for (unsigned i = 0; i < N_LIMITS; i++)
		ok &= check_range(l, limits[i]);
	if (!ok || (!cgroup_has_limits(l->ir) && !cgroup_to_kill(l->ir)))
		return ok;
	struct buf b = buf_new(l->arena);
	buf_printf(&b, "sbx-cgroup %d %s\n", PLAN_VERSION, l->plan_id);
	/* no cgroups of its own, which would be counted by nobody but itself */
	buf_puts(&b, "cgroup.max.descendants 0\n");
	if (cgroup_has_limits(l->ir))
		write_limits(l, &b);
	buf_puts(&b, "end\n");
	lower_add(l, "cgroup.conf", b.data, b.len);
	return true;
}
