/*
 * places.c - the places that have to be there, and the values of the profile's params: as real paths, because a rule for
 * any other spelling matches nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "macos.h"
#include "../template.h"
#include "../trail.h"

#ifndef O_SEARCH
#define O_SEARCH O_DIRECTORY /* on Linux, where this is tried */
#endif

static bool place_fault(struct run *r, const struct need *need, const char *path, const char *what, int error)
{
	struct fault *f = r->fault;

	fault_set(f, error == ENOENT ? ERR_PATH_MISSING : ERR_PATH_OPEN);
	fault_where(f, need->where);
	fault_add(f, "at %s", path);
	errno = error;
	fault_errno(f, what);
	return fault_add(f, "fix create it, or write `if-exists` or `make-dir` on that line");
}

/*
 * Could the program have made this link, in this sandbox or another? Not in the root, which is sealed, and not in a folder that only
 * root may write, as long as it is not root.
 */
static bool doubtful(const void *ctx, const char *path)
{
	char folder[PLAN_MAX_PATH + 1];
	size_t n = (size_t)(strrchr(path, '/') - path);
	struct stat st;

	(void)ctx;
	memcpy(folder, path, n);
	folder[n] = 0;
	return n && (geteuid() == 0 || stat(folder, &st) || st.st_uid != 0 || st.st_mode & (S_IWGRP | S_IWOTH));
}

static bool link_fault(struct run *r, const struct need *need, const struct trail *t)
{
	fault_set(r->fault, ERR_LINK_OUT);
	fault_where(r->fault, need->where);
	return fault_add(r->fault,
			 "at %s\n"
			 "found a link on the way to a folder that is to be made; it leads to %s\n"
			 "fix name that place in the policy if it is meant; if not, remove the link", t->link, t->here);
}

/* Makes the folder in the one that its path leads to; through links that the program could have made it makes nothing. */
static bool place_make(struct run *r, const struct need *need, const char *path)
{
	struct trail t;
	int error = trail_follow(&t, path, true, doubtful, NULL), at;
	char *name = strrchr(t.here, '/') + 1;

	if (t.link[0])
		return link_fault(r, need, &t);
	if ((error && error != ENOENT) || t.rest[strspn(t.rest, "/")])
		return place_fault(r, need, path, "mkdir", error);
	if (r->options->dry_run)
		return true;
	name[-1] = 0;
	at = trail_enter(t.here[0] ? t.here : (char[]){"/"}, O_SEARCH, O_SEARCH);
	error = at < 0 || (mkdirat(at, name, S_IRWXU) && errno != EEXIST) ? errno : 0;
	if (at >= 0)
		close(at);
	return !error || place_fault(r, need, path, "mkdir", error);
}

static bool place_look(struct run *r, const struct need *need)
{
	char path[PLAN_MAX_PATH + 1];
	struct stat st;

	if (!template_expand(need->path, TEMPLATE_PATH, &r->vars, need->where, path, r->fault))
		return false;
	if (stat(path, &st) == 0)
		return true;
	if (errno != ENOENT || !need->make)
		return place_fault(r, need, path, "stat", errno);
	return place_make(r, need, path);
}

bool places_prove(struct run *r)
{
	struct span left = r->plan->launch.needs;
	struct need need;

	while (launch_need(&left, &need))
		if (!place_look(r, &need))
			return false;
	return true;
}

/* The real path of what exists of it, and the rest as it is: a place may be made later. NULL: no memory. */
static const char *real_value(struct run *r, const char *value)
{
	char head[PLAN_MAX_PATH + 1], real[PATH_MAX];
	struct text t = text_over(head, sizeof(head));
	size_t n = strlen(value);
	char *out;

	text_str(&t, value);
	while (!realpath(head, real)) {
		while (n > 1 && head[--n] != '/')
			;
		if (n <= 1)
			return value; /* nothing of it is there but the root */
		head[n] = 0;
	}
	out = pool_take(r->pool, strlen(real) + strlen(value + n) + 1);
	if (out) {
		memcpy(out, real, strlen(real));
		memcpy(out + strlen(real), value + n, strlen(value + n) + 1);
	}
	return out;
}

/* The next name in (param "NAME") outside of comments; no string can hold that, as its quotes are escaped. */
static bool next_param(const char **at, struct span *name)
{
	static const char mark[] = "(param \"";

	while (**at) {
		size_t line = strcspn(*at, "\n");
		const char *found = **at == ';' ? NULL : memmem(*at, line, mark, strlen(mark));

		if (found) {
			name->at = found + strlen(mark);
			name->len = strcspn(name->at, "\"");
			*at = name->at + name->len;
			return true;
		}
		*at += line + ((*at)[line] == '\n');
	}
	return false;
}

static bool is_given(const char **params, unsigned n, struct span name)
{
	for (unsigned i = 0; i < n; i += 2)
		if (span_is(name, params[i]))
			return true;
	return false;
}

static bool param_add(struct run *r, unsigned *n, struct span name)
{
	enum value_type type;
	const char *value;

	if (!vars_known(&r->vars, name)) {
		return fault_say(r->fault, ERR_SYNTAX,
				 "at seatbelt.sb\n"
				 "wrong a value that no line of launch-macos.conf names");
	}
	if (!vars_get(&r->vars, name, &value, &type, r->fault))
		return false;
	if (type == VALUE_PATH)
		value = real_value(r, value);
	r->profile_values[*n] = pool_copy(r->pool, name.at, name.len);
	r->profile_values[*n + 1] = value;
	if (!r->profile_values[*n] || !value)
		return fault_memory(r->fault, "values");
	*n += 2;
	return true;
}

bool profile_values(struct run *r)
{
	enum { MOST = 2 * (PLAN_MAX_PARAMS + BUILTIN_COUNT) };
	const char *at = r->plan->profile;
	struct span name;
	unsigned n = 0;

	r->profile_values = pool_take(r->pool, (MOST + 1) * sizeof(*r->profile_values));
	if (!r->profile_values)
		return fault_memory(r->fault, "values");
	while (next_param(&at, &name))
		if (!is_given(r->profile_values, n, name) && (n == MOST || !param_add(r, &n, name)))
			return false;
	return true;
}
