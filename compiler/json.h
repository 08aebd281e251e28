/*
 * json.h - writes JSON: what --json prints, indented, members in the order they are given.
 *
 *     struct json j = json_new(stdout);
 *     json_open(&j, NULL, '{');
 *     json_text(&j, "name", "x");
 *     json_open(&j, "list", '[');
 *     json_number(&j, NULL, 1);
 *     json_close(&j);
 *     json_close(&j);
 *
 * The key is NULL inside of a list. A newline follows the outermost closing bracket.
 */
#ifndef SBX_JSON_H
#define SBX_JSON_H

#include <stdbool.h>
#include <stdio.h>

enum { JSON_MAX_DEPTH = 16 };

struct json {
	FILE *out;
	bool compact; /* set it for one line: no newline but the last, no indent */
	bool some;    /* the open bracket has a member */
	unsigned depth;
	char closer[JSON_MAX_DEPTH];
};

static inline struct json json_new(FILE *out)
{
	return (struct json){.out = out};
}

void json_open(struct json *j, const char *key, char bracket); /* '{' or '[' */
void json_close(struct json *j);
/* A string; NULL writes nothing at all. */
void json_text(struct json *j, const char *key, const char *text);
void json_number(struct json *j, const char *key, unsigned long long n);
void json_bool(struct json *j, const char *key, bool yes);
void json_null(struct json *j, const char *key);
/* Between quotes; a byte that is no UTF-8 is spelled `\xNN`, as in messages. */
void json_string(FILE *out, const char *s);

#endif
