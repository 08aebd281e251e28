/*
 * diff_markdown.c - the comparison as Markdown, for comments on a change.
 */
#include <stdlib.h>
#include <string.h>

#include "diff.h"
#include "markdown.h"

/* GitHub takes 65536 characters in a comment, and a change that does not fit is the one that must not go unseen. */
enum { TABLE_BYTES = 50000, TESTS_BYTES = 10000 };

static void put_detail(FILE *out, const char *before, const char *text)
{
	if (!text)
		return;
	fprintf(out, "<br>%s", before);
	markdown_text(out, text);
}

static void put_targets(FILE *out, const struct diff *d, const struct diff_entry *e)
{
	uint32_t both = d->old.targets & d->now.targets;
	for (unsigned t = 0; t < TARGET_COUNT && (e->targets & both) != both; t++)
		if (e->targets & TARGET_BIT(t))
			fprintf(out, " on %s", target_name[t]);
}

static void put_entry(FILE *out, const struct diff *d, const struct diff_entry *e)
{
	static const char *const access[] = {"**now allowed**", "no longer allowed", "refused in another way"};
	static const char *const other[] = {"**weaker**", "stronger", "changed"};
	fprintf(out, "| %s | ", (e->part == DIFF_ACCESS ? access : other)[e->way]);
	markdown_text(out, e->what);
	put_targets(out, d, e);
	fputs(" | ", out);
	markdown_code(out, e->object);
	if (e->example) {
		fputs("<br>e.g. ", out);
		markdown_code(out, e->example);
	}
	fputs(" | ", out);
	markdown_text(out, e->where ? e->where : "");
	put_detail(out, "", e->note);
	put_detail(out, "as before: ", e->but);
	put_detail(out, "because ", e->because);
	put_detail(out, "brought by ", e->via);
	put_detail(out, "its test is gone: ", e->guard);
	fputs(" |\n", out);
}

/* Those that fit into a comment; of the rest at least how many there are. */
static void put_table(FILE *out, const struct diff *d)
{
	size_t size = 0;
	unsigned more = 0, grow = 0;
	fputs("\n| | what | object | line |\n|---|---|---|---|\n", out);
	for (unsigned i = 0; i < d->n; i++) {
		struct text_out row;
		text_begin(&row);
		put_entry(row.out, d, &d->v[i]);
		text_end(&row);
		size += row.n;
		if (size <= TABLE_BYTES)
			fwrite(row.bytes, 1, row.n, out);
		more += size > TABLE_BYTES;
		grow += size > TABLE_BYTES && d->v[i].way == DIFF_GROWS;
		free(row.bytes);
	}
	if (more)
		fprintf(out, "\n**%u more change%s, %u of which open%s something, %s no room here: `sbxc diff` says all.**\n", more,
			more == 1 ? "" : "s", grow, grow == 1 ? "s" : "", more == 1 ? "has" : "have");
}

static void put_tests(FILE *out, const struct diff *d)
{
	size_t size = 0;
	unsigned gone = 0, more = 0;
	for (unsigned i = 0; i < d->n_tests; i++) {
		if (!d->tests[i].gone)
			continue;
		fputs(gone++ ? "" : "\nExpectations that are gone:\n\n", out);
		size += 8 * strlen(d->tests[i].text) + 80; /* no sign takes more */
		if (size > TESTS_BYTES) {
			more++;
			continue;
		}
		fputs("- ", out);
		markdown_code(out, d->tests[i].text);
		fputs(d->tests[i].guards ? " **look here: what it was about changed**\n" : "\n", out);
	}
	if (more)
		fprintf(out, "- and %u more\n", more);
}

void diff_markdown(const struct diff *d, FILE *out)
{
	fputs("### ", out);
	markdown_text(out, d->now.name);
	if (d->old.version[0] || d->now.version[0]) {
		fputc(' ', out);
		markdown_text(out, d->old.version);
		fputs(" → ", out);
		markdown_text(out, d->now.version);
	}
	fprintf(out, ": %s\n", diff_verdict(d));
	if (d->version) {
		fputs("\n**The version:** ", out);
		markdown_text(out, d->version);
		fputs(".\n", out);
	}
	if (d->n)
		put_table(out, d);
	put_tests(out, d);
	if (!d->n && !d->n_tests)
		fprintf(out, "\n%s\n", d->lines_moved ? "The text changed, its meaning did not." : "The two say the same.");
}
