/*
 * validate.c - every compile compares model(lower(ir)) with decide(ir) and writes nothing when they differ.
 */
#include "validate.h"

#include <assert.h>
#include <string.h>

#include "certificate.h"
#include "str.h"
#include "syscalls.h"
#include "witness.h"

const char *request_text(struct arena *a, const struct request *r)
{
	if (r->op == OP_SYSCALL) {
		const struct syscall_desc *call = syscall_by_nr(r->arch, r->nr);
		return arena_printf(a, "syscall %s (number %u) with arguments %llx, %llx, %llx, %llx, %llx, %llx on %s",
				    call ? call->name : "unknown", r->nr, (unsigned long long)r->args[0],
				    (unsigned long long)r->args[1], (unsigned long long)r->args[2],
				    (unsigned long long)r->args[3], (unsigned long long)r->args[4],
				    (unsigned long long)r->args[5], arch_name[r->arch]);
	}
	if (r->port)
		return arena_printf(a, "%s %s:%u", op_name[r->op], r->object, r->port);
	return arena_printf(a, "%s %s", op_name[r->op], r->object);
}

const char *validator_read(struct validator *v, const struct artifact *artifacts, unsigned n)
{
	const struct ir *ir = meaning_ir(v->meaning);
	v->scratch = arena_new();
	for (unsigned i = 0; backends[i]; i++) {
		const char *error = NULL;
		if (!(ir->targets & backends[i]->targets) || !backends[i]->model_open)
			continue;
		void *model = backends[i]->model_open(v->arena, artifacts, n, &error);
		if (!model)
			return arena_printf(v->arena, "the %s artifact cannot be read back: %s", backends[i]->name,
					    error ? error : "no reason given");
		v->models[v->n_models].backend = backends[i];
		v->models[v->n_models++].model = model;
	}
	return NULL;
}

bool validator_open(struct validator *v, const struct artifact *artifacts, unsigned n)
{
	const char *error = validator_read(v, artifacts, n);
	if (error)
		diag(v->diags, DIAG_INTERNAL, meaning_ir(v->meaning)->loc, "%s", error);
	return !error;
}

static void report_proof(struct validator *v, const struct proof *p)
{
	struct loc at = meaning_ir(v->meaning)->loc;
	struct diag_rec *rec =
	    diag(v->diags, DIAG_INTERNAL, at, "%s %s", p->artifact,
		 p->call ? "does not equal the policy" : "cannot be proved to equal the policy");
	if (p->call) {
		diag_note(rec, "for example: %s", p->call);
		diag_note(rec, "the policy says %s", p->want);
		diag_note(rec, "the artifact says %s", p->got);
	} else {
		diag_note(rec, "%s", p->why);
	}
	diag_help(rec, "no plan was written; please report this with the policy");
	v->failed = true;
}

static void keep_certificate(struct validator *v, const struct proof_part *part, const struct artifact *artifacts,
			     unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		if (strcmp(artifacts[i].name, part->artifact) != 0)
			continue;
		ARENA_GROW(v->arena, v->certificates, v->n_certificates);
		v->certificates[v->n_certificates++] = certificate_make(v->arena, part, &artifacts[i]);
		return;
	}
	assert(false); /* a proof of an artifact that is not there */
}

bool validator_prove(struct validator *v, const struct artifact *artifacts, unsigned n)
{
	for (unsigned i = 0; i < v->n_models; i++) {
		const struct backend *b = v->models[i].backend;
		struct proof p;
		if (!b->prove)
			continue;
		if (!b->prove(v->models[i].model, v->meaning, v->arena, &p)) {
			report_proof(v, &p);
			return false;
		}
		for (unsigned j = 0; j < p.n; j++)
			keep_certificate(v, &p.parts[j], artifacts, n);
	}
	return true;
}

void validator_close(struct validator *v)
{
	arena_free(v->scratch);
	v->scratch = NULL;
}

/* What the mechanisms do with it when the program asks the system itself. */
static struct model_verdict straight_verdict(struct validator *v, const struct request *r)
{
	struct model_verdict all = {.action = {.act = ACT_ALLOW}};
	if (++v->scratch_uses % 4096 == 0) {
		arena_free(v->scratch);
		v->scratch = arena_new();
	}
	for (unsigned i = 0; i < v->n_models; i++) {
		if (!(v->models[i].backend->targets & TARGET_BIT(r->target)))
			continue;
		struct model_verdict one = v->models[i].backend->model_decide(v->models[i].model, v->scratch, r);
		if (!one.stops) {
			/* A call that passes and is logged passes; the other back ends say nothing of calls. */
			if (r->op == OP_SYSCALL && one.action.act == ACT_LOG && !all.stops)
				all.action = one.action;
			continue;
		}
		all.refuses |= one.refuses;
		if (!all.stops || one.action.act < all.action.act)
			all.action = one.action;
		if (!all.stops) {
			all.where = one.where;
			all.at = one.at;
		}
		all.stops = true;
	}
	return all;
}

