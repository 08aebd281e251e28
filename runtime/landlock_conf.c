/*
 * landlock_conf.c - reads landlock.conf; the names of rights come from the tables of plan.h.
 */
#include "landlock_conf.h"

#include <errno.h>
#include <string.h>

#include "glob.h"
#include "template.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { FIRST_RULES = 32 };

struct right {
	const char *word;
	unsigned char bit, abi;
	bool file;
};

#define RIGHT(id, word_, bit_, abi_, file_)                                                        \
	{.word = word_, .bit = bit_, .abi = abi_, .file = file_},
static const struct right fs_rights[] = {PLAN_FS_RIGHTS(RIGHT)};
static const struct right net_rights[] = {PLAN_NET_RIGHTS(RIGHT)};
static const struct right scopes[] = {PLAN_SCOPES(RIGHT)};
#undef RIGHT

static uint64_t rights_of_abi(const struct right *table, size_t n, unsigned abi)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < n; i++)
		if (table[i].abi <= abi)
			bits |= 1ull << table[i].bit;
	return bits;
}

uint64_t fs_rights_of_abi(unsigned abi)
{
	return rights_of_abi(fs_rights, COUNT(fs_rights), abi);
}

uint64_t net_rights_of_abi(unsigned abi)
{
	return rights_of_abi(net_rights, COUNT(net_rights), abi);
}

uint64_t scopes_of_abi(unsigned abi)
{
	return rights_of_abi(scopes, COUNT(scopes), abi);
}

uint64_t fs_rights_of_files(void)
{
#define RIGHT(id, word, bit, abi, file) ((file) ? 1ull << (bit) : 0) |
	return PLAN_FS_RIGHTS(RIGHT) 0;
#undef RIGHT
}

uint64_t fs_rights_that_write(void)
{
	uint64_t rights = 0;
#define RIGHT(id, word, bit, abi, file) \
	rights |= !strncmp(word, "make_", 5) || !strncmp(word, "remove_", 7) || !strcmp(word, "refer") || !strcmp(word, "write_file") || \
			  !strcmp(word, "truncate") ? 1ull << (bit) : 0;
	PLAN_FS_RIGHTS(RIGHT)
#undef RIGHT
	return rights;
}

uint64_t fs_rights_that_link(void)
{
	uint64_t rights = 0;
#define RIGHT(id, word, bit, abi, file) rights |= !strcmp(word, "make_sym") || !strcmp(word, "refer") ? 1ull << (bit) : 0;
	PLAN_FS_RIGHTS(RIGHT)
#undef RIGHT
	return rights;
}

void fs_rights_text(uint64_t rights, struct text *t)
{
	for (size_t i = 0; i < COUNT(fs_rights); i++)
		if (rights & 1ull << fs_rights[i].bit) {
			text_str(t, t->len ? "," : "");
			text_str(t, fs_rights[i].word);
		}
}

/*
 * One name at or after place *next of the table: rights are written in table order, so each set has
 * one spelling.
 */
static bool right_take(const struct line *l, struct span word, const struct right *table, size_t n,
		       size_t *next, uint64_t *bits)
{
	size_t i = *next;

	while (i < n && !span_is(word, table[i].word))
		i++;
	if (i == n)
		return line_fault(l, "an unknown right, or one out of order", word);
	*bits |= 1ull << table[i].bit;
	*next = i + 1;
	return true;
}

/* The rest of the line: words of the table. */
static bool handle_read(struct line *l, const struct right *table, size_t n, uint64_t *bits)
{
	size_t next = 0;

	do {
		struct span word;
		if (!line_word(l, &word) || !right_take(l, word, table, n, &next, bits))
			return false;
	} while (!line_done(l));
	return true;
}

/* One word: names joined by commas, all of them handled. */
static bool rights_read(struct line *l, const struct right *table, size_t n, uint64_t handled,
			uint64_t *bits)
{
	struct span word, left;
	size_t next = 0;

	if (!line_word(l, &word))
		return false;
	*bits = 0;
	left = word;
	do
		if (!right_take(l, span_cut(&left, ','), table, n, &next, bits))
			return false;
	while (left.at[-1] == ',');
	return !(*bits & ~handled) || line_fault(l, "a right that is not handled", word);
}

static bool read_handle_fs(void *ctx, struct line *l)
{
	struct landlock *out = ctx;

	return handle_read(l, fs_rights, COUNT(fs_rights), &out->fs);
}

static bool read_handle_net(void *ctx, struct line *l)
{
	struct landlock *out = ctx;

	return handle_read(l, net_rights, COUNT(net_rights), &out->net);
}

