/*
 * notify.c - makes the notifying filter, hands its listener to the supervisor, and answers there.
 */
#include "notify.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "bpf_run.h"
#include "calls.h"
#include "pass_fd.h"
#include "relay.h"

enum {
	NEW_LISTENER = 1 << 3,
	WAIT_KILLABLE = 1 << 5, /* Linux 5.19: no signal interrupts a call that the supervisor has seen */
	CONTINUE = 1 << 0,      /* of a response */
	RET_ACTION = 0x7fff0000,
	RET_ERRNO = 0x00050000,
	RET_NOTIFY = 0x7fc00000,
	RET_ALLOW = 0x7fff0000,
	RET_DATA = 0xffff,
	INSN_RET_K = 0x06,
};

/* <linux/seccomp.h> */
struct notification {
	uint64_t id;
	uint32_t pid, flags;
	struct {
		int32_t nr;
		uint32_t arch;
		uint64_t ip, args[6];
	} data;
};
struct response {
	uint64_t id;
	int64_t val;
	int32_t error;
	uint32_t flags;
};
#define NOTIF_RECV 0xc0502100ul
#define NOTIF_SEND 0xc0182101ul
_Static_assert(sizeof(struct notification) == 80 && sizeof(struct response) == 24,
	       "the sizes in the requests");

static bool notifies(const struct bpf_program *p)
{
	for (unsigned i = 0; i < p->len; i++)
		if (p->insns[i].code == INSN_RET_K && (p->insns[i].k & RET_ACTION) == RET_NOTIFY)
			return true;
	return false;
}

bool notify_wanted(const struct run *r)
{
	return r->host.seccomp &&
	       (r->plan->launch.observe != OBSERVE_OFF || notifies(&r->plan->filter));
}

static bool observed(const struct run *r, uint32_t k)
{
	return (k & RET_ACTION) == RET_ERRNO || (k == RET_ALLOW && r->plan->launch.observe == OBSERVE_ALL);
}

bool notify_prepare(struct run *r)
{
	const struct bpf_program *p = &r->plan->filter;
	struct bpf_insn *insns;

	r->observed = *p;
	if (r->plan->launch.observe == OBSERVE_OFF)
		return true;
	insns = pool_take(r->pool, p->len * sizeof(*insns));
	if (!insns)
		return fault_step(r->fault, "seccomp", "memory");
	memcpy(insns, p->insns, p->len * sizeof(*insns));
	for (unsigned i = 0; i < p->len; i++)
		if (insns[i].code == INSN_RET_K && observed(r, insns[i].k))
			insns[i].k = RET_NOTIFY;
	r->observed.insns = insns;
	return true;
}

/* ---- the listener's way -------------------------------------------------------------------- */

/*
 * Shares the descriptors until exec takes the program's own copy; sees the listener's number in memory, since a process
 * behind the filter may be able to say nothing. Waits as long as the filter takes on a slow machine, and no longer than the
 * supervisor lives, whose end of the pipe `started` goes with it; who ends it when the start has ended is messenger_end().
 */
static _Noreturn void messenger(const struct link *link)
{
	const struct shared *shared = link->shared;
	struct pollfd supervisor = {.fd = link->started};

	while (shared->listener < 0)
		if (shared->phase == PHASE_FAILED || poll(&supervisor, 1, 1) > 0)
			_exit(1);
	_exit(!pass_fd_send(link->mailbox, shared->listener));
}

/*
 * A child of our own would be a surprise to the program: CLONE_PARENT. It is in the program's process group, and what is sent to
 * that is not meant for it.
 */
static bool messenger_make(const struct link *link)
{
	sigset_t all, old;
	pid_t pid;

	sigfillset(&all);
	if (sigprocmask(SIG_SETMASK, &all, &old))
		return false;
	/* known to the supervisor before it runs, should this process be killed meanwhile */
	pid = relay_clone(CLONE_FILES | CLONE_PARENT | CLONE_PARENT_SETTID, &link->shared->messenger);
	if (pid == 0)
		messenger(link);
	return sigprocmask(SIG_SETMASK, &old, NULL) == 0 && pid > 0;
}

