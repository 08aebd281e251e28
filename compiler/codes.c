/*
 * codes.c - prints the page of a diagnostic.
 */
#include "codes.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "str.h"

static const struct code {
	const char *code, *slug, *description;
	const char *page; /* text, then sections `-- bad` and `-- good`; NULL: nobody has written it yet */
} codes[] = {
#include "codes.inc"
};
enum { N_CODES = sizeof(codes) / sizeof(codes[0]) };

bool code_is_one(const char *word)
{
	size_t digits = strspn(word + (word[0] != '\0'), "0123456789");
	return strchr("EWNewn", word[0]) && word[0] && digits >= 3 && digits <= 4 && word[digits + 1] == '\0';
}

static const struct code *find(const char *code)
{
	for (unsigned i = 0; i < N_CODES; i++)
		if (strcasecmp(codes[i].code, code) == 0)
			return &codes[i];
	return NULL;
}

/* A section's heading: `-- bad`, with the command when it is not the usual one. */
static void print_heading(FILE *out, const char *line, size_t n)
{
	const char *what = line + 3, *end = line + n;
	size_t word = strcspn(what, " \n");
	const char *command = what + word < end ? what + word + 1 : end;
	if (word == 4 && strncmp(what, "file", 4) == 0)
		fprintf(out, "With %.*s:\n", (int)(end - command), command);
	else if (command < end && strncmp(command, "shown", 5) != 0)
		fprintf(out, "%c%.*s, with `%.*s`:\n", toupper((unsigned char)what[0]), (int)word - 1, what + 1,
			(int)(end - command), command);
	else
		fprintf(out, "%c%.*s:\n", toupper((unsigned char)what[0]), (int)word - 1, what + 1);
}

static void print_page(FILE *out, const char *page)
{
	bool example = false;
	while (*page) {
		size_t n = strcspn(page, "\n");
		bool heading = strncmp(page, "-- ", 3) == 0;
		if (heading)
			print_heading(out, page, n);
		else if (n == 0)
			fputc('\n', out);
		else
			fprintf(out, "%s%.*s\n", example ? "    " : "", (int)n, page);
		example |= heading;
		page += n + (page[n] == '\n');
	}
}

bool code_print(struct arena *a, const char *code, FILE *out, const char **hint)
{
	const struct code *c = find(code);
	const char *names[N_CODES];
	*hint = NULL;
	if (!c) {
		for (unsigned i = 0; i < N_CODES; i++)
			names[i] = codes[i].code;
		*hint = suggest(a, code, names, N_CODES);
		return false;
	}
	fprintf(out, "%s %s: %s\n\n", c->code, c->slug, c->description);
	print_page(out, c->page ? c->page : "There is no page about it yet.\n");
	return true;
}

const char *code_about(struct arena *a, const char *code)
{
	const struct code *c = find(code);
	struct buf b = buf_new(a);
	const char *at = c ? c->page : NULL;
	while (at && *at && strncmp(at, "-- ", 3) != 0) {
		size_t n = strcspn(at, "\n");
		bool fresh = b.len == 0 || b.data[b.len - 1] == '\n';
		if (n)
			buf_printf(&b, "%s%.*s", fresh ? "" : " ", (int)n, at);
		else if (!fresh)
			buf_putc(&b, '\n');
		at += n + (at[n] == '\n');
	}
	while (b.len && b.data[b.len - 1] == '\n')
		b.data[--b.len] = '\0';
	return b.len ? buf_str(&b) : NULL;
}