static bool read_scope(void *ctx, struct line *l)
{
	struct landlock *out = ctx;

	return handle_read(l, scopes, COUNT(scopes), &out->scope);
}

/* RIGHT,... WHERE TMPL */
static bool place_read(const struct landlock *out, struct line *l, struct landlock_rule *r)
{
	const char *wrong;

	if (!rights_read(l, fs_rights, COUNT(fs_rights), out->fs, &r->rights) ||
	    !line_word(l, &r->where) || !line_rest(l, &r->place))
		return false;
	wrong = template_wrong(r->place, out->vars);
	return !wrong || (line_fault)(l, wrong, r->place);
}

/* Twice as much each time; what was outgrown stays in the pool. */
static bool rules_grow(struct landlock *out)
{
	unsigned cap = out->cap ? 2 * out->cap : FIRST_RULES;
	struct landlock_rule *more = pool_take(out->pool, cap * sizeof(*more));

	if (!more)
		return false;
	if (out->n_rules)
		memcpy(more, out->rules, out->n_rules * sizeof(*more));
	out->rules = more;
	out->cap = cap;
	return true;
}

static bool rule_keep(struct landlock *out, const struct line *l, const struct landlock_rule *r)
{
	if (out->n_rules == out->cap && !rules_grow(out))
		return fault_memory(l->conf->fault, "landlock.conf");
	out->rules[out->n_rules++] = *r;
	return true;
}

static bool read_entry(void *ctx, struct line *l)
{
	struct landlock *out = ctx;
	struct landlock_rule r = {.kind = RULE_ENTRY};

	if (!place_read(out, l, &r))
		return false;
	out->entry = r.place;
	return rule_keep(out, l, &r);
}

static bool missing_read(struct line *l, enum missing *missing)
{
	static const char words[] = "error\0skip\0make"; /* in the order of enum missing */
	struct span word;

	if (!line_word(l, &word))
		return false;
	for (size_t i = 0; i <= MISSING_MAKE; i++)
		if (span_is(word, text_nth(words, i))) {
			*missing = (enum missing)i;
			return true;
		}
	return line_fault(l, "error, skip or make was expected", word);
}

static bool read_path(void *ctx, struct line *l)
{
	struct landlock *out = ctx;
	struct landlock_rule r = {.kind = RULE_PATH};
	struct span links;

	if (!missing_read(l, &r.missing) || !line_word(l, &links))
		return false;
	r.nofollow = span_is(links, "nofollow");
	if (!r.nofollow && !span_is(links, "follow"))
		return line_fault(l, "follow or nofollow was expected", links);
	out->n_paths++;
	return place_read(out, l, &r) && rule_keep(out, l, &r);
}

/* WHERE GLOB TMPL */
static bool pattern_read(const struct landlock *out, struct line *l, struct landlock_rule *r)
{
	const char *wrong;

	if (!line_word(l, &r->where) || !line_word(l, &r->glob))
		return false;
	wrong = glob_wrong(r->glob);
	if (wrong)
		return (line_fault)(l, wrong, r->glob);
	if (!line_rest(l, &r->place))
		return false;
	wrong = template_wrong(r->place, out->vars);
	return !wrong || (line_fault)(l, wrong, r->place);
}

/* RIGHT,... WHERE GLOB TMPL */
static bool read_glob(void *ctx, struct line *l)
{
	struct landlock *out = ctx;
	struct landlock_rule r = {.kind = RULE_GLOB};

	if (!rights_read(l, fs_rights, COUNT(fs_rights), out->fs, &r.rights) || !pattern_read(out, l, &r))
		return false;
	out->n_globs++;
	return rule_keep(out, l, &r);
}

/* A number, or one variable and nothing else. */
static bool port_check(const struct landlock *out, const struct line *l, struct span port)
{
	struct span name = {port.at + 2, port.len - 3};
	uint64_t n;

	if (span_number(port, 65535, &n))
		return true;
	if (port.len < 4 || memcmp(port.at, "${", 2) || port.at[port.len - 1] != '}' ||
	    !vars_known(out->vars, name))
		return line_fault(l, "not a port", port);
	return true;
}

static bool port_read(const struct landlock *out, struct line *l, struct landlock_rule *r)
{
	return rights_read(l, net_rights, COUNT(net_rights), out->net, &r->rights) &&
	       line_word(l, &r->port) && line_last(l, &r->where) &&
	       port_check(out, l, r->port);
}

static bool read_port(void *ctx, struct line *l)
{
	struct landlock *out = ctx;
	struct landlock_rule r = {.kind = RULE_PORT};

	out->n_ports++;
	return port_read(out, l, &r) && rule_keep(out, l, &r);
}

