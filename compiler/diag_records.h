/*
 * diag_records.h - the diagnostics of many policies, from several processes: what two of them say alike is said once.
 *
 * Policies share imports, so one fault of a base would be told as often as something extends it.
 */
#ifndef SBX_DIAG_RECORDS_H
#define SBX_DIAG_RECORDS_H

#include "diag.h"
#include "name_map.h"

/* As diags_print(), with a head before each record that diag_records_new() reads. */
void diag_records_write(const struct diags *d, FILE *out, enum diag_format format, bool colour);

struct diag_records {
	struct arena *arena;
	struct name_map said; /* the policy that it was said of first */
	unsigned policies;    /* so far */
};

struct diag_news {
	const char *text; /* what was not said before, as the format has it */
	size_t size;
	unsigned errors, warnings; /* in it, and counted by it */
};

/* The records of one more policy. From the arena; `bytes` may go. */
struct diag_news diag_records_new(struct diag_records *r, const char *bytes, size_t n);

#endif
