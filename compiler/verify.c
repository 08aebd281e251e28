/*
 * verify.c - reads a plan, checks its sums, and proves every filter again from its certificate.
 */
#include "verify.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../runtime/plan.h"
#include "certificate.h"

enum { MAX_FILES = 64, MAX_SIZE = PLAN_MAX_CONF };

static const char SUMS[] = "SHA256SUMS";

struct verify {
	struct arena *arena;
	const char *dir;
	int fd;
	struct artifact files[MAX_FILES]; /* all but SHA256SUMS, sorted by name; the data ends with a NUL */
	unsigned n;
	struct artifact sums;
	const char *failure;
	enum verify_result result;
};

static bool fail(struct verify *v, enum verify_result result, const char *text)
{
	v->result = result;
	v->failure = text;
	return false;
}

#define FAIL(v, result, ...) fail((v), (result), arena_printf((v)->arena, __VA_ARGS__))

/* ---- the files ---- */

static bool read_all(struct verify *v, int fd, const char *name, struct artifact *out)
{
	struct stat st;
	size_t at = 0;
	if (fstat(fd, &st) != 0)
		return FAIL(v, VERIFY_IO, "cannot read %s: %s", name, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return FAIL(v, VERIFY_DIFFERENT, "%s is no regular file", name);
	if (st.st_size > MAX_SIZE)
		return FAIL(v, VERIFY_DIFFERENT, "%s is too large for a file of a plan", name);
	size_t size = (size_t)st.st_size;
	char *data = arena_alloc(v->arena, size + 1);
	while (at < size) {
		ssize_t n = read(fd, data + at, size - at);
		if (n < 0 && errno != EINTR)
			return FAIL(v, VERIFY_IO, "cannot read %s: %s", name, strerror(errno));
		if (n == 0)
			return FAIL(v, VERIFY_IO, "%s became shorter while it was read", name);
		at += n > 0 ? (size_t)n : 0;
	}
	*out = (struct artifact){name, data, size};
	return true;
}

static bool read_file(struct verify *v, const char *name, struct artifact *out)
{
	int fd = openat(v->fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0 && errno == ELOOP)
		return FAIL(v, VERIFY_DIFFERENT, "%s is a symbolic link", name);
	if (fd < 0)
		return FAIL(v, VERIFY_IO, "cannot read %s: %s", name, strerror(errno));
	bool ok = read_all(v, fd, name, out);
	close(fd);
	return ok;
}

static int by_name(const void *x, const void *y)
{
	return strcmp(((const struct artifact *)x)->name, ((const struct artifact *)y)->name);
}

static bool read_entry(struct verify *v, const char *name)
{
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return true;
	if (strcmp(name, SUMS) == 0)
		return read_file(v, SUMS, &v->sums);
	if (text_hidden(name, strlen(name)) || strchr(name, '\n'))
		return FAIL(v, VERIFY_DIFFERENT, "a file with the name %s", text_shown(v->arena, name, strlen(name)));
	if (v->n == MAX_FILES)
		return FAIL(v, VERIFY_DIFFERENT, "too many files for a plan");
	if (!read_file(v, arena_strdup(v->arena, name), &v->files[v->n]))
		return false;
	v->n++;
	return true;
}

static bool read_plan(struct verify *v)
{
	DIR *d = opendir(v->dir);
	bool ok = true;
	if (!d)
		return FAIL(v, VERIFY_IO, "cannot read %s: %s", v->dir, strerror(errno));
	v->fd = dirfd(d);
	for (const struct dirent *e; ok && (e = readdir(d));)
		ok = read_entry(v, e->d_name);
	closedir(d);
	qsort(v->files, v->n, sizeof(v->files[0]), by_name);
	return ok && (v->sums.data || FAIL(v, VERIFY_DIFFERENT, "it holds no %s: it is no plan", SUMS));
}

/* ---- the sums ---- */

struct sum {
	const char *hex, *name;
};

/* Takes one line, `HEX  NAME`. */
static bool take_sum(struct arena *a, const char **at, struct sum *out)
{
	size_t hex = strspn(*at, "0123456789abcdef"), line = strcspn(*at, "\n");
	if (hex != SHA256_HEX || strncmp(*at + hex, "  ", 2) != 0 || line <= hex + 2 || (*at)[line] != '\n')
		return false;
	*out = (struct sum){arena_strndup(a, *at, hex), arena_strndup(a, *at + hex + 2, line - hex - 2)};
	*at += line + 1;
	return true;
}

static bool check_sum(struct verify *v, const struct artifact *f, const struct sum *s)
{
	char hex[SHA256_HEX + 1];
	int order = f ? strcmp(f->name, s->name) : 1;
	if (order < 0)
		return FAIL(v, VERIFY_DIFFERENT, "%s is not named in %s", f->name, SUMS);
	if (order > 0)
		return FAIL(v, VERIFY_DIFFERENT, "%s names %s, which is not there or not in its place", SUMS, s->name);
	sha256_hex(f->data, f->size, hex);
	return strcmp(hex, s->hex) == 0 ||
	       FAIL(v, VERIFY_DIFFERENT, "%s is not the file that %s names", f->name, SUMS);
}

/* Both are sorted by name, and go side by side. */
static bool check_sums(struct verify *v, struct buf *done)
{
	const char *at = v->sums.data;
	unsigned n = 0;
	for (; at < v->sums.data + v->sums.size; n++) {
		struct sum s;
		if (!take_sum(v->arena, &at, &s))
			return FAIL(v, VERIFY_DIFFERENT, "%s holds a line that is not HEX, two blanks, NAME", SUMS);
		if (!check_sum(v, n < v->n ? &v->files[n] : NULL, &s))
			return false;
	}
	if (n < v->n)
		return FAIL(v, VERIFY_DIFFERENT, "%s is not named in %s", v->files[n].name, SUMS);
	buf_printf(done, "%s: %u files, all as named\n", SUMS, n);
	return true;
}

/* ---- the texts ---- */

static bool has_suffix(const char *name, const char *suffix)
{
	size_t n = strlen(name), s = strlen(suffix);
	return n > s && strcmp(name + n - s, suffix) == 0;
}

/* People read a plan before they trust it: no text of it may show otherwise than it is. */
static bool check_text(struct verify *v, const struct artifact *f)
{
	const char *hidden = text_hidden(f->data, f->size);
	unsigned line = 1;
	if (!hidden)
		return true;
	for (const char *c = f->data; c < hidden; c++)
		line += *c == '\n';
	return FAIL(v, VERIFY_DIFFERENT, "%s:%u holds the byte 0x%02x, which does not show", f->name, line, (unsigned char)*hidden);
}

static bool check_texts(struct verify *v)
{
	for (unsigned i = 0; i < v->n; i++)
		if (!has_suffix(v->files[i].name, ".bpf") && !check_text(v, &v->files[i]))
			return false;
	return true;
}

/* ---- the proofs ---- */

static const struct artifact *find_file(const struct verify *v, const char *name)
{
	for (unsigned i = 0; i < v->n; i++)
		if (strcmp(v->files[i].name, name) == 0)
			return &v->files[i];
	return NULL;
}

/* The back end that can prove this file: `seccomp-...` is seccomp's. */
static const struct backend *prover_of(const char *name)
{
	for (unsigned i = 0; backends[i]; i++) {
		size_t n = strlen(backends[i]->name);
		if (backends[i]->reprove && strncmp(name, backends[i]->name, n) == 0 && name[n] == '-')
			return backends[i];
	}
	return NULL;
}

static bool check_hashes(struct verify *v, const char *proof, const struct certificate *c, const struct artifact *of)
{
	char hex[SHA256_HEX + 1];
	if (strcmp(c->artifact, of->name) != 0)
		return FAIL(v, VERIFY_DIFFERENT, "%s speaks of %s", proof, c->artifact);
	sha256_hex(of->data, of->size, hex);
	if (strcmp(hex, c->artifact_hash) != 0)
		return FAIL(v, VERIFY_DIFFERENT, "%s was made for other bytes than %s has", proof, of->name);
	sha256_hex(c->meaning, strlen(c->meaning), hex);
	if (strcmp(hex, c->policy_hash) != 0)
		return FAIL(v, VERIFY_DIFFERENT, "%s: the hash of the policy is not that of its meaning", proof);
	return true;
}

static bool check_meaning(struct verify *v, const struct backend *b, const struct certificate *c,
			  const struct artifact *of, const char *proof)
{
	struct proof p;
	if (!b->reprove(v->arena, of, c->meaning, &p)) {
		if (p.why)
			return FAIL(v, VERIFY_DIFFERENT, "%s: %s", of->name, p.why);
		return FAIL(v, VERIFY_DIFFERENT, "%s does not do what %s says: for %s the proof says %s, the filter %s",
			    of->name, proof, p.call, p.want, p.got);
	}
	if (strcmp(p.parts[0].head, c->head) != 0)
		return FAIL(v, VERIFY_DIFFERENT, "%s counts otherwise: it says %.*s, found was %.*s", proof,
			    (int)strcspn(c->head, "\n"), c->head, (int)strcspn(p.parts[0].head, "\n"),
			    p.parts[0].head);
	return true;
}

static bool check_proof(struct verify *v, const struct backend *b, const struct artifact *of, struct buf *done)
{
	struct certificate c;
	const char *name = certificate_name(v->arena, of->name);
	const struct artifact *f = find_file(v, name);
	if (!f)
		return FAIL(v, VERIFY_DIFFERENT, "%s has no proof: %s is missing", of->name, name);
	const char *wrong = certificate_read(v->arena, f->data, f->size, &c);
	if (wrong)
		return FAIL(v, VERIFY_DIFFERENT, "%s: %s", name, wrong);
	if (!check_hashes(v, name, &c, of) || !check_meaning(v, b, &c, of, name))
		return false;
	buf_printf(done, "%s: proved equal to policy %s, %s", of->name, c.policy_hash, c.head);
	return true;
}

static bool has_artifact(const struct verify *v, const char *proof)
{
	for (unsigned i = 0; i < v->n; i++)
		if (has_suffix(v->files[i].name, ".bpf") &&
		    strcmp(certificate_name(v->arena, v->files[i].name), proof) == 0)
			return true;
	return false;
}

static bool check_proofs(struct verify *v, struct buf *done)
{
	for (unsigned i = 0; i < v->n; i++) {
		const char *name = v->files[i].name;
		const struct backend *b = has_suffix(name, ".bpf") ? prover_of(name) : NULL;
		if (has_suffix(name, ".proof") && !has_artifact(v, name))
			return FAIL(v, VERIFY_DIFFERENT, "%s is a proof of nothing here", name);
		if (has_suffix(name, ".bpf") && !b)
			return FAIL(v, VERIFY_DIFFERENT, "%s is a filter that nothing here can prove", name);
		if (b && !check_proof(v, b, &v->files[i], done))
			return false;
	}
	return true;
}

const struct artifact *plan_file(const struct plan_files *f, const char *name)
{
	for (unsigned i = 0; i < f->n; i++)
		if (strcmp(f->v[i].name, name) == 0)
			return &f->v[i];
	return NULL;
}

enum verify_result verify_plan(struct arena *a, const char *dir, struct buf *done, struct plan_files *files,
			       const char **failure)
{
	struct verify *v = ARENA_NEW(a, struct verify);
	v->arena = a;
	v->dir = dir;
	if (read_plan(v) && check_sums(v, done) && check_texts(v))
		check_proofs(v, done);
	*failure = v->failure;
	if (files)
		*files = (struct plan_files){v->files, v->n};
	return v->result;
}
