/*
 * normalize.h - the effective policy as one canonical `.sbx` text.
 *
 * Everything that use, extends, drop, let and --set made of a policy, one access a line, sorted, in a file of its own.
 * It compiles to the same meaning, which is checked each time; so two policies mean the same where their normal forms
 * are the same text.
 */
#ifndef SBX_NORMALIZE_H
#define SBX_NORMALIZE_H

#include "compile.h"

/*
 * The normal form of what compile_read() made. `origins`: each line ends with a comment that says where it comes from.
 * Otherwise *text is one line that says why not: COMPILE_REFUSED for something that no string of the language can spell, and for a
 * defect (the text would mean something else); COMPILE_IO when a file that it imports can no longer be read.
 */
enum compile_result normalize(const struct compile *k, bool origins, const char **text);

#endif
