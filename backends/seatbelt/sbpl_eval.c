/*
 * sbpl_eval.c - from expressions to rules: runs the profile as the library of macOS does when it
 * loads one.
 *
 * Known forms: version, allow, deny, if with defined?, string-append, param. Anything else, and any
 * operation or filter that words.def does not list, is an error that names it: a profile that macOS
 * would refuse, or read in a way that is not modelled here, must never look judged.
 */
#include <string.h>

#include "../../compiler/str.h"
#include "sbpl.h"

struct eval {
	struct arena *arena;
	struct sbpl_profile *profile;
	const struct ir_binding *given;
	unsigned n_given;
	bool check;
	int guard; /* the operation that the defined? around us asks for, or -1 */
	const char *error;
};

struct text {
	const char *s; /* NULL after an error */
	bool open;
};

/* One rule while its words are read. */
struct draft {
	bool allow;
	unsigned line;
	enum sbpl_op ops[SBPL_OP_COUNT];
	unsigned n_ops;
	const struct sbpl_filter *filters;
	const struct sbpl_filter **tail;
};

static bool eval_form(struct eval *e, const struct sexp *form);
static const struct sbpl_filter *eval_filter(struct eval *e, const struct sexp *form);

static bool fail(struct eval *e, const struct sexp *at, const char *what, const char *word)
{
	if (!e->error)
		e->error = arena_printf(e->arena, "line %u: %s%s%s%s", at->line, what,
					word ? " `" : "", word ? word : "", word ? "`" : "");
	return false;
}

static bool is_symbol(const struct sexp *x, const char *word)
{
	return x && x->kind == SEXP_SYMBOL && strcmp(x->text, word) == 0;
}

static const char *head(const struct sexp *x)
{
	return x->kind == SEXP_LIST && x->first && x->first->kind == SEXP_SYMBOL ? x->first->text
										 : "";
}

static struct text eval_param(struct eval *e, const struct sexp *form)
{
	const struct sexp *name = form->first->next;

	if (!name || name->kind != SEXP_STRING || name->next) {
		fail(e, form, "param takes one string", NULL);
		return (struct text){NULL, false};
	}
	for (unsigned i = 0; i < e->n_given; i++)
		if (strcmp(e->given[i].name, name->text) == 0)
			return (struct text){sbpl_real_path(e->arena, e->given[i].value), false};
	if (e->check)
		return (struct text){"", true};
	fail(e, name, "no value for the param", name->text);
	return (struct text){NULL, false};
}

static struct text eval_text(struct eval *e, const struct sexp *x)
{
	struct text all = {"", false};
	struct buf b = buf_new(e->arena);

	if (x->kind == SEXP_STRING)
		return (struct text){x->text, false};
	if (strcmp(head(x), "param") == 0)
		return eval_param(e, x);
	if (strcmp(head(x), "string-append") != 0) {
		fail(e, x, "a string was expected here", NULL);
		return (struct text){NULL, false};
	}
	for (const struct sexp *part = x->first->next; part; part = part->next) {
		struct text t = eval_text(e, part);

		if (!t.s)
			return t;
		buf_puts(&b, t.s);
		all.open |= t.open;
	}
	all.s = buf_str(&b);
	return all;
}

static struct sbpl_filter *filter_new(struct eval *e, enum sbpl_filter_id id)
{
	struct sbpl_filter *f = ARENA_NEW(e->arena, struct sbpl_filter);

	f->id = id;
	return f;
}

/* Several filters where one stands mean any of them. */
static const struct sbpl_filter *any_of(struct eval *e, const struct sbpl_filter *first)
{
	struct sbpl_filter *any;

	if (!first || !first->next)
		return first;
	any = filter_new(e, FILTER_REQUIRE_ANY);
	any->first = first;
	return any;
}

