/*
 * base.c - writes base.def into the profile and says which requests it opens.
 *
 * The readable places stand on file-read*, the policy's rules on its members (lower.c). Rules on a
 * member come before those of the family, so a deny of the policy beats the base wherever it
 * stands.
 */
#include <string.h>

#include "paths.h"

enum base_kind {
	BASE_IS_OWN,
	BASE_IS_BOTH,
	BASE_IS_GROUP,
	BASE_IS_CLOSED,
	BASE_IS_CLOSED_LATER,
	BASE_IS_OPEN,
	BASE_IS_GIVEN,
	BASE_IS_LINE,
	BASE_IS_READ,
	BASE_IS_STAT,
	BASE_IS_CODE,
};

static const struct {
	enum base_kind kind;
	const char *filter;
	const char *text; /* path, operation, rule; or the reason of a group */
	const char *reason;
} base[] = {
#define CLOSED_ALWAYS               BASE_IS_CLOSED
#define CLOSED_LATER                BASE_IS_CLOSED_LATER
#define BASE_OWN                    {BASE_IS_OWN, NULL, NULL, NULL},
#define BASE_BOTH                   {BASE_IS_BOTH, NULL, NULL, NULL},
#define BASE_GROUP(why)             {BASE_IS_GROUP, NULL, (why), NULL},
#define BASE_CLOSED(name, age, why) {CLOSED_##age, NULL, (name), (why)},
#define BASE_OPEN(name, why)        {BASE_IS_OPEN, NULL, (name), (why)},
#define BASE_GIVEN(name, why)        {BASE_IS_GIVEN, NULL, (name), (why)},
#define BASE_LINE(rule, why)        {BASE_IS_LINE, NULL, (rule), (why)},
#define BASE_READ(with, path, why)  {BASE_IS_READ, (with), (path), (why)},
#define BASE_STAT(path, why)        {BASE_IS_STAT, "literal", (path), (why)},
#define BASE_CODE(path, why)        {BASE_IS_CODE, "subpath", (path), (why)},
#include "base.def"
};

enum { N_BASE = sizeof(base) / sizeof(base[0]), REASON_COLUMN = 56 };

/* The text, and its reason in one column with those of its neighbours. */
static void emit_reasoned(struct emit *e, const char *text, const char *reason)
{
	int n = (int)strlen(text);

	buf_printf(&e->out, "%s%*s ; %s\n", text, n < REASON_COLUMN ? REASON_COLUMN - n : 0, "", reason);
}

/* Places of one kind are one rule. Returns how many there are. */
static size_t emit_places(struct emit *e, size_t first)
{
	static const char *const ops[] = {
	    [BASE_IS_READ] = "file-read*",
	    [BASE_IS_STAT] = "file-read-metadata",
	    [BASE_IS_CODE] = "file-read* file-map-executable",
	};
	struct arena *a = e->l->arena;
	size_t n = 1;

	while (first + n < N_BASE && base[first + n].kind == base[first].kind)
		n++;
	if (n == 1) {
		emit_reasoned(e,
			      arena_printf(a, "(allow %s (%s \"%s\"))", ops[base[first].kind],
					   base[first].filter, base[first].text),
			      base[first].reason);
		return n;
	}
	buf_printf(&e->out, "(allow %s\n", ops[base[first].kind]);
	for (size_t i = first; i < first + n; i++)
		emit_reasoned(e,
			      arena_printf(a, "\t(%s \"%s\")", base[i].filter, base[i].text),
			      base[i].reason);
	buf_puts(&e->out, ")\n");
	return n;
}

static bool stands_on_system(const struct ir *ir)
{
	return ir->choice[TARGET_MACOS][CHOICE_BASELINE].value == BASELINE_SYSTEM;
}

/* Apple's text, which grows with the system; what it opens, no model of ours can say. */
static void emit_import(struct emit *e)
{
	buf_puts(&e->out, "\n; base: what this version of macOS says that every program needs\n");
	emit_origin(e, e->l->ir->choice[TARGET_MACOS][CHOICE_BASELINE].origin);
	buf_puts(&e->out, "(import \"system.sb\")\n");
}

/* A policy may close it. */
static bool is_policys(enum base_kind kind)
{
	return kind == BASE_IS_OPEN || kind == BASE_IS_GIVEN;
}

