/*
 * src.c - reads files once and maps byte offsets back to file, line and column.
 */
#include "src.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "str.h"

struct src {
	struct arena *arena;
	const struct src_reader *reader; /* or NULL */
	struct src_file **files;
	size_t n;
	uint32_t next; /* offset of the next file's first byte; 0 is no place */
	struct file_id {
		dev_t dev;
		ino_t ino;
	} *ids; /* per file; ino 0 for text from memory */
	uint32_t **lines; /* per file: offsets of line starts, made on first use */
	uint32_t *n_lines;
};

struct src *src_new(struct arena *a)
{
	struct src *s = ARENA_NEW(a, struct src);
	s->arena = a;
	s->next = 1;
	s->files = ARENA_ARRAY(a, SRC_MAX_FILES, struct src_file *);
	s->ids = ARENA_ARRAY(a, SRC_MAX_FILES, struct file_id);
	s->lines = ARENA_ARRAY(a, SRC_MAX_FILES, uint32_t *);
	s->n_lines = ARENA_ARRAY(a, SRC_MAX_FILES, uint32_t);
	return s;
}

void src_read_with(struct src *s, const struct src_reader *reader)
{
	s->reader = reader;
}

/* Gives text that is already in the arena its place. */
const char *src_spelled(const struct src *s, const char *path)
{
	size_t n = s->reader ? strlen(s->reader->prefix) : 0;
	if (n && strncmp(path, s->reader->prefix, n) == 0)
		return arena_printf(s->arena, "%.*s%s", (int)n - 1, path, path + n);
	return arena_strdup(s->arena, path);
}

static enum src_error src_place(struct src *s, const char *path, const char *name, const char *text, size_t size,
				const struct src_file **out)
{
	if (s->n == SRC_MAX_FILES)
		return SRC_TOO_MANY;
	if (size > SRC_MAX_FILE || s->next + size + 1 > SRC_MAX_TOTAL)
		return SRC_TOO_BIG;
	struct src_file *f = ARENA_NEW(s->arena, struct src_file);
	*f = (struct src_file){
	    .path = arena_strdup(s->arena, path),
	    .spelled = src_spelled(s, path),
	    .name = arena_strdup(s->arena, name),
	    .text = text,
	    .size = size,
	    .base = s->next,
	    .is_std = strncmp(name, "std/", 4) == 0,
	};
	s->next += (uint32_t)size + 1; /* one more, so that the end of a file is a place of its own */
	s->files[s->n++] = f;
	*out = f;
	return SRC_OK;
}

enum src_error src_add(struct src *s, const char *name, const char *text, size_t size, const struct src_file **out)
{
	if (size > SRC_MAX_FILE)
		return SRC_TOO_BIG;
	enum src_error e = src_place(s, name, name, arena_strndup(s->arena, text, size), size, out);
	if (e == SRC_OK)
		s->files[s->n - 1]->in_memory = true;
	return e;
}

void src_show_only(struct src *s, const struct src_file *f, size_t at, size_t n)
{
	for (size_t i = 0; i < s->n; i++) {
		if (s->files[i] == f) {
			s->files[i]->shown = (uint32_t)at;
			s->files[i]->n_shown = (uint32_t)n;
		}
	}
}

