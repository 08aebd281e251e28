/*
 * scope.c - variables, values, and strings with variables in them.
 */
#include <limits.h>
#include <string.h>

#include "../runtime/plan.h"
#include "resolve_priv.h"

struct scope *scope_new(struct res *r, const struct scope *up)
{
	struct scope *s = ARENA_NEW(r->a, struct scope);
	s->up = up;
	s->next = r->scopes;
	r->scopes = s;
	return s;
}

const struct var *scope_find(const struct scope *s, const char *name, size_t len)
{
	for (; s; s = s->up) {
		long i = name_map_get(&s->by_name, name, len);
		if (i >= 0)
			return &s->vars[i];
	}
	return NULL;
}

/* The same, for its value. */
static const struct var *scope_use(const struct scope *s, const char *name, size_t len)
{
	const struct var *v = scope_find(s, name, len);
	if (v)
		((struct var *)(uintptr_t)v)->used = true; /* a mark that changes no meaning */
	return v;
}

void scope_define(struct res *r, struct scope *s, const struct ast_word *name, struct value value)
{
	size_t len = strlen(name->text);
	long i = name_map_get(&s->by_name, name->text, len);
	if (i >= 0) {
		struct diag_rec *rec = diag(r->d, DIAG_DUPLICATE, name->loc, "`%s` is defined twice", name->text);
		diag_second(rec, s->vars[i].loc, "first defined here");
		diag_help(rec, "remove one of them, or rename it");
		return;
	}
	name_map_put(r->a, &s->by_name, name->text, len, s->n);
	ARENA_GROW(r->a, s->vars, s->n);
	s->vars[s->n++] = (struct var){.name = name->text, .value = value, .loc = name->loc};
}

/* ---- strings ---- */

/* Words that could stand between ${ and }. */
static const char *suggest_variable(struct res *r, const struct scope *s, const char *name)
{
	const char *names[256];
	size_t n = 0;
	for (unsigned i = 0; template_builtins[i]; i++)
		names[n++] = template_builtins[i];
	for (; s; s = s->up)
		for (unsigned i = 0; i < s->n && n < 256; i++)
			names[n++] = s->vars[i].name;
	for (size_t i = 0; i < n; i++)
		names[i] = arena_printf(r->a, "${%s}", names[i]);
	return suggest(r->a, arena_printf(r->a, "${%s}", name), names, n);
}

static bool unknown_variable(struct res *r, const struct scope *s, struct loc where, const char *name)
{
	struct diag_rec *rec = diag(r->d, DIAG_UNKNOWN_VARIABLE, where, "`${%s}` is not defined", name);
	const char *near = suggest_variable(r, s, name);
	if (near)
		diag_help(rec, "%s", near);
	else
		diag_help(rec, "define it above the policy: `let NAME = \"...\"`, or from outside `param NAME: path at load`");
	diag_note(rec, "the environment is not searched. Built in: CWD, EXE, HOME, RUNTIME_DIR, TMPDIR, UID");
	return false;
}

/* Puts the value of one ${name} at the end of `out`. `at_start`: nothing stands before it. */
static bool interpolate(struct res *r, const struct scope *s, struct buf *out, struct loc where, const char *name,
			size_t len)
{
	if (template_is_builtin(name, len)) {
		template_add_var(out, arena_strndup(r->a, name, len));
		return true;
	}
	const struct var *v = scope_use(s, name, len);
	if (!v)
		return unknown_variable(r, s, where, arena_strndup(r->a, name, len));
	buf_puts(out, v->value.text);
	return true;
}

/* The raw bytes of a STRING word start after the quote, unless the scanner took a bare path for one. */
static uint32_t string_base(const struct ast_word *w)
{
	return w->loc.beg + (w->loc.end - w->loc.beg >= w->len + 2 ? 1 : 0);
}

