/*
 * why_profile.c - prints what a profile of macOS says of an access. Nothing here decides.
 */
#include "why_profile.h"

#include <string.h>

#include "diag.h"
#include "json.h"

static const char *const says_word[] = {
    [PROFILE_DENIES] = "DENY", [PROFILE_DEPENDS] = "DEPENDS", [PROFILE_ALLOWS] = "ALLOW"};

static void put_line(FILE *out, const char *before, const char *text, const char *after)
{
	fputs(before, out);
	diag_show(out, text);
	fprintf(out, "%s\n", after);
}

static void put_rule(FILE *out, const struct profile_answer *a)
{
	if (a->where)
		put_line(out, "  ", a->where, a->text ? ":" : "");
	if (a->text)
		put_line(out, "      ", a->text, "");
	if (a->via)
		put_line(out, "  called from ", a->via, "");
	put_line(out, "  ", a->why, "");
}

static void put_condition(FILE *out, const struct profile_answer *a)
{
	fprintf(out, "  %s if this matches, which is not known (", a->unless_allows ? "allowed" : "denied");
	put_line(out, "", a->otherwise_where ? a->otherwise_where : "macOS itself", "):");
	put_line(out, "      ", a->depends, "");
	fprintf(out, "  else %s, by\n", a->unless_allows ? "denied" : "allowed");
}

static void put_answer(FILE *out, const struct profile_answer *a)
{
	fprintf(out, "%-7s ", says_word[a->says]);
	diag_show(out, a->ops);
	put_line(out, *a->object ? " " : "", a->object, "");
	if (a->says == PROFILE_DEPENDS)
		put_condition(out, a);
	put_rule(out, a);
	if (a->note)
		put_line(out, "  ", a->note, "");
}

void why_profile_print(const char *file, const struct profile_question *q, FILE *out)
{
	(void)file;
	for (unsigned i = 0; i < q->n_answers; i++)
		put_answer(out, &q->answers[i]);
	if (q->note)
		put_line(out, "  note: ", q->note, "");
}

static void json_answer(struct json *j, const struct profile_answer *a)
{
	static const char *const words[] = {
	    [PROFILE_DENIES] = "deny", [PROFILE_DEPENDS] = "depends", [PROFILE_ALLOWS] = "allow"};
	json_open(j, NULL, '{');
	json_text(j, "operations", a->ops);
	json_text(j, "object", *a->object ? a->object : NULL);
	json_text(j, "says", words[a->says]);
	json_text(j, "depends-on", a->depends);
	if (a->says == PROFILE_DEPENDS) {
		json_text(j, "if-it-matches", a->unless_allows ? "allow" : "deny");
		json_text(j, "its-rule", a->otherwise_where);
	}
	json_text(j, "at", a->where);
	json_text(j, "called-from", a->via);
	json_text(j, "rule", a->text);
	json_text(j, "why", a->why);
	json_text(j, "note", a->note);
	json_close(j);
}

void why_profile_json(const char *file, const struct profile_question *q, FILE *out)
{
	struct json j = json_new(out);
	json_open(&j, NULL, '{');
	json_text(&j, "profile", file);
	json_text(&j, "asked", q->asked);
	json_open(&j, "answers", '[');
	for (unsigned i = 0; i < q->n_answers; i++)
		json_answer(&j, &q->answers[i]);
	json_close(&j);
	json_text(&j, "note", q->note);
	json_close(&j);
}

bool why_profile_denied(const struct profile_question *q)
{
	for (unsigned i = 0; i < q->n_answers; i++)
		if (q->answers[i].says != PROFILE_ALLOWS)
			return true;
	return false;
}
