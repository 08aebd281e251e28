/*
 * model.c - reads launch.conf, or launch-macos.conf, as strictly as the loader does, and says what it lets through: the
 * environment.
 *
 * What may be started is told by other mechanisms; `entry` and `exec-fd` only say how the loader
 * starts it.
 */
#include "launch.h"

struct model {
	struct launch_read read; /* what the lines say */
	struct plan_reader r;
	struct arena *arena;
	const char **env; /* names and PREFIX*, then the names that are set */
	unsigned n_env;
};

struct text {
	const char *s;
	size_t n;
};

static bool is(struct text t, const char *word)
{
	return strlen(word) == t.n && memcmp(t.s, word, t.n) == 0;
}

static bool is_one_of(struct text t, const char *const *words)
{
	for (; *words; words++)
		if (is(t, *words))
			return true;
	return false;
}

static bool next(struct model *m, struct text *out)
{
	return plan_word(&m->r, &out->s, &out->n);
}

/* The next word, kept. */
static bool next_kept(struct model *m, const char **out)
{
	struct text t;
	if (!next(m, &t))
		return false;
	*out = arena_strndup(m->arena, t.s, t.n);
	return true;
}

static bool next_one_of(struct model *m, const char *const *words)
{
	struct text t;
	return next(m, &t) && is_one_of(t, words);
}

static bool next_number(struct model *m, uint64_t *out)
{
	struct text t;
	return next(m, &t) && (t.n == 1 || t.s[0] != '0') && parse_u64(t.s, t.n, INT64_MAX, out);
}

/* The range of this param, or NULL: then nothing may count with it. */
static const struct launch_range *range_of(const struct model *m, const char *name)
{
	for (unsigned i = 0; i < m->read.n_ranges; i++)
		if (strcmp(m->read.ranges[i].name, name) == 0)
			return &m->read.ranges[i];
	return NULL;
}

static const char *type_of(const struct model *m, const char *name)
{
	for (unsigned i = 0; i < m->read.n_params; i++)
		if (strcmp(m->read.params[i].name, name) == 0)
			return m->read.params[i].type;
	return NULL;
}

/* A number, or ${name} of a param of the type whose range lies in these bounds. */
static bool next_amount(struct model *m, const char *type, uint64_t least, uint64_t most, struct launch_number *out)
{
	struct plan_reader before = m->r;
	struct text t;
	if (!next(m, &t))
		return false;
	if (t.s[0] != '$') {
		m->r = before;
		return next_number(m, &out->value) && out->value >= least && out->value <= most;
	}
	if (t.n < 4 || t.s[1] != '{' || t.s[t.n - 1] != '}')
		return false;
	out->param = arena_strndup(m->arena, t.s + 2, t.n - 3);
	const char *has = type_of(m, out->param);
	const struct launch_range *range = range_of(m, out->param);
	return has && strcmp(has, type) == 0 && range && range->least >= least && range->most <= most;
}

static bool low_hex(const char *s)
{
	const char *digits = "0123456789abcdef";
	const char *hi = strchr(digits, s[0]), *lo = strchr(digits, s[1]);
	if (!hi || !lo)
		return false;
	long byte = (hi - digits) * 16 + (lo - digits);
	return (byte > 0 && byte < 0x20) || byte == 0x7f;
}

/* The length of the escape or variable at the start of the text, 0 when it is none. */
static size_t special_length(struct text t, bool variables)
{
	if (t.s[0] == '$') {
		const char *close = memchr(t.s, '}', t.n);
		bool named = variables && close && close > t.s + 2 && t.s[1] == '{';
		return named ? (size_t)(close - t.s + 1) : 0;
	}
	if (t.n >= 2 && (t.s[1] == '\\' || t.s[1] == '$'))
		return 2;
	return t.n >= 4 && t.s[1] == 'x' && low_hex(t.s + 2) ? 4 : 0;
}

