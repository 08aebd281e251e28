/*
 * diff_plan.c - a plan as one side of a comparison: its models answer, its files say what to ask about.
 *
 * The rules made here carry names only (places, ports, variables, and the plan line each comes from); nothing is decided
 * by them. System calls come from the certificates, which were just proved to be what the filters do.
 */
#include <stdlib.h>
#include <string.h>

#include "cond.h"
#include "diff_plan.h"
#include "diff_priv.h"
#include "say.h"
#include "template.h"

struct reader {
	struct arena *a;
	struct side_plan *out;
	struct ir *ir;
	struct ir_rule *rules;
	uint32_t target; /* TARGET_BIT of what is read */
	struct ir_proxy *proxy; /* of egress.yaml: whose rules are read */
	bool in_rules;
};

static struct ir_rule *add_rule(struct reader *r, enum rule_kind kind, uint32_t ops, const char *object, const char *where)
{
	static const struct origin nowhere;
	ARENA_GROW(r->a, r->rules, r->ir->n_rules);
	ARENA_GROW(r->a, r->out->where, r->ir->n_rules);
	r->out->where[r->ir->n_rules] = where;
	struct ir_rule *rule = &r->rules[r->ir->n_rules++];
	*rule = (struct ir_rule){.kind = kind, .ops = ops, .object = object, .targets = r->target, .arches = ARCHES_ALL, .port_hi = 65535};
	for (unsigned op = 0; op < OP_COUNT; op++)
		rule->origin[op] = ops & OP_BIT(op) ? &nowhere : NULL;
	r->ir->rules = r->rules;
	return rule;
}

/* ---- lines of words ---- */

enum { MAX_WORDS = 8 };
struct words {
	const char *v[MAX_WORDS];
	unsigned n;
};

/* The first `n` words of a line; the last one is all that is left. */
static struct words split(struct arena *a, const char *line, unsigned n)
{
	struct words w = {.n = 0};
	while (*line && w.n < n) {
		size_t len = w.n + 1 == n ? strlen(line) : strcspn(line, " ");
		w.v[w.n++] = arena_strndup(a, line, len);
		line += len + (line[len] == ' ');
	}
	return w;
}

/* A line that begins with a tab, in seatbelt.sb, goes on with the one before. */
static void each_line(struct reader *r, const struct artifact *f, void (*take)(struct reader *r, const char *line))
{
	for (const char *at = f ? f->data : "", *end; (end = strchr(at, '\n')); at = end + 1) {
		while (end[1] == '\t' && strchr(end + 1, '\n'))
			end = strchr(end + 1, '\n');
		take(r, arena_strndup(r->a, at, (size_t)(end - at)));
	}
}

/* ---- landlock.conf ---- */

#define WRITES (OP_BIT(OP_MODIFY) | OP_BIT(OP_CREATE) | OP_BIT(OP_DELETE))

static uint32_t file_ops(const char *rights)
{
	static const struct {
		const char *right;
		uint32_t ops;
	} table[] = {
	    {"read_file", OP_BIT(OP_READ)},  {"read_dir", OP_BIT(OP_LIST)},	{"write_file", OP_BIT(OP_MODIFY)},
	    {"make_reg", OP_BIT(OP_CREATE)}, {"remove_file", OP_BIT(OP_DELETE)}, {"execute", OP_BIT(OP_EXEC)},
	    {"ioctl_dev", OP_BIT(OP_IOCTL)},
	};
	uint32_t ops = 0;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		ops |= strstr(rights, table[i].right) ? table[i].ops : 0;
	return ops ? ops : OP_BIT(OP_READ);
}

static void take_place(struct reader *r, const char *rights, const char *where, const char *tmpl, uint32_t flags)
{
	add_rule(r, RULE_PATH, file_ops(rights), tmpl, where)->flags = flags;
	if (strstr(rights, "resolve_unix"))
		add_rule(r, RULE_NET, OP_BIT(OP_CONNECT_UNIX), tmpl, where);
}

static void take_port(struct reader *r, const struct words *w)
{
	uint64_t port = 0;
	struct ir_rule *rule = add_rule(r, RULE_NET, OP_BIT(OP_CONNECT_TCP), "*", w->v[3]);
	if (w->v[2][0] == '$')
		rule->port_var = arena_strndup(r->a, w->v[2] + 2, strlen(w->v[2]) - 3);
	else if (parse_u64(w->v[2], strlen(w->v[2]), 65535, &port))
		rule->port_lo = rule->port_hi = (uint16_t)port;
}

