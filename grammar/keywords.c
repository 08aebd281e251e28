/*
 * keywords.c - the structure words: text to token and back, and which one a misspelling means.
 */
#include <string.h>

#include "grammar.h"
#include "parse.h"
#include "sbx.tab.h"

static const struct {
	int kind;
	unsigned len;
	const char *text;
} table[] = {
#define KW(token, word) {T_##token, sizeof(word) - 1, word},
#include "keywords.def"
};

enum { N_KEYWORDS = sizeof(table) / sizeof(*table) };

_Static_assert((int)T_SBX + N_KEYWORDS - 1 == (int)T_CAVEAT,
	       "keywords.def and the tokens of sbx.y differ");

static const char *const words[] = {
#define KW(token, word) word,
#include "keywords.def"
};

const char *const *grammar_keywords(unsigned *n)
{
	*n = N_KEYWORDS;
	return words;
}

int keyword_find(const char *text, size_t n)
{
	for (unsigned i = 0; i < N_KEYWORDS; i++)
		if (table[i].len == n && memcmp(table[i].text, text, n) == 0)
			return table[i].kind;
	return 0;
}

const char *keyword_text(int kind)
{
	if (kind < (int)T_SBX || kind > (int)T_CAVEAT)
		return NULL;
	return table[kind - (int)T_SBX].text;
}

int keyword_near(struct parse *p, const char *text, const int *kinds)
{
	const char *candidates[N_KEYWORDS];
	unsigned n = 0;
	for (; *kinds; kinds++)
		candidates[n++] = keyword_text(*kinds);
	/* suggest() ranks; its first word stands between the first two backticks. */
	const char *phrase = suggest(p->arena, text, candidates, n);
	if (!phrase)
		return 0;
	const char *beg = strchr(phrase, '`') + 1;
	return keyword_find(beg, strcspn(beg, "`"));
}
