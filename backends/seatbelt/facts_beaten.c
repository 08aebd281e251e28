/*
 * facts_beaten.c - no rule on a value of the start is beaten everywhere by one later rule, whatever the value.
 *
 * Such a rule need not decide with the values that are at hand. So those that do not are held against the rules that decide in their
 * stead, one by one, with nothing else in the profile: with values apart from each other, in each other, and each at a place that
 * one of the two rules names, since what a wide rule leaves out is where a narrow one may decide.
 */
#include <string.h>

#include "sbpl_witness.h"
#include "seatbelt.h"

enum { MOST_HELD = 8 };

struct two {
	struct arena *arena;
	const struct ir *ir;
	const struct sexp *forms; /* a profile of the two rules, the earlier one in line 2 */
};

/* As the profile writes it, by itself. */
static const char *rule_text(struct arena *a, const struct sbpl_rule *r)
{
	const struct sexp *f = sbpl_rule_filter(r);

	return arena_printf(a, "(%s %s %.*s)", r->allow ? "allow" : "deny", sbpl_ops[r->op].name, (int)f->length, f->source);
}

static const struct sbpl_profile *with(const struct two *t, const struct request *values)
{
	const char *error;
	const struct sbpl_how_to how = {
	    .given = values->given, .n_given = values->n_given, .real_paths = true, .check = true};

	return sbpl_eval(t->arena, t->forms, &how, &error);
}

static bool earlier_decides(const struct two *t, const struct request *values)
{
	const struct sbpl_profile *p = with(t, values);
	bool *decides = p ? ARENA_ARRAY(t->arena, p->n_rules + 1u, bool) : NULL;

	if (p)
		sbpl_deciding(t->arena, p, decides);
	for (unsigned i = 0; p && i < p->n_rules; i++)
		if (decides[i] && p->rules[i].at.line == 2)
			return true;
	return false;
}

/* Places that the filters name, what is above and below them; their names; and what words would make names alike. */
struct near {
	struct arena *arena;
	const char **places, **names, **words;
	unsigned n_places, n_names, n_words;
};

static void add_place(struct near *n, const char *path)
{
	ARENA_GROW(n->arena, n->places, n->n_places);
	n->places[n->n_places++] = path;
}

static void add_word(struct near *n, const char *word)
{
	ARENA_GROW(n->arena, n->words, n->n_words);
	n->words[n->n_words++] = word;
}

static void add_names(struct near *n, const char *path)
{
	for (size_t len; *path == '/'; path += len) {
		len = strcspn(++path, "/");
		ARENA_GROW(n->arena, n->names, n->n_names);
		n->names[n->n_names++] = arena_strndup(n->arena, path, len);
	}
}

static void add_near(struct near *n, const struct sbpl_filter *f)
{
	const char *last = f->text && f->text[0] == '/' ? strrchr(f->text, '/') : NULL;

	if (last) {
		add_place(n, f->text);
		add_place(n, arena_printf(n->arena, "%s/" SBPL_ANY, f->text));
		if (last > f->text)
			add_place(n, arena_strndup(n->arena, f->text, (size_t)(last - f->text)));
		add_names(n, f->text);
	}
	for (const struct sbpl_filter *x = f->first; x; x = x->next)
		add_near(n, x);
}

/* What must stand for this word, a part of the one name, so that it is the other. */
static void add_difference(struct near *n, const char *name, const char *word, const char *other)
{
	const char *at = strstr(name, word);
	size_t head = at ? (size_t)(at - name) : 0, tail = at ? strlen(at) - strlen(word) : 0, len = strlen(other);

	if (at && len >= head + tail && memcmp(name, other, head) == 0 && strcmp(at + strlen(word), other + len - tail) == 0)
		add_word(n, arena_strndup(n->arena, other + head, len - head - tail));
}

