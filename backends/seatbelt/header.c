/*
 * header.c - the comment that begins the profile: what it is and the exact command that uses it.
 *
 * sandbox-exec neither clears the environment nor resolves the values it is given nor sets a limit, so the command
 * does all three.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../../compiler/name_map.h"
#include "seatbelt.h"

/* What the shell must put in for the variables that the loader fills in on Linux. Others are the
 * caller's. */
static const struct {
	const char *name, *value;
} builtins[] = {
    {"CWD", "\"$(pwd -P)\""},
    {"HOME", "\"$(cd \"$(eval echo \"~$(id -un)\")\" && pwd -P)\""}, /* of the account, not of the
									environment */
    {"TMPDIR", "\"$(cd \"$(getconf DARWIN_USER_TEMP_DIR)\" && pwd -P)\""},
    {"RUNTIME_DIR", "\"$(cd \"$(getconf DARWIN_USER_TEMP_DIR)\" && pwd -P)\""},
    {"UID", "\"$(id -u)\""},
};

struct names {
	const char **v;
	unsigned n;
};

static void names_add(struct arena *a, struct names *t, const char *name)
{
	for (unsigned i = 0; i < t->n; i++)
		if (strcmp(t->v[i], name) == 0)
			return;
	ARENA_GROW(a, t->v, t->n);
	t->v[t->n++] = name;
}

static void names_of(struct arena *a, struct names *t, const char *tmpl)
{
	struct tmpl_piece p;

	while (tmpl_next(a, &tmpl, &p))
		if (p.is_var)
			names_add(a, t, p.s);
}

/* The variables that stand in the profile itself. */
static struct names used_names(struct arena *a, const struct ir *ir)
{
	struct names t = {.n = 0};

	if (ir->entry)
		names_of(a, &t, ir->entry);
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];

		if (!seatbelt_governs(r) || r->kind == RULE_ENV || r->kind == RULE_SYSCALL ||
		    r->kind == RULE_MACOS)
			continue;
		if (tmpl_has_variable(r->object))
			names_of(a, &t, r->object);
		if (r->port_var)
			names_add(a, &t, r->port_var);
		for (unsigned h = 0; h < r->n_holes; h++)
			if (tmpl_has_variable(r->holes[h].path))
				names_of(a, &t, r->holes[h].path);
	}
	if (t.n)
		qsort(t.v, t.n, sizeof(*t.v), cmp_strp);
	return t;
}

/* Bytes as one word of a shell. A newline would end the comment, so control bytes take the $'...'
 * form. */
static void put_word(struct buf *b, const char *s, size_t n)
{
	bool plain = true;

	for (size_t i = 0; i < n; i++)
		plain = plain && (unsigned char)s[i] >= ' ' && s[i] != 0x7f;
	buf_puts(b, plain ? "'" : "$'");
	for (size_t i = 0; i < n; i++) {
		if (plain && s[i] == '\'')
			buf_puts(b, "'\\''");
		else if (!plain && (s[i] == '\'' || s[i] == '\\'))
			buf_printf(b, "\\%c", s[i]);
		else if ((unsigned char)s[i] < ' ' || s[i] == 0x7f)
			buf_printf(b, "\\x%02x", (unsigned)(unsigned char)s[i]);
		else
			buf_putc(b, s[i]);
	}
	buf_putc(b, '\'');
}

static const struct ir_param *param_of(const struct ir *ir, const char *name)
{
	for (unsigned i = 0; i < ir->n_params; i++)
		if (strcmp(ir->params[i].name, name) == 0)
			return &ir->params[i];
	return NULL;
}

/* A param as a variable of the shell, which knows no `-`; two underscores are no name of the
 * language. */
static const char *shell_name(struct arena *a, const char *name)
{
	struct buf b = buf_new(a);

	for (; *name; name++) {
		buf_putc(&b, *name == '-' ? '_' : *name);
		if (*name == '-')
			buf_putc(&b, '_');
	}
	return buf_str(&b);
}

/* "${NAME:-value}"; false for bytes that have no place between double quotes. */
static bool put_default(struct buf *b, const char *name, const struct tmpl_piece *value)
{
	for (size_t i = 0; i < value->len; i++)
		if ((unsigned char)value->s[i] < ' ' || value->s[i] == 0x7f)
			return false;
	buf_printf(b, "\"${%s:-", name);
	for (size_t i = 0; i < value->len; i++) {
		if (strchr("\"\\$`}", value->s[i]))
			buf_putc(b, '\\');
		buf_putc(b, value->s[i]);
	}
	buf_puts(b, "}\"");
	return true;
}

