/*
 * diff_plan_files.c - the files of two plans as text: what differs where no answer of the models does is said too.
 */
#include <stdlib.h>
#include <string.h>

#include "diff_plan.h"
#include "diff_priv.h"
#include "str.h"

/* What of a line is no meaning: names of policy lines, comments, ids, the policy's own name, version and reasons. */
enum kind { CONF, PROFILE, PROXIES, PROXIES_WITH_RULES };

static bool is_key(const char *line, const char *end, const char *key)
{
	line += strspn(line, " -");
	size_t n = strlen(key);
	return (size_t)(end - line) > n && strncmp(line, key, n) == 0 && line[n] == ':';
}

static bool says_nothing(enum kind kind, const char *line, const char *end)
{
	static const char *const about[] = {"id", "policy", "at", "because"}, *const rules[] = {"allow", "deny", "ports"};
	bool nothing = false;
	switch (kind) {
	case CONF:
		return (size_t)(end - line) > 7 && strncmp(line, "policy ", 7) == 0;
	case PROFILE:
		return *line == ';';
	case PROXIES:
		for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
			nothing |= is_key(line, end, rules[i]);
		break;
	case PROXIES_WITH_RULES:
		break;
	}
	for (size_t i = 0; i < sizeof(about) / sizeof(about[0]); i++)
		nothing |= is_key(line, end, about[i]);
	return nothing;
}

/* A word of a .conf that names a line of the policy: "p.sbx:12". */
static bool is_place(const char *word, size_t n)
{
	const char *colon = memchr(word, ':', n);
	return colon && strspn(colon + 1, "0123456789") == (size_t)(word + n - colon - 1);
}

static const char *plain_line(struct arena *a, enum kind kind, const char *line, const char *end)
{
	struct buf b = buf_new(a);
	while (line < end) {
		size_t n = strcspn(line, " \n");
		if (kind != CONF || !is_place(line, n))
			buf_add(&b, line, n);
		buf_putc(&b, ' ');
		line += n + 1;
	}
	buf_putc(&b, '\n');
	return buf_str(&b);
}

static int by_text(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

/* The lines of a .conf stand in an order that their places have a part in, so they are compared as a set. */
static const char *plain_text(struct arena *a, const struct artifact *f, enum kind kind)
{
	struct buf b = buf_new(a);
	const char **lines = NULL;
	unsigned n = 0;
	for (const char *line = f ? f->data : "", *end; *line; line = end + (*end == '\n')) {
		end = line + strcspn(line, "\n");
		if (line == f->data || says_nothing(kind, line, end))
			continue;
		ARENA_GROW(a, lines, n);
		lines[n++] = plain_line(a, kind, line, end);
	}
	if (kind == CONF && n)
		qsort(lines, n, sizeof(lines[0]), by_text);
	for (unsigned i = 0; i < n; i++)
		buf_puts(&b, lines[i]);
	return buf_str(&b);
}

static bool has_entry(const struct differ *d, uint32_t targets, bool limits)
{
	for (unsigned i = 0; i < d->n; i++)
		if ((d->v[i].targets & targets) && (!limits || d->v[i].part == DIFF_LIMITS))
			return true;
	return false;
}

/* Such a difference counts as opened. */
void diff_plan_files(struct differ *d)
{
	static const struct {
		const char *name;
		uint32_t targets;
		enum kind kind;
		bool always, limits;
	} files[] = {
	    {"landlock.conf", TARGET_BIT(TARGET_LINUX), CONF, false, false},
	    {"launch.conf", TARGET_BIT(TARGET_LINUX), CONF, false, false},
	    {"cgroup.conf", TARGET_BIT(TARGET_LINUX), CONF, false, true},
	    {"egress.yaml", TARGETS_ALL, PROXIES, true, false},
	    {"egress.yaml", TARGETS_ALL, PROXIES_WITH_RULES, false, false},
	    {"seatbelt.sb", TARGET_BIT(TARGET_MACOS), PROFILE, false, false},
	    {"launch-macos.conf", TARGET_BIT(TARGET_MACOS), CONF, false, false},
	};
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		const char *was = plain_text(d->a, plan_file(d->old.plan->files, files[i].name), files[i].kind);
		const char *is = plain_text(d->a, plan_file(d->now.plan->files, files[i].name), files[i].kind);
		if (!(files[i].targets & d->targets) || strcmp(was, is) == 0 ||
		    (!files[i].always && has_entry(d, files[i].targets, files[i].limits)))
			continue;
		struct diff_entry *e = differ_add(d, DIFF_SETTINGS, DIFF_GROWS, files[i].targets & d->targets, "file");
		e->object = files[i].name;
		e->note = "its text differs where no answer of the models does: counted as opened";
	}
}
