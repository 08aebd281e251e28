/*
 * host.c - from a kernel's version to the mechanisms that a host has.
 */
#include "host.h"

#include <string.h>

#include "../runtime/plan.h"
#include "say.h"
#include "str.h"

static const struct mechanism {
	const char *word;
	unsigned major, minor;
	const char *what;
} mechanisms[] = {
#define MECHANISM(word, major, minor, what) {word, major, minor, what},
#include "host.def"
};
enum { N_MECHANISMS = sizeof(mechanisms) / sizeof(mechanisms[0]) };

static const char *const abi_linux[] = {
    "",
#define ABI(number, linux_version) [number] = linux_version,
    PLAN_LANDLOCK_ABIS(ABI)
#undef ABI
};
enum { MAX_ABI = sizeof(abi_linux) / sizeof(abi_linux[0]) - 1 };

/* MAJOR.MINOR, perhaps with more behind a dot or dash: 6.1.176-amd64. */
static bool version_parse(const char *text, unsigned *major, unsigned *minor)
{
	uint64_t a, b;
	size_t n = strspn(text, "0123456789");
	if (text[n] != '.' || !parse_u64(text, n, 999, &a))
		return false;
	const char *rest = text + n + 1;
	n = strspn(rest, "0123456789");
	if ((rest[n] && !strchr(".-+", rest[n])) || !parse_u64(rest, n, 999, &b))
		return false;
	*major = (unsigned)a;
	*minor = (unsigned)b;
	return true;
}

static bool at_least(const struct host *h, unsigned major, unsigned minor)
{
	return h->major > major || (h->major == major && h->minor >= minor);
}

static unsigned abi_of_kernel(const struct host *h)
{
	unsigned abi = MAX_ABI, major, minor;
	while (abi && version_parse(abi_linux[abi], &major, &minor) && !at_least(h, major, minor))
		abi--;
	return abi;
}

static const struct mechanism *mechanism_find(const char *word, size_t n)
{
	for (unsigned i = 0; i < N_MECHANISMS; i++) {
		size_t len = strlen(mechanisms[i].word);
		bool prefix = mechanisms[i].word[len - 1] == ':';
		if (strncmp(word, mechanisms[i].word, prefix ? len : n) == 0 && (prefix || len == n))
			return &mechanisms[i];
	}
	return NULL;
}

/* ---- reading --for ---- */

/* The value of `name=` when the word is that. */
static const char *value_of(const char *word, const char *name)
{
	size_t n = strlen(name);
	return strncmp(word, name, n) == 0 && word[n] == '=' ? word + n + 1 : NULL;
}

static bool yes_no(const char *value, bool *out)
{
	*out = strcmp(value, "yes") == 0;
	return *out || strcmp(value, "no") == 0;
}

static bool landlock_value(const char *value, unsigned *out)
{
	uint64_t n;
	if (strcmp(value, "none") == 0)
		return *out = 0, true;
	if (!parse_u64(value, strlen(value), 999, &n))
		return false;
	*out = (unsigned)n;
	return true;
}

static bool cgroup_value(struct arena *a, const char *value, const char **out)
{
	char *words = arena_strdup(a, strcmp(value, "none") == 0 ? "" : value);
	for (char *c = words; *c; c++)
		if (*c == '+')
			*c = ' ';
	*out = words;
	for (const char *w = words; *w; w += strspn(w, " ")) {
		size_t n = strcspn(w, " ");
		const char *word = arena_printf(a, "cgroup:%.*s", (int)n, w);
		if (!mechanism_find(word, strlen(word)) || strcmp(word, "cgroup:kill") == 0)
			return false;
		w += n;
	}
	return true;
}

static const char *take_word(struct arena *a, const char *word, struct host *h)
{
	const char *value;
	bool ok;
	if (value_of(word, "kernel"))
		return "kernel= comes first, and once";
	if ((value = value_of(word, "landlock")))
		ok = landlock_value(value, &h->landlock);
	else if ((value = value_of(word, "seccomp")))
		ok = yes_no(value, &h->seccomp);
	else if ((value = value_of(word, "namespaces")))
		ok = yes_no(value, &h->namespaces);
	else if ((value = value_of(word, "overlay")))
		ok = yes_no(value, &h->overlay);
	else if ((value = value_of(word, "cgroup")))
		ok = cgroup_value(a, value, &h->cgroup);
	else
		return arena_printf(a, "`%s` says nothing of a host: kernel=, landlock=, seccomp=, namespaces=, overlay= and cgroup= do", word);
	return ok ? NULL : arena_printf(a, "`%s` is no value of it", word);
}

const char *host_parse(struct arena *a, const char *text, struct host *out)
{
	char *copy = arena_strdup(a, text), *save = NULL;
	const char *first = strtok_r(copy, ",", &save);
	const char *kernel = first ? value_of(first, "kernel") : NULL;
	struct host h = {.seccomp = true, .namespaces = true, .overlay = true, .cgroup = "cpu memory pids"};
	if (!kernel || !version_parse(kernel, &h.major, &h.minor))
		return "it begins with the kernel: kernel=6.1";
	h.landlock = abi_of_kernel(&h);
	for (const char *word; (word = strtok_r(NULL, ",", &save));) {
		const char *error = take_word(a, word, &h);
		if (error)
			return error;
	}
	*out = h;
	return NULL;
}

