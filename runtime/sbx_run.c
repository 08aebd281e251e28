/*
 * sbx_run.c - the command line of the loader: proves a plan, starts the program under it.
 *
 * Everything is proved before the first step that cannot be undone. After that a failure ends in
 * one message and exit 125; no way leads to the program with less than the plan requires. No stdio,
 * no locale, no environment.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "guarantee.h"
#include "options.h"
#include "report.h"
#include "start.h"

extern char **environ;

/* Without this the first file that is opened would become somebody's stdin, stdout or stderr. */
static bool stdio_hold(struct fault *f)
{
	struct pollfd p[3] = {{.fd = 0}, {.fd = 1}, {.fd = 2}};

	/* one call for all three: POLLNVAL marks what is not open */
	if (poll(p, 3, 0) < 0)
		return fault_step(f, "stdio", "poll", errno);
	for (int fd = 0; fd < 3; fd++)
		if (p[fd].revents & POLLNVAL && open("/dev/null", O_RDWR | O_NOCTTY) != fd)
			return fault_step(f, "stdio", "open /dev/null", errno);
	return true;
}

static bool privilege_refuse(struct fault *f)
{
	if (!getauxval(AT_SECURE) && getauxval(AT_UID) == getauxval(AT_EUID) &&
	    getauxval(AT_GID) == getauxval(AT_EGID))
		return true;
	fault_set(f, ERR_SETUID);
	return fault_line(f, "fix", "chmod u-s,g-s sbx-run; setcap -r sbx-run", NULL);
}

/*
 * All that one start needs. Here it is zero without being cleared, costs nothing where it is not touched, and lies
 * beside what has page tables already; on the stack or in a mapping it was a third of the start. What is used at every
 * start stands together: each page costs.
 */
struct needed {
	struct fault fault; /* at its end what is used at every start; below, at their beginnings */
	struct plan plan;
	struct pool pool;
	struct report report;
	struct options options;
	struct run run;
};
enum { PAGE = 4096, ROOM = 64 * 1024 + PAGE - sizeof(struct needed) % PAGE };

/* A whole number of pages: then the linker begins the data in the page where the text ends. */
static struct memory {
	_Alignas(16) char room[ROOM];
	struct needed in;
} memory;

static bool begin(struct run *r, struct plan *plan, bool *proved)
{
	const struct options *o = r->options;

	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
		return fault_step(r->fault, "start", "PR_SET_DUMPABLE", errno);
	if (!plan_load(plan, r->pool, o->plan, o->digest, r->fault))
		return false;
	*proved = true;
	if (!start_prove(r, environ))
		return false;
	guarantees_note(&plan->launch, &r->host);
	return o->dry_run ? start_dry_run(r) : start_go(r);
}

/* True only after a dry run. */
static bool start(struct needed *m)
{
	struct run *r = &m->run;
	bool proved = false;

	r->options = &m->options;
	r->plan = &m->plan;
	r->pool = &m->pool;
	r->ready = -1;
	r->fault = &m->fault;
	pool_over(&m->pool, memory.room, sizeof(memory.room));
	if (m->options.report || m->options.status_fd >= 0) {
		if (!report_open(&m->report, &m->options, &m->fault))
			return false;
		r->report = &m->report;
	}
	if (begin(r, &m->plan, &proved))
		return true;
	if (r->report)
		report_fault(&m->report, proved ? &m->plan : NULL, r->fault);
	if (r->fault != &m->fault)
		m->fault = *r->fault;
	return false;
}

int main(int argc, char **argv)
{
	struct fault *fault = &memory.in.fault;

	(void)argc;
	fault_set(fault, ERR_STEP);
	if (stdio_hold(fault) && privilege_refuse(fault)) {
		enum options_result result = options_parse(argv, &memory.in.options, fault);
		if (result == OPTIONS_DONE || (result == OPTIONS_RUN && start(&memory.in)))
			return 0;
	}
	fault_print(fault);
	start_leave(fault_exit_code(fault));
}
