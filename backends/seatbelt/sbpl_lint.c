/*
 * sbpl_lint.c - what a profile of ours must never hold, whoever wrote it.
 *
 * Each rule here is a mistake that a real project has shipped: a spelling of a path that no access
 * ever has, a deny that a rule on a child operation silently overrules, an address filter that lets
 * everything out, a name that older systems do not know and that keeps the whole profile from
 * loading.
 */
#include <string.h>

#include "sbpl.h"

typedef const char *(*lint_rule)(const struct sbpl_rule *r);
typedef const char *(*lint_filter)(const struct sbpl_rule *r, const struct sbpl_filter *f);

static const char *find_long_string(struct arena *a, const struct sexp *x)
{
	const char *bad = NULL;

	for (; x && !bad; x = x->next) {
		if (x->kind == SEXP_STRING && x->written > SBPL_MAX_STRING)
			return arena_printf(a, "%s:%u:%u: a string is longer than %d bytes", x->at.file, x->at.line,
					    x->at.col, (int)SBPL_MAX_STRING);
		if (x->kind == SEXP_LIST)
			bad = find_long_string(a, x->first);
	}
	return bad;
}

static bool one_of(enum sbpl_op op, const enum sbpl_op *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (v[i] == op)
			return true;
	return false;
}
#define ONE_OF(op, v) one_of((op), (v), sizeof(v) / sizeof((v)[0]))

/* Behind the name of a family: its own rules lose against every rule on a member. */
static const char *rule_family_deny(const struct sbpl_rule *r)
{
	static const enum sbpl_op families[] = {SBPL_FILE,    SBPL_FILE_READ, SBPL_FILE_WRITE,
						SBPL_PROCESS, SBPL_NETWORK,   SBPL_MACH,
						SBPL_IPC,     SBPL_IPC_POSIX, SBPL_SYSCTL,
						SBPL_SYSTEM,  SBPL_IOKIT,     SBPL_MACH_TASK};

	if (!r->allow && ONE_OF(r->op, families))
		return "a deny on a family of operations, which a rule on one of them overrules";
	return NULL;
}

static const char *rule_bare_allow(const struct sbpl_rule *r)
{
	static const enum sbpl_op fine[] = {SBPL_PROCESS_FORK,     SBPL_SYSCTL_READ,
					    SBPL_NETWORK_OUTBOUND, SBPL_NETWORK_INBOUND,
					    SBPL_NETWORK_BIND,     SBPL_SYSTEM_SOCKET,
					    SBPL_IPC_SYSV_SHM,     SBPL_IPC_SYSV_SEM,
					    SBPL_IPC_SYSV_MSG,     SBPL_PSEUDO_TTY};

	if (r->allow && !r->filter && !ONE_OF(r->op, fine))
		return "an allow without a filter";
	return NULL;
}

static const char *rule_guard(const struct sbpl_rule *r)
{
	if (sbpl_ops[r->op].age == AGE_LATER && !r->guarded)
		return "an operation that older systems do not know, outside (defined? ...)";
	return NULL;
}

static const char *rule_default(const struct sbpl_rule *r)
{
	if (r->op == SBPL_DEFAULT && (r->allow || r->filter))
		return "the default is not a plain deny";
	return NULL;
}

static bool is_path(const struct sbpl_filter *f)
{
	return sbpl_filters[f->id].subject == SUBJECT_PATH && sbpl_filters[f->id].how != HOW_REGEX;
}

