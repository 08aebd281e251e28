/*
 * model.c - what the filters of a plan do with a request.
 *
 * System call requests get exactly what the filter returns. A request to start a program or to use
 * the network is stopped when a call that it cannot do without is refused, on every ABI.
 */
#include "seccomp.h"

#include <linux/audit.h>
#include <linux/fcntl.h>
#include <linux/seccomp.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "../../compiler/syscalls.h"

static struct sys_action action_of(uint32_t value)
{
	uint16_t data = value & SECCOMP_RET_DATA;
	switch (value & SECCOMP_RET_ACTION_FULL) {
	case SECCOMP_RET_ALLOW:
		return (struct sys_action){ACT_ALLOW, data};
	case SECCOMP_RET_LOG:
		return (struct sys_action){ACT_LOG, data};
	case SECCOMP_RET_TRACE:
		return (struct sys_action){ACT_TRACE, data};
	case SECCOMP_RET_USER_NOTIF:
		return (struct sys_action){ACT_NOTIFY, data};
	case SECCOMP_RET_ERRNO:
		return (struct sys_action){ACT_ERRNO, data};
	case SECCOMP_RET_TRAP:
		return (struct sys_action){ACT_TRAP, data};
	case SECCOMP_RET_KILL_THREAD:
		return (struct sys_action){ACT_KILL_THREAD, data};
	default: /* the kernel kills for what it does not know, too */
		return (struct sys_action){ACT_KILL_PROCESS, data};
	}
}

/* Is it the arch of an ABI that this machine may have? Requests ask about those. */
static bool is_of(enum arch machine, uint32_t audit_arch)
{
	for (unsigned a = 0; a < ARCH_COUNT; a++)
		if (arch_machine[a] == machine && seccomp_audit_arch(a) == audit_arch)
			return true;
	return false;
}

/*
 * Calls of another arch must end the process: their numbers mean other things. No request can
 * ask for one, so it is settled here: arches one bit or one step away from ours, and all that
 * there are, with all numbers that could be something.
 */
static bool kills_foreign(const struct bpf_prog *p, enum arch machine)
{
	uint32_t own = seccomp_audit_arch(machine);
	const uint32_t others[] = {0,
				   UINT32_MAX,
				   own - 1,
				   own + 1,
				   AUDIT_ARCH_I386,
				   AUDIT_ARCH_ARM,
				   AUDIT_ARCH_X86_64,
				   AUDIT_ARCH_AARCH64,
				   AUDIT_ARCH_RISCV64,
				   AUDIT_ARCH_S390X,
				   AUDIT_ARCH_S390};
	unsigned n_others = sizeof(others) / sizeof(others[0]);
	static const uint64_t args[6];
	uint32_t data[BPF_WORDS];
	for (unsigned i = 0; i < n_others + 32; i++) {
		uint32_t foreign = i < n_others ? others[i] : own ^ (1u << (i - n_others));
		for (uint32_t nr = 0; !is_of(machine, foreign) && nr < 512; nr++) {
			bpf_call(data, foreign, nr, args);
			if (action_of(bpf_run(p, data).value).act != ACT_KILL_PROCESS)
				return false;
		}
	}
	return true;
}

static bool model_read(struct seccomp_model *m, enum arch arch, const struct artifact *f,
		       const char **error)
{
	bool big_endian = seccomp_big_endian(seccomp_audit_arch(arch));
	const char *wrong = bpf_open(m->arena, f->data, f->size, big_endian, &m->prog[arch]);
	if (!wrong && !kills_foreign(&m->prog[arch], arch))
		wrong = "it lets calls of another arch through";
	if (wrong)
		*error = arena_printf(m->arena, "%s: %s", f->name, wrong);
	m->has[arch] = !wrong;
	m->file[arch] = f->name;
	return !wrong;
}

static struct bpf_result model_run(const struct seccomp_model *m, enum arch arch, uint32_t nr,
				   const uint64_t args[6])
{
	uint32_t data[BPF_WORDS];
	if (!m->has[arch_machine[arch]]) /* nothing is started on such a machine */
		return (struct bpf_result){.value = SECCOMP_RET_KILL_PROCESS};
	bpf_call(data, seccomp_audit_arch(arch), nr, args);
	return bpf_run(&m->prog[arch_machine[arch]], data);
}

