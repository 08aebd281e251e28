/*
 * model.c - what macOS would do with the profile of a plan: the second half of the back end.
 *
 * Reads seatbelt.sb as bytes. The profile is evaluated anew for each set of values of its params,
 * as sandbox-exec does with -D; the result is kept for the next request with the same values.
 * Values that a request leaves out are those that decide.h assumes; the types that this needs stand
 * in the profile's first lines. A profile that would not load with some values stops everything.
 */
#include <string.h>

#include "sbpl_witness.h"
#include "seatbelt.h"

enum { MAX_KERNEL_ASKS = 6 };

/* The profile with one set of values. */
struct instance {
	struct instance *next;
	const char **values;                /* of the params, in their order; NULL: not given */
	const struct sbpl_profile *profile; /* NULL: does not load */
	const char *error;
};

struct model {
	struct arena *arena;
	const struct sexp *forms;
	const struct sbpl_profile *open; /* params stand for anything */
	const struct sbpl_profile *base; /* that before the first rule of the policy */
	const char **params;
	unsigned n_params;
	struct ir header; /* its params only: what the first lines say of them */
	struct instance *
	    *instances; /* newest first; behind a pointer: it grows while the model is const */
};

/* What the kernel asks about a request for a path. */
static const struct {
	enum op op;
	enum sbpl_op asks;
	const char *vnode;
} path_asks[] = {
    {OP_READ, SBPL_FILE_READ_DATA, "REGULAR-FILE"},
    {OP_LIST, SBPL_FILE_READ_DATA, "DIRECTORY"},
    {OP_MODIFY, SBPL_FILE_WRITE_DATA, "REGULAR-FILE"},
    {OP_CREATE, SBPL_FILE_WRITE_CREATE, "REGULAR-FILE"},
    {OP_DELETE, SBPL_FILE_WRITE_UNLINK, "REGULAR-FILE"},
    {OP_EXEC, SBPL_PROCESS_EXEC, "REGULAR-FILE"},
    {OP_IOCTL, SBPL_FILE_IOCTL, "CHARACTER-DEVICE"},
};

static const struct {
	enum op op;
	enum sbpl_proto proto;
	bool listens;
} net_asks[] = {
    {OP_CONNECT_TCP, PROTO_TCP, false},   {OP_CONNECT_UDP, PROTO_UDP, false},
    {OP_CONNECT_UNIX, PROTO_UNIX, false}, {OP_LISTEN_TCP, PROTO_TCP, true},
    {OP_LISTEN_UDP, PROTO_UDP, true},     {OP_LISTEN_UNIX, PROTO_UNIX, true},
};

/* Of what only macOS has; all of the questions must be answered with yes. */
static const struct {
	enum op op;
	const char *object; /* or NULL: any */
	enum sbpl_op asks;
	enum { BY_NAME, BY_PROPERTY, BY_NOTHING } by;
} name_asks[] = {
    {OP_MACH, NULL, SBPL_MACH_LOOKUP, BY_NAME},
    {OP_SHM_READ, NULL, SBPL_IPC_POSIX_SHM_READ_DATA, BY_NAME},
    {OP_SHM_WRITE, NULL, SBPL_IPC_POSIX_SHM_WRITE_CREATE, BY_NAME},
    {OP_SHM_WRITE, NULL, SBPL_IPC_POSIX_SHM_WRITE_DATA, BY_NAME},
    {OP_SHM_WRITE, NULL, SBPL_IPC_POSIX_SHM_WRITE_UNLINK, BY_NAME},
    {OP_SEM, NULL, SBPL_IPC_POSIX_SEM_CREATE, BY_NAME},
    {OP_SEM, NULL, SBPL_IPC_POSIX_SEM_OPEN, BY_NAME},
    {OP_SEM, NULL, SBPL_IPC_POSIX_SEM_POST, BY_NAME},
    {OP_SEM, NULL, SBPL_IPC_POSIX_SEM_UNLINK, BY_NAME},
    {OP_SEM, NULL, SBPL_IPC_POSIX_SEM_WAIT, BY_NAME},
    {OP_SYSV, "shm", SBPL_IPC_SYSV_SHM, BY_NOTHING},
    {OP_SYSV, "sem", SBPL_IPC_SYSV_SEM, BY_NOTHING},
    {OP_SYSV, "msg", SBPL_IPC_SYSV_MSG, BY_NOTHING},
    {OP_IOKIT_OPEN, NULL, SBPL_IOKIT_OPEN_SERVICE, BY_NAME},
    {OP_IOKIT_OPEN, NULL, SBPL_IOKIT_OPEN_USER_CLIENT, BY_NAME},
    {OP_IOKIT_READ, NULL, SBPL_IOKIT_GET_PROPERTIES, BY_PROPERTY},
    {OP_IOKIT_WRITE, NULL, SBPL_IOKIT_SET_PROPERTIES, BY_PROPERTY},
    {OP_PREFERENCE_READ, NULL, SBPL_USER_PREFERENCE_READ, BY_NAME},
    {OP_PREFERENCE_WRITE, NULL, SBPL_USER_PREFERENCE_WRITE, BY_NAME},
    {OP_SYSCTL_WRITE, NULL, SBPL_SYSCTL_WRITE, BY_NAME},
    {OP_PTY, NULL, SBPL_PSEUDO_TTY, BY_NOTHING},
};

