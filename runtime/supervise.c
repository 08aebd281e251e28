/*
 * supervise.c - the parent of a supervised start: passes signals on, stops and goes on with the program, keeps its limits, and ends as
 * it ends.
 */
#include "supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "apply.h"
#include "relay.h"
#include "report.h"
#include "start.h"
#include "supervise_priv.h"
#include "thread.h"
#include "wall.h"
#include "watch.h"

/*
 * Dies of the same signal, so that the caller sees what the program did; without a core of its own.
 */
static _Noreturn void end_as(int status)
{
	int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	sigset_t set;

	if (signal) {
		prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); /* process 1 is, for a moment, in the same memory: namespaces.c */
		sigemptyset(&set);
		sigaddset(&set, signal);
		kill(getpid(), signal);
		sigprocmask(SIG_UNBLOCK, &set, NULL);
	}
	_exit(signal ? 128 + signal : WEXITSTATUS(status));
}

/* ---- what it needs before there is a child ------------------------------------------------ */

/*
 * Does the child run in this memory? Process 1 may, which executes nothing; where there is a third process with a copy, a limit on
 * memory that ends all who share it, or something of this process that changes under the child's eyes, it gets memory of its own.
 */
static bool beside(const struct run *r)
{
	return THREAD_OWN && !r->embedded && namespaces_wanted(r, ISOLATE_PID) && !start_cgroup(r) && !notify_wanted(r) &&
	       !r->plan->launch.output_where.at && r->plan->launch.terminal != TERMINAL_NEW;
}

static struct shared *shared_map(void)
{
	struct shared *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return shared == MAP_FAILED ? NULL : shared;
}

static void shared_take(struct supervisor *s, struct shared *shared)
{
	s->link.shared = shared;
	s->run->fault = &shared->fault;
}

static bool shared_make(struct supervisor *s)
{
	struct shared *shared;

	s->beside = beside(s->run);
	if (s->run->link)
		shared = s->run->link->shared;
	else
		shared = s->beside ? pool_take(s->run->pool, sizeof(*shared)) : shared_map();
	if (!shared)
		return fault(s, "memory");
	shared->listener = -1;
	shared->cgroup.dir = shared->cgroup.leaf = -1;
	shared_take(s, shared);
	return true;
}

bool supervise_apart(struct supervisor *s)
{
	struct shared *shared = shared_map();

	s->beside = false;
	if (!shared)
		return false;
	*shared = *s->link.shared;
	shared_take(s, shared);
	return true;
}

/* All of them wait in the signalfd, but for a hang-up that is ignored; an ignored SIGCHLD would take the exit status away. */
static bool signals_hold(struct supervisor *s)
{
	sigset_t all;

	sigfillset(&all);
	if (signals_hangup_ignored())
		sigdelset(&all, SIGHUP);
	if (signal(SIGCHLD, SIG_DFL) == SIG_ERR)
		return fault(s, "signal");
	if (sigprocmask(SIG_SETMASK, &all, NULL))
		return fault(s, "sigprocmask");
	s->signals = signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
	return s->signals >= 0 || fault(s, "signalfd");
}

static bool tick_begin(struct supervisor *s)
{
	const struct itimerspec second = {.it_interval.tv_sec = 1, .it_value.tv_sec = 1};

	s->tick = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	return s->tick >= 0 && timerfd_settime(s->tick, 0, &second, NULL) == 0;
}

static void tick_take(struct supervisor *s)
{
	uint64_t n;

	if (read(s->tick, &n, sizeof(n)) == sizeof(n))
		watch_line(&(struct watched){.wall_us = wall_clock_us() - s->began_us,
					     .cgroup = job(s)->dir,
					     .process = s->child,
					     .init = has_init(s)});
}

/* The time of the job begins; what waits for a request has none yet. */
static void time_begin(struct supervisor *s)
{
	const struct launch *l = &s->run->plan->launch;

	s->began_us = wall_clock_us();
	if (!l->wall_where.at)
		return;
	s->link.shared->deadline_us = s->began_us + amount_get(&s->run->vars, &l->wall) * 1000;
	guard_deadline(&s->guard);
	if (s->run->request && has_init(s))
		kill(s->child, SIGNAL_DEADLINE);
}

static bool clocks_begin(struct supervisor *s)
{
	if (s->run->options->watch && !tick_begin(s))
		return fault(s, "timerfd");
	if (!s->run->request)
		time_begin(s);
	return true;
}

static bool output_begin(struct supervisor *s)
{
	const struct launch *l = &s->run->plan->launch;
	uint64_t most = l->output_where.at ? amount_get(&s->run->vars, &l->output) : UINT64_MAX;

	if (l->terminal == TERMINAL_NEW) {
		s->copies = true;
		if (!terminal_open(&s->terminal) ||
		    !output_open_terminal(&s->output, most, s->terminal.outer))
			return fault(s, "a new terminal");
		return true;
	}
	s->copies = l->output_where.at != NULL;
	return !s->copies || output_open(&s->output, most) || fault(s, "pipe");
}

