/*
 * start.c - one start: what is proved before anything changes, then one of the two shapes.
 */
#include "../start.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "../apply.h"
#include "../guarantee.h"
#include "macos.h"

_Noreturn void start_leave(int code)
{
	_exit(code);
}

static bool options_fit(struct run *r)
{
	if (!r->options->n_files)
		return true;
	return fault_say(r->fault, ERR_USAGE,
			 "wrong --file needs a scratch folder, which macOS does not have");
}

static void hangup_look(struct run *r)
{
	void (*was)(int) = signal(SIGHUP, SIG_IGN);

	if (was == SIG_IGN)
		r->ignored = MACOS_NO_HANGUP;
	else
		signal(SIGHUP, was);
}

bool start_prove(struct run *r, char *const *environment)
{
	const struct launch *l = &r->plan->launch;

	memcpy(r->params, l->params, l->n_params * sizeof(l->params[0]));
	r->vars = (struct vars){.params = r->params, .n_params = l->n_params, .pool = r->pool};
	host_probe(&r->host);
	if (!r->embedded)
		hangup_look(r);
	return options_fit(r) && params_set(&r->vars, r->options->sets, r->options->n_sets, r->fault) &&
	       guarantees_check(l, &r->host, r->fault) &&
	       program_choose(l, r->options->argv[0], &r->vars, &r->program, r->fault) && env_build(r, environment) &&
	       places_prove(r) && profile_values(r);
}

/* A process group leader cannot make a session: a shell with job control makes each of its jobs one. */
const char *start_supervised(const struct run *r)
{
	if (r->plan->launch.wall_where.at)
		return "the limit on its time";
	if (r->report)
		return "a report of how it ended";
	if (r->options->watch)
		return "watching it";
	if (getpgrp() == getpid() && !r->embedded)
		return "a new session, which a leader of a process group cannot make";
	return NULL;
}

bool start_go(struct run *r)
{
	return start_supervised(r) ? supervise(r) : macos_steps(r);
}

static void put(struct text *t, const char *head, const char *at)
{
	text_str(t, head);
	text_safe(t, at, strlen(at));
}

static bool put_out(struct text *t)
{
	bool good = write(STDOUT_FILENO, t->buf, t->len) == (ssize_t)t->len;

	t->len = 0;
	return good;
}

bool start_dry_run(struct run *r)
{
	const struct launch *l = &r->plan->launch;
	const char *why = start_supervised(r);
	char buf[32 * 1024]; /* a path of PLAN_MAX_PATH, escaped, and a few lines */
	struct text t = text_over(buf, sizeof(buf));
	bool good = true;

	put(&t, "shape       ", why ? "supervised: " : "in place");
	put(&t, why ? why : "", "");
	text_str(&t, "\n");
	for (unsigned i = 0; r->profile_values[i] && good; i += 2) {
		put(&t, "value       ", r->profile_values[i]);
		put(&t, " = ", r->profile_values[i + 1]);
		text_str(&t, "\n");
		good = put_out(&t);
	}
	text_str(&t, l->directory.at ? "would do    directory\n" : "");
	text_str(&t, l->stdin_mode == STDIN_NULL ? "would do    empty stdin\n" : "");
	put(&t, "would do    session\nwould do    limits\nwould do    seatbelt\nwould do    exec ", r->program.path);
	text_str(&t, "\n");
	return (good && put_out(&t)) || fault_step(r->fault, "dry run", "write");
}