/* Then the caller's directory is kept in a variable of the shell. */
static bool starts_elsewhere(const struct emit *e)
{
	return e->l->ir->around.directory[TARGET_MACOS].path != NULL;
}

/* The shell stops when a value is missing: an empty one would make rules wider. */
static void put_variable(struct emit *e, const char *name)
{
	if (starts_elsewhere(e) && strcmp(name, "CWD") == 0) {
		buf_puts(&e->out, "\"$CWD\"");
		return;
	}
	const struct ir_param *param = param_of(e->l->ir, name);
	struct tmpl_piece p = {.len = 0};
	const char *value = param ? param->value : NULL;

	for (size_t i = 0; i < sizeof(builtins) / sizeof(builtins[0]); i++)
		if (strcmp(builtins[i].name, name) == 0) {
			buf_puts(&e->out, builtins[i].value);
			return;
		}
	name = shell_name(e->l->arena, name);
	if (value && tmpl_next(e->l->arena, &value, &p) && put_default(&e->out, name, &p))
		return;
	buf_printf(&e->out, "\"${%s:?}\"", name);
}

static void put_template(struct emit *e, const char *tmpl)
{
	struct tmpl_piece p;

	while (tmpl_next(e->l->arena, &tmpl, &p)) {
		if (p.is_var)
			put_variable(e, p.s);
		else
			put_word(&e->out, p.s, p.len);
	}
}

static struct name_map env_denied(const struct emit *e)
{
	const struct ir *ir = e->l->ir;
	struct name_map denied = {0};
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];

		if (r->kind == RULE_ENV && r->deny && seatbelt_governs(r))
			name_map_put(e->l->arena, &denied, r->object, strlen(r->object), i);
	}
	return denied;
}

/* Does the prefix fit names that pass only in full (compiler/decide.h)? */
static bool meets_loader(const char *prefix)
{
	size_t n = strlen(prefix) - 1;

	return strncmp("LD_", prefix, n) == 0 || strncmp("DYLD_", prefix, n) == 0 ||
	       strncmp("GLIBC_TUNABLES", prefix, n) == 0;
}

/* Variables that are let through by name; those by prefix cannot be written in a command and are
 * told apart. */
static void put_env(struct emit *e, bool prefixes)
{
	const struct ir *ir = e->l->ir;
	const struct name_map denied = env_denied(e);

	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		size_t n = strlen(r->object);

		if (r->kind != RULE_ENV || r->deny || !seatbelt_governs(r) ||
		    name_map_covering(e->l->arena, &denied, r->object) >= 0)
			continue;
		if (prefixes != (n > 0 && r->object[n - 1] == '*'))
			continue;
		if (prefixes)
			buf_printf(&e->out, "; and add those of your variables that match: %s%s\n", r->object,
				   meets_loader(r->object) ? " (but no LD_*, DYLD_*, GLIBC_TUNABLES)" : "");
		else
			buf_printf(&e->out, " \\\n;     ${%s+%s=\"$%s\"}", r->object, r->object,
				   r->object);
	}
	for (unsigned i = 0; i < ir->n_env_set && !prefixes; i++) {
		if (!(ir->env_set[i].targets & TARGET_BIT(TARGET_MACOS)))
			continue;
		buf_puts(&e->out, " \\\n;     ");
		emit_comment_text(e, ir->env_set[i].name);
		buf_putc(&e->out, '=');
		put_template(e, ir->env_set[i].value);
	}
}

/* One line each, for people and for model.c: name, type, and the default or nothing. */
static void put_params(struct emit *e, const struct names *used)
{
	for (unsigned i = 0; i < used->n; i++) {
		const struct ir_param *p = param_of(e->l->ir, used->v[i]);

		if (!p)
			continue;
		buf_printf(&e->out, "; param %s %s%s", p->name, type_name[p->type],
			   p->value ? " default " : "");
		emit_comment_text(e, p->value ? p->value : "");
		buf_putc(&e->out, '\n');
	}
}

