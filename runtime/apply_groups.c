/*
 * apply_groups.c - a policy that names a user means that user and no group of the caller.
 *
 * In a user namespace that nobody privileged made, setgroups() is denied, so the groups have to go before it exists.
 */
#include <errno.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "apply.h"

/* The caller has no group but its own. */
static bool none_more(void)
{
	gid_t group;
	int n = getgroups(1, &group);

	return n == 0 || (n == 1 && group == (gid_t)getauxval(AT_GID));
}

bool groups_prove(struct run *r)
{
	if (!r->plan->launch.user_set || none_more() || caps_have(CAP_SETGID_NR))
		return true;
	return fault_say(r->fault, ERR_GROUPS,
			 "failed the policy says `user`, and only root can give groups up\n"
			 "fix leave `user` out, or start it as root or as a user that has one group");
}

bool apply_groups(struct run *r)
{
	if (!r->plan->launch.user_set || none_more() || syscall(SYS_setgroups, 0, NULL) == 0)
		return true;
	return fault_step(r->fault, "groups", "setgroups");
}
