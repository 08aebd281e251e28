/*
 * scan.c - reads the words that sbx.l found: names, numbers with units, strings; and what people
 * write in their place (paths without quotes, decimal units, other quotes), which is reported once
 * and then taken as what was meant.
 */
#include <string.h>
#include <strings.h>

#include "grammar.h"
#include "sbx.tab.h"

enum { SHOWN = 200 }; /* bytes of a word that a message repeats */

static struct ast_word *word_new(struct parse *p, const struct token *t, enum ast_word_kind kind,
				 const char *text, size_t n)
{
	return NODE_NEW(p, ast_word, .loc = t->loc, .kind = kind, .len = (uint32_t)n,
			.text = arena_strndup(p->arena, text, n));
}

/* What nobody would read; the rest of the program need not ask how long a word may be. */
static bool fits(struct parse *p, const struct token *t, size_t n, size_t most, const char *what)
{
	if (n <= most)
		return true;
	diag_help(parse_fault(p, DIAG_TOO_LONG, (struct loc){t->loc.beg, t->loc.beg + 1}, "%s is longer than %zu bytes", what, most),
		  "make it shorter");
	return false;
}

int scan_word(struct parse *p, struct token *t, const char *text, size_t n, int kind)
{
	bool is_group = kind == T_GROUPNAME;
	t->word = word_new(p, t,
			   is_group          ? WORD_GROUP
			   : kind == T_CONST ? WORD_CONST
					     : WORD_NAME,
			   text + is_group, n - is_group);
	t->word->reported = !fits(p, t, n - is_group, SRC_MAX_NAME, "this word");
	return kind;
}

int scan_name(struct parse *p, struct token *t, const char *text, size_t n)
{
	int keyword = keyword_find(text, n);
	return scan_word(p, t, text, n, keyword ? keyword : T_NAME);
}

/* ---- numbers ---- */

static const struct unit {
	const char *word;
	uint64_t factor;
	int kind;
} units[] = {
    {"B", 1, T_SIZE},
    {"KiB", 1ULL << 10, T_SIZE},
    {"MiB", 1ULL << 20, T_SIZE},
    {"GiB", 1ULL << 30, T_SIZE},
    {"TiB", 1ULL << 40, T_SIZE},
    {"ms", 1, T_DURATION},
    {"s", 1000, T_DURATION},
    {"min", 60 * 1000, T_DURATION},
    {"h", 60 * 60 * 1000, T_DURATION},
    {"%", 1, T_PERCENT},
};

/*
 * What people write, and what they mean by it. A bare `m` could be either kind, so it is not here.
 */
static const struct {
	const char *wrong, *right;
} meant[] = {
    {"k", "KiB"},      {"kb", "KiB"},      {"kib", "KiB"},   {"ki", "KiB"},   {"mb", "MiB"},
    {"mib", "MiB"},    {"mi", "MiB"},      {"g", "GiB"},     {"gb", "GiB"},   {"gib", "GiB"},
    {"gi", "GiB"},     {"t", "TiB"},       {"tb", "TiB"},    {"tib", "TiB"},  {"ti", "TiB"},
    {"b", "B"},        {"byte", "B"},      {"bytes", "B"},   {"msec", "ms"},  {"msecs", "ms"},
    {"millis", "ms"},  {"sec", "s"},       {"secs", "s"},    {"second", "s"}, {"seconds", "s"},
    {"minute", "min"}, {"minutes", "min"}, {"mins", "min"},  {"hr", "h"},     {"hrs", "h"},
    {"hour", "h"},     {"hours", "h"},     {"percent", "%"},
};

static const struct unit *unit_find(const char *word)
{
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (strcmp(units[i].word, word) == 0)
			return &units[i];
	return NULL;
}

const char *scan_unit_meant(const char *unit)
{
	if (unit_find(unit))
		return unit;
	for (size_t i = 0; i < sizeof(meant) / sizeof(*meant); i++)
		if (strcasecmp(meant[i].wrong, unit) == 0)
			return meant[i].right;
	return NULL;
}

/* The kind of the word that KIND of token carries. */
static enum ast_word_kind number_kind(int kind)
{
	return kind == T_SIZE       ? WORD_SIZE
	       : kind == T_DURATION ? WORD_DURATION
	       : kind == T_PERCENT  ? WORD_PERCENT
				    : WORD_INT;
}