static const char *filter_path(const struct sbpl_rule *r, const struct sbpl_filter *f)
{
	size_t n;

	(void)r;
	if (!is_path(f) || f->open)
		return NULL;
	n = strlen(f->text);
	if (f->text[0] != '/')
		return "a path that is not absolute";
	if (n > 1 && f->text[n - 1] == '/')
		return "a path that ends in a slash";
	if (strstr(f->text, "//") || strstr(f->text, "/./") || strstr(f->text, "/../") ||
	    (n >= 2 && strcmp(f->text + n - 2, "/.") == 0) ||
	    (n >= 3 && strcmp(f->text + n - 3, "/..") == 0))
		return "a path that no access is ever spelled like";
	for (const char *p = f->text; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return "a control byte in a path";
	return NULL;
}

/* Accesses are judged by real paths: below a link, an allow is dead and a deny is open. */
static const char *filter_link(const struct sbpl_rule *r, const struct sbpl_filter *f)
{
	static const char *const links[] = {"/tmp", "/var", "/etc", "/home"};

	if (!is_path(f) || f->open || (f->id == FILTER_LITERAL && r->op == SBPL_FILE_READ_METADATA))
		return NULL;
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		size_t n = strlen(links[i]);

		if (strncmp(f->text, links[i], n) == 0 && (f->text[n] == '/' || f->text[n] == '\0'))
			return "a path below a link of the system's root, where no access is ever "
			       "seen";
	}
	return NULL;
}

static const char *filter_address(const struct sbpl_rule *r, const struct sbpl_filter *f)
{
	if (f->id == FILTER_LOCAL && r->op == SBPL_NETWORK_OUTBOUND)
		return "(local ...) on network-outbound, which matches every connection";
	if (f->id == FILTER_REMOTE && f->proto != PROTO_UNIX &&
	    (r->op == SBPL_NETWORK_INBOUND || r->op == SBPL_NETWORK_BIND))
		return "(remote ...) on incoming connections, which does nothing";
	return NULL;
}

/* Of what sbpl_regex.c reads, only what every version of macOS is seen to: no counts, no classes by a letter. */
static const char *filter_regex(const struct sbpl_rule *r, const struct sbpl_filter *f)
{
	char last = 0;

	(void)r;
	if (sbpl_filters[f->id].how != HOW_REGEX || f->open)
		return NULL;
	for (const char *p = f->text; *p; last = *p++) {
		if (strchr("*+?", *p) && last && strchr("*+?", last))
			return "a pattern that repeats what repeats";
		if (*p == '{' || *p == '}')
			return "a pattern with more than ^ $ . * + ? [] () |";
		if (*p == '\\' && ((*++p >= '0' && *p <= '9') || (*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z')))
			return "a pattern with an escape that is no escaped sign";
	}
	return NULL;
}

/* The model must know what every rule of ours does. */
static const char *filter_known(const struct sbpl_rule *r, const struct sbpl_filter *f)
{
	enum sbpl_subject about = sbpl_filters[f->id].subject;

	/* What is asked about here is the property itself. */
	if (f->id == FILTER_IOKIT_PROPERTY && (r->op == SBPL_IOKIT_GET_PROPERTIES || r->op == SBPL_IOKIT_SET_PROPERTIES))
		return NULL;
	if (about == SUBJECT_FACT || about == SUBJECT_OTHER_NAME)
		return "a filter on what the model cannot know";
	return NULL;
}

static const char *lint_filters(const struct sbpl_rule *r, const struct sbpl_filter *f)
{
	static const lint_filter checks[] = {filter_path, filter_link, filter_address, filter_regex, filter_known};
	const char *bad = NULL;

	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]) && !bad; i++)
		bad = checks[i](r, f);
	for (const struct sbpl_filter *x = f->first; x && !bad; x = x->next)
		bad = lint_filters(r, x);
	return bad;
}

static const char *lint_one(const struct sbpl_rule *r)
{
	static const lint_rule checks[] = {rule_family_deny, rule_bare_allow, rule_guard,
					   rule_default};
	const char *bad = r->filter ? lint_filters(r, r->filter) : NULL;

	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]) && !bad; i++)
		bad = checks[i](r);
	return bad;
}

bool sbpl_lint(struct arena *a, const struct sexp *forms, const struct sbpl_profile *p,
	       const char **error)
{
	unsigned n;
	const struct sbpl_rule *rules = sbpl_rules(p, &n);

	*error = find_long_string(a, forms);
	for (unsigned i = 0; i < n && !*error; i++) {
		const char *bad = lint_one(&rules[i]);

		if (bad)
			*error = arena_printf(a, "%s:%u:%u: %s", rules[i].at.file, rules[i].at.line, rules[i].at.col, bad);
	}
	if (!*error && !p->tail[SBPL_DEFAULT])
		*error = "the profile never says (deny default)";
	return !*error;
}
