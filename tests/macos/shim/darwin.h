/*
 * darwin.h - the declarations of macOS that the loader uses, for a syntax check without a Mac: names, types and layouts as
 * the manual pages give them, values as the headers of macOS have them where one matters to the compiler. Every header of
 * this folder is this one.
 */
#ifndef SHIM_DARWIN_H
#define SHIM_DARWIN_H

#include <stddef.h>
#include <stdint.h>

typedef long ssize_t;
typedef int32_t pid_t;
typedef uint32_t uid_t, gid_t;
typedef int64_t off_t;
typedef uint16_t mode_t;
typedef int32_t dev_t;
typedef uint64_t ino_t;
typedef long time_t;
typedef int32_t suseconds_t;
typedef uint64_t rlim_t;
typedef uint32_t sigset_t;

struct timespec { time_t tv_sec; long tv_nsec; };
struct timeval { time_t tv_sec; suseconds_t tv_usec; };

/* errno.h */
extern int *__error(void);
#define errno (*__error())
enum { EPERM = 1, ENOENT, ESRCH, EINTR, EIO, ENXIO, E2BIG, ENOEXEC, EBADF, ECHILD, EDEADLK, ENOMEM, EACCES, EFAULT, ENOTBLK,
       EBUSY, EEXIST, EXDEV, ENODEV, ENOTDIR, EISDIR, EINVAL, ENFILE, EMFILE, ENOTTY, ETXTBSY, EFBIG, ENOSPC, ESPIPE, EROFS,
       EMLINK, EPIPE, EAGAIN = 35, ENOTSUP = 45, EOPNOTSUPP = 102, ELOOP = 62, ENAMETOOLONG, EDQUOT = 69, ENOSYS = 78,
       EOVERFLOW = 84, EAFNOSUPPORT = 47, ECONNREFUSED = 61, ETIMEDOUT = 60, EBADMSG = 94, EPROTO = 100, EADDRINUSE = 48,
       ENOTCONN = 57, ENOTEMPTY = 66, EUSERS = 68, ESTALE = 70, ECANCELED = 89, ERANGE = 34,
       ENOMSG = 91 };

/* limits.h */
#define PATH_MAX 1024

/* string.h */
void *memcpy(void *, const void *, size_t);
void *memmove(void *, const void *, size_t);
void *memset(void *, int, size_t);
void *memchr(const void *, int, size_t);
void *memmem(const void *, size_t, const void *, size_t);
int memcmp(const void *, const void *, size_t);
size_t strlen(const char *);
size_t strspn(const char *, const char *);
size_t strcspn(const char *, const char *);
char *strchr(const char *, int);
char *strrchr(const char *, int);
char *strstr(const char *, const char *);
int strcmp(const char *, const char *);
int strncmp(const char *, const char *, size_t);

/* stdlib.h */
void *malloc(size_t);
void *calloc(size_t, size_t);
void free(void *);
char *realpath(const char *restrict, char *restrict);

/* fcntl.h */
#define O_RDONLY 0x0000
#define O_WRONLY 0x0001
#define O_RDWR 0x0002
#define O_ACCMODE 0x0003
#define O_NONBLOCK 0x0004
#define O_NOFOLLOW 0x0100
#define O_CREAT 0x0200
#define O_EXCL 0x0800
#define O_NOCTTY 0x20000
#define O_DIRECTORY 0x100000
#define O_CLOEXEC 0x1000000
#define O_EXEC 0x40000000
#define O_SEARCH (O_EXEC | O_DIRECTORY)
#define AT_FDCWD (-2)
#define AT_SYMLINK_NOFOLLOW 0x0020
#define F_GETFD 1
#define F_SETFD 2
#define F_GETFL 3
#define F_DUPFD_CLOEXEC 67
#define FD_CLOEXEC 1
int open(const char *, int, ...);
int openat(int, const char *, int, ...);
ssize_t readlink(const char *restrict, char *restrict, size_t);
int fcntl(int, int, ...);

