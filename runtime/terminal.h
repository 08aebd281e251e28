/*
 * terminal.h - `terminal new`: a fresh terminal for the program, with the caller's behind it.
 *
 * The loader owns the outer side. What the user types goes to the program as it is: the caller's terminal is in raw
 * mode meanwhile, and the new one gives keys their meaning. Whatever ends or stops the loader short of SIGKILL
 * puts the caller's terminal back.
 */
#ifndef SBX_TERMINAL_H
#define SBX_TERMINAL_H

#include <termios.h>

#include "output.h"
#include "run.h"

struct terminal {
	int outer; /* our side of the new terminal; -1: there is none */
	int inner; /* the program's side, until the child has it */
	bool real; /* stdin is a terminal */
	bool raw;  /* and in raw mode */
	struct termios before;
	struct stream keys; /* stdin to the program; from -1: nothing more comes */
};

/* Makes the pair, with modes and size of the caller's terminal where there is one. */
bool terminal_open(struct terminal *t);
/* In the child, which leads its session: the terminal becomes its own, and stdin, stdout and stderr. */
bool terminal_enter(int inner, bool with_stdin);
/* In the parent, when the child has its side. */
void terminal_started(struct terminal *t);
/* Raw mode, when the loader is in the foreground; and back. */
void terminal_take(struct terminal *t);
void terminal_give_back(struct terminal *t);
/* The size of the caller's terminal changed. */
void terminal_resize(const struct terminal *t);
struct pollfd terminal_poll(const struct terminal *t);
void terminal_copy(struct terminal *t, const struct pollfd *p);

#endif
