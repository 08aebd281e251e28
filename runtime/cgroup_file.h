/*
 * cgroup_file.h - reading and writing the small files of the kernel in a cgroup's directory.
 */
#ifndef SBX_CGROUP_FILE_H
#define SBX_CGROUP_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "text.h"

/* The whole file without the newline at its end; false with errno. What does not fit is an error too. */
bool cgroup_file_read(int dir, const char *name, char *buf, size_t cap);
bool cgroup_file_write(int dir, const char *name, const char *value);
/* The number after "KEY " at the start of a line (KEY "": of a file that is one number); 0 when there is none. */
uint64_t cgroup_file_number(int dir, const char *name, const char *key);
bool cgroup_file_there(int dir, const char *name);
bool cgroup_file_writable(int dir, const char *name);

#endif
