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

static const struct range {
	enum limit limit;
	uint64_t least, most;
	const char *words;
} ranges[] = {
#define LIMIT_RANGE(limit, least, most, words) {LIMIT_##limit, least, most, words},
#include "keys.def"
};
enum { N_RANGES = sizeof(ranges) / sizeof(ranges[0]) };

static const struct ir_limit *limit_of(const struct lower *l, enum limit limit)
{
	return &l->ir->limit[TARGET_LINUX][limit];
}

static struct loc place_of(const struct lower *l, const struct ir_limit *limit)
{
	return limit->origin ? limit->origin->loc : l->ir->loc;
}

static bool check_range(struct lower *l, const struct range *r)
{
	const struct ir_limit *limit = limit_of(l, r->limit);
	if (!limit->set || (limit->value >= r->least && limit->value <= r->most))
		return true;
	diag_help(diag(l->diags, DIAG_BAD_VALUE, place_of(l, limit), "`limit %s` is out of range",
		       limit_name[r->limit]),
		  "the kernel takes %s", r->words);
	return false;
}

static uint64_t value_or(const struct lower *l, enum limit limit, uint64_t otherwise)
{
	const struct ir_limit *v = limit_of(l, limit);
	return v->set ? v->value : otherwise;
}

/* One line for every disk of the machine; the loader knows them. */
static void write_io(struct lower *l, struct buf *b)
{
	bool reads = limit_of(l, LIMIT_IO_READ)->set, writes = limit_of(l, LIMIT_IO_WRITE)->set;
	if (reads || writes)
		buf_puts(b, "io.max");
	if (reads)
		buf_printf(b, " rbps=%" PRIu64, value_or(l, LIMIT_IO_READ, 0));
	if (writes)
		buf_printf(b, " wbps=%" PRIu64, value_or(l, LIMIT_IO_WRITE, 0));
	if (reads || writes)
		buf_putc(b, '\n');
}

static void write_limits(struct lower *l, struct buf *b)
{
	bool memory = limit_of(l, LIMIT_MEMORY)->set;
	if (memory || limit_of(l, LIMIT_SWAP)->set)
		buf_printf(b, "memory.swap.max %" PRIu64 "\n", value_or(l, LIMIT_SWAP, 0));
	if (memory)
		buf_printf(b, "memory.max %" PRIu64 "\nmemory.oom.group 1\n",
			   value_or(l, LIMIT_MEMORY, 0));
	if (limit_of(l, LIMIT_PIDS)->set || !l->ir->no_default_limits)
		buf_printf(b, "pids.max %" PRIu64 "\n", value_or(l, LIMIT_PIDS, CGROUP_PIDS_DEFAULT));
	if (limit_of(l, LIMIT_CPU)->set)
		buf_printf(b, "cpu.max %" PRIu64 " %d\n",
			   value_or(l, LIMIT_CPU, 0) * (CGROUP_PERIOD / 100), CGROUP_PERIOD);
	if (limit_of(l, LIMIT_CPU_WEIGHT)->set)
		buf_printf(b, "cpu.weight %" PRIu64 "\n", value_or(l, LIMIT_CPU_WEIGHT, 0));
	write_io(l, b);
}

bool cgroup_has_limits(const struct ir *ir)
{
	bool any = false;
	for (unsigned i = 0; i < N_RANGES; i++)
		any |= ir->limit[TARGET_LINUX][ranges[i].limit].set;
	return any;
}

bool cgroup_to_kill(const struct ir *ir)
{
	const struct ir_limit *limits = ir->limit[TARGET_LINUX];
	return (limits[LIMIT_WALL].set || limits[LIMIT_OUTPUT].set) &&
	       !(ir->isolate & (1u << ISOLATE_PID));
}

bool cgroup_lower(struct lower *l)
{
	bool ok = true;
	for (unsigned i = 0; i < N_RANGES; i++)
		ok &= check_range(l, &ranges[i]);
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
