/*
 * apply_landlock.c - makes the ruleset, adds every rule by an opened handle while that can still be
 * undone, checks the asserts, and restricts this thread at the end.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "apply.h"
#include "fds.h"
#include "glob.h"
#include "glob_fault.h"
#include "links.h"
#include "namespaces.h"
#include "plan_kept.h"
#include "start.h"
#include "template.h"
#include "view_items.h"

enum { APART_OPEN = 64 };

static bool rule_add(const struct run *r, int fd, uint64_t rights)
{
	struct landlock_path attr = {.rights = rights, .fd = fd};

	return syscall(SYS_landlock_add_rule, r->ruleset, LANDLOCK_PATH_BENEATH, &attr, 0) == 0;
}

/*
 * The kernel itself refuses the rights of directories on anything else, with EINVAL. So what kind
 * of file it is need not be asked before.
 */
static bool rule_try(struct run *r, const struct landlock_rule *rule, int fd, uint64_t rights,
		     const char *path)
{
	uint64_t fewer = rights & fs_rights_of_files();

	if (!rights || rule_add(r, fd, rights))
		return true;
	if (errno == EINVAL && fewer != rights && (!fewer || rule_add(r, fd, fewer)))
		return true;
	return fault_place(r->fault, ERR_PATH_OPEN, rule->where, path, "landlock_add_rule");
}

static void grant_keep(struct run *r, struct grant grant)
{
	if (r->grants.list)
		r->grants.list[r->grants.n++] = grant;
}

/*
 * Rights that this kernel does not know, and those a file cannot have, are left out; with none left
 * there is no rule. What the file is matters where a link may have been opened, and to asserts.
 */
static bool handle_grant(struct run *r, const struct landlock_rule *rule, int fd, const char *path)
{
	uint64_t rights = rule->rights & r->fs_known;
	struct stat st;

	if (!rule->nofollow && !r->grants.list)
		return rule_try(r, rule, fd, rights, path);
	if (fstat(fd, &st))
		return fault_place(r->fault, ERR_PATH_OPEN, rule->where, path, "fstat");
	if (S_ISLNK(st.st_mode))
		return (fault_place)(r->fault, ERR_PATH_LINK, rule->where, path, NULL);
	if (!S_ISDIR(st.st_mode))
		rights &= fs_rights_of_files();
	if (!rights)
		return true;
	grant_keep(r, (struct grant){.place = {.dev = st.st_dev, .ino = st.st_ino},
				     .rights = rights,
				     .where = rule->where,
				     .tmpl = rule->place,
				     .directory = S_ISDIR(st.st_mode),
				     .nofollow = rule->nofollow});
	return rule_try(r, rule, fd, rights, path);
}

static bool fd_grant(struct run *r, const struct landlock_rule *rule, int fd, const char *path)
{
	bool good = handle_grant(r, rule, fd, path);

	if (!r->apart || fd >= APART_OPEN)
		fd_leave(fd);
	return good;
}

static bool missing_fault(struct run *r, const struct landlock_rule *rule, const char *path,
			  int error)
{
	bool missing = error == ENOENT || error == ENOTDIR;

	errno = error;
	fault_place(r->fault, missing ? ERR_PATH_MISSING : ERR_PATH_OPEN, rule->where, path, "open");
	if (missing)
		return fault_add(r->fault,
				 "fix create it, or write `if-exists` or `make-dir` on that line");
	return fault_add(r->fault, "fix give this user access to it, or change that line");
}

/*
 * Nothing this user can open is nothing the program could have used: `if-exists` passes over it as
 * well.
 */
static bool may_skip(const struct landlock_rule *rule, int error)
{
	return rule->missing == MISSING_SKIP &&
	       (error == ENOENT || error == ENOTDIR || error == EACCES);
}

/* By what was opened when the tree of the program was made; the place has not to be looked up again. */
static bool opened_grant(struct run *r, const struct landlock_rule *rule, const struct opened *o)
{
	uint64_t rights = rule->rights & r->fs_known;

	if (o->fd == OPENED_NOTHING)
		return true;
	if (r->grants.list)
		return handle_grant(r, rule, o->fd, o->path);
	return rule_try(r, rule, o->fd, o->is_dir ? rights : rights & fs_rights_of_files(), o->path);
}

