/*
 * codegen.c - puts a filter together: arch, then number, then what the verdicts ask of arguments.
 */
#include "codegen.h"

#include <linux/seccomp.h>
#include <stddef.h>

#include "args.h"
#include "tree.h"

static const uint32_t return_of[] = {
    [ACT_KILL_PROCESS] = SECCOMP_RET_KILL_PROCESS,
    [ACT_KILL_THREAD] = SECCOMP_RET_KILL_THREAD,
    [ACT_TRAP] = SECCOMP_RET_TRAP,
    [ACT_ERRNO] = SECCOMP_RET_ERRNO,
    [ACT_NOTIFY] = SECCOMP_RET_USER_NOTIF,
    [ACT_TRACE] = SECCOMP_RET_TRACE,
    [ACT_LOG] = SECCOMP_RET_LOG,
    [ACT_ALLOW] = SECCOMP_RET_ALLOW,
};

uint32_t codegen_return(struct sys_action action)
{
	return return_of[action.act] | (action.data & SECCOMP_RET_DATA);
}

struct gen {
	struct args args;
	struct arena *scratch;
	struct {
		const struct verdict *verdict;
		uint64_t weight; /* of all numbers that get it */
		unsigned node;
	} * verdicts;
	unsigned n_verdicts;
};

static unsigned gen_find(const struct gen *g, const struct verdict *v)
{
	unsigned i = 0;
	while (i < g->n_verdicts && g->verdicts[i].verdict != v)
		i++;
	return i;
}

static void gen_collect(struct gen *g, const struct codegen_part *part)
{
	for (unsigned i = 0; i < part->ranges.n; i++) {
		const struct verdict_range *r = &part->ranges.v[i];
		unsigned at = gen_find(g, r->verdict);
		if (at == g->n_verdicts) {
			ARENA_GROW(g->scratch, g->verdicts, g->n_verdicts);
			g->verdicts[at].verdict = r->verdict;
			g->verdicts[at].weight = 0;
			g->n_verdicts++;
		}
		g->verdicts[at].weight += weights_sum(&part->weights, r);
	}
}

static void gen_verdicts(struct gen *g)
{
	for (unsigned i = 0; i < g->n_verdicts; i++) {
		const struct verdict *v = g->verdicts[i].verdict;
		g->verdicts[i].node =
		    v->n_arms ? args_lower(&g->args, v, g->verdicts[i].weight)
			      : graph_return(g->args.graph, codegen_return(v->otherwise));
	}
}

struct list {
	struct arena *arena;
	const struct weights *weights;
	struct tree_range *v;
	unsigned n;
};

static void list_add(struct list *l, uint32_t lo, uint32_t hi, unsigned target, bool apart)
{
	struct verdict_range r = {.lo = lo, .hi = hi};
	ARENA_GROW(l->arena, l->v, l->n);
	l->v[l->n++] = (struct tree_range){.lo = lo,
					   .hi = hi,
					   .target = target,
					   .weight = weights_sum(l->weights, &r),
					   .apart = apart};
}

/* A range, cut around the calls in it that are made so often that a test of their own may pay. */
static void list_add_cut(struct list *l, const struct verdict_range *r, unsigned target,
			 uint64_t often)
{
	uint64_t lo = r->lo;
	uint32_t nr;
	while (lo <= r->hi && weights_next(l->weights, (uint32_t)lo, r->hi, often, &nr)) {
		if (nr > lo)
			list_add(l, (uint32_t)lo, nr - 1, target, false);
		list_add(l, nr, nr, target, true);
		lo = (uint64_t)nr + 1;
	}
	if (lo <= r->hi)
		list_add(l, (uint32_t)lo, r->hi, target, false);
}

static unsigned gen_part(struct gen *g, const struct codegen_part *part)
{
	struct list l = {.arena = g->scratch, .weights = &part->weights};
	for (unsigned i = 0; i < part->ranges.n; i++) {
		const struct verdict_range *r = &part->ranges.v[i];
		unsigned target = g->verdicts[gen_find(g, r->verdict)].node;
		list_add_cut(&l, r, target, weights_often(&part->weights));
	}
	struct price price = g->args.price;
	price.each = part->weights.v;
	unsigned tree = tree_solve(g->scratch, g->args.graph, l.v, l.n, &price).node;
	return graph_load(g->args.graph, offsetof(struct seccomp_data, nr), tree);
}

bool codegen(struct arena *a, const struct codegen_part *parts, unsigned n_parts,
	     const struct codegen_options *o, struct code *out)
{
	struct arena *scratch = arena_new();
	struct graph *graph = graph_new(scratch);
	struct gen g = {.scratch = scratch, .args = {.arena = scratch, .graph = graph, .big_endian = o->big_endian}};
	uint64_t total = 0;
	for (unsigned i = 0; i < n_parts; i++) {
		gen_collect(&g, &parts[i]);
		total += parts[i].weights.total;
	}
	g.args.price = weights_price(total, o->mode);
	gen_verdicts(&g);
	unsigned root = graph_return(graph, codegen_return(o->bad_arch));
	for (unsigned i = n_parts; i-- > 0;)
		root =
		    graph_jump(graph, BPF_JEQ, parts[i].audit_arch, gen_part(&g, &parts[i]), root);
	root = graph_load(graph, offsetof(struct seccomp_data, arch), root);
	bool fits = layout(graph, root, a, out);
	arena_free(scratch);
	return fits;
}
