/*
 * text.c - strings, paths and comments of the profile.
 *
 * One bad string keeps the whole profile from loading, and a path in the wrong spelling matches
 * nothing: both are settled here, once. Paths are rewritten as text and never looked up: the
 * profile is made on another machine.
 */
#include <stdlib.h>
#include <string.h>

#include "seatbelt.h"

enum {
	STRING_MAX = 900, /* bytes between two quotes: the reader of macOS gives up near 1024 */
	PATH_MAX_MACOS = 1023,
};

static int from_hex(char c)
{
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

bool tmpl_next(struct arena *a, const char **p, struct tmpl_piece *out)
{
	const char *s = *p, *end;
	struct buf b = buf_new(a);

	if (!*s)
		return false;
	if (s[0] == '$' && s[1] == '{' && (end = strchr(s, '}'))) {
		*out = (struct tmpl_piece){true, arena_strndup(a, s + 2, (size_t)(end - s - 2)),
					   (size_t)(end - s - 2)};
		*p = end + 1;
		return true;
	}
	while (*s && !(s[0] == '$' && s[1] == '{')) {
		if (s[0] == '\\' && s[1] == 'x' && s[2] && s[3]) {
			buf_putc(&b, (char)(from_hex(s[2]) * 16 + from_hex(s[3])));
			s += 4;
			continue;
		}
		if (s[0] == '\\' && s[1])
			s++;
		buf_putc(&b, *s++);
	}
	*out = (struct tmpl_piece){false, buf_str(&b), b.len};
	*p = s;
	return true;
}

bool tmpl_has_variable(const char *tmpl)
{
	for (; *tmpl; tmpl++) {
		if (tmpl[0] == '\\' && tmpl[1])
			tmpl++;
		else if (tmpl[0] == '$')
			return true;
	}
	return false;
}

static void quote_byte(struct buf *b, char c)
{
	if (c == '"' || c == '\\')
		buf_putc(b, '\\');
	buf_putc(b, c);
}

/* Adds `s` as one string, or as several when it is too long for one. Returns how many. */
static unsigned quote(struct buf *b, const char *s, size_t n)
{
	unsigned strings = 1;
	size_t used = 0;

	buf_putc(b, '"');
	for (size_t i = 0; i < n; i++) {
		if (used + 2 > STRING_MAX) {
			buf_puts(b, "\" \"");
			used = 0;
			strings++;
		}
		used += s[i] == '"' || s[i] == '\\' ? 2 : 1;
		quote_byte(b, s[i]);
	}
	buf_putc(b, '"');
	return strings;
}

void emit_quoted(struct emit *e, const char *s, size_t n)
{
	struct buf b = buf_new(e->l->arena);

	if (quote(&b, s, n) > 1)
		buf_printf(&e->out, "(string-append %s)", buf_str(&b));
	else
		buf_puts(&e->out, buf_str(&b));
}

static const char *refuse(struct emit *e, struct loc at, const char *message, const char *help)
{
	struct diag_rec *r = diag(e->l->diags, DIAG_NO_EXPRESSION, at, "%s", message);

	diag_help(r, "%s", help);
	e->failed = true;
	return NULL;
}

static bool has_control_byte(const struct tmpl_piece *p)
{
	for (size_t i = 0; i < p->len; i++)
		if ((unsigned char)p->s[i] < ' ' || p->s[i] == 0x7f)
			return true;
	return false;
}

struct pieces {
	struct tmpl_piece *v;
	unsigned n;
	size_t bytes; /* of what is no variable */
};

static struct pieces split(struct arena *a, const char *tmpl)
{
	struct pieces p = {.n = 0};
	struct tmpl_piece one;

	while (tmpl_next(a, &tmpl, &one)) {
		ARENA_GROW(a, p.v, p.n);
		p.v[p.n++] = one;
		p.bytes += one.is_var ? 0 : one.len;
	}
	return p;
}

static const char *join(struct arena *a, const struct pieces *p)
{
	struct buf b = buf_new(a);
	unsigned strings = 0;

	for (unsigned i = 0; i < p->n; i++) {
		if (i > 0)
			buf_putc(&b, ' ');
		if (p->v[i].is_var)
			buf_printf(&b, "(param \"%s\")", p->v[i].s);
		strings += p->v[i].is_var ? 1 : quote(&b, p->v[i].s, p->v[i].len);
	}
	return strings > 1 ? arena_printf(a, "(string-append %s)", buf_str(&b)) : buf_str(&b);
}

/* "/t${x}" could name one of the links once x is known, and nobody would follow it. */
static bool root_is_open(const struct pieces *p)
{
	return p->n > 1 && !p->v[0].is_var && !memchr(p->v[0].s + 1, '/', p->v[0].len - 1);
}

const char *path_real(struct arena *a, const char *path)
{
	return place_name(a, TARGET_MACOS, path);
}

static void follow_root_link(struct arena *a, struct tmpl_piece *first)
{
	if (first->is_var)
		return;
	first->s = path_real(a, first->s);
	first->len = strlen(first->s);
}

const char *emit_path(struct emit *e, struct loc at, const char *tmpl)
{
	struct pieces p = split(e->l->arena, tmpl);

	if (p.bytes > PATH_MAX_MACOS)
		return refuse(e, at, "this path is longer than a path of macOS can be",
			      "macOS takes at most 1023 bytes");
	for (unsigned i = 0; i < p.n; i++)
		if (!p.v[i].is_var && has_control_byte(&p.v[i]))
			return refuse(e, at,
				      "a control character in a path has no safe spelling on macOS",
				      "profiles that hold one are not known to load");
	if (root_is_open(&p))
		return refuse(
		    e, at, "the first folder of a path must be fixed on macOS",
		    "/tmp, /var, /etc and /home are links there, which rules must not go through");
	follow_root_link(e->l->arena, &p.v[0]);
	return join(e->l->arena, &p);
}

static const char *refuse_name(struct emit *e, struct loc at)
{
	return refuse(e, at, "a control character in a name has no safe spelling on macOS", "profiles that hold one are not known to load");
}

const char *emit_name_text(struct emit *e, struct loc at, const char *name)
{
	const struct tmpl_piece plain = {.s = name, .len = strlen(name)};
	struct buf b = buf_new(e->l->arena);

	if (has_control_byte(&plain))
		return refuse_name(e, at);
	if (quote(&b, name, plain.len) > 1)
		return refuse(e, at, "this name is longer than a string of a profile can be", "macOS reads at most 900 bytes");
	return buf_str(&b);
}

const char *emit_text(struct emit *e, struct loc at, const char *before, const char *tmpl)
{
	struct pieces p = split(e->l->arena, arena_printf(e->l->arena, "%s%s", before, tmpl));

	for (unsigned i = 0; i < p.n; i++)
		if (!p.v[i].is_var && has_control_byte(&p.v[i]))
			return refuse_name(e, at);
	return p.n ? join(e->l->arena, &p) : "\"\"";
}

void emit_comment_text(struct emit *e, const char *s)
{
	for (; *s; s++)
		buf_putc(&e->out, (unsigned char)*s < ' ' || *s == 0x7f ? '?' : *s);
}

void emit_origin(struct emit *e, const struct origin *o)
{
	if (o)
		emit_origin_list(e, &o, 1);
}

struct loc rule_loc(const struct ir_rule *r)
{
	const struct origin *o = rule_origin(r);

	return o ? o->loc : (struct loc){0, 0};
}

const struct origin *rule_origin(const struct ir_rule *r)
{
	for (int i = 0; i < OP_COUNT; i++)
		if ((r->ops & OP_BIT(i)) && r->origin[i])
			return r->origin[i];
	return NULL;
}

bool rule_says_one(const struct ir_rule *r)
{
	for (int i = 0; i < OP_COUNT; i++)
		if ((r->ops & OP_BIT(i)) && r->origin[i] != rule_origin(r))
			return false;
	return true;
}

struct line_at {
	const char *where; /* FILE:LINE */
	size_t file;	   /* bytes of FILE: */
	unsigned line;
};

static struct line_at line_at(struct emit *e, const struct origin *o)
{
	struct line_at x = {.where = src_where(e->l->src, e->l->arena, o->loc)};
	const char *colon = strrchr(x.where, ':');

	if (colon && colon[1] >= '0' && colon[1] <= '9') {
		x.file = (size_t)(colon + 1 - x.where);
		x.line = (unsigned)strtoul(colon + 1, NULL, 10);
	}
	return x;
}

static bool same_file(const struct line_at *a, const struct line_at *b)
{
	return a->file && a->file == b->file && strncmp(a->where, b->where, a->file) == 0;
}

/* FILE:LINE, with the lines of the same file that follow; three and more in a row are FIRST-LAST. */
static void put_lines(struct emit *e, const struct line_at *v, unsigned n)
{
	for (unsigned i = 0, run; i < n; i += run > 2 ? run : 1) {
		bool again = i && same_file(&v[i - 1], &v[i]);

		for (run = 1; i + run < n && same_file(&v[i], &v[i + run]) && v[i + run].line == v[i].line + run;)
			run++;
		buf_puts(&e->out, i ? ", " : "");
		emit_comment_text(e, v[i].where + (again ? v[i].file : 0));
		if (run > 2)
			buf_printf(&e->out, "-%u", v[i + run - 1].line);
	}
}

void emit_origin_list(struct emit *e, const struct origin *const *v, unsigned n)
{
	struct line_at *lines = ARENA_ARRAY(e->l->arena, n, struct line_at);
	unsigned kept = 0;

	for (unsigned i = 0; i < n; i++) {
		lines[kept] = line_at(e, v[i]);
		kept += !kept || strcmp(lines[kept - 1].where, lines[kept].where) != 0;
	}
	buf_puts(&e->out, "; ");
	put_lines(e, lines, kept);
	if (v[0]->because) {
		buf_puts(&e->out, " because ");
		emit_comment_text(e, v[0]->because);
	}
	buf_putc(&e->out, '\n');
}

void emit_origins(struct emit *e, const struct ir_rule *r)
{
	for (int i = 0; i < OP_COUNT; i++) {
		bool seen = !(r->ops & OP_BIT(i)) || !r->origin[i];

		for (int j = 0; j < i && !seen; j++)
			seen = (r->ops & OP_BIT(j)) && r->origin[j] == r->origin[i];
		if (!seen)
			emit_origin(e, r->origin[i]);
	}
}

static void add_literal(struct buf *b, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (strchr(".[](){}^$|+?*\\", s[i]))
			buf_putc(b, '\\');
		buf_putc(b, s[i]);
	}
}

