/*
 * static_said.c - unpacks the texts of said.h in the static loader: section `words`, which has an address and no bytes in
 * the file, from the bytes that runtime/pack made of it.
 */
#include "said.h"

#ifdef SBX_PACKED_TEXTS
#include <stdbool.h>
#include <stddef.h>

#include "pack/unpack.h"

/* The linker's names of the section's ends. */
extern char __start_words[], __stop_words[];
/* The packer's bytes. */
extern const unsigned char said_packed[];

/*
 * A child may share this memory and run beside its parent. Whoever comes while the other unpacks does so as well: both write the
 * same bytes, and each reads what it has written itself.
 */
const char *said(const char *text)
{
	static bool unpacked;

	if ((size_t)(text - __start_words) >= (size_t)(__stop_words - __start_words) || __atomic_load_n(&unpacked, __ATOMIC_ACQUIRE))
		return text;
	unpack(said_packed, __start_words, __stop_words);
	__atomic_store_n(&unpacked, true, __ATOMIC_RELEASE);
	return text;
}
#endif