static bool string_variable(struct res *r, const struct scope *s, const struct ast_word *w, struct buf *out, uint32_t *i)
{
	uint32_t base = string_base(w), beg = *i;
	const char *name = w->text + beg + 2;
	const char *end = memchr(name, '}', w->len - beg - 2);
	struct loc where = {base + beg, base + w->len};
	if (!end) {
		struct diag_rec *rec = diag(r->d, DIAG_NOT_CLOSED, where, "`${` has no `}`");
		diag_help(rec, "close it, or write `\\$` for a plain dollar");
		*i = w->len;
		return false;
	}
	*i = (uint32_t)(end - w->text) + 1;
	where.end = base + *i;
	return interpolate(r, s, out, where, name, (size_t)(end - name));
}

const char *scope_string(struct res *r, const struct scope *s, const struct ast_word *w)
{
	struct buf out = buf_new(r->a);
	bool ok = !w->reported; /* one cause, one message */
	for (uint32_t i = 0; i < w->len;) {
		char c = w->text[i];
		if (c == '\\' && i + 1 < w->len) {
			template_add_literal(&out, &w->text[i + 1], 1);
			i += 2;
		} else if (c == '$' && i + 1 < w->len && w->text[i + 1] == '{') {
			ok &= string_variable(r, s, w, &out, &i);
		} else {
			template_add_literal(&out, &c, 1);
			i++;
		}
	}
	return ok ? buf_str(&out) : NULL;
}

const char *scope_plain(struct res *r, const struct scope *s, const struct ast_word *w)
{
	const char *t = scope_string(r, s, w);
	if (!t)
		return NULL;
	const char *plain = template_literal(r->a, t);
	if (!plain) {
		struct diag_rec *rec = diag(r->d, DIAG_BAD_VALUE, w->loc, "this text must be known when the plan is made");
		diag_help(rec, "use a param without `at load`");
	}
	return plain;
}

/* ---- paths ---- */

static const struct var *path_variable(const struct scope *s, const struct template_piece *p, bool *is_path)
{
	const struct var *v = scope_find(s, p->var, p->var_len);
	*is_path = v ? v->value.type == TYPE_PATH : template_builtin_is_path(p->var, p->var_len);
	return v;
}

/* What a template is as a path when each variable holds something ordinary: "/v" for a path, "v" for the rest. */
static bool path_shape(struct res *r, const struct scope *s, const char *tmpl, struct buf *shape)
{
	struct template_piece piece;
	const char *p = tmpl;
	while (template_next(&p, &piece)) {
		bool is_path = false;
		if (!piece.is_var) {
			buf_putc(shape, piece.byte);
			continue;
		}
		path_variable(s, &piece, &is_path);
		if (is_path && shape->len != 0)
			return false; /* a whole path in the middle of another */
		buf_puts(shape, is_path ? "/v" : "v");
	}
	(void)r;
	return true;
}

static void report_relative(struct res *r, const struct ast_word *w, const char *shape)
{
	struct diag_rec *rec;
	if (shape[0] != '/') {
		rec = diag(r->d, DIAG_NOT_ABSOLUTE, w->loc, "path is not absolute");
		const char *rest = w->text;
		if (strncmp(rest, "./", 2) == 0)
			rest += 2;
		if (!rest[0])
			diag_help(rec, "write the path, from `/` on");
		else if (r->asking)
			diag_help(rec, rest[0] == '~' ? "let the shell expand it: write it without quotes" : "write the whole path: `$PWD/%s`", rest);
		else if (rest[0] == '~')
			diag_help(rec, "write `\"${HOME}%s\"`", rest + 1);
		else
			diag_help(rec, "`\"${CWD}/%s\"` is decided when the sandbox starts; for a fixed place use "
				       "`param out: path`", rest);
		return;
	}
	rec = diag(r->d, DIAG_NOT_ABSOLUTE, w->loc, "path has a `.`, `..` or empty part, or ends in a slash");
	diag_help(rec, "write the place itself, without `.`, `..`, `//` or a `/` at the end");
}

