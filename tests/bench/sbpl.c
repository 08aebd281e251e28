/*
 * sbpl.c - how long the evaluator of Seatbelt profiles takes for a million questions to a profile of 500 rules.
 */
#include <stdio.h>
#include <time.h>

#include "tests/unit/seatbelt_many.h"

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(void)
{
	struct arena *a = arena_new();
	double begin = seconds(), read;
	const struct sbpl_profile *p = many_profile(a);
	struct many_sums s;

	if (!p)
		return 1;
	read = seconds();
	s = many_ask(a, p, 1000000);
	printf("    read and evaluated %24.1f ms\n    %lu questions %21.2f s\n    rules tried for one question %14.2f (of %u)\n",
	       (read - begin) * 1e3, s.asked, seconds() - read, (double)s.looked / (double)s.asked, p->n_rules);
	arena_free(a);
	return 0;
}
