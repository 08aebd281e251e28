/*
 * check.c - libsbx as a program uses it. Prints PASS and FAIL lines.
 *
 *     check PLAN PROBE DIR OUTSIDE [SECTION]     DIR: what the plan lets the program read (param dir); OUTSIDE: a file beside it
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sbx.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *plan_dir, *probe, *dir, *outside;
static struct sbx_plan *plan;
static int failed;

static void is(const char *what, long got, long want)
{
	if (got == want) {
		printf("PASS libsbx: %s\n", what);
		return;
	}
	printf("FAIL libsbx: %s: got %ld, wanted %ld\n", what, got, want);
	failed = 1;
}

static void holds(const char *what, bool yes)
{
	is(what, yes, true);
}

static char set_dir[4096];
static const char *const sets[] = {set_dir, NULL};

static struct sbx_options options_of(char *const *argv)
{
	return (struct sbx_options){.size = sizeof(struct sbx_options), .argv = argv, .set = sets};
}

/* What the program prints, up to size; the exit code or -signal. -1000: it did not start. */
static int run(char *const *argv, char *out, size_t size, struct sbx_error *e)
{
	int pipes[2], stdio[3] = {-1, -1, 2};
	struct sbx_options o = options_of(argv);
	struct sbx_status status = {0};
	size_t got = 0;
	ssize_t n;

	if (pipe2(pipes, O_CLOEXEC))
		abort();
	stdio[1] = pipes[1];
	o.stdio = stdio;
	struct sbx_process *p = sbx_launch(plan, &o, e);
	close(pipes[1]);
	while (p && out && (n = read(pipes[0], out + got, size - 1 - got)) > 0)
		got += (size_t)n;
	if (out)
		out[got] = 0;
	close(pipes[0]);
	if (!p)
		return -1000;
	if (sbx_wait(p, -1, &status) != 1)
		status = (struct sbx_status){.signal = 999};
	sbx_process_close(p);
	return status.exited ? status.code : -status.signal;
}

#define ARGV(...) ((char *[]){(char *)probe, __VA_ARGS__, NULL})

static void plans(void)
{
	struct sbx_error e;
	struct sbx_guarantee g;
	bool landlock = false;

	holds("a plan that is not there is refused", !sbx_plan_open("/nonexistent", NULL, &e));
	is("  with its code", strcmp(e.code, "E0602"), 0);
	is("  and the exit code of sbx-run", e.exit_code, 125);
	holds("  and text that ends with a newline", e.text[0] && e.text[strlen(e.text) - 1] == '\n');
	holds("another digest is refused",
	      !sbx_plan_open(plan_dir, "sha256:0000000000000000000000000000000000000000000000000000000000000000", &e));
	is("  with its code", strcmp(e.code, "E0604"), 0);
	holds("a caller that wants no reason gets none", !sbx_plan_open("/nonexistent", NULL, NULL));
	is("the policy's name", strcmp(sbx_plan_policy(plan), "lib"), 0);
	is("the policy's version", strcmp(sbx_plan_policy_version(plan), "1.2.3"), 0);
	is("the id has 32 digits", (long)strlen(sbx_plan_id(plan)), 32);
	for (unsigned i = 0; sbx_plan_guarantee(plan, i, &g) == 0; i++)
		landlock |= strstr(g.mechanisms, "landlock") && g.kept && !strncmp(g.where, "lib.sbx", 7);
	holds("a guarantee names mechanism and line, and this host keeps it", landlock);
}

/* Where a path begins that does not begin at the root. */
static void relative(void)
{
	char folder[4096], name[4096];
	char *argv[] = {name, "exit", "7", NULL};
	struct sbx_options o = options_of(argv);
	struct sbx_status status = {0};
	struct sbx_process *p;
	struct sbx_error e;

	snprintf(folder, sizeof(folder), "%.*s", (int)(strrchr(probe, '/') - probe), probe);
	snprintf(name, sizeof(name), "./%s", strrchr(probe, '/') + 1);
	holds("a program that is not in the caller's directory is refused", !sbx_launch(plan, &o, &e));
	o.directory = folder;
	p = sbx_launch(plan, &o, &e);
	holds("  and found where it is to start", p && sbx_wait(p, -1, &status) == 1 && status.exited && status.code == 7);
	sbx_process_close(p);
}

/* Pages that the caller touches anew for a launch: of a plan that has launched, or of one for which it is the first. */
static double pages_of(unsigned n, bool first)
{
	struct sbx_error e;
	struct sbx_options o = options_of(ARGV("exit", "0"));
	struct rusage before, after;
	double pages = 0;

	for (unsigned i = 0; i < n; i++) {
		struct sbx_plan *of = first ? sbx_plan_open(plan_dir, NULL, &e) : plan;
		getrusage(RUSAGE_SELF, &before);
		struct sbx_process *p = sbx_launch(of, &o, &e);
		getrusage(RUSAGE_SELF, &after);
		pages += (double)(after.ru_minflt - before.ru_minflt) / n;
		sbx_wait(p, -1, NULL);
		sbx_process_close(p);
		if (first)
			sbx_plan_close(of);
	}
	return pages;
}

