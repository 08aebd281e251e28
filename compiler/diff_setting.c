/*
 * diff_setting.c - compares what is no access, limit or guarantee: the lines of the canonical form, by their first words.
 *
 * A statement that this file does not know is compared all the same, as text, and counts as grown: a new word of the
 * language cannot slip past a review.
 */
#include <stdlib.h>
#include <string.h>

#include "diff_plan.h"
#include "diff_priv.h"
#include "str.h"

struct word {
	const char *word;
	unsigned n_key;	     /* words that name the line: what follows is its value */
	enum diff_way gone, added, changed;
};

/* clang-format off */
static const struct word words[] = {
    {"isolate", 1, DIFF_GROWS, DIFF_SHRINKS, DIFF_OTHER}, /* changed: by what is left out */
    {"set", 3, DIFF_OTHER, DIFF_OTHER, DIFF_OTHER},
    {"env-set", 2, DIFF_OTHER, DIFF_OTHER, DIFF_OTHER},
    {"session", 1, DIFF_OTHER, DIFF_OTHER, DIFF_OTHER},
    {"param", 2, DIFF_OTHER, DIFF_OTHER, DIFF_GROWS}, /* but for a default that is gone: param_way() */
    {"entry", 1, DIFF_OTHER, DIFF_OTHER, DIFF_OTHER},
    {"targets", 1, DIFF_OTHER, DIFF_OTHER, DIFF_OTHER}, /* by what is new: targets_way() */
    {"abi", 1, DIFF_OTHER, DIFF_OTHER, DIFF_OTHER}, /* by what is let in: abi_way() */
    {"syscalls", 1, DIFF_OTHER, DIFF_OTHER, DIFF_OTHER}, /* the calls themselves are compared */
    {"default", 2, DIFF_OTHER, DIFF_OTHER, DIFF_OTHER},  /* never an allow */
    {"unknown", 2, DIFF_OTHER, DIFF_OTHER, DIFF_OTHER},
    {"directory", 1, DIFF_OTHER, DIFF_OTHER, DIFF_OTHER},
    {"hostname", 1, DIFF_OTHER, DIFF_OTHER, DIFF_OTHER},
    {"user", 1, DIFF_OTHER, DIFF_OTHER, DIFF_OTHER},
    {"scratch", 2, DIFF_SHRINKS, DIFF_GROWS, DIFF_OTHER},
    {"discard", 1, DIFF_OTHER, DIFF_OTHER, DIFF_OTHER}, /* of memory that is gone at the end */
    {"mount", 4, DIFF_SHRINKS, DIFF_GROWS, DIFF_GROWS},
};
/* clang-format on */
/* What other files compare. */
static const char *const elsewhere[] = {"policy", "allow", "deny", "limit", "require", "prefer", "test", "except", "never", "abi"};

struct line {
	const char *key, *value, *where;
	const struct word *word; /* NULL: not known */
	bool matched;
};

struct lines {
	struct line *v;
	unsigned n;
};

static size_t words_len(const char *s, unsigned n)
{
	size_t len = 0;
	for (unsigned i = 0; i < n && s[len]; i++) {
		len += strspn(s + len, " ");
		len += strcspn(s + len, " ");
	}
	return len;
}

static bool is_elsewhere(const char *s)
{
	size_t n = strcspn(s, " ");
	for (unsigned c = 0; c < CHOICE_COUNT; c++)
		if (strlen(choice_setting[c]) == n && strncmp(choice_setting[c], s, n) == 0)
			return true;
	for (size_t i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++)
		if (strlen(elsewhere[i]) == n && strncmp(elsewhere[i], s, n) == 0)
			return true;
	return n == 0;
}

static const struct word *find_word(const char *s)
{
	size_t n = strcspn(s, " ");
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i].word) == n && strncmp(words[i].word, s, n) == 0)
			return &words[i];
	return NULL;
}

static void take_line(struct differ *d, const struct side *s, struct lines *out, const char *text)
{
	const char *mark = strstr(text, "  # "), *spaces = text + strspn(text, " ");
	if (is_elsewhere(spaces))
		return;
	const char *line = arena_strndup(d->a, text, mark ? (size_t)(mark - text) : strlen(text));
	const char *where = mark ? arena_strndup(d->a, mark + 4, strcspn(mark + 4, " ")) : NULL;
	const struct word *w = find_word(line);
	size_t n = words_len(line, w ? w->n_key : 2);
	ARENA_GROW(d->a, out->v, out->n);
	out->v[out->n++] = (struct line){
	    .key = arena_strndup(d->a, line, n && line[n - 1] == ':' ? n - 1 : n),
	    .value = line + n + strspn(line + n, " ="),
	    .where = where && s->is_old ? arena_printf(d->a, "old %s", where) : where,
	    .word = w,
	};
}

/*
 * A line of launch.conf in the order of a policy's: the name that a policy gives it, then its value. The line of the policy
 * that it comes from stands behind, as it does there.
 */
