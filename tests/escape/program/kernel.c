/*
 * kernel.c - calls that open large parts of the kernel. Each does as little as shows that it was let in.
 */
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* The numbers of all machines; the oldest headers do not have the names. */
enum { NR_IO_URING_REGISTER = 427, NR_QUOTACTL_FD = 443, NR_LSM_SET_SELF_ATTR = 460 };

static int k_io_uring(const struct world *w)
{
	char params[120] = {0};
	(void)w;
	return close_fd((int)syscall(SYS_io_uring_setup, 1, params));
}

static int k_userfaultfd(const struct world *w)
{
	(void)w;
	return close_fd((int)syscall(SYS_userfaultfd, O_CLOEXEC | 1 /* UFFD_USER_MODE_ONLY */));
}

static int k_bpf(const struct world *w)
{
	union bpf_attr map;
	(void)w;
	memset(&map, 0, sizeof(map));
	map.map_type = BPF_MAP_TYPE_ARRAY;
	map.key_size = map.value_size = 4;
	map.max_entries = 1;
	return close_fd((int)syscall(SYS_bpf, BPF_MAP_CREATE, &map, sizeof(map)));
}

static int k_perf(const struct world *w)
{
	struct perf_event_attr attr = {.type = PERF_TYPE_SOFTWARE, .size = sizeof(attr), .config = PERF_COUNT_SW_TASK_CLOCK,
				       .exclude_kernel = 1, .exclude_hv = 1};
	(void)w;
	return close_fd((int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0));
}

static int k_keyctl(const struct world *w)
{
	(void)w;
	return result(syscall(SYS_keyctl, 0 /* KEYCTL_GET_KEYRING_ID */, -3 /* session */, 1));
}

static int k_add_key(const struct world *w)
{
	(void)w;
	return result(syscall(SYS_add_key, "user", "sbx-escape", "x", 1, -1 /* thread */));
}

static int k_request_key(const struct world *w)
{
	(void)w;
	int error = result(syscall(SYS_request_key, "user", "sbx-escape-none", NULL, 0));
	return error == ENOKEY ? 0 : error;
}

static int k_fanotify(const struct world *w)
{
	(void)w;
	return close_fd(fanotify_init(FAN_CLASS_NOTIF | FAN_REPORT_FID, O_RDONLY));
}

/* The answer of the kernel to a module that is none. */
static int k_module(const struct world *w)
{
	(void)w;
	int error = result(syscall(SYS_init_module, "", 0UL, ""));
	return error == ENOEXEC ? 0 : error;
}

static int k_kexec(const struct world *w)
{
	(void)w;
	int error = result(syscall(SYS_kexec_file_load, -1, -1, 0UL, "", 0UL));
	return error == EBADF ? 0 : error;
}

static int k_syslog(const struct world *w)
{
	(void)w;
	return result(syscall(SYS_syslog, 10 /* SYSLOG_ACTION_SIZE_BUFFER */, NULL, 0));
}

static int k_settime(const struct world *w)
{
	const struct timespec wrong = {-1, -1};
	(void)w;
	int error = result(syscall(SYS_clock_settime, CLOCK_REALTIME, &wrong));
	return error == EINVAL ? 0 : error;
}

static int k_swapoff(const struct world *w)
{
	int error = result(syscall(SYS_swapoff, at(w, "out/nothing")));
	return error == ENOENT ? 0 : error;
}

static int k_acct(const struct world *w)
{
	int error = result(syscall(SYS_acct, at(w, "out/nothing")));
	return error == ENOENT ? 0 : error;
}

static int k_quota(const struct world *w)
{
	int error = result(syscall(SYS_quotactl, 0x800001U << 8, at(w, "out/nothing"), 0, NULL)); /* Q_SYNC */
	return error == ENOENT || error == ENOTBLK ? 0 : error;
}

static int k_chroot(const struct world *w)
{
	return result(chroot(at(w, "out")));
}

static int k_core_pattern(const struct world *w)
{
	(void)w;
	return close_fd(open("/proc/sys/kernel/core_pattern", O_WRONLY | O_CLOEXEC));
}

static int k_sysrq(const struct world *w)
{
	(void)w;
	return close_fd(open("/proc/sysrq-trigger", O_WRONLY | O_CLOEXEC));
}

static int k_shm(const struct world *w)
{
	(void)w;
	int error = result(syscall(SYS_shmget, 0, 4096UL, 0));
	return error == ENOENT ? 0 : error;
}

static int k_mq(const struct world *w)
{
	(void)w;
	int error = result(syscall(SYS_mq_open, "sbx-escape-none", O_RDONLY, 0, NULL));
	return error == ENOENT ? 0 : error;
}

