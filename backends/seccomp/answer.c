/*
 * answer.c - which guarantees the filter keeps, alone or with others.
 *
 * A line `allow syscall NAME` opens a call whatever its arguments, so it takes away every guarantee
 * that rests on this call; the answer then points at that line.
 */
#include "seccomp.h"

#include <asm/ioctls.h>
#include <linux/btrfs.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/msdos_fs.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/shm.h>

#include "../../compiler/cond.h"
#include "../../compiler/syscalls.h"

#define CALLS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define META_CALLS                                                                                 \
	"chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "lchown", "fchown", "fchownat",       \
	    "utime", "utimes", "futimesat", "utimensat", "chown32", "lchown32", "fchown32",        \
	    "utimensat_time64"
#define XATTR_CALLS                                                                                \
	"setxattr", "lsetxattr", "fsetxattr", "setxattrat", "removexattr", "lremovexattr",         \
	    "fremovexattr", "removexattrat", "file_setattr"
#define GET_XATTR_CALLS                                                                            \
	"getxattr", "lgetxattr", "fgetxattr", "getxattrat", "listxattr", "llistxattr",             \
	    "flistxattr", "listxattrat"
#define IO_URING   "io_uring_setup", "io_uring_enter", "io_uring_register"
#define IPC_CALLS                                                                                  \
	"shmget", "shmat", "shmdt", "shmctl", "semget", "semop", "semtimedop", "semctl", "msgget", \
	    "msgsnd", "msgrcv", "msgctl", "mq_open", "mq_unlink", "mq_timedsend",                  \
	    "mq_timedreceive", "mq_notify", "mq_getsetattr", "semtimedop_time64",                  \
	    "mq_timedsend_time64", "mq_timedreceive_time64"
#define MAKE_SOCKETS "socket", "socketcall" /* the second does all that the others do */

static bool group_holds(const char *group, const char *call, unsigned depth)
{
	const struct syscall_group *g = depth < 8 ? syscall_group_by_name(group) : NULL;
	for (unsigned i = 0; g && i < g->n_members; i++) {
		const char *m = g->members[i];
		if (m[0] == '@' ? group_holds(m + 1, call, depth + 1) : !strcmp(m, call))
			return true;
	}
	return false;
}

/* `default syscall with allow` opens every call that no line refuses whatever its arguments. */
static const struct origin *default_opening(const struct ir *ir, const char *call)
{
	if (!ir->default_origin ||
	    (ir->sys_default.act != ACT_ALLOW && ir->sys_default.act != ACT_LOG))
		return NULL;
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		if (r->kind == RULE_SYSCALL && r->deny && !r->cond && ir_rule_everywhere(ir, r) &&
		    (!strcmp(r->object, call) ||
		     (r->object[0] == '@' && group_holds(r->object + 1, call, 0))))
			return NULL;
	}
	return ir->default_origin;
}

/*
 * `with trace` refuses unless a tracer lets the call through. One outside of the sandbox is its user's own; where the
 * program may call ptrace(), it can be the tracer of its own children.
 */
static bool traced_by_itself(const struct ir *ir, const struct ir_rule *r)
{
	if (!r->deny || r->action.act != ACT_TRACE)
		return false;
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *o = &ir->rules[i];
		if (o->kind == RULE_SYSCALL && !o->deny && (o->targets & TARGET_BIT(TARGET_LINUX)) &&
		    (!strcmp(o->object, "ptrace") ||
		     (o->object[0] == '@' && group_holds(o->object + 1, "ptrace", 0))))
			return true;
	}
	return default_opening(ir, "ptrace") != NULL;
}

/*
 * The line that opens this call by its name, or by a group when groups can open it. With `what`,
 * only a line whose condition lets some of that through counts.
 */
