/*
 * runtime_host_files.c - any bytes as the small files that the loader looks into before and while a program runs: what it
 * inherited (/proc/self/status), the user's line of /etc/passwd, what a job uses, which cgroup it is in, which controllers that
 * has, the limits of disks, the settings of the kernel.
 *
 * The first byte says which, the rest is the file. The functions are those of the loader, whose files are taken in here; what
 * they read comes from the input in place of the path they name.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../runtime/cgroup_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *input;
static size_t input_size;

static bool file_of_input(int dir, const char *name, char *buf, size_t cap)
{
	size_t n = input_size < cap ? input_size : cap - 1;

	(void)dir;
	(void)name;
	memcpy(buf, input, n);
	buf[n] = 0;
	if (n && buf[n - 1] == '\n')
		buf[n - 1] = 0;
	return n == input_size;
}

#define cgroup_file_read file_of_input
#include "../../runtime/apply_signals.c"
#include "../../runtime/builtin_look.c"
#include "../../runtime/cgroup_disks.c"
#include "../../runtime/cgroup_place.c"
#include "../../runtime/namespaces.c"
#include "../../runtime/watch_look.c"
#undef cgroup_file_read

static void require(bool so)
{
	if (!so)
		abort();
}

static bool in_input(const char *text, size_t len)
{
	return memmem(input, input_size, text, len) != NULL;
}

/* The number stands behind its label with all its digits. */
static void inherited(void)
{
	char line[64];
	uint64_t n;

	if (ignored_number((struct span){input, input_size}, &n)) {
		snprintf(line, sizeof(line), "SigIgn:\t%016llx", (unsigned long long)n);
		require(in_input(line, strlen(line)));
	}
}

/* The home is the sixth field of a line. */
static void home(int fd)
{
	char path[40];
	struct span h = {NULL, 0};
	struct pool pool;
	const char *value = NULL;
	unsigned colons = 0;

	if (passwd_home((struct span){input, input_size}, getuid(), &h)) {
		require(h.at >= input && h.at + h.len <= input + input_size);
		require(!memchr(h.at, ':', h.len) && !memchr(h.at, '\n', h.len));
		for (const char *c = h.at; c > input && c[-1] != '\n'; c--)
			colons += c[-1] == ':';
		require(colons == 5);
	}
	require(pool_open(&pool, input_size + 8192));
	text_print(path, sizeof(path), "/proc/self/fd/%u", (unsigned)fd);
	struct vars v = {.passwd = path, .pool = &pool};
	switch (home_find(&v, &value)) {
	case HOME_FOUND:
		require(colons == 5 && !strncmp(value, h.at, strnlen(value, h.len)) && !strchr(value, ':'));
		break;
	case HOME_NONE:
		require(colons == 0);
		break;
	case HOME_UNREAD:
		abort();
	}
	pool_close(&pool);
}

/* The same bytes as the children of process 1 and as the line of the program. */
static void use(void)
{
	for (int init = 0; init < 2; init++) {
		const struct watched w = {.cgroup = -1, .process = 1, .init = init};
		struct watched_use u = {0};
		watch_look(&w, &u);
		require(u.memory % getauxval(AT_PAGESZ) == 0 && u.memory_known == u.cpu_known && !u.processes_known);
	}
}

static void place(void)
{
	char buf[4096], mine[NUM_TEXT];
	const char *path = own_path(buf, sizeof(buf));

	require(!path || (in_input(path - 4, strlen(path) + 4) && !strncmp(path - 4, "0::/", 4) && !strchr(path, '\n') &&
			  strncmp(path, "..", 2)));
	unsigned bits = controllers_read(-1, "");
	require(bits >> CONTROLLER_COUNT == 0);
	for (unsigned c = 0; c < CONTROLLER_COUNT; c++)
		require(!(bits >> c & 1) || in_input(controller_word(c), strlen(controller_word(c))));
	num_text(mine, (uint64_t)getpid());
	require(others_in(-1) || !input_size || input[0] == '\n' || !input[0] || in_input(mine, strlen(mine)));
}

/* The words of a limit, the disk, and what the kernel shows, each with its NUL: what is kept is shown. */
static void disk(void)
{
	char *words = calloc(1, input_size + 3), *word, *device, *table;

	require(words);
	memcpy(words, input, input_size);
	device = words + strlen(words) + 1;
	table = device + strlen(device) + 1;
	bool is = kept(table, device, span_of(words));
	require(!is || strstr(table, device));
	for (char *left = words; is && (word = strsep(&left, " "));)
		require(strstr(table, word) != NULL);
	free(words);
}

/* The first line of a short file, up to a NUL. */
static void setting(int fd)
{
	char path[40], text[16];
	size_t n = 0;

	while (n < input_size && input[n] && input[n] != '\n')
		n++;
	text_print(path, sizeof(path), "/proc/self/fd/%u", (unsigned)fd);
	bool is = line_is_read(path, text, sizeof(text));
	require(is == (n > 0 && input_size < sizeof(text) - 1));
	require(!is || (strlen(text) == n && !memcmp(text, input, n)));
}

static int memory_file(void)
{
	static int fd = -1;

	if (fd < 0)
		fd = memfd_create("file", MFD_CLOEXEC);
	require(fd >= 0 && !ftruncate(fd, 0) && pwrite(fd, input, input_size, 0) == (ssize_t)input_size);
	return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	input = (const char *)data + 1;
	input_size = size - 1;
	switch (data[0] % 6) {
	case 0:
		inherited();
		break;
	case 1:
		home(memory_file());
		break;
	case 2:
		use();
		break;
	case 3:
		place();
		break;
	case 4:
		disk();
		break;
	default:
		setting(memory_file());
	}
	return 0;
}
