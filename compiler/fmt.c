/*
 * fmt.c - lays out a policy file, word by word.
 */
#include "fmt.h"

#include <stdbool.h>
#include <string.h>

#include "../grammar/parse.h"
#include "str.h"

enum { INDENT = 4, BEFORE_COMMENT = 2 };

/* One line of the result, so that comments of neighbours can be put under one another. */
struct line {
	const char *text;    /* with its indent; "" for an empty line */
	const char *comment; /* behind the text, or NULL */
	unsigned width;      /* columns of the text */
	size_t head;         /* bytes up to the end of an item of a list that more follows; 0: it is no such line */
};

struct layout {
	struct arena *arena;
	const char *text;
	const struct lexeme *v;
	unsigned n, at;
	unsigned braces, parens;
	bool continued; /* the line before ended inside of a statement */
	struct line *lines;
	unsigned n_lines;
};

static const char *text_of(const struct layout *l, const struct lexeme *x)
{
	return arena_strndup(l->arena, l->text + x->beg, x->end - x->beg);
}

/* Do blanks stand between the two? `before` is the word in front of `a`, when `a` is a parenthesis. */
static bool apart(const struct lexeme *a, const struct lexeme *b)
{
	if (b->kind == LEXEME_COMMA || b->kind == LEXEME_COLON || b->kind == LEXEME_RPAREN)
		return false;
	if (a->kind == LEXEME_LPAREN || a->kind == LEXEME_PIPE || b->kind == LEXEME_PIPE)
		return false;
	if (b->kind == LEXEME_LPAREN)
		return !(a->kind == LEXEME_WORD && a->glue);
	return true;
}