static const struct origin *line_opening(const struct ir *ir, const char *call, bool by_group,
					 const struct sys_cond *what)
{
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		if (r->kind != RULE_SYSCALL || !(r->targets & TARGET_BIT(TARGET_LINUX)) ||
		    (r->deny && !traced_by_itself(ir, r)))
			continue;
		if (!strcmp(r->object, call) &&
		    (what ? cond_overlap(r->cond, what) : r->deny || !sysmean_follows(ir, call, r->arches, r->cond)))
			return r->origin[OP_SYSCALL];
		if (by_group && r->object[0] == '@' && group_holds(r->object + 1, call, 0))
			return r->origin[OP_SYSCALL];
	}
	return default_opening(ir, call);
}

static struct answer keeps(enum level level, const char *note)
{
	return (struct answer){.level = level, .mechanism = "seccomp", .note = note};
}

static struct answer nothing(void)
{
	return (struct answer){.level = LEVEL_ABSENT};
}

static struct answer opened_by(const struct origin *at)
{
	if (!at)
		return keeps(LEVEL_ENFORCED, NULL);
	return (struct answer){
	    .level = LEVEL_ABSENT,
	    .note = "a system call is open that goes around this",
	    .help = "remove that line",
	    .at = at,
	};
}

/* Kept unless a line opens one of the calls it rests on. */
static struct answer unless_opened(const struct ir *ir, const char *const *governed,
				   const char *const *others)
{
	const struct origin *at = NULL;
	for (; !at && *governed; governed++)
		at = line_opening(ir, *governed, false, NULL);
	for (; !at && *others; others++)
		at = line_opening(ir, *others, true, NULL);
	return opened_by(at);
}

/* The `allow syscall ioctl` line that lets one of these requests through, or NULL. */
static const struct origin *request_opening(const struct ir *ir, const struct sys_conj *requests, unsigned n)
{
	const struct sys_cond either = {requests, n};
	return line_opening(ir, "ioctl", false, &either);
}

#define REQUEST(op, bits, number) {.arg = 1, .width = 32, .cmp = SYS_##op, .mask = (bits), .value = (number)}
#define ONE(number)                                                                                \
	{                                                                                          \
		(const struct sys_test[]){REQUEST(EQ, UINT32_MAX, number)}, 1                      \
	}
/* All of a type but the two that ask, or write through a second descriptor. */
#define ALL_BUT(type, a, b)                                                                        \
	{                                                                                          \
		(const struct sys_test[]){REQUEST(EQ, 0xff00, (type) << 8), REQUEST(NE, UINT32_MAX, a), \
					  REQUEST(NE, UINT32_MAX, b)},                             \
		    3                                                                              \
	}

static struct answer answer_tty(const struct ir *ir)
{
	const struct sys_conj keystrokes[] = {ONE(TIOCSTI), ONE(TIOCLINUX)};
	return opened_by(request_opening(ir, keystrokes, 2));
}

/* Others keep it; the filter only closes the ways around, so all it can say is that one is open. */
static struct answer only_objection(struct answer a)
{
	return a.level == LEVEL_ENFORCED ? nothing() : a;
}

static const char *const none[] = {NULL};

/* Truncation by path is Landlock's to refuse, from ABI 3 on, where a line opens a call that the filter closes for it. */
static const char *truncation(const struct ir *ir)
{
	bool open = unless_opened(ir, CALLS("open", "openat", "openat2", "truncate", "truncate64"), none).at;
	return open ? "landlock:3" : NULL;
}

/* In a tree of the program's own what no line lets it write is mounted read only, which holds for metadata too (mnt_want_write()). */
static bool mounts_keep_metadata(const struct ir *ir)
{
	return ir->choice[TARGET_LINUX][CHOICE_ROOT].value == ROOT_PRIVATE;
}

