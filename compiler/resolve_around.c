/*
 * resolve_around.c - what the program finds around it: isolate, root, mount, scratch, directory, hostname, user, stdin,
 * terminal, observe. Most of it is Linux's; a policy for macOS too says it inside `on linux`. `baseline` is of macOS.
 */
#include <string.h>

#include "resolve_priv.h"

enum { MAX_HOSTNAME = 64 }; /* of the kernel: __NEW_UTS_LEN */

static const struct origin *written_at(struct res *r, const struct place *p,
				       const struct ast_stmt *s)
{
	return origin_new(r, p, s->loc, because_text(r, s->because));
}

static void bad_form(struct res *r, const struct ast_stmt *s, const char *takes, const char *example)
{
	struct diag_rec *rec =
	    diag(r->d, DIAG_UNEXPECTED, s->loc, "`%s` takes %s", s->name->text, takes);
	diag_help(rec, "write `%s`", example);
}

/* Why macOS has nothing for it. */
static const char *no_macos(const char *setting)
{
	static const struct {
		const char *setting, *why;
	} rows[] = {
	    {"root", "every program of macOS sees the tree of the host"},
	    {"mount", "every program of macOS sees the tree of the host"},
	    {"scratch", "every program of macOS sees the tree of the host; `${TMPDIR}/...` with `make-dir` is a folder of its own"},
	    {"discard", "every program of macOS sees the tree of the host"},
	    {"hostname", "macOS has one name of the host for all"},
	    {"user", "a program of macOS has the number of its caller"},
	    {"terminal", "the loader of macOS ends a program by its session, which takes one of its own"},
	    {"observe", "macOS writes what a profile refuses to the log of the system"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].setting, setting) == 0)
			return rows[i].why;
	return NULL;
}

/* False after a diagnostic: a statement of the whole policy that systems other than these have nothing for. */
static bool system_setting(struct res *r, const struct place *p, const struct ast_stmt *s, uint32_t targets)
{
	bool of_linux = targets & TARGET_BIT(TARGET_LINUX);
	const char *word = s->words && s->words->kind == WORD_NAME && !s->words->next ? s->words->text : "";
	if (p->profile) {
		stmt_refuse_in_profile(r, p, s);
		return false;
	}
	if (p->on_arch) {
		struct diag_rec *rec = diag(r->d, DIAG_WRONG_PLACE, s->verb,
					    "`%s` cannot stand inside `on arch`", s->name->text);
		diag_help(rec, "move it out of the block");
		return false;
	}
	if (!(p->targets & r->build->ir.targets & ~targets))
		return true;
	struct diag_rec *rec = diag(r->d, DIAG_NO_EXPRESSION, s->loc, "%s has no `%s%s%s`",
				    of_linux ? "macOS" : "Linux", s->name->text, *word ? " " : "", word);
	if (of_linux && no_macos(s->name->text))
		diag_note(rec, "%s", no_macos(s->name->text));
	diag_help(rec, "put the line into `on %s { }`", target_name[of_linux ? TARGET_LINUX : TARGET_MACOS]);
	return false;
}

static bool linux_setting(struct res *r, const struct place *p, const struct ast_stmt *s)
{
	return system_setting(r, p, s, TARGET_BIT(TARGET_LINUX));
}

/* ---- isolate ---- */

static bool isolate_bit(const char *word, uint32_t *bits)
{
	for (unsigned i = 0; i < ISOLATE_COUNT; i++)
		if (strcmp(isolate_name[i], word) == 0) {
			*bits |= ISOLATE_BIT(i);
			return true;
		}
	return false;
}

static void unknown_view(struct res *r, const struct ast_word *w)
{
	struct diag_rec *rec =
	    diag(r->d, DIAG_UNKNOWN_WORD, w->loc, "unknown view `%s`", w->text);
	const char *known[ISOLATE_COUNT + 2] = {"none", "all"};
	memcpy(known + 2, isolate_name, sizeof(isolate_name));
	const char *near = suggest(r->a, w->text, known, ISOLATE_COUNT + 2);
	diag_help(rec, "%s",
		  near ? near : "write none, all, or some of user, pid, mount, net, ipc, uts, cgroup");
}

/* Outside of `on` it speaks of every system of the policy; inside of Linux alone. */
static bool may_isolate(struct res *r, const struct place *p, const struct ast_stmt *s)
{
	bool everywhere = !p->profile && p->targets == TARGETS_ALL && !p->on_arch;
	return everywhere || linux_setting(r, p, s);
}