/* A pattern in the last component has a form of its own; all of a folder is what a path means anyway. */
static void help_pattern(struct res *r, struct diag_rec *rec, const struct ast_word *w)
{
	const char *slash = memrchr(w->text, '/', w->len);
	uint32_t above = slash ? (uint32_t)(slash - w->text) : 0;
	const char *folder = above ? arena_strndup(r->a, w->text, above) : "/";
	const char *name = slash ? arena_strndup(r->a, slash + 1, w->len - above - 1) : "";
	bool plain = slash && !strchr(folder, '*');
	if (plain && (strcmp(name, "*") == 0 || strcmp(name, "**") == 0)) {
		diag_help(rec, "a path covers everything below it: write `\"%s\"`", folder);
		return;
	}
	if (plain && !strstr(name, "**") && !strpbrk(name, "?[]{}\\$ "))
		diag_help(rec, "write `matching \"%s\" under \"%s\"`, which is for that folder and all below it", name, folder);
	else
		diag_help(rec, "a path covers everything below it: name the folder; a pattern is `matching \"*.pem\" under \"/a/folder\"`");
	diag_note(rec, "on Linux patterns are looked for once, when the sandbox starts: see `fs.glob.live`");
}

static bool no_glob(struct res *r, const struct ast_word *w)
{
	const char *star = memchr(w->text, '*', w->len);
	if (!star)
		return true;
	uint32_t at = string_base(w) + (uint32_t)(star - w->text);
	struct diag_rec *rec = diag(r->d, DIAG_GLOB_IN_PATH, (struct loc){at, at + 1}, "`*` has no meaning in a path");
	help_pattern(r, rec, w);
	return false;
}

const char *scope_path(struct res *r, const struct scope *s, const struct ast_word *w)
{
	struct buf shape = buf_new(r->a);
	if (w->reported || !no_glob(r, w))
		return NULL;
	const char *t = scope_string(r, s, w);
	if (!t)
		return NULL;
	if (!path_shape(r, s, t, &shape)) {
		diag_help(diag(r->d, DIAG_NOT_ABSOLUTE, w->loc, "a variable that holds a whole path can only begin a path"),
			  "let the path begin with it, or give the param the type string");
		return NULL;
	}
	if (shape.len > PLAN_MAX_PATH) {
		diag_help(diag(r->d, DIAG_BAD_VALUE, w->loc, "path is longer than %d bytes", PLAN_MAX_PATH), "name a folder above it");
		return NULL;
	}
	if (!path_is_canonical(buf_str(&shape))) {
		report_relative(r, w, buf_str(&shape));
		return NULL;
	}
	return t;
}

/* ---- values ---- */

static const char *number_text(struct res *r, uint64_t n)
{
	return arena_printf(r->a, "%llu", (unsigned long long)n);
}

static bool eval_name(struct res *r, const struct scope *s, const struct ast_word *w, struct value *out)
{
	const struct var *v = scope_use(s, w->text, w->len);
	if (!v)
		return unknown_variable(r, s, w->loc, w->text);
	*out = v->value;
	return true;
}

bool scope_eval(struct res *r, const struct scope *s, const struct ast_word *w, struct value *out)
{
	*out = (struct value){.number = w->number};
	if (w->reported)
		return false;
	switch (w->kind) {
	case WORD_STRING:
		out->text = scope_string(r, s, w);
		out->type = TYPE_STRING;
		return out->text != NULL;
	case WORD_INT:
		out->type = TYPE_NUMBER;
		break;
	case WORD_SIZE:
		out->type = TYPE_SIZE;
		break;
	case WORD_DURATION:
		out->type = TYPE_DURATION;
		break;
	case WORD_PERCENT:
		out->type = TYPE_PERCENT;
		break;
	case WORD_NAME:
		return eval_name(r, s, w, out);
	case WORD_CONST:
	case WORD_GROUP:
		diag(r->d, DIAG_UNEXPECTED, w->loc, "`%s` is not a value", w->text);
		return false;
	}
	out->text = number_text(r, w->number);
	return true;
}

const char *const type_example[TYPE_COUNT] = {
    [TYPE_PATH] = "\"/srv/data\"",
    [TYPE_STRING] = "\"text\"",
    [TYPE_PORT] = "8080",
    [TYPE_NUMBER] = "16",
    [TYPE_SIZE] = "256MiB",
    [TYPE_DURATION] = "10s",
    [TYPE_PERCENT] = "100%",
};

