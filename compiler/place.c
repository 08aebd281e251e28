/*
 * place.c - from what is written to a place: load-time values in templates, and the names that one place has.
 */
#include "place.h"

#include <string.h>

#include "str.h"
#include "template.h"

bool path_covers(const char *root, const char *path)
{
	size_t i = 0;
	if (root[0] && !root[1])
		return true;
	while (root[i] && root[i] == path[i])
		i++;
	return !root[i] && (path[i] == '\0' || path[i] == '/');
}

/* ---- load-time values ---- */

static const struct ir_param *param_find(const struct ir *ir, const char *name, size_t len)
{
	for (unsigned i = 0; i < ir->n_params; i++)
		if (strlen(ir->params[i].name) == len && memcmp(ir->params[i].name, name, len) == 0)
			return &ir->params[i];
	return NULL;
}

static const struct ir_binding assumptions[] = {
    {"HOME", "/home/user"},
    {"TMPDIR", "/tmp"},
    {"RUNTIME_DIR", "/run/user/1000"},
    {"UID", "1000"},
};

/* The assumed value of a variable of `len` bytes, appended; a name nothing else can have for what is not known. */
static void add_assumption(struct buf *b, const struct ir *ir, const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof(assumptions) / sizeof(assumptions[0]); i++) {
		if (strlen(assumptions[i].name) == len && memcmp(assumptions[i].name, name, len) == 0) {
			buf_puts(b, assumptions[i].value);
			return;
		}
	}
	const struct ir_param *p = param_find(ir, name, len);
	const char *literal = p && p->value ? template_literal(b->arena, p->value) : NULL;
	bool is_path = p ? p->type == TYPE_PATH : template_builtin_is_path(name, len);
	if (literal)
		buf_puts(b, literal);
	else
		buf_printf(b, "%s${%.*s}", is_path ? "/" : "", (int)len, name);
}

const char *assume_value(const struct ir *ir, const char *name)
{
	static _Thread_local char value[4096];
	struct arena *a = arena_new();
	struct buf b = buf_new(a);
	add_assumption(&b, ir, name, strlen(name));
	snprintf(value, sizeof(value), "%s", buf_str(&b));
	arena_free(a);
	return value;
}

const char *expand_template(struct arena *a, const struct ir *ir, const char *tmpl, const struct ir_binding *given,
			    unsigned n_given)
{
	if (!tmpl[strcspn(tmpl, "$\\")])
		return tmpl[0] == '/' && !path_is_canonical(tmpl) ? NULL : arena_strdup(a, tmpl);
	struct buf b = buf_new(a);
	struct template_piece piece;
	bool from_root = false; /* `${x}/y` with x = "/" is "/y" */
	while (template_next(&tmpl, &piece)) {
		if (!piece.is_var) {
			buf_putc(&b, piece.byte);
			continue;
		}
		unsigned i = 0;
		bool first = b.len == 0;
		while (i < n_given && !(strlen(given[i].name) == piece.var_len &&
					memcmp(given[i].name, piece.var, piece.var_len) == 0))
			i++;
		if (i < n_given)
			buf_puts(&b, given[i].value);
		else
			add_assumption(&b, ir, piece.var, piece.var_len);
		from_root |= first && strcmp(buf_str(&b), "/") == 0;
	}
	const char *text = buf_str(&b);
	if (from_root && text[1] == '/')
		text++;
	return text[0] == '/' && !path_is_canonical(text) ? NULL : text;
}

struct load_values values_keep(struct arena *a, const struct ir_binding *given, unsigned n_given)
{
	struct ir_binding *v = ARENA_ARRAY(a, n_given, struct ir_binding);
	for (unsigned i = 0; i < n_given; i++)
		v[i] = (struct ir_binding){arena_strdup(a, given[i].name), arena_strdup(a, given[i].value)};
	return (struct load_values){v, n_given};
}

bool values_are(const struct load_values *x, const struct ir_binding *given, unsigned n_given)
{
	bool same = x->n == n_given;
	for (unsigned i = 0; same && i < n_given; i++)
		same = strcmp(x->v[i].name, given[i].name) == 0 && strcmp(x->v[i].value, given[i].value) == 0;
	return same;
}

/* ---- names ---- */

/* The links of the root of macOS: two names of one place. Firmlinks (/Users, /opt, ...) keep their spelling. */
static const struct {
	const char *link, *real;
} root_links[] = {
    {"/tmp", "/private/tmp"},
    {"/var", "/private/var"},
    {"/etc", "/private/etc"},
    {"/home", "/System/Volumes/Data/home"},
};
enum { N_ROOT_LINKS = sizeof(root_links) / sizeof(root_links[0]) };

/* The link of the root that the path goes through; N_ROOT_LINKS: none. */
static size_t root_link(enum target t, const char *path)
{
	size_t i = 0;
	while (i < N_ROOT_LINKS && (t != TARGET_MACOS || !path_covers(root_links[i].link, path)))
		i++;
	return i;
}

bool place_is_linked(enum target t, const char *path)
{
	return root_link(t, path) < N_ROOT_LINKS;
}

const char *place_name(struct arena *a, enum target t, const char *path)
{
	size_t i = root_link(t, path);
	return i < N_ROOT_LINKS ? arena_printf(a, "%s%s", root_links[i].real, path + strlen(root_links[i].link)) : path;
}

const char *place_other_name(struct arena *a, enum target t, const char *path)
{
	const char *real = place_name(a, t, path);
	if (real != path)
		return real;
	for (size_t i = 0; t == TARGET_MACOS && i < N_ROOT_LINKS; i++)
		if (path_covers(root_links[i].real, path))
			return arena_printf(a, "%s%s", root_links[i].link, path + strlen(root_links[i].real));
	return NULL;
}

const char *place_meant(struct arena *a, const struct ir *ir, enum target t, const char *tmpl, const struct ir_binding *given,
		     unsigned n_given)
{
	const char *path = expand_template(a, ir, tmpl, given, n_given);
	return path && path[0] == '/' ? place_name(a, t, path) : NULL;
}
