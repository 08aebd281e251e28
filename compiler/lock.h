/*
 * lock.h - sbx.lock: which imports and library profiles the policies of a folder were last looked at with.
 *
 *     sbx-lock 1
 *     policy NAME          a file of the folder
 *     file SHA256 NAME     what it imports or uses, as plans name it
 *     line TEXT            what that file brings into the policy, in the words of the language
 *     end
 *
 * A policy has its files, a file its lines; all three are sorted and stand once. NAME and TEXT are the rest of the line,
 * UTF-8 without control bytes. Everything else is an error, so any contents have one spelling.
 */
#ifndef SBX_LOCK_H
#define SBX_LOCK_H

#include "compile.h"

#define LOCK_NAME "sbx.lock"

struct lock_file {
	const char *name;
	char sha256[65];
	const char **lines;
	unsigned n_lines;
};

struct lock_policy {
	const char *name;
	struct lock_file *files;
	unsigned n_files;
};

struct lock {
	struct lock_policy *policies;
	unsigned n_policies;
};

/* False after *error, a sentence that begins with the number of the line. */
bool lock_parse(struct arena *a, const char *text, size_t size, struct lock *out, const char **error);
const char *lock_text(struct arena *a, const struct lock *l, size_t *size);

/*
 * Reads the lock beside a policy file. A missing file is an empty lock and *missing. False after *error: it cannot be
 * read, or is torn.
 */
bool lock_read(struct arena *a, const char *policy_path, struct lock *out, bool *missing, const char **error);
/* Where that file is. */
const char *lock_path(struct arena *a, const char *policy_path);

const struct lock_policy *lock_find(const struct lock *l, const char *policy);
const struct lock_file *lock_find_file(const struct lock_policy *p, const char *name);

/* What the lock should say of a policy that was read, and the part of it about one file. */
struct lock_policy lock_of(const struct compile *c);
struct lock_file lock_file_of(const struct compile *c, const struct src_file *file);
/*
 * lock_diff.c: what other imports and profiles mean: the access, limits and settings of the policy with the one and with the
 * other, compared exactly. False, and nothing is printed, when the lines of the lock are no lines of this language any
 * more.
 */
bool lock_print_access(const struct compile *k, const struct lock_policy *was, const struct lock_policy *now, FILE *out);
/* --locked: reports in c->diags where the lock beside the policy says something else. */
void lock_check(struct compile *c);

#endif
