/*
 * static_said.c - unpacks the texts of said.h in the static loader: section `words`, which has an address and no bytes in
 * the file, from the bytes that runtime/pack made of it.
 */
#include "said.h"

#ifdef SBX_PACKED_TEXTS
#include <stddef.h>

#include "pack/unpack.h"

/* The linker's names of the section's ends. */
extern char __start_words[], __stop_words[];
/* The packer's bytes. */
extern const unsigned char said_packed[];

const char *said(const char *text)
{
	size_t at = (size_t)(text - __start_words);

	/* the first text is not empty, so this byte tells */
	if (at < (size_t)(__stop_words - __start_words) && !*__start_words)
		unpack(said_packed, __start_words, __stop_words);
	return text;
}
#endif