static int number_done(struct token *t, int kind, uint64_t value, bool reported)
{
	t->word->kind = number_kind(kind);
	t->word->number = value;
	t->word->reported = reported;
	return kind;
}

/*
 * A unit that does not exist: what was probably meant goes on, so that one mistake stays one
 * message.
 */
static const struct unit *unit_complain(struct parse *p, const struct token *t, const char *unit,
					size_t digits)
{
	static const char *const words[] = {"KiB", "MiB", "GiB", "TiB", "ms", "min"};
	const char *right = scan_unit_meant(unit);
	const struct unit *u = right ? unit_find(right) : NULL;
	struct diag_rec *r = parse_fault(p, DIAG_UNKNOWN_UNIT, t->loc, "unknown unit `%s`", unit);
	if (!u) {
		const char *near = suggest(p->arena, unit, words, sizeof(words) / sizeof(*words));
		diag_help_if(r, near);
		diag_help(
		    r,
		    "units are B KiB MiB GiB TiB for sizes, ms s min h for times, %% for shares");
		return NULL;
	}
	if (u->kind == T_SIZE && u->factor > 1)
		diag_label(r, "1000 or 1024 based?");
	diag_help(r, "%swrite `%.*s%s`", u->kind == T_SIZE ? "sizes are binary: " : "",
		  digits > SHOWN ? SHOWN : (int)digits, t->word->text, u->word);
	diag_fix(r, t->loc, "%.*s%s", (int)digits, t->word->text, u->word);
	return u;
}

static int number_too_large(struct parse *p, struct token *t, int kind)
{
	diag_help(parse_fault(p, DIAG_BAD_NUMBER, t->loc, "`%s` is too large", t->word->text),
		  "numbers go up to 18446744073709551615, sizes up to 16777215TiB");
	return number_done(t, kind, 0, true);
}

static int number_hex(struct parse *p, struct token *t, const char *text, size_t n)
{
	uint64_t v = 0;
	for (size_t i = 2; i < n; i++) {
		const char *digits = "0123456789abcdef", *d = strchr(digits, text[i] | 0x20);
		if (!d || text[i] == '_') {
			parse_fault(p, DIAG_BAD_NUMBER, t->loc, "`%s` is not a number",
				    t->word->text);
			return number_done(t, T_INT, 0, true);
		}
		if (v >> 60)
			return number_too_large(p, t, T_INT);
		v = v << 4 | (uint64_t)(d - digits);
	}
	return number_done(t, T_INT, v, false);
}

static int number_decimals(struct parse *p, struct token *t, const char *unit)
{
	const struct unit *u = unit_find(unit);
	struct diag_rec *r =
	    parse_fault(p, DIAG_BAD_NUMBER, t->loc, "`%s` is not a whole number", t->word->text);
	diag_help(r, "use a smaller unit: `1536MiB` for one and a half GiB");
	return number_done(t, u ? u->kind : T_INT, 0, true);
}

int scan_number(struct parse *p, struct token *t, const char *text, size_t n)
{
	size_t digits = 0;
	uint64_t v = 0;
	t->word = word_new(p, t, WORD_INT, text, n);
	text = t->word->text; /* now NUL-terminated */
	if (n > 2 && text[0] == '0' && (text[1] | 0x20) == 'x')
		return number_hex(p, t, text, n);
	while (text[digits] >= '0' && text[digits] <= '9')
		digits++;
	if (text[digits] == '.')
		return number_decimals(p, t,
				       text + digits + 1 + strspn(text + digits + 1, "0123456789"));
	const struct unit *u = digits < n ? unit_find(text + digits) : NULL;
	bool reported = digits < n && !u;
	if (reported)
		u = unit_complain(p, t, text + digits, digits);
	int kind = u ? u->kind : digits < n ? T_SIZE : T_INT;
	if (!parse_u64(text, digits, UINT64_MAX, &v) ||
	    __builtin_mul_overflow(v, u ? u->factor : 1, &v))
		return number_too_large(p, t, kind);
	if (digits > 1 && text[0] == '0' && !reported) {
		struct diag_rec *r =
		    parse_fault(p, DIAG_BAD_NUMBER, t->loc, "`%s` begins with a zero", text);
		const char *rest = text + strspn(text, "0");
		rest -= *rest < '0' || *rest > '9'; /* one zero stays of `00` */
		diag_help(r, "octal or decimal? write `%s`", rest);
		reported = true;
	}
	return number_done(t, kind, v, reported);
}