/* Reads up to one byte more than the limit, so that a file that grows while it is read is seen. */
static enum src_error read_all(struct arena *a, int fd, char **text, size_t *size, struct file_id *id)
{
	struct stat st;
	if (fstat(fd, &st) != 0)
		return SRC_ERRNO;
	*id = (struct file_id){st.st_dev, st.st_ino};
	if (!S_ISREG(st.st_mode))
		return SRC_NOT_REGULAR;
	if (st.st_size > SRC_MAX_FILE)
		return SRC_TOO_BIG;
	size_t cap = (size_t)st.st_size + 1, len = 0;
	char *buf = arena_alloc(a, cap + 1);
	for (;;) {
		ssize_t n = read(fd, buf + len, cap - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return SRC_ERRNO;
		if (n == 0)
			break;
		len += (size_t)n;
		if (len == cap) {
			char *bigger = arena_alloc(a, cap * 2 + 1);
			memcpy(bigger, buf, len);
			buf = bigger;
			cap *= 2;
			if (len > SRC_MAX_FILE)
				return SRC_TOO_BIG;
		}
	}
	buf[len] = '\0';
	*text = buf;
	*size = len;
	return SRC_OK;
}

static enum src_error open_elsewhere(struct src *s, const char *path, const char *name, const struct src_file **out)
{
	const char *text;
	size_t size;
	enum src_error e = s->reader->read(s->reader, s->arena, path, &text, &size);
	return e == SRC_OK ? src_place(s, path, name, text, size, out) : e;
}

enum src_error src_open(struct src *s, const char *path, const char *name, const struct src_file **out)
{
	if (s->reader && strncmp(path, s->reader->prefix, strlen(s->reader->prefix)) == 0)
		return open_elsewhere(s, path, name, out);
	if (s->reader && strncmp(name, "std/", 4) != 0)
		return SRC_OUTSIDE;
	char *text;
	size_t size;
	struct file_id id;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return SRC_ERRNO;
	enum src_error e = read_all(s->arena, fd, &text, &size, &id);
	int saved = errno;
	close(fd);
	errno = saved;
	if (e == SRC_OK)
		e = src_place(s, path, name, text, size, out);
	if (e == SRC_OK)
		s->ids[s->n - 1] = id;
	return e;
}

/* ---- names of imports ---- */

/* A path that is being put together: so much of it no `..` takes away. */
struct join {
	struct buf b;
	size_t root;
};

static struct join join_new(struct arena *a, const char *folder, size_t n, size_t root)
{
	struct join j = {buf_new(a), root < n ? root : n};
	buf_add(&j.b, folder, n);
	return j;
}

/* Where the last component begins, after those that say nothing: `.`, and the empty one between two slashes. */
static size_t join_last(struct join *j)
{
	for (;;) {
		size_t beg = j->b.len > j->root ? j->b.len - 1 : j->b.len;
		while (beg > j->root && j->b.data[beg - 1] != '/')
			beg--;
		size_t n = j->b.len - beg;
		if (n == 0 || !(n == 1 || (n == 2 && j->b.data[beg] == '.')))
			return beg;
		j->b.len = beg;
	}
}

/* Can one step up be said by leaving out the last component? */
static bool join_can_drop(struct join *j)
{
	size_t beg = join_last(j), n = j->b.len - beg;
	return n > 0 && !(n == 3 && strncmp(j->b.data + beg, "../", 3) == 0);
}

static void join_up(struct join *j, bool drop)
{
	if (drop)
		j->b.len = join_last(j);
	else
		buf_puts(&j->b, "../");
	if (j->b.data)
		j->b.data[j->b.len] = '\0';
}

/* Does `..` lead from a folder to the one that its name lies in? Not through a symbolic link. */
static bool leads_back(const struct src *s, const struct join *j)
{
	struct stat st;
	if (s->reader && strncmp(buf_str(&j->b), s->reader->prefix, strlen(s->reader->prefix)) == 0)
		return true;
	const char *folder = arena_strndup(s->arena, j->b.data, j->b.len - 1); /* lstat() follows a name that ends with a slash */
	return lstat(folder, &st) == 0 && S_ISDIR(st.st_mode);
}

static size_t folder_len(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? (size_t)(slash - path) + 1 : 0;
}

static size_t root_len(const struct src *s, const char *path)
{
	size_t n = s->reader ? strlen(s->reader->prefix) : 0;
	return n && strncmp(path, s->reader->prefix, n) == 0 ? n : path[0] == '/';
}

void src_relative(const struct src *s, const struct src_file *from, const char *rel, const char **path, const char **name)
{
	const char *from_path = rel[0] == '/' ? "/" : from->path, *from_name = rel[0] == '/' ? "/" : from->name;
	struct join p = join_new(s->arena, from_path, folder_len(from_path), root_len(s, from_path));
	struct join shown = join_new(s->arena, from_name, folder_len(from_name), from_name[0] == '/');
	while (*rel) {
		size_t n = strcspn(rel, "/");
		if (n == 2 && strncmp(rel, "..", 2) == 0) {
			bool drop = join_can_drop(&p) && leads_back(s, &p);
			join_up(&shown, drop && join_can_drop(&shown));
			join_up(&p, drop);
		} else if (n && !(n == 1 && *rel == '.')) {
			buf_add(&p.b, rel, n + (rel[n] == '/'));
			buf_add(&shown.b, rel, n + (rel[n] == '/'));
		}
		rel += n + (rel[n] == '/');
	}
	if (p.b.len == 0)
		buf_puts(&p.b, ".");
	*path = buf_str(&p.b);
	*name = shown.b.len ? buf_str(&shown.b) : *path;
}

const struct src_file *src_find(const struct src *s, const char *path)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->files[i]->path, path) == 0)
			return s->files[i];
	struct stat st;
	if (stat(path, &st) != 0)
		return NULL;
	for (size_t i = 0; i < s->n; i++)
		if (s->ids[i].ino == st.st_ino && s->ids[i].dev == st.st_dev && st.st_ino != 0)
			return s->files[i];
	return NULL;
}

