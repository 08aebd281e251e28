/*
 * sha256.h - SHA-256 of bytes in memory.
 */
#ifndef SBX_SHA256_H
#define SBX_SHA256_H

#include <stddef.h>

enum { SHA256_HEX = 64 };

/* Lower-case hex and a NUL. */
void sha256_hex(const void *data, size_t size, char hex[SHA256_HEX + 1]);
/* The same without instructions that only some processors have: what tests compare it with. */
void sha256_hex_plain(const void *data, size_t size, char hex[SHA256_HEX + 1]);

#endif
