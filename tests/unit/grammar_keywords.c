/*
 * grammar_keywords.c - the structure words stay few and never take a word that people need as a
 * name.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "compiler/syscalls.h"
#include "grammar/parse.h"

static bool is_keyword(const char *word)
{
	unsigned n;
	const char *const *words = grammar_keywords(&n);
	for (unsigned i = 0; i < n; i++)
		if (strcmp(words[i], word) == 0)
			return true;
	return false;
}

Test(grammar_keywords, words_are_known_once)
{
	unsigned n;
	const char *const *words = grammar_keywords(&n);
	cr_assert_eq(n, 50, "%u keywords: each one more is a name less, so say why here", n);
	for (unsigned i = 0; i < n; i++)
		for (unsigned j = i + 1; j < n; j++)
			cr_assert_str_neq(words[i], words[j]);
	cr_assert(is_keyword("allow"));
	cr_assert_not(is_keyword("read"));
}

Test(grammar_keywords, no_system_call_is_one)
{
	unsigned n;
	const struct syscall_desc *calls = syscall_table(&n);
	cr_assert_gt(n, 300);
	for (unsigned i = 0; i < n; i++)
		cr_assert_not(is_keyword(calls[i].name), "%s", calls[i].name);
}

Test(grammar_keywords, no_word_of_a_table_is_one)
{
	static const char *const words[] = {
#define LIMIT(id, word, unit, cap, help) word,
#include "compiler/limit.def"
#define OP_WORD(word, ops) word,
#include "compiler/op_word.def"
#define TYPE(id, word) word,
#include "compiler/type.def"
#define TARGET(id, word) word,
#include "compiler/target.def"
	};
	cr_assert_gt(sizeof(words) / sizeof(*words), 20);
	for (unsigned i = 0; i < sizeof(words) / sizeof(*words); i++)
		cr_assert_not(is_keyword(words[i]), "%s", words[i]);
}
