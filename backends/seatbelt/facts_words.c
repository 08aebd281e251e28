/*
 * facts_words.c - the questions of the kernel that no request is put as.
 *
 * A word of the policy stands for several questions; the comparison puts one of them, and the others must have its answer, at
 * every place or name that a rule speaks of. And a policy's rules speak of nothing that no word means.
 */
#include <stdlib.h>
#include <string.h>

#include "../../compiler/str.h"
#include "sbpl_witness.h"
#include "seatbelt.h"

/* What the word is asked as, and what goes with it: allowed where the first is, and nowhere else. */
static const struct {
	enum sbpl_op asked, with;
	enum { ALIKE, OR_BASE, NEEDS } how; /* the base may open it too; only where the first is, but perhaps not there either */
} words[] = {
    /* of any kind of file where of plain files */
    {SBPL_FILE_WRITE_DATA, SBPL_FILE_WRITE_DATA, NEEDS},
    {SBPL_FILE_WRITE_CREATE, SBPL_FILE_WRITE_CREATE, NEEDS},
    {SBPL_FILE_WRITE_UNLINK, SBPL_FILE_WRITE_UNLINK, NEEDS},
    {SBPL_FILE_READ_DATA, SBPL_FILE_READ_XATTR, ALIKE},
    {SBPL_FILE_WRITE_DATA, SBPL_FILE_WRITE_FLAGS, ALIKE},
    {SBPL_FILE_WRITE_DATA, SBPL_FILE_WRITE_MODE, ALIKE},
    {SBPL_FILE_WRITE_DATA, SBPL_FILE_WRITE_OWNER, ALIKE},
    {SBPL_FILE_WRITE_DATA, SBPL_FILE_WRITE_TIMES, ALIKE},
    {SBPL_FILE_WRITE_DATA, SBPL_FILE_WRITE_XATTR, ALIKE},
    {SBPL_FILE_READ_DATA, SBPL_FILE_LINK, NEEDS},
    {SBPL_FILE_WRITE_DATA, SBPL_FILE_LINK, NEEDS},
    {SBPL_PROCESS_EXEC, SBPL_FILE_MAP_EXECUTABLE, OR_BASE},
    {SBPL_PROCESS_EXEC, SBPL_PROCESS_EXEC_INTERPRETER, ALIKE},
    {SBPL_NETWORK_BIND, SBPL_NETWORK_INBOUND, ALIKE},
    {SBPL_IPC_POSIX_SHM_WRITE_DATA, SBPL_IPC_POSIX_SHM_WRITE_CREATE, ALIKE},
    {SBPL_IPC_POSIX_SHM_WRITE_DATA, SBPL_IPC_POSIX_SHM_WRITE_UNLINK, ALIKE},
    {SBPL_IPC_POSIX_SEM_OPEN, SBPL_IPC_POSIX_SEM_CREATE, ALIKE},
    {SBPL_IPC_POSIX_SEM_OPEN, SBPL_IPC_POSIX_SEM_POST, ALIKE},
    {SBPL_IPC_POSIX_SEM_OPEN, SBPL_IPC_POSIX_SEM_UNLINK, ALIKE},
    {SBPL_IPC_POSIX_SEM_OPEN, SBPL_IPC_POSIX_SEM_WAIT, ALIKE},
    {SBPL_IOKIT_OPEN_USER_CLIENT, SBPL_IOKIT_OPEN_SERVICE, ALIKE},
};
enum { N_WORDS = sizeof(words) / sizeof(words[0]) };

/* What a policy can open beside these: the other questions of words, and what the rest of facts.c and the folders above are. */
static const enum sbpl_op others[] = {
    SBPL_FILE_READ_METADATA, SBPL_FILE_IOCTL,	     SBPL_MACH_LOOKUP,
    SBPL_SIGNAL,	     SBPL_NETWORK_OUTBOUND,  SBPL_SYSTEM_SOCKET,     SBPL_IPC_POSIX_SHM_READ_DATA, SBPL_IPC_SYSV_SHM,
    SBPL_IPC_SYSV_SEM,	     SBPL_IPC_SYSV_MSG,	     SBPL_IOKIT_GET_PROPERTIES, SBPL_IOKIT_SET_PROPERTIES, SBPL_USER_PREFERENCE_READ,
    SBPL_USER_PREFERENCE_WRITE, SBPL_SYSCTL_WRITE, SBPL_PSEUDO_TTY,
};

struct looking {
	const struct sbpl_profile *profile, *base;
	const struct ir *ir;
	struct arena *a;
	const char **difference;
	struct placed { /* what lines give, by place */
		const char *path;	    /* first: sorted_first() */
		const struct ir_rule *rule; /* NULL: the program that is started */
	} *placed;
	unsigned n_placed;
};

