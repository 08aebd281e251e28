/*
 * rule_lines.h - the lines of a policy that its tests should notice: which of them decided an expectation, and which could
 * be removed without any test failing.
 *
 * A line is a place: a statement, or an entry of a list that stands on a line of its own; each `except`; all that one `use`
 * brings. Two lines that say the same are one, because the meaning knows them as one.
 */
#ifndef SBX_RULE_LINES_H
#define SBX_RULE_LINES_H

#include "compile.h"
#include "expect.h"

enum line_kind { LINE_RULE, LINE_HOLE, LINE_ENV, LINE_LIMIT, LINE_WANT };

struct rule_line {
	enum line_kind kind;
	struct loc loc;
	bool decided;  /* rule, hole, env: it decided an expectation */
	bool survives; /* rule_lines_mutate(): without it every test still holds */
};

struct rule_lines {
	const struct compile *k;
	struct rule_line *v; /* in the order of their places */
	unsigned n;
};

struct rule_lines rule_lines_of(struct arena *a, const struct compile *k);
/* Notes which lines decided what was seen. */
void rule_lines_seen(struct rule_lines *l, const struct expect_seen *s);
/* Does coverage count lines of this kind? Limits and guarantees decide no access. */
bool rule_line_counts(const struct rule_line *l);
/* Removes each line in turn from the meaning, and asks all tests again. */
void rule_lines_mutate(struct rule_lines *l);
/* The line as it stands in the file, without what follows its first line. */
const char *rule_line_text(const struct rule_lines *l, const struct rule_line *line);

#endif
