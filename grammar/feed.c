/*
 * feed.c - between the scanner and the parser: what a word means for the structure of the file.
 *
 * Drops the newlines that end nothing, keeps the open braces, and mends what one slip would
 * otherwise turn into many messages: a missing brace or parenthesis, a misspelled word in front of
 * a block, a list behind a refused statement. Each mend reports once and mutes the parser to the
 * end of the line. Every byte is looked at a bounded number of times.
 */
#include "grammar.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

#include "sbx.tab.h"

struct diag_rec *parse_fault(struct parse *p, enum diag_id id, struct loc where, const char *fmt,
			     ...)
{
	char text[512]; /* messages quote words of the file, which may be of any length */
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	p->faults++;
	return diag(p->diags, id, where, "%s", text);
}

/* ---- openers ---- */

static struct opener *top(struct parse *p)
{
	return p->depth ? &p->open[p->depth - 1] : NULL;
}

static bool is_head(int kind)
{
	return kind == T_POLICY || kind == T_PROFILE || kind == T_TEST || kind == T_ON ||
	       kind == T_OTHER;
}

static bool is_item_only(int kind)
{
	return kind == T_IMPORT || kind == T_PARAM || kind == T_GROUP || kind == T_PROXY ||
	       kind == T_PROFILE || kind == T_POLICY;
}

static bool is_verb(int kind)
{
	return (kind >= T_TARGETS && kind <= T_ON) || kind == T_GIVEN || kind == T_EXPECT ||
	       kind == T_TEST || is_item_only(kind);
}

static enum opener_kind brace_kind(const struct parse *p)
{
	if (!is_head(p->first.kind) || p->head_open)
		return OPEN_LIST;
	return p->first.kind == T_TEST ? OPEN_TEST : OPEN_BLOCK;
}

static void push(struct parse *p, enum opener_kind kind, struct loc loc, bool injected)
{
	p->open[p->depth++] = (struct opener){kind, loc, p->indent, injected};
	if (kind == OPEN_BLOCK || kind == OPEN_TEST)
		p->head_open = true;
}

static void pop_brace(struct parse *p, const struct token *t)
{
	const struct opener *o = top(p);
	if (t->line_first && !o->injected && o->indent != p->indent)
		p->misfit = (struct misfit){o->loc, t->loc};
	if (o->kind != OPEN_LIST)
		p->first = (struct token){0};
	p->depth--;
}

/* ---- tokens ---- */

static void put_back(struct parse *p, struct token t)
{
	p->pending[p->n_pending++] = t;
}

static struct token pull(struct parse *p)
{
	struct token t = {0};
	if (p->n_pending)
		return p->pending[--p->n_pending];
	if (p->faults >= PARSE_MAX_FAULTS) {
		p->close_to = 0;
		p->closing = true; /* silently: enough was said */
		t.loc = (struct loc){p->offset, p->offset + 1};
		return t;
	}
	t.kind = scan_token(&t, p->scanner);
	t.line_first = p->newline && t.kind != T_NL;
	p->newline = t.kind == T_NL;
	if (t.line_first)
		p->indent = t.loc.beg - p->line_beg;
	return t;
}

/* A token that the file does not hold, in front of T, which comes again. */
static struct token inject(struct parse *p, int kind, struct token t)
{
	put_back(p, t);
	return (struct token){.kind = kind, .loc = {t.loc.beg, t.loc.beg + 1}};
}

static void too_deep(struct parse *p, struct loc loc)
{
	if (p->deep_seen)
		return;
	p->deep_seen = true;
	diag_help(parse_fault(p, DIAG_TOO_DEEP, loc, "more than %d braces and parentheses are open here", SRC_MAX_NESTING),
		  "close some of them before");
}

/* CLOSE: the parser has got the `{` and needs a `}`. */
static void skip_from(struct parse *p, const struct token *t, bool close)
{
	p->skip = 1;
	p->skip_at = t->loc;
	p->skip_brace = t->kind == T_LBRACE;
	p->skip_close = close;
}

/*
 * Inside of what is skipped only the openers and closers of the same kind count. True when T ends
 * it and must go on to the parser. A brace ends what began with a parenthesis: that one was never
 * closed.
 */
static bool skip_step(struct parse *p, const struct token *t)
{
	bool brace = p->skip_brace;
	bool foreign = !brace && (t->kind == T_LBRACE || t->kind == T_RBRACE);
	if (t->kind == (brace ? T_LBRACE : T_LPAREN)) {
		if (++p->skip + p->depth > SRC_MAX_NESTING)
			too_deep(p, t->loc);
	} else if (t->kind == (brace ? T_RBRACE : T_RPAREN)) {
		p->skip--;
	} else if (t->kind == T_END || foreign) {
		p->skip = 0;
	}
	if (p->skip == 0 && !p->skip_close)
		p->prev.kind = T_BADWORD; /* no `{` any more: the next newline ends the statement */
	return p->skip == 0 && (p->skip_close || foreign || t->kind == T_END);
}

