/*
 * launch_conf.c - reads launch.conf: one function a directive, in a table in the order of plan.h.
 */
#include "launch_conf.h"

#include <string.h>
#include <sys/resource.h>

#include "template.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char machines[] = "x86_64\0aarch64\0riscv64\0s390x\0";
static const char namespaces[] = "user\0pid\0mount\0net\0ipc\0uts\0cgroup\0";

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

uint64_t rlimit_value(const struct rlimit_line *line, const struct vars *v)
{
	uint64_t n = amount_get(v, &line->value);
	bool time = line->value.param && rlimits[line->which].resource == RLIMIT_CPU;

	return time ? n / 1000 + (n % 1000 != 0) : n; /* the kernel counts whole seconds: a started one counts */
}

bool launch_has_arch(const struct launch *l, const char *machine)
{
	unsigned bit = 1;

	for (const char *m = machines; *m; m = text_nth(m, 1), bit <<= 1)
		if (!strcmp(m, machine))
			return l->arches & bit;
	return false;
}

void launch_isolate_text(const struct launch *l, struct text *t)
{
	unsigned bit = 1;

	for (const char *n = namespaces; *n; n = text_nth(n, 1), bit <<= 1)
		if (l->isolate & bit) {
			text_str(t, t->len ? " " : "");
			text_str(t, n);
		}
}

const struct guarantee *launch_guarantee(const struct launch *l, struct span cap)
{
	for (unsigned i = 0; i < l->n_guarantees; i++)
		if (span_same(l->guarantees[i].cap, cap))
			return &l->guarantees[i];
	return NULL;
}

/* Words of a list, each at most once and in its order, at least one. */
static bool words_in_order(struct line *l, const char *known, unsigned *bits)
{
	unsigned bit = 1;

	do {
		struct span word;
		if (!line_word(l, &word))
			return false;
		for (; *known && !span_is(word, known); bit <<= 1)
			known = text_nth(known, 1);
		if (!*known)
			return line_fault(l, "an unknown word, or one out of order", word);
		*bits |= bit;
		bit <<= 1;
		known = text_nth(known, 1);
	} while (!line_done(l));
	return true;
}

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Names of params are lower case, so that no built-in can be shadowed. */
static bool param_name_good(struct span s)
{
	return s.len > 0 && s.len <= 100 && !digit(s.at[0]) && span_made_of(s, "_-");
}

static bool env_name_good(struct span s)
{
	return s.len > 0 && !digit(s.at[0]) && span_made_of(s, UPPER_CASE "_");
}

static bool read_policy(void *ctx, struct line *l)
{
	struct launch *out = ctx;

	return line_word(l, &out->policy) && line_last(l, &out->version);
}

static bool read_target(void *ctx, struct line *l)
{
	(void)ctx;
	return line_choice(l, "linux", "not a plan for linux") && line_end(l);
}

static bool read_arch(void *ctx, struct line *l)
{
	struct launch *out = ctx;

	return words_in_order(l, machines, &out->arches);
}

static bool read_isolate(void *ctx, struct line *l)
{
	struct launch *out = ctx;

	if (span_is(l->left, "none"))
		return true;
	return words_in_order(l, namespaces, &out->isolate);
}

static bool read_root(void *ctx, struct line *l)
{
	struct launch *out = ctx;

	out->private_root = true;
	if (!line_choice(l, "private", "`private` was expected") || !line_end(l))
		return false;
	return (out->isolate & ISOLATE_MOUNT) || line_fault(l, "a line that needs `isolate mount`", span_of("private"));
}

static bool hostname_good(struct span s)
{
	return s.len > 0 && s.len <= PLAN_MAX_HOSTNAME && s.at[0] != '-' && s.at[0] != '.' &&
	       span_made_of(s, UPPER_CASE "-.");
}

static bool read_hostname(void *ctx, struct line *l)
{
	struct launch *out = ctx;

	if (!line_last(l, &out->hostname))
		return false;
	if (!(out->isolate & ISOLATE_UTS))
		return line_fault(l, "a line that needs `isolate uts`", out->hostname);
	return hostname_good(out->hostname) ||
	       line_fault(l, "not the name of a host", out->hostname);
}

__attribute__((noinline)) static struct vars launch_vars(struct launch *out)
{
	return (struct vars){.params = out->params, .n_params = out->n_params};
}

