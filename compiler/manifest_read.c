/*
 * manifest_read.c - reads plan.yaml back.
 */
#include "manifest_read.h"

#include <stdbool.h>
#include <string.h>
#include <yaml.h>

#include "str.h"

enum {
	MAX_FIELDS = 8,	     /* keys of one entry */
	MAX_ENTRIES = 65536, /* of one list */
	MAX_SCALAR = 65536,  /* bytes */
};

/* The keys of the document, in order; `?` before one that may be missing. */
static const char *const heads[] = {"plan", "id", "sbxc", "policy", "version", "about", "edition"};
enum { N_HEADS = sizeof(heads) / sizeof(heads[0]) };

static const struct {
	const char *name;
	bool optional;
	const char *fields[MAX_FIELDS + 1]; /* in order */
} lists[MANIFEST_LISTS] = {
    [LIST_TARGETS] = {"targets", false, {NULL}},
    [LIST_ABIS] = {"abis", true, {NULL}},
    [LIST_BASES] = {"bases", true, {"name", "version", "at"}},
    [LIST_DROPS] = {"drops", true, {"line", "at", "?because"}},
    [LIST_GUARANTEES] =
	{"guarantees", false, {"name", "target", "level", "is", "?mechanism", "?note", "?at", "?because"}},
    [LIST_CAVEATS] = {"caveats", false, {"id", "level", "note", "?accepted", "?because"}},
    [LIST_LIMITS] = {"limits", false, {"name", "target", "?param", "value", "unit", "?at", "?because"}},
    [LIST_PARAMS] = {"load-time-params", false, {"name", "type", "?default", "?about"}},
    [LIST_SET] = {"set", false, {"name", "value"}},
    [LIST_SYSCALLS] = {"syscalls", true, {"name", "is", "?by", "at"}},
    [LIST_INPUTS] = {"inputs", false, {"name", "sha256"}},
    [LIST_OUTPUTS] = {"outputs", false, {"name", "bytes", "sha256"}},
};

struct entry {
	const char *v[MAX_FIELDS]; /* by the order of its list's fields; of a word: v[0] */
};

struct manifest {
	const char *head[N_HEADS];
	const char *entry;
	struct {
		struct entry *v;
		unsigned n;
	} list[MANIFEST_LISTS];
};

struct reading {
	struct arena *arena;
	yaml_parser_t parser;
	yaml_event_t event; /* the next one, not taken yet */
	bool has_event;
	struct manifest *m;
	const char *error;
};

static bool fail(struct reading *r, const char *what, const char *word)
{
	size_t line = r->has_event ? r->event.start_mark.line : r->parser.problem_mark.line;
	if (!r->error)
		r->error = arena_printf(r->arena, "plan.yaml:%zu: %s%s%.60s%s", line + 1, what, word ? " `" : "",
					word ? word : "", word ? "`" : "");
	return false;
}

/* ---- events ---- */

static bool peek(struct reading *r)
{
	if (r->has_event)
		return true;
	if (!yaml_parser_parse(&r->parser, &r->event))
		return fail(r, r->parser.problem ? r->parser.problem : "it is no YAML", NULL);
	r->has_event = true;
	return true;
}

static bool next_is(struct reading *r, yaml_event_type_t type)
{
	return peek(r) && r->event.type == type;
}

static void drop(struct reading *r)
{
	yaml_event_delete(&r->event);
	r->has_event = false;
}

static bool take(struct reading *r, yaml_event_type_t type, const char *what)
{
	if (!next_is(r, type))
		return fail(r, what, NULL);
	bool tagged = (type == YAML_MAPPING_START_EVENT && (r->event.data.mapping_start.anchor || r->event.data.mapping_start.tag)) ||
		      (type == YAML_SEQUENCE_START_EVENT &&
		       (r->event.data.sequence_start.anchor || r->event.data.sequence_start.tag));
	if (tagged)
		return fail(r, "an anchor or a tag", NULL);
	drop(r);
	return true;
}

/* The next scalar; NULL after a complaint. */
static const char *take_scalar(struct reading *r)
{
	if (!next_is(r, YAML_SCALAR_EVENT))
		return fail(r, "a word or text was expected", NULL), NULL;
	const char *text = (const char *)r->event.data.scalar.value;
	size_t n = r->event.data.scalar.length;
	if (r->event.data.scalar.anchor || r->event.data.scalar.tag)
		return fail(r, "an anchor or a tag", NULL), NULL;
	if (n > MAX_SCALAR || strlen(text) != n)
		return fail(r, "a text that is too long or holds a NUL", NULL), NULL;
	const char *copy = text_shown(r->arena, text, n); /* people read it: nothing of it may drive their terminal */
	drop(r);
	return copy;
}

/* Is the next scalar this key? Takes it then. */
static bool take_key(struct reading *r, const char *key)
{
	if (!next_is(r, YAML_SCALAR_EVENT) || strcmp((const char *)r->event.data.scalar.value, key) != 0)
		return false;
	return take_scalar(r) != NULL;
}

/* ---- the document ---- */

static bool is_word(const char *s)
{
	size_t n = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");
	return n && !s[n];
}

