/*
 * cgroup_conf.c - reads cgroup.conf. Ranges are kept here because the kernel takes junk: cpu.max
 * accepts trailing words, memory.max wraps (landlock-cgroup facts, 6.1 and 7.3).
 */
#include "cgroup_conf.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum shape {
	NUMBER,
	NUMBER_OR_MAX,
	QUOTA,     /* NUMBER_OR_MAX and a period */
	BANDWIDTH, /* rbps=NUMBER wbps=NUMBER, one of them or both in this order: of each disk */
};

static const struct setting {
	const char *file;
	enum controller controller;
	enum shape shape;
	uint64_t min, max;
} settings[] = {
    {"cgroup.max.depth", CONTROLLER_COUNT, NUMBER_OR_MAX, 0, INT32_MAX},
    {"cgroup.max.descendants", CONTROLLER_COUNT, NUMBER_OR_MAX, 0, INT32_MAX},
    {"cpu.max", CONTROLLER_CPU, QUOTA, 1000, INT64_MAX},
    {"cpu.weight", CONTROLLER_CPU, NUMBER, 1, 10000},
    {"io.max", CONTROLLER_IO, BANDWIDTH, 1, INT64_MAX},
    {"io.weight", CONTROLLER_IO, NUMBER, 1, 10000},
    {"memory.high", CONTROLLER_MEMORY, NUMBER_OR_MAX, 0, INT64_MAX},
    {"memory.max", CONTROLLER_MEMORY, NUMBER_OR_MAX, 0, INT64_MAX},
    {"memory.oom.group", CONTROLLER_MEMORY, NUMBER, 0, 1},
    {"memory.swap.max", CONTROLLER_MEMORY, NUMBER_OR_MAX, 0, INT64_MAX},
    {"pids.max", CONTROLLER_PIDS, NUMBER_OR_MAX, 0, 4194304},
};

enum { PERIOD_MIN = 1000, PERIOD_MAX = 1000000 };

_Static_assert(COUNT(settings) <= CGROUP_MAX_SETTINGS, "each is written once at most");

const char *controller_word(enum controller c)
{
	static const char *const words[] = {
#define CONTROLLER(id, word) word,
	    CONTROLLERS(CONTROLLER)
#undef CONTROLLER
	};

	return words[c];
}

static bool number_check(const struct line *l, struct span word, uint64_t min, uint64_t max)
{
	uint64_t n;

	return (span_number(word, max, &n) && n >= min) ||
	       line_fault(l, "a value out of range", word);
}

static bool bandwidth_read(struct line *l, const struct setting *s)
{
	static const char *const keys[] = {"rbps=", "wbps="};
	unsigned next = 0;
	struct span word;

	do {
		if (!line_word(l, &word))
			return false;
		while (next < COUNT(keys) && (word.len < 5 || memcmp(word.at, keys[next], 5)))
			next++;
		if (next++ == COUNT(keys))
			return line_fault(l, "not rbps=NUMBER or wbps=NUMBER", word);
		if (!number_check(l, (struct span){word.at + 5, word.len - 5}, s->min, s->max))
			return false;
	} while (!line_done(l));
	return true;
}

static bool value_read(struct line *l, const struct setting *s)
{
	struct span word;

	if (s->shape == BANDWIDTH)
		return bandwidth_read(l, s);
	if (!line_word(l, &word))
		return false;
	if (!(s->shape != NUMBER && span_is(word, "max")) && !number_check(l, word, s->min, s->max))
		return false;
	if (s->shape != QUOTA)
		return line_end(l);
	return line_word(l, &word) && number_check(l, word, PERIOD_MIN, PERIOD_MAX) && line_end(l);
}

static bool setting_read(struct cgroup_conf *g, struct line *l, const struct setting *s,
			 struct span file)
{
	struct span value = l->left;

	for (unsigned i = 0; i < g->n; i++)
		if (span_same(g->settings[i].file, file))
			return line_fault(l, "a file that is written twice", file);
	g->settings[g->n++] = (struct cgroup_setting){file, value, s->controller};
	if (s->controller != CONTROLLER_COUNT)
		g->controllers |= 1u << s->controller;
	return value_read(l, s);
}

/* The first word is the file, so the directive table is not used: every line is looked up here. */
static bool line_read(void *ctx, struct line *l, struct span file)
{
	for (size_t i = 0; i < COUNT(settings); i++)
		if (span_is(file, settings[i].file))
			return setting_read(ctx, l, &settings[i], file);
	return line_fault(l, "not a setting this sbx-run knows", file);
}

bool cgroup_read(const struct conf *c, char id[PLAN_ID_LEN + 1], struct cgroup_conf *out)
{
	*out = (struct cgroup_conf){.present = true};
	return conf_lines(c, line_read, out, id);
}