/* Landlock keeps writes in their place; it sees neither changes of metadata nor what io_uring does. */
static struct answer answer_writes(const struct ir *ir)
{
	const struct sys_conj changes[] = {
	    ALL_BUT('f', FS_IOC_GETFLAGS, FS_IOC_FIEMAP), ALL_BUT(BTRFS_IOCTL_MAGIC, FICLONE, FICLONERANGE),
	    ONE(FS_IOC_FSSETXATTR),			  ONE(FS_IOC_SETVERSION),
	    ONE(FS_IOC32_SETVERSION),			  ONE(FAT_IOCTL_SET_ATTRIBUTES),
	};
	struct answer a = unless_opened(ir, none, CALLS(IO_URING));
	if (a.level != LEVEL_ENFORCED)
		return a;
	a = unless_opened(ir, CALLS(XATTR_CALLS), CALLS(META_CALLS));
	if (a.level == LEVEL_ENFORCED)
		a = opened_by(request_opening(ir, changes, sizeof(changes) / sizeof(changes[0])));
	if (a.level == LEVEL_ENFORCED || mounts_keep_metadata(ir)) {
		a = nothing();
	} else {
		a.level = LEVEL_PARTIAL;
		a.mechanism = "seccomp";
		a.note = "mode, owner, times, flags or attributes can be changed on every file the user owns, "
			 "because an `allow syscall` line opens the calls for it";
		a.help = "give the program a tree of its own with `isolate user, mount` and `root private`: there they can be "
			 "changed only where a line says `write`";
	}
	a.also = truncation(ir);
	return a;
}

/* Landlock keeps reading in its place, but for attributes; what a tree of the program's own does not show has none to read. */
static struct answer answer_reads(const struct ir *ir)
{
	struct answer a = unless_opened(ir, CALLS(GET_XATTR_CALLS), none);
	if (a.level == LEVEL_ENFORCED || mounts_keep_metadata(ir))
		return nothing();
	a.level = LEVEL_PARTIAL;
	a.mechanism = "seccomp";
	a.note = "attributes of every file can be read, because an `allow syscall` line opens the calls for it";
	return a;
}

static struct answer answer_ioctl(const struct ir *ir)
{
	if (ir_allows_any(ir, TARGET_LINUX, OP_BIT(OP_IOCTL)))
		return nothing(); /* which devices: the filter sees no path */
	return unless_opened(ir, CALLS("ioctl"), CALLS(IO_URING));
}

static struct answer answer_no_net(const struct ir *ir)
{
	return unless_opened(ir, CALLS(MAKE_SOCKETS, "socketpair", "connect", "bind", "sendto"),
			     CALLS(IO_URING));
}

static struct answer answer_outbound(const struct ir *ir)
{
	if (ir_allows_any(ir, TARGET_LINUX, OP_BIT(OP_NET)))
		return nothing();
	return unless_opened(ir, CALLS(MAKE_SOCKETS, "bind", "listen", "accept", "accept4"),
			     CALLS(IO_URING));
}

static struct answer answer_unix(const struct ir *ir)
{
	uint32_t ops = OP_BIT(OP_CONNECT_UNIX) | OP_BIT(OP_NET) | OP_BIT(OP_LISTEN_UNIX);
	if (ir_allows_any(ir, TARGET_LINUX, ops))
		return nothing(); /* which sockets: the address lies behind a pointer */
	return unless_opened(ir, CALLS(MAKE_SOCKETS, "socketpair"), CALLS(IO_URING));
}

static struct answer answer_udp(const struct ir *ir)
{
	uint32_t ops = OP_BIT(OP_CONNECT_UDP) | OP_BIT(OP_LISTEN_UDP) | OP_BIT(OP_NET);
	if (ir_allows_any(ir, TARGET_LINUX, ops))
		return nothing();
	return unless_opened(ir, CALLS(MAKE_SOCKETS), CALLS(IO_URING));
}

/* The line that lets some of these calls through: the bits of the argument are all set. */
static const struct origin *bits_opening(const struct ir *ir, const char *call, unsigned arg, uint32_t bits)
{
	struct sys_test test = {.arg = (uint8_t)arg, .width = 32, .cmp = SYS_EQ, .mask = bits, .value = bits};
	struct sys_conj all = {&test, 1};
	const struct sys_cond what = {&all, 1};
	return line_opening(ir, call, false, &what);
}

