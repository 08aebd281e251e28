/*
 * profile_ask.c - from words of a command line to questions of the kernel: operations of policies or of SBPL, an object,
 * facts.
 */
#include <string.h>

#include "../../compiler/str.h"
#include "profile_priv.h"

enum { MAX_FACTS = 32 };

/* Operations of policies, and what the kernel asks for them. */
static const struct {
	const char *words;
	enum sbpl_op op;
	const char *vnode;
} verbs[] = {
    {"read", SBPL_FILE_READ_DATA, "REGULAR-FILE"},
    {"list", SBPL_FILE_READ_DATA, "DIRECTORY"},
    {"stat", SBPL_FILE_READ_METADATA, NULL},
    {"write", SBPL_FILE_WRITE_DATA, "REGULAR-FILE"},
    {"write", SBPL_FILE_WRITE_CREATE, "REGULAR-FILE"},
    {"write", SBPL_FILE_WRITE_UNLINK, "REGULAR-FILE"},
    {"modify", SBPL_FILE_WRITE_DATA, "REGULAR-FILE"},
    {"create", SBPL_FILE_WRITE_CREATE, "REGULAR-FILE"},
    {"delete", SBPL_FILE_WRITE_UNLINK, "REGULAR-FILE"},
    {"exec", SBPL_PROCESS_EXEC, "REGULAR-FILE"},
    {"ioctl", SBPL_FILE_IOCTL, NULL},
    {"connect", SBPL_NETWORK_OUTBOUND, NULL},
    {"listen", SBPL_NETWORK_BIND, NULL},
    {"listen", SBPL_NETWORK_INBOUND, NULL},
    {"mach", SBPL_MACH_LOOKUP, NULL},
    {"signal", SBPL_SIGNAL, NULL},
    {"shm read", SBPL_IPC_POSIX_SHM_READ_DATA, NULL},
    {"shm write", SBPL_IPC_POSIX_SHM_WRITE_CREATE, NULL},
    {"shm write", SBPL_IPC_POSIX_SHM_WRITE_DATA, NULL},
    {"shm write", SBPL_IPC_POSIX_SHM_WRITE_UNLINK, NULL},
    {"sem", SBPL_IPC_POSIX_SEM_CREATE, NULL},
    {"sem", SBPL_IPC_POSIX_SEM_OPEN, NULL},
    {"sem", SBPL_IPC_POSIX_SEM_POST, NULL},
    {"sem", SBPL_IPC_POSIX_SEM_UNLINK, NULL},
    {"sem", SBPL_IPC_POSIX_SEM_WAIT, NULL},
    {"sysv shm", SBPL_IPC_SYSV_SHM, NULL},
    {"sysv sem", SBPL_IPC_SYSV_SEM, NULL},
    {"sysv msg", SBPL_IPC_SYSV_MSG, NULL},
    {"iokit open", SBPL_IOKIT_OPEN_SERVICE, NULL},
    {"iokit open", SBPL_IOKIT_OPEN_USER_CLIENT, NULL},
    {"iokit read", SBPL_IOKIT_GET_PROPERTIES, NULL},
    {"iokit write", SBPL_IOKIT_SET_PROPERTIES, NULL},
    {"preference read", SBPL_USER_PREFERENCE_READ, NULL},
    {"preference write", SBPL_USER_PREFERENCE_WRITE, NULL},
    {"sysctl write", SBPL_SYSCTL_WRITE, NULL},
    {"pty", SBPL_PSEUDO_TTY, NULL},
};
enum { N_VERBS = sizeof(verbs) / sizeof(verbs[0]) };

struct asking {
	struct arena *arena;
	const char *const *words;
	unsigned n, at;
	struct {
		enum sbpl_op op;
		const char *vnode;
	} asked[SBPL_OP_COUNT];
	unsigned n_asked;
	const char *proto; /* connect, listen: "tcp", "udp", "unix" */
	bool raw;	   /* by the names of SBPL */
	struct sbpl_query q;
	struct sbpl_fact facts[MAX_FACTS];
	const char *object, *note, *error;
	const char *named; /* the path as it was asked for, when that goes through a link */
};

static void add_op(struct asking *k, enum sbpl_op op, const char *vnode)
{
	for (unsigned i = 0; i < k->n_asked; i++)
		if (k->asked[i].op == op)
			return;
	k->asked[k->n_asked].op = op;
	k->asked[k->n_asked++].vnode = vnode;
}

/* A family stands for all below it. */
static void add_family(struct asking *k, enum sbpl_op family)
{
	for (unsigned op = 0; op < SBPL_OP_COUNT; op++)
		if (sbpl_ops[op].asked && (op == family || (!sbpl_ops[family].asked && sbpl_below((enum sbpl_op)op, family))))
			add_op(k, (enum sbpl_op)op, NULL);
}

