/*
 * plan.c - any bytes as the files of a plan that somebody hands over with right sums: what verify, explain, why and diff
 * make of it. They may refuse it, and must not fault.
 *
 * The first byte says which of them; a line `== NAME` begins each file.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/sha256.h"

/* The whole program, as it is called. */
int sbxc_main(int argc, char **argv);
#define main sbxc_main
#include "compiler/main.c"
#undef main

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* In the order of SHA256SUMS. */
static const char *const names[] = {
    "cgroup.conf", "egress.yaml", "landlock.conf", "launch-macos.conf", "launch.conf",
    "plan.yaml", "seatbelt.sb", "seccomp-x86_64.bpf", "seccomp-x86_64.proof", "seccomp-x86_64.txt",
};
enum { N_NAMES = sizeof(names) / sizeof(names[0]) };

static char dir[] = "/tmp/sbx-fuzz-plan.XXXXXX";

static const char *path_of(const char *name)
{
	static char path[256];
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void leave(void)
{
	for (unsigned i = 0; i < N_NAMES; i++)
		unlink(path_of(names[i]));
	unlink(path_of("SHA256SUMS"));
	rmdir(dir);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	FILE *null = fopen("/dev/null", "we");
	if (!null || !mkdtemp(dir))
		abort();
	stdout = null;
	stderr = null; /* the fuzzer has its own */
	atexit(leave);
	return 0;
}

static void put(const char *name, const char *text, size_t n)
{
	int fd = open(path_of(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, text, n) != (ssize_t)n || close(fd))
		abort();
}

struct part {
	const char *text;
	size_t size;
};

/* The files that the input holds; the last of a name counts. */
static void split(const char *at, const char *end, struct part parts[N_NAMES])
{
	static const char head[] = "== ";
	while (at < end) {
		const char *line = memchr(at, '\n', (size_t)(end - at)), *text = line ? line + 1 : end;
		const char *next = memmem(text, (size_t)(end - text), "\n== ", 4);
		const char *stop = next ? next : end;
		for (unsigned i = 0; i < N_NAMES; i++) {
			size_t n = strlen(names[i]);
			if ((size_t)(text - at) == strlen(head) + n + 1 && memcmp(at + strlen(head), names[i], n) == 0)
				parts[i] = (struct part){text, (size_t)(stop - text)};
		}
		at = next ? next + 1 : end;
	}
}

static void sums(const struct part parts[N_NAMES])
{
	char text[N_NAMES * 128], hex[SHA256_HEX + 1];
	int n = 0;
	for (unsigned i = 0; i < N_NAMES; i++)
		if (parts[i].text) {
			sha256_hex(parts[i].text, parts[i].size, hex);
			n += snprintf(text + n, sizeof(text) - (size_t)n, "%s  %s\n", hex, names[i]);
		}
	put("SHA256SUMS", text, (size_t)n);
}

/* Words of the command line; `PLAN` is the plan. */
static const char *const commands_tried[][6] = {
    {"verify", "PLAN"},
    {"explain", "PLAN"},
    {"explain", "--json", "PLAN"},
    {"explain", "--md", "PLAN"},
    {"why", "PLAN", "read", "/etc/passwd"},
    {"why", "--json", "PLAN", "connect", "tcp", "192.0.2.1:443"},
    {"diff", "PLAN", "PLAN"},
};
enum { N_TRIED = sizeof(commands_tried) / sizeof(commands_tried[0]) };

static void call(const char *const words[6])
{
	char program[] = "sbxc", copy[6][32], *argv[8] = {program};
	int n = 0;
	for (; n < 6 && words[n]; n++) {
		snprintf(copy[n], sizeof(copy[n]), "%s", strcmp(words[n], "PLAN") ? words[n] : dir);
		argv[n + 1] = copy[n];
	}
	sbxc_main(n + 1, argv);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct part parts[N_NAMES] = {{NULL, 0}};
	if (size == 0)
		return 0;
	split((const char *)data + 1, (const char *)data + size, parts);
	for (unsigned i = 0; i < N_NAMES; i++) {
		if (parts[i].text)
			put(names[i], parts[i].text, parts[i].size);
		else
			unlink(path_of(names[i]));
	}
	sums(parts);
	call(commands_tried[data[0] % N_TRIED]);
	return 0;
}
