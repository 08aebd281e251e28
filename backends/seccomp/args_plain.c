/*
 * args_plain.c - conditions test by test, as they are written: for those of which no diagram of
 * bearable size can be made.
 */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>

#include "args.h"
#include "codegen.h"

static uint32_t half_of(uint64_t v, unsigned half)
{
	return (uint32_t)(v >> (32 * half));
}

static unsigned load(const struct args *a, unsigned arg, unsigned half, unsigned next)
{
	return graph_load(a->graph, args_offset(a, 2 * arg + half), next);
}

static unsigned plain_equal(const struct args *a, const struct sys_test *x, unsigned yes, unsigned no)
{
	unsigned node = yes;
	if ((x->value & ~x->mask) || (x->width == 32 && half_of(x->value, 1)))
		return no;
	for (unsigned half = 0; half < x->width / 32u; half++) {
		uint32_t mask = half_of(x->mask, half);
		if (!mask)
			continue;
		node = graph_jump(a->graph, BPF_JEQ, half_of(x->value, half), node, no);
		if (mask != UINT32_MAX)
			node = graph_and(a->graph, mask, node);
		node = load(a, x->arg, half, node);
	}
	return node;
}

/* arg > value */
static unsigned plain_above(const struct args *a, const struct sys_test *x, uint64_t value, unsigned yes,
			    unsigned no)
{
	uint32_t low = half_of(value, 0), high = half_of(value, 1);
	unsigned node = no;
	if (x->width == 32 && high)
		return no;
	if (low != UINT32_MAX)
		node = load(a, x->arg, 0, graph_jump(a->graph, BPF_JGE, low + 1, yes, no));
	if (x->width == 32)
		return node;
	node = graph_jump(a->graph, BPF_JEQ, high, node, no);
	if (high != UINT32_MAX)
		node = graph_jump(a->graph, BPF_JGE, high + 1, yes, node);
	return load(a, x->arg, 1, node);
}

static unsigned plain_test(const struct args *a, const struct sys_test *x, unsigned yes, unsigned no)
{
	switch (x->cmp) {
	case SYS_EQ:
		return plain_equal(a, x, yes, no);
	case SYS_NE:
		return plain_equal(a, x, no, yes);
	case SYS_GT:
		return plain_above(a, x, x->value, yes, no);
	case SYS_LE:
		return plain_above(a, x, x->value, no, yes);
	case SYS_GE:
		return x->value ? plain_above(a, x, x->value - 1, yes, no) : yes;
	case SYS_LT:
		return x->value ? plain_above(a, x, x->value - 1, no, yes) : no;
	}
	return no;
}

static unsigned plain_cond(const struct args *a, const struct sys_cond *c, unsigned yes, unsigned no)
{
	unsigned node = no;
	for (unsigned i = c->n_any; i-- > 0;) {
		unsigned fail = node;
		node = yes;
		for (unsigned j = c->any[i].n_tests; j-- > 0;)
			node = plain_test(a, &c->any[i].tests[j], node, fail);
	}
	return node;
}

unsigned args_plain(const struct args *a, const struct verdict *v)
{
	unsigned node = graph_return(a->graph, codegen_return(v->otherwise));
	for (unsigned i = v->n_arms; i-- > 0;)
		node = plain_cond(a, v->arms[i].cond,
				  graph_return(a->graph, codegen_return(v->arms[i].action)), node);
	return node;
}
