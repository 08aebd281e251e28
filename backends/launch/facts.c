/*
 * facts.c - what launch.conf says and no request asks about, line by line as the policy means it.
 *
 * The lines must be exactly those of the policy, each once, in any order that the file allows:
 * params and guarantees are compared by name, the environment by name, limits by what they are
 * called in setrlimit(2).
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../../compiler/guarantee.h"
#include "../../compiler/name_map.h"
#include "facts.h"

/* NULL stands for a line that is not there. */
bool launch_differ(struct launch_facts *f, const char *fact, const char *has, const char *want)
{
	*f->difference = arena_printf(f->a, "%s: %s is %s%s%s, the policy says %s%s%s",
				      launch_file[f->has->target], fact, has ? "`" : "", has ? has : "not there", has ? "`" : "",
				      want ? "`" : "", want ? want : "nothing", want ? "`" : "");
	return false;
}

bool launch_expect(struct launch_facts *f, const char *fact, const char *has, const char *want)
{
	bool same = has && want ? strcmp(has, want) == 0 : has == want;
	return same || launch_differ(f, fact, has, want);
}

static const char *number(struct launch_facts *f, uint64_t n)
{
	return arena_printf(f->a, "%" PRIu64, n);
}

const char *launch_amount(struct launch_facts *f, uint64_t n, const char *param)
{
	return param ? arena_printf(f->a, "${%s}", param) : number(f, n);
}

bool launch_expect_where(struct launch_facts *f, const char *fact, const char *has, const struct origin *want)
{
	if (fact_where(f->what, has, want))
		return true;
	struct loc loc = want ? want->loc : f->what->ir->loc;
	return launch_differ(f, arena_printf(f->a, "the line of %s", fact), has,
			     src_where(f->what->src, f->a, loc));
}

static const char *words(struct launch_facts *f, uint32_t bits, const char *const *names, unsigned n)
{
	const char *text = "";
	for (unsigned i = 0; i < n; i++)
		if (bits & (1u << i))
			text = arena_printf(f->a, "%s%s%s", text, *text ? " " : "", names[i]);
	return text;
}

static bool expect_head(struct launch_facts *f)
{
	const struct ir *ir = f->what->ir;
	const char *version = ir->version && *ir->version ? ir->version : "-";
	uint32_t arches = 0; /* each machine has its own ABI among those of the policy */
	for (unsigned a = 0; a < ARCH_COUNT; a++)
		arches |= ir->arches & ARCH_BIT(a) ? ARCH_BIT(arch_machine[a]) : 0;
	/* a version is text with the escapes of WHERE */
	if (f->has->target == TARGET_MACOS)
		arches = 0;
	return launch_expect(f, "the name", f->has->name, ir->name) &&
	       (fact_spells(f->has->version, version) ||
		launch_differ(f, "the version", f->has->version, version)) &&
	       launch_expect(f, "`arch`", words(f, f->has->arches, arch_name, ARCH_COUNT),
		      words(f, arches, arch_name, ARCH_COUNT)) &&
	       launch_expect(f, "`isolate`", words(f, f->has->isolate, isolate_name, ISOLATE_COUNT),
		      words(f, f->has->target == TARGET_LINUX ? ir->isolate : 0, isolate_name, ISOLATE_COUNT));
}

static bool expect_params(struct launch_facts *f)
{
	const struct ir *ir = f->what->ir;
	for (unsigned i = 0; i < ir->n_params || i < f->has->n_params; i++) {
		const struct ir_param *want = i < ir->n_params ? &ir->params[i] : NULL;
		const struct launch_param *has = i < f->has->n_params ? &f->has->params[i] : NULL;
		if (!launch_expect(f, "a param", has ? has->name : NULL, want ? want->name : NULL))
			return false;
		const char *fact = arena_printf(f->a, "param %s", has->name);
		if (!launch_expect(f, fact, has->type, type_name[want->type]) ||
		    !launch_expect(f, arena_printf(f->a, "the default of %s", fact), has->value,
			    want->value))
			return false;
	}
	return true;
}

