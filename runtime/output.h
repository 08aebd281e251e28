/*
 * output.h - stdout and stderr of the program through pipes, counted.
 */
#ifndef SBX_OUTPUT_H
#define SBX_OUTPUT_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { OUTPUT_STREAMS = 2, OUTPUT_CHUNK = 4096 /* a pipe that can be written takes this much */ };

struct stream {
	int from, to; /* our end of the pipe; where its bytes go. from -1: ended */
	int theirs;   /* the program's end, until the child has it */
	unsigned len, sent;
	char buf[OUTPUT_CHUNK];
};

struct output {
	unsigned n;    /* one when stdout and stderr are the same file: their order stays */
	uint64_t left; /* of the limit */
	bool over;     /* the program wrote more */
	bool terminal; /* it comes from one, not from pipes */
	bool lost;     /* something could not be read, or not be written to where it should go */
	struct stream streams[OUTPUT_STREAMS];
};

/* What to wait for: until it can be written on while it holds something, else to be read, unless it `rests`. */
struct pollfd stream_poll(const struct stream *s, bool rests);
/* What it holds goes on. False: nobody takes it. */
bool stream_write(struct stream *s);

/* Makes the pipes. stdout and stderr of this process stay as they are, as the places to copy to. */
bool output_open(struct output *o, uint64_t limit);
/* The same for a program on a terminal of its own, whose outer side is `outer`. */
bool output_open_terminal(struct output *o, uint64_t limit, int outer);
/* In the child: the pipes become its stdout and stderr. */
bool output_enter(const struct output *o);
/* In the parent, when the child has its ends. */
void output_started(struct output *o);
/* What to wait for, one for each stream, into p. */
unsigned output_poll(const struct output *o, struct pollfd *p);
void output_copy(struct output *o, const struct pollfd *p);
/* Copies what was written until now, whoever still holds a pipe open. */
void output_finish(struct output *o);

#endif
