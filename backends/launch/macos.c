/*
 * macos.c - the back end for what the loader itself does on macOS: environment, limits of each process, session, time.
 */
#include "launch.h"

static struct answer none(const char *note, const char *help)
{
	return (struct answer){.level = LEVEL_ABSENT, .note = note, .help = help};
}

static struct answer rlimit(const struct ir *ir, enum limit limit)
{
	if (!ir->limit[TARGET_MACOS][limit].set)
		return none(NULL, NULL);
	return (struct answer){.level = LEVEL_ENFORCED, .mechanism = "rlimit"};
}

/* No view and no group of processes holds what the program started; where it may start nothing, none has to. */
static struct answer wall(const struct ir *ir)
{
	if (!ir->limit[TARGET_MACOS][LIMIT_WALL].set)
		return none(NULL, NULL);
	if (ir_no_process(ir, TARGET_MACOS))
		return (struct answer){.level = LEVEL_ENFORCED, .mechanism = "supervisor+seatbelt"};
	return (struct answer){.level = LEVEL_PARTIAL,
			       .mechanism = "supervisor",
			       .note = "the loader ends the program and all of its session; what the program put into "
				       "another session lives on",
			       .help = "let it make no process: `limit processes 1`"};
}

static struct answer launch_macos_answer(const struct ir *ir, enum target t, enum cap cap)
{
	(void)t;
	switch (cap) {
	case CAP_ENV_SCRUB:
		return (struct answer){.level = LEVEL_ENFORCED, .mechanism = "launch"};
	case CAP_RES_CPU_TIME:
		return rlimit(ir, LIMIT_CPU_TIME);
	case CAP_RES_FILES:
		return rlimit(ir, LIMIT_OPEN_FILES);
	case CAP_RES_FILE_SIZE:
		return rlimit(ir, LIMIT_FILE_SIZE);
	case CAP_RES_CORE:
		return rlimit(ir, LIMIT_CORE);
	case CAP_RES_STACK:
		return rlimit(ir, LIMIT_STACK);
	case CAP_RES_LOCKED_MEMORY:
		return rlimit(ir, LIMIT_LOCKED_MEMORY);
	case CAP_RES_WALL:
		return wall(ir);
	case CAP_RES_ADDRESS_SPACE:
		return none("macOS keeps no limit on the address space", "let what surrounds the program cap it");
	case CAP_RES_PROCESSES:
		if (ir_no_process(ir, TARGET_MACOS)) /* the profile's */
			return none(NULL, NULL);
		return none("the limit of macOS counts the whole session of the user, which stops working first",
			    "let what surrounds the program cap it");
	case CAP_RES_OUTPUT:
		return none("the loader of macOS does not count what is written", "let the reader of it stop");
	case CAP_FS_READ_HOST:
	case CAP_FS_READ_SCOPE:
	case CAP_FS_READ_DENY:
	case CAP_FS_WRITE_DENY:
	case CAP_FS_WRITE_SCOPE:
	case CAP_FS_WRITE_DENY_PATH:
	case CAP_FS_WRITE_EPHEMERAL:
	case CAP_FS_EXEC_SCOPE:
	case CAP_FS_EXEC_DENY:
	case CAP_FS_IOCTL_SCOPE:
	case CAP_FS_HIDE:
	case CAP_FS_GLOB_LIVE:
	case CAP_PROC_NO_EXEC:
	case CAP_EXEC_WX:
	case CAP_NET_DISABLE:
	case CAP_NET_ENABLE:
	case CAP_NET_OUTBOUND:
	case CAP_NET_CONNECT_PORT:
	case CAP_NET_CONNECT_HOST:
	case CAP_NET_LISTEN_PORT:
	case CAP_NET_UDP:
	case CAP_UNIX_PATH:
	case CAP_UNIX_ABSTRACT:
	case CAP_SIGNAL_SCOPE:
	case CAP_IPC_RESTRICT:
	case CAP_TTY_NO_INJECT:
	case CAP_SYSCALL_FILTER:
	case CAP_MACH_RESTRICT:
	case CAP_MACOS_RESTRICT:
	case CAP_KERNEL_ISOLATION:
	case CAP_NS_ISOLATE:
	case CAP_RES_MEMORY:
	case CAP_RES_SWAP:
	case CAP_RES_CPU_WEIGHT:
	case CAP_RES_CPU:
	case CAP_RES_PIDS:
	case CAP_RES_IO:
	case CAP_COUNT:
		return none(NULL, NULL);
	}
	return none(NULL, NULL);
}

static bool lower(struct lower *l)
{
	return launch_lower(l, TARGET_MACOS);
}

static void *model_open(struct arena *a, const struct artifact *v, unsigned n, const char **error)
{
	return launch_model_open(a, v, n, TARGET_MACOS, error);
}

const struct backend launch_macos_backend = {
    .name = "launch-macos",
    .about = "macOS: what the loader does itself: environment, limits of each process, session",
    .targets = TARGET_BIT(TARGET_MACOS),
    .answer = launch_macos_answer,
    .lower = lower,
    .model_open = model_open,
    .model_decide = launch_model_decide,
    .facts = launch_facts,
};
