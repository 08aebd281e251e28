// nth.c - loaded before the C library by tests/alloc.sh: the allocation number SBX_NTH of the process fails with ENOMEM, the
// others are the library's own. When the process ends and SBX_COUNT names a file, how many were asked for is written there.
#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);

static unsigned long asked, nth;

static bool fails(void)
{
	if (!asked) {
		const char *text = getenv("SBX_NTH");
		nth = text ? strtoul(text, NULL, 10) : 0;
	}
	if (++asked != nth)
		return false;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	return fails() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t size)
{
	return fails() ? NULL : __libc_realloc(p, size);
}

__attribute__((destructor)) static void report(void)
{
	const char *file = getenv("SBX_COUNT");
	unsigned long n = asked;
	FILE *f = file ? fopen(file, "w") : NULL;
	if (f) {
		fprintf(f, "%lu\n", n);
		fclose(f);
	}
}
