/*
 * diag.c - the queue of diagnostics.
 */
#include "diag.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "diag_priv.h"
#include "name_map.h"
#include "str.h"

static const struct diag_info infos[DIAG_COUNT] = {
#define DIAG(id, number, severity, slug, description) [DIAG_##id] = {number, slug, severity, description},
#include "diag.def"
};

const struct diag_info *diag_info(enum diag_id id)
{
	return &infos[id];
}

struct diags *diags_new(struct arena *a, const struct src *src)
{
	struct diags *d = ARENA_NEW(a, struct diags);
	d->arena = a;
	d->src = src;
	return d;
}

SBX_PRINTF(2, 0)
static const char *vtext(struct arena *a, const char *fmt, va_list ap)
{
	va_list again;
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	char *s = arena_alloc(a, n < 0 ? 1 : (size_t)n + 1);
	if (n >= 0)
		vsnprintf(s, (size_t)n + 1, fmt, again);
	va_end(again);
	return s;
}

static const char *whole_text(const struct diag_rec *r)
{
	struct buf b = buf_new(r->arena);
	buf_printf(&b, "%d %u %u %s\n%s", r->id, r->where.beg, r->where.end, r->text, r->label ? r->label : "");
	for (unsigned i = 0; i < r->n_second; i++)
		buf_printf(&b, "\n%u %u %s", r->second[i].where.beg, r->second[i].where.end, r->second[i].text);
	for (unsigned i = 0; i < r->n_lines; i++)
		buf_printf(&b, "\n%d %s", r->lines[i].is_help, r->lines[i].text);
	return buf_str(&b);
}

static void count(struct diags *d, const struct diag_rec *r, unsigned n)
{
	if (infos[r->id].severity == SEV_ERROR)
		d->errors += n;
	else if (infos[r->id].severity == SEV_WARNING && !r->silenced)
		d->warnings += n;
}

void diag_settle(struct diags *d)
{
	if (d->n == d->n_settled)
		return;
	const struct diag_rec *last = d->recs[d->n - 1];
	const char *key = whole_text(last);
	if (name_map_get(&d->said, key, strlen(key)) < 0) {
		name_map_put(d->arena, &d->said, key, strlen(key), d->n);
	} else {
		count(d, last, -1u);
		d->n--;
	}
	d->n_settled = d->n;
}

struct diag_rec *diag(struct diags *d, enum diag_id id, struct loc where, const char *fmt, ...)
{
	struct diag_rec *r = ARENA_NEW(d->arena, struct diag_rec);
	va_list ap;
	diag_settle(d);
	va_start(ap, fmt);
	*r = (struct diag_rec){.id = id, .where = where, .arena = d->arena, .seq = d->n, .diags = d};
	r->text = vtext(d->arena, fmt, ap);
	va_end(ap);
	ARENA_GROW(d->arena, d->recs, d->n);
	d->recs[d->n++] = r;
	r->silenced = infos[id].severity == SEV_WARNING && diag_is_silenced(d, id, where);
	count(d, r, 1);
	return r;
}

struct loc diag_string_in(const struct diags *d, struct loc statement, const char *text)
{
	const char *all = src_text(d->src, d->arena, statement);
	const char *quoted = arena_printf(d->arena, "\"%s\"", text);
	const char *at = strstr(all, quoted);
	if (!at || strstr(at + 1, quoted))
		return statement;
	uint32_t beg = statement.beg + (uint32_t)(at - all);
	return (struct loc){beg, beg + (uint32_t)strlen(quoted)};
}

void diag_label(struct diag_rec *r, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	r->label = vtext(r->arena, fmt, ap);
	va_end(ap);
}

void diag_second(struct diag_rec *r, struct loc where, const char *fmt, ...)
{
	va_list ap;
	if (loc_none(where))
		return;
	va_start(ap, fmt);
	ARENA_GROW(r->arena, r->second, r->n_second);
	r->second[r->n_second++] = (struct diag_span){where, vtext(r->arena, fmt, ap)};
	va_end(ap);
}

static void add_line(struct diag_rec *r, bool is_help, const char *text)
{
	ARENA_GROW(r->arena, r->lines, r->n_lines);
	r->lines[r->n_lines++] = (struct diag_line){is_help, text};
}

void diag_note(struct diag_rec *r, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	add_line(r, false, vtext(r->arena, fmt, ap));
	va_end(ap);
}

void diag_fix(struct diag_rec *r, struct loc where, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	r->fix_at = where;
	r->fix = vtext(r->arena, fmt, ap);
	va_end(ap);
}

/* `@io` is not mended by `read`, nor `10xB` by `KiB`: words of one kind begin alike. */
static bool same_kind_of_word(char a, char b)
{
	bool letter_a = (a | 0x20) >= 'a' && (a | 0x20) <= 'z', letter_b = (b | 0x20) >= 'a' && (b | 0x20) <= 'z';
	return letter_a ? letter_b : a == b;
}

/* The marked word is what the help offers another for. */
static void fix_by_suggestion(struct diag_rec *r, const char *help)
{
	const char *word = suggested(r->arena, help);
	if (!word || loc_none(r->where) || r->fix)
		return;
	const char *marked = src_text(r->diags->src, r->arena, r->where);
	if (same_kind_of_word(marked[0], word[0]) && !strpbrk(marked, " \t\r\n"))
		diag_fix(r, r->where, "%s", word);
}

void diag_help_if(struct diag_rec *r, const char *text)
{
	if (!text)
		return;
	add_line(r, true, text);
	fix_by_suggestion(r, text);
}

void diag_help_or(struct diag_rec *r, const char *text, const char *other)
{
	diag_help_if(r, text ? text : other);
}

void diag_help(struct diag_rec *r, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	diag_help_if(r, vtext(r->arena, fmt, ap));
	va_end(ap);
}

unsigned diag_errors(const struct diags *d)
{
	diag_settle((struct diags *)(uintptr_t)d); /* the count of the last may be one too many */
	return d->errors;
}

unsigned diag_warnings(const struct diags *d)
{
	diag_settle((struct diags *)(uintptr_t)d);
	return d->warnings;
}

bool diag_seen(const struct diags *d, enum diag_id id, struct loc where)
{
	for (unsigned i = 0; i < d->n; i++) {
		const struct diag_rec *r = d->recs[i];
		if (r->id == id && !r->silenced && r->where.beg < where.end && where.beg < r->where.end)
			return true;
	}
	return false;
}
