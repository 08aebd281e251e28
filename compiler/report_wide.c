/*
 * report_wide.c - grants that are wide: a whole home, any host, a shell. Words, so that they are seen without colour.
 */
#include <string.h>

#include "decide.h"
#include "report_wide.h"

struct place {
	const char *path;
	const char *word;
};

/* A grant on it, or above it, is wide: the first that fits is said. */
static const struct place whole[] = {
    {"/", "whole file system"},	 {"/home", "all homes"},      {"/Users", "all homes"}, {"${HOME}", "whole home"},
    {"/root", "whole home"},	 {"/etc", "all of /etc"},     {"/usr", "all of /usr"}, {"/var", "all of /var"},
    {"/dev", "all devices"},	 {"/proc", "all of /proc"},   {"/sys", "all of /sys"}, {"/run", "all of /run"},
};
static const char *const secrets[] = {".ssh", ".aws", ".gnupg", ".netrc", ".config/gcloud", ".kube", ".docker/config.json"};
static const char *const shells[] = {"/bin/sh", "/bin/bash", "/usr/bin/sh", "/usr/bin/bash", "/usr/bin/dash", "/bin/dash",
				     "/bin/zsh", "/usr/bin/zsh", "/usr/bin/env"};

enum { READ = OP_BIT(OP_READ), WRITE = OP_BIT(OP_MODIFY) | OP_BIT(OP_CREATE) | OP_BIT(OP_DELETE), RUN = OP_BIT(OP_EXEC) };

static void add(struct wide *w, const char *word)
{
	for (unsigned i = 0; i < w->n; i++)
		if (strcmp(w->words[i], word) == 0)
			return;
	if (w->n < WIDE_MAX)
		w->words[w->n++] = word;
}

/* Does this line, as the policy stands, give the operation on the place? */
static bool gives(const struct meaning *m, const struct ir_rule *rule, enum op op, const char *path)
{
	struct request r = {.target = (enum target)__builtin_ctz(rule->targets), .op = op, .object = path};
	return decide_covers(m, rule, &r) && decide(m, &r).allow;
}

static void path_words(struct arena *a, const struct meaning *m, const struct ir_rule *r, struct wide *w)
{
	const struct ir *ir = meaning_ir(m);
	for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]) && !w->n; i++)
		if (strcmp(r->object, whole[i].path) == 0 && (r->ops & (READ | WRITE | RUN)) &&
		    !((r->ops & (READ | WRITE | RUN)) == RUN && strcmp(whole[i].path, "/usr") == 0))
			add(w, whole[i].word);
	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]) && (r->ops & READ); i++) {
		const char *path = expand_template(a, ir, arena_printf(a, "${HOME}/%s/id", secrets[i]), NULL, 0);
		if (path && gives(m, r, OP_READ, path))
			add(w, arena_printf(a, "reads ~/%s", secrets[i]));
	}
	for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]) && (r->ops & RUN); i++)
		if (gives(m, r, OP_EXEC, shells[i]))
			add(w, "runs a shell");
	const char *inside = expand_template(a, ir, arena_printf(a, "%s/example", strcmp(r->object, "/") ? r->object : ""), NULL, 0);
	struct request run = {.target = (enum target)__builtin_ctz(r->targets), .op = OP_EXEC, .object = inside};
	if ((r->ops & WRITE) && inside && inside[0] == '/' && gives(m, r, OP_CREATE, inside) && decide(m, &run).allow)
		add(w, "runs what it writes");
}

static void net_words(const struct ir_rule *r, struct wide *w)
{
	const uint32_t sockets = OP_BIT(OP_CONNECT_UNIX) | OP_BIT(OP_LISTEN_UNIX), ports = OP_BIT(OP_CONNECT_TCP) | OP_BIT(OP_CONNECT_UDP);
	if (r->ops & OP_BIT(OP_NET))
		add(w, "all of the network");
	else if ((r->ops & ports) && strcmp(r->object, "*") == 0)
		add(w, "any host");
	if ((r->ops & ~sockets & ~OP_BIT(OP_NET)) && !r->port_var && r->port_lo != r->port_hi)
		add(w, "any port");
	if ((r->ops & sockets) && strcmp(r->object, "/") == 0)
		add(w, "every socket");
}

struct wide wide_words(struct arena *a, const struct meaning *m, const struct ir_rule *r)
{
	struct wide w = {.n = 0};
	switch (r->kind) {
	case RULE_PATH:
		path_words(a, m, r, &w);
		break;
	case RULE_NET:
	case RULE_RELAY:
		net_words(r, &w);
		break;
	case RULE_ENV:
		if (strcmp(r->object, "*") == 0)
			add(&w, "every variable");
		break;
	case RULE_SIGNAL:
		add(&w, "any process");
		break;
	case RULE_SYSCALL:
		if (!r->cond && r->object[0] == '@')
			add(&w, "a whole group");
		break;
	case RULE_MACOS:
	case RULE_GLOB: /* names of one kind: what is wide is the folder, and it is not given */
		break;
	}
	return w;
}
