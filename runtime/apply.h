/*
 * apply.h - the steps of a start, in the order of sbx_run.c. Each returns false after a fault; each
 * checks that it took.
 */
#ifndef SBX_APPLY_H
#define SBX_APPLY_H

#include "run.h"

/* While everything can still be undone. */
void signals_look(struct run *r);
/* The same later, where that waits for /proc/self: by the folder. */
void signals_look_in(struct run *r, int proc);
/* As nohup has it: then it is ignored by all that is started. */
bool signals_hangup_ignored(void);
/* Every signal does what it does by itself, whatever the caller had it do: a handler is code of the caller. */
bool signals_default(struct fault *f);
bool env_build(struct run *r, char *const *caller);
bool landlock_prepare(struct run *r);
bool exec_fd_prepare(struct run *r);

/* With `user` in the policy: can the other groups of the caller be given up? */
bool groups_prove(struct run *r);

/* From here on there is no way back but exit. */
bool apply_groups(struct run *r);
/* Before the program gets a view of its own, in which there may be no /dev/null. */
bool apply_stdin(struct run *r);
bool apply_session(struct run *r);
bool apply_signals(struct run *r);
bool apply_fds(struct run *r);
bool apply_rlimits(struct run *r);
uint64_t rlimits_cpu_us(const struct run *r); /* `limit cpu-time`; 0: none */
bool apply_caps(struct run *r);
bool caps_have(int cap); /* is it effective now? */
bool apply_no_new_privs(struct run *r);
bool apply_landlock(struct run *r);
/* Waits for what a pool of the library hands over (request.h); at once without one. */
bool apply_request(struct run *r);
bool apply_seccomp(struct run *r);
/* Returns only on failure, after a fault. */
bool apply_exec(struct run *r);

#endif
