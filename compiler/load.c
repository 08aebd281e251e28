/*
 * load.c - the files of a compile: imports, library profiles, and the top-level items they hold.
 */
#include <errno.h>
#include <string.h>

#include "../grammar/parse.h"
#include "resolve_priv.h"
#include "syscalls.h"

static struct unit *load_unit(struct res *r, const struct ast_file *ast, const struct unit *importer, const struct ast_item *import,
			      unsigned depth);

static const struct src_file *open_source(struct res *r, const char *path, const char *name, struct loc where)
{
	const struct src_file *file;
	enum src_error e = src_open(r->src, path, name, &file);
	if (e == SRC_OK)
		return file;
	const char *why = e == SRC_ERRNO ? strerror(errno)
			  : e == SRC_NOT_REGULAR ? "it is not a regular file"
			  : e == SRC_TOO_BIG ? "it is too large"
			  : e == SRC_NOT_THERE ? "the revision has no such file"
			  : e == SRC_OUTSIDE ? "it lies outside of the revision"
					     : "there are too many files";
	struct diag_rec *rec = diag(r->d, DIAG_IMPORT, where, "cannot read `%s`: %s", name, why);
	diag_help(rec, "paths of imports are relative to the file that imports");
	return NULL;
}

static struct unit *unit_of(const struct res *r, const struct src_file *f)
{
	for (unsigned i = 0; i < r->n_units; i++)
		if (r->units[i]->ast->src == f)
			return r->units[i];
	return NULL;
}

static void import_file(struct res *r, const struct unit *importer, const struct ast_item *item, unsigned depth)
{
	const char *rel = scope_plain(r, NULL, item->value), *path, *name;
	if (!rel)
		return;
	src_relative(r->src, importer->ast->src, rel, &path, &name);
	const struct src_file *file = src_find(r->src, path);
	if (file) {
		const struct unit *u = unit_of(r, file);
		if (!u || !u->scope) { /* still being loaded: it is on the way from the main file to here */
			struct diag_rec *rec = diag(r->d, DIAG_CYCLE, item->value->loc, "`%s` imports itself", name);
			diag_help(rec, "move what both files need into a third one");
		}
		return;
	}
	if (depth >= SRC_MAX_DEPTH) {
		diag(r->d, DIAG_TOO_DEEP, item->value->loc, "imports are nested deeper than %d", SRC_MAX_DEPTH);
		return;
	}
	file = open_source(r, path, name, item->value->loc);
	if (!file)
		return;
	const unsigned errors = diag_errors(r->d);
	const struct ast_file *ast = parse_source(r->a, r->d, file);
	r->base_wrong |= diag_errors(r->d) > errors;
	load_unit(r, ast, importer, item, depth + 1);
}

static void define_let(struct res *r, struct scope *s, const struct ast_item *item)
{
	struct value v;
	if (scope_eval(r, s, item->value, &v))
		scope_define(r, s, item->name, v);
}

bool param_type(struct res *r, const struct ast_word *w, enum type *out)
{
	for (unsigned t = 0; t < TYPE_COUNT; t++) {
		if (strcmp(type_name[t], w->text) == 0) {
			*out = (enum type)t;
			return true;
		}
	}
	struct diag_rec *rec = diag(r->d, DIAG_UNKNOWN_WORD, w->loc, "unknown type `%s`", w->text);
	diag_help_or(rec, suggest(r->a, w->text, type_name, TYPE_COUNT), "take one of the types");
	diag_note(rec, "types: path, string, port, count, size, duration, percent");
	return false;
}

/* A value given with --set, checked against the type. */
static bool param_set(struct res *r, const struct ast_item *item, enum type type, struct value *out, bool *bad)
{
	const struct compile_options *opt = r->c->opt;
	*bad = false;
	for (unsigned i = 0; i < opt->n_sets; i++) {
		if (strcmp(opt->sets[i].name, item->name->text) != 0)
			continue;
		r->set_used[i] = true;
		if (item->at_load) {
			struct diag_rec *rec = diag(r->d, DIAG_BAD_VALUE, item->name->loc,
						    "`%s` is given when the program starts, not when the plan is made",
						    item->name->text);
			diag_help(rec, "sbx-run --set %s=%s", opt->sets[i].name, opt->sets[i].value);
			*bad = true;
		} else if (!value_parse(r, type, opt->sets[i].value, out)) {
			struct diag_rec *rec = diag(r->d, DIAG_BAD_VALUE, item->type->loc, "`--set %s=%s` is not a %s",
						    opt->sets[i].name, opt->sets[i].value, type_name[type]);
			if (type == TYPE_STRING)
				diag_help(rec, "give the param the type path: a string value may not contain `/`");
			else
				diag_help(rec, "write for example `--set %s=%s`", opt->sets[i].name, type == TYPE_PATH ? "/srv/data" : type_example[type]);
			*bad = true;
		}
		return !*bad;
	}
	return false;
}

static bool param_default(struct res *r, const struct scope *s, const struct ast_item *item, enum type type,
			  struct value *out)
{
	if (!scope_eval(r, s, item->value, out) || !value_fits(r, type, out, item->value))
		return false;
	out->type = type;
	return true;
}