/* One call that a request cannot do without. */
struct call {
	const char *name;
	uint64_t args[6];
};

static struct sys_action call_action(const struct seccomp_model *m, enum arch arch, const struct call *c)
{
	const struct syscall_desc *desc = syscall_by_name(c->name);
	if (!desc || desc->nr[arch] == SYSCALL_NONE)
		return (struct sys_action){.act = ACT_ERRNO, .data = ENOSYS};
	return action_of(model_run(m, arch, (uint32_t)desc->nr[arch], c->args).value);
}

static bool action_passes(struct sys_action action)
{
	return action.act == ACT_ALLOW || action.act == ACT_LOG;
}

static bool call_passes(const struct seccomp_model *m, enum arch arch, const struct call *c)
{
	return action_passes(call_action(m, arch, c));
}

/* Ways to do something: it passes when all calls of one way pass. A NULL name ends a way. */
enum { MAX_CALLS = 8 };
struct way {
	struct call calls[MAX_CALLS];
};

#define SOCKET(domain, type)                                                                       \
	{                                                                                          \
		"socket",                                                                          \
		{                                                                                  \
			domain, type, 0                                                            \
		}                                                                                  \
	}
#define CONNECT                                                                                    \
	{                                                                                          \
		"connect",                                                                         \
		{                                                                                  \
			0                                                                          \
		}                                                                                  \
	}
#define BIND                                                                                       \
	{                                                                                          \
		"bind",                                                                            \
		{                                                                                  \
			0                                                                          \
		}                                                                                  \
	}
#define LISTEN                                                                                     \
	{                                                                                          \
		"listen",                                                                          \
		{                                                                                  \
			0                                                                          \
		}                                                                                  \
	}
#define WAYS_END                                                                                   \
	{                                                                                          \
		{                                                                                  \
			{                                                                          \
				NULL,                                                              \
				{                                                                  \
					0                                                          \
				}                                                                  \
			}                                                                          \
		}                                                                                  \
	}

static const struct way exec_ways[] = {
    {{{"execve", {0}}}},
    /* by name, and relative to a descriptor that a program could own */
    {{{"execveat", {(uint32_t)AT_FDCWD}}}},
    {{{"execveat", {3}}}},
    {{{"execveat", {3, 0, 0, 0, AT_EMPTY_PATH}}}},
    WAYS_END,
};
static const struct way connect_tcp_ways[] = {
    {{SOCKET(AF_INET, SOCK_STREAM), CONNECT}},
    {{SOCKET(AF_INET6, SOCK_STREAM), CONNECT}},
    WAYS_END,
};
static const struct way connect_udp_ways[] = {
    {{SOCKET(AF_INET, SOCK_DGRAM), CONNECT}},
    {{SOCKET(AF_INET6, SOCK_DGRAM), CONNECT}},
    WAYS_END,
};
static const struct way connect_unix_ways[] = {
    {{SOCKET(AF_UNIX, SOCK_STREAM), CONNECT}},
    {{SOCKET(AF_UNIX, SOCK_DGRAM), CONNECT}},
    {{SOCKET(AF_UNIX, SOCK_SEQPACKET), CONNECT}},
    WAYS_END,
};
static const struct way listen_tcp_ways[] = {
    {{SOCKET(AF_INET, SOCK_STREAM), BIND, LISTEN}},
    {{SOCKET(AF_INET6, SOCK_STREAM), BIND, LISTEN}},
    WAYS_END,
};
static const struct way listen_udp_ways[] = {
    {{SOCKET(AF_INET, SOCK_DGRAM), BIND}},
    {{SOCKET(AF_INET6, SOCK_DGRAM), BIND}},
    WAYS_END,
};
static const struct way listen_unix_ways[] = {
    {{SOCKET(AF_UNIX, SOCK_STREAM), BIND, LISTEN}},
    {{SOCKET(AF_UNIX, SOCK_DGRAM), BIND}},
    {{SOCKET(AF_UNIX, SOCK_SEQPACKET), BIND, LISTEN}},
    WAYS_END,
};
/* All of the network is there only when all of this is; netlink answers name look-ups. */
static const struct way net_ways[] = {
    {{SOCKET(AF_INET, SOCK_STREAM), SOCKET(AF_INET6, SOCK_DGRAM), SOCKET(AF_UNIX, SOCK_STREAM),
      SOCKET(AF_NETLINK, SOCK_RAW), CONNECT, BIND, LISTEN}},
    WAYS_END,
};

