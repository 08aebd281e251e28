/*
 * replay.c - a fuzz target without a fuzzer: gives it the files that are named, one after the other, each at the end of
 * memory of its own, so that valgrind and the sanitizers see a byte too far.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void replay(const char *path)
{
	FILE *in = fopen(path, "rb");
	long size;
	uint8_t *data;
	if (!in || fseek(in, 0, SEEK_END) || (size = ftell(in)) < 0 || fseek(in, 0, SEEK_SET) ||
	    !(data = malloc(size ? (size_t)size : 1)) || fread(data, 1, (size_t)size, in) != (size_t)size) {
		perror(path);
		exit(2);
	}
	fclose(in);
	LLVMFuzzerTestOneInput(data, (size_t)size);
	free(data);
}

int main(int argc, char **argv)
{
	if (LLVMFuzzerInitialize)
		LLVMFuzzerInitialize(&argc, &argv);
	for (int i = 1; i < argc; i++)
		replay(argv[i]);
	return argc < 2;
}