void set_isolate(struct res *r, const struct place *p, const struct ast_stmt *s)
{
	struct ir *ir = &r->build->ir;
	uint32_t set = 0;
	bool none = false, all = false;
	if (!may_isolate(r, p, s))
		return;
	for (const struct ast_word *w = s->words; w; w = w->next) {
		if (strcmp(w->text, "none") == 0) {
			none = true;
		} else if (strcmp(w->text, "all") == 0) {
			all = true;
		} else if (!isolate_bit(w->text, &set)) {
			unknown_view(r, w);
			return;
		}
	}
	if (!s->words || (none && (all || set)) || (all && set)) {
		struct diag_rec *rec = diag(r->d, DIAG_CONFLICT, s->loc,
					    "`isolate` takes `none`, `all`, or a list of views");
		diag_help(rec,
			  "write `isolate none`, `isolate all`, or for example `isolate pid, ipc`");
		return;
	}
	if (setting_twice(r, s, ir->isolate_origin, s->name->text))
		return;
	if (set)
		set |= ISOLATE_BIT(ISOLATE_USER);
	ir->isolate = all ? ISOLATE_BIT(ISOLATE_COUNT) - 1 : set;
	ir->isolate_origin = written_at(r, p, s);
	ir->isolate_targets = p->targets & ir->targets;
}

/* ---- settings of one word ---- */

static void unknown_choice(struct res *r, const struct ast_stmt *s, unsigned c)
{
	const struct ast_word *w = s->words;
	const char *list = "";
	size_t n = 0;
	for (; choice_word[c][n]; n++)
		list = arena_printf(r->a, "%s%s%s", list, n ? ", " : "", choice_word[c][n]);
	struct diag_rec *rec =
	    diag(r->d, w ? DIAG_UNKNOWN_WORD : DIAG_UNEXPECTED, w ? w->loc : s->loc,
		 "`%s` takes one word", choice_setting[c]);
	const char *near = w ? suggest(r->a, w->text, choice_word[c], n) : NULL;
	diag_help(rec, "%s", near ? near : arena_printf(r->a, "one of: %s", list));
}

void set_choice(struct res *r, const struct place *p, const struct ast_stmt *s)
{
	struct ir *ir = &r->build->ir;
	unsigned c = 0, v = 0;
	while (strcmp(choice_setting[c], s->name->text) != 0)
		c++;
	while (s->words && choice_word[c][v] && strcmp(choice_word[c][v], s->words->text) != 0)
		v++;
	if (!s->words || s->words->next || !choice_word[c][v]) {
		unknown_choice(r, s, c);
		return;
	}
	/* the first word of a setting of Linux is how macOS does it */
	bool everywhere = v == 0 && c != CHOICE_BASELINE;
	uint32_t here = p->targets & ir->targets;
	if (!system_setting(r, p, s, everywhere ? here : choice_targets[c]))
		return;
	for (unsigned t = 0; t < TARGET_COUNT; t++)
		if ((here & TARGET_BIT(t)) && setting_twice(r, s, ir->choice[t][c].origin, s->name->text))
			return;
	for (unsigned t = 0; t < TARGET_COUNT; t++)
		if (here & TARGET_BIT(t))
			ir->choice[t][c] = (struct ir_choice){.value = v, .origin = written_at(r, p, s)};
}

/* ---- places ---- */

/* The word must be a string; its path, or NULL after a diagnostic. */
static const char *path_word(struct res *r, const struct place *p, const struct ast_word *w)
{
	return w && w->kind == WORD_STRING ? scope_path(r, p->scope, w) : NULL;
}

static bool word_is(const struct ast_word *w, const char *text)
{
	return w && w->kind == WORD_NAME && strcmp(w->text, text) == 0;
}

/* The place, and the rule that says what may be done there. */
static void add_place(struct res *r, const struct place *p, struct ir_place place, uint32_t ops,
		      const struct ast_stmt *s)
{
	place.origin = written_at(r, p, s);
	if (strcmp(place.at, "/") == 0) {
		struct diag_rec *rec = diag(r->d, DIAG_BAD_VALUE, s->loc,
					    "the root of the tree cannot be replaced");
		diag_help(rec, "`root private` makes a tree that holds only what is named");
		return;
	}
	for (unsigned i = 0; i < r->build->n_places; i++) {
		if (strcmp(r->build->places[i].at, place.at) != 0)
			continue;
		struct diag_rec *rec =
		    diag(r->d, DIAG_DUPLICATE, s->loc, "two statements put something at this place");
		diag_second(rec, r->build->places[i].origin->loc, "the first one");
		twice_help(r, rec, r->build->places[i].origin);
		return;
	}
	ir_build_place(r->build, &place);
	struct ir_rule rule = {.kind = RULE_PATH,
			       .ops = ops,
			       .targets = TARGET_BIT(TARGET_LINUX),
			       .arches = r->build->ir.arches,
			       .object = place.at,
			       .port_hi = 65535};
	ir_build_rule(r->build, &rule, place.origin);
}

