/*
 * conf.h - the strict line format of the plan's .conf files: whole-file checks, lines, words,
 * directive tables.
 *
 * Nothing is copied: words and templates are spans into the file. Every file has a table of
 * directives in the order of plan.h; conf_run() keeps order, repetition and presence.
 */
#ifndef SBX_CONF_H
#define SBX_CONF_H

#include "fault.h"

struct conf {
	const char *file; /* its name, for messages */
	const char *kind; /* "launch": the word after sbx- in the first line */
	const char *data;
	size_t size;
	struct fault *fault;
};

struct line {
	const struct conf *conf;
	unsigned number;
	struct span left; /* what no word has taken yet */
};

/* How often a line may stand: before the word, as in `ONCE "policy"`. */
#define ONCE  "1"
#define MAYBE "?"
#define MANY  "*"

typedef bool line_reader(void *ctx, struct line *l); /* takes all that follows the word */

/* A table DIRECTIVE(word, reader) ... in the order of plan.h, as texts that lie one behind the other and as functions. */
#define DIRECTIVE_WORD(word, reader)   word "\0"
#define DIRECTIVE_READER(word, reader) reader,

/*
 * Proves the file as a whole and gives each line between the first and `end` to the reader of its word. The plan id of the
 * first line is compared with `id`, which is set when empty (id[0] == 0).
 */
bool conf_run(const struct conf *c, const char *words, line_reader *const *readers, void *ctx, char id[PLAN_ID_LEN + 1]);

/*
 * The same for a file whose lines all look alike and come in any order: `read` gets the first word.
 */
bool conf_lines(const struct conf *c, bool (*read)(void *ctx, struct line *l, struct span word),
		void *ctx, char id[PLAN_ID_LEN + 1]);

/* One word; a fault when the line is at its end or holds two blanks. */
bool line_word(struct line *l, struct span *word);
/* The last word: nothing follows it. */
bool line_last(struct line *l, struct span *word);
/* The rest of the line as it is, at least one byte. */
bool line_rest(struct line *l, struct span *rest);
bool line_number(struct line *l, uint64_t max, uint64_t *value);
/* One word of `words`, which a NUL parts: the how manieth, from 1 on; 0 after a fault, which says `wrong`. */
unsigned line_choice(struct line *l, const char *words, const char *wrong);
#define line_choice(l, words, wrong) line_choice(l, words "\0", SAID(wrong))
/* Nothing may be left. */
bool line_end(struct line *l);
bool line_done(const struct line *l); /* is nothing left? */
/* A fault that names file and line. */
bool line_fault(const struct line *l, const char *why, struct span what);
#define line_fault(l, why, what) line_fault(l, SAID(why), what)

#endif