static bool take_verb(struct asking *k, const char *word)
{
	const char *two = k->at < k->n ? arena_printf(k->arena, "%s %s", word, k->words[k->at]) : word;
	bool found = false, both = false;

	for (size_t i = 0; i < N_VERBS; i++)
		if (strcmp(verbs[i].words, word) == 0 || strcmp(verbs[i].words, two) == 0) {
			add_op(k, verbs[i].op, verbs[i].vnode);
			both |= strcmp(verbs[i].words, word) != 0;
			found = true;
		}
	k->at += both;
	if (found && (strcmp(word, "connect") == 0 || strcmp(word, "listen") == 0)) {
		if (k->at < k->n)
			k->proto = k->words[k->at++];
		if (!k->proto || (strcmp(k->proto, "tcp") != 0 && strcmp(k->proto, "udp") != 0 && strcmp(k->proto, "unix") != 0))
			k->error = arena_printf(k->arena, "`%s` takes tcp, udp or unix, then where to", word);
	}
	return found;
}

static const char *nearest_word(struct asking *k, const char *word)
{
	const char *all[SBPL_OP_COUNT + N_VERBS];
	unsigned n = 0;

	for (int i = 0; i < SBPL_OP_COUNT; i++)
		all[n++] = sbpl_ops[i].name;
	for (size_t i = 0; i < N_VERBS; i++)
		all[n++] = verbs[i].words;
	return suggest(k->arena, word, all, n);
}

/* The operations: words as long as they are known. */
static void take_ops(struct asking *k)
{
	while (k->at < k->n && !k->error) {
		const char *word = k->words[k->at];
		int op = sbpl_op_find(word);

		k->at++;
		if (op >= 0) {
			k->raw = true;
			add_family(k, (enum sbpl_op)op);
		} else if (!take_verb(k, word)) {
			k->at--;
			break;
		}
	}
	if (k->n_asked == 0 && !k->error) {
		const char *meant = k->n ? nearest_word(k, k->words[0]) : NULL;

		k->error = k->n == 0 ? "an operation was expected"
				     : arena_printf(k->arena, "`%s` is no operation of a profile%s%s", k->words[0],
						    meant ? "; " : "", meant ? meant : "");
	}
}

static unsigned takes(const struct asking *k)
{
	return sbpl_ops[k->asked[0].op].takes;
}

static void take_path(struct asking *k, const char *path)
{
	const char *real = sbpl_real_path(k->arena, path);
	size_t n = strlen(path);

	if (path[0] != '/' || strstr(path, "/../") || strstr(path, "//") || (n > 1 && path[n - 1] == '/') ||
	    (n >= 3 && strcmp(path + n - 3, "/..") == 0)) {
		k->error = arena_printf(k->arena, "`%s` is no absolute path without `..`, `//` and a slash at its end", path);
		return;
	}
	/* A question in words of SBPL may be about the link itself. */
	if (k->raw && !strchr(path + 1, '/'))
		real = path;
	if (real != path)
		k->note = arena_printf(k->arena, "%.*s is a link on macOS: the rules see %s", (int)strcspn(path + 1, "/") + 1,
				       path, real);
	k->named = real != path ? path : NULL;
	k->q.path = real;
	k->object = takes(k) & FITS_ADDRESS ? arena_printf(k->arena, "unix %s", real) : real;
}

static enum sbpl_tri is_near(const char *host, bool own)
{
	static const char *const loopback[] = {"localhost", "127.0.0.1", "::1", "[::1]"};

	for (size_t i = 0; i < sizeof(loopback) / sizeof(loopback[0]); i++)
		if (strcmp(host, loopback[i]) == 0)
			return TRI_YES;
	if (strncmp(host, "127.", 4) == 0)
		return TRI_UNSURE; /* measured for 127.0.0.1 only */
	if (strcmp(host, "*") == 0 || strcmp(host, "0.0.0.0") == 0 || strcmp(host, "::") == 0 || strcmp(host, "[::]") == 0)
		return TRI_NO;
	return own ? TRI_UNSURE : TRI_NO;
}

static uint8_t family_of(const char *host)
{
	if (strchr(host, ':'))
		return 6;
	return strspn(host, "0123456789.") == strlen(host) ? 4 : 0;
}

