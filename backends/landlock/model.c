/*
 * model.c - reads landlock.conf, as strictly as the loader does, and more: a line that gives half
 * an operation or a right that no operation means is refused, because no question about operations
 * would find it.
 */
#include "model.h"
#include "../../compiler/str.h"

struct word {
	const char *text;
	uint32_t bit;
};
#define RIGHT(id, word, bit, abi, on_files) {word, 1u << (bit)},
static const struct word fs_words[] = {PLAN_FS_RIGHTS(RIGHT){NULL, 0}};
static const struct word net_words[] = {PLAN_NET_RIGHTS(RIGHT){NULL, 0}};
static const struct word scope_words[] = {PLAN_SCOPES(RIGHT){NULL, 0}};
#undef RIGHT

/* Sets of rights that only make sense whole: to change, to make and to remove. */
static const uint32_t whole[] = {
    LL_FS_WRITE_FILE | LL_FS_TRUNCATE,
    LL_FS_MAKE_DIR | LL_FS_MAKE_REG | LL_FS_MAKE_FIFO | LL_FS_MAKE_SYM,
    LL_FS_REMOVE_DIR | LL_FS_REMOVE_FILE,
};
static const uint32_t move_ops = LL_FS_MAKE_REG | LL_FS_REMOVE_FILE;
static const uint32_t device_nodes = LL_FS_MAKE_CHAR | LL_FS_MAKE_BLOCK;

struct reading {
	struct plan_reader r;
	struct arena *arena;
	struct model *m;
	unsigned line;
	const char *error;
};

static bool fail(struct reading *s, const char *what)
{
	if (!s->error)
		s->error = arena_printf(s->arena, "landlock.conf:%u: %s", s->line, what);
	return false;
}

static bool word_is(const char *w, size_t n, const char *text)
{
	return strlen(text) == n && memcmp(w, text, n) == 0;
}

/* Takes the right with this name; rights come in the order of the table, each once. */
static bool take_right(const struct word *words, const char *w, size_t n, uint32_t *bits)
{
	for (; words->text; words++)
		if (word_is(w, n, words->text) && *bits < words->bit) {
			*bits |= words->bit;
			return true;
		}
	return false;
}

/* The rest of the line, words of the table. */
static bool read_handled(struct reading *s, const struct word *words, uint32_t *bits)
{
	const char *w;
	size_t n;
	do {
		if (!plan_word(&s->r, &w, &n) || !take_right(words, w, n, bits))
			return fail(s, "bad list of rights");
	} while (!plan_line_done(&s->r));
	return true;
}

/* One word: RIGHT,RIGHT... all of them handled. */
static bool read_rights(struct reading *s, const struct word *words, uint32_t handled,
			uint32_t *bits)
{
	const char *w;
	size_t n;
	*bits = 0;
	if (!plan_word(&s->r, &w, &n))
		return fail(s, "no rights");
	for (const char *end = w + n; w <= end;) {
		const char *comma = memchr(w, ',', (size_t)(end - w));
		const char *stop = comma ? comma : end;
		if (!take_right(words, w, (size_t)(stop - w), bits))
			return fail(s, "bad rights");
		w = stop + 1;
	}
	return (*bits & ~handled) ? fail(s, "a right that is not handled") : true;
}

static bool whole_operations(uint32_t rights)
{
	for (unsigned i = 0; i < sizeof(whole) / sizeof(whole[0]); i++)
		if ((rights & whole[i]) && (rights & whole[i]) != whole[i])
			return false;
	bool moves = rights & move_ops;
	if ((rights & LL_FS_MAKE_SOCK) && !(rights & LL_FS_MAKE_REG))
		return false;
	return moves == ((rights & LL_FS_REFER) != 0) && !(rights & device_nodes);
}

static bool name_ok(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool upper = (s[i] >= 'A' && s[i] <= 'Z') || s[i] == '_';
		bool lower = (s[i] >= 'a' && s[i] <= 'z') || (s[i] >= '0' && s[i] <= '9') ||
			     s[i] == '-' || s[i] == '_';
		if (!upper && !lower)
			return false;
	}
	return n > 0;
}

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/* Length of the escape or variable at s, or 0 when it is none. */
static size_t piece_length(const char *s, size_t n)
{
	if (s[0] == '$') {
		const char *close = n > 2 && s[1] == '{' ? memchr(s, '}', n) : NULL;
		return close && name_ok(s + 2, (size_t)(close - s - 2)) ? (size_t)(close - s + 1)
									: 0;
	}
	if (n >= 2 && (s[1] == '\\' || s[1] == '$'))
		return 2;
	if (n < 4 || s[1] != 'x' || !is_hex(s[2]) || !is_hex(s[3]))
		return 0;
	bool low = (s[2] == '0' || s[2] == '1') && !(s[2] == '0' && s[3] == '0');
	return low || (s[2] == '7' && s[3] == 'f') ? 4 : 0;
}