/* `glob RIGHTS WHERE GLOB TMPL` gives, `cover-glob HOW WHERE GLOB TMPL` takes. */
static void take_pattern(struct reader *r, const char *line)
{
	struct words w = split(r->a, line, 5);
	bool deny = strcmp(w.v[0], "cover-glob") == 0;
	uint32_t ops = 0;
	if (w.n != 5)
		return;
	if (!deny)
		ops = file_ops(w.v[1]);
	if (deny && strstr(w.v[1], "hide"))
		ops = OP_BIT(OP_READ) | OP_BIT(OP_LIST) | OP_BIT(OP_EXEC) | WRITES;
	if (deny && strstr(w.v[1], "ro"))
		ops |= WRITES;
	if (deny && strstr(w.v[1], "noexec"))
		ops |= OP_BIT(OP_EXEC);
	struct ir_rule *rule = add_rule(r, RULE_GLOB, ops ? ops : OP_BIT(OP_READ), w.v[4], w.v[2]);
	rule->glob = w.v[3];
	rule->deny = deny;
}

static void take_landlock(struct reader *r, const char *line)
{
	if (strncmp(line, "glob ", 5) == 0 || strncmp(line, "cover-glob ", 11) == 0) {
		take_pattern(r, line);
		return;
	}
	struct words w = split(r->a, line, strncmp(line, "path ", 5) == 0 ? 6 : 4);
	if (w.n == 6) {
		uint32_t flags = strcmp(w.v[1], "skip") == 0 ? RULE_IF_EXISTS : strcmp(w.v[1], "make") == 0 ? RULE_MAKE_DIR : 0;
		take_place(r, w.v[3], w.v[4], w.v[5], flags | (strcmp(w.v[2], "nofollow") == 0 ? RULE_NOFOLLOW : 0));
	} else if (w.n == 4 && strcmp(w.v[0], "entry") == 0) {
		take_place(r, w.v[1], w.v[2], w.v[3], 0);
	} else if (w.n == 4 && strcmp(w.v[0], "port") == 0) {
		take_port(r, &w);
	} else if (w.n == 4 && strcmp(w.v[0], "assert") == 0) {
		add_rule(r, RULE_PATH, file_ops(w.v[1]), w.v[3], w.v[2])->deny = true;
	}
}

/* ---- launch.conf ---- */

static void take_choice(struct reader *r, const char *setting, const char *value)
{
	for (unsigned c = 0; c < CHOICE_COUNT; c++)
		for (unsigned v = 0; strcmp(choice_setting[c], setting) == 0 && v < CHOICE_MAX_WORDS && choice_word[c][v]; v++)
			if (strcmp(choice_word[c][v], value) == 0)
				r->ir->choice[__builtin_ctz(r->target)][c].value = v;
}

static void take_launch(struct reader *r, const char *line)
{
	struct words w = split(r->a, line, 3);
	if (w.n >= 2 && (strcmp(w.v[0], "env-allow") == 0 || strcmp(w.v[0], "env-set") == 0))
		add_rule(r, RULE_ENV, OP_BIT(OP_ENV), w.v[1], NULL);
	else if (w.n == 2 && strcmp(w.v[0], "exec-fd") == 0)
		r->out->exec_fd = atoi(w.v[1]);
	else if (w.n == 3 && strcmp(w.v[0], "entry") == 0)
		r->ir->entry = w.v[2];
	else if (w.n >= 2 && strcmp(w.v[0], "isolate") == 0)
		for (unsigned i = 0; i < ISOLATE_COUNT; i++)
			r->ir->isolate |= strstr(line, isolate_name[i]) ? 1u << i : 0;
	else if (w.n == 2)
		take_choice(r, w.v[0], w.v[1]);
}

/* ---- seatbelt.sb ---- */

