/*
 * cgroup_conf.c - reads cgroup.conf. Ranges are kept here because the kernel takes junk: cpu.max
 * accepts trailing words, memory.max wraps (landlock-cgroup facts, 6.1 and 7.3).
 */
#include "cgroup_conf.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct setting {
	const char *file;
	uint64_t min, max;
	bool max_word;       /* may it be `max`? */
	uint64_t min2, max2; /* a second number; 0, 0: none */
} settings[] = {
    {"cgroup.max.depth", 0, INT32_MAX, true, 0, 0},
    {"cgroup.max.descendants", 0, INT32_MAX, true, 0, 0},
    {"cpu.max", 1000, INT64_MAX, true, 1000, 1000000},
    {"cpu.weight", 1, 10000, false, 0, 0},
    {"io.weight", 1, 10000, false, 0, 0},
    {"memory.high", 0, INT64_MAX, true, 0, 0},
    {"memory.max", 0, INT64_MAX, true, 0, 0},
    {"memory.oom.group", 0, 1, false, 0, 0},
    {"memory.swap.max", 0, INT64_MAX, true, 0, 0},
    {"pids.max", 0, 4194304, true, 0, 0},
};

struct cgroup {
	unsigned seen; /* bits of rows: a file is written once */
	unsigned n;
};

static bool value_read(struct line *l, const struct setting *s)
{
	struct span word;
	uint64_t n;

	if (!line_word(l, &word))
		return false;
	if (!(s->max_word && span_is(word, "max")) &&
	    (!span_number(word, s->max, &n) || n < s->min))
		return line_fault(l, "a value out of range", word);
	if (!s->max2)
		return line_end(l);
	if (!line_word(l, &word))
		return false;
	if (!span_number(word, s->max2, &n) || n < s->min2)
		return line_fault(l, "a value out of range", word);
	return line_end(l);
}

static bool setting_read(struct cgroup *g, struct line *l, const struct setting *s)
{
	unsigned bit = 1u << (s - settings);

	if (g->seen & bit)
		return line_fault(l, "a file that is written twice", span_of(s->file));
	g->seen |= bit;
	g->n++;
	return value_read(l, s);
}

/* The first word is the file, so the directive table is not used: every line is looked up here. */
static bool line_read(void *ctx, struct line *l, struct span file)
{
	for (size_t i = 0; i < COUNT(settings); i++)
		if (span_is(file, settings[i].file))
			return setting_read(ctx, l, &settings[i]);
	return line_fault(l, "not a setting this sbx-run knows", file);
}

bool cgroup_read(const struct conf *c, char id[PLAN_ID_LEN + 1], unsigned *n_settings)
{
	struct cgroup g = {0};

	if (!conf_lines(c, line_read, &g, id))
		return false;
	*n_settings = g.n;
	return true;
}