static bool read_template(struct reading *s, const char **out)
{
	const char *t;
	size_t n;
	if (!plan_rest(&s->r, &t, &n))
		return fail(s, "no path");
	for (size_t i = 0; i < n;) {
		size_t step = t[i] == '$' || t[i] == '\\' ? piece_length(t + i, n - i) : 1;
		if (!step)
			return fail(s, "bad escape or variable");
		if (t[i] == '$')
			s->m->has_vars = true;
		i += step;
	}
	*out = arena_strndup(s->arena, t, n);
	return true;
}

static void add_line(struct reading *s, struct model_lines *lines, struct model_line line)
{
	ARENA_GROW(s->arena, lines->v, lines->n);
	lines->v[lines->n++] = line;
}

static bool read_where(struct reading *s, const char **out)
{
	const char *w;
	size_t n;
	if (!plan_word(&s->r, &w, &n))
		return fail(s, "a word is missing");
	*out = arena_strndup(s->arena, w, n);
	return true;
}

/* The place of the next word among the words. */
static bool read_choice(struct reading *s, const char *const *words, unsigned *out)
{
	const char *w;
	size_t n;
	if (plan_word(&s->r, &w, &n))
		for (*out = 0; words[*out]; ++*out)
			if (word_is(w, n, words[*out]))
				return true;
	return fail(s, "unknown word");
}

static bool read_handle_fs(struct reading *s)
{
	return read_handled(s, fs_words, &s->m->fs);
}

static bool read_handle_net(struct reading *s)
{
	return read_handled(s, net_words, &s->m->net);
}

static bool read_scope(struct reading *s)
{
	return read_handled(s, scope_words, &s->m->scopes);
}

static bool read_place(struct reading *s, struct model_lines *lines, struct model_line line)
{
	if (!read_rights(s, fs_words, s->m->fs, &line.rights) || !read_where(s, &line.where) ||
	    !read_template(s, &line.tmpl))
		return false;
	add_line(s, lines, line);
	return true;
}

static bool read_entry(struct reading *s)
{
	static const uint32_t start = LL_FS_EXECUTE | LL_FS_READ_FILE;
	if (!read_place(s, &s->m->entry, (struct model_line){0}))
		return false;
	return s->m->entry.v[0].rights == start || fail(s, "the entry is started and nothing else");
}

static bool read_path(struct reading *s)
{
	static const char *const missing[] = {"error", "skip", "make", NULL};
	static const char *const links[] = {"follow", "nofollow", NULL};
	struct model_lines *paths = &s->m->paths;
	unsigned m, l;
	if (!read_choice(s, missing, &m) || !read_choice(s, links, &l))
		return false;
	struct model_line line = {.missing = (enum model_missing)m, .nofollow = l == 1};
	if (!read_place(s, paths, line))
		return false;
	return whole_operations(paths->v[paths->n - 1].rights) ||
	       fail(s, "half an operation is given");
}

static bool glob_ok(const char *glob)
{
	size_t n = strlen(glob), stars = 0;
	for (const char *c = glob; *c; c++) {
		stars += *c == '*';
		if (strchr("/?[]{}\\$\"", *c) || (*c == '*' && c[1] == '*'))
			return false;
	}
	return n > stars && n <= 255 && strcmp(glob, ".") != 0 && strcmp(glob, "..") != 0;
}

static bool read_glob(struct reading *s)
{
	struct model_line line = {.tmpl = NULL};
	if (!read_rights(s, fs_words, s->m->fs, &line.rights) || !read_where(s, &line.where) ||
	    !read_where(s, &line.glob) || !read_template(s, &line.tmpl))
		return false;
	add_line(s, &s->m->globs, line);
	return (glob_ok(line.glob) || fail(s, "no pattern")) &&
	       (whole_operations(line.rights) || fail(s, "half an operation is given"));
}

static bool read_assert(struct reading *s)
{
	return read_place(s, &s->m->asserts, (struct model_line){0});
}

/* A template as one word: each blank of it is written \x20. */
static bool read_hole(struct reading *s, const char **out)
{
	const char *w;
	struct buf b = buf_new(s->arena);
	if (!read_where(s, &w))
		return false;
	for (size_t n = strlen(w), step; n > 0; w += step, n -= step) {
		bool blank = n >= 4 && memcmp(w, "\\x20", 4) == 0;
		step = blank ? 4 : *w == '$' || *w == '\\' ? piece_length(w, n) : 1;
		if (!step)
			return fail(s, "bad escape or variable");
		s->m->has_vars |= *w == '$';
		buf_puts(&b, blank ? " " : arena_strndup(s->arena, w, step));
	}
	*out = buf_str(&b);
	return true;
}

