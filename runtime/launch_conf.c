/*
 * launch_conf.c - reads launch.conf: one function a directive, in a table in the order of plan.h.
 */
#include "launch_conf.h"

#include <string.h>
#include <sys/resource.h>

#include "template.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char *const machines[] = {"x86_64", "aarch64", "riscv64", "s390x"};
static const char *const namespaces[] = {"user", "pid", "mount", "net", "ipc", "uts", "cgroup"};

static const struct {
	const char *word;
	int resource;
} rlimits[] = {
#define RLIMIT(word_, constant) {.word = word_, .resource = constant},
    PLAN_RLIMITS(RLIMIT)
#undef RLIMIT
};

const char *rlimit_word(int row)
{
	return rlimits[row].word;
}

int rlimit_resource(int row)
{
	return rlimits[row].resource;
}

bool launch_has_arch(const struct launch *l, const char *machine)
{
	for (unsigned i = 0; i < COUNT(machines); i++)
		if (!strcmp(machines[i], machine))
			return l->arches & 1u << i;
	return false;
}

void launch_isolate_text(const struct launch *l, struct text *t)
{
	for (unsigned i = 0; i < COUNT(namespaces); i++)
		if (l->isolate & 1u << i) {
			text_str(t, t->len ? " " : "");
			text_str(t, namespaces[i]);
		}
}

const struct guarantee *launch_guarantee(const struct launch *l, struct span cap)
{
	for (unsigned i = 0; i < l->n_guarantees; i++)
		if (span_same(l->guarantees[i].cap, cap))
			return &l->guarantees[i];
	return NULL;
}

/* Words of a table, each at most once and in its order, at least one. */
static bool words_in_order(struct line *l, const char *const *table, unsigned n, unsigned *bits)
{
	unsigned next = 0;

	do {
		struct span word;
		unsigned i = next;
		if (!line_word(l, &word))
			return false;
		while (i < n && !span_is(word, table[i]))
			i++;
		if (i == n)
			return line_fault(l, "an unknown word, or one out of order", word);
		*bits |= 1u << i;
		next = i + 1;
	} while (!line_done(l));
	return true;
}

/* Names of params are lower case, so that no built-in can be shadowed. */
static bool name_good(struct span s, const char *more)
{
	for (size_t i = 0; i < s.len; i++)
		if (!(s.at[i] >= 'a' && s.at[i] <= 'z') && !strchr(more, s.at[i]))
			return false;
	return s.len > 0 && !(s.at[0] >= '0' && s.at[0] <= '9');
}

