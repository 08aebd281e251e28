/*
 * profile_file.h - profiles of macOS from files, with what they import.
 */
#ifndef SBX_PROFILE_FILE_H
#define SBX_PROFILE_FILE_H

#include "../backends/profile.h"
#include "cli.h"

/* Reads and evaluates the profile; what is wrong with it is printed. CLI_OK or the exit code. */
int profile_file_open(struct cli *c, const char *path, const struct profile **out);

#endif
