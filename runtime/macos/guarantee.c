/*
 * guarantee.c - what the plan requires of the host, against what macOS gives.
 */
#include "../guarantee.h"

#include <string.h>

/* Why the mechanism is missing; NULL: it is there. */
static const char *lack(struct span word, const struct host *h)
{
	static const char *const always[] = {"launch", "rlimit", "supervisor"};

	for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++)
		if (span_is(word, always[i]))
			return NULL;
	if (span_is(word, "none"))
		return "nothing on macOS keeps it";
	return span_is(word, "seatbelt") ? h->no_seatbelt : "this sbx-run does not know the mechanism";
}

/* The first mechanism that is missing, or NULL. */
static const char *missing(const struct guarantee *g, const struct host *h)
{
	struct span left = g->mechanisms;
	const char *why = NULL;

	while (!why && left.len > 0) {
		const char *plus = memchr(left.at, '+', left.len);
		struct span word = {left.at, plus ? (size_t)(plus - left.at) : left.len};

		why = lack(word, h);
		left.at += word.len + (plus != NULL);
		left.len -= word.len + (plus != NULL);
	}
	return why;
}

bool guarantee_kept(const struct guarantee *g, const struct host *h)
{
	return !missing(g, h);
}

const char *guarantee_why(const struct guarantee *g, const struct host *h, char buf[GUARANTEE_WHY])
{
	const char *why = missing(g, h);
	struct text t = text_over(buf, GUARANTEE_WHY);

	text_str(&t, why ? why : "");
	return buf;
}

static const char *copy(char *buf, size_t size, struct span text)
{
	struct text t = text_over(buf, size);

	text_bytes(&t, text.at, text.len);
	return buf;
}

static bool refuse(struct fault *f, struct span cap, struct span where, const char *why)
{
	char name[80];

	fault_say(f, ERR_GUARANTEE, "guarantee %s", copy(name, sizeof(name), cap));
	if (where.len)
		fault_where(f, where);
	return fault_add(f, "missing %s", why);
}

bool guarantees_check(const struct launch *l, const struct host *h, struct fault *f)
{
	for (unsigned i = 0; i < l->n_guarantees; i++) {
		const struct guarantee *g = &l->guarantees[i];
		const char *why = g->required ? missing(g, h) : NULL;

		if (why)
			return refuse(f, g->cap, g->where, why);
	}
	/* the profile is applied to every start, whatever is preferred */
	return !h->no_seatbelt || refuse(f, span_of("seatbelt.sb"), (struct span){0}, h->no_seatbelt);
}

void guarantees_note(const struct launch *l, const struct host *h)
{
	char cap[80], where[200];

	for (unsigned i = 0; i < l->n_guarantees; i++) {
		const struct guarantee *g = &l->guarantees[i];
		const char *why = g->required ? NULL : missing(g, h);

		if (why)
			note_print("%s is preferred and not kept: %s (%s)",
				   copy(cap, sizeof(cap), g->cap), why,
				   copy(where, sizeof(where), g->where));
	}
}