static bool is_meant(enum sbpl_op op)
{
	for (size_t i = 0; i < N_WORDS; i++)
		if (words[i].asked == op || words[i].with == op)
			return true;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (others[i] == op)
			return true;
	return false;
}

/* Is it decided by rules on the other, where it has none of its own? */
static bool reaches(enum sbpl_op rule, enum sbpl_op op)
{
	return op == rule || (sbpl_below(op, rule) && sbpl_ops[op].own == OWN_INHERIT);
}

/* An operation that rules on the family decide, and no word means; SBPL_OP_COUNT: there is none. */
static enum sbpl_op unmeant(enum sbpl_op family)
{
	unsigned op = 0;

	while (op < SBPL_OP_COUNT && !(sbpl_ops[op].asked && reaches(family, (enum sbpl_op)op) && !is_meant((enum sbpl_op)op)))
		op++;
	return (enum sbpl_op)op;
}

/* No rule of the policy opens what none of its words means. */
static bool only_meant(const struct looking *l)
{
	bool fine[SBPL_OP_COUNT] = {false};

	for (unsigned i = l->base->n_rules; i < l->profile->n_rules; i++) {
		const struct sbpl_rule *r = &l->profile->rules[i];
		enum sbpl_op opened = r->allow && !fine[r->op] ? unmeant(r->op) : SBPL_OP_COUNT;

		fine[r->op] |= r->allow;
		if (opened < SBPL_OP_COUNT) {
			*l->difference = arena_printf(l->a, SEATBELT_FILE ":%u:%u: %s is allowed, which no line of a policy means", r->at.line,
						      r->at.col, sbpl_ops[opened].name);
			return false;
		}
	}
	return true;
}

static bool allows(const struct sbpl_profile *p, struct sbpl_query q, enum sbpl_op op)
{
	q.op = op;
	return sbpl_decide(p, &q).allow;
}

static const char *object(struct arena *a, const struct sbpl_query *q)
{
	if (q->path || q->name)
		return q->path ? q->path : q->name;
	return arena_printf(a, "port %u", q->local.port);
}

/* bind() makes the file of a socket. */
static bool is_bound(const struct looking *l, size_t row, struct sbpl_query q)
{
	return words[row].with == SBPL_FILE_WRITE_CREATE && q.vnode && strcmp(q.vnode, "SOCKET") == 0 &&
	       allows(l->profile, (struct sbpl_query){.path = q.path}, SBPL_NETWORK_BIND);
}

/* The answer to the question that goes with the word's, at one place. */
static bool goes_with(const struct looking *l, size_t row, struct sbpl_query q)
{
	bool asked, fine, with = allows(l->profile, q, words[row].with);

	if ((words[row].how == NEEDS && !with) || is_bound(l, row, q))
		return true;
	/* A folder's own bytes are its names, another word. */
	if (q.path)
		q.vnode = "REGULAR-FILE";
	asked = allows(l->profile, q, words[row].asked);
	fine = asked == with ||
	       (words[row].how == OR_BASE && with && allows(l->base, q, words[row].with));
	if (!fine)
		*l->difference = arena_printf(l->a, SEATBELT_FILE ": %s is %s on %s, and %s, which goes with it, is %s", sbpl_ops[words[row].asked].name,
					      asked ? "allowed" : "denied", object(l->a, &q), sbpl_ops[words[row].with].name,
					      with ? "allowed" : "denied");
	return fine;
}

/* Can a rule, or the operation's own default, allow it anywhere? */
static bool may_be_allowed(const struct sbpl_profile *p, enum sbpl_op op)
{
	for (;; op = sbpl_ops[op].parent) {
		for (unsigned i = 0; i < p->n_rules && p->has[op]; i++)
			if (p->rules[i].op == op && p->rules[i].allow)
				return true;
		if (sbpl_ops[op].own != OWN_INHERIT || op == SBPL_DEFAULT)
			return sbpl_ops[op].own == OWN_ALLOW && !p->tail[op];
	}
}

/* Is there no place at which the two could differ? */
static bool is_settled(const struct looking *l, size_t row)
{
	return words[row].how == ALIKE   ? sbpl_same_rules(l->profile, words[row].asked, words[row].with)
	       : words[row].how == NEEDS ? !may_be_allowed(l->profile, words[row].with)
					 : false;
}

/* The places of the first operation say nothing of a row that asks about one by itself, and its kinds of files are none of the other's. */
static bool goes_with_there(const struct looking *l, size_t row, enum sbpl_op op, const struct sbpl_query *q)
{
	bool first = words[row].asked == op && words[row].with != op;

	return (first && q->vnode && strcmp(q->vnode, "REGULAR-FILE") != 0) || goes_with(l, row, *q);
}