static bool read_assert_outside(struct reading *s)
{
	struct model_line line = {.tmpl = NULL};
	const char *w;
	uint64_t n;
	if (!read_rights(s, fs_words, s->m->fs, &line.rights) || !read_where(s, &line.where) || !read_where(s, &w))
		return false;
	if (!parse_u64(w, strlen(w), PLAN_MAX_LINE, &n) || n == 0 || w[0] == '0')
		return fail(s, "no number of places");
	line.holes = ARENA_ARRAY(s->arena, n, const char *);
	for (; line.n_holes < n; line.n_holes++)
		if (!read_hole(s, &line.holes[line.n_holes]))
			return false;
	if (!read_template(s, &line.tmpl))
		return false;
	add_line(s, &s->m->outsides, line);
	return true;
}

const char *const model_how_words[] = {"hide", "rw", "ro", "rw,noexec", "ro,noexec", NULL};
const unsigned model_hows[] = {MODEL_HIDE, 0, MODEL_RO, MODEL_NOEXEC, MODEL_RO | MODEL_NOEXEC};

static bool read_cover(struct reading *s)
{
	struct model_line line = {.tmpl = NULL};
	unsigned i;
	if (!read_choice(s, model_how_words, &i) || !read_where(s, &line.where) ||
	    !read_template(s, &line.tmpl))
		return false;
	line.how = model_hows[i];
	add_line(s, &s->m->covers, line);
	return true;
}

static bool read_mask(struct reading *s)
{
	struct model_line line = {.tmpl = NULL};
	unsigned i;
	if (!read_choice(s, model_how_words, &i) || !read_where(s, &line.where) || !read_where(s, &line.glob) ||
	    !read_template(s, &line.tmpl))
		return false;
	line.how = model_hows[i];
	add_line(s, &s->m->masks, line);
	return (line.how || fail(s, "a mask that takes nothing")) && (glob_ok(line.glob) || fail(s, "no pattern"));
}

static bool take_port(struct reading *s, const struct model_line *line)
{
	uint64_t port;
	size_t n = strlen(line->tmpl);
	if (line->tmpl[0] == '$') {
		if (piece_length(line->tmpl, n) != n)
			return fail(s, "bad port");
		const char *name = arena_strndup(s->arena, line->tmpl + 2, n - 3);
		add_line(s, &s->m->port_vars,
			 (struct model_line){.tmpl = name, .rights = line->rights});
		return true;
	}
	if (!parse_u64(line->tmpl, n, UINT16_MAX, &port) || (n > 1 && line->tmpl[0] == '0'))
		return fail(s, "bad port");
	if (s->m->port_rights[port])
		return fail(s, "a port has two lines");
	s->m->port_rights[port] = (uint8_t)line->rights;
	return true;
}

static bool read_port(struct reading *s)
{
	struct model_line line = {.tmpl = NULL};
	if (!read_rights(s, net_words, s->m->net, &line.rights))
		return false;
	/* the port is one word, like the place after it */
	if (!read_where(s, &line.tmpl) || !read_where(s, &line.where))
		return false;
	add_line(s, &s->m->ports, line);
	return take_port(s, &line);
}

static bool read_assert_port(struct reading *s)
{
	struct model_line line = {.tmpl = NULL};
	uint64_t port;
	if (!read_rights(s, net_words, s->m->net, &line.rights) || !read_where(s, &line.tmpl) || !read_where(s, &line.where))
		return false;
	size_t n = strlen(line.tmpl);
	bool var = line.tmpl[0] == '$' && piece_length(line.tmpl, n) == n;
	if (!var && (!parse_u64(line.tmpl, n, UINT16_MAX, &port) || (n > 1 && line.tmpl[0] == '0')))
		return fail(s, "bad port");
	s->m->has_vars |= var || s->m->port_vars.n;
	add_line(s, &s->m->assert_ports, line);
	return true;
}

static bool read_end(struct reading *s)
{
	return s->r.next == s->r.end || fail(s, "something stands after `end`");
}

/* In the order in which they may come. */
static const struct directive {
	const char *word;
	bool repeats;
	bool (*read)(struct reading *s);
} directives[] = {
    {"handle-fs", false, read_handle_fs},
    {"handle-net", false, read_handle_net},
    {"scope", false, read_scope},
    {"entry", false, read_entry},
    {"path", true, read_path},
    {"glob", true, read_glob},
    {"port", true, read_port},
    {"assert", true, read_assert},
    {"assert-outside", true, read_assert_outside},
    {"assert-port", true, read_assert_port},
    {"cover", true, read_cover},
    {"cover-glob", true, read_mask},
    {"end", false, read_end},
};
enum { N_DIRECTIVES = sizeof(directives) / sizeof(directives[0]) };