/* All ones asks for the personality and changes nothing. */
static const struct origin *read_implies_exec_opening(const struct ir *ir)
{
	struct sys_test tests[] = {
	    {.arg = 0, .width = 32, .cmp = SYS_EQ, .mask = READ_IMPLIES_EXEC, .value = READ_IMPLIES_EXEC},
	    {.arg = 0, .width = 32, .cmp = SYS_NE, .mask = UINT32_MAX, .value = UINT32_MAX},
	};
	struct sys_conj all = {tests, 2};
	const struct sys_cond what = {&all, 1};
	return line_opening(ir, "personality", false, &what);
}

/* The first line that lets memory be made which holds what was written and is run. */
static const struct origin *wx_opening(const struct ir *ir)
{
	static const struct {
		const char *call;
		unsigned arg;
		uint32_t bits;
	} ways[] = {
	    {"mmap", 2, PROT_WRITE | PROT_EXEC}, {"mmap2", 2, PROT_WRITE | PROT_EXEC}, {"mprotect", 2, PROT_EXEC},
	    {"pkey_mprotect", 2, PROT_EXEC},     {"shmat", 2, SHM_EXEC},
	};
	static const char *const whole[] = {"ipc", "memfd_create", "memfd_secret", "ptrace", "remap_file_pages"};
	const struct origin *at = read_implies_exec_opening(ir);
	for (size_t i = 0; !at && i < sizeof(ways) / sizeof(ways[0]); i++)
		at = bits_opening(ir, ways[i].call, ways[i].arg, ways[i].bits);
	for (size_t i = 0; !at && i < sizeof(whole) / sizeof(whole[0]); i++)
		at = line_opening(ir, whole[i], true, NULL);
	return at;
}

/* Devices of every Linux that hold nothing which could be mapped as code. */
static bool keeps_nothing(const char *path)
{
	static const char *const devices[] = {"/dev/null", "/dev/zero", "/dev/full", "/dev/tty", "/dev/random", "/dev/urandom"};
	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++)
		if (!strcmp(path, devices[i]))
			return true;
	return false;
}

static bool writes_a_file(const struct ir *ir)
{
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		if ((r->kind == RULE_PATH || r->kind == RULE_GLOB) && !r->deny && (r->targets & TARGET_BIT(TARGET_LINUX)) &&
		    (r->ops & (OP_BIT(OP_MODIFY) | OP_BIT(OP_CREATE))) && !keeps_nothing(r->object))
			return true;
	}
	return false;
}

/* No mapping is both; a file can be, by two mappings of it or one after the other, where the program may write one. */
static struct answer answer_wx(const struct ir *ir)
{
	struct answer a = opened_by(wx_opening(ir));
	if (a.level != LEVEL_ENFORCED)
		return a;
	a.note = "of memory that calls make: a program whose file asks for an executable stack has one, and a file that the "
		 "caller hands over open for reading and writing can be mapped as code";
	if (ir->arches & ARCH_BIT(ARCH_S390X)) {
		a = keeps(LEVEL_PARTIAL, "on s390x the arguments of mmap() lie behind a pointer, so memory can be mapped writable "
					 "and executable");
		a.help = "leave out s390x";
	} else if (writes_a_file(ir)) {
		a = keeps(LEVEL_PARTIAL, "no memory is writable and executable, and none becomes executable; but a file that the program "
					 "may write can be mapped as code");
		a.help = "allow writing to no file";
	}
	return a;
}

/*
 * Where a line opens the calls for it: to start the entry program again, the one that Landlock lets be started; and to listen
 * on an abstract socket, which nothing else governs. All other ways to programs and to the network Landlock keeps shut.
 */
bool seccomp_wider(const struct excuse *x)
{
	const struct request *r = x->request;
	if (x->cap == CAP_NET_DISABLE)
		return r->op == OP_LISTEN_UNIX && r->object[0] == '@';
	if (x->cap != CAP_PROC_NO_EXEC || r->op != OP_EXEC)
		return false;
	struct arena *a = arena_new();
	const char *entry = expand_template(a, x->ir, x->ir->entry, r->given, r->n_given);
	bool again = entry && path_covers(entry, r->object);
	arena_free(a);
	return again;
}

