/*
 * diff_since.c - finds the policies, then and now. A library is not compared by itself: what it brings shows in the
 * policies that use it, changed or not.
 */
#include "diff_since.h"

#include <string.h>
#include <unistd.h>

#include "extended.h"
#include "revision.h"
#include "tree.h"

struct walk {
	struct cli *c;
	struct revision_tree rev;
	diff_tell *tell;
	unsigned *n;
	const char **files;
	unsigned n_files;
	int worst;
};

static void take(struct walk *w, int code) { w->worst = code > w->worst ? code : w->worst; }

static void say(struct walk *w, enum diff_file what, const char *path, const struct diff *d)
{
	w->n[what]++;
	take(w, w->tell(w->c, what, path, d));
}

/* A message for what could not be read or is refused. */
static bool compiled(struct walk *w, const struct compile_options *opt, const char *path, struct compile *k)
{
	enum compile_result result = cli_run_phases(opt, CLI_JUDGE, k);
	if (result == COMPILE_OK)
		return true;
	diag_stream_diags(cli_diags(w->c), k->diags);
	if (result == COMPILE_IO)
		diag_stream_failure(cli_diags(w->c), path, k->failure);
	else
		cli_complain("%s is refused, so nothing can be compared with it", path);
	take(w, result == COMPILE_IO ? CLI_USAGE : CLI_REFUSED);
	return false;
}

/* A policy of its own: neither a library nor tests apart, which have the policy of another file. */
static bool has_policy(const struct compile *k)
{
	struct src_pos pos;
	return !k->library && k->ir && src_locate(k->src, k->ir->loc.beg, &pos) && pos.file == src_nth(k->src, 0);
}

/* now: NULL where the file has no policy any more. */
static void compare(struct walk *w, const char *path, const struct compile *now)
{
	struct compile_options opt = w->c->opt;
	struct revision then;
	struct compile old = {0};
	const char *failure = revision_tree_find(w->c->arena, &w->rev, path, &then);
	if (failure) {
		cli_complain("%s", failure);
		take(w, CLI_USAGE);
		return;
	}
	if (!then.path) {
		if (now)
			say(w, FILE_NEW, path, NULL);
		return;
	}
	opt.path = then.path;
	opt.reader = &then.reader;
	opt.locked = false; /* what was locked then is no matter of today's */
	/* what was a library then and is one now needs no message, whatever it said */
	bool read = now ? compiled(w, &opt, arena_printf(w->c->arena, "%s:%s", w->rev.name, path), &old)
			: cli_run_phases(&opt, CLI_JUDGE, &old) == COMPILE_OK;
	if (read) {
		bool was = has_policy(&old);
		if (was && now)
			say(w, FILE_COMPARED, path, diff_policies(w->c->arena, &old, now));
		else if (was || now)
			say(w, now ? FILE_NEW : FILE_GONE, path, NULL);
	}
	arena_free(old.arena);
}

static void look_at(struct walk *w, const char *path)
{
	struct compile_options opt = w->c->opt;
	struct compile now = {0};
	opt.path = path;
	if (compiled(w, &opt, path, &now))
		compare(w, path, has_policy(&now) ? &now : NULL);
	arena_free(now.arena);
}

static bool add_files(struct walk *w, const char *path)
{
	struct tree_files t = {.arena = w->c->arena};
	if (cli_is_dir(path) && !tree_find(&t, path)) {
		cli_complain("cannot read %s: %s", t.failed, t.why);
		return false;
	}
	for (unsigned i = 0; i < t.n || (i == 0 && !cli_is_dir(path)); i++) {
		ARENA_GROW(w->c->arena, w->files, w->n_files);
		w->files[w->n_files++] = t.n ? t.v[i] : path;
	}
	return true;
}

static bool look_for_gone(struct walk *w, const char *dir)
{
	const char **names = NULL;
	unsigned n = 0;
	const char *failure = revision_tree_list(w->c->arena, &w->rev, dir, &names, &n);
	if (failure)
		cli_complain("%s", failure);
	for (unsigned i = 0; i < n; i++) {
		size_t len = strlen(names[i]);
		bool hidden = names[i][0] == '.' || strstr(names[i], "/.");
		if (len > 4 && strcmp(names[i] + len - 4, ".sbx") == 0 && !hidden &&
		    access(arena_printf(w->c->arena, "%s/%s", w->rev.top, names[i]), F_OK) != 0)
			say(w, FILE_GONE, names[i], NULL);
	}
	return !failure;
}

int diff_since(struct cli *c, const char *rev, diff_tell *tell, unsigned n[FILE_KINDS])
{
	struct walk w = {.c = c, .tell = tell, .n = n};
	const char *failure = revision_tree_open(c->arena, rev, &w.rev);
	if (failure)
		return cli_complain("%s", failure), CLI_USAGE;
	for (unsigned i = 0; i < c->n_files; i++)
		if (!add_files(&w, c->files[i]))
			return CLI_USAGE;
	cli_find_std(c);
	c->opt.libraries = true;
	if (w.n_files > 1)
		c->opt.extended = extended_names(c->arena, w.files, w.n_files);
	for (unsigned i = 0; i < w.n_files; i++)
		look_at(&w, w.files[i]);
	for (unsigned i = 0; i < c->n_files; i++)
		if (cli_is_dir(c->files[i]) && !look_for_gone(&w, c->files[i]))
			take(&w, CLI_USAGE);
	return w.worst;
}
