/*
 * Which system calls follow from which rules: every line of derive.def flips an observable, and
 * every refusal stands beside the same call under a policy that allows it.
 */
#include "seccomp_help.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <linux/fcntl.h>
#include <linux/netlink.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "compiler/derive.h"

#define NONE ARGS(0)
#define X86  ARCH_X86_64

static int ask_with(enum op op, const char *name, const uint64_t args[6])
{
	struct help h;
	help_start(&h);
	if (op != OP_COUNT)
		help_op(&h, op);
	int e = help_ask(&h, X86, name, args);
	help_end(&h);
	return e;
}

static int ask_bare(const char *name, const uint64_t args[6])
{
	return ask_with(OP_COUNT, name, args);
}

Test(derive, names_only_calls_that_exist)
{
	unsigned n;
	const struct derive_set *s = derive_sets(&n);
	for (unsigned i = 0; i < n; i++)
		for (unsigned j = 0; j < s[i].n_names; j++)
			cr_expect(syscall_by_name(s[i].names[j]), "%s", s[i].names[j]);
	const struct derive_way *w = derive_ways(&n);
	for (unsigned i = 0; i < n; i++)
		cr_expect(syscall_by_name(w[i].name), "%s", w[i].name);
	const struct derive_refusal *r = derive_refusals(&n);
	for (unsigned i = 0; i < n; i++)
		cr_expect(syscall_by_name(r[i].name), "%s", r[i].name);
}

static bool group_holds(const char *group, const char *name)
{
	const struct syscall_group *g = syscall_group_by_name(group);
	for (unsigned i = 0; i < g->n_members; i++) {
		const char *m = g->members[i];
		if (m[0] == '@' ? group_holds(m + 1, name) : !strcmp(m, name))
			return true;
	}
	return false;
}

/* With every rule there is, no call of @dangerous and no IPC call passes; named, each does. */
Test(derive, dangerous_calls_need_their_name)
{
	unsigned n, refused = 0;
	const struct syscall_desc *t = syscall_table(&n);
	for (unsigned i = 0; i < n; i++) {
		if (!group_holds("dangerous", t[i].name) && !group_holds("ipc", t[i].name))
			continue;
		struct help h;
		help_start(&h);
		for (unsigned op = 0; op <= OP_NET; op++)
			help_op(&h, op);
		enum arch arch = X86;
		while (t[i].nr[arch] == SYSCALL_NONE)
			arch++;
		h.ir.arches = ARCHES_ALL;
		int refused_with = !strcmp(t[i].name, "ipc") ? ENOSYS : EPERM;
		cr_expect_eq(help_ask(&h, arch, t[i].name, NONE), refused_with, "%s", t[i].name);
		help_syscall(&h, t[i].name, false);
		cr_expect_eq(help_ask(&h, arch, t[i].name, NONE), 0, "%s", t[i].name);
		help_end(&h);
		refused++;
	}
	cr_expect_gt(refused, 80);
}

