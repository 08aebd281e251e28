/*
 * markdown.c - every sign that Markdown or HTML could take for its own is a character reference, which never makes
 * structure: a path cannot become a link or the end of a table, a reason cannot hide what stands after it. Where a name
 * would be called upon or an issue be linked, a comment that shows nothing stands behind the sign.
 */
#include "markdown.h"

#include <stdbool.h>
#include <string.h>

/* "www." and "://" make links of what stands around them. */
static bool begins_link(const char *text, const char *at)
{
	return (*at == '.' && at - text >= 3 && strncmp(at - 3, "www", 3) == 0) || (*at == ':' && at[1] == '/');
}

void markdown_text(FILE *out, const char *text)
{
	static const char safe[] = " ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/.,:;()-";
	for (const char *at = text; *at; at++) {
		unsigned char c = (unsigned char)*at;
		if (c >= 0x80 || (strchr(safe, c) && !begins_link(text, at)))
			fputc(c, out);
		else if (c < 0x20 || c == 0x7f)
			fprintf(out, "&#92;x%02x", c);
		else
			fprintf(out, "&#%u;%s", c, c == '@' || c == '#' ? "<!-- -->" : "");
	}
}

void markdown_line(FILE *out, const char *text)
{
	bool makes_block = text[0] && strchr(" -0123456789", text[0]);
	if (makes_block)
		fprintf(out, "&#%u;", (unsigned char)text[0]);
	markdown_text(out, text + makes_block);
}

void markdown_code(FILE *out, const char *text)
{
	if (!text[0])
		return;
	fputs("<code>", out);
	markdown_text(out, text);
	fputs("</code>", out);
}
