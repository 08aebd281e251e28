/*
 * json.h - writes one JSON text into a bounded builder.
 */
#ifndef SBX_JSON_H
#define SBX_JSON_H

#include "text.h"

struct json {
	struct text *t;
	bool comma; /* something stands before, at this level */
};

/* key: NULL inside a list. Each adds the comma that it needs. */
void json_open(struct json *j, const char *key, char bracket);
void json_close(struct json *j, char bracket);
/* Bytes that are no UTF-8 are shown as the characters of the same number, so that any name is valid JSON. */
void json_text(struct json *j, const char *key, const char *at, size_t len);
void json_str(struct json *j, const char *key, const char *text); /* NULL: null */
void json_number(struct json *j, const char *key, uint64_t n);
void json_bool(struct json *j, const char *key, bool yes);
void json_null(struct json *j, const char *key);

#endif