/* The connection to a proxy that would make this one for the program, by the artifacts; false: none would. */
static bool relayed(struct validator *v, const struct request *r, struct request *to)
{
	const struct ir *ir = meaning_ir(v->meaning);
	struct relay at;
	uint64_t port = 0;
	bool found = false;
	for (unsigned i = 0; i < v->n_models && !found; i++) {
		const struct backend *b = v->models[i].backend;
		found = (b->targets & TARGET_BIT(r->target)) && b->relay && b->relay(v->models[i].model, r, &at);
	}
	if (!found)
		return false;
	*to = *r;
	to->op = at.op;
	to->object = expand_template(v->scratch, ir, at.object, r->given, r->n_given);
	const char *text = at.op == OP_CONNECT_TCP ? expand_template(v->scratch, ir, at.port, r->given, r->n_given) : "0";
	bool known = text && parse_u64(text, strlen(text), 65535, &port);
	to->port = (uint16_t)port;
	return to->object && known;
}

struct model_verdict validator_verdict(struct validator *v, const struct request *r)
{
	struct request to;
	struct model_verdict straight = straight_verdict(v, r);
	if (straight.stops && !straight.refuses && r->op == OP_CONNECT_TCP && relayed(v, r, &to))
		return straight_verdict(v, &to);
	return straight;
}

const enum cap *validator_caps(enum op op, unsigned *n)
{
	static const enum cap read[] = {CAP_FS_READ_SCOPE, CAP_FS_READ_DENY};
	static const enum cap write[] = {CAP_FS_WRITE_SCOPE, CAP_FS_WRITE_DENY, CAP_FS_WRITE_DENY_PATH};
	static const enum cap exec[] = {CAP_FS_EXEC_SCOPE, CAP_FS_EXEC_DENY, CAP_PROC_NO_EXEC};
	static const enum cap ioctl[] = {CAP_FS_IOCTL_SCOPE};
	static const enum cap tcp_out[] = {CAP_NET_DISABLE, CAP_NET_CONNECT_PORT, CAP_NET_CONNECT_HOST};
	static const enum cap tcp_in[] = {CAP_NET_DISABLE, CAP_NET_LISTEN_PORT, CAP_NET_OUTBOUND};
	static const enum cap udp[] = {CAP_NET_DISABLE, CAP_NET_UDP};
	static const enum cap unix_socket[] = {CAP_NET_DISABLE, CAP_UNIX_PATH, CAP_UNIX_ABSTRACT};
	static const enum cap env[] = {CAP_ENV_SCRUB};
	static const enum cap syscall[] = {CAP_SYSCALL_FILTER};
	static const enum cap mach[] = {CAP_MACH_RESTRICT};
	static const enum cap signal[] = {CAP_SIGNAL_SCOPE};
	static const enum cap ipc[] = {CAP_IPC_RESTRICT};
	static const enum cap macos[] = {CAP_MACOS_RESTRICT};
	static const struct {
		const enum cap *v;
		unsigned n;
	} table[OP_COUNT] = {
#define ROW(list) {list, sizeof(list) / sizeof((list)[0])}
	    [OP_READ] = ROW(read), [OP_LIST] = ROW(read), [OP_MODIFY] = ROW(write), [OP_CREATE] = ROW(write),
	    [OP_DELETE] = ROW(write), [OP_EXEC] = ROW(exec), [OP_IOCTL] = ROW(ioctl),
	    [OP_CONNECT_TCP] = ROW(tcp_out), [OP_LISTEN_TCP] = ROW(tcp_in), [OP_CONNECT_UDP] = ROW(udp),
	    [OP_LISTEN_UDP] = ROW(udp), [OP_CONNECT_UNIX] = ROW(unix_socket), [OP_LISTEN_UNIX] = ROW(unix_socket),
	    [OP_NET] = ROW(tcp_out), [OP_ENV] = ROW(env), [OP_SYSCALL] = ROW(syscall), [OP_MACH] = ROW(mach), [OP_RELAY_TCP] = ROW(tcp_out),
	    [OP_SIGNAL] = ROW(signal), [OP_SHM_READ] = ROW(ipc), [OP_SHM_WRITE] = ROW(ipc), [OP_SEM] = ROW(ipc), [OP_SYSV] = ROW(ipc),
	    [OP_IOKIT_OPEN] = ROW(macos), [OP_IOKIT_READ] = ROW(macos), [OP_IOKIT_WRITE] = ROW(macos), [OP_SYSCTL_WRITE] = ROW(macos),
	    [OP_PREFERENCE_READ] = ROW(macos), [OP_PREFERENCE_WRITE] = ROW(macos), [OP_PTY] = ROW(macos),
#undef ROW
	};
	*n = table[op].n;
	return table[op].v;
}