struct asks {
	struct sbpl_query v[MAX_KERNEL_ASKS];
	unsigned n;
};

static void find_params(struct model *m, const struct sexp *x)
{
	for (; x; x = x->next) {
		const struct sexp *w = x->kind == SEXP_LIST ? x->first : NULL;
		unsigned i = 0;

		find_params(m, w);
		if (!w || w->kind != SEXP_SYMBOL || strcmp(w->text, "param") != 0 || !w->next ||
		    w->next->kind != SEXP_STRING)
			continue;
		while (i < m->n_params && strcmp(m->params[i], w->next->text) != 0)
			i++;
		if (i < m->n_params)
			continue;
		ARENA_GROW(m->arena, m->params, m->n_params);
		m->params[m->n_params++] = w->next->text;
	}
}

/* "; param NAME TYPE" or "; param NAME TYPE default VALUE" */
static void read_param(struct model *m, struct ir_param **params, const char *line)
{
	const char *word = strchr(line, ' '), *rest;
	struct ir_param p = {.name = NULL};
	unsigned type = 0;

	if (!word)
		return;
	p.name = arena_strndup(m->arena, line, (size_t)(word - line));
	rest = strchr(++word, ' ');
	word = rest ? arena_strndup(m->arena, word, (size_t)(rest - word)) : word;
	while (type < TYPE_COUNT && strcmp(type_name[type], word) != 0)
		type++;
	if (type == TYPE_COUNT)
		return;
	p.type = (enum type)type;
	if (rest && strncmp(rest, " default ", 9) == 0)
		p.value = rest + 9;
	ARENA_GROW(m->arena, *params, m->header.n_params);
	(*params)[m->header.n_params++] = p;
}

/* The comment lines before the first rule. */
static void read_header(struct model *m, const char *text, size_t size)
{
	static const char mark[] = "; param ";
	const char *end = text + size, *stop;
	struct ir_param *params = NULL;

	for (; text < end && *text == ';'; text = stop < end ? stop + 1 : end) {
		stop = memchr(text, '\n', (size_t)(end - text));
		stop = stop ? stop : end;
		if ((size_t)(stop - text) > strlen(mark) && memcmp(text, mark, strlen(mark)) == 0)
			read_param(m, &params,
				   arena_strndup(m->arena, text + strlen(mark),
						 (size_t)(stop - text) - strlen(mark)));
	}
	m->header.params = params;
}

/*
 * system.sb is Apple's and differs between versions: it is read as opening nothing, and answer.c says that it opens more.
 * Nothing else may be imported.
 */
static const struct sexp *import_system(void *ctx, struct arena *a, const char *name, const char **error)
{
	static const char text[] = "(version 1)";

	(void)ctx;
	if (strcmp(name, "system.sb") == 0)
		return sbpl_read(a, name, text, strlen(text), error);
	*error = "a plan's profile imports system.sb alone";
	return NULL;
}

/* The last line of the base: its groups have headings, and stand together. */
static unsigned base_ends(const char *text, size_t size)
{
	static const char head[] = "\n\n; base: ";
	const char *end = text + size, *at = memmem(text, size, head, strlen(head)), *gap = at;
	unsigned line = 0;

	while (gap && gap == at) {
		gap = memmem(at + 1, (size_t)(end - at - 1), "\n\n", 2);
		at = gap ? memmem(gap, (size_t)(end - gap), head, strlen(head)) : NULL;
	}
	for (const char *c = text; gap && c <= gap; c++)
		line += *c == '\n';
	return line;
}

static const struct sexp *forms_up_to(struct arena *a, const struct sexp *x, unsigned line)
{
	struct sexp *first = NULL, **next = &first;

	for (; x && x->at.line <= line; x = x->next) {
		struct sexp *copy = ARENA_NEW(a, struct sexp);

		*copy = *x;
		copy->next = NULL;
		*next = copy;
		next = (struct sexp **)(uintptr_t)&copy->next;
	}
	return first;
}

