/*
 * inject.c - runs a command again and again; in each run another system call of one of its processes fails, or that
 * process is killed there. A run may end in two ways only:
 *
 *     refused    exit 125, 126 or 127, nothing on stdout, exactly one message
 *     the same   the stdout and the exit code of a run without fault
 *
 * (one that was killed: the beginning of that stdout; where a signal was sent to the whole: the same, ended by that signal), and
 * nothing is left: no process, no mount, nothing new in a watched
 * directory. Everything else is printed and makes the check fail, a run that hangs too.
 *
 *     inject -t NAME [-e ERRNO[,ERRNO]...] [-k] [-s] [-n STEP] [-m] [-x N] [-o FILE] [-w DIR]... COMMAND [ARG]...
 *
 * -e the errnos; -k also kills; -s also sends process 0 a signal of job control, and before the program runs the process that makes
 * the call stands still until it is killed, as one whose step takes for ever; -n every STEPth call only; -m only calls between two getpgid(MARK) of the command; -x from
 * the Nth exec of the command on; -o stdout of the run without fault. Calls of a process count from the start of the command (or from where it was forked) until it
 * executes something; a fault is named PROCESS:CALL#N, the Nth of its kind in that process, where 0.1 is the first child of 0.
 * The program itself runs untouched.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
/* Who is killed between writing the report and giving it its name leaves it under this one; sbx-run(1) says so. */
#define KILLED_HERE "/.sbx-report-"
enum {
	MARK = 31661,
	MAX_NR = 512,
	MAX_PROCS = 64,
	MAX_CALLS = 8192,
	MAX_WATCHED = 4,
	MAX_PATHS = 4096,
	OUT_MAX = 64 * 1024,
	HANG_MS = 60000,
	LINGER_MS = 2000,
	SHOWN = 12,
	POLLS = 6,
};

static const struct {
	int nr;
	const char *name;
} names[] = {
#include "syscalls.inc" /* {NUMBER, "name"}, of this machine */
};
static const struct {
	const char *name;
	int value;
} errnos[] = {
#define E(x) {#x, x}
    E(EPERM), E(ENOMEM), E(EMFILE), E(EIO), E(ENOSPC), E(EACCES), E(ENOSYS), E(EINTR), E(EAGAIN),
#undef E
};

static const char *name_of(int nr)
{
	for (size_t i = 0; i < COUNT(names); i++)
		if (names[i].nr == nr)
			return names[i].name;
	return "?";
}

/* What cannot fail on any kernel when it is called as the loader does, and wait, which could only lose the child. */
static bool cannot_fail(int nr)
{
	static const int never[] = {
	    SYS_close,   SYS_munmap,  SYS_umask,   SYS_getuid,	SYS_geteuid,	     SYS_getgid,     SYS_getegid,
	    SYS_getpid,  SYS_getppid, SYS_getpgid, SYS_gettid,	SYS_set_tid_address, SYS_wait4,	     SYS_waitid,
	    SYS_rt_sigprocmask,
	    SYS_clock_gettime,	      SYS_set_robust_list,	SYS_rseq,	     SYS_restart_syscall,
#ifdef SYS_getpgrp
	    SYS_getpgrp,
#endif
#ifdef SYS_arch_prctl
	    SYS_arch_prctl,
#endif
	};
	for (size_t i = 0; i < COUNT(never); i++)
		if (never[i] == nr)
			return true;
	return false;
}

static bool ends_itself(int nr)
{
	return nr == SYS_exit || nr == SYS_exit_group || nr == SYS_rt_sigreturn;
}

/* ---- one run ------------------------------------------------------------------------------- */

struct call {
	char id[16];
	int nr;
	unsigned k;
	bool message; /* a write to stderr */
};

struct proc {
	pid_t pid;
	char id[16]; /* "": stopped before its parent's event came */
	unsigned children, seen[MAX_NR];
	unsigned execs;
	bool counts, program, entered, fails;
};

struct result {
	int status; /* of process 0 */
	bool reached, hung, runs; /* runs: the program has been executed */
	unsigned left;
	char notes[1024];
	char out[OUT_MAX], err[OUT_MAX];
};

