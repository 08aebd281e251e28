/*
 * since.c - the policy then and now, and the version that the change asks for.
 */
#include "since.h"

#include <string.h>

#include "diff.h"

static bool holds_policy(const struct compile *k)
{
	struct src_pos pos;
	return !k->library && k->ir && src_locate(k->src, k->ir->loc.beg, &pos) && pos.file == src_nth(k->src, 0);
}

static const char *number(const char *version)
{
	return version[0] ? version : "none";
}

static const struct diff_entry *first_of(const struct diff *d, enum diff_way way)
{
	for (unsigned i = 0; i < d->n; i++)
		if (d->v[i].way == way)
			return &d->v[i];
	return NULL;
}

static void note_example(struct diag_rec *rec, const struct diff_entry *e, enum diff_way way)
{
	if (!e)
		return;
	diag_note(rec, "%s %s %s%s%s%s%s", way == DIFF_GROWS ? "opened:" : "closed:", e->what, e->object ? e->object : "",
		  e->example ? ", as " : "", e->example ? e->example : "", e->where ? ", by " : "", e->where ? e->where : "");
}

/* old_path: from the top of the repository. */
static void hold_to_version(struct cli *c, const char *rev, const char *old_path, struct compile *k, const struct diff *d)
{
	const char *was = d->old.version, *is = d->now.version;
	bool grows = d->n_of[DIFF_GROWS] > 0;
	const char *least = diff_version_least(c->arena, was, is, grows, d->n_of[DIFF_SHRINKS] > 0);
	if (!least)
		return;
	struct diag_rec *rec = diag(k->diags, DIAG_VERSION_STEP, k->ir->loc, "version %s -> %s, but access %s: needs %s or later",
				    number(was), number(is), grows ? "grows" : "shrinks", least);
	enum diff_way way = grows ? DIFF_GROWS : DIFF_SHRINKS;
	note_example(rec, first_of(d, way), way);
	diag_help(rec, "look at `sbxc diff %s:%s %s`, then write `version \"%s\"`", rev, old_path, k->opt->path, least);
}

/* What a policy that is refused would allow has no meaning, so nothing can be said of the step from it. */
static void refuse_old(const struct revision_tree *rev, struct compile *k)
{
	struct diag_rec *rec = diag(k->diags, DIAG_VERSION_UNKNOWN, k->ir->loc,
				    "the policy of revision `%s` is refused, so whether access grew since cannot be told", rev->name);
	diag_help(rec, "name a revision with --since whose policy `sbxc check` takes");
}

bool since_check(struct cli *c, const struct revision_tree *rev, struct compile *k, enum since *what)
{
	struct revision then;
	struct compile_options opt = *k->opt;
	struct compile old = {0};
	*what = SINCE_NOTHING;
	if (!holds_policy(k))
		return true;
	k->failure = revision_tree_find(k->arena, rev, k->opt->path, &then);
	if (k->failure)
		return false;
	if (!then.path) {
		*what = SINCE_NEW;
		return true;
	}
	opt.path = then.path;
	opt.reader = &then.reader;
	opt.locked = false; /* what was locked then is no matter of today's */
	enum compile_result result = cli_run_phases(&opt, CLI_JUDGE, &old);
	if (result == COMPILE_IO) {
		k->failure = arena_printf(k->arena, "%s of revision `%s`: %s", k->opt->path, rev->name, old.failure);
	} else if (result != COMPILE_OK) {
		refuse_old(rev, k);
	} else if (!holds_policy(&old)) {
		*what = SINCE_NEW; /* of a library a policy was made */
	} else {
		*what = SINCE_COMPARED;
		hold_to_version(c, rev->name, then.path + strlen(rev->id) + 2, k, diff_policies(k->arena, &old, k));
	}
	arena_free(old.arena);
	return result != COMPILE_IO;
}
