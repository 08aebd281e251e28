/*
 * watch.c - says what a job uses.
 */
#include "watch.h"

/* "12.3 MiB" */
static void put_tenths(struct text *t, uint64_t tenths, const char *unit)
{
	text_put(t, "%zu.%zu%s", (size_t)tenths / 10, (size_t)tenths % 10, unit);
}

void watch_line(const struct watched *w)
{
	char line[160];
	struct text t = text_over(line, sizeof(line));
	struct watched_use u = {0};

	watch_look(w, &u);
	put_tenths(&t, w->wall_us / 100000, " s");
	text_str(&t, w->cgroup >= 0 ? SAID(", job:") : SAID(", program:"));
	if (u.cpu_known) {
		text_say(&t, " cpu ");
		put_tenths(&t, u.cpu_ms / 100, " s");
	}
	if (u.memory_known) {
		text_say(&t, " memory ");
		put_tenths(&t, u.memory / 104857, " MiB"); /* tenths of 2^20 */
	}
	if (u.processes_known)
		text_put(&t, " processes %zu", (size_t)u.processes);
	note_print("%s", line);
}