/* Columns as a screen shows them: one for each character. */
static unsigned columns(const char *s)
{
	unsigned n = 0;
	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

static void add_line(struct layout *l, const char *text, const char *comment, size_t head)
{
	ARENA_GROW(l->arena, l->lines, l->n_lines);
	l->lines[l->n_lines++] = (struct line){.text = text, .comment = comment, .width = columns(text), .head = head};
}

/* How deep a line stands: by the braces that are open in front of it, its own closing one not counted. */
static unsigned depth_of(const struct layout *l)
{
	const struct lexeme *first = &l->v[l->at];
	unsigned depth = l->braces;
	if (first->kind == LEXEME_RBRACE && depth)
		return depth - 1;
	return depth + (l->continued || l->parens ? 1 : 0);
}

static void count(struct layout *l, const struct lexeme *x)
{
	l->braces += x->kind == LEXEME_LBRACE;
	l->parens += x->kind == LEXEME_LPAREN;
	l->braces -= x->kind == LEXEME_RBRACE && l->braces;
	l->parens -= x->kind == LEXEME_RPAREN && l->parens;
}

/* The words up to the end of the line. */
static void lay_line(struct layout *l)
{
	struct buf b = buf_new(l->arena);
	const struct lexeme *last = NULL;
	const char *comment = NULL;
	unsigned depth = depth_of(l), first = l->at;
	bool alone = l->v[l->at].kind == LEXEME_COMMENT;
	bool item = l->text[l->v[l->at].beg] == '"' && !l->continued && !l->parens;
	size_t head = 0;
	for (unsigned i = 0; i < depth * INDENT; i++)
		buf_putc(&b, ' ');
	for (; l->v[l->at].kind != LEXEME_NEWLINE && l->v[l->at].kind != LEXEME_END; l->at++) {
		const struct lexeme *x = &l->v[l->at];
		if (x->kind == LEXEME_COMMENT && !alone) {
			comment = text_of(l, x);
			continue;
		}
		if (item && l->at == first + 1 && x->kind == LEXEME_WORD)
			head = b.len;
		if (last && apart(last, x))
			buf_putc(&b, ' ');
		buf_puts(&b, text_of(l, x));
		count(l, x);
		last = x;
	}
	add_line(l, buf_str(&b), comment, head);
	if (!alone) /* a comment between two lines of a statement ends nothing */
		l->continued = last && last->kind == LEXEME_COMMA;
}

/* An empty line stays, but not at the start or end of a block or file, nor twice. */
static bool keeps_empty(const struct layout *l)
{
	if (l->n_lines == 0 || !l->lines[l->n_lines - 1].text[0])
		return false;
	const char *before = l->lines[l->n_lines - 1].text;
	bool opens = before[strlen(before) - 1] == '{' && before[strspn(before, " ")] != '#';
	unsigned next = l->at;
	while (l->v[next].kind == LEXEME_NEWLINE)
		next++;
	return !opens && l->v[next].kind != LEXEME_RBRACE && l->v[next].kind != LEXEME_END;
}

static void lay_lines(struct layout *l)
{
	while (l->v[l->at].kind != LEXEME_END) {
		if (l->v[l->at].kind != LEXEME_NEWLINE)
			lay_line(l);
		else if (keeps_empty(l))
			add_line(l, "", NULL, 0);
		l->at += l->v[l->at].kind == LEXEME_NEWLINE;
	}
}

/* What follows the items of a list begins in one column, for items on lines that follow one another. */
static void align_items(struct layout *l)
{
	for (unsigned i = 0, end; i < l->n_lines; i = end) {
		size_t width = 0;
		for (end = i; end < l->n_lines && l->lines[end].head; end++) {
			const struct line *line = &l->lines[end];
			size_t head = columns(arena_strndup(l->arena, line->text, line->head));
			width = head > width ? head : width;
		}
		for (; i < end; i++) {
			struct line *line = &l->lines[i];
			const char *head = arena_strndup(l->arena, line->text, line->head);
			line->text = arena_printf(l->arena, "%s%*s%s", head, (int)(width - columns(head)), "", line->text + line->head);
			line->width = columns(line->text);
		}
		end += end == i;
	}
}

/* The comments of lines that follow one another begin in one column. */
static void put_lines(const struct layout *l, struct buf *out)
{
	for (unsigned i = 0; i < l->n_lines;) {
		unsigned end = i, width = 0;
		for (; end < l->n_lines && l->lines[end].comment; end++)
			width = l->lines[end].width > width ? l->lines[end].width : width;
		end = end > i ? end : i + 1;
		for (; i < end; i++) {
			const struct line *line = &l->lines[i];
			buf_puts(out, line->text);
			for (unsigned c = line->width; line->comment && c < width + BEFORE_COMMENT; c++)
				buf_putc(out, ' ');
			buf_printf(out, "%s\n", line->comment ? line->comment : "");
		}
	}
}

/* ---- the same words? ---- */

static unsigned next_word(const struct lexeme *v, unsigned i)
{
	while (v[i].kind == LEXEME_NEWLINE)
		i++;
	return i;
}

/* Words, comments, and whether lines end between them; how many empty lines stand there does not count. */
static bool same(const char *x, const struct lexeme *v, const char *y, const struct lexeme *w)
{
	bool first = true;
	for (unsigned i = 0, k = 0;; i++, k++) {
		bool ends = v[i].kind == LEXEME_NEWLINE || v[i].kind == LEXEME_END;
		bool ends_too = w[k].kind == LEXEME_NEWLINE || w[k].kind == LEXEME_END;
		if (!first && ends != ends_too)
			return false;
		i = next_word(v, i);
		k = next_word(w, k);
		uint32_t n = v[i].end - v[i].beg;
		if (v[i].kind == LEXEME_END || v[i].kind != w[k].kind)
			return v[i].kind == w[k].kind;
		if (n != w[k].end - w[k].beg || memcmp(x + v[i].beg, y + w[k].beg, n) != 0)
			return false;
		first = false;
	}
}

const char *fmt_source(struct arena *a, const struct src_file *file, size_t *size)
{
	struct layout l = {.arena = a, .text = file->text};
	struct buf out = buf_new(a);
	const struct src_file *again;
	unsigned n;
	l.v = source_lexemes(a, file, &l.n);
	lay_lines(&l);
	align_items(&l);
	put_lines(&l, &out);
	if (src_add(src_new(a), file->name, buf_str(&out), out.len, &again) != SRC_OK)
		return NULL;
	*size = out.len;
	return same(file->text, l.v, again->text, source_lexemes(a, again, &n)) ? buf_str(&out) : NULL;
}