/* The guard comes in between: it goes where this process went, and must be there before there is something to guard. */
static bool job_begin(struct supervisor *s)
{
	const struct run *r = s->run;

	if (!cgroup_begin(job(s), &r->host.cgroup, r->fault))
		return false;
	if (!has_init(s) && !guard_begin(&s->guard, s->link.shared))
		return fault(s, "fork of the guard");
	return cgroup_make(job(s), &r->host.cgroup, &r->plan->cgroup, &r->vars, r->fault);
}

/* False: something is left. */
static bool job_end(struct supervisor *s)
{
	bool gone = cgroup_end(job(s));

	guard_end(&s->guard);
	return cgroup_leave(job(s)) && gone;
}

static bool limits_begin(struct supervisor *s)
{
	const struct run *r = s->run;

	if (start_cgroup(r) && !job_begin(s))
		return false;
	return output_begin(s) && clocks_begin(s);
}

/* ---- staying with it ----------------------------------------------------------------------- */

/* The program stopped: so do we, for whoever waits for us; when we go on, so does it. */
static void stop_along(struct supervisor *s)
{
	if (s->copies)
		output_finish(&s->output); /* what it wrote before it stopped */
	terminal_give_back(&s->terminal);
	kill(getpid(), SIGSTOP);
	terminal_take(&s->terminal);
	relay_signal(s->child, SIGCONT, launch_session(&s->run->plan->launch));
}

/*
 * A program that stops itself must not stop those who keep its limits; one that was stopped by
 * order of the caller takes us along, limits and all, as the caller wants it.
 */
static void child_stopped(struct supervisor *s)
{
	bool limited = s->run->plan->launch.wall_where.at || s->run->plan->launch.output_where.at;

	if (!limited || s->stop_asked)
		stop_along(s);
	s->stop_asked = false;
}

static void tree_end(struct supervisor *s)
{
	if (job(s)->dir >= 0)
		cgroup_kill(job(s));
	kill(s->child, SIGKILL);
}

/* Has it ended? how: WUNTRACED, or has it stopped? */
static bool child_told(struct supervisor *s, int how)
{
	struct outcome *o = &s->outcome;
	int status;

	if (o->cpu_limit_us)
		o->cpu_us = process_cpu_us(s->child);
	if (wait4(s->child, &status, WNOHANG | how, &o->usage) != s->child)
		return false;
	s->ended = !WIFSTOPPED(status);
	if (s->ended)
		o->status = status;
	return true;
}

static void child_look(struct supervisor *s)
{
	if (s->link.shared->messenger > 0 && !has_init(s) &&
	    waitpid(s->link.shared->messenger, NULL, WNOHANG) > 0)
		s->link.shared->messenger = 0;
	if (guard_ended(&s->guard)) {
		s->unguarded = true;
		tree_end(s);
	}
	while (child_told(s, WUNTRACED) && !s->ended)
		child_stopped(s);
}

/* Everything of the program ends now; what is reported as the end is still its wait status. */
static void tree_kill(struct supervisor *s, enum ended_by by)
{
	if (s->outcome.by != BY_ITSELF)
		return;
	s->outcome.by = by;
	tree_end(s);
}

/* One that ends a job, which is no job yet. Its process would hear of it only as the program, and may never get there. */
static bool gives_up(const struct supervisor *s, int signal)
{
	return s->link.shared->phase == PHASE_SETUP &&
	       (signal == SIGINT || signal == SIGQUIT || signal == SIGHUP || signal == SIGTERM);
}

static void give_up(struct supervisor *s, int signal)
{
	s->given_up = signal;
	tree_end(s);
}

/* Without a session of its own the program has got from the terminal what we have got. */
static void signal_take(struct supervisor *s)
{
	bool session = launch_session(&s->run->plan->launch);
	struct signalfd_siginfo info;

	/* what nearly every signal here is about: then none has to be read */
	if (child_told(s, 0))
		return;
	while (read(s->signals, &info, sizeof(info)) == sizeof(info)) {
		int signal = (int)info.ssi_signo;
		bool stop = signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
		s->stop_asked |= stop;
		if (signal == SIGCHLD)
			child_look(s);
		else if (s->run->embedded && signal == SIGNAL_END_TREE)
			tree_end(s);
		else if (gives_up(s, signal))
			give_up(s, signal);
		else if (s->terminal.outer >= 0 && signal == SIGWINCH)
			terminal_resize(&s->terminal);
		else if (has_init(s) && (session || info.ssi_code != SI_KERNEL))
			kill(s->child, signal);
		else if (session || info.ssi_code != SI_KERNEL)
			relay_signal(s->child, signal, session);
		if (s->ended)
			return;
	}
}