/* The rest of the line is a template; only its escapes are looked at. */
static bool next_template(struct model *m, bool variables, const char **out)
{
	struct text t;
	if (!plan_rest(&m->r, &t.s, &t.n))
		return false;
	*out = arena_strndup(m->arena, t.s, t.n);
	while (t.n) {
		size_t step = *t.s == '$' || *t.s == '\\' ? special_length(t, variables) : 1;
		if (!step)
			return false;
		t.s += step;
		t.n -= step;
	}
	return true;
}

/* Words of `all` in that order, each at most once, at least one, to the end of the line. */
static bool next_set(struct model *m, const char *const *all, unsigned n, uint32_t *bits)
{
	struct text t;
	unsigned at = 0;
	do {
		if (!next(m, &t))
			return false;
		while (at < n && !is(t, all[at]))
			at++;
		if (at == n)
			return false;
		*bits |= 1u << at++;
	} while (!plan_line_done(&m->r));
	return true;
}

/* A value may be empty: then the line ends before it. */
static bool next_value(struct model *m, bool variables, const char **out)
{
	*out = "";
	return plan_line_done(&m->r) || next_template(m, variables, out);
}

static bool read_policy(struct model *m)
{
	return next_kept(m, &m->read.name) && next_kept(m, &m->read.version);
}

static bool read_target(struct model *m)
{
	const char *const words[] = {target_name[m->read.target], NULL};
	return next_one_of(m, words);
}

static bool read_arch(struct model *m)
{
	return next_set(m, arch_name, ARCH_COUNT, &m->read.arches) &&
	       m->read.arches == arch_machines(m->read.arches);
}

static bool read_isolate(struct model *m)
{
	static const char *const none[] = {"none", NULL};
	struct plan_reader before = m->r;
	if (next_one_of(m, none))
		return true;
	m->r = before;
	return next_set(m, isolate_name, ISOLATE_COUNT, &m->read.isolate);
}

static bool read_hostname(struct model *m)
{
	return next_kept(m, &m->read.hostname);
}

static bool read_user(struct model *m)
{
	m->read.user_set = true;
	return next_amount(m, "count", 0, UINT32_MAX - UINT64_C(1), &m->read.user);
}

/* One of the words but the first, which is what no line means. */
static bool read_choice(struct model *m, enum choice c)
{
	const char *word;
	if (!next_kept(m, &word))
		return false;
	m->read.choices[c] = word;
	for (unsigned v = 1; v < CHOICE_MAX_WORDS && choice_word[c][v]; v++)
		if (strcmp(choice_word[c][v], word) == 0)
			return true;
	return false;
}

static bool read_root(struct model *m)
{
	return read_choice(m, CHOICE_ROOT);
}

static bool read_stdin(struct model *m)
{
	return read_choice(m, CHOICE_STDIN);
}

static bool read_terminal(struct model *m)
{
	return read_choice(m, CHOICE_TERMINAL);
}

static bool read_observe(struct model *m)
{
	return read_choice(m, CHOICE_OBSERVE);
}

static bool read_directory(struct model *m)
{
	return next_kept(m, &m->read.directory_where) && next_template(m, true, &m->read.directory);
}

static bool add_place(struct model *m, struct launch_places *places, struct launch_place p)
{
	if (!next_kept(m, &p.where) || !next_template(m, true, &p.at) ||
	    m->read.mounts.n + m->read.scratches.n + m->read.discards.n >= PLAN_MAX_PLACES)
		return false;
	ARENA_GROW(m->arena, places->v, places->n);
	places->v[places->n++] = p;
	return true;
}

/* A template in which each blank is written \x20. */
static bool next_source(struct model *m, const char **out)
{
	struct text t;
	if (!next(m, &t))
		return false;
	*out = arena_strndup(m->arena, t.s, t.n);
	while (t.n) {
		bool blank = t.n >= 4 && memcmp(t.s, "\\x20", 4) == 0;
		size_t step = *t.s == '$' || *t.s == '\\' ? special_length(t, true) : 1;
		step = blank ? 4 : step;
		if (!step)
			return false;
		t.s += step;
		t.n -= step;
	}
	return true;
}

