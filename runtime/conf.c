/*
 * conf.c - the strict line format: what is not exactly as plan.h says is refused as a whole.
 */
#include "conf.h"

#include <string.h>

#include "eight.h"

bool (line_fault)(const struct line *l, const char *why, struct span what)
{
	struct fault *f = l->conf->fault;
	enum { SHOWN = 95 };

	fault_say(f, ERR_SYNTAX, "at %s:%u", l->conf->file, l->number);
	if (what.len)
		fault_add(f, "found %.*s%s", (int)(what.len < SHOWN ? what.len : SHOWN), what.at,
			  what.len > SHOWN ? "..." : "");
	return fault_add(f,
			 "wrong %s\n"
			 "fix compile the policy again with sbxc", why);
}

bool line_done(const struct line *l)
{
	return l->left.len == 0;
}

QUICK bool line_word(struct line *l, struct span *word)
{
	size_t n = eight_find(l->left.at, l->left.len, ' ');
	bool blank = n < l->left.len;

	if (line_done(l))
		return line_fault(l, "a word is missing", (struct span){0});
	*word = (struct span){l->left.at, n};
	if (n == 0 || (blank && n + 1 == l->left.len))
		return line_fault(l, "words are separated by exactly one blank", l->left);
	l->left.at += n + blank;
	l->left.len -= n + blank;
	return true;
}

bool line_rest(struct line *l, struct span *rest)
{
	if (line_done(l))
		return line_fault(l, "a value is missing", (struct span){0});
	*rest = l->left;
	l->left.at += l->left.len;
	l->left.len = 0;
	return true;
}

bool line_number(struct line *l, uint64_t max, uint64_t *value)
{
	struct span word;

	if (!line_word(l, &word))
		return false;
	return span_number(word, max, value) || line_fault(l, "not a number in range", word);
}

unsigned (line_choice)(struct line *l, const char *words, const char *wrong)
{
	struct span word;

	if (!line_word(l, &word))
		return 0;
	for (unsigned n = 1; *words; n++, words = text_nth(words, 1))
		if (span_is(word, words))
			return n;
	return (line_fault)(l, wrong, word);
}

bool line_end(struct line *l)
{
	return line_done(l) || line_fault(l, "nothing may follow here", l->left);
}

bool line_last(struct line *l, struct span *word)
{
	return line_word(l, word) && line_end(l);
}

/* The bytes up to the first that is no part of a line. */
QUICK static size_t line_bytes(const char *at, size_t left)
{
	size_t i = 0;

	for (size_t n; (i += text_plain_len(at + i, left - i)) < left; i += n) {
		n = at[i] & 0x80 ? text_utf8_len(at + i, left - i) : 0; /* what is plain was passed: else a control byte */
		if (!n)
			break;
	}
	return i;
}

/* Takes the line at *at, without its \n. */
static bool line_next(const struct conf *c, size_t *at, struct line *l)
{
	size_t left = c->size - *at, len = line_bytes(c->data + *at, left);

	l->conf = c;
	l->number++;
	l->left = (struct span){c->data + *at, len};
	if (len == left || (c->data[*at + len] != '\n' && !memchr(l->left.at, '\n', left)))
		return line_fault(l, "the file is cut off: no `end`", (struct span){0});
	if (c->data[*at + len] != '\n')
		return line_fault(l, "a byte that cannot stand here", (struct span){0});
	*at += len + 1;
	if (len == 0)
		return line_fault(l, "an empty line", l->left);
	return len <= PLAN_MAX_LINE || line_fault(l, "the line is too long", l->left);
}

static bool version_check(const struct line *l, struct span version)
{
	struct fault *f = l->conf->fault;
	uint64_t value;

	if (!span_number(version, UINT32_MAX, &value) || value == 0)
		return line_fault(l, "not a version", version);
	if (value == PLAN_VERSION)
		return true;
	return fault_say(f, ERR_VERSION,
			 "at %s:1\n"
			 "fix use the sbx-run that came with the sbxc of this plan", l->conf->file);
}

static bool id_check(const struct line *l, struct span word, char id[PLAN_ID_LEN + 1])
{
	struct fault *f = l->conf->fault;

	if (word.len != PLAN_ID_LEN)
		return line_fault(l, "not a plan id", word);
	for (size_t i = 0; i < PLAN_ID_LEN; i += EIGHT)
		if (eight_no_hex(eight_at(word.at + i)))
			return line_fault(l, "not a plan id", word);
	if (!id[0])
		memcpy(id, word.at, PLAN_ID_LEN);
	if (span_is(word, id))
		return true;
	return fault_say(f, ERR_MIXED,
			 "at %s:1 has another plan id than launch.conf\n"
			 "fix compile the policy again with sbxc", l->conf->file);
}

