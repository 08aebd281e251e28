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
	enum controller controller : 8;
	enum shape shape : 8;
	enum value_type type : 8; /* of a param that may stand for the number; VALUE_TYPE_COUNT: none */
	uint16_t min;
	uint64_t max;
} settings[] = {
    {"cgroup.max.depth", CONTROLLER_COUNT, NUMBER_OR_MAX, VALUE_TYPE_COUNT, 0, INT32_MAX},
    {"cgroup.max.descendants", CONTROLLER_COUNT, NUMBER_OR_MAX, VALUE_TYPE_COUNT, 0, INT32_MAX},
    {"cpu.max", CONTROLLER_CPU, QUOTA, VALUE_PERCENT, 1000, INT64_MAX},
    {"cpu.weight", CONTROLLER_CPU, NUMBER, VALUE_COUNT, 1, 10000},
    {"io.max", CONTROLLER_IO, BANDWIDTH, VALUE_SIZE, 1, INT64_MAX},
    {"io.weight", CONTROLLER_IO, NUMBER, VALUE_COUNT, 1, 10000},
    {"memory.high", CONTROLLER_MEMORY, NUMBER_OR_MAX, VALUE_SIZE, 0, INT64_MAX},
    {"memory.max", CONTROLLER_MEMORY, NUMBER_OR_MAX, VALUE_SIZE, 0, INT64_MAX},
    {"memory.oom.group", CONTROLLER_MEMORY, NUMBER, VALUE_TYPE_COUNT, 0, 1},
    {"memory.swap.max", CONTROLLER_MEMORY, NUMBER_OR_MAX, VALUE_SIZE, 0, INT64_MAX},
    {"pids.max", CONTROLLER_PIDS, NUMBER_OR_MAX, VALUE_COUNT, 0, 4194304},
};

enum {
	PERIOD_MIN = 1000,
	PERIOD_MAX = 1000000,
	PERCENT_US = 1000, /* a percent of one CPU in the only period that a param goes with */
};

_Static_assert(COUNT(settings) <= CGROUP_MAX_SETTINGS, "each is written once at most");

const char *controller_word(enum controller c)
{
#define CONTROLLER(id, word) word "\0"
	static const char words[] = CONTROLLERS(CONTROLLER);
#undef CONTROLLER

	return text_nth(words, c);
}

static bool number_check(const struct line *l, struct span word, uint64_t min, uint64_t max)
{
	uint64_t n;

	return (span_number(word, max, &n) && n >= min) ||
	       line_fault(l, "a value out of range", word);
}

/* A number in the bounds of the setting, or a param that has no other value. */
static bool amount_check(const struct line *l, struct span word, const struct setting *s, const struct vars *v)
{
	uint64_t scale = s->type == VALUE_PERCENT ? PERCENT_US : 1;
	struct amount a;
	const char *why;

	if (!word.len || word.at[0] != '$' || s->type == VALUE_TYPE_COUNT)
		return number_check(l, word, s->min, s->max);
	return amount_of(v, word, s->type, s->min / scale, s->max / scale, &a, &why) || (line_fault)(l, why, word);
}

static bool bandwidth_read(struct line *l, const struct setting *s, const struct vars *v)
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
		if (!amount_check(l, (struct span){word.at + 5, word.len - 5}, s, v))
			return false;
	} while (!line_done(l));
	return true;
}

static bool value_read(struct line *l, const struct setting *s, const struct vars *v)
{
	struct span word, period;
	uint64_t us;

	if (s->shape == BANDWIDTH)
		return bandwidth_read(l, s, v);
	if (!line_word(l, &word))
		return false;
	if (!(s->shape != NUMBER && span_is(word, "max")) && !amount_check(l, word, s, v))
		return false;
	if (s->shape != QUOTA)
		return line_end(l);
	if (!line_word(l, &period) || !number_check(l, period, PERIOD_MIN, PERIOD_MAX) || !line_end(l))
		return false;
	return word.at[0] != '$' || (span_number(period, PERIOD_MAX, &us) && us == 100 * PERCENT_US) ||
	       line_fault(l, "a share goes with a period of 100000", period);
}

struct reading {
	struct cgroup_conf *conf;
	const struct vars *vars;
};

static bool setting_read(const struct reading *r, struct line *l, const struct setting *s, struct span file)
{
	struct cgroup_conf *g = r->conf;
	struct span value = l->left;

	for (unsigned i = 0; i < g->n; i++)
		if (g->settings[i].file == s->file)
			return line_fault(l, "a file that is written twice", file);
	g->settings[g->n++] = (struct cgroup_setting){s->file, value, s->controller};
	if (s->controller != CONTROLLER_COUNT)
		g->controllers |= 1u << s->controller;
	return value_read(l, s, r->vars);
}

/* The first word is the file, so the directive table is not used: every line is looked up here. */
static bool line_read(void *ctx, struct line *l, struct span file)
{
	for (size_t i = 0; i < COUNT(settings); i++)
		if (span_is(file, settings[i].file))
			return setting_read(ctx, l, &settings[i], file);
	return line_fault(l, "not a setting this sbx-run knows", file);
}

bool cgroup_read(const struct conf *c, const struct vars *v, char id[PLAN_ID_LEN + 1], struct cgroup_conf *out)
{
	struct reading r = {out, v};

	*out = (struct cgroup_conf){.present = true};
	return conf_lines(c, line_read, &r, id);
}

void cgroup_value(const struct cgroup_setting *s, const struct vars *v, struct text *out)
{
	uint64_t scale = !strcmp(s->file, "cpu.max") ? PERCENT_US : 1;
	char number[NUM_TEXT];

	for (size_t i = 0; i < s->value.len;) {
		struct span left = {s->value.at + i, s->value.len - i};
		const char *close = left.at[0] == '$' ? memchr(left.at, '}', left.len) : NULL;
		size_t len = close ? (size_t)(close - left.at) + 1 : 1;
		const struct param *p = close ? param_find(v->params, v->n_params, (struct span){left.at + 2, len - 3}) : NULL;
		if (p)
			text_str(out, num_text(number, p->number * scale));
		else
			text_bytes(out, left.at, len);
		i += len;
	}
}