static bool path_grant(struct run *r, const struct landlock_rule *rule, const char *path)
{
	int flags = rule->nofollow ? O_NOFOLLOW : 0, fd;
	bool fault;

	fd = links_open(r, rule, path, flags, &fault);
	if (fd < 0 && !fault && errno == ENOENT && rule->missing == MISSING_MAKE) {
		if (r->options->dry_run)
			return true;
		if (!links_make(r, rule, path))
			return false;
		fd = links_open(r, rule, path, flags | O_DIRECTORY, &fault);
	}
	if (fd >= 0)
		return fd_grant(r, rule, fd, path);
	return !fault && (may_skip(rule, errno) || missing_fault(r, rule, path, errno));
}

/* Its path is a page of the stack that most rules need not touch. */
__attribute__((noinline)) static bool expanded_grant(struct run *r, const struct landlock_rule *rule)
{
	char path[PLAN_MAX_PATH + 1];

	return run_rule_path(r, rule, path) && path_grant(r, rule, path);
}

static bool visit_path(void *ctx, const struct landlock_rule *rule)
{
	struct run *r = ctx;
	const struct opened *opened = r->opened ? r->opened++ : NULL;

	if (opened && opened->fd != OPENED_ELSEWHERE)
		return opened_grant(r, rule, opened);
	return rule->path ? path_grant(r, rule, rule->path) : expanded_grant(r, rule);
}

struct glob_grants {
	struct run *run;
	const struct landlock_rule *rule;
	const char *path;
};

static bool grant_match(void *ctx, int fd, const struct stat *st)
{
	const struct glob_grants *g = ctx;
	struct run *r = g->run;
	uint64_t rights = g->rule->rights & r->fs_known;
	bool good = rule_try(r, g->rule, fd, S_ISDIR(st->st_mode) ? rights : rights & fs_rights_of_files(), g->path);

	close(fd);
	return good;
}

/* What asserts hold against is the folder: anything in it may fit. */
static bool visit_glob(void *ctx, const struct landlock_rule *rule)
{
	struct run *r = ctx;
	char path[PLAN_MAX_PATH + 1];
	struct glob_grants grants = {.run = r, .rule = rule, .path = path};
	struct glob g = {.pattern = rule->glob, .match = grant_match, .ctx = &grants};
	struct stat st;
	bool fault;

	if (!run_rule_path(r, rule, path))
		return false;
	int dir = glob_open(links_open(r, rule, path, O_DIRECTORY, &fault));
	if (fault)
		return false;
	if (dir < 0 && errno == ENOENT && r->plan->launch.private_root && namespaces_wanted(r, ISOLATE_MOUNT))
		return true; /* nothing in it fits, so nothing of it is shown */
	if (dir < 0 || fstat(dir, &st))
		return missing_fault(r, rule, path, errno);
	grant_keep(r, (struct grant){.place = {.dev = st.st_dev, .ino = st.st_ino},
				     .rights = rule->rights,
				     .where = rule->where,
				     .tmpl = rule->place,
				     .directory = true});
	return glob_run(&g, dir, rule, path, r->fault);
}

/* The entry program has been opened already; its ELF interpreter gets the same rights. */
static bool visit_entry(void *ctx, const struct landlock_rule *rule)
{
	struct run *r = ctx;
	struct landlock_rule interp = *rule;
	int fd;

	if (!handle_grant(r, rule, r->program.fd, r->program.path))
		return false;
	if (!r->program.interp[0])
		return true;
	interp.place = (struct span){0};
	interp.path = NULL;
	/* in a tree of its own it may be another file than the one that was opened outside */
	fd = start_late(r) ? openat(AT_FDCWD, r->program.interp, O_PATH | O_CLOEXEC) : r->program.interp_fd;
	if (fd < 0)
		return fault_place(r->fault, ERR_PATH_OPEN, interp.where, r->program.interp, "open");
	if (fd == r->program.interp_fd)
		r->program.interp_fd = -1;
	return fd_grant(r, &interp, fd, r->program.interp);
}

static bool port_value(struct run *r, const struct landlock_rule *rule, uint64_t *port)
{
	enum value_type type;
	const char *value;

	if (span_number(rule->port, 65535, port))
		return true;
	if (!vars_get(&r->vars, (struct span){rule->port.at + 2, rule->port.len - 3}, &value, &type,
		      r->fault))
		return fault_where(r->fault, rule->where);
	if (type == VALUE_PORT && span_number(span_of(value), 65535, port))
		return true;
	fault_set(r->fault, ERR_EXPAND);
	fault_where(r->fault, rule->where);
	return fault_add(r->fault, "wrong not a port: %s", value);
}

