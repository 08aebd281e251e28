/*
 * elf.c - reads just enough of an ELF file, with every offset checked: the kernel will open the
 * interpreter on the program's behalf, so it needs the program's Landlock rights.
 */
#include "elf.h"

#include <elf.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

/* The fields that both classes have. */
struct header {
	uint64_t table;
	unsigned entry_size, entries;
};
struct segment {
	uint32_t type;
	uint64_t offset, size;
};

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

static bool header_64(const struct elf *f, struct header *h)
{
	Elf64_Ehdr e;

	if (!read_at(f, &e, sizeof(e), 0))
		return false;
	*h = (struct header){e.e_phoff, e.e_phentsize, e.e_phnum};
	return h->entry_size == sizeof(Elf64_Phdr);
}

static bool header_32(const struct elf *f, struct header *h)
{
	Elf32_Ehdr e;

	if (!read_at(f, &e, sizeof(e), 0))
		return false;
	*h = (struct header){e.e_phoff, e.e_phentsize, e.e_phnum};
	return h->entry_size == sizeof(Elf32_Phdr);
}

static bool segment_64(const struct elf *f, uint64_t at, struct segment *s)
{
	Elf64_Phdr p;

	if (!read_at(f, &p, sizeof(p), at))
		return false;
	*s = (struct segment){p.p_type, p.p_offset, p.p_filesz};
	return true;
}

static bool segment_32(const struct elf *f, uint64_t at, struct segment *s)
{
	Elf32_Phdr p;

	if (!read_at(f, &p, sizeof(p), at))
		return false;
	*s = (struct segment){p.p_type, p.p_offset, p.p_filesz};
	return true;
}

/* The name ends with its first NUL, as the kernel reads it; it must have one. */
static enum elf_kind interp_read(const struct elf *f, const struct segment *s, char interp[PLAN_MAX_PATH + 1])
{
	if (s->size < 2 || s->size > PLAN_MAX_PATH + 1 ||
	    !read_at(f, interp, (size_t)s->size, s->offset) || interp[s->size - 1])
		return ELF_DAMAGED;
	return interp[0] == '/' ? ELF_DYNAMIC : ELF_DAMAGED;
}

static enum elf_kind segments_look(const struct elf *f, const struct header *h,
				   bool (*segment)(const struct elf *, uint64_t, struct segment *),
				   char interp[PLAN_MAX_PATH + 1])
{
	struct segment s;

	for (unsigned i = 0; i < h->entries; i++) {
		if (!segment(f, h->table + (uint64_t)i * h->entry_size, &s))
			return ELF_DAMAGED;
		if (s.type == PT_INTERP)
			return interp_read(f, &s, interp);
	}
	return ELF_STATIC;
}

enum elf_kind elf_interp(int fd, char interp[PLAN_MAX_PATH + 1])
{
	struct elf f;
	struct header h;
	ssize_t n = pread(fd, f.head, sizeof(f.head), 0);

	interp[0] = 0;
	f.fd = fd;
	if (n < 0)
		return ELF_UNREAD;
	f.have = (size_t)n;
	if (n >= 2 && f.head[0] == '#' && f.head[1] == '!')
		return ELF_SCRIPT;
	if (n < EI_NIDENT || memcmp(f.head, ELFMAG, SELFMAG) || f.head[EI_DATA] != ELFDATA2LSB)
		return ELF_OTHER;
	if (f.head[EI_CLASS] == ELFCLASS64)
		return header_64(&f, &h) ? segments_look(&f, &h, segment_64, interp) : ELF_DAMAGED;
	if (f.head[EI_CLASS] == ELFCLASS32)
		return header_32(&f, &h) ? segments_look(&f, &h, segment_32, interp) : ELF_DAMAGED;
	return ELF_OTHER;
}
