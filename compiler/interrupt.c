/*
 * interrupt.c - notes signals.
 */
#include "interrupt.h"

#include <signal.h>
#include <stddef.h>

static const int those[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
enum { N = sizeof(those) / sizeof(those[0]) };

static struct sigaction before[N];
static volatile sig_atomic_t came, child;

static void note(int signal)
{
	came = signal;
	if (child > 0)
		kill(child, signal);
}

void interrupt_hold(void)
{
	struct sigaction noted = {.sa_handler = note};
	came = child = 0;
	sigemptyset(&noted.sa_mask);
	for (size_t i = 0; i < N; i++) {
		sigaction(those[i], NULL, &before[i]);
		if (before[i].sa_handler != SIG_IGN)
			sigaction(those[i], &noted, NULL);
	}
}

bool interrupt_came(void)
{
	return came != 0;
}

void interrupt_child(pid_t pid)
{
	child = pid;
	if (pid > 0 && came)
		kill(pid, came);
}

void interrupt_release(void)
{
	for (size_t i = 0; i < N; i++)
		sigaction(those[i], &before[i], NULL);
	if (came)
		raise(came);
}