/* "/a/b" is "/" and "/a". */
static const struct sbpl_filter *ancestors(struct eval *e, const struct sexp *at, struct text t)
{
	const struct sbpl_filter *first = NULL, **tail = &first;

	if (!t.open && t.s[0] != '/') {
		fail(e, at, "path-ancestors takes an absolute path", NULL);
		return NULL;
	}
	for (size_t i = 0; t.s[i]; i++) {
		struct sbpl_filter *f;

		if (t.s[i] != '/')
			continue;
		f = filter_new(e, FILTER_LITERAL);
		f->text = i == 0 ? "/" : arena_strndup(e->arena, t.s, i);
		f->open = t.open;
		*tail = f;
		tail = &f->next;
	}
	if (!first) {
		struct sbpl_filter *f = filter_new(e, FILTER_LITERAL);

		f->text = "";
		f->open = true;
		first = f;
	}
	return any_of(e, first);
}

static const struct sbpl_filter *eval_strings(struct eval *e, enum sbpl_filter_id id,
					      const struct sexp *form)
{
	const struct sbpl_filter *first = NULL, **tail = &first;

	for (const struct sexp *x = form->first->next; x; x = x->next) {
		struct text t = eval_text(e, x);
		struct sbpl_filter *f;

		if (!t.s)
			return NULL;
		if (id == FILTER_PATH_ANCESTORS && !x->next)
			return ancestors(e, x, t);
		f = filter_new(e, id);
		f->text = t.s;
		f->open = t.open;
		*tail = f;
		tail = &f->next;
	}
	if (!first)
		fail(e, form, "a filter without a value:", form->first->text);
	return any_of(e, first);
}

static const struct sbpl_filter *eval_symbol(struct eval *e, enum sbpl_filter_id id,
					     const struct sexp *form)
{
	const struct sexp *word = form->first->next;
	struct sbpl_filter *f = filter_new(e, id);

	if (!word || word->kind != SEXP_SYMBOL || word->next) {
		fail(e, form, "a filter that takes one word:", form->first->text);
		return NULL;
	}
	f->text = word->text;
	return f;
}

static bool eval_host_port(struct eval *e, const struct sexp *at, struct text t,
			   struct sbpl_filter *f)
{
	const char *colon = strrchr(t.s, ':');
	uint64_t port = 0;

	if (!colon)
		return fail(e, at, "not a host and port:", t.s);
	f->any_host = colon - t.s == 1 && t.s[0] == '*';
	if (!f->any_host && (colon - t.s != 9 || strncmp(t.s, "localhost", 9) != 0))
		return fail(e, at, "host must be * or localhost in", t.s);
	f->open = t.open;
	f->any_port = strcmp(colon + 1, "*") == 0;
	/* What stands for a value nobody gave yet (decide.h) is no port: the rule is there and
	 * matches nothing. */
	if (e->check && strncmp(colon + 1, "${", 2) == 0)
		f->open = true;
	if (f->any_port || f->open)
		return true;
	if (!parse_u64(colon + 1, strlen(colon + 1), 65535, &port) || port == 0)
		return fail(e, at, "port must be * or 1 to 65535 in", t.s);
	f->port = (uint16_t)port;
	return true;
}

static const struct sbpl_filter *eval_address(struct eval *e, enum sbpl_filter_id id,
					      const struct sexp *form)
{
	static const struct {
		const char *word;
		enum sbpl_proto proto;
	} kinds[] = {
	    {"ip", PROTO_IP}, {"tcp", PROTO_TCP}, {"udp", PROTO_UDP}, {"unix-socket", PROTO_UNIX}};
	const struct sexp *kind = form->first->next, *value = kind ? kind->next : NULL;
	struct sbpl_filter *f = filter_new(e, id);
	size_t i = 0, n = sizeof(kinds) / sizeof(kinds[0]);
	struct text t = {"*:*", false};

	while (i < n && !is_symbol(kind, kinds[i].word))
		i++;
	if (i == n || (value && value->next)) {
		fail(e, form, "an address that this reader does not know in", form->first->text);
		return NULL;
	}
	f->proto = kinds[i].proto;
	if (f->proto == PROTO_UNIX) {
		f->first = value ? eval_filter(e, value) : NULL;
		return e->error ? NULL : f;
	}
	if (value)
		t = eval_text(e, value);
	return t.s && eval_host_port(e, form, t, f) ? f : NULL;
}

