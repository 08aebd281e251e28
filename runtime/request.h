/*
 * request.h - what a pool of the library hands to a process that stands ready: arguments and three descriptors, in
 * one message over a socket. Nothing comes back but the end of the socket: the program runs, or the process ended.
 */
#ifndef SBX_REQUEST_H
#define SBX_REQUEST_H

#include "fault.h"

enum {
	REQUEST_BYTES = 64 * 1024, /* of all arguments, each with its NUL */
	REQUEST_ARGS = 4096,
};

struct request {
	int socket; /* SOCK_SEQPACKET; the process's end */
	char **argv; /* REQUEST_ARGS + 1 */
	char *bytes; /* REQUEST_BYTES */
};

/*
 * Sends argv (without argv[0], which is the pool's) and stdio (three descriptors; -1: /dev/null) to the process at the
 * other end of `socket`. False with errno: E2BIG when the arguments are too many or too long.
 */
bool request_send(int socket, char *const *argv, const int *stdio, char *bytes);
/* Puts the three descriptors onto 0, 1, 2; -1: /dev/null. Duplicates first, so that any order works. */
bool stdio_place(const int *stdio, struct fault *f);

#endif
