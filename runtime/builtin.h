/*
 * builtin.h - HOME CWD TMPDIR RUNTIME_DIR UID EXE, looked up on first use.
 */
#ifndef SBX_BUILTIN_H
#define SBX_BUILTIN_H

#include "params.h"

enum builtin builtin_find(struct span name); /* BUILTIN_COUNT: none */
enum value_type builtin_type(enum builtin b);
/*
 * HOME_NONE: the user has no passwd entry, or there is no such file; HOME_UNREAD: it could not be
 * read.
 */
enum home { HOME_FOUND, HOME_NONE, HOME_UNREAD };
enum home home_find(struct vars *v, const char **value);
/* For builtin_look.c, one for each system: asks where the value comes from; and says that there is none. fix: or NULL. */
bool builtin_look(struct vars *v, enum builtin b, const char **value, struct fault *f);
bool builtin_fault(struct fault *f, enum builtin b, const char *why);
#define builtin_fault(f, b, why) builtin_fault(f, b, SAID(why))
bool builtin_get(struct vars *v, enum builtin b, const char **value, struct fault *f);

#endif
