/*
 * access.c - what allow, deny and expect speak about: operation words and objects, flattened into one item an object.
 */
#include <string.h>

#include "access_priv.h"
#include "macos_word.h"

struct op_word {
	const char *word;
	uint32_t ops;
};
static const struct op_word op_words[] = {
#define OP_WORD(word, ops) {word, ops},
#include "op_word.def"
};
enum { N_OP_WORDS = sizeof(op_words) / sizeof(op_words[0]) };

struct access_item *access_add(struct access_ctx *x, enum rule_kind kind, uint32_t ops, struct loc loc)
{
	ARENA_GROW(x->r->a, x->out->v, x->out->n);
	struct access_item *i = &x->out->v[x->out->n++];
	*i = (struct access_item){.loc = loc};
	i->rule.kind = kind;
	i->rule.ops = ops;
	i->rule.port_hi = 65535;
	i->rule.arches = x->p->arches;
	return i;
}

bool access_fail(struct access_ctx *x)
{
	x->out->ok = false;
	return false;
}

/* ---- operation words ---- */

bool access_file_op(const char *word, uint32_t *ops)
{
	for (unsigned i = 0; i < N_OP_WORDS; i++) {
		if (strcmp(op_words[i].word, word) == 0) {
			*ops |= op_words[i].ops;
			return true;
		}
	}
	return false;
}

static bool unknown_op(struct access_ctx *x, const struct ast_word *w)
{
	const char *known[N_OP_WORDS + 24];
	size_t n = 0;
	for (unsigned i = 0; i < N_OP_WORDS; i++)
		known[n++] = op_words[i].word;
	static const char *const others[] = {"connect", "listen", "net", "signal", "env", "syscall", "matching"};
	if (w->reported)
		return access_fail(x);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		known[n++] = others[i];
	for (unsigned i = 0; i < n_macos_families && n < sizeof(known) / sizeof(known[0]); i++)
		known[n++] = macos_families[i].word;
	struct diag_rec *rec = diag(x->r->d, DIAG_UNKNOWN_WORD, w->loc, "unknown word `%s`", w->text);
	diag_help_or(rec, suggest(x->r->a, w->text, known, n),
		     "what may be done is read, list, write, modify, create, delete, exec, ioctl; connect or listen; net, signal, env, syscall");
	return access_fail(x);
}

bool access_file_ops(struct access_ctx *x, const struct ast_word *w, uint32_t *ops)
{
	*ops = 0;
	for (; w; w = w->next) {
		if (access_file_op(w->text, ops))
			continue;
		return unknown_op(x, w);
	}
	return true;
}

static const struct op_word net_protos[2][3] = {
    {{"tcp", OP_BIT(OP_CONNECT_TCP)}, {"udp", OP_BIT(OP_CONNECT_UDP)}, {"unix", OP_BIT(OP_CONNECT_UNIX)}},
    {{"tcp", OP_BIT(OP_LISTEN_TCP)}, {"udp", OP_BIT(OP_LISTEN_UDP)}, {"unix", OP_BIT(OP_LISTEN_UNIX)}},
};

/* connect tcp, listen udp, ...: exactly two words. */
static bool net_op(struct access_ctx *x, const struct ast_word *w, bool listen, uint32_t *op)
{
	const struct ast_word *proto = w->next;
	if (!proto) {
		struct diag_rec *rec = diag(x->r->d, DIAG_UNEXPECTED, w->loc, "`%s` of what?", w->text);
		diag_help(rec, "write `%s tcp`, `%s udp` or `%s unix`", w->text, w->text, w->text);
		return access_fail(x);
	}
	for (unsigned i = 0; i < 3; i++) {
		if (strcmp(net_protos[listen][i].word, proto->text) != 0)
			continue;
		*op = net_protos[listen][i].ops;
		if (proto->next)
			return unknown_op(x, proto->next);
		return true;
	}
	static const char *const names[] = {"tcp", "udp", "unix"};
	struct diag_rec *rec = diag(x->r->d, DIAG_UNKNOWN_WORD, proto->loc, "unknown word `%s`", proto->text);
	const char *near = suggest(x->r->a, proto->text, names, 3);
	diag_help(rec, "%s", near ? near : "tcp, udp or unix can stand here");
	return access_fail(x);
}

/* ---- modifiers ---- */

struct modifier {
	const char *word;
	enum rule_flag flag;
};
static const struct modifier modifiers[] = {
    {"if-exists", RULE_IF_EXISTS},
    {"make-dir", RULE_MAKE_DIR},
    {"nofollow", RULE_NOFOLLOW},
    {"discard", RULE_DISCARD},
};

