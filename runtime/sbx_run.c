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

static bool begin(struct run *r, struct plan *plan, bool *proved)
{
	const struct options *o = r->options;

	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
		return fault_step(r->fault, "start", "PR_SET_DUMPABLE", errno);
	if (!pool_open(r->pool, START_POOL))
		return fault_step(r->fault, "start", "memory", errno);
	if (!plan_load(plan, r->pool, o->plan, o->digest, r->fault))
		return false;
	*proved = true;
	if (!start_prove(r, environ))
		return false;
	guarantees_note(&plan->launch, &r->host);
	return o->dry_run ? start_dry_run(r) : start_go(r);
}

/* True only after a dry run. */
static bool start(const struct options *o, struct fault *fault)
{
	struct report report;
	struct pool pool;
	struct plan plan;
	struct run r = {.options = o, .plan = &plan, .pool = &pool, .ready = -1, .fault = fault};
	bool proved = false;

	if (o->report || o->status_fd >= 0) {
		if (!report_open(&report, o, fault))
			return false;
		r.report = &report;
	}
	if (begin(&r, &plan, &proved))
		return true;
	if (r.report)
		report_fault(&report, proved ? &plan : NULL, r.fault);
	if (r.fault != fault)
		*fault = *r.fault;
	return false;
}

int main(int argc, char **argv)
{
	struct options options;
	struct fault fault;

	(void)argc;
	fault_set(&fault, ERR_STEP);
	if (stdio_hold(&fault) && privilege_refuse(&fault)) {
		enum options_result result = options_parse(argv, &options, &fault);
		if (result == OPTIONS_DONE || (result == OPTIONS_RUN && start(&options, &fault)))
			return 0;
	}
	fault_print(&fault);
	start_leave(fault_exit_code(&fault));
}