Test(derive, base_is_allowed)
{
	static const char *const calls[] = {"read",       "write",      "openat",       "mmap",
					    "exit_group", "futex",      "rt_sigreturn", "clone",
					    "wait4",      "getdents64", "recvmsg",      "unlinkat",
					    "ppoll",      "getrandom",  "execveat"};
	struct help h;
	help_start(&h);
	h.ir.arches = ARCHES_ALL;
	help_op(&h, OP_EXEC);
	for (unsigned i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		for (unsigned arch = 0; arch < ARCH_COUNT; arch++)
			if (syscall_by_name(calls[i])->nr[arch] != SYSCALL_NONE)
				cr_expect_eq(help_ask(&h, arch, calls[i], NONE), 0, "%s on %s", calls[i],
					     arch_name[arch]);
	help_end(&h);
}

Test(derive, sockets_need_their_rule)
{
	static const struct {
		enum op op;
		uint64_t args[6];
	} sockets[] = {
	    {OP_CONNECT_TCP, {AF_INET, SOCK_STREAM, 0}},
	    {OP_CONNECT_TCP, {AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP}},
	    {OP_LISTEN_TCP, {AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0}},
	    {OP_CONNECT_UDP, {AF_INET, SOCK_DGRAM, 0}},
	    {OP_LISTEN_UDP, {AF_INET6, SOCK_DGRAM, IPPROTO_UDP}},
	    {OP_CONNECT_UNIX, {AF_UNIX, SOCK_STREAM, 0}},
	    {OP_LISTEN_UNIX, {AF_UNIX, SOCK_SEQPACKET, 0}},
	    {OP_NET, {AF_NETLINK, SOCK_RAW, NETLINK_ROUTE}},
	    {OP_NET, {AF_INET, SOCK_STREAM, IPPROTO_SCTP}},
	};
	unsigned n = sizeof(sockets) / sizeof(sockets[0]);
	for (unsigned i = 0; i < n; i++) {
		cr_expect_eq(ask_with(sockets[i].op, "socket", sockets[i].args), 0, "%u", i);
		cr_expect_eq(ask_bare("socket", sockets[i].args), EPERM, "%u", i);
		cr_expect_eq(ask_with(OP_READ, "socket", sockets[i].args), EPERM, "%u", i);
	}
	cr_expect_eq(ask_with(OP_CONNECT_TCP, "socket", ARGS(AF_INET, SOCK_DGRAM)), EPERM);
	cr_expect_eq(ask_with(OP_CONNECT_TCP, "socket", ARGS(AF_UNIX, SOCK_STREAM)), EPERM);
	cr_expect_eq(ask_with(OP_CONNECT_UDP, "socket", ARGS(AF_INET, SOCK_STREAM)), EPERM);
}

Test(derive, no_rule_opens_odd_sockets)
{
	static const uint64_t odd[][6] = {
	    {AF_INET, SOCK_RAW, IPPROTO_ICMP},
	    {AF_PACKET, SOCK_RAW, 0},
	    {AF_ALG, SOCK_SEQPACKET, 0},
	    {AF_VSOCK, SOCK_STREAM, 0},
	    {AF_INET, SOCK_PACKET, 0},
	    {AF_NETLINK, SOCK_RAW, 9},
	    {0x100000000 | AF_ALG, SOCK_SEQPACKET, 0},
	};
	for (unsigned i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
		cr_expect_eq(ask_with(OP_NET, "socket", odd[i]), EPERM, "%u", i);
	/* the kernel reads ints: garbage above them changes nothing */
	cr_expect_eq(ask_with(OP_NET, "socket", ARGS(0xdead00000000 | AF_INET, SOCK_STREAM)), 0);
	/* MPTCP is no TCP to Landlock */
	cr_expect_eq(ask_with(OP_CONNECT_TCP, "socket", ARGS(AF_INET, SOCK_STREAM, IPPROTO_MPTCP)),
		     EPERM);
	cr_expect_eq(ask_with(OP_NET, "socket", ARGS(AF_INET, SOCK_STREAM, IPPROTO_MPTCP)), 0);
}

Test(derive, connect_and_listen_are_apart)
{
	cr_expect_eq(ask_with(OP_CONNECT_TCP, "connect", NONE), 0);
	cr_expect_eq(ask_with(OP_CONNECT_TCP, "bind", NONE), EPERM);
	cr_expect_eq(ask_with(OP_CONNECT_TCP, "listen", NONE), EPERM);
	cr_expect_eq(ask_with(OP_CONNECT_TCP, "accept4", NONE), EPERM);
	cr_expect_eq(ask_with(OP_LISTEN_TCP, "connect", NONE), EPERM);
	cr_expect_eq(ask_with(OP_LISTEN_TCP, "bind", NONE), 0);
	cr_expect_eq(ask_with(OP_LISTEN_TCP, "listen", NONE), 0);
	cr_expect_eq(ask_with(OP_LISTEN_TCP, "accept4", NONE), 0);
	cr_expect_eq(ask_with(OP_LISTEN_UDP, "bind", NONE), 0);
	cr_expect_eq(ask_with(OP_LISTEN_UDP, "listen", NONE), EPERM);
	cr_expect_eq(ask_with(OP_NET, "connect", NONE), 0);
	cr_expect_eq(ask_with(OP_NET, "listen", NONE), 0);
}

/* A deny of everything takes away what an allow would open; a deny of one port does not. */
Test(derive, denies_of_whole_kinds)
{
	struct help h;
	help_start(&h);
	help_op(&h, OP_CONNECT_TCP);
	cr_expect_eq(help_ask(&h, X86, "socket", ARGS(AF_INET, SOCK_STREAM)), 0);
	struct ir_rule *r = help_rule(&h, RULE_NET, OP_BIT(OP_CONNECT_TCP), "*");
	r->deny = true;
	r->port_lo = r->port_hi = 22;
	cr_expect_eq(help_ask(&h, X86, "connect", NONE), 0);
	cr_expect_eq(help_ask(&h, X86, "sendto", ARGS(3, 0, 0, MSG_FASTOPEN)), EPERM);
	r->port_lo = 0;
	r->port_hi = UINT16_MAX;
	cr_expect_eq(help_ask(&h, X86, "connect", NONE), EPERM);
	r->ops = OP_BIT(OP_NET);
	cr_expect_eq(help_ask(&h, X86, "connect", NONE), EPERM);
	cr_expect_eq(help_ask(&h, X86, "socket", ARGS(AF_INET, SOCK_STREAM)), EPERM);
	help_end(&h);
}

/* Only "*" with every port leaves fast open: it connects without connect(). */
Test(derive, fast_open_needs_every_port)
{
	struct help h;
	help_start(&h);
	struct ir_rule *r = help_rule(&h, RULE_NET, OP_BIT(OP_CONNECT_TCP), "*");
	cr_expect_eq(help_ask(&h, X86, "sendto", ARGS(3, 0, 0, MSG_FASTOPEN)), 0);
	r->port_lo = r->port_hi = 443;
	cr_expect_eq(help_ask(&h, X86, "sendto", ARGS(3, 0, 0, MSG_FASTOPEN)), EPERM);
	cr_expect_eq(help_ask(&h, X86, "sendmsg", ARGS(3, 0, MSG_FASTOPEN | 1)), EPERM);
	cr_expect_eq(help_ask(&h, X86, "sendmmsg", ARGS(3, 0, 0, MSG_FASTOPEN)), EPERM);
	cr_expect_eq(help_ask(&h, X86, "sendto", ARGS(3, MSG_FASTOPEN, MSG_FASTOPEN, 0x4000)), 0);
	help_end(&h);
}

Test(derive, pairs_are_tied)
{
	cr_expect_eq(ask_bare("socketpair", ARGS(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC)), 0);
	cr_expect_eq(ask_bare("socketpair", ARGS(AF_UNIX, SOCK_DGRAM)), EPERM);
	cr_expect_eq(ask_with(OP_CONNECT_UNIX, "socketpair", ARGS(AF_UNIX, SOCK_DGRAM)), 0);
	cr_expect_eq(ask_bare("socketpair", ARGS(AF_TIPC, SOCK_STREAM)), EPERM);
}

Test(derive, exec_without_a_rule_is_the_entry_only)
{
	struct help h;
	help_start(&h);
	cr_expect_eq(sysmean_derive(h.arena, &h.ir)->exec_fd, 1024);
	cr_expect_eq(help_ask(&h, X86, "execve", NONE), EPERM);
	cr_expect_eq(help_ask(&h, X86, "execveat", ARGS(1024, 0, 0, 0, AT_EMPTY_PATH)), 0);
	cr_expect_eq(help_ask(&h, X86, "execveat", ARGS(1024, 0, 0, 0, 0)), EPERM);
	cr_expect_eq(help_ask(&h, X86, "execveat", ARGS(3, 0, 0, 0, AT_EMPTY_PATH)), EPERM);
	cr_expect_eq(help_ask(&h, X86, "memfd_create", NONE), 0);
	h.ir.limit[TARGET_LINUX][LIMIT_OPEN_FILES] = (struct ir_limit){.set = true, .value = 77};
	cr_expect_eq(sysmean_derive(h.arena, &h.ir)->exec_fd, 77);
	cr_expect_eq(help_ask(&h, X86, "execveat", ARGS(1024, 0, 0, 0, AT_EMPTY_PATH)), EPERM);
	cr_expect_eq(help_ask(&h, X86, "execveat", ARGS(77, 0, 0, 0, AT_EMPTY_PATH)), 0);
	help_end(&h);
}

Test(derive, exec_rules_open_exec_by_name)
{
	struct help h;
	help_start(&h);
	help_op(&h, OP_EXEC);
	cr_expect_eq(sysmean_derive(h.arena, &h.ir)->exec_fd, -1);
	cr_expect_eq(help_ask(&h, X86, "execve", NONE), 0);
	cr_expect_eq(help_ask(&h, X86, "execveat", ARGS(3, 0, 0, 0, 0)), 0);
	/* Landlock lets a memfd be started: it has no place in the tree (tried on Linux 6.18) */
	cr_expect_eq(help_ask(&h, X86, "execveat", ARGS(3, 0, 0, 0, AT_EMPTY_PATH)), EPERM);
	cr_expect_eq(help_ask(&h, X86, "memfd_create", NONE), EPERM);
	help_end(&h);
}

Test(derive, ioctl_without_a_rule_is_harmless)
{
	cr_expect_eq(ask_bare("ioctl", ARGS(0, FIONREAD)), 0);
	cr_expect_eq(ask_bare("ioctl", ARGS(0, TCGETS)), 0);
	cr_expect_eq(ask_bare("ioctl", ARGS(0, TCSETS)), EPERM);
	cr_expect_eq(ask_with(OP_IOCTL, "ioctl", ARGS(0, TCSETS)), 0);
	cr_expect_eq(ask_with(OP_IOCTL, "ioctl", ARGS(0, TIOCSTI)), EPERM);
	cr_expect_eq(ask_with(OP_IOCTL, "ioctl", ARGS(0, 0x100000000 | TIOCSTI)), EPERM);
	cr_expect_eq(ask_with(OP_IOCTL, "ioctl", ARGS(0, TIOCLINUX)), EPERM);
	cr_expect_eq(ask_bare("ioctl", ARGS(0, TIOCSTI)), EPERM);
}

Test(derive, truncation_needs_every_file)
{
	struct help h;
	help_start(&h);
	struct ir_rule *r = help_rule(&h, RULE_PATH, OP_BIT(OP_MODIFY), "/srv");
	cr_expect_eq(help_ask(&h, X86, "open", ARGS(0, O_RDONLY | O_TRUNC)), EPERM);
	cr_expect_eq(help_ask(&h, X86, "open", ARGS(0, O_ACCMODE | O_TRUNC)), EPERM);
	cr_expect_eq(help_ask(&h, X86, "open", ARGS(0, O_WRONLY | O_TRUNC | O_CREAT)), 0);
	cr_expect_eq(help_ask(&h, X86, "openat", ARGS(0, 0, O_RDONLY | O_TRUNC)), EPERM);
	cr_expect_eq(help_ask(&h, X86, "openat", ARGS(0, O_TRUNC, O_RDWR | O_TRUNC)), 0);
	cr_expect_eq(help_ask(&h, X86, "openat2", NONE), ENOSYS);
	cr_expect_eq(help_ask(&h, X86, "truncate", NONE), EPERM);
	r->object = "/";
	cr_expect_eq(help_ask(&h, X86, "open", ARGS(0, O_RDONLY | O_TRUNC)), 0);
	cr_expect_eq(help_ask(&h, X86, "openat2", NONE), 0);
	cr_expect_eq(help_ask(&h, X86, "truncate", NONE), 0);
	struct ir_hole hole = {.path = "/etc"};
	r->holes = &hole;
	r->n_holes = 1;
	cr_expect_eq(help_ask(&h, X86, "truncate", NONE), EPERM);
	help_end(&h);
}

/* Landlock does not see these calls, so no rule on paths brings them: only a line that names them does. */
Test(derive, metadata_is_opened_by_hand)
{
	cr_expect_eq(ask_bare("chmod", NONE), EPERM);
	cr_expect_eq(ask_with(OP_CREATE, "chmod", NONE), EPERM);
	cr_expect_eq(ask_with(OP_MODIFY, "utimensat", NONE), EPERM);
	cr_expect_eq(ask_with(OP_MODIFY, "chown", NONE), EPERM);
	cr_expect_eq(ask_with(OP_MODIFY, "setxattr", NONE), EOPNOTSUPP);
	struct help h;
	help_start(&h);
	help_syscall(&h, "@file-meta", false);
	cr_expect_eq(help_ask(&h, X86, "chmod", NONE), 0);
	cr_expect_eq(help_ask(&h, X86, "utimensat", NONE), 0);
	cr_expect_eq(help_ask(&h, X86, "chown", NONE), 0);
	cr_expect_eq(help_ask(&h, X86, "setxattr", NONE), EOPNOTSUPP);
	help_end(&h);
}

Test(derive, processes_stay_in_their_place)
{
	cr_expect_eq(ask_bare("clone", ARGS(CLONE_VM | CLONE_THREAD)), 0);
	cr_expect_eq(ask_bare("clone", ARGS(CLONE_NEWUSER)), EPERM);
	cr_expect_eq(ask_bare("clone", ARGS(CLONE_NEWNET | SIGCHLD)), EPERM);
	cr_expect_eq(ask_bare("clone3", NONE), ENOSYS);
	cr_expect_eq(ask_bare("personality", ARGS(0)), 0);
	cr_expect_eq(ask_bare("personality", ARGS(0xffffffff)), 0);
	cr_expect_eq(ask_bare("personality", ARGS(0x0040000)), EPERM);
	cr_expect_eq(ask_bare("prlimit64", ARGS(0)), 0);
	cr_expect_eq(ask_bare("prlimit64", ARGS(1)), EPERM);
	cr_expect_eq(ask_bare("setpriority", ARGS(PRIO_PROCESS, 0, 5)), 0);
	cr_expect_eq(ask_bare("setpriority", ARGS(PRIO_USER, 0, 5)), EPERM);
	cr_expect_eq(ask_bare("sched_setaffinity", ARGS(1)), EPERM);
	cr_expect_eq(ask_bare("setresuid", NONE), 0);
	cr_expect_eq(ask_bare("setgroups", NONE), EPERM);
}

Test(derive, written_lines)
{
	struct help h;
	help_start(&h);
	help_syscall(&h, "ptrace", false);
	help_syscall(&h, "read", true);
	help_syscall(&h, "@ipc", false);
	help_syscall(&h, "@process", false);
	help_syscall(&h, "@network-server", false);
	cr_expect_eq(help_ask(&h, X86, "ptrace", NONE), 0);
	cr_expect_eq(help_ask(&h, X86, "read", NONE), EPERM);
	cr_expect_eq(help_ask(&h, X86, "shmget", NONE), 0);
	/* groups leave governed calls alone, names do not */
	cr_expect_eq(help_ask(&h, X86, "clone3", NONE), ENOSYS);
	cr_expect_eq(help_ask(&h, X86, "socket", ARGS(AF_INET, SOCK_STREAM)), EPERM);
	help_syscall(&h, "clone3", false);
	help_syscall(&h, "socket", false);
	cr_expect_eq(help_ask(&h, X86, "clone3", NONE), 0);
	cr_expect_eq(help_ask(&h, X86, "socket", ARGS(AF_INET, SOCK_STREAM)), 0);
	help_syscall(&h, "@dangerous", true);
	cr_expect_eq(help_ask(&h, X86, "ptrace", NONE), EPERM, "a deny wins");
	help_end(&h);
}

Test(derive, a_group_in_a_group_can_be_taken_out)
{
	struct help h;
	help_start(&h);
	cr_expect_eq(help_ask(&h, X86, "finit_module", NONE), EPERM);
	help_syscall(&h, "@admin", false);
	cr_expect_eq(help_ask(&h, X86, "finit_module", NONE), 0);
	help_syscall(&h, "@module", true);
	cr_expect_eq(help_ask(&h, X86, "finit_module", NONE), EPERM);
	cr_expect_eq(help_ask(&h, X86, "init_module", NONE), EPERM);
	cr_expect_eq(help_ask(&h, X86, "delete_module", NONE), EPERM);
	cr_expect_eq(help_ask(&h, X86, "reboot", NONE), 0, "the rest of @admin stays");
	cr_expect_eq(help_ask(&h, X86, "getsockname", NONE), 0);
	help_syscall(&h, "@network-io", true);
	cr_expect_eq(help_ask(&h, X86, "getsockname", NONE), EPERM);
	help_end(&h);
}

Test(derive, arches_and_targets_are_kept_apart)
{
	struct help h;
	help_start(&h);
	help_syscall(&h, "ptrace", false)->arches = ARCH_BIT(ARCH_AARCH64);
	help_syscall(&h, "bpf", false)->targets = TARGET_BIT(TARGET_MACOS);
	help_rule(&h, RULE_NET, OP_BIT(OP_NET), "*")->targets = TARGET_BIT(TARGET_MACOS);
	cr_expect_eq(help_ask(&h, ARCH_AARCH64, "ptrace", NONE), 0);
	cr_expect_eq(help_ask(&h, X86, "ptrace", NONE), EPERM);
	cr_expect_eq(help_ask(&h, X86, "bpf", NONE), EPERM);
	cr_expect_eq(help_ask(&h, X86, "connect", NONE), EPERM);
	help_end(&h);
}

Test(derive, a_rule_carries_its_line)
{
	struct help h;
	help_start(&h);
	help_op(&h, OP_READ);
	help_op(&h, OP_CONNECT_TCP);
	const struct sys_policy *p = sysmean_derive(h.arena, &h.ir);
	const struct sys_rule *by;
	sysmean_decide(p, X86, (uint32_t)syscall_by_name("connect")->nr[X86], NONE, &by);
	cr_assert(by);
	cr_expect_eq(by->origin, &h.origins[1]);
	sysmean_decide(p, X86, (uint32_t)syscall_by_name("read")->nr[X86], NONE, &by);
	cr_assert(by);
	cr_expect_null(by->origin);
	help_end(&h);
}

Test(sysmean, numbers_of_nobody)
{
	struct help h;
	help_start(&h);
	const struct sys_policy *p = sysmean_derive(h.arena, &h.ir);
	const struct sys_rule *by;
	cr_expect_eq(help_errno(sysmean_decide(p, X86, 400, NONE, &by)), ENOSYS);
	cr_expect_eq(help_errno(sysmean_decide(p, X86, UINT32_MAX, NONE, &by)), ENOSYS);
	cr_expect_eq(help_errno(sysmean_decide(p, X86, 0x80000000, NONE, &by)), ENOSYS);
	cr_expect_eq(sysmean_decide(p, X86, 0x40000000, NONE, &by).act, ACT_KILL_PROCESS);
	cr_expect_eq(sysmean_decide(p, X86, 0xfffffffe, NONE, &by).act, ACT_KILL_PROCESS);
	cr_expect_eq(help_errno(sysmean_decide(p, ARCH_AARCH64, 0x40000000, NONE, &by)), ENOSYS);
	help_end(&h);
}

/* Each comparison at its boundary, on both widths. */
Test(sysmean, comparisons)
{
	static const struct {
		enum sys_cmp cmp;
		bool below, at, above;
	} cases[] = {{SYS_EQ, false, true, false}, {SYS_NE, true, false, true},
		     {SYS_LT, true, false, false}, {SYS_LE, true, true, false},
		     {SYS_GT, false, false, true}, {SYS_GE, false, true, true}};
	const struct syscall_desc *call = syscall_by_name("read");
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (uint8_t width = 32; width <= 64; width = (uint8_t)(width + 32)) {
			uint64_t all = width == 32 ? UINT32_MAX : UINT64_MAX;
			uint64_t v = width == 32 ? 0x80000000 : 0x80000000ull << 8;
			struct sys_test t = {2, width, cases[i].cmp, all, v};
			struct sys_conj conj = {&t, 1};
			struct sys_cond cond = {&conj, 1};
			struct sys_rule rule = {.call = call,
						.arches = ARCHES_ALL,
						.cond = &cond,
						.action = {ACT_ALLOW, 0}};
			struct sys_policy p = {
			    .arches = ARCHES_USUAL,
			    .rules = &rule, .n_rules = 1, .known = {ACT_ERRNO, 1}};
			const struct sys_rule *by;
			cr_expect_eq(
			    help_errno(sysmean_decide(&p, X86, 0, ARGS(0, 0, v - 1), &by)) == 0,
			    cases[i].below);
			cr_expect_eq(help_errno(sysmean_decide(&p, X86, 0, ARGS(0, 0, v), &by)) ==
					 0,
				     cases[i].at);
			cr_expect_eq(
			    help_errno(sysmean_decide(&p, X86, 0, ARGS(0, 0, v + 1), &by)) == 0,
			    cases[i].above);
		}
	}
}

/* ---- ABIs ---- */

static enum sys_act act_on(uint32_t arches, enum arch arch, uint32_t nr)
{
	struct help h;
	const struct sys_rule *by;
	help_start(&h);
	h.ir.arches = arches;
	struct sys_action a = sysmean_decide(sysmean_derive(h.arena, &h.ir), arch, nr, NONE, &by);
	help_end(&h);
	return a.act;
}

/* What the policy is not for is killed; x32 and x86_64 are told apart by the number alone. */
Test(abi, only_those_named_are_let_in)
{
	const uint32_t all = ARCHES_ALL, usual = ARCHES_USUAL;
	cr_expect_eq(act_on(usual, ARCH_I386, 3), ACT_KILL_PROCESS);
	cr_expect_eq(act_on(all, ARCH_I386, 3), ACT_ALLOW, "read");
	cr_expect_eq(act_on(usual, ARCH_ARM, 3), ACT_KILL_PROCESS);
	cr_expect_eq(act_on(all, ARCH_ARM, 3), ACT_ALLOW);
	cr_expect_eq(act_on(all, ARCH_ARM, 0x0f0005), ACT_ALLOW, "set_tls");
	cr_expect_eq(act_on(usual, ARCH_X86_64, 0x40000000), ACT_KILL_PROCESS);
	cr_expect_eq(act_on(all, ARCH_X86_64, 0x40000000), ACT_ALLOW, "read");
	cr_expect_eq(act_on(all, ARCH_X32, 0x40000000), ACT_ALLOW);
	cr_expect_eq(act_on(all, ARCH_X86_64, 0x40000000 + 13), ACT_ERRNO, "rt_sigaction of x86_64");
	cr_expect_eq(act_on(all, ARCH_X86_64, 0x40000000 + 512), ACT_ALLOW, "rt_sigaction of x32");
	cr_expect_eq(act_on(all, ARCH_X86_64, UINT32_MAX), ACT_ERRNO, "a tracer's skip");
	cr_expect_eq(act_on(usual, ARCH_RISCV64, 63), ACT_KILL_PROCESS);
	cr_expect_eq(act_on(all, ARCH_RISCV64, 63), ACT_ALLOW);
	cr_expect_eq(act_on(all, ARCH_S390X, 3), ACT_ALLOW);
}

/* A 32-bit program has calls of its own for what the base allows, and for what it refuses. */
Test(abi, calls_of_32_bit_programs)
{
	static const struct {
		const char *call;
		int answer;
	} calls[] = {
	    {"_llseek", 0},           {"fcntl64", 0},     {"fstat64", 0},        {"mmap2", 0},
	    {"clock_gettime64", 0},   {"futex_time64", 0}, {"set_thread_area", 0}, {"getuid32", 0},
	    {"waitpid", 0},           {"sigreturn", 0},   {"ugetrlimit", 0},     {"socketcall", ENOSYS},
	    {"ipc", ENOSYS},          {"truncate64", EPERM}, {"chown32", EPERM}, {"stime", EPERM},
	    {"clock_settime64", EPERM}, {"vm86", EPERM},  {"utimensat_time64", EPERM},
	    {"execve", EPERM},        {"execveat", EPERM},
	};
	struct help h;
	help_start(&h);
	h.ir.arches = ARCHES_ALL;
	for (unsigned i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		cr_expect_eq(help_ask(&h, ARCH_I386, calls[i].call, NONE), calls[i].answer, "%s",
			     calls[i].call);
	/* flags of clone() come second there */
	cr_expect_eq(help_ask(&h, ARCH_S390X, "clone", ARGS(CLONE_NEWUSER, 0)), 0);
	cr_expect_eq(help_ask(&h, ARCH_S390X, "clone", ARGS(0, CLONE_NEWUSER)), EPERM);
	cr_expect_eq(help_ask(&h, ARCH_I386, "clone", ARGS(CLONE_NEWUSER, 0)), EPERM);
	/* the loader starts the entry by a call of the machine's own ABI */
	uint64_t fd = (uint64_t)sysmean_derive(h.arena, &h.ir)->exec_fd;
	const uint64_t entry[6] = {fd, 0, 0, 0, AT_EMPTY_PATH};
	cr_expect_eq(help_ask(&h, X86, "execveat", entry), 0);
	cr_expect_eq(help_ask(&h, ARCH_I386, "execveat", entry), EPERM);
	help_end(&h);
}

/* ---- exec.wx ---- */

static void ask_for_wx(struct help *h, struct ir_want *want)
{
	static const struct origin line;
	*want = (struct ir_want){.cap = CAP_EXEC_WX, .targets = TARGET_BIT(TARGET_LINUX), .origin = &line};
	h->ir.wants = want;
	h->ir.n_wants = 1;
}

enum { R = 1, W = 2, X = 4 }; /* PROT_* */

/* Each call with and without the line, on every ABI that has it. */
Test(wx, memory_is_written_or_run)
{
	static const struct {
		const char *call;
		unsigned prot; /* 8: not an argument */
		int answer;
	} calls[] = {
	    {"mmap", R | W, 0},	    {"mmap", R | X, 0},	   {"mmap", W | X, EPERM},     {"mmap", R | W | X, EPERM}, {"mmap", 0, 0},
	    {"mmap2", R | W, 0},    {"mmap2", R | X, 0},   {"mmap2", R | W | X, EPERM}, {"mprotect", R | W, 0},    {"mprotect", R, 0},
	    {"mprotect", X, EPERM}, {"mprotect", R | X, EPERM}, {"pkey_mprotect", R | W, 0}, {"pkey_mprotect", R | X, EPERM},
	    {"memfd_create", 8, EPERM},
	};
	unsigned asked = 0;
	for (unsigned i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		for (unsigned a = 0; a < ARCH_COUNT; a++) {
			const uint64_t args[6] = {0, 4096, calls[i].prot & 7};
			bool blind = strcmp(calls[i].call, "mmap") == 0 && (a == ARCH_I386 || a == ARCH_S390X);
			struct ir_want want;
			struct help h;
			if (syscall_by_name(calls[i].call)->nr[a] == SYSCALL_NONE)
				continue;
			help_start(&h);
			h.ir.arches = ARCHES_ALL;
			cr_expect_eq(help_ask(&h, (enum arch)a, calls[i].call, args), 0, "%s without the line", calls[i].call);
			ask_for_wx(&h, &want);
			int answer = !blind ? calls[i].answer : a == ARCH_I386 ? EPERM : 0;
			cr_expect_eq(help_ask(&h, (enum arch)a, calls[i].call, args), answer, "%s %u on %s", calls[i].call, calls[i].prot,
				     arch_name[a]);
			asked++;
			help_end(&h);
		}
	cr_expect_gt(asked, 60u);
}

/* A group opens them only where nobody asks for exec.wx; by their own names they open as any call. */
Test(wx, groups_open_nothing_of_it)
{
	struct ir_want want;
	struct help h;
	help_start(&h);
	h.ir.syscalls_exact = true;
	help_syscall(&h, "@memory", false);
	cr_expect_eq(help_ask(&h, X86, "mmap", ARGS(0, 0, R | W | X)), 0);
	ask_for_wx(&h, &want);
	cr_expect_eq(help_ask(&h, X86, "mmap", ARGS(0, 0, R | W)), EPERM);
	cr_expect_eq(help_ask(&h, X86, "munmap", NONE), 0);
	help_syscall(&h, "mprotect", false);
	cr_expect_eq(help_ask(&h, X86, "mprotect", ARGS(0, 0, R | X)), 0);
	help_end(&h);
}

static enum level wx_level(struct help *h)
{
	return seccomp_answer(&h->ir, TARGET_LINUX, CAP_EXEC_WX).level;
}

static enum level level_with_line(const char *call, const char *path, uint32_t ops, uint32_t arches)
{
	struct ir_want want;
	struct help h;
	help_start(&h);
	ask_for_wx(&h, &want);
	h.ir.arches |= arches;
	if (call)
		help_syscall(&h, call, false);
	if (path)
		help_rule(&h, RULE_PATH, ops, path);
	enum level level = wx_level(&h);
	help_end(&h);
	return level;
}

Test(wx, the_answer)
{
	static const char *const open[] = {"mmap", "mmap2", "mprotect", "pkey_mprotect", "shmat", "personality", "memfd_create", "memfd_secret",
					   "ptrace", "remap_file_pages", "ipc", "@ipc"};
	cr_expect_eq(level_with_line(NULL, NULL, 0, 0), LEVEL_ENFORCED);
	cr_expect_eq(level_with_line("getcpu", NULL, 0, 0), LEVEL_ENFORCED);
	for (size_t i = 0; i + 1 < sizeof(open) / sizeof(open[0]); i++)
		cr_expect_eq(level_with_line(open[i], NULL, 0, 0), LEVEL_ABSENT, "%s", open[i]);
	cr_expect_eq(level_with_line(NULL, "/srv", OP_BIT(OP_READ), 0), LEVEL_ENFORCED);
	cr_expect_eq(level_with_line(NULL, "/srv", OP_BIT(OP_MODIFY), 0), LEVEL_PARTIAL);
	cr_expect_eq(level_with_line(NULL, "/srv", OP_BIT(OP_CREATE), 0), LEVEL_PARTIAL);
	cr_expect_eq(level_with_line(NULL, "/dev/null", OP_BIT(OP_MODIFY), 0), LEVEL_ENFORCED);
	cr_expect_eq(level_with_line(NULL, "/dev/nullx", OP_BIT(OP_MODIFY), 0), LEVEL_PARTIAL);
	cr_expect_eq(level_with_line(NULL, NULL, 0, ARCH_BIT(ARCH_S390X)), LEVEL_PARTIAL);
}

/* A condition that leaves the calls out is no objection. */
Test(wx, lines_with_conditions)
{
	static const struct {
		const char *call;
		struct sys_test test;
		enum level level;
	} rows[] = {
	    {"mmap", {2, 32, SYS_EQ, X, 0}, LEVEL_ENFORCED},
	    {"mmap", {2, 32, SYS_EQ, X, X}, LEVEL_ABSENT},
	    {"mprotect", {2, 32, SYS_EQ, UINT32_MAX, R | W}, LEVEL_ENFORCED},
	    {"shmat", {2, 32, SYS_EQ, 0100000, 0}, LEVEL_ENFORCED},
	    {"shmat", {2, 32, SYS_NE, UINT32_MAX, 0}, LEVEL_ABSENT},
	    {"personality", {0, 32, SYS_EQ, UINT32_MAX, 0x0040000}, LEVEL_ENFORCED},
	    {"personality", {0, 32, SYS_EQ, UINT32_MAX, 0x0440000}, LEVEL_ABSENT},
	    {"personality", {0, 32, SYS_EQ, UINT32_MAX, UINT32_MAX}, LEVEL_ENFORCED},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sys_conj conj = {&rows[i].test, 1};
		struct sys_cond cond = {&conj, 1};
		struct ir_want want;
		struct help h;
		help_start(&h);
		ask_for_wx(&h, &want);
		help_syscall(&h, rows[i].call, false)->cond = &cond;
		cr_expect_eq(wx_level(&h), rows[i].level, "%s, row %zu", rows[i].call, i);
		help_end(&h);
	}
}