static bool visit_port(void *ctx, const struct landlock_rule *rule)
{
	struct run *r = ctx;
	struct landlock_port attr = {.rights = rule->rights & net_rights_of_abi(r->host.landlock)};

	if (!port_value(r, rule, &attr.port))
		return false;
	if (!attr.rights || r->ruleset < 0)
		return true;
	if (syscall(SYS_landlock_add_rule, r->ruleset, LANDLOCK_NET_PORT, &attr, 0) == 0)
		return true;
	fault_step(r->fault, "landlock", "landlock_add_rule of a port");
	return fault_where(r->fault, rule->where);
}

static bool visit_assert(void *ctx, const struct landlock_rule *rule)
{
	struct run *r = ctx;
	const char *real = r->denied ? r->denied[r->n_denied++] : NULL;
	char path[PLAN_MAX_PATH + 1];

	return run_rule_path(r, rule, path) &&
	       grants_assert(&r->grants, rule, path, &r->vars, r->program.interp, r->fault) &&
	       (!real || grants_assert(&r->grants, rule, real, &r->vars, r->program.interp, r->fault));
}

struct port_search {
	struct run *run;
	const struct landlock_rule *assert;
	uint64_t port;
};

/* Does this port line give what may never be given? */
static bool compare_port(void *ctx, const struct landlock_rule *given)
{
	struct port_search *s = ctx;
	struct fault *f = s->run->fault;
	uint64_t port;

	if (!(given->rights & s->assert->rights))
		return true;
	if (!port_value(s->run, given, &port))
		return false;
	if (port != s->port)
		return true;
	fault_say(f, ERR_ASSERT, "denied port %zu", (size_t)port);
	fault_where(f, s->assert->where);
	return fault_add(f,
			 "granted by %.*s\n"
			 "fix give another port to %.*s", SPAN(given->where), SPAN(given->where));
}

static bool visit_assert_port(void *ctx, const struct landlock_rule *rule)
{
	struct run *r = ctx;
	struct port_search s = {.run = r, .assert = rule};
	const struct landlock_visitor again = {.port = compare_port, .ctx = &s};

	return port_value(r, rule, &s.port) && landlock_visit(&r->plan->landlock, &again);
}

static bool ruleset_make(struct run *r)
{
	r->fs_known = fs_rights_of_abi(r->host.landlock);
	struct landlock_attr attr = {
	    .fs = r->plan->landlock.fs & r->fs_known,
	    .net = r->plan->landlock.net & net_rights_of_abi(r->host.landlock),
	    .scope = r->plan->landlock.scope & scopes_of_abi(r->host.landlock),
	};

	r->ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	return r->ruleset >= 0 ||
	       fault_step(r->fault, "landlock", "landlock_create_ruleset");
}

bool landlock_prepare(struct run *r)
{
	const struct landlock_visitor visitor = {.entry = visit_entry,
						 .path = visit_path,
						 .glob = visit_glob,
						 .port = visit_port,
						 .assert = visit_assert,
						 .assert_port = visit_assert_port,
						 .ctx = r};

	r->ruleset = -1;
	if (!r->host.landlock)
		return true; /* the guarantees said that it may be missing */
	if (!start_late(r) && (!links_places(r, &r->link_places) || !plan_kept(r)))
		return false; /* in a tree of its own the places were found with the tree */
	if (r->plan->landlock.n_asserts)
		r->grants.list =
		    pool_take(r->pool, (r->plan->landlock.n_paths + r->plan->landlock.n_globs + 2) * sizeof(struct grant));
	if (r->plan->landlock.n_asserts && !r->grants.list)
		return fault_step(r->fault, "landlock", "memory");
	return ruleset_make(r) && landlock_visit(&r->plan->landlock, &visitor);
}

bool apply_landlock(struct run *r)
{
	if (r->ruleset < 0)
		return true;
	if (syscall(SYS_landlock_restrict_self, r->ruleset, 0))
		return fault_step(r->fault, "landlock", "landlock_restrict_self");
	return true; /* the ruleset closes itself on exec */
}