void seatbelt_emit_base(struct emit *e)
{
	struct arena *a = e->l->arena;
	bool on_system = stands_on_system(e->l->ir), skip = false;
	size_t n;

	for (size_t i = 0; i < N_BASE; i += n) {
		n = 1;
		if ((skip && base[i].kind != BASE_IS_BOTH) || (is_policys(base[i].kind) && seatbelt_closes(e->l, base[i].text)))
			continue;
		switch (base[i].kind) {
		case BASE_IS_OWN:
			skip = on_system;
			if (on_system)
				emit_import(e);
			break;
		case BASE_IS_BOTH:
			skip = false;
			break;
		case BASE_IS_GROUP:
			buf_printf(&e->out, "\n; base: %s\n", base[i].text);
			break;
		case BASE_IS_CLOSED:
			emit_reasoned(e, arena_printf(a, "(deny %s)", base[i].text), base[i].reason);
			break;
		case BASE_IS_CLOSED_LATER:
			emit_reasoned(e,
				      arena_printf(a, "(if (defined? '%s) (deny %s))", base[i].text,
						   base[i].text),
				      base[i].reason);
			break;
		case BASE_IS_OPEN:
			emit_reasoned(e, arena_printf(a, "; %s", base[i].text), base[i].reason);
			break;
		case BASE_IS_GIVEN:
			buf_printf(&e->out, "(allow %s) ; %s\n", base[i].text, base[i].reason);
			break;
		case BASE_IS_LINE:
			buf_printf(&e->out, "%s ; %s\n", base[i].text, base[i].reason);
			break;
		case BASE_IS_READ:
		case BASE_IS_STAT:
		case BASE_IS_CODE:
			n = emit_places(e, i);
			break;
		}
	}
}

/* The spelling of the policy may name a place of the base through a link of the root. */
static bool base_covers(const char *filter, const char *root, const char *path)
{
	const char *tail =
	    strncmp(root, "/private/var/", 13) == 0 ? root + strlen("/private") : NULL;

	if (strcmp(filter, "literal") == 0)
		return strcmp(root, path) == 0;
	return path_covers(root, path) || (tail && path_covers(tail, path));
}

enum {
	READ_ATOMS = ATOM_BIT(ATOM_FILES) | ATOM_BIT(ATOM_FOLDERS) | ATOM_BIT(ATOM_METADATA) |
		     ATOM_BIT(ATOM_XATTR),
};

static uint32_t atoms_of(enum base_kind kind)
{
	switch (kind) {
	case BASE_IS_READ:
		return READ_ATOMS;
	case BASE_IS_CODE:
		return READ_ATOMS | ATOM_BIT(ATOM_MAP);
	case BASE_IS_STAT:
		return ATOM_BIT(ATOM_METADATA);
	case BASE_IS_OWN:
	case BASE_IS_BOTH:
	case BASE_IS_GROUP:
	case BASE_IS_CLOSED:
	case BASE_IS_CLOSED_LATER:
	case BASE_IS_OPEN:
	case BASE_IS_GIVEN:
	case BASE_IS_LINE:
		break;
	}
	return 0;
}

uint32_t base_opens(const struct ir *ir, const char *root)
{
	uint32_t out = 0;

	if (stands_on_system(ir))
		return 0;

	for (size_t i = 0; i < N_BASE; i++)
		if (atoms_of(base[i].kind) && strcmp(base[i].filter, "subpath") == 0 &&
		    path_covers(base[i].text, root))
			out |= atoms_of(base[i].kind);
	return out;
}

uint32_t base_meets(const struct ir *ir, const char *root)
{
	uint32_t out = tmpl_has_variable(root) ? READ_ATOMS | ATOM_BIT(ATOM_MAP) : base_opens(ir, root);

	if (stands_on_system(ir))
		return ~0u; /* it may open anything */

	for (size_t i = 0; i < N_BASE; i++)
		if (atoms_of(base[i].kind) && path_covers(root, base[i].text))
			out |= atoms_of(base[i].kind);
	return out;
}

bool base_shows(const struct ir *ir, const char *folder)
{
	if (stands_on_system(ir))
		return false;
	for (size_t i = 0; i < N_BASE; i++)
		if (atoms_of(base[i].kind) && strcmp(base[i].text, folder) == 0)
			return true;
	return base_opens(ir, folder) & ATOM_BIT(ATOM_METADATA);
}

/* By either of its names: /tmp, /var and /etc are links, and the rules are written on what they lead to. */
static bool starts_entry(const struct ir *ir, const struct request *r)
{
	struct arena *scratch = arena_new();
	const char *entry =
	    ir->entry ? expand_template(scratch, ir, ir->entry, r->given, r->n_given) : NULL;
	bool same = r->op == OP_EXEC && entry &&
		    (path_covers(entry, r->object) || path_covers(path_real(scratch, entry), path_real(scratch, r->object)));

	arena_free(scratch);
	return same;
}

bool seatbelt_baseline(const struct ir *ir, const struct request *r, const char **why)
{
	if ((r->op == OP_READ || r->op == OP_LIST) && !stands_on_system(ir))
		for (size_t i = 0; i < N_BASE; i++)
			if ((base[i].kind == BASE_IS_READ || base[i].kind == BASE_IS_CODE) &&
			    base_covers(base[i].filter, base[i].text, r->object)) {
				*why = "every program reads the libraries of macOS and its root "
				       "folder";
				return true;
			}
	if (!starts_entry(ir, r))
		return false;
	*why =
	    "macOS starts the entry program under the profile, so the program can start it again";
	return true;
}