/* A number in these bounds, or ${NAME} of a param of the type that can have no other value. */
static bool line_amount(struct launch *out, struct line *l, enum value_type type, uint64_t least, uint64_t most,
			struct amount *a)
{
	struct vars v = launch_vars(out);
	struct span word;
	const char *why;

	if (!line_word(l, &word))
		return false;
	*a = (struct amount){.param = 0};
	if (word.at[0] == '$')
		return amount_of(&v, word, type, least, most, a, &why) || (line_fault)(l, why, word);
	return (span_number(word, most, &a->value) && a->value >= least) ||
	       line_fault(l, "not a number in range", word);
}

static bool read_range(void *ctx, struct line *l)
{
	struct launch *out = ctx;
	struct param *p;
	struct span name, where;
	uint64_t least, most;

	if (!line_word(l, &name) || !line_number(l, INT64_MAX, &least) || !line_number(l, INT64_MAX, &most) ||
	    !line_last(l, &where))
		return false;
	p = param_find(out->params, out->n_params, name);
	if (!p || p->bounded || least > most)
		return line_fault(l, "a range of no param, a second one, or one that nothing is in", name);
	p->bounded = true;
	p->least = least;
	p->most = most;
	p->where = where;
	return true;
}

static bool read_user(void *ctx, struct line *l)
{
	struct launch *out = ctx;

	if (!line_amount(out, l, VALUE_COUNT, 0, UINT32_MAX - 1, &out->user) || !line_end(l))
		return false;
	out->user_set = true;
	return (out->isolate & ISOLATE_USER) ||
	       line_fault(l, "a line that needs `isolate user`", (struct span){0});
}

/* A template that may name the params. */
static bool template_read(struct line *l, struct launch *params, struct span *tmpl)
{
	struct vars v = launch_vars(params);

	return line_template(l, &v, tmpl);
}

static bool read_param(void *ctx, struct line *l)
{
	struct launch *out = ctx;
	struct param *p = &out->params[out->n_params];
	struct span name;
	unsigned type, how;

	if (!line_word(l, &name))
		return false;
	if (!param_name_good(name))
		return line_fault(l, "not the name of a param", name);
	if (param_find(out->params, out->n_params, name))
		return line_fault(l, "a param that is given twice", name);
	if (out->n_params == PLAN_MAX_PARAMS)
		return line_fault(l, "too many params", name);
	type = line_choice(l, TYPE_WORDS, "not a type");
	how = type ? line_choice(l, "required\0default", "`required` or `default VALUE` was expected") : 0;
	if (!how)
		return false;
	p->type = (enum value_type)(type - 1);
	p->name = name;
	out->n_params++;
	if (how == 1)
		return line_end(l);
	p->fallback = (struct span){"", 0};
	return line_done(l) || line_template(l, NULL, &p->fallback);
}

static bool read_guarantee(void *ctx, struct line *l)
{
	struct launch *out = ctx;
	struct guarantee *g = &out->guarantees[out->n_guarantees];
	unsigned level;

	if (!line_word(l, &g->cap))
		return false;
	level = line_choice(l, "required\0preferred", "`required` or `preferred` was expected");
	if (!level || !line_word(l, &g->mechanisms) || !line_last(l, &g->where))
		return false;
	g->required = level == 1;
	if (g->required && span_is(g->mechanisms, "none"))
		return line_fault(l, "a required guarantee that nothing keeps", g->cap);
	if (launch_guarantee(out, g->cap))
		return line_fault(l, "a guarantee that is given twice", g->cap);
	return ++out->n_guarantees <= PLAN_MAX_GUARANTEES || line_fault(l, "too many guarantees", g->cap);
}

