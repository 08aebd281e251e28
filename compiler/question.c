/*
 * question.c - what `why` is asked.
 */
#include "question.h"

#include <stdlib.h>
#include <string.h>

#include "../grammar/parse.h"
#include "macos_word.h"
#include "resolve_priv.h"
#include "syscalls.h"

/* ---- words to text ---- */

static bool is_const(const char *word)
{
	return word[0] >= 'A' && word[0] <= 'Z' &&
	       word[strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")] == '\0';
}

/* A word of the shell between quotes; the slash that its completion leaves behind a folder is dropped. */
static void put_quoted(struct buf *b, const char *word)
{
	size_t n = strlen(word);
	while (n > 1 && word[0] == '/' && word[n - 1] == '/')
		n--;
	buf_putc(b, '"');
	for (size_t i = 0; i < n; i++) {
		if (word[i] == '"' || word[i] == '\\')
			buf_putc(b, '\\');
		buf_putc(b, word[i]);
	}
	buf_putc(b, '"');
}

static void put_words(struct buf *b, const char *const *words, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		buf_printf(b, "%s%s", i ? " " : "", words[i]);
}

/* `x86_64:110` as its name, for who has only the number; else the word. */
static const char *call_word(const char *word)
{
	const char *digits = strchr(word, ':');
	char *end;
	for (unsigned a = 0; digits && a < ARCH_COUNT; a++) {
		size_t n = strlen(arch_name[a]);
		if (strncmp(word, arch_name[a], n) != 0 || word + n != digits)
			continue;
		unsigned long nr = strtoul(digits + 1, &end, 10);
		const struct syscall_desc *call =
		    digits[1] >= '0' && digits[1] <= '9' && !*end && nr <= UINT32_MAX ? syscall_by_nr(a, (uint32_t)nr) : NULL;
		return call ? call->name : word;
	}
	return word;
}

/* Round the words of the question stands the least that the parser takes. */
static const char before[] = "sbx 1\ntest \"\" { expect allow ", after[] = "\n}\n";

/* `connect tcp` without an endpoint: the missing one is to be said, not the kind. */
static bool is_kind(const char *word)
{
	return strcmp(word, "tcp") == 0 || strcmp(word, "udp") == 0 || strcmp(word, "unix") == 0;
}

const char *question_text(struct arena *a, const char *const *words, unsigned n)
{
	struct buf b = buf_new(a);
	buf_puts(&b, before);
	bool env = n == 2 && strcmp(words[0], "env") == 0;
	const struct macos_word *whole = n == 2 ? macos_word_find(words[0], words[1]) : NULL;
	if (n == 2 && strcmp(words[0], "syscall") == 0) {
		buf_printf(&b, "syscall %s", call_word(words[1]));
	} else if (n < 2 || is_kind(words[n - 1]) || strcmp(words[0], "syscall") == 0 || (env && is_const(words[1])) || (whole && whole->object)) {
		put_words(&b, words, n);
	} else {
		put_words(&b, words, n - 1);
		buf_putc(&b, ' ');
		put_quoted(&b, words[n - 1]);
	}
	buf_puts(&b, after);
	return buf_str(&b);
}

/* ---- text to expectations ---- */

static const struct ir_binding *resolve_given(struct res *r, const struct place *p)
{
	const struct compile_options *opt = r->c->opt;
	struct ir_binding *v = ARENA_ARRAY(r->a, opt->n_given, struct ir_binding);
	for (unsigned i = 0; i < opt->n_given; i++) {
		const struct compile_set *g = &opt->given[i];
		enum type type;
		struct value value;
		v[i] = (struct ir_binding){g->name, g->value};
		if (!load_time_type(r, p->scope, g->name, &type))
			diag(r->d, DIAG_GIVEN, (struct loc){0, 0}, "--given %s: `%s` is no value that is given at load", g->name,
			     g->name);
		else if (!value_parse(r, type, g->value, &value))
			diag(r->d, DIAG_GIVEN, (struct loc){0, 0}, "--given %s: `%s` is not a %s", g->name, g->value,
			     type_name[type]);
	}
	return v;
}

void resolve_question(struct res *r, const struct place *p)
{
	const char *text = r->c->opt->question;
	const struct src_file *file;
	if (!text || src_add(r->src, "command line", text, strlen(text), &file) != SRC_OK)
		return;
	src_show_only(r->src, file, strlen(before), strlen(text) - strlen(before) - strlen(after));
	r->asking = true;
	const struct ast_file *ast = parse_source(r->a, r->d, file);
	const struct ir_binding *given = resolve_given(r, p);
	if (!ast->items || ast->items->kind != ITEM_TEST)
		return;
	resolve_test(r, p, ast->items->test);
	struct ir_test *q = ARENA_NEW(r->a, struct ir_test);
	*q = r->build->tests[--r->build->n_tests]; /* asked, not a test of the policy */
	q->given = given;
	q->n_given = r->c->opt->n_given;
	r->c->question = q;
}
