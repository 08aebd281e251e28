/*
 * launch.c - the back end for what the loader itself does: environment, limits of each process,
 * session.
 */
#include "launch.h"

static struct answer none(const char *note)
{
	return (struct answer){.level = LEVEL_ABSENT, .note = note};
}

static struct answer kept(const char *mechanism)
{
	return (struct answer){.level = LEVEL_ENFORCED, .mechanism = mechanism};
}

static struct answer when_set(const struct ir *ir, enum limit limit, const char *mechanism)
{
	return ir->limit[TARGET_LINUX][limit].set ? kept(mechanism) : none(NULL);
}

/* Ending everything takes a pid namespace, whose end is the end of all in it, or a cgroup. */
static struct answer answer_job(const struct ir *ir, enum limit limit)
{
	bool pid = ir->isolate & (1u << ISOLATE_PID);
	return when_set(ir, limit, pid ? "supervisor+namespace" : "supervisor+cgroup:kill");
}

static struct answer answer_isolate(const struct ir *ir)
{
	return ir->isolate ? kept("namespace") : none(NULL);
}

static struct answer answer_hide(const struct ir *ir)
{
	if (ir->choice[TARGET_LINUX][CHOICE_ROOT].value == ROOT_PRIVATE)
		return kept("namespace");
	return none("without a tree of its own (`isolate mount`, and no `root host`), names and sizes are "
		    "seen");
}

/* Processes outside have no number in a pid namespace, so no signal finds them. */
static struct answer answer_signals(const struct ir *ir)
{
	return ir->isolate & ISOLATE_BIT(ISOLATE_PID) ? kept("namespace") : none(NULL);
}

static struct answer answer_ephemeral(const struct ir *ir)
{
	if (!(ir->isolate & ISOLATE_BIT(ISOLATE_MOUNT)))
		return none("without `isolate mount` what is written stays");
	return kept("namespace");
}

static struct answer launch_answer(const struct ir *ir, enum target t, enum cap cap)
{
	(void)t;
	switch (cap) {
	case CAP_ENV_SCRUB:
		return kept("launch");
	case CAP_RES_CPU_TIME:
		return when_set(ir, LIMIT_CPU_TIME, "rlimit");
	case CAP_RES_FILES:
		return kept("rlimit");
	case CAP_RES_FILE_SIZE:
		return when_set(ir, LIMIT_FILE_SIZE, "rlimit");
	case CAP_RES_CORE:
		return kept("rlimit");
	case CAP_RES_STACK:
		return when_set(ir, LIMIT_STACK, "rlimit");
	case CAP_RES_ADDRESS_SPACE:
		return when_set(ir, LIMIT_ADDRESS_SPACE, "rlimit");
	case CAP_RES_LOCKED_MEMORY:
		return when_set(ir, LIMIT_LOCKED_MEMORY, "rlimit");
	case CAP_RES_PROCESSES:
		return when_set(ir, LIMIT_PROCESSES, "rlimit");
	case CAP_RES_WALL:
		return answer_job(ir, LIMIT_WALL);
	case CAP_RES_OUTPUT:
		return answer_job(ir, LIMIT_OUTPUT);
	case CAP_NS_ISOLATE:
		return answer_isolate(ir);
	case CAP_FS_HIDE:
		return answer_hide(ir);
	case CAP_FS_WRITE_EPHEMERAL:
		return answer_ephemeral(ir);
	case CAP_SIGNAL_SCOPE:
		return answer_signals(ir);
	case CAP_FS_READ_HOST:
	case CAP_FS_READ_SCOPE:
	case CAP_FS_READ_DENY:
	case CAP_FS_WRITE_DENY:
	case CAP_FS_WRITE_SCOPE:
	case CAP_FS_WRITE_DENY_PATH:
	case CAP_FS_EXEC_SCOPE:
	case CAP_FS_EXEC_DENY:
	case CAP_FS_IOCTL_SCOPE:
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
	case CAP_IPC_RESTRICT:
	case CAP_TTY_NO_INJECT:
	case CAP_SYSCALL_FILTER:
	case CAP_MACH_RESTRICT:
	case CAP_MACOS_RESTRICT:
	case CAP_KERNEL_ISOLATION:
	case CAP_RES_MEMORY:
	case CAP_RES_SWAP:
	case CAP_RES_CPU_WEIGHT:
	case CAP_RES_CPU:
	case CAP_RES_PIDS:
	case CAP_RES_IO:
	case CAP_COUNT:
		return none(NULL);
	}
	return none(NULL);
}

static bool lower(struct lower *l)
{
	return launch_lower(l, TARGET_LINUX);
}

static void *model_open(struct arena *a, const struct artifact *v, unsigned n, const char **error)
{
	return launch_model_open(a, v, n, TARGET_LINUX, error);
}

const struct backend launch_backend = {
    .name = "launch",
    .about = "Linux: what the loader does itself: environment, limits of each process, session",
    .targets = TARGET_BIT(TARGET_LINUX),
    .answer = launch_answer,
    .lower = lower,
    .model_open = model_open,
    .model_decide = launch_model_decide,
    .facts = launch_facts,
};