/* What the shell can limit, in its own units: rounded down, so that no shell gives more. */
static void put_limits(struct emit *e)
{
	static const struct {
		enum limit limit;
		char option;
		uint64_t unit;
		bool always;
		uint64_t otherwise;
	} rows[] = {
	    {LIMIT_CORE, 'c', 1024, true, 0},		{LIMIT_OPEN_FILES, 'n', 1, true, 1024},
	    {LIMIT_FILE_SIZE, 'f', 1024, false, 0},	{LIMIT_CPU_TIME, 't', 1000, false, 0},
	    {LIMIT_STACK, 's', 1024, false, 0},		{LIMIT_LOCKED_MEMORY, 'l', 1024, false, 0},
	};
	const struct ir *ir = e->l->ir;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct ir_limit *v = &ir->limit[TARGET_MACOS][rows[i].limit];
		uint64_t value = v->set ? v->value : rows[i].otherwise;
		bool up = rows[i].limit == LIMIT_CPU_TIME; /* no second is no limit */

		if (!v->param && (v->set || (rows[i].always && !ir->no_default_limits)))
			buf_printf(&e->out, "ulimit -%c %" PRIu64 " && ", rows[i].option,
				   value / rows[i].unit + (up && value % rows[i].unit));
	}
}

/* What only the loader does. */
static void put_unkept(struct emit *e)
{
	const struct ir_limit *limits = e->l->ir->limit[TARGET_MACOS];

	for (unsigned i = 0; i < LIMIT_COUNT; i++)
		if (limits[i].set && (i == LIMIT_WALL || limits[i].param))
			buf_printf(&e->out, "; Without sbx-run nothing keeps `limit %s`.\n", limit_name[i]);
}

static void put_command(struct emit *e, const struct names *used)
{
	const struct ir *ir = e->l->ir;

	buf_puts(&e->out, ";   (");
	if (starts_elsewhere(e)) {
		buf_puts(&e->out, "CWD=$(pwd -P) && cd ");
		put_template(e, ir->around.directory[TARGET_MACOS].path);
		buf_puts(&e->out, " && ");
	}
	put_limits(e);
	buf_puts(&e->out, "exec env -i");
	put_env(e, false);
	buf_puts(&e->out, " \\\n;     sandbox-exec");
	for (unsigned i = 0; i < used->n; i++) {
		buf_printf(&e->out, " -D %s=", used->v[i]);
		put_variable(e, used->v[i]);
	}
	buf_printf(&e->out, " -f %s" SEATBELT_FILE " ", starts_elsewhere(e) ? "\"$CWD\"/" : "");
	if (ir->entry)
		put_template(e, ir->entry);
	else
		buf_puts(&e->out, "PROGRAM");
	buf_printf(&e->out, " ARG...%s)\n", ir->choice[TARGET_MACOS][CHOICE_STDIN].value == STDIN_NULL ? " </dev/null" : "");
	put_unkept(e);
}

/* Does it matter that a name has other spellings? One that is not allowed is closed in each. */
static bool closes_places(const struct ir *ir)
{
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];

		if ((r->kind == RULE_PATH || r->kind == RULE_GLOB) && seatbelt_governs(r) && (r->deny || r->n_holes))
			return true;
	}
	return false;
}

void seatbelt_emit_header(struct emit *e)
{
	const struct ir *ir = e->l->ir;
	struct names used = used_names(e->l->arena, ir);

	buf_puts(&e->out, "; Seatbelt profile of the policy ");
	emit_comment_text(e, ir->name);
	if (ir->version[0]) {
		buf_putc(&e->out, ' ');
		emit_comment_text(e, ir->version);
	}
	buf_printf(&e->out, ", plan %s. For macOS 13 and newer; written by sbxc.\n;\n",
		   e->l->plan_id);
	buf_puts(&e->out, "; It holds when `sbx-run` starts the program from the plan, or without it exactly so:\n");
	put_command(e, &used);
	put_params(e, &used);
	put_env(e, true);
	if (used.n)
		buf_puts(&e->out, "; Values of -D must be real paths, as `pwd -P` prints them: "
				  "/private/tmp/x and not /tmp/x,\n"
				  "; without a slash at the end. A rule for any other spelling "
				  "matches nothing.\n");
	if (closes_places(ir))
		buf_puts(&e->out, "; Names are compared letter for letter with those that the volume holds. On one that folds case a deny\n"
				  "; of .env says nothing of a file that is called .ENV there.\n");
	buf_puts(&e->out,
		 "; The profile itself can neither clear the environment nor limit anything.\n\n");
}
