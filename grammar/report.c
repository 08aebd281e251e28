/*
 * report.c - words what the parser did not expect: the smallest text to change, and only such help
 * as fits the place.
 *
 * Suggestions come from the keywords the parser could have taken (LAC makes that set exact). Two
 * kinds of slips show only later, because plain names are accepted there: a clause word behind an
 * object (`becuase`), and a verb (`alow`). For these the earlier name is blamed.
 */
#include <string.h>

#include "grammar.h"
#include "sbx.tab.h"

static bool is_word(const struct token *t)
{
	return t->word && t->word->kind != WORD_STRING && t->word->kind != WORD_INT &&
	       t->word->kind != WORD_SIZE && t->word->kind != WORD_DURATION &&
	       t->word->kind != WORD_PERCENT;
}

static bool ends_line(int kind)
{
	return kind == T_NL || kind == T_RBRACE || kind == T_RPAREN || kind == T_END;
}

/* How the file's own text is named in a message. */
static const char *name_of(struct parse *p, const struct token *t)
{
	enum { SHOWN = 40 };
	int n = (int)(t->loc.end - t->loc.beg);
	if (t->kind == T_NL)
		return "the end of the line";
	if (t->kind == T_END)
		return "the end of the file";
	return arena_printf(p->arena, "`%.*s%s`", n > SHOWN ? SHOWN : n,
			    p->file->text + (t->loc.beg - p->file->base), n > SHOWN ? "..." : "");
}

/* A missing word is missing behind the last one, not where the newline stands. */
static struct loc place_of(const struct parse *p, const struct token *t)
{
	uint32_t end = p->before.loc.end;
	if ((t->kind == T_NL || t->kind == T_END) && end)
		return (struct loc){end, end + 1};
	return t->loc;
}

/* ---- what could have stood there ---- */

static bool has(const char *const *list, unsigned n, const char *text)
{
	for (unsigned i = 0; i < n; i++)
		if (strcmp(list[i], text) == 0)
			return true;
	return false;
}

static bool has_phrase(const struct expected *e, const char *text)
{
	return has(e->phrases, e->n_phrases, text);
}

static bool is_of_value(const char *phrase)
{
	static const char *const of[] = {"a string", "a number",     "a size",
					 "a time",   "a percentage", "a name"};
	return has(of, sizeof(of) / sizeof(*of), phrase);
}

/*
 * Fills ALL with what is worth naming: one phrase for a value, no closer beside the end of the
 * line.
 */
static unsigned choices(struct parse *p, const struct expected *e, const char **all)
{
	enum { EVERY = 30 }; /* more than any place takes but those where keywords are names */
	unsigned n = 0;
	bool value = has_phrase(e, "a size"), line = has_phrase(e, "the end of the line");
	bool any_word = e->n_keywords > EVERY && has_phrase(e, "a name");
	if (value)
		all[n++] = "a value";
	for (unsigned i = 0; i < e->n_phrases; i++) {
		const char *s = e->phrases[i];
		if ((value && is_of_value(s)) ||
		    ((line || e->n_keywords) && strcmp(s, "`}`") == 0) ||
		    strcmp(s, "a word") == 0 || strcmp(s, "an unknown kind of block") == 0 ||
		    strcmp(s, "the end of the file") == 0)
			continue;
		all[n++] = s;
	}
	for (unsigned i = 0; !any_word && i < e->n_keywords; i++)
		all[n++] = arena_printf(p->arena, "`%s`", e->keywords[i]);
	return n;
}

static const char *choices_text(struct parse *p, const struct expected *e)
{
	enum { NAMED = 4 };
	const char *all[100];
	unsigned n = choices(p, e, all);
	struct buf b = buf_new(p->arena);
	if (n == 0 || n > NAMED)
		return NULL;
	for (unsigned i = 0; i < n; i++)
		buf_printf(&b, "%s%s", i == 0 ? "" : i + 1 == n ? " or " : ", ", all[i]);
	return buf_str(&b);
}

/* ---- the words that may be misspelled ---- */