bool value_fits(struct res *r, enum type want, const struct value *v, const struct ast_word *w)
{
	bool ok = v->type == want;
	if (v->reported)
		return false;
	if (want == TYPE_PORT)
		ok = (v->type == TYPE_NUMBER || v->type == TYPE_PORT) && (v->at_load || v->number <= 65535);
	if (want == TYPE_PATH && v->type == TYPE_STRING) {
		const char *plain = template_literal(r->a, v->text);
		ok = plain ? path_is_canonical(plain) : v->text[0] == '/' || v->text[0] == '$';
	}
	const char *fixed = ok && (want == TYPE_PATH || want == TYPE_STRING) ? template_literal(r->a, v->text) : NULL;
	if (fixed && strlen(fixed) > PLAN_MAX_VALUE) {
		diag(r->d, DIAG_BAD_VALUE, w->loc, "this value is longer than %d bytes", PLAN_MAX_VALUE);
		return false;
	}
	if (ok && want == TYPE_STRING && strchr(v->text, '/')) {
		struct diag_rec *rec = diag(r->d, DIAG_BAD_VALUE, w->loc, "a string may not hold a `/`");
		diag_help(rec, "give the param the type path: a reader takes a string for one name");
		return false;
	}
	if (ok)
		return true;
	struct diag_rec *rec = diag(r->d, DIAG_BAD_VALUE, w->loc, "this is not a %s", type_name[want]);
	diag_help(rec, "write for example `%s`", type_example[want]);
	return false;
}

const char *value_param(struct res *r, const struct value *v)
{
	return v->at_load ? arena_strndup(r->a, v->text + 2, strlen(v->text) - 3) : NULL; /* ${name} */
}

struct value value_stand_in(enum type type)
{
	return (struct value){.type = type, .text = type == TYPE_PATH ? "/missing" : "1", .number = 1, .reported = true};
}

struct unit_suffix {
	const char *text;
	enum type type;
	uint64_t scale;
};
static const struct unit_suffix suffixes[] = {
    {"B", TYPE_SIZE, 1},
    {"KiB", TYPE_SIZE, 1024},
    {"MiB", TYPE_SIZE, 1024 * 1024},
    {"GiB", TYPE_SIZE, 1024 * 1024 * 1024},
    {"TiB", TYPE_SIZE, 1024ull * 1024 * 1024 * 1024},
    {"ms", TYPE_DURATION, 1},
    {"s", TYPE_DURATION, 1000},
    {"min", TYPE_DURATION, 60 * 1000},
    {"h", TYPE_DURATION, 3600 * 1000},
    {"%", TYPE_PERCENT, 1},
    {"", TYPE_NUMBER, 1},
    {"", TYPE_PORT, 1},
};

static bool parse_number(struct res *r, enum type type, const char *text, struct value *out)
{
	size_t digits = strspn(text, "0123456789");
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		if (suffixes[i].type != type || strcmp(text + digits, suffixes[i].text) != 0)
			continue;
		if (!parse_u64(text, digits, type == TYPE_PORT ? 65535 : UINT64_MAX, &out->number) ||
		    __builtin_mul_overflow(out->number, suffixes[i].scale, &out->number))
			return false;
		out->text = number_text(r, out->number);
		return true;
	}
	return false;
}

bool value_parse(struct res *r, enum type type, const char *text, struct value *out)
{
	*out = (struct value){.type = type};
	if (type != TYPE_PATH && type != TYPE_STRING)
		return parse_number(r, type, text, out);
	size_t len = strlen(text);
	if (len > PLAN_MAX_VALUE)
		return false;
	if (type == TYPE_PATH ? !path_is_canonical(text) : strchr(text, '/') != NULL)
		return false;
	struct buf b = buf_new(r->a);
	template_add_literal(&b, text, len);
	out->text = buf_str(&b);
	return true;
}