/* Does it have something to say later, or stderr to copy to? */
static bool speaks(const struct supervisor *s)
{
	return s->run->report || s->tick >= 0 || notify_wanted(s->run) || s->link.shared->deadline_us || s->copies || job(s)->dir >= 0 || view_kept_wanted(s->run);
}

/* A process that only waits must not keep a pipe open that the program has closed. */
static void descriptors_drop(const struct supervisor *s)
{
	bool silent = s->link.shared->phase == PHASE_EXEC && !speaks(s);
	int last = s->copies ? STDIN_FILENO : silent ? STDERR_FILENO : STDOUT_FILENO;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int fd = STDIN_FILENO; fd <= last; fd++)
		if (null < 0 || dup2(null, fd) < 0)
			close(fd);
	close(null);
}

/* The program runs now, or its process ended; faults are in memory, so stderr is not needed for them. */
static void started_take(struct supervisor *s)
{
	close(s->link.started);
	s->link.started = -1;
	if (s->run->ready >= 0)
		close(s->run->ready);
	s->run->ready = -1;
	if (s->run->request)
		time_begin(s);
	if (s->terminal.outer < 0)
		descriptors_drop(s);
}

static void event_take(struct supervisor *s)
{
	uint64_t stops;

	if (read(s->link.events, &stops, sizeof(stops)) == sizeof(stops))
		child_stopped(s);
}

/*
 * A program whose refused calls nobody sees is not what the plan asks for. One that has ended made none: such a call waits
 * for its answer. Process 1 takes the messenger along then, before it is known here that it ended.
 */
static void listener_take(struct supervisor *s)
{
	const struct shared *shared = s->link.shared;

	if (notify_take_listener(&s->notify) || shared->phase != PHASE_EXEC || shared->ended)
		return;
	s->unobserved = true;
	tree_end(s);
}

/*
 * A program that sees more than the plan says runs no further. One that never got there says itself why, and sent nothing or has
 * ended since.
 */
static void kept_look(struct supervisor *s)
{
	struct view_kept *k = &s->kept;
	bool kept = k->mailbox >= 0 ? view_kept_take(k) : view_kept_look(k);

	if (kept || s->link.shared->phase == PHASE_FAILED || s->uncovered)
		return;
	s->uncovered = true;
	k->table = -1;
	tree_end(s);
}

enum { WATCHED = 8, STDIO_MS = 10 };

static int sooner(int ms, int most)
{
	return ms < 0 || ms > most ? most : ms;
}

/* When the time of the job is over it ends here. */
static int wait_ms(struct supervisor *s, bool asked)
{
	int left = s->outcome.by == BY_ITSELF ? wall_left_ms(s->link.shared, WALL_FIRST_MS) : -1;

	if (left == 0)
		tree_kill(s, BY_WALL);
	if (s->kept.table >= 0)
		left = sooner(left, VIEW_KEPT_MS);
	return asked ? left : sooner(left, STDIO_MS);
}

/*
 * That the program runs now is waited for only by whoever launched it, and to let go of stdio, which has a moment's time:
 * where others want the processor too, waking this process costs the program more than its start.
 */
static void stay(struct supervisor *s)
{
	bool asked = s->run->ready >= 0;

	while (!s->ended) {
		struct pollfd p[WATCHED + OUTPUT_STREAMS] = {
		    {.fd = s->signals, .events = POLLIN},
		    {.fd = asked ? s->link.started : -1, .events = POLLIN},
		    {.fd = s->link.events, .events = POLLIN},
		    {.fd = s->notify.mailbox, .events = POLLIN},
		    {.fd = s->notify.listener, .events = POLLIN},
		    {.fd = s->tick, .events = POLLIN},
		    s->terminal.outer >= 0 ? terminal_poll(&s->terminal) : (struct pollfd){.fd = -1},
		    {.fd = s->kept.mailbox >= 0 ? s->kept.mailbox : s->kept.table,
		     .events = s->kept.mailbox >= 0 ? POLLIN : POLLPRI},
		};
		unsigned n = s->copies ? output_poll(&s->output, p + WATCHED) : 0;
		int ready = poll(p, WATCHED + n, wait_ms(s, asked));
		asked = true; /* woken anyway */
		if (p[7].revents || view_kept_due(&s->kept))
			kept_look(s);
		if (ready <= 0)
			continue;
		if (p[3].revents)
			listener_take(s);
		if (p[4].revents)
			notify_answer(&s->notify, p[4].revents, s->run->plan);
		if (p[5].revents)
			tick_take(s);
		terminal_copy(&s->terminal, &p[6]);
		if (n)
			output_copy(&s->output, p + WATCHED);
		if (n && s->output.over)
			tree_kill(s, BY_OUTPUT);
		if (p[1].revents)
			started_take(s);
		if (p[2].revents)
			event_take(s);
		if (p[0].revents)
			signal_take(s);
	}
}

