/*
 * facts.c - what the back ends' facts() share: the WHERE words of plan.h, compared with places of
 * the policy.
 */
#include <string.h>

#include "backend.h"

/* The byte that the word spells at *word, which moves past it; a word holds no escape of NUL. */
static unsigned char next_byte(const char **word)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = *word;
	if (*at != '\\' || !at[1]) {
		*word += *at != '\0';
		return (unsigned char)*at;
	}
	const char *high = at[1] == 'x' && at[2] ? strchr(digits, at[2]) : NULL;
	const char *low = high && at[3] ? strchr(digits, at[3]) : NULL;
	*word += low ? 4 : 2;
	return (unsigned char)(low ? (high - digits) * 16 + (low - digits) : at[1]);
}

bool fact_spells(const char *word, const char *text)
{
	while (*text)
		if (next_byte(&word) != (unsigned char)*text++)
			return false;
	return *word == '\0';
}

const char *fact_text(struct arena *a, const char *word)
{
	char *text = arena_strdup(a, word), *end = text;
	while (*word)
		*end++ = (char)next_byte(&word);
	*end = '\0';
	return text;
}

const char *fact_place(const struct lower *what, struct loc loc)
{
	const char *place = src_where(what->src, what->arena, loc_none(loc) ? what->ir->loc : loc);
	return *place ? place : "-";
}

bool fact_where_loc(const struct lower *what, const char *word, struct loc loc)
{
	return fact_spells(word, fact_place(what, loc));
}

bool fact_where(const struct lower *what, const char *word, const struct origin *origin)
{
	return fact_where_loc(what, word, origin ? origin->loc : what->ir->loc);
}