bool validator_delegated(const struct validator *v, const struct request *r)
{
	unsigned n;
	const enum cap *caps = validator_caps(r->op, &n);
	for (unsigned i = 0; i < n; i++) {
		const struct guarantee *g = guarantee_find(v->guarantees, r->target, caps[i]);
		/* Whom a proxy connects to is its own affair; whom the program connects to, past it, is not. */
		if (g && g->answer.level == LEVEL_DELEGATED && r->op != OP_CONNECT_TCP)
			return true;
	}
	return false;
}

bool validator_baseline(const struct validator *v, const struct request *r, const char **why)
{
	for (unsigned i = 0; i < v->n_models; i++) {
		const struct backend *b = v->models[i].backend;
		if ((b->targets & TARGET_BIT(r->target)) && b->baseline && b->baseline(meaning_ir(v->meaning), r, why))
			return true;
	}
	return false;
}

bool validator_narrower(struct validator *v, const struct request *r, const char **why)
{
	struct excuse x = {.arena = v->arena, .ir = meaning_ir(v->meaning), .request = r};
	for (unsigned i = 0; i < v->n_models; i++) {
		const struct backend *b = v->models[i].backend;
		x.memo = &v->models[i].memo;
		if ((b->targets & TARGET_BIT(r->target)) && b->narrower && b->narrower(&x, why))
			return true;
	}
	return false;
}

/* Is the difference the one that a back end cannot avoid, by its answer for a guarantee that is only preferred? */
static const struct guarantee *excused(struct validator *v, const struct request *r, enum cap cap)
{
	const struct guarantee *g = guarantee_find(v->guarantees, r->target, cap);
	if (!g || !g->preferred || g->answer.level == LEVEL_ENFORCED)
		return NULL;
	struct excuse x = {v->arena, meaning_ir(v->meaning), r, cap, NULL};
	for (unsigned i = 0; i < v->n_models; i++) {
		const struct backend *b = v->models[i].backend;
		x.memo = &v->models[i].memo;
		if ((b->targets & TARGET_BIT(r->target)) && b->wider && b->wider(&x))
			return g;
	}
	return NULL;
}

const struct guarantee *validator_excuse(struct validator *v, const struct request *r)
{
	unsigned n;
	const enum cap *caps = validator_caps(r->op, &n);
	const struct guarantee *g = NULL;
	for (unsigned i = 0; i < n && !g; i++)
		g = excused(v, r, caps[i]);
	return g ? g : excused(v, r, CAP_FS_GLOB_LIVE);
}

static bool covered(struct validator *v, const struct request *r)
{
	const char *why;
	return validator_excuse(v, r) || validator_baseline(v, r, &why);
}

static const char *action_text(struct arena *a, struct sys_action action)
{
	static const char *const names[] = {
	    [ACT_KILL_PROCESS] = "kill the process", [ACT_KILL_THREAD] = "kill the thread", [ACT_TRAP] = "trap",
	    [ACT_ERRNO] = "errno",	     [ACT_NOTIFY] = "notify",		    [ACT_TRACE] = "trace",
	    [ACT_LOG] = "log",		     [ACT_ALLOW] = "allow",
	};
	if (action.act == ACT_ERRNO)
		return arena_printf(a, "errno %u", action.data);
	return names[action.act];
}

static void report(struct validator *v, const struct request *r, const struct decision *d, const struct model_verdict *m)
{
	struct loc at = d->by ? d->by->loc : meaning_ir(v->meaning)->loc;
	struct diag_rec *rec = diag(v->diags, DIAG_INTERNAL, at, "the artifacts for %s do not equal the policy",
				    target_name[r->target]);
	bool call = r->op == OP_SYSCALL;
	const char *where = model_where(v->arena, m);
	diag_note(rec, "for example: %s", request_text(v->arena, r));
	diag_note(rec, "the policy says %s%s%s", call ? action_text(v->arena, d->action) : d->allow ? "allow" : "deny",
		  d->reason ? ", " : "", d->reason ? d->reason : "");
	diag_note(rec, "the artifacts say %s%s%s", call ? action_text(v->arena, m->action) : m->stops ? "deny" : "allow",
		  where ? ", at " : "", where ? where : "");
	diag_help(rec, "no plan was written; please report this with the policy");
	v->failed = true;
}