/* What a launch has touched the next one of its plan has; that of another begins anew. */
__attribute__((unused)) static void memory(void)
{
	double warm = pages_of(50, false), cold = pages_of(50, true);

	printf("# pages: %.2f of a plan that has launched, %.2f of one that has not\n", warm, cold);
	holds("a launch touches no page that the one before it has", warm < 1);
	holds("  and control: the first of its plan does", cold > warm + 1);
}

static void launches(void)
{
	struct sbx_error e;
	char out[512], file[4096], *const missing[] = {"/nonexistent", NULL};
	struct sbx_options o = options_of(missing);

	snprintf(file, sizeof(file), "%s/in", dir);
	is("a program runs", run(ARGV("print", "hello"), out, sizeof(out), &e), 0);
	holds("  and its output is where it was sent", strstr(out, "hello") != NULL);
	is("its exit code is told", run(ARGV("exit", "42"), NULL, 0, &e), 42);
	is("its signal is told", run(ARGV("die", "6"), NULL, 0, &e), -6);
	is("what is allowed can be read", run(ARGV("read", file), out, sizeof(out), &e), 0);
	holds("the file outside can be read without the sandbox", access(outside, R_OK) == 0);
	is("  and not under the plan", run(ARGV("read", (char *)outside), out, sizeof(out), &e), 1);
	holds("  by Landlock", strstr(out, "EACCES") != NULL);
	holds("a missing program is refused", !sbx_launch(plan, &o, &e));
	is("  with its code", strcmp(e.code, "E0620"), 0);
	is("  and 127", e.exit_code, 127);
	holds("  in the words of who looks for it outside", strstr(e.text, "missing    /nonexistent: no such file") != NULL);
	o = options_of((char *[]){file, NULL});
	holds("a file that is no program is refused", !sbx_launch(plan, &o, &e) && !strcmp(e.code, "E0621") && e.exit_code == 126);
	holds("  in those words", strstr(e.text, "not a regular file that this user may execute") != NULL);
	relative();
	o = options_of(ARGV("print", "x"));
	o.set = NULL;
	holds("a param without a value is refused", !sbx_launch(plan, &o, &e));
	is("  with its code", strcmp(e.code, "E0613"), 0);
	o.set = (const char *const[]){"dir=relative", NULL};
	holds("a value that does not fit is refused", !sbx_launch(plan, &o, &e) && !strcmp(e.code, "E0612"));
	o.set = (const char *const[]){"nothing", NULL};
	holds("a set without = is refused", !sbx_launch(plan, &o, &e) && !strcmp(e.code, "E0600"));
	o = options_of(ARGV("print", "x"));
	o.size = 0;
	holds("options without their size are refused", !sbx_launch(plan, &o, &e) && !strcmp(e.code, "E0600"));
	o = options_of(ARGV("print", "x"));
	o.directory = "/nonexistent";
	holds("a directory that is not there is refused", !sbx_launch(plan, &o, &e) && !strcmp(e.code, "E0626"));
}

static void handler(int signal)
{
	(void)signal;
	_exit(99);
}

/* What the caller has must not reach the program: descriptors, handlers, blocked and ignored signals. */
static void inheritance(void)
{
	struct sbx_error e;
	char out[2048];
	sigset_t usr1, old;
	int leak = open("/", O_RDONLY | O_DIRECTORY);

	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	sigprocmask(SIG_BLOCK, &usr1, &old);
	signal(SIGTERM, handler);
	signal(SIGPIPE, SIG_IGN);
	is("the program shows its state", run(ARGV("fds", ",", "state"), out, sizeof(out), &e), 0);
	holds("the caller has a descriptor that the program lacks", leak > 2 && !strstr(out, " 3"));
	holds("no signal is blocked or ignored in the program",
	      strstr(out, "blocked 0 ignored 0 ") != NULL);
	holds("the caller's own are as they were",
	      sigprocmask(SIG_SETMASK, &old, &usr1) == 0 && sigismember(&usr1, SIGUSR1) &&
		  signal(SIGPIPE, SIG_DFL) == SIG_IGN && signal(SIGTERM, SIG_DFL) == handler);
	close(leak);
}

