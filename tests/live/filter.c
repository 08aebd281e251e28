/*
 * filter.c - seccomp filters for tests: written to a file as part of a hand-made plan, or put on a
 * command to imitate a host whose kernel or container refuses calls.
 *
 *     filter write FILE RULE...         filter run RULE... -- COMMAND [ARG]...
 *     filter lead COMMAND [ARG]...      as the leader of a process group of its own
 *     filter fresh DIR COMMAND [ARG]... without the empty folder DIR, whether it is there or not
 *     RULE: NUMBER=ERRNO                answer the call with the errno
 *           NUMBER:ARG=ERRNO            ... unless its first argument is ARG
 *           NUMBER@ARG=ERRNO            ... if it is
 * Names instead of numbers: landlock seccomp execve execveat socket getppid close_range openat
 * write clone3.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

struct insn {
	uint16_t code;
	uint8_t jt, jf;
	uint32_t k;
};
struct program {
	unsigned short len;
	struct insn *insns;
};

enum { MAX_RULES = 32, LOAD = 0x20, JEQ = 0x15, RET = 0x06, ANSWER = 0x50000, ALLOW = 0x7fff0000 };

static const struct {
	const char *name;
	long nr;
} names[] = {
    {"landlock", 444},          {"seccomp", SYS_seccomp}, {"execve", SYS_execve},
    {"execveat", SYS_execveat}, {"socket", SYS_socket},   {"getppid", SYS_getppid},
    {"close_range", 436},       {"openat", SYS_openat},   {"write", SYS_write},
    {"clone3", 435},
};

static const struct {
	const char *name;
	int value;
} errnos[] = {{"ENOSYS", ENOSYS}, {"EPERM", EPERM}, {"EACCES", EACCES}, {"EOPNOTSUPP", EOPNOTSUPP}};

static void die(const char *why)
{
	fprintf(stderr, "filter: %s\n", why);
	exit(2);
}

static void rule_add(struct program *p, char *text)
{
	char *value = strchr(text, '='), *only = strchr(text, '@'), *arg = only ? only : strchr(text, ':');
	uint32_t nr, err;

	if (!value || p->len > MAX_RULES * 4)
		die("bad rule");
	*value++ = 0;
	if (arg)
		*arg++ = 0;
	nr = (uint32_t)strtoul(text, NULL, 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(names[i].name, text))
			nr = (uint32_t)names[i].nr;
	err = (uint32_t)strtoul(value, NULL, 0);
	for (size_t i = 0; i < sizeof(errnos) / sizeof(errnos[0]); i++)
		if (!strcmp(errnos[i].name, value))
			err = (uint32_t)errnos[i].value;
	p->insns[p->len++] = (struct insn){LOAD, 0, 0, 0};
	p->insns[p->len++] = (struct insn){JEQ, 0, arg ? 3 : 1, nr};
	if (arg) {
		p->insns[p->len++] = (struct insn){LOAD, 0, 0, 16};
		p->insns[p->len++] = (struct insn){JEQ, !only, only != NULL, (uint32_t)strtoul(arg, NULL, 0)};
	}
	p->insns[p->len++] = (struct insn){RET, 0, 0, ANSWER | err};
}

int main(int argc, char **argv)
{
	struct insn insns[MAX_RULES * 5 + 1];
	struct program p = {0, insns};
	int run, i;

	if (argc < 3)
		die("usage: filter write FILE RULE... | filter run RULE... -- COMMAND [ARG]...");
	if (!strcmp(argv[1], "lead")) {
		if (setpgid(0, 0))
			die("setpgid");
		execvp(argv[2], argv + 2);
		die("cannot start the command");
	}
	if (!strcmp(argv[1], "fresh") && argc > 3) {
		if (rmdir(argv[2]) && errno != ENOENT)
			die("rmdir");
		execvp(argv[3], argv + 3);
		die("cannot start the command");
	}
	run = !strcmp(argv[1], "run");
	for (i = run ? 2 : 3; i < argc && strcmp(argv[i], "--"); i++)
		rule_add(&p, argv[i]);
	insns[p.len++] = (struct insn){RET, 0, 0, ALLOW};
	if (!run) {
		FILE *out = fopen(argv[2], "wb");
		if (!out || fwrite(insns, sizeof(insns[0]), p.len, out) != p.len || fclose(out))
			die("cannot write");
		return 0;
	}
	if (i + 1 >= argc)
		die("no command");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, 2, &p, 0, 0))
		die("cannot install");
	execvp(argv[i + 1], argv + i + 1);
	die("cannot start the command");
}