static const struct way *const ways_of[OP_COUNT] = {
    [OP_EXEC] = exec_ways,
    [OP_CONNECT_TCP] = connect_tcp_ways,
    [OP_CONNECT_UDP] = connect_udp_ways,
    [OP_CONNECT_UNIX] = connect_unix_ways,
    [OP_LISTEN_TCP] = listen_tcp_ways,
    [OP_LISTEN_UDP] = listen_udp_ways,
    [OP_LISTEN_UNIX] = listen_unix_ways,
    [OP_NET] = net_ways,
};

static bool way_passes(const struct seccomp_model *m, enum arch arch, const struct way *w)
{
	for (unsigned i = 0; i < MAX_CALLS && w->calls[i].name; i++)
		if (!call_passes(m, arch, &w->calls[i]))
			return false;
	return true;
}

static bool any_way_passes(const struct seccomp_model *m, const struct way *ways)
{
	for (unsigned arch = 0; arch < ARCH_COUNT; arch++)
		for (const struct way *w = ways; w->calls[0].name; w++)
			if (way_passes(m, arch, w))
				return true;
	return false;
}

/* What a program sees that goes the first way, on the first machine of the plan. */
static struct sys_action first_refusal(const struct seccomp_model *m, const struct way *way)
{
	unsigned arch = 0, i = 0;
	while (arch + 1 < ARCH_COUNT && !m->has[arch_machine[arch]])
		arch++;
	while (i + 1 < MAX_CALLS && way->calls[i + 1].name && call_passes(m, (enum arch)arch, &way->calls[i]))
		i++;
	return call_action(m, (enum arch)arch, &way->calls[i]);
}

void *seccomp_model_open(struct arena *a, const struct artifact *v, unsigned n, const char **error)
{
	struct seccomp_model *m = ARENA_NEW(a, struct seccomp_model);
	m->arena = a;
	unsigned found = 0;
	for (uint32_t left = arch_machines(ARCHES_ALL); left; left &= left - 1) {
		enum arch arch = (enum arch)__builtin_ctz(left);
		const char *name = arena_printf(a, "seccomp-%s.bpf", arch_name[arch]);
		for (unsigned i = 0; i < n; i++)
			if (!strcmp(v[i].name, name) && !model_read(m, arch, &v[i], error))
				return NULL;
		found += m->has[arch];
	}
	for (unsigned op = 0; op < OP_COUNT; op++) {
		struct model_verdict *of = &m->ops[op];
		of->stops = ways_of[op] && !any_way_passes(m, ways_of[op]);
		if (of->stops)
			of->action = first_refusal(m, ways_of[op]);
	}
	*error = found ? NULL : "no file seccomp-MACHINE.bpf";
	return found ? m : NULL;
}

struct model_verdict seccomp_model_decide(const void *model, struct arena *scratch,
					  const struct request *r)
{
	const struct seccomp_model *m = model;
	(void)scratch;
	if (r->target != TARGET_LINUX)
		return (struct model_verdict){0};
	if (r->op != OP_SYSCALL)
		return m->ops[r->op];
	const enum arch machine = arch_machine[r->arch];
	struct bpf_result result = model_run(m, r->arch, r->nr, r->args);
	struct model_verdict v = {.action = action_of(result.value)};
	v.stops = !action_passes(v.action);
	v.where = m->has[machine] ? m->file[machine] : "no filter of the machine";
	v.at = m->has[machine] ? result.where : 0;
	return v;
}
