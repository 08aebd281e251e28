/*
 * seatbelt_many.h - a profile of 500 rules of all kinds that profiles in the field have, and as many questions as wanted:
 * for the unit test that counts what an answer costs, and the benchmark that times it.
 */
#ifndef TEST_SEATBELT_MANY_H
#define TEST_SEATBELT_MANY_H

#include <string.h>

#include "backends/seatbelt/sbpl.h"
#include "compiler/str.h"

enum { MANY_RULES = 500 };

static inline uint32_t many_dice(uint64_t *state, uint32_t n)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*state >> 33) % n;
}

static inline const char *many_path(struct arena *a, uint64_t *s)
{
	struct buf b = buf_new(a);

	for (unsigned depth = 1 + many_dice(s, 5); depth > 0; depth--)
		buf_printf(&b, "/%c%u", "abcdefgh"[many_dice(s, 8)], many_dice(s, 6));
	return buf_str(&b);
}

/* 300 on places, 60 on patterns (10 of them without a beginning), 100 on names, 40 on addresses. */
static inline const struct sbpl_profile *many_profile(struct arena *a)
{
	static const char *const ops[] = {"file-read*", "file-read-data", "file-write*", "file-write-unlink", "process-exec*"};
	struct buf b = buf_new(a);
	uint64_t s = 500;
	const char *error = NULL;
	const struct sexp *forms;

	buf_puts(&b, "(version 1)\n(deny default)\n");
	for (unsigned i = 0; i < MANY_RULES - 1; i++) {
		const char *verb = many_dice(&s, 4) ? "allow" : "deny", *op = ops[many_dice(&s, 5)];

		if (i % 50 == 0)
			buf_printf(&b, "(%s %s (regex #\"/\\.%c[^/]*$\"))\n", verb, op, "abcdefgh"[many_dice(&s, 8)]);
		else if (i % 10 == 0)
			buf_printf(&b, "(%s %s (regex #\"^%s/(.*/)?[a-f]+[0-9]$\"))\n", verb, op, many_path(a, &s));
		else if (i % 5 == 1)
			buf_printf(&b, "(allow mach-lookup (global-name \"com.apple.%c%u\"))\n", "abcdefgh"[i % 8], i);
		else if (i % 25 == 2 || i % 25 == 3)
			buf_printf(&b, "(allow network-outbound (remote tcp \"*:%u\"))\n", 1 + many_dice(&s, 9000));
		else
			buf_printf(&b, "(%s %s (%s \"%s\"))\n", verb, op, many_dice(&s, 3) ? "subpath" : "literal", many_path(a, &s));
	}
	forms = sbpl_read(a, "many.sb", b.data, b.len, &error);
	return forms ? sbpl_eval(a, forms, &(struct sbpl_how_to){.n_given = 0}, &error) : NULL;
}

struct many_sums {
	unsigned long asked, allowed, looked;
};

/* Paths from a bowl of 4096 that was filled before, as the names of files are there before they are asked about. */
static inline struct many_sums many_ask(struct arena *a, const struct sbpl_profile *p, unsigned long n)
{
	static const enum sbpl_op ops[] = {SBPL_FILE_READ_DATA, SBPL_FILE_READ_METADATA, SBPL_FILE_WRITE_DATA,
					   SBPL_FILE_WRITE_UNLINK, SBPL_FILE_WRITE_CREATE, SBPL_PROCESS_EXEC};
	const char *paths[4096], *names[64];
	struct many_sums sums = {.asked = n};
	uint64_t s = 1;

	for (unsigned i = 0; i < 4096; i++)
		paths[i] = many_path(a, &s);
	for (unsigned i = 0; i < 64; i++)
		names[i] = arena_printf(a, "com.apple.%c%u", "abcdefgh"[i % 8], many_dice(&s, MANY_RULES));
	for (unsigned long i = 0; i < n; i++) {
		struct sbpl_query q = {.op = ops[many_dice(&s, 6)], .path = paths[many_dice(&s, 4096)], .vnode = "REGULAR-FILE"};
		struct sbpl_address at = {.set = true, .proto = PROTO_TCP, .port = (uint16_t)(1 + many_dice(&s, 9000))};
		unsigned kind = many_dice(&s, 10);
		struct sbpl_verdict v;

		if (kind == 0)
			q = (struct sbpl_query){.op = SBPL_MACH_LOOKUP, .name = names[many_dice(&s, 64)]};
		if (kind == 1)
			q = (struct sbpl_query){.op = SBPL_NETWORK_OUTBOUND, .remote = at};
		v = sbpl_decide(p, &q);
		sums.allowed += v.allow;
		sums.looked += v.looked;
	}
	return sums;
}

#endif
