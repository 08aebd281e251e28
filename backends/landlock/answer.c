/*
 * answer.c - which guarantees Landlock keeps, from which ABI on, and with whose help.
 */
#include <string.h>

#include "landlock.h"

/*
 * TRUNCATE came with ABI 3, and the filter closes truncation by path on every kernel. Files in
 * memory have no place that EXECUTE could refuse, and the filter refuses to make them.
 */
const struct ll_promise ll_promises[LL_N_PROMISES] = {
    {OP_BIT(OP_READ) | OP_BIT(OP_LIST), CAP_FS_READ_DENY, "landlock:1", "landlock:1+namespace"},
    {OP_BIT(OP_MODIFY) | OP_BIT(OP_CREATE) | OP_BIT(OP_DELETE), CAP_FS_WRITE_DENY_PATH,
     "landlock:1+seccomp", "landlock:1+seccomp+namespace"},
    {OP_BIT(OP_EXEC), CAP_FS_EXEC_DENY, "landlock:1+seccomp", "landlock:1+seccomp+namespace"},
    {OP_BIT(OP_IOCTL), CAP_FS_IOCTL_SCOPE, "landlock:5", "landlock:5+namespace"},
    {OP_BIT(OP_CONNECT_UNIX), CAP_UNIX_PATH, "landlock:9", "landlock:9+namespace"},
};

static struct answer kept(const char *mechanism)
{
	return (struct answer){.level = LEVEL_ENFORCED, .mechanism = mechanism};
}

static struct answer absent(const char *note, const char *help, const struct origin *at)
{
	return (struct answer){.level = LEVEL_ABSENT, .note = note, .help = help, .at = at};
}

static struct answer silent(void)
{
	return absent(NULL, NULL, NULL);
}

static bool has_denials(const struct ir *ir)
{
	for (unsigned i = 0; i < ir->n_rules; i++)
		if (ll_rule_is(&ir->rules[i], true, LL_PLACE_OPS) || ir->rules[i].n_holes)
			return true;
	return false;
}

static const char cover_note[] = "a mount hides a place whole, or takes writing or starting away, and nothing between";
static const char cover_help[] = "deny the place whole: `deny read write exec`, as far as they are allowed around it";
static const char carve_note[] = "Landlock cannot take a place out of an allowed tree; mounts can, with `isolate mount`";
static const char carve_help_none[] = "write `isolate mount` instead of `isolate none`, or allow the places that are "
				      "needed, one by one, instead of the tree above them";
static const char carve_help_some[] = "add `mount` to `isolate`, or allow the places that are needed, one by one, instead of the "
				      "tree above them";

/* Every view is private unless `isolate` is written; so without mounts it is. */
struct ll_gap ll_carve_gap(const struct ir *ir)
{
	if (ir->isolate & ISOLATE_BIT(ISOLATE_MOUNT))
		return (struct ll_gap){cover_note, cover_help};
	return (struct ll_gap){carve_note, ir->isolate ? carve_help_some : carve_help_none};
}

/* What became of the denied places that lie inside what is given, for some operations. */
struct carves {
	const struct origin *at; /* the line of the first that nothing keeps, or NULL */
	bool covered;            /* one of them is kept by a mount */
};

static struct carves find_carves(const struct ir *ir, uint32_t ops)
{
	struct carves found = {NULL, false};
	if (!has_denials(ir))
		return found;
	struct arena *a = arena_new();
	struct ll_tree tree = ll_tree_build(a, ir);
	struct ll_covers covers = ll_covers_build(a, ir, &tree);
	for (unsigned i = 0; i < tree.n_denials; i++) {
		uint32_t carved = tree.denials[i].carved & ops;
		if (!carved)
			continue;
		if (covers.covered && covers.covered[i])
			found.covered = true;
		else if (!found.at)
			found.at = tree.denials[i].rule->origin[__builtin_ctz(carved)];
	}
	arena_free(a);
	return found;
}

