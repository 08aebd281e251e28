/*
 * model.c - reads cgroup.conf and takes what the kernel's files take, no more.
 *
 * Stricter than the kernel where the kernel is careless: it takes numbers that wrap, and junk after
 * cpu.max.
 */
#include "../../compiler/str.h"
#include "cgroup.h"

/*
 * In the order of writing. What is limited by bytes ends at 2^63-1; a quota of cpu.max below 2^44
 * us.
 */
static const struct file {
	const char *name;
	uint64_t least, most;
	enum { ONE_NUMBER, AND_PERIOD, BANDWIDTH } shape;
} files[] = {
    {"cgroup.max.descendants", 0, INT32_MAX, ONE_NUMBER},
    {"memory.swap.max", 0, INT64_MAX, ONE_NUMBER},
    {"memory.max", 4096, INT64_MAX, ONE_NUMBER},
    {"memory.oom.group", 0, 1, ONE_NUMBER},
    {"pids.max", 0, 4194304, ONE_NUMBER},
    {"cpu.max", 1000, (UINT64_C(1) << 44) - 1, AND_PERIOD},
    {"cpu.weight", 1, 10000, ONE_NUMBER},
    {"io.max", 1, INT64_MAX, BANDWIDTH},
};
enum { N_FILES = sizeof(files) / sizeof(files[0]), PERIOD_LEAST = 1000, PERIOD_MOST = 1000000 };

struct model {
	struct arena *arena;
	bool present; /* there is a cgroup.conf */
	bool set[N_FILES];
	struct cgroup_number value[N_FILES];
	uint64_t period; /* of cpu.max */
	struct cgroup_number io[2]; /* of io.max: read, written; 0 and no param: not there */
};

static bool word_is(const char *w, size_t n, const char *text)
{
	return strlen(text) == n && memcmp(w, text, n) == 0;
}

static bool read_number(struct plan_reader *r, uint64_t least, uint64_t most, uint64_t *out)
{
	const char *w;
	size_t n;
	return plan_word(r, &w, &n) && (n == 1 || w[0] != '0') && parse_u64(w, n, most, out) &&
	       *out >= least;
}

/* A number, or ${name} of a param: that its values are in range is for launch.conf to say. */
static bool read_value(struct model *m, const char *w, size_t n, const struct file *f, struct cgroup_number *out)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-_";
	if (!n || (w[0] == '0' && n > 1))
		return false;
	if (w[0] != '$')
		return parse_u64(w, n, f->most, &out->value) && out->value >= f->least;
	if (n < 4 || w[1] != '{' || w[n - 1] != '}')
		return false;
	out->param = arena_strndup(m->arena, w + 2, n - 3);
	return strspn(out->param, letters) == n - 3;
}

/* rbps=N, wbps=N, or both in this order. */
static bool read_bandwidth(struct plan_reader *r, struct model *m, const struct file *f)
{
	static const char *const keys[] = {"rbps=", "wbps="};
	unsigned at = 0;
	do {
		const char *w;
		size_t n;
		if (!plan_word(r, &w, &n) || n < 6)
			return false;
		while (at < 2 && memcmp(w, keys[at], 5) != 0)
			at++;
		if (at == 2 || !read_value(m, w + 5, n - 5, f, &m->io[at++]))
			return false;
	} while (!plan_line_done(r));
	return true;
}

static bool read_head(struct plan_reader *r)
{
	const char *kind, *version, *id;
	size_t k, v, n;
	if (!plan_line(r) || !plan_word(r, &kind, &k) || !plan_word(r, &version, &v) ||
	    !plan_word(r, &id, &n) || !plan_line_done(r))
		return false;
	if (!word_is(kind, k, "sbx-cgroup") || !word_is(version, v, "1") || n != PLAN_ID_LEN)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!strchr("0123456789abcdef", id[i]))
			return false;
	return true;
}

/* One line after the first. *at is the next file that may come; N_FILES + 1 after `end`. */
static bool read_line(struct plan_reader *r, struct model *m, unsigned *at)
{
	const char *w;
	size_t n;
	if (!plan_line(r) || !plan_word(r, &w, &n))
		return false;
	if (word_is(w, n, "end")) {
		*at = N_FILES + 1;
		return plan_line_done(r) && r->next == r->end;
	}
	while (*at < N_FILES && !word_is(w, n, files[*at].name))
		(*at)++;
	if (*at >= N_FILES)
		return false;
	const struct file *f = &files[*at];
	m->set[*at] = true;
	if (f->shape == BANDWIDTH) {
		(*at)++;
		return read_bandwidth(r, m, f);
	}
	if (!plan_word(r, &w, &n) || !read_value(m, w, n, f, &m->value[*at]))
		return false;
	(*at)++;
	if (f->shape == AND_PERIOD && !read_number(r, PERIOD_LEAST, PERIOD_MOST, &m->period))
		return false;
	return plan_line_done(r);
}

void *cgroup_model_open(struct arena *a, const struct artifact *v, unsigned n, const char **error)
{
	struct model *m = ARENA_NEW(a, struct model);
	unsigned at = 0, line = 1;
	m->arena = a;
	for (unsigned i = 0; i < n; i++) {
		if (strcmp(v[i].name, "cgroup.conf") != 0)
			continue;
		struct plan_reader r = {.next = v[i].data, .end = v[i].data + v[i].size};
		m->present = true;
		bool ok = read_head(&r);
		for (; ok && at <= N_FILES; line++)
			ok = read_line(&r, m, &at);
		if (!ok) {
			*error = arena_printf(a, "cgroup.conf:%u: not what the kernel takes", line);
			return NULL;
		}
	}
	return m;
}

/* A limit refuses nothing by name: it ends or slows what goes beyond it. */
struct model_verdict cgroup_model_decide(const void *model, struct arena *scratch,
					 const struct request *r)
{
	(void)model;
	(void)scratch;
	(void)r;
	return (struct model_verdict){.stops = false};
}

bool cgroup_model_present(const void *model)
{
	return ((const struct model *)model)->present;
}

uint64_t cgroup_model_period(const void *model)
{
	return ((const struct model *)model)->period;
}

struct cgroup_number cgroup_model_io(const void *model, bool writes)
{
	return ((const struct model *)model)->io[writes];
}

bool cgroup_model_value(const void *model, const char *file, struct cgroup_number *out)
{
	const struct model *m = model;
	for (unsigned i = 0; i < N_FILES; i++)
		if (strcmp(files[i].name, file) == 0 && m->set[i]) {
			*out = m->value[i];
			return true;
		}
	return false;
}
