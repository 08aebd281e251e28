/*
 * elf.c - reads just enough of an ELF file, with every offset checked: the kernel will open the
 * interpreter on the program's behalf, so it needs the program's Landlock rights.
 */
#include "elf.h"

#include <elf.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

/* What is looked at lies at the beginning of nearly every program: one read. */
struct elf {
	int fd;
	size_t have;
	unsigned char head[1024];
};

static bool read_at(const struct elf *e, void *buf, size_t size, uint64_t at)
{
	if (at <= e->have && size <= e->have - at) {
		memcpy(buf, e->head + at, size);
		return true;
	}
	return at <= INT64_MAX - size && pread(e->fd, buf, size, (off_t)at) == (ssize_t)size;
}

/* Where the two classes have what is looked at; addresses, offsets and sizes have `width` bytes. */
struct class {
	unsigned char width, header, table, entry_size, entries, segment, offset, size;
};
#define CLASS(bits)                                                                                                    \
	{                                                                                                              \
		.width = bits / 8, .header = sizeof(Elf##bits##_Ehdr), .table = offsetof(Elf##bits##_Ehdr, e_phoff),   \
		.entry_size = offsetof(Elf##bits##_Ehdr, e_phentsize), .entries = offsetof(Elf##bits##_Ehdr, e_phnum), \
		.segment = sizeof(Elf##bits##_Phdr), .offset = offsetof(Elf##bits##_Phdr, p_offset),                   \
		.size = offsetof(Elf##bits##_Phdr, p_filesz),                                                          \
	}
static const struct class classes[] = {[ELFCLASS32] = CLASS(32), [ELFCLASS64] = CLASS(64)};
_Static_assert(offsetof(Elf32_Phdr, p_type) == 0 && offsetof(Elf64_Phdr, p_type) == 0, "the type is the first of both");

/* Little-endian, as all that gets here, and as the machines that start it. */
static uint64_t number(const unsigned char *at, size_t width)
{
	uint64_t n = 0;

	memcpy(&n, at, width);
	return n;
}

/* The name ends with its first NUL, as the kernel reads it; it must have one. */
static enum elf_kind interp_read(const struct elf *f, uint64_t at, uint64_t size, char interp[PLAN_MAX_PATH + 1])
{
	if (size < 2 || size > PLAN_MAX_PATH + 1 || !read_at(f, interp, (size_t)size, at) || interp[size - 1])
		return ELF_DAMAGED;
	return interp[0] == '/' ? ELF_DYNAMIC : ELF_DAMAGED;
}

static enum elf_kind segments_look(const struct elf *f, const struct class *c, char interp[PLAN_MAX_PATH + 1])
{
	unsigned char s[sizeof(Elf64_Phdr)];
	uint64_t table;

	if (f->have < c->header || number(f->head + c->entry_size, 2) != c->segment)
		return ELF_DAMAGED;
	table = number(f->head + c->table, c->width);
	for (unsigned left = (unsigned)number(f->head + c->entries, 2); left; left--, table += c->segment) {
		if (!read_at(f, s, c->segment, table))
			return ELF_DAMAGED;
		if (number(s, sizeof(uint32_t)) == PT_INTERP)
			return interp_read(f, number(s + c->offset, c->width), number(s + c->size, c->width), interp);
	}
	return ELF_STATIC;
}

enum elf_kind elf_interp(int fd, char interp[PLAN_MAX_PATH + 1])
{
	struct elf f;
	ssize_t n = pread(fd, f.head, sizeof(f.head), 0);

	interp[0] = 0;
	f.fd = fd;
	if (n < 0)
		return ELF_UNREAD;
	f.have = (size_t)n;
	if (n >= 2 && f.head[0] == '#' && f.head[1] == '!')
		return ELF_SCRIPT;
	if (n < EI_NIDENT || memcmp(f.head, ELFMAG, SELFMAG) || f.head[EI_DATA] != ELFDATA2LSB ||
	    (f.head[EI_CLASS] != ELFCLASS32 && f.head[EI_CLASS] != ELFCLASS64))
		return ELF_OTHER;
	return segments_look(&f, &classes[f.head[EI_CLASS]], interp);
}