/* ---- faults that are better seen here than in the parser ---- */

void feed_open_paren(struct parse *p)
{
	struct diag_rec *r =
	    parse_fault(p, DIAG_NOT_CLOSED, top(p)->loc, "parenthesis is not closed");
	diag_label(r, "this `(` has no `)`");
	diag_help(r, "add `)`");
	while (parse_top_is(p, OPEN_PAREN))
		p->depth--;
	p->mute = true;
}

static void blame_open_brace(struct parse *p, const struct token *t)
{
	const struct opener *o = top(p);
	struct diag_rec *r;
	bool quiet = o->injected || p->deep_seen || p->blamed;
	p->blamed = true;
	if (quiet)
		return;
	r = parse_fault(p, DIAG_NOT_CLOSED, o->loc, "block is not closed");
	diag_label(r, "this `{` has no `}`");
	if (t->kind != T_END)
		diag_second(r, t->loc, "but this stands outside of it");
	else if (!loc_none(p->misfit.open) && p->misfit.open.beg > o->loc.beg)
		diag_second(r, p->misfit.open, "or this one: its `}` stands at another indent");
	diag_help(r, "add `}` on its own line at the end of the block");
}

static void blame_skipped(struct parse *p)
{
	if (!p->deep_seen) {
		struct diag_rec *r =
		    parse_fault(p, DIAG_NOT_CLOSED, p->skip_at, "block is not closed");
		diag_label(r, "this `{` has no `}`");
	}
	p->blamed = true;
}

/* ---- the stream ---- */

static bool ends_nothing(struct parse *p)
{
	int k = p->prev.kind;
	return p->prev.kind == 0 || k == T_NL || k == T_LBRACE || k == T_COMMA ||
	       parse_top_is(p, OPEN_PAREN);
}

/*
 * At the end of a first line without its `{`: that brace, in front of the next word or in its
 * place.
 */
static struct token missing_brace(struct parse *p)
{
	struct loc at = {p->prev.loc.end, p->prev.loc.end + 1};
	struct token t = pull(p);
	bool quiet = p->mute || p->recovering;
	while (t.kind == T_NL)
		t = pull(p);
	if (t.kind == T_LBRACE) {
		if (!quiet) {
			struct diag_rec *r = parse_fault(p, DIAG_UNEXPECTED, t.loc,
							 "this `{` stands on a line of its own");
			diag_second(r, p->first.loc, "its block begins here");
			diag_help(r, "move it to the end of that line");
		}
		push(p, brace_kind(p), t.loc, false);
		return t;
	}
	if (!quiet) {
		struct diag_rec *r =
		    parse_fault(p, DIAG_UNEXPECTED, at, "expected `{` at the end of the line");
		diag_second(r, p->first.loc, "this begins a block");
		diag_help(r, "add `{`");
	}
	put_back(p, t);
	t = (struct token){.kind = T_LBRACE, .loc = at};
	push(p, brace_kind(p), at, true);
	p->mute = true;
	return t;
}

/* One step of closing all that is open, in front of T. */
static struct token close_step(struct parse *p, struct token t)
{
	if (p->prev.kind && p->prev.kind != T_NL)
		return inject(p, T_NL, t);
	while (parse_top_is(p, OPEN_PAREN))
		p->depth--;
	if (p->depth > p->close_to) {
		p->first = (struct token){0};
		p->depth--;
		return inject(p, T_RBRACE, t);
	}
	p->closing = p->blamed = false;
	return t;
}

static bool at_start(struct parse *p)
{
	int k = p->prev.kind;
	return (k == 0 || k == T_NL || k == T_LBRACE) && !parse_top_is(p, OPEN_LIST) &&
	       !parse_top_is(p, OPEN_PAREN);
}

static void begin(struct parse *p, struct token *t)
{
	if (!p->started)
		mend_header(p, t);
	if ((t->kind == T_NAME || t->kind == T_BADWORD) && mend_line_has_brace(p, t->loc))
		mend_block_word(p, t);
	p->first = *t;
	p->n_loose = 0;
	p->head_open = false;
}

/* Inside a parenthesis or after a comma a new statement can only mean that something is missing. */
static bool interrupts(struct parse *p, const struct token *t)
{
	bool continued = parse_top_is(p, OPEN_PAREN) || p->prev.kind == T_COMMA;
	if (!continued || !t->line_first || !is_verb(t->kind))
		return false;
	const char *after = p->file->text + (t->loc.end - p->file->base);
	return after[strspn(after, " \t")] != ':';
}

enum verdict { GIVE, AGAIN };

static enum verdict opener(struct parse *p, struct token *t)
{
	bool brace = t->kind == T_LBRACE;
	bool head = is_head(p->first.kind) && !p->head_open;
	if (p->recovering && brace && !head) {
		skip_from(p, t, false);
		return AGAIN;
	}
	if (p->depth < SRC_MAX_NESTING) {
		push(p, brace ? brace_kind(p) : OPEN_PAREN, t->loc, false);
		return GIVE;
	}
	too_deep(p, t->loc);
	skip_from(p, t, brace);
	p->mute = true;
	p->head_open = true;
	return brace ? GIVE : AGAIN;
}

