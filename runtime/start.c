/*
 * start.c - the order of a start: what is proved before anything changes, and the steps after that.
 */
#include "start.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "apply.h"
#include "guarantee.h"
#include "init.h"
#include "namespaces.h"
#include "notify.h"
#include "supervise.h"
#include "view.h"
#include "view_kept.h"

/* A filter may refuse exit_group too; then only a fault ends this process. */
_Noreturn void start_leave(int code)
{
	syscall(SYS_exit_group, code);
	syscall(SYS_exit, code);
	__builtin_trap();
}

#define STEPS(S)                                                                                                       \
	S("session", apply_session)                                                                                    \
	S("signals and umask", apply_signals)                                                                          \
	S("descriptors", apply_fds)                                                                                    \
	S("limits", apply_rlimits)                                                                                     \
	S("capabilities", apply_caps)                                                                                  \
	S("no_new_privs", apply_no_new_privs)                                                                          \
	S("landlock", apply_landlock)                                                                                  \
	S("request", apply_request)                                                                                    \
	S("seccomp", apply_seccomp)                                                                                    \
	S("exec", apply_exec)

#define NAME(name, apply) name "\0"
static const char names[] SAID_ARRAY = STEPS(NAME);

#define APPLY(name, apply) apply,
static bool (*const steps[])(struct run *r) = {STEPS(APPLY)};

enum { N_STEPS = sizeof(steps) / sizeof(steps[0]) };

const char *start_step(unsigned i)
{
	return i < N_STEPS ? text_nth(names, i) : NULL;
}

/* In a tree of its own the places of the rules and the program are opened there: view.c. */
bool start_late(const struct run *r)
{
	return namespaces_wanted(r, ISOLATE_MOUNT);
}

/*
 * Only where the policy can do without is it tried before; else the refusal of the real thing says why.
 * What lies in such a view cannot be left out.
 */
static void namespaces_probe(struct run *r)
{
	const struct launch *l = &r->plan->launch;
	const struct guarantee *g = launch_guarantee(l, span_of("ns.isolate"));

	if (l->isolate && g && !g->required && !l->n_places && !l->hostname.at && !l->user_set)
		r->host.no_namespaces = !namespaces_possible(r);
}

bool start_prove(struct run *r, char *const *environment)
{
	const struct options *o = r->options;
	const struct launch *l = &r->plan->launch;

	memcpy(r->params, l->params, l->n_params * sizeof(l->params[0]));
	r->vars = (struct vars){
	    .params = r->params, .n_params = l->n_params, .pool = r->pool, .passwd = "/etc/passwd"};
	if (!params_set(&r->vars, o->sets, o->n_sets, r->fault))
		return false;
	host_probe(&r->host);
	if (!groups_prove(r))
		return false;
	namespaces_probe(r);
	if (!r->embedded) /* the library's children know nothing of the caller's signals: signals_default() */
		signals_look(r);
	if (!files_open(r))
		return false;
	if (r->plan->cgroup.present)
		cgroup_probe(&r->host.cgroup, r->plan->cgroup.controllers);
	return guarantees_check(l, &r->host, r->fault) &&
	       guarantees_cgroup(l, &r->plan->cgroup, &r->host, r->fault) &&
	       program_choose(l, o->argv[0], &r->vars, &r->program, r->fault) &&
	       env_build(r, environment) && notify_prepare(r) &&
	       (start_late(r) || r->apart || (landlock_prepare(r) && (r->embedded || exec_fd_prepare(r))));
}

/* Without a controller that is wanted a cgroup is still good for ending everything in it. */
bool start_cgroup(const struct run *r)
{
	const struct cgroup_conf *c = &r->plan->cgroup;

	return c->present && r->host.cgroup.base >= 0 && (!c->controllers || r->host.cgroup.usable);
}

/* Is this the process that makes the session, if it can? */
static bool session_here(const struct run *r)
{
	return launch_session(&r->plan->launch) && !r->embedded;
}

static const char *supervisor_wanted(const struct run *r)
{
	if (start_cgroup(r))
		return SAID("a cgroup for the limits of the whole job");
	if (r->plan->launch.wall_where.at)
		return SAID("the limit on its time");
	if (r->report)
		return SAID("a report of how it ended");
	if (r->plan->launch.output_where.at)
		return SAID("the limit on its output");
	if (r->options->watch)
		return SAID("watching it");
	if (notify_wanted(r))
		return SAID("an answer to refused system calls");
	if (r->plan->launch.terminal == TERMINAL_NEW)
		return SAID("the other side of the new terminal");
	if (view_kept_wanted(r))
		return SAID("places that are closed only while they stay where they are");
	if (namespaces_flags(r) & CLONE_NEWPID)
		return SAID("process 1 of the new pid namespace");
	return NULL;
}

/* A process group leader cannot make a session: a shell with job control makes each of its jobs one. */
const char *start_supervised(const struct run *r)
{
	const char *why = supervisor_wanted(r);

	if (!why && session_here(r) && getpgrp() == getpid())
		why = SAID("a new session, which a leader of a process group cannot make");
	return why;
}

bool start_steps(struct run *r)
{
	for (size_t i = 0; i < N_STEPS; i++)
		if (!steps[i](r))
			return false;
	return false;
}

static bool view_enter(struct run *r)
{
	return (!start_late(r) && !r->plan->launch.directory.at) || apply_view(r);
}

_Noreturn void start_failed(struct run *r)
{
	r->link->shared->phase = PHASE_FAILED;
	start_leave(fault_exit_code(r->fault));
}

bool start_child(struct run *r)
{
	return apply_stdin(r) && apply_namespaces(r) && view_enter(r) && init_fork(r) && start_steps(r);
}

bool start_here(struct run *r)
{
	unsigned flags = namespaces_flags(r);

	if (!apply_groups(r))
		return false;
	if (flags && unshare((int)flags))
		return namespaces_refused(r, errno);
	return apply_stdin(r) && apply_namespaces(r) && view_enter(r) && start_steps(r);
}

bool start_go(struct run *r)
{
	if (supervisor_wanted(r))
		return supervise(r);
	/* whether it can be made shows when it is, and costs one call less */
	if (session_here(r) && (r->session = setsid()) < 0) {
		r->session = 0;
		return supervise(r);
	}
	return start_here(r);
}
