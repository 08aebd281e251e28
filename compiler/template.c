/*
 * template.c - canonical text with load-time variables.
 */
#include "template.h"

#include <stdint.h>
#include <string.h>

const char *const template_builtins[] = {"CWD", "EXE", "HOME", "RUNTIME_DIR", "TMPDIR", "UID", NULL};

bool template_is_builtin(const char *name, size_t len)
{
	for (unsigned i = 0; template_builtins[i]; i++)
		if (strlen(template_builtins[i]) == len && memcmp(template_builtins[i], name, len) == 0)
			return true;
	return false;
}

bool template_builtin_is_path(const char *name, size_t len)
{
	return template_is_builtin(name, len) && !(len == 3 && memcmp(name, "UID", 3) == 0);
}

void template_add_literal(struct buf *b, const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)bytes[i];
		if (c == '\\' || c == '$')
			buf_printf(b, "\\%c", c);
		else if (c < 0x20 || c == 0x7f)
			buf_printf(b, "\\x%02x", c);
		else
			buf_putc(b, bytes[i]);
	}
}

void template_add_var(struct buf *b, const char *name)
{
	buf_printf(b, "${%s}", name);
}

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 0;
}

bool template_next(const char **p, struct template_piece *out)
{
	const char *s = *p;
	*out = (struct template_piece){0};
	if (!*s)
		return false;
	if (*s == '$' && s[1] == '{') {
		const char *end = strchr(s, '}');
		out->is_var = true;
		out->var = s + 2;
		out->var_len = end ? (size_t)(end - s - 2) : strlen(s + 2);
		*p = end ? end + 1 : s + strlen(s);
	} else if (*s == '\\' && s[1] == 'x' && s[2] && s[3]) {
		out->byte = (char)(hex_digit(s[2]) * 16 + hex_digit(s[3]));
		*p = s + 4;
	} else if (*s == '\\' && s[1]) {
		out->byte = s[1];
		*p = s + 2;
	} else {
		out->byte = *s;
		*p = s + 1;
	}
	return true;
}

bool template_has_vars(const char *tmpl)
{
	struct template_piece piece;
	while (template_next(&tmpl, &piece))
		if (piece.is_var)
			return true;
	return false;
}

const char *template_literal(struct arena *a, const char *tmpl)
{
	struct buf b = buf_new(a);
	struct template_piece piece;
	while (template_next(&tmpl, &piece)) {
		if (piece.is_var)
			return NULL;
		buf_putc(&b, piece.byte);
	}
	return buf_str(&b);
}

bool path_is_canonical(const char *path)
{
	if (path[0] != '/')
		return false;
	if (path[1] == '\0')
		return true;
	for (const char *c = path; *c == '/';) {
		const char *beg = ++c;
		c += strcspn(c, "/");
		size_t len = (size_t)(c - beg);
		if (len == 0 || (len == 1 && beg[0] == '.') || (len == 2 && beg[0] == '.' && beg[1] == '.'))
			return false;
	}
	return true;
}
