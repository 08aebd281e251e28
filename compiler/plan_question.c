/*
 * plan_question.c - a question to a plan: the models of its artifacts answer.
 */
#include "plan_question.h"

#include <string.h>

#include "say.h"
#include "str.h"

static enum type type_by_name(const char *name)
{
	for (unsigned t = 0; t < TYPE_COUNT; t++)
		if (strcmp(type_name[t], name) == 0)
			return (enum type)t;
	return TYPE_STRING;
}

static void put_param(struct buf *b, const struct manifest *m, unsigned i)
{
	const char *name = manifest_get(m, LIST_PARAMS, i, "name"), *type = manifest_get(m, LIST_PARAMS, i, "type");
	const char *value = manifest_get(m, LIST_PARAMS, i, "default");
	enum type t = type_by_name(type);
	buf_printf(b, "param %s: %s", name, type);
	if (value)
		buf_printf(b, " = %s", say_default(b->arena, t, value));
	buf_puts(b, " at load\n");
}

/* The plan's targets and params as a policy that allows nothing. */
static const char *frame(struct arena *a, const struct manifest *m)
{
	struct buf b = buf_new(a);
	buf_puts(&b, "sbx 1\n");
	for (unsigned i = 0; i < manifest_count(m, LIST_PARAMS); i++)
		put_param(&b, m, i);
	buf_puts(&b, "policy plan {\n    targets ");
	for (unsigned i = 0; i < manifest_count(m, LIST_TARGETS); i++)
		buf_printf(&b, "%s%s", i ? ", " : "", manifest_get(m, LIST_TARGETS, i, ""));
	for (unsigned i = 0; i < manifest_count(m, LIST_ABIS); i++)
		buf_printf(&b, "%s%s", i ? ", " : "\n    abi ", manifest_get(m, LIST_ABIS, i, ""));
	buf_puts(&b, "\n    entry \"/sbx\"\n    isolate none\n}\n");
	return buf_str(&b);
}

int plan_open(struct arena *a, const char *dir, const struct compile_options *opt, struct plan_open *p, const char **failure)
{
	struct buf done = buf_new(a);
	*p = (struct plan_open){.manifest = NULL};
	enum verify_result result = verify_plan(a, dir, &done, &p->files, failure);
	if (result != VERIFY_OK)
		return (int)result;
	const struct artifact *yaml = plan_file(&p->files, "plan.yaml");
	p->manifest = yaml ? manifest_read(a, yaml->data, yaml->size, failure) : NULL;
	if (!p->manifest) {
		*failure = yaml ? *failure : "it has no plan.yaml";
		return VERIFY_DIFFERENT;
	}
	struct compile_options *frame_opt = ARENA_NEW(a, struct compile_options);
	*frame_opt = *opt;
	frame_opt->path = "the plan";
	frame_opt->text = frame(a, p->manifest);
	if (compile_read(&p->frame, frame_opt) != COMPILE_OK || (opt->question && !p->frame.question))
		return VERIFY_DIFFERENT;
	p->models = (struct validator){.arena = p->frame.arena, .diags = p->frame.diags, .src = p->frame.src,
				       .meaning = p->frame.meaning, .guarantees = &p->frame.guarantees};
	*failure = validator_read(&p->models, p->files.v, p->files.n);
	if (!*failure)
		return 0;
	*failure = arena_strdup(a, *failure);
	validator_close(&p->models);
	return VERIFY_DIFFERENT;
}
