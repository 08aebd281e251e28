/*
 * grammar_help.h - a source text through the parser, and the words of its tree one by one. For
 * grammar_*.c only.
 */
#ifndef TESTS_GRAMMAR_HELP_H
#define TESTS_GRAMMAR_HELP_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/ast.h"
#include "compiler/diag.h"
#include "compiler/str.h"
#include "grammar/parse.h"

struct parsed {
	struct arena *arena;
	struct src *src;
	struct diags *diags;
	const struct src_file *file;
	struct ast_file *ast;
};

static inline struct parsed parse_bytes(const char *text, size_t n)
{
	struct parsed p = {.arena = arena_new()};
	p.src = src_new(p.arena);
	p.diags = diags_new(p.arena, p.src);
	cr_assert_eq(src_add(p.src, "t.sbx", text, n, &p.file), SRC_OK);
	p.ast = parse_source(p.arena, p.diags, p.file);
	return p;
}

static inline struct parsed parse_text(const char *text)
{
	return parse_bytes(text, strlen(text));
}

/* BODY as the inside of a policy. */
static inline struct parsed parse_body(const char *body)
{
	struct arena *a = arena_new();
	struct parsed p = parse_text(arena_printf(a, "sbx 1\npolicy p {\n%s\n}\n", body));
	arena_free(a);
	return p;
}

/* What the diagnostics print as one line each, from malloc. */
static inline char *said(const struct parsed *p)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	cr_assert_not_null(out);
	diags_print(p->diags, out, DIAG_GCC, false);
	fclose(out);
	return text;
}

static inline const struct ast_stmt *nth_stmt(const struct parsed *p, unsigned n)
{
	const struct ast_item *i = p->ast->items;
	const struct ast_stmt *s = i ? i->block : NULL;
	while (s && n--)
		s = s->next;
	return s;
}

#endif