static struct proc procs[MAX_PROCS];
static unsigned n_procs;
static struct call calls[MAX_CALLS];
static unsigned n_calls;
static const struct call *fault; /* NULL: the run without one */
static int fault_errno;		 /* 0: kill, or a signal */
static int fault_signal;	 /* to process 0; 0: none */
static bool marked;
static unsigned first_exec = 1;
static struct result result;
static struct proc *held; /* stands still; NULL: none does */

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static struct proc *proc_of(pid_t pid)
{
	for (unsigned i = 0; i < n_procs; i++)
		if (procs[i].pid == pid)
			return &procs[i];
	if (n_procs == MAX_PROCS) {
		fprintf(stderr, "inject: too many processes\n");
		exit(2);
	}
	procs[n_procs] = (struct proc){.pid = pid};
	return &procs[n_procs++];
}

#if defined(__x86_64__)
static void call_skip(pid_t pid)
{
	ptrace(PTRACE_POKEUSER, pid, offsetof(struct user_regs_struct, orig_rax), -1L);
}
static void call_answer(pid_t pid, int error)
{
	ptrace(PTRACE_POKEUSER, pid, offsetof(struct user_regs_struct, rax), (long)-error);
}
#else
#error "inject.c knows the registers of x86_64 only"
#endif

static void resume(const struct proc *p, int signal)
{
	ptrace(p->program ? PTRACE_CONT : PTRACE_SYSCALL, p->pid, 0L, (long)signal);
}

/* False: it stays where it is. Who executes is on its way to the program, and hears of it there. */
static bool signal_send(struct proc *p, int nr)
{
	kill(procs[0].pid, fault_signal);
	if (!strcmp(p->id, "0") || result.runs || nr == SYS_execve || nr == SYS_execveat)
		return true;
	held = p;
	return false;
}

/* False: it stays stopped. */
static bool call_enter(struct proc *p, const struct __ptrace_syscall_info *info)
{
	int nr = (int)info->entry.nr;
	unsigned k;

	if (marked && nr == SYS_getpgid && info->entry.args[0] == MARK && !strcmp(p->id, "0"))
		p->counts = !p->counts;
	if (!p->counts || nr < 0 || nr >= MAX_NR)
		return true;
	k = ++p->seen[nr];
	if (!fault) {
		/* a process that waits turns as often as it likes */
		if (n_calls < MAX_CALLS && (nr != SYS_poll || k <= POLLS)) {
			struct call *c = &calls[n_calls++];
			*c = (struct call){.nr = nr, .k = k, .message = nr == SYS_write && info->entry.args[0] == 2};
			strcpy(c->id, p->id);
		}
		return true;
	}
	if (nr != fault->nr || k != fault->k || strcmp(p->id, fault->id))
		return true;
	result.reached = true;
	if (fault_signal)
		return signal_send(p, nr);
	if (!fault_errno) {
		kill(p->pid, SIGKILL);
		return true;
	}
	call_skip(p->pid);
	p->fails = true;
	return true;
}

/* False: it stays stopped. */
static bool call_stop(struct proc *p)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, p->pid, sizeof(info), &info) <= 0)
		return true;
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY)
		return call_enter(p, &info);
	if (info.op == PTRACE_SYSCALL_INFO_EXIT && p->fails) {
		call_answer(p->pid, fault_errno);
		p->fails = false;
	}
	return true;
}

static void child_take(struct proc *parent)
{
	unsigned long pid = 0;
	struct proc *p;
	bool early;

	ptrace(PTRACE_GETEVENTMSG, parent->pid, 0L, &pid);
	p = proc_of((pid_t)pid);
	early = p->entered;
	snprintf(p->id, sizeof(p->id), "%.10s.%u", parent->id, ++parent->children);
	p->counts = parent->counts;
	p->program = parent->program;
	if (early)
		resume(p, 0);
}

static void exec_take(struct proc *p)
{
	if (!strcmp(p->id, "0") && p->execs < first_exec) {
		p->counts = ++p->execs == first_exec && !marked;
		return;
	}
	p->program = true;
	p->counts = false;
	result.runs = true;
	if (held) /* it had begun to run already: this event came later */
		resume(held, 0);
	held = NULL;
}

