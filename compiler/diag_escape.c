/*
 * diag_escape.c - bytes that nobody vouches for, written so that neither a terminal nor a program acts on them.
 */
#include <ctype.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "diag_priv.h"
#include "str.h"

/*
 * Bytes of the next character when it may be shown as it is; 0: its first byte is to be escaped. What acts on a terminal:
 * C0 and C1 controls, DEL, the marks that turn the direction of writing, separators of lines.
 */
static unsigned shown_len(const char *s, size_t n)
{
	unsigned char c = (unsigned char)s[0];
	unsigned len = utf8_len(s, n);
	if (c < 0x20 || c == 0x7f)
		return 0;
	if (len == 2 && c == 0xc2 && (unsigned char)s[1] < 0xa0)
		return 0;
	if (len == 3 && c == 0xe2) {
		unsigned low = ((unsigned char)s[1] & 0x3fu) << 6 | ((unsigned char)s[2] & 0x3fu); /* of U+2000 */
		if ((low >= 0x0e && low <= 0x0f) || (low >= 0x28 && low <= 0x2e) || (low >= 0x66 && low <= 0x69))
			return 0;
	}
	return len;
}

void diag_put_text(FILE *out, const char *s, size_t n)
{
	for (size_t i = 0; i < n;) {
		unsigned len = s[i] == '\t' ? 1 : shown_len(s + i, n - i);
		if (len)
			fwrite(s + i, 1, len, out);
		else
			fprintf(out, "\\x%02x", (unsigned char)s[i]);
		i += len ? len : 1;
	}
}

/* As a mark under them must count: one for a character, four for an escape. */
size_t diag_text_width(const char *s, size_t n)
{
	size_t w = 0;
	for (size_t i = 0; i < n;) {
		unsigned len = s[i] == '\t' ? 1 : shown_len(s + i, n - i);
		w += len ? 1 : 4;
		i += len ? len : 1;
	}
	return w;
}

void diag_show(FILE *out, const char *text)
{
	diag_put_text(out, text, strlen(text));
}

size_t diag_shown_width(const char *text)
{
	return diag_text_width(text, strlen(text));
}

const char *diag_repository_path(const char *path)
{
	char here[PATH_MAX];
	size_t n = path[0] == '/' && getcwd(here, sizeof(here)) ? strlen(here) : 0;
	while (path[0] == '.' && path[1] == '/')
		path += 2;
	return n > 1 && strncmp(path, here, n) == 0 && path[n] == '/' && path[n + 1] != '/' ? path + n + 1 : path;
}

void diag_put_uri(FILE *out, const char *path)
{
	path = diag_repository_path(path);
	fputs(path[0] == '/' ? "\"file://" : "\"", out);
	for (; *path; path++) {
		unsigned char c = (unsigned char)*path;
		if (c < 0x80 && (isalnum(c) || strchr("-._~/", c)))
			fputc(c, out);
		else
			fprintf(out, "%%%02X", c);
	}
	fputc('"', out);
}

void diag_put_command(FILE *out, const char *s, bool property)
{
	for (size_t n = strlen(s); n;) {
		unsigned char c = (unsigned char)s[0];
		unsigned len = shown_len(s, n);
		if (c == '%' || c == '\n' || c == '\r' || (property && (c == ':' || c == ',')))
			fprintf(out, "%%%02X", c);
		else if (len)
			fwrite(s, 1, len, out);
		else
			fprintf(out, "\\x%02x", c);
		s += len ? len : 1;
		n -= len ? len : 1;
	}
}