/* mount "/data" at "/srv/data" read */
void set_mount(struct res *r, const struct place *p, const struct ast_stmt *s)
{
	const struct ast_word *from = s->words, *at = from ? from->next : NULL,
			      *to = at ? at->next : NULL, *op = to ? to->next : NULL;
	uint32_t ops = 0;
	if (!linux_setting(r, p, s))
		return;
	if (!from || from->kind != WORD_STRING || !word_is(at, "at") || !to ||
	    to->kind != WORD_STRING || !op) {
		bad_form(r, s, "a path, `at`, a path, and what may be done there",
			 "mount \"/data\" at \"/srv/data\" read");
		return;
	}
	for (; op; op = op->next)
		if (!access_file_op(op->text, &ops)) {
			struct diag_rec *rec = diag(r->d, DIAG_UNKNOWN_WORD, op->loc,
						    "unknown word `%s`", op->text);
			diag_help(rec, "read, write and exec can stand here");
			return;
		}
	const char *source = path_word(r, p, from), *place = path_word(r, p, to);
	if (source && place)
		add_place(r, p, (struct ir_place){.kind = PLACE_MOUNT, .at = place, .source = source}, ops, s);
}

/* `size` and then a number of bytes. *param: a param at load that holds it. False after a diagnostic. */
static bool size_words(struct res *r, const struct place *p, const struct ast_word *size, uint64_t *bytes, const char **param)
{
	struct value v;
	if (!scope_eval(r, p->scope, size, &v) || !value_fits(r, TYPE_SIZE, &v, size))
		return false;
	*param = value_param(r, &v);
	*bytes = v.number;
	if (*param || (v.number >= SCRATCH_LEAST && v.number <= SCRATCH_MOST))
		return true;
	struct diag_rec *rec = diag(r->d, DIAG_BAD_VALUE, size->loc, "the size of a folder in memory is out of range");
	diag_help(rec, "write 4KiB to 1024TiB");
	return false;
}

/* discard size 64MiB */
void set_discard(struct res *r, const struct place *p, const struct ast_stmt *s)
{
	struct ir_around *around = &r->build->ir.around;
	const struct ast_word *size = s->words ? s->words->next : NULL;
	if (!linux_setting(r, p, s) || setting_twice(r, s, around->discard_origin, s->name->text))
		return;
	if (!word_is(s->words, "size") || !size || size->next) {
		bad_form(r, s, "a size", "discard size 64MiB");
		return;
	}
	if (size_words(r, p, size, &around->discard_size, &around->discard_param))
		around->discard_origin = written_at(r, p, s);
}

/* scratch "/tmp" size 64MiB */
void set_scratch(struct res *r, const struct place *p, const struct ast_stmt *s)
{
	const struct ast_word *at = s->words, *word = at ? at->next : NULL,
			      *size = word ? word->next : NULL;
	uint64_t bytes;
	const char *param;
	uint32_t ops = OP_BIT(OP_READ) | OP_BIT(OP_LIST) | OP_BIT(OP_MODIFY) | OP_BIT(OP_CREATE) |
		       OP_BIT(OP_DELETE);
	if (!linux_setting(r, p, s))
		return;
	if (!at || at->kind != WORD_STRING || !word_is(word, "size") || !size || size->next) {
		bad_form(r, s, "a path and a size", "scratch \"/tmp\" size 64MiB");
		return;
	}
	const char *place = path_word(r, p, at);
	if (!place || !size_words(r, p, size, &bytes, &param))
		return;
	add_place(r, p, (struct ir_place){.kind = PLACE_SCRATCH, .at = place, .size = bytes, .size_param = param}, ops, s);
}

void set_directory(struct res *r, const struct place *p, const struct ast_stmt *s)
{
	struct ir_around *around = &r->build->ir.around;
	uint32_t here = p->targets & r->build->ir.targets;
	if (!system_setting(r, p, s, here))
		return;
	for (unsigned t = 0; t < TARGET_COUNT; t++)
		if ((here & TARGET_BIT(t)) && setting_twice(r, s, around->directory[t].origin, s->name->text))
			return;
	if (!s->words || s->words->next || s->words->kind != WORD_STRING) {
		bad_form(r, s, "a path", "directory \"/work\"");
		return;
	}
	struct ir_directory directory = {.path = path_word(r, p, s->words), .origin = written_at(r, p, s)};
	for (unsigned t = 0; t < TARGET_COUNT; t++)
		if (here & TARGET_BIT(t))
			around->directory[t] = directory;
}