/* A phrase that offers one of WORDS for TEXT, also when only the case of the letters differs. */
static const char *offer(struct parse *p, const char *text, const char *const *words, unsigned n)
{
	const char *low = parse_lower(p, text);
	if (has(words, n, low))
		return arena_printf(p->arena, "did you mean `%s`?", low);
	return suggest(p->arena, low, words, n);
}

static bool unknown_word(struct parse *p, const struct token *t, const char *help)
{
	struct diag_rec *r;
	if (!help)
		return false;
	r = parse_fault(p, DIAG_UNKNOWN_WORD, t->loc, "unknown word `%s`", t->word->text);
	diag_help(r, "%s", help);
	return true;
}

/*
 * `allow read "/x" becuase "..."`: the word was taken for a modifier, and only the string behind it
 * is refused.
 */
static bool blame_loose(struct parse *p, const struct token *found)
{
	static const char *const words[] = {"because",  "env",     "except",
					    "matching", "syscall", "via"};
	int verb = p->first.kind;
	if (verb != T_ALLOW && verb != T_DENY && verb != T_FINAL && verb != T_NEVER &&
	    verb != T_DROP && verb != T_EXPECT)
		return false;
	for (unsigned i = 0; i < p->n_loose; i++) {
		const struct token *t = &p->loose[i];
		if (t->loc.beg < found->loc.beg &&
		    unknown_word(p, t,
				 offer(p, t->word->text, words, sizeof(words) / sizeof(*words))))
			return true;
	}
	return false;
}

/* `alow syscall x where a == 1`: taken for a setting, until something comes that no setting has. */
static bool blame_first(struct parse *p, const struct token *found)
{
	static const char *const assigns[] = {"let", "set"};
	static const char *const verbs[] = {
	    "about", "allow",  "default", "deny", "drop",    "entry",   "final",  "limit", "never",
	    "on",    "prefer", "require", "set",  "targets", "unknown", "unsafe", "use"};
	bool assign = found->kind == T_ASSIGN;
	if (p->first.kind != T_NAME || found->word || found->kind == T_LBRACE ||
	    ends_line(found->kind))
		return false;
	return unknown_word(
	    p, &p->first,
	    assign ? offer(p, p->first.word->text, assigns, 2)
		   : offer(p, p->first.word->text, verbs, sizeof(verbs) / sizeof(*verbs)));
}

static bool blame_unit(struct parse *p, const struct token *found)
{
	const char *unit;
	if (p->before.kind != T_INT || !is_word(found))
		return false;
	unit = scan_unit_meant(found->word->text);
	if (!unit)
		return false;
	struct diag_rec *r = parse_fault(p, DIAG_UNKNOWN_UNIT, found->loc,
					 "`%s` stands apart from its number", found->word->text);
	diag_help(r, "write `%s%s`", p->before.word->text, unit);
	return true;
}

/* ---- faults with words of their own ---- */

static bool blame_comma(struct parse *p, const struct token *found)
{
	struct diag_rec *r;
	if (p->before.kind != T_COMMA || !ends_line(found->kind))
		return false;
	r = parse_fault(p, DIAG_UNEXPECTED, p->before.loc, "nothing follows this `,`");
	diag_help(r, "remove it, or add what is missing");
	return true;
}

static bool blame_paren(struct parse *p, const struct token *found)
{
	if (!found->line_first || p->depth == 0 || p->open[p->depth - 1].kind != OPEN_PAREN)
		return false;
	feed_open_paren(p);
	return true;
}

static bool blame_header(struct parse *p, const struct token *found)
{
	struct diag_rec *r;
	if (p->first.kind != T_SBX || p->ast->edition)
		return false;
	r = parse_fault(p, DIAG_NO_EDITION, place_of(p, found), "the first line names no edition");
	diag_help(r, "make `sbx 1` the first line");
	return true;
}

static bool blame_brace(struct parse *p, const struct token *found)
{
	struct diag_rec *r;
	if (found->kind == T_RBRACE && p->depth == 0 && p->before.kind != T_COMMA &&
	    found->line_first) {
		r = parse_fault(p, DIAG_UNEXPECTED, found->loc, "this `}` closes nothing");
		diag_help(r, "remove it");
		return true;
	}
	if (found->kind == T_LBRACE && p->first.kind == T_NAME) {
		r = parse_fault(p, DIAG_UNKNOWN_BLOCK, p->first.loc, "`%s` begins no block", p->first.word->text);
		diag_help(r, "in a policy blocks are `on linux { }` and `test \"...\" { }`, and lists of an `allow` or `deny`");
		return true;
	}
	return false;
}

