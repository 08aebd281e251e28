/*
 * rights.c - to become more than one is: capabilities, ids, and what was put on the process itself.
 */
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static int r_capset(const struct world *w)
{
	struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
	const struct __user_cap_data_struct admin[2] = {{1 << CAP_SYS_ADMIN, 1 << CAP_SYS_ADMIN, 0}};
	(void)w;
	return result(syscall(SYS_capset, &header, admin));
}

static int r_securebits(const struct world *w)
{
	(void)w;
	return result(prctl(PR_SET_SECUREBITS, 0, 0, 0, 0));
}

static int r_setuid(const struct world *w)
{
	(void)w;
	return result(syscall(SYS_setresuid, 65533, 65533, 65533));
}

static int r_setgroups(const struct world *w)
{
	(void)w;
	return result(syscall(SYS_setgroups, 0UL, NULL));
}

/* A second filter that lets everything through, and then a call that the first one refuses. */
static int r_filter(const struct world *w)
{
	struct sock_filter all[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
	const struct sock_fprog program = {1, all};
	(void)w;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return errno;
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0)
		return errno;
	return result(syscall(SYS_keyctl, 0 /* KEYCTL_GET_KEYRING_ID */, -3 /* session */, 1));
}

/* To be spared when memory runs out, at the cost of others. */
static int r_oom(const struct world *w)
{
	(void)w;
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	return fd < 0 ? errno : write(fd, "-500", 4) < 0 ? errno : 0;
}

const struct attack attacks_rights[] = {
    {"capset", r_capset},     {"securebits", r_securebits}, {"setuid", r_setuid}, {"setgroups", r_setgroups},
    {"second-filter", r_filter}, {"own-oom-score", r_oom}, {NULL, NULL},
};
