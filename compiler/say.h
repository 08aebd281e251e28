/*
 * say.h - facts of a policy in the words of the language: what the review commands print.
 *
 * One wording for explain, why, normalize, test, diff and the report. What stands between quotes is spelled as in a
 * `.sbx` file, so that it can be pasted. All text is from the arena; nothing here decides anything.
 */
#ifndef SBX_SAY_H
#define SBX_SAY_H

#include "../backends/backend.h"
#include "guarantee.h"

/* A template as a string of the language: "\"${HOME}/.ssh\"". */
const char *say_template(struct arena *a, const char *tmpl);
/* The same for plain bytes, such as a reason. */
const char *say_string(struct arena *a, const char *plain);
/* Can a string of the language spell it? Not when it holds control bytes. */
bool say_spells(const char *tmpl);

/* The fewest words for the operations: "read write", "connect tcp". */
const char *say_ops(struct arena *a, uint32_t ops);
/* "linux, macos" */
const char *say_targets(struct arena *a, uint32_t targets);
/* What a rule speaks about, with what must hold there: "\"/usr\" if-exists", "\"*:443\"", "ptrace where ..."; "" for `net`. */
const char *say_object(struct arena *a, const struct ir_rule *r);
/* The rule as a line, without its reason: `allow read "/home" except { "/home/a", "/home/b" }`; `ops`: which of its. */
const char *say_rule(struct arena *a, const struct ir_rule *r, uint32_t ops);

/* say_around.c: the lines about the surroundings on one system: root, mount, scratch, directory, ... In a fixed order. */
struct said_line {
	const char *text;
	const struct origin *origin;
};
unsigned say_around(struct arena *a, const struct ir *ir, enum target t, struct said_line **out);
/* Do those lines bring this operation of the rule along? */
bool say_from_place(const struct ir *ir, const struct ir_rule *r, enum op op);

/* "256MiB", "10s", "100%", "16": the largest unit that loses nothing. */
/* A WHERE word of a plan as it was: `\x20` is a space. */
const char *say_where(struct arena *a, const char *word);
const char *say_value(struct arena *a, enum type type, uint64_t number);
const char *say_limit(struct arena *a, enum limit l, uint64_t value);
/* Of a limit that is set; what a param at load holds as `${name}`, and the most that a line lets it be. */
const char *say_limit_of(struct arena *a, enum limit l, const struct ir_limit *limit);
/* The limits that hold on the target though no line says them: "open-files 1024, core 0B"; "" where there are none. */
const char *say_default_limits(struct arena *a, const struct ir *ir, enum target t);
/* The number, or the name of the param that holds it. */
const char *say_number_of(struct arena *a, enum type type, uint64_t number, const char *param);
/* The default of a param at load, as the policy writes it. */
const char *say_default(struct arena *a, enum type type, const char *value);
extern const enum type limit_type[LIMIT_COUNT];

/* "file:line", and where the profile that holds it is used: "std/tty.sbx:12, used at p.sbx:7". NULL: "". */
const char *say_origin(struct arena *a, const struct src *src, const struct origin *o);

extern const char *const level_name[];
/* The sentence about a guarantee that does not hold as plainly as its name says. */
const char *say_caveat(struct arena *a, const struct guarantee *g);

/* An expectation as a line: `expect deny read "/x"`. */
const char *say_expect(struct arena *a, const struct ir *ir, const struct ir_test_expect *e);

/* A request as a person would put it: "read /home/ann/x", "connect tcp host:443", "syscall ptrace". */
const char *say_request(struct arena *a, const struct request *r);

#endif
