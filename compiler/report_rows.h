/*
 * report_rows.h - rows of the table of what the program can do.
 */
#ifndef SBX_REPORT_ROWS_H
#define SBX_REPORT_ROWS_H

#include "report_priv.h"
#include "report_wide.h"

/* The line that says the first operation of the rule. */
const struct origin *first_line_of(const struct ir_rule *r);
/* A table of rules, all of them places that are allowed or none; folds of them where there are many. `entry`: and the program. */
void report_rows(struct report *r, const struct ir_rule *const *v, unsigned n, bool entry);
/* What of them is wide, each word once. */
void report_wide_marks(struct report *r, const struct ir_rule *const *v, unsigned n);

#endif
