/*
 * plan_load.c - reads every file of the plan that this machine needs and proves it: hashes, grammar,
 * one id for all, the filter. No start is known here.
 */
#include "plan_load.h"

#include "bpf_check.h"
#include "calls.h"
#include "host.h"

static bool conf_take(struct plan *p, const char *name, const char *kind, struct conf *c,
		      struct fault *f)
{
	struct plan_file file;

	if (!plan_dir_read(&p->dir, name, PLAN_MAX_CONF, &file, f))
		return false;
	*c = (struct conf){
	    .file = name, .kind = kind, .data = file.data, .size = file.size, .fault = f};
	return true;
}

static bool (arch_fault)(struct fault *f, const char *why)
{
	return fault_say(f, ERR_ARCH,
			 "missing %s for " HOST_MACHINE "\n"
			 "fix compile the policy for this machine",
			 why);
}
#define arch_fault(f, why) arch_fault(f, SAID(why))

static bool filter_prove(struct plan *p, struct fault *f)
{
	static const char name[] = "seccomp-" HOST_MACHINE ".bpf";
	struct plan_file file;

	if (!launch_has_arch(&p->launch, HOST_MACHINE))
		return arch_fault(f, "an `arch` of launch.conf");
	if (!plan_dir_lists(&p->dir, name))
		return arch_fault(f, "a system call filter");
	if (!plan_dir_read(&p->dir, name, (PLAN_MAX_BPF + 1) * sizeof(struct bpf_insn), &file, f) ||
	    !bpf_check(file.name, file.data, file.size, f))
		return false;
	p->filter = (struct bpf_program){
	    .len = (unsigned short)(file.size / sizeof(struct bpf_insn)),
	    .insns = (const struct bpf_insn *)(const void *)file.data,
	};
	return true;
}

/* Where the loader says calls it must know their names. */
static bool calls_take(struct plan *p, struct fault *f)
{
	struct conf c;

	if (p->launch.observe == OBSERVE_OFF && !p->launch.notify_where.at)
		return true;
	if (!conf_take(p, "seccomp-" HOST_MACHINE ".calls", "calls", &c, f) || !calls_read(&c, p->launch.id))
		return false;
	p->calls = (struct span){c.data, c.size};
	return true;
}

/* Both files name the same program, or neither names one. */
static bool entries_agree(const struct plan *p, struct fault *f)
{
	struct span a = p->launch.entry, b = p->landlock.entry;

	if (!b.at || (a.at && span_same(a, b)))
		return true;
	return fault_say(f, ERR_MIXED, "wrong landlock.conf names another entry than launch.conf");
}

/* A cover is a mount of the program's own. */
static bool covers_agree(const struct plan *p, struct fault *f)
{
	if (!(p->landlock.n_covers || p->landlock.n_masks) || (p->launch.isolate & ISOLATE_MOUNT))
		return true;
	return fault_say(
	    f, ERR_MIXED,
	    "wrong landlock.conf has `cover` lines and launch.conf no `isolate mount`");
}

bool plan_load(struct plan *p, struct pool *pool, const char *path, const char *digest,
	       struct fault *f)
{
	struct conf launch, landlock, cgroup;

	p->dir.pool = pool;
	p->dir.fd = -1;
	if (!plan_dir_open(&p->dir, path, digest, f) ||
	    !conf_take(p, "launch.conf", "launch", &launch, f) || !launch_read(&launch, &p->launch))
		return false;
	p->names = (struct vars){.params = p->launch.params, .n_params = p->launch.n_params};
	if (!conf_take(p, "landlock.conf", "landlock", &landlock, f) ||
	    !landlock_read(&landlock, &p->names, p->launch.id, pool, &p->landlock))
		return false;
	if (plan_dir_lists(&p->dir, "cgroup.conf") &&
	    (!conf_take(p, "cgroup.conf", "cgroup", &cgroup, f) ||
	     !cgroup_read(&cgroup, &p->names, p->launch.id, &p->cgroup)))
		return false;
	return entries_agree(p, f) && covers_agree(p, f) && filter_prove(p, f) && calls_take(p, f);
}
