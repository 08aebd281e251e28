/*
 * cmd_lock.c - `sbxc lock POLICY...`: writes into sbx.lock what the policies import and use, and says what that changes.
 */
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "lock.h"
#include "plan_write.h"
#include "str.h"

static bool has_line(const struct lock_file *f, const char *line)
{
	for (unsigned i = 0; f && i < f->n_lines; i++)
		if (strcmp(f->lines[i], line) == 0)
			return true;
	return false;
}

static void print_lines(char sign, const struct lock_file *f, const struct lock_file *other)
{
	for (unsigned i = 0; f && i < f->n_lines; i++)
		if (!has_line(other, f->lines[i]))
			printf("    %c %s\n", sign, f->lines[i]);
}

static void print_file(const char *how, const struct lock_file *now, const struct lock_file *was)
{
	printf("  %s %s\n", how, now ? now->name : was->name);
	print_lines('+', now, was); /* growth first */
	print_lines('-', was, now);
}

/* How many files differ. */
static unsigned print_changes(const struct lock_policy *now, const struct lock_policy *was, bool quiet)
{
	unsigned n = 0;
	for (unsigned i = 0; i < now->n_files; i++) {
		const struct lock_file *f = &now->files[i], *old = lock_find_file(was, f->name);
		bool same = old && strcmp(old->sha256, f->sha256) == 0;
		if (!same && ++n && !quiet)
			print_file(old ? "changed" : "new", f, old);
	}
	for (unsigned i = 0; was && i < was->n_files; i++)
		if (!lock_find_file(now, was->files[i].name) && ++n && !quiet)
			print_file("gone", NULL, &was->files[i]);
	return n;
}

static bool differs(const struct lock_policy *now, const struct lock_policy *was)
{
	return print_changes(now, was, true) > 0;
}

/* The lock with one policy in its place; policies whose files are not there any more are left out. */
static struct lock replaced(struct arena *a, const struct lock *l, const struct lock_policy *now, const char *path)
{
	struct lock out = {.policies = ARENA_ARRAY(a, l->n_policies + 1, struct lock_policy)};
	const char *slash = strrchr(path, '/');
	bool placed = false;
	for (unsigned i = 0; i < l->n_policies; i++) {
		const struct lock_policy *p = &l->policies[i];
		int order = strcmp(p->name, now->name);
		if (order >= 0 && !placed)
			out.policies[out.n_policies++] = *now;
		placed |= order >= 0;
		const char *there = arena_printf(a, "%.*s%s", slash ? (int)(slash - path + 1) : 0, path, p->name);
		if (order != 0 && access(there, F_OK) == 0)
			out.policies[out.n_policies++] = *p;
	}
	if (!placed)
		out.policies[out.n_policies++] = *now;
	return out;
}

static int lock_write(struct cli *c, const char *path, const struct compile *k)
{
	struct lock l;
	bool missing;
	size_t size;
	const char *error;
	if (!lock_read(k->arena, path, &l, &missing, &error)) {
		cli_complain("%s", error);
		cli_complain("take the file away if it is not worth mending: nothing was written");
		return CLI_USAGE;
	}
	struct lock_policy now = lock_of(k);
	struct lock next = replaced(k->arena, &l, &now, path);
	const char *text = lock_text(k->arena, &next, &size);
	error = file_write(k->arena, lock_path(k->arena, path), text, size);
	if (error) {
		cli_complain("%s", error);
		return CLI_USAGE;
	}
	bool quiet = c->quiet || cli_stdout_taken(c);
	const struct lock_policy *was = lock_find(&l, now.name);
	if (!quiet && was && differs(&now, was) && !lock_print_access(k, was, &now, stdout))
		puts("  the lines of this lock cannot be compared by what they mean; as text:");
	unsigned n = print_changes(&now, was, quiet);
	if (!quiet)
		printf("%s: %u file%s locked, %u changed\n", path, now.n_files, now.n_files == 1 ? "" : "s", n);
	return CLI_OK;
}

static int lock_one(struct cli *c, const char *path)
{
	struct compile k;
	int code = cli_compile(c, path, CLI_JUDGE, &k);
	if (code == CLI_OK)
		code = lock_write(c, path, &k);
	arena_free(k.arena);
	return code;
}

static int run(struct cli *c)
{
	if (c->n_files == 0)
		return cli_usage("no policy file was named", NULL);
	if (c->opt.locked)
		return cli_usage("lock writes what --locked holds to: leave --locked out", NULL);
	return cli_each(c, lock_one);
}

const struct command command_lock = {
    .about = "sbx.lock lies beside the policy: the SHA-256 of each import and library profile,\n"
	     "and the lines that each brings, so that what an update changes can be read here\n"
	     "and in the history of the file.\n",
    .options = (const struct cli_option *const[]){cli_options_policy, cli_options_quiet, NULL},
    .run = run,
};