/* Readers put names into a policy of their own, and show a dropped line without its first word. */
static bool check_next(struct reading *r, enum manifest_list l, unsigned field)
{
	unsigned names = l == LIST_TARGETS || l == LIST_ABIS ? 1 : l == LIST_PARAMS ? 2 : 0;
	if (!next_is(r, YAML_SCALAR_EVENT))
		return true;
	const char *text = (const char *)r->event.data.scalar.value;
	if (field < names && !is_word(text))
		return fail(r, "a name was expected", NULL);
	if (l == LIST_DROPS && field == 0 && strncmp(text, "drop ", strlen("drop ")) != 0)
		return fail(r, "a line that begins with `drop` was expected", NULL);
	return true;
}

static bool read_entry(struct reading *r, enum manifest_list l, struct entry *e)
{
	if (!lists[l].fields[0])
		return check_next(r, l, 0) && (e->v[0] = take_scalar(r)) != NULL;
	if (!take(r, YAML_MAPPING_START_EVENT, "an entry was expected"))
		return false;
	for (unsigned f = 0; f < MAX_FIELDS && lists[l].fields[f]; f++) {
		bool optional = lists[l].fields[f][0] == '?';
		const char *key = lists[l].fields[f] + optional;
		if (take_key(r, key)) {
			if (!check_next(r, l, f) || !(e->v[f] = take_scalar(r)))
				return false;
		} else if (r->error || !optional) {
			return fail(r, "a key is missing or not in its place", key);
		}
	}
	if (next_is(r, YAML_SCALAR_EVENT))
		return fail(r, "an unknown or misplaced key", (const char *)r->event.data.scalar.value);
	return take(r, YAML_MAPPING_END_EVENT, "the end of the entry was expected");
}

static bool read_list(struct reading *r, enum manifest_list l)
{
	struct manifest *m = r->m;
	if (!take_key(r, lists[l].name))
		return r->error || !lists[l].optional ? fail(r, "a key is missing or not in its place", lists[l].name) : true;
	if (!take(r, YAML_SEQUENCE_START_EVENT, "a list was expected"))
		return false;
	while (!next_is(r, YAML_SEQUENCE_END_EVENT)) {
		struct entry e = {{NULL}};
		if (r->error || !read_entry(r, l, &e))
			return false;
		if (m->list[l].n == MAX_ENTRIES)
			return fail(r, "too many entries", NULL);
		ARENA_GROW(r->arena, m->list[l].v, m->list[l].n);
		m->list[l].v[m->list[l].n++] = e;
	}
	drop(r);
	return true;
}

static bool read_document(struct reading *r)
{
	struct manifest *m = r->m;
	if (!take(r, YAML_STREAM_START_EVENT, "a document was expected") ||
	    !take(r, YAML_DOCUMENT_START_EVENT, "a document was expected") ||
	    !take(r, YAML_MAPPING_START_EVENT, "a mapping was expected"))
		return false;
	for (unsigned i = 0; i < N_HEADS; i++) {
		if (!take_key(r, heads[i]))
			return fail(r, "a key is missing or not in its place", heads[i]);
		if (!(m->head[i] = take_scalar(r)))
			return false;
	}
	if (strcmp(m->head[0], "1") != 0)
		return fail(r, "a plan of another version", m->head[0]);
	if (!read_list(r, LIST_TARGETS) || !read_list(r, LIST_ABIS) || (take_key(r, "entry") && !(m->entry = take_scalar(r))))
		return false;
	for (unsigned l = LIST_BASES; l < MANIFEST_LISTS; l++)
		if (r->error || !read_list(r, (enum manifest_list)l))
			return false;
	if (next_is(r, YAML_SCALAR_EVENT))
		return fail(r, "an unknown or misplaced key", (const char *)r->event.data.scalar.value);
	return take(r, YAML_MAPPING_END_EVENT, "the end was expected") &&
	       take(r, YAML_DOCUMENT_END_EVENT, "the end was expected") &&
	       take(r, YAML_STREAM_END_EVENT, "a second document");
}

const struct manifest *manifest_read(struct arena *a, const char *text, size_t size, const char **error)
{
	struct reading r = {.arena = a, .m = ARENA_NEW(a, struct manifest)};
	if (!yaml_parser_initialize(&r.parser))
		out_of_memory();
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)text, size);
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	bool ok = read_document(&r);
	if (r.has_event)
		yaml_event_delete(&r.event);
	if (r.parser.error == YAML_MEMORY_ERROR)
		out_of_memory();
	yaml_parser_delete(&r.parser);
	*error = r.error;
	return ok ? r.m : NULL;
}

/* ---- what it says ---- */

const char *manifest_head(const struct manifest *m, const char *key)
{
	if (strcmp(key, "entry") == 0)
		return m->entry;
	for (unsigned i = 0; i < N_HEADS; i++)
		if (strcmp(heads[i], key) == 0)
			return m->head[i];
	return NULL;
}

unsigned manifest_count(const struct manifest *m, enum manifest_list l)
{
	return m->list[l].n;
}

const char *manifest_get(const struct manifest *m, enum manifest_list l, unsigned i, const char *key)
{
	if (!lists[l].fields[0])
		return m->list[l].v[i].v[0];
	for (unsigned f = 0; f < MAX_FIELDS && lists[l].fields[f]; f++)
		if (strcmp(lists[l].fields[f] + (lists[l].fields[f][0] == '?'), key) == 0)
			return m->list[l].v[i].v[f];
	return NULL;
}
