/*
 * json.c - a JSON writer without allocation.
 */
#include "json.h"

#include <string.h>

static void begin(struct json *j, const char *key)
{
	if (j->comma)
		text_str(j->t, ",");
	j->comma = true;
	if (!key)
		return;
	text_str(j->t, "\"");
	text_str(j->t, key);
	text_str(j->t, "\":");
}

void json_open(struct json *j, const char *key, char bracket)
{
	begin(j, key);
	text_bytes(j->t, &bracket, 1);
	j->comma = false;
}

void json_close(struct json *j, char bracket)
{
	text_bytes(j->t, &bracket, 1);
	j->comma = true;
}

void json_text(struct json *j, const char *key, const char *at, size_t len)
{
	begin(j, key);
	text_str(j->t, "\"");
	for (size_t i = 0, n; i < len; i += n) {
		unsigned char byte = (unsigned char)at[i];
		n = text_utf8_len(at + i, len - i);
		if (n == 0 || byte < 0x20 || byte == '"' || byte == '\\' || byte == 0x7f) {
			text_str(j->t, "\\u00");
			text_hex(j->t, &byte, 1);
			n = 1;
		} else {
			text_bytes(j->t, at + i, n);
		}
	}
	text_str(j->t, "\"");
}

void json_str(struct json *j, const char *key, const char *text)
{
	if (text)
		json_text(j, key, text, strlen(text));
	else
		json_null(j, key);
}

void json_number(struct json *j, const char *key, uint64_t n)
{
	char number[NUM_TEXT];

	begin(j, key);
	text_str(j->t, num_text(number, n));
}

void json_bool(struct json *j, const char *key, bool yes)
{
	begin(j, key);
	text_str(j->t, yes ? "true" : "false");
}

void json_null(struct json *j, const char *key)
{
	begin(j, key);
	text_str(j->t, "null");
}
