/*
 * ask.c - what `sbxc why` says of many accesses, without compiling the policy for each.
 *
 *     ask POLICY [--std DIR] [--set NAME=VALUE]... [--given NAME=VALUE]... <ACCESSES
 *
 * An access a line, as behind `expect allow`. For each a line of its answers on Linux, divided by `|`: allow or deny, who stops
 * it, and what shows; divided by tabs. The code and the words are those of `why`.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/diag.h"
#include "compiler/str.h"
#include "compiler/why.h"

enum { MAX_NAMED = 32 };

struct named {
	struct compile_set v[MAX_NAMED];
	unsigned n;
};

static void add_named(struct named *to, char *text)
{
	char *eq = strchr(text, '=');
	if (!eq || to->n == MAX_NAMED)
		exit(2);
	*eq = 0;
	to->v[to->n++] = (struct compile_set){text, eq + 1};
}

/* All of stdin as one test. */
static const char *questions(struct arena *a)
{
	struct buf b = buf_new(a);
	char line[1024];
	buf_puts(&b, "sbx 1\ntest \"\" {\n");
	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = 0;
		buf_printf(&b, "expect allow %s\n", line);
	}
	buf_puts(&b, "}\n");
	return buf_str(&b);
}

/* `read` is list too, which says nothing of a file: where that has an answer of its own it is left out. */
static void print_answers(const struct why *w)
{
	const char *between = "";
	for (unsigned i = 0; i < w->n; i++) {
		if (w->n > 1 && w->answers[i].ops == OP_BIT(OP_LIST))
			continue;
		const struct why_side *s = &w->answers[i].side[TARGET_LINUX];
		printf("%s%s\t%s\t%s", between, w->answers[i].decision.allow ? "allow" : "deny", s->stops ? s->by : "",
		       s->stops ? s->shows : "");
		between = "|";
	}
	putchar('\n');
}

static int answer(struct compile *k, struct validator *v)
{
	const struct ir_test *all = k->question;
	for (unsigned i = 0; i < all->n_expect; i++) {
		struct ir_test one = *all;
		one.expect = &all->expect[i];
		one.n_expect = 1;
		k->question = &one;
		struct why w = {.arena = k->arena, .k = k, .models = v, .targets = TARGET_BIT(TARGET_LINUX)};
		why_ask(&w);
		print_answers(&w);
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct compile k;
	struct named sets = {.n = 0}, given = {.n = 0};
	struct compile_options opt = {.path = argc > 1 ? argv[1] : ""};
	for (int i = 2; i + 1 < argc; i += 2)
		if (strcmp(argv[i], "--std") == 0)
			opt.std_dir = argv[i + 1];
		else
			add_named(strcmp(argv[i], "--set") == 0 ? &sets : &given, argv[i + 1]);
	opt.sets = sets.v;
	opt.n_sets = sets.n;
	opt.given = given.v;
	opt.n_given = given.n;
	opt.question = questions(arena_new());
	bool good = compile_read(&k, &opt) == COMPILE_OK && k.question && compile_judge(&k) == COMPILE_OK &&
		    !diag_errors(k.diags) && compile_lower(&k) == COMPILE_OK;
	struct validator v = {.arena = k.arena, .diags = k.diags, .src = k.src, .meaning = k.meaning, .guarantees = &k.guarantees};
	if (!good || !validator_open(&v, k.lower.artifacts, k.lower.n_artifacts)) {
		diags_print(k.diags, stderr, DIAG_TEXT, false);
		return 1;
	}
	return answer(&k, &v);
}
