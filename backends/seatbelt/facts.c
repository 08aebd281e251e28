/*
 * facts.c - what the profile says and no request asks about: whether the program may make processes and, where exec.wx is
 * asked for, code at run time.
 */
#include "../../compiler/guarantee.h"
#include "sbpl_witness.h"
#include "seatbelt.h"

static bool expect(const struct sbpl_profile *p, enum sbpl_op op, const char *name, bool want, struct arena *a,
		   const char **difference)
{
	bool has = sbpl_decide(p, &(struct sbpl_query){.op = op}).allow;

	if (has == want)
		return true;
	*difference = arena_printf(a, SEATBELT_FILE ": %s is %s, the policy says it is %s", name, has ? "allowed" : "denied",
				   want ? "allowed" : "denied");
	return false;
}

/* One process, and not a number that the start brings. */
static bool is_one(const struct ir_limit *l)
{
	return l->set && l->value == 1 && l->param == NULL;
}

bool seatbelt_facts(const void *model, const struct lower *what, struct arena *a, const char **difference)
{
	const struct ir_limit *limits = what->ir->limit[TARGET_MACOS];
	const struct request r = {.target = TARGET_MACOS};
	const struct sbpl_profile *p = seatbelt_model_profile(model, &r);
	bool code = true;

	if (!p) /* with the values that are assumed it does not load: every request says so */
		return true;
	for (unsigned i = 0; i < what->ir->n_wants; i++)
		code &= what->ir->wants[i].cap != CAP_EXEC_WX || !(what->ir->wants[i].targets & TARGET_BIT(TARGET_MACOS));
	return expect(p, SBPL_PROCESS_FORK, "process-fork", !is_one(&limits[LIMIT_PIDS]) && !is_one(&limits[LIMIT_PROCESSES]),
		      a, difference) &&
	       expect(p, SBPL_DYNAMIC_CODE_GENERATION, "dynamic-code-generation", code, a, difference);
}
