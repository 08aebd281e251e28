/* main.c - prints the words of standard input with their counts, most frequent first. */
#include <ctype.h>
#include <stdio.h>

#include "table.h"

static int read_words(struct table *t, FILE *in)
{
	char word[256];
	size_t len = 0;
	int c;

	do {
		c = getc(in);
		if (c != EOF && isalnum(c)) {
			if (len < sizeof(word))
				word[len++] = (char)tolower(c);
		} else if (len) {
			if (table_add(t, word, len))
				return -1;
			len = 0;
		}
	} while (c != EOF);
	return ferror(in) ? -1 : 0;
}

int main(void)
{
	struct table *t = table_new();
	const struct table_entry *e;
	size_t n;

	if (!t || read_words(t, stdin) || !(e = table_sorted(t, &n))) {
		perror("wordfreq");
		table_free(t);
		return 1;
	}
	for (size_t i = 0; i < n; i++)
		printf("%lu %s\n", e[i].count, e[i].word);
	table_free(t);
	return 0;
}
