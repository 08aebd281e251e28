/*
 * builtin.c - the built-in variables, each looked up once. None of them comes from the environment: builtin_look.c of the
 * system says where from.
 */
#include "builtin.h"

#include "template.h"

static const struct {
	char name[15];
	unsigned char type; /* enum value_type */
} builtins[] = {
#define BUILTIN(id, name_, type_) [BUILTIN_##id] = {.name = name_, .type = type_},
    BUILTINS(BUILTIN)
#undef BUILTIN
};

enum builtin builtin_find(struct span name)
{
	for (unsigned i = 0; i < BUILTIN_COUNT; i++)
		if (span_is(name, builtins[i].name))
			return (enum builtin)i;
	return BUILTIN_COUNT;
}

enum value_type builtin_type(enum builtin b)
{
	return (enum value_type)builtins[b].type;
}

bool (builtin_fault)(struct fault *f, enum builtin b, const char *why)
{
	return fault_say(f, ERR_VARIABLE, "missing ${%s}: %s", builtins[b].name, why);
}

bool builtin_get(struct vars *v, enum builtin b, const char **value, struct fault *f)
{
	const char *got;

	if (b < BUILTIN_COUNT && v->builtin[b]) {
		*value = v->builtin[b];
		return true;
	}
	if (!builtin_look(v, b, &got, f))
		return false;
	if (builtin_type(b) == VALUE_PATH && !path_canonical(got))
		return builtin_fault(f, b, "its value is not an absolute path without . .. or //");
	v->builtin[b] = *value = got;
	return true;
}