/* A line that denies, perhaps under a condition, a call which requests of this kind are made of; or NULL. */
static const struct origin *denied_call(const struct validator *v, enum op op, const char **name)
{
	static const char *const exec_calls[] = {"execve", "execveat", NULL};
	static const char *const net_calls[] = {"socket", "connect", "bind", "listen", "accept", "accept4", NULL};
	const char *const *calls = op == OP_EXEC ? exec_calls : net_calls;
	const struct sys_policy *p = meaning_syscalls(v->meaning);
	for (unsigned i = 0; i < p->n_rules; i++)
		for (unsigned k = 0; calls[k]; k++)
			if (p->rules[i].deny && p->rules[i].origin && strcmp(p->rules[i].call->name, calls[k]) == 0) {
				*name = calls[k];
				return p->rules[i].origin;
			}
	return NULL;
}

/*
 * The filter is proved equal to the system calls the policy means, so when it stops what a rule on programs or the
 * network allows, two lines of the policy contradict each other.
 */
static bool report_contradiction(struct validator *v, const struct request *r, const struct decision *d)
{
	const char *name;
	bool by_calls = r->target == TARGET_LINUX && (r->op == OP_EXEC || (r->op >= OP_CONNECT_TCP && r->op <= OP_NET));
	const struct origin *deny = by_calls && d->allow && d->by ? denied_call(v, r->op, &name) : NULL;
	if (!deny)
		return false;
	struct diag_rec *rec = diag(v->diags, DIAG_CONFLICT, deny->loc, "this denies `%s`, and another line needs it", name);
	diag_second(rec, d->by->loc, "cannot work without it");
	diag_note(rec, "for example: %s", request_text(v->arena, r));
	diag_help(rec, "remove one of the two lines");
	v->failed = true;
	return true;
}

static bool same_action(struct sys_action a, struct sys_action b)
{
	return a.act == b.act && (a.act != ACT_ERRNO || a.data == b.data);
}

bool validator_ask(struct validator *v, const struct request *r)
{
	if (v->failed)
		return false;
	struct decision d = decide(v->meaning, r);
	struct model_verdict m = validator_verdict(v, r);
	const char *why;
	v->n_asked++;
	if (m.refuses && r->n_given)
		return true; /* nothing would run: expect.c says so */
	if (r->op == OP_SYSCALL ? same_action(d.action, m.action) : d.allow == !m.stops)
		return true;
	if (d.allow ? validator_narrower(v, r, &why) : !m.stops && covered(v, r)) {
		v->n_covered++;
		return true;
	}
	if (!report_contradiction(v, r, &d))
		report(v, r, &d, &m);
	return false;
}

static void ask(void *ctx, const struct request *r)
{
	validator_ask(ctx, r);
}

static void report_fact(struct validator *v, const char *name, const char *difference)
{
	struct diag_rec *rec = diag(v->diags, DIAG_INTERNAL, meaning_ir(v->meaning)->loc,
				    "the %s artifact does not equal the policy", name);
	diag_note(rec, "%s", difference);
	diag_help(rec, "no plan was written; please report this with the policy");
	v->failed = true;
}

bool validator_facts(struct validator *v)
{
	const struct lower what = {
	    .arena = v->arena,
	    .ir = meaning_ir(v->meaning),
	    .meaning = v->meaning,
	    .src = v->src,
	    .guarantees = v->guarantees->v,
	    .n_guarantees = v->guarantees->n,
	};
	for (unsigned i = 0; i < v->n_models && !v->failed; i++) {
		const struct backend *b = v->models[i].backend;
		const char *difference = NULL;
		if (b->facts && !b->facts(v->models[i].model, &what, v->arena, &difference))
			report_fact(v, b->name, difference);
	}
	return !v->failed;
}

bool validator_run(struct validator *v)
{
	const struct ir *ir = meaning_ir(v->meaning);
	for (unsigned t = 0; t < TARGET_COUNT; t++)
		if (ir->targets & TARGET_BIT(t))
			witness_all(ir, (enum target)t, ask, v);
	for (unsigned i = 0; i < v->n_models; i++)
		if (v->models[i].backend->witness)
			v->models[i].backend->witness(v->models[i].model, ir, ask, v);
	return !v->failed;
}
