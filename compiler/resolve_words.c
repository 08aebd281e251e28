/*
 * resolve_words.c - names of the closed sets (capabilities, systems, machines), and what every statement needs to say.
 */
#include <string.h>

#include "resolve_priv.h"

const char *because_text(struct res *r, const struct ast_word *because)
{
	return because ? scope_plain(r, NULL, because) : NULL;
}

struct origin *origin_new(struct res *r, const struct place *p, struct loc loc, const char *because)
{
	struct origin *o = ARENA_NEW(r->a, struct origin);
	*o = (struct origin){.loc = loc, .object = loc, .used_at = p->used_at, .because = because, .profile = p->profile};
	o->level = r->level->level;
	o->base = o->level ? r->level->name : NULL;
	return o;
}

/* ---- names of the closed sets ---- */

/* Near names, and the names that end in the word: `memory` for `res.memory`. */
static const char *suggest_cap(struct res *r, const char *word)
{
	for (unsigned c = 0; c < CAP_COUNT; c++) {
		const char *dot = strchr(cap_name[c], '.');
		if (dot && strcmp(dot + 1, word) == 0)
			return arena_printf(r->a, "did you mean `%s`?", cap_name[c]);
	}
	return suggest(r->a, word, cap_name, CAP_COUNT);
}

bool resolve_cap(struct res *r, const struct ast_word *w, enum cap *out)
{
	for (unsigned c = 0; c < CAP_COUNT; c++) {
		if (strcmp(cap_name[c], w->text) == 0) {
			*out = (enum cap)c;
			return true;
		}
	}
	struct diag_rec *rec = diag(r->d, DIAG_UNKNOWN_CAP, w->loc, "there is no guarantee `%s`", w->text);
	diag_help_if(rec, suggest_cap(r, w->text));
	return false;
}

bool resolve_target(struct res *r, const struct ast_word *w, uint32_t *out)
{
	for (unsigned t = 0; t < TARGET_COUNT; t++) {
		if (strcmp(target_name[t], w->text) == 0) {
			*out = TARGET_BIT(t);
			return true;
		}
	}
	struct diag_rec *rec = diag(r->d, DIAG_UNKNOWN_WORD, w->loc, "unknown system `%s`", w->text);
	const char *near = suggest(r->a, w->text, target_name, TARGET_COUNT);
	diag_help(rec, "%s", near ? near : "linux and macos can stand here");
	return false;
}

uint32_t resolve_targets(struct res *r, const struct ast_word *list)
{
	uint32_t set = 0, bit;
	if (!list)
		return r->level->targets;
	for (const struct ast_word *w = list; w; w = w->next) {
		if (!resolve_target(r, w, &bit))
			continue;
		if (!(bit & r->level->targets) && !r->level->misnamed) {
			struct diag_rec *rec = diag(r->d, DIAG_NO_EFFECT, w->loc, "the policy is not for %s", w->text);
			diag_help(rec, "add it to `targets`, or remove it here");
		}
		set |= bit;
	}
	return set;
}

bool resolve_arch(struct res *r, const struct ast_word *w, uint32_t *out)
{
	for (unsigned a = 0; a < ARCH_COUNT; a++) {
		if (strcmp(arch_name[a], w->text) == 0) {
			*out = ARCH_BIT(a);
			return true;
		}
	}
	struct diag_rec *rec = diag(r->d, DIAG_UNKNOWN_WORD, w->loc, "unknown machine or ABI `%s`", w->text);
	const char *near = suggest(r->a, w->text, arch_name, ARCH_COUNT);
	diag_help(rec, "%s", near ? near : "x86_64, aarch64, riscv64, s390x, i386, x32 and arm can stand here");
	return false;
}

bool load_time_type(const struct res *r, const struct scope *s, const char *name, enum type *out)
{
	size_t n = strlen(name);
	const struct var *v = scope_find(s, name, n);
	if (template_is_builtin(name, n)) {
		*out = template_builtin_is_path(name, n) ? TYPE_PATH : TYPE_NUMBER;
		return true;
	}
	if (v) {
		*out = v->value.type;
		return v->value.at_load;
	}
	for (unsigned i = 0; i < r->build->n_params; i++)
		if (strcmp(r->build->params[i].name, name) == 0) {
			*out = r->build->params[i].type;
			return true;
		}
	return false;
}