/* The next string of the profile as a template: "x", (param "N"), (string-append (param "N") "x"). */
static const char *next_string(struct arena *a, const char **at)
{
	struct buf b = buf_new(a);
	bool more;
	do {
		const char *open = strchr(*at, '"');
		if (!open)
			return NULL;
		bool var = open - *at >= 7 && strncmp(open - 7, "(param ", 7) == 0;
		struct buf plain = buf_new(a);
		const char *c = open + 1;
		for (; *c && *c != '"'; c++) {
			c += *c == '\\' && c[1];
			buf_putc(&plain, *c);
		}
		if (var)
			template_add_var(&b, buf_str(&plain));
		else
			template_add_literal(&b, buf_str(&plain), plain.len);
		*at = *c ? c + 1 : c;
		more = strncmp(*at, ") \"", 3) == 0 || strncmp(*at, " (param", 7) == 0;
	} while (more);
	return buf_str(&b);
}

static void take_endpoint(struct reader *r, const char *text, bool udp)
{
	const char *colon = strrchr(text, ':');
	uint64_t port = 0;
	if (!colon)
		return;
	const char *host = arena_strndup(r->a, text, (size_t)(colon - text));
	const char *var = strchr(text, '$');
	struct ir_rule *rule = add_rule(r, RULE_NET, OP_BIT(udp ? OP_CONNECT_UDP : OP_CONNECT_TCP), var ? "*" : host, NULL);
	if (var && var[1] == '{')
		rule->port_var = arena_strndup(r->a, var + 2, strcspn(var + 2, "}"));
	else if (parse_u64(colon + 1, strlen(colon + 1), 65535, &port))
		rule->port_lo = rule->port_hi = (uint16_t)port;
}

/* A line with an expression: the folder before it, and the expression as the pattern. */
static bool take_regex(struct reader *r, const char *line)
{
	static const struct {
		const char *word;
		uint32_t ops;
	} table[] = {{"file-read-data", OP_BIT(OP_READ) | OP_BIT(OP_LIST)}, {"file-write-data", OP_BIT(OP_MODIFY)},
		     {"file-write-create", OP_BIT(OP_CREATE)},		    {"file-write-unlink", OP_BIT(OP_DELETE)},
		     {"process-exec", OP_BIT(OP_EXEC)}};
	const char *regex = strstr(line, "(regex "), *at = line, *folder;
	uint32_t ops = 0;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		ops |= strstr(line, table[i].word) ? table[i].ops : 0;
	if (!regex || !(folder = next_string(r->a, &at)) || at > regex || !ops)
		return false;
	struct ir_rule *rule = add_rule(r, RULE_GLOB, ops, folder, NULL);
	const char *tmpl = next_string(r->a, &regex), *plain = tmpl ? template_literal(r->a, tmpl) : NULL;
	rule->glob = plain ? plain : tmpl ? tmpl : "";
	rule->deny = strncmp(line, "(deny", 5) == 0;
	return true;
}

/* Of what only macOS has: how seatbelt.sb spells it. */
static const struct {
	const char *word, *object; /* object: the word alone says it */
	uint32_t ops;
} macos_names[] = {
    {"(global-name ", NULL, OP_BIT(OP_MACH)},
    {"(ipc-posix-name ", NULL, OP_BIT(OP_SHM_READ) | OP_BIT(OP_SHM_WRITE) | OP_BIT(OP_SEM)},
    {" ipc-sysv-shm", "shm", OP_BIT(OP_SYSV)},
    {" ipc-sysv-sem", "sem", OP_BIT(OP_SYSV)},
    {" ipc-sysv-msg", "msg", OP_BIT(OP_SYSV)},
    {"(iokit-user-client-class ", NULL, OP_BIT(OP_IOKIT_OPEN)},
    {"(iokit-property ", NULL, OP_BIT(OP_IOKIT_READ) | OP_BIT(OP_IOKIT_WRITE)},
    {"(preference-domain ", NULL, OP_BIT(OP_PREFERENCE_READ) | OP_BIT(OP_PREFERENCE_WRITE)},
    {"(sysctl-name ", NULL, OP_BIT(OP_SYSCTL_WRITE)},
};

static bool take_macos_name(struct reader *r, const char *line)
{
	for (size_t i = 0; i < sizeof(macos_names) / sizeof(macos_names[0]); i++) {
		const char *at = line, *text;
		if (!strstr(line, macos_names[i].word))
			continue;
		if (macos_names[i].object)
			add_rule(r, RULE_MACOS, macos_names[i].ops, macos_names[i].object, NULL);
		while (!macos_names[i].object && (text = next_string(r->a, &at)))
			add_rule(r, RULE_MACOS, macos_names[i].ops, text, NULL);
		return true;
	}
	return false;
}

