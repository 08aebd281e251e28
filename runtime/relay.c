/*
 * relay.c - passes signals on to the program.
 */
#include "relay.h"

#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool from_terminal(int signal)
{
	return signal == SIGINT || signal == SIGQUIT || signal == SIGHUP || signal == SIGTSTP ||
	       signal == SIGTTIN || signal == SIGTTOU || signal == SIGCONT || signal == SIGWINCH;
}

/* A session without a terminal ignores the polite stops: its groups are orphaned. */
static bool polite_stop(int signal)
{
	return signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
}

void relay_signal(pid_t program, int signal, bool session)
{
	int sent = session && polite_stop(signal) ? SIGSTOP : signal;

	if (!session || !from_terminal(signal) || kill(-program, sent))
		kill(program, sent);
}

pid_t relay_clone(unsigned long flags, int *out)
{
#ifdef __s390x__ /* the stack comes first there */
	return (pid_t)syscall(SYS_clone, 0, flags | SIGCHLD, out, 0, 0);
#else
	return (pid_t)syscall(SYS_clone, flags | SIGCHLD, 0, out, 0, 0);
#endif
}

pid_t relay_fork(void)
{
	return relay_clone(0, NULL);
}
