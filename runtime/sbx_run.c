/*
 * sbx_run.c - the command line of the loader: proves a plan, starts the program under it.
 *
 * Everything is proved before the first step that cannot be undone. After that a failure ends in
 * one message and exit 125; no way leads to the program with less than the plan requires. No stdio,
 * no locale, no environment.
 */
#include <stddef.h>
#include <unistd.h>

#include "guarantee.h"
#include "options.h"
#include "report.h"
#include "start.h"

extern char **environ;

/*
 * All that one start needs. Here it is zero without being cleared, costs nothing where it is not touched, and lies
 * beside what has page tables already; on the stack or in a mapping it was a third of the start. Each page that is touched
 * costs a microsecond, and in a child another one, so what every start uses stands together on two: the end of the
 * fault with the beginning of the plan, and the pool with the beginning of the run.
 */
enum { PAGE = 4096, ROOM = 16 * PAGE - offsetof(struct fault, text) % PAGE };
struct memory {
	char room[ROOM]; /* the pool's first, with what lies before it in `needed` */
	struct fault fault;
	struct plan plan;
	_Alignas(PAGE) struct pool pool;
	struct report report;
	struct options options;
	struct run run;
};
_Static_assert(offsetof(struct memory, fault.text) % PAGE == 0, "the used end of the fault begins a page");

/* Its beginning lies on the page of the few other variables there are (static_start.c). */
_Alignas(16) static char needed[sizeof(struct memory) + PAGE];

static struct memory *memory(void)
{
	return (struct memory *)(void *)(needed + (-(uintptr_t)needed & (PAGE - 1)));
}

static bool begin(struct run *r, struct plan *plan, bool *proved)
{
	const struct options *o = r->options;

	if (!host_seal(r->fault) || !plan_load(plan, r->pool, o->plan, o->digest, r->fault))
		return false;
	*proved = true;
	/* a child with a tree of its own will want to know */
	if ((plan->launch.isolate & ISOLATE_MOUNT) && !plan->dir.pinned && !plan_dir_visit(&plan->dir, r->fault))
		return false;
	if (!start_prove(r, environ))
		return false;
	guarantees_note(&plan->launch, &r->host);
	return o->dry_run ? start_dry_run(r) : start_go(r);
}

/*
 * The kernel gives the lowest number that is free: what is opened first has one above those of stdin, stdout and stderr
 * only if all three are in use. Else the first file that is opened would become one of them.
 */
static bool stdio_hold(struct memory *m)
{
	const int fd = plan_dir_enter(m->options.plan);

	if (fd > STDERR_FILENO) {
		m->plan.dir.entered = fd;
		return true;
	}
	if (fd >= 0)
		close(fd);
	return host_stdio_hold(&m->fault);
}

/* True only after a dry run. */
static bool start(struct memory *m)
{
	struct run *r = &m->run;
	bool proved = false;

	r->options = &m->options;
	r->plan = &m->plan;
	r->pool = &m->pool;
	r->ready = -1;
	r->fault = &m->fault;
	pool_over(&m->pool, needed, (size_t)(m->room + sizeof(m->room) - needed));
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
	struct memory *m = memory();
	struct fault *fault = &m->fault;

	(void)argc;
	fault_set(fault, ERR_STEP);
	if (host_privilege_refuse(fault)) {
		enum options_result result = options_parse(argv, &m->options, fault);
		if (result == OPTIONS_DONE || (result == OPTIONS_RUN && stdio_hold(m) && start(m)))
			return 0;
	}
	fault_print(fault);
	start_leave(fault_exit_code(fault));
}
