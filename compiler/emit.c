/*
 * emit.c - artifacts by themselves.
 */
#include "emit.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "plan_write.h"
#include "report.h"
#include "str.h"

static const char *const words[] = {"landlock", "cgroup", "launch", "seatbelt", "launch-macos", "egress", "report",
				    "seccomp"};

struct emit {
	struct arena *a;
	const struct compile *k;
	struct artifact *v;
	unsigned n;
};

static bool is_word(const char *s, size_t n)
{
	static const char filter[] = "seccomp-";
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i]) == n && strncmp(words[i], s, n) == 0)
			return true;
	if (n < sizeof(filter) || strncmp(s, filter, sizeof(filter) - 1) != 0)
		return false;
	for (unsigned arch = 0; arch < ARCH_COUNT; arch++)
		if (strlen(arch_name[arch]) == n - (sizeof(filter) - 1) &&
		    strncmp(arch_name[arch], s + sizeof(filter) - 1, n - (sizeof(filter) - 1)) == 0)
			return true;
	return false;
}

bool emit_is_list(const char *list)
{
	for (;;) {
		size_t n = strcspn(list, ",");
		if (!is_word(list, n))
			return false;
		if (!list[n])
			return true;
		list += n + 1;
	}
}

static void add(struct emit *e, const struct artifact *f)
{
	for (unsigned i = 0; i < e->n; i++)
		if (strcmp(e->v[i].name, f->name) == 0)
			return;
	ARENA_GROW(e->a, e->v, e->n);
	e->v[e->n++] = *f;
}

static void add_report(struct emit *e)
{
	struct artifact f = {.name = "report.html"};
	f.data = report_html(e->a, e->k, NULL, NULL, &f.size);
	add(e, &f);
}

/* Of a filter the program itself; its text and its proof belong to plans. */
static bool fits(const char *name, const char *word, size_t n)
{
	bool all_filters = n == 7 && strncmp(word, "seccomp", 7) == 0 && strncmp(name, "seccomp-", 8) == 0;
	const char *dot = strrchr(name, '.');
	bool is_filter = strncmp(name, "seccomp-", 8) == 0;
	if (!dot || (is_filter && strcmp(dot, ".bpf") != 0))
		return false;
	return all_filters || ((size_t)(dot - name) == n && strncmp(name, word, n) == 0);
}

/* False when the policy makes no such artifact. */
static bool add_word(struct emit *e, const char *word, size_t n)
{
	unsigned before = e->n;
	bool found = false;
	if (n == 6 && strncmp(word, "report", 6) == 0)
		add_report(e);
	for (unsigned i = 0; i < e->k->lower.n_artifacts; i++)
		if (fits(e->k->lower.artifacts[i].name, word, n)) {
			add(e, &e->k->lower.artifacts[i]);
			found = true;
		}
	return found || e->n > before;
}

static const char *write_dir(struct emit *e, const char *dir)
{
	const char *failure = NULL;
	if (mkdir(dir, 0755) != 0 && errno != EEXIST)
		return arena_printf(e->a, "cannot make %s: %s", dir, strerror(errno));
	if (access(arena_printf(e->a, "%s/SHA256SUMS", dir), F_OK) == 0)
		return arena_printf(e->a, "%s holds a plan, which would no longer be whole: name another folder", dir);
	for (unsigned i = 0; i < e->n && !failure; i++)
		failure = file_write(e->a, arena_printf(e->a, "%s/%s", dir, e->v[i].name), e->v[i].data, e->v[i].size);
	return failure;
}

static const char *write_stdout(const struct emit *e)
{
	struct buf names = buf_new(e->a);
	for (unsigned i = 0; i < e->n; i++)
		buf_printf(&names, "%s%s", i ? ", " : "", e->v[i].name);
	if (e->n != 1)
		return arena_printf(e->a, "one artifact at a time goes to the standard output, these are %u: %s", e->n, buf_str(&names));
	fwrite(e->v[0].data, 1, e->v[0].size, stdout);
	return NULL;
}

const char *emit_write(struct arena *a, const struct compile *k, const char *list, const char *out)
{
	struct emit e = {.a = a, .k = k};
	for (const char *word = list;; word += strcspn(word, ",") + 1) {
		size_t n = strcspn(word, ",");
		if (!add_word(&e, word, n))
			return arena_printf(a, "this policy makes no artifact `%.*s`", (int)n, word);
		if (!word[n])
			break;
	}
	return out ? write_dir(&e, out) : write_stdout(&e);
}