static void add_words(struct near *n, const struct request *apart)
{
	add_word(n, NULL);
	add_word(n, "");
	for (unsigned i = 0; i < apart->n_given; i++)
		for (unsigned k = 0; k < n->n_names; k++)
			for (unsigned x = 0; x < n->n_names; x++)
				add_difference(n, n->names[k], apart->given[i].value, n->names[x]);
}

static bool decides_near(const struct two *t, const struct near *n)
{
	struct request values;

	for (unsigned w = 0; w < n->n_words; w++)
		for (unsigned k = 0; k < n->n_places; k++)
			for (unsigned i = 0; seatbelt_values_at(t->arena, t->ir, i, n->places[k], n->words[w], &values); i++)
				if (earlier_decides(t, &values))
					return true;
	return false;
}

static bool beats(struct arena *a, const struct ir *ir, const struct sbpl_rule *later, const struct sbpl_rule *r)
{
	const char *error, *text = arena_printf(a, "(version 1)(deny default)\n%s\n%s\n", rule_text(a, r), rule_text(a, later));
	const struct two t = {a, ir, sbpl_read(a, SEATBELT_FILE, text, strlen(text), &error)};
	const struct request apart = seatbelt_values(a, ir, SEATBELT_APART);
	const struct sbpl_profile *p = t.forms ? with(&t, &apart) : NULL;
	struct near near = {.arena = a};

	for (unsigned i = SEATBELT_APART; p && i < SEATBELT_VALUES; i++) {
		const struct request values = seatbelt_values(a, ir, i);

		if (earlier_decides(&t, &values))
			return false;
	}
	for (unsigned i = 0; p && i < p->n_rules; i++)
		if (p->rules[i].filter)
			add_near(&near, p->rules[i].filter);
	add_words(&near, &apart);
	return p && !decides_near(&t, &near);
}

/* ---- which rules to hold it against ---- */

static bool same_rule(const struct sbpl_rule *x, const struct sbpl_rule *y)
{
	return x->form == y->form && x->part == y->part && x->op == y->op;
}

static const struct sbpl_rule *find(const struct sbpl_profile *p, const struct sbpl_rule *r)
{
	for (unsigned i = 0; p && i < p->n_rules; i++)
		if (same_rule(&p->rules[i], r))
			return &p->rules[i];
	return NULL;
}

/* An operation that the rule's list answers for. */
static enum sbpl_op asked_of(const struct sbpl_profile *p, enum sbpl_op list)
{
	unsigned op = 0;

	while (op < SBPL_OP_COUNT && !(sbpl_ops[op].asked && sbpl_list_of(p, (enum sbpl_op)op) == list))
		op++;
	return (enum sbpl_op)op;
}

bool seatbelt_is_beaten(const void *model, const struct ir *ir, const struct sbpl_rule *r)
{
	struct arena *scratch = arena_new();
	const struct request apart = seatbelt_values(scratch, ir, SEATBELT_APART);
	const struct sbpl_profile *p = seatbelt_model_profile(model, &apart);
	const struct sbpl_rule *own = find(p, r), *held[MOST_HELD];
	const struct sbpl_profile one = {.rules = (struct sbpl_rule *)(uintptr_t)own, .n_rules = own != NULL};
	const struct sbpl_profile *only = &one;
	enum sbpl_op op = own ? asked_of(p, own->op) : SBPL_OP_COUNT;
	struct sbpl_query *q = NULL;
	unsigned n = op < SBPL_OP_COUNT ? sbpl_witness(scratch, &only, 1, op, &q) : 0, n_held = 0;
	bool beaten = false;

	for (unsigned i = 0; i < n && !beaten && n_held < MOST_HELD; i++) {
		const struct sbpl_rule *by = sbpl_decide(p, &q[i]).by;
		unsigned k = 0;

		if (!by || by <= own || by->op != own->op || !by->filter)
			continue;
		while (k < n_held && held[k] != by)
			k++;
		if (k < n_held)
			continue;
		held[n_held++] = by;
		beaten = beats(scratch, ir, by, own);
	}
	arena_free(scratch);
	return beaten;
}
