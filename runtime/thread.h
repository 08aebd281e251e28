/*
 * thread.h - a child that runs beside its parent in the same memory needs an errno of its own.
 */
#ifndef SBX_THREAD_H
#define SBX_THREAD_H

#include <stdbool.h>

/* The static loader has its own beginning of libc (static_start.c), which knows such a child by its stack; libc's would want a thread of libc. */
#if defined(SBX_OWN_START) && defined(__x86_64__) && defined(__LP64__)
enum { THREAD_OWN = true };
#else
enum { THREAD_OWN = false };
#endif

#endif