/* unistd.h */
#define STDIN_FILENO 0
#define STDOUT_FILENO 1
#define STDERR_FILENO 2
#define X_OK 1
#define W_OK 2
#define _CS_DARWIN_USER_TEMP_DIR 65537
int close(int);
int access(const char *, int);
int faccessat(int, const char *, int, int);
int unlinkat(int, const char *, int);
ssize_t read(int, void *, size_t);
ssize_t write(int, const void *, size_t);
int pipe(int[2]);
int dup2(int, int);
int chdir(const char *);
int fchdir(int);
char *getcwd(char *, size_t);
int getdtablesize(void);
int issetugid(void);
pid_t fork(void);
pid_t getpid(void);
pid_t getpgrp(void);
pid_t getsid(pid_t);
pid_t setsid(void);
uid_t getuid(void);
uid_t geteuid(void);
size_t confstr(int, char *, size_t);
_Noreturn void _exit(int);

/* stdio.h: <sys/stdio.h> there has it */
int renameat(int, const char *, int, const char *);

/* sys/random.h */
int getentropy(void *, size_t);

/* pwd.h */
struct passwd { char *pw_name, *pw_passwd; uid_t pw_uid; gid_t pw_gid; time_t pw_change; char *pw_class, *pw_gecos, *pw_dir, *pw_shell; time_t pw_expire; };
struct passwd *getpwuid(uid_t);

/* sys/stat.h */
struct stat { dev_t st_dev; mode_t st_mode; uint16_t st_nlink; ino_t st_ino; uid_t st_uid; gid_t st_gid; dev_t st_rdev; off_t st_size; };
#define S_IFMT 0170000
#define S_IFREG 0100000
#define S_ISREG(m) (((m) & S_IFMT) == S_IFREG)
#define S_IRWXU 0000700
#define S_IWGRP 0000020
#define S_IWOTH 0000002
int stat(const char *restrict, struct stat *restrict);
int fstat(int, struct stat *);
int fstatat(int, const char *, struct stat *, int);
int mkdirat(int, const char *, mode_t);
mode_t umask(mode_t);

/* sys/mman.h */
#define PROT_READ 1
#define PROT_WRITE 2
#define PROT_EXEC 4
#define MAP_SHARED 1
#define MAP_PRIVATE 2
#define MAP_JIT 0x0800
#define MAP_ANONYMOUS 0x1000
#define MAP_FAILED ((void *)-1)
void *mmap(void *, size_t, int, int, int, off_t);
int munmap(void *, size_t);

/* sys/resource.h */
#define RLIMIT_CPU 0
#define RLIMIT_FSIZE 1
#define RLIMIT_STACK 3
#define RLIMIT_CORE 4
#define RLIMIT_AS 5
#define RLIMIT_MEMLOCK 6
#define RLIMIT_NPROC 7
#define RLIMIT_NOFILE 8
struct rlimit { rlim_t rlim_cur, rlim_max; };
/* ru_maxrss: getrusage(2) there says bytes */
struct rusage {
	struct timeval ru_utime, ru_stime;
	long ru_maxrss, ru_ixrss, ru_idrss, ru_isrss, ru_minflt, ru_majflt, ru_nswap, ru_inblock, ru_oublock, ru_msgsnd,
	    ru_msgrcv, ru_nsignals, ru_nvcsw, ru_nivcsw;
};
typedef void *rusage_info_t;
#define RUSAGE_INFO_V0 0
struct rusage_info_v0 {
	uint8_t ri_uuid[16];
	uint64_t ri_user_time, ri_system_time, ri_pkg_idle_wkups, ri_interrupt_wkups, ri_pageins, ri_wired_size,
	    ri_resident_size, ri_phys_footprint, ri_proc_start_abstime, ri_proc_exit_abstime;
};
int getrlimit(int, struct rlimit *);
int setrlimit(int, const struct rlimit *);

