/*
 * why_plan.c - the lines of a plan's files that an answer rests on, and what is near them: of places and ports, from
 * landlock.conf. The models decide; this only finds what to show.
 */
#include <string.h>

#include "say.h"
#include "str.h"
#include "why.h"

/* A right of landlock.conf that each operation needs; the others of the operation come with it. */
static const char *const right_of[OP_COUNT] = {
    [OP_READ] = "read_file",	      [OP_LIST] = "read_dir",		   [OP_MODIFY] = "write_file",
    [OP_CREATE] = "make_reg",	      [OP_DELETE] = "remove_file",	   [OP_EXEC] = "execute",
    [OP_IOCTL] = "ioctl_dev",	      [OP_CONNECT_UNIX] = "resolve_unix",  [OP_CONNECT_TCP] = "connect_tcp",
    [OP_LISTEN_TCP] = "bind_tcp",     [OP_CONNECT_UDP] = "connect_send_udp", [OP_LISTEN_UDP] = "bind_udp",
};

/* Which word of a line holds what; the place is the rest of the line, the port a word. */
static const struct shape {
	const char *word;
	unsigned rights, where, object;
	bool port;
} shapes[] = {
    {"entry", 1, 2, 3, false},
    {"path", 3, 4, 5, false},
    {"port", 1, 3, 2, true},
};

struct line {
	const char *text, *rights, *where, *object;
	bool port;
};

static bool has_word(const char *list, const char *word)
{
	size_t n = strlen(word);
	for (const char *c = list; (c = strstr(c, word)); c++)
		if ((c == list || c[-1] == ',') && (c[n] == ',' || !c[n]))
			return true;
	return false;
}

/* Word i of the text, or (rest) all from it on. */
static const char *word(struct arena *a, const char *text, unsigned i, bool rest)
{
	for (; i && (text = strchr(text, ' ')); i--)
		text++;
	return !text ? "" : rest ? text : arena_strndup(a, text, strcspn(text, " "));
}

static bool read_line(struct arena *a, const char *text, struct line *out)
{
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		const struct shape *s = &shapes[i];
		if (strcmp(word(a, text, 0, false), s->word) != 0)
			continue;
		*out = (struct line){.text = text,
				     .rights = word(a, text, s->rights, false),
				     .where = say_where(a, word(a, text, s->where, false)),
				     .object = word(a, text, s->object, !s->port),
				     .port = s->port};
		return true;
	}
	return false;
}

/* The value of the line's place or port for this request; NULL when it has none. */
static const char *value_of(const struct why *w, const struct line *l, const struct request *r)
{
	return expand_template(w->arena, w->k->ir, l->object, r->given, r->n_given);
}

static bool speaks_of(const struct why *w, const struct line *l, const struct request *r)
{
	const char *value = value_of(w, l, r);
	bool inet = strcmp(right_of[r->op] + strlen(right_of[r->op]) - 3, "tcp") == 0 || strstr(right_of[r->op], "udp");
	uint64_t port;
	if (!value || l->port != inet)
		return false;
	if (l->port)
		return parse_u64(value, strlen(value), UINT16_MAX, &port) && port == r->port;
	return r->object && value[0] == '/' && path_covers(value, r->object);
}

/* Components that two paths have in common, from the root. */
static unsigned common(const char *x, const char *y)
{
	unsigned n = 0;
	for (size_t i = 0; x[i] && x[i] == y[i]; i++)
		n += (x[i] == '/' && i) || ((!x[i + 1] || x[i + 1] == '/') && (!y[i + 1] || y[i + 1] == '/'));
	return n;
}

struct why_lines why_plan_lines(const struct why *w, const struct why_answer *a)
{
	const struct artifact *f = w->plan ? plan_file(&w->plan->files, "landlock.conf") : NULL;
	struct why_lines out = {.n = 0};
	const struct request *r = a->example;
	unsigned best = 0;
	if (!f || r->op >= OP_COUNT || !right_of[r->op])
		return out;
	for (const char *at = f->data, *end = at + f->size, *stop; at < end; at = stop + 1) {
		struct line l;
		stop = memchr(at, '\n', (size_t)(end - at));
		stop = stop ? stop : end;
		if (!read_line(w->arena, arena_strndup(w->arena, at, (size_t)(stop - at)), &l))
			continue;
		bool gives = has_word(l.rights, right_of[r->op]);
		if (speaks_of(w, &l, r) && out.n < WHY_MAX_LINES)
			out.v[out.n++] = (struct why_line){.text = l.text, .where = l.where, .gives = gives};
		const char *value = gives && !l.port && r->object ? value_of(w, &l, r) : NULL;
		unsigned near = value && value[0] == '/' ? common(value, r->object) : 0;
		if (near > best) {
			best = near;
			out.nearest = arena_printf(w->arena, "%s %s", op_name[r->op], value);
			out.nearest_where = l.where;
		}
	}
	return out;
}

const char *why_plan_caveat(const struct why *w, const struct why_answer *a, enum target t, unsigned i)
{
	const struct manifest *m = w->plan ? w->plan->manifest : NULL;
	unsigned n;
	const enum cap *caps = validator_caps(a->example->op, &n);
	for (unsigned c = 0; m && c < n; c++)
		for (unsigned k = 0; k < manifest_count(m, LIST_CAVEATS); k++) {
			const char *id = manifest_get(m, LIST_CAVEATS, k, "id");
			if (strcmp(id, arena_printf(w->arena, "%s@%s", cap_name[caps[c]], target_name[t])) == 0 && i-- == 0)
				return arena_printf(w->arena, "%s: %s", id, manifest_get(m, LIST_CAVEATS, k, "note"));
		}
	return NULL;
}
