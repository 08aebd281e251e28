/*
 * sim.h - what the loader of macOS asks of its system, answered by Linux, so that its processes, clocks and signals can be
 * tried without a Mac: tests/macos/sim.sh. Included before every source; headers of macOS that Linux lacks are this one.
 * It shows that the loader does what its authors meant, not that macOS does what they think.
 */
#ifndef SIM_H
#define SIM_H

#include <spawn.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/* sys/event.h */
struct kevent { uintptr_t ident; int16_t filter; uint16_t flags; uint32_t fflags; intptr_t data; void *udata; };
enum {
	EVFILT_PROC = -5,
	EVFILT_SIGNAL = -6,
	EVFILT_TIMER = -7,
	EVFILT_USER = -10,
	EV_ADD = 1,
	EV_ONESHOT = 0x10,
	NOTE_TRIGGER = 0x01000000,
};
#define NOTE_EXIT 0x80000000
#define EV_SET(k, a, b, c, d, e, f) (*(k) = (struct kevent){(a), (b), (c), (d), (e), (f)})
int kqueue(void);
int kevent(int queue, const struct kevent *changes, int n_changes, struct kevent *events, int n_events,
	   const struct timespec *wait);

/* libproc.h, mach/mach_time.h */
typedef void *rusage_info_t;
enum { RUSAGE_INFO_V0 = 0 };
struct rusage_info_v0 { uint64_t ri_user_time, ri_system_time, ri_phys_footprint; };
int proc_listallpids(void *pids, int bytes);
int proc_pid_rusage(int pid, int flavor, rusage_info_t *info);
typedef struct mach_timebase_info { uint32_t numer, denom; } mach_timebase_info_data_t;
int mach_timebase_info(mach_timebase_info_data_t *out);

/* spawn.h: a call with SETEXEC and CLOEXEC_DEFAULT is an exec that leaves descriptors 0, 1 and 2 */
#define POSIX_SPAWN_SETEXEC 0x1000
#define POSIX_SPAWN_CLOEXEC_DEFAULT 0x4000
static inline int sim_setflags(posix_spawnattr_t *attr, short flags)
{
	short own = POSIX_SPAWN_SETEXEC | POSIX_SPAWN_CLOEXEC_DEFAULT;

	return (flags & own) == own ? posix_spawnattr_setflags(attr, flags & ~own) : -1;
}
#define posix_spawnattr_setflags sim_setflags
int sim_exec(pid_t *pid, const char *path, const posix_spawn_file_actions_t *files, const posix_spawnattr_t *attr,
	     char *const argv[], char *const envp[]);
#define posix_spawn sim_exec
static inline int posix_spawn_file_actions_addinherit_np(posix_spawn_file_actions_t *files, int fd)
{
	return files && fd < 3 ? 0 : -1;
}

/* unistd.h */
#define _CS_DARWIN_USER_TEMP_DIR 65537
size_t sim_confstr(int name, char *buf, size_t size);
#define confstr sim_confstr
int issetugid(void);

/* libSystem: found by its name. It cannot be had twice, as on macOS; a program sees it as `NoNewPrivs: 1`. */
int sandbox_init_with_parameters(const char *profile, uint64_t flags, const char *const params[], char **error);
int sandbox_check(pid_t pid, const char *operation, int type, ...);

#endif
