/*
 * runtime_elf.c - any bytes as the program that the loader looks at: the name of an interpreter that it finds is a whole
 * absolute path, and where it finds none there is none.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../runtime/elf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	char interp[PLAN_MAX_PATH + 1];

	if (fd < 0)
		fd = memfd_create("program", MFD_CLOEXEC);
	if (fd < 0 || ftruncate(fd, 0) || pwrite(fd, data, size, 0) != (ssize_t)size)
		abort();
	memset(interp, 'x', sizeof(interp));
	enum elf_kind kind = elf_interp(fd, interp);
	if (kind == ELF_UNREAD)
		abort();
	if (kind == ELF_DAMAGED)
		return 0; /* nobody looks at the name then */
	size_t n = strnlen(interp, sizeof(interp));
	if (n == sizeof(interp) || (interp[0] == '/') != (kind == ELF_DYNAMIC))
		abort();
	if (kind == ELF_DYNAMIC && !memmem(data, size, interp, n + 1))
		abort();
	return 0;
}
