/*
 * glob_fault.h - why the search of a pattern line did not end well.
 */
#ifndef SBX_GLOB_FAULT_H
#define SBX_GLOB_FAULT_H

#include "glob.h"
#include "landlock_conf.h"

/* path: the folder. errno says why on GLOB_FAILED. Returns false. */
bool glob_fault(struct fault *f, const struct landlock_rule *rule, const char *path, enum glob_result result);

#endif