/* False: it stays stopped. */
static void stop_take(struct proc *p, int status)
{
	int signal = WSTOPSIG(status), event = status >> 16;

	if (!p->id[0]) {
		p->entered = true; /* its parent's event comes next */
		return;
	}
	if (signal == (SIGTRAP | 0x80)) {
		if (call_stop(p))
			resume(p, 0);
	} else if (event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK || event == PTRACE_EVENT_CLONE) {
		child_take(p);
		resume(p, 0);
	} else if (event == PTRACE_EVENT_EXEC) {
		exec_take(p);
		resume(p, 0);
	} else if (event == PTRACE_EVENT_STOP && signal != SIGTRAP) {
		ptrace(PTRACE_LISTEN, p->pid, 0L, 0L);
	} else {
		resume(p, event ? 0 : signal);
	}
}

static void line_of(pid_t pid, const char *file, char *out, size_t size)
{
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, out, size - 1);
	out[n > 0 ? n : 0] = 0;
	out[strcspn(out, "\n")] = 0;
	if (fd >= 0)
		close(fd);
}

/* Those who are still there are named and killed. */
static void rest_kill(const char *why)
{
	for (unsigned i = 0; i < n_procs; i++) {
		struct proc *p = &procs[i];
		char comm[64], call[128], state[64];
		size_t at = strlen(result.notes);
		if (!p->pid)
			continue;
		line_of(p->pid, "comm", comm, sizeof(comm));
		line_of(p->pid, "syscall", call, sizeof(call));
		line_of(p->pid, "wchan", state, sizeof(state));
		snprintf(result.notes + at, sizeof(result.notes) - at, " [%s: %s (%s) in call %.40s, %s]", why,
			 p->id, comm, call, state);
		kill(p->pid, SIGKILL);
		result.left++;
	}
}

static void run_follow(void)
{
	uint64_t began = now_ms(), ended = 0;
	bool killed = false;
	int status;

	for (;;) {
		pid_t pid = waitpid(-1, &status, __WALL);
		if (pid < 0 && errno == ECHILD)
			return;
		if (pid > 0 && WIFSTOPPED(status)) {
			stop_take(proc_of(pid), status);
		} else if (pid > 0) {
			struct proc *p = proc_of(pid);
			if (!strcmp(p->id, "0")) {
				result.status = status;
				ended = now_ms();
			}
			p->pid = 0;
		}
		if (!killed && ended && now_ms() - ended > LINGER_MS) {
			rest_kill("left alive");
			killed = true;
		}
		if (!killed && !ended && now_ms() - began > HANG_MS) {
			rest_kill("hangs");
			result.hung = killed = true;
		}
	}
}

static int file_new(const char *name)
{
	return memfd_create(name, MFD_CLOEXEC);
}

static void file_take(int fd, char *text)
{
	ssize_t n = pread(fd, text, OUT_MAX - 1, 0);

	text[n > 0 ? n : 0] = 0;
	close(fd);
}

static const int ending[] = {SIGTERM, SIGINT, SIGHUP};

