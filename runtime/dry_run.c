/*
 * dry_run.c - says what a start would do, step by step in the order in which it would. All of it is proved by then.
 */
#include <errno.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "apply.h"
#include "namespaces.h"
#include "notify.h"
#include "start.h"
#include "template.h"
#include "view_kept.h"

#define WOULD "would do    "

struct lines {
	struct run *run;
	struct text text;
	char buf[8 * PLAN_MAX_PATH]; /* two paths, escaped */
};

/* Line by line, because names can be long and many. */
static bool put(struct lines *l)
{
	bool good = write(STDOUT_FILENO, l->buf, l->text.len) == (ssize_t)l->text.len;

	l->text.len = 0;
	return good || fault_step(l->run->fault, "dry run", "write");
}

static void put_host(struct lines *l)
{
	const struct run *r = l->run;
	const char *why = start_supervised(r);

	text_put(&l->text, "host        landlock ABI %u, %sseccomp%s\n", r->host.landlock, r->host.seccomp ? "" : SAID("no "),
		 host_filtered() ? SAID(" (a filter is on this process already)") : "");
	text_put(&l->text, "rules       %u paths, %u ports, %u filter instructions\n", r->plan->landlock.n_paths,
		 r->plan->landlock.n_ports, r->plan->filter.len);
	text_put(&l->text, "shape       %s%s\n", why ? SAID("supervised: ") : SAID("in place"), why ? why : "");
}

/* What the supervisor does before and around the steps of the child. */
static void put_around(struct lines *l)
{
	const struct run *r = l->run;
	const struct launch *c = &r->plan->launch;
	struct text *t = &l->text;

	if (r->report)
		text_put(t, WOULD "report to %s%s%s\n", r->options->report ? r->options->report : "",
			 r->options->report && r->options->status_fd >= 0 ? " and " : "",
			 r->options->status_fd >= 0 ? SAID("the descriptor of --status-fd") : "");
	if (start_cgroup(r) && r->host.cgroup.move)
		text_say(t, WOULD "move the loader to a leaf of its own\n");
	if (start_cgroup(r))
		text_put(t, WOULD "cgroup, %u settings read back\n", r->plan->cgroup.n);
	if (c->wall_where.at)
		text_put(t, WOULD "end everything after %zu ms\n", (size_t)amount_get(&r->vars, &c->wall));
	if (c->output_where.at)
		text_put(t, WOULD "end everything after %zu bytes of output\n", (size_t)amount_get(&r->vars, &c->output));
	if (c->terminal == TERMINAL_NEW)
		text_say(t, WOULD "new terminal\n");
	if (notify_wanted(r))
		text_say(t, WOULD "answer refused system calls\n");
	if (view_kept_wanted(r))
		text_say(t, WOULD "look every second whether the tree is as it was made\n");
}

static void put_namespaces(struct lines *l)
{
	const struct run *r = l->run;
	const struct launch *c = &r->plan->launch;
	size_t user = (size_t)amount_get(&r->vars, &c->user);
	struct text *t = &l->text;

	if (c->user_set)
		text_say(t, WOULD "give up the groups of the caller\n");
	if (c->stdin_mode == STDIN_NULL)
		text_say(t, WOULD "stdin from /dev/null\n");
	if (!namespaces_wanted(r, c->isolate))
		return;
	text_say(t, WOULD "namespaces");
	launch_isolate_text(c, t);
	text_str(t, "\n");
	if (namespaces_wanted(r, ISOLATE_USER))
		text_put(t, WOULD "maps of one user, %zu inside, and one group, %zu; no setgroups\n",
			 c->user_set ? user : (size_t)getauxval(AT_UID), c->user_set ? user : (size_t)getauxval(AT_GID));
	if (namespaces_wanted(r, ISOLATE_NET))
		text_say(t, WOULD "loopback up\n");
	if (namespaces_wanted(r, ISOLATE_UTS) && c->hostname.at)
		text_put(t, WOULD "host name %.*s\n", SPAN(c->hostname));
}

