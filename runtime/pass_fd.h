/*
 * pass_fd.h - one descriptor through a socket, from the child to its supervisor.
 */
#ifndef SBX_PASS_FD_H
#define SBX_PASS_FD_H

#include <stdbool.h>
#include <stddef.h>

bool pass_fd_send(int socket, int fd);
/*
 * One message: len says how much fits into bytes, then how much came. *fd is close-on-exec; -1: none came with it, or this process
 * has no number left for it. False: no message comes any more.
 */
bool pass_fd_take(int socket, char *bytes, size_t *len, int *fd);

#endif
