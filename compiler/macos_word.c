/*
 * macos_word.c - looks up the words of macos_word.def.
 */
#include "macos_word.h"

#include <string.h>

const struct macos_word macos_words[] = {
#define MACOS_WORD(op, family, word, object, what) {OP_##op, family, word, object, what},
#include "macos_word.def"
};
const unsigned n_macos_words = sizeof(macos_words) / sizeof(macos_words[0]);

const struct macos_family macos_families[] = {
#define MACOS_FAMILY(word, help, on_linux) {word, help, on_linux},
#include "macos_word.def"
};
const unsigned n_macos_families = sizeof(macos_families) / sizeof(macos_families[0]);

const struct macos_family *macos_family(const char *word)
{
	for (unsigned i = 0; i < n_macos_families; i++)
		if (strcmp(macos_families[i].word, word) == 0)
			return &macos_families[i];
	return NULL;
}

const struct macos_family *macos_family_of(enum op op)
{
	for (unsigned i = 0; i < n_macos_words; i++)
		if (macos_words[i].op == op)
			return macos_family(macos_words[i].family);
	return NULL;
}

const struct macos_word *macos_word_find(const char *family, const char *word)
{
	for (unsigned i = 0; i < n_macos_words; i++)
		if (strcmp(macos_words[i].family, family) == 0 && strcmp(macos_words[i].word, word) == 0)
			return &macos_words[i];
	return NULL;
}

bool macos_word_whole(uint32_t ops)
{
	for (unsigned i = 0; i < n_macos_words; i++)
		if ((ops & OP_BIT(macos_words[i].op)) && macos_words[i].object)
			return true;
	return false;
}
