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

static bool is_brought(const struct ir_rule *r, const struct ir_place *p)
{
	return r->kind == RULE_PATH && !r->deny && !r->flags && !r->n_holes && r->targets == TARGET_BIT(TARGET_LINUX) &&
	       strcmp(r->object, p->at) == 0;
}

/* The operations that no other line says of the place. */
static uint32_t own_ops(const struct ir *ir, const struct ir_place *p)
{
	uint32_t own = 0;
	for (unsigned i = 0; i < ir->n_rules; i++)
		for (unsigned op = 0; is_brought(&ir->rules[i], p) && op < OP_COUNT; op++)
			own |= ir->rules[i].origin[op] == p->origin ? OP_BIT(op) : 0;
	return own;
}

/*
 * What may be done at a place is a rule that the same line brings. Where other lines say all the same of it they are one
 * rule, which is then what the place is for.
 */
static uint32_t ops_of(const struct ir *ir, const struct ir_place *p)
{
	uint32_t own = own_ops(ir, p), all = 0;
	for (unsigned i = 0; i < ir->n_rules; i++)
		all |= is_brought(&ir->rules[i], p) ? ir->rules[i].ops : 0;
	return own ? own : all;
}

bool say_from_place(const struct ir *ir, const struct ir_rule *r, enum op op)
{
	const uint32_t scratch =
	    OP_BIT(OP_READ) | OP_BIT(OP_LIST) | OP_BIT(OP_MODIFY) | OP_BIT(OP_CREATE) | OP_BIT(OP_DELETE);
	for (unsigned i = 0; i < ir->around.n_places; i++) {
		const struct ir_place *p = &ir->around.places[i];
		uint32_t said = p->kind == PLACE_SCRATCH ? scratch : ops_of(ir, p);
		if (is_brought(r, p) && (said & OP_BIT(op)))
			return true;
	}
	return false;
}

static void add_places(struct lines *l, const struct ir *ir)
{
	struct arena *a = l->arena;
	for (unsigned i = 0; i < ir->around.n_places; i++) {
		const struct ir_place *p = &ir->around.places[i];
		if (p->kind == PLACE_MOUNT)
			add(l, arena_printf(a, "mount %s at %s %s", say_template(a, p->source), say_template(a, p->at),
					    say_ops(a, ops_of(ir, p))), p->origin);
		else
			add(l, arena_printf(a, "scratch %s size %s", say_template(a, p->at), say_number_of(a, TYPE_SIZE, p->size, p->size_param)),
			    p->origin);
	}
}

static void add_linux(struct lines *l, const struct ir *ir)
{
	struct arena *a = l->arena;
	add_places(l, ir);
	if (ir->around.discard_origin)
		add(l, arena_printf(a, "discard size %s", say_number_of(a, TYPE_SIZE, ir->around.discard_size, ir->around.discard_param)),
		    ir->around.discard_origin);
}

static void add_names(struct lines *l, const struct ir *ir)
{
	struct arena *a = l->arena;
	if (ir->around.hostname)
		add(l, arena_printf(a, "hostname %s", say_string(a, ir->around.hostname)), ir->around.hostname_origin);
	if (ir->around.user_set)
		add(l, arena_printf(a, "user %s", say_number_of(a, TYPE_NUMBER, ir->around.user, ir->around.user_param)), ir->around.user_origin);
}

unsigned say_around(struct arena *a, const struct ir *ir, enum target t, struct said_line **out)
{
	const struct ir_directory *directory = &ir->around.directory[t];
	struct lines l = {.arena = a};
	for (unsigned c = 0; c < CHOICE_COUNT; c++)
		if (ir->choice[t][c].origin)
			add(&l, arena_printf(a, "%s %s", choice_setting[c], choice_word[c][ir->choice[t][c].value]),
			    ir->choice[t][c].origin);
	if (t == TARGET_LINUX)
		add_linux(&l, ir);
	if (directory->path)
		add(&l, arena_printf(a, "directory %s", say_template(a, directory->path)), directory->origin);
	if (t == TARGET_LINUX)
		add_names(&l, ir);
	*out = l.v;
	return l.n;
}
