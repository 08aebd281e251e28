/*
 * glob_fault.h - why the search of a pattern line did not end well.
 */
#ifndef SBX_GLOB_FAULT_H
#define SBX_GLOB_FAULT_H

#include "glob.h"
#include "landlock_conf.h"

/* Searches the folder, and closes it. path: where a fault is said to be. False after one, of this or of what is done with matches. */
bool glob_run(struct glob *g, int dir, const struct landlock_rule *rule, const char *path, struct fault *f);

#endif