const char *host_text(struct arena *a, const struct host *h)
{
	struct buf b = buf_new(a);
	buf_printf(&b, "Linux %u.%u", h->major, h->minor);
	if (h->landlock)
		buf_printf(&b, ", Landlock ABI %u", h->landlock);
	else
		buf_puts(&b, ", no Landlock");
	if (!h->seccomp)
		buf_puts(&b, ", no seccomp");
	if (!h->namespaces)
		buf_puts(&b, ", no namespaces");
	if (!h->overlay)
		buf_puts(&b, ", no overlayfs");
	buf_printf(&b, ", cgroup %s", h->cgroup[0] ? h->cgroup : "not delegated");
	return buf_str(&b);
}

/* ---- what it lacks ---- */

/* `kill` is no controller: any cgroup that can be made has it. */
static bool has_controller(const struct host *h, const char *word, size_t n)
{
	if (n == 4 && memcmp(word, "kill", n) == 0)
		return h->cgroup[0];
	for (const char *w = h->cgroup; *w; w += strspn(w, " ")) {
		size_t len = strcspn(w, " ");
		if (len == n && memcmp(w, word, n) == 0)
			return true;
		w += len;
	}
	return false;
}

static const char *lacks_landlock(struct arena *a, const struct host *h, const char *abi, size_t n)
{
	uint64_t need;
	if (!parse_u64(abi, n, 999, &need))
		return "a Landlock level that this sbxc does not know";
	if (h->landlock >= need)
		return NULL;
	const char *since = need <= MAX_ABI ? arena_printf(a, " (Linux %s)", abi_linux[need]) : "";
	return h->landlock
		   ? arena_printf(a, "needs Landlock ABI %llu%s, it has %u", (unsigned long long)need, since, h->landlock)
		   : arena_printf(a, "needs Landlock ABI %llu%s, it has none", (unsigned long long)need, since);
}

static const char *lacks_one(struct arena *a, const struct host *h, const char *word, size_t n)
{
	static const char landlock[] = "landlock:", cgroup[] = "cgroup:";
	if (strncmp(word, landlock, strlen(landlock)) == 0)
		return lacks_landlock(a, h, word + strlen(landlock), n - strlen(landlock));
	const struct mechanism *m = mechanism_find(word, n);
	if (!m)
		return arena_printf(a, "needs `%.*s`, which is not of Linux", (int)n, word);
	bool off = (strcmp(m->word, "seccomp") == 0 && !h->seccomp) || (strcmp(m->word, "namespace") == 0 && !h->namespaces) ||
		   (strcmp(m->word, "overlay") == 0 && !h->overlay);
	if (strncmp(word, cgroup, strlen(cgroup)) == 0)
		off = !has_controller(h, word + strlen(cgroup), n - strlen(cgroup));
	if (off)
		return arena_printf(a, "needs %s, it has not", m->what);
	if (!at_least(h, m->major, m->minor))
		return arena_printf(a, "needs %s (Linux %u.%u)", m->what, m->major, m->minor);
	return NULL;
}

const char *host_lacks(struct arena *a, const struct host *h, const char *text)
{
	const char *lack = NULL;
	while (!lack && *text) {
		size_t n = strcspn(text, "+");
		lack = lacks_one(a, h, text, n);
		text += n + (text[n] == '+');
	}
	return lack;
}

const char *host_least_kernel(struct arena *a, const char *text)
{
	struct host least = {.seccomp = true};
	while (*text) {
		size_t n = strcspn(text, "+");
		unsigned major = 0, minor = 0;
		uint64_t abi;
		const struct mechanism *m = mechanism_find(text, n);
		if (strncmp(text, "landlock:", 9) == 0 && parse_u64(text + 9, n - 9, MAX_ABI, &abi))
			version_parse(abi_linux[abi], &major, &minor);
		else if (m)
			major = m->major, minor = m->minor;
		else
			return NULL;
		if (!at_least(&least, major, minor))
			least.major = major, least.minor = minor;
		text += n + (text[n] == '+');
	}
	return least.major ? arena_printf(a, "%u.%u", least.major, least.minor) : NULL;
}

/* ---- a policy there ---- */

bool host_discards(const struct ir *ir)
{
	for (unsigned i = 0; i < ir->n_rules; i++)
		if ((ir->rules[i].flags & RULE_DISCARD) && (ir->rules[i].targets & TARGET_BIT(TARGET_LINUX)))
			return true;
	return false;
}

const char *host_beside(enum cap cap, bool discards)
{
	return cap == CAP_FS_WRITE_EPHEMERAL && discards ? "overlay" : NULL;
}

/* What the host lacks for a guarantee. */
static const char *lacks(struct arena *a, const struct host *h, const struct compile *k, const struct guarantee *g)
{
	const char *lack = host_lacks(a, h, g->answer.mechanism), *beside = host_beside(g->cap, host_discards(k->ir));
	return lack || !beside ? lack : host_lacks(a, h, beside);
}

unsigned host_refusals(const struct host *h, const struct compile *k, struct buf *out)
{
	struct arena *a = out->arena;
	unsigned n = 0;
	for (unsigned i = 0; i < k->guarantees.n; i++) {
		const struct guarantee *g = &k->guarantees.v[i];
		/* what is kept in part has its mechanism too, and is kept not even in part without it */
		if (g->target != TARGET_LINUX || g->answer.level == LEVEL_ABSENT || !g->answer.mechanism)
			continue;
		const char *lack = lacks(a, h, k, g);
		if (!lack)
			continue;
		/* writes that are to be thrown away are not kept instead: no start, whatever is preferred */
		bool without = g->preferred && g->cap != CAP_FS_WRITE_EPHEMERAL;
		const char *at = g->origin ? say_origin(a, k->src, g->origin) : "every policy has it";
		buf_printf(out, "  %s  %-18s %s  (%s)\n", without ? "runs without" : "refused     ", cap_name[g->cap], lack, at);
		n += !without;
	}
	return n;
}
