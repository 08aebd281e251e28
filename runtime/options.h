/*
 * options.h - the command line.
 */
#ifndef SBX_OPTIONS_H
#define SBX_OPTIONS_H

#include "run.h"

enum options_result { OPTIONS_RUN, OPTIONS_DONE, OPTIONS_WRONG };

/* *o is zero bytes. DONE: --help or --version was printed. WRONG: a fault was set. */
enum options_result options_parse(char **argv, struct options *o, struct fault *f);

#endif
