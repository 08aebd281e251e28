/*
 * plan.c - reads what macOS needs of a plan and proves it: hashes, grammar, the profile as text.
 */
#include <string.h>

#include "../plan_load.h"

static bool launch_take(struct plan *p, struct fault *f)
{
	static const char name[] = "launch-macos.conf";
	struct plan_file file;
	struct conf c = {.file = name, .kind = "launch", .fault = f};

	if (!plan_dir_lists(&p->dir, name)) {
		return fault_say(f, ERR_ARCH,
				 "missing %s: the plan is not for macOS\n"
				 "fix add macos to `targets` and compile the policy again", name);
	}
	if (!plan_dir_read(&p->dir, name, PLAN_MAX_CONF, &file, f))
		return false;
	c.data = file.data;
	c.size = file.size;
	return launch_read_macos(&c, &p->launch);
}

static bool profile_take(struct plan *p, struct fault *f)
{
	static const char name[] = "seatbelt.sb";
	struct plan_file file;
	char *text;

	if (!plan_dir_read(&p->dir, name, PLAN_MAX_CONF, &file, f))
		return false;
	if (memchr(file.data, 0, file.size)) {
		return fault_say(f, ERR_SYNTAX,
				 "at %s\n"
				 "wrong a NUL byte", name);
	}
	text = pool_take(p->dir.pool, file.size + 1);
	if (!text)
		return fault_memory(f, "plan");
	memcpy(text, file.data, file.size);
	p->profile = text;
	return true;
}

bool plan_load(struct plan *p, struct pool *pool, const char *path, const char *digest, struct fault *f)
{
	p->dir.pool = pool;
	p->dir.fd = -1;
	return plan_dir_open(&p->dir, path, digest, f) && launch_take(p, f) && profile_take(p, f);
}
