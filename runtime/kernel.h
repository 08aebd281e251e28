/*
 * kernel.h - the kernel interfaces that libc headers do not have: musl has no linux/ headers, and
 * those of an old distribution know less than the kernel that runs.
 *
 * Values from include/uapi/linux/{landlock,sched,seccomp,filter,capability,securebits,magic}.h of Linux 7.x.
 */
#ifndef SBX_KERNEL_H
#define SBX_KERNEL_H

#include <stdint.h>
#include <sys/syscall.h>

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444 /* 444 to 446 on every machine */
#define SYS_landlock_add_rule       445
#define SYS_landlock_restrict_self  446
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif

/*
 * landlock_create_ruleset(2); a longer struct is fine for any kernel as long as what it does not
 * know is zero.
 */
struct landlock_attr {
	uint64_t fs, net, scope;
};
enum { LANDLOCK_ABI_VERSION = 1 << 0, LANDLOCK_PATH_BENEATH = 1, LANDLOCK_NET_PORT = 2 };
struct landlock_path {
	uint64_t rights;
	int32_t fd;
} __attribute__((packed));
struct landlock_port {
	uint64_t rights, port;
};

/* What statfs(2) says of a file system. */
enum { PROC_MAGIC = 0x9fa0, CGROUP2_MAGIC = 0x63677270 };

#ifndef SYS_clone3
#define SYS_clone3 435
#endif

/* clone3(2), as far as Linux 5.7 knows it. */
struct clone_attr {
	uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid,
	    set_tid_size, cgroup;
};
#define KERNEL_CLONE_INTO_CGROUP 0x200000000ull
enum { CLONE_ATTR_FIRST = 64 /* bytes of the struct in Linux 5.3 */ };

struct bpf_insn {
	uint16_t code;
	uint8_t jt, jf;
	uint32_t k;
};
struct bpf_program {
	unsigned short len;
	const struct bpf_insn *insns;
};
enum {
	SECCOMP_SET_FILTER = 1,
	SECCOMP_ACTION_AVAIL = 2,
	SECCOMP_MODE_FILTERED = 2,
	SECCOMP_DATA_SIZE = 64,
};
#define SECCOMP_ALLOW 0x7fff0000u

#define CAPS_VERSION_3 0x20080522u
struct caps_head {
	uint32_t version;
	int32_t pid;
};
struct caps_data {
	uint32_t effective, permitted, inheritable;
};
enum { CAP_SETGID_NR = 6, CAP_SETPCAP_NR = 8, CAP_MAX = 64 };
/* noroot, no_setuid_fixup, keep_caps off, no_cap_ambient_raise: each with its lock */
enum { SECUREBITS_NONE_AGAIN = 0x3 | 0xc | 0x20 | 0xc0 };

#endif