static struct answer no_carve(const struct ir *ir, enum cap cap)
{
	const struct ll_promise *p = ll_promises;
	while (p->cap != cap)
		p++;
	struct carves found = find_carves(ir, p->ops);
	struct ll_gap gap = ll_carve_gap(ir);
	if (found.at)
		return absent(gap.note, gap.help, found.at);
	return kept(found.covered ? p->covered : p->mechanism);
}

static struct answer answer_ioctl(const struct ir *ir)
{
	/* Without such a rule the system call filter refuses device requests on every kernel. */
	if (!ir_allows_any(ir, TARGET_LINUX, OP_BIT(OP_IOCTL)))
		return silent();
	return no_carve(ir, CAP_FS_IOCTL_SCOPE);
}

/* What is checked is the start of a program, not where the code that a program runs comes from. */
static struct answer answer_exec(void)
{
	struct answer a = kept("landlock:1+seccomp");
	a.note = "a program that runs can map any file it may read as code, and a dynamic loader that may be "
		 "started runs such a file";
	return a;
}

static const struct origin *net_line(const struct ir_rule *r)
{
	return r ? r->origin[OP_NET] : NULL;
}

static struct answer unless_net(const struct ir *ir, struct answer answer, const char *note)
{
	const struct ir_rule *open = ll_open_net(ir);
	return open ? absent(note, "allow the endpoints that are needed instead of `net`",
			     net_line(open))
		    : answer;
}

enum {
	OPS_TCP = OP_BIT(OP_CONNECT_TCP) | OP_BIT(OP_LISTEN_TCP),
	OPS_UDP = OP_BIT(OP_CONNECT_UDP) | OP_BIT(OP_LISTEN_UDP),
	OPS_CONNECT = OP_BIT(OP_CONNECT_TCP) | OP_BIT(OP_CONNECT_UDP) | OP_BIT(OP_CONNECT_UNIX),
};

/* Without a rule of the kind the filter makes no socket of it, and no Landlock is needed. */
static struct answer by_rule(const struct ir *ir, uint32_t ops, const char *mechanism)
{
	return kept(ir_allows_any(ir, TARGET_LINUX, ops) ? mechanism : "seccomp");
}

/* Is connect() let through, by a rule of any kind or by a line about calls? */
static bool connects(const struct ir *ir)
{
	bool by_line = ir->syscalls_exact ||
		       (ir->default_origin && (ir->sys_default.act == ACT_ALLOW || ir->sys_default.act == ACT_LOG));
	for (unsigned i = 0; i < ir->n_rules && !by_line; i++)
		by_line = ir->rules[i].kind == RULE_SYSCALL && !ir->rules[i].deny &&
			  strcmp(ir->rules[i].object, "connect") == 0;
	return by_line || ir_allows_any(ir, TARGET_LINUX, OPS_CONNECT);
}

/* With TCP sockets and connect() both there, only Landlock tells ports apart; without either nothing connects. */
static struct answer answer_connect_port(const struct ir *ir)
{
	struct answer a = connects(ir) ? by_rule(ir, OPS_TCP, "landlock:4+seccomp") : kept("seccomp");
	if (ir_allows_any(ir, TARGET_LINUX, OP_BIT(OP_RELAY_TCP))) {
		a.level = LEVEL_DELEGATED;
		a.note = "behind a proxy the ports are the proxy's to check, by egress.yaml";
	}
	return unless_net(ir, a, "`allow net` opens every port");
}

/* A connection that the program makes itself, to a host that is named. */
static const struct origin *names_host(const struct ir *ir)
{
	static const enum op ops[] = {OP_CONNECT_TCP, OP_CONNECT_UDP};
	for (unsigned i = 0; i < ir->n_rules; i++)
		for (unsigned k = 0; k < 2; k++) {
			const struct ir_rule *r = &ir->rules[i];
			if (ll_rule_is(r, false, OP_BIT(ops[k])) && strcmp(r->object, "*") != 0 &&
			    !(r->flags & RULE_PROXY))
				return r->origin[ops[k]];
		}
	return NULL;
}

