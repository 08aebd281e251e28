/*
 * explain_seatbelt.c - a profile of ours, statement by statement, in the words of policies. Its text alone is read; what
 * it means is for the model to say (`sbxc why PLAN`).
 */
#include <ctype.h>
#include <string.h>

#include "explain.h"
#include "str.h"

struct text {
	const char *at, *end;
};

/* ---- forms ---- */

static void skip_string(struct text *t)
{
	for (t->at++; t->at < t->end && *t->at != '"'; t->at++)
		if (*t->at == '\\' && t->at + 1 < t->end)
			t->at++;
	if (t->at < t->end)
		t->at++;
}

static void skip_comment(struct text *t)
{
	while (t->at < t->end && *t->at != '\n')
		t->at++;
}

static void skip_blank(struct text *t)
{
	while (t->at < t->end && (isspace((unsigned char)*t->at) || *t->at == ';')) {
		if (*t->at == ';')
			skip_comment(t);
		else
			t->at++;
	}
}

/* The next word, string or form in brackets; false at the end, or before the bracket that closes. */
static bool next_form(struct text *t, struct text *form)
{
	unsigned depth = 0;
	skip_blank(t);
	if (t->at == t->end || *t->at == ')')
		return false;
	form->at = t->at;
	do {
		if (*t->at == '"') {
			skip_string(t);
		} else if (*t->at == ';') {
			skip_comment(t);
		} else if (*t->at == '(' || *t->at == ')') {
			depth += *t->at == '(' ? 1u : 0u - 1u;
			t->at++;
		} else if (depth) {
			t->at++;
		} else {
			while (t->at < t->end && !isspace((unsigned char)*t->at) && !strchr("()\";", *t->at))
				t->at++;
		}
	} while (depth && t->at < t->end);
	form->end = t->at;
	return true;
}

/* What stands in the brackets of a form. */
static struct text inside(struct text form)
{
	return (struct text){form.at + 1, form.end - (form.end > form.at + 1 && form.end[-1] == ')')};
}

static bool is_list(struct text form)
{
	return *form.at == '(';
}

static bool word_is(struct text form, const char *word)
{
	size_t n = strlen(word);
	return (size_t)(form.end - form.at) == n && memcmp(form.at, word, n) == 0;
}

static const char *plain(struct arena *a, struct text form)
{
	return arena_strndup(a, form.at, (size_t)(form.end - form.at));
}

/* ---- words ---- */

/* Operations of the kernel as those of policies; several come to one word. */
static const struct {
	const char *prefix, *word;
} op_words[] = {
    {"file-read-data", "read"},	       {"file-read*", "read"},		{"file-map-executable", "map as code"},
    {"file-write-create", "create"},   {"file-write-unlink", "delete"}, {"file-write-data", "modify"},
    {"file-ioctl", "ioctl"},	       {"file-link", "link"},		{"process-exec", "exec"},
    {"network-outbound", "connect"},   {"network-bind", "listen"},	{"network-inbound", "listen"},
    {"mach-lookup", "mach"},	       {"signal", "signal"},		{"system-socket", "make sockets"},
    {"file-read-metadata", "look at"}, {"file-read-xattr", "look at"},	{"file-test-existence", "look at"},
    {"file-write-", "change attributes"}, {"ipc-posix-shm-read", "shm read"}, {"ipc-posix-shm-write", "shm write"},
    {"ipc-posix-sem", "sem"},	       {"ipc-sysv-shm", "sysv shm"},	{"ipc-sysv-sem", "sysv sem"},
    {"ipc-sysv-msg", "sysv msg"},      {"iokit-open", "iokit open"},	{"iokit-get-properties", "iokit read"},
    {"iokit-set-properties", "iokit write"}, {"user-preference-read", "preference read"},
    {"user-preference-write", "preference write"}, {"sysctl-write", "sysctl write"}, {"pseudo-tty", "pty"},
    {"process-fork", "make processes"}, {"dynamic-code-generation", "make code"},
};

static const char *op_word(struct arena *a, struct text op)
{
	for (size_t i = 0; i < sizeof(op_words) / sizeof(op_words[0]); i++) {
		size_t n = strlen(op_words[i].prefix);
		if ((size_t)(op.end - op.at) >= n && memcmp(op.at, op_words[i].prefix, n) == 0)
			return op_words[i].word;
	}
	return plain(a, op);
}

static bool holds_word(const char *list, const char *word)
{
	size_t n = strlen(word);
	for (const char *c = list; (c = strstr(c, word)); c++)
		if ((c == list || c[-1] == ' ') && (c[n] == ',' || !c[n]))
			return true;
	return false;
}

static void add_word(struct buf *b, const char *word)
{
	if (!holds_word(buf_str(b), word))
		buf_printf(b, "%s%s", b->len ? ", " : "", word);
}

/* ---- filters ---- */