static const struct sbpl_filter *eval_filters(struct eval *e, enum sbpl_filter_id id,
					      const struct sexp *form)
{
	struct sbpl_filter *f = filter_new(e, id);
	const struct sbpl_filter **tail = &f->first;

	for (const struct sexp *x = form->first->next; x; x = x->next) {
		const struct sbpl_filter *one = eval_filter(e, x);
		struct sbpl_filter *copy;

		if (!one)
			return NULL;
		copy = filter_new(e, one->id);
		*copy = *one;
		copy->next = NULL;
		*tail = copy;
		tail = &copy->next;
	}
	if (!f->first || (id == FILTER_REQUIRE_NOT && f->first->next)) {
		fail(e, form, "wrong number of filters in", form->first->text);
		return NULL;
	}
	return f;
}

static const struct sbpl_filter *eval_filter(struct eval *e, const struct sexp *form)
{
	int id = sbpl_filter_find(head(form));

	if (id < 0) {
		fail(e, form, "unknown filter", form->kind == SEXP_LIST ? head(form) : form->text);
		return NULL;
	}
	switch (sbpl_filters[id].arg) {
	case ARG_STRINGS:
		return eval_strings(e, (enum sbpl_filter_id)id, form);
	case ARG_SYMBOL:
		return eval_symbol(e, (enum sbpl_filter_id)id, form);
	case ARG_ADDRESS:
		return eval_address(e, (enum sbpl_filter_id)id, form);
	case ARG_FILTERS:
		return eval_filters(e, (enum sbpl_filter_id)id, form);
	}
	return NULL;
}

/* Does the filter, with all inside it, fit the operation? Returns the name of the one that does
 * not, or NULL. */
static const char *misfit(const struct sbpl_filter *f, enum sbpl_op op)
{
	enum sbpl_takes want = sbpl_filters[f->id].takes, has = sbpl_ops[op].takes;
	const char *bad = NULL;

	if (sbpl_filters[f->id].arg != ARG_FILTERS && want != has &&
	    !(want == TAKES_PATH && has == TAKES_NET))
		return sbpl_filters[f->id].name;
	for (const struct sbpl_filter *x = f->first; x && !bad; x = x->next)
		bad = misfit(x, op);
	return bad;
}

static void rule_add(struct eval *e, const struct draft *d, enum sbpl_op op,
		     const struct sbpl_filter *f)
{
	struct sbpl_profile *p = e->profile;

	ARENA_GROW(e->arena, p->rules, p->n_rules);
	p->rules[p->n_rules++] = (struct sbpl_rule){.op = op,
						    .filter = f,
						    .allow = d->allow,
						    .guarded = e->guard == (int)op,
						    .line = d->line};
	if (!f)
		p->tail[op] = (struct sbpl_tail){.set = true, .allow = d->allow, .line = d->line};
}

/* One rule for each operation and each filter: several filters mean any of them. */
static bool rules_add(struct eval *e, const struct sexp *form, const struct draft *d)
{
	if (d->n_ops == 0)
		return fail(e, form, "a rule without an operation", NULL);
	for (unsigned i = 0; i < d->n_ops; i++) {
		if (!d->filters)
			rule_add(e, d, d->ops[i], NULL);
		for (const struct sbpl_filter *f = d->filters; f; f = f->next) {
			const char *bad = misfit(f, d->ops[i]);

			if (bad)
				return fail(e, form,
					    arena_printf(e->arena, "filter `%s` does not fit", bad),
					    sbpl_ops[d->ops[i]].name);
			for (const struct sbpl_filter *x = f->id == FILTER_REQUIRE_ANY ? f->first
										       : f;
			     x; x = f->id == FILTER_REQUIRE_ANY ? x->next : NULL)
				rule_add(e, d, d->ops[i], x);
		}
	}
	return true;
}

/* (with no-log), (with message "..."): what changes only the log. */
static bool is_log_modifier(const struct sexp *x)
{
	const struct sexp *word = x->first->next;

	return (is_symbol(word, "no-log") && !word->next) ||
	       (is_symbol(word, "message") && word->next && word->next->kind == SEXP_STRING &&
		!word->next->next);
}

