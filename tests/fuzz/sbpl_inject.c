/*
 * sbpl_inject.c - lines of any bytes as what a policy lets into its Seatbelt profile: a path, a name of a service, a
 * reason, a name, a description, an entry. Whatever they hold, the profile is refused with a diagnostic or allows what
 * was said and nothing else.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/str.h"
#include "tests/unit/seatbelt_ir.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PATH, NAME, REASON, ABOUT, POLICY, ENTRY, N_LINES };

/* The bytes as a template that means them. */
static const char *template_of(struct arena *a, const char *before, const char *s)
{
	struct buf b = buf_new(a);

	buf_puts(&b, before);
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c == '\\' || c == '$')
			buf_printf(&b, "\\%c", c);
		else if (c < 0x20 || c == 0x7f)
			buf_printf(&b, "\\x%02x", c);
		else
			buf_putc(&b, (char)c);
	}
	return buf_str(&b);
}

/* Paths that the compiler hands on have no such parts. */
static bool is_path(const char *s)
{
	size_t n = strlen(s);

	return n > 0 && s[0] != '/' && s[n - 1] != '/' && !strstr(s, "//") && strcmp(s, ".") != 0 && strcmp(s, "..") != 0 &&
	       strncmp(s, "./", 2) != 0 && strncmp(s, "../", 3) != 0 && !strstr(s, "/./") && !strstr(s, "/../") &&
	       !(n >= 2 && strcmp(s + n - 2, "/.") == 0) && !(n >= 3 && strcmp(s + n - 3, "/..") == 0);
}

static void must(bool yes)
{
	if (!yes)
		abort();
}

static void check(struct test_policy *p, const char **line, const char *path)
{
	const char *error = NULL, *text = policy_profile(p);
	void *m = text ? model_of(p->arena, text, &error) : NULL;

	must(text || diag_errors(p->diags) > 0);
	if (!text)
		return;
	must(m != NULL);
	must(passes(m, OP_READ, path));
	must(passes(m, OP_MACH, line[NAME]));
	must(!passes(m, OP_READ, "/x"));
	must(!passes(m, OP_READ, "/private/etc/passwd"));
	must(!passes(m, OP_MODIFY, path));
	must(!passes(m, OP_EXEC, "/bin/sh"));
	must(!passes(m, OP_MACH, "com.example.other-service"));
	must(!passes(m, OP_NET, ""));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct test_policy *p = size < 8192 ? policy_new() : NULL;
	const char *line[N_LINES] = {"p", "n", "r", "a", "q", "e"}, *path;
	unsigned n = 0;

	if (!p)
		return 0;
	for (const uint8_t *at = data, *end = data + size; n < N_LINES && at <= end;) {
		const uint8_t *stop = memchr(at, '\n', (size_t)(end - at));

		stop = stop ? stop : end;
		line[n++] = arena_strndup(p->arena, (const char *)at, (size_t)(stop - at));
		at = stop + 1;
	}
	if (is_path(line[PATH]) && is_path(line[ENTRY]) && *line[NAME] && strcmp(line[NAME], "com.example.other-service") != 0 &&
	    utf8_valid(line[NAME])) {
		path = arena_printf(p->arena, "/w/%s", line[PATH]);
		p->origin.because = line[REASON];
		p->ir.about = line[ABOUT];
		p->ir.name = line[POLICY];
		p->ir.entry = template_of(p->arena, "/e/", line[ENTRY]);
		p->ir.entry_origin = &p->origin;
		policy_rule(p, RULE_PATH, false, OP_BIT(OP_READ), template_of(p->arena, "/w/", line[PATH]));
		policy_rule(p, RULE_MACOS, false, OP_BIT(OP_MACH), line[NAME]);
		check(p, line, path);
	}
	arena_free(p->arena);
	return 0;
}
