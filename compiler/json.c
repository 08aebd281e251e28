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

/* The bytes of one UTF-8 character at s, or 0. */
static size_t character(const char *s)
{
	char one[5] = {0};
	for (size_t n = 1; n <= 4 && s[n - 1]; n++) {
		one[n - 1] = s[n - 1];
		if (utf8_valid(one))
			return n;
	}
	return 0;
}

static void put_string(const struct json *j, const char *s)
{
	fputc('"', j->out);
	while (*s) {
		size_t n = character(s);
		unsigned char c = (unsigned char)*s;
		if (c == '"' || c == '\\')
			fprintf(j->out, "\\%c", c);
		else if (c < 0x20 || c == 0x7f)
			fprintf(j->out, "\\u%04x", c);
		else if (n)
			fwrite(s, 1, n, j->out);
		else
			fputs("\xef\xbf\xbd", j->out);
		s += n ? n : 1;
	}
	fputc('"', j->out);
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
	put_string(j, key);
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
	put_string(j, text);
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