static void waiting(void)
{
	struct sbx_error e;
	struct sbx_status status;
	struct sbx_options o = options_of(ARGV("sleep", "30000"));
	struct sbx_process *p = sbx_launch(plan, &o, &e);
	struct pollfd end = {.events = POLLIN};
	pid_t own = fork();

	if (own == 0)
		_exit(17);
	if (!p) {
		fputs(e.text, stdout);
		abort();
	}
	end.fd = sbx_process_pidfd(p);
	is("a running program has not ended", sbx_wait(p, 0, &status), 0);
	is("  nor in 20 ms", sbx_wait(p, 20, &status), 0);
	is("  and its pidfd is not readable", poll(&end, 1, 0), 0);
	is("it can be killed", sbx_kill(p), 0);
	is("  then it has ended", sbx_wait(p, 5000, &status), 1);
	is("  by that signal", status.signal, SIGKILL);
	holds("  after some time, with some memory", status.wall_us >= 20000 && status.peak_bytes > 0);
	is("its status can be asked for again", sbx_wait(p, 0, &status), 1);
	is("a second kill harms nobody", sbx_kill(p), 0);
	sbx_process_close(p);
	int code = 0;
	holds("a child of the caller is still the caller's", waitpid(own, &code, 0) == own && WEXITSTATUS(code) == 17);
	signal(SIGCHLD, SIG_IGN);
	o = options_of(ARGV("print", "x"));
	p = sbx_launch(plan, &o, &e);
	holds("with SIGCHLD ignored the end cannot be told, and that is said",
	      p && sbx_wait(p, 5000, &status) == -1 && errno == ECHILD);
	signal(SIGCHLD, SIG_DFL);
	sbx_process_close(p);
	o = options_of(ARGV("sleep", "30000"));
	p = sbx_launch(plan, &o, &e);
	pid_t pid = sbx_process_pid(p);
	sbx_process_close(p);
	holds("closing ends what still runs", kill(pid, 0) == -1 && errno == ESRCH);
	sbx_process_close(NULL);
	sbx_plan_close(NULL);
	sbx_pool_close(NULL);
}

enum { THREADS = 8, LAUNCHES = 50 };
static volatile bool churn_stop;

static void *churn(void *arg)
{
	while (!churn_stop)
		free(malloc(1 + (size_t)rand() % 5000));
	return arg;
}

static void *launcher(void *arg)
{
	long wrong = 0, me = (long)arg;
	char code[8];
	struct sbx_error e;

	for (long i = 0; i < LAUNCHES; i++) {
		snprintf(code, sizeof(code), "%ld", (me * LAUNCHES + i) % 120);
		wrong += run(ARGV("exit", code), NULL, 0, &e) != atoi(code);
	}
	return (void *)wrong;
}