/* At the places of the rules on this operation, all words that it belongs to. */
static bool all_go_with(const struct looking *l, enum sbpl_op op, const bool *settled)
{
	struct arena *scratch = arena_new();
	struct sbpl_query *q = NULL;
	unsigned n = 0;
	bool fine = true, asked = false;

	for (size_t row = 0; row < N_WORDS && fine; row++) {
		if (settled[row] || (words[row].asked != op && words[row].with != op))
			continue;
		if (!asked)
			n = sbpl_witness(scratch, &l->profile, 1, op, &q);
		asked = true;
		for (unsigned i = 0; i < n && fine; i++)
			fine = goes_with_there(l, row, op, &q[i]);
	}
	arena_free(scratch);
	return fine;
}

/* ---- that a file is there ---- */

static const char *place(const struct looking *l, const char *tmpl)
{
	const char *path = expand_template(l->a, l->ir, tmpl, NULL, 0);

	return path ? sbpl_real_path(l->a, path) : NULL;
}

static int cmp_placed(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;

	return strcmp(x->path, y->path);
}

static void add_place(struct looking *l, const char *tmpl, const struct ir_rule *r)
{
	const char *path = tmpl ? place(l, tmpl) : NULL;

	if (!path)
		return;
	ARENA_GROW(l->a, l->placed, l->n_placed);
	l->placed[l->n_placed++] = (struct placed){path, r};
}

static void place_all(struct looking *l)
{
	add_place(l, l->ir->entry, NULL);
	for (unsigned i = 0; i < l->ir->n_rules; i++) {
		const struct ir_rule *r = &l->ir->rules[i];

		if ((r->kind == RULE_PATH || r->kind == RULE_GLOB) && !r->deny && (r->targets & TARGET_BIT(TARGET_MACOS)))
			add_place(l, r->object, r);
	}
	if (l->n_placed)
		qsort(l->placed, l->n_placed, sizeof(*l->placed), cmp_placed);
}

static unsigned first_from(const struct looking *l, const char *path, size_t n)
{
	return sorted_first(l->placed, l->n_placed, sizeof(*l->placed), path, n);
}

static bool leaves_out(const struct looking *l, const struct ir_rule *r, const char *path)
{
	for (unsigned i = 0; r && i < r->n_holes; i++) {
		const char *hole = place(l, r->holes[i].path);

		if (hole && path_covers(hole, path))
			return true;
	}
	return false;
}

/* Does a line give this place, the first `n` bytes of the path, and with it all of the path? */
static bool gives(const struct looking *l, const char *path, size_t n)
{
	for (unsigned i = first_from(l, path, n); i < l->n_placed && strncmp(l->placed[i].path, path, n) == 0 && !l->placed[i].path[n]; i++)
		if (!leaves_out(l, l->placed[i].rule, path))
			return true;
	return false;
}

/* Is it at, below or above what a line gives? */
static bool policy_shows(const struct looking *l, const char *path)
{
	size_t n = strlen(path);

	for (unsigned i = first_from(l, path, n); i < l->n_placed && strncmp(l->placed[i].path, path, n) == 0; i++)
		if (path_covers(path, l->placed[i].path))
			return true;
	for (; n > 1; n--)
		if ((path[n] == '/' || !path[n]) && gives(l, path, n))
			return true;
	return gives(l, path, 1);
}

/* Size and times of a file may be asked for at what a line names, and of the folders above it. */
static bool only_shown(const struct looking *l)
{
	struct arena *scratch = arena_new();
	struct sbpl_query *q;
	unsigned n = sbpl_witness(scratch, &l->profile, 1, SBPL_FILE_READ_METADATA, &q);
	bool fine = true;

	for (unsigned i = 0; i < n && fine; i++) {
		fine = !allows(l->profile, q[i], SBPL_FILE_READ_METADATA) || allows(l->profile, q[i], SBPL_FILE_READ_DATA) ||
		       allows(l->base, q[i], SBPL_FILE_READ_METADATA) || policy_shows(l, q[i].path);
		if (!fine)
			*l->difference = arena_printf(
			    l->a, SEATBELT_FILE ": file-read-metadata is allowed on %s, which no line of the policy names", q[i].path);
	}
	arena_free(scratch);
	return fine;
}

bool seatbelt_words_whole(const void *model, const struct sbpl_profile *p, const struct ir *ir, struct arena *a,
			  const char **difference)
{
	struct looking l = {.profile = p, .ir = ir, .a = a, .difference = difference};
	bool settled[N_WORDS];

	seatbelt_model_open_profile(model, &l.base);
	if (!l.base) {
		*difference = SEATBELT_FILE ": the base cannot be read by itself";
		return false;
	}
	place_all(&l);
	if (!only_meant(&l) || !only_shown(&l))
		return false;
	for (size_t i = 0; i < N_WORDS; i++)
		settled[i] = is_settled(&l, i);
	for (unsigned op = 0; op < SBPL_OP_COUNT; op++)
		if (!all_go_with(&l, (enum sbpl_op)op, settled))
			return false;
	return true;
}
