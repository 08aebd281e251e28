/*
 * params.c - types of values, --set, defaults.
 */
#include "params.h"

#include <string.h>

#include "builtin.h"
#include "template.h"

static const struct {
	const char *word, *looks;
} types[] = {
#define TYPE_ROW(id, word_, looks_) [VALUE_##id] = {.word = word_, .looks = looks_}
    TYPE_ROW(PATH, "path", "a path is absolute, without . .. // or a / at its end"),
    TYPE_ROW(STRING, "string", "at most 4095 bytes"),
    TYPE_ROW(PORT, "port", "a port is a number from 0 to 65535"),
    TYPE_ROW(COUNT, "count", "a count is a whole number"),
    TYPE_ROW(SIZE, "size", "a size is a number with B, KiB, MiB, GiB or TiB"),
    TYPE_ROW(DURATION, "duration", "a duration is a number with ms, s, min or h"),
    TYPE_ROW(PERCENT, "percent", "a share is a number with %"),
#undef TYPE_ROW
};

static const struct unit {
	enum value_type type;
	const char *word;
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

bool type_word(struct span word, enum value_type *type)
{
	for (unsigned i = 0; i < VALUE_TYPE_COUNT; i++)
		if (span_is(word, types[i].word)) {
			*type = (enum value_type)i;
			return true;
		}
	return false;
}

const char *type_text(enum value_type type)
{
	return types[type].word;
}

static bool number_with_unit(enum value_type type, const char *value)
{
	size_t digits = strspn(value, "0123456789");
	uint64_t n;

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (units[i].type == type && !strcmp(units[i].word, value + digits))
			return span_number((struct span){value, digits},
					   UINT64_MAX / units[i].factor, &n);
	return false;
}

bool value_fits(enum value_type type, const char *value, const char **why)
{
	uint64_t n;

	*why = types[type].looks;
	if (strlen(value) > PLAN_MAX_VALUE)
		return false;
	switch (type) {
	case VALUE_PATH:
		return path_canonical(value);
	case VALUE_STRING:
		return true;
	case VALUE_PORT:
		return span_number(span_of(value), 65535, &n);
	case VALUE_COUNT:
		return span_number(span_of(value), UINT64_MAX, &n);
	case VALUE_SIZE:
	case VALUE_DURATION:
	case VALUE_PERCENT:
		return number_with_unit(type, value);
	case VALUE_TYPE_COUNT:
		break;
	}
	return false;
}

static struct param *param_find(const struct vars *v, struct span name)
{
	for (unsigned i = 0; i < v->n_params; i++)
		if (span_same(v->params[i].name, name))
			return &v->params[i];
	return NULL;
}

static bool set_unknown(const struct vars *v, struct span name, struct fault *f)
{
	char buf[1024], shown[128];
	struct text list = text_over(buf, sizeof(buf)), t = text_over(shown, sizeof(shown));

	text_bytes(&t, name.at, name.len);
	for (unsigned i = 0; i < v->n_params; i++) {
		text_str(&list, i ? " " : "");
		text_bytes(&list, v->params[i].name.at, v->params[i].name.len);
	}
	fault_set(f, ERR_SET_UNKNOWN);
	fault_line(f, "found", "--set ", shown, "=...", NULL);
	return fault_line(f, "known", list.len ? buf : "this plan has no parameters", NULL);
}

static bool value_fault(struct fault *f, const struct param *p, const char *value, const char *why)
{
	char name[128];
	struct text t = text_over(name, sizeof(name));

	text_bytes(&t, p->name.at, p->name.len);
	fault_set(f, ERR_SET_VALUE);
	fault_line(f, "found", name, "=", value, NULL);
	return fault_line(f, "wrong", why, NULL);
}

static bool assign(const struct vars *v, const struct assignment *a, struct fault *f)
{
	struct param *p = param_find(v, a->name);
	const char *why;

	if (!p)
		return set_unknown(v, a->name, f);
	if (p->value)
		return value_fault(f, p, a->value, "--set gives it a second time");
	if (!value_fits(p->type, a->value, &why))
		return value_fault(f, p, a->value, why);
	p->value = a->value;
	return true;
}

static bool param_default(struct vars *v, struct param *p, struct fault *f)
{
	char text[PLAN_MAX_PATH + 1], name[128];
	struct text t = text_over(name, sizeof(name));
	const char *why;

	text_bytes(&t, p->name.at, p->name.len);
	if (!p->fallback.at) {
		fault_set(f, ERR_SET_MISSING);
		fault_line(f, "missing", name, " (", type_text(p->type), ")", NULL);
		return fault_line(f, "fix", "sbx-run --set ", name, "=VALUE ...", NULL);
	}
	if (!template_expand(p->fallback, TEMPLATE_TEXT, v, p->name, text, f))
		return false;
	if (!value_fits(p->type, text, &why))
		return value_fault(f, p, text, why);
	p->value = pool_copy(v->pool, text, strlen(text));
	return p->value || fault_step(f, "parameters", "no memory", 0);
}

bool params_set(struct vars *v, const struct assignment *sets, unsigned n_sets, struct fault *f)
{
	for (unsigned i = 0; i < n_sets; i++)
		if (!assign(v, &sets[i], f))
			return false;
	for (unsigned i = 0; i < v->n_params; i++)
		if (!v->params[i].value && !param_default(v, &v->params[i], f))
			return false;
	return true;
}

bool vars_known(const struct vars *v, struct span name)
{
	return param_find(v, name) || builtin_find(name) != BUILTIN_COUNT;
}

bool vars_get(struct vars *v, struct span name, const char **value, enum value_type *type,
	      struct fault *f)
{
	const struct param *p = param_find(v, name);
	enum builtin b = builtin_find(name);

	if (p) {
		*value = p->value;
		*type = p->type;
		return true;
	}
	*type = builtin_type(b);
	return builtin_get(v, b, value, f);
}
