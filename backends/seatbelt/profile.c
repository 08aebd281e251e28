/*
 * profile.c - a profile of others as something to ask: opens it, and says of a question of the kernel what its rules
 * decide, which of them, and why that one.
 */
#include "profile_priv.h"

#include <string.h>

#include "../../compiler/str.h"

enum { MAX_LINE = 160 };

/* ---- opening ---- */

enum { MAX_FILES = 64 };

struct importing {
	const struct profile_source *source;
	const char *files[MAX_FILES];
	unsigned n_files;
};

static const struct sexp *import(void *ctx, struct arena *a, const char *name, const char **error)
{
	struct importing *im = ctx;
	const struct profile_source *s = im->source;
	const struct profile_text *t = s->find ? s->find(s->ctx, a, name, error) : NULL;

	if (!t)
		return NULL;
	if (im->n_files == MAX_FILES) {
		*error = "too many imports";
		return NULL;
	}
	im->files[im->n_files++] = t->name;
	return sbpl_read(a, t->name, t->data, t->size, error);
}

/* "FILE:LINE:COL: text" in its parts. What an import cannot be read for stands behind the place of the import. */
static void split_error(struct arena *a, const struct importing *im, const char *error, struct profile_error *out)
{
	*out = (struct profile_error){.file = im->files[0], .line = 1, .col = 1, .text = error};
	for (unsigned i = 0; i < im->n_files; i++) {
		size_t n = strlen(im->files[i]);
		const char *line = error + n + 1, *col, *text;
		uint64_t value = 0;

		if (strncmp(error, im->files[i], n) != 0 || error[n] != ':' || !(col = strchr(line, ':')) ||
		    !(text = strchr(col + 1, ':')) || !parse_u64(line, (size_t)(col - line), UINT32_MAX, &value))
			continue;
		out->file = im->files[i];
		out->line = (unsigned)value;
		parse_u64(col + 1, (size_t)(text - col - 1), UINT32_MAX, &value);
		out->col = (unsigned)value;
		out->text = arena_strdup(a, text + 2);
		return;
	}
}

const struct profile *profile_open(struct arena *a, const struct profile_source *source, struct profile_error *error)
{
	struct importing ctx = {.source = source, .files = {source->text.name}, .n_files = 1};
	struct sbpl_how_to how = {.given = source->given, .n_given = source->n_given, .import = import, .ctx = &ctx};
	struct profile *p = ARENA_NEW(a, struct profile);
	const char *why = NULL;
	const struct sexp *forms = sbpl_read(a, source->text.name, source->text.data, source->text.size, &why);

	p->rules = forms ? sbpl_eval(a, forms, &how, &why) : NULL;
	if (!p->rules)
		split_error(a, &ctx, why, error);
	return p->rules ? p : NULL;
}

/* ---- decisions to answers ---- */

const char *profile_place(struct arena *a, const struct sbpl_place *at)
{
	return arena_printf(a, "%s:%u:%u", at->file, at->line, at->col);
}

static bool same_place(const struct sbpl_place *a, const struct sbpl_place *b)
{
	return a->line == b->line && a->col == b->col && strcmp(a->file, b->file) == 0;
}