static bool one_modifier(struct access_ctx *x, const struct ast_word *w, uint32_t *flags)
{
	for (size_t i = 0; i < sizeof(modifiers) / sizeof(modifiers[0]); i++) {
		if (strcmp(modifiers[i].word, w->text) != 0)
			continue;
		if (x->use != ACCESS_ALLOW) {
			struct diag_rec *rec =
			    diag(x->r->d, DIAG_NO_EFFECT, w->loc, "`%s` means nothing here", w->text);
			diag_note(rec, "it says how the loader finds a place that is allowed");
			diag_help(rec, "remove it");
			return access_fail(x);
		}
		*flags |= modifiers[i].flag;
		return true;
	}
	static const char *const known[] = {"if-exists", "make-dir", "nofollow", "except", "via", "discard", "because"};
	if (w->reported)
		return access_fail(x);
	struct diag_rec *rec = diag(x->r->d, DIAG_UNKNOWN_WORD, w->loc, "unknown word `%s`", w->text);
	diag_help_or(rec, suggest(x->r->a, w->text, known, sizeof(known) / sizeof(known[0])),
		     "behind a place can stand if-exists, make-dir, nofollow, discard, except, because");
	return access_fail(x);
}

bool access_modifiers(struct access_ctx *x, const struct ast_object *o, bool is_path, uint32_t *flags)
{
	bool ok = true;
	if (o->via) {
		struct diag_rec *rec = diag(x->r->d, DIAG_NOT_RELAYED, o->via->loc, "this goes through no proxy");
		diag_note(rec, "a proxy makes TCP connections to other machines");
		diag_help(rec, "remove `via %s`", o->via->text);
		ok = access_fail(x);
	}
	for (const struct ast_word *w = o->modifiers; w; w = w->next) {
		if (is_path) {
			if (!(ok = one_modifier(x, w, flags)))
				break; /* what follows a word that is not known was meant for it */
			continue;
		}
		struct diag_rec *rec = diag(x->r->d, DIAG_NO_EFFECT, w->loc, "`%s` means nothing here", w->text);
		diag_help(rec, "remove it");
		ok = access_fail(x);
	}
	if ((*flags & RULE_IF_EXISTS) && (*flags & RULE_MAKE_DIR)) {
		struct diag_rec *rec =
		    diag(x->r->d, DIAG_CONFLICT, o->loc, "`if-exists` and `make-dir` contradict each other");
		diag_help(rec, "keep one: skip the place when it is missing, or make it");
		ok = access_fail(x);
	}
	return ok;
}

/* ---- paths ---- */

static bool object_holes(struct access_ctx *x, const struct ast_object *o, struct ir_rule *rule)
{
	struct ir_hole *holes = NULL;
	unsigned n = 0;
	bool ok = true;
	if (o->except && x->use != ACCESS_ALLOW && x->use != ACCESS_NEVER) {
		struct diag_rec *rec = diag(x->r->d, DIAG_WRONG_PLACE, o->except->loc, "only an `allow` or a `never` has an `except`");
		diag_note(rec, "`except` takes something out of its own line; a `deny` always wins");
		diag_help(rec, "%s", x->use == ACCESS_DENY ? "remove the `except`, and deny the places that are meant one by one" : "remove the `except`");
		return access_fail(x);
	}
	for (const struct ast_word *w = o->except; w; w = w->next) {
		const char *path = scope_path(x->r, x->p->scope, w);
		if (!path) {
			ok = access_fail(x);
			continue;
		}
		size_t len = strlen(rule->object);
		bool root = strcmp(rule->object, "/") == 0;
		if (strncmp(path, rule->object, len) != 0 || (!root && path[len] != '/')) {
			struct diag_rec *rec = diag(x->r->d, DIAG_NO_EFFECT, w->loc, "this `except` takes nothing out");
			diag_second(rec, o->string->loc, "it does not lie below this path");
			diag_help(rec, "name a place below `%s`", rule->object);
			ok = access_fail(x);
			continue;
		}
		ARENA_GROW(x->r->a, holes, n);
		holes[n++] = (struct ir_hole){.path = path, .loc = w->loc};
	}
	rule->holes = holes;
	rule->n_holes = n;
	return ok;
}

static void path_object(struct access_ctx *x, const struct ast_object *o, uint32_t ops)
{
	uint32_t flags = 0;
	bool ok = access_modifiers(x, o, true, &flags);
	const char *path = scope_path(x->r, x->p->scope, o->string);
	if (!path || !ok) {
		access_fail(x);
		return;
	}
	uint32_t writes = OP_BIT(OP_MODIFY) | OP_BIT(OP_CREATE) | OP_BIT(OP_DELETE);
	if ((flags & RULE_DISCARD) && !(ops & writes)) {
		struct diag_rec *rec = diag(x->r->d, DIAG_NO_EFFECT, o->loc, "`discard` throws writes away, and none are allowed here");
		diag_help(rec, "write `allow read write` on that line, or remove `discard`");
		access_fail(x);
		return;
	}
	struct access_item *i = access_add(x, RULE_PATH, ops, o->loc);
	i->rule.object = path;
	i->rule.flags = flags;
	i->because = because_text(x->r, o->because);
	object_holes(x, o, &i->rule);
}

