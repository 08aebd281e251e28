/*
 * silence.c - comments that speak to sbxc: `# sbx: allow(NAME, NAME) reason` silences warnings of its line; on a line of its
 * own, those of the next line that holds anything else.
 */
#include <string.h>

#include "grammar.h"

enum { LOOK_AHEAD = 64 }; /* lines of comment between a silence and what it is about */

static size_t blanks(const char *s, size_t n)
{
	size_t i = 0;
	while (i < n && (s[i] == ' ' || s[i] == '\t'))
		i++;
	return i;
}

/* Offset of the line that a comment at `at` is about. */
static uint32_t line_meant(const struct parse *p, uint32_t at)
{
	const char *text = p->file->text;
	size_t line = p->line_beg - p->file->base, end = p->file->size;
	if (line + blanks(text + line, at - p->file->base - line) != at - p->file->base)
		return p->line_beg; /* something stands before it */
	for (unsigned i = 0; i < LOOK_AHEAD; i++) {
		const char *nl = memchr(text + line, '\n', end - line);
		if (!nl)
			break;
		line = (size_t)(nl - text) + 1;
		size_t first = line + blanks(text + line, end - line);
		if (first < end && text[first] != '#' && text[first] != '\n')
			break;
	}
	return p->file->base + (uint32_t)line;
}

static bool lint_by_name(const char *name, enum diag_id *out)
{
	for (unsigned i = 0; i < DIAG_COUNT; i++) {
		const struct diag_info *info = diag_info((enum diag_id)i);
		if (info->severity != SEV_WARNING || i == DIAG_BAD_SILENCE || strcmp(info->slug, name) != 0)
			continue;
		*out = (enum diag_id)i;
		return true;
	}
	return false;
}

static void unknown_lint(struct parse *p, struct loc where, const char *name)
{
	const char *names[DIAG_COUNT];
	size_t n = 0;
	struct diag_rec *r = parse_fault(p, DIAG_UNKNOWN_WORD, where, "there is no warning `%s`", name);
	for (unsigned i = 0; i < DIAG_COUNT; i++) {
		const struct diag_info *info = diag_info((enum diag_id)i);
		if (info->severity == SEV_WARNING && strcmp(info->code, name) == 0)
			diag_help(r, "did you mean `%s`?", info->slug);
		else if (info->severity == SEV_WARNING && i != DIAG_BAD_SILENCE)
			names[n++] = info->slug;
	}
	diag_help_if(r, suggest(p->arena, name, names, n));
	diag_note(r, "`sbxc check --lints` lists them");
}

/* The names of `inside`, N bytes at offset AT. */
static void read_names(struct parse *p, struct loc comment, const char *inside, size_t n, uint32_t at, bool reason)
{
	uint32_t line = line_meant(p, comment.beg);
	for (size_t i = 0; i <= n;) {
		const char *comma = i < n ? memchr(inside + i, ',', n - i) : NULL;
		size_t end = comma ? (size_t)(comma - inside) : n, next = end + 1;
		i += blanks(inside + i, end - i);
		while (end > i && (inside[end - 1] == ' ' || inside[end - 1] == '\t'))
			end--;
		const char *name = arena_strndup(p->arena, inside + i, end - i);
		enum diag_id id;
		if (lint_by_name(name, &id))
			diag_silence(p->diags, line, id, comment, reason);
		else
			unknown_lint(p, (struct loc){at + (uint32_t)i, at + (uint32_t)(end > i ? end : i + 1)}, name);
		i = next;
	}
}

void silence_read(struct parse *p, struct loc loc, const char *text, size_t n)
{
	static const char key[] = "sbx:", verb[] = "allow(";
	size_t i = 1 + blanks(text + 1, n - 1);
	if (n - i < sizeof(key) - 1 || memcmp(text + i, key, sizeof(key) - 1) != 0)
		return;
	i += sizeof(key) - 1;
	i += blanks(text + i, n - i);
	const char *close = memchr(text + i, ')', n - i);
	if (!close || n - i < sizeof(verb) - 1 || memcmp(text + i, verb, sizeof(verb) - 1) != 0) {
		struct diag_rec *r = parse_fault(p, DIAG_UNEXPECTED, loc, "this comment speaks to sbxc and says nothing it knows");
		diag_help(r, "write `# sbx: allow(NAME) reason` to silence a warning, or a comment that does not begin with `sbx:`");
		return;
	}
	i += sizeof(verb) - 1;
	size_t after = (size_t)(close - text) + 1;
	bool reason = after + blanks(text + after, n - after) < n;
	read_names(p, loc, text + i, (size_t)(close - text) - i, loc.beg + (uint32_t)i, reason);
}