static void take_address(struct asking *k, const char *text)
{
	bool listens = k->asked[0].op != SBPL_NETWORK_OUTBOUND;
	struct sbpl_address at = {.set = true, .proto = k->proto && strcmp(k->proto, "udp") == 0 ? PROTO_UDP : PROTO_TCP};
	const char *colon = strrchr(text, ':'), *host;
	uint64_t port = 0;

	if (!colon || !parse_u64(colon + 1, strlen(colon + 1), 65535, &port) || port == 0) {
		k->error = arena_printf(k->arena, "`%s` is no HOST:PORT", text);
		return;
	}
	host = arena_strndup(k->arena, text, (size_t)(colon - text));
	at.port = (uint16_t)port;
	at.family = family_of(host);
	at.localhost = is_near(host, listens);
	if (listens) {
		k->q.local = at;
	} else {
		k->q.remote = at;
		at.unbound = true;
		k->q.local = at;
	}
	k->object = arena_printf(k->arena, "%s %s", k->proto ? k->proto : "tcp", text);
}

/* Is it what a filter asks beside the object, by its plain name? */
static bool is_fact(enum sbpl_filter_id id, const char *name)
{
	enum sbpl_subject s = sbpl_filters[id].subject;

	return sbpl_fact_name(id) == strlen(name) &&
	       (s == SUBJECT_FACT || s == SUBJECT_OTHER_NAME || s == SUBJECT_VNODE || s == SUBJECT_TARGET || s == SUBJECT_DOMAIN);
}

static void take_fact(struct asking *k, const char *text)
{
	const char *eq = strchr(text, '='), *value = eq + 1;
	const char *name = arena_strndup(k->arena, text, (size_t)(eq - text));
	int id = sbpl_filter_find(strcmp(name, "mount-relative") == 0 ? "mount-relative-literal" : name);

	if (id < 0 || k->q.n_facts == MAX_FACTS)
		k->error = arena_printf(k->arena, "`%s` is no filter of profiles%s", name, sbpl_suggest_filter(k->arena, name));
	else if (!is_fact((enum sbpl_filter_id)id, name))
		k->error = arena_printf(k->arena, "`%s` is nothing that is given beside the object", name);
	else if (!sbpl_word_known((enum sbpl_filter_id)id, value))
		k->error = arena_printf(k->arena, "`%s` does not know the word `%s`", name, value);
	else if (id == FILTER_FILE_MODE && (!*value || strspn(value, "01234567") != strlen(value)))
		k->error = arena_printf(k->arena, "`%s` is no mode in octal digits", value);
	if (k->error)
		return;
	value = sbpl_word((enum sbpl_filter_id)id, value);
	if (id == FILTER_VNODE_TYPE)
		k->q.vnode = value;
	else if (id == FILTER_TARGET)
		k->q.target = value;
	else if (id == FILTER_SOCKET_DOMAIN)
		k->q.domain = value;
	else
		k->facts[k->q.n_facts++] = (struct sbpl_fact){name, value};
}

/* tcp or udp in front of an address, in words of SBPL too: `network-outbound tcp 1.1.1.1:443`. */
static void take_proto(struct asking *k)
{
	static const char *const protos[] = {"tcp", "udp", "unix"};

	for (size_t i = 0; i < 3 && k->raw && !k->proto && k->at < k->n; i++)
		if (strcmp(protos[i], k->words[k->at]) == 0) {
			k->proto = protos[i];
			k->at++;
			return;
		}
}

static void take_object(struct asking *k, const char *word)
{
	bool path = (takes(k) & FITS_PATH) && (word[0] == '/' || !(takes(k) & FITS_ADDRESS));

	if (path && (!k->proto || strcmp(k->proto, "unix") == 0)) {
		take_path(k, word);
	} else if ((takes(k) & FITS_ADDRESS) && (!k->proto || strcmp(k->proto, "unix") != 0)) {
		take_address(k, word);
	} else if (takes(k) & FITS_TARGET) {
		if (!sbpl_word_known(FILTER_TARGET, word))
			k->error = arena_printf(k->arena, "`%s` is none of self, same-sandbox, others", word);
		k->q.target = k->object = word;
	} else if (!k->raw && (takes(k) & FITS_IOKIT) && k->asked[0].op != SBPL_IOKIT_OPEN_SERVICE) {
		k->facts[k->q.n_facts++] = (struct sbpl_fact){"iokit-property", word};
		k->object = word;
	} else if (takes(k) & ~(unsigned)(FITS_SOCKET | FITS_PATH | FITS_ADDRESS)) {
		k->q.name = k->object = word;
	} else {
		k->error = arena_printf(k->arena, "`%s` has no object such as `%s`", sbpl_ops[k->asked[0].op].name, word);
	}
}

static void take_rest(struct asking *k)
{
	take_proto(k);
	if (k->at < k->n && (!strchr(k->words[k->at], '=') || k->words[k->at][0] == '/'))
		take_object(k, k->words[k->at++]);
	else if (!k->raw && takes(k) != FITS_ANY)
		k->error = arena_printf(k->arena, "`%s` takes an object", k->words[0]);
	for (; k->at < k->n && !k->error; k->at++) {
		if (strchr(k->words[k->at], '='))
			take_fact(k, k->words[k->at]);
		else
			k->error = arena_printf(k->arena, "one object was expected, and `%s` is another", k->words[k->at]);
	}
	k->q.facts = k->facts;
}

