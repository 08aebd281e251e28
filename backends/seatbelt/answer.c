/*
 * answer.c - how well Seatbelt keeps each guarantee of a policy.
 */
#include <string.h>

#include "seatbelt.h"

static const char no_limits[] = "macOS has no such limit for all processes of one program";
static const char no_limits_help[] = "let what surrounds the program cap it";

static struct answer enforced(void)
{
	return (struct answer){.level = LEVEL_ENFORCED, .mechanism = "seatbelt"};
}

static struct answer absent(const char *note, const char *help)
{
	return (struct answer){.level = LEVEL_ABSENT, .note = note, .help = help};
}

static struct answer partial(const char *note, const char *help, const struct origin *at)
{
	return (struct answer){
	    .level = LEVEL_PARTIAL, .mechanism = "seatbelt", .note = note, .help = help, .at = at};
}

/* Terminals take pushed keystrokes through ioctl(), which is closed but where the policy opens it.
 */
static struct answer tty_answer(const struct ir *ir)
{
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		bool other_device =
		    strncmp(r->object, "/dev/", 5) == 0 && strncmp(r->object, "/dev/tty", 8) != 0 &&
		    strncmp(r->object, "/dev/fd", 7) != 0 &&
		    strcmp(r->object, "/dev/console") != 0 && !strchr(r->object, '$');

		if (r->kind == RULE_PATH && !r->deny && seatbelt_governs(r) &&
		    (r->ops & OP_BIT(OP_IOCTL)) && !other_device)
			return partial("control requests to the terminal are allowed, and Seatbelt "
				       "cannot tell them "
				       "apart",
				       "leave `ioctl` on terminals out on macOS",
				       r->origin[OP_IOCTL]);
	}
	return enforced();
}

#define ALL_NET                                                                                    \
	(OP_BIT(OP_CONNECT_TCP) | OP_BIT(OP_CONNECT_UDP) | OP_BIT(OP_CONNECT_UNIX) |               \
	 OP_BIT(OP_LISTEN_TCP) | OP_BIT(OP_LISTEN_UDP) | OP_BIT(OP_LISTEN_UNIX) | OP_BIT(OP_NET))

static struct answer no_net_answer(const struct ir *ir)
{
	struct answer answer = enforced();

	if (ir_allows_any(ir, TARGET_MACOS, ALL_NET)) {
		answer =
		    absent("a line of the policy allows a part of the network", "remove the line");
		answer.at = ir_first_allow(ir, TARGET_MACOS, ALL_NET);
	}
	return answer;
}

static bool relays(const struct ir *ir)
{
	return ir_allows_any(ir, TARGET_MACOS, OP_BIT(OP_RELAY_TCP));
}

static struct answer connect_port_answer(const struct ir *ir)
{
	struct answer a = enforced();

	if (relays(ir)) {
		a.level = LEVEL_DELEGATED;
		a.note = "behind a proxy the ports are the proxy's to check, by egress.yaml";
	}
	return a;
}

/* What the imported profile of the system opens is Apple's, and differs between versions. */
static bool on_system(const struct ir *ir, enum cap cap)
{
	static const enum cap caps[] = {CAP_FS_READ_SCOPE,  CAP_FS_WRITE_DENY, CAP_FS_WRITE_SCOPE, CAP_FS_IOCTL_SCOPE,
					CAP_NET_DISABLE,    CAP_NET_OUTBOUND,  CAP_UNIX_PATH,	   CAP_IPC_RESTRICT,
					CAP_MACH_RESTRICT,  CAP_MACOS_RESTRICT};

	for (size_t i = 0; i < sizeof(caps) / sizeof(caps[0]); i++)
		if (caps[i] == cap)
			return ir->choice[TARGET_MACOS][CHOICE_BASELINE].value == BASELINE_SYSTEM;
	return false;
}

static struct answer weakened(struct answer a, const struct ir *ir)
{
	if (a.level != LEVEL_ENFORCED)
		return a;
	return partial("the profile of the system that it stands on opens what that version of macOS says",
		       "remove `baseline system`", ir->choice[TARGET_MACOS][CHOICE_BASELINE].origin);
}

static struct answer pids_answer(const struct ir *ir)
{
	const struct ir_limit *l = &ir->limit[TARGET_MACOS][LIMIT_PIDS];

	if (ir_no_process(ir, TARGET_MACOS) != l)
		return absent(no_limits, no_limits_help);
	return partial("the program can make no process; its threads are not counted", NULL, NULL);
}

