/*
 * relay.h - signals on their way to the program, for the processes that stand between it and its
 * caller.
 */
#ifndef SBX_RELAY_H
#define SBX_RELAY_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Passes a signal on. What a terminal sends goes to the program's whole group, as it would have
 * without us; anything else to the program alone. session: does the program lead a session of its own?
 */
void relay_signal(pid_t program, int signal, bool session);

/*
 * Straight from the kernel, with no handlers of libc run: as safe after clone() as any system call. A copy of this process that
 * tells its end by SIGCHLD; *out is the place that some flags fill, or NULL.
 */
pid_t relay_clone(unsigned long flags, int *out);
pid_t relay_fork(void);

#endif
