/*
 * attack.h - the attacks of this folder: small functions that try to get out of a sandbox in one way each.
 *
 * The same static program runs bare and under a plan, with a world around it that `escape world` made: files outside, a
 * victim process, listeners. What is predicted of each attack stands in attacks.tsv.
 */
#ifndef ESCAPE_ATTACK_H
#define ESCAPE_ATTACK_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define SECRET "the secret of the outside"
#define SECRET_ATTRIBUTE "user.sbx-escape" /* of out/secret, where the file system has attributes */

struct world {
	const char *dir; /* DIR/out is the outside, DIR/in a work directory, DIR/ro one to read */
	pid_t victim;	 /* of the same user, with SECRET in its memory, its environment and behind descriptor 9 */
	pid_t parent;	 /* who started this: the loader or the test, no attack */
	uint16_t port;	 /* a TCP, a UDP and an MPTCP listener of the outside; the one behind it is free */
};

struct attack {
	const char *name;
	int (*run)(const struct world *w); /* 0: it got out; else the errno that stopped it */
};

/* Each ends with a name of NULL. */
extern const struct attack attacks_files[], attacks_look[], attacks_race[], attacks_meta[], attacks_exec[], attacks_process[], attacks_kernel[],
    attacks_rights[], attacks_abi[], attacks_namespace[], attacks_unix[], attacks_net[], attacks_tty[], attacks_limit[];
extern const char victim_memory[];

/* The path of a file of the world, in one of a few buffers. */
const char *at(const struct world *w, const char *below);
/* The same of a file in /proc of a process. */
const char *proc_of(pid_t pid, const char *file);
/* errno when rc < 0, else 0; a descriptor may be closed on the way. */
int result(long rc);
int close_fd(int fd);
/* 0 when the file can be opened and holds the secret. */
int reads_secret(const char *path);
int fd_reads_secret(int fd);
/* Runs a part of the attack in a child; a signal that kills the child kills the caller too. */
int in_child(int (*run)(const struct world *w), const struct world *w);

int world_make(int argc, char **argv);
int victim_wait(void);
int pty_run(char **argv);

#endif