static bool read_mount(struct model *m)
{
	struct launch_place p = {.where = NULL};
	struct text t;
	if (!next(m, &t))
		return false;
	p.rw = is(t, "rw");
	if (!p.rw && !is(t, "ro"))
		return false;
	return next_source(m, &p.source) && add_place(m, &m->read.mounts, p);
}

static bool read_scratch(struct model *m)
{
	struct launch_place p = {.where = NULL};
	return next_amount(m, "size", 4096, INT64_MAX, &p.size) && add_place(m, &m->read.scratches, p);
}

static bool read_discard(struct model *m)
{
	struct launch_place p = {.where = NULL};
	return next_amount(m, "size", 4096, INT64_MAX, &p.size) && add_place(m, &m->read.discards, p);
}

static bool read_param(struct model *m)
{
	static const char *const types[] = {"path", "string",   "port",    "count",
					    "size", "duration", "percent", NULL};
	struct launch_param p = {.value = NULL};
	struct text how;
	if (m->read.n_params == PLAN_MAX_PARAMS || !next_kept(m, &p.name) ||
	    !next_kept(m, &p.type) || !next(m, &how))
		return false;
	bool known = is_one_of((struct text){p.type, strlen(p.type)}, types);
	bool good = is(how, "required") || (is(how, "default") && next_value(m, false, &p.value));
	ARENA_GROW(m->arena, m->read.params, m->read.n_params);
	m->read.params[m->read.n_params++] = p;
	return known && good;
}

static bool read_range(struct model *m)
{
	struct launch_range r = {.name = NULL};
	bool good = next_kept(m, &r.name) && type_of(m, r.name) && !range_of(m, r.name) && next_number(m, &r.least) &&
		    next_number(m, &r.most) && r.least <= r.most && next_kept(m, &r.where);
	ARENA_GROW(m->arena, m->read.ranges, m->read.n_ranges);
	m->read.ranges[m->read.n_ranges++] = r;
	return good;
}

static bool known_mechanism(struct text t)
{
	static const char *const words[] = {"launch",    "rlimit",     "seccomp",
					    "namespace", "supervisor", "seatbelt", NULL};
	uint64_t abi;
	if (t.n > 9 && memcmp(t.s, "landlock:", 9) == 0)
		return parse_u64(t.s + 9, t.n - 9, 1000, &abi) && abi > 0;
	return is_one_of(t, words) || (t.n > 7 && memcmp(t.s, "cgroup:", 7) == 0);
}

static bool known_mechanisms(struct text t)
{
	for (const char *end = t.s + t.n; t.s <= end;) {
		const char *plus = memchr(t.s, '+', (size_t)(end - t.s));
		const char *stop = plus ? plus : end;
		if (!known_mechanism((struct text){t.s, (size_t)(stop - t.s)}))
			return false;
		t.s = stop + 1;
	}
	return true;
}

static bool known_capability(struct text t)
{
	for (unsigned c = 0; c < CAP_COUNT; c++)
		if (is(t, cap_name[c]))
			return true;
	return false;
}

static bool read_guarantee(struct model *m)
{
	struct text cap, level, mechanisms;
	struct launch_guarantee g = {.cap = NULL};
	if (m->read.n_guarantees == PLAN_MAX_GUARANTEES || !next(m, &cap) || !next(m, &level) ||
	    !next(m, &mechanisms) || !next_kept(m, &g.where))
		return false;
	g.preferred = is(level, "preferred");
	g.cap = arena_strndup(m->arena, cap.s, cap.n);
	g.mechanisms = arena_strndup(m->arena, mechanisms.s, mechanisms.n);
	ARENA_GROW(m->arena, m->read.guarantees, m->read.n_guarantees);
	m->read.guarantees[m->read.n_guarantees++] = g;
	if (!known_capability(cap) || (!g.preferred && !is(level, "required")))
		return false;
	return known_mechanisms(mechanisms) || (g.preferred && is(mechanisms, "none"));
}