void *seatbelt_model_open(struct arena *a, const struct artifact *v, unsigned n, const char **error)
{
	struct model *m = ARENA_NEW(a, struct model);
	const struct sbpl_profile *p;
	const struct sbpl_how_to how = {.check = true, .import = import_system};
	const char *why = NULL;
	unsigned i = 0;

	while (i < n && strcmp(v[i].name, SEATBELT_FILE) != 0)
		i++;
	if (i == n) {
		*error = "the plan holds no " SEATBELT_FILE;
		return NULL;
	}
	m->arena = a;
	m->instances = ARENA_NEW(a, struct instance *);
	m->forms = sbpl_read(a, SEATBELT_FILE, v[i].data, v[i].size, &why);
	p = m->forms ? sbpl_eval(a, m->forms, &how, &why) : NULL;
	if (!p || !sbpl_lint(a, m->forms, p, &why)) {
		*error = why;
		return NULL;
	}
	m->open = p;
	m->base = sbpl_eval(a, forms_up_to(a, m->forms, base_ends(v[i].data, v[i].size)), &how, &why);
	find_params(m, m->forms);
	read_header(m, v[i].data, v[i].size);
	return m;
}

static const char *value_of(const struct request *r, const char *name)
{
	for (unsigned i = 0; i < r->n_given; i++)
		if (strcmp(r->given[i].name, name) == 0)
			return r->given[i].value;
	return NULL;
}

static bool same_values(const struct model *m, const struct instance *x, const struct request *r)
{
	for (unsigned i = 0; i < m->n_params; i++) {
		const char *v = value_of(r, m->params[i]);

		if (!v != !x->values[i] || (v && strcmp(v, x->values[i]) != 0))
			return false;
	}
	return true;
}

/* What decide() takes for a value that nobody gave; NULL when there is no such thing. */
static const char *assumed(const struct model *m, const char *name)
{
	return expand_template(m->arena, &m->header, arena_printf(m->arena, "${%s}", name), NULL,
			       0);
}

static void instance_load(const struct model *m, struct instance *x)
{
	struct ir_binding *given = ARENA_ARRAY(m->arena, m->n_params, struct ir_binding);
	unsigned n = 0;

	if (!m->n_params) {
		x->profile = m->open;
		return;
	}
	for (unsigned i = 0; i < m->n_params; i++) {
		const char *v = x->values[i] ? x->values[i] : assumed(m, m->params[i]);

		if (v)
			given[n++] = (struct ir_binding){m->params[i], v};
	}
	x->profile = sbpl_eval(
	    m->arena, m->forms,
	    &(struct sbpl_how_to){.given = given, .n_given = n, .real_paths = true, .check = true,
				   .import = import_system}, &x->error);
	/* With real values the paths can be checked whole. */
	if (x->profile && !sbpl_lint(m->arena, m->forms, x->profile, &x->error))
		x->profile = NULL;
}

static const struct instance *instance_for(const struct model *m, const struct request *r)
{
	struct instance *x = *m->instances;

	while (x && !same_values(m, x, r))
		x = x->next;
	if (x)
		return x;
	x = ARENA_NEW(m->arena, struct instance);
	x->values = ARENA_ARRAY(m->arena, m->n_params, const char *);
	for (unsigned i = 0; i < m->n_params; i++) {
		const char *v = value_of(r, m->params[i]);

		x->values[i] = v ? arena_strdup(m->arena, v) : NULL;
	}
	instance_load(m, x);
	x->next = *m->instances;
	*m->instances = x;
	return x;
}

static void ask(struct asks *a, struct sbpl_query q, enum sbpl_op op)
{
	q.op = op;
	a->v[a->n++] = q;
}

static void ask_path(struct asks *a, struct arena *scratch, const struct request *r)
{
	for (size_t i = 0; i < sizeof(path_asks) / sizeof(path_asks[0]); i++)
		if (path_asks[i].op == r->op)
			ask(a,
			    (struct sbpl_query){.path = sbpl_real_path(scratch, r->object),
						.vnode = path_asks[i].vnode},
			    path_asks[i].asks);
}

static bool is_localhost(const char *host)
{
	/* Not ::ffff:127.0.0.1, and no other address of 127.0.0.0/8: measured for the first,
	 * assumed for the rest. */
	return strcmp(host, "localhost") == 0 || strcmp(host, "127.0.0.1") == 0 ||
	       strcmp(host, "[::1]") == 0;
}

static void ask_sockets(struct asks *a, bool is_unix)
{
	if (is_unix) {
		ask(a, (struct sbpl_query){.domain = "AF_UNIX"}, SBPL_SYSTEM_SOCKET);
		return;
	}
	ask(a, (struct sbpl_query){.domain = "AF_INET"}, SBPL_SYSTEM_SOCKET);
	ask(a, (struct sbpl_query){.domain = "AF_INET6"}, SBPL_SYSTEM_SOCKET);
}

