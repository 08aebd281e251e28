/*
 * lint_places.c - grants that reach places everybody knows: secrets, start files of other programs, raw devices,
 * sockets with power, shared directories.
 */
#include <string.h>

#include "lint_priv.h"

/* The path to ask about: something in a directory, or the file itself. */
static const char *inside(const struct lint *l, const char *place)
{
	size_t n = strlen(place);
	if (place[0] == '@')
		return place;
	return lint_path(l, place[n - 1] == '/' ? arena_printf(l->arena, "%s_x", place) : place);
}

static const char *shown(const struct lint *l, const char *place)
{
	size_t n = strlen(place);
	return arena_strndup(l->arena, place, place[n - 1] == '/' ? n - 1 : n);
}

/* Collects the places of a kind by the line that gives one of the operations there. */
static struct lint_finds find(const struct lint *l, enum lint_place kind, uint32_t ops)
{
	struct lint_finds f = {0};
	const char *place;
	for (unsigned i = 0; (place = lint_place_nth(kind, i)); i++) {
		const struct origin *at = NULL;
		for (unsigned op = 0; op < OP_COUNT && !at; op++)
			if (ops & OP_BIT(op))
				at = lint_gives(l, TARGETS_ALL, (enum op)op, inside(l, place));
		if (lint_asks(l, at))
			lint_find(l, &f, at, shown(l, place));
	}
	return f;
}

/* What lint_paths.c has called wide is not told by its parts again. */
static void secrets(const struct lint *l)
{
	struct lint_finds f = find(l, PLACE_SECRET, OP_BIT(OP_READ));
	for (unsigned i = 0; i < f.n; i++) {
		if (diag_seen(l->diags, DIAG_WIDE_GRANT, f.v[i].at->loc))
			continue;
		struct diag_rec *rec =
		    diag(l->diags, DIAG_SECRET_READ, f.v[i].at->loc, "%s can be read", buf_str(&f.v[i].words));
		diag_help(rec, "leave it out with `except`, or say why it is needed: `because \"...\"`");
	}
}

static void outside(const struct lint *l)
{
	struct lint_finds f = find(l, PLACE_OUTSIDE, LINT_OPS_WRITE);
	for (unsigned i = 0; i < f.n; i++) {
		if (diag_seen(l->diags, DIAG_WIDE_GRANT, f.v[i].at->loc))
			continue;
		struct diag_rec *rec =
		    diag(l->diags, DIAG_OUTSIDE_WRITE, f.v[i].at->loc, "%s can be written", buf_str(&f.v[i].words));
		diag_note(rec, "programs outside of the sandbox start from there, or read it when they start");
		diag_help(rec, "leave it out with `except`, or say why it is needed: `because \"...\"`");
	}
}

static void devices(const struct lint *l)
{
	struct lint_finds f = find(l, PLACE_DEVICE, OP_BIT(OP_READ) | OP_BIT(OP_MODIFY) | OP_BIT(OP_IOCTL));
	for (unsigned i = 0; i < f.n; i++) {
		if (diag_seen(l->diags, DIAG_WIDE_GRANT, f.v[i].at->loc))
			continue;
		struct diag_rec *rec = diag(l->diags, DIAG_RAW_DEVICE, f.v[i].at->loc, "%s can be opened", buf_str(&f.v[i].words));
		diag_note(rec, "who may open such a device is left to the host alone");
		diag_help(rec, "name the devices that are needed, or say why: add `because \"...\"`");
	}
}

static void sockets(const struct lint *l)
{
	struct lint_finds f = find(l, PLACE_SOCKET, OP_BIT(OP_CONNECT_UNIX));
	for (unsigned i = 0; i < f.n; i++) {
		struct diag_rec *rec = diag(l->diags, DIAG_AUTHORITY_SOCKET, f.v[i].at->loc,
					    "whoever listens on %s acts outside of the sandbox for the program",
					    buf_str(&f.v[i].words));
		diag_help(rec, "leave it out, or say why it is needed: `because \"...\"`");
	}
}

/* Is it a scratch or mounted place? Then the host's of that name is another. */
static bool placed(const struct lint *l, const char *object)
{
	const struct ir_around *a = &l->ir->around;
	for (unsigned i = 0; i < a->n_places; i++)
		if (strcmp(a->places[i].at, object) == 0)
			return true;
	return false;
}

/* A grant of the directory itself; one of a place in it is what people should write. */
static void shared(const struct lint *l)
{
	for (unsigned i = 0; i < l->ir->n_rules; i++) {
		const struct ir_rule *r = &l->ir->rules[i];
		const struct origin *at = lint_line(r, OP_BIT(OP_CREATE) | OP_BIT(OP_MODIFY));
		if (r->kind != RULE_PATH || r->deny || !lint_asks(l, at) || placed(l, r->object))
			continue;
		const char *path = lint_path(l, r->object), *place;
		for (unsigned k = 0; path && (place = lint_place_nth(PLACE_SHARED, k)); k++) {
			if (strcmp(lint_path(l, shown(l, place)), path) != 0)
				continue;
			struct diag_rec *rec = diag(l->diags, DIAG_SHARED_DIR, at->loc,
						    "every program of the host can write to this directory too");
			diag_help(rec, "give a directory of its own: `\"%s/NAME\" make-dir`", shown(l, place));
			break;
		}
	}
}

void lint_places(const struct lint *l)
{
	secrets(l);
	outside(l);
	devices(l);
	sockets(l);
	shared(l);
}
