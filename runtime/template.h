/*
 * template.h - the templates of the plan (see TMPL in plan.h): syntax and expansion.
 */
#ifndef SBX_TEMPLATE_H
#define SBX_TEMPLATE_H

#include "conf.h"
#include "params.h"

enum template_use {
	/* a canonical absolute path; only values of type path bring a slash in */
	TEMPLATE_PATH,
	TEMPLATE_TEXT, /* any text */
};

/*
 * Is it canonical, and are its variables known? Returns the reason otherwise, NULL when good. v may
 * be NULL: no variables.
 */
const char *template_wrong(struct span tmpl, const struct vars *v);

/* Does it stand for itself? Then it is good. */
bool template_plain(struct span tmpl);

/* Expands a template that template_wrong() found good; `where` is the policy line for messages. */
bool template_expand(struct span tmpl, enum template_use use, struct vars *v, struct span where,
		     char out[PLAN_MAX_PATH + 1], struct fault *f);

/*
 * The template of one word, in which each blank is written \x20, as a WHERE word has it. False when it is longer than a
 * line.
 */
bool word_template(struct span word, char out[PLAN_MAX_LINE + 1], struct span *tmpl);

/* Takes the first of some such words, which one blank parts; false when none is left. */
bool word_template_next(struct span *words, char out[PLAN_MAX_LINE + 1], struct span *tmpl);

/* The rest of a line, a good template. */
bool line_template(struct line *l, const struct vars *v, struct span *tmpl);
/* The same of one that was read: else a fault of the line. */
bool line_template_good(const struct line *l, const struct vars *v, struct span tmpl);
/* A word of a line, of which word_template() makes a good template. */
bool line_word_template(struct line *l, const struct vars *v, struct span *word);

/* Absolute, no empty, . or .. component, no slash at the end ("/" excepted). */
bool path_canonical(const char *path);

#endif
