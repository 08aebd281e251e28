/*
 * say_around.c - what a policy says of the program's surroundings, as the lines that say it.
 */
#include <string.h>

#include "say.h"
#include "str.h"

struct lines {
	struct arena *arena;
	struct said_line *v;
	unsigned n;
};

static void add(struct lines *l, const char *text, const struct origin *o)
{
	ARENA_GROW(l->arena, l->v, l->n);
	l->v[l->n++] = (struct said_line){text, o};
}

/* What may be done at a place is a rule that the same line brings. */
static uint32_t ops_of(const struct ir *ir, const struct origin *o)
{
	uint32_t ops = 0;
	for (unsigned i = 0; i < ir->n_rules; i++)
		for (unsigned op = 0; op < OP_COUNT; op++)
			if (ir->rules[i].origin[op] == o)
				ops |= OP_BIT(op);
	return ops;
}

static void add_places(struct lines *l, const struct ir *ir)
{
	struct arena *a = l->arena;
	for (unsigned i = 0; i < ir->around.n_places; i++) {
		const struct ir_place *p = &ir->around.places[i];
		if (p->kind == PLACE_MOUNT)
			add(l, arena_printf(a, "mount %s at %s %s", say_template(a, p->source), say_template(a, p->at),
					    say_ops(a, ops_of(ir, p->origin))), p->origin);
		else
			add(l, arena_printf(a, "scratch %s size %s", say_template(a, p->at), say_value(a, TYPE_SIZE, p->size)),
			    p->origin);
	}
}

unsigned say_around(struct arena *a, const struct ir *ir, struct said_line **out)
{
	struct lines l = {.arena = a};
	for (unsigned c = 0; c < CHOICE_COUNT; c++)
		if (ir->choice[c].origin)
			add(&l, arena_printf(a, "%s %s", choice_setting[c], choice_word[c][ir->choice[c].value]),
			    ir->choice[c].origin);
	add_places(&l, ir);
	if (ir->around.directory)
		add(&l, arena_printf(a, "directory %s", say_template(a, ir->around.directory)), ir->around.directory_origin);
	if (ir->around.hostname)
		add(&l, arena_printf(a, "hostname %s", say_string(a, ir->around.hostname)), ir->around.hostname_origin);
	if (ir->around.user_set)
		add(&l, arena_printf(a, "user %u", ir->around.user), ir->around.user_origin);
	*out = l.v;
	return l.n;
}

bool say_is_place(const struct ir *ir, const struct origin *o)
{
	for (unsigned i = 0; o && i < ir->around.n_places; i++)
		if (ir->around.places[i].origin == o)
			return true;
	return false;
}