/* ---- the end ------------------------------------------------------------------------------- */

/* It may still wait for a listener that never comes. */
static void messenger_end(struct supervisor *s)
{
	pid_t pid = s->link.shared->messenger;

	if (pid <= 0 || has_init(s))
		return;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* What is still in the cgroup ends now; then the pipes have no writers that matter. */
static void limits_end(struct supervisor *s)
{
	struct outcome *o = &s->outcome;

	o->wall_us = wall_clock_us() - s->began_us;
	if (s->link.shared->overdue && o->by == BY_ITSELF)
		o->by = BY_WALL;
	if (s->given_up)
		o->status = s->given_up;
	messenger_end(s);
	if (s->link.shared->ended) {
		o->status = s->link.shared->status;
		o->cpu_us = s->link.shared->cpu_us;
	}
	if (job(s)->dir >= 0) {
		cgroup_kill(job(s));
		o->counted = true;
		cgroup_count(job(s), &o->counts);
		if (!job_end(s))
			note_print("the cgroup of this start could not be removed");
	}
	if (s->copies)
		output_finish(&s->output);
	terminal_give_back(&s->terminal);
	if (s->copies && s->output.lost)
		note_print("output of the program was lost");
}

static const char *unsafe_why(struct supervisor *s)
{
	struct span lost = s->kept.lost.len ? s->kept.lost : span_of("a place of its tree");
	struct text t;

	if (s->unobserved)
		return SAID("nobody could see its refused system calls");
	if (s->unguarded)
		return SAID("its guard was killed");
	if (!s->uncovered)
		return NULL;
	t = text_over(s->link.shared->unsafe, sizeof(s->link.shared->unsafe));
	text_put(&t, "%.*s was made, replaced, moved or removed from outside: what is denied there is denied no more", SPAN(lost));
	return s->link.shared->unsafe;
}

static void limit_note(const struct supervisor *s)
{
	const struct outcome *o = &s->outcome;

	if (o->unsafe)
		note_print("ended, because %s", o->unsafe);
	switch (o->by) {
	case BY_WALL:
		note_print("ended by `limit wall`");
		break;
	case BY_OUTPUT:
		note_print("ended by `limit output`");
		break;
	case BY_ITSELF:
		if (o->counts.oom_kills && WIFSIGNALED(o->status))
			note_print("ended by `limit memory`");
		break;
	}
}

static bool never_ran(struct supervisor *s)
{
	if (s->link.shared->phase == PHASE_FAILED)
		return false;
	fault_say(s->run->fault, ERR_STEP, "step start");
	if (WIFSIGNALED(s->outcome.status))
		return fault_add(
		    s->run->fault,
		    "failed the process that was to become the program died of signal %u",
		    WTERMSIG(s->outcome.status));
	return fault_add(s->run->fault, "failed the process that was to become the program ended");
}

/* Not on the stack, which would have to be cleared: most of it is buffers that few starts touch. Gone with this process. */
static struct supervisor *supervisor_new(struct run *r)
{
	struct supervisor *s = pool_take(r->pool, sizeof(*s));

	if (!s)
		return NULL;
	s->run = r;
	s->signals = s->tick = s->guard.held = -1;
	s->notify.said = s->said;
	s->notify.mailbox = s->notify.reserve = s->notify.listener = -1;
	s->kept.mailbox = s->kept.reserve = s->kept.table = -1;
	s->terminal.outer = s->terminal.inner = -1;
	return s;
}

bool supervise(struct run *r)
{
	struct supervisor *s = supervisor_new(r);

	if (!s)
		return fault_step(r->fault, "supervise", "memory");
	if (!shared_make(s))
		return false;
	s->outcome.cpu_limit_us = rlimits_cpu_us(r);
	s->link.shared->cpu_limited = s->outcome.cpu_limit_us != 0;
	if (!signals_hold(s) || !limits_begin(s) || !apply_groups(r) || !supervise_child(s)) {
		job_end(s);
		return false;
	}
	stay(s);
	limits_end(s);
	if (s->link.shared->phase != PHASE_EXEC && (!s->given_up || s->run->embedded))
		return never_ran(s);
	s->outcome.unsafe = unsafe_why(s);
	limit_note(s);
	if (r->report)
		report_outcome(r->report, r, &s->outcome);
	s->link.shared->outcome = s->outcome;
	s->link.shared->told = true;
	if (s->outcome.by != BY_ITSELF)
		_exit(EXIT_LIMIT);
	end_as(s->outcome.status);
}