static int k_sem(const struct world *w)
{
	(void)w;
	int error = result(syscall(SYS_semget, 0, 1, 0));
	return error == ENOENT ? 0 : error;
}

static int k_msg(const struct world *w)
{
	(void)w;
	int error = result(syscall(SYS_msgget, 0, 0));
	return error == ENOENT ? 0 : error;
}

static int k_memfd_secret(const struct world *w)
{
	(void)w;
	return close_fd((int)syscall(447, 0));
}

/* The name that it has. */
static int k_hostname(const struct world *w)
{
	char name[65];
	(void)w;
	if (gethostname(name, sizeof(name)) != 0)
		return errno;
	return result(sethostname(name, strlen(name)));
}

/* Without its magic numbers the call does nothing, for those who may make it. */
static int k_reboot(const struct world *w)
{
	(void)w;
	int error = result(syscall(SYS_reboot, 0, 0, 0, NULL));
	return error == EINVAL ? 0 : error;
}

static int k_modprobe(const struct world *w)
{
	(void)w;
	return close_fd(open("/proc/sys/kernel/modprobe", O_WRONLY | O_CLOEXEC));
}

static int k_uevent(const struct world *w)
{
	(void)w;
	return close_fd(open("/sys/kernel/uevent_helper", O_WRONLY | O_CLOEXEC));
}

static int k_kmsg(const struct world *w)
{
	(void)w;
	return close_fd(open("/dev/kmsg", O_WRONLY | O_CLOEXEC));
}

/* What needs no ring, without one. */
static int k_io_uring_register(const struct world *w)
{
	(void)w;
	return result(syscall(NR_IO_URING_REGISTER, -1, 0, NULL, 0));
}

/* The older asynchronous calls. */
static int k_aio(const struct world *w)
{
	unsigned long context = 0;
	(void)w;
	return result(syscall(SYS_io_setup, 1, &context));
}

static int k_device(const char *path)
{
	return close_fd(open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK));
}

/* What the call userfaultfd() does, by a path. */
static int k_dev_userfaultfd(const struct world *w)
{
	(void)w;
	return k_device("/dev/userfaultfd");
}

static int k_dev_kvm(const struct world *w)
{
	(void)w;
	return k_device("/dev/kvm");
}

static int k_dev_fuse(const struct world *w)
{
	(void)w;
	return k_device("/dev/fuse");
}

static int k_dev_loop(const struct world *w)
{
	(void)w;
	return k_device("/dev/loop-control");
}

static int k_binfmt(const struct world *w)
{
	(void)w;
	return k_device("/proc/sys/fs/binfmt_misc/register");
}

/* The profile that a security module has this process under, by the call and by the file. */
static int k_lsm(const struct world *w)
{
	(void)w;
	return result(syscall(NR_LSM_SET_SELF_ATTR, 100 /* LSM_ATTR_CURRENT */, NULL, 0, 0));
}

static int k_lsm_file(const struct world *w)
{
	(void)w;
	return k_device("/proc/self/attr/current");
}

static int k_quota_fd(const struct world *w)
{
	(void)w;
	return result(syscall(NR_QUOTACTL_FD, -1, 0x800001U << 8, 0, NULL)); /* Q_SYNC */
}

const struct attack attacks_kernel[] = {
    {"io-uring", k_io_uring}, {"userfaultfd", k_userfaultfd}, {"bpf", k_bpf},	    {"perf", k_perf},
    {"keyctl", k_keyctl},     {"add-key", k_add_key},	      {"request-key", k_request_key}, {"fanotify", k_fanotify},
    {"module", k_module},     {"kexec", k_kexec},	      {"syslog", k_syslog}, {"settime", k_settime},
    {"swapoff", k_swapoff},   {"acct", k_acct},		      {"quota", k_quota},   {"chroot", k_chroot},
    {"core-pattern", k_core_pattern}, {"sysrq", k_sysrq},     {"sysv-shm", k_shm},  {"posix-mq", k_mq},
    {"sysv-sem", k_sem},      {"sysv-msg", k_msg},	      {"memfd-secret", k_memfd_secret}, {"hostname", k_hostname},
    {"reboot", k_reboot},     {"modprobe-path", k_modprobe}, {"uevent-helper", k_uevent}, {"dev-kmsg", k_kmsg},
    {"io-uring-register", k_io_uring_register}, {"aio", k_aio}, {"dev-userfaultfd", k_dev_userfaultfd}, {"dev-kvm", k_dev_kvm},
    {"dev-fuse", k_dev_fuse}, {"dev-loop", k_dev_loop},	      {"binfmt", k_binfmt}, {"lsm-attr", k_lsm},
    {"lsm-attr-file", k_lsm_file}, {"quota-fd", k_quota_fd},
    {NULL, NULL},
};
