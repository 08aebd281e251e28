/*
 * runtime_elf.c - the interpreter of a program: real files, and one small file damaged at every
 * place.
 */
#include <criterion/criterion.h>
#include <elf.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../runtime/elf.h"

#define LOADER "/lib64/ld.so"

struct tiny {
	Elf64_Ehdr head;
	Elf64_Phdr segment[2];
	char interp[sizeof(LOADER)];
};

static struct tiny tiny_make(void)
{
	struct tiny t = {.interp = LOADER};

	memcpy(t.head.e_ident, ELFMAG, SELFMAG);
	t.head.e_ident[EI_CLASS] = ELFCLASS64;
	t.head.e_ident[EI_DATA] = ELFDATA2LSB;
	t.head.e_phoff = offsetof(struct tiny, segment);
	t.head.e_phentsize = sizeof(Elf64_Phdr);
	t.head.e_phnum = 2;
	t.segment[0].p_type = PT_LOAD;
	t.segment[1].p_type = PT_INTERP;
	t.segment[1].p_offset = offsetof(struct tiny, interp);
	t.segment[1].p_filesz = sizeof(LOADER);
	return t;
}

static enum elf_kind look(const void *data, size_t size, char interp[PLAN_MAX_PATH + 1])
{
	int fd = memfd_create("elf", MFD_CLOEXEC);
	enum elf_kind kind;

	cr_assert_eq(write(fd, data, size), (ssize_t)size);
	kind = elf_interp(fd, interp);
	close(fd);
	return kind;
}

Test(runtime_elf, kinds)
{
	char interp[PLAN_MAX_PATH + 1];
	struct tiny t = tiny_make();

	cr_assert_eq(look(&t, sizeof(t), interp), ELF_DYNAMIC);
	cr_expect_str_eq(interp, LOADER);
	t.segment[1].p_type = PT_NOTE;
	cr_expect_eq(look(&t, sizeof(t), interp), ELF_STATIC);
	cr_expect_eq(look("#!/bin/sh\n", 10, interp), ELF_SCRIPT);
	cr_expect_eq(look("", 0, interp), ELF_OTHER);
	cr_expect_eq(look("MZ junk that is long enough", 27, interp), ELF_OTHER);
}

Test(runtime_elf, damaged)
{
	char interp[PLAN_MAX_PATH + 1];
	struct tiny t;

#define DAMAGE(what)                                                                               \
	do {                                                                                       \
		t = tiny_make();                                                                   \
		what;                                                                              \
		cr_expect_eq(look(&t, sizeof(t), interp), ELF_DAMAGED, #what);                     \
	} while (0)
	DAMAGE(t.head.e_phentsize = 1);
	DAMAGE(t.head.e_phoff = ~0ull);
	DAMAGE(t.head.e_phoff = 1 << 20);
	DAMAGE(t.head.e_phnum = 0xffff; t.segment[1].p_type = PT_NOTE);
	DAMAGE(t.segment[1].p_offset = ~0ull);
	DAMAGE(t.segment[1].p_filesz = ~0ull);
	DAMAGE(t.segment[1].p_filesz = 1);
	DAMAGE(t.segment[1].p_filesz = sizeof(LOADER) - 1);
	DAMAGE(t.interp[0] = 'x');
#undef DAMAGE
}

/* Nothing but ELF_DYNAMIC with the right name or a refusal comes of a cut file. */
Test(runtime_elf, cut)
{
	char interp[PLAN_MAX_PATH + 1];
	struct tiny t = tiny_make();

	for (size_t n = 0; n < offsetof(struct tiny, interp) + sizeof(LOADER); n++)
		cr_expect_neq(look(&t, n, interp), ELF_DYNAMIC, "%zu bytes", n);
}

Test(runtime_elf, real_program)
{
	char interp[PLAN_MAX_PATH + 1];
	int fd = open("/bin/sh", O_RDONLY | O_CLOEXEC);

	cr_assert(fd >= 0);
	if (elf_interp(fd, interp) == ELF_DYNAMIC)
		cr_expect_eq(access(interp, R_OK), 0);
	close(fd);
}