static void ask_endpoint(struct asks *a, struct arena *scratch, const struct request *r,
			 enum sbpl_proto proto, bool listens)
{
	struct sbpl_address at = {.set = proto != PROTO_UNIX, .proto = proto, .port = r->port};
	struct sbpl_address none = {.set = proto != PROTO_UNIX, .proto = proto, .unbound = true};
	struct sbpl_query q = {.path = NULL};

	if (proto == PROTO_UNIX)
		q.path = sbpl_real_path(scratch, r->object);
	else
		at.localhost = r->object && is_localhost(r->object) ? TRI_YES : TRI_NO;
	ask_sockets(a, proto == PROTO_UNIX);
	q.local = listens ? at : none;
	if (!listens)
		q.remote = at;
	ask(a, q, listens ? SBPL_NETWORK_BIND : SBPL_NETWORK_OUTBOUND);
	if (listens)
		ask(a, q, SBPL_NETWORK_INBOUND);
}

/* Every kind of network: a protocol that is neither TCP nor UDP has no rule but one for all of
 * them. */
static void ask_all_net(struct asks *a)
{
	struct sbpl_address raw = {.set = true, .proto = PROTO_IP};

	ask_sockets(a, false);
	ask(a, (struct sbpl_query){.remote = raw, .local = {.set = true, .unbound = true}},
	    SBPL_NETWORK_OUTBOUND);
	ask(a, (struct sbpl_query){.local = raw}, SBPL_NETWORK_BIND);
	ask(a, (struct sbpl_query){.local = raw}, SBPL_NETWORK_INBOUND);
}

static const struct sbpl_fact *property_of(struct arena *scratch, const char *name)
{
	struct sbpl_fact *f = ARENA_NEW(scratch, struct sbpl_fact);

	*f = (struct sbpl_fact){"iokit-property", name};
	return f;
}

static void ask_name(struct asks *a, struct arena *scratch, const struct request *r)
{
	for (size_t i = 0; i < sizeof(name_asks) / sizeof(name_asks[0]); i++) {
		struct sbpl_query q = {.path = NULL};

		if (name_asks[i].op != r->op || (name_asks[i].object && strcmp(name_asks[i].object, r->object) != 0))
			continue;
		switch (name_asks[i].by) {
		case BY_NAME:
			q.name = r->object;
			break;
		case BY_PROPERTY:
			q.facts = property_of(scratch, r->object);
			q.n_facts = 1;
			break;
		case BY_NOTHING:
			break;
		}
		ask(a, q, name_asks[i].asks);
	}
}

/* What the kernel asks before the request goes through; no question: not Seatbelt's. */
static void asks_of(struct arena *scratch, const struct request *r, struct asks *a)
{
	a->n = 0;
	if (OP_BIT(r->op) & SEATBELT_PATH_OPS) {
		ask_path(a, scratch, r);
		return;
	}
	if (r->op == OP_NET)
		ask_all_net(a);
	if (r->op == OP_SIGNAL)
		ask(a, (struct sbpl_query){.target = "others"}, SBPL_SIGNAL);
	ask_name(a, scratch, r);
	for (size_t i = 0; i < sizeof(net_asks) / sizeof(net_asks[0]); i++)
		if (net_asks[i].op == r->op)
			ask_endpoint(a, scratch, r, net_asks[i].proto, net_asks[i].listens);
}

struct model_verdict seatbelt_model_decide(const void *model, struct arena *scratch,
					   const struct request *r)
{
	const struct model *m = model;
	const struct instance *x;
	struct asks a;

	asks_of(scratch, r, &a);
	if (a.n == 0)
		return (struct model_verdict){.stops = false};
	x = instance_for(m, r);
	if (!x->profile)
		return (struct model_verdict){.stops = true, .where = x->error};
	for (unsigned i = 0; i < a.n; i++) {
		struct sbpl_verdict v = sbpl_decide(x->profile, &a.v[i]);

		if (!v.allow)
			return (struct model_verdict){.stops = true, .where = SEATBELT_FILE, .at = v.by ? v.by->at.line : 0};
	}
	return (struct model_verdict){.stops = false};
}

const struct sbpl_profile *seatbelt_model_profile(const void *model, const struct request *r)
{
	return instance_for(model, r)->profile;
}

const struct sbpl_profile *seatbelt_model_open_profile(const void *model, const struct sbpl_profile **base)
{
	const struct model *m = model;

	*base = m->base;
	return m->open;
}
