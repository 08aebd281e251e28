/*
 * runtime_options.c - any words as the command line of the loader, each with its NUL; the values of --set go to a param of each
 * type. What is taken names a plan and a program, and every word behind the plan is the program's, as it stood.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../runtime/options.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { WORDS = 80 };

static void require(bool so)
{
	if (!so)
		abort();
}

static bool is_word(char *const *argv, unsigned n, const char *text)
{
	for (unsigned i = 0; i < n; i++)
		if (text >= argv[i] && text <= argv[i] + strlen(argv[i]))
			return true;
	return false;
}

static void look(const struct options *o, char *const *argv, unsigned n)
{
	size_t first = (size_t)(o->argv - argv);

	require(first >= 1 && first < n && o->argv[0][0]);
	require(o->plan == argv[first - 1] || (o->plan == argv[first - 2] && !strcmp(argv[first - 1], "--")));
	require(!o->digest || is_word(argv, n, o->digest));
	require(o->status_fd == -1 || o->status_fd > 0);
	require(o->n_sets <= PLAN_MAX_PARAMS && o->n_files <= FILES_MAX);
	for (unsigned i = 0; i < o->n_sets; i++)
		require(o->sets[i].name.len && o->sets[i].value == o->sets[i].name.at + o->sets[i].name.len + 1);
	for (unsigned i = 0; i < o->n_files; i++)
		require(o->files[i].name.len && o->files[i].path[0]);
}

/* Each param has a value of its type then, and a number in its range. */
static void look_at_values(const struct options *o)
{
	static const char *const least[VALUE_TYPE_COUNT] = {"/", "", "1", "1", "1B", "1ms", "1%"};
	struct param params[VALUE_TYPE_COUNT];
	struct pool pool;
	struct vars v = {.params = params, .n_params = VALUE_TYPE_COUNT, .pool = &pool};
	struct fault f;

	for (enum value_type t = 0; t < VALUE_TYPE_COUNT; t++)
		params[t] = (struct param){.name = span_of(type_text(t)), .type = t, .fallback = span_of(least[t]),
					   .bounded = t != VALUE_PATH && t != VALUE_STRING, .least = 1, .most = 1000000};
	require(pool_open(&pool, 4096));
	bool set = params_set(&v, o->sets, o->n_sets, &f);
	for (unsigned i = 0; set && i < VALUE_TYPE_COUNT; i++) {
		uint64_t n;
		require(params[i].value && value_fits(params[i].type, params[i].value, &n) && n == params[i].number);
		require(!params[i].bounded || (n >= 1 && n <= 1000000));
	}
	pool_close(&pool);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct options o;
	char *copy = malloc(size + 1), *argv[WORDS + 1];
	unsigned n = 0;
	struct fault f;

	require(copy);
	memcpy(copy, data, size);
	copy[size] = 0;
	for (size_t at = 0; at < size && n < WORDS; at += strlen(copy + at) + 1)
		argv[n++] = copy + at;
	argv[n] = NULL;
	memset(&o, 0, sizeof(o));
	switch (options_parse(argv, &o, &f)) {
	case OPTIONS_RUN:
		look(&o, argv, n);
		look_at_values(&o);
		break;
	case OPTIONS_DONE:
	case OPTIONS_WRONG:
		break;
	}
	free(copy);
	return 0;
}
