/*
 * report.c - writes the report: built in memory, then one write to the descriptor, or a new file that
 * takes the place of the old one whole.
 */
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h> /* renameat() alone */
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guarantee.h"
#include "json.h"
#include "sha256.h"
#include "system.h"

static bool (refuse)(struct fault *f, const char *what, const char *name)
{
	fault_say(f, ERR_REPORT, "at %s", name);
	return (fault_errno)(f, what);
}
#define refuse(f, what, name) refuse(f, SAID(what), name)

/* A copy, so that no step of the start can take the number. */
static bool fd_take(struct report *p, int fd, struct fault *f)
{
	char number[NUM_TEXT];
	int flags = fcntl(fd, F_GETFL);

	p->fd = flags < 0 || (flags & O_ACCMODE) == O_RDONLY ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 3);
	if (p->fd >= 0)
		return true;
	if (flags >= 0)
		errno = EBADF;
	return refuse(f, "--status-fd", num_text(number, (uint64_t)fd));
}

static bool file_take(struct report *p, const char *path, struct fault *f)
{
	char dir[PLAN_MAX_PATH + 1];
	struct text t = text_over(dir, sizeof(dir));
	const char *slash = strrchr(path, '/');
	struct stat st;

	p->file = slash ? slash + 1 : path;
	if (slash)
		text_bytes(&t, path, slash == path ? 1 : (size_t)(slash - path));
	else
		text_str(&t, ".");
	errno = ENAMETOOLONG;
	if (t.cut || !p->file[0])
		return refuse(f, "--report", path);
	p->dir = open(dir, OPEN_TO_SEARCH | O_CLOEXEC);
	if (p->dir < 0 || faccessat(p->dir, ".", W_OK | X_OK, 0))
		return refuse(f, "the directory of --report", path);
	/* root would put a file in the place of /dev/null, or of the link /dev/stdout */
	if (fstatat(p->dir, p->file, &st, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISREG(st.st_mode))
		return fault_say(f, ERR_REPORT, "at %s\nwrong no regular file, whose place a report takes\nfix sbx-run --status-fd N", path);
	return true;
}

bool report_open(struct report *p, const struct options *o, struct fault *f)
{
	char *buf = pool_map(REPORT_MAX);

	*p = (struct report){.fd = -1, .dir = -1};
	if (!buf)
		return refuse(f, "memory", "");
	p->text = text_over(buf, REPORT_MAX);
	return (o->status_fd < 0 || fd_take(p, o->status_fd, f)) &&
	       (!o->report || file_take(p, o->report, f));
}

/* ---- what it says -------------------------------------------------------------------------- */

static void put_span(struct json *j, const char *key, struct span s)
{
	json_text(j, key, s.at, s.len);
}

/* WHERE of the plan, with its blanks. */
static void put_where(struct json *j, struct span where)
{
	char buf[PLAN_MAX_LINE + 1];
	struct text t = text_over(buf, sizeof(buf));

	text_where(&t, where);
	json_text(j, "at", buf, t.len);
}

static void put_policy(struct json *j, const struct plan *plan)
{
	char hex[SHA256_HEX + 1], digest[SHA256_HEX + 8];

	if (!plan) {
		json_null(j, "policy");
		return;
	}
	sha256_hex(plan->dir.sums.at, plan->dir.sums.len, hex);
	text_print(digest, sizeof(digest), "sha256:%s", hex);
	json_open(j, "policy", '{');
	put_span(j, "name", plan->launch.policy);
	if (span_is(plan->launch.version, "-"))
		json_null(j, "version");
	else
		put_span(j, "version", plan->launch.version);
	json_str(j, "id", plan->launch.id);
	json_str(j, "digest", digest);
	json_close(j, '}');
}

static void put_guarantees(struct json *j, const struct plan *plan, const struct host *host, bool kept)
{
	char why[GUARANTEE_WHY];

	json_open(j, kept ? "enforced" : "not_enforced", '[');
	for (unsigned i = 0; plan && i < plan->launch.n_guarantees; i++) {
		const struct guarantee *g = &plan->launch.guarantees[i];
		if (guarantee_kept(g, host) != kept)
			continue;
		json_open(j, NULL, '{');
		put_span(j, "guarantee", g->cap);
		put_span(j, "by", g->mechanisms);
		if (!kept)
			json_str(j, "why", guarantee_why(g, host, why));
		put_where(j, g->where);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void put_known(struct json *j, const char *key, bool known, uint64_t n)
{
	if (known)
		json_number(j, key, n);
	else
		json_null(j, key);
}

static void put_end(struct json *j, const struct outcome *o)
{
	const char *limit = outcome_limit(o);
	bool ended = o->by == BY_ITSELF, exited = ended && WIFEXITED(o->status);

	json_str(j, "outcome", o->unsafe ? "unsafe" : limit ? "limit" : exited ? "exited" : "signaled");
	json_str(j, "limit", limit);
	put_known(j, "exit", exited, WEXITSTATUS(o->status));
	put_known(j, "signal", ended && !exited, WTERMSIG(o->status));
	json_str(j, "unsafe", o->unsafe);
	json_null(j, "error");
}

static void put_usage(struct json *j, const struct outcome *o)
{
	struct outcome_use use = outcome_use(o);

	json_open(j, "usage", '{');
	json_number(j, "wall_us", o->wall_us);
	json_str(j, "cpu_of", use.cpu_of_job ? "job" : "waited");
	json_number(j, "cpu_user_us", use.cpu_user_us);
	json_number(j, "cpu_system_us", use.cpu_system_us);
	json_str(j, "memory_of", use.memory_of_job ? "job" : "process");
	json_number(j, "memory_peak_bytes", use.memory_peak);
	put_known(j, "pids_peak", o->counted && o->counts.pids_peak, o->counts.pids_peak);
	json_number(j, "oom_kills", o->counts.oom_kills);
	json_number(j, "pids_refused", o->counts.pids_refused);
	json_close(j, '}');
}

static void put_fault(struct json *j, const struct fault *f)
{
	char lines[sizeof(f->buf) + 256];
	struct text text = text_over(lines, sizeof(lines));

	fault_lines(f, &text);
	json_str(j, "outcome", "refused");
	json_null(j, "limit");
	json_null(j, "exit");
	json_null(j, "signal");
	json_null(j, "unsafe");
	json_open(j, "error", '{');
	json_str(j, "code", err_number(f->id));
	json_str(j, "what", err_description(f->id));
	json_number(j, "exit", (uint64_t)fault_exit_code(f));
	json_text(j, "text", text.buf, text.len);
	json_close(j, '}');
	json_null(j, "usage");
}

/* ---- where it goes ------------------------------------------------------------------------- */

static bool write_all(int fd, struct span s)
{
	while (s.len > 0) {
		ssize_t n = write(fd, s.at, s.len);
		if (n < 0 && errno != EINTR)
			return false;
		s.at += n > 0 ? n : 0;
		s.len -= n > 0 ? (size_t)n : 0;
	}
	return true;
}

static bool name_make(char *name, size_t cap)
{
	struct text t = text_over(name, cap);
	unsigned char random[8];

	if (!random_bytes(random, sizeof(random)))
		return false;
	text_str(&t, ".sbx-report-");
	text_hex(&t, random, sizeof(random));
	return true;
}

static bool file_write(const struct report *p, struct span text)
{
	char name[32];
	int fd = name_make(name, sizeof(name))
		     ? openat(p->dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644)
		     : -1;
	bool good = fd >= 0 && write_all(fd, text);

	if (fd >= 0 && close(fd))
		good = false;
	if (good && renameat(p->dir, name, p->dir, p->file) == 0)
		return true;
	if (fd >= 0)
		unlinkat(p->dir, name, 0);
	return false;
}

static void report_write(struct report *p)
{
	struct span text = {p->text.buf, p->text.len};

	if (p->fd >= 0 && !write_all(p->fd, text))
		note_print("the report could not be written to --status-fd");
	if (p->dir >= 0 && !file_write(p, text))
		note_print("the report could not be written to %s", p->file);
}

static struct json begin(struct text *t, const struct plan *plan)
{
	struct json j = {.t = t};

	json_open(&j, NULL, '{');
	json_number(&j, "sbx_report", 1);
	put_policy(&j, plan);
	return j;
}

/* plan NULL: nothing ran, so nothing is enforced. */
static void end(struct json *j, const struct plan *plan, const struct host *host)
{
	put_guarantees(j, plan, host, true);
	put_guarantees(j, plan, host, false);
	json_close(j, '}');
	text_str(j->t, "\n");
}

void report_text(struct text *t, const struct plan *plan, const struct host *host, const struct outcome *o)
{
	struct json j = begin(t, plan);

	put_end(&j, o);
	put_usage(&j, o);
	end(&j, plan, host);
}

void report_outcome(struct report *p, const struct run *r, const struct outcome *o)
{
	report_text(&p->text, r->plan, &r->host, o);
	report_write(p);
}

void report_fault(struct report *p, const struct plan *plan, const struct fault *f)
{
	struct json j = begin(&p->text, plan);

	put_fault(&j, f);
	end(&j, NULL, NULL);
	report_write(p);
}