static bool env_name_good(struct span s)
{
	return name_good(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
}

static bool read_policy(void *ctx, struct line *l)
{
	struct launch *out = ctx;

	return line_word(l, &out->policy) && line_word(l, &out->version) && line_end(l);
}

static bool read_target(void *ctx, struct line *l)
{
	struct span word;

	(void)ctx;
	if (!line_word(l, &word))
		return false;
	return (span_is(word, "linux") || line_fault(l, "not a plan for linux", word)) &&
	       line_end(l);
}

static bool read_arch(void *ctx, struct line *l)
{
	struct launch *out = ctx;

	return words_in_order(l, machines, COUNT(machines), &out->arches);
}

static bool read_isolate(void *ctx, struct line *l)
{
	struct launch *out = ctx;

	if (span_is(l->left, "none"))
		return true;
	return words_in_order(l, namespaces, COUNT(namespaces), &out->isolate);
}

static bool template_read(struct line *l, const struct vars *v, struct span *tmpl)
{
	const char *wrong;

	if (!line_rest(l, tmpl))
		return false;
	wrong = template_wrong(*tmpl, v);
	return !wrong || line_fault(l, wrong, *tmpl);
}

static bool read_param(void *ctx, struct line *l)
{
	struct launch *out = ctx;
	struct param p = {0};
	struct span type, how;

	if (!line_word(l, &p.name) || !line_word(l, &type) || !line_word(l, &how))
		return false;
	if (!name_good(p.name, "0123456789_-") || p.name.len > 100)
		return line_fault(l, "not the name of a param", p.name);
	if (!type_word(type, &p.type))
		return line_fault(l, "not a type", type);
	for (unsigned i = 0; i < out->n_params; i++)
		if (span_same(out->params[i].name, p.name))
			return line_fault(l, "a param that is given twice", p.name);
	if (out->n_params == PLAN_MAX_PARAMS)
		return line_fault(l, "too many params", p.name);
	if (span_is(how, "default")) {
		p.fallback = (struct span){"", 0};
		if (!line_done(l) && !template_read(l, NULL, &p.fallback))
			return false;
	} else if (!span_is(how, "required") || !line_end(l)) {
		return line_fault(l, "`required` or `default VALUE` was expected", how);
	}
	out->params[out->n_params++] = p;
	return true;
}

static bool read_guarantee(void *ctx, struct line *l)
{
	struct launch *out = ctx;
	struct guarantee g = {0};
	struct span level;

	if (!line_word(l, &g.cap) || !line_word(l, &level) || !line_word(l, &g.mechanisms) ||
	    !line_word(l, &g.where) || !line_end(l))
		return false;
	g.required = span_is(level, "required");
	if (!g.required && !span_is(level, "preferred"))
		return line_fault(l, "`required` or `preferred` was expected", level);
	if (g.required && span_is(g.mechanisms, "none"))
		return line_fault(l, "a required guarantee that nothing keeps", g.cap);
	if (launch_guarantee(out, g.cap))
		return line_fault(l, "a guarantee that is given twice", g.cap);
	if (out->n_guarantees == PLAN_MAX_GUARANTEES)
		return line_fault(l, "too many guarantees", g.cap);
	out->guarantees[out->n_guarantees++] = g;
	return true;
}

static struct vars launch_vars(struct launch *out)
{
	return (struct vars){.params = out->params, .n_params = out->n_params};
}

static bool read_entry(void *ctx, struct line *l)
{
	struct launch *out = ctx;
	struct vars v = launch_vars(out);

	return line_word(l, &out->entry_where) && template_read(l, &v, &out->entry);
}

static bool read_exec_fd(void *ctx, struct line *l)
{
	struct launch *out = ctx;
	uint64_t n;

	if (!line_number(l, PLAN_MAX_EXEC_FD, &n) || !line_end(l))
		return false;
	if (!out->entry.at || n < 3)
		return line_fault(l, "exec-fd needs an entry and a number above 2", l->left);
	out->exec_fd = (int)n;
	return true;
}

static bool env_add(struct launch *out, struct line *l, struct env_line e)
{
	if (!env_name_good(e.name))
		return line_fault(l, "not the name of an environment variable", e.name);
	for (unsigned i = 0; i < out->n_env; i++)
		if (out->env[i].kind == e.kind && span_same(out->env[i].name, e.name))
			return line_fault(l, "a variable that is given twice", e.name);
	if (out->n_env == PLAN_MAX_ENV)
		return line_fault(l, "too many environment variables", e.name);
	out->env[out->n_env++] = e;
	return true;
}

static bool read_env_allow(void *ctx, struct line *l)
{
	struct env_line e = {.kind = ENV_ALLOW};

	if (!line_word(l, &e.name) || !line_end(l))
		return false;
	if (e.name.at[e.name.len - 1] == '*') {
		e.kind = ENV_ALLOW_PREFIX;
		e.name.len--;
	}
	return env_add(ctx, l, e);
}

static bool read_env_set(void *ctx, struct line *l)
{
	struct launch *out = ctx;
	struct vars v = launch_vars(out);
	struct env_line e = {.kind = ENV_SET};

	if (!line_word(l, &e.name))
		return false;
	if (!line_done(l) && !template_read(l, &v, &e.value))
		return false;
	return env_add(out, l, e);
}

static bool rlimit_read(struct line *l, struct rlimit_line *r)
{
	struct span word;

	if (!line_word(l, &word))
		return false;
	for (r->which = 0; r->which < (int)COUNT(rlimits); r->which++)
		if (span_is(word, rlimits[r->which].word))
			return line_number(l, INT64_MAX, &r->value);
	return line_fault(l, "not a resource limit", word);
}

static bool read_rlimit(void *ctx, struct line *l)
{
	struct launch *out = ctx;
	struct rlimit_line r = {0};

	if (!rlimit_read(l, &r) || !line_end(l))
		return false;
	for (unsigned i = 0; i < out->n_rlimits; i++)
		if (out->rlimits[i].which == r.which)
			return line_fault(l, "a limit that is given twice",
					  span_of(rlimits[r.which].word));
	out->rlimits[out->n_rlimits++] = r; /* as many as there are names, so it fits */
	return true;
}

static bool read_fallback(void *ctx, struct line *l)
{
	struct launch *out = ctx;
	struct rlimit_line r = {0};
	const struct guarantee *g;

	if (!rlimit_read(l, &r) || !line_word(l, &r.cap) || !line_end(l))
		return false;
	g = launch_guarantee(out, r.cap);
	if (!g || g->required)
		return line_fault(l, "not a preferred guarantee of this plan", r.cap);
	if (out->n_fallbacks == PLAN_MAX_FALLBACKS)
		return line_fault(l, "too many fallbacks", r.cap);
	out->fallbacks[out->n_fallbacks++] = r;
	return true;
}

/* At most ten years, so that no sum with a clock can overflow. */
static bool read_wall(void *ctx, struct line *l)
{
	struct launch *out = ctx;

	if (!line_number(l, 10ull * 366 * 24 * 3600 * 1000, &out->wall_ms) ||
	    !line_word(l, &out->wall_where) || !line_end(l))
		return false;
	return out->wall_ms > 0 || line_fault(l, "a time of zero", out->wall_where);
}

static bool read_output(void *ctx, struct line *l)
{
	struct launch *out = ctx;

	return line_number(l, INT64_MAX, &out->output) && line_word(l, &out->output_where) &&
	       line_end(l);
}

static bool read_session(void *ctx, struct line *l)
{
	struct launch *out = ctx;
	struct span word;

	if (!line_word(l, &word) || !line_end(l))
		return false;
	out->new_session = span_is(word, "new");
	return out->new_session || line_fault(l, "`new` was expected", word);
}

/*
 * The number must stay out of the program's reach for ever: it lies beyond the hard limit that is
 * set.
 */
static bool exec_fd_check(const struct conf *c, const struct launch *out)
{
	struct line l = {.conf = c};

	for (unsigned i = 0; i < out->n_rlimits; i++)
		if (out->rlimits[i].which == 0 && out->rlimits[i].value <= (uint64_t)out->exec_fd)
			return true;
	return out->exec_fd < 0 ||
	       line_fault(&l, "exec-fd needs `rlimit nofile` at or below it", (struct span){0});
}

bool launch_read(const struct conf *c, struct launch *out)
{
	static const struct directive table[] = {
	    {"policy", ONCE, read_policy},       {"target", ONCE, read_target},
	    {"arch", ONCE, read_arch},           {"isolate", ONCE, read_isolate},
	    {"param", MANY, read_param},         {"guarantee", MANY, read_guarantee},
	    {"entry", MAYBE, read_entry},        {"exec-fd", MAYBE, read_exec_fd},
	    {"env-allow", MANY, read_env_allow}, {"env-set", MANY, read_env_set},
	    {"rlimit", MANY, read_rlimit},       {"rlimit-fallback", MANY, read_fallback},
	    {"wall", MAYBE, read_wall},          {"output", MAYBE, read_output},
	    {"session", MAYBE, read_session},
	};

	memset(out, 0, sizeof(*out));
	out->exec_fd = -1;
	out->output = UINT64_MAX;
	return conf_run(c, table, COUNT(table), out, out->id) && exec_fd_check(c, out);
}