static int open_descriptors(void)
{
	int n = 0;

	for (int fd = 0; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static void threads(void)
{
	pthread_t t[THREADS], c;
	long wrong = 0;
	void *one;
	int before = open_descriptors();

	pthread_create(&c, NULL, churn, NULL);
	for (long i = 0; i < THREADS; i++)
		pthread_create(&t[i], NULL, launcher, (void *)i);
	for (int i = 0; i < THREADS; i++) {
		pthread_join(t[i], &one);
		wrong += (long)one;
	}
	churn_stop = true;
	pthread_join(c, NULL);
	is("8 threads launch 400 programs of one plan at once, each told its own exit code", wrong, 0);
	is("  and no descriptor is left", open_descriptors(), before);
	is("  and no child", waitpid(-1, NULL, 0) == -1 && errno == ECHILD, true);
}

static void *idle(void *arg)
{
	pause();
	return arg;
}

/* In a child each, whose exit code says what it saw. */
static int self_child(int which)
{
	struct sbx_error e;
	struct sbx_options o = options_of(NULL);
	char file[4096];
	pthread_t t;

	snprintf(file, sizeof(file), "%s/in", dir);
	if (which == 1)
		pthread_create(&t, NULL, idle, NULL);
	if (open(outside, O_RDONLY) < 0)
		return 10;
	if (sbx_apply_self(plan, &o, &e))
		return strcmp(e.code, "E0600") ? 11 : 12;
	if (open(file, O_RDONLY) < 0)
		return 13;
	return open(outside, O_RDONLY) < 0 && errno == EACCES ? 0 : 14;
}

static void self(void)
{
	int codes[2];

	for (int i = 0; i < 2; i++) {
		pid_t pid = fork();
		if (pid == 0)
			_exit(self_child(i));
		waitpid(pid, &codes[i], 0);
		codes[i] = WIFEXITED(codes[i]) ? WEXITSTATUS(codes[i]) : -1;
	}
	is("a process that confines itself reads the file outside before, and not after", codes[0], 0);
	is("one with two threads is refused", codes[1], 12);
}

/* From the pool: what the program prints. */
static int pool_run(struct sbx_pool *pool, char *const *argv, char *out, size_t size, struct sbx_error *e, pid_t *pid)
{
	int pipes[2], stdio[3] = {-1, -1, 2};
	struct sbx_status status = {0};
	size_t got = 0;
	ssize_t n;

	if (pipe2(pipes, O_CLOEXEC))
		abort();
	stdio[1] = pipes[1];
	struct sbx_process *p = sbx_pool_launch(pool, argv, stdio, e);
	close(pipes[1]);
	while (p && (n = read(pipes[0], out + got, size - 1 - got)) > 0)
		got += (size_t)n;
	out[got] = 0;
	close(pipes[0]);
	if (!p)
		return -1000;
	*pid = sbx_process_pid(p);
	sbx_wait(p, -1, &status);
	sbx_process_close(p);
	return status.exited ? status.code : -status.signal;
}

static void pools(void)
{
	struct sbx_error e;
	struct sbx_options o = options_of(ARGV("print", "x"));
	int before = open_descriptors(), bad = 0, again = 0;
	pid_t pids[12], pid = 0;
	char out[2048], text[16], *huge = malloc(70000);

	memset(huge, 'x', 69999);
	huge[69999] = 0;
	holds("a pool of none is refused", !sbx_pool_open(plan, &o, 0, &e));
	holds("a pool of 257 is refused, with the bound", !sbx_pool_open(plan, &o, 257, &e) && strstr(e.text, "1 to 256") && !strcmp(e.code, "E0626"));
	struct sbx_pool *most = sbx_pool_open(plan, &o, 256, &e);
	is("a pool of 256 stands ready", most ? sbx_pool_ready(most) : 0, 256);
	if (most)
		sbx_pool_close(most);
	o.set = NULL;
	holds("a pool that could start nothing is refused", !sbx_pool_open(plan, &o, 2, &e) && !strcmp(e.code, "E0613"));
	o.set = sets;
	struct sbx_pool *pool = sbx_pool_open(plan, &o, 3, &e);
	if (!pool) {
		fputs(e.text, stdout);
		abort();
	}
	is("a pool stands ready", sbx_pool_ready(pool), 3);
	for (int i = 0; i < 12; i++) {
		snprintf(text, sizeof(text), "request-%d", i);
		bad += pool_run(pool, ARGV("print", text), out, sizeof(out), &e, &pids[i]) != 0 || !strstr(out, text);
		for (int k = 0; k < i; k++)
			again += pids[k] == pids[i];
		if (i == 7 && sbx_pool_fill(pool, &e))
			bad++;
	}
	is("12 requests get their own answer", bad, 0);
	is("  each from a process of its own", again, 0);
	is("what the plan denies is denied", pool_run(pool, ARGV("read", (char *)outside), out, sizeof(out), &e, &pid), 1);
	is("  the filter too", pool_run(pool, ARGV("socket", "2", "1"), out, sizeof(out), &e, &pid), 1);
	is("descriptors and signals are fresh", pool_run(pool, ARGV("fds", ",", "state"), out, sizeof(out), &e, &pid), 0);
	holds("  no descriptor of the caller, none of the pool", !strstr(out, " 3"));
	is("too long arguments are refused", pool_run(pool, ARGV("print", huge), out, sizeof(out), &e, &pid), -1000);
	sbx_pool_fill(pool, &e);
	is("the pool is full again", sbx_pool_ready(pool), 3);
	sbx_pool_close(pool);
	is("closing it leaves no descriptor", open_descriptors(), before);
	is("  and no child", waitpid(-1, NULL, 0) == -1 && errno == ECHILD, true);
	free(huge);
}

static const struct {
	const char *name;
	void (*run)(void);
} sections[] = {{"plans", plans},     {"launches", launches}, {"inheritance", inheritance}, {"waiting", waiting},
		{"threads", threads}, {"self", self},	      {"pools", pools},
#ifndef __SANITIZE_ADDRESS__ /* whose own memory is never used twice in a row */
		{"memory", memory},
#endif
};

int main(int argc, char **argv)
{
	struct sbx_error e;

	if (argc < 5)
		return 2;
	plan_dir = argv[1];
	probe = argv[2];
	dir = argv[3];
	outside = argv[4];
	setvbuf(stdout, NULL, _IOLBF, 0);
	snprintf(set_dir, sizeof(set_dir), "dir=%s", dir);
	plan = sbx_plan_open(plan_dir, NULL, &e);
	if (!plan) {
		fputs(e.text, stdout);
		puts("FAIL libsbx: the plan opens");
		return 1;
	}
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++)
		if (argc < 6 || !strcmp(argv[5], sections[i].name))
			sections[i].run();
	sbx_plan_close(plan);
	return failed;
}
