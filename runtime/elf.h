/*
 * elf.h - the interpreter a program names: PT_INTERP of an ELF file, or that it is a script.
 */
#ifndef SBX_ELF_H
#define SBX_ELF_H

#include <stdbool.h>

#include "plan.h"

enum elf_kind {
	ELF_STATIC,  /* an ELF program without interpreter */
	ELF_DYNAMIC, /* interp is filled */
	ELF_SCRIPT,  /* begins with #! */
	ELF_OTHER,   /* something else, or an ELF file of another byte order */
	ELF_DAMAGED,
	ELF_UNREAD, /* errno */
};

enum elf_kind elf_interp(int fd, char interp[PLAN_MAX_PATH + 1]);

#endif
