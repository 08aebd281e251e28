/*
 * why_profile.h - the answers of a profile of macOS, for people and for programs.
 */
#ifndef SBX_WHY_PROFILE_H
#define SBX_WHY_PROFILE_H

#include "../backends/profile.h"

void why_profile_print(const char *file, const struct profile_question *q, FILE *out);
void why_profile_json(const char *file, const struct profile_question *q, FILE *out);
/* Is any of it denied, or not known to be allowed? */
bool why_profile_denied(const struct profile_question *q);

#endif
