/*
 * escape.c - whether a limit is a boundary, or only accounting.
 *
 * A cgroup of an unprivileged user belongs to that user: whoever may write its files raises its limits or
 * leaves it. Landlock refuses the writing, and the filter refuses clone3(), with which a process is born
 * in another cgroup (seccomp/answer.c objects to lines that open it). What is left is said here.
 */
#include <string.h>

#include "cgroup.h"

static const char mount_point[] = "/sys/fs/cgroup";

/* Is one of the two places the other, or does it lie below it? */
static bool overlaps(const char *place)
{
	size_t n = strlen(place), m = strlen(mount_point), least = n < m ? n : m;
	const char *longer = n < m ? mount_point : place;
	return !strcmp(place, "/") ||
	       (!memcmp(place, mount_point, least) && (n == m || longer[least] == '/'));
}

static const struct origin *line_writing(const struct ir *ir)
{
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		if (r->kind == RULE_PATH && !r->deny && (r->targets & TARGET_BIT(TARGET_LINUX)) &&
		    (r->ops & OP_BIT(OP_MODIFY)) && overlaps(r->object))
			return r->origin[OP_MODIFY];
	}
	return NULL;
}

struct answer cgroup_escape(const struct ir *ir)
{
	struct answer a = {.level = LEVEL_ENFORCED};
	const struct origin *at = line_writing(ir);
	if (at)
		return (struct answer){
		    .level = LEVEL_PARTIAL,
		    .note = "this line lets the program write the files of its own cgroup: it can raise "
			    "its limits, or leave them",
		    .help = "leave /sys/fs/cgroup out of it",
		    .at = at,
		};
	if (ir_allows_any(ir, TARGET_LINUX, OP_BIT(OP_NET) | OP_BIT(OP_CONNECT_UNIX)))
		a.note = "a program that reaches the socket of a service manager or of a message bus can ask "
			 "it to start something outside of the limits";
	return a;
}