static bool read_entry(struct model *m)
{
	return next_kept(m, &m->read.entry_where) && next_template(m, true, &m->read.entry);
}

static bool read_need(struct model *m)
{
	struct launch_need need = {.missing = NULL};
	if (!next_kept(m, &need.missing) || !next_kept(m, &need.where) || !next_template(m, true, &need.path))
		return false;
	ARENA_GROW(m->arena, m->read.needs, m->read.n_needs);
	m->read.needs[m->read.n_needs++] = need;
	return strcmp(need.missing, "make") == 0 || strcmp(need.missing, "error") == 0;
}

static bool read_exec_fd(struct model *m)
{
	uint64_t fd;
	if (!m->read.entry || !next_number(m, &fd) || fd >= PLAN_MAX_EXEC_FD)
		return false;
	m->read.exec_fd = (int)fd;
	return true;
}

static bool add_env(struct model *m, const char *name)
{
	ARENA_GROW(m->arena, m->env, m->n_env);
	m->env[m->n_env++] = name;
	return m->n_env + m->read.n_denies <= PLAN_MAX_ENV;
}

static bool read_env_allow(struct model *m)
{
	const char *name;
	if (!next_kept(m, &name))
		return false;
	ARENA_GROW(m->arena, m->read.allows, m->read.n_allows);
	m->read.allows[m->read.n_allows++] = name;
	return add_env(m, name);
}

static bool read_env_deny(struct model *m)
{
	const char *name;
	if (!next_kept(m, &name))
		return false;
	ARENA_GROW(m->arena, m->read.denies, m->read.n_denies);
	m->read.denies[m->read.n_denies++] = name;
	return m->n_env + m->read.n_denies <= PLAN_MAX_ENV;
}

static bool read_env_set(struct model *m)
{
	struct launch_set set = {.name = NULL};
	if (!next_kept(m, &set.name) || strchr(set.name, '*') || !add_env(m, set.name) ||
	    !next_value(m, true, &set.value))
		return false;
	ARENA_GROW(m->arena, m->read.sets, m->read.n_sets);
	m->read.sets[m->read.n_sets++] = set;
	return true;
}

/* What a param of each counts: descriptors and processes, milliseconds, bytes. */
static const char *rlimit_type(const char *name)
{
	static const char *const counts[] = {"nofile", "nproc", NULL}, *const times[] = {"cpu", NULL},
	    *const sizes[] = {"core", "fsize", "stack", "as", "memlock", NULL};
	struct text t = {name, strlen(name)};
	if (is_one_of(t, counts))
		return "count";
	return is_one_of(t, times) ? "duration" : is_one_of(t, sizes) ? "size" : NULL;
}

static bool read_limit(struct model *m, bool fallback)
{
	struct launch_limit line = {.cap = NULL};
	struct launch_number twice;
	const char *type = next_kept(m, &line.name) ? rlimit_type(line.name) : NULL;
	if (!type || !next_amount(m, type, 0, INT64_MAX, &line.value) ||
	    launch_model_rlimit(m, line.name, fallback, &twice))
		return false;
	if (fallback && !next_kept(m, &line.cap))
		return false;
	ARENA_GROW(m->arena, m->read.limits, m->read.n_limits);
	m->read.limits[m->read.n_limits++] = line;
	return !fallback || known_capability((struct text){line.cap, strlen(line.cap)});
}

static bool read_rlimit(struct model *m)
{
	return read_limit(m, false);
}

static bool read_rlimit_fallback(struct model *m)
{
	return read_limit(m, true);
}

static bool read_wall(struct model *m)
{
	return next_amount(m, "duration", 1, INT64_MAX, &m->read.wall) && next_kept(m, &m->read.wall_where);
}

static bool read_output(struct model *m)
{
	return next_amount(m, "size", 0, INT64_MAX, &m->read.output) && next_kept(m, &m->read.output_where);
}

static bool read_notify(struct model *m)
{
	static const char *const words[] = {"report", NULL};
	return next_one_of(m, words) && next_kept(m, &m->read.notify_where);
}