/* ---- answers ---- */

/* A path of the filter that no access has: one that is not absolute, or spelled in a way that is resolved before. NULL: none. */
static const char *unreal_path(const struct sbpl_filter *f)
{
	enum sbpl_how how = sbpl_filters[f->id].how;
	const char *found = NULL, *t = f->text;
	size_t n = t ? strlen(t) : 0;

	if (n && sbpl_filters[f->id].subject == SUBJECT_PATH && how != HOW_REGEX)
		return t[0] != '/' || strstr(t, "//") || strstr(t, "/./") || strstr(t, "/../") || (how == HOW_EXACT && n > 1 && t[n - 1] == '/') ? t
																	       : NULL;
	for (const struct sbpl_filter *x = f->id == FILTER_REQUIRE_NOT ? NULL : f->first; x && !found; x = x->next)
		found = unreal_path(x);
	return found;
}

/* Is it what is asked about that a path which is not absolute was meant for? */
static bool may_mean(const char *unreal, const char *path)
{
	return unreal[0] == '/' || strstr(path, unreal + (unreal[0] == '~'));
}

/* Does a rule on the operation, or on a family of it, name such a path? */
static void note_unreal(struct asking *k, const struct profile *p, enum sbpl_op op, struct profile_answer *answer)
{
	for (unsigned i = 0; i < p->rules->n_rules && !answer->note && k->q.path; i++) {
		const struct sbpl_rule *r = &p->rules->rules[i];
		const char *path = r->filter && sbpl_below(op, r->op) ? unreal_path(r->filter) : NULL;

		if (path && may_mean(path, k->q.path))
			answer->note = arena_printf(k->arena, "the rule at %s names `%s`: paths are absolute and real there, so no access has it",
						    profile_place(k->arena, &r->at), path);
	}
}

/* A rule on the path as it was asked for is never matched when that goes through a link: say so. */
static void note_dead(struct asking *k, const struct profile *p, struct sbpl_query q, struct profile_answer *answer)
{
	const struct sbpl_rule *real = sbpl_decide(p->rules, &q).by, *named;

	if (!k->named)
		return;
	q.path = k->named;
	named = sbpl_decide(p->rules, &q).by;
	if (named && named != real && named->filter && named->at.line)
		answer->note = arena_printf(k->arena, "the rule at %s is on the link, so no access ever matches it",
					    profile_place(k->arena, &named->at));
}

/* Operations with one answer are one answer. */
static void add_answer(struct asking *k, struct profile_question *out, struct profile_answer *all, bool *ops,
		       const struct profile_answer *one, unsigned op)
{
	unsigned i = 0;

	while (i < out->n_answers && !profile_same_answer(&all[i], one))
		i++;
	if (i == out->n_answers) {
		all[i] = *one;
		all[i].object = k->object ? k->object : "";
		out->n_answers++;
	}
	ops[i * SBPL_OP_COUNT + op] = true;
}

const struct profile_question *profile_ask(struct arena *a, const struct profile *p, const char *const *words, unsigned n,
					   const char **error)
{
	struct asking *k = ARENA_NEW(a, struct asking);
	struct profile_question *out = ARENA_NEW(a, struct profile_question);
	struct buf asked = buf_new(a);
	struct profile_answer *all;
	bool *ops;

	*k = (struct asking){.arena = a, .words = words, .n = n};
	take_ops(k);
	if (!k->error)
		take_rest(k);
	*error = k->error;
	if (k->error)
		return NULL;
	all = ARENA_ARRAY(a, k->n_asked, struct profile_answer);
	ops = ARENA_ARRAY(a, (size_t)k->n_asked * SBPL_OP_COUNT, bool);
	for (unsigned i = 0; i < k->n_asked; i++) {
		struct sbpl_query q = k->q;
		struct profile_answer one;

		q.op = k->asked[i].op;
		q.vnode = q.vnode ? q.vnode : k->asked[i].vnode;
		one = profile_answer(a, p, &q);
		note_dead(k, p, q, &one);
		note_unreal(k, p, q.op, &one);
		add_answer(k, out, all, ops, &one, q.op);
	}
	for (unsigned i = 0; i < out->n_answers; i++)
		all[i].ops = profile_ops_text(a, ops + i * SBPL_OP_COUNT);
	out->answers = all;
	out->note = k->note;
	for (unsigned i = 0; i < n; i++)
		buf_printf(&asked, "%s%s", i ? " " : "", words[i]);
	out->asked = buf_str(&asked);
	return out;
}