/* How --set of the loader would spell the value: numbers with a unit keep one. */
static const char *load_time_text(struct res *r, const struct value *v)
{
	static const char *const unit[TYPE_COUNT] = {
	    [TYPE_SIZE] = "B", [TYPE_DURATION] = "ms", [TYPE_PERCENT] = "%"};
	return unit[v->type] ? arena_printf(r->a, "%s%s", v->text, unit[v->type]) : v->text;
}

/* Two files may ask for one value, if they ask alike: a policy and the base it extends. */
static bool same_param(struct res *r, const struct scope *s, const struct ast_item *item, const struct ir_param *p)
{
	if (scope_find(s, p->name, strlen(p->name)))
		return true; /* twice in one file: scope_define() says so */
	for (unsigned i = 0; i < r->build->n_params; i++) {
		const struct ir_param *o = &r->build->params[i];
		if (strcmp(o->name, p->name) != 0)
			continue;
		bool alike = o->type == p->type && !o->value == !p->value &&
			     (!o->value || strcmp(o->value, p->value) == 0);
		if (alike)
			return true;
		struct diag_rec *rec = diag(r->d, DIAG_DUPLICATE, item->head,
					    "`%s` is a param of two files, and they do not ask alike", p->name);
		diag_second(rec, o->loc, "the other one");
		diag_help(rec, "give both the same type and the same default, or rename one");
		return true;
	}
	return false;
}

static void define_param(struct res *r, struct scope *s, const struct ast_item *item)
{
	enum type type;
	struct value v = {0};
	bool bad;
	if (!param_type(r, item->type, &type)) {
		scope_define(r, s, item->name, value_stand_in(TYPE_STRING));
		return;
	}
	if (item->value && !param_default(r, s, item, type, &v))
		v = value_stand_in(type);
	bool was_set = param_set(r, item, type, &v, &bad);
	if (bad)
		v = value_stand_in(type);
	if (item->at_load) {
		struct ir_param p = {
		    .name = item->name->text,
		    .type = type,
		    .value = item->value ? load_time_text(r, &v) : NULL,
		    .about = item->about ? scope_plain(r, NULL, item->about) : NULL,
		    .loc = item->loc,
		};
		if (!same_param(r, s, item, &p))
			ir_build_param(r->build, &p);
		struct buf b = buf_new(r->a);
		template_add_var(&b, item->name->text);
		v = (struct value){.type = type, .text = buf_str(&b), .at_load = true};
	} else if (!item->value && !was_set) {
		if (!bad) {
			struct diag_rec *rec = diag(r->d, DIAG_MISSING_VALUE, item->head, "`%s` has no value",
						    item->name->text);
			diag_help(rec, "give one with `--set %s=...`, write a default, or add `at load`",
				  item->name->text);
		}
		v = value_stand_in(type);
	}
	scope_define(r, s, item->name, v);
}

static void define_profile(struct res *r, const struct unit *u, const struct ast_item *item, struct scope *s)
{
	size_t len = strlen(item->name->text);
	long i = name_map_get(&r->profiles_by_name, item->name->text, len);
	if (i >= 0) {
		struct diag_rec *rec =
		    diag(r->d, DIAG_DUPLICATE, item->name->loc, "profile `%s` is defined twice", item->name->text);
		diag_second(rec, r->profiles[i]->item->name->loc, "first defined here");
		diag_help(rec, "remove one of them, or rename it");
		return;
	}
	profile_check_params(r, item);
	struct profile *p = ARENA_NEW(r->a, struct profile);
	*p = (struct profile){.name = item->name->text, .item = item, .file = u->ast->src, .file_scope = s};
	ARENA_GROW(r->a, r->profiles, r->n_profiles);
	name_map_put(r->a, &r->profiles_by_name, p->name, len, r->n_profiles);
	r->profiles[r->n_profiles++] = p;
}

static void define_group(struct res *r, const struct ast_item *item)
{
	const struct ast_item *first = load_group(r, item->name->text);
	if (first || syscall_group_by_name(item->name->text)) {
		struct diag_rec *rec =
		    diag(r->d, DIAG_DUPLICATE, item->name->loc, "group `@%s` is defined twice", item->name->text);
		if (first)
			diag_second(rec, first->name->loc, "first defined here");
		else
			diag_note(rec, "`@%s` is one of the built-in groups", item->name->text);
		diag_help(rec, "%srename it", first ? "remove one of them, or " : "");
		return;
	}
	if (r->n_groups == sizeof(r->groups) / sizeof(r->groups[0])) {
		diag_help(diag(r->d, DIAG_TOO_DEEP, item->name->loc, "there are more than %u groups", r->n_groups),
			  "name the calls in the lines that use it");
		return;
	}
	r->groups[r->n_groups++] = item;
}

const struct ast_item *load_group(struct res *r, const char *name)
{
	for (unsigned i = 0; i < r->n_groups; i++)
		if (strcmp(r->groups[i]->name->text, name) == 0) {
			r->group_used[i] = true;
			return r->groups[i];
		}
	return NULL;
}