static const char *in_order(struct arena *a, const char *line)
{
	enum { MAX = 5 };
	static const struct {
		const char *word;
		unsigned n;     /* words of the line; the last is all that is left */
		unsigned where; /* which of them is the place */
		unsigned order[3]; /* of the others those that mean something here; what a mount gives is access */
		const char *glue;  /* after the first of these */
	} rows[] = {
	    {"directory", 3, 1, {2}, ""},	 {"scratch", 4, 2, {3, 1}, ""},	 {"discard", 4, 2, {3, 1}, ""},
	    {"mount", 5, 3, {2, 4}, " at"}, {"range", 5, 4, {1, 2, 3}, ""},
	};
	const char *v[MAX], *at = line;
	size_t n[MAX], first = strcspn(line, " ");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf b = buf_new(a);
		if (strlen(rows[i].word) != first || strncmp(line, rows[i].word, first) != 0)
			continue;
		for (unsigned w = 0; w < rows[i].n; w++) {
			v[w] = at;
			n[w] = w + 1 == rows[i].n ? strlen(at) : strcspn(at, " ");
			at += n[w] + (at[n[w]] == ' ');
		}
		buf_puts(&b, rows[i].word);
		for (unsigned w = 0; w < 3 && rows[i].order[w]; w++)
			buf_printf(&b, " %.*s%s", (int)n[rows[i].order[w]], v[rows[i].order[w]], w == 0 ? rows[i].glue : "");
		buf_printf(&b, "  # %.*s", (int)n[rows[i].where], v[rows[i].where]);
		return buf_str(&b);
	}
	return line;
}

/* Of a plan: what the loader is told beside access, limits and guarantees. */
static void take_launch(struct differ *d, const struct side *s, struct lines *out)
{
	static const char *const known[] = {"sbx-launch", "policy",    "target", "arch",	    "param",   "guarantee",
					    "entry",	  "env-allow", "rlimit", "rlimit-fallback", "exec-fd", "need",
					    "wall",	  "output",    "notify", "end"};
	const struct artifact *f = plan_file(s->plan->files, "launch.conf");
	f = f ? f : plan_file(s->plan->files, "launch-macos.conf");
	for (const char *at = f ? f->data : "", *end; (end = strchr(at, '\n')); at = end + 1) {
		size_t n = strcspn(at, " \n");
		bool skip = false;
		for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
			skip |= strlen(known[i]) == n && strncmp(at, known[i], n) == 0;
		if (!skip)
			take_line(d, s, out, in_order(d->a, arena_strndup(d->a, at, (size_t)(end - at))));
	}
}

static struct lines lines_of(struct differ *d, const struct side *s)
{
	struct lines out = {0};
	if (s->plan)
		take_launch(d, s, &out);
	struct text_out ir;
	text_begin(&ir);
	ir_print(s->ir, s->k->src, ir.out);
	text_end(&ir);
	for (char *at = ir.bytes, *end; (end = strchr(at, '\n')); at = end + 1) {
		*end = '\0';
		take_line(d, s, &out, at);
	}
	free(ir.bytes);
	return out;
}

/* The namespaces that one list has and the other has not. */
static enum diff_way isolate_way(const struct differ *d)
{
	uint32_t lost = d->old.ir->isolate & ~d->now.ir->isolate, won = d->now.ir->isolate & ~d->old.ir->isolate;
	return lost ? DIFF_GROWS : won ? DIFF_SHRINKS : DIFF_OTHER;
}

/* The ABIs whose calls one lets in and the other does not. */
static enum diff_way abi_way(const struct differ *d)
{
	uint32_t lost = d->old.ir->arches & ~d->now.ir->arches, won = d->now.ir->arches & ~d->old.ir->arches;
	return won ? DIFF_GROWS : lost ? DIFF_SHRINKS : DIFF_OTHER;
}

/* All that the policy allows on a system that it was not for is new, and there is nothing to compare it with. */
static enum diff_way targets_way(const struct differ *d)
{
	uint32_t lost = d->old.ir->targets & ~d->now.ir->targets, won = d->now.ir->targets & ~d->old.ir->targets;
	return won ? DIFF_GROWS : lost ? DIFF_SHRINKS : DIFF_OTHER;
}

/* Another default opens another place where nobody gives a value, and another type takes other values; without a default less. */
static enum diff_way param_way(const struct line *old, const struct line *now)
{
	size_t n = strcspn(now->value, " ");
	bool same_type = strncmp(old->value, now->value, n + 1) == 0;
	return same_type && strncmp(now->value + n, " required", 9) == 0 ? DIFF_OTHER : DIFF_GROWS;
}

static const char *line_note(const struct line *old, const struct line *now, enum diff_way way)
{
	const struct word *w = now ? now->word : old->word;
	if (!w)
		return "compared as text, counted as grown";
	if (way != DIFF_GROWS)
		return NULL;
	if (strcmp(w->word, "targets") == 0)
		return "all that it allows there is new: `sbxc explain` says it";
	return strcmp(w->word, "param") == 0 ? "where no value is given it opens something else, which is not judged: counted as grown" : NULL;
}