/* signal.h */
#define NSIG 32
#define SIGHUP 1
#define SIGINT 2
#define SIGQUIT 3
#define SIGKILL 9
#define SIGTERM 15
#define SIGCONT 19
#define SIGCHLD 20
#define SIGXCPU 24
#define SIGXFSZ 25
#define SIGVTALRM 26
#define SIGWINCH 28
#define SIGUSR1 30
#define SIGUSR2 31
#define SIG_DFL ((void (*)(int))0)
#define SIG_IGN ((void (*)(int))1)
#define SIG_UNBLOCK 2
void (*signal(int, void (*)(int)))(int);
int kill(pid_t, int);
int sigemptyset(sigset_t *);
int sigfillset(sigset_t *);
int sigaddset(sigset_t *, int);
int sigdelset(sigset_t *, int);
int sigprocmask(int, const sigset_t *restrict, sigset_t *restrict);

/* sys/wait.h */
#define WNOHANG 1
#define WIFEXITED(s) (((s) & 0177) == 0)
#define WIFSIGNALED(s) (((s) & 0177) != 0177 && ((s) & 0177) != 0)
#define WEXITSTATUS(s) (((s) >> 8) & 0377)
#define WTERMSIG(s) ((s) & 0177)
pid_t waitpid(pid_t, int *, int);
pid_t wait4(pid_t, int *, int, struct rusage *);

/* time.h */
typedef enum { CLOCK_REALTIME = 0, CLOCK_MONOTONIC = 6, CLOCK_UPTIME_RAW = 8 } clockid_t;
int clock_gettime(clockid_t, struct timespec *);

/* sys/event.h */
struct kevent { uintptr_t ident; int16_t filter; uint16_t flags; uint32_t fflags; intptr_t data; void *udata; };
#define EVFILT_PROC (-5)
#define EVFILT_SIGNAL (-6)
#define EVFILT_TIMER (-7)
#define EVFILT_USER (-10)
#define EV_ADD 0x0001
#define EV_ONESHOT 0x0010
#define NOTE_EXIT 0x80000000
#define NOTE_TRIGGER 0x01000000
#define EV_SET(k, a, b, c, d, e, f) \
	do { \
		struct kevent *k_ = (k); \
		k_->ident = (a); \
		k_->filter = (b); \
		k_->flags = (c); \
		k_->fflags = (d); \
		k_->data = (e); \
		k_->udata = (f); \
	} while (0)
int kqueue(void);
int kevent(int, const struct kevent *, int, struct kevent *, int, const struct timespec *);

/* libproc.h */
int proc_listallpids(void *, int);
/* the buffer is the struct of the flavor, whatever the type says */
int proc_pid_rusage(int, int, rusage_info_t *);

/* mach/mach_time.h */
typedef int kern_return_t;
typedef struct mach_timebase_info { uint32_t numer, denom; } *mach_timebase_info_t, mach_timebase_info_data_t;
kern_return_t mach_timebase_info(mach_timebase_info_t);

/* spawn.h */
typedef void *posix_spawnattr_t, *posix_spawn_file_actions_t;
#define POSIX_SPAWN_SETSIGDEF 0x0004
#define POSIX_SPAWN_SETSIGMASK 0x0008
#define POSIX_SPAWN_SETEXEC 0x0040
#define POSIX_SPAWN_CLOEXEC_DEFAULT 0x4000
int posix_spawn(pid_t *restrict, const char *restrict, const posix_spawn_file_actions_t *, const posix_spawnattr_t *restrict,
		char *const[], char *const[]);
int posix_spawnattr_init(posix_spawnattr_t *);
int posix_spawnattr_setflags(posix_spawnattr_t *, short);
int posix_spawnattr_setsigdefault(posix_spawnattr_t *restrict, const sigset_t *restrict);
int posix_spawnattr_setsigmask(posix_spawnattr_t *restrict, const sigset_t *restrict);
int posix_spawn_file_actions_init(posix_spawn_file_actions_t *);
int posix_spawn_file_actions_addinherit_np(posix_spawn_file_actions_t *, int);

/* dlfcn.h */
#define RTLD_DEFAULT ((void *)-2)
void *dlsym(void *, const char *);

/* poll.h, for headers that name it */
struct pollfd { int fd; short events, revents; };

#endif
