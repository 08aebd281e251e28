/*
 * src.h - the source map: which bytes were read from which file.
 *
 * A location is a pair of 32-bit byte offsets into one space that all files of a compile share; file, line and column
 * are computed only to print. Offset 0 belongs to no file: a loc of {0,0} means "no place".
 */
#ifndef SBX_SRC_H
#define SBX_SRC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"

enum {
	SRC_MAX_FILE = 16 * 1024 * 1024,   /* bytes of one file */
	SRC_MAX_TOTAL = 256 * 1024 * 1024, /* bytes of all files */
	SRC_MAX_FILES = 1024,
	SRC_MAX_DEPTH = 16,                /* import and use chain, S10 of the language */
	SRC_MAX_NAME = 255,                /* bytes of a name or another word without quotes */
	SRC_MAX_STRING = 16 * 1024,        /* bytes between two quotes: a line of a plan */
	SRC_MAX_NESTING = 64               /* blocks inside blocks, conditions inside conditions */
};

struct loc {
	uint32_t beg, end; /* half open */
};

static inline bool loc_none(struct loc l) { return l.beg == 0 && l.end == 0; }
static inline struct loc loc_join(struct loc a, struct loc b)
{
	return loc_none(a) ? b : loc_none(b) ? a : (struct loc){a.beg, b.end};
}

struct src_file {
	const char *path;    /* as opened */
	const char *spelled; /* the same as people write it: REV:PATH for git, which takes no slash there */
	const char *name;    /* as printed and as written into plans: relative to the main file's folder, or std/NAME */
	const char *text;    /* NUL-terminated; may hold NULs before its end, `size` counts */
	size_t size;
	uint32_t base;       /* offset of text[0] */
	bool is_std;
	bool in_memory;      /* of src_add() */
	uint32_t shown, n_shown; /* the part of a line that people are shown as all of it; 0, 0: every line is shown whole */
};

struct src_pos {
	const struct src_file *file;
	unsigned line, column;          /* from 1; columns count bytes, a tab is one */
	const char *line_text;          /* start of the line in the file's text */
	size_t line_len;                /* without the newline */
};

struct src;

struct src *src_new(struct arena *a);

enum src_error {
	SRC_OK,
	SRC_ERRNO,
	SRC_NOT_REGULAR,
	SRC_TOO_BIG,
	SRC_TOO_MANY,
	SRC_NOT_THERE, /* the reader has no such file */
	SRC_OUTSIDE,   /* the reader does not reach there */
};

/*
 * Files from somewhere else than the file system, such as a revision of git: every path that begins with `prefix`.
 * Others are read from the file system when they belong to the library, and are refused (SRC_OUTSIDE) when not.
 */
struct src_reader {
	const char *prefix;
	enum src_error (*read)(const struct src_reader *r, struct arena *a, const char *path, const char **text, size_t *size);
};
void src_read_with(struct src *s, const struct src_reader *reader);
/* A path as people write it: "REV:PATH" where the reader reads it. */
const char *src_spelled(const struct src *s, const char *path);

/* Reads a whole regular file and gives it a place. On SRC_ERRNO, errno says why. *out is set only on SRC_OK. */
enum src_error src_open(struct src *s, const char *path, const char *name, const struct src_file **out);
/* The same for bytes in memory (tests, fuzzing, --set values). The text is copied. */
enum src_error src_add(struct src *s, const char *name, const char *text, size_t size, const struct src_file **out);
/* Of a text of src_add() that was put around somebody's words: only these `n` bytes from `at` on are shown, as line 1. */
void src_show_only(struct src *s, const struct src_file *f, size_t at, size_t n);
/*
 * What a file calls `rel`, a path from its own folder: the path to open, and the name to show. Each file has one of both, since
 * a folder and the `..` after it are left out, but where that would lead elsewhere, behind a symbolic link.
 */
void src_relative(const struct src *s, const struct src_file *from, const char *rel, const char **path, const char **name);
/* The file already open under this path or another name of the same file (a link, `a/../b`), or NULL. */
const struct src_file *src_find(const struct src *s, const char *path);
/* Files in the order they were opened: i from 0; NULL past the last. */
const struct src_file *src_nth(const struct src *s, size_t i);

/* Where an offset is. False for 0 and for offsets of no file. */
bool src_locate(const struct src *s, uint32_t offset, struct src_pos *out);
/* "file:line", from the arena; "" for no place. This is what plans carry. */
const char *src_where(const struct src *s, struct arena *a, struct loc l);
/* The bytes of a location, copied. */
const char *src_text(const struct src *s, struct arena *a, struct loc l);

#endif