static enum diff_way line_way(const struct differ *d, const struct line *old, const struct line *now)
{
	const struct word *w = now ? now->word : old->word;
	if (!w)
		return DIFF_GROWS;
	if (strcmp(w->word, "isolate") == 0)
		return isolate_way(d);
	if (strcmp(w->word, "abi") == 0)
		return abi_way(d);
	if (strcmp(w->word, "targets") == 0)
		return targets_way(d);
	if (strcmp(w->word, "param") == 0 && old && now)
		return param_way(old, now);
	return old && now ? w->changed : now ? w->added : w->gone;
}

static void add_line(struct differ *d, const struct line *old, const struct line *now)
{
	const struct line *by = now ? now : old;
	struct diff_entry *e = differ_add(d, DIFF_SETTINGS, line_way(d, old, now), d->old.ir->targets | d->now.ir->targets, by->key);
	e->object = old && now ? arena_printf(d->a, "%s -> %s", old->value, now->value)
			       : arena_printf(d->a, "%s%s%s", by->value, by->value[0] ? " " : "", now ? "(new)" : "(gone)");
	e->where = by->where;
	e->note = line_note(old, now, e->way);
}

/* What the line is found by: its key, and its value too where the whole must be the same. */
static const char *text_of(struct arena *a, const struct line *l, bool whole)
{
	return whole ? arena_printf(a, "%s\n%s", l->key, l->value) : l->key;
}

/* Says of each line of `now` with a line of `old` of the same text that they belong together. */
static void match(struct differ *d, struct lines *old, struct lines *now, bool whole)
{
	struct name_list by_text = {.n = 0};
	for (unsigned i = 0; i < old->n; i++) {
		const char *text = text_of(d->a, &old->v[i], whole);
		if (!old->v[i].matched)
			name_list_put(d->a, &by_text, text, strlen(text), i);
	}
	for (unsigned i = 0; i < now->n; i++) {
		const char *text = now->v[i].matched ? NULL : text_of(d->a, &now->v[i], whole);
		long was = text ? name_list_first(&by_text, text, strlen(text)) : -1;
		while (was >= 0 && old->v[by_text.v[was].value].matched)
			was = by_text.v[was].next;
		if (was < 0)
			continue;
		old->v[by_text.v[was].value].matched = now->v[i].matched = true;
		if (!whole)
			add_line(d, &old->v[by_text.v[was].value], &now->v[i]);
	}
}

/* ---- settings of one word ---- */

/* How much of the host the program is shown. */
static unsigned openness(enum choice c, unsigned value)
{
	switch (c) {
	case CHOICE_ROOT:
		return value == ROOT_HOST;
	case CHOICE_STDIN:
		return value == STDIN_INHERIT;
	case CHOICE_TERMINAL:
		return value == TERMINAL_INHERIT;
	case CHOICE_BASELINE:
		return value == BASELINE_SYSTEM;
	case CHOICE_OBSERVE:
	case CHOICE_COUNT:
		break;
	}
	return 0;
}

/* The targets, from t on, on which both say what they say on t; 0: an earlier one stands for t. */
static uint32_t same_change(const struct differ *d, unsigned t, enum choice c)
{
	uint32_t same = 0;
	for (unsigned u = 0; u < TARGET_COUNT; u++) {
		bool is = (d->targets & TARGET_BIT(u)) && d->old.ir->choice[u][c].value == d->old.ir->choice[t][c].value &&
			  d->now.ir->choice[u][c].value == d->now.ir->choice[t][c].value;
		if (is && u < t)
			return 0;
		same |= is ? TARGET_BIT(u) : 0;
	}
	return same;
}

static void compare_choice(struct differ *d, unsigned t, enum choice c)
{
	const struct ir_choice *was = &d->old.ir->choice[t][c], *is = &d->now.ir->choice[t][c];
	uint32_t targets = same_change(d, t, c);
	unsigned before = openness(c, was->value), after = openness(c, is->value);
	if (was->value == is->value || !targets)
		return;
	enum diff_way way = after > before ? DIFF_GROWS : after < before ? DIFF_SHRINKS : DIFF_OTHER;
	struct diff_entry *e = differ_add(d, DIFF_SETTINGS, way, targets, choice_setting[c]);
	e->object = arena_printf(d->a, "%s -> %s", choice_word[c][was->value], choice_word[c][is->value]);
	if (is->origin)
		e->where = side_where(d->a, &d->now, is->origin->loc);
	else if (was->origin)
		e->where = side_where(d->a, &d->old, was->origin->loc);
}

/* First those that are the same, then those of one key, then what is left. */
void diff_settings(struct differ *d)
{
	for (unsigned c = 0; c < CHOICE_COUNT; c++)
		for (unsigned t = 0; t < TARGET_COUNT; t++)
			compare_choice(d, t, (enum choice)c);
	struct lines old = lines_of(d, &d->old), now = lines_of(d, &d->now);
	match(d, &old, &now, true);
	match(d, &old, &now, false);
	for (unsigned i = 0; i < old.n; i++)
		if (!old.v[i].matched)
			add_line(d, &old.v[i], NULL);
	for (unsigned i = 0; i < now.n; i++)
		if (!now.v[i].matched)
			add_line(d, NULL, &now.v[i]);
}