/* ---- names and numbers ---- */

static bool hostname_good(const char *name)
{
	size_t n = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-");
	return n > 0 && n <= MAX_HOSTNAME && !name[n] && name[0] != '-' && name[0] != '.';
}

void set_hostname(struct res *r, const struct place *p, const struct ast_stmt *s)
{
	struct ir_around *around = &r->build->ir.around;
	if (!linux_setting(r, p, s) || setting_twice(r, s, around->hostname_origin, s->name->text))
		return;
	if (!s->words || s->words->next || s->words->kind != WORD_STRING) {
		bad_form(r, s, "a name", "hostname \"box\"");
		return;
	}
	const char *name = scope_plain(r, p->scope, s->words);
	if (name && !hostname_good(name)) {
		struct diag_rec *rec =
		    diag(r->d, DIAG_BAD_VALUE, s->words->loc, "this is no name of a host");
		diag_help(rec, "write 1 to %d letters, digits, `.` and `-`", MAX_HOSTNAME);
		return;
	}
	around->hostname = name;
	around->hostname_origin = written_at(r, p, s);
}

void set_user(struct res *r, const struct place *p, const struct ast_stmt *s)
{
	struct ir_around *around = &r->build->ir.around;
	struct value v = {.number = 65534};
	if (!linux_setting(r, p, s) || setting_twice(r, s, around->user_origin, s->name->text))
		return;
	const struct ast_word *w = s->words;
	if (!w || w->next || (w->kind != WORD_INT && w->kind != WORD_NAME)) {
		bad_form(r, s, "a number or `nobody`", "user 1000");
		return;
	}
	if (!word_is(w, "nobody") &&
	    (!scope_eval(r, p->scope, w, &v) || !value_fits(r, TYPE_NUMBER, &v, w)))
		return;
	around->user_param = value_param(r, &v);
	if (v.number > USER_MOST) {
		struct diag_rec *rec = diag(r->d, DIAG_BAD_VALUE, w->loc, "there is no such user");
		diag_help(rec, "write 0 to %llu", (unsigned long long)USER_MOST);
		return;
	}
	around->user_set = true;
	around->user = (uint32_t)v.number;
	around->user_origin = written_at(r, p, s);
}

/* ---- when all is read ---- */

static void needs_view(struct res *r, const struct origin *line, enum isolate view, const char *what)
{
	const struct ir *ir = &r->build->ir;
	if (!line || (ir->isolate & ISOLATE_BIT(view)))
		return;
	struct diag_rec *rec = diag(r->d, DIAG_NEEDS_VIEW, line->loc,
				    "%s needs `isolate %s`", what, isolate_name[view]);
	if (ir->isolate_origin)
		diag_second(rec, ir->isolate_origin->loc, "not among these views");
	diag_help(rec, "add `%s` to `isolate`, or remove the line", isolate_name[view]);
}

static bool writes(const struct ir_rule *rule)
{
	uint32_t ops = OP_BIT(OP_MODIFY) | OP_BIT(OP_CREATE) | OP_BIT(OP_DELETE);
	return rule->kind == RULE_PATH && !rule->deny && (rule->ops & ops);
}

/* One place cannot both keep what is written and throw it away. */
static void check_discard(struct res *r, const struct ir_rule *rule)
{
	const struct origin *at = rule->origin[__builtin_ctz(rule->ops)];
	needs_view(r, at, ISOLATE_MOUNT, "`discard`");
	for (unsigned i = 0; i < r->build->n_rules; i++) {
		const struct ir_rule *other = &r->build->rules[i];
		if (!writes(other) || (other->flags & RULE_DISCARD) ||
		    strcmp(other->object, rule->object) != 0)
			continue;
		struct diag_rec *rec =
		    diag(r->d, DIAG_CONFLICT, at->loc, "writes here are thrown away and kept");
		diag_second(rec, other->origin[__builtin_ctz(other->ops)]->loc, "kept by this line");
		diag_help(rec, "remove one of the two lines");
		return;
	}
}

