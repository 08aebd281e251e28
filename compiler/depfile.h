/*
 * depfile.h - the inputs of a compile as a rule for make and ninja.
 */
#ifndef SBX_DEPFILE_H
#define SBX_DEPFILE_H

struct compile;

/* Writes `OUT/SHA256SUMS: inputs...` to c->opt->depfile. Returns NULL, or one line for people. */
const char *depfile_write(const struct compile *c);

#endif
