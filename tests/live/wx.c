/*
 * wx.c - runs code that it has written itself, in each way there is: `wx WAY FILE` prints "ran", or what refused it. FILE: one
 * that it may write, for the ways that need one.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <unistd.h>

/* int f(void) { return 42; } */
#if defined __x86_64__
static const unsigned char code[] = {0xb8, 42, 0, 0, 0, 0xc3};
#elif defined __aarch64__
static const unsigned char code[] = {0x40, 5, 0x80, 0x52, 0xc0, 3, 0x5f, 0xd6};
#else
static const unsigned char code[] = {0};
#endif

enum { SIZE = 4096, RW = PROT_READ | PROT_WRITE, RX = PROT_READ | PROT_EXEC };

static int ran(void *at)
{
	int (*f)(void);
	memcpy(&f, &at, sizeof(f));
	__builtin___clear_cache((char *)at, (char *)at + SIZE);
	return f() == 42;
}

/* The call itself: a C library may give another errno. */
static void *map(void *at, int prot, int flags, int fd)
{
	long p = syscall(SYS_mmap, at, SIZE, prot, flags, fd, 0);
	return p == -1 ? NULL : (void *)p;
}

/* Code that lies in a file: written there, then mapped by itself. */
static int from_file(int fd)
{
	if (fd < 0 || ftruncate(fd, SIZE) || pwrite(fd, code, sizeof(code), 0) != sizeof(code))
		return 0;
	void *p = map(NULL, RX, MAP_SHARED, fd);
	return p && ran(p);
}

static int both_at_once(const char *file)
{
	(void)file;
	void *p = map(NULL, RW | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	return p && memcpy(p, code, sizeof(code)) && ran(p);
}

static int one_after_the_other(const char *file)
{
	(void)file;
	void *p = map(NULL, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	return p && memcpy(p, code, sizeof(code)) && !mprotect(p, SIZE, RX) && ran(p);
}

static int with_a_key(const char *file)
{
	(void)file;
	void *p = map(NULL, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	return p && memcpy(p, code, sizeof(code)) && !syscall(SYS_pkey_mprotect, p, SIZE, RX, -1) && ran(p);
}

/* Readable is executable then. */
static int by_personality(const char *file)
{
	(void)file;
	if (personality(READ_IMPLIES_EXEC) == -1)
		return 0;
	void *p = map(NULL, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	return p && memcpy(p, code, sizeof(code)) && ran(p);
}

static int by_shared_memory(const char *file)
{
	(void)file;
	int id = shmget(IPC_PRIVATE, SIZE, IPC_CREAT | 0700);
	char *w = id < 0 ? (void *)-1 : shmat(id, NULL, 0);
	int saved = errno;
	char *x = w == (void *)-1 ? (void *)-1 : shmat(id, NULL, SHM_EXEC | SHM_RDONLY);
	saved = w == (void *)-1 ? saved : errno;
	if (id >= 0)
		shmctl(id, IPC_RMID, NULL);
	errno = saved;
	return x != (void *)-1 && memcpy(w, code, sizeof(code)) && ran(x);
}

static int by_memfd(const char *file)
{
	(void)file;
	return from_file((int)syscall(SYS_memfd_create, "wx", 0));
}

static int by_file(const char *file)
{
	return from_file(open(file, O_RDWR | O_CREAT, 0700));
}

static const struct {
	const char *name;
	int (*run)(const char *file);
} ways[] = {
    {"both", both_at_once}, {"after", one_after_the_other}, {"key", with_a_key},     {"personality", by_personality},
    {"shm", by_shared_memory}, {"memfd", by_memfd},		  {"file", by_file},
};

int main(int n, char **v)
{
	for (size_t i = 0; n == 3 && i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (strcmp(v[1], ways[i].name) != 0)
			continue;
		errno = 0;
		puts(ways[i].run(v[2]) ? "ran" : strerror(errno));
		return 0;
	}
	fprintf(stderr, "usage: wx WAY FILE\n");
	return 2;
}
