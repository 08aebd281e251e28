/*
 * recording.c - reads how often calls were made: lines `COUNT ARCH SYSCALL`, as strace -c counts
 * them.
 */
#include <string.h>

#include "../../compiler/str.h"
#include "../../compiler/syscalls.h"
#include "weight.h"

enum { WORDS = 3, LOW_SLOTS = RECORDING_SLOTS / 2 };

struct reader {
	struct arena *arena;
	struct diags *diags;
	const struct src_file *file;
	struct recording *out;
	size_t at;
	bool good;
};

struct word {
	const char *s;
	size_t n;
};

static void reader_fail(struct reader *r, const char *s, size_t n, const char *what)
{
	uint32_t beg = r->file->base + (uint32_t)(s - r->file->text);
	struct diag_rec *d =
	    diag(r->diags, DIAG_BAD_VALUE, (struct loc){beg, beg + (uint32_t)n}, "%s", what);
	diag_help(d, "a line of a recording is COUNT ARCH SYSCALL: `1204 x86_64 openat`");
	r->good = false;
}

unsigned recording_slot(uint32_t nr)
{
	return nr < LOW_SLOTS ? nr : LOW_SLOTS + nr % LOW_SLOTS;
}

/* The words of the next line; more than WORDS are counted, not kept. */
static unsigned next_line(struct reader *r, struct word w[WORDS])
{
	const char *t = r->file->text;
	unsigned n = 0;
	while (r->at < r->file->size && t[r->at] != '\n') {
		if (t[r->at] == ' ' || t[r->at] == '\t') {
			r->at++;
			continue;
		}
		size_t beg = r->at;
		while (r->at < r->file->size && !strchr(" \t\n", t[r->at]))
			r->at++;
		if (n < WORDS)
			w[n] = (struct word){t + beg, r->at - beg};
		n++;
	}
	r->at++;
	return n && w[0].s[0] == '#' ? 0 : n;
}

static unsigned find_arch(struct word w)
{
	unsigned arch = 0;
	while (arch < ARCH_COUNT &&
	       (strlen(arch_name[arch]) != w.n || memcmp(arch_name[arch], w.s, w.n)))
		arch++;
	return arch;
}

/* A name of the table or a number; SYSCALL_NONE when it is neither. */
static int64_t find_number(struct reader *r, struct word w, enum arch arch)
{
	uint64_t nr;
	if (parse_u64(w.s, w.n, UINT32_MAX, &nr))
		return nr < LOW_SLOTS || syscall_by_nr(arch, (uint32_t)nr) ? (int64_t)nr : SYSCALL_NONE;
	const struct syscall_desc *call = syscall_by_name(arena_strndup(r->arena, w.s, w.n));
	return call ? call->nr[arch] : SYSCALL_NONE;
}

static void read_counts(struct reader *r, struct word w[WORDS])
{
	uint64_t count;
	unsigned arch = find_arch(w[1]);
	if (!parse_u64(w[0].s, w[0].n, UINT32_MAX, &count)) {
		reader_fail(r, w[0].s, w[0].n, "this is not a count of calls");
		return;
	}
	if (arch == ARCH_COUNT) {
		reader_fail(r, w[1].s, w[1].n, "no filter is made for this arch");
		return;
	}
	int64_t nr = find_number(r, w[2], (enum arch)arch);
	if (nr == SYSCALL_NONE) {
		reader_fail(r, w[2].s, w[2].n, "this arch has no such system call");
		return;
	}
	if (!r->out->count[arch])
		r->out->count[arch] = ARENA_ARRAY(r->arena, RECORDING_SLOTS, uint64_t);
	r->out->count[arch][recording_slot((uint32_t)nr)] += count;
}

bool recording_read(struct arena *a, struct diags *diags, const struct src_file *file,
		    struct recording *out)
{
	struct reader r = {.arena = a, .diags = diags, .file = file, .out = out, .good = true};
	unsigned lines = 0;
	*out = (struct recording){0};
	const char *nul = memchr(file->text, '\0', file->size);
	if (nul)
		reader_fail(&r, nul, 1, "a NUL byte");
	while (r.at < file->size && r.good) {
		struct word w[WORDS];
		unsigned n = next_line(&r, w);
		if (n && n != WORDS)
			reader_fail(&r, w[0].s, w[0].n, "a line that is not three words");
		else if (n)
			read_counts(&r, w);
		lines += n != 0;
	}
	if (r.good && !lines)
		reader_fail(&r, file->text, 0, "a recording without calls");
	return r.good;
}