/* Whoever runs this test may ignore or block them. */
static void signals_fresh(void)
{
	sigset_t none;

	for (size_t i = 0; i < COUNT(ending); i++)
		signal(ending[i], SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void run(char **argv)
{
	int out = file_new("out"), err = file_new("err"), go[2], null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
		       PTRACE_O_TRACEEXEC;
	char byte;
	pid_t pid;

	memset(&result, 0, sizeof(result));
	n_procs = 0;
	held = NULL;
	if (out < 0 || err < 0 || null < 0 || pipe2(go, O_CLOEXEC))
		exit(2);
	pid = fork();
	if (pid == 0) {
		dup2(null, 0);
		dup2(out, 1);
		dup2(err, 2);
		signals_fresh();
		if (read(go[0], &byte, 1) == 1)
			execv(argv[0], argv);
		_exit(99);
	}
	if (pid < 0 || ptrace(PTRACE_SEIZE, pid, 0L, options)) {
		printf("SKIP inject: this host traces no process: %s\n", strerror(errno));
		if (pid > 0)
			kill(pid, SIGKILL);
		exit(3);
	}
	strcpy(proc_of(pid)->id, "0");
	if (write(go[1], "", 1) != 1)
		exit(2);
	close(go[0]);
	close(go[1]);
	close(null);
	run_follow();
	file_take(out, result.out);
	file_take(err, result.err);
}

/* ---- what is left -------------------------------------------------------------------------- */

static const char *watched[MAX_WATCHED];
static unsigned n_watched;
static char *paths[MAX_PATHS];
static unsigned n_paths, n_mounts;
static bool first_look;

static unsigned mounts(void)
{
	FILE *f = fopen("/proc/self/mountinfo", "re");
	unsigned n = 0;

	for (int c; f && (c = getc(f)) != EOF;)
		n += c == '\n';
	if (f)
		fclose(f);
	return n;
}

static bool known(const char *path)
{
	for (unsigned i = 0; i < n_paths; i++)
		if (!strcmp(paths[i], path))
			return true;
	return false;
}

static int path_look(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st, (void)at;
	if (first_look) {
		if (n_paths < MAX_PATHS)
			paths[n_paths++] = strdup(path);
	} else if (fault && !fault_errno && !fault_signal && strstr(path, KILLED_HERE)) {
		unlink(path);
	} else if (!known(path)) {
		size_t end = strlen(result.notes);
		if (kind == FTW_DP)
			for (int i = 0; i < 50 && rmdir(path) && errno == EBUSY; i++)
				usleep(10000);
		else if (strstr(path, "cgroup"))
			return 0; /* a file of a directory that is named anyway */
		else
			unlink(path);
		snprintf(result.notes + end, sizeof(result.notes) - end, " [left: %s]", path);
		result.left++;
	}
	return 0;
}

static void look(bool first)
{
	first_look = first;
	for (unsigned i = 0; i < n_watched; i++)
		nftw(watched[i], path_look, 16, FTW_PHYS | FTW_DEPTH);
	if (first)
		n_mounts = mounts();
	else if (mounts() != n_mounts) {
		strcat(result.notes, " [mounts left]");
		result.left++;
		n_mounts = mounts();
	}
}

/* ---- the verdict --------------------------------------------------------------------------- */

static char wanted[OUT_MAX];
static int wanted_status;

enum verdict { REFUSED, SAME, MISSED, BAD };

static unsigned messages(void)
{
	unsigned n = 0;

	for (const char *at = result.err; (at = strstr(at, "error[")); at++)
		n++;
	return n;
}

static bool begins(void)
{
	return !strncmp(wanted, result.out, strlen(result.out));
}

/*
 * When the supervisor is killed or the listener lost on its way to it, a call that it would have refused gets ENOSYS from the kernel, in
 * the moment before the program ends too: that answer, the last one, stands for the refusal. For one that was allowed it does not.
 */
static bool begins_orphaned(void)
{
	static const char orphan[] = "ENOSYS\n", refused[] = "EPERM\n";
	size_t n = strlen(result.out), tail = sizeof(orphan) - 1;

	if (n < tail || strcmp(result.out + n - tail, orphan))
		return false;
	n -= tail;
	return !strncmp(wanted, result.out, n) && !strncmp(wanted + n, refused, sizeof(refused) - 1);
}

static enum verdict judge(void)
{
	int code = WIFEXITED(result.status) ? WEXITSTATUS(result.status) : -1;
	bool said = strstr(result.err, "could not be removed");

	if (result.hung || (result.left && !said))
		return BAD;
	if (fault_signal && WIFSIGNALED(result.status))
		return WTERMSIG(result.status) == fault_signal && begins() && !messages() ? REFUSED : BAD;
	if (code >= 125 && code <= 127 && !result.out[0])
		return messages() == 1 ? REFUSED : BAD;
	if (!strcmp(result.out, wanted) && result.status == wanted_status)
		return result.reached ? SAME : MISSED;
	if (!fault_errno && !fault_signal)
		return (begins() || begins_orphaned()) && WIFSIGNALED(result.status) ? REFUSED : BAD;
	said = strstr(result.err, "output of the program was lost") || strstr(result.err, "note: ended, because");
	return (begins() || begins_orphaned()) && said ? SAME : BAD;
}

static bool wanted_here(const struct call *c, unsigned *at, unsigned step)
{
	if (ends_itself(c->nr) || (fault_errno && (cannot_fail(c->nr) || c->message)))
		return false;
	return (*at)++ % step == step / 2;
}

static bool campaign(const char *title, const char *mode, int error, bool signals, unsigned step, char **argv)
{
	unsigned n[BAD + 1] = {0}, total = 0, at = 0;
	static char bad[SHOWN][4096];

	fault_errno = error;
	fault_signal = 0;
	for (unsigned i = 0; i < n_calls; i++) {
		enum verdict v;
		if (!wanted_here(&calls[i], &at, step))
			continue;
		fault = &calls[i];
		fault_signal = signals ? ending[total % COUNT(ending)] : 0;
		run(argv);
		look(false);
		v = judge();
		total++;
		if (v == BAD && n[BAD] < SHOWN)
			snprintf(bad[n[BAD]], sizeof(bad[0]), "     | %s:%s#%u=%s: status %x%s\n     | %.900s%.900s\n",
				 fault->id, name_of(fault->nr), fault->k, mode, result.status, result.notes,
				 result.out, result.err);
		n[v]++;
	}
	/* what is not reached is left over from other runs: calls of a loop that turns as it likes */
	printf("%s %s, %s: %u of %u faults, %u refused or ended, %u without effect, %u not reached, %u wrong\n",
	       n[BAD] || n[MISSED] * 3 > total || !total ? "FAIL" : "PASS", title, mode, total, at, n[REFUSED], n[SAME],
	       n[MISSED], n[BAD]);
	for (unsigned i = 0; i < n[BAD] && i < SHOWN; i++)
		fputs(bad[i], stdout);
	fflush(stdout);
	return !n[BAD] && n[MISSED] * 3 <= total && total;
}

static bool campaigns(const char *title, char *list, bool kills, bool signals, unsigned step, char **argv)
{
	bool good = true;

	for (char *e = list ? strtok(list, ",") : NULL; e; e = strtok(NULL, ","))
		for (size_t i = 0; i < COUNT(errnos); i++)
			if (!strcmp(errnos[i].name, e))
				good = campaign(title, e, errnos[i].value, false, step, argv) && good;
	if (kills)
		good = campaign(title, "killed", 0, false, step, argv) && good;
	if (signals)
		good = campaign(title, "signaled", 0, true, step, argv) && good;
	return good;
}

static bool first_run(const char *title, const char *file, char **argv)
{
	FILE *f;

	run(argv);
	strcpy(wanted, result.out);
	wanted_status = result.status;
	f = file ? fopen(file, "we") : NULL;
	if (f) {
		fputs(wanted, f);
		fclose(f);
	}
	look(false);
	if (!result.left && WIFEXITED(result.status) && WEXITSTATUS(result.status) < 125 && n_calls)
		return true;
	printf("FAIL %s: the run without fault: status %x%s\n     | %s%s\n", title, result.status, result.notes, result.out,
	       result.err);
	return false;
}

static void tick(int signal)
{
	(void)signal;
}

int main(int argc, char **argv)
{
	struct itimerval often = {{0, 50000}, {0, 50000}};
	struct sigaction wake = {.sa_handler = tick};
	const char *title = "", *file = NULL;
	char *list = NULL;
	unsigned step = 1;
	bool kills = false, signals = false;
	int c;

	while ((c = getopt(argc, argv, "+t:e:n:o:w:x:kms")) > 0)
		switch (c) {
		case 't': title = optarg; break;
		case 'e': list = optarg; break;
		case 'n': step = (unsigned)atoi(optarg); break;
		case 'o': file = optarg; break;
		case 'w': if (n_watched < MAX_WATCHED) watched[n_watched++] = optarg; break;
		case 'x': first_exec = (unsigned)atoi(optarg); break;
		case 'k': kills = true; break;
		case 's': signals = true; break;
		case 'm': marked = true; break;
		default: return 2;
		}
	if (!argv[optind] || !step)
		return 2;
	sigaction(SIGALRM, &wake, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	look(true);
	return first_run(title, file, argv + optind) && campaigns(title, list, kills, signals, step, argv + optind) ? 0 : 1;
}