/* ---- strings ---- */

static void check_escapes(struct parse *p, struct loc loc, const char *text, size_t n)
{
	for (size_t i = 0; i + 1 < n; i++) {
		if (text[i] != '\\')
			continue;
		i++;
		if (text[i] == '"' || text[i] == '\\' || text[i] == '$')
			continue;
		struct loc at = {loc.beg + (uint32_t)i - 1, loc.beg + (uint32_t)i + 1};
		struct diag_rec *r = parse_fault(p, DIAG_BAD_ESCAPE, at,
						 "unknown escape `\\%c` in a string", text[i]);
		diag_help(r, "for a backslash write `\\\\`; the others are `\\\"` and `\\$`");
	}
}

/* The N bytes at OFFSET of the token are the inside of the string. */
static int string_done(struct parse *p, struct token *t, const char *text, size_t n)
{
	struct loc inside = {t->loc.beg + 1, t->loc.beg + 1 + (uint32_t)n};
	unsigned before = p->faults;
	check_escapes(p, inside, text, n);
	bytes_check(p, inside, text, n, true);
	fits(p, t, n, SRC_MAX_STRING, "this text");
	t->word = word_new(p, t, WORD_STRING, text, n);
	t->word->reported = p->faults != before;
	return T_STRING;
}

int scan_string(struct parse *p, struct token *t, const char *text, size_t n)
{
	return string_done(p, t, text + 1, n - 2);
}

int scan_open_string(struct parse *p, struct token *t, const char *text, size_t n)
{
	struct loc quote = {t->loc.beg, t->loc.beg + 1};
	struct diag_rec *r = parse_fault(p, DIAG_NOT_CLOSED, quote, "string is not closed");
	diag_label(r, "this `\"` has no second one on its line");
	diag_help(r, "add `\"` where the string ends");
	if (n > 1 && text[n - 1] == '\\')
		n--;
	string_done(p, t, text + 1, n - 1);
	t->word->reported = true;
	p->mute = true; /* what followed on the line was swallowed */
	return T_STRING;
}

int scan_single_quoted(struct parse *p, struct token *t, const char *text, size_t n)
{
	struct diag_rec *r =
	    parse_fault(p, DIAG_UNEXPECTED, t->loc, "strings stand between double quotes");
	diag_help(r, "write `\"%.*s%s\"`", n - 2 > SHOWN ? SHOWN : (int)(n - 2), text + 1,
		  n - 2 > SHOWN ? "..." : "");
	if (!memchr(text, '"', n) && !memchr(text, '\\', n))
		diag_fix(r, t->loc, "\"%.*s\"", (int)(n - 2), text + 1);
	t->word = word_new(p, t, WORD_STRING, text + 1, n - 2);
	t->word->reported = true;
	return T_STRING;
}

/* `use std/Python` is no path: where a name belongs the complaint is about the name. */
static bool is_name_place(int kind)
{
	return kind == T_USE || kind == T_POLICY || kind == T_PROFILE || kind == T_EXTENDS;
}

int scan_bare(struct parse *p, struct token *t, const char *text, size_t n, const char *what)
{
	struct diag_rec *r;
	bool is_name = is_name_place(p->prev.kind);
	if (is_name) {
		r = parse_fault(p, DIAG_UNEXPECTED, t->loc, "`%.*s` is not a name", (int)n, text);
		diag_help(r, "names are lower-case letters, digits and dashes, like `std/python`");
	} else {
		r = parse_fault(p, DIAG_BARE_PATH, t->loc, "%s is not quoted", what);
		diag_help(r, "write `\"%.*s%s\"`", n > SHOWN ? SHOWN : (int)n, text,
			  n > SHOWN ? "..." : "");
		if (!memchr(text, '\\', n))
			diag_fix(r, t->loc, "\"%.*s\"", (int)n, text);
	}
	t->word = word_new(p, t, is_name ? WORD_NAME : WORD_STRING, text, n);
	t->word->reported = true;
	return is_name ? T_QNAME : T_STRING;
}

