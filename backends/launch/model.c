/*
 * model.c - reads launch.conf as strictly as the loader does, and says what it lets through: the
 * environment.
 *
 * What may be started is told by other mechanisms; `entry` and `exec-fd` only say how the loader
 * starts it.
 */
#include "launch.h"

struct model {
	struct plan_reader r;
	struct arena *arena;
	const char **env; /* names and PREFIX*, then the names that are set */
	unsigned n_env;
	unsigned n_guarantees, n_params;
	struct limit_line {
		const char *name;
		bool fallback;
		uint64_t value;
	} * limits;
	unsigned n_limits;
	bool has_entry, has_exec_fd;
	uint64_t exec_fd;
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
static bool next_template(struct model *m, bool variables)
{
	struct text t;
	if (!plan_rest(&m->r, &t.s, &t.n))
		return false;
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
static bool next_set(struct model *m, const char *const *all)
{
	struct text t;
	do {
		if (!next(m, &t))
			return false;
		while (*all && !is(t, *all))
			all++;
		if (!*all++)
			return false;
	} while (!plan_line_done(&m->r));
	return true;
}

/* A value may be empty: then the line ends before it. */
static bool next_value(struct model *m, bool variables)
{
	return plan_line_done(&m->r) || next_template(m, variables);
}

static bool read_policy(struct model *m)
{
	struct text name, version;
	return next(m, &name) && next(m, &version);
}

static bool read_target(struct model *m)
{
	static const char *const words[] = {"linux", NULL};
	return next_one_of(m, words);
}

static bool read_arch(struct model *m)
{
	static const char *const words[] = {"x86_64", "aarch64", NULL};
	return next_set(m, words);
}

static bool read_isolate(struct model *m)
{
	static const char *const words[] = {"user", "pid", "mount",  "net",
					    "ipc",  "uts", "cgroup", NULL};
	static const char *const none[] = {"none", NULL};
	struct plan_reader before = m->r;
	if (next_one_of(m, none))
		return true;
	m->r = before;
	return next_set(m, words);
}

static bool read_param(struct model *m)
{
	static const char *const types[] = {"path", "string",   "port",    "count",
					    "size", "duration", "percent", NULL};
	struct text name, how;
	if (++m->n_params > PLAN_MAX_PARAMS || !next(m, &name) || !next_one_of(m, types) ||
	    !next(m, &how))
		return false;
	return is(how, "required") || (is(how, "default") && next_value(m, false));
}

static bool known_mechanism(struct text t)
{
	static const char *const words[] = {"launch",    "rlimit",     "seccomp",
					    "namespace", "supervisor", NULL};
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
	struct text cap, level, mechanisms, where;
	if (++m->n_guarantees > PLAN_MAX_GUARANTEES || !next(m, &cap) || !next(m, &level) ||
	    !next(m, &mechanisms) || !next(m, &where))
		return false;
	bool preferred = is(level, "preferred");
	if (!known_capability(cap) || (!preferred && !is(level, "required")))
		return false;
	return known_mechanisms(mechanisms) || (preferred && is(mechanisms, "none"));
}

static bool read_entry(struct model *m)
{
	struct text where;
	m->has_entry = true;
	return next(m, &where) && next_template(m, true);
}

static bool read_exec_fd(struct model *m)
{
	m->has_exec_fd = true;
	return m->has_entry && next_number(m, &m->exec_fd) && m->exec_fd < PLAN_MAX_EXEC_FD;
}

static bool add_env(struct model *m, struct text name)
{
	ARENA_GROW(m->arena, m->env, m->n_env);
	m->env[m->n_env++] = arena_strndup(m->arena, name.s, name.n);
	return m->n_env <= PLAN_MAX_ENV;
}

static bool read_env_allow(struct model *m)
{
	struct text name;
	return next(m, &name) && add_env(m, name);
}

static bool read_env_set(struct model *m)
{
	struct text name;
	return next(m, &name) && !memchr(name.s, '*', name.n) && add_env(m, name) &&
	       next_value(m, true);
}

static bool read_limit(struct model *m, bool fallback)
{
	static const char *const words[] = {"nofile", "core",    "fsize", "cpu", "stack",
					    "as",     "memlock", "nproc", NULL};
	struct text name;
	struct limit_line line = {.fallback = fallback};
	if (!next(m, &name) || !is_one_of(name, words) || !next_number(m, &line.value))
		return false;
	line.name = arena_strndup(m->arena, name.s, name.n);
	if (launch_model_rlimit(m, line.name, fallback, &(uint64_t){0}))
		return false;
	ARENA_GROW(m->arena, m->limits, m->n_limits);
	m->limits[m->n_limits++] = line;
	return true;
}

static bool read_rlimit(struct model *m)
{
	return read_limit(m, false);
}

static bool read_rlimit_fallback(struct model *m)
{
	struct text cap;
	return read_limit(m, true) && next(m, &cap) && known_capability(cap);
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

enum { ONCE = 1, REPEATS = 2, NEEDED = 4 };

/* In the order in which they come. */
static const struct directive {
	const char *word;
	unsigned how;
	bool (*read)(struct model *m);
} directives[] = {
    {"policy", ONCE | NEEDED, read_policy},
    {"target", ONCE | NEEDED, read_target},
    {"arch", ONCE | NEEDED, read_arch},
    {"isolate", ONCE | NEEDED, read_isolate},
    {"param", REPEATS, read_param},
    {"guarantee", REPEATS, read_guarantee},
    {"entry", ONCE, read_entry},
    {"exec-fd", ONCE, read_exec_fd},
    {"env-allow", REPEATS, read_env_allow},
    {"env-set", REPEATS, read_env_set},
    {"rlimit", REPEATS, read_rlimit},
    {"rlimit-fallback", REPEATS, read_rlimit_fallback},
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

static bool read_line(struct model *m, unsigned *at)
{
	struct text word;
	if (!plan_line(&m->r) || !next(m, &word))
		return false;
	bool again =
	    *at > 0 && is(word, directives[*at - 1].word) && (directives[*at - 1].how & REPEATS);
	if (again)
		(*at)--;
	while (*at < N_DIRECTIVES && !is(word, directives[*at].word))
		if (directives[(*at)++].how & NEEDED)
			return false;
	if (*at == N_DIRECTIVES)
		return false;
	const struct directive *d = &directives[(*at)++];
	return d->read(m) && plan_line_done(&m->r);
}

/* The number of the entry's descriptor has to lie where the program can own none. */
static bool consistent(const struct model *m)
{
	uint64_t files;
	if (!launch_model_rlimit(m, "nofile", false, &files))
		return false;
	return !m->has_exec_fd || m->exec_fd >= files;
}

void *launch_model_open(struct arena *a, const struct artifact *v, unsigned n, const char **error)
{
	struct model *m = ARENA_NEW(a, struct model);
	unsigned at = 0, line = 1, i = 0;
	m->arena = a;
	while (i < n && strcmp(v[i].name, "launch.conf") != 0)
		i++;
	if (i == n) {
		*error = "launch.conf is missing";
		return NULL;
	}
	m->r = (struct plan_reader){.next = v[i].data, .end = v[i].data + v[i].size};
	bool ok = read_head(m);
	while (ok && at < N_DIRECTIVES) {
		line++;
		ok = read_line(m, &at);
	}
	if (ok && consistent(m))
		return m;
	*error = ok ? "launch.conf: exec-fd lies below the limit on open files, or there is none"
		    : arena_printf(a, "launch.conf:%u: bad line", line);
	return NULL;
}

static bool env_passes(const struct model *m, const char *name)
{
	for (unsigned i = 0; i < m->n_env; i++) {
		size_t len = strlen(m->env[i]);
		bool prefix = len && m->env[i][len - 1] == '*';
		if (prefix ? strncmp(m->env[i], name, len - 1) == 0 : strcmp(m->env[i], name) == 0)
			return true;
	}
	return false;
}

struct model_verdict launch_model_decide(const void *model, struct arena *scratch,
					 const struct request *r)
{
	(void)scratch;
	if (r->op == OP_ENV && !env_passes(model, r->object))
		return (struct model_verdict){.stops = true, .where = "no env line names it"};
	return (struct model_verdict){.stops = false};
}

bool launch_model_rlimit(const void *model, const char *name, bool fallback, uint64_t *out)
{
	const struct model *m = model;
	for (unsigned i = 0; i < m->n_limits; i++)
		if (m->limits[i].fallback == fallback && strcmp(m->limits[i].name, name) == 0) {
			*out = m->limits[i].value;
			return true;
		}
	return false;
}