static bool read_entry(void *ctx, struct line *l)
{
	struct launch *out = ctx;

	return line_word(l, &out->entry_where) && template_read(l, out, &out->entry);
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

static bool read_directory(void *ctx, struct line *l)
{
	struct launch *out = ctx;

	return line_word(l, &out->directory_where) && template_read(l, out, &out->directory);
}

/* The place that is read next: place_read() counts it. */
static struct place_line *place_next(struct launch *out)
{
	return &out->places[out->n_places];
}

/* WHERE TMPL, and the place is kept. */
static bool place_read(struct launch *out, struct line *l)
{
	struct place_line *p = place_next(out);

	if (!line_word(l, &p->where) || !template_read(l, out, &p->at))
		return false;
	if (!(out->isolate & ISOLATE_MOUNT))
		return line_fault(l, "a line that needs `isolate mount`", p->at);
	for (const struct place_line *other = out->places; other < p; other++)
		if (span_same(other->at, p->at))
			return line_fault(l, "a place that is given twice", p->at);
	return ++out->n_places <= PLAN_MAX_PLACES || line_fault(l, "too many places", p->at);
}

static bool read_mount(void *ctx, struct line *l)
{
	struct place_line *p = place_next(ctx);
	struct vars v = launch_vars(ctx);
	unsigned access = line_choice(l, "ro\0rw", "`ro` or `rw` was expected");

	p->rw = access == 2;
	return access && line_word_template(l, &v, &p->source) && place_read(ctx, l);
}

static bool memory_read(struct launch *out, struct line *l, enum place_kind kind)
{
	struct place_line *p = place_next(out);

	p->kind = kind;
	return line_amount(out, l, VALUE_SIZE, 4096, INT64_MAX, &p->size) && place_read(out, l);
}

static bool read_scratch(void *ctx, struct line *l)
{
	return memory_read(ctx, l, PLACE_SCRATCH);
}

static bool read_discard(void *ctx, struct line *l)
{
	return memory_read(ctx, l, PLACE_DISCARD);
}

static bool read_stdin(void *ctx, struct line *l)
{
	struct launch *out = ctx;

	out->stdin_mode = STDIN_NULL;
	return line_choice(l, "null", "an unknown word") && line_end(l);
}

/* The modes that a line names follow the one that no line means. */
static bool read_terminal(void *ctx, struct line *l)
{
	struct launch *out = ctx;

	out->terminal = (enum terminal_mode)line_choice(l, "inherit\0new", "an unknown word");
	return out->terminal && line_end(l);
}

static bool read_observe(void *ctx, struct line *l)
{
	struct launch *out = ctx;

	out->observe = (enum observe_mode)line_choice(l, "denied\0all", "an unknown word");
	return out->observe && line_end(l);
}

/* The variable that is read next: env_keep() counts it. */
static struct env_line *env_next(struct launch *out)
{
	return &out->env[out->n_env];
}

static bool env_keep(struct launch *out, struct line *l)
{
	const struct env_line *e = env_next(out);

	if (!env_name_good(e->name))
		return line_fault(l, "not the name of an environment variable", e->name);
	for (const struct env_line *other = out->env; other < e; other++)
		if (other->kind == e->kind && span_same(other->name, e->name))
			return line_fault(l, "a variable that is given twice", e->name);
	return ++out->n_env <= PLAN_MAX_ENV || line_fault(l, "too many environment variables", e->name);
}

/* A name, or PREFIX*. */
static bool env_names_read(struct launch *out, struct line *l, enum env_kind name, enum env_kind prefix)
{
	struct env_line *e = env_next(out);

	if (!line_last(l, &e->name))
		return false;
	e->kind = name;
	if (e->name.at[e->name.len - 1] == '*') {
		e->kind = prefix;
		e->name.len--;
	}
	return env_keep(out, l);
}

static bool read_env_allow(void *ctx, struct line *l)
{
	return env_names_read(ctx, l, ENV_ALLOW, ENV_ALLOW_PREFIX);
}

static bool read_env_deny(void *ctx, struct line *l)
{
	return env_names_read(ctx, l, ENV_DENY, ENV_DENY_PREFIX);
}

static bool read_env_set(void *ctx, struct line *l)
{
	struct env_line *e = env_next(ctx);

	e->kind = ENV_SET;
	return line_word(l, &e->name) && (line_done(l) || template_read(l, ctx, &e->value)) && env_keep(ctx, l);
}

/* What a param holds for each: a time for processor time, a count for what is counted, else bytes. */
static enum value_type rlimit_type(int row)
{
	if (rlimits[row].resource == RLIMIT_CPU)
		return VALUE_DURATION;
	return rlimits[row].resource == RLIMIT_NOFILE || rlimits[row].resource == RLIMIT_NPROC ? VALUE_COUNT
												: VALUE_SIZE;
}

static bool rlimit_read(struct launch *out, struct line *l, struct rlimit_line *r)
{
	struct span word;

	if (!line_word(l, &word))
		return false;
	for (r->which = 0; r->which < (int)COUNT(rlimits); r->which++)
		if (span_is(word, rlimits[r->which].word))
			return line_amount(out, l, rlimit_type(r->which), 0, INT64_MAX, &r->value);
	return line_fault(l, "not a resource limit", word);
}

static bool read_rlimit(void *ctx, struct line *l)
{
	struct launch *out = ctx;
	struct rlimit_line *r = &out->rlimits[out->n_rlimits];

	if (!rlimit_read(out, l, r) || !line_end(l))
		return false;
	for (const struct rlimit_line *other = out->rlimits; other < r; other++)
		if (other->which == r->which)
			return line_fault(l, "a limit that is given twice", span_of(rlimits[r->which].word));
	out->n_rlimits++; /* as many as there are names, so it fits */
	return true;
}

static bool read_fallback(void *ctx, struct line *l)
{
	struct launch *out = ctx;
	struct rlimit_line *r = &out->fallbacks[out->n_fallbacks];
	const struct guarantee *g;

	if (!rlimit_read(out, l, r) || !line_last(l, &r->cap))
		return false;
	g = launch_guarantee(out, r->cap);
	if (!g || g->required)
		return line_fault(l, "not a preferred guarantee of this plan", r->cap);
	return ++out->n_fallbacks <= PLAN_MAX_FALLBACKS || line_fault(l, "too many fallbacks", r->cap);
}

/* At most ten years, so that no sum with a clock can overflow. */
static bool read_wall(void *ctx, struct line *l)
{
	struct launch *out = ctx;

	return line_amount(out, l, VALUE_DURATION, 1, 10ull * 366 * 24 * 3600 * 1000, &out->wall) &&
	       line_last(l, &out->wall_where);
}

static bool read_output(void *ctx, struct line *l)
{
	struct launch *out = ctx;

	return line_amount(out, l, VALUE_SIZE, 0, INT64_MAX, &out->output) &&
	       line_last(l, &out->output_where);
}

static bool read_notify(void *ctx, struct line *l)
{
	struct launch *out = ctx;

	return line_choice(l, "report", "`report` was expected") && line_last(l, &out->notify_where);
}

static bool read_session(void *ctx, struct line *l)
{
	struct launch *out = ctx;

	out->new_session = true;
	return line_choice(l, "new", "`new` was expected") && line_end(l);
}

/*
 * The number must stay out of the program's reach for ever: it lies beyond the hard limit that is
 * set.
 */
static bool exec_fd_check(const struct conf *c, const struct launch *out)
{
	struct line l = {.conf = c};

	for (unsigned i = 0; i < out->n_rlimits; i++) {
		const struct amount *a = &out->rlimits[i].value;
		uint64_t most = a->param ? out->params[a->param - 1].most : a->value;
		if (out->rlimits[i].which == 0 && most <= (uint64_t)out->exec_fd)
			return true;
	}
	return out->exec_fd < 0 ||
	       line_fault(&l, "exec-fd needs `rlimit nofile` at or below it", (struct span){0});
}

#define LAUNCH_DIRECTIVES(DIRECTIVE) \
	DIRECTIVE(ONCE "policy", read_policy) \
	DIRECTIVE(ONCE "target", read_target) \
	DIRECTIVE(ONCE "arch", read_arch) \
	DIRECTIVE(ONCE "isolate", read_isolate) \
	DIRECTIVE(MAYBE "root", read_root) \
	DIRECTIVE(MAYBE "hostname", read_hostname) \
	DIRECTIVE(MANY "param", read_param) \
	DIRECTIVE(MANY "range", read_range) \
	DIRECTIVE(MAYBE "user", read_user) \
	DIRECTIVE(MANY "guarantee", read_guarantee) \
	DIRECTIVE(MAYBE "entry", read_entry) \
	DIRECTIVE(MAYBE "exec-fd", read_exec_fd) \
	DIRECTIVE(MAYBE "directory", read_directory) \
	DIRECTIVE(MANY "mount", read_mount) \
	DIRECTIVE(MANY "scratch", read_scratch) \
	DIRECTIVE(MANY "discard", read_discard) \
	DIRECTIVE(MANY "env-allow", read_env_allow) \
	DIRECTIVE(MANY "env-deny", read_env_deny) \
	DIRECTIVE(MANY "env-set", read_env_set) \
	DIRECTIVE(MANY "rlimit", read_rlimit) \
	DIRECTIVE(MANY "rlimit-fallback", read_fallback) \
	DIRECTIVE(MAYBE "wall", read_wall) \
	DIRECTIVE(MAYBE "output", read_output) \
	DIRECTIVE(MAYBE "stdin", read_stdin) \
	DIRECTIVE(MAYBE "terminal", read_terminal) \
	DIRECTIVE(MAYBE "observe", read_observe) \
	DIRECTIVE(MAYBE "notify", read_notify) \
	DIRECTIVE(MAYBE "session", read_session)

bool launch_read(const struct conf *c, struct launch *out)
{
	static line_reader *const readers[] = {LAUNCH_DIRECTIVES(DIRECTIVE_READER)};

	out->exec_fd = -1;
	return conf_run(c, LAUNCH_DIRECTIVES(DIRECTIVE_WORD), readers, out, out->id) && exec_fd_check(c, out);
}

/* ---- launch-macos.conf ---- */

static bool read_target_macos(void *ctx, struct line *l)
{
	(void)ctx;
	return line_choice(l, "macos", "not a plan for macos") && line_end(l);
}

/* The lines stand one after the other: they are kept as the bytes from the first to the last. */
static bool read_need(void *ctx, struct line *l)
{
	static const size_t word = sizeof("need ") - 1;
	struct launch *out = ctx;
	const char *start = l->left.at - word;
	struct span missing, where, path;

	if (!line_word(l, &missing) || !line_word(l, &where) || !template_read(l, out, &path))
		return false;
	if (!span_is(missing, "make") && !span_is(missing, "error"))
		return line_fault(l, "`make` or `error` was expected", missing);
	if (!out->needs.at)
		out->needs.at = start;
	out->needs.len = (size_t)(l->left.at + 1 - out->needs.at); /* with the end of the line */
	return true;
}

bool launch_need(struct span *left, struct need *out)
{
	struct span line, word;
	const char *end = left->len ? memchr(left->at, '\n', left->len) : NULL;

	if (!end)
		return false;
	line = (struct span){left->at, (size_t)(end - left->at)};
	left->len -= line.len + 1;
	left->at = end + 1;
	for (int i = 0; i < 3; i++) { /* need, MISSING, WHERE: proved to be there */
		const char *blank = memchr(line.at, ' ', line.len);
		word = (struct span){line.at, (size_t)(blank - line.at)};
		if (i == 1)
			out->make = span_is(word, "make");
		line.len -= word.len + 1;
		line.at = blank + 1;
	}
	out->where = word;
	out->path = line;
	return true;
}

#define MACOS_DIRECTIVES(DIRECTIVE) \
	DIRECTIVE(ONCE "policy", read_policy) \
	DIRECTIVE(ONCE "target", read_target_macos) \
	DIRECTIVE(MANY "param", read_param) \
	DIRECTIVE(MANY "range", read_range) \
	DIRECTIVE(MANY "guarantee", read_guarantee) \
	DIRECTIVE(MAYBE "entry", read_entry) \
	DIRECTIVE(MANY "need", read_need) \
	DIRECTIVE(MAYBE "directory", read_directory) \
	DIRECTIVE(MANY "env-allow", read_env_allow) \
	DIRECTIVE(MANY "env-deny", read_env_deny) \
	DIRECTIVE(MANY "env-set", read_env_set) \
	DIRECTIVE(MANY "rlimit", read_rlimit) \
	DIRECTIVE(MAYBE "wall", read_wall) \
	DIRECTIVE(MAYBE "stdin", read_stdin) \
	DIRECTIVE(ONCE "session", read_session)

bool launch_read_macos(const struct conf *c, struct launch *out)
{
	static line_reader *const readers[] = {MACOS_DIRECTIVES(DIRECTIVE_READER)};

	out->exec_fd = -1;
	return conf_run(c, MACOS_DIRECTIVES(DIRECTIVE_WORD), readers, out, out->id);
}
