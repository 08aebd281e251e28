/*
 * closed.c - what a policy closes without a rule: new processes, under a limit of one, and code made at run time, under
 * exec.wx. In every other profile of ours both are open: base.def.
 */
#include <string.h>

#include "../../compiler/guarantee.h"
#include "seatbelt.h"

/* The line that asks for it; *any: is there one? */
static const struct origin *asks_no_process(const struct lower *l, bool *any)
{
	const struct ir_limit *limit = ir_no_process(l->ir, TARGET_MACOS);

	*any = limit != NULL;
	return limit ? limit->origin : NULL;
}

static const struct origin *asks_no_code(const struct lower *l, bool *any)
{
	for (unsigned i = 0; i < l->n_guarantees; i++)
		if (l->guarantees[i].cap == CAP_EXEC_WX && l->guarantees[i].target == TARGET_MACOS) {
			*any = true;
			return l->guarantees[i].origin;
		}
	*any = false;
	return NULL;
}

static const struct {
	const char *operation;
	const struct origin *(*asks)(const struct lower *l, bool *any);
} closed[] = {
    {"process-fork", asks_no_process},
    {"dynamic-code-generation", asks_no_code},
};

bool seatbelt_closes(const struct lower *l, const char *operation)
{
	bool any = false;

	for (size_t i = 0; i < sizeof(closed) / sizeof(closed[0]); i++)
		if (strcmp(closed[i].operation, operation) == 0)
			closed[i].asks(l, &any);
	return any;
}

void seatbelt_emit_closed(struct emit *e)
{
	for (size_t i = 0; i < sizeof(closed) / sizeof(closed[0]); i++) {
		bool any;
		const struct origin *at = closed[i].asks(e->l, &any);

		if (!any)
			continue;
		emit_origin(e, at);
		buf_printf(&e->out, "(deny %s)\n", closed[i].operation);
	}
}
