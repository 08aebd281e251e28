/*
 * loaded.c - a program of the build: of a linked program on stdin, what the kernel reads to start it, to stdout. The table
 * of sections, the symbols and all else behind the last byte that is loaded are for debuggers, which get the whole.
 */
#include <elf.h>
#include <stdio.h>
#include <string.h>

static unsigned char file[1 << 24];

/* Past the last loaded byte; 0: not such a file. */
static size_t loaded_end(const Elf64_Ehdr *head, size_t size)
{
	size_t end = sizeof(*head) + head->e_phnum * sizeof(Elf64_Phdr);

	if (size < end || memcmp(head->e_ident, ELFMAG, SELFMAG) || head->e_ident[EI_CLASS] != ELFCLASS64 ||
	    head->e_phoff != sizeof(*head))
		return 0;
	for (unsigned i = 0; i < head->e_phnum; i++) {
		Elf64_Phdr part;

		memcpy(&part, file + head->e_phoff + i * sizeof(part), sizeof(part));
		if (part.p_filesz && part.p_offset + part.p_filesz > end)
			end = part.p_offset + part.p_filesz;
	}
	return end <= size ? end : 0;
}

int main(void)
{
	Elf64_Ehdr head = {0};
	size_t size = fread(file, 1, sizeof(file), stdin), end;

	memcpy(&head, file, sizeof(head));
	end = size < sizeof(file) ? loaded_end(&head, size) : 0;
	if (end == 0) {
		fputs("loaded: not a program of 64 bits, or too large\n", stderr);
		return 1;
	}
	head.e_shoff = head.e_shentsize = head.e_shnum = head.e_shstrndx = 0;
	memcpy(file, &head, sizeof(head));
	return fwrite(file, 1, end, stdout) != end || fflush(stdout) ? 1 : 0;
}
