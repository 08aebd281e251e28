/*
 * sha256.h - SHA-256 of bytes in memory.
 */
#ifndef SBX_SHA256_H
#define SBX_SHA256_H

#include <stddef.h>

#include "sha256_block.h"

enum { SHA256_HEX = 64 };

/* Lower-case hex and a NUL. */
void sha256_hex(const void *data, size_t size, char hex[SHA256_HEX + 1]);
/*
 * The best code for this processor, for many digests: in a virtual machine it is the host that answers what a
 * processor can do, and that takes longer than the digest of a small file.
 */
sha256_blocks *sha256_best(void);
void sha256_hex_by(sha256_blocks *add, const void *data, size_t size, char hex[SHA256_HEX + 1]);
/* Without instructions that only some processors have: what tests compare the others with. */
sha256_blocks sha256_plain_blocks;

#endif
