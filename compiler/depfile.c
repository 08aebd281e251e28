/*
 * depfile.c - dependency file, with the quoting both make and ninja read.
 */
#include "depfile.h"

#include <string.h>

#include "compile.h"
#include "plan_write.h"
#include "str.h"

static void put_name(struct buf *b, const char *name)
{
	for (; *name; name++) {
		if (*name == ' ' || *name == '#' || *name == '\\')
			buf_putc(b, '\\');
		if (*name == '$')
			buf_putc(b, '$');
		buf_putc(b, *name);
	}
}

/* make reads a path up to the end of the line, whatever stands before it. */
static bool has_newline(const struct compile *c)
{
	const struct src_file *f;
	for (size_t i = 0; (f = src_nth(c->src, i)); i++)
		if (strchr(f->path, '\n'))
			return true;
	return strchr(c->opt->out_dir, '\n');
}

const char *depfile_write(const struct compile *c)
{
	struct buf b = buf_new(c->arena);
	const struct src_file *f;
	size_t n = strlen(c->opt->out_dir);
	if (has_newline(c))
		return arena_printf(c->arena, "cannot write %s: it cannot hold a path with a newline", c->opt->depfile);
	while (n > 1 && c->opt->out_dir[n - 1] == '/')
		n--;
	put_name(&b, arena_strndup(c->arena, c->opt->out_dir, n));
	buf_puts(&b, "/SHA256SUMS:");
	for (size_t i = 0; (f = src_nth(c->src, i)); i++) {
		buf_puts(&b, " \\\n ");
		put_name(&b, f->path);
	}
	buf_putc(&b, '\n');
	return file_write(c->arena, c->opt->depfile, buf_str(&b), b.len);
}