/* ---- what is no word ---- */

void scan_comment(struct parse *p, struct loc loc, const char *text, size_t n)
{
	bytes_check(p, loc, text, n, false);
	silence_read(p, loc, text, n);
}

void scan_slashes(struct parse *p, struct loc loc)
{
	struct loc slashes = {loc.beg, loc.beg + 2};
	struct diag_rec *r =
	    parse_fault(p, DIAG_UNEXPECTED, slashes, "`//` begins no comment here");
	diag_help(r, "comments begin with `#`");
	diag_fix(r, slashes, "#");
}

void scan_crlf(struct parse *p, struct loc loc)
{
	if (p->cr_seen)
		return;
	p->cr_seen = true;
	struct loc cr = {loc.beg, loc.beg + 1};
	struct diag_rec *r =
	    parse_fault(p, DIAG_BAD_BYTE, cr, "lines end with a carriage return (said once)");
	diag_help(r, "convert the file: `sed -i 's/\\r$//' FILE`");
}

/* Many letters look like ASCII: the number tells them apart. */
static void label_foreign(struct diag_rec *r, const char *text, size_t n)
{
	while (n && (unsigned char)*text < 0x80)
		text++, n--;
	unsigned len = utf8_len(text, n);
	uint32_t point = (unsigned char)*text & (0xffu >> (len + 1));
	for (unsigned i = 1; i < len; i++)
		point = point << 6 | ((unsigned char)text[i] & 0x3f);
	if (len)
		diag_label(r, "`%.*s` is U+%04X", (int)len, text, point);
	else
		diag_label(r, "a byte 0x%02x, which is no UTF-8", (unsigned char)*text);
}

static void foreign_fault(struct parse *p, struct loc loc, const char *text, size_t n)
{
	p->mute = true;
	struct diag_rec *r = parse_fault(p, DIAG_BAD_BYTE, loc, "only ASCII stands outside of strings and comments");
	label_foreign(r, text, n);
	diag_help(r, "between quotes and after `#` any UTF-8 text may stand");
}

void scan_stray(struct parse *p, struct loc loc, const char *text, size_t n)
{
	struct diag_rec *r;
	unsigned char c = (unsigned char)p->file->text[loc.beg - p->file->base];
	if (c == ';') {
		r = parse_fault(p, DIAG_UNEXPECTED, loc, "`;` ends nothing here");
		diag_help(r, "remove it: a statement ends with its line");
		diag_fix(r, loc, "%s", "");
		return;
	}
	if (n == 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 && loc.beg == p->file->base) {
		r = parse_fault(p, DIAG_BAD_BYTE, loc, "the file begins with a byte order mark");
		diag_help(r, "save it as UTF-8 without one: `sed -i '1s/^\\xef\\xbb\\xbf//' FILE`");
		return;
	}
	if (p->mute && c > 0x20 && c < 0x7f)
		return; /* the other bracket of `[ ]`, most of the time */
	if (c >= 0x80) {
		foreign_fault(p, loc, text, n);
		return;
	}
	p->mute = true; /* a word with a hole in it is not what its author wrote */
	if (c < 0x20 || c == 0x7f) {
		r = parse_fault(p, DIAG_BAD_BYTE, loc, "a control byte 0x%02x", c);
		diag_help(r, "remove it");
	} else {
		r = parse_fault(p, DIAG_BAD_BYTE, loc, "`%c` means nothing here", c);
		diag_help(r, "if it belongs to a path or a name, put that between quotes");
	}
}

int scan_foreign(struct parse *p, struct token *t, const char *text, size_t n)
{
	enum { MARK = 3 }; /* bytes of a byte order mark */
	bool marked = n > MARK && memcmp(text, "\xef\xbb\xbf", MARK) == 0 && t->loc.beg == p->file->base;
	if (marked) {
		scan_stray(p, (struct loc){t->loc.beg, t->loc.beg + MARK}, text, MARK);
		t->loc.beg += MARK;
		return scan_name(p, t, text + MARK, n - MARK);
	}
	foreign_fault(p, t->loc, text, n);
	scan_word(p, t, text, n, T_BADWORD);
	t->word->reported = true;
	return T_BADWORD;
}