static void take_seatbelt(struct reader *r, const char *line)
{
	const char *at = line, *text;
	if (line[0] == ';' || take_macos_name(r, line))
		return;
	take_regex(r, line);
	while ((text = next_string(r->a, &at))) {
		if (strstr(line, " tcp ") || strstr(line, " udp "))
			take_endpoint(r, text, strstr(line, " udp "));
		else if (text[0] == '/' || text[0] == '$') {
			add_rule(r, RULE_PATH, OP_BIT(OP_READ), text, NULL);
			add_rule(r, RULE_NET, OP_BIT(OP_CONNECT_UNIX), text, NULL);
		}
	}
}

/* ---- egress.yaml ---- */

/* What stands between the quotes of `KEY: "TEXT"`, behind the blanks and the dash of an item; NULL for another key. */
static const char *yaml_string(struct arena *a, const char *line, const char *key)
{
	size_t n = strlen(key);
	line += strspn(line, " -");
	if (strncmp(line, key, n) != 0 || strncmp(line + n, ": \"", 3) != 0)
		return NULL;
	return arena_strndup(a, line + n + 3, strlen(line + n + 3) - 1);
}

/* A host that a proxy connects to: "443", "1024-65535". */
static void take_ports(struct ir_rule *rule, const char *text)
{
	uint64_t lo = 0, hi = 0;
	size_t n = strcspn(text, "-");
	if (!parse_u64(text, n, 65535, &lo))
		return;
	hi = lo;
	if (text[n] && !parse_u64(text + n + 1, strlen(text + n + 1), 65535, &hi))
		return;
	rule->port_lo = (uint16_t)lo;
	rule->port_hi = (uint16_t)hi;
}

static void take_egress(struct reader *r, const char *line)
{
	const char *text;
	struct ir_rule *last = r->in_rules && r->ir->n_rules ? &r->rules[r->ir->n_rules - 1] : NULL;
	if (strncmp(line, "- target: ", 10) == 0) {
		r->target = strcmp(line + 10, target_name[TARGET_LINUX]) == 0 ? TARGET_BIT(TARGET_LINUX) : TARGET_BIT(TARGET_MACOS);
		r->in_rules = false;
	} else if ((text = yaml_string(r->a, line, "proxy"))) {
		r->proxy = ARENA_NEW(r->a, struct ir_proxy);
		*r->proxy = (struct ir_proxy){.name = text};
	} else if ((text = yaml_string(r->a, line, "allow")) || (text = yaml_string(r->a, line, "deny"))) {
		struct ir_rule *rule = add_rule(r, RULE_RELAY, OP_BIT(OP_RELAY_TCP), text, NULL);
		rule->via = r->proxy;
		rule->deny = yaml_string(r->a, line, "deny") != NULL;
		r->in_rules = true;
	} else if (last && (text = yaml_string(r->a, line, "ports"))) {
		take_ports(last, text);
	} else if (last && (text = yaml_string(r->a, line, "at"))) {
		r->out->where[r->ir->n_rules - 1] = text;
	}
}

/* ---- plan.yaml ---- */