static bool blame_place(struct parse *p, const struct token *found)
{
	struct diag_rec *r;
	int k = found->kind;
	bool outside = k >= T_TARGETS && k <= T_UNSAFE && p->depth == 0 && found->line_first;
	bool inside = k >= T_IMPORT && k <= T_POLICY && p->depth && found->line_first;
	if (!outside && !inside)
		return false;
	r = parse_fault(p, DIAG_UNEXPECTED, found->loc, "`%s` cannot stand %s", found->word->text,
			outside ? "outside of a policy or profile" : "inside of a block");
	diag_help(r, outside ? "move it between the braces of `policy NAME { }`"
			     : "move it out, in front of the policy");
	return true;
}

static bool blame_forgotten(struct parse *p, const struct token *found, const struct expected *e)
{
	struct diag_rec *r;
	bool in_test = has(e->keywords, e->n_keywords, "given");
	if (in_test && (found->kind == T_ALLOW || found->kind == T_DENY) && found->line_first) {
		r = parse_fault(p, DIAG_UNEXPECTED, found->loc, "`%s` cannot stand in a test alone",
				found->word->text);
		diag_help(r, "write `expect %s`", found->word->text);
		return true;
	}
	if (found->kind == T_ASSIGN && has_phrase(e, "`==`")) {
		r = parse_fault(p, DIAG_UNEXPECTED, found->loc, "`=` compares nothing");
		diag_help(r, "write `==`");
		return true;
	}
	return false;
}

/* A word at a place of keywords only: nothing else it could be but one of them. */
static bool blame_word(struct parse *p, const struct token *found, const struct expected *e)
{
	if (!is_word(found))
		return false;
	const char *help = offer(p, found->word->text, e->keywords, e->n_keywords);
	if (unknown_word(p, found, help))
		return true;
	if (found->kind != T_BADWORD && !(found->kind == T_NAME && found->line_first))
		return false;
	struct diag_rec *r =
	    parse_fault(p, DIAG_UNKNOWN_WORD, found->loc, "unknown word `%s`", found->word->text);
	const char *text = choices_text(p, e);
	if (text)
		diag_help(r, "expected %s", text);
	return true;
}

static void say_unexpected(struct parse *p, const struct token *found, const struct expected *e)
{
	const char *text = choices_text(p, e);
	struct loc at = place_of(p, found);
	if (!text) {
		parse_fault(p, DIAG_UNEXPECTED, at, "%s cannot stand here", name_of(p, found));
		return;
	}
	struct diag_rec *r = parse_fault(p, DIAG_UNEXPECTED, at, "expected %s, found %s", text, name_of(p, found));
	if (found->kind == T_NAME && has_phrase(e, "a string")) {
		diag_help(r, "write `\"%s\"`", found->word->text);
		diag_fix(r, at, "\"%s\"", found->word->text);
	} else if (found->kind == T_LIMIT && has(e->keywords, e->n_keywords, "syscall")) {
		diag_help(r, "write `default limits none`");
	} else if (strcmp(text, "`|`") == 0) {
		diag_help(r, "a list has several values, with `|` between them");
	} else if (text[0] == '`' && !strchr(text, ' ')) {
		diag_help(r, "%s %s", found->kind == T_NL || found->kind == T_END ? "add" : "write", text);
	} else if (found->kind == T_NL) {
		diag_help(r, "write it on this line: a statement ends with its line");
	}
}

void report_unexpected(struct parse *p, const struct token *found, const struct expected *e)
{
	if (blame_comma(p, found) || blame_paren(p, found) || blame_header(p, found) ||
	    blame_loose(p, found) || blame_first(p, found) || blame_unit(p, found) ||
	    blame_brace(p, found) || blame_forgotten(p, found, e) || blame_place(p, found) ||
	    blame_word(p, found, e))
		return;
	say_unexpected(p, found, e);
}
