/*
 * lower_names.c - rules for what only macOS has: Mach services, shared memory, drivers, preferences and the like.
 *
 * A name is allowed or it is not, and an exact filter opens nothing beside it: a deny of the policy takes the allow of
 * the same name away, and needs no rule of its own.
 */
#include <string.h>

#include "seatbelt.h"

/*
 * What the kernel asks for an operation of policies. `later`: older systems do not know the name. No family stands here
 * whose members could gain a rule of their own.
 */
static const struct {
	enum op op;
	const char *object; /* of the rule; NULL: any, which is the filter's text */
	const char *asks, *filter;
	bool later;
} names[] = {
    {OP_MACH, NULL, "mach-lookup", "global-name", false},
    {OP_SHM_READ, NULL, "ipc-posix-shm-read-data", "ipc-posix-name", false},
    {OP_SHM_WRITE, NULL, "ipc-posix-shm-write-create", "ipc-posix-name", true},
    {OP_SHM_WRITE, NULL, "ipc-posix-shm-write-data", "ipc-posix-name", true},
    {OP_SHM_WRITE, NULL, "ipc-posix-shm-write-unlink", "ipc-posix-name", true},
    {OP_SEM, NULL, "ipc-posix-sem*", "ipc-posix-name", false},
    {OP_SYSV, "shm", "ipc-sysv-shm", NULL, false},
    {OP_SYSV, "sem", "ipc-sysv-sem", NULL, false},
    {OP_SYSV, "msg", "ipc-sysv-msg", NULL, false},
    /* A driver is found by the class of its service, and opened by that of its client: a name says either. */
    {OP_IOKIT_OPEN, NULL, "iokit-open-service", "iokit-registry-entry-class", true},
    {OP_IOKIT_OPEN, NULL, "iokit-open", "iokit-user-client-class", false},
    {OP_IOKIT_READ, NULL, "iokit-get-properties", "iokit-property", false},
    {OP_IOKIT_WRITE, NULL, "iokit-set-properties", "iokit-property", false},
    {OP_PREFERENCE_READ, NULL, "user-preference-read", "preference-domain", false},
    {OP_PREFERENCE_WRITE, NULL, "user-preference-write", "preference-domain", false},
    {OP_SYSCTL_WRITE, NULL, "sysctl-write", "sysctl-name", false},
    {OP_PTY, NULL, "pseudo-tty", NULL, false},
};
enum { N_NAMES = sizeof(names) / sizeof(names[0]) };

/* Does a deny take the operation from the name? Rules on one name stand side by side. */
static bool denied(const struct ir *ir, unsigned at, enum op op)
{
	const char *object = ir->rules[at].object;

	while (at > 0 && ir->rules[at - 1].kind == RULE_MACOS && strcmp(ir->rules[at - 1].object, object) == 0)
		at--;
	for (; at < ir->n_rules && ir->rules[at].kind == RULE_MACOS && strcmp(ir->rules[at].object, object) == 0; at++)
		if (ir->rules[at].deny && seatbelt_governs(&ir->rules[at]) && (ir->rules[at].ops & OP_BIT(op)))
			return true;
	return false;
}

/* The rule allows this row, and nothing takes it away. */
static bool opens(const struct ir *ir, unsigned at, size_t row)
{
	const struct ir_rule *r = &ir->rules[at];

	return r->kind == RULE_MACOS && !r->deny && seatbelt_governs(r) && (r->ops & OP_BIT(names[row].op)) &&
	       (!names[row].object || strcmp(names[row].object, r->object) == 0) && !denied(ir, at, names[row].op);
}

static bool same_reason(const struct origin *a, const struct origin *b)
{
	return a == b || (a && b && a->profile == b->profile && a->because == b->because && a->used_at.beg == b->used_at.beg);
}

/* Names that come one after the other for one reason are one rule; there is no other limit to how many it can be. */
enum { NAMES_A_RULE = 32 };
struct group {
	unsigned v[NAMES_A_RULE]; /* rules */
	const struct origin *said[NAMES_A_RULE];
	unsigned n;
};

static void emit_filters(struct emit *e, const struct group *g, size_t row)
{
	for (unsigned i = 0; i < g->n && names[row].filter; i++) {
		const struct ir_rule *r = &e->l->ir->rules[g->v[i]];
		const char *quoted = emit_name_text(e, g->said[i]->loc, r->object);

		if (quoted)
			buf_printf(&e->out, "%s(%s %s)", g->n > 1 ? "\n\t" : " ", names[row].filter, quoted);
	}
}

/* All rows of the operation that fit the object of the group. */
static void emit_group(struct emit *e, const struct group *g, size_t row)
{
	unsigned n_said = 0;
	const struct origin *said[NAMES_A_RULE];

	for (unsigned i = 0; i < g->n; i++)
		if (i == 0 || g->said[i]->loc.beg != said[n_said - 1]->loc.beg)
			said[n_said++] = g->said[i];
	emit_origin_list(e, said, n_said);
	for (size_t k = row; k < N_NAMES && names[k].op == names[row].op; k++) {
		if (!opens(e->l->ir, g->v[0], k))
			continue;
		if (names[k].later)
			buf_printf(&e->out, "(if (defined? '%s) ", names[k].asks);
		buf_printf(&e->out, "(allow %s", names[k].asks);
		emit_filters(e, g, k);
		buf_puts(&e->out, names[k].later ? "))\n" : ")\n");
	}
}

void seatbelt_emit_names(struct emit *e)
{
	const struct ir *ir = e->l->ir;

	for (size_t row = 0; row < N_NAMES; row++) {
		enum op op = names[row].op;
		struct group g = {.n = 0};

		if (row > 0 && names[row - 1].op == op && !names[row].object)
			continue; /* along with the first row of the operation */
		for (unsigned i = 0; i < ir->n_rules; i++) {
			if (!opens(ir, i, row))
				continue;
			if (g.n == NAMES_A_RULE || (g.n && !same_reason(g.said[0], ir->rules[i].origin[op]))) {
				emit_group(e, &g, row);
				g.n = 0;
			}
			g.said[g.n] = ir->rules[i].origin[op];
			g.v[g.n++] = i;
		}
		if (g.n)
			emit_group(e, &g, row);
	}
}