static bool head_check(struct line *l, char id[PLAN_ID_LEN + 1])
{
	struct span word, version, plan_id;
	size_t kind = strlen(l->conf->kind);

	if (!line_word(l, &word))
		return false;
	if (word.len != kind + 4 || memcmp(word.at, "sbx-", 4) ||
	    memcmp(word.at + 4, l->conf->kind, kind))
		return line_fault(l, "the first line is that of another kind of file", word);
	if (!line_word(l, &version) || !version_check(l, version))
		return false;
	return line_word(l, &plan_id) && id_check(l, plan_id, id) && line_end(l);
}

struct table_run {
	const char *words, *next; /* next: the first that may come now */
	const char *last; /* where the word of the line before stands, if that may be there again */
	line_reader *const *reader; /* of `next` */
	void *ctx;
};

static bool often(const char *directive, const char *mark)
{
	return directive[0] == mark[0];
}

static bool directive_known(const char *words, struct span word)
{
	while (*words && !span_is(word, words + 1))
		words = text_nth(words, 1);
	return *words;
}

/* The directive of a word is looked for from the next on: a required one must not be passed over. */
static bool table_line(void *ctx, struct line *l, struct span word)
{
	struct table_run *run = ctx;
	const char *found = run->next;
	line_reader *const *reader = run->reader;
	bool missing = false;

	if (word.at == run->last)
		return (*reader)(run->ctx, l);
	for (; *found && !span_is(word, found + 1); found = text_nth(found, 1), reader++)
		missing |= often(found, ONCE);
	if (!*found)
		return (line_fault)(l, directive_known(run->words, word) ? SAID("a line that is repeated or out of order")
									 : SAID("a word this sbx-run does not know"), word);
	if (missing)
		return line_fault(l, "a line is missing before this one", word);
	if (often(found, MANY)) {
		run->next = found;
		run->reader = reader;
		run->last = word.at;
	} else {
		run->next = text_nth(found, 1);
		run->reader = reader + 1;
		run->last = NULL;
	}
	return (*reader)(run->ctx, l);
}

/* `end` was read: no required line may be missing. */
static bool required_seen(const struct line *l, const char *next)
{
	for (; *next; next = text_nth(next, 1))
		if (often(next, ONCE))
			return line_fault(l, "a line is missing", span_of(next + 1));
	return true;
}

/* Takes the first word off where it is that of the line before, as in most lines: *word stays what it is. */
static bool line_again(struct line *l, struct span word)
{
	const size_t len = word.len + 1; /* with its blank, behind which something must come */

	if (!word.len || l->left.len <= len || memcmp(l->left.at, word.at, len))
		return false;
	l->left.at += len;
	l->left.len -= len;
	return true;
}

/* All lines up to `end`; *l is then the last one. */
static bool lines_run(const struct conf *c, struct line *l,
		      bool (*read)(void *ctx, struct line *l, struct span word), void *ctx,
		      char id[PLAN_ID_LEN + 1])
{
	struct span word = {0};
	size_t at = 0;

	if (!line_next(c, &at, l) || !head_check(l, id))
		return false;
	for (;;) {
		if (!line_next(c, &at, l) || (!line_again(l, word) && !line_word(l, &word)))
			return false;
		if (span_is(word, "end"))
			break;
		if (!read(ctx, l, word))
			return false;
	}
	if (!line_end(l))
		return false;
	return at == c->size || line_fault(l, "something follows `end`", (struct span){0});
}

bool conf_lines(const struct conf *c, bool (*read)(void *ctx, struct line *l, struct span word),
		void *ctx, char id[PLAN_ID_LEN + 1])
{
	struct line l = {0};

	return lines_run(c, &l, read, ctx, id);
}

bool conf_run(const struct conf *c, const char *words, line_reader *const *readers, void *ctx, char id[PLAN_ID_LEN + 1])
{
	struct table_run run = {.words = words, .next = words, .reader = readers, .ctx = ctx};
	struct line l = {0};

	return lines_run(c, &l, table_line, &run, id) && required_seen(&l, run.next);
}
