/*
 * guarantee.c - what the plan requires of the host, against what macOS gives.
 */
#include <string.h>
#include <unistd.h>

#include "macos.h"

/* Why the mechanism is missing; NULL: it is there. */
static const char *lack(const struct macos_start *s, struct span word)
{
	static const char *const always[] = {"launch", "rlimit", "supervisor"};

	for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++)
		if (span_is(word, always[i]))
			return NULL;
	if (span_is(word, "none"))
		return "nothing on macOS keeps it";
	if (!span_is(word, "seatbelt"))
		return "this sbx-run does not know the mechanism";
	if (!s->seatbelt.init)
		return "this system has no sandbox_init_with_parameters()";
	if (s->seatbelt.check && s->seatbelt.check(getpid(), NULL, 0))
		return "this process is in a sandbox already, and macOS takes no second one";
	return NULL;
}

/* The first mechanism that is missing, or NULL. */
static const char *missing(const struct macos_start *s, struct span left)
{
	const char *why = NULL;

	while (!why && left.len > 0) {
		const char *plus = memchr(left.at, '+', left.len);
		struct span word = {left.at, plus ? (size_t)(plus - left.at) : left.len};

		why = lack(s, word);
		left.at += word.len + (plus != NULL);
		left.len -= word.len + (plus != NULL);
	}
	return why;
}

bool macos_guarantee_kept(const struct macos_start *s, const struct guarantee *g)
{
	return !missing(s, g->mechanisms);
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

	fault_set(f, ERR_GUARANTEE);
	fault_line(f, "guarantee", copy(name, sizeof(name), cap), NULL);
	if (where.len)
		fault_where(f, where);
	return fault_line(f, "missing", why, NULL);
}

bool macos_guarantees(struct macos_start *s)
{
	const struct launch *l = &s->plan->common.launch;
	const char *why;

	for (unsigned i = 0; i < l->n_guarantees; i++) {
		const struct guarantee *g = &l->guarantees[i];

		why = g->required ? missing(s, g->mechanisms) : NULL;
		if (why)
			return refuse(s->run.fault, g->cap, g->where, why);
	}
	/* the profile is applied to every start, whatever is preferred */
	why = lack(s, span_of("seatbelt"));
	return !why || refuse(s->run.fault, span_of("seatbelt.sb"), (struct span){0}, why);
}

void macos_guarantees_note(const struct macos_start *s)
{
	const struct launch *l = &s->plan->common.launch;
	char cap[80], where[200];

	for (unsigned i = 0; i < l->n_guarantees; i++) {
		const struct guarantee *g = &l->guarantees[i];
		const char *why = g->required ? NULL : missing(s, g->mechanisms);

		if (why)
			note_print(copy(cap, sizeof(cap), g->cap), " is preferred and not kept: ", why, " (",
				   copy(where, sizeof(where), g->where), ")", NULL);
	}
}
