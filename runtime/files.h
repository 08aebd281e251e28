/*
 * files.h - input files of one start: copied into a scratch folder of the plan before the program exists.
 */
#ifndef SBX_FILES_H
#define SBX_FILES_H

#include <stdbool.h>
#include <stdint.h>

#include "text.h"

enum { FILES_MAX = 16 };

struct run;

struct input_file {
	struct span name;
	int fd;
	uint64_t size;
	unsigned place; /* of launch.places, a scratch one */
};

/* NAME=PATH; NAME is a name, or the path of one directly in a scratch folder. */
struct file_option {
	struct span name;
	const char *path;
};

/* Proves names, places and sizes, and opens the files. False after a fault; what is open then is in r->files. */
bool files_open(struct run *r);
/* Copies those of this place into the folder, which lies in memory. */
bool files_copy(struct run *r, unsigned place, int folder);

#endif
