/*
 * diff_profile.c - what differs between two profiles of macOS, as entries that are printed like those of policies.
 */
#include "diff_profile.h"

#include "str.h"

/* Allowed in both, and in another manner: which of two filters of messages lets more through is not judged. */
static bool is_unjudged(const struct profile_change *c)
{
	return c->now.says == c->old.says && c->now.says != PROFILE_DENIES && c->now.reach == c->old.reach;
}

/* An answer that depends on something lies between the two others. What is not judged counts as more. */
static enum diff_way way_of(const struct profile_change *c)
{
	if (c->now.says != c->old.says)
		return c->now.says > c->old.says ? DIFF_GROWS : DIFF_SHRINKS;
	if (c->now.says == PROFILE_DENIES)
		return DIFF_OTHER;
	return c->now.reach >= c->old.reach ? DIFF_GROWS : DIFF_SHRINKS;
}

static void put_says(struct buf *b, const struct profile_answer *a)
{
	static const char *const words[] = {
	    [PROFILE_DENIES] = "denied", [PROFILE_DEPENDS] = "depends on", [PROFILE_ALLOWS] = "allowed"};
	buf_puts(b, words[a->says]);
	if (a->says == PROFILE_DEPENDS)
		buf_printf(b, " %s", a->depends);
	if (a->where)
		buf_printf(b, " at %s", a->where);
	else
		buf_printf(b, ": %s", a->why);
	if (*a->manner)
		buf_printf(b, " (%s)", a->manner);
}

static const char *object_of(struct arena *a, const struct profile_change *c)
{
	bool otherwise = c->now.says == c->old.says && c->now.says != PROFILE_DENIES;
	return arena_printf(a, "%s%s%s", c->object, c->below ? " and below" : "", otherwise ? ", in another manner" : "");
}

static struct diff_entry entry_of(struct arena *a, const struct profile_change *c)
{
	struct buf note = buf_new(a);
	buf_puts(&note, "before: ");
	put_says(&note, &c->old);
	buf_puts(&note, "; now: ");
	put_says(&note, &c->now);
	if (is_unjudged(c))
		buf_puts(&note, "; it may be more, and counts as more");
	return (struct diff_entry){
	    .part = DIFF_ACCESS,
	    .way = way_of(c),
	    .targets = TARGET_BIT(TARGET_MACOS),
	    .what = c->ops,
	    .object = object_of(a, c),
	    .but = c->except,
	    .example = c->example,
	    .where = c->now.where ? c->now.where : c->old.where ? arena_printf(a, "old %s", c->old.where) : NULL,
	    .note = buf_str(&note),
	};
}

const struct diff *diff_profiles(struct arena *a, const char *old_name, const struct profile *old, const char *now_name,
				 const struct profile *now)
{
	struct diff *d = ARENA_NEW(a, struct diff);
	unsigned n, k = 0;
	const struct profile_change *v = profile_compare(a, old, now, &n);
	struct diff_entry *e = ARENA_ARRAY(a, n, struct diff_entry);
	for (enum diff_way way = DIFF_GROWS; way <= DIFF_OTHER; way++)
		for (unsigned i = 0; i < n; i++)
			if (way_of(&v[i]) == way)
				e[k++] = entry_of(a, &v[i]);
	for (unsigned i = 0; i < n; i++)
		d->n_of[e[i].way]++;
	d->old = (struct diff_side){old_name, "", TARGET_BIT(TARGET_MACOS)};
	d->now = (struct diff_side){now_name, "", TARGET_BIT(TARGET_MACOS)};
	d->v = e;
	d->n = n;
	return d;
}
