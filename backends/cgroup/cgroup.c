/*
 * cgroup.c - the back end for limits of the whole job: cgroup v2.
 */
#include "cgroup.h"

static struct answer none(void)
{
	return (struct answer){.level = LEVEL_ABSENT};
}

/*
 * The limit is there when one of the two is set: memory and swap, share and weight, read and write.
 */
static struct answer when_set(const struct ir *ir, enum limit one, enum limit other,
			      const char *mechanism)
{
	const struct ir_limit *limits = ir->limit[TARGET_LINUX];
	if (!limits[one].set && !limits[other].set)
		return none();
	struct answer a = cgroup_escape(ir);
	a.mechanism = mechanism;
	return a;
}

/* Reads and writes are limited disk by disk, and a write counts when its page goes to the disk. */
static struct answer answer_io(const struct ir *ir)
{
	struct answer a = when_set(ir, LIMIT_IO_READ, LIMIT_IO_WRITE, "cgroup:io");
	if (a.level == LEVEL_ENFORCED && !a.note)
		a.note = "each disk has this limit by itself; what is written back later counts only where "
			 "memory is limited too";
	return a;
}

static struct answer cgroup_answer(const struct ir *ir, enum target t, enum cap cap)
{
	(void)t;
	switch (cap) {
	case CAP_RES_MEMORY:
		return when_set(ir, LIMIT_MEMORY, LIMIT_MEMORY, "cgroup:memory");
	case CAP_RES_SWAP:
		return when_set(ir, LIMIT_SWAP, LIMIT_SWAP, "cgroup:memory");
	case CAP_RES_CPU:
		return when_set(ir, LIMIT_CPU, LIMIT_CPU, "cgroup:cpu");
	case CAP_RES_CPU_WEIGHT:
		return when_set(ir, LIMIT_CPU_WEIGHT, LIMIT_CPU_WEIGHT, "cgroup:cpu");
	case CAP_RES_PIDS:
		return when_set(ir, LIMIT_PIDS, LIMIT_PIDS, "cgroup:pids");
	case CAP_RES_IO:
		return answer_io(ir);
	case CAP_ENV_SCRUB:
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
		return none();
	}
	return none();
}

const struct backend cgroup_backend = {
    .name = "cgroup",
    .about = "Linux: memory, processor, processes and disk traffic of the whole job, by cgroup v2",
    .targets = TARGET_BIT(TARGET_LINUX),
    .answer = cgroup_answer,
    .lower = cgroup_lower,
    .model_open = cgroup_model_open,
    .model_decide = cgroup_model_decide,
    .facts = cgroup_facts,
};