static bool eval_word(struct eval *e, const struct sexp *x, struct draft *d)
{
	const struct sbpl_filter *f;
	struct sbpl_filter *copy;
	int op;

	if (x->kind == SEXP_SYMBOL) {
		op = sbpl_op_find(x->text);
		if (op < 0 || d->n_ops == SBPL_OP_COUNT)
			return fail(e, x, "unknown operation", x->text);
		d->ops[d->n_ops++] = (enum sbpl_op)op;
		return true;
	}
	if (strcmp(head(x), "with") == 0)
		return is_log_modifier(x) || fail(e, x, "unknown modifier", NULL);
	f = eval_filter(e, x);
	if (!f)
		return false;
	copy = filter_new(e, f->id);
	*copy = *f;
	copy->next = NULL;
	*d->tail = copy;
	d->tail = &copy->next;
	return true;
}

static bool eval_rule(struct eval *e, const struct sexp *form, bool allow)
{
	struct draft d = {.allow = allow, .line = form->line};

	d.tail = &d.filters;
	for (const struct sexp *x = form->first->next; x; x = x->next)
		if (!eval_word(e, x, &d))
			return false;
	return rules_add(e, form, &d);
}

static bool eval_if(struct eval *e, const struct sexp *form)
{
	const struct sexp *cond = form->first->next, *then = cond ? cond->next : NULL;
	const struct sexp *otherwise = then ? then->next : NULL, *quote;
	int outer = e->guard, op;
	bool ok;

	if (!then || (otherwise && otherwise->next) || strcmp(head(cond), "defined?") != 0)
		return fail(e, form, "an `if` that this reader does not know", NULL);
	quote = cond->first->next;
	if (!quote || quote->next || strcmp(head(quote), "quote") != 0 || !quote->first->next ||
	    quote->first->next->kind != SEXP_SYMBOL)
		return fail(e, cond, "defined? takes one quoted word", NULL);
	op = sbpl_op_find(quote->first->next->text);
	if (op < 0 && sbpl_filter_find(quote->first->next->text) < 0)
		return otherwise ? eval_form(e, otherwise) : true;
	e->guard = op;
	ok = eval_form(e, then);
	e->guard = outer;
	return ok;
}

static bool eval_version(struct eval *e, const struct sexp *form)
{
	const struct sexp *n = form->first->next;

	if (!n || n->kind != SEXP_NUMBER || strcmp(n->text, "1") != 0 || n->next)
		return fail(e, form, "the only version is 1", NULL);
	return true;
}

static bool eval_form(struct eval *e, const struct sexp *form)
{
	const char *word = head(form);

	if (strcmp(word, "allow") == 0 || strcmp(word, "deny") == 0)
		return eval_rule(e, form, word[0] == 'a');
	if (strcmp(word, "if") == 0)
		return eval_if(e, form);
	if (strcmp(word, "version") == 0)
		return eval_version(e, form);
	return fail(e, form, "unknown form", form->kind == SEXP_LIST ? word : form->text);
}

const struct sbpl_profile *sbpl_eval(struct arena *a, const struct sexp *forms,
				     const struct ir_binding *given, unsigned n_given, bool check,
				     const char **error)
{
	struct eval e = {
	    .arena = a, .given = given, .n_given = n_given, .check = check, .guard = -1};

	e.profile = ARENA_NEW(a, struct sbpl_profile);
	*error = NULL;
	if (!forms || strcmp(head(forms), "version") != 0)
		*error = "line 1: a profile begins with (version 1)";
	for (const struct sexp *x = forms; x && !*error; x = x->next)
		if (!eval_form(&e, x))
			*error = e.error;
	if (*error)
		return NULL;
	sbpl_index(a, e.profile);
	return e.profile;
}

const struct sbpl_rule *sbpl_rules(const struct sbpl_profile *p, unsigned *n)
{
	*n = p->n_rules;
	return p->rules;
}