static bool put_place(struct lines *l, const struct place_line *p)
{
	struct run *r = l->run;
	char at[PLAN_MAX_PATH + 1], source[PLAN_MAX_PATH + 1], text[PLAN_MAX_LINE + 1];
	struct span tmpl;

	if (!run_path(r, p->at, p->where, at))
		return false;
	if (p->kind == PLACE_MOUNT) {
		word_template(p->source, text, &tmpl);
		if (!run_path(r, tmpl, p->where, source))
			return false;
		text_put(&l->text, WOULD "mount %s at %s, %s", source, at, p->rw ? SAID("to be written") : SAID("read only"));
	} else {
		text_put(&l->text, WOULD "%s %s", p->kind == PLACE_SCRATCH ? "scratch" : "discard", at);
	}
	if (p->size.value || p->size.param)
		text_put(&l->text, ", %zu bytes", (size_t)amount_get(&r->vars, &p->size));
	text_str(&l->text, "\n");
	return put(l);
}

/* One by one: names can be long, and files many. */
static bool put_files(struct lines *l)
{
	const struct run *r = l->run;

	for (unsigned i = 0; i < r->n_files; i++) {
		const struct input_file *f = &r->files[i];
		text_put(&l->text, WOULD "copy of %s, %zu bytes, as %.*s in the scratch folder of ", r->options->files[i].path,
			 (size_t)f->size, SPAN(f->name));
		text_where(&l->text, r->plan->launch.places[f->place].where);
		text_str(&l->text, "\n");
		if (!put(l))
			return false;
	}
	return true;
}

static bool put_view(struct lines *l)
{
	struct run *r = l->run;
	const struct launch *c = &r->plan->launch;
	const struct landlock *rules = &r->plan->landlock;
	char path[PLAN_MAX_PATH + 1];

	if (namespaces_wanted(r, ISOLATE_MOUNT)) {
		text_put(&l->text, WOULD "%s\n", c->private_root ? SAID("tree of its own, of what the rules name") : SAID("mounts of its own in the host's tree"));
		for (unsigned i = 0; i < c->n_places; i++)
			if (!put_place(l, &c->places[i]))
				return false;
		if (!put_files(l))
			return false;
		if (rules->n_covers || rules->n_masks)
			text_put(&l->text, WOULD "cover %u places, and what fits %u patterns\n", rules->n_covers, rules->n_masks);
		if (c->private_root)
			text_say(&l->text, WOULD "leave the tree of the host\n");
	}
	if (c->directory.at) {
		if (!run_path(r, c->directory, c->directory_where, path))
			return false;
		text_put(&l->text, WOULD "directory %s\n", path);
	}
	if (namespaces_wanted(r, ISOLATE_PID))
		text_say(&l->text, WOULD "process 1, which reaps\n");
	return put(l);
}

static bool put_steps(struct lines *l)
{
	const struct launch *c = &l->run->plan->launch;
	const char *name, *next;
	unsigned n = 0;

	while (l->run->envp[n])
		n++;
	text_put(&l->text, WOULD "environment of %u variables\n", n);
	for (unsigned i = 0; (name = start_step(i)) != NULL; i++) {
		next = start_step(i + 1);
		if (strcmp(name, "request") != 0) /* of the library's pools only */
			text_put(&l->text, WOULD "%s%s%s\n", name, next ? "" : " ", next ? "" : l->run->program.path);
		for (unsigned k = 0; !strcmp(name, "limits") && k < c->n_rlimits; k++)
			text_put(&l->text, "            %s %zu\n", rlimit_word(c->rlimits[k].which),
				 (size_t)rlimit_value(&c->rlimits[k], &l->run->vars));
	}
	return put(l);
}

bool start_dry_run(struct run *r)
{
	struct lines l = {.run = r};

	l.text = text_over(l.buf, sizeof(l.buf));
	put_host(&l);
	put_around(&l);
	if (!put(&l))
		return false;
	put_namespaces(&l);
	return put(&l) && put_view(&l) && put_steps(&l);
}