static void put_filter(struct arena *a, struct buf *b, struct text form);

static void put_each(struct arena *a, struct buf *b, struct text list, const char *between)
{
	struct text form;
	for (bool first = true; next_form(&list, &form); first = false) {
		buf_puts(b, first ? "" : between);
		put_filter(a, b, form);
	}
}

static const struct {
	const char *name, *before, *after;
} filter_words[] = {
    {"subpath", "", " and below"}, {"literal", "", ""},		  {"regex", "what fits ", ""}, {"prefix", "what begins with ", ""},
    {"global-name", "", ""},	   {"remote", "to ", ""},	  {"local", "from ", ""},      {"vnode-type", "of the kind ", ""},
    {"param", "the value of ", ""}, {"string-append", "", ""},	  {"sysctl-name", "", ""},     {"target", "to ", ""},
    {"ipc-posix-name", "", ""},    {"iokit-property", "", ""},	  {"preference-domain", "", ""}, {"iokit-user-client-class", "", ""},
    {"iokit-registry-entry-class", "", ""},
    {"socket-domain", "of ", ""},  {"path-ancestors", "the folders above ", ""},
};

static void put_filter(struct arena *a, struct buf *b, struct text form)
{
	struct text in = is_list(form) ? inside(form) : form, name;
	if (!is_list(form) || !next_form(&in, &name)) {
		buf_puts(b, plain(a, form));
		return;
	}
	if (word_is(name, "require-all")) {
		put_each(a, b, in, ", ");
	} else if (word_is(name, "require-any")) {
		put_each(a, b, in, " or ");
	} else if (word_is(name, "require-not")) {
		buf_puts(b, "but not ");
		put_each(a, b, in, " or ");
	} else {
		size_t i = 0, n = sizeof(filter_words) / sizeof(filter_words[0]);
		while (i < n && !word_is(name, filter_words[i].name))
			i++;
		buf_puts(b, i < n ? filter_words[i].before : arena_printf(a, "%s ", plain(a, name)));
		put_each(a, b, in, " ");
		buf_puts(b, i < n ? filter_words[i].after : "");
	}
}

/* ---- statements ---- */

/* The comment lines right above a statement, or the last of them alone where it names the line of the policy. */
static const char *line_above(struct arena *a, const char *start, const char *at)
{
	const char *text = "", *line = at;
	while (line > start) {
		const char *end = line - 1; /* of the line before */
		for (line = end; line > start && line[-1] != '\n'; line--)
			;
		if (*line != ';')
			break;
		size_t skip = end - line > 1 && line[1] == ' ' ? 2 : 1;
		text = arena_printf(a, "%s%s%s", arena_strndup(a, line + skip, (size_t)(end - line) - skip), text[0] ? "; " : "", text);
		if (strstr(text, ".sbx:"))
			break;
	}
	return text;
}

/* Statements that stand together share what is said above the first. */
static bool stands_apart(const char *start, const char *at)
{
	return at - start < 2 || at[-1] != '\n' || at[-2] == '\n';
}

static void put_rule(struct arena *a, struct explain *x, struct text form, bool allow, const char *above)
{
	struct text in = inside(form), part;
	struct buf ops = buf_new(a), places = buf_new(a);
	next_form(&in, &part); /* allow, deny */
	while (next_form(&in, &part)) {
		if (!is_list(part) && *part.at != '"')
			add_word(&ops, op_word(a, part));
		else if (is_list(part)) {
			buf_puts(&places, places.len ? "; " : "");
			put_filter(a, &places, part);
		}
	}
	if (holds_word(buf_str(&ops), "default"))
		return; /* all that no statement allows */
	if (holds_word(buf_str(&ops), "make sockets"))
		above = "for the lines on the network";
	explain_row(x, arena_printf(a, "%s%s", allow ? "" : "not ", buf_str(&ops)), places.len ? buf_str(&places) : "anything", above, NULL);
}

void explain_seatbelt(struct arena *a, const char *text, size_t size, struct explain *x)
{
	struct text t = {text, text + size}, form;
	const char *above = "";
	while (next_form(&t, &form)) {
		struct text in = inside(form), verb;
		const char *own = line_above(a, text, form.at);
		if (!is_list(form) || !next_form(&in, &verb))
			continue;
		above = own[0] ? own : stands_apart(text, form.at) ? "" : above;
		if (strncmp(above, "base", 4) == 0)
			continue; /* what every profile of ours says: the file itself explains it */
		if (word_is(verb, "if") && next_form(&in, &form) && next_form(&in, &form)) { /* (defined? 'x), then the rule */
			in = inside(form);
			next_form(&in, &verb);
		}
		if (word_is(verb, "allow") || word_is(verb, "deny"))
			put_rule(a, x, form, word_is(verb, "allow"), above);
	}
	explain_note(x, "and what every program needs to start: the lines of seatbelt.sb below `base`");
}
