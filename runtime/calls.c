/*
 * calls.c - reads seccomp-MACHINE.calls, and looks calls up in it line by line: each is asked about once.
 */
#include "calls.h"

#include <string.h>

struct wanted {
	bool refused;
	uint32_t arch, nr;
	struct span found;
};

static bool call_line(void *ctx, struct line *l, struct span word)
{
	struct wanted *w = ctx;
	struct span rest;
	uint64_t arch, nr;
	bool refused = span_is(word, "refused");

	if (!refused && !span_is(word, "used"))
		return line_fault(l, "a word this sbx-run does not know", word);
	if (!line_number(l, UINT32_MAX, &arch) || !line_number(l, UINT32_MAX, &nr) || !line_rest(l, &rest))
		return false;
	if (refused == w->refused && arch == w->arch && nr == w->nr)
		w->found = rest;
	return true;
}

bool calls_read(const struct conf *c, char id[PLAN_ID_LEN + 1])
{
	struct wanted nothing = {0};

	return conf_lines(c, call_line, &nothing, id);
}

struct span calls_find(struct span file, bool refused, uint32_t arch, uint32_t nr)
{
	struct wanted w = {.refused = refused, .arch = arch, .nr = nr};
	char id[PLAN_ID_LEN + 1] = "";
	struct fault never;
	const struct conf c = {.kind = "calls", .data = file.at, .size = file.len, .fault = &never};

	if (file.len)
		conf_lines(&c, call_line, &w, id);
	return w.found;
}
