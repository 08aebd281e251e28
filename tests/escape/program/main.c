/*
 * main.c - the command line: `escape run DIR VICTIM PORT [ATTACK]...` prints `ATTACK ok` for each that got out, else
 * the name of the errno or signal that stopped it.
 *
 *     escape world DIR PORT     makes the world and serves it until it is killed; prints the victim's pid
 *     escape pty COMMAND...     runs the command on a terminal of its own
 *     escape list               the attacks this machine's build knows
 *     escape abi                the ABI of Landlock here, 0 for none
 */
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct attack *const families[] = {
    attacks_files, attacks_look, attacks_race,	attacks_meta, attacks_exec, attacks_process, attacks_kernel, attacks_rights,
    attacks_abi,   attacks_namespace, attacks_unix, attacks_net,  attacks_tty,	attacks_limit,
};
enum { N_FAMILIES = sizeof(families) / sizeof(families[0]), PATHS = 4, PATH_SIZE = 4096, PATIENCE = 20 /* seconds */ };

const char *at(const struct world *w, const char *below)
{
	static char buf[PATHS][PATH_SIZE];
	static unsigned next;
	char *path = buf[next++ % PATHS];
	snprintf(path, PATH_SIZE, "%s/%s", w->dir, below);
	return path;
}

const char *proc_of(pid_t pid, const char *file)
{
	static char path[PATH_SIZE];
	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	return path;
}

int result(long rc)
{
	return rc < 0 ? errno : 0;
}

int close_fd(int fd)
{
	int error = result(fd);
	if (fd >= 0)
		close(fd);
	return error;
}

int fd_reads_secret(int fd)
{
	char buf[256] = {0};
	ssize_t n = pread(fd, buf, sizeof(buf) - 1, 0);
	if (n < 0)
		return errno;
	return memmem(buf, (size_t)n, SECRET, strlen(SECRET)) ? 0 : ENODATA;
}

int reads_secret(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int error = fd < 0 ? errno : fd_reads_secret(fd);
	if (fd >= 0)
		close(fd);
	return error;
}

int in_child(int (*run)(const struct world *w), const struct world *w)
{
	int status;
	pid_t pid = fork();
	if (pid == 0)
		_exit(run(w));
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return errno;
	if (WIFSIGNALED(status)) { /* then it was this that stopped the attack */
		signal(WTERMSIG(status), SIG_DFL);
		raise(WTERMSIG(status));
	}
	return WEXITSTATUS(status);
}

static const struct attack *find(const char *name)
{
	for (unsigned f = 0; f < N_FAMILIES; f++)
		for (const struct attack *a = families[f]; a->name; a++)
			if (strcmp(a->name, name) == 0)
				return a;
	return NULL;
}

static const char *error_name(int error)
{
	const char *name = error ? strerrorname_np(error) : "ok";
	return name ? name : "unknown";
}

/* One attack in a process of its own, as in_child(); what it does to that process ends with it. */
static void run_one(const struct attack *a, const struct world *w)
{
	int status = 0;
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		alarm(PATIENCE);
		_exit(a->run(w));
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		printf("%s %s\n", a->name, "cannot-fork");
	else if (WIFSIGNALED(status))
		printf("%s SIG%s\n", a->name, sigabbrev_np(WTERMSIG(status)));
	else
		printf("%s %s\n", a->name, error_name(WEXITSTATUS(status)));
}

static int run_many(const struct world *w, char **names)
{
	/* The harmful ones, of the last family, only by name. */
	for (unsigned f = 0; !names[0] && f < N_FAMILIES - 1; f++)
		for (const struct attack *a = families[f]; a->name; a++)
			run_one(a, w);
	for (; names[0]; names++) {
		const struct attack *a = find(names[0]);
		if (!a)
			return fprintf(stderr, "escape: no attack %s\n", names[0]), 2;
		run_one(a, w);
	}
	return 0;
}

static int list(void)
{
	for (unsigned f = 0; f < N_FAMILIES; f++)
		for (const struct attack *a = families[f]; a->name; a++)
			puts(a->name);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "list") == 0)
		return list();
	if (argc == 2 && strcmp(argv[1], "abi") == 0) {
		long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, 1 /* LANDLOCK_CREATE_RULESET_VERSION */);
		return printf("%ld\n", abi < 0 ? 0 : abi) < 0;
	}
	if (argc == 2 && strcmp(argv[1], "victim") == 0)
		return victim_wait();
	if (argc == 4 && strcmp(argv[1], "world") == 0)
		return world_make(argc, argv);
	if (argc > 2 && strcmp(argv[1], "pty") == 0)
		return pty_run(argv + 2);
	if (argc >= 5 && strcmp(argv[1], "run") == 0) {
		const struct world w = {argv[2], (pid_t)atoi(argv[3]), getppid(), (uint16_t)atoi(argv[4])};
		return run_many(&w, argv + 5);
	}
	fputs("usage: escape run DIR VICTIM PORT [ATTACK]... | world DIR PORT | pty COMMAND... | list | abi\n", stderr);
	return 2;
}
