/*
 * profile_file.c - reads profiles of macOS and finds what they import, as the library there does: by an absolute path, or
 * in a list of folders.
 */
#include "profile_file.h"

#include <errno.h>
#include <string.h>

struct finder {
	const struct cli_profile *how;
	struct src *src;
};

static const char *open_error(enum src_error e)
{
	return e == SRC_ERRNO	      ? strerror(errno)
	       : e == SRC_NOT_REGULAR ? "it is no regular file"
	       : e == SRC_TOO_MANY    ? "there are too many files"
				      : "it is too large";
}

static const struct profile_text *text_of(struct arena *a, const struct src_file *f)
{
	struct profile_text *t = arena_alloc(a, sizeof(*t));
	*t = (struct profile_text){f->name, f->text, f->size};
	return t;
}

static const struct profile_text *find_import(void *ctx, struct arena *a, const char *name, const char **error)
{
	static const char *const system[] = {"/System/Library/Sandbox/Profiles", "/usr/share/sandbox"};
	const struct finder *f = ctx;
	const struct src_file *file = NULL;
	enum src_error e = SRC_ERRNO;
	unsigned n = f->how->n_dirs;
	if (name[0] == '/') {
		e = src_open(f->src, name, name, &file);
	} else {
		for (unsigned i = 0; i < n + 2 && e != SRC_OK; i++) {
			const char *dir = i < n ? f->how->dirs[i] : system[i - n];
			const char *path = arena_printf(a, "%s/%s", dir, name);
			const struct src_file *open = src_find(f->src, path);
			if (open)
				return text_of(a, open);
			e = src_open(f->src, path, path, &file);
			if (e != SRC_OK && (e != SRC_ERRNO || errno != ENOENT))
				break;
		}
	}
	if (e == SRC_OK)
		return text_of(a, file);
	*error = e == SRC_ERRNO && errno == ENOENT ? "it is not there; `--import-dir DIR` says where it is" : open_error(e);
	return NULL;
}

/* The bytes of a line and column. */
static struct loc loc_of(const struct src *src, const struct profile_error *e)
{
	const struct src_file *f;
	for (size_t i = 0; (f = src_nth(src, i)); i++) {
		if (strcmp(f->name, e->file) != 0)
			continue;
		const char *p = f->text, *end = f->text + f->size;
		for (unsigned line = 1; line < e->line && p < end; line++) {
			p = memchr(p, '\n', (size_t)(end - p));
			p = p ? p + 1 : end;
		}
		p = e->col - 1 < (size_t)(end - p) ? p + e->col - 1 : end;
		uint32_t at = f->base + (uint32_t)(p - f->text);
		return (struct loc){at, at < f->base + f->size ? at + 1 : at};
	}
	return (struct loc){0, 0};
}

int profile_file_open(struct cli *c, const char *path, const struct profile **out)
{
	struct src *src = src_new(c->arena);
	const struct src_file *file;
	struct profile_error error;
	enum src_error e = src_open(src, path, path, &file);
	if (e != SRC_OK) {
		diag_stream_failure(cli_diags(c), path, arena_printf(c->arena, "%s: %s", path, open_error(e)));
		return CLI_USAGE;
	}
	struct finder finder = {.how = &c->profile, .src = src};
	struct profile_source source = {
	    .text = {file->name, file->text, file->size},
	    .given = c->profile.given,
	    .n_given = c->profile.n_given,
	    .find = find_import,
	    .ctx = &finder,
	};
	*out = profile_open(c->arena, &source, &error);
	if (*out)
		return CLI_OK;
	struct diags *diags = diags_new(c->arena, src);
	diag(diags, DIAG_SBPL, loc_of(src, &error), "%s", error.text);
	diag_stream_diags(cli_diags(c), diags);
	return CLI_REFUSED;
}