/* Is this one for the loader: kept on the system, or preferred there and perhaps not kept? */
static bool concerns(const struct launch_facts *f, const struct guarantee *g)
{
	return g->target == f->has->target && (g->preferred || g->answer.level >= LEVEL_DELEGATED);
}

static bool expect_guarantee(struct launch_facts *f, const struct launch_guarantee *has,
			     const struct guarantee *want)
{
	const char *name = want ? cap_name[want->cap] : NULL;
	if (!launch_expect(f, "a guarantee", has ? has->cap : NULL, name))
		return false;
	const char *fact = arena_printf(f->a, "guarantee %s", name);
	const char *mechanisms =
	    want->answer.level >= LEVEL_DELEGATED ? want->answer.mechanism : "none";
	return launch_expect(f, fact, has->preferred ? "preferred" : "required",
		      want->preferred ? "preferred" : "required") &&
	       launch_expect(f, arena_printf(f->a, "what keeps %s", fact), has->mechanisms, mechanisms) &&
	       launch_expect_where(f, fact, has->where, want->origin);
}

static bool expect_guarantees(struct launch_facts *f)
{
	unsigned n = 0;
	for (unsigned i = 0; i < f->what->n_guarantees; i++) {
		const struct guarantee *want = &f->what->guarantees[i];
		if (!concerns(f, want))
			continue;
		if (!expect_guarantee(f, n < f->has->n_guarantees ? &f->has->guarantees[n] : NULL,
				      want))
			return false;
		n++;
	}
	return n == f->has->n_guarantees || expect_guarantee(f, &f->has->guarantees[n], NULL);
}

static bool expect_entry(struct launch_facts *f)
{
	const struct ir *ir = f->what->ir;
	int fd = ir->entry && f->has->target == TARGET_LINUX ? meaning_syscalls(f->what->meaning)->exec_fd : -1;
	if (!launch_expect(f, "`entry`", f->has->entry, ir->entry) ||
	    (ir->entry && !launch_expect_where(f, "entry", f->has->entry_where, ir->entry_origin)))
		return false;
	return launch_expect(f, "`exec-fd`",
		      f->has->exec_fd < 0 ? NULL : number(f, (uint64_t)f->has->exec_fd),
		      fd < 0 ? NULL : number(f, (uint64_t)fd));
}

/* Does one of the patterns (NAME or PREFIX*) take all that the other one takes? */
static bool takes(const struct launch_facts *f, const struct name_map *patterns, const char *other)
{
	size_t n = strlen(other);
	char *prefix = arena_alloc(f->a, n + 2);
	bool taken = name_map_get(patterns, other, n) >= 0;
	for (size_t i = 0; i <= n && !taken; i++) {
		prefix[i] = '*';
		taken = name_map_get(patterns, prefix, i + 1) >= 0;
		prefix[i] = other[i];
	}
	return taken;
}

static bool env_rule(const struct launch_facts *f, const struct ir_rule *r, bool deny)
{
	return r->kind == RULE_ENV && (r->targets & TARGET_BIT(f->has->target)) && r->deny == deny;
}

/* The patterns of all allows or denies; of the allows those that no deny takes whole. */
static struct name_map env_patterns(const struct launch_facts *f, bool deny, const struct name_map *denied)
{
	const struct ir *ir = f->what->ir;
	struct name_map patterns = {0};
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const char *name = ir->rules[i].object;
		if (env_rule(f, &ir->rules[i], deny) && !(denied && takes(f, denied, name)))
			name_map_put(f->a, &patterns, name, strlen(name), i);
	}
	return patterns;
}

static unsigned unique(const char **v, unsigned n)
{
	unsigned kept = 0;
	if (n)
		qsort(v, n, sizeof(*v), cmp_strp);
	for (unsigned i = 0; i < n; i++)
		if (!kept || strcmp(v[kept - 1], v[i]) != 0)
			v[kept++] = v[i];
	return kept;
}

