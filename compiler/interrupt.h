/*
 * interrupt.h - an interrupt while something stands that has to be taken away: it is noted, given to the child that is waited
 * for, and ends the process once that is done.
 */
#ifndef SBX_INTERRUPT_H
#define SBX_INTERRUPT_H

#include <stdbool.h>
#include <sys/types.h>

/* From here on SIGHUP, SIGINT, SIGQUIT and SIGTERM are noted; those that the caller ignores stay ignored. */
void interrupt_hold(void);
/* Has one come? Nothing new should be begun then. */
bool interrupt_came(void);
/* The child that is waited for, or 0: it gets the signals too, also one that came before. */
void interrupt_child(pid_t pid);
/* As before interrupt_hold(); what came ends the process now, as it would have at once. */
void interrupt_release(void);

#endif