/* The loader's, where there may be any: backends/launch. */
static struct answer processes_answer(const struct ir *ir)
{
	const struct ir_limit *l = &ir->limit[TARGET_MACOS][LIMIT_PROCESSES];

	return l->set && ir_no_process(ir, TARGET_MACOS) ? enforced() : absent(NULL, NULL);
}

static struct answer answer_of(const struct ir *ir, enum cap cap)
{
	const uint32_t write = OP_BIT(OP_MODIFY) | OP_BIT(OP_CREATE) | OP_BIT(OP_DELETE);

	switch (cap) {
	case CAP_ENV_SCRUB:
		return absent(NULL, NULL); /* the loader's: backends/launch */
	case CAP_FS_READ_SCOPE:
		return seatbelt_unless_moved_in(ir);
	case CAP_FS_READ_DENY:
		return seatbelt_unless_moved(ir, OP_BIT(OP_READ) | OP_BIT(OP_LIST));
	case CAP_FS_WRITE_DENY_PATH:
		return seatbelt_unless_moved(ir, write);
	case CAP_FS_EXEC_DENY:
		return seatbelt_unless_moved(ir, OP_BIT(OP_EXEC));
	case CAP_FS_READ_HOST:
	case CAP_FS_WRITE_DENY:
	case CAP_FS_WRITE_SCOPE:
	case CAP_FS_EXEC_SCOPE:
	case CAP_FS_IOCTL_SCOPE:
	case CAP_NET_ENABLE:
	case CAP_NET_OUTBOUND:
	case CAP_NET_LISTEN_PORT:
	case CAP_NET_UDP:
	case CAP_UNIX_PATH:
	case CAP_UNIX_ABSTRACT: /* macOS has none */
	case CAP_SIGNAL_SCOPE:
	case CAP_IPC_RESTRICT:
	case CAP_MACH_RESTRICT:
	case CAP_MACOS_RESTRICT:
		return enforced();
	case CAP_NET_CONNECT_PORT:
		return connect_port_answer(ir);
	case CAP_NET_CONNECT_HOST: /* the hosts behind a proxy are its affair: backends/egress answers */
		return relays(ir) ? absent(NULL, NULL) : enforced();
	case CAP_NET_DISABLE:
		return no_net_answer(ir);
	case CAP_TTY_NO_INJECT:
		return tty_answer(ir);
	case CAP_PROC_NO_EXEC:
		return partial("macOS starts the entry program under the profile, so the program "
			       "can start it again",
			       NULL, ir->entry_origin);
	case CAP_FS_WRITE_EPHEMERAL:
		return absent("macOS cannot throw writes away at the end", NULL);
	case CAP_FS_HIDE:
		return absent("macOS has no private view of the file tree: that a file is there "
			      "can be noticed",
			      NULL);
	case CAP_FS_GLOB_LIVE:
		return seatbelt_patterns_answer(ir);
	case CAP_EXEC_WX:
		return partial("memory for code that is made at run time (MAP_JIT) is refused; that no other memory is "
			       "written and run at once, Apple processors see to and those of Intel do not",
			       NULL, NULL);
	case CAP_SYSCALL_FILTER:
		return absent("macOS has no filter for system calls", NULL);
	case CAP_KERNEL_ISOLATION:
		return absent("the program runs on the kernel of the host", NULL);
	case CAP_NS_ISOLATE:
		return absent("macOS has no namespaces", NULL);
	case CAP_RES_MEMORY:
	case CAP_RES_SWAP:
	case CAP_RES_CPU:
	case CAP_RES_CPU_WEIGHT:
	case CAP_RES_IO:
		return absent(no_limits, no_limits_help);
	case CAP_RES_PIDS:
		return pids_answer(ir);
	case CAP_RES_PROCESSES:
		return processes_answer(ir);
	case CAP_RES_WALL: /* what the loader limits: backends/launch */
	case CAP_RES_OUTPUT:
	case CAP_RES_CPU_TIME:
	case CAP_RES_FILES:
	case CAP_RES_FILE_SIZE:
	case CAP_RES_CORE:
	case CAP_RES_STACK:
	case CAP_RES_ADDRESS_SPACE:
	case CAP_RES_LOCKED_MEMORY:
		return absent(NULL, NULL);
	case CAP_COUNT:
		break;
	}
	return absent("this is no guarantee", NULL);
}

struct answer seatbelt_answer(const struct ir *ir, enum target t, enum cap cap)
{
	struct answer a = answer_of(ir, cap);

	(void)t;
	return on_system(ir, cap) ? weakened(a, ir) : a;
}