/* Behind a proxy the hosts are its own affair: backends/egress answers. */
static struct answer answer_connect_host(const struct ir *ir)
{
	const struct origin *named = names_host(ir);
	if (named)
		return absent("the kernel sees addresses and ports, not hosts",
			      "send it through a proxy: `proxy NAME = unix \"/run/...\"` above the policy, and "
			      "`\"HOST:PORT\" via NAME`",
			      named);
	if (ir_allows_any(ir, TARGET_LINUX, OP_BIT(OP_RELAY_TCP)))
		return silent();
	return by_rule(ir, OP_BIT(OP_CONNECT_TCP) | OP_BIT(OP_CONNECT_UDP), "landlock:4+seccomp");
}

/* bind() is let through for the ports, and in a network of the program's own an abstract name is seen by nobody else. */
static bool own_abstract(const struct ir *ir, const struct request *r)
{
	return r->op == OP_LISTEN_UNIX && r->object[0] == '@' && (ir->isolate & ISOLATE_BIT(ISOLATE_NET)) &&
	       ir_first_allow(ir, TARGET_LINUX, OP_BIT(OP_LISTEN_TCP) | OP_BIT(OP_LISTEN_UDP));
}

/*
 * The port of a proxy is let through to every host: Landlock compares ports alone. The answer of backends/egress
 * carries the caveat.
 */
static bool landlock_baseline(const struct ir *ir, const struct request *r, const char **why)
{
	if (own_abstract(ir, r)) {
		*why = "an abstract socket in a private network is the program's own";
		return true;
	}
	struct arena *a = arena_new();
	bool open = false;
	for (unsigned i = 0; r->op == OP_CONNECT_TCP && i < ir->n_rules && !open; i++) {
		const struct ir_rule *rule = &ir->rules[i];
		if (!ll_rule_is(rule, false, OP_BIT(OP_CONNECT_TCP)) || !(rule->flags & RULE_PROXY))
			continue;
		const char *port = rule->port_var ? arena_printf(a, "${%s}", rule->port_var)
						  : arena_printf(a, "%u", rule->port_lo);
		port = expand_template(a, ir, port, r->given, r->n_given);
		open = port && strcmp(port, arena_printf(a, "%u", r->port)) == 0;
	}
	arena_free(a);
	*why = "the port of a proxy is open on every host";
	return open;
}

static bool no_unix(const struct ir *ir)
{
	return !ir_allows_any(ir, TARGET_LINUX, OP_BIT(OP_CONNECT_UNIX) | OP_BIT(OP_NET));
}

static struct answer answer_unix_path(const struct ir *ir)
{
	/* No rule, no socket: the filter makes none of that kind. */
	if (no_unix(ir))
		return kept("seccomp");
	return unless_net(ir, no_carve(ir, CAP_UNIX_PATH), "`allow net` opens every Unix socket");
}

/*
 * bind() is let through for the ports, and the filter cannot see which kind of address it is given.
 */
static struct answer answer_scoped(const struct ir *ir)
{
	const struct origin *binds =
	    ir_first_allow(ir, TARGET_LINUX, OP_BIT(OP_LISTEN_TCP) | OP_BIT(OP_LISTEN_UDP));
	/* abstract sockets belong to a network namespace */
	if (ir->isolate & ISOLATE_BIT(ISOLATE_NET))
		return kept("namespace");
	if (!binds)
		return kept("landlock:6");
	return (struct answer){
	    .level = LEVEL_PARTIAL,
	    .mechanism = "landlock:6",
	    .note = "a program that may listen on ports can listen on abstract Unix sockets too",
	    .at = binds,
	};
}

static struct answer answer_unix_abstract(const struct ir *ir)
{
	const struct ir_rule *open = ll_open_abstract(ir);
	if (no_unix(ir))
		return kept("seccomp");
	if (!open)
		return answer_scoped(ir);
	return absent("Linux opens all abstract Unix sockets or none",
		      "use a socket of the file tree: `allow connect unix \"/run/...\"`",
		      open->origin[open->ops & OP_BIT(OP_NET) ? OP_NET : OP_CONNECT_UNIX]);
}

