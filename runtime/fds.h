/*
 * fds.h - descriptors that nobody needs any more before the program starts.
 */
#ifndef SBX_FDS_H
#define SBX_FDS_H

/*
 * Done with it: apply_fds() closes it with all the others in one call. Only a high number is closed
 * at once, so that a plan with thousands of places stays far below any limit.
 */
void fd_leave(int fd);

#endif