/* ---- the kinds ---- */

void access_need_objects(struct access_ctx *x, const struct ast_access *access, const char *what)
{
	struct diag_rec *rec = diag(x->r->d, DIAG_UNEXPECTED, access->loc, "%s is missing", what);
	diag_help(rec, "nothing is allowed in general: name it between quotes");
	access_fail(x);
}

/* `net`, `signal`: all or none. */
static void whole_access(struct access_ctx *x, const struct ast_access *access, enum op op)
{
	bool net = op == OP_NET;
	if (access->objects) {
		struct diag_rec *rec = diag(x->r->d, DIAG_UNEXPECTED, access->objects->loc, "%s",
					    net ? "`net` stands for all of the network"
						: "`signal` stands for every process outside");
		if (net)
			diag_help(rec, "write `connect tcp \"*:443\"` or `listen tcp \"*:8080\"` for one endpoint");
		else
			diag_help(rec, "write `signal` alone: processes inside are always reached");
		access_fail(x);
		return;
	}
	access_add(x, net ? RULE_NET : RULE_SIGNAL, OP_BIT(op), access->loc)->rule.object = "*";
}

static void ops_access(struct access_ctx *x, const struct ast_access *access)
{
	const struct ast_word *first = access->ops;
	bool connect = strcmp(first->text, "connect") == 0, listen = strcmp(first->text, "listen") == 0;
	uint32_t ops = 0;
	if (macos_family(first->text)) {
		access_macos(x, access);
		return;
	}
	if (!first->next && (strcmp(first->text, "net") == 0 || strcmp(first->text, "signal") == 0)) {
		whole_access(x, access, first->text[0] == 'n' ? OP_NET : OP_SIGNAL);
		return;
	}
	if (connect || listen) {
		if (!net_op(x, first, listen, &ops))
			return;
	} else if (!access_file_ops(x, first, &ops)) {
		return;
	}
	if (!access->objects)
		access_need_objects(x, access, connect || listen ? "the endpoint" : "the path");
	bool unix_socket = ops & (OP_BIT(OP_CONNECT_UNIX) | OP_BIT(OP_LISTEN_UNIX));
	for (const struct ast_object *o = access->objects; o; o = o->next) {
		if (unix_socket)
			access_socket(x, o, ops);
		else if (connect || listen)
			access_endpoint(x, o, ops);
		else
			path_object(x, o, ops);
	}
}

static bool env_name_ok(const char *name)
{
	size_t n = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
	if (n == 0 || (name[0] >= '0' && name[0] <= '9'))
		return false;
	return name[n] == '\0' || (name[n] == '*' && name[n + 1] == '\0');
}

static void env_access(struct access_ctx *x, const struct ast_access *access)
{
	for (const struct ast_word *w = access->names; w; w = w->next) {
		const char *name = w->kind == WORD_STRING ? scope_plain(x->r, x->p->scope, w) : w->text;
		if (!name) {
			access_fail(x);
			continue;
		}
		if (!env_name_ok(name)) {
			struct diag_rec *rec = diag(x->r->d, DIAG_BAD_VALUE, w->loc, "this is no name of a variable");
			diag_help(rec, "write `NAME`, or `\"PREFIX*\"` for all that begin alike");
			access_fail(x);
			continue;
		}
		if (x->use == ACCESS_ALLOW && name[strlen(name) - 1] == '*' && env_by_name_only(name)) {
			struct diag_rec *rec = diag(x->r->d, DIAG_NO_EFFECT, w->loc, "`%s` lets nothing in", name);
			diag_note(rec, "a variable that changes what code is loaded passes only by its whole name");
			diag_help(rec, "name the one that the program needs: `allow env %.*sNAME because \"...\"`", (int)strlen(name) - 1,
				  name);
			access_fail(x);
			continue;
		}
		access_add(x, RULE_ENV, OP_BIT(OP_ENV), w->loc)->rule.object = name;
	}
}

struct access_items access_resolve(struct res *r, const struct place *p, const struct ast_access *access,
				   enum access_use use)
{
	struct access_items out = {.ok = true};
	struct access_ctx x = {.r = r, .p = p, .use = use, .out = &out};
	switch (access->kind) {
	case ACCESS_OPS:
		ops_access(&x, access);
		break;
	case ACCESS_MATCHING:
		access_matching(&x, access);
		break;
	case ACCESS_ENV:
		env_access(&x, access);
		break;
	case ACCESS_SYSCALL:
		access_syscalls(&x, access);
		break;
	}
	return out;
}
