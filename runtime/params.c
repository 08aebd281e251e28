/*
 * params.c - types of values, --set, defaults.
 */
#include "params.h"

#include <string.h>

#include "builtin.h"
#include "template.h"

static const char types[] = TYPE_WORDS;
#define LOOKS(id, word, looks) looks "\0"
static const char looks[] SAID_ARRAY = PLAN_TYPES(LOOKS);
#undef LOOKS

static const struct unit {
	unsigned char type; /* enum value_type */
	char word[7];
	uint64_t factor;
} units[] = {
    {VALUE_SIZE, "B", 1},
    {VALUE_SIZE, "KiB", 1ull << 10},
    {VALUE_SIZE, "MiB", 1ull << 20},
    {VALUE_SIZE, "GiB", 1ull << 30},
    {VALUE_SIZE, "TiB", 1ull << 40},
    {VALUE_DURATION, "ms", 1},
    {VALUE_DURATION, "s", 1000},
    {VALUE_DURATION, "min", 60 * 1000},
    {VALUE_DURATION, "h", 60 * 60 * 1000},
    {VALUE_PERCENT, "%", 1},
};

const char *type_text(enum value_type type)
{
	return text_nth(types, type);
}

static bool number_with_unit(enum value_type type, const char *value, uint64_t *n)
{
	size_t digits = strspn(value, "0123456789");

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (units[i].type == type && !strcmp(units[i].word, value + digits)) {
			bool good = span_number((struct span){value, digits}, UINT64_MAX / units[i].factor, n);
			*n *= units[i].factor;
			return good;
		}
	return false;
}

bool value_fits(enum value_type type, const char *value, uint64_t *number)
{
	*number = 0;
	if (strlen(value) > PLAN_MAX_VALUE)
		return false;
	switch (type) {
	case VALUE_PATH:
		return path_canonical(value);
	case VALUE_STRING:
		return true;
	case VALUE_PORT:
		return span_number(span_of(value), 65535, number);
	case VALUE_COUNT:
		return span_number(span_of(value), UINT64_MAX, number);
	case VALUE_SIZE:
	case VALUE_DURATION:
	case VALUE_PERCENT:
		return number_with_unit(type, value, number);
	case VALUE_TYPE_COUNT:
		break;
	}
	return false;
}

struct param *param_find(struct param *params, unsigned n, struct span name)
{
	for (struct param *p = params; p < params + n; p++)
		if (span_same(p->name, name))
			return p;
	return NULL;
}

static bool set_unknown(const struct vars *v, struct span name, struct fault *f)
{
	char buf[1024];
	struct text list = text_over(buf, sizeof(buf));

	for (unsigned i = 0; i < v->n_params; i++)
		text_put(&list, "%s%.*s", i ? " " : "", SPAN(v->params[i].name));
	return fault_say(f, ERR_SET_UNKNOWN,
			 "found --set %.*s=...\n"
			 "known %s", SPAN(name), list.len ? buf : SAID("this plan has no parameters"));
}

/* `where`: the line that does not take the value; no text: none, the type does not. */
static bool value_fault(struct fault *f, const struct param *p, const char *value, const char *why, struct span where)
{
	fault_set(f, ERR_SET_VALUE);
	if (where.at)
		fault_where(f, where);
	return fault_add(f,
			 "found %.*s=%s\n"
			 "wrong %s", SPAN(p->name), value, why);
}

/* Each number in the least unit of its type, as a value spells it. */
static void bound_text(struct text *t, enum value_type type, uint64_t n)
{
	text_put(t, "%zu", (size_t)n);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (units[i].type == type && units[i].factor == 1)
			text_str(t, units[i].word);
}

static bool in_range(struct fault *f, const struct param *p)
{
	char why[128];
	struct text t = text_over(why, sizeof(why));

	if (!p->bounded || (p->number >= p->least && p->number <= p->most))
		return true;
	text_say(&t, "the policy takes ");
	bound_text(&t, p->type, p->least);
	text_say(&t, " to ");
	bound_text(&t, p->type, p->most);
	return value_fault(f, p, p->value, why, p->where);
}

static bool assign(const struct vars *v, const struct assignment *a, struct fault *f)
{
	struct param *p = param_find(v->params, v->n_params, a->name);

	if (!p)
		return set_unknown(v, a->name, f);
	if (p->value)
		return value_fault(f, p, a->value, SAID("--set gives it a second time"), (struct span){0});
	if (!value_fits(p->type, a->value, &p->number))
		return value_fault(f, p, a->value, text_nth(looks, p->type), (struct span){0});
	p->value = a->value;
	return true;
}

static bool param_default(struct vars *v, struct param *p, struct fault *f)
{
	char text[PLAN_MAX_PATH + 1];

	if (!p->fallback.at)
		return fault_say(f, ERR_SET_MISSING,
				 "missing %.*s (%s)\n"
				 "fix sbx-run --set %.*s=VALUE ...",
				 SPAN(p->name), type_text(p->type), SPAN(p->name));
	if (!template_expand(p->fallback, TEMPLATE_TEXT, v, p->name, text, f))
		return false;
	if (!value_fits(p->type, text, &p->number))
		return value_fault(f, p, text, text_nth(looks, p->type), (struct span){0});
	p->value = pool_text(v->pool, text);
	return p->value || fault_step_error(f, "parameters", "no memory", 0);
}

bool params_set(struct vars *v, const struct assignment *sets, unsigned n_sets, struct fault *f)
{
	for (unsigned i = 0; i < n_sets; i++)
		if (!assign(v, &sets[i], f))
			return false;
	for (unsigned i = 0; i < v->n_params; i++)
		if ((!v->params[i].value && !param_default(v, &v->params[i], f)) || !in_range(f, &v->params[i]))
			return false;
	return true;
}

bool amount_of(const struct vars *v, struct span word, enum value_type type, uint64_t least, uint64_t most,
	       struct amount *out, const char **why)
{
	const struct param *p;

	*why = SAID("neither a number nor ${NAME} of a param");
	if (word.len < 4 || memcmp(word.at, "${", 2) || word.at[word.len - 1] != '}')
		return false;
	p = param_find(v->params, v->n_params, (struct span){word.at + 2, word.len - 3});
	if (!p)
		return false;
	*why = SAID("a param of another type, or with no range that fits here");
	*out = (struct amount){.param = (unsigned)(p - v->params) + 1};
	return p->type == type && p->bounded && p->least >= least && p->most <= most;
}

uint64_t amount_get(const struct vars *v, const struct amount *a)
{
	return a->param ? v->params[a->param - 1].number : a->value;
}

bool vars_known(const struct vars *v, struct span name)
{
	return param_find(v->params, v->n_params, name) || builtin_find(name) != BUILTIN_COUNT;
}

bool vars_get(struct vars *v, struct span name, const char **value, enum value_type *type,
	      struct fault *f)
{
	const struct param *p = param_find(v->params, v->n_params, name);
	enum builtin b = builtin_find(name);

	if (p) {
		*value = p->value;
		*type = p->type;
		return true;
	}
	*type = builtin_type(b);
	return builtin_get(v, b, value, f);
}