/* The form as it stands in the text, on one line and without its comments. */
static void put_form(struct buf *b, const struct sexp *x)
{
	const char *p = x->source, *end = p + x->length;
	bool blank = false, quoted = false;

	for (; p < end && b->len <= MAX_LINE; p++) {
		if (!quoted && *p == ';') {
			while (p + 1 < end && p[1] != '\n')
				p++;
			blank = true;
			continue;
		}
		if (!quoted && (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r')) {
			blank = true;
			continue;
		}
		if (blank && *p != ')' && b->len && b->data[b->len - 1] != '(')
			buf_putc(b, ' ');
		blank = false;
		if (quoted && *p == '\\' && p + 1 < end)
			buf_putc(b, *p++);
		else if (*p == '"')
			quoted = !quoted;
		buf_putc(b, *p);
	}
}

/* A long rule is told by the part of it that matched. */
static const char *rule_text(struct arena *a, const struct sbpl_rule *r)
{
	struct buf b = buf_new(a);

	put_form(&b, r->form);
	if (b.len <= MAX_LINE)
		return buf_str(&b);
	return arena_printf(a, "(%s ... %s ... %s ...)", r->allow ? "allow" : "deny", sbpl_ops[r->op].name,
			    r->filter ? sbpl_filter_text(a, r->filter) : "");
}

static const char *why_rule(struct arena *a, const struct sbpl_rule *r, enum sbpl_op asked)
{
	const char *family = sbpl_ops[r->op].name;

	if (r->filter && r->op == asked)
		return "the last rule on it whose filter matches";
	if (r->filter)
		return arena_printf(a, "no rule on it matches; of those on `%s` this is the last that does", family);
	if (r->op == SBPL_DEFAULT)
		return "no rule on it matches, and this is the default";
	if (r->op == asked)
		return "no rule on it with a filter matches, and this one has none";
	return arena_printf(a, "no rule on it matches, nor one with a filter on `%s`; this one has none", family);
}

static const char *why_default(struct arena *a, const struct sbpl_profile *p, enum sbpl_op asked)
{
	enum sbpl_op op = asked;

	while (sbpl_ops[op].own == OWN_INHERIT && op != SBPL_DEFAULT)
		op = sbpl_ops[op].parent;
	if (sbpl_ops[op].own == OWN_INHERIT)
		return "the profile says no default, and then everything is denied";
	return arena_printf(a, "macOS %s `%s` by itself: `default` does not reach it%s",
			    sbpl_ops[op].own == OWN_ALLOW ? "allows" : "denies", sbpl_ops[op].name,
			    p->tail[SBPL_DEFAULT] ? "" : ", and the profile has none");
}

static bool has_local(const struct sbpl_filter *f)
{
	bool found = f && f->id == FILTER_LOCAL;

	for (const struct sbpl_filter *x = f ? f->first : NULL; x && !found; x = x->next)
		found = has_local(x);
	return found;
}

const char *profile_manner(struct arena *a, const struct sbpl_rule *r)
{
	struct buf b = buf_new(a);

	if (!r || !(r->signal || r->modifiers & (1u << MODIFIER_NO_SANDBOX | 1u << MODIFIER_TERMINATION | 1u << MODIFIER_MESSAGE_FILTER)))
		return "";
	if (r->modifiers & (1u << MODIFIER_NO_SANDBOX))
		buf_puts(&b, "the program is started outside the sandbox");
	if (r->signal)
		buf_printf(&b, "%sthe process gets %s", b.len ? ", " : "", r->signal);
	if (r->modifiers & (1u << MODIFIER_TERMINATION))
		buf_printf(&b, "%sthe process is ended", b.len ? ", " : "");
	if (r->modifiers & (1u << MODIFIER_MESSAGE_FILTER))
		buf_printf(&b, "%sits messages are filtered further, which is not judged here: %s", b.len ? ", " : "", r->messages);
	return buf_str(&b);
}

static const char *note_of(struct arena *a, const struct sbpl_rule *r, enum sbpl_op asked)
{
	struct buf b = buf_new(a);

	if (asked == SBPL_NETWORK_OUTBOUND && has_local(r->filter))
		return "(local ...) matches every connection, as a socket that is not bound yet has the any-address; "
		       "(remote ...) is about where it goes";

	buf_puts(&b, profile_manner(a, r));
	if (r->modifiers & (1u << MODIFIER_NO_LOG | 1u << MODIFIER_NO_REPORT))
		buf_printf(&b, "%snothing is logged", b.len ? ", " : "");
	return b.len ? buf_str(&b) : NULL;
}

struct profile_answer profile_answer(struct arena *a, const struct profile *p, const struct sbpl_query *q)
{
	struct sbpl_verdict v = sbpl_decide(p->rules, q);
	const struct sbpl_rule *r = v.by && v.by->at.line ? v.by : NULL;
	struct profile_answer out = {.ops = sbpl_ops[q->op].name, .object = "",
				     .says = v.allow ? PROFILE_ALLOWS : PROFILE_DENIES,
				     .manner = "",
				     .reach = PROFILE_PLAIN};

	if (v.unless) {
		out.says = PROFILE_DEPENDS;
		out.unless_allows = v.unless->allow;
		out.depends = sbpl_unsure(a, v.unless->filter, q);
		out.otherwise_where = v.unless->at.line ? profile_place(a, &v.unless->at) : NULL;
	}
	if (!r) {
		out.why = v.by ? "macOS always allows it" : why_default(a, p->rules, q->op);
		return out;
	}
	out.where = profile_place(a, &r->at);
	out.via = same_place(&r->at, &r->via) ? NULL : profile_place(a, &r->via);
	out.text = rule_text(a, r);
	out.why = why_rule(a, r, q->op);
	out.note = note_of(a, r, q->op);
	out.manner = profile_manner(a, r);
	out.reach = r->modifiers & (1u << MODIFIER_NO_SANDBOX) ? PROFILE_OUTSIDE
		    : r->modifiers & (1u << MODIFIER_MESSAGE_FILTER) ? PROFILE_FILTERED
								      : PROFILE_PLAIN;
	return out;
}

static bool same_text(const char *x, const char *y)
{
	return x == y || (x && y && strcmp(x, y) == 0);
}

bool profile_same_answer(const struct profile_answer *x, const struct profile_answer *y)
{
	return x->says == y->says && strcmp(x->manner, y->manner) == 0 && same_text(x->where, y->where) && same_text(x->depends, y->depends) &&
	       same_text(x->otherwise_where, y->otherwise_where);
}

/* Does a rule on the family reach the operation: is there no own default between? */
static bool reaches(enum sbpl_op family, enum sbpl_op op)
{
	while (op != family && sbpl_ops[op].own == OWN_INHERIT && op != SBPL_DEFAULT)
		op = sbpl_ops[op].parent;
	return op == family;
}

const char *profile_ops_text(struct arena *a, const bool *ops)
{
	struct buf b = buf_new(a);
	bool *left = ARENA_ARRAY(a, SBPL_OP_COUNT, bool);

	memcpy(left, ops, SBPL_OP_COUNT * sizeof(*ops));
	/* Families stand before their members. One that is whole is named by itself. */
	for (unsigned f = 0; f < SBPL_OP_COUNT; f++) {
		unsigned members = 0, here = 0;

		for (unsigned op = 0; op < SBPL_OP_COUNT; op++)
			if (sbpl_ops[op].asked && reaches((enum sbpl_op)f, (enum sbpl_op)op)) {
				members++;
				here += left[op];
			}
		if (!left[f] && (here == 0 || here < members))
			continue;
		buf_printf(&b, "%s%s", b.len ? " " : "", sbpl_ops[f].name);
		for (unsigned op = 0; op < SBPL_OP_COUNT; op++)
			if (op == f || (here == members && reaches((enum sbpl_op)f, (enum sbpl_op)op)))
				left[op] = false;
	}
	return buf_str(&b);
}
