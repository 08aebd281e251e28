/*
 * json.c - writes JSON.
 */
#include "json.h"

#include <assert.h>
#include <string.h>

#include "str.h"

static void put_line(const struct json *j)
{
	if (j->compact)
		return;
	fputc('\n', j->out);
	for (unsigned i = 0; i < j->depth; i++)
		fputs("  ", j->out);
}

void json_string(FILE *out, const char *s)
{
	fputc('"', out);
	for (size_t n = strlen(s), len; n; s += len, n -= len) {
		unsigned char c = (unsigned char)s[0];
		unsigned bytes = utf8_len(s, n);
		len = bytes ? bytes : 1;
		if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c == '\n' || c == '\t')
			fputs(c == '\n' ? "\\n" : "\\t", out);
		else if (c < 0x20 || c == 0x7f)
			fprintf(out, "\\u%04x", c);
		else if (bytes)
			fwrite(s, 1, len, out);
		else
			fprintf(out, "\\\\x%02x", c);
	}
	fputc('"', out);
}

static void begin_member(struct json *j, const char *key)
{
	if (j->some)
		fputc(',', j->out);
	if (j->depth)
		put_line(j);
	j->some = true;
	if (!key)
		return;
	json_string(j->out, key);
	fputs(j->compact ? ":" : ": ", j->out);
}

void json_open(struct json *j, const char *key, char bracket)
{
	assert(j->depth < JSON_MAX_DEPTH);
	begin_member(j, key);
	fputc(bracket, j->out);
	j->closer[j->depth++] = bracket == '{' ? '}' : ']';
	j->some = false;
}

void json_close(struct json *j)
{
	assert(j->depth > 0);
	j->depth--;
	if (j->some)
		put_line(j);
	fputc(j->closer[j->depth], j->out);
	j->some = true;
	if (j->depth == 0) {
		fputc('\n', j->out);
		j->some = false;
	}
}

void json_text(struct json *j, const char *key, const char *text)
{
	if (!text)
		return;
	begin_member(j, key);
	json_string(j->out, text);
}

void json_number(struct json *j, const char *key, unsigned long long n)
{
	begin_member(j, key);
	fprintf(j->out, "%llu", n);
}

void json_bool(struct json *j, const char *key, bool yes)
{
	begin_member(j, key);
	fputs(yes ? "true" : "false", j->out);
}

void json_null(struct json *j, const char *key)
{
	begin_member(j, key);
	fputs("null", j->out);
}