const char *emit_pattern(struct emit *e, struct loc at, const char *folder, const char *glob,
			 bool deny)
{
	struct arena *a = e->l->arena;
	struct pieces p = split(a, folder);
	struct buf re = buf_new(a), out = buf_new(a);
	bool fixed = p.n == 1 && !p.v[0].is_var;
	const struct tmpl_piece *last = p.n ? &p.v[p.n - 1] : NULL;
	const char *tail = last && !last->is_var ? memchr(last->s, '/', last->len) : NULL; /* its folders behind the variable */

	if (!fixed && !deny)
		return refuse(e, at, "macOS needs the folder of an allowed pattern when the profile is made",
			      "use a param without `at load`: no variable can stand in the expression that finds the names");
	if (fixed) {
		follow_root_link(a, &p.v[0]);
		buf_putc(&re, '^');
		if (p.v[0].len > 1)
			add_literal(&re, p.v[0].s, p.v[0].len);
	} else if (tail) {
		add_literal(&re, tail, last->len - (size_t)(tail - last->s));
	}
	buf_puts(&re, fixed || tail ? "(/|/.*/)" : "/");
	for (; *glob; glob++) {
		if (*glob == '*')
			buf_puts(&re, "[^/]*");
		else
			add_literal(&re, glob, 1);
	}
	buf_puts(&re, "($|/)");
	if (re.len > STRING_MAX / 2)
		return refuse(e, at, "the pattern and its folder are too long for macOS",
			      "an expression holds at most 450 bytes");
	quote(&out, buf_str(&re), re.len);
	return buf_str(&out);
}