static bool read_session(struct model *m)
{
	static const char *const words[] = {"new", NULL};
	return next_one_of(m, words);
}

static bool read_end(struct model *m)
{
	return m->r.next == m->r.end;
}

enum { ONCE = 1, REPEATS = 2, NEEDED = 4, LINUX = 8, MACOS = 16 /* of one system alone */ };

/* In the order in which they come. */
static const struct directive {
	const char *word;
	unsigned how;
	bool (*read)(struct model *m);
} directives[] = {
    {"policy", ONCE | NEEDED, read_policy},
    {"target", ONCE | NEEDED, read_target},
    {"arch", ONCE | NEEDED | LINUX, read_arch},
    {"isolate", ONCE | NEEDED | LINUX, read_isolate},
    {"root", ONCE | LINUX, read_root},
    {"hostname", ONCE | LINUX, read_hostname},
    {"param", REPEATS, read_param},
    {"range", REPEATS, read_range},
    {"user", ONCE | LINUX, read_user},
    {"guarantee", REPEATS, read_guarantee},
    {"entry", ONCE, read_entry},
    {"need", REPEATS | MACOS, read_need},
    {"exec-fd", ONCE | LINUX, read_exec_fd},
    {"directory", ONCE, read_directory},
    {"mount", REPEATS | LINUX, read_mount},
    {"scratch", REPEATS | LINUX, read_scratch},
    {"discard", REPEATS | LINUX, read_discard},
    {"env-allow", REPEATS, read_env_allow},
    {"env-deny", REPEATS, read_env_deny},
    {"env-set", REPEATS, read_env_set},
    {"rlimit", REPEATS, read_rlimit},
    {"rlimit-fallback", REPEATS | LINUX, read_rlimit_fallback},
    {"wall", ONCE, read_wall},
    {"output", ONCE | LINUX, read_output},
    {"stdin", ONCE, read_stdin},
    {"terminal", ONCE | LINUX, read_terminal},
    {"observe", ONCE | LINUX, read_observe},
    {"notify", ONCE | LINUX, read_notify},
    {"session", ONCE | NEEDED, read_session},
    {"end", ONCE | NEEDED, read_end},
};
enum { N_DIRECTIVES = sizeof(directives) / sizeof(directives[0]) };

static bool read_head(struct model *m)
{
	struct text kind, version, id;
	if (!plan_line(&m->r) || !next(m, &kind) || !next(m, &version) || !next(m, &id) ||
	    !plan_line_done(&m->r))
		return false;
	if (!is(kind, "sbx-launch") || !is(version, "1") || id.n != PLAN_ID_LEN)
		return false;
	for (size_t i = 0; i < id.n; i++)
		if (!strchr("0123456789abcdef", id.s[i]))
			return false;
	return true;
}

/* A directive of the other system. */
static bool is_other(const struct model *m, unsigned at)
{
	return directives[at].how & (m->read.target == TARGET_MACOS ? LINUX : MACOS);
}

static bool read_line(struct model *m, unsigned *at)
{
	struct text word;
	if (!plan_line(&m->r) || !next(m, &word))
		return false;
	bool again =
	    *at > 0 && is(word, directives[*at - 1].word) && (directives[*at - 1].how & REPEATS);
	if (again)
		(*at)--;
	while (*at < N_DIRECTIVES && (!is(word, directives[*at].word) || is_other(m, *at))) {
		if ((directives[*at].how & NEEDED) && !is_other(m, *at))
			return false;
		(*at)++;
	}
	if (*at == N_DIRECTIVES)
		return false;
	const struct directive *d = &directives[(*at)++];
	return d->read(m) && plan_line_done(&m->r);
}

/* The number of the entry's descriptor has to lie where the program can own none. */
static bool consistent(const struct model *m)
{
	struct launch_number files;
	if (m->read.exec_fd < 0)
		return true;
	if (!launch_model_rlimit(m, "nofile", false, &files))
		return false;
	return (uint64_t)m->read.exec_fd >= (files.param ? range_of(m, files.param)->most : files.value);
}

