/*
 * policy.h - reference policies for the figures: lines of rules, read without the compiler's front
 * end.
 */
#ifndef SBX_BENCH_POLICY_H
#define SBX_BENCH_POLICY_H

#include "backends/seccomp/seccomp.h"

struct bench_policy {
	const char *name;
	struct sys_policy p;
	/* Numbers of the x32 ABI get the default, as other compilers have it, and not bad_arch. */
	bool x32_open;
	unsigned n_unknown; /* rules on calls that the table does not know */
};

/* NULL when the file cannot be opened; ends the program when it makes no sense. */
struct bench_policy *bench_policy_read(struct arena *a, const char *name, const char *path);

/* The ranges of the policy, with the x32 numbers as it wants them. */
struct verdict_ranges bench_ranges(struct arena *a, const struct bench_policy *b, enum arch arch);
bool bench_compile(struct arena *a, const struct bench_policy *b, enum arch arch,
		   struct seccomp_mode mode, struct code *out);
struct sys_action bench_decide(const struct bench_policy *b, enum arch arch, uint32_t nr,
			       const uint64_t args[6]);

struct bench_args {
	uint64_t v[6];
};

/* Calls that satisfy, or just fail, each condition on the number; and one with all arguments 0. */
unsigned bench_vectors(struct arena *a, const struct bench_policy *b, enum arch arch, uint32_t nr,
		       struct bench_args **out);

#endif