/* A mounted place that another line gives more of than its own words say. */
static void check_mount(struct res *r, const struct ir_place *place)
{
	bool own = false;
	const struct ir_rule *other = NULL;
	for (unsigned i = 0; place->kind == PLACE_MOUNT && i < r->build->n_rules; i++) {
		const struct ir_rule *rule = &r->build->rules[i];
		if (!writes(rule) || !path_covers(rule->object, place->at))
			continue;
		if (rule->origin[OP_MODIFY] == place->origin)
			own = true;
		else
			other = rule;
	}
	if (own || !other)
		return;
	struct diag_rec *rec = diag(r->d, DIAG_MOUNT_WIDER, place->origin->loc,
				    "more than this line says may be done to the mounted place");
	diag_second(rec, other->origin[__builtin_ctz(other->ops)]->loc, "this line lets it be written");
	diag_help(rec, "mount it at a place that no other line allows, or write `write` here too");
}

/* Rules that reach out of a view, so that making it would leave them nothing to reach. */
static const struct {
	enum isolate view;
	enum rule_kind kind;
	uint32_t ops;
	enum diag_id warning;
	const char *text, *help;
} reaching[] = {
    {ISOLATE_NET, RULE_NET,
     OP_BIT(OP_CONNECT_TCP) | OP_BIT(OP_LISTEN_TCP) | OP_BIT(OP_CONNECT_UDP) |
	 OP_BIT(OP_LISTEN_UDP) | OP_BIT(OP_NET),
     DIAG_EMPTY_NET, "this network is private: nobody but the program is in it",
     "leave `net` out of `isolate` to reach others; this would allow the network of the host"},
    {ISOLATE_PID, RULE_SIGNAL, OP_BIT(OP_SIGNAL), DIAG_NO_PROCESSES,
     "these processes are private: nobody but the program is among them",
     "leave `pid` out of `isolate` to reach others; this would allow signals to the host's processes"},
};

static const struct origin *reaches(const struct res *r, enum rule_kind kind, uint32_t ops)
{
	for (unsigned i = 0; i < r->build->n_rules; i++) {
		const struct ir_rule *rule = &r->build->rules[i];
		if (rule->kind == kind && !rule->deny && (rule->ops & ops) &&
		    (rule->targets & TARGET_BIT(TARGET_LINUX)))
			return rule->origin[__builtin_ctz(rule->ops & ops)];
	}
	return NULL;
}

/* A policy that allows what only others have does not mean to be alone unless it says so. */
static void finish_isolate(struct res *r)
{
	struct ir *ir = &r->build->ir;
	for (size_t i = 0; i < sizeof(reaching) / sizeof(reaching[0]); i++) {
		const struct origin *rule = reaches(r, reaching[i].kind, reaching[i].ops);
		uint32_t view = ISOLATE_BIT(reaching[i].view);
		if (!rule || !(ir->isolate & view))
			continue;
		if (!ir->isolate_origin) {
			ir->isolate &= ~view;
			continue;
		}
		struct diag_rec *rec = diag(r->d, reaching[i].warning, rule->loc, "%s", reaching[i].text);
		diag_second(rec, ir->isolate_origin->loc, "made private here");
		diag_help(rec, "%s", reaching[i].help);
	}
}

void resolve_finish_around(struct res *r)
{
	struct ir *ir = &r->build->ir;
	struct ir_choice *root = &ir->choice[TARGET_LINUX][CHOICE_ROOT];
	finish_isolate(r);
	if (root->value == ROOT_PRIVATE)
		needs_view(r, root->origin, ISOLATE_MOUNT, "`root private`");
	if (!root->origin && (ir->isolate & ISOLATE_BIT(ISOLATE_MOUNT)))
		root->value = ROOT_PRIVATE;
	needs_view(r, ir->around.hostname_origin, ISOLATE_UTS, "`hostname`");
	needs_view(r, ir->around.user_origin, ISOLATE_USER, "`user`");
	for (unsigned i = 0; i < r->build->n_places; i++) {
		const struct ir_place *place = &r->build->places[i];
		needs_view(r, place->origin, ISOLATE_MOUNT,
			   place->kind == PLACE_MOUNT ? "`mount`" : "`scratch`");
		check_mount(r, place);
	}
	bool discards = false;
	for (unsigned i = 0; i < r->build->n_rules; i++)
		if (r->build->rules[i].flags & RULE_DISCARD) {
			check_discard(r, &r->build->rules[i]);
			discards = true;
		}
	if (!ir->around.discard_origin)
		r->build->ir.around.discard_size = DISCARD_SIZE;
	else if (!discards) {
		struct diag_rec *rec = diag(r->d, DIAG_NO_EFFECT, ir->around.discard_origin->loc, "no line says `discard`");
		diag_help(rec, "write `allow read write \"...\" discard`, or remove this line");
	}
}