static bool read_assert_port(void *ctx, struct line *l)
{
	struct landlock *out = ctx;
	struct landlock_rule r = {.kind = RULE_ASSERT_PORT};

	return port_read(out, l, &r) && rule_keep(out, l, &r);
}

static bool read_assert(void *ctx, struct line *l)
{
	struct landlock *out = ctx;
	struct landlock_rule r = {.kind = RULE_ASSERT};

	out->n_asserts++;
	return place_read(out, l, &r) && rule_keep(out, l, &r);
}

/* assert-outside RIGHT,... WHERE N HOLE... TMPL: an assert that some places below it are left out of. */
static bool read_assert_outside(void *ctx, struct line *l)
{
	struct landlock *out = ctx;
	struct landlock_rule r = {.kind = RULE_ASSERT};
	char text[PLAN_MAX_LINE + 1];
	struct span hole, tmpl;
	const char *wrong;
	uint64_t n;

	if (!rights_read(l, fs_rights, COUNT(fs_rights), out->fs, &r.rights) || !line_word(l, &r.where) ||
	    !line_number(l, PLAN_MAX_LINE, &n))
		return false;
	if (!n)
		return line_fault(l, "a place is expected that is left out", l->left);
	for (r.holes.at = l->left.at; n; n--) {
		if (!line_word(l, &hole))
			return false;
		wrong = word_template(hole, text, &tmpl) ? template_wrong(tmpl, out->vars) : SAID("a path that is too long");
		if (wrong)
			return (line_fault)(l, wrong, hole);
		r.holes.len = (size_t)(hole.at + hole.len - r.holes.at);
	}
	if (!line_rest(l, &r.place))
		return false;
	out->n_asserts++;
	wrong = template_wrong(r.place, out->vars);
	return wrong ? (line_fault)(l, wrong, r.place) : rule_keep(out, l, &r);
}

static bool how_read(struct line *l, unsigned *how)
{
	static const struct {
		const char *word;
		unsigned how;
	} words[] = {
	    {"hide", COVER_HIDE},
	    {"rw", 0},
	    {"ro", COVER_RO},
	    {"rw,noexec", COVER_NOEXEC},
	    {"ro,noexec", COVER_RO | COVER_NOEXEC},
	};
	struct span word;

	if (!line_word(l, &word))
		return false;
	for (size_t i = 0; i < COUNT(words); i++)
		if (span_is(word, words[i].word)) {
			*how = words[i].how;
			return true;
		}
	return line_fault(l, "hide, rw, ro, `rw,noexec` or `ro,noexec` was expected", word);
}

static bool read_cover(void *ctx, struct line *l)
{
	struct landlock *out = ctx;
	struct landlock_rule r = {.kind = RULE_COVER};
	const char *wrong;

	if (!how_read(l, &r.how) || !line_word(l, &r.where) || !line_rest(l, &r.place))
		return false;
	out->n_covers++;
	wrong = template_wrong(r.place, out->vars);
	if (wrong)
		return (line_fault)(l, wrong, r.place);
	return rule_keep(out, l, &r);
}

/* HOW WHERE GLOB TMPL */
static bool read_mask(void *ctx, struct line *l)
{
	struct landlock *out = ctx;
	struct landlock_rule r = {.kind = RULE_MASK};

	if (!how_read(l, &r.how))
		return false;
	if (!r.how)
		return line_fault(l, "hide, ro, `rw,noexec` or `ro,noexec` was expected", span_of("rw"));
	out->n_masks++;
	return pattern_read(out, l, &r) && rule_keep(out, l, &r);
}

bool landlock_read(const struct conf *c, const struct vars *v, char id[PLAN_ID_LEN + 1],
		   struct pool *pool, struct landlock *out)
{
	static const struct directive table[] = {
	    {ONCE "handle-fs", read_handle_fs}, {MAYBE "handle-net", read_handle_net},
	    {MAYBE "scope", read_scope},        {MAYBE "entry", read_entry},
	    {MANY "path", read_path},           {MANY "glob", read_glob},
	    {MANY "port", read_port},           {MANY "assert", read_assert},
	    {MANY "assert-outside", read_assert_outside},
	    {MANY "assert-port", read_assert_port}, {MANY "cover", read_cover},
	    {MANY "cover-glob", read_mask},
	};

	*out = (struct landlock){.vars = v, .pool = pool};
	return conf_run(c, table, COUNT(table), out, id);
}

bool landlock_visit(const struct landlock *l, const struct landlock_visitor *visitor)
{
	for (unsigned i = 0; i < l->n_rules; i++) {
		landlock_visit_fn *visit = visitor->of[l->rules[i].kind];
		if (visit && !visit(visitor->ctx, &l->rules[i]))
			return false;
	}
	return true;
}