static void closer(struct parse *p, const struct token *t)
{
	if (t->kind == T_RPAREN) {
		if (parse_top_is(p, OPEN_PAREN))
			p->depth--;
		return;
	}
	if (parse_top_is(p, OPEN_PAREN))
		feed_open_paren(p);
	if (p->depth)
		pop_brace(p, t);
}

static enum verdict newline(struct parse *p, struct token *t)
{
	if (ends_nothing(p))
		return AGAIN;
	if (is_head(p->first.kind) && !p->head_open && p->depth < SRC_MAX_NESTING)
		*t = missing_brace(p);
	return GIVE;
}

/*
 * A statement after a test that stands no deeper than the test itself: the `}` is missing. In a
 * file without indents (a test in a policy at column 1) it may as well be an `expect` that was
 * forgotten, so there the parser decides.
 */
static bool leaves_test(struct parse *p, const struct token *t)
{
	return parse_top_is(p, OPEN_TEST) && is_verb(t->kind) && t->kind != T_GIVEN &&
	       t->kind != T_EXPECT && t->line_first && at_start(p) && top(p)->indent > 0 &&
	       p->indent <= top(p)->indent;
}

static bool must_close(struct parse *p, const struct token *t)
{
	if (t->kind == T_END)
		return p->depth || (p->prev.kind && p->prev.kind != T_NL);
	if (leaves_test(p, t))
		return true;
	return p->depth && is_item_only(t->kind) && t->line_first && p->indent == 0 &&
	       (at_start(p) || p->recovering);
}

static void begin_closing(struct parse *p, const struct token *t)
{
	bool item = t->kind == T_END || (is_item_only(t->kind) && p->indent == 0);
	if (parse_top_is(p, OPEN_PAREN))
		feed_open_paren(p);
	else if (p->depth)
		blame_open_brace(p, t);
	p->close_to = item ? 0 : p->depth - 1;
	p->closing = true;
}

/* What becomes of one token of the file. */
static enum verdict consider(struct parse *p, struct token *t)
{
	if (p->skip) {
		if (!skip_step(p, t))
			return AGAIN;
		bool close = p->skip_close;
		p->skip_close = false;
		if (t->kind == T_END && !close)
			blame_skipped(p);
		if (t->kind == T_END && close)
			*t = inject(p, T_RBRACE, *t);
		if (close)
			return GIVE;
	}
	if (!p->closing && must_close(p, t))
		begin_closing(p, t);
	if (p->closing) {
		*t = close_step(p, *t);
		if (p->closing)
			return GIVE;
	}
	if (t->kind == T_NL)
		return newline(p, t);
	if (interrupts(p, t)) {
		if (parse_top_is(p, OPEN_PAREN))
			feed_open_paren(p);
		*t = inject(p, T_NL, *t);
		return GIVE;
	}
	if (at_start(p) && !p->recovering)
		begin(p, t);
	mend_edition(p, t);
	if (t->kind == T_LBRACE || t->kind == T_LPAREN)
		return opener(p, t);
	if (t->kind == T_RBRACE || t->kind == T_RPAREN)
		closer(p, t);
	return GIVE;
}

static void remember_loose(struct parse *p, const struct token *t)
{
	if ((t->kind == T_NAME || t->kind == T_QNAME) && t->loc.beg != p->first.loc.beg &&
	    p->n_loose < PARSE_MAX_LOOSE)
		p->loose[p->n_loose++] = *t;
}

struct token feed_next(struct parse *p)
{
	struct token t;
	if (p->prev.kind == T_NL)
		p->mute = p->recovering = false;
	if (p->prev.kind == T_RBRACE)
		p->recovering = false;
	do
		t = pull(p);
	while (consider(p, &t) == AGAIN);
	remember_loose(p, &t);
	p->before = p->prev;
	p->prev = t;
	return t;
}

bool feed_refused(struct parse *p, const struct token *found)
{
	bool silent = p->mute || (p->closing && p->blamed);
	assert(!silent || p->faults); /* silence is for what was said before */
	p->recovering = true;
	if (found->loc.beg == p->first.loc.beg)
		p->first.kind = 0; /* whatever it would have begun, it did not */
	if (p->first.kind == T_POLICY || p->first.kind == T_PROFILE)
		p->head_name = p->n_loose ? p->loose[0].word : NULL;
	if (found->kind == T_LBRACE && parse_top_is(p, OPEN_LIST) &&
	    top(p)->loc.beg == found->loc.beg) {
		p->depth--;
		skip_from(p, found, false);
	}
	if (found->kind == T_LPAREN && parse_top_is(p, OPEN_PAREN) &&
	    top(p)->loc.beg == found->loc.beg)
		p->depth--;
	return !silent;
}
