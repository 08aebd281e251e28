/*
 * diff_json.c - the comparison for programs.
 */
#include "diff.h"
#include "json.h"

static const char *const way_name[] = {[DIFF_GROWS] = "grows", [DIFF_SHRINKS] = "shrinks", [DIFF_OTHER] = "other"};
static const char *const part_name[] = {[DIFF_ACCESS] = "access",
					[DIFF_LIMITS] = "limit",
					[DIFF_GUARANTEES] = "guarantee",
					[DIFF_SETTINGS] = "setting"};

static void put_side(struct json *j, const char *key, const struct diff_side *s)
{
	json_open(j, key, '{');
	json_text(j, "policy", s->name);
	json_text(j, "version", s->version);
	json_close(j);
}

static void put_entry(struct json *j, const struct diff_entry *e)
{
	json_open(j, NULL, '{');
	json_text(j, "part", part_name[e->part]);
	json_text(j, "way", way_name[e->way]);
	json_open(j, "targets", '[');
	for (unsigned t = 0; t < TARGET_COUNT; t++)
		if (e->targets & TARGET_BIT(t))
			json_text(j, NULL, target_name[t]);
	json_close(j);
	json_text(j, "what", e->what);
	json_text(j, "object", e->object);
	json_text(j, "as_before", e->but);
	json_text(j, "example", e->example);
	json_text(j, "where", e->where);
	json_text(j, "note", e->note);
	json_text(j, "because", e->because);
	json_text(j, "via", e->via);
	json_text(j, "lost_test", e->guard);
	json_close(j);
}

static void put_test(struct json *j, const struct diff_test *t)
{
	json_open(j, NULL, '{');
	json_text(j, "is", t->gone ? "gone" : "new");
	json_text(j, "expect", t->text);
	json_text(j, "test", t->title);
	json_text(j, "where", t->where);
	json_bool(j, "guarded_a_change", t->guards);
	json_close(j);
}

void diff_json_put(struct json *j, const char *key, const struct diff *d)
{
	json_open(j, key, '{');
	put_side(j, "old", &d->old);
	put_side(j, "new", &d->now);
	json_text(j, "verdict", diff_verdict(d));
	json_number(j, "grows", d->n_of[DIFF_GROWS]);
	json_number(j, "shrinks", d->n_of[DIFF_SHRINKS]);
	json_number(j, "other", d->n_of[DIFF_OTHER]);
	json_number(j, "weaker_guarantees", d->n_weaker);
	json_text(j, "version_needs", d->version);
	json_open(j, "changes", '[');
	for (unsigned i = 0; i < d->n; i++)
		put_entry(j, &d->v[i]);
	json_close(j);
	json_open(j, "tests", '[');
	for (unsigned i = 0; i < d->n_tests; i++)
		put_test(j, &d->tests[i]);
	json_close(j);
	json_number(j, "text_lines", d->lines_moved);
	json_close(j);
}

void diff_json(const struct diff *d, FILE *out)
{
	struct json j = json_new(out);
	diff_json_put(&j, NULL, d);
}