struct answer seccomp_answer(const struct ir *ir, enum target t, enum cap cap)
{
	(void)t;
	switch (cap) {
	case CAP_NET_DISABLE:
		return answer_no_net(ir);
	case CAP_NET_ENABLE:
		return keeps(LEVEL_ENFORCED, NULL); /* opens the socket calls for it */
	case CAP_NET_OUTBOUND:
		return answer_outbound(ir);
	case CAP_NET_UDP:
		return answer_udp(ir);
	case CAP_UNIX_PATH:
	case CAP_UNIX_ABSTRACT:
		return answer_unix(ir);
	case CAP_PROC_NO_EXEC:
		return unless_opened(ir, CALLS("execve", "execveat"), CALLS(NULL));
	case CAP_SYSCALL_FILTER:
		return keeps(LEVEL_ENFORCED, NULL);
	case CAP_TTY_NO_INJECT:
		return answer_tty(ir);
	case CAP_IPC_RESTRICT:
		return unless_opened(ir, CALLS("ipc"), CALLS(IPC_CALLS));
	case CAP_FS_IOCTL_SCOPE:
		return answer_ioctl(ir);
	case CAP_FS_READ_SCOPE:
		return answer_reads(ir);
	case CAP_FS_WRITE_SCOPE:
	case CAP_FS_WRITE_DENY_PATH:
	case CAP_FS_WRITE_DENY:
		return answer_writes(ir);
	case CAP_EXEC_WX:
		return answer_wx(ir);
	case CAP_FS_EXEC_SCOPE:
		return only_objection(
		    unless_opened(ir, CALLS("memfd_create", "execveat"), CALLS(NULL)));
	case CAP_NET_CONNECT_PORT:
		return only_objection(unless_opened(
		    ir, CALLS(MAKE_SOCKETS, "send", "sendto", "sendmsg", "sendmmsg", "setsockopt"),
		    CALLS(IO_URING)));
	case CAP_NET_LISTEN_PORT:
		return only_objection(unless_opened(ir, CALLS(MAKE_SOCKETS), CALLS(IO_URING)));
	/* A child of clone3() can be born in any cgroup that the user may write to. */
	case CAP_RES_MEMORY:
	case CAP_RES_SWAP:
	case CAP_RES_CPU:
	case CAP_RES_CPU_WEIGHT:
	case CAP_RES_PIDS:
	case CAP_RES_IO:
		return only_objection(unless_opened(ir, CALLS("clone3"), CALLS(NULL)));
	case CAP_RES_WALL:
	case CAP_RES_OUTPUT:
		if (ir->isolate & (1u << ISOLATE_PID))
			return nothing(); /* another cgroup is no way out of a pid namespace */
		return only_objection(unless_opened(ir, CALLS("clone3"), CALLS(NULL)));
	/* Paths, hosts and ports lie behind pointers; the rest is not about calls. */
	case CAP_ENV_SCRUB:
	case CAP_FS_READ_HOST:
	case CAP_FS_READ_DENY:
	case CAP_FS_WRITE_EPHEMERAL:
	case CAP_FS_EXEC_DENY:
	case CAP_FS_HIDE:
	case CAP_FS_GLOB_LIVE:
	case CAP_NET_CONNECT_HOST:
	case CAP_SIGNAL_SCOPE:
	case CAP_MACH_RESTRICT:
	case CAP_MACOS_RESTRICT:
	case CAP_KERNEL_ISOLATION:
	case CAP_NS_ISOLATE:
	case CAP_RES_CPU_TIME:
	case CAP_RES_FILES:
	case CAP_RES_FILE_SIZE:
	case CAP_RES_CORE:
	case CAP_RES_STACK:
	case CAP_RES_ADDRESS_SPACE:
	case CAP_RES_LOCKED_MEMORY:
	case CAP_RES_PROCESSES:
	case CAP_COUNT:
		break;
	}
	return nothing();
}