bool notify_install(struct run *r)
{
	struct shared *shared = r->link->shared;
	long fd;

	if (!messenger_make(r->link))
		return fault_step(r->fault, "seccomp", "clone of the messenger");
	fd = syscall(SYS_seccomp, SECCOMP_SET_FILTER, NEW_LISTENER | WAIT_KILLABLE, &r->observed);
	if (fd < 0 && errno == EINVAL)
		fd = syscall(SYS_seccomp, SECCOMP_SET_FILTER, NEW_LISTENER, &r->observed);
	if (fd < 0)
		return fault_step(r->fault, "seccomp", "SECCOMP_SET_MODE_FILTER with a listener");
	shared->listener = (int)fd;
	return true;
}

void notify_reserve(struct notify *n, int mailbox)
{
	n->mailbox = mailbox;
	n->reserve = mailbox < 0 ? -1 : fcntl(mailbox, F_DUPFD_CLOEXEC, 3);
}

bool notify_take_listener(struct notify *n)
{
	char byte;
	size_t len = 1;

	close(n->reserve);
	pass_fd_take(n->mailbox, &byte, &len, &n->listener);
	close(n->mailbox);
	n->mailbox = -1;
	return n->listener >= 0;
}

/* ---- the answers --------------------------------------------------------------------------- */

static void say(const struct plan *p, const struct notification *in, uint32_t error)
{
	char call[1536], number[NUM_TEXT];
	struct span known = calls_find(p->calls, error != 0, in->data.arch, (uint32_t)in->data.nr);
	struct text t = text_over(call, sizeof(call));
	const char *name = errno_text((int)error);

	text_bytes(&t, known.at, known.len);
	if (!known.len)
		num_text(call, (uint32_t)in->data.nr);
	if (!error)
		note_print("used: system call %s; process %u", call, in->pid);
	else
		note_print("refused: system call %s; %s, process %u", call, name ? name : num_text(number, error), in->pid);
}

/* Each call is said once: a program must not fill the terminal of its caller. */
static void say_once(struct notify *n, const struct plan *p, const struct notification *in, uint32_t error)
{
	for (unsigned i = 0; i < n->n; i++)
		if (n->said[i].call == in->data.nr && n->said[i].error == error)
			return;
	if (n->n == NOTIFY_CALLS)
		return;
	n->said[n->n++] = (struct said){in->data.nr, error};
	say(p, in, error);
	if (n->n == NOTIFY_CALLS)
		note_print("512 different calls: no others are said");
}

/* Somebody waits for the answer: what failed once is tried once more. ENOENT: nobody does any more, it was killed. */
static bool request(const struct notify *n, unsigned long what, void *arg)
{
	return syscall(SYS_ioctl, n->listener, what, arg) == 0 ||
	       (errno != ENOENT && syscall(SYS_ioctl, n->listener, what, arg) == 0);
}

static void listener_close(struct notify *n)
{
	close(n->listener);
	n->listener = -1;
}

/*
 * Without POLLIN there is nothing to receive, and before Linux 6.11 asking for it would wait for ever: POLLHUP says that
 * the last process behind the filter ended.
 */
void notify_answer(struct notify *n, int events, const struct plan *plan)
{
	struct notification in = {0};
	struct response out = {0};
	uint32_t action, error = EPERM;

	if (!(events & POLLIN)) {
		listener_close(n);
		return;
	}
	if (!request(n, NOTIF_RECV, &in)) {
		if (errno != ENOENT && errno != EINTR)
			listener_close(n);
		return;
	}
	action = bpf_run(&plan->filter, &in.data);
	if ((action & RET_ACTION) == RET_ERRNO)
		error = action & RET_DATA;
	if (plan->launch.observe == OBSERVE_ALL && action == RET_ALLOW)
		error = 0;
	out.id = in.id;
	out.error = -(int32_t)error;
	out.flags = error ? 0 : CONTINUE;
	if (!request(n, NOTIF_SEND, &out) && errno != ENOENT)
		listener_close(n); /* then the kernel answers, ENOSYS */
	say_once(n, plan, &in, error);
}
