/*
 * lock.c - the text of sbx.lock.
 */
#include "lock.h"

#include <errno.h>
#include <string.h>

#include "str.h"

enum { LOCK_MAX_LINE = 16 * 1024 };

struct reader {
	struct arena *a;
	struct lock *out;
	const char *at, *end;
	unsigned number; /* of the line */
	const char **error;
};

static bool fail(struct reader *r, const char *what)
{
	*r->error = arena_printf(r->a, "%u: %s", r->number, what);
	return false;
}

/* The next line as a string of its own. */
static bool next_line(struct reader *r, const char **line)
{
	size_t left = (size_t)(r->end - r->at);
	const char *nl = left ? memchr(r->at, '\n', left) : NULL;
	r->number++;
	if (!nl)
		return fail(r, "the file ends too early");
	size_t n = (size_t)(nl - r->at);
	if (n > LOCK_MAX_LINE)
		return fail(r, "the line is too long");
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)r->at[i] < 0x20 || r->at[i] == 0x7f)
			return fail(r, "a control byte");
	*line = arena_strndup(r->a, r->at, n);
	r->at = nl + 1;
	return utf8_valid(*line) || fail(r, "the line is not UTF-8");
}

/* What follows the word and its space, when the line begins so. */
static const char *after(const char *line, const char *word)
{
	size_t n = strlen(word);
	return strncmp(line, word, n) == 0 && line[n] == ' ' && line[n + 1] ? line + n + 1 : NULL;
}

static bool in_order(const char *before, const char *now)
{
	return !before || strcmp(before, now) < 0;
}

static bool read_policy(struct reader *r, const char *name)
{
	struct lock *l = r->out;
	if (strchr(name, '/'))
		return fail(r, "a policy of another folder");
	if (!in_order(l->n_policies ? l->policies[l->n_policies - 1].name : NULL, name))
		return fail(r, "the policies are not in order");
	ARENA_GROW(r->a, l->policies, l->n_policies);
	l->policies[l->n_policies++] = (struct lock_policy){.name = name};
	return true;
}

static bool read_file(struct reader *r, const char *rest)
{
	struct lock *l = r->out;
	struct lock_policy *p = l->n_policies ? &l->policies[l->n_policies - 1] : NULL;
	struct lock_file f = {.name = NULL};
	if (!p)
		return fail(r, "a file of no policy");
	if (strspn(rest, "0123456789abcdef") != 64 || rest[64] != ' ' || !rest[65])
		return fail(r, "`file SHA256 NAME` was expected");
	memcpy(f.sha256, rest, 64);
	f.name = rest + 65;
	if (!in_order(p->n_files ? p->files[p->n_files - 1].name : NULL, f.name))
		return fail(r, "the files are not in order");
	ARENA_GROW(r->a, p->files, p->n_files);
	p->files[p->n_files++] = f;
	return true;
}

static bool read_text(struct reader *r, const char *text)
{
	struct lock_policy *p = r->out->n_policies ? &r->out->policies[r->out->n_policies - 1] : NULL;
	struct lock_file *f = p && p->n_files ? &p->files[p->n_files - 1] : NULL;
	if (!f)
		return fail(r, "a line of no file");
	if (!in_order(f->n_lines ? f->lines[f->n_lines - 1] : NULL, text))
		return fail(r, "the lines are not in order");
	ARENA_GROW(r->a, f->lines, f->n_lines);
	f->lines[f->n_lines++] = text;
	return true;
}

static bool read_line(struct reader *r, const char *line)
{
	const char *rest;
	if ((rest = after(line, "policy")))
		return read_policy(r, rest);
	if ((rest = after(line, "file")))
		return read_file(r, rest);
	if ((rest = after(line, "line")))
		return read_text(r, rest);
	return fail(r, "an unknown line");
}

bool lock_parse(struct arena *a, const char *text, size_t size, struct lock *out, const char **error)
{
	struct reader r = {.a = a, .out = out, .at = text, .end = text + size, .error = error};
	const char *line;
	*out = (struct lock){.n_policies = 0};
	if (!next_line(&r, &line))
		return false;
	if (strcmp(line, "sbx-lock 1") != 0)
		return fail(&r, "`sbx-lock 1` was expected");
	for (;;) {
		if (!next_line(&r, &line))
			return false;
		if (strcmp(line, "end") == 0)
			break;
		if (!read_line(&r, line))
			return false;
	}
	return r.at == r.end || fail(&r, "something stands after `end`");
}

const char *lock_text(struct arena *a, const struct lock *l, size_t *size)
{
	struct buf b = buf_new(a);
	buf_puts(&b, "sbx-lock 1\n");
	for (unsigned i = 0; i < l->n_policies; i++) {
		const struct lock_policy *p = &l->policies[i];
		buf_printf(&b, "policy %s\n", p->name);
		for (unsigned k = 0; k < p->n_files; k++) {
			buf_printf(&b, "file %s %s\n", p->files[k].sha256, p->files[k].name);
			for (unsigned j = 0; j < p->files[k].n_lines; j++)
				buf_printf(&b, "line %s\n", p->files[k].lines[j]);
		}
	}
	buf_puts(&b, "end\n");
	*size = b.len;
	return buf_str(&b);
}

const char *lock_path(struct arena *a, const char *policy_path)
{
	const char *slash = strrchr(policy_path, '/');
	return arena_printf(a, "%.*s" LOCK_NAME, slash ? (int)(slash - policy_path + 1) : 0, policy_path);
}

bool lock_read(struct arena *a, const char *policy_path, struct lock *out, bool *missing, const char **error)
{
	const char *path = lock_path(a, policy_path), *wrong;
	const struct src_file *file;
	enum src_error e = src_open(src_new(a), path, LOCK_NAME, &file); /* no input of the plan: in a map of its own */
	*out = (struct lock){.n_policies = 0};
	*missing = e == SRC_ERRNO && errno == ENOENT;
	if (*missing)
		return true;
	if (e != SRC_OK) {
		*error = arena_printf(a, "cannot read %s: %s", path,
				      e == SRC_ERRNO ? strerror(errno) : "it is not a regular file, or too large");
		return false;
	}
	if (lock_parse(a, file->text, file->size, out, &wrong))
		return true;
	*error = arena_printf(a, "%s:%s", path, wrong);
	return false;
}

const struct lock_policy *lock_find(const struct lock *l, const char *policy)
{
	for (unsigned i = 0; i < l->n_policies; i++)
		if (strcmp(l->policies[i].name, policy) == 0)
			return &l->policies[i];
	return NULL;
}

const struct lock_file *lock_find_file(const struct lock_policy *p, const char *name)
{
	for (unsigned i = 0; p && i < p->n_files; i++)
		if (strcmp(p->files[i].name, name) == 0)
			return &p->files[i];
	return NULL;
}
