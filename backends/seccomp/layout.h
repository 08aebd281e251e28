/*
 * layout.h - from the graph to the instructions in their order.
 */
#ifndef SBX_SECCOMP_LAYOUT_H
#define SBX_SECCOMP_LAYOUT_H

#include <linux/filter.h>

#include "graph.h"

struct code {
	const struct sock_filter *v;
	unsigned n;
};

/* False when it takes more than BPF_MAXINSNS instructions. */
bool layout(const struct graph *g, unsigned root, struct arena *a, struct code *out);

#endif