/* The main file's is compiled; one in an imported file is there to be extended. */
static void define_policy(struct res *r, const struct unit *u, const struct ast_item *item, struct scope *s, unsigned depth)
{
	if (depth == 0 && r->policy) {
		struct diag_rec *rec = diag(r->d, DIAG_NO_POLICY, item->head, "the file holds a second policy");
		diag_second(rec, r->policy->item->head, "the first one");
		diag_help(rec, "write one policy a file");
		return;
	}
	for (unsigned i = 0; i < r->n_policies; i++) {
		const struct ast_item *first = r->policies[i]->item;
		if (strcmp(first->name->text, item->name->text) != 0)
			continue;
		struct diag_rec *rec =
		    diag(r->d, DIAG_DUPLICATE, item->name->loc, "policy `%s` is defined twice", item->name->text);
		diag_second(rec, first->name->loc, "first defined here");
		diag_help(rec, "remove one of them, or rename it");
	}
	struct policy *p = ARENA_NEW(r->a, struct policy);
	*p = (struct policy){.item = item, .file_scope = s, .depth = depth, .edition = u->ast->edition};
	ARENA_GROW(r->a, r->policies, r->n_policies);
	r->policies[r->n_policies++] = p;
	if (depth == 0)
		r->policy = p;
}

static void load_item(struct res *r, struct unit *u, struct scope *s, const struct ast_item *item, unsigned depth)
{
	switch (item->kind) {
	case ITEM_IMPORT:
		import_file(r, u, item, depth);
		break;
	case ITEM_LET:
		define_let(r, s, item);
		break;
	case ITEM_PARAM:
		define_param(r, s, item);
		break;
	case ITEM_GROUP:
		define_group(r, item);
		break;
	case ITEM_PROXY:
		proxy_define(r, s, item, depth == 0);
		break;
	case ITEM_PROFILE:
		define_profile(r, u, item, s);
		break;
	case ITEM_POLICY:
		define_policy(r, u, item, s, depth);
		break;
	case ITEM_TEST:
		break; /* resolved after the policy: resolve.c */
	}
}

static struct unit *load_unit(struct res *r, const struct ast_file *ast, const struct unit *importer, const struct ast_item *import,
			      unsigned depth)
{
	struct unit *u = ARENA_NEW(r->a, struct unit);
	*u = (struct unit){.ast = ast, .importer = importer, .import = import};
	ARENA_GROW(r->a, r->units, r->n_units);
	r->units[r->n_units++] = u;
	struct scope *s = scope_new(r, NULL);
	for (const struct ast_item *i = ast->items; i; i = i->next)
		load_item(r, u, s, i, depth);
	u->scope = s;
	return u;
}

struct unit *load_main(struct res *r, const struct ast_file *ast)
{
	return load_unit(r, ast, NULL, NULL, 0);
}

static struct profile *find_profile(const struct res *r, const char *name)
{
	long i = name_map_get(&r->profiles_by_name, name, strlen(name));
	return i < 0 ? NULL : r->profiles[i];
}

static bool is_library_name(const char *name)
{
	return strncmp(name, "std/", 4) == 0 && strspn(name + 4, "abcdefghijklmnopqrstuvwxyz0123456789-_") == strlen(name + 4);
}

static void report_no_profile(struct res *r, const struct ast_word *name)
{
	struct diag_rec *rec = diag(r->d, DIAG_UNKNOWN_PROFILE, name->loc, "there is no profile `%s`", name->text);
	const char **known = ARENA_ARRAY(r->a, r->n_profiles + 16, const char *); /* and those of the library */
	size_t n = 0;
	for (unsigned i = 0; i < r->n_profiles; i++)
		known[n++] = r->profiles[i]->name;
	static const char *const library[] = {"std/base-system", "std/python", "std/c-toolchain",
					      "std/shell-tools", "std/tls-client", "std/dns-client", "std/tty",
					      "std/devtools", "std/git", "std/node",
					      "std/gpu-nvidia"};
	for (size_t i = 0; i < sizeof(library) / sizeof(library[0]); i++)
		known[n++] = library[i];
	diag_help_or(rec, suggest(r->a, name->text, known, n), "define it, or `import` the file that does");
	if (!r->c->opt->std_dir && is_library_name(name->text))
		diag_note(rec, "the library of profiles was not found: name its folder with `--std DIR`");
	else
		diag_note(rec, "profiles come from this file, from its imports, and from the library std/");
}

struct profile *load_profile(struct res *r, const struct ast_word *name)
{
	struct profile *p = find_profile(r, name->text);
	if (p)
		return p;
	if (r->c->opt->std_dir && is_library_name(name->text)) {
		const char *path = arena_printf(r->a, "%s/%s.sbx", r->c->opt->std_dir, name->text + 4);
		const char *shown = arena_printf(r->a, "%s.sbx", name->text);
		const struct src_file *file;
		if (!src_find(r->src, path) && src_open(r->src, path, shown, &file) == SRC_OK)
			load_unit(r, parse_source(r->a, r->d, file), NULL, NULL, 1);
		p = find_profile(r, name->text);
	}
	if (!p)
		report_no_profile(r, name);
	return p;
}