static bool by_name(const char *const *names, unsigned n, const char *name, unsigned *out)
{
	for (unsigned i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return *out = i, true;
	return false;
}

static void take_limits(struct reader *r, const struct manifest *m)
{
	for (unsigned i = 0; i < manifest_count(m, LIST_LIMITS); i++) {
		unsigned l, t;
		const char *value = manifest_get(m, LIST_LIMITS, i, "value");
		if (!by_name(limit_name, LIMIT_COUNT, manifest_get(m, LIST_LIMITS, i, "name"), &l) ||
		    !by_name(target_name, TARGET_COUNT, manifest_get(m, LIST_LIMITS, i, "target"), &t))
			continue;
		struct ir_limit *limit = &r->ir->limit[t][l];
		limit->set = parse_u64(value, strlen(value), UINT64_MAX, &limit->value);
		limit->param = manifest_get(m, LIST_LIMITS, i, "param");
	}
}

static struct guarantees take_guarantees(struct arena *a, const struct manifest *m)
{
	struct guarantee *v = NULL;
	unsigned n = 0;
	for (unsigned i = 0; i < manifest_count(m, LIST_GUARANTEES); i++) {
		unsigned cap, t, level;
		if (!by_name(cap_name, CAP_COUNT, manifest_get(m, LIST_GUARANTEES, i, "name"), &cap) ||
		    !by_name(target_name, TARGET_COUNT, manifest_get(m, LIST_GUARANTEES, i, "target"), &t) ||
		    !by_name(level_name, LEVEL_ENFORCED + 1, manifest_get(m, LIST_GUARANTEES, i, "level"), &level))
			continue;
		ARENA_GROW(a, v, n);
		v[n++] = (struct guarantee){
		    .cap = (enum cap)cap,
		    .target = (enum target)t,
		    .preferred = strcmp(manifest_get(m, LIST_GUARANTEES, i, "is"), "preferred") == 0,
		    .answer = {.level = (enum level)level, .note = manifest_get(m, LIST_GUARANTEES, i, "note")},
		};
	}
	return (struct guarantees){.v = v, .n = n};
}

/* ---- the whole ---- */

static uint32_t arches_of(const struct plan_files *f)
{
	uint32_t arches = 0;
	for (unsigned i = 0; i < ARCH_COUNT; i++) {
		char name[64];
		snprintf(name, sizeof(name), "seccomp-%s.proof", arch_name[arch_machine[i]]);
		arches |= plan_file(f, name) ? ARCH_BIT(i) : 0;
	}
	return arches;
}

struct side_plan *side_plan_read(struct arena *a, struct plan_open *p, struct compile *k, const char **failure)
{
	struct side_plan *out = ARENA_NEW(a, struct side_plan);
	struct ir *ir = ARENA_NEW(a, struct ir);
	struct reader r = {.a = a, .out = out, .ir = ir, .target = TARGET_BIT(TARGET_LINUX)};
	*ir = *p->frame.ir;
	ir->name = manifest_head(p->manifest, "policy");
	ir->version = manifest_head(p->manifest, "version");
	ir->entry = NULL;
	ir->isolate = 0;
	ir->rules = NULL;
	ir->n_rules = 0;
	memset(ir->limit, 0, sizeof(ir->limit));
	memset(ir->choice, 0, sizeof(ir->choice)); /* as where nothing is said */
	out->exec_fd = -1;
	out->models = &p->models;
	out->files = &p->files;
	ir->arches = arches_of(&p->files);
	each_line(&r, plan_file(&p->files, "landlock.conf"), take_landlock);
	each_line(&r, plan_file(&p->files, "launch.conf"), take_launch);
	r.target = TARGET_BIT(TARGET_MACOS);
	each_line(&r, plan_file(&p->files, "launch-macos.conf"), take_launch);
	each_line(&r, plan_file(&p->files, "seatbelt.sb"), take_seatbelt);
	each_line(&r, plan_file(&p->files, "egress.yaml"), take_egress);
	take_limits(&r, p->manifest);
	*k = p->frame;
	k->ir = ir;
	k->guarantees = take_guarantees(a, p->manifest);
	out->calls = plan_calls(a, &p->files, out->exec_fd, &ir->arches, failure);
	return out->calls ? out : NULL;
}

static bool same_action(struct sys_action a, struct sys_action b)
{
	return a.act == b.act && a.data == b.data;
}

static void compare_unknown(struct differ *d)
{
	if (!(d->targets & TARGET_BIT(TARGET_LINUX)) || same_action(d->old.calls->unknown, d->now.calls->unknown))
		return;
	struct diff_entry *e = differ_add(d, DIFF_SETTINGS, DIFF_OTHER, TARGET_BIT(TARGET_LINUX), "unknown syscall");
	e->object = arena_printf(d->a, "%s -> %s", action_word(d->a, d->old.calls->unknown), action_word(d->a, d->now.calls->unknown));
}

const struct diff *diff_plans(struct arena *a, struct plan_open *old, struct plan_open *now, const char **failure)
{
	struct differ d = {.a = a};
	struct compile k[2];
	struct side_plan *was = side_plan_read(a, old, &k[0], failure);
	struct side_plan *is = was ? side_plan_read(a, now, &k[1], failure) : NULL;
	if (!is)
		return NULL;
	differ_open(&d, &k[0], &k[1]);
	d.old.plan = was;
	d.now.plan = is;
	d.old.calls = was->calls;
	d.now.calls = is->calls;
	compare_unknown(&d);
	return differ_run(&d, diff_plan_files);
}