static bool isolates(const struct model *m, enum isolate view)
{
	return m->read.isolate & ISOLATE_BIT(view);
}

/* What needs a view stands only where `isolate` makes it. */
static bool views_agree(const struct model *m)
{
	const struct launch_read *r = &m->read;
	bool places = r->choices[CHOICE_ROOT] || r->mounts.n || r->scratches.n || r->discards.n;
	return (!places || isolates(m, ISOLATE_MOUNT)) &&
	       (!r->hostname || isolates(m, ISOLATE_UTS)) &&
	       (!r->user_set || isolates(m, ISOLATE_USER));
}

void *launch_model_open(struct arena *a, const struct artifact *v, unsigned n, enum target t,
			const char **error)
{
	const char *name = launch_file[t];
	struct model *m = ARENA_NEW(a, struct model);
	unsigned at = 0, line = 1, i = 0;
	m->arena = a;
	m->read.target = t;
	m->read.exec_fd = -1;
	while (i < n && strcmp(v[i].name, name) != 0)
		i++;
	if (i == n) {
		*error = arena_printf(a, "%s is missing", name);
		return NULL;
	}
	m->r = (struct plan_reader){.next = v[i].data, .end = v[i].data + v[i].size};
	bool ok = read_head(m);
	while (ok && at < N_DIRECTIVES) {
		line++;
		ok = read_line(m, &at);
	}
	if (ok && consistent(m) && views_agree(m))
		return m;
	*error = ok ? arena_printf(a,
				   "%s: exec-fd lies below the limit on open files, or a line needs a "
				   "view that `isolate` does not name",
				   name)
		    : arena_printf(a, "%s:%u: bad line", name, line);
	return NULL;
}

static bool names_it(const char *pattern, const char *name)
{
	size_t len = strlen(pattern);
	bool prefix = len && pattern[len - 1] == '*';
	return prefix ? strncmp(pattern, name, len - 1) == 0 : strcmp(pattern, name) == 0;
}

/* docs/plan.md, Environment: these pass an env-allow that spells them out, and no prefix. */
static bool spelled_only(const char *name)
{
	static const char *const begins[] = {"LD_", "DYLD_"};
	for (unsigned i = 0; i < 2; i++)
		if (strncmp(name, begins[i], strlen(begins[i])) == 0)
			return true;
	return strcmp(name, "GLIBC_TUNABLES") == 0;
}

/* What is set is there whatever the caller's environment may bring. */
static bool env_passes(const struct model *m, const char *name)
{
	bool passes = false, set = false;
	for (unsigned i = 0; i < m->n_env; i++)
		passes |= spelled_only(name) ? strcmp(m->env[i], name) == 0 : names_it(m->env[i], name);
	for (unsigned i = 0; i < m->read.n_denies; i++)
		passes &= !names_it(m->read.denies[i], name);
	for (unsigned i = 0; i < m->read.n_sets; i++)
		set |= strcmp(m->read.sets[i].name, name) == 0;
	return passes || set;
}

struct model_verdict launch_model_decide(const void *model, struct arena *scratch,
					 const struct request *r)
{
	(void)scratch;
	if (r->op == OP_ENV && !env_passes(model, r->object))
		return (struct model_verdict){.stops = true, .where = "no env line names it"};
	return (struct model_verdict){.stops = false};
}

const struct launch_read *launch_model_read(const void *model)
{
	return &((const struct model *)model)->read;
}

bool launch_model_rlimit(const void *model, const char *name, bool fallback, struct launch_number *out)
{
	const struct launch_read *read = launch_model_read(model);
	for (unsigned i = 0; i < read->n_limits; i++) {
		const struct launch_limit *l = &read->limits[i];
		if ((l->cap != NULL) != fallback || strcmp(l->name, name) != 0)
			continue;
		*out = l->value;
		return true;
	}
	return false;
}
