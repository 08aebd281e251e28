/*
 * sbx_run.c - the loader: proves a plan, applies it to itself, becomes the program.
 *
 * Everything is proved before the first step that cannot be undone. After that a failure ends in
 * one message and exit 125; no way leads to the program with less than the plan requires. No stdio,
 * no locale, no environment.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "apply.h"
#include "bpf_check.h"
#include "cgroup_conf.h"
#include "guarantee.h"
#include "options.h"

extern char **environ;

/* Values of parameters and of the environment: what the limits of plan.h can add up to. */
enum {
	POOL = (PLAN_MAX_ENV + PLAN_MAX_PARAMS + 16) * (PLAN_MAX_VALUE + 512) +
	       POOL_PIECES * POOL_SMALL
};

static const struct step {
	const char *name;
	bool (*apply)(struct run *r);
} steps[] = {
    {"session", apply_session},   {"signals and umask", apply_signals},
    {"descriptors", apply_fds},   {"limits", apply_rlimits},
    {"capabilities", apply_caps}, {"no_new_privs", apply_no_new_privs},
    {"landlock", apply_landlock}, {"seccomp", apply_seccomp},
    {"exec", apply_exec},
};

/* A filter may refuse exit_group too; then only a fault ends this process. */
static _Noreturn void leave(int code)
{
	syscall(SYS_exit_group, code);
	syscall(SYS_exit, code);
	__builtin_trap();
}

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

static bool conf_take(struct run *r, const char *name, const char *kind, struct conf *c)
{
	struct plan_file file;

	if (!plan_dir_read(&r->dir, name, PLAN_MAX_CONF, &file, r->fault))
		return false;
	*c = (struct conf){
	    .file = name, .kind = kind, .data = file.data, .size = file.size, .fault = r->fault};
	return true;
}

static bool arch_fault(struct run *r, const char *why)
{
	fault_set(r->fault, ERR_ARCH);
	fault_line(r->fault, "missing", why, " for ", host_machine(), NULL);
	return fault_line(r->fault, "fix", "compile the policy for this machine", NULL);
}

static bool filter_prove(struct run *r)
{
	char name[64];
	struct text t = text_over(name, sizeof(name));
	struct plan_file file;

	text_str(&t, "seccomp-");
	text_str(&t, host_machine());
	text_str(&t, ".bpf");
	if (!launch_has_arch(&r->launch, host_machine()))
		return arch_fault(r, "an `arch` of launch.conf");
	if (!plan_dir_lists(&r->dir, name))
		return arch_fault(r, "a system call filter");
	if (!plan_dir_read(&r->dir, name, (PLAN_MAX_BPF + 1) * sizeof(struct bpf_insn), &file,
			   r->fault) ||
	    !bpf_check(file.name, file.data, file.size, r->fault))
		return false;
	r->filter = (struct bpf_program){
	    .len = (unsigned short)(file.size / sizeof(struct bpf_insn)),
	    .insns = (const struct bpf_insn *)(const void *)file.data,
	};
	return true;
}

/* Both files name the same program, or neither names one. */
static bool entries_agree(struct run *r)
{
	struct span a = r->launch.entry, b = r->landlock.entry;

	if (!b.at || (a.at && span_same(a, b)))
		return true;
	fault_set(r->fault, ERR_MIXED);
	return fault_line(r->fault, "wrong", "landlock.conf names another entry than launch.conf",
			  NULL);
}

static bool plan_prove(struct run *r)
{
	struct conf launch, cgroup;
	const struct options *o = &r->options;

	if (!plan_dir_open(&r->dir, o->plan, o->digest, r->fault) ||
	    !conf_take(r, "launch.conf", "launch", &launch) || !launch_read(&launch, &r->launch))
		return false;
	r->vars = (struct vars){.params = r->launch.params,
				.n_params = r->launch.n_params,
				.pool = &r->pool,
				.passwd = "/etc/passwd"};
	if (!conf_take(r, "landlock.conf", "landlock", &r->landlock_conf) ||
	    !landlock_read(&r->landlock_conf, &r->vars, r->launch.id, &r->landlock))
		return false;
	if (plan_dir_lists(&r->dir, "cgroup.conf") &&
	    (!conf_take(r, "cgroup.conf", "cgroup", &cgroup) ||
	     !cgroup_read(&cgroup, r->launch.id, &r->n_cgroup)))
		return false;
	return entries_agree(r) && filter_prove(r);
}

/* Everything that can be known and opened before something changes. */
static bool start_prove(struct run *r)
{
	const struct options *o = &r->options;

	if (!pool_open(&r->pool, POOL))
		return fault_step(r->fault, "start", "memory", errno);
	r->dir.pool = &r->pool;
	if (!plan_prove(r) || !params_set(&r->vars, o->sets, o->n_sets, r->fault))
		return false;
	host_probe(&r->host);
	return guarantees_check(&r->launch, &r->host, r->fault) &&
	       program_choose(&r->launch, o->argv[0], &r->vars, &r->program, r->fault) &&
	       env_build(r, environ) && landlock_prepare(r) && exec_fd_prepare(r);
}

static bool dry_run_print(const struct run *r)
{
	char buf[2048], a[NUM_TEXT], b[NUM_TEXT], c[NUM_TEXT];
	struct text t = text_over(buf, sizeof(buf));

	text_str(&t, "host        landlock ABI ");
	text_str(&t, num_text(a, r->host.landlock));
	text_str(&t, r->host.seccomp ? ", seccomp" : ", no seccomp");
	text_str(&t, host_filtered() ? " (a filter is on this process already)\n" : "\n");
	text_str(&t, "rules       ");
	text_str(&t, num_text(a, r->landlock.n_paths));
	text_str(&t, " paths, ");
	text_str(&t, num_text(b, r->landlock.n_ports));
	text_str(&t, " ports, ");
	text_str(&t, num_text(c, r->filter.len));
	text_str(&t, " filter instructions\n");
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		text_str(&t, "would do    ");
		text_str(&t, steps[i].name);
		if (steps[i].apply == apply_exec) {
			text_str(&t, " ");
			text_safe(&t, r->program.path, strlen(r->program.path));
		}
		text_str(&t, "\n");
	}
	if (write(STDOUT_FILENO, buf, t.len) == (ssize_t)t.len)
		return true;
	return fault_step(r->fault, "dry run", "write", errno);
}

static bool start(struct run *r)
{
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
		return fault_step(r->fault, "start", "PR_SET_DUMPABLE", errno);
	if (!start_prove(r))
		return false;
	guarantees_note(&r->launch, &r->host);
	if (r->options.dry_run)
		return dry_run_print(r);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (!steps[i].apply(r))
			return false;
	return false;
}

int main(int argc, char **argv)
{
	struct fault fault;
	struct run r = {.fault = &fault};

	(void)argc;
	fault_set(&fault, ERR_STEP);
	if (stdio_hold(&fault) && privilege_refuse(&fault)) {
		enum options_result result = options_parse(argv, &r.options, &fault);
		if (result == OPTIONS_DONE || (result == OPTIONS_RUN && start(&r)))
			return 0;
	}
	fault_print(&fault);
	leave(fault_exit_code(&fault));
}
