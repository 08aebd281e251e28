/*
 * around.c - the lines of what the program finds around it: the tree it sees, its name and number, where it starts, its
 * terminal.
 */
#include <string.h>

#include "launch.h"

enum {
	WRITE_OPS = OP_BIT(OP_MODIFY) | OP_BIT(OP_CREATE) | OP_BIT(OP_DELETE),
};

static void write_choice(struct lower *l, struct buf *b, enum target t, enum choice c)
{
	const struct ir_choice *choice = &l->ir->choice[t][c];
	if (choice->value)
		buf_printf(b, "%s %s\n", choice_setting[c], choice_word[c][choice->value]);
}

void launch_write_view(struct lower *l, struct buf *b)
{
	const struct ir_around *around = &l->ir->around;
	write_choice(l, b, TARGET_LINUX, CHOICE_ROOT);
	if (around->hostname)
		buf_printf(b, "hostname %s\n", around->hostname);
}

void launch_write_user(struct lower *l, struct buf *b)
{
	const struct ir_around *around = &l->ir->around;
	if (!around->user_set)
		return;
	buf_puts(b, "user ");
	launch_put_number(b, around->user, around->user_param);
	buf_putc(b, '\n');
}

/* Every rule counts (S1): what another line lets be written is written, however it came there. */
static bool written(const struct lower *l, const char *at)
{
	const char *real = expand_template(l->arena, l->ir, at, NULL, 0);
	for (unsigned i = 0; i < l->ir->n_rules; i++) {
		const struct ir_rule *r = &l->ir->rules[i];
		if (r->kind != RULE_PATH || r->deny || !(r->ops & WRITE_OPS) ||
		    !(r->targets & TARGET_BIT(TARGET_LINUX)))
			continue;
		const char *root = expand_template(l->arena, l->ir, r->object, NULL, 0);
		if (path_covers(r->object, at) || (real && root && path_covers(root, real)))
			return true;
	}
	return false;
}

static bool end_place(struct lower *l, struct buf *b, size_t beg, const char *at,
		      const struct origin *o)
{
	launch_put_where(l, b, o);
	buf_printf(b, " %s\n", at);
	return launch_end_line(l, b, beg, o->loc);
}

static bool write_kind(struct lower *l, struct buf *b, int kind)
{
	const struct ir_around *around = &l->ir->around;
	bool ok = true;
	for (unsigned i = 0; i < around->n_places; i++) {
		const struct ir_place *p = &around->places[i];
		size_t beg = b->len;
		if ((int)p->kind != kind)
			continue;
		if (p->kind == PLACE_MOUNT) {
			buf_printf(b, "mount %s ", written(l, p->at) ? "rw" : "ro");
			for (const char *c = p->source; *c; c++)
				buf_puts(b, *c == ' ' ? "\\x20" : (char[]){*c, '\0'});
			buf_putc(b, ' ');
		} else {
			buf_puts(b, "scratch ");
			launch_put_number(b, p->size, p->size_param);
			buf_putc(b, ' ');
		}
		ok = end_place(l, b, beg, p->at, p->origin) && ok;
	}
	return ok;
}

static bool write_discards(struct lower *l, struct buf *b)
{
	const char *last = NULL;
	bool ok = true;
	for (unsigned i = 0; i < l->ir->n_rules; i++) {
		const struct ir_rule *r = &l->ir->rules[i];
		size_t beg = b->len;
		if (!(r->flags & RULE_DISCARD) || r->deny ||
		    !(r->targets & TARGET_BIT(TARGET_LINUX)) || (last && !strcmp(last, r->object)))
			continue;
		last = r->object;
		buf_puts(b, "discard ");
		launch_put_number(b, l->ir->around.discard_size, l->ir->around.discard_param);
		buf_putc(b, ' ');
		ok = end_place(l, b, beg, r->object, r->origin[__builtin_ctz(r->ops)]) && ok;
	}
	return ok;
}

/* The number of lines that put something at a place. */
static bool few_enough(struct lower *l)
{
	unsigned n = l->ir->around.n_places;
	for (unsigned i = 0; i < l->ir->n_rules; i++)
		n += (l->ir->rules[i].flags & RULE_DISCARD) != 0;
	if (n <= PLAN_MAX_PLACES)
		return true;
	diag(l->diags, DIAG_TOO_LARGE, l->ir->loc,
	     "%u places are mounted, scratch or discarded, and a plan holds %d", n,
	     PLAN_MAX_PLACES);
	return false;
}

bool launch_write_directory(struct lower *l, struct buf *b, enum target t)
{
	const struct ir_directory *directory = &l->ir->around.directory[t];
	size_t beg = b->len;
	if (!directory->path)
		return true;
	buf_puts(b, "directory ");
	return end_place(l, b, beg, directory->path, directory->origin);
}

bool launch_write_places(struct lower *l, struct buf *b)
{
	bool ok = few_enough(l);
	ok = write_kind(l, b, PLACE_MOUNT) && ok;
	ok = write_kind(l, b, PLACE_SCRATCH) && ok;
	return write_discards(l, b) && ok;
}

void launch_write_stdio(struct lower *l, struct buf *b, enum target t)
{
	write_choice(l, b, t, CHOICE_STDIN);
	write_choice(l, b, t, CHOICE_TERMINAL);
	write_choice(l, b, t, CHOICE_OBSERVE);
}
