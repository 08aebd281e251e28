/*
 * sha256_block.h - the compression of SHA-256 by instructions of the machine, where it has them.
 */
#ifndef SBX_SHA256_BLOCK_H
#define SBX_SHA256_BLOCK_H

#include <stddef.h>
#include <stdint.h>

extern const uint32_t sha256_constant[64]; /* of the rounds; 16-byte aligned */

typedef void sha256_blocks(uint32_t state[8], const unsigned char *data, size_t n);
/* NULL: this processor has no such instructions, or the build no code for them. */
sha256_blocks *sha256_of_machine(void);

#endif
