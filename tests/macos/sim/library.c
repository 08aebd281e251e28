/*
 * library.c PLAN WALL WORK - the library of macOS as a caller uses it, against sim.c. PLAN is policies/around.sbx, WALL
 * policies/wall.sbx. Prints PASS and FAIL lines.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../../runtime/sbx.h"

static int failed;

static void tell(int good, const char *what, const char *why)
{
	printf("%s macos library: %s%s%s\n", good ? "PASS" : "FAIL", what, good || !*why ? "" : ": ", good ? "" : why);
	failed |= !good;
}

static struct sbx_process *launch(const struct sbx_plan *plan, char *script, const char *set, struct sbx_error *e)
{
	char *argv[] = {(char[]){"/bin/sh"}, (char[]){"-c"}, script, NULL};
	const char *sets[] = {set, NULL};
	struct sbx_options o = {.size = sizeof(o), .argv = argv, .set = set ? sets : NULL};

	return sbx_launch(plan, &o, e);
}

static void outcomes(const struct sbx_plan *plan, const char *set)
{
	struct sbx_error e = {.code = ""};
	struct sbx_status s;
	char report[4096] = "";
	struct sbx_process *p = launch(plan, (char[]){"exit 7"}, set, &e);
	struct pollfd end = {.fd = p ? sbx_process_pidfd(p) : -1, .events = POLLIN};

	tell(p != NULL, "a launch", e.text);
	if (!p)
		return;
	tell(poll(&end, 1, 10000) == 1, "its end can be waited for with poll()", "");
	tell(sbx_wait(p, -1, &s) == 1 && s.exited && s.code == 7 && !s.limit && s.peak_bytes > 100000, "its status", "");
	tell(sbx_process_report(p, plan, report, sizeof(report)) > 0 && strstr(report, "\"exit\":7") &&
		 strstr(report, "\"memory_of\":\"process\""),
	     "its report", report);
	sbx_process_close(p);
	p = launch(plan, (char[]){"kill -TERM $$"}, set, &e);
	tell(p && sbx_wait(p, 10000, &s) == 1 && !s.exited && s.signal == SIGTERM, "a signal", e.text);
	sbx_process_close(p);
	p = launch(plan, (char[]){"exec sleep 60"}, set, &e);
	tell(p && sbx_wait(p, 50, &s) == 0 && sbx_process_report(p, plan, report, sizeof(report)) < 0 && errno == EBUSY,
	     "one that runs has no report", e.text);
	tell(p && sbx_kill(p) == 0 && sbx_wait(p, 10000, &s) == 1 && s.signal == SIGKILL, "a kill", "");
	sbx_process_close(p);
}

static void refusals(const struct sbx_plan *plan, const char *set)
{
	struct sbx_error e = {.code = ""};
	char *argv[] = {(char[]){"/bin/sh"}, NULL};
	const char *sets[] = {set, NULL}, *files[] = {"a=/etc/hosts", NULL};
	struct sbx_options o = {.size = sizeof(o), .argv = argv, .set = sets, .file = files};

	tell(!sbx_launch(plan, &o, &e) && strcmp(e.code, "E0600") == 0 && strstr(e.text, "scratch"), "`file` is refused", e.text);
	o.file = NULL;
	o.directory = "/nowhere/at/all";
	tell(!sbx_launch(plan, &o, &e) && strcmp(e.code, "E0626") == 0 && waitpid(-1, NULL, WNOHANG) < 0,
	     "a directory that is not there is a refusal of the child, which is gone", e.text);
	tell(!launch(plan, (char[]){"exit 0"}, NULL, &e) && strcmp(e.code, "E0613") == 0, "a value that is missing", e.text);
	tell(!sbx_pool_open(plan, &o, 1, &e) && strstr(e.text, "no warm pools"), "pools are refused", e.text);
	tell(sbx_apply_self(plan, &o, &e) == -1 && strcmp(e.code, "E0600") == 0, "a process cannot give itself a directory", e.text);
}

static void limit(const char *directory)
{
	struct sbx_error e = {.code = ""};
	struct sbx_status s;
	struct sbx_plan *plan = sbx_plan_open(directory, NULL, &e);
	struct sbx_process *p = plan ? launch(plan, (char[]){"sleep 60 & wait"}, NULL, &e) : NULL;

	tell(p && sbx_wait(p, 20000, &s) == 1 && s.exited && s.code == 124 && s.limit && strcmp(s.limit, "wall") == 0 &&
		 s.wall_us >= 1000000,
	     "the limit on time", e.text);
	sbx_process_close(p);
	p = plan ? launch(plan, (char[]){"sleep 60 & wait"}, NULL, &e) : NULL;
	tell(p && sbx_kill(p) == 0 && sbx_wait(p, 10000, &s) == 1 && s.signal == SIGKILL, "a kill under a supervisor", e.text);
	sbx_process_close(p);
	tell(plan && sbx_apply_self(plan, NULL, &e) == -1 && strstr(e.text, "limit wall"), "a process cannot give itself a time",
	     e.text);
	sbx_plan_close(plan);
}

int main(int argc, char **argv)
{
	struct sbx_error e = {.code = ""};
	struct sbx_plan *plan = argc == 4 ? sbx_plan_open(argv[1], NULL, &e) : NULL;
	struct sbx_guarantee g;
	char set[4096];

	tell(plan && strcmp(sbx_plan_policy(plan), "macos-around") == 0, "a plan", e.text);
	if (!plan)
		return 1;
	snprintf(set, sizeof(set), "work=%s", argv[3]);
	tell(sbx_plan_guarantee(plan, 0, &g) == 0 && g.kept && sbx_plan_guarantee(plan, 99, &g) < 0, "its guarantees", "");
	outcomes(plan, set);
	refusals(plan, set);
	limit(argv[2]);
	sbx_plan_close(plan);
	return failed;
}