const struct src_file *src_nth(const struct src *s, size_t i)
{
	return i < s->n ? s->files[i] : NULL;
}

/* Index of the file that holds the offset; n when none does. */
static size_t file_of(const struct src *s, uint32_t offset)
{
	size_t lo = 0, hi = s->n;
	if (offset == 0)
		return s->n;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		if (s->files[mid]->base <= offset)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == 0 || offset - s->files[lo - 1]->base > s->files[lo - 1]->size)
		return s->n;
	return lo - 1;
}

static void index_lines(const struct src *s, size_t i)
{
	const struct src_file *f = s->files[i];
	uint32_t n = 1;
	for (size_t k = 0; k < f->size; k++)
		n += f->text[k] == '\n';
	uint32_t *starts = ARENA_ARRAY(s->arena, n, uint32_t);
	uint32_t line = 1;
	for (uint32_t k = 0; k < f->size; k++)
		if (f->text[k] == '\n')
			starts[line++] = k + 1;
	s->lines[i] = starts;
	s->n_lines[i] = n;
}

/* What stands before the words that are shown is at their begin, what stands behind them at their end. */
static struct src_pos position_shown(const struct src_file *f, uint32_t at)
{
	uint32_t column = at < f->shown ? 0 : at - f->shown < f->n_shown ? at - f->shown : f->n_shown;
	return (struct src_pos){
	    .file = f, .line = 1, .column = column + 1, .line_text = f->text + f->shown, .line_len = f->n_shown};
}

bool src_locate(const struct src *s, uint32_t offset, struct src_pos *out)
{
	size_t i = file_of(s, offset);
	if (i == s->n)
		return false;
	if (!s->lines[i])
		index_lines(s, i);
	const struct src_file *f = s->files[i];
	if (f->n_shown) {
		*out = position_shown(f, offset - f->base);
		return true;
	}
	const uint32_t *starts = s->lines[i];
	uint32_t at = offset - f->base, lo = 0, hi = s->n_lines[i];
	while (hi - lo > 1) {
		uint32_t mid = lo + (hi - lo) / 2;
		if (starts[mid] <= at)
			lo = mid;
		else
			hi = mid;
	}
	const char *text = f->text + starts[lo];
	const char *end = memchr(text, '\n', f->size - starts[lo]);
	*out = (struct src_pos){
	    .file = f,
	    .line = lo + 1,
	    .column = at - starts[lo] + 1,
	    .line_text = text,
	    .line_len = end ? (size_t)(end - text) : f->size - starts[lo],
	};
	return true;
}

const char *src_where(const struct src *s, struct arena *a, struct loc l)
{
	struct src_pos p;
	if (!src_locate(s, l.beg, &p))
		return "";
	return arena_printf(a, "%s:%u", p.file->name, p.line);
}

const char *src_text(const struct src *s, struct arena *a, struct loc l)
{
	size_t i = file_of(s, l.beg);
	if (i == s->n || l.end < l.beg)
		return "";
	const struct src_file *f = s->files[i];
	size_t beg = l.beg - f->base, end = l.end - f->base;
	if (end > f->size)
		end = f->size;
	return arena_strndup(a, f->text + beg, end - beg);
}
