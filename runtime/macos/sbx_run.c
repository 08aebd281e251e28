/*
 * sbx_run.c - the command line of the loader on macOS: proves a plan, starts a program under it. A failure ends in one
 * message and exit 125; no way leads to the program with less than the plan requires.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "macos.h"
#include "../options.h"

extern char **environ;

enum { POOL = (PLAN_MAX_ENV + 3 * PLAN_MAX_PARAMS + 64) * (PLAN_MAX_VALUE + 512) };

/* Without this the first file that is opened would become somebody's stdin, stdout or stderr. */
static bool stdio_hold(struct fault *f)
{
	for (int fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR | O_NOCTTY) != fd)
			return fault_step(f, "stdio", "open /dev/null", errno);
	return true;
}

static bool privilege_refuse(struct fault *f)
{
	if (!issetugid())
		return true;
	fault_set(f, ERR_SETUID);
	return fault_line(f, "fix", "chmod u-s,g-s sbx-run", NULL);
}

static bool dry_run(const struct macos_start *s)
{
	const char *why = macos_supervised(s);
	char buf[4096];
	struct text t = text_over(buf, sizeof(buf));

	text_str(&t, "shape       ");
	text_str(&t, why ? "supervised: " : "in place");
	text_str(&t, why ? why : "");
	text_str(&t, "\n");
	for (unsigned i = 0; s->params[i]; i += 2) {
		text_str(&t, "value       ");
		text_safe(&t, s->params[i], strlen(s->params[i]));
		text_str(&t, " = ");
		text_safe(&t, s->params[i + 1], strlen(s->params[i + 1]));
		text_str(&t, "\n");
	}
	text_str(&t, "would do    session\nwould do    limits\nwould do    seatbelt\nwould do    exec ");
	text_safe(&t, s->run.program.path, strlen(s->run.program.path));
	text_str(&t, "\n");
	return write(STDOUT_FILENO, buf, t.len) == (ssize_t)t.len ||
	       fault_step(s->run.fault, "dry run", "write", errno);
}

/* True only after a dry run. */
static bool start(const struct options *o, struct fault *f)
{
	static struct macos_plan plan;
	static struct macos_start s;
	static struct pool pool;

	s = (struct macos_start){.plan = &plan, .ready = -1, .stdio = {0, 1, 2}};
	s.run.options = o;
	s.run.pool = &pool;
	s.run.fault = f;
	if (!pool_open(&pool, POOL))
		return fault_step(f, "start", "memory", errno);
	if (!macos_plan_load(&plan, &pool, o->plan, o->digest, f) || !macos_prove(&s, environ))
		return false;
	macos_guarantees_note(&s);
	return o->dry_run ? dry_run(&s) : macos_go(&s);
}

int main(int argc, char **argv)
{
	static struct options options;
	static struct fault fault;

	(void)argc;
	fault_set(&fault, ERR_STEP);
	if (stdio_hold(&fault) && privilege_refuse(&fault)) {
		enum options_result result = options_parse(argv, &options, &fault);

		if (result == OPTIONS_DONE || (result == OPTIONS_RUN && start(&options, &fault)))
			return 0;
	}
	fault_print(&fault);
	return fault_exit_code(&fault);
}
