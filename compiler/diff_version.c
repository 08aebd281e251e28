/*
 * diff_version.c - whether the number of a version was moved as far as the change asks.
 */
#include <string.h>

#include "diff.h"
#include "str.h"

struct version {
	uint64_t part[3]; /* major, minor, patch */
};

enum step { STEP_BACK, STEP_NONE, STEP_PATCH, STEP_MINOR, STEP_MAJOR };
static const char *const step_name[] = {"step back", "no step", "patch", "minor step", "major step"};

/* "1", "1.2", "1.2.3"; what is left out is 0. */
static bool version_read(const char *s, struct version *out)
{
	*out = (struct version){{0}};
	for (unsigned i = 0; i < 3; i++) {
		size_t n = strspn(s, "0123456789");
		if (n == 0 || !parse_u64(s, n, UINT32_MAX, &out->part[i]))
			return false;
		s += n;
		if (!*s)
			return true;
		if (*s++ != '.')
			return false;
	}
	return false;
}

static enum step step_between(const struct version *a, const struct version *b)
{
	static const enum step of[] = {STEP_MAJOR, STEP_MINOR, STEP_PATCH};
	for (unsigned i = 0; i < 3; i++)
		if (a->part[i] != b->part[i])
			return b->part[i] > a->part[i] ? of[i] : STEP_BACK;
	return STEP_NONE;
}

static const char *next_version(struct arena *a, const struct version *v, enum step s)
{
	unsigned long long major = v->part[0], minor = v->part[1];
	return s == STEP_MAJOR ? arena_printf(a, "%llu.0.0", major + 1) : arena_printf(a, "%llu.%llu.0", major, minor + 1);
}

const char *diff_version_needs(struct arena *a, const char *old, const char *now, bool grows, bool shrinks)
{
	struct version from, to;
	enum step need = grows ? STEP_MAJOR : shrinks ? STEP_MINOR : STEP_NONE;
	if (!old[0] && !now[0])
		return NULL; /* the author keeps no numbers */
	if (!version_read(old, &from) || !version_read(now, &to))
		return need == STEP_NONE || strcmp(old, now) != 0
			   ? NULL
			   : arena_printf(a, "the version is not MAJOR.MINOR.PATCH, and did not change");
	enum step is = step_between(&from, &to);
	if (is == STEP_BACK)
		return "the version goes back";
	if (is >= need)
		return NULL;
	return arena_printf(a, "the version %s; %s access needs %s", is == STEP_NONE ? "stays" : arena_printf(a, "takes a %s", step_name[is]),
			    grows ? "grown" : "shrunk", next_version(a, &from, need));
}

const char *diff_version_least(struct arena *a, const char *old, const char *now, bool grows, bool shrinks)
{
	struct version from, to;
	bool was_read = version_read(old, &from), is_read = version_read(now, &to);
	enum step need = grows ? STEP_MAJOR : STEP_MINOR;
	if (!grows && !shrinks)
		return NULL;
	if (!was_read)
		return is_read ? NULL : "1.0.0";
	return is_read && step_between(&from, &to) >= need ? NULL : next_version(a, &from, need);
}
