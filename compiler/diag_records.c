/*
 * diag_records.c - finds what was said before by all that is known of it: code, places, text, ways out.
 */
#include "diag_records.h"

#include <stdlib.h>
#include <string.h>

#include "diag_priv.h"
#include "str.h"

struct head {
	size_t key, size; /* bytes of what tells it from others, and of its text */
	unsigned hidden;  /* 0: a record; else a line that says of so many that they are not shown, and has no key */
	enum severity severity;
};

/* ---- where they are found ---- */

struct writer {
	const struct src *src;
	FILE *out;
	struct text_out text; /* of all records */
	size_t written;
};

/* All that is known of the record, whatever the format shows of it. */
static struct text_out key_of(const struct writer *w, const struct diag_rec *r)
{
	struct text_out key;
	text_begin(&key);
	const struct diag_out o = {.out = key.out, .src = w->src};
	if (r)
		diag_json.record(&o, r);
	text_end(&key);
	return key;
}

static void write_record(void *ctx, const struct diag_rec *r, enum severity severity, unsigned hidden)
{
	struct writer *w = ctx;
	struct text_out key = key_of(w, r);
	fflush(w->text.out);
	const struct head h = {key.n, w->text.n - w->written, hidden, severity};
	fwrite(&h, sizeof(h), 1, w->out);
	fwrite(key.bytes, 1, h.key, w->out);
	fwrite(w->text.bytes + w->written, 1, h.size, w->out);
	w->written = w->text.n;
	free(key.bytes);
}

void diag_records_write(const struct diags *d, FILE *out, enum diag_format format, bool colour)
{
	struct writer w = {.src = d->src, .out = out};
	text_begin(&w.text);
	diags_visit(d, w.text.out, format, colour, write_record, &w);
	text_end(&w.text);
	free(w.text.bytes);
}

/* ---- where they are told ---- */

/* Was it said of an earlier policy? */
static bool is_old(struct diag_records *r, const struct head *h, const char *key)
{
	if (!h->key)
		return false;
	long of = name_map_get(&r->said, key, h->key);
	if (of < 0)
		name_map_put(r->arena, &r->said, arena_strndup(r->arena, key, h->key), h->key, r->policies);
	return of >= 0 && of < (long)r->policies;
}

struct diag_news diag_records_new(struct diag_records *r, const char *bytes, size_t n)
{
	struct diag_news news = {0};
	struct buf b = buf_new(r->arena);
	struct head h;
	for (const char *end = bytes + n; bytes < end; bytes += h.key + h.size) {
		memcpy(&h, bytes, sizeof(h));
		bytes += sizeof(h);
		if (is_old(r, &h, bytes))
			continue;
		buf_add(&b, bytes + h.key, h.size);
		news.errors += h.severity == SEV_ERROR ? h.hidden + !h.hidden : 0;
		news.warnings += h.severity == SEV_WARNING ? h.hidden + !h.hidden : 0;
	}
	news.text = buf_str(&b);
	news.size = b.len;
	r->policies++;
	return news;
}
