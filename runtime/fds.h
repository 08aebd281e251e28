/*
 * fds.h - descriptors that nobody needs any more before the program starts.
 */
#ifndef SBX_FDS_H
#define SBX_FDS_H

#include <stdbool.h>

/*
 * Done with it: apply_fds() closes it with all the others in one call. Only a high number is closed
 * at once, so that a plan with thousands of places stays far below any limit.
 */
void fd_leave(int fd);

/* Closes all from 3 on but these; -1 stands for none. */
bool fds_close_but(const int *keep, unsigned n);

#endif
