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

/* RIGHT,... of a file system. */
static bool fs_read(const struct landlock *out, struct line *l, struct landlock_rule *r)
{
	return rights_read(l, fs_rights, COUNT(fs_rights), out->fs, &r->rights);
}

/* WHERE TMPL */
static bool place_read(const struct landlock *out, struct line *l, struct landlock_rule *r)
{
	if (!line_word(l, &r->where) || !line_rest(l, &r->place))
		return false;
	if (!template_plain(r->place))
		return line_template_good(l, out->vars, r->place);
	r->path = pool_copy(out->pool, r->place.at, r->place.len);
	if (!r->path)
		return fault_memory(l->conf->fault, "landlock.conf");
	if (r->place.len > PLAN_MAX_PATH || !path_canonical(r->path))
		r->path = NULL; /* who asks for it says why not */
	return true;
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

/* One more rule, to be read; NULL after a fault. */
static struct landlock_rule *rule_add(struct landlock *out, const struct line *l, enum rule kind)
{
	struct landlock_rule *r;

	if (out->n_rules == out->cap && !rules_grow(out)) {
		fault_memory(l->conf->fault, "landlock.conf");
		return NULL;
	}
	r = &out->rules[out->n_rules++];
	*r = (struct landlock_rule){.kind = kind};
	out->n[kind]++;
	return r;
}

static bool read_entry(void *ctx, struct line *l)
{
	struct landlock *out = ctx;
	struct landlock_rule *r = rule_add(out, l, RULE_ENTRY);

	if (!r || !fs_read(out, l, r) || !place_read(out, l, r))
		return false;
	out->entry = r->place;
	return true;
}

/* MISSING LINKS RIGHT,... */
static bool head_read(struct landlock *out, struct line *l, struct landlock_rule *r)
{
	const char *head = l->left.at;
	unsigned missing = line_choice(l, "error\0skip\0make", "error, skip or make was expected");
	unsigned links = missing ? line_choice(l, "follow\0nofollow", "follow or nofollow was expected") : 0;

	if (!links || !fs_read(out, l, r))
		return false;
	r->missing = (enum missing)(missing - 1); /* the words are in its order */
	r->nofollow = links == 2;
	out->head = (struct span){head, (size_t)(l->left.at - head)};
	out->like = r;
	return true;
}

/* Most lines say there what the one before them says. */
static bool head_again(const struct landlock *out, struct line *l, struct landlock_rule *r)
{
	const size_t len = out->head.len;

	if (!len || l->left.len < len || memcmp(l->left.at, out->head.at, len))
		return false;
	*r = *out->like;
	r->path = NULL;
	l->left.at += len;
	l->left.len -= len;
	return true;
}

static bool read_path(void *ctx, struct line *l)
{
	struct landlock_rule *r = rule_add(ctx, l, RULE_PATH);

	return r && (head_again(ctx, l, r) || head_read(ctx, l, r)) && place_read(ctx, l, r);
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
	return line_template(l, out->vars, &r->place);
}

/* RIGHT,... WHERE GLOB TMPL */
static bool read_glob(void *ctx, struct line *l)
{
	struct landlock_rule *r = rule_add(ctx, l, RULE_GLOB);

	return r && fs_read(ctx, l, r) && pattern_read(ctx, l, r);
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

static bool port_read(struct landlock *out, struct line *l, enum rule kind)
{
	struct landlock_rule *r = rule_add(out, l, kind);

	return r && rights_read(l, net_rights, COUNT(net_rights), out->net, &r->rights) && line_word(l, &r->port) &&
	       line_last(l, &r->where) && port_check(out, l, r->port);
}

static bool read_port(void *ctx, struct line *l)
{
	return port_read(ctx, l, RULE_PORT);
}

static bool read_assert_port(void *ctx, struct line *l)
{
	return port_read(ctx, l, RULE_ASSERT_PORT);
}

static bool read_assert(void *ctx, struct line *l)
{
	struct landlock_rule *r = rule_add(ctx, l, RULE_ASSERT);

	return r && fs_read(ctx, l, r) && place_read(ctx, l, r);
}

/* assert-outside RIGHT,... WHERE N HOLE... TMPL: an assert that some places below it are left out of. */
static bool read_assert_outside(void *ctx, struct line *l)
{
	struct landlock *out = ctx;
	struct landlock_rule *r = rule_add(out, l, RULE_ASSERT);
	struct span hole;
	uint64_t n;

	if (!r || !fs_read(out, l, r) || !line_word(l, &r->where) || !line_number(l, PLAN_MAX_LINE, &n))
		return false;
	if (!n)
		return line_fault(l, "a place is expected that is left out", l->left);
	for (r->holes.at = l->left.at; n; n--) {
		if (!line_word_template(l, out->vars, &hole))
			return false;
		r->holes.len = (size_t)(hole.at + hole.len - r->holes.at);
	}
	return line_template(l, out->vars, &r->place);
}

static bool how_read(struct line *l, unsigned *how)
{
	static const unsigned char hows[] = {0, COVER_HIDE, 0, COVER_RO, COVER_NOEXEC, COVER_RO | COVER_NOEXEC};
	unsigned word = line_choice(l, "hide\0rw\0ro\0rw,noexec\0ro,noexec",
				    "hide, rw, ro, `rw,noexec` or `ro,noexec` was expected");

	*how = hows[word];
	return word;
}

static bool read_cover(void *ctx, struct line *l)
{
	struct landlock_rule *r = rule_add(ctx, l, RULE_COVER);

	return r && how_read(l, &r->how) && place_read(ctx, l, r);
}

/* HOW WHERE GLOB TMPL */
static bool read_mask(void *ctx, struct line *l)
{
	struct landlock_rule *r = rule_add(ctx, l, RULE_MASK);

	if (!r || !how_read(l, &r->how))
		return false;
	if (!r->how)
		return line_fault(l, "hide, ro, `rw,noexec` or `ro,noexec` was expected", span_of("rw"));
	return pattern_read(ctx, l, r);
}

#define LANDLOCK_DIRECTIVES(DIRECTIVE) \
	DIRECTIVE(ONCE "handle-fs", read_handle_fs) \
	DIRECTIVE(MAYBE "handle-net", read_handle_net) \
	DIRECTIVE(MAYBE "scope", read_scope) \
	DIRECTIVE(MAYBE "entry", read_entry) \
	DIRECTIVE(MANY "path", read_path) \
	DIRECTIVE(MANY "glob", read_glob) \
	DIRECTIVE(MANY "port", read_port) \
	DIRECTIVE(MANY "assert", read_assert) \
	DIRECTIVE(MANY "assert-outside", read_assert_outside) \
	DIRECTIVE(MANY "assert-port", read_assert_port) \
	DIRECTIVE(MANY "cover", read_cover) \
	DIRECTIVE(MANY "cover-glob", read_mask)

bool landlock_read(const struct conf *c, const struct vars *v, char id[PLAN_ID_LEN + 1],
		   struct pool *pool, struct landlock *out)
{
	static line_reader *const readers[] = {LANDLOCK_DIRECTIVES(DIRECTIVE_READER)};

	*out = (struct landlock){.vars = v, .pool = pool};
	return conf_run(c, LANDLOCK_DIRECTIVES(DIRECTIVE_WORD), readers, out, id);
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
