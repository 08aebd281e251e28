/*
 * template.h - canonical text with load-time variables: the form IR and plan files share (runtime/plan.h, TMPL).
 */
#ifndef SBX_TEMPLATE_H
#define SBX_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

#include "str.h"

/* Appends the canonical spelling of literal bytes: `\\`, `\$`, `\xHH` for control bytes, the rest as it is. */
void template_add_literal(struct buf *b, const char *bytes, size_t n);
void template_add_var(struct buf *b, const char *name);

/*
 * Walks a template: *p moves past one piece. Returns false at the end. A variable piece has var set (name, var_len),
 * a literal piece one decoded byte in `byte`.
 */
struct template_piece {
	bool is_var;
	const char *var;
	size_t var_len;
	char byte;
};
bool template_next(const char **p, struct template_piece *out);

/* The decoded text of a template that has no variables; NULL when it has one. */
const char *template_literal(struct arena *a, const char *tmpl);
bool template_has_vars(const char *tmpl);

/* Is the text an absolute path that is its own canonical spelling: no // . .. or trailing slash, no NUL? */
bool path_is_canonical(const char *path);

/* The built-in load-time variables, in name order; NULL ends the list. */
extern const char *const template_builtins[];
bool template_is_builtin(const char *name, size_t len);
/* Does this built-in hold an absolute path? (UID does not.) */
bool template_builtin_is_path(const char *name, size_t len);

#endif