/* The same names, in any order; those that are written twice in the file count twice. */
static bool same_names(struct launch_facts *f, const char *fact, const char *const *lines, unsigned n_lines,
		       const char **want, unsigned n)
{
	const char **has = ARENA_ARRAY(f->a, n_lines + 1u, const char *);
	n = unique(want, n);
	for (unsigned i = 0; i < n_lines; i++)
		has[i] = lines[i];
	if (n_lines)
		qsort(has, n_lines, sizeof(*has), cmp_strp);
	for (unsigned i = 0; i < n || i < n_lines; i++)
		if (!launch_expect(f, fact, i < n_lines ? has[i] : NULL, i < n ? want[i] : NULL))
			return false;
	return true;
}

/* The names that come through, and those that are taken out of a prefix again. */
static bool expect_env(struct launch_facts *f)
{
	const struct ir *ir = f->what->ir;
	const char **allows = ARENA_ARRAY(f->a, ir->n_rules + 1u, const char *);
	const char **denies = ARENA_ARRAY(f->a, ir->n_rules + 1u, const char *);
	unsigned n_allows = 0, n_denies = 0;
	const struct name_map denied = env_patterns(f, true, NULL), let_in = env_patterns(f, false, &denied);
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const char *name = ir->rules[i].object;
		if (env_rule(f, &ir->rules[i], false) && !takes(f, &denied, name))
			allows[n_allows++] = name;
		else if (env_rule(f, &ir->rules[i], true) && takes(f, &let_in, name))
			denies[n_denies++] = name;
	}
	return same_names(f, "an `env-allow`", f->has->allows, f->has->n_allows, allows, n_allows) &&
	       same_names(f, "an `env-deny`", f->has->denies, f->has->n_denies, denies, n_denies);
}

static bool expect_sets(struct launch_facts *f)
{
	const struct ir *ir = f->what->ir;
	unsigned n = 0;
	for (unsigned i = 0; i < ir->n_env_set; i++) {
		const struct ir_env_set *want = &ir->env_set[i];
		if (!(want->targets & TARGET_BIT(f->has->target)))
			continue;
		const struct launch_set *has = n < f->has->n_sets ? &f->has->sets[n] : NULL;
		if (!launch_expect(f, "an `env-set`", has ? has->name : NULL, want->name) ||
		    !launch_expect(f, arena_printf(f->a, "the value of %s", want->name), has->value,
			    want->value))
			return false;
		n++;
	}
	return n == f->has->n_sets || launch_differ(f, "an `env-set`", f->has->sets[n].name, NULL);
}

/* Do calls go to a supervisor, and is the line named that says so first? */
static bool expect_notify(struct launch_facts *f)
{
	const struct ir *ir = f->what->ir;
	const struct origin *lines[3] = {NULL, ir->sys_default.act == ACT_NOTIFY ? ir->default_origin : NULL,
					 ir->sys_unknown.act == ACT_NOTIFY ? ir->unknown_origin : NULL};
	const char *where = f->has->notify_where;
	const struct origin *want = NULL;
	for (unsigned i = ir->n_rules; i-- > 0;)
		if (ir->rules[i].ops & OP_BIT(OP_SYSCALL) && ir->rules[i].action.act == ACT_NOTIFY &&
		    (!lines[0] || ir->rules[i].origin[OP_SYSCALL]->loc.beg < lines[0]->loc.beg))
			lines[0] = ir->rules[i].origin[OP_SYSCALL];
	for (unsigned i = 0; i < 3; i++)
		if (lines[i] && (!want || lines[i]->loc.beg < want->loc.beg))
			want = lines[i];
	if (!launch_expect(f, "`notify`", where ? "report" : NULL, want ? "report" : NULL))
		return false;
	return !want || launch_expect_where(f, "`notify`", where, want);
}

bool launch_facts(const void *model, const struct lower *what, struct arena *a,
		  const char **difference)
{
	struct launch_facts f = {launch_model_read(model), what, a, difference};
	bool linux_file = f.has->target == TARGET_LINUX;
	return expect_head(&f) && expect_params(&f) && expect_guarantees(&f) && expect_entry(&f) &&
	       launch_facts_around(&f) && expect_env(&f) && expect_sets(&f) &&
	       launch_facts_limits(&f) && (!linux_file || expect_notify(&f));
}
