/*
 * diag_silence.c - warnings that a comment on their line silences, and what is wrong with such comments.
 */
#include <stdlib.h>

#include "diag_priv.h"

void diag_silence(struct diags *d, uint32_t line, enum diag_id id, struct loc where, bool reason)
{
	ARENA_GROW(d->arena, d->silences, d->n_silences);
	d->silences[d->n_silences++] = (struct silence){.line = line, .id = id, .where = where, .reason = reason};
	d->silences_sorted = false;
}

static int by_line(const void *x, const void *y)
{
	const struct silence *a = x, *b = y;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return a->where.beg < b->where.beg ? -1 : a->where.beg > b->where.beg;
}

/* The first silence of the line, or past the last one. */
static unsigned first_of(struct diags *d, uint32_t line)
{
	unsigned lo = 0, hi = d->n_silences;
	if (!d->silences_sorted && d->n_silences)
		qsort(d->silences, d->n_silences, sizeof(*d->silences), by_line);
	d->silences_sorted = true;
	while (lo < hi) {
		unsigned mid = lo + (hi - lo) / 2;
		if (d->silences[mid].line < line)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

bool diag_is_silenced(struct diags *d, enum diag_id id, struct loc where)
{
	struct src_pos p;
	bool found = false;
	if (d->n_silences == 0 || !src_locate(d->src, where.beg, &p))
		return false;
	uint32_t line = p.file->base + (uint32_t)(p.line_text - p.file->text);
	for (unsigned i = first_of(d, line); i < d->n_silences && d->silences[i].line == line; i++) {
		if (d->silences[i].id != id)
			continue;
		found = true;
		d->silences[i].used = true;
	}
	return found;
}

void diags_check_silences(struct diags *d, const struct src_file *file)
{
	for (unsigned i = 0; i < d->n_silences; i++) {
		const struct silence *s = &d->silences[i];
		struct src_pos p;
		if (!src_locate(d->src, s->where.beg, &p) || p.file->is_std)
			continue;
		if (!s->reason) {
			struct diag_rec *r =
			    diag(d, DIAG_BAD_SILENCE, s->where, "`%s` is silenced without a reason", diag_info(s->id)->slug);
			diag_help(r, "say why behind the parenthesis");
		}
		if (s->used || p.file != file)
			continue;
		struct diag_rec *r =
		    diag(d, DIAG_BAD_SILENCE, s->where, "there is no `%s` here to be silenced", diag_info(s->id)->slug);
		diag_help(r, "remove it, or put it on the line that the warning marks, or on the one before");
	}
}
