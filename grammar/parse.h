/*
 * parse.h - the one function of the grammar that the compiler calls.
 */
#ifndef SBX_PARSE_H
#define SBX_PARSE_H

struct arena;
struct diags;
struct src_file;
struct ast_file;

/*
 * Parses one file. Faults are queued in `d`, several per run; what could be understood is returned
 * all the same, so that later phases can look for more. Never NULL. The compile has failed when
 * diag_errors(d) is not 0.
 */
struct ast_file *parse_source(struct arena *a, struct diags *d, const struct src_file *file);

/*
 * Every word the grammar itself knows (from keywords.def), for suggestions and for the test against
 * syscall names.
 */
const char *const *grammar_keywords(unsigned *n);

#endif