static struct answer answer_listen(const struct ir *ir)
{
	struct answer partly = {
	    .level = LEVEL_PARTIAL,
	    .mechanism = "landlock:4+seccomp",
	    .note = "a program can still listen on a port that the kernel picks, without bind()",
	    .at = ir_first_allow(ir, TARGET_LINUX, OP_BIT(OP_LISTEN_TCP)),
	};
	return unless_net(ir, partly, "`allow net` opens every port");
}

struct answer landlock_answer(const struct ir *ir, enum target t, enum cap cap)
{
	(void)t;
	switch (cap) {
	case CAP_FS_READ_HOST:
		return kept("landlock:1");
	case CAP_FS_READ_SCOPE: /* attributes of files are the filter's */
		return kept("landlock:1+seccomp");
	case CAP_FS_WRITE_DENY:
	case CAP_FS_WRITE_SCOPE:
		return kept("landlock:1+seccomp");
	case CAP_FS_EXEC_SCOPE:
		return answer_exec();
	case CAP_FS_READ_DENY:
	case CAP_FS_WRITE_DENY_PATH:
	case CAP_FS_EXEC_DENY:
		return no_carve(ir, cap);
	case CAP_FS_IOCTL_SCOPE:
		return answer_ioctl(ir);
	case CAP_FS_HIDE:
		return absent(
		    "Landlock refuses to open files but names and sizes can still be seen",
		    "`isolate mount` makes a tree that holds only what is named", NULL);
	case CAP_FS_GLOB_LIVE:
		return ll_answer_patterns(ir);
	case CAP_FS_WRITE_EPHEMERAL:
		return silent();
	case CAP_NET_CONNECT_PORT:
		return answer_connect_port(ir);
	case CAP_NET_CONNECT_HOST:
		return answer_connect_host(ir);
	case CAP_NET_LISTEN_PORT:
		return answer_listen(ir);
	case CAP_NET_UDP:
		return unless_net(ir, by_rule(ir, OPS_UDP, "landlock:10+seccomp"),
				  "`allow net` opens every port");
	case CAP_UNIX_PATH:
		return answer_unix_path(ir);
	case CAP_UNIX_ABSTRACT:
		return answer_unix_abstract(ir);
	case CAP_SIGNAL_SCOPE:
		return ll_open_signal(ir) ? silent() : kept("landlock:6");
	case CAP_ENV_SCRUB:
	case CAP_PROC_NO_EXEC:
	case CAP_EXEC_WX:
	case CAP_NET_DISABLE:
	case CAP_NET_ENABLE:
	case CAP_NET_OUTBOUND:
	case CAP_IPC_RESTRICT:
	case CAP_TTY_NO_INJECT:
	case CAP_SYSCALL_FILTER:
	case CAP_MACH_RESTRICT:
	case CAP_MACOS_RESTRICT:
	case CAP_KERNEL_ISOLATION:
	case CAP_NS_ISOLATE:
	case CAP_RES_MEMORY:
	case CAP_RES_SWAP:
	case CAP_RES_CPU:
	case CAP_RES_CPU_WEIGHT:
	case CAP_RES_PIDS:
	case CAP_RES_IO:
	case CAP_RES_WALL:
	case CAP_RES_OUTPUT:
	case CAP_RES_CPU_TIME:
	case CAP_RES_FILES:
	case CAP_RES_FILE_SIZE:
	case CAP_RES_CORE:
	case CAP_RES_STACK:
	case CAP_RES_ADDRESS_SPACE:
	case CAP_RES_LOCKED_MEMORY:
	case CAP_RES_PROCESSES:
	case CAP_COUNT:
		return silent();
	}
	return silent();
}

const struct backend landlock_backend = {
    .name = "landlock",
    .about = "Linux: which files, ports, sockets and processes are reached, by the Landlock module",
    .targets = TARGET_BIT(TARGET_LINUX),
    .answer = landlock_answer,
    .lower = landlock_lower,
    .model_open = landlock_model_open,
    .model_decide = landlock_model_decide,
    .baseline = landlock_baseline,
    .narrower = landlock_narrower,
    .wider = landlock_wider,
    .facts = landlock_facts,
    .witness = landlock_witness,
};