static bool read_head(struct reading *s)
{
	const char *kind, *version, *id;
	size_t k, v, n;
	s->line = 1;
	if (!plan_line(&s->r) || !plan_word(&s->r, &kind, &k) || !plan_word(&s->r, &version, &v) ||
	    !plan_word(&s->r, &id, &n) || !plan_line_done(&s->r))
		return fail(s, "bad first line");
	if (!word_is(kind, k, "sbx-landlock") || !word_is(version, v, "1") || n != PLAN_ID_LEN)
		return fail(s, "bad first line");
	for (size_t i = 0; i < n; i++)
		if (!is_hex(id[i]))
			return fail(s, "bad plan id");
	return true;
}

/* One line; *at is the place in the order of directives. */
static bool read_line(struct reading *s, unsigned *at)
{
	const char *w;
	size_t n;
	s->line++;
	if (!plan_line(&s->r) || !plan_word(&s->r, &w, &n))
		return fail(s, "bad line, or `end` is missing");
	while (*at < N_DIRECTIVES && !word_is(w, n, directives[*at].word))
		(*at)++;
	if (*at == N_DIRECTIVES)
		return fail(s, "unknown, repeated or misplaced directive");
	const struct directive *d = &directives[*at];
	if (!d->repeats)
		(*at)++;
	if (!d->read(s))
		return false;
	return plan_line_done(&s->r) || fail(s, "too many words");
}

/* The params of launch.conf: `param NAME TYPE required` or `param NAME TYPE default VALUE`. */
static void read_param(struct arena *a, struct plan_reader *r, struct ir *ir,
		       struct ir_param **params)
{
	const char *name, *type, *how, *value;
	size_t name_len, type_len, how_len, value_len = 0;
	if (!plan_word(r, &name, &name_len) || !plan_word(r, &type, &type_len) ||
	    !plan_word(r, &how, &how_len))
		return;
	struct ir_param p = {.name = arena_strndup(a, name, name_len)};
	for (unsigned t = 0; t < TYPE_COUNT; t++)
		if (word_is(type, type_len, type_name[t]))
			p.type = (enum type)t;
	if (word_is(how, how_len, "default"))
		p.value =
		    plan_rest(r, &value, &value_len) ? arena_strndup(a, value, value_len) : "";
	ARENA_GROW(a, *params, ir->n_params);
	(*params)[ir->n_params++] = p;
}

/* Does a line of launch.conf say `isolate ... mount ...`? */
static bool has_mounts(const struct artifact *launch)
{
	struct plan_reader r = {.next = launch->data, .end = launch->data + launch->size};
	const char *w;
	size_t n;
	while (plan_line(&r)) {
		if (!plan_word(&r, &w, &n) || !word_is(w, n, "isolate"))
			continue;
		while (plan_word(&r, &w, &n))
			if (word_is(w, n, "mount"))
				return true;
	}
	return false;
}

static void read_params(struct arena *a, const struct artifact *launch, struct ir *ir)
{
	struct plan_reader r = {.next = launch->data, .end = launch->data + launch->size};
	struct ir_param *params = NULL;
	const char *w;
	size_t n;
	while (plan_line(&r))
		if (plan_word(&r, &w, &n) && word_is(w, n, "param"))
			read_param(a, &r, ir, &params);
	ir->params = params;
}

static const struct artifact *find_artifact(const struct artifact *v, unsigned n, const char *name)
{
	for (unsigned i = 0; i < n; i++)
		if (strcmp(v[i].name, name) == 0)
			return &v[i];
	return NULL;
}

void *landlock_model_open(struct arena *a, const struct artifact *v, unsigned n, const char **error)
{
	const struct artifact *conf = find_artifact(v, n, "landlock.conf");
	const struct artifact *launch = find_artifact(v, n, "launch.conf");
	struct model *m = ARENA_NEW(a, struct model);
	struct reading s = {.arena = a, .m = m};
	unsigned at = 0;

	if (!conf) {
		*error = "landlock.conf is missing";
		return NULL;
	}
	m->arena = a;
	m->last = landlock_last(a);
	s.r = (struct plan_reader){.next = conf->data, .end = conf->data + conf->size};
	m->port_rights = ARENA_ARRAY(a, UINT16_MAX + 1u, uint8_t);
	if (launch)
		read_params(a, launch, &m->ir);
	bool ok = read_head(&s);
	while (ok && at < N_DIRECTIVES)
		ok = read_line(&s, &at);
	if (ok && !m->fs)
		ok = fail(&s, "handle-fs is missing");
	if (ok && (m->covers.n || m->masks.n) && launch && !has_mounts(launch))
		ok = fail(&s, "a cover needs `isolate mount`");
	if (ok && !(m->assumed = landlock_view(a, m, NULL, 0)))
		ok = fail(&s, "a template gives no absolute path");
	if (ok)
		return m;
	*error = s.error;
	return NULL;
}
