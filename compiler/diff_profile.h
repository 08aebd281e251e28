/*
 * diff_profile.h - profiles of macOS as the sides of a comparison.
 */
#ifndef SBX_DIFF_PROFILE_H
#define SBX_DIFF_PROFILE_H

#include "../backends/profile.h"
#include "diff.h"

/* Compares two profiles; the names are those of their files. */
const struct diff *diff_profiles(struct arena *a, const char *old_name, const struct profile *old, const char *now_name,
				 const struct profile *now);

#endif
